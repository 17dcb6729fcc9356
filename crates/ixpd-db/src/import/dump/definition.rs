//! `CREATE TABLE` as far as an import needs it: the columns, their order and types.

use super::charset::Charset;
use super::token::{Token, Tokens};

/// A table as the dump defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDefinition {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<ColumnDefinition>,
    /// Its foreign keys of one column.
    pub foreign_keys: Vec<ForeignKey>,
    /// The next number the table would have given out, where the dump says it.
    pub auto_increment: Option<u64>,
}

/// A column as the dump defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: String,
    /// The type's word in lower case: `int`, `varchar`, `timestamp`.
    pub type_name: String,
    /// What stands in brackets behind the type: the 255 of `varchar(255)`.
    pub arguments: Vec<String>,
    /// An integer without negative numbers.
    pub unsigned: bool,
    /// May be NULL.
    pub nullable: bool,
    /// Has a value of its own when a row gives none.
    pub has_default: bool,
    /// Computed by the server.
    pub generated: bool,
    /// Character set of the text, the table's where the column has none of its own.
    pub charset: Option<Charset>,
}

/// A column whose values are those of another table's column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The column.
    pub column: String,
    /// The table it leads to.
    pub parent: String,
    /// The column there.
    pub parent_column: String,
}

impl TableDefinition {
    /// Position of a column, by name without regard to case.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name.eq_ignore_ascii_case(column))
    }
}

/// Reads the tokens behind `CREATE TABLE`. None when this is no list of columns.
pub(super) fn table(tokens: &mut Tokens<'_>) -> Option<TableDefinition> {
    let name = table_name(tokens)?;
    let mut columns = Vec::new();
    let mut foreign_keys = Vec::new();
    loop {
        let (item, last) = item(tokens)?;
        foreign_keys.extend(foreign_key(&item));
        columns.extend(column(item));
        if last {
            break;
        }
    }
    let options: Vec<Token> = tokens.collect();
    let default = charset_of(&options);
    for column in &mut columns {
        column.charset = column.charset.or(default);
    }
    let auto_increment = value_of(&options, "AUTO_INCREMENT").and_then(|number| number.parse().ok());
    Some(TableDefinition { name, columns, foreign_keys, auto_increment })
}

/// `[IF NOT EXISTS] [database.]name (`
fn table_name(tokens: &mut Tokens<'_>) -> Option<String> {
    let mut name = None;
    loop {
        match tokens.next()? {
            Token::Mark(b'(') => return name,
            Token::Mark(b'.') => {}
            token if name.is_none() && ["IF", "NOT", "EXISTS"].iter().any(|word| token.is(word)) => {}
            token if token.is("LIKE") || token.is("AS") || token.is("SELECT") => return None,
            token => name = Some(token.name()?.to_owned()),
        }
    }
}

/// The tokens up to the next comma of the list, and whether the list ends there.
fn item(tokens: &mut Tokens<'_>) -> Option<(Vec<Token>, bool)> {
    let mut item = Vec::new();
    let mut depth = 0_usize;
    loop {
        match tokens.next()? {
            Token::Mark(b',') if depth == 0 => return Some((item, false)),
            Token::Mark(b')') if depth == 0 => return Some((item, true)),
            token => {
                match token {
                    Token::Mark(b'(') => depth += 1,
                    Token::Mark(b')') => depth -= 1,
                    _ => {}
                }
                item.push(token);
            }
        }
    }
}

/// Words that begin a key or a constraint, when they aren't in quotes.
const NO_COLUMN: [&str; 10] =
    ["PRIMARY", "UNIQUE", "KEY", "INDEX", "CONSTRAINT", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK", "PERIOD"];

/// `[CONSTRAINT name] FOREIGN KEY [name] (column) REFERENCES parent (column) …`
fn foreign_key(item: &[Token]) -> Option<ForeignKey> {
    let start = item.iter().position(|token| token.is("FOREIGN"))?;
    let references = item.iter().position(|token| token.is("REFERENCES"))?;
    let [Token::Mark(b'('), column, Token::Mark(b')')] = item.get(references.checked_sub(3)?..references)?
    else {
        return None;
    };
    let [parent, Token::Mark(b'('), parent_column, Token::Mark(b')'), ..] = item.get(references + 1..)?
    else {
        return None;
    };
    let name = |token: &Token| token.name().map(str::to_owned);
    (start < references).then_some(())?;
    Some(ForeignKey { column: name(column)?, parent: name(parent)?, parent_column: name(parent_column)? })
}

fn column(item: Vec<Token>) -> Option<ColumnDefinition> {
    let mut tokens = item.into_iter();
    let first = tokens.next()?;
    if NO_COLUMN.iter().any(|word| first.is(word)) {
        return None;
    }
    let name = first.name()?.to_owned();
    let type_name = tokens.next()?.name()?.to_ascii_lowercase();
    let rest: Vec<Token> = tokens.collect();
    let arguments = arguments(&rest);
    let attributes = rest.get(arguments.1..).unwrap_or_default();
    let has = |word: &str| attributes.iter().any(|token| token.is(word));
    Some(ColumnDefinition {
        name,
        type_name,
        arguments: arguments.0,
        unsigned: has("UNSIGNED") || has("ZEROFILL"),
        nullable: !attributes.windows(2).any(|pair| matches!(pair, [a, b] if a.is("NOT") && b.is("NULL"))),
        has_default: has("DEFAULT") || has("AUTO_INCREMENT"),
        generated: has("AS") || has("GENERATED"),
        charset: charset_of(attributes),
    })
}

/// What the brackets behind the type hold, and how many tokens that took.
fn arguments(tokens: &[Token]) -> (Vec<String>, usize) {
    if tokens.first() != Some(&Token::Mark(b'(')) {
        return (Vec::new(), 0);
    }
    let end = tokens.iter().position(|token| *token == Token::Mark(b')')).unwrap_or(tokens.len());
    let arguments = tokens.iter().take(end).filter_map(|token| match token {
        Token::Word(text) | Token::Name(text) | Token::Text(text) => Some(text.clone()),
        Token::Mark(_) => None,
    });
    (arguments.collect(), end + 1)
}

fn charset_of(tokens: &[Token]) -> Option<Charset> {
    let name = value_of(tokens, "CHARSET").or_else(|| {
        tokens.windows(2).enumerate().find_map(|(at, pair)| match pair {
            [a, b] if a.is("CHARACTER") && b.is("SET") => word_after(tokens, at + 2),
            _ => None,
        })
    })?;
    Charset::named(name).ok()
}

/// The word behind a keyword, with or without `=` between.
fn value_of<'a>(tokens: &'a [Token], keyword: &str) -> Option<&'a str> {
    let at = tokens.iter().position(|token| token.is(keyword))?;
    word_after(tokens, at + 1)
}

fn word_after(tokens: &[Token], at: usize) -> Option<&str> {
    tokens.get(at..)?.iter().find(|token| **token != Token::Mark(b'='))?.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(sql: &str) -> Option<TableDefinition> {
        let mut tokens = Tokens::new(sql.as_bytes());
        assert!(tokens.next().is_some_and(|token| token.is("CREATE")));
        assert!(tokens.next().is_some_and(|token| token.is("TABLE")));
        table(&mut tokens)
    }

    const TABLE: &str = "CREATE TABLE `ixp`.`cust` (
      `id` int(11) NOT NULL AUTO_INCREMENT,
      `key` varchar(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci DEFAULT NULL COMMENT 'a, b) NOT NULL',
      `asn` int unsigned DEFAULT '0',
      `rate` decimal(10,2) NOT NULL,
      `doubled` int GENERATED ALWAYS AS ((`id` * 2)) VIRTUAL,
      `made` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
      PRIMARY KEY (`id`),
      UNIQUE KEY `u` (`key`,`asn`),
      KEY `k` (`key`(191)),
      CONSTRAINT `f` FOREIGN KEY (`asn`) REFERENCES `x` (`id`) ON DELETE CASCADE
    ) ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci";

    #[test]
    fn names_types_order_and_signedness_are_read() {
        let table = parse(TABLE).unwrap();
        assert_eq!(table.name, "cust");
        assert_eq!(table.auto_increment, Some(42));
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.type_name.as_str(), c.arguments.join(","), c.unsigned, c.nullable))
            .collect();
        assert_eq!(
            columns,
            [
                ("id", "int", "11".to_owned(), false, false),
                ("key", "varchar", "255".to_owned(), false, true),
                ("asn", "int", String::new(), true, true),
                ("rate", "decimal", "10,2".to_owned(), false, false),
                ("doubled", "int", String::new(), false, true),
                ("made", "timestamp", String::new(), false, false),
            ]
        );
        assert_eq!(table.position("KEY"), Some(1));
    }

    #[test]
    fn a_column_without_a_character_set_has_the_tables() {
        let table = parse(TABLE).unwrap();
        assert_eq!(table.columns[1].charset, Some(Charset::Utf8));
        assert_eq!(table.columns[0].charset, Some(Charset::Latin1));
        assert!(table.columns[4].generated);
        assert!(!table.columns[1].generated);
    }

    #[test]
    fn foreign_keys_lead_to_a_column_of_a_table() {
        let table = parse(TABLE).unwrap();
        let key =
            ForeignKey { column: "asn".to_owned(), parent: "x".to_owned(), parent_column: "id".to_owned() };
        assert_eq!(table.foreign_keys, [key]);
    }

    #[test]
    fn a_column_with_a_default_or_a_counter_needs_no_value() {
        let defaults: Vec<_> =
            parse(TABLE).unwrap().columns.iter().map(|column| column.has_default).collect();
        assert_eq!(defaults, [true, true, true, false, false, true]);
    }

    #[test]
    fn a_copy_of_another_table_is_no_definition() {
        assert_eq!(parse("CREATE TABLE a LIKE b"), None);
        assert_eq!(parse("CREATE TABLE a AS SELECT 1"), None);
        assert_eq!(parse("CREATE TABLE a (`id` int"), None);
    }
}
