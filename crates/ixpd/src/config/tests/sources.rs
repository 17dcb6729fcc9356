//! Which source wins, which file is read, which names choose the database.

use std::path::{Path, PathBuf};

use ixpd_db::DatabaseOptions;
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{config, shown, warnings};
use crate::config::{Config, ConfigErrors, EnvFileChoice, LoadOptions, Origin};

/// An `.env` file in a folder of its own.
fn file(text: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.env");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(
    path: &Path,
    environment: &[(&str, &str)],
    command_line: &[(&str, &str)],
) -> Result<Config, ConfigErrors> {
    Config::load(&LoadOptions {
        env_file: EnvFileChoice::Path(path.to_owned()),
        environment: pairs(environment),
        command_line: pairs(command_line),
    })
}

#[test]
fn later_sources_win() {
    let (_folder, path) = file("APP_NAME=file\nIDENTITY_CITY=file\nIDENTITY_NAME=file\n");
    let environment = [("IDENTITY_CITY", "environment"), ("IDENTITY_NAME", "environment")];
    let config = load(&path, &environment, &[("IDENTITY_NAME", "command line")]).unwrap();
    let origin = |name: &str| {
        let setting = config.effective().iter().find(|setting| setting.name == name).unwrap();
        (setting.value.as_str(), setting.origin.to_string(), setting.default)
    };
    assert_eq!(origin("IDENTITY_ORGNAME"), ("IXP", "default".to_owned(), true));
    assert_eq!(origin("APP_NAME"), ("file", format!("{}:1", path.display()), false));
    assert_eq!(origin("IDENTITY_CITY"), ("environment", "environment".to_owned(), false));
    assert_eq!(origin("IDENTITY_NAME"), ("command line", "command line".to_owned(), false));
}

#[test]
fn environment_wins_even_with_an_empty_value() {
    let (_folder, path) = file("IDENTITY_CITY=file\n");
    let config = load(&path, &[("IDENTITY_CITY", "")], &[]).unwrap();
    assert_eq!((config.identity.city.as_str(), shown(&config, "IDENTITY_CITY")), ("", ""));
}

#[test]
fn references_see_the_environment() {
    let (_folder, path) = file("IDENTITY_CITY=\"${WHERE}, ${COUNTRY}\"\n");
    let config = load(&path, &[("WHERE", "Cork")], &[]).unwrap();
    assert_eq!(config.identity.city, "Cork, ${COUNTRY}");
}

#[test]
fn file_named_by_a_variable_is_read_and_must_exist() {
    let (folder, path) = file("IDENTITY_CITY=Galway\n");
    let load = |path: &Path| {
        let environment = pairs(&[("IXPD_ENV_FILE", &path.display().to_string())]);
        Config::load(&LoadOptions { environment, ..LoadOptions::default() })
    };
    assert_eq!(load(&path).unwrap().identity.city, "Galway");
    let error = load(&folder.path().join("missing.env")).unwrap_err().to_string();
    assert!(error.starts_with("IXPD_ENV_FILE (environment): ") && error.contains("missing.env"), "{error}");
    assert!(error.ends_with("accepted: a file that this user can read"), "{error}");
}

#[test]
fn file_named_on_the_command_line_must_exist_and_wins_over_the_variable() {
    let (folder, path) = file("IDENTITY_CITY=Galway\n");
    let config = load(&path, &[("IXPD_ENV_FILE", "/nonexistent/x.env")], &[]).unwrap();
    assert_eq!(config.identity.city, "Galway");
    let error = load(&folder.path().join("missing.env"), &[], &[]).unwrap_err();
    assert_eq!(error.errors()[0].origin, Origin::CommandLine);
}

#[test]
fn usual_file_need_not_exist_and_another_may_be_forbidden() {
    // Tests run in the folder of their crate, which has no `.env`.
    let config = Config::load(&LoadOptions::default()).unwrap();
    assert_eq!(config.env_file(), None);
    assert_eq!(Config::from_pairs([("IXPD_ENV_FILE", "/nonexistent/x.env")]).unwrap().env_file(), None);
}

#[test]
fn command_line_option_chooses_the_file() {
    assert_eq!(EnvFileChoice::from(None), EnvFileChoice::Usual);
    assert_eq!(EnvFileChoice::from(Some("x".into())), EnvFileChoice::Path("x".into()));
}

#[test]
fn environment_of_this_process_is_read() {
    let options = LoadOptions::of_this_process(EnvFileChoice::None);
    assert!(
        options.environment.iter().any(|(name, value)| name == "CARGO_MANIFEST_DIR" && !value.is_empty())
    );
}

#[test]
fn unknown_names_are_warned_about_and_stop_nothing() {
    let (_folder, path) =
        file("MY_OWN=1\nIXPD_LISTENN=x\nMIIBVwIBADANBgkqhkiG9w0B\nQUFBQUF=QQ==\nAPP_NAME\nQUFBQUFx=\n");
    let config = load(&path, &[("PATH", "/bin"), ("IXPD_TYPO", "1"), ("DB_HOSTNAME", "x")], &[]).unwrap();
    let path = path.display();
    let mut found = warnings(&config);
    found.sort();
    let mut expected = [
        format!("MY_OWN is not a setting that ixpd knows ({path}:1)"),
        format!("IXPD_LISTENN is not a setting that ixpd knows ({path}:2)"),
        format!("a line without `=` sets nothing ({path}:3)"),
        format!("QUFBQUF is not a setting that ixpd knows ({path}:4)"),
        format!("a line without `=` sets nothing ({path}:5)"),
        format!("this is not a setting that ixpd knows ({path}:6)"),
        "IXPD_TYPO is not a setting that ixpd knows (environment)".to_owned(),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn name_set_twice_is_warned_about_and_the_last_one_counts() {
    let (_folder, path) =
        file("IDENTITY_CITY=Cork\nIDENTITY_NAME=x\nIDENTITY_NAME=\"x\"\nIDENTITY_CITY=Galway\n");
    let config = load(&path, &[], &[]).unwrap();
    assert_eq!(config.identity.city, "Galway");
    let path = path.display();
    let expected =
        format!("IDENTITY_CITY was set to something else before ({path}:1); the last one counts ({path}:4)");
    assert_eq!(warnings(&config), [expected]);
}

#[test]
fn name_that_the_settings_page_writes_in_vain_is_warned_about() {
    let config = config(&[("2FA_IXPM_ENFORCE_FOR_USERS", "3")]);
    assert_eq!(config.two_factor.enforce_for_users, 1);
    assert!(warnings(&config)[0].contains("set 2FA_ENFORCE_FOR_USERS"));
    assert_eq!(config.warnings().len(), 1);
}

#[test]
fn risky_settings_are_warned_about() {
    for (pairs, name) in [
        ([("BCRYPT_ROUNDS", "9"), ("", "")], "BCRYPT_ROUNDS=9 "),
        ([("IXP_FE_API_KEYS_SHOW", "true"), ("", "")], "IXP_FE_API_KEYS_SHOW=true "),
        (
            [("APP_URL", "https://a.example"), ("SESSION_SECURE_COOKIE", "false")],
            "SESSION_SECURE_COOKIE=false ",
        ),
        ([("APP_URL", "http://a.example"), ("SESSION_SECURE_COOKIE", "true")], "SESSION_SECURE_COOKIE=true "),
        ([("APP_URL", "https://a.example"), ("APP_DEBUG", "true")], "APP_DEBUG=true "),
    ] {
        let found = warnings(&config(&pairs));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(name), "{found:?}");
    }
    assert_eq!(warnings(&config(&[("BCRYPT_ROUNDS", "10")])), [""; 0]);
}

#[test]
fn cookies_are_secure_where_the_url_is_unless_set_otherwise() {
    for (url, cookie, secure) in [
        ("https://ixp.example.com", None, true),
        ("http://ixp.example.com", None, false),
        ("https://ixp.example.com", Some(""), true),
        ("https://ixp.example.com", Some("null"), true),
        ("https://ixp.example.com", Some("0"), false),
        ("http://ixp.example.com", Some("on"), true),
    ] {
        let mut pairs = vec![("APP_URL", url)];
        pairs.extend(cookie.map(|cookie| ("SESSION_SECURE_COOKIE", cookie)));
        assert_eq!(config(&pairs).session.secure, secure, "{pairs:?}");
    }
}

#[test]
fn database_is_chosen_by_url_then_by_names_then_embedded() {
    let mysql = [
        ("DB_HOST", "db.example.net"),
        ("DB_DATABASE", "ixp"),
        ("DB_USERNAME", "portal"),
        ("DB_PORT", "3307"),
    ];
    let with = |more: &[(&str, &str)]| config(&[&mysql[..], more].concat()).database.options.describe();
    assert_eq!(with(&[]), "MySQL database ixp as portal at db.example.net:3307");
    assert_eq!(with(&[("DB_SOCKET", "/run/db.sock")]), "MySQL database ixp as portal at /run/db.sock");
    assert_eq!(with(&[("DATABASE_URL", "sqlite:/tmp/x.db"), ("DB_PORT", "nonsense")]), "SQLite /tmp/x.db");
    assert_eq!(with(&[("DATABASE_URL", "mysql://a:b@h/d")]), "MySQL database d as a at h:3306");
    assert_eq!(with(&[("DB_CONNECTION", "mariadb"), ("DATABASE_URL", "")]), with(&[]));
    let embedded = |pairs: &[(&str, &str)]| config(pairs).database;
    assert_eq!(embedded(&[("IXPD_DATA_DIR", "/srv/x")]).options.describe(), "SQLite /srv/x/ixpd.db");
    assert_eq!(
        embedded(&[("DB_CONNECTION", "sqlite"), ("DB_HOST", "h")]).options.describe(),
        "SQLite ./data/ixpd.db"
    );
    assert_eq!(
        embedded(&[("DB_CONNECTION", "sqlite"), ("DB_DATABASE", "/x.db")]).options.describe(),
        "SQLite /x.db"
    );
    let blank = embedded(&[("DB_HOST", ""), ("DB_DATABASE", "null"), ("DB_PASSWORD", "")]);
    assert!(blank.is_embedded());
}

#[test]
fn certificates_of_authorities_are_handed_to_the_database() {
    let pairs = [("DB_DATABASE", "ixp"), ("DB_USERNAME", "ixp"), ("MYSQL_ATTR_SSL_CA", "/etc/ca.pem")];
    let DatabaseOptions::MySql(options) = config(&pairs).database.options else { panic!("not MySQL") };
    assert_eq!(options.ssl_ca.as_deref(), Some(Path::new("/etc/ca.pem")));
}

#[test]
fn log_level_is_a_default_for_our_own_filter() {
    for (level, filter) in [("warning", "warn"), ("notice", "info"), ("emergency", "error"), ("", "info")] {
        assert_eq!(config(&[("LOG_LEVEL", level)]).server.log_filter, filter, "{level}");
    }
    let debug = config(&[("LOG_LEVEL", "debug")]).server.log_filter;
    assert!(debug.starts_with("info,ixpd=debug"), "{debug}");
    assert_eq!(
        config(&[("LOG_LEVEL", "debug"), ("IXPD_LOG", "warn,sqlx=trace")]).server.log_filter,
        "warn,sqlx=trace"
    );
}

/// As the log decides it, whatever the operator asks for of other parts.
#[test]
fn parsers_of_users_texts_log_nothing_unless_they_are_named() {
    let logged = |pairs: &[(&str, &str)], target: &str| {
        let filter = tracing_subscriber::EnvFilter::new(config(pairs).server.log_directives());
        let log = tracing_subscriber::registry().with(filter);
        tracing::subscriber::with_default(log, || match target {
            "html5ever" => tracing::enabled!(target: "html5ever::tree_builder", tracing::Level::WARN),
            "markup5ever" => tracing::enabled!(target: "markup5ever", tracing::Level::WARN),
            "sqlx" => tracing::enabled!(target: "sqlx::query", tracing::Level::WARN),
            _ => tracing::enabled!(target: "ixpd::api", tracing::Level::DEBUG),
        })
    };
    let without_names: [&[(&str, &str)]; 4] =
        [&[], &[("LOG_LEVEL", "debug")], &[("IXPD_LOG", "info")], &[("IXPD_LOG", "trace,ixpd=debug")]];
    for pairs in without_names {
        assert!(!logged(pairs, "html5ever") && !logged(pairs, "markup5ever"), "{pairs:?}");
        assert!(logged(pairs, "sqlx"), "{pairs:?}");
    }
    assert!(logged(&[("IXPD_LOG", "info,html5ever=warn")], "html5ever"));
    assert!(!logged(&[("IXPD_LOG", "info,html5ever=warn")], "markup5ever"));
    assert!(logged(&[("LOG_LEVEL", "debug")], "ixpd") && !logged(&[], "ixpd"));
    assert!(logged(&[("IXPD_LOG", "info,ixpd=debug")], "ixpd"));
}

#[test]
fn blank_means_off_for_flags_nothing_for_texts_and_the_default_for_numbers() {
    for blank in ["", "null", "(null)", "empty", "(empty)"] {
        let config = config(&[
            ("2FA_ENABLED", blank),
            ("IDENTITY_CITY", blank),
            ("SESSION_LIFETIME", blank),
            ("IXP_FE_API_KEYS_MAX_EXPIRES_DURATION", blank),
            ("UNSECURED_API_ACCESS", blank),
        ]);
        assert!(!config.two_factor.enabled, "{blank}");
        assert_eq!(config.identity.city, "", "{blank}");
        assert_eq!(config.session.lifetime.as_secs(), 120 * 60, "{blank}");
        assert_eq!((config.api_keys.max_lifetime, config.api.unsecured_access), (None, true), "{blank}");
    }
}

#[test]
fn audit_may_be_kept_forever() {
    assert_eq!(config(&[("IXPD_AUDIT_DAYS", "0")]).server.audit_days, None);
}

#[test]
fn values_of_environment_files_of_containers_lose_their_quotes() {
    assert_eq!(config(&[("IDENTITY_NAME", "\"Example IX\"")]).identity.name, "Example IX");
}

#[test]
fn comment_in_another_encoding_is_no_obstacle_but_a_value_is() {
    let (_folder, path) = file(b"# R\xe9seau\nIDENTITY_CITY=Cork\n");
    assert_eq!(load(&path, &[], &[]).unwrap().identity.city, "Cork");
    let (_folder, path) = file(b"IDENTITY_CITY=Orl\xe9ans\nMY_OWN=Orl\xe9ans\n");
    let errors = load(&path, &[], &[]).unwrap_err();
    assert_eq!(errors.errors().len(), 1);
    assert!(errors.to_string().contains("text in UTF-8"), "{errors}");
}
