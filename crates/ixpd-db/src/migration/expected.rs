//! What the baseline says a MySQL database should have, read from its own files so that it stands in one place.

use super::baseline::MYSQL_TABLES;

/// A table of the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpectedTable {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<ExpectedColumn>,
}

/// A column of the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpectedColumn {
    pub(crate) name: &'static str,
    /// As `information_schema.columns.column_type` spells it, without a display width.
    pub(crate) column_type: String,
    pub(crate) nullable: bool,
}

/// All tables of the baseline with their columns.
pub(crate) fn tables() -> Vec<ExpectedTable> {
    let mut tables: Vec<ExpectedTable> = Vec::new();
    for line in MYSQL_TABLES.iter().flat_map(|(_, sql)| sql.lines()) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE IF NOT EXISTS ") {
            let name = rest.trim_end_matches(" (");
            tables.push(ExpectedTable { name, columns: Vec::new() });
        } else if let (Some(column), Some(table)) = (column(line), tables.last_mut()) {
            table.columns.push(column);
        }
    }
    tables
}

/// Reads a line such as `  name VARCHAR(255) DEFAULT NULL,`; `None` for keys and everything else.
fn column(line: &'static str) -> Option<ExpectedColumn> {
    let (name, rest) = line.strip_prefix("  ")?.trim_end_matches(',').split_once(' ')?;
    if matches!(name, "PRIMARY" | "UNIQUE" | "KEY" | "CONSTRAINT") {
        return None;
    }
    let mut words = rest.split(' ');
    let mut column_type = words.next()?.to_ascii_lowercase();
    if words.next() == Some("UNSIGNED") {
        column_type.push_str(" unsigned");
    }
    Some(ExpectedColumn { name, column_type, nullable: !rest.contains(" NOT NULL") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_of_the_files_is_read() {
        let tables = tables();
        assert_eq!(tables.len(), 83);
        let commas_and_ends = MYSQL_TABLES.iter().flat_map(|(_, sql)| sql.lines());
        let keys = ["  PRIMARY", "  UNIQUE", "  KEY", "  CONSTRAINT"];
        let columns = commas_and_ends
            .filter(|line| line.starts_with("  ") && !keys.iter().any(|key| line.starts_with(key)))
            .count();
        assert_eq!(tables.iter().map(|table| table.columns.len()).sum::<usize>(), columns);
    }

    #[test]
    fn type_sign_and_nullability_are_read() {
        let tables = tables();
        let column = |table: &str, column: &str| {
            let table = tables.iter().find(|found| found.name == table).unwrap();
            let column = table.columns.iter().find(|found| found.name == column).unwrap();
            (column.column_type.clone(), column.nullable)
        };
        assert_eq!(column("cust", "autsys"), ("int".to_owned(), true));
        assert_eq!(column("routers", "asn"), ("int unsigned".to_owned(), false));
        assert_eq!(column("asns", "name"), ("varchar(300)".to_owned(), false));
        assert_eq!(column("cust", "updated_at"), ("timestamp".to_owned(), true));
        assert_eq!(column("cust", "isReseller"), ("tinyint(1)".to_owned(), false));
    }
}
