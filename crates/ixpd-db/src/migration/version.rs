//! Which schema a database has.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{EARLIER_MIGRATIONS, UPSTREAM_MIGRATIONS};
use crate::dialect;

/// Which schema a database has, told by the list that IXP Manager keeps in its `migrations` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaVersion {
    /// No tables, but perhaps ixpd's own.
    Empty,
    /// The schema of IXP Manager 7.4.
    Supported {
        /// Migrations that 7.4 doesn't have: an operator's own, or a later version's.
        extra: Vec<String>,
    },
    /// An older schema of IXP Manager.
    UpgradeNeeded {
        /// The newest migration of 7.4 that the database has.
        latest: String,
        /// Those that are missing, oldest first.
        missing: Vec<String>,
    },
    /// Tables of something else.
    Foreign {
        /// How many tables there are.
        tables: usize,
    },
}

/// The migrations among `seen` that no release of 7.4 ships: an operator's own, or those of a later version.
pub fn unknown_migrations(seen: &[String]) -> Vec<String> {
    let known = |name: &str| UPSTREAM_MIGRATIONS.contains(&name) || EARLIER_MIGRATIONS.contains(&name);
    seen.iter().filter(|name| !known(name)).cloned().collect()
}

impl SchemaVersion {
    /// Tells the version from the names that the `migrations` table has.
    pub fn of_migrations(seen: &[String]) -> Option<Self> {
        let has = |name: &str| seen.iter().any(|seen| seen == name);
        let latest = UPSTREAM_MIGRATIONS.into_iter().rev().find(|name| has(name))?;
        let missing: Vec<_> =
            UPSTREAM_MIGRATIONS.into_iter().filter(|name| !has(name)).map(str::to_owned).collect();
        if !missing.is_empty() {
            return Some(Self::UpgradeNeeded { latest: latest.to_owned(), missing });
        }
        Some(Self::Supported { extra: unknown_migrations(seen) })
    }
}

/// Tells which schema the database has.
///
/// # Errors
/// When the database doesn't answer.
pub async fn schema_version(db: &impl ConnectionTrait) -> Result<SchemaVersion, DbErr> {
    let mut tables = dialect::table_names(db).await?;
    tables.retain(|name| !name.starts_with("ixpd_"));
    if tables.is_empty() {
        return Ok(SchemaVersion::Empty);
    }
    let foreign = SchemaVersion::Foreign { tables: tables.len() };
    if !tables.contains("migrations") {
        return Ok(foreign);
    }
    let statement =
        Statement::from_string(db.get_database_backend(), "SELECT migration FROM migrations ORDER BY id");
    let seen: Vec<String> = db
        .query_all_raw(statement)
        .await?
        .iter()
        .map(|row| row.try_get("", "migration"))
        .collect::<Result<_, _>>()?;
    Ok(SchemaVersion::of_migrations(&seen).unwrap_or(foreign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn all_migrations_of_7_4_make_a_supported_schema_whatever_stands_beside_them() {
        let mut seen = names(&UPSTREAM_MIGRATIONS);
        assert_eq!(SchemaVersion::of_migrations(&seen), Some(SchemaVersion::Supported { extra: Vec::new() }));
        seen.extend(names(&EARLIER_MIGRATIONS));
        assert_eq!(SchemaVersion::of_migrations(&seen), Some(SchemaVersion::Supported { extra: Vec::new() }));
        seen.push("2027_01_01_000000_our_own".to_owned());
        let extra = names(&["2027_01_01_000000_our_own"]);
        assert_eq!(SchemaVersion::of_migrations(&seen), Some(SchemaVersion::Supported { extra }));
    }

    #[test]
    fn a_missing_migration_asks_for_the_upgrade_and_names_it() {
        let seen = names(&UPSTREAM_MIGRATIONS[..35]);
        let missing = names(&["2026_08_12_113213_remove_rs_prefixes_table"]);
        let latest = "2026_07_15_121559_add_task_last_run_table".to_owned();
        assert_eq!(
            SchemaVersion::of_migrations(&seen),
            Some(SchemaVersion::UpgradeNeeded { latest, missing })
        );
    }

    #[test]
    fn migrations_of_something_else_are_no_version() {
        assert_eq!(SchemaVersion::of_migrations(&names(&["2014_10_12_000000_create_users_table"])), None);
        assert_eq!(SchemaVersion::of_migrations(&[]), None);
    }
}
