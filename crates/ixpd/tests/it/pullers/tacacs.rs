//! Users for TACACS+. Debian 12 has no daemon that would read them, so that each block is read here as one does.

use super::{Host, body, take_over};

#[tokio::test]
async fn users_are_fetched_by_post_and_every_block_is_whole() {
    let Some(host) = Host::new(&[]).await else { return };
    let data = ["--data", "users=superuser,alphaadmin", "--data", "group=noc", "--data", "bcrypt=2a"];
    let text = body(host.curl(&data, "user/formatted").await);
    let file = host.path("tacacs.users");
    assert!(take_over(&text, &file, "#"), "{text}");
    let kept = std::fs::read_to_string(file).unwrap();
    let lines: Vec<_> =
        kept.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()).collect();
    let mut users = Vec::new();
    for block in lines.chunks(5) {
        let [name, member, login, pap, end] = block else { panic!("{block:?}") };
        users.push(name.strip_prefix("user=").and_then(|name| name.strip_suffix(" {")).unwrap());
        assert_eq!(*member, "    member=noc");
        let hash = |line: &str, what: &str| {
            let line = line.trim().strip_prefix(&format!("{what} = des \"")).unwrap().to_owned();
            line.strip_suffix('"').unwrap().to_owned()
        };
        assert!(hash(login, "login").starts_with("$2a$"), "{login}");
        assert_eq!(hash(login, "login"), hash(pap, "pap"));
        assert_eq!(*end, "}");
    }
    assert_eq!(users, ["superuser", "alphaadmin"]);
}

#[tokio::test]
async fn hash_lets_its_user_in() {
    let Some(host) = Host::new(&[]).await else { return };
    let text = body(host.curl(&["--data", "users=superuser"], "user/formatted").await);
    let line = text.lines().find(|line| line.contains("login = des")).unwrap();
    let hash = line.split('"').nth(1).unwrap();
    assert!(host.app.state.passwords.verify(ixpd_testkit::fixtures::PASSWORD, Some(hash)).await.unwrap());
}
