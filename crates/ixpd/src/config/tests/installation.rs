//! A complete `.env` of IXP Manager 7.4, unchanged; and nothing at all.

use std::{collections::BTreeSet, net::SocketAddr, path::Path, time::Duration};

use ixpd_db::DatabaseOptions;
use ixpd_types::{Asn, Privilege, Zone};
use secrecy::ExposeSecret as _;

use super::{config, shown, warnings};
use crate::config::{
    CalendarSpan, Config, CustomerNames, EnvFileChoice, Listen, LoadOptions, LogFormat, MailSecurity, Mailer,
    env_file,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/env/ixp-manager-7.4.env");
/// Every secret of the file has this in it, or the beginning of its Base64.
const CANARIES: [&str; 2] = ["canary", "Y2FuYXJ5"];
/// How many names IXP Manager 7.4 reads.
const NAMES: usize = 287;

fn installation() -> Config {
    let options = LoadOptions { env_file: EnvFileChoice::Path(FILE.into()), ..LoadOptions::default() };
    Config::load(&options).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn file_of_an_installation_starts_unchanged_and_without_a_warning() {
    let config = installation();
    assert_eq!(warnings(&config), [""; 0]);
    assert_eq!(config.env_file(), Some(Path::new(FILE)));
}

#[test]
fn file_has_every_name_that_ixp_manager_reads() {
    let file = env_file::parse(&std::fs::read_to_string(FILE).unwrap(), |_| None);
    let names: BTreeSet<_> = file.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!((file.errors.len(), file.entries.len(), names.len()), (0, NAMES, NAMES));
}

#[test]
fn settings_of_an_installation_mean_what_they_meant() {
    let Config { app, session, two_factor, api_keys, api, .. } = installation();
    assert_eq!(app.key.unwrap().bytes(), b"canary-app-key-0123456789abcdefg");
    let previous: Vec<_> = app.previous_keys.iter().map(|key| key.bytes().as_slice()).collect();
    assert_eq!(previous, [b"canary-old-key-0123456789abcdefg", b"canary-older-key-123456789abcdef"]);
    assert_eq!(
        (app.url.to_string().as_str(), app.zone.name()),
        ("https://portal.example.net", "Europe/Dublin")
    );
    assert_eq!((app.bcrypt_rounds, app.skin.as_deref(), app.debug), (13, Some("examplix"), false));
    assert_eq!((session.lifetime, session.remember_for), (minutes(240), minutes(43_200)));
    assert_eq!((session.secure, session.domain), (true, None));
    assert_eq!((two_factor.enabled, two_factor.enforce_for_users, two_factor.window), (true, 3, 4));
    assert!(two_factor.is_enforced_for(Privilege::Superuser));
    assert!(!two_factor.is_enforced_for(Privilege::CustomerAdmin));
    assert_eq!((api_keys.max, api_keys.max_lifetime), (10, Some(CalendarSpan { months: 12, days: 0 })));
    assert_eq!((api.unsecured_access, api.allow_url_keys), (false, false));
}

#[test]
fn database_of_an_installation_is_the_one_that_db_names_choose() {
    let DatabaseOptions::MySql(options) = installation().database.options else { panic!("not MySQL") };
    assert_eq!(options.describe(), "MySQL database ixp as ixp at localhost:3306");
    assert_eq!(options.password.expose_secret(), "canary$database#password");
    assert_eq!((options.socket, options.ssl_ca), (None, None));
}

#[test]
fn mail_and_identity_of_an_installation_are_kept() {
    let Config { mail, identity, frontend, ixf_export, .. } = installation();
    assert_eq!((mail.mailer, mail.host.as_str(), mail.port), (Mailer::Smtp, "mail.example.net", 587));
    assert_eq!(mail.security, MailSecurity::StartTls);
    assert_eq!(mail.username.as_deref(), Some("portal"));
    assert_eq!(mail.password.unwrap().expose_secret(), "canary-\"mail\"-$password");
    assert_eq!(
        (mail.from.name.as_str(), mail.from.email.as_str()),
        ("EXAMPLIX Operations", "operations@example.net")
    );
    assert_eq!(identity.support.email, "operations@example.net");
    assert_eq!(
        (identity.site_name.as_str(), identity.title_name.as_str()),
        ("EXAMPLIX Portal", "EXAMPLIX Portal")
    );
    assert_eq!(frontend.customer_owner, "member's");
    let names = CustomerNames { name: "", abbreviated: "Net", shortname: "", asn: Some(Asn(64_500)) };
    assert_eq!(frontend.customer_name_format.write(names), "Net [AS64500]");
    assert!(!frontend.disabled.looking_glass && frontend.disabled.custkit && frontend.disabled.settings);
    assert_eq!(ixf_export.exclude_asns, [Asn(65_501), Asn(65_502)]);
    assert_eq!(
        (ixf_export.exclude_tags, ixf_export.exclude_ixp),
        (vec!["hidden".into(), "test".into()], vec![])
    );
    assert_eq!(ixf_export.access_key.unwrap().expose_secret(), "canary-ixf-access-key");
}

#[test]
fn features_in_use_that_are_not_served_are_told_once_per_name() {
    let config = installation();
    let names: Vec<_> = config.unserved().iter().map(|setting| setting.name.as_str()).collect();
    for name in ["GRAPHER_BACKEND_SFLOW_ROOT", "IXP_RESELLER_ENABLED", "PEERINGDB_OAUTH_CLIENT_SECRET"] {
        assert_eq!(names.iter().filter(|found| **found == name).count(), 1, "{name}");
    }
    for name in
        ["APP_KEY", "IXP_RPKI_RTR1_HOST", "GRAPHER_ACCESS_IXP", "CACHE_DRIVER", "IXP_RESELLER_RESOLD_BILLING"]
    {
        assert!(!names.contains(&name), "{name}");
    }
}

#[test]
fn no_secret_shows_anywhere() {
    let config = installation();
    let mut everything = format!("{config:?}\n{:?}\n", config.effective());
    for warning in config.warnings() {
        everything.push_str(&warning.to_string());
    }
    for canary in CANARIES {
        assert!(!everything.contains(canary), "{everything}");
    }
    for name in [
        "APP_KEY",
        "APP_PREVIOUS_KEYS",
        "DB_PASSWORD",
        "MAIL_PASSWORD",
        "IXP_API_JSONEXPORTSCHEMA_ACCESS_KEY",
        "IXP_API_PEERING_DB_API_KEY",
    ] {
        assert_eq!(shown(&config, name), "********");
    }
}

#[test]
fn nothing_set_means_the_documented_defaults() {
    let config = config(&[]);
    let Config { app, server, session, two_factor, api_keys, api, ixf_export, mail, .. } = &config;
    assert!(app.key.is_none() && app.previous_keys.is_empty() && app.skin.is_none());
    assert_eq!(
        (app.url.to_string().as_str(), app.zone, app.bcrypt_rounds),
        ("http://localhost", Zone::UTC, 13)
    );
    assert_eq!(config.database.options.describe(), "SQLite ./data/ixpd.db");
    assert_eq!(server.listen, Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8080))));
    assert!(server.scheduler && server.trusted_proxies.networks.is_empty() && !server.trusted_proxies.unix);
    assert_eq!(
        (server.audit_days, server.log_filter.as_str(), server.log_format),
        (Some(180), "info", LogFormat::Text)
    );
    assert_eq!(
        (session.lifetime, session.remember_for, session.secure),
        (minutes(120), minutes(43_200), false)
    );
    assert_eq!((two_factor.enabled, two_factor.enforce_for_users), (true, 1));
    assert_eq!((api_keys.max, api_keys.max_lifetime, api_keys.purge_days), (10, None, 7));
    assert!(!api_keys.show && api_keys.reveal);
    assert!(api.allow_url_keys && api.unsecured_access);
    assert!(ixf_export.public && ixf_export.access_key.is_none() && ixf_export.exclude_asns.is_empty());
    assert_eq!((mail.host.as_str(), mail.port, mail.ehlo_domain.as_str()), ("localhost", 25, "localhost"));
    assert_eq!((mail.security, mail.redirect.as_ref()), (MailSecurity::Opportunistic, None));
    assert!(config.effective().iter().all(|setting| setting.default));
    assert_eq!((warnings(&config), config.unserved()), (vec![], [].as_slice()));
}

#[test]
fn no_setting_is_read_twice() {
    let config = config(&[]);
    let names: BTreeSet<_> = config.effective().iter().map(|setting| setting.name).collect();
    assert_eq!(names.len(), config.effective().len());
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
