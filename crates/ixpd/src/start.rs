//! From settings to a running state: database, schema, `APP_KEY`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use ixpd_db::{
    Backend, ConnectError, Database, DatabaseOptions, DbErr, ServerGaps,
    migration::{self, SchemaVersion},
    query::{
        schema_report::{self, Difference},
        setting,
    },
};

use crate::{
    app::AppState,
    auth::seal::fingerprint,
    clock::Clock,
    config::{AppKey, Config},
    error::AppError,
    random::Random,
    service::api_key::settle_ties,
};

/// The file of an embedded installation's key in `IXPD_DATA_DIR`.
const APP_KEY_FILE: &str = "app.key";

/// Why ixpd can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database doesn't open.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database isn't one that ixpd may use.
    #[error("{database}: {error}")]
    Migrate {
        /// Which database.
        database: String,
        /// Why.
        error: migration::MigrateError,
    },
    /// Tables or columns are missing, or have types that can't be read.
    #[error("{database} differs from the schema of IXP Manager 7.4 where ixpd can't do without:\n{}\n`ixpd check` tells everything that differs", lines(.differences))]
    Schema {
        /// Which database.
        database: String,
        /// What differs.
        differences: Vec<Difference>,
    },
    /// The file of a database that was in use has nothing in it.
    #[error(
        "{path} is empty, but {key} beside it says that there was a database. Put a backup of ixpd.db back \
         (docs/BACKUP.md); to begin anew on purpose, remove {path} and {key}"
    )]
    Emptied {
        /// The database file.
        path: PathBuf,
        /// The key file.
        key: PathBuf,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A database that others may share needs a key that they share too.
    #[error(
        "APP_KEY is not set. Keys and sessions depend on it. Take the one of the existing installation, or add this line to .env:\nAPP_KEY={suggestion}"
    )]
    NoAppKey {
        /// A fresh key.
        suggestion: String,
    },
    /// The key file can't be used.
    #[error("{path}: {reason}")]
    AppKeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A database came back without its key.
    #[error(
        "{path} is missing, and {database} was used with the APP_KEY in it. Put the file back from where the database came from, or set that key as APP_KEY; a new one could not read what is sealed"
    )]
    LostAppKey {
        /// Where the key file belongs.
        path: PathBuf,
        /// The database.
        database: String,
    },
    /// Another node, or this one before, had another key.
    #[error(
        "APP_KEY is not the one that this database was used with (fingerprint {stored}, this one is {own}). Set that key; or, to change it, set the new one as APP_KEY and the old one in APP_PREVIOUS_KEYS"
    )]
    OtherAppKey {
        /// What the database holds.
        stored: String,
        /// What the settings give.
        own: String,
    },
    /// What ixpd keeps of API keys can't be brought up to date.
    #[error("API keys: {0}")]
    Keys(#[from] AppError),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Random(#[from] rand::rngs::SysError),
    /// `BCRYPT_ROUNDS` is out of range.
    #[error("BCRYPT_ROUNDS: {0}")]
    Password(#[from] bcrypt::BcryptError),
    /// Mail can't be sent with the settings as they are.
    #[error(transparent)]
    Mail(#[from] ixpd_net::mail::SendError),
}

/// Opens the database, brings ixpd's own tables up to date and puts the state together.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: Config) -> Result<AppState, StartError> {
    start_with(config, Clock::system(), Random::system()?).await
}

/// As [`start`], with a given clock and randomness.
///
/// # Errors
/// See [`StartError`].
pub async fn start_with(config: Config, clock: Clock, random: Random) -> Result<AppState, StartError> {
    let existed = embedded_file(&config).is_some_and(Path::exists);
    refuse_emptied(&config)?;
    let mut db = Database::connect(&config.database.options).await?;
    if db.backend() == Backend::MySql {
        let gaps = ServerGaps::ask(db.connection(), clock.now()).await?;
        db = db.with_gaps(gaps);
    }
    if existed && key_file(&config).exists() && is_empty(&db).await? {
        return Err(emptied(&config));
    }
    let migrated = migration::run(&db)
        .await
        .map_err(|error| StartError::Migrate { database: db.description().to_owned(), error })?;
    for step in migrated.applied {
        tracing::info!(step, database = db.description(), "schema step applied");
    }
    refuse_unreadable(&db).await?;
    let app_key = app_key(&db, &config, &random).await?;
    agree_on_app_key(&db, &config, &app_key).await?;
    let state = AppState::new(db, Arc::new(config), &app_key, clock, random)?;
    settle_ties(&state).await?;
    Ok(state)
}

/// Reads an embedded database that wasn't closed before a server opens it: see [`Database::verify_journal`]. Commands
/// that run beside a server pass this by, since its log is in use then.
///
/// # Errors
/// [`StartError::Connect`], and [`StartError::Emptied`].
pub async fn verify_journal(config: &Config) -> Result<(), StartError> {
    refuse_emptied(config)?;
    Ok(Database::verify_journal(&config.database.options).await?)
}

/// Refuses an empty file where a database was, before SQLite makes a new one of it.
///
/// # Errors
/// [`StartError::Emptied`].
pub fn refuse_emptied(config: &Config) -> Result<(), StartError> {
    let is_empty =
        embedded_file(config).and_then(|path| path.metadata().ok()).is_some_and(|file| file.len() == 0);
    if is_empty && key_file(config).exists() { Err(emptied(config)) } else { Ok(()) }
}

fn emptied(config: &Config) -> StartError {
    let path = embedded_file(config).unwrap_or(Path::new("")).to_owned();
    StartError::Emptied { path, key: key_file(config) }
}

/// The file of an embedded database.
fn embedded_file(config: &Config) -> Option<&Path> {
    match &config.database.options {
        DatabaseOptions::Sqlite(options) => Some(&options.path),
        DatabaseOptions::MySql(_) => None,
    }
}

async fn is_empty(db: &Database) -> Result<bool, DbErr> {
    Ok(migration::schema_version(db.connection()).await? == SchemaVersion::Empty)
}

/// What an operator should know of the settings, for the log at the start of a server.
pub fn warnings(config: &Config) -> Vec<String> {
    let mut warnings: Vec<String> = config.warnings().iter().map(ToString::to_string).collect();
    if config.api.allow_url_keys {
        warnings.push(
            "API keys are accepted in URLs (?apikey=), where logs and histories keep them; once no client needs it, set IXP_ALLOW_DEPRECATED_APIKEYS_VIA_GET=false"
                .to_owned(),
        );
    }
    warnings
}

/// An altered database stops the start, before a request trips over it.
async fn refuse_unreadable(db: &Database) -> Result<(), StartError> {
    let mut differences = schema_report::differences(db.connection()).await?;
    differences.retain(Difference::is_fatal);
    if differences.is_empty() {
        return Ok(());
    }
    Err(StartError::Schema { database: db.description().to_owned(), differences })
}

fn lines(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("\n")
}

async fn app_key(db: &Database, config: &Config, random: &Random) -> Result<AppKey, StartError> {
    if let Some(key) = existing_app_key(config)? {
        return Ok(key);
    }
    if !config.database.is_embedded() {
        let suggestion = AppKey::new(random.bytes()).to_text().to_string();
        return Err(StartError::NoAppKey { suggestion });
    }
    let path = key_file(config);
    if setting::get(db.connection(), setting::APP_KEY_FINGERPRINT).await?.is_some() {
        return Err(StartError::LostAppKey { path, database: db.description().to_owned() });
    }
    make_key_file(&path, random).map_err(|error| StartError::AppKeyFile { path, reason: error.to_string() })
}

/// The key that a start would use; none where it would make one, or ask for one.
///
/// # Errors
/// When the key file can't be used.
pub fn existing_app_key(config: &Config) -> Result<Option<AppKey>, StartError> {
    if config.app.key.is_some() || !config.database.is_embedded() {
        return Ok(config.app.key.clone());
    }
    let path = key_file(config);
    read_key_file(&path).map_err(|reason| StartError::AppKeyFile { path, reason })
}

/// Where an embedded installation keeps its key.
fn key_file(config: &Config) -> PathBuf {
    config.server.data_dir.join(APP_KEY_FILE)
}

/// Makes the key of an embedded installation at its first start.
fn make_key_file(path: &Path, random: &Random) -> io::Result<AppKey> {
    let key = AppKey::new(random.bytes());
    write_private(path, &key.to_text())?;
    tracing::info!(path = %path.display(), "made a new APP_KEY; keep a copy of this file with your backups");
    Ok(key)
}

fn read_key_file(path: &Path) -> Result<Option<AppKey>, String> {
    match fs_err::read_to_string(path) {
        Ok(text) => text.trim().parse().map(Some).map_err(|error| format!("{error}")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes a file that only its owner may read. An existing one is left alone.
///
/// # Errors
/// When the file system refuses.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs_err::OpenOptions::new();
    fs_err::os::unix::fs::OpenOptionsExt::mode(options.write(true).create_new(true), 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

async fn agree_on_app_key(db: &Database, config: &Config, app_key: &AppKey) -> Result<(), StartError> {
    let own = fingerprint(app_key.bytes());
    let stored = setting::get(db.connection(), setting::APP_KEY_FINGERPRINT).await?;
    match stored {
        Some(stored) if stored == own => Ok(()),
        Some(stored) if !is_previous(config, &stored) => Err(StartError::OtherAppKey { stored, own }),
        _ => {
            let (name, own) = (setting::APP_KEY_FINGERPRINT, &own);
            Ok(db.write(|tx| Box::pin(setting::set(tx.db(), name, own))).await?)
        }
    }
}

/// Whether a fingerprint is that of a key in `APP_PREVIOUS_KEYS`.
pub fn is_previous(config: &Config, stored: &str) -> bool {
    config.app.previous_keys.iter().any(|key| fingerprint(key.bytes()) == stored)
}
