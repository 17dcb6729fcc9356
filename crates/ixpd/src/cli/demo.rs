//! `ixpd demo`.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use ixpd_db::{
    Database,
    migration::{SchemaVersion, schema_version},
    query::{bulk, principal, setting, user as users},
};
use serde::{Deserialize, Serialize};

use super::{api_key::readable, context::Context, output};
use crate::{
    auth::{api_key::PresentedKey, policy},
    config::{Config, EnvFileChoice, Listen, LoadOptions, SocketAccess},
    server::{self, Bound},
    service::{
        api_key::{self, KeyInput},
        demo, user as accounts,
    },
    services::Services,
    start::write_private,
};

/// The file that keeps password and key of a demo.
const LOGIN_FILE: &str = "demo-login.json";
/// What of the environment a demo heeds: how much it logs.
const HEEDED: [&str; 3] = ["IXPD_LOG", "IXPD_LOG_FORMAT", "LOG_LEVEL"];

/// Makes a small exchange to look at and serves it, without touching anything else.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd demo --listen 127.0.0.1:8081")]
pub struct Demo {
    /// Where to listen; only addresses of this machine's loopback
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: Listen,
    /// Folder of the demo's database, made if it is absent; another one is another demo
    #[arg(long, value_name = "FOLDER", default_value = "./data/demo")]
    dir: PathBuf,
}

/// Password and key of a demo, as its file keeps them.
#[derive(Serialize, Deserialize)]
struct Login {
    password: String,
    api_key: Option<String>,
}

impl Demo {
    /// Does what was asked.
    ///
    /// # Errors
    /// When the port is taken or the folder holds something else.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let (bound, address) = self.bind()?;
        let url = format!("http://{address}");
        make_folder(&self.dir).with_context(|| format!("can't make the folder {}", self.dir.display()))?;
        let config = context.config_of(&options(&self.dir, &url))?;
        refuse_other_database(&config, &self.dir).await?;
        let services = context.make_services(config).await?;
        if !demo::is_marked(&services).await? {
            demo::fill(&services).await?;
        }
        let login = login(&services, &self.dir, context).await?;
        introduce(&url, &login, &self.dir)?;
        server::serve(services, bound).await?;
        Ok(ExitCode::SUCCESS)
    }

    fn bind(&self) -> anyhow::Result<(Bound, SocketAddr)> {
        let Listen::Tcp(address) = &self.listen else {
            bail!(
                "--listen {}: the demo listens on a TCP port; accepted: such as 127.0.0.1:8081",
                self.listen
            );
        };
        if !address.ip().is_loopback() {
            bail!(
                "--listen {address}: the demo prints its passwords, so it listens on this machine's loopback alone; accepted: 127.0.0.1:PORT and [::1]:PORT"
            );
        }
        let bound = server::bind(&self.listen, &SocketAccess::default())
            .map_err(|error| Self::cannot_bind(*address, &error))?;
        let Bound::Tcp(listener) = &bound else { bail!("{address} gave no TCP port") };
        let address = listener.local_addr()?;
        Ok((bound, address))
    }

    fn cannot_bind(address: SocketAddr, error: &io::Error) -> anyhow::Error {
        if error.kind() != io::ErrorKind::AddrInUse {
            return anyhow::anyhow!("can't listen on {address}: {error}");
        }
        let next = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8_080));
        anyhow::anyhow!(
            "{address} is taken by another program (or another demo). Choose another port: ixpd demo --listen {next}"
        )
    }
}

/// The demo's settings: none of a `.env` file, and of the environment nothing but the log's.
fn options(dir: &Path, url: &str) -> LoadOptions {
    let LoadOptions { mut environment, .. } = LoadOptions::of_this_process(EnvFileChoice::None);
    environment.retain(|(name, _)| HEEDED.contains(&name.as_str()));
    let dir = dir.to_string_lossy();
    let settings = [
        ("IXPD_DATA_DIR", dir.as_ref()),
        ("APP_URL", url),
        ("IDENTITY_LEGALNAME", "Demo Internet Exchange"),
        ("IDENTITY_ORGNAME", "Demo IX"),
        ("IDENTITY_NAME", "Demo IX"),
        ("IDENTITY_SITENAME", "Demo IX"),
        ("IDENTITY_EMAIL", "noreply@demo-ix.example"),
        ("IDENTITY_SUPPORT_EMAIL", "support@demo-ix.example"),
        ("IDENTITY_BILLING_EMAIL", "billing@demo-ix.example"),
        ("IDENTITY_CORPORATE_URL", "https://www.demo-ix.example/"),
        // All AS numbers here are those for documentation.
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_RFC5398", "false"),
        ("UNSECURED_API_ACCESS", "true"),
        ("2FA_ENFORCE_FOR_USERS", "4"),
        ("MAIL_MAILER", "log"),
        // Nobody has registered anything for networks that don't exist.
        ("IXPD_IRR_BACKEND", "off"),
        ("BCRYPT_ROUNDS", "10"),
    ];
    let command_line = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    LoadOptions { env_file: EnvFileChoice::None, environment, command_line }
}

fn make_folder(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// A database that some other ixpd made is left alone. One that a first start was broken off in has the
/// file with the login beside it, and no members.
async fn refuse_other_database(config: &Config, dir: &Path) -> anyhow::Result<()> {
    let file = dir.join("ixpd.db");
    if !file.exists() {
        return Ok(());
    }
    let db = Database::connect(&config.database.options).await?;
    let connection = db.connection();
    let ours = match schema_version(connection).await? {
        SchemaVersion::Empty => true,
        SchemaVersion::Supported { .. } => {
            let mark = setting::get(connection, setting::DEMO).await.unwrap_or_default();
            mark.is_some() || (dir.join(LOGIN_FILE).exists() && bulk::is_unused(connection).await?)
        }
        SchemaVersion::UpgradeNeeded { .. } | SchemaVersion::Foreign { .. } => false,
    };
    db.close().await?;
    if ours {
        return Ok(());
    }
    bail!("{} is not a demo's database and is left alone; choose another folder with --dir", file.display())
}

/// Password and key: those of the file, or new ones, where it or they are gone.
async fn login(services: &Services, dir: &Path, context: &Context) -> anyhow::Result<Login> {
    let path = dir.join(LOGIN_FILE);
    let kept: Option<Login> = match fs_err::read_to_string(&path) {
        Ok(text) => Some(
            serde_json::from_str(&text)
                .with_context(|| format!("{} can't be read; remove it to get a new login", path.display()))?,
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let is_new = kept.is_none();
    let mut login =
        kept.unwrap_or_else(|| Login { password: accounts::random_password(services), api_key: None });
    if is_new {
        write_private(&path, &serde_json::to_string(&login)?)?;
    }
    demo::set_password(services, &login.password, is_new).await?;
    let works = match &login.api_key {
        Some(key) => key_works(services, key).await?,
        None => false,
    };
    if !works {
        login.api_key = make_key(services, context).await?;
        replace(&path, &serde_json::to_string(&login)?)?;
    }
    Ok(login)
}

/// Replaces the file as a whole, so that it is never half written.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    if new.exists() {
        fs_err::remove_file(&new)?;
    }
    write_private(&new, text)?;
    fs_err::rename(new, path)
}

async fn key_works(services: &Services, key: &str) -> anyhow::Result<bool> {
    let Ok(PresentedKey::Modern { identifier, secret_hash }) = PresentedKey::parse(key.as_bytes()) else {
        return Ok(false);
    };
    let row = principal::by_key_identifier(services.db.connection(), &identifier).await?;
    Ok(row.is_some_and(|row| row.secret_hash.as_deref() == Some(&secret_hash)))
}

/// A key of the superuser; none if somebody has shut it out meanwhile.
async fn make_key(services: &Services, context: &Context) -> anyhow::Result<Option<String>> {
    let db = services.db.connection();
    let Some(user) = users::by_username(db, demo::ADMIN).await? else { return Ok(None) };
    let Some(row) = principal::by_user_id(db, user.id).await? else { return Ok(None) };
    let Ok(owner) = policy::judge(&row, services.config.app.zone, services.clock.now()) else {
        return Ok(None);
    };
    let input = KeyInput { description: "Demo".to_owned(), ..KeyInput::default() };
    let key = api_key::validate(services, &input, None).map_err(readable)?;
    let created = api_key::create(services, &context.by(), &owner, key).await.map_err(readable)?;
    Ok(Some(created.text.to_string()))
}

fn introduce(url: &str, login: &Login, dir: &Path) -> io::Result<()> {
    let users = demo::USERS.map(|(name, meaning)| format!("  {name:<10} {meaning}")).join("\n");
    let key = match &login.api_key {
        Some(key) => format!(
            "API key of {}:\n  {}\n  curl -H \"X-IXP-Manager-API-Key: {}\" {url}/api/v4/test",
            demo::ADMIN,
            key,
            key
        ),
        None => format!("No API key: the user {} can't have one any more.", demo::ADMIN),
    };
    output::result(format_args!(
        "Demo exchange at {url}/\n\n\
         Log in as one of these, with the password {}\n{users}\n\n\
         {key}\n\n\
         No second factor is asked for here; elsewhere it is the default.\n\
         All of it lives in {} and starts as it was left; Ctrl-C stops it.",
        login.password,
        dir.display()
    ))
}
