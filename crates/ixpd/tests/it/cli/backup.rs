//! The files of an embedded installation: what a copy of them holds.

use std::{os::unix::net::UnixStream, process::Command, thread::sleep, time::Duration};

use super::{Installation, Running};

impl Installation {
    /// Another one, with copies of some of this one's files.
    fn copy(&self, files: &[&str]) -> Self {
        let copy = Self::new();
        std::fs::create_dir(copy.path().join("data")).unwrap();
        for file in files {
            std::fs::copy(self.path().join("data").join(file), copy.path().join("data").join(file)).unwrap();
        }
        copy
    }
}

#[tokio::test]
async fn database_is_whole_in_its_file_once_a_command_or_the_server_has_ended() {
    let installation = Installation::with_member().await;
    let members = async |copy: &Installation| copy.number("SELECT COUNT(*) FROM cust").await;
    installation.create_user("ann", "1", "3").ok();
    let in_journal = || installation.path().join("data/ixpd.db-wal").metadata().map_or(0, |file| file.len());
    assert_eq!(in_journal(), 0, "a command leaves nothing in the journal");

    let socket = installation.path().join("socket");
    let listen = format!("unix:{}", socket.display());
    let mut running = Running(installation.command(&["serve", "--listen", &listen]).spawn().unwrap());
    for _ in 0..500 {
        if UnixStream::connect(&socket).is_ok() {
            break;
        }
        sleep(Duration::from_millis(20));
    }
    installation.sql("UPDATE cust SET name = 'Beta' WHERE id = 2").await;
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(running.0.wait().unwrap().success());
    assert_eq!(in_journal(), 0, "nor does a server that has stopped");

    let copy = installation.copy(&["ixpd.db", "app.key"]);
    assert_eq!(members(&copy).await, 2);
    assert_eq!(copy.text("SELECT name FROM cust WHERE id = 2").await, "Beta");
    let found = copy.run(&["user", "find", "ann"]).ok();
    assert!(found.out().contains("ann@example.net"), "{}", found.out());
}

#[tokio::test]
async fn database_without_its_key_file_is_refused_and_no_other_key_is_made() {
    let installation = Installation::with_member().await;
    let copy = installation.copy(&["ixpd.db"]);
    let refused = copy.run(&["user", "find", ""]).failed();
    let key = copy.path().join("data/app.key");
    for part in ["app.key is missing", "ixpd.db", "APP_KEY"] {
        assert!(refused.err().contains(part), "{part}: {}", refused.err());
    }
    assert!(!key.exists());
    std::fs::copy(installation.path().join("data/app.key"), &key).unwrap();
    copy.run(&["user", "find", ""]).ok();
}
