use serde_json::json;

use super::Installation;

async fn installation() -> Installation {
    let installation = Installation::with_member().await;
    for name in ["ann", "bob"] {
        installation.create_user(name, "alpha", "1").ok();
    }
    let lists =
        json!({"enabled": true, "lists": {"ops": {"name": "Operations", "email": "ops@example.net"}}});
    std::fs::write(installation.path().join("lists.json"), lists.to_string()).unwrap();
    std::fs::write(installation.path().join(".env"), "IXPD_MAILING_LISTS=lists.json\n").unwrap();
    installation
}

#[tokio::test]
async fn list_is_started_and_printed() {
    let installation = installation().await;
    let started =
        installation.run_with(&["mailing-list", "init", "ops"], "Ann@example.net\nx@example.org\n").ok();
    assert_eq!(
        started.out(),
        "subscribed: ann@example.net\nunsubscribed: bob@example.net\nunknown: x@example.org\n"
    );
    let again =
        installation.run_with(&["mailing-list", "init", "ops", "--format", "json"], "bob@example.net").ok();
    assert_eq!(
        again.json(),
        json!({"skipped": ["bob@example.net"], "subscribed": [], "unsubscribed": [], "unknown": []})
    );
    let print = |more: &[&str]| {
        installation.run(&[&["mailing-list", "get-subscribers", "ops"], more].concat()).ok().out()
    };
    assert_eq!(print(&[]), "ann@example.net\n");
    assert_eq!(print(&["--unsubscribed", "--format", "json"]), "[\"bob@example.net\"]\n");
    let trail = "SELECT count(*) FROM ixpd_audit WHERE action = 'MAILING_LIST_STARTED' AND actor_kind = 'command_line'";
    assert_eq!(installation.number(trail).await, 2);
}

#[tokio::test]
async fn list_that_is_not_there_and_broken_files_are_named() {
    let installation = installation().await;
    let unknown = installation.run(&["mailing-list", "get-subscribers", "none"]).failed();
    assert!(unknown.err().contains("Mailing list not defined"), "{}", unknown.err());
    assert!(
        installation
            .run(&["mailing-list", "sync-script"])
            .ok()
            .out()
            .contains("sync_list 'ops' 'ops@example.net'")
    );
    assert!(
        installation
            .run(&["mailing-list", "sync-script", "--sh"])
            .ok()
            .out()
            .contains("\"$ixpd\" mailing-list init")
    );
    std::fs::write(installation.path().join("lists.json"), "{\"enabled\": 1}").unwrap();
    let broken = installation.run(&["mailing-list", "get-subscribers", "ops"]).failed();
    assert!(broken.err().contains("IXPD_MAILING_LISTS=lists.json"), "{}", broken.err());
}
