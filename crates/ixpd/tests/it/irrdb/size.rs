//! What the largest sets cost.

use std::time::Instant;

use ixpd::service::irrdb::Outcome;
use ixpd_db::query::irrdb::IrrdbKind;
use ixpd_testkit::{
    TestDatabase,
    irrd::{SinkReply, many_prefixes},
};

use super::{exchange, forbid_writes, number, registry, update};

/// Prefixes of the largest set that is known.
const MANY: u32 = 900_000;
/// What the process may need at most, in MB.
const MEMORY: u64 = 300;

/// The most memory that this process ever had, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

#[tokio::test]
#[ignore = "takes a minute; nextest gives it a process of its own, whose memory it measures"]
async fn nine_hundred_thousand_prefixes_fit_into_the_memory() {
    let sink = registry().await;
    sink.know_whole_sets();
    sink.reply("!a4AS64497:AS-ALPHA", SinkReply::Data(many_prefixes(MANY).into()));
    let app = exchange(TestDatabase::new().await, &sink, &[("IXPD_IRR_TIMEOUT", "300")]).await;
    let before = peak();
    let begun = Instant::now();
    let report = update(&app.state, IrrdbKind::Prefix).await;
    eprintln!(
        "{MANY} prefixes fetched and stored in {:.1?}: {} MB before, {} MB at most",
        begun.elapsed(),
        before,
        peak()
    );
    assert_eq!((report.rows[0].outcome, report.rows[0].new), (Outcome::Updated, u64::from(MANY)));
    assert_eq!(
        number(&app.state, "SELECT COUNT(*) FROM irrdb_prefix WHERE customer_id = 2 AND protocol = 4").await,
        i64::from(MANY)
    );
    forbid_writes(&app.state).await;
    let begun = Instant::now();
    let report = update(&app.state, IrrdbKind::Prefix).await;
    eprintln!("fetched and compared without change in {:.1?}: {} MB at most", begun.elapsed(), peak());
    assert_eq!(report.count(Outcome::Unchanged), 3);
    assert!(peak() < MEMORY, "{} MB", peak());
}
