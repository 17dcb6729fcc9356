//! `ixpd import`.

use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;
use ixpd_db::{
    DatabaseOptions, MySqlOptions,
    import::{self, ImportOptions, LegacyKey, SealedKey, Source, dump::DumpSource},
};
use ixpd_types::Zone;
use secrecy::{ExposeSecret as _, SecretString};

use self::progress::Progress;
use super::{ask, context::Context};
use crate::{auth::seal::SealedFor, config, service::api_key::settle_ties, services::Services};

mod progress;
mod report;
mod target;

/// Loads the data of an IXP Manager installation, version 7.3 or 7.4.
///
/// SOURCE is a mysqldump, plain or gzipped, or the URL of the server itself, which is read at one moment and not
/// changed. All of it is loaded or nothing. Mail is held back afterwards; `ixpd mail enable` lets it go.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: ixpd import ixpmanager.sql.gz\n  ixpd import mysql://ixp@db.example.net/ixp\n  \
                        mysqldump ixp | ixpd import -"
)]
pub struct Import {
    /// A mysqldump, `-` for one from standard input, or mysql://USER@HOST/DATABASE
    source: String,
    /// Database to read of a dump of several, as --databases and --all-databases make
    #[arg(long, value_name = "NAME")]
    database: Option<String>,
    /// Delete the data that the database has
    #[arg(long)]
    force: bool,
    /// Delete without asking for the database's name
    #[arg(long, requires = "force")]
    yes: bool,
    /// Time zone of the database server that a dump is from [default: APP_TIMEZONE]
    #[arg(long, value_name = "ZONE")]
    server_timezone: Option<Zone>,
    /// File whose first line is the password of a mysql:// source
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Read the password of a mysql:// source from standard input, up to the end of its first line
    #[arg(long, conflicts_with = "password_file")]
    password_stdin: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    /// Does what was asked.
    ///
    /// # Errors
    /// Why nothing was loaded; the database is then as it was.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        // A source that can't be opened leaves no new database behind.
        let source = self.source()?;
        target::agree_on(&config, &self.source, self.force, self.yes).await?;
        let services = context.make_services(config).await?;
        let seal = |key: &LegacyKey<'_>| sealed(&services, key);
        let options = ImportOptions {
            force: self.force,
            server_zone: self.server_timezone.unwrap_or(services.config.app.zone),
            now: services.wall_now(),
            by: Some(config::process_user()),
            seal: services.config.api_keys.reveal.then_some(&seal),
        };
        let mut progress = Progress::new();
        let loaded = import::load(source, &services.db, options, &mut progress).await;
        progress.finish();
        let loaded = loaded?;
        // Rows of an earlier ixpd are judged now, while the key is at hand that opens sealed copies.
        settle_ties(&services).await?;
        report::print(&loaded, &services, self.json)?;
        Ok(ExitCode::SUCCESS)
    }

    fn source(&self) -> anyhow::Result<Source> {
        let scheme = self.source.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("mysql" | "mariadb") if self.database.is_some() => {
                bail!(
                    "--database is for dumps; a server's database stands in its URL, mysql://USER@HOST/DATABASE"
                )
            }
            Some("mysql" | "mariadb") => self.server().map(Source::Server),
            _ => {
                let (name, dump) = if self.source == "-" {
                    ("standard input".to_owned(), DumpSource::from_reader(io::stdin(), None)?)
                } else {
                    (self.source.clone(), DumpSource::open(Path::new(&self.source))?)
                };
                Ok(Source::Dump { name, dump, database: self.database.clone() })
            }
        }
    }

    fn server(&self) -> anyhow::Result<MySqlOptions> {
        let DatabaseOptions::MySql(mut server) = DatabaseOptions::from_url(&self.source)? else {
            bail!("the source is no mysql:// URL");
        };
        if let Some(file) = &self.password_file {
            server.password = SecretString::from(ask::from_file(file)?.as_str());
        } else if self.password_stdin {
            server.password = SecretString::from(ask::from_stdin()?.as_str());
        } else if server.password.expose_secret().is_empty() && io::stdin().is_terminal() {
            let prompt = format!("Password of {} (empty for none): ", server.describe());
            server.password = SecretString::from(rpassword::prompt_password(prompt)?);
        }
        Ok(server)
    }
}

/// The copy by which a key that was kept as plain text can be shown again.
fn sealed(services: &Services, key: &LegacyKey<'_>) -> Option<SealedKey> {
    let user_id = i32::try_from(key.user_id).ok()?;
    let row = SealedFor { api_key_id: key.api_key_id, user_id, reference: key.sha256 };
    let copy = services.secrets.sealer.seal(&services.random, row, key.plaintext.expose_secret())?;
    Some(SealedKey { bytes: copy.bytes, key_id: copy.key_id })
}
