use std::{fs, os::unix::fs::PermissionsExt as _};

use ixpd::{
    clock::Clock,
    config::{Config, EnvFileChoice, LoadOptions},
    service::check::{self, Finding, Level},
    start,
};

use super::{tells, texts};

/// What is found where there is no database yet.
async fn found(settings: &[(&str, &str)]) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data_dir = data.to_str().unwrap();
    let mut pairs = vec![("IXPD_DATA_DIR", data_dir)];
    pairs.extend_from_slice(settings);
    let found = check::run(&Config::from_pairs(pairs).unwrap(), &Clock::system()).await;
    assert!(!data.exists(), "nothing is made");
    found
}

#[tokio::test]
async fn a_new_installation_is_told_what_makes_its_database() {
    let found = found(&[]).await;
    tells(&found, "settings", Level::Ok, &["every setting can be used", "without an .env file"]);
    tells(
        &found,
        "database",
        Level::Error,
        &["ixpd.db", "`ixpd setup`", "`ixpd import FILE`", "`ixpd serve`"],
    );
    tells(&found, "proxies", Level::Ok, &[]);
    let errors = found.iter().filter(|finding| finding.level == Level::Error).count();
    assert_eq!(errors, 1, "{found:#?}");
}

#[tokio::test]
async fn settings_that_do_not_fit_the_way_to_ixpd_are_told() {
    let https = ("APP_URL", "https://ixp.example.net");
    for (settings, parts) in [
        (vec![https], &["https", "IXPD_TRUSTED_PROXIES is empty"][..]),
        (vec![("APP_URL", "http://ixp.example.net/portal")], &["http://ixp.example.net/portal", "in clear"]),
        (vec![https, ("IXPD_TRUSTED_PROXIES", "0.0.0.0/0")], &["0.0.0.0/0", "everybody"]),
        (vec![https, ("IXPD_TRUSTED_PROXIES", "10.0.0.1,::/0")], &["::/0", "everybody"]),
        (
            vec![https, ("IXPD_LISTEN", "unix:/run/x.sock"), ("IXPD_TRUSTED_PROXIES", "10.0.0.1")],
            &["unix:/run/x.sock", "no `unix`"],
        ),
    ] {
        let found = found(&settings).await;
        tells(&found, "proxies", Level::Warning, parts);
        assert_eq!(texts(&found, "proxies", Level::Warning).len(), 1, "{found:#?}");
    }
    for settings in [
        vec![https, ("IXPD_TRUSTED_PROXIES", "127.0.0.1")],
        vec![https, ("IXPD_LISTEN", "unix:/run/x.sock"), ("IXPD_TRUSTED_PROXIES", "unix")],
        vec![("APP_URL", "http://127.0.0.1:8080")],
    ] {
        tells(&found(&settings).await, "proxies", Level::Ok, &["fit together"]);
    }
}

#[tokio::test]
async fn names_without_effect_are_told_by_what_they_were_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    let text = "GRAPHER_BACKEND_SFLOW_ENABLED=true\nGRAPHER_BACKEND_SFLOW_ROOT=https://sflow.example.net\nIXP_RESELLER_ENABLED=false\n\
        CACHE_DRIVER=memcached\nIXP_FE_FANTASY=1\nAPP_DEBUG=false\n";
    std::fs::write(&file, text).unwrap();
    let environment = vec![("IXPD_DATA_DIR".to_owned(), folder.path().display().to_string())];
    let options = LoadOptions { env_file: EnvFileChoice::Path(file), environment, command_line: Vec::new() };
    let found = check::run(&Config::load(&options).unwrap(), &Clock::system()).await;
    tells(
        &found,
        "settings",
        Level::Warning,
        &["graphs", "GRAPHER_BACKEND_SFLOW_ENABLED, GRAPHER_BACKEND_SFLOW_ROOT"],
    );
    tells(&found, "settings", Level::Warning, &["IXP_FE_FANTASY", ".env:5"]);
    tells(&found, "settings", Level::Note, &["CACHE_DRIVER"]);
    let all = format!("{found:?}");
    assert!(!all.contains("IXP_RESELLER_ENABLED"), "it has its default: {all}");
}

#[tokio::test]
async fn settings_that_name_what_is_not_there_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let settings = [
        ("IXPD_DATA_DIR", at("data")),
        ("IXPD_MAIL_CA_FILE", at("ca.pem")),
        ("MAIL_MAILER", "sendmail".to_owned()),
        ("MAIL_SENDMAIL_PATH", at("sendmail")),
        ("IXPD_STORAGE_DIR", at("storage")),
        ("IXPD_IRR_BACKEND", "bgpq4".to_owned()),
        ("IXP_IRRDB_BGPQ4_PATH", at("bgpq4")),
        ("GRAPHER_BACKENDS", "mrtg".to_owned()),
        ("GRAPHER_BACKEND_MRTG_LOGDIR", at("mrtg")),
    ];
    let named = [
        "IXPD_MAIL_CA_FILE",
        "MAIL_SENDMAIL_PATH",
        "IXPD_STORAGE_DIR",
        "IXP_IRRDB_BGPQ4_PATH",
        "GRAPHER_BACKEND_MRTG_LOGDIR",
    ];
    let found = async || check::run(&Config::from_pairs(settings.clone()).unwrap(), &Clock::system()).await;
    let before = found().await;
    for setting in named {
        tells(&before, "settings", Level::Error, &[setting, "no such", folder.path().to_str().unwrap()]);
    }
    for file in ["ca.pem", "sendmail", "bgpq4"] {
        std::fs::write(folder.path().join(file), "").unwrap();
    }
    for name in ["storage", "mrtg"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    assert_eq!(super::texts(&found().await, "settings", Level::Error), Vec::<&str>::new());
}

#[tokio::test]
async fn templates_of_php_and_broken_ones_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("resources/skins/mine/api/v4/router/bird.foil.php", "<?php");
    write(".env", "VIEW_SKIN=mine\n");
    let environment = vec![("IXPD_DATA_DIR".to_owned(), folder.path().join("data").display().to_string())];
    let options = LoadOptions { env_file: EnvFileChoice::Path(file), environment, command_line: Vec::new() };
    let found = async || check::run(&Config::load(&options).unwrap(), &Clock::system()).await;
    let php = found().await;
    tells(&php, "templates", Level::Warning, &["1 PHP templates", "api/v4/router/bird.foil.php"]);
    tells(&php, "templates", Level::Error, &["VIEW_SKIN=mine", "no folder", "refused"]);

    let mail = "{% extends \"mail/layout.txt\" %}{% block subject %}Test{% endblock %}{% block body %}It works.{% endblock %}";
    write("data/skins/mine/mail/smtp_test.txt", mail);
    tells(&found().await, "templates", Level::Ok, &["can be used"]);
    write("data/skins/mine/api/v4/dns/arpa/bind.foil.php", "<?php");
    tells(&found().await, "templates", Level::Error, &["api/v4/dns/arpa/bind.foil.php", "has to be ported"]);
    write("data/skins/mine/auth/emails/forgot-password.blade.php", "<?php");
    let told = ["auth/emails/forgot-password.blade.php", "anew as mail/password_reset_link.txt"];
    tells(&found().await, "templates", Level::Error, &told);
    write("data/skins/mine/mail/smtp_test.txt", "{% if %}");
    tells(&found().await, "templates", Level::Error, &["smtp_test.txt"]);
}

#[tokio::test]
async fn files_that_other_accounts_can_use_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let config = || Config::from_pairs([("IXPD_DATA_DIR", data.to_str().unwrap())]).unwrap();
    let services = Box::pin(start::start(config())).await.unwrap();
    services.db.clone().close().await.unwrap();
    let warnings = async || {
        let found = check::run(&config(), &Clock::system()).await;
        texts(&found, "database", Level::Warning)
            .into_iter()
            .filter(|text| text.contains("other accounts"))
            .count()
    };
    assert_eq!(warnings().await, 0);
    for (name, mode, own) in
        [("ixpd.db", 0o644, 0o600), ("app.key", 0o640, 0o600), ("app.key", 0o602, 0o600), (".", 0o777, 0o700)]
    {
        let set = |mode| fs::set_permissions(data.join(name), fs::Permissions::from_mode(mode)).unwrap();
        set(mode);
        assert_eq!(warnings().await, 1, "{name} {mode:o}");
        set(own);
    }
}
