use std::os::unix::fs::PermissionsExt as _;

use ixpd::cli::mailing_list;
use tokio::process::Command;

use super::Host;
use crate::text::{checks, execute, lists};

/// Stands in for Mailman: its list is a file.
const MAILMAN: &str = r#"#!/bin/sh
set -eu
case $1 in
members) cat "$HOME/$2" ;;
addmembers) sort -u "$2" "$HOME/$3" -o "$HOME/$3" ;;
delmembers) grep -vxFf "$3" "$HOME/$5" >"$HOME/new" || true; mv "$HOME/new" "$HOME/$5" ;;
*) exit 2 ;;
esac
"#;

#[tokio::test]
async fn script_keeps_the_lists_of_mailman_in_step_with_choices() {
    let file = lists();
    let Some(host) = Host::new(&[("IXPD_MAILING_LISTS", file.path().to_str().unwrap())]).await else {
        return;
    };
    let script = mailing_list::script(&host.app.state.config, false);
    checks::shell(&script);
    let script = script.replace("https://ixp.example.net", &host.url);
    let (path, mailman) = (host.path("sync"), host.path("mailman"));
    std::fs::write(&path, script).unwrap();
    std::fs::write(&mailman, MAILMAN).unwrap();
    std::fs::set_permissions(&mailman, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(host.path("ops@example.net"), "alphauser@example.net\nstranger@example.org\n").unwrap();
    std::fs::write(host.path("news@example.net"), "").unwrap();
    let run = async || {
        let mut command = Command::new("sh");
        command
            .arg(&path)
            .env("HOME", host.folder.path())
            .env("MAILMAN", &mailman)
            .env("IXP_API_KEY", &host.key);
        let output = command.env("no_proxy", "*").output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let members = |list: &str| std::fs::read_to_string(host.path(list)).unwrap();
    run().await;
    assert_eq!(members("ops@example.net"), "alphauser@example.net\nstranger@example.org\n");
    assert_eq!(members("news@example.net"), "");
    // One leaves the list in the profile, another joins.
    for (name, choice) in [("alphauser", "0"), ("bravoadmin", "1")] {
        let prefs = format!("{{\"mailinglist\": {{\"ops\": \"{choice}\", \"news\": \"0\"}}}}");
        execute(&host.app, &format!("UPDATE `user` SET prefs = '{prefs}' WHERE username = '{name}'")).await;
    }
    run().await;
    assert_eq!(members("ops@example.net"), "bravoadmin@example.net\nstranger@example.org\n");
}

#[tokio::test]
async fn script_for_the_host_itself_is_one() {
    let file = lists();
    let Some(host) = Host::new(&[("IXPD_MAILING_LISTS", file.path().to_str().unwrap())]).await else {
        return;
    };
    let script = mailing_list::script(&host.app.state.config, true);
    checks::shell(&script);
    assert!(
        script.contains("sync_list 'ops' 'ops@example.net'\nsync_list 'news' 'news@example.net'\n"),
        "{script}"
    );
}
