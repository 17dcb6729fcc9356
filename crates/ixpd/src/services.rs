//! What handlers, jobs and commands share: the database, the settings, the clock, caches.

use std::{ops::Deref, sync::Arc};

use chrono::{DateTime, Utc};
use ixpd_db::{Database, WallClock};
use ixpd_net::irr::{IrrClient, IrrLimits};
use ixpd_render::Engine;
use tokio_util::task::TaskTracker;

use crate::{
    auth::{
        decoy::Decoys, key_cache::KeyCache, last_seen::LastSeen, password::PasswordHasher, seal::KeySealer,
        seal::SubKey, throttle::Throttle,
    },
    clock::Clock,
    config::{AppKey, Config},
    heavy::Heavy,
    random::Random,
    service::{
        incomplete::IncompleteLog,
        ixf_export::{IxfExport, Profile},
        lookup::Lookups,
        nagios,
        outbox::Outbox,
        readiness::WriteTest,
        router_config::RouterConfigs,
    },
    start::StartError,
    upstream::COMPATIBLE_VERSION,
};

/// Everything that handlers, jobs and commands share. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Shared>);

/// The parts of [`Services`].
pub struct Shared {
    /// The database.
    pub db: Database,
    /// The settings.
    pub config: Arc<Config>,
    /// The current time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// What is derived from `APP_KEY`.
    pub secrets: Secrets,
    /// Hashing of passwords.
    pub passwords: PasswordHasher,
    /// What is verified where there is no password.
    pub decoys: Decoys,
    /// Rows of API keys, for a second.
    pub keys: KeyCache,
    /// Uses of API keys that are yet to be written.
    pub last_seen: LastSeen,
    /// Limits on failures.
    pub throttle: Throttle,
    /// Finished IX-F exports. Whoever writes to a table that they show calls [`IxfExport::invalidate`].
    pub ixf_export: IxfExport,
    /// The incomplete rows that outputs met.
    pub incomplete: IncompleteLog,
    /// Outgoing mail.
    pub outbox: Outbox,
    /// What goes on after its request was answered. The server waits a moment for it when it stops.
    pub background: TaskTracker,
    /// Asks routing registries; none where they aren't to be asked.
    pub irr: Option<IrrClient>,
    /// Templates of the configuration of other programs, and the operator's own lists of members.
    pub templates: Engine,
    /// Configurations of routers.
    pub router_configs: RouterConfigs,
    /// Texts for monitoring, each made once for all that ask for it at the same time.
    pub texts: nagios::Texts,
    /// What outside services know.
    pub lookups: Lookups,
    /// Work that takes long.
    pub heavy: Heavy,
    /// Whether the database takes writes.
    pub write_test: WriteTest,
}

/// What is derived from `APP_KEY`.
pub struct Secrets {
    /// Tokens of forms.
    pub csrf: SubKey,
    /// Sealed copies of API keys.
    pub sealer: KeySealer,
}

impl Services {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When `BCRYPT_ROUNDS` is out of bcrypt's range, or mail can't be sent with the settings as they are.
    pub fn new(
        db: Database,
        config: Arc<Config>,
        app_key: &AppKey,
        clock: Clock,
        random: Random,
    ) -> Result<Self, StartError> {
        let app_key = app_key.bytes();
        let secrets = Secrets {
            csrf: SubKey::derive(app_key, "ixpd/csrf/v1"),
            sealer: KeySealer::new(
                app_key,
                config.app.previous_keys.iter().map(|key| key.bytes().as_slice()),
            ),
        };
        let passwords = PasswordHasher::new(config.app.bcrypt_rounds)?;
        let ixf_export = IxfExport::new(Profile::from_config(&config, COMPATIBLE_VERSION), config.app.zone);
        let outbox = Outbox::new(&config)?;
        let limits = IrrLimits::with_silence(config.irr.silence);
        let irr = config.irr.backend.clone().map(|backend| IrrClient::new(backend, limits));
        let templates = Engine::new(config.skin_dir());
        let router_configs = RouterConfigs::new(&config);
        let lookups = Lookups::new(&config);
        Ok(Self(Arc::new(Shared {
            db,
            config,
            clock,
            random,
            secrets,
            passwords,
            decoys: Decoys::new(app_key),
            keys: KeyCache::default(),
            last_seen: LastSeen::default(),
            throttle: Throttle::default(),
            ixf_export,
            incomplete: IncompleteLog::default(),
            outbox,
            background: TaskTracker::new(),
            irr,
            templates,
            router_configs,
            texts: nagios::Texts::default(),
            lookups,
            heavy: Heavy::new(),
            write_test: WriteTest::default(),
        })))
    }

    /// What the exchange's clock shows at `instant`, for `DATETIME` columns, which take every time: ends of sessions and
    /// devices must not move with [`Services::wall`].
    pub fn shown(&self, instant: DateTime<Utc>) -> WallClock {
        self.config.app.zone.wall_of(instant).into()
    }

    /// What it shows now, for those columns.
    pub fn shown_now(&self) -> WallClock {
        self.shown(self.clock.now())
    }

    /// The same as `TIMESTAMP` columns of the database take it.
    pub fn wall(&self, instant: DateTime<Utc>) -> WallClock {
        self.db.storable(self.shown(instant))
    }

    /// What the exchange's clock shows now.
    pub fn wall_now(&self) -> WallClock {
        self.wall(self.clock.now())
    }
}

impl Deref for Services {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
