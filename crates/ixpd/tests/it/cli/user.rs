use super::Installation;

#[tokio::test]
async fn user_lives_through_every_command() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "example", "3").ok();
    let found = installation.run(&["user", "find", "ANN", "--json"]).ok().json();
    assert_eq!(found[0]["username"], "ann");
    assert_eq!(found[0]["members"][0]["privilege"], 3);
    let hash = "SELECT password FROM user WHERE username = 'ann'";
    let first = installation.text(hash).await;
    assert!(first.starts_with("$2y$04$") && bcrypt::verify("correct horse", &first).unwrap());

    installation
        .sql(
            "INSERT INTO ixpd_session (id_hash, user_id, data, created_at, last_activity, expires_at) VALUES \
             ('x', 1, '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2099-01-01 00:00:00'); \
             INSERT INTO user_remember_tokens (user_id, token, device, ip, expires, is_2fa_complete, created_at) VALUES \
             (1, 'x', 'a browser', '192.0.2.1', '2099-01-01 00:00:00', 0, '2026-01-01 00:00:00'); \
             INSERT INTO user_2fa (user_id, enabled, secret, created_at) VALUES (1, 1, 'X', '2026-01-01 00:00:00')",
        )
        .await;
    let sessions = installation.run(&["user", "sessions", "ann", "--json"]).ok().json();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    installation
        .run_with(&["user", "set-password", "ann@example.net", "--password-stdin"], "another horse\n")
        .ok();
    let second = installation.text(hash).await;
    assert!(bcrypt::verify("another horse", &second).unwrap());
    let open = "SELECT (SELECT COUNT(*) FROM ixpd_session) + (SELECT COUNT(*) FROM user_remember_tokens)";
    assert_eq!(installation.number(open).await, 0);

    installation.run(&["user", "disable", "ann"]).ok();
    assert_eq!(installation.number("SELECT disabled FROM user WHERE id = 1").await, 1);
    assert!(installation.run(&["user", "disable", "ann"]).ok().err().contains("already"));
    installation.run(&["user", "enable", "ann"]).ok();
    assert_eq!(installation.number("SELECT disabled FROM user WHERE id = 1").await, 0);
    installation.run(&["user", "reset-2fa", "ann"]).ok();
    assert_eq!(installation.number("SELECT COUNT(*) FROM user_2fa").await, 0);
    installation.run(&["user", "sessions", "ann", "--end"]).ok();

    let audited = "SELECT group_concat(action, ',') FROM ixpd_audit WHERE actor_kind = 'command_line'";
    assert_eq!(
        installation.text(audited).await,
        "CREATED,PASSWORD CHANGED,UPDATED,UPDATED,SECOND FACTOR RESET,SESSIONS ENDED"
    );
    let trail = installation.text("SELECT group_concat(detail) FROM ixpd_audit").await;
    assert!(trail.contains("\"username\":\"ann\"") && !trail.contains("$2y$"), "{trail}");
    // IXP Manager's pages fail on a row of `log` that has no user.
    assert_eq!(installation.number("SELECT COUNT(*) FROM log").await, 0);
}

#[tokio::test]
async fn empty_password_makes_a_random_one_and_prints_it_alone() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "1", "3").ok();
    let printed =
        installation.run_with(&["user", "set-password", "ann", "--password-stdin"], "\n").ok().out();
    let password = printed.trim_end();
    assert_eq!(password.len(), 16, "{printed}");
    let hash = installation.text("SELECT password FROM user WHERE username = 'ann'").await;
    assert!(bcrypt::verify(password, &hash).unwrap());
}

#[tokio::test]
async fn what_can_t_be_accepted_is_named_and_nothing_is_stored() {
    let installation = Installation::with_member().await;
    installation.create_user("ann", "1", "3").ok();
    for (username, customer, privilege, expected) in [
        ("An", "1", "1", "username: `An`"),
        ("ann", "1", "1", "There is a user `ann` already"),
        ("bob", "9", "1", "there is no member `9`"),
        ("bob", "1", "0", "--privilege: `0`: accepted are 1"),
        ("bob", "2", "3", "Only users of the exchange itself"),
    ] {
        let failed = installation.create_user(username, customer, privilege).failed();
        assert!(failed.err().contains(expected), "{}", failed.err());
        assert_eq!(failed.out(), "");
    }
    let short =
        installation.run_with(&["user", "set-password", "ann", "--password-stdin"], "short\n").failed();
    assert!(short.err().contains("at least 8 characters"), "{}", short.err());
    let hostile = ["user", "create", "--username", "bob", "--email", "bob@example.net", "--customer", "1"];
    for (option, name, mobile) in [("name", "B\u{1b}[2Job", "1"), ("mobile", "Bob", "1\n2")] {
        let rest = ["--privilege", "1", "--password-stdin", "--name", name, "--mobile", mobile];
        let failed = installation.run_with(&[&hostile[..], &rest[..]].concat(), "correct horse\n").failed();
        assert!(failed.err().contains(&format!("{option}: The character U+00")), "{}", failed.err());
    }
    let unknown = installation.run(&["user", "disable", "nobody"]).failed();
    assert!(unknown.err().contains("there is no user `nobody`"), "{}", unknown.err());
    let missing = installation.run(&["user", "create", "--username", "bob"]).failed();
    assert!(missing.err().contains("--name is missing"), "{}", missing.err());
    assert_eq!(installation.number("SELECT COUNT(*) FROM user").await, 1);
}
