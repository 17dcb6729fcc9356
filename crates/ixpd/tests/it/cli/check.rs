use super::Installation;

#[tokio::test]
async fn check_lists_groups_and_fails_only_where_something_is_an_error() {
    let installation = Installation::with_member().await;
    let checked = installation.run(&["check"]).ok();
    let (ok, warning) = (checked.out().find("OK\n").unwrap(), checked.out().find("errors: 0, ").unwrap());
    assert!(ok < warning && !checked.out().contains("ERROR"), "{}", checked.out());

    installation.create_user("ann", "example", "3").ok();
    installation
        .sql(
            "INSERT INTO api_keys (user_id, token_identifier, token_hash, expires, allowed_ips, created_at) \
             VALUES (1, 'x', 'y', '2099-01-01 00:00:00', 'nowhere', '2026-01-01 00:00:00')",
        )
        .await;
    let checked = installation.run(&["check"]).failed();
    assert!(checked.out().contains("\nERROR\n  API keys"), "{}", checked.out());
    let findings = installation.run(&["check", "--json"]).failed().json();
    let errors: Vec<_> =
        findings.as_array().unwrap().iter().filter(|finding| finding["level"] == "error").collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["area"], "API keys");
    assert!(errors[0]["text"].as_str().unwrap().contains("key 1 of ann"));
}

#[test]
fn check_tells_every_bad_setting_at_once_and_makes_nothing() {
    let installation = Installation::new();
    std::fs::write(installation.path().join(".env"), "APP_TIMEZONE=Nowhere\nIXP_FE_API_KEYS_MAX=0\n")
        .unwrap();
    let findings = installation.run(&["check", "--json"]).failed().json();
    let errors = findings.as_array().unwrap().iter().filter(|finding| finding["level"] == "error").count();
    assert_eq!(errors, 2, "{findings}");

    assert!(!installation.path().join("data").exists());
}

#[tokio::test]
async fn check_leaves_the_database_file_as_it_is() {
    let installation = Installation::with_member().await;
    let file = installation.path().join("data/ixpd.db");
    let before = std::fs::read(&file).unwrap();
    installation.run(&["check"]).ok();
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let files = std::fs::read_dir(installation.path().join("data")).unwrap().count();
    assert_eq!(files, 2, "the database and app.key");
}
