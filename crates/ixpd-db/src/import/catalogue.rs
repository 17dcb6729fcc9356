//! The tables that an import fills, as the baseline makes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dump::{ColumnDefinition, DumpError, DumpReader, Event, ForeignKey, TableDefinition};
use crate::migration;

/// Every table of IXP Manager 7.4, and those of ixpd that are loaded from a database that ixpd ran on.
pub(super) struct Catalogue {
    tables: BTreeMap<String, Arc<Table>>,
    own: BTreeMap<String, Arc<Table>>,
}

/// Tables of ixpd that belong to the data. The others say how one installation runs: sessions, leases of jobs, settings
/// of the database, steps of the schema.
const OWN: [&str; 6] =
    ["ixpd_api_key", "ixpd_audit", "ixpd_irrdb_hold", "ixpd_mail", "ixpd_router_lock", "ixpd_second_factor"];
/// Those of them whose rows nothing refers to, and that are added to rows of the target: they get new ids.
const RENUMBERED: [&str; 2] = ["ixpd_audit", "ixpd_mail"];

/// A table that rows go into.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    /// Ids of the source are left out; the target gives new ones.
    pub(super) renumbered: bool,
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
    /// Any bytes, up to a number.
    Binary(usize),
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
        Ok(Self { tables, own: own_tables()? })
    }

    pub(super) fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name).or_else(|| self.own.get(name))
    }

    /// The tables of IXP Manager.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }
}

/// The tables of [`OWN`], with the columns that later steps added.
fn own_tables() -> Result<BTreeMap<String, Arc<Table>>, DumpError> {
    let mut definitions: BTreeMap<String, TableDefinition> = BTreeMap::new();
    for (step, sql) in migration::own::mysql_tables() {
        for definition in definitions_in(sql, step)? {
            definitions.insert(definition.name.clone(), definition);
        }
    }
    for (table, column) in migration::own::mysql_columns() {
        let added = definitions_in(&format!("CREATE TABLE {table} ({column});"), table)?;
        if let Some(definition) = definitions.get_mut(table) {
            definition.columns.extend(added.into_iter().flat_map(|added| added.columns));
        }
    }
    let own = definitions.iter().filter(|(name, _)| OWN.contains(&name.as_str()));
    Ok(own.map(|(name, definition)| (name.clone(), Arc::new(Table::new(definition)))).collect())
}

fn definitions_in(sql: &str, name: &str) -> Result<Vec<TableDefinition>, DumpError> {
    let mut reader = DumpReader::new(sql.as_bytes(), name);
    let mut definitions = Vec::new();
    while let Some(event) = reader.next_event()? {
        if let Event::Table(definition) = event {
            definitions.push(definition.clone());
        }
    }
    Ok(definitions)
}

impl Table {
    fn new(definition: &TableDefinition) -> Self {
        let renumbered = RENUMBERED.contains(&definition.name.as_str());
        let columns = definition.columns.iter().filter(|column| !(renumbered && column.name == "id"));
        Self {
            name: definition.name.clone(),
            columns: columns.map(|column| Column::new(&definition.name, column)).collect(),
            foreign_keys: definition.foreign_keys.clone(),
            renumbered,
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
        "blob" => Kind::Binary(65_535),
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
    fn own_tables_have_the_columns_of_every_step() {
        let catalogue = Catalogue::new().unwrap();
        assert_eq!(catalogue.own.keys().map(String::as_str).collect::<Vec<_>>(), OWN);
        let keys = catalogue.table("ixpd_api_key").unwrap();
        assert_eq!(keys.columns[keys.position("sealed").unwrap()].kind, Kind::Binary(65_535));
        assert!(keys.position("key_reference").is_some() && keys.position("in_doubt").is_some());
        assert_eq!(catalogue.table("ixpd_audit").unwrap().position("id"), None);
        assert!(catalogue.table("ixpd_session").is_none());
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
