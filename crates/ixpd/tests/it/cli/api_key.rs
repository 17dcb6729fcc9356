use std::time::Duration;

use super::Installation;

#[tokio::test]
async fn create_prints_just_the_key() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "1", "3").ok();
    let key = installation.run(&["api-key", "create", "--user", "ann", "--description", "x"]).ok().out();
    assert_eq!((key.len(), key.get(..5)), (57, Some("ixpm_")), "{key}");
    let listed = installation.run(&["api-key", "list", "--json"]).ok();
    assert_eq!(listed.json()[0]["key"], key[5..17]);
    assert!(!listed.out().contains(&key[18..50]), "{}", listed.out());
    installation.run(&["api-key", "revoke", &key[5..17]]).ok();
    assert_eq!(installation.number("SELECT COUNT(*) FROM api_keys").await, 0);
    let unknown = installation.run(&["api-key", "create", "--user", "bob"]).failed();
    assert!(unknown.err().contains("there is no user `bob`"), "{}", unknown.err());
}

#[tokio::test]
async fn description_of_a_key_can_do_nothing_to_the_terminal() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "1", "3").ok();
    let hostile = "\u{1b}]0;title\u{7}\u{1b}[2K\rnothing here\nID  KEY";
    let refused =
        installation.run(&["api-key", "create", "--user", "ann", "--description", hostile]).failed();
    assert!(refused.err().contains("description: The character U+001B can't"), "{}", refused.err());
    assert_eq!(installation.number("SELECT COUNT(*) FROM api_keys").await, 0);
    // IXP Manager accepts it.
    installation.run(&["api-key", "create", "--user", "ann", "--description", "x"]).ok();
    installation.sql(&format!("UPDATE api_keys SET description = '{hostile}'")).await;
    let listed = installation.run(&["api-key", "list"]).ok().out();
    assert_eq!(listed.lines().count(), 2, "{listed:?}");
    assert!(!listed.contains(|c: char| c.is_control() && c != '\n'), "{listed:?}");
    let json = installation.run(&["api-key", "list", "--json"]).ok();
    assert_eq!(json.json()[0]["description"], hostile);
}

#[tokio::test]
async fn killed_while_it_makes_a_key_it_leaves_no_half_of_one() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "1", "3").ok();
    for round in 0..40_u64 {
        let mut child = installation
            .command(&["api-key", "create", "--user", "ann"])
            .env("IXP_FE_API_KEYS_MAX", "1000")
            .spawn()
            .unwrap();
        // From before it opens the database to after it is done.
        tokio::time::sleep(Duration::from_millis(round * 3)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut last = installation.command(&["api-key", "create", "--user", "ann"]);
    assert!(last.env("IXP_FE_API_KEYS_MAX", "1000").output().unwrap().status.success());
    assert_eq!(installation.text("PRAGMA integrity_check").await, "ok");
    let half = "SELECT COUNT(*) FROM api_keys k LEFT JOIN ixpd_api_key x ON x.api_key_id = k.id \
         WHERE x.api_key_id IS NULL OR x.sealed IS NULL";
    assert_eq!(installation.number(half).await, 0);
    let lone = "SELECT COUNT(*) FROM ixpd_api_key WHERE api_key_id NOT IN (SELECT id FROM api_keys)";
    assert_eq!(installation.number(lone).await, 0);
    let unaudited = "SELECT (SELECT COUNT(*) FROM api_keys) - \
         (SELECT COUNT(*) FROM ixpd_audit WHERE model = 'ApiKey' AND action = 'CREATED')";
    assert_eq!(installation.number(unaudited).await, 0);
}
