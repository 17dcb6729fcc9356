//! The tables that an import fills, as the baseline makes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dump::{ColumnDefinition, DumpError, DumpReader, Event, ForeignKey, TableDefinition};
use crate::migration;

/// Every table of IXP Manager 7.4.
pub(super) struct Catalogue {
    tables: BTreeMap<String, Arc<Table>>,
}

/// A table that rows go into.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) foreign_keys: Vec<ForeignKey>,
}

/// A column that values go into.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    pub(super) has_default: bool,
    /// What NULL stands for in a time that must be there; no time where nothing is said.
    pub(super) null_means: Option<&'static str>,
}

/// The expiry of an API key that never expires; versions before 7.3 had NULL.
const NEVER: &str = "9999-12-31 00:00:00";

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer {
        min: i64,
        max: i64,
    },
    /// Text of a number of characters.
    Characters(usize),
    /// Text of a number of bytes.
    Bytes(usize),
    Json,
    Date,
    DateTime,
    /// As `DateTime`; a dump gives it in the zone of its session.
    Timestamp,
}

impl Catalogue {
    /// Reads the baseline.
    pub(super) fn new() -> Result<Self, DumpError> {
        let mut tables = BTreeMap::new();
        for (file, sql) in migration::MYSQL_TABLES {
            let mut reader = DumpReader::new(sql.as_bytes(), file);
            while let Some(event) = reader.next_event()? {
                if let Event::Table(definition) = event {
                    tables.insert(definition.name.clone(), Arc::new(Table::new(definition)));
                }
            }
        }
        Ok(Self { tables })
    }

    pub(super) fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }
}

impl Table {
    fn new(definition: &TableDefinition) -> Self {
        Self {
            name: definition.name.clone(),
            columns: definition.columns.iter().map(|column| Column::new(&definition.name, column)).collect(),
            foreign_keys: definition.foreign_keys.clone(),
        }
    }

    /// Position of a column, by name without regard to case.
    pub(super) fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name.eq_ignore_ascii_case(column))
    }
}

impl Column {
    fn new(table: &str, definition: &ColumnDefinition) -> Self {
        let expiry = table == "api_keys" && definition.name == "expires";
        Self {
            name: definition.name.clone(),
            kind: kind(definition),
            nullable: definition.nullable,
            has_default: definition.has_default,
            null_means: expiry.then_some(NEVER),
        }
    }
}

fn kind(column: &ColumnDefinition) -> Kind {
    let length = || column.arguments.first().and_then(|length| length.parse().ok()).unwrap_or(usize::MAX);
    match column.type_name.as_str() {
        "tinyint" => integer(8, column.unsigned),
        "smallint" => integer(16, column.unsigned),
        "int" => integer(32, column.unsigned),
        "bigint" => integer(64, column.unsigned),
        "char" | "varchar" => Kind::Characters(length()),
        "tinytext" => Kind::Bytes(255),
        "text" => Kind::Bytes(65_535),
        "mediumtext" => Kind::Bytes(16_777_215),
        "json" => Kind::Json,
        "date" => Kind::Date,
        "datetime" => Kind::DateTime,
        "timestamp" => Kind::Timestamp,
        _ => Kind::Bytes(usize::MAX),
    }
}

/// The largest BIGINT UNSIGNED is that of a signed one: SQLite has no larger number.
fn integer(bits: u32, unsigned: bool) -> Kind {
    let max = i64::MAX >> (64 - bits);
    match (unsigned, bits) {
        (true, 64) => Kind::Integer { min: 0, max },
        (true, _) => Kind::Integer { min: 0, max: 2 * max + 1 },
        (false, _) => Kind::Integer { min: -max - 1, max },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_baseline_is_known() {
        for (file, sql) in migration::MYSQL_TABLES {
            let mut reader = DumpReader::new(sql.as_bytes(), file);
            while let Some(event) = reader.next_event().unwrap() {
                let Event::Table(table) = event else { panic!("{file} holds rows") };
                for column in &table.columns {
                    let unlimited = kind(column) == Kind::Bytes(usize::MAX);
                    assert_eq!(unlimited, column.type_name == "longtext", "{}.{}", table.name, column.name);
                }
            }
        }
    }

    #[test]
    fn all_tables_of_the_baseline_are_there_with_their_keys() {
        let catalogue = Catalogue::new().unwrap();
        assert_eq!(catalogue.tables().count(), 83);
        assert_eq!(catalogue.tables().map(|table| table.foreign_keys.len()).sum::<usize>(), 94);
        let table = catalogue.table("api_keys").unwrap();
        assert_eq!(table.foreign_keys[0].parent, "user");
        assert_eq!(table.columns[table.position("expires").unwrap()].kind, Kind::DateTime);
        assert!(!table.columns[table.position("expires").unwrap()].nullable);
    }

    #[test]
    fn integers_have_the_range_of_their_type() {
        assert_eq!(integer(8, false), Kind::Integer { min: -128, max: 127 });
        assert_eq!(integer(16, true), Kind::Integer { min: 0, max: 65_535 });
        assert_eq!(integer(32, true), Kind::Integer { min: 0, max: 4_294_967_295 });
        assert_eq!(integer(64, false), Kind::Integer { min: i64::MIN, max: i64::MAX });
        assert_eq!(integer(64, true), Kind::Integer { min: 0, max: i64::MAX });
    }
}
