//! Which version of IXP Manager the data is from, told by its list of migrations.

use std::fmt;

use serde::{Serialize, Serializer};

use super::error::{ImportError, Place};
use crate::migration::{UPSTREAM_MIGRATIONS, unknown_migrations};

/// The last migration of 7.3.0. Those behind it, a table more and a table less, came with later releases.
const LAST_OF_7_3: &str = "2026_06_25_133900_set_api_keys_expires_not_nullable";

/// The version of IXP Manager that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceVersion {
    /// 7.3
    V7_3,
    /// 7.4
    V7_4,
}

impl fmt::Display for SourceVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V7_3 => "7.3",
            Self::V7_4 => "7.4",
        })
    }
}

impl Serialize for SourceVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Judges the names that the `migrations` table has. What 7.4 doesn't know is given back.
pub(super) fn judge(seen: &[String], place: &Place) -> Result<(SourceVersion, Vec<String>), ImportError> {
    let missing: Vec<&str> =
        UPSTREAM_MIGRATIONS.into_iter().filter(|name| !seen.iter().any(|seen| seen == name)).collect();
    if missing.len() == UPSTREAM_MIGRATIONS.len() {
        let reason = "its list of migrations holds none of IXP Manager".to_owned();
        return Err(ImportError::Foreign { place: Box::new(place.clone()), reason });
    }
    // The names begin with their dates, so they compare by age.
    if let Some(first) = missing.iter().find(|name| **name <= LAST_OF_7_3) {
        let missing = match missing.len() {
            1 => format!("the migration {first}"),
            many => format!("the migration {first} and {} more", many - 1),
        };
        return Err(ImportError::Older { place: Box::new(place.clone()), missing });
    }
    let version = if missing.is_empty() { SourceVersion::V7_4 } else { SourceVersion::V7_3 };
    Ok((version, unknown_migrations(seen)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { source: "dump.sql".to_owned(), lines: Some((7, 7)), table: Some("migrations".to_owned()) }
    }

    fn names(count: usize) -> Vec<String> {
        UPSTREAM_MIGRATIONS.iter().take(count).map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_migrations_of_7_3_are_7_4_without_its_last_two() {
        assert_eq!(judge(&names(36), &place()).unwrap().0, SourceVersion::V7_4);
        assert_eq!(judge(&names(35), &place()).unwrap().0, SourceVersion::V7_3);
        assert_eq!(judge(&names(34), &place()).unwrap().0, SourceVersion::V7_3);
        assert_eq!(UPSTREAM_MIGRATIONS[33], LAST_OF_7_3);
    }

    #[test]
    fn an_older_schema_is_told_the_upgrade_and_what_it_lacks() {
        let error = judge(&names(30), &place()).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "dump.sql, line 7, table `migrations`: the schema is older than IXP Manager 7.3"
            ),
            "{error}"
        );
        assert!(error.contains("2026_04_27_110644_create_asn_table and 5 more"), "{error}");
        assert!(error.contains("php artisan migrate"), "{error}");
        let mut patchy = names(36);
        patchy.remove(3);
        assert!(
            judge(&patchy, &place()).unwrap_err().to_string().contains("2020_09_18_095136_delete_ixp_table.")
        );
    }

    #[test]
    fn migrations_of_an_operators_own_are_let_through_and_named() {
        let mut seen = names(36);
        seen.push("2020_02_06_204556_create_docstore_directories".to_owned());
        seen.push("2027_01_01_000000_ours".to_owned());
        assert_eq!(judge(&seen, &place()).unwrap().1, ["2027_01_01_000000_ours"]);
    }

    #[test]
    fn migrations_of_something_else_are_foreign() {
        let seen = ["2014_10_12_000000_create_users_table".to_owned()];
        assert!(matches!(judge(&seen, &place()), Err(ImportError::Foreign { .. })));
        assert!(matches!(judge(&[], &place()), Err(ImportError::Foreign { .. })));
    }
}
