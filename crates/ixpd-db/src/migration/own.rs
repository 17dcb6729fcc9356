//! The steps that make ixpd's own tables.

use crate::Backend;

/// Which steps a database has seen.
pub(super) const RECORD_TABLE: &str = "ixpd_migration";

/// One step. Its name is recorded and never changes; a released step is never edited, a change is a new one.
pub(super) struct Step {
    pub(super) name: &'static str,
    /// Columns that tables of earlier steps get. They are added before the SQL runs, each only where it is missing: neither
    /// MySQL nor SQLite has `ADD COLUMN IF NOT EXISTS`, and on MySQL a step that was broken off is repeated.
    pub(super) columns: &'static [AddedColumn],
    mysql: &'static str,
    sqlite: &'static str,
}

/// A column that a step adds to a table of an earlier one.
pub(super) struct AddedColumn {
    pub(super) table: &'static str,
    pub(super) name: &'static str,
    mysql: &'static str,
    sqlite: &'static str,
}

impl AddedColumn {
    pub(super) fn definition(&self, backend: Backend) -> &'static str {
        match backend {
            Backend::Sqlite => self.sqlite,
            Backend::MySql => self.mysql,
        }
    }
}

impl Step {
    pub(super) fn sql(&self, backend: Backend) -> &'static str {
        match backend {
            Backend::Sqlite => self.sqlite,
            Backend::MySql => self.mysql,
        }
    }
}

/// In the order in which they are applied.
pub(super) const STEPS: [Step; 7] = [
    Step {
        name: "0001_tables",
        columns: &[],
        mysql: include_str!("own/mysql/0001_tables.sql"),
        sqlite: include_str!("own/sqlite/0001_tables.sql"),
    },
    Step {
        name: "0002_irrdb_hold",
        columns: &[],
        mysql: include_str!("own/mysql/0002_irrdb_hold.sql"),
        sqlite: include_str!("own/sqlite/0002_irrdb_hold.sql"),
    },
    Step {
        name: "0003_router_lock",
        columns: &[],
        mysql: include_str!("own/mysql/0003_router_lock.sql"),
        sqlite: include_str!("own/sqlite/0003_router_lock.sql"),
    },
    Step {
        name: "0004_upstream_names",
        columns: &UPSTREAM_NAMES,
        mysql: include_str!("own/mysql/0004_upstream_names.sql"),
        sqlite: include_str!("own/sqlite/0004_upstream_names.sql"),
    },
    Step {
        name: "0005_second_factor_failure",
        columns: &[],
        mysql: include_str!("own/mysql/0005_second_factor_failure.sql"),
        sqlite: include_str!("own/sqlite/0005_second_factor_failure.sql"),
    },
    Step {
        name: "0006_irrdb_state",
        columns: &[],
        mysql: include_str!("own/mysql/0006_irrdb_state.sql"),
        sqlite: include_str!("own/sqlite/0006_irrdb_state.sql"),
    },
    Step {
        name: "0007_user_lock",
        columns: &[],
        mysql: include_str!("own/mysql/0007_user_lock.sql"),
        sqlite: include_str!("own/sqlite/0007_user_lock.sql"),
    },
];

/// What ties rows of ixpd to rows of IXP Manager beyond their ids, which can be given out again: after a restored dump,
/// or by a server that forgot its counter.
const UPSTREAM_NAMES: [AddedColumn; 8] = [
    AddedColumn {
        table: "ixpd_api_key",
        name: "key_reference",
        mysql: "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL",
        sqlite: "VARCHAR(64) DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_api_key",
        name: "in_doubt",
        mysql: "TINYINT(1) NOT NULL DEFAULT 0",
        sqlite: "TINYINT(1) NOT NULL DEFAULT 0",
    },
    // Binary, because user names are compared with a column that may have any collation.
    AddedColumn {
        table: "ixpd_session",
        name: "username",
        mysql: "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL",
        sqlite: "VARCHAR(255) DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_irrdb_hold",
        name: "autsys",
        mysql: "INT DEFAULT NULL",
        sqlite: "INTEGER DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_router_lock",
        name: "username",
        mysql: "VARCHAR(255) DEFAULT NULL",
        sqlite: "VARCHAR(255) DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_router_lock",
        name: "key_label",
        mysql: "VARCHAR(64) DEFAULT NULL",
        sqlite: "VARCHAR(64) DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_audit",
        name: "username",
        mysql: "VARCHAR(255) DEFAULT NULL",
        sqlite: "VARCHAR(255) DEFAULT NULL",
    },
    AddedColumn {
        table: "ixpd_audit",
        name: "key_label",
        mysql: "VARCHAR(64) DEFAULT NULL",
        sqlite: "VARCHAR(64) DEFAULT NULL",
    },
];

/// The `CREATE TABLE` of every own table, as first made, each with the name of its step.
pub(crate) fn mysql_tables() -> impl Iterator<Item = (&'static str, &'static str)> {
    STEPS.iter().flat_map(|step| {
        let statements = step.mysql.split_inclusive(";\n");
        statements.filter_map(|sql| Some((step.name, sql.get(sql.find("CREATE TABLE")?..)?)))
    })
}

/// The columns that later steps add: table, and the column as `CREATE TABLE` of MySQL spells it.
pub(crate) fn mysql_columns() -> impl Iterator<Item = (&'static str, String)> {
    STEPS
        .iter()
        .flat_map(|step| step.columns)
        .map(|column| (column.table, format!("{} {}", column.name, column.mysql)))
}

pub(super) fn record_table(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "CREATE TABLE IF NOT EXISTS ixpd_migration (name VARCHAR(64) PRIMARY KEY, applied_at TEXT NOT NULL)"
        }
        Backend::MySql => {
            "CREATE TABLE IF NOT EXISTS ixpd_migration (name VARCHAR(64) PRIMARY KEY, applied_at DATETIME NOT NULL) \
             ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"
        }
    }
}
