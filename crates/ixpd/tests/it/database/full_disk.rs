//! The embedded database on a disk that gets full: what is answered as done is stored, and room is all it takes to recover.

use std::{fs::OpenOptions, path::Path, process::Command, time::Duration};

use http::StatusCode;
use ixpd_db::{
    Database, DatabaseOptions,
    sea_orm::{ConnectionTrait as _, Statement},
};
use ixpd_testkit::{TestApp, TestDatabase, fixtures::router::SERVER_V4, skipped};

/// A file system of its own, in memory, that is taken away when it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            skipped("a file system can't be mounted here; root may");
            return None;
        }
        Some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let file = OpenOptions::new().append(true).create(true).open(self.path().join("filler")).unwrap();
        let mut writer = std::io::BufWriter::new(file);
        let block = [0_u8; 4096];
        while std::io::Write::write_all(&mut writer, &block).is_ok() {}
        let (file, _) = writer.into_parts();
        drop(file);
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

async fn number(db: &Database, sql: &str) -> i64 {
    let db = db.connection();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn call(app: &TestApp, action: &str) -> StatusCode {
    let path = format!("/admin/api/v4/router/{action}/{SERVER_V4}");
    let answer = app.client().form_by_key("POST", &path, &app.exchange.superuser.key.text, &[]).await;
    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text());
    answer.status
}

#[tokio::test]
#[ignore = "mounts a file system and fills it"]
async fn writes_that_were_answered_before_and_after_a_full_disk_are_stored() {
    let Some(disk) = SmallDisk::new(12) else { return };
    let options = DatabaseOptions::sqlite(disk.path().join("ixpd.db"));
    let db = Database::connect(&options).await.unwrap();
    ixpd_db::migration::run(&db).await.unwrap();
    let app = TestApp::on(TestDatabase::of(db, options.clone()), &[]).await;
    assert_eq!(app.client().get("/readyz").await.text(), "ok");
    disk.fill();
    let mut refused = 0;
    for round in 0..400 {
        let action = ["get-update-lock", "release-update-lock"][round % 2];
        if call(&app, action).await == StatusCode::SERVICE_UNAVAILABLE {
            refused += 1;
        }
        if refused == 20 {
            break;
        }
    }
    assert_eq!(refused, 20, "the disk is full");
    // What the last test write came to doesn't count any more.
    let ready = app.client().get("/readyz").await.status;
    // SQLite may have found room in its own log.
    let writes = [call(&app, "get-update-lock").await, call(&app, "release-update-lock").await];
    let takes_writes = !writes.contains(&StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready == StatusCode::OK, takes_writes, "/readyz {ready}, locks {writes:?}");
    let page = app.client().get_by_key("/api/v4/test", &app.exchange.superuser.key.text).await;
    assert_eq!(page.status, StatusCode::OK, "reading goes on: {}", page.text());

    disk.free();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(app.client().get("/readyz").await.text(), "ok");
    call(&app, "release-update-lock").await;
    for _ in 0..10 {
        assert_eq!(call(&app, "get-update-lock").await, StatusCode::OK);
        assert_eq!(call(&app, "updated").await, StatusCode::OK);
    }
    let count = "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER UPDATED'";
    assert_eq!(number(&app.state.db, count).await, 10);
    let other = Database::connect(&options).await.unwrap();
    assert_eq!(number(&other, count).await, 10, "another process sees the same");
    other.close().await.unwrap();
}
