use std::time::Duration;

use chrono::TimeDelta;
use ixpd::service::irrdb::{
    Outcome::{self, Failed, Removed, Unchanged, Updated},
    Silent, update as update_selected,
};
use ixpd_db::query::irrdb::{IrrdbKind, Selection};
use ixpd_testkit::{
    fixtures::member::{ALPHA, BRAVO, ECHO},
    irrd::{SinkReply, many_prefixes},
    sql as statements,
};

use super::{column, exchanges, forbid_writes, number, outcomes, prefixes, registry, sql, update};

#[tokio::test]
async fn prefixes_of_filtered_clients_are_stored_by_member_and_protocol() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(outcomes(&report), [(ALPHA, 4, Updated), (ALPHA, 6, Updated), (BRAVO, 4, Updated)]);
        assert_eq!((report.rows[0].entries, report.rows[0].new, report.rows[0].stale), (2, 2, 0));
        let expected = ["2 4 192.0.2.0/24", "2 4 198.51.100.0/24", "2 6 2001:db8::/32", "3 4 203.0.113.0/24"];
        assert_eq!(prefixes(&app.state).await, expected);
        let now = app.state.wall_now().to_string();
        let times = "SELECT COUNT(*) FROM irrdb_update_logs WHERE cust_id = 2 AND prefix_v4 = '{now}' \
                     AND prefix_v6 = '{now}' AND asn_v4 IS NULL AND created_at = '{now}'";
        assert_eq!(number(&app.state, &times.replace("{now}", &now)).await, 1);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM irrdb_update_logs").await, 2);
    }
}

#[tokio::test]
async fn origins_are_stored_for_both_protocols_and_asked_for_once() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        sink.forget_queries();
        let report = update(&app.state, IrrdbKind::Asn).await;
        assert_eq!(report.count(Updated), 3);
        let found = column(
            &app.state,
            "SELECT customer_id || ' ' || protocol || ' ' || asn FROM irrdb_asn ORDER BY customer_id, protocol, asn",
        );
        assert_eq!(found.await, ["2 4 64497", "2 4 64510", "2 6 64497", "2 6 64510", "3 4 64498"]);
        let asked = sink.queries().iter().filter(|query| query.contains("AS-ALPHA")).count();
        assert_eq!(asked, 1);
        assert_eq!(
            number(&app.state, "SELECT COUNT(*) FROM irrdb_update_logs WHERE asn_v6 IS NOT NULL").await,
            1
        );
    }
}

#[tokio::test]
async fn run_without_change_writes_no_row() {
    let sink = registry().await;
    for app in exchanges(&sink, &[("IXPD_IRRDB_HOLD_FLOOR", "2")]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        update(&app.state, IrrdbKind::Asn).await;
        // One member's data is held and stays so.
        sink.routes(64_498, &many_prefixes(20), "");
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.count(Outcome::Held), 1);
        forbid_writes(&app.state).await;
        app.clock.advance(TimeDelta::hours(6));
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.count(Unchanged), report.count(Outcome::Held)), (2, 1));
        let report = update(&app.state, IrrdbKind::Asn).await;
        assert_eq!(report.count(Unchanged), 3);
        sink.routes(64_498, "203.0.113.0/24", "");
    }
}

#[tokio::test]
async fn time_of_the_update_moves_at_least_once_a_day_and_the_data_keeps_its_own() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        let begun = app.state.wall_now();
        update(&app.state, IrrdbKind::Prefix).await;
        app.clock.advance(TimeDelta::hours(23));
        update(&app.state, IrrdbKind::Prefix).await;
        let moved = "SELECT COUNT(*) FROM irrdb_update_logs WHERE prefix_v4 > '{begun}'";
        let moved = moved.replace("{begun}", &begun.to_string());
        assert_eq!(number(&app.state, &moved).await, 0);
        app.clock.advance(TimeDelta::hours(1));
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.count(Unchanged), 3);
        assert_eq!(number(&app.state, &moved).await, 2);
        let kept = format!(
            "SELECT COUNT(*) FROM irrdb_prefix WHERE last_seen = '{begun}' AND first_seen = '{begun}'"
        );
        assert_eq!(number(&app.state, &kept).await, 4);
    }
}

#[tokio::test]
async fn one_member_that_can_not_be_looked_up_does_not_stop_the_others() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        sink.reply("!iAS64497:AS-ALPHA,1", SinkReply::Refused("no"));
        sql(&app.state, "UPDATE cust SET peeringmacrov6 = 'RADB::AS-X; DROP' WHERE id = 2").await;
        sink.routes(64_498, "203.0.113.0/24 10.0.0.0/24", "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(outcomes(&report), [(ALPHA, 4, Failed), (ALPHA, 6, Failed), (BRAVO, 4, Updated)]);
        let message = |index: usize| report.rows[index].message.clone().unwrap_or_default();
        assert!(message(0).contains("refuses !iAS64497:AS-ALPHA,1: no"), "{}", message(0));
        assert!(message(1).starts_with("peeringmacrov6: `RADB::AS-X;`"), "{}", message(1));
        assert_eq!(prefixes(&app.state).await.len(), 5, "Alpha keeps what it has");
        assert_eq!(report.summary(), "1 updated, 2 failed (Alpha Networks IPv4, Alpha Networks IPv6)");
        assert!(!report.is_failure());
        sink.set("AS64497:AS-ALPHA", "AS64497 AS64510");
        sink.routes(64_498, "203.0.113.0/24", "");
    }
}

#[tokio::test]
async fn half_an_answer_changes_nothing() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        let before = prefixes(&app.state).await;
        sink.reply("!gAS64510", SinkReply::Truncated("198.51.100.0/24".into(), 9));
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(report.rows[0].outcome, Failed);
        assert_eq!(prefixes(&app.state).await, before);
        sink.routes(64_510, "198.51.100.0/24", "");
    }
}

#[tokio::test]
async fn set_that_turns_empty_keeps_what_there_is() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        let before = prefixes(&app.state).await;
        sink.routes(64_498, "", "");
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.rows[2].outcome, report.rows[2].entries), (Outcome::Emptied, 1));
        sink.reply("!iAS64498:AS-BRAVO,1", SinkReply::Absent);
        let report = update(&app.state, IrrdbKind::Prefix).await;
        let message = report.rows[2].message.clone().unwrap_or_default();
        assert!(message.contains("1 entries are kept until `ixpd irrdb hold release --id 3` removes them; not in the registries: AS64498:AS-BRAVO"), "{message}");
        assert_eq!(prefixes(&app.state).await, before);
        sql(&app.state, "DELETE FROM irrdb_prefix WHERE customer_id = 3").await;
        assert_eq!(update(&app.state, IrrdbKind::Prefix).await.rows[2].outcome, Outcome::Empty);
        sink.routes(64_498, "203.0.113.0/24", "");
        sink.set("AS64498:AS-BRAVO", "AS64498");
    }
}

#[tokio::test]
async fn members_with_the_same_set_are_asked_for_once() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        sql(&app.state, "UPDATE cust SET peeringmacro = 'as64497:as-alpha' WHERE id = 3").await;
        sink.forget_queries();
        update(&app.state, IrrdbKind::Prefix).await;
        let asked = |query: &str| sink.queries().iter().filter(|other| *other == query).count();
        assert_eq!((asked("!gAS64497"), asked("!6AS64497")), (1, 1));
        let found = prefixes(&app.state).await;
        assert!(found.contains(&"3 4 192.0.2.0/24".to_owned()), "{found:?}");
    }
}

#[tokio::test]
async fn data_of_members_that_are_no_filtered_clients_any_more_goes() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        update(&app.state, IrrdbKind::Prefix).await;
        sql(&app.state, "UPDATE vlaninterface SET ipv6enabled = 0 WHERE id = 1").await;
        sql(&app.state, "UPDATE vlaninterface SET irrdbfilter = 0 WHERE id = 3").await;
        // A member that was suspended keeps its data.
        sql(
            &app.state,
            "INSERT INTO irrdb_prefix (customer_id, prefix, protocol) VALUES (6, '10.0.0.0/24', 4)",
        )
        .await;
        sql(&app.state, "UPDATE cust SET status = 3 WHERE id = 6").await;
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(outcomes(&report), [(ALPHA, 4, Unchanged), (ALPHA, 6, Removed), (BRAVO, 4, Removed)]);
        assert_eq!(
            prefixes(&app.state).await,
            ["2 4 192.0.2.0/24", "2 4 198.51.100.0/24", "6 4 10.0.0.0/24"]
        );
    }
}

#[tokio::test]
async fn single_member_is_updated_alone_and_one_without_data_is_named() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        for selection in [Selection::Id(BRAVO), Selection::Asn(64_498)] {
            let report = update_selected(&app.state, IrrdbKind::Prefix, selection, &Silent).await.unwrap();
            assert_eq!(report.rows.len(), 1);
        }
        assert_eq!(prefixes(&app.state).await, ["3 4 203.0.113.0/24"]);
        let report =
            update_selected(&app.state, IrrdbKind::Prefix, Selection::Id(ECHO), &Silent).await.unwrap();
        assert_eq!(report.rows, []);
        let unknown = update_selected(&app.state, IrrdbKind::Prefix, Selection::Asn(1), &Silent).await;
        assert!(unknown.unwrap_err().to_string().contains("no such member"));
    }
}

#[tokio::test]
async fn statements_do_not_grow_with_the_prefixes() {
    for count in [10, 900] {
        let sink = registry().await;
        sink.routes(64_498, &many_prefixes(count), "");
        for app in exchanges(&sink, &[]).await {
            // Members, holds, times, what is obsolete twice, and of each of three: compare, insert, time, state.
            statements::at_most(17, update(&app.state, IrrdbKind::Prefix)).await;
            statements::at_most(8, update(&app.state, IrrdbKind::Prefix)).await;
        }
    }
}

#[tokio::test]
async fn registry_that_is_silent_costs_its_time_and_no_more() {
    let sink = registry().await;
    sink.reply("!iAS64497:AS-ALPHA,1", SinkReply::Stall);
    for app in exchanges(&sink, &[("IXPD_IRR_TIMEOUT", "1")]).await {
        let begun = std::time::Instant::now();
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!((report.count(Failed), report.count(Updated)), (2, 1));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn program_can_ask_in_place_of_ixpd() {
    let sink = registry().await;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bgpq4");
    let stand_in = concat!(env!("CARGO_MANIFEST_DIR"), "/../ixpd-net/tests/bgpq-stand-in");
    std::os::unix::fs::symlink(stand_in, &program).unwrap();
    let script = r#"case "$*" in
        *" -6 "*) echo '{"pl": [{"prefix": "2001:db8::\/32", "exact": true}]}' ;;
        *-BRAVO) echo '{"pl": [{"prefix": "203.0.113.0\/24", "exact": true}]}' ;;
        *) echo 'no answer' >&2; exit 1 ;;
    esac"#;
    std::fs::write(folder.path().join("then"), script).unwrap();
    let program = program.to_str().unwrap();
    for app in exchanges(&sink, &[("IXPD_IRR_BACKEND", "bgpq4"), ("IXP_IRRDB_BGPQ4_PATH", program)]).await {
        let report = update(&app.state, IrrdbKind::Prefix).await;
        assert_eq!(outcomes(&report), [(ALPHA, 4, Failed), (ALPHA, 6, Updated), (BRAVO, 4, Updated)]);
        assert!(report.rows[0].message.clone().unwrap_or_default().contains("no answer"));
        assert_eq!(prefixes(&app.state).await, ["2 6 2001:db8::/32", "3 4 203.0.113.0/24"]);
    }
    assert_eq!(sink.connections(), 0);
}
