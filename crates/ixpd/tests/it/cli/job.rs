use super::Installation;

#[tokio::test]
async fn list_shows_the_schedule_and_run_its_result() {
    let installation = Installation::new();
    installation.make().await;
    let listed = installation.run(&["job", "list", "--json"]).ok().json();
    let purge = |listed: &serde_json::Value| {
        listed.as_array().unwrap().iter().find(|job| job["name"] == "purge-api-keys").unwrap().clone()
    };
    assert_eq!(purge(&listed)["schedule"], "12 3 * * *");
    assert!(purge(&listed)["last_result"].is_null());
    assert!(purge(&listed)["next_run_at"].as_str().unwrap().ends_with(" 03:12:00"));
    installation.run(&["job", "run", "purge-api-keys"]).ok();
    let listed = installation.run(&["job", "list", "--json"]).ok().json();
    assert_eq!(purge(&listed)["last_result"], "ok");
    assert_eq!(purge(&listed)["last_message"], "0 keys removed");
    assert!(purge(&listed)["running_on"].is_null());
}

#[tokio::test]
async fn run_fails_where_the_job_is_unknown_or_runs_elsewhere() {
    let installation = Installation::new();
    installation.make().await;
    let unknown = installation.run(&["job", "run", "nothing"]).failed();
    assert!(unknown.err().contains("purge-api-keys"), "{}", unknown.err());
    installation
        .sql(
            "INSERT INTO ixpd_job (name, lease_holder, lease_until) \
             VALUES ('purge-api-keys', 'other/1/x', '2099-01-01 00:00:00')",
        )
        .await;
    let busy = installation.run(&["job", "run", "purge-api-keys"]).failed();
    assert!(busy.err().contains("other/1/x"), "{}", busy.err());
}

#[test]
fn crontab_prints_comments_alone_for_the_embedded_database_and_needs_none() {
    let installation = Installation::new();
    let lines = installation.run(&["job", "crontab", "--dir", "/opt/ixp"]).ok().out();
    assert!(lines.lines().all(|line| line.starts_with('#')), "{lines}");
    assert!(!installation.path().join("data/ixpd.db").exists());
}
