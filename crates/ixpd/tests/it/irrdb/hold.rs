use ixpd::service::{
    audit::By,
    irrdb::{Outcome, release},
};
use ixpd_db::query::irrdb::{IrrdbKind, Selection, listed_holds};
use ixpd_testkit::{
    fixtures::member::{ALPHA, BRAVO},
    irrd::{IrrdSink, SinkReply, many_prefixes},
};

use super::{column, exchanges, number, outcomes, prefixes, registry, sql, update};

fn grow(sink: &IrrdSink, count: u32) {
    sink.routes(64_498, &many_prefixes(count), "");
}

#[tokio::test]
async fn growth_is_held_until_somebody_releases_it() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        grow(&sink, 10);
        update(&app.state, IrrdbKind::Prefix).await;
        let before = prefixes(&app.state).await;
        grow(&sink, 1_200);
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let row = &report.rows[2];
        assert_eq!((row.customer_id, row.outcome), (BRAVO, Outcome::Held));
        assert_eq!((row.entries, row.new, row.stale), (10, 1_190, 0));
        let message = row.message.clone().unwrap_or_default();
        assert!(message.contains("from 10 to 1200 entries") && message.contains("--id 3"), "{message}");
        assert_eq!(prefixes(&app.state).await, before);
        let held = listed_holds(app.state.db.connection()).await.unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].customer_id, held[0].stored, held[0].offered), (BRAVO, 10, 1_200));

        let by = By::command_line("ops");
        for (selection, kind) in [
            (Selection::Id(2), None),
            (Selection::Asn(64_497), None),
            (Selection::Id(BRAVO), Some(IrrdbKind::Asn)),
        ] {
            let refused = release(&app.state, &by, selection, kind).await.unwrap_err().to_string();
            assert_eq!(refused, "nothing is held of such a member");
        }
        let released = release(&app.state, &by, Selection::Asn(64_498), None).await.unwrap();
        assert_eq!(released.holds, [(IrrdbKind::Prefix, BRAVO, 4)]);
        let trail = "SELECT detail FROM ixpd_audit WHERE action = 'IRRDB_HOLD_RELEASED' AND model_id = 3";
        assert_eq!(column(&app.state, trail).await, ["prefix IPv4: up to 1320 entries"]);

        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.rows[2].outcome, report.rows[2].entries), (Outcome::Updated, 1_200));
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 0);
    }
}

#[tokio::test]
async fn growth_beyond_what_was_released_is_held_again() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        update(&app.state, IrrdbKind::Prefix).await;
        grow(&sink, 1_200);
        update(&app.state, IrrdbKind::Prefix).await;
        release(&app.state, &By::command_line("ops"), Selection::All, None).await.unwrap();
        grow(&sink, 9_000);
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Held);
        let held = listed_holds(app.state.db.connection()).await.unwrap();
        assert_eq!((held[0].offered, held[0].released_to), (9_000, Some(1_320)));
        grow(&sink, 1_300);
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Updated);
    }
}

#[tokio::test]
async fn hold_ends_where_the_registries_come_to_reason() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        update(&app.state, IrrdbKind::Prefix).await;
        grow(&sink, 1_200);
        update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 1);
        sink.routes(64_498, "203.0.113.0/24", "");
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Unchanged);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 0);
    }
}

/// So many IPv6 prefixes.
fn many_ipv6_prefixes(count: u32) -> String {
    (0..count).map(|index| format!("2001:db8:{index:x}::/48")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn loss_of_most_prefixes_is_held_for_each_protocol_until_somebody_releases_it() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        sink.routes(64_497, &many_prefixes(250), &many_ipv6_prefixes(40));
        grow(&sink, 30);
        update(&app.state, IrrdbKind::Prefix).await;
        let before = prefixes(&app.state).await;
        // Nine of ten may go without a word; more than that is held.
        sink.routes(64_497, "192.0.2.0/24", "2001:db8::/32 2001:db8:1::/48");
        grow(&sink, 3);
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let expected = [(ALPHA, 4, Outcome::Held), (ALPHA, 6, Outcome::Held), (BRAVO, 4, Outcome::Updated)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!((report.rows[0].entries, report.rows[0].new, report.rows[0].stale), (251, 1, 250));
        let message = report.rows[1].message.clone().unwrap_or_default();
        assert!(message.contains("from 40 to 2 entries; all 40 are kept"), "{message}");
        assert!(message.contains("hold release --id 2"), "{message}");
        assert_eq!(report.troubles().count(), 2);
        assert_eq!(prefixes(&app.state).await.len(), before.len() - 27);

        release(&app.state, &By::command_line("ops"), Selection::Id(ALPHA), None).await.unwrap();
        let trail = "SELECT detail FROM ixpd_audit WHERE action = 'IRRDB_HOLD_RELEASED' ORDER BY detail";
        let expected = ["prefix IPv4: down to 2 entries", "prefix IPv6: down to 2 entries"];
        assert_eq!(column(&app.state, trail).await, expected);
        // What came to pass since is beyond what was released for IPv6.
        sink.routes(64_497, "192.0.2.0/24", "2001:db8::/32");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let expected =
            [(ALPHA, 4, Outcome::Updated), (ALPHA, 6, Outcome::Held), (BRAVO, 4, Outcome::Unchanged)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(report.rows[0].entries, 2);
        // The registry comes to reason.
        sink.routes(64_497, "192.0.2.0/24", &many_ipv6_prefixes(40));
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[1].outcome, Outcome::Unchanged);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 0);
    }
}

#[tokio::test]
async fn loss_of_most_origins_is_held_and_a_new_member_is_not() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        let numbers: Vec<_> = (64_500..64_540).map(|number| format!("AS{number}")).collect();
        sink.set("AS64497:AS-ALPHA", &numbers.join(" "));
        // Nothing was known of anybody before.
        assert_eq!(update(&app.state, IrrdbKind::Asn).await.count(Outcome::Updated), 3);
        sink.set("AS64497:AS-ALPHA", "AS64500 AS64501");
        let report = update(&app.state, IrrdbKind::Asn).await;
        let expected = [(ALPHA, 4, Outcome::Held), (ALPHA, 6, Outcome::Held), (BRAVO, 4, Outcome::Unchanged)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM irrdb_asn WHERE customer_id = 2").await, 80);
        release(&app.state, &By::command_line("ops"), Selection::All, Some(IrrdbKind::Asn)).await.unwrap();
        assert_eq!(update(&app.state, IrrdbKind::Asn).await.count(Outcome::Updated), 2);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM irrdb_asn WHERE customer_id = 2").await, 4);
    }
}

#[tokio::test]
async fn data_that_vanishes_is_kept_until_somebody_releases_it() {
    for index in 0..2 {
        let sink = registry().await;
        // Whatever is said about factors.
        let settings = [("IXPD_IRRDB_HOLD_FACTOR", "0")];
        let Some(app) = exchanges(&sink, &settings).await.into_iter().nth(index) else { continue };
        update(&app.state, IrrdbKind::Prefix).await;
        sink.routes(64_498, "", "");
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Emptied);
        let held = listed_holds(app.state.db.connection()).await.unwrap();
        assert_eq!((held[0].customer_id, held[0].stored, held[0].offered), (BRAVO, 1, 0));
        release(&app.state, &By::command_line("ops"), Selection::Id(BRAVO), None).await.unwrap();
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.rows[2].outcome, report.rows[2].stale), (Outcome::Updated, 1));
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM irrdb_prefix WHERE customer_id = 3").await, 0);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 0);
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Empty);
    }
}

#[tokio::test]
async fn member_that_leaves_is_not_held_any_more() {
    for index in 0..2 {
        let sink = registry().await;
        let Some(app) = exchanges(&sink, &[]).await.into_iter().nth(index) else { continue };
        sink.routes(64_497, &many_prefixes(250), &many_ipv6_prefixes(40));
        update(&app.state, IrrdbKind::Prefix).await;
        sink.routes(64_497, "192.0.2.0/24", "2001:db8::/32");
        sink.routes(64_498, "", "");
        update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 3);
        sql(&app.state, "UPDATE vlaninterface SET ipv6enabled = 0 WHERE id = 1").await;
        sql(&app.state, "UPDATE cust SET dateleave = '2020-02-02' WHERE id = 3").await;
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(outcomes(&report), [(ALPHA, 4, Outcome::Held), (ALPHA, 6, Outcome::Removed)]);
        let held = listed_holds(app.state.db.connection()).await.unwrap();
        assert_eq!(
            held.iter().map(|hold| (hold.customer_id, hold.protocol)).collect::<Vec<_>>(),
            [(ALPHA, 4)]
        );
    }
}

#[tokio::test]
async fn fall_back_server_that_knows_less_removes_nothing() {
    for index in 0..2 {
        let sink = registry().await;
        let other = registry().await;
        let settings = [("IXPD_IRR_HOSTS", other.host())];
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let Some(app) = exchanges(&sink, &settings).await.into_iter().nth(index) else { continue };
        grow(&sink, 30);
        update(&app.state, IrrdbKind::Prefix).await;
        update(&app.state, IrrdbKind::Asn).await;
        let before = prefixes(&app.state).await;
        assert_eq!((before.len(), other.connections()), (33, 0));

        // The first server has lost its sources. The other one knows less of one member, and more of another.
        sink.reply("!sRIPE", SinkReply::Refused("no such source"));
        other.set("AS64497:AS-ALPHA", "AS64497");
        other.routes(64_497, "192.0.2.0/24 10.9.0.0/24", "");
        other.routes(64_498, &many_prefixes(29), "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let expected = [(ALPHA, 4, Outcome::Kept), (ALPHA, 6, Outcome::Kept), (BRAVO, 4, Outcome::Kept)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(report.troubles().count(), 3);
        assert_eq!((report.rows[0].entries, report.rows[0].new, report.rows[0].stale), (3, 1, 1));
        let message = report.rows[2].message.clone().unwrap_or_default();
        let part = format!(
            "doesn't know 1 of the entries, which are kept; {} answered: {}",
            other.host(),
            sink.host()
        );
        assert!(message.contains(&part) && message.contains("no such source"), "{message}");
        let mut expected = before.clone();
        expected.insert(0, "2 4 10.9.0.0/24".to_owned());
        assert_eq!(prefixes(&app.state).await, expected);
        let report = update(&app.state, IrrdbKind::Asn).await;
        let expected = [(ALPHA, 4, Outcome::Kept), (ALPHA, 6, Outcome::Kept), (BRAVO, 4, Outcome::Unchanged)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM irrdb_asn").await, 5);

        // One that knows nothing at all.
        other.reply("!iAS64498:AS-BRAVO,1", SinkReply::Absent);
        other.routes(64_498, "", "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.rows[2].outcome, report.rows[2].entries), (Outcome::Kept, 30));
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold").await, 0);

        // The first one decides again.
        sink.reply("!sRIPE", SinkReply::Empty);
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let expected =
            [(ALPHA, 4, Outcome::Updated), (ALPHA, 6, Outcome::Unchanged), (BRAVO, 4, Outcome::Unchanged)];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(prefixes(&app.state).await, before);
    }
}

#[tokio::test]
async fn growth_that_a_fall_back_server_offers_is_held() {
    for index in 0..2 {
        let sink = registry().await;
        let other = registry().await;
        let settings = [("IXPD_IRR_HOSTS", other.host())];
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let Some(app) = exchanges(&sink, &settings).await.into_iter().nth(index) else { continue };
        update(&app.state, IrrdbKind::Prefix).await;
        sink.reply("!sRIPE", SinkReply::Close);
        grow(&other, 1_200);
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.rows[2].outcome, report.rows[2].entries), (Outcome::Held, 1));
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_irrdb_hold WHERE offered = 1201").await, 1);
    }
}
