use ixpd::service::{
    audit::By,
    irrdb::{Outcome, release},
};
use ixpd_db::query::irrdb::{IrrdbKind, Selection, listed_holds};
use ixpd_testkit::{
    fixtures::member::BRAVO,
    irrd::{IrrdSink, many_prefixes},
};

use super::{column, exchanges, number, prefixes, registry, update};

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
        assert_eq!((held[0].offered, held[0].released_up_to), (9_000, Some(1_320)));
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
