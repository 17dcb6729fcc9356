use chrono::TimeDelta;
use ixpd::{jobs, service::irrdb::alert};
use ixpd_db::query::irrdb::IrrdbKind;
use ixpd_testkit::irrd::SinkReply;

use super::{column, exchanges, number, registry, update};
use crate::jobs::run_now;

const MAILS: &str = "SELECT COUNT(*) FROM ixpd_mail";
const ADDRESS: (&str, &str) = ("IDENTITY_ALERTS_EMAIL", "alerts@ixp.example");

#[tokio::test]
async fn trouble_is_mailed_once_a_day() {
    let sink = registry().await;
    for app in exchanges(&sink, &[ADDRESS, ("IDENTITY_ALERTS_NAME", "Night shift")]).await {
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(!alert(&app.state, &report).await.unwrap());
        sink.routes(64_498, "", "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(alert(&app.state, &report).await.unwrap());
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(!alert(&app.state, &report).await.unwrap(), "the same on the same day");
        assert_eq!(number(&app.state, MAILS).await, 1);
        let recipients = column(&app.state, "SELECT recipients FROM ixpd_mail").await.remove(0);
        assert!(
            recipients.contains("alerts@ixp.example") && recipients.contains("Night shift"),
            "{recipients}"
        );
        let text = column(&app.state, "SELECT body_text FROM ixpd_mail").await.remove(0);
        assert!(text.contains("Bravo Broadband (AS64498), IPv4"), "{text}");
        assert!(text.contains("the registries have nothing any more; 1 entries are kept"), "{text}");
        sink.reply("!iAS64497:AS-ALPHA,1", SinkReply::Refused("no"));
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(alert(&app.state, &report).await.unwrap(), "something else is wrong");
        app.clock.advance(TimeDelta::days(1));
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(alert(&app.state, &report).await.unwrap(), "the next day");
        sink.set("AS64497:AS-ALPHA", "AS64497 AS64510");
        sink.routes(64_498, "203.0.113.0/24", "");
    }
}

#[tokio::test]
async fn nobody_is_told_where_nobody_is_named() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        sink.routes(64_498, "", "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert!(!alert(&app.state, &report).await.unwrap());
        assert_eq!(number(&app.state, MAILS).await, 0);
        sink.routes(64_498, "203.0.113.0/24", "");
    }
}

#[tokio::test]
async fn jobs_update_and_tell_what_they_did() {
    let sink = registry().await;
    for app in exchanges(&sink, &[ADDRESS]).await {
        for name in ["irrdb-update-prefix-db", "irrdb-update-asn-db"] {
            let done = format!("{:?}", run_now(&app.state, name).await);
            assert_eq!(done, "Done(\"3 updated\")", "{name}");
        }
        sink.reply("!iAS64498:AS-BRAVO,1", SinkReply::Refused("no"));
        let done = format!("{:?}", run_now(&app.state, "irrdb-update-prefix-db").await);
        assert_eq!(done, "Done(\"0 updated, 2 unchanged, 1 failed (Bravo Broadband IPv4)\")");
        assert_eq!(number(&app.state, MAILS).await, 1);
        sink.reply("!sRIPE", SinkReply::Refused("One or more selected sources are unavailable."));
        let failed = format!("{:?}", run_now(&app.state, "irrdb-update-prefix-db").await);
        assert!(failed.starts_with("Failed(\"0 updated, 3 failed"), "{failed}");
        sink.reply("!sRIPE", SinkReply::Empty);
        sink.set("AS64498:AS-BRAVO", "AS64498");
    }
}

#[tokio::test]
async fn jobs_are_wanted_unless_registries_are_not_to_be_asked() {
    let sink = registry().await;
    for (setting, wanted) in [("irrd", true), ("bgpq4", true), ("off", false)] {
        let app = exchanges(&sink, &[("IXPD_IRR_BACKEND", setting)]).await.remove(0);
        for name in ["irrdb-update-prefix-db", "irrdb-update-asn-db"] {
            let job = jobs::by_name(name).unwrap();
            assert_eq!((job.is_wanted)(&app.state.config), wanted, "{setting}");
        }
        if !wanted {
            let failed = format!("{:?}", run_now(&app.state, "irrdb-update-asn-db").await);
            assert!(failed.contains("IXPD_IRR_BACKEND=off"), "{failed}");
        }
    }
}
