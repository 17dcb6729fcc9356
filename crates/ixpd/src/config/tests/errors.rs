//! What can't be used, and what is said about it.

use super::errors;
use crate::config::{Config, EnvFileChoice, LoadOptions};

#[test]
fn every_setting_that_can_be_wrong_names_itself_its_value_and_what_is_accepted() {
    for (name, value, accepted) in [
        ("APP_URL", "ixp.example.com", "an http or https URL"),
        ("APP_TIMEZONE", "Irish/Dublin", "perhaps `Europe/Dublin`"),
        ("APP_DEBUG", "maybe", "true or false"),
        ("BCRYPT_ROUNDS", "3", "a whole number from 4 to 31"),
        ("BCRYPT_ROUNDS", "32", "a whole number from 4 to 31"),
        ("VIEW_SKIN", "../../etc", "the name of a folder"),
        ("DB_CONNECTION", "pgsql", "mysql, mariadb, sqlite"),
        ("SESSION_LIFETIME", "0", "a whole number from 1 to"),
        ("SESSION_LIFETIME", "two hours", "a whole number from 1 to"),
        ("SESSION_SECURE_COOKIE", "2", "true or false"),
        ("SESSION_DOMAIN", "https://example.com", "a host name"),
        ("AUTH_TOKEN_EXPIRE", "-1", "a whole number from 1 to"),
        ("2FA_ENABLED", "ja", "true or false"),
        ("2FA_ENFORCE_FOR_USERS", "5", "a whole number from 0 to 4"),
        ("2FA_WINDOW", "21", "a whole number from 0 to 20"),
        ("IXP_FE_API_KEYS_MAX", "0", "a whole number from 1 to 1000000"),
        ("IXP_FE_API_KEYS_MAX_EXPIRES_DURATION", "forever", "`1 year`"),
        ("IXPD_API_KEYS_PURGE_DAYS", "-1", "a whole number from 0 to 36500"),
        ("UNSECURED_API_ACCESS", "x", "true or false"),
        ("IXP_ALLOW_DEPRECATED_APIKEYS_VIA_GET", "x", "true or false"),
        ("IXP_API_JSONEXPORTSCHEMA_PUBLIC", "x", "true or false"),
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_ASNUM", "65501|x", "0 to 4294967295"),
        ("IDENTITY_EMAIL", "Example IX", "one e-mail address"),
        ("MAIL_MAILER", "pigeon", "smtp, sendmail, log"),
        ("MAIL_HOST", "smtp://mail", "a host name"),
        ("MAIL_PORT", "70000", "a whole number from 1 to 65535"),
        ("MAIL_ENCRYPTION", "true", "starttls, tls, ssl, none, or false"),
        ("MAIL_EHLO_DOMAIN", "a b", "a host name"),
        ("MAIL_SENDMAIL_PATH", "sendmail", "the absolute path of a program"),
        ("IXPD_MAIL_REDIRECT", "me", "one e-mail address"),
        ("IXP_FE_LOGIN_HISTORY_ENABLED", "x", "true or false"),
        ("IXP_FE_FRONTEND_DISABLED_LOGS", "x", "true or false"),
        ("IXPD_LISTEN", "8080", "ADDRESS:PORT"),
        ("IXPD_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "addresses and networks"),
        ("IXPD_SCHEDULER", "sometimes", "on or off"),
        ("IXPD_AUDIT_DAYS", "x", "a whole number from 0 to 36500"),
        ("IXPD_LOG", "ixpd=loud", "error, warn, info"),
        ("IXPD_LOG", "debgu", "error, warn, info"),
        ("IXPD_LOG_FORMAT", "xml", "text, json"),
        ("LOG_LEVEL", "loud", "debug, info, notice"),
    ] {
        let found = errors(&[(name, value)]);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].starts_with(&format!("{name}={value} (environment): ")), "{}", found[0]);
        assert!(found[0].contains("accepted: ") && found[0].contains(accepted), "{}", found[0]);
    }
}

#[test]
fn secrets_are_not_repeated() {
    for (name, value, accepted) in [
        ("APP_KEY", "base64:aHVudGVyMg==", "accepted: `base64:`"),
        ("APP_KEY", "hunter2", "accepted: `base64:`"),
        ("APP_PREVIOUS_KEYS", "hunter2,hunter3", "accepted: `base64:`"),
        ("DATABASE_URL", "postgres://ixp:hunter2@db/ixp", "accepted are mysql:, mariadb: and sqlite:"),
        ("DATABASE_URL", "mysql:/ixp:hunter2@db/ixp", "accepted are mysql://"),
        ("DATABASE_URL", "mysql://ixp:hunter2@db", "accepted are mysql://"),
        ("APP_URL", "https://ixp:hunter2@example.com", "accepted: an http or https URL without user name"),
        ("DB_PASSWORD", "hunter2\u{fffd}", "accepted: text in UTF-8"),
    ] {
        let mut pairs = vec![(name, value)];
        if name == "DB_PASSWORD" {
            pairs.extend([("DB_DATABASE", "ixp"), ("DB_USERNAME", "ixp")]);
        }
        let found = errors(&pairs);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("{name}=")) && found[0].contains(accepted), "{}", found[0]);
        assert!(!found[0].contains("hunter") && !found[0].contains("aHVu"), "{}", found[0]);
        let errors = Config::from_pairs(pairs).unwrap_err();
        assert!(!format!("{errors:?}").contains("hunter"), "{errors:?}");
    }
}

#[test]
fn options_do_not_show_values_to_debuggers() {
    let environment = vec![("DB_PASSWORD".to_owned(), "hunter2".to_owned())];
    let options = LoadOptions { command_line: environment.clone(), environment, ..LoadOptions::default() };
    assert!(!format!("{options:?}").contains("hunter2"));
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let found = errors(&[("IXP_FE_API_KEYS_SHOW", "true"), ("IXPD_API_KEYS_REVEAL", "false")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("IXP_FE_API_KEYS_SHOW=true (environment): "), "{}", found[0]);
    assert!(errors(&[("IXPD_API_KEYS_REVEAL", "false")]).is_empty());
}

#[test]
fn server_needs_a_database_and_an_account() {
    let found = errors(&[("DB_HOST", "db.example.net")]);
    let names: Vec<_> = found.iter().filter_map(|line| line.split_once(' ')).map(|(name, _)| name).collect();
    assert_eq!(names, ["DB_DATABASE", "DB_USERNAME"]);
    assert!(found.iter().all(|line| line.contains("(default): is needed")), "{found:?}");
}

#[test]
fn parts_of_a_server_are_judged_only_when_they_choose_the_database() {
    let pairs = [("DB_DATABASE", "ixp"), ("DB_USERNAME", "ixp"), ("DB_HOST", "a b"), ("DB_PORT", "x")];
    assert_eq!(errors(&pairs).len(), 2);
    assert_eq!(errors(&[&pairs[..], &[("DATABASE_URL", "sqlite:x.db")]].concat()), [""; 0]);
}

#[test]
fn bad_database_url_is_the_only_thing_said_about_the_database() {
    assert_eq!(errors(&[("DATABASE_URL", "nonsense"), ("DB_HOST", "db"), ("DB_PORT", "x")]).len(), 1);
}

#[test]
fn all_errors_are_told_at_once_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.env");
    let text = "APP_URL=nonsense\nMAIL_PORT=0\nIDENTITY_NAME=Example IX\nGRAPHER_BACKEND_SFLOW_ROOT=mrtg sflow\nsome text\n2FA_WINDOW=\"4\n";
    std::fs::write(&path, text).unwrap();
    let errors = Config::load(&LoadOptions {
        env_file: EnvFileChoice::Path(path.clone()),
        environment: vec![("BCRYPT_ROUNDS".to_owned(), "99".to_owned())],
        command_line: vec![("IXPD_LISTEN".to_owned(), "here".to_owned())],
    })
    .unwrap_err();
    let name = path.display().to_string();
    let lines: Vec<_> = errors.to_string().lines().map(|line| line.replace(&name, ".env")).collect();
    assert_eq!(
        lines,
        [
            "IXPD_LISTEN=here (command line): accepted: ADDRESS:PORT such as 127.0.0.1:8080, [::]:80 or localhost:8080, or unix:PATH",
            "APP_URL=nonsense (.env:1): accepted: an http or https URL without user name, `?` and `#`, such as https://ixp.example.com or https://example.com/ixp",
            "BCRYPT_ROUNDS=99 (environment): accepted: a whole number from 4 to 31",
            "MAIL_PORT=0 (.env:2): accepted: a whole number from 1 to 65535",
            "IDENTITY_NAME (.env:3): white space in a value without quotes; accepted: a value with white space in double quotes",
            ".env:5: no usable name; accepted: NAME=value with letters, digits, `_` and `.` in the name, or `#` and a comment",
            "2FA_WINDOW (.env:6): the quote \" is not closed; accepted: a value in a pair of quotes (single ones on one line)",
        ]
    );
}

#[test]
fn line_that_can_not_be_read_only_warns_where_it_sets_nothing_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.env");
    std::fs::write(&path, "GRAPHER_BACKEND_SFLOW_ROOT=mrtg sflow\n").unwrap();
    let config =
        Config::load(&LoadOptions { env_file: EnvFileChoice::Path(path), ..LoadOptions::default() }).unwrap();
    let warning = config.warnings()[0].to_string();
    assert!(warning.starts_with("GRAPHER_BACKEND_SFLOW_ROOT: white space"), "{warning}");
}

#[test]
fn names_that_nothing_acts_on_never_stop_the_start() {
    let pairs = [
        ("GRAPHER_ACCESS_CUSTOMER", "nonsense"),
        ("AUTH_PEERINGDB_PRIVS", "-17"),
        ("CACHE_DRIVER", "abacus"),
        ("REDIS_PORT", "x"),
        ("IXP_FE_APP_PASSWORDS_MAX", "many"),
        ("MY_OWN", "\u{fffd}"),
    ];
    assert_eq!(errors(&pairs), [""; 0]);
}
