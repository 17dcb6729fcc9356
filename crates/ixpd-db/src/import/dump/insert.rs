//! `INSERT INTO … VALUES`: the head of the statement, one row at a time, and what stands between rows.

use super::token::is_word;
use super::value::{self, Literals, Span, Stop};

/// The head of an `INSERT` or `REPLACE`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) table: String,
    /// The columns named in brackets; None when the statement names none.
    pub(super) columns: Option<Vec<String>>,
}

/// What follows a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another row, this many bytes on.
    Row(usize),
    /// The end of the statement, this many bytes long.
    End(usize),
}

/// Words that may stand between `INSERT` and the table.
const MODIFIERS: [&[u8]; 5] = [b"INTO", b"IGNORE", b"DELAYED", b"LOW_PRIORITY", b"HIGH_PRIORITY"];

/// Reads from `INSERT` up to the first row; the length read comes with the head.
pub(super) fn head(bytes: &[u8]) -> Result<(Head, usize), Stop> {
    let mut cursor = Cursor { bytes, at: 0 };
    cursor.word()?;
    loop {
        let before = cursor.at;
        let word = cursor.word()?;
        if !MODIFIERS.iter().any(|modifier| word.eq_ignore_ascii_case(modifier)) {
            cursor.at = before;
            break;
        }
    }
    let mut table = cursor.name()?;
    if cursor.mark(b'.')? {
        table = cursor.name()?;
    }
    let columns = if cursor.mark(b'(')? { Some(cursor.names()?) } else { None };
    cursor.blank()?;
    let at = cursor.at;
    let word = cursor.word()?;
    if word.eq_ignore_ascii_case(b"VALUES") || word.eq_ignore_ascii_case(b"VALUE") {
        cursor.blank()?;
        Ok((Head { table, columns }, cursor.at))
    } else {
        Err(Stop::Bad { at, expected: "`VALUES`" })
    }
}

/// Reads the row that begins with `(` at the front of `bytes` into `spans`; its length is returned.
pub(super) fn row(bytes: &[u8], literals: Literals, spans: &mut Vec<Span>) -> Result<usize, Stop> {
    spans.clear();
    if bytes.first().ok_or(Stop::More)? != &b'(' {
        return Err(Stop::Bad { at: 0, expected: "`(`" });
    }
    let mut at = 1;
    loop {
        at = skip_blank(bytes, at);
        let (span, end) = value::find(bytes, at, literals)?;
        spans.push(span);
        at = skip_blank(bytes, end);
        match bytes.get(at).ok_or(Stop::More)? {
            b',' => at += 1,
            b')' => return Ok(at + 1),
            _ => return Err(Stop::Bad { at, expected: "`,` or `)`" }),
        }
    }
}

/// Reads what stands behind a row.
pub(super) fn next(bytes: &[u8], delimiter: &[u8]) -> Result<Next, Stop> {
    let at = skip_blank(bytes, 0);
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(delimiter) {
        return Ok(Next::End(at + delimiter.len()));
    }
    match rest.first() {
        Some(b',') => {
            let row = skip_blank(bytes, at + 1);
            if row < bytes.len() { Ok(Next::Row(row)) } else { Err(Stop::More) }
        }
        Some(_) if !delimiter.starts_with(rest) => {
            Err(Stop::Bad { at, expected: "`,` or the end of the statement" })
        }
        _ => Err(Stop::More),
    }
}

fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn blank(&mut self) -> Result<u8, Stop> {
        self.at = skip_blank(self.bytes, self.at);
        self.bytes.get(self.at).copied().ok_or(Stop::More)
    }

    /// A word without quotes; empty when something else stands here.
    fn word(&mut self) -> Result<&'a [u8], Stop> {
        self.blank()?;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_word(*byte)).ok_or(Stop::More)?;
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Steps over a mark if it stands here.
    fn mark(&mut self, mark: u8) -> Result<bool, Stop> {
        let found = self.blank()? == mark;
        self.at += usize::from(found);
        Ok(found)
    }

    fn name(&mut self) -> Result<String, Stop> {
        let quote = self.blank()?;
        if !matches!(quote, b'`' | b'"') {
            let at = self.at;
            let word = self.word()?;
            return if word.is_empty() {
                Err(Stop::Bad { at, expected: "a name" })
            } else {
                Ok(String::from_utf8_lossy(word).into_owned())
            };
        }
        let mut name = Vec::new();
        loop {
            self.at += 1;
            let byte = self.bytes.get(self.at).ok_or(Stop::More)?;
            if *byte == quote {
                self.at += 1;
                if self.bytes.get(self.at).ok_or(Stop::More)? != &quote {
                    return Ok(String::from_utf8_lossy(&name).into_owned());
                }
            }
            name.push(*byte);
        }
    }

    /// Names up to the closing bracket.
    fn names(&mut self) -> Result<Vec<String>, Stop> {
        let mut names = Vec::new();
        loop {
            names.push(self.name()?);
            if self.mark(b')')? {
                return Ok(names);
            }
            if !self.mark(b',')? {
                return Err(Stop::Bad { at: self.at, expected: "`,` or `)`" });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MYSQL: Literals = Literals { backslash: true };

    fn head_of(sql: &str) -> (String, Option<Vec<String>>) {
        let (head, length) = head(sql.as_bytes()).unwrap();
        assert_eq!(&sql[length..], "(1);");
        (head.table, head.columns)
    }

    #[test]
    fn every_way_to_begin_an_insert_is_read() {
        let plain = ("cust".to_owned(), None);
        assert_eq!(head_of("INSERT INTO `cust` VALUES (1);"), plain);
        assert_eq!(head_of("insert ignore into cust values\r\n(1);"), plain);
        assert_eq!(head_of("REPLACE INTO \"cust\" VALUES (1);"), plain);
        assert_eq!(head_of("INSERT  IGNORE INTO `ixp`.`cust` VALUES(1);"), plain);
        let columns = Some(vec!["id".to_owned(), "we`ird".to_owned()]);
        assert_eq!(
            head_of("INSERT INTO `cust` (`id`, `we``ird`) VALUES\n(1);"),
            ("cust".to_owned(), columns)
        );
    }

    #[test]
    fn an_insert_from_a_query_is_refused() {
        let stop = head(b"INSERT INTO a SELECT * FROM b;").unwrap_err();
        assert_eq!(stop, Stop::Bad { at: 14, expected: "`VALUES`" });
    }

    #[test]
    fn a_row_ends_at_its_bracket_and_not_at_one_in_a_text() {
        let mut spans = Vec::new();
        assert_eq!(row(b"(1, 'a),(b' ,NULL),(2)", MYSQL, &mut spans), Ok(18));
        assert_eq!(spans.len(), 3);
    }

    #[test]
    fn what_follows_a_row_is_a_row_or_the_end() {
        assert_eq!(next(b",\r\n(2)", b";"), Ok(Next::Row(3)));
        assert_eq!(next(b" ;\n", b";"), Ok(Next::End(2)));
        assert_eq!(next(b";", b";;"), Err(Stop::More));
        assert_eq!(next(b",", b";"), Err(Stop::More));
        assert_eq!(next(b"", b";"), Err(Stop::More));
        assert_eq!(
            next(b" ON DUPLICATE", b";"),
            Err(Stop::Bad { at: 1, expected: "`,` or the end of the statement" })
        );
    }

    #[test]
    fn a_statement_cut_anywhere_asks_for_more() {
        let sql = b"INSERT INTO `cust` (`id`,`n`) VALUES (1,'it''s'),(2,-1.5e3);";
        let (_, start) = head(sql).unwrap();
        for cut in 0..start {
            assert_eq!(head(&sql[..cut]), Err(Stop::More), "cut at {cut}");
        }
        let first = &sql[start..start + 11];
        for cut in 0..first.len() {
            assert_eq!(row(&first[..cut], MYSQL, &mut Vec::new()), Err(Stop::More), "cut at {cut}");
        }
    }
}
