//! The database: its version, and in what it differs from IXP Manager 7.4.

use ixpd_db::{
    Backend, DbErr,
    migration::{self, MigrateError, SchemaVersion},
    query::{
        check as rows,
        schema_report::{self, Difference, DifferenceKind},
        server_account, setting,
    },
};

use super::{Findings, Installation, Level, listed};
use crate::{auth::seal::fingerprint, start};

pub(super) const AREA: &str = "database";

/// Whether the tables of 7.4 are there, so that their rows can be looked at.
pub(super) async fn check(installation: &Installation<'_>, found: &mut Findings) -> Result<bool, DbErr> {
    let db = installation.db.connection();
    found.ok(format_args!("{} answers", installation.db.description()));
    let version = migration::schema_version(db).await?;
    privileges(installation, version == SchemaVersion::Empty, found).await?;
    match version {
        SchemaVersion::Supported { extra } => {
            found.ok("the schema is that of IXP Manager 7.4");
            if !extra.is_empty() {
                let extra = listed(&extra);
                found.note(format_args!("it has migrations that 7.4 doesn't: {extra}"));
            }
        }
        SchemaVersion::Empty => {
            found.error(start::NotMade::tables(installation.db.description()));
            return Ok(false);
        }
        SchemaVersion::UpgradeNeeded { latest, missing } => {
            found.error(MigrateError::UpgradeNeeded { latest, missing: missing.join(", ") });
            return Ok(false);
        }
        SchemaVersion::Foreign { tables } => {
            found.error(MigrateError::Foreign { tables });
            return Ok(false);
        }
    }
    differences(installation, found).await?;
    views(installation, found).await?;
    own_tables(installation, found).await?;
    if let Some(fault) = rows::file_fault(db).await? {
        found.error(format_args!("the file is damaged: {fault}; restore it from a backup"));
    }
    Ok(true)
}

async fn differences(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let db = installation.db.connection();
    let differences = schema_report::differences(db).await?;
    for difference in &differences {
        found.add(level(difference), difference);
    }
    if differences.is_empty() && installation.db.backend() == Backend::MySql {
        found.ok("tables, columns, views and triggers are those of 7.4");
    }
    // Rows of tables that are not as they should be can't be looked at.
    if !differences.iter().any(Difference::is_fatal) {
        for difference in schema_report::unreadable_rows(db).await? {
            found.add(level(&difference), &difference);
        }
    }
    Ok(())
}

/// What the account on the server may do, before a migration or a change fails on it.
async fn privileges(
    installation: &Installation<'_>,
    is_empty: bool,
    found: &mut Findings,
) -> Result<(), DbErr> {
    if let Some(missing) = server_account::missing_privileges(installation.db.connection(), is_empty).await? {
        found.error(format_args!(
            "the account {} lacks {} on the whole database; an administrator of the server mends it by: {}",
            missing.account,
            missing.privileges.join(", "),
            missing.grant
        ));
    } else if installation.db.backend() == Backend::MySql {
        found.ok("the account has the privileges that ixpd needs");
    }
    Ok(())
}

/// Views of IXP Manager that can't be read are errors; those that somebody else made stop a mysqldump.
async fn views(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    for view in server_account::broken_views(installation.db.connection()).await? {
        let level = if view.is_of_schema { Level::Error } else { Level::Warning };
        found.add(
            level,
            format_args!(
                "the view {} can't be read, and mysqldump stops at it: {}. If its definer {} lost its privileges: {} \
                 If a table or column that it names is gone, or the definer's account: make the view anew, or DROP \
                 VIEW {}",
                view.name, view.reason, view.definer, view.grant, view.name
            ),
        );
    }
    Ok(())
}

fn level(difference: &Difference) -> Level {
    match difference.kind {
        _ if difference.is_fatal() => Level::Error,
        DifferenceKind::NeedsValue | DifferenceKind::MissingView | DifferenceKind::MissingTrigger => {
            Level::Warning
        }
        _ => Level::Note,
    }
}

/// The tables that ixpd adds, and the key that they are used with.
async fn own_tables(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let db = installation.db.connection();
    let pending = match migration::pending(db).await {
        Ok(pending) => pending,
        Err(MigrateError::Database(error)) => return Err(error),
        Err(error) => {
            found.error(error);
            return Ok(());
        }
    };
    if !pending.is_empty() {
        found.note("ixpd's own tables (ixpd_*) are not complete; the next start makes them");
    }
    let stored = if rows::tables(db).await?.contains("ixpd_setting") {
        setting::get(db, setting::APP_KEY_FINGERPRINT).await?
    } else {
        None
    };
    app_key(installation, stored, found);
    Ok(())
}

fn app_key(installation: &Installation<'_>, stored: Option<String>, found: &mut Findings) {
    let config = installation.config;
    let key = match start::existing_app_key(config) {
        Ok(key) => key,
        Err(error) => return found.error(error),
    };
    match (key, stored) {
        (None, None) if config.database.is_embedded() => found.note("the first start makes an APP_KEY"),
        (None, None) => found.error(
            "APP_KEY is not set; take the one of the existing installation, or run `ixpd serve`, which prints a new one",
        ),
        (None, Some(stored)) => found.error(format_args!(
            "APP_KEY is missing; this database was used with the one whose fingerprint is {stored}"
        )),
        (Some(key), Some(stored)) => {
            let own = fingerprint(key.bytes());
            if own == stored {
                found.ok("APP_KEY is the one that this database is used with");
            } else if start::is_previous(config, &stored) {
                found.note("APP_KEY is new to this database; the next start takes it over from APP_PREVIOUS_KEYS");
            } else {
                found.error(start::StartError::OtherAppKey { stored, own });
            }
        }
        (Some(_), None) => {}
    }
}
