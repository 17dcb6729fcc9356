//! The steps that make ixpd's own tables.

use crate::Backend;

/// Which steps a database has seen.
pub(super) const RECORD_TABLE: &str = "ixpd_migration";

/// One step. Its name is recorded and never changes; a released step is never edited, a change is a new one.
pub(super) struct Step {
    pub(super) name: &'static str,
    mysql: &'static str,
    sqlite: &'static str,
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
pub(super) const STEPS: [Step; 5] = [
    Step {
        name: "0001_tables",
        mysql: include_str!("own/mysql/0001_tables.sql"),
        sqlite: include_str!("own/sqlite/0001_tables.sql"),
    },
    Step {
        name: "0002_irrdb_hold",
        mysql: include_str!("own/mysql/0002_irrdb_hold.sql"),
        sqlite: include_str!("own/sqlite/0002_irrdb_hold.sql"),
    },
    Step {
        name: "0003_router_lock",
        mysql: include_str!("own/mysql/0003_router_lock.sql"),
        sqlite: include_str!("own/sqlite/0003_router_lock.sql"),
    },
    Step {
        name: "0005_second_factor_failure",
        mysql: include_str!("own/mysql/0005_second_factor_failure.sql"),
        sqlite: include_str!("own/sqlite/0005_second_factor_failure.sql"),
    },
    Step {
        name: "0006_irrdb_state",
        mysql: include_str!("own/mysql/0006_irrdb_state.sql"),
        sqlite: include_str!("own/sqlite/0006_irrdb_state.sql"),
    },
];

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
