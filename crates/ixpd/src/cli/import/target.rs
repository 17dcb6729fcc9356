//! Report of what an import would overwrite, printed before anything is made or deleted.

use std::io::{self, IsTerminal as _};

use anyhow::bail;
use ixpd_db::{
    Database, DatabaseOptions, DbErr, WallClock,
    import::{self, Occupants},
    migration::{SchemaVersion, schema_version},
    query::housekeeping,
};

use crate::{
    cli::{ask, output},
    clock::Clock,
    config::Config,
    jobs::run::foreign_scheduler_of,
    start,
};

/// The data that the target has.
struct Overwritten {
    /// The kind of database, and where it is.
    database: String,
    /// What an operator calls it: the name of its file, or its name on the server.
    name: String,
    occupants: Occupants,
    /// Whether it is on a server.
    is_shared: bool,
    scheduler: Option<WallClock>,
    is_scheduler_at_work: bool,
    last_login: Option<WallClock>,
}

/// Refuses a target that has data, or has its name typed where `force` says that this data may be deleted. Nothing is
/// made or changed, whatever the target is.
///
/// # Errors
/// The refusal, with what would be overwritten and what to do instead.
pub(super) async fn agree_on(config: &Config, source: &str, force: bool, yes: bool) -> anyhow::Result<()> {
    let Some(data) = look_at(config).await? else { return Ok(()) };
    if !force {
        bail!("{data}\n{}", data.instead(config, source));
    }
    if yes {
        output::message(&data);
        return Ok(());
    }
    if source == "-" || !io::stdin().is_terminal() {
        bail!(
            "{data}\n--force deletes all of it; add --yes where nobody can be asked. {}",
            data.instead(config, source)
        );
    }
    output::message(format_args!(
        "{data}\nAll of it will be deleted: members, users, keys, sessions, queued mail."
    ));
    let name = &data.name;
    let question = format!("Type the database's name, {name}, to go on, or no to leave it as it is");
    let goes_on = ask::until(&question, None, &|typed: &str| match ask::is_yes(typed) {
        _ if typed == *name => Ok(true),
        Some(false) => Ok(false),
        _ => Err(format!("`{typed}` is not {name}; accepted are {name} and no.")),
    })?;
    if !goes_on {
        bail!("nothing was deleted");
    }
    Ok(())
}

/// What the target has; none where it has neither members nor users, or isn't there.
async fn look_at(config: &Config) -> anyhow::Result<Option<Overwritten>> {
    start::refuse_emptied(config)?;
    if start::refuse_without_file(config).is_err() {
        return Ok(None);
    }
    let db = Database::connect_read_only(&config.database.options).await?;
    let data = data_of(&db, config).await;
    db.close().await?;
    Ok(data?)
}

async fn data_of(db: &Database, config: &Config) -> Result<Option<Overwritten>, DbErr> {
    // The start refuses any other schema, and says why.
    if !matches!(schema_version(db.connection()).await?, SchemaVersion::Supported { .. }) {
        return Ok(None);
    }
    let occupants = import::occupants(db).await?;
    if occupants.is_none() {
        return Ok(None);
    }
    let connection = db.connection();
    let working = foreign_scheduler_of(db, config.app.zone, Clock::system().now()).await?;
    Ok(Some(Overwritten {
        database: db.description().to_owned(),
        name: name(&config.database.options),
        occupants,
        is_shared: !config.database.is_embedded(),
        scheduler: housekeeping::scheduler_heartbeat(connection).await?,
        is_scheduler_at_work: working.is_some(),
        last_login: housekeeping::last_login(connection).await?,
    }))
}

impl std::fmt::Display for Overwritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Occupants { members, users } = self.occupants;
        write!(f, "{} is not empty: it has {members} members and {users} users.", self.database)?;
        match self.scheduler {
            Some(at) if self.is_scheduler_at_work => {
                write!(f, " IXP Manager works on it at this moment: its scheduler ran at {at}.")?;
            }
            Some(at) if self.is_shared => write!(f, " IXP Manager's scheduler ran on it last at {at}.")?,
            _ => {}
        }
        if let Some(at) = self.last_login {
            write!(f, " The latest login was at {at}.")?;
        }
        Ok(())
    }
}

impl Overwritten {
    /// What to do in place of overwriting; that comes last.
    fn instead(&self, config: &Config, source: &str) -> String {
        let Self { name, .. } = self;
        let beside = config.server.data_dir.join(if self.is_shared { "ixpd.db" } else { "new.db" });
        // A URL may hold a password, and names hold what a shell reads.
        let source = if source.contains("://") { "mysql://…" } else { source };
        let import = format!("DATABASE_URL=sqlite:{} ixpd import {source}", beside.display());
        let mut lines = vec!["Nothing was changed.".to_owned()];
        if self.is_shared {
            lines.push(format!(
                "To import into an embedded database instead (DATABASE_URL wins over DB_* of a copied .env): {import}"
            ));
            lines.push("To use this database as it is, import nothing: ixpd serve".to_owned());
        } else {
            lines.push(format!("To import into another file instead: {import}"));
        }
        lines.push(format!(
            "To give up the data of {name} for that of the import, make a backup of it and add --force."
        ));
        lines.join("\n")
    }
}

/// What an operator calls a database: its file's name, or its name on the server.
fn name(options: &DatabaseOptions) -> String {
    match options {
        DatabaseOptions::Sqlite(options) => {
            options.path.file_name().unwrap_or(options.path.as_os_str()).to_string_lossy().into_owned()
        }
        DatabaseOptions::MySql(options) => options.database.clone(),
    }
}
