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

impl Installation {
    fn data(&self, name: &str) -> std::path::PathBuf {
        self.path().join("data").join(name)
    }

    /// What a server that was killed leaves: its last changes in the log beside the file.
    async fn kill_after_many_changes(&self) {
        let db = self.database().await;
        for _ in 0..400 {
            let sql = "INSERT INTO vendor (name, created_at) VALUES ('An unusually long name of a vendor', '2026-01-01 00:00:00')";
            sea_orm::ConnectionTrait::execute_unprepared(db.connection(), sql).await.unwrap();
        }
        for name in ["ixpd.db-wal", "ixpd.db-shm"] {
            std::fs::copy(self.data(name), self.data(&format!("kept-{name}"))).unwrap();
        }
        db.close().await.unwrap();
        for name in ["ixpd.db-wal", "ixpd.db-shm"] {
            std::fs::rename(self.data(&format!("kept-{name}")), self.data(name)).unwrap();
        }
    }

    /// A start that is refused names the files and what to do, and changes none of them.
    fn refuses_the_log(&self, commands: &[&[&str]]) {
        let before = std::fs::read(self.data("ixpd.db")).unwrap();
        for command in commands {
            let refused = self.run(command);
            assert!(!refused.0.status.success(), "{command:?}");
            let text = format!(
                "{}{}",
                String::from_utf8_lossy(&refused.0.stdout),
                String::from_utf8_lossy(&refused.0.stderr)
            );
            for part in ["ixpd.db-wal", "ixpd.db-shm", "doesn't belong", "start again"] {
                assert!(text.contains(part), "{command:?} {part}: {text}");
            }
            assert!(std::fs::read(self.data("ixpd.db")).unwrap() == before, "{command:?} changed the file");
        }
        for name in ["ixpd.db-wal", "ixpd.db-shm"] {
            std::fs::remove_file(self.data(name)).unwrap();
        }
        assert!(self.run(&["check"]).0.status.success());
    }
}

#[tokio::test]
async fn copy_by_vacuum_over_the_log_of_a_killed_server_is_refused_by_every_command() {
    let installation = Installation::with_member().await;
    let copy = installation.path().join("copy.db");
    installation.sql(&format!("VACUUM INTO '{}'", copy.display())).await;
    installation.kill_after_many_changes().await;
    std::fs::copy(&copy, installation.data("ixpd.db")).unwrap();
    let every: [&[&str]; 3] = [&["check"], &["user", "find", ""], &["serve", "--listen", "127.0.0.1:0"]];
    installation.refuses_the_log(&every);
    assert_eq!(installation.number("SELECT COUNT(*) FROM cust").await, 2);
}

#[tokio::test]
async fn plain_copy_over_the_log_of_a_killed_server_is_refused_before_it_is_damaged() {
    let installation = Installation::with_member().await;
    std::fs::copy(installation.data("ixpd.db"), installation.path().join("copy.db")).unwrap();
    // Between the copy and the crash the file grew and its log was begun anew, so the log fits no earlier file.
    for _ in 0..3 {
        installation.kill_after_many_changes().await;
        std::fs::remove_file(installation.data("ixpd.db-wal")).unwrap();
        std::fs::remove_file(installation.data("ixpd.db-shm")).unwrap();
    }
    installation.kill_after_many_changes().await;
    std::fs::copy(installation.path().join("copy.db"), installation.data("ixpd.db")).unwrap();
    installation.refuses_the_log(&[&["check"], &["serve", "--listen", "127.0.0.1:0"]]);
}

#[tokio::test]
async fn emptied_database_beside_its_key_is_refused_and_not_made_anew() {
    let installation = Installation::with_member().await;
    std::fs::write(installation.data("ixpd.db"), "").unwrap();
    for command in [&["user", "find", ""][..], &["serve", "--listen", "127.0.0.1:0"], &["check"]] {
        let refused = installation.run(command);
        assert!(!refused.0.status.success(), "{command:?}");
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&refused.0.stdout),
            String::from_utf8_lossy(&refused.0.stderr)
        );
        for part in ["ixpd.db is empty", "app.key", "backup"] {
            assert!(text.contains(part), "{command:?} {part}: {text}");
        }
        assert_eq!(installation.data("ixpd.db").metadata().unwrap().len(), 0, "{command:?}");
    }
    std::fs::write(installation.data("ixpd.db"), "-- MySQL dump 10.13  Distrib 8.0.45").unwrap();
    let foreign = installation.run(&["user", "find", ""]).failed();
    assert!(foreign.err().contains("ixpd.db is no SQLite database"), "{}", foreign.err());
}

#[tokio::test]
async fn restored_file_that_others_can_read_is_found_by_check() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = Installation::with_member().await;
    let silent = installation.run(&["check"]);
    assert!(!String::from_utf8_lossy(&silent.0.stdout).contains("chmod 600"));
    std::fs::set_permissions(installation.data("ixpd.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = installation.run(&["check"]);
    assert!(String::from_utf8_lossy(&found.0.stdout).contains("chmod 600"));
}
