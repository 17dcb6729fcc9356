//! How the schema of a connected MySQL database differs from that of IXP Manager 7.4.
//!
//! Old installations have been altered by many hands. Most of what differs doesn't matter; what does is named here
//! with its table and column, before a request trips over it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    Backend, entity,
    migration::{TRIGGERS, VIEWS, expected},
};

mod types;

/// One thing in which the database differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table, view or trigger.
    pub name: String,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The table isn't there.
    MissingTable {
        /// Nothing of ixpd reads this table.
        unused: bool,
    },
    /// The column isn't there.
    MissingColumn {
        /// Nothing of ixpd reads this table.
        unused: bool,
    },
    /// The column has another type, which can be read all the same.
    Type {
        /// The type of 7.4.
        expected: String,
        /// The type that was found.
        found: String,
    },
    /// The column has a type that can't be read as what it should be.
    Undecodable {
        /// The type of 7.4.
        expected: String,
        /// The type that was found.
        found: String,
    },
    /// The column allows NULL, in 7.4 it doesn't.
    AllowsNull,
    /// 7.4 doesn't have this column, and a row can't be written without a value for it.
    NeedsValue,
    /// The view isn't there.
    MissingView,
    /// The trigger isn't there.
    MissingTrigger,
    /// Rows hold NULL or a zero date where 7.4 has a value: these rows can't be read.
    UnreadableRows {
        /// How many rows.
        rows: i64,
    },
}

impl Difference {
    /// Whether ixpd can't work with this database until somebody mends it.
    pub fn is_fatal(&self) -> bool {
        match self.kind {
            DifferenceKind::MissingTable { unused } | DifferenceKind::MissingColumn { unused } => !unused,
            DifferenceKind::Undecodable { .. } | DifferenceKind::UnreadableRows { .. } => true,
            DifferenceKind::Type { .. }
            | DifferenceKind::AllowsNull
            | DifferenceKind::NeedsValue
            | DifferenceKind::MissingView
            | DifferenceKind::MissingTrigger => false,
        }
    }

    fn new(name: &str, column: Option<&str>, kind: DifferenceKind) -> Self {
        Self { name: name.to_owned(), column: column.map(str::to_owned), kind }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(column) = &self.column {
            write!(f, ".{column}")?;
        }
        match &self.kind {
            DifferenceKind::MissingTable { .. } => f.write_str(": the table is missing"),
            DifferenceKind::MissingColumn { .. } => f.write_str(": the column is missing"),
            DifferenceKind::Type { expected, found } => {
                write!(f, ": has the type {found}, expected is {expected}")
            }
            DifferenceKind::Undecodable { expected, found } => {
                write!(f, ": has the type {found}, which can't be read; accepted is {expected}")
            }
            DifferenceKind::AllowsNull => f.write_str(": allows NULL, expected is NOT NULL"),
            DifferenceKind::NeedsValue => {
                f.write_str(": isn't part of 7.4 and has no default, so that no row can be added")
            }
            DifferenceKind::MissingView => f.write_str(": the view is missing"),
            DifferenceKind::MissingTrigger => f.write_str(": the trigger is missing"),
            DifferenceKind::UnreadableRows { rows } => {
                write!(f, ": {rows} rows hold NULL or a zero date, which can't be read here")
            }
        }
    }
}

/// What a column of the connected database is like.
struct Found {
    column_type: String,
    nullable: bool,
    needs_value: bool,
}

type FoundTables = HashMap<String, HashMap<String, Found>>;

/// Compares the schema with that of 7.4, quickly: no row is read. The embedded database has no differences, because
/// ixpd alone makes its tables.
///
/// # Errors
/// When the database doesn't answer.
pub async fn differences(db: &impl ConnectionTrait) -> Result<Vec<Difference>, DbErr> {
    if Backend::of(db) == Backend::Sqlite {
        return Ok(Vec::new());
    }
    let found = found_tables(db).await?;
    let mut differences = Vec::new();
    for table in expected::tables() {
        compare_table(&table, &found, &mut differences);
    }
    let views = names(
        db,
        "SELECT CAST(table_name AS CHAR) FROM information_schema.views WHERE table_schema = DATABASE()",
    );
    let views = views.await?;
    let missing = VIEWS.iter().filter(|name| !views.contains(**name));
    differences.extend(missing.map(|name| Difference::new(name, None, DifferenceKind::MissingView)));
    let triggers = "SELECT CAST(trigger_name AS CHAR) FROM information_schema.triggers WHERE trigger_schema = DATABASE()";
    let triggers = names(db, triggers).await?;
    let missing = TRIGGERS.iter().filter(|name| !triggers.contains(**name));
    differences.extend(missing.map(|name| Difference::new(name, None, DifferenceKind::MissingTrigger)));
    Ok(differences)
}

/// Finds rows that can't be read although the types are right: NULL in a column that allows it against 7.4, and the
/// zero dates that MySQL once wrote into a date column without a value. It reads whole tables.
///
/// # Errors
/// When the database doesn't answer.
pub async fn unreadable_rows(db: &impl ConnectionTrait) -> Result<Vec<Difference>, DbErr> {
    if Backend::of(db) == Backend::Sqlite {
        return Ok(Vec::new());
    }
    let found = found_tables(db).await?;
    let mut differences = Vec::new();
    for table in expected::tables() {
        let Some(columns) = found.get(table.name).filter(|_| !is_unused(table.name)) else { continue };
        for column in table.columns.iter().filter(|column| !column.nullable) {
            let Some(found) = columns.get(column.name) else { continue };
            let dated = types::is_date(&found.column_type);
            if !found.nullable && !dated {
                continue;
            }
            let zero = if dated {
                format!(" OR CAST({} AS CHAR) LIKE '0000-%'", column.name)
            } else {
                String::new()
            };
            let sql = format!("SELECT COUNT(*) FROM {} WHERE {} IS NULL{zero}", table.name, column.name);
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
            let rows: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0);
            if rows > 0 {
                let kind = DifferenceKind::UnreadableRows { rows };
                differences.push(Difference::new(table.name, Some(column.name), kind));
            }
        }
    }
    Ok(differences)
}

fn compare_table(table: &expected::ExpectedTable, found: &FoundTables, differences: &mut Vec<Difference>) {
    let unused = is_unused(table.name);
    let Some(columns) = found.get(table.name) else {
        differences.push(Difference::new(table.name, None, DifferenceKind::MissingTable { unused }));
        return;
    };
    let mut add = |column: &str, kind| differences.push(Difference::new(table.name, Some(column), kind));
    for expected in &table.columns {
        let Some(column) = columns.get(expected.name) else {
            add(expected.name, DifferenceKind::MissingColumn { unused });
            continue;
        };
        if let Some(kind) = types::compare(&expected.column_type, &column.column_type) {
            add(expected.name, if unused { types::harmless(kind) } else { kind });
        }
        if column.nullable && !expected.nullable {
            add(expected.name, DifferenceKind::AllowsNull);
        }
    }
    let mut extra: Vec<_> = columns
        .iter()
        .filter(|(name, column)| column.needs_value && !table.columns.iter().any(|known| known.name == *name))
        .map(|(name, _)| name)
        .collect();
    extra.sort();
    for name in extra {
        add(name, DifferenceKind::NeedsValue);
    }
}

fn is_unused(table: &str) -> bool {
    entity::UNUSED_TABLES.contains(&table)
}

async fn found_tables(db: &impl ConnectionTrait) -> Result<FoundTables, DbErr> {
    let sql = "SELECT CAST(table_name AS CHAR) AS table_name, CAST(column_name AS CHAR) AS column_name, \
               CAST(column_type AS CHAR) AS column_type, is_nullable = 'YES' AS nullable, \
               is_nullable = 'NO' AND column_default IS NULL AND extra = '' AS needs_value \
               FROM information_schema.columns WHERE table_schema = DATABASE()";
    let mut tables = FoundTables::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await? {
        let table: String = row.try_get("", "table_name")?;
        let column = Found {
            column_type: row.try_get("", "column_type")?,
            nullable: row.try_get("", "nullable")?,
            needs_value: row.try_get("", "needs_value")?,
        };
        tables.entry(table).or_default().insert(row.try_get("", "column_name")?, column);
    }
    Ok(tables)
}

async fn names(db: &impl ConnectionTrait, sql: &str) -> Result<HashSet<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
