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
        check,
        schema_report::{self, Difference},
        setting,
    },
};

use crate::{
    auth::seal::fingerprint,
    clock::Clock,
    config::{AppKey, Config},
    error::AppError,
    random::Random,
    service::api_key::settle_ties,
    services::Services,
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
    /// A command that makes nothing found no database, or one without tables or key.
    #[error(transparent)]
    NotMade(#[from] NotMade),
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

/// What is missing of an installation that a command needs and doesn't make.
#[derive(Debug, thiserror::Error)]
#[error("{missing}. {MAKING}")]
pub struct NotMade {
    missing: String,
}

/// The commands that make a database.
const MAKING: &str = "`ixpd setup` makes a new exchange, `ixpd import FILE` loads the data of IXP Manager, \
                      `ixpd serve` makes an empty database and serves it";

impl NotMade {
    /// An embedded database of which there is no file, or an empty one.
    ///
    /// The settings that name the file are `DATABASE_URL` and `IXPD_DATA_DIR`.
    pub fn file(path: &Path) -> Self {
        let what = if path.exists() { "is empty" } else { "doesn't exist" };
        let missing =
            format!("the database {} {what} (IXPD_DATA_DIR or DATABASE_URL names it)", path.display());
        Self { missing }
    }

    /// A database without tables.
    pub fn tables(database: &str) -> Self {
        Self { missing: format!("{database} has no tables (IXPD_DATA_DIR, DATABASE_URL or DB_* name it)") }
    }

    fn key(path: &Path) -> Self {
        let missing = format!(
            "neither APP_KEY is set nor is there a key in {}, so that the database has never been used",
            path.display()
        );
        Self { missing }
    }
}

/// Refuses where there is no file of an embedded database, or one that SQLite hasn't written to yet.
///
/// # Errors
/// [`NotMade`].
pub fn refuse_without_file(config: &Config) -> Result<(), NotMade> {
    match embedded_file(config) {
        Some(path) if path.metadata().map_or(true, |file| file.len() == 0) => Err(NotMade::file(path)),
        _ => Ok(()),
    }
}

/// As [`start`], on a database that has been used before: no database, folder, table of IXP Manager or key is made.
///
/// # Errors
/// See [`StartError`]; [`StartError::NotMade`] says what is missing.
pub async fn start_on_existing(config: Config) -> Result<Services, StartError> {
    refuse_emptied(&config)?;
    refuse_without_file(&config)?;
    let db = Database::connect_read_only(&config.database.options).await?;
    let outcome = refuse_unused(&db, &config).await;
    db.close().await?;
    outcome?;
    start(config).await
}

async fn refuse_unused(db: &Database, config: &Config) -> Result<(), StartError> {
    match migration::schema_version(db.connection()).await? {
        // Lost content is another matter than a database that was never filled.
        SchemaVersion::Empty if embedded_file(config).is_some() && key_file(config).exists() => {
            return Err(emptied(config));
        }
        SchemaVersion::Empty => return Err(NotMade::tables(db.description()).into()),
        SchemaVersion::Supported { .. } => {}
        // The start says what is wrong with these, and makes nothing in them.
        SchemaVersion::UpgradeNeeded { .. } | SchemaVersion::Foreign { .. } => return Ok(()),
    }
    if !config.database.is_embedded() || existing_app_key(config)?.is_some() {
        return Ok(());
    }
    let path = key_file(config);
    let has_settings = check::tables(db.connection()).await?.contains("ixpd_setting");
    if has_settings && setting::get(db.connection(), setting::APP_KEY_FINGERPRINT).await?.is_some() {
        return Err(StartError::LostAppKey { path, database: db.description().to_owned() });
    }
    Err(NotMade::key(&path).into())
}

/// Opens the database, brings ixpd's own tables up to date and puts the state together.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: Config) -> Result<Services, StartError> {
    start_with(config, Clock::system(), Random::system()?).await
}

/// As [`start`], with a given clock and randomness.
///
/// # Errors
/// See [`StartError`].
pub async fn start_with(config: Config, clock: Clock, random: Random) -> Result<Services, StartError> {
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
    let state = Services::new(db, Arc::new(config), &app_key, clock, random)?;
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
pub fn key_file(config: &Config) -> PathBuf {
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
