use ixpd::jobs::run::Run;
use ixpd_testkit::{TestApp, fixtures::port};

use super::{number, run_now, sql};

#[tokio::test]
async fn history_goes_after_six_months_and_the_rest_stays() {
    for app in TestApp::each().await {
        let user = app.exchange.superuser.id;
        // Now is 2026-06-15 12:00 there: six months ago was 2025-12-15 12:00.
        let (old, kept) = ("2025-12-15 11:59:59", "2025-12-15 12:00:00");
        for at in [old, kept] {
            sql(
                &app.state,
                &format!("INSERT INTO user_logins (user_id, ip, at) VALUES ({user}, '192.0.2.1', '{at}')"),
            )
            .await;
            sql(
                &app.state,
                &format!("INSERT INTO log (model, model_id, action, message, models, created_at) VALUES ('User', 1, 'CREATED', '', '{{}}', '{at}')"),
            )
            .await;
        }
        // 180 days before were 2025-12-17 12:00.
        for at in ["2025-12-17 11:59:59", "2025-12-17 12:00:00"] {
            sql(
                &app.state,
                &format!("INSERT INTO ixpd_audit (at, actor_kind, action) VALUES ('{at}', 'system', 'X')"),
            )
            .await;
        }
        for (token, expires) in [("a", "2026-06-15 12:00:00"), ("b", "2026-06-15 12:00:01")] {
            sql(
                &app.state,
                &format!("INSERT INTO user_remember_tokens (user_id, token, device, ip, expires, is_2fa_complete, created_at) VALUES ({user}, '{token}', '', '', '{expires}', 0, '{kept}')"),
            )
            .await;
        }
        let port = port::ALPHA_ONE;
        sql(&app.state, "INSERT INTO ixpd_irrdb_hold (customer_id, kind, protocol, stored, offered, held_at) VALUES \
            (2, 'prefix', 4, 1, 2000, '2026-06-01 00:00:00'), (777, 'asn', 6, 1, 2000, '2026-06-01 00:00:00')").await;
        sql(&app.state, &format!("INSERT INTO macaddress (virtualinterfaceid, mac) VALUES ({port}, '00005e005301'), (NULL, '00005e005302')")).await;
        let ran = run_now(&app.state, "expunge-logs").await;
        assert_eq!(
            ran,
            Run::Done(
                "removed: 1 logins, 1 changes, 1 audit rows, 1 devices, 1 learned MAC addresses, 1 holds of IRR data".to_owned()
            )
        );
        for table in
            ["user_logins", "log", "ixpd_audit", "user_remember_tokens", "macaddress", "ixpd_irrdb_hold"]
        {
            assert_eq!(number(&app.state, &format!("SELECT COUNT(*) FROM {table}")).await, 1, "{table}");
        }
    }
}

#[tokio::test]
async fn audit_rows_stay_where_they_are_to_be_kept_forever() {
    let app = TestApp::with(&[("IXPD_AUDIT_DAYS", "0")]).await;
    sql(
        &app.state,
        "INSERT INTO ixpd_audit (at, actor_kind, action) VALUES ('2001-01-01 00:00:00', 'system', 'X')",
    )
    .await;
    run_now(&app.state, "expunge-logs").await;
    assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_audit").await, 1);
}

#[tokio::test]
async fn sessions_and_recovery_links_that_have_ended_go() {
    for app in TestApp::each().await {
        for (id, ends) in [("a", "2026-06-15 12:00:00"), ("b", "2026-06-15 12:00:01")] {
            sql(
                &app.state,
                &format!("INSERT INTO ixpd_session (id_hash, data, created_at, last_activity, expires_at) VALUES ('{id}', '{{}}', '{ends}', '{ends}', '{ends}')"),
            )
            .await;
        }
        for (name, at) in [("a", "2026-06-08 11:59:59"), ("b", "2026-06-08 12:00:00")] {
            sql(
                &app.state,
                &format!(
                    "INSERT INTO password_resets (email, token, created_at) VALUES ('{name}', 'x', '{at}')"
                ),
            )
            .await;
        }
        assert_eq!(run_now(&app.state, "expunge-sessions").await, Run::Done("1 sessions removed".to_owned()));
        assert_eq!(
            run_now(&app.state, "expunge-password-resets").await,
            Run::Done("1 links removed".to_owned())
        );
        for table in ["ixpd_session", "password_resets"] {
            assert_eq!(number(&app.state, &format!("SELECT COUNT(*) FROM {table}")).await, 1, "{table}");
        }
    }
}
