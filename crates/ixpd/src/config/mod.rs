//! All settings of ixpd, read once at start.
//!
//! Each section is a file with a typed struct; its `read` function names every variable once, with default, meaning,
//! secrecy and parser. A new setting is a field and a line there, and a line of `docs/CONFIGURATION.md`, which a test
//! writes.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

mod api;
mod api_keys;
mod app;
mod app_key;
mod base_url;
mod database;
pub mod env_file;
mod frontend;
mod grapher;
mod identity;
mod irr;
mod ixf_export;
mod known;
mod layer2;
mod mail;
mod mailing_lists;
mod name_format;
mod outside;
mod process;
mod reader;
mod router;
mod router_options;
mod server;
mod session;
mod source;
mod span;
#[cfg(test)]
mod tests;
mod two_factor;
mod value;

pub use api::ApiConfig;
pub use api_keys::ApiKeysConfig;
pub use app::AppConfig;
pub use app_key::{APP_KEY_BYTES, AppKey, ParseAppKeyError};
pub use base_url::{BaseUrl, ParseBaseUrlError};
pub use database::DatabaseConfig;
pub use frontend::{DisabledModules, FrontendConfig};
pub use grapher::{GrapherBackend, GrapherConfig};
pub use identity::{ContactIdentity, IdentityConfig};
pub use irr::IrrConfig;
pub use ixf_export::IxfExportConfig;
pub use known::UnservedSetting;
pub use layer2::Layer2Config;
pub use mail::{MailAddress, MailConfig, MailSecurity, Mailer};
pub use mailing_lists::{MailingList, MailingListsConfig};
pub use name_format::{CustomerNameFormat, CustomerNames};
pub use outside::OutsideConfig;
pub use process::process_user;
pub use reader::{ConfigError, ConfigErrors, EffectiveSetting, Warning};
pub use router::{RouterConfig, RpkiReload, RtrConfig};
pub use router_options::{AskedBy, RouterOptions, RtbhNextHop};
pub use server::{Listen, LogFormat, ParseListenError, ServerConfig, SocketAccess, TrustedProxies};
pub use session::SessionConfig;
pub use source::{EnvFileChoice, LoadOptions, Origin};
pub use span::{CalendarSpan, ParseCalendarSpanError};
pub use two_factor::TwoFactorConfig;

use reader::{BadDefault, Reader};
use source::Layers;

/// All settings, by what they are about.
#[derive(Clone, Debug)]
pub struct Config {
    /// The installation as a whole.
    pub app: AppConfig,
    /// Where the data lives.
    pub database: DatabaseConfig,
    /// The process itself.
    pub server: ServerConfig,
    /// Sessions of browsers.
    pub session: SessionConfig,
    /// The second factor of a login.
    pub two_factor: TwoFactorConfig,
    /// API keys.
    pub api_keys: ApiKeysConfig,
    /// Access to the HTTP API.
    pub api: ApiConfig,
    /// The IX-F member export.
    pub ixf_export: IxfExportConfig,
    /// Prefixes and origins from routing registries.
    pub irr: IrrConfig,
    /// Outgoing mail.
    pub mail: MailConfig,
    /// Mailing lists that users choose from.
    pub mailing_lists: MailingListsConfig,
    /// Configurations of routers.
    pub router: RouterConfig,
    /// Who the exchange is.
    pub identity: IdentityConfig,
    /// Words and modules of the pages.
    pub frontend: FrontendConfig,
    /// What graphs are made by.
    pub grapher: GrapherConfig,
    /// Configured MAC addresses.
    pub layer2: Layer2Config,
    /// Services of others.
    pub outside: OutsideConfig,
    account: Arc<Account>,
}

/// How the settings came about.
#[derive(Debug, Default)]
struct Account {
    env_file: Option<Arc<Path>>,
    settings: Vec<EffectiveSetting>,
    warnings: Vec<Warning>,
    unserved: Vec<UnservedSetting>,
    unused: Vec<String>,
}

impl Config {
    /// Reads the configuration. Nothing but the `.env` file and the files that settings name is read, and nothing
    /// written.
    ///
    /// # Errors
    /// All settings that can't be used, at once. Unknown names and those of features that ixpd doesn't have are never
    /// among them; see [`Config::warnings`] and [`Config::unserved`].
    pub fn load(options: &LoadOptions) -> Result<Self, ConfigErrors> {
        let layers = Layers::gather(options);
        let mut reader = Reader::new(&layers);
        let config = Self::read(&mut reader);
        let Reader { settings, mut errors, mut warnings, .. } = reader;
        let mut findings = known::Findings::of(&layers, &settings);
        errors.append(&mut findings.errors);
        warnings.append(&mut findings.warnings);
        match config {
            Ok(config) if errors.is_empty() => {
                let known::Findings { unserved, unused, .. } = findings;
                let account = Account { env_file: layers.file, settings, warnings, unserved, unused };
                Ok(Self { account: Arc::new(account), ..config })
            }
            _ => Err(ConfigErrors::new(errors)),
        }
    }

    /// A configuration of just these settings: no file, no environment. Made for tests.
    ///
    /// # Errors
    /// All settings that can't be used.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, ConfigErrors>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let environment = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self::load(&LoadOptions { env_file: EnvFileChoice::None, environment, command_line: Vec::new() })
    }

    /// Every setting that ixpd acts on with its value in force, by section. Secrets are masked.
    pub fn effective(&self) -> &[EffectiveSetting] {
        &self.account.settings
    }

    /// Where the operator's own templates are, whether or not the folder is there.
    pub fn skin_dir(&self) -> Option<PathBuf> {
        self.app.skin.as_ref().map(|skin| self.server.data_dir.join("skins").join(skin))
    }

    /// What the operator should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.account.warnings
    }

    /// What is set for features of IXP Manager that ixpd doesn't have yet.
    pub fn unserved(&self) -> &[UnservedSetting] {
        &self.account.unserved
    }

    /// The names of the `.env` file that mean nothing to ixpd: how PHP keeps caches, queues and sessions.
    pub fn unused(&self) -> &[String] {
        &self.account.unused
    }

    /// The `.env` file that was read.
    pub fn env_file(&self) -> Option<&Path> {
        self.account.env_file.as_deref()
    }
}

impl Config {
    /// Reads section by section, in the order in which an operator reads about them. The account comes after.
    fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        let server = ServerConfig::read(r)?;
        let app = AppConfig::read(r)?;
        let database = DatabaseConfig::read(r, &server.data_dir);
        let session = SessionConfig::read(r, &app.url)?;
        let two_factor = TwoFactorConfig::read(r)?;
        let api_keys = ApiKeysConfig::read(r)?;
        let api = ApiConfig::read(r, database.is_embedded());
        let ixf_export = IxfExportConfig::read(r);
        let irr = IrrConfig::read(r)?;
        let identity = IdentityConfig::read(r)?;
        let mail = MailConfig::read(r, &app.url, &identity)?;
        let mailing_lists = MailingListsConfig::read(r);
        let router = RouterConfig::read(r, &irr)?;
        let frontend = FrontendConfig::read(r)?;
        let grapher = GrapherConfig::read(r)?;
        let layer2 = Layer2Config::read(r)?;
        let outside = OutsideConfig::read(r)?;
        let account = Arc::default();
        Ok(Self {
            app,
            database,
            server,
            session,
            two_factor,
            api_keys,
            api,
            ixf_export,
            irr,
            mail,
            mailing_lists,
            router,
            identity,
            frontend,
            grapher,
            layer2,
            outside,
            account,
        })
    }
}
