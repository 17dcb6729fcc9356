//! A monitoring plugin that watches the updates of routers: it asks, reads the answer and says OK or WARNING.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use ixpd_testkit::fixtures::router::{COLLECTOR_V4, SERVER_V4, SERVER_V6};
use serde::Deserialize;
use serde_json::Value;

use super::{Host, REFUSED, body};

/// The times that the plugin reads of a router.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the answer's fields")]
struct Times {
    last_update_started: Option<String>,
    last_update_started_unix: Option<i64>,
    last_updated: Option<String>,
    last_updated_unix: Option<i64>,
}

/// Times by handle. An exchange without such a router sends PHP's empty array.
fn by_handle(text: &str) -> BTreeMap<String, Times> {
    match serde_json::from_str(text).unwrap() {
        Value::Array(none) if none.is_empty() => BTreeMap::new(),
        times => serde_json::from_value(times).unwrap(),
    }
}

/// What a plugin ends with: its status for Nagios, and the routers that are the reason.
#[derive(Debug, PartialEq, Eq)]
enum Check {
    Ok,
    Warning(Vec<String>),
    /// curl failed with this status.
    Unknown(Option<i32>),
}

impl Check {
    fn warns_of<const N: usize>(handles: [&str; N]) -> Self {
        let mut handles = handles.map(str::to_owned).to_vec();
        handles.sort();
        Self::Warning(handles)
    }

    fn of(handles: impl IntoIterator<Item = String>) -> Self {
        let handles: Vec<_> = handles.into_iter().collect();
        if handles.is_empty() { Self::Ok } else { Self::Warning(handles) }
    }
}

impl Host {
    /// Lets the exchange choose: whatever it names is a reason to warn.
    async fn check(&self, path: &str) -> Check {
        let output = self.curl(&[], path).await;
        if !output.status.success() {
            assert_eq!(output.stdout, b"", "--fail keeps the refusal's text out of what is read");
            return Check::Unknown(output.status.code());
        }
        Check::of(by_handle(&body(output)).into_keys())
    }

    /// Fetches all times and compares them itself. A router that was never updated is a reason to warn here.
    async fn check_by_age(&self, oldest: TimeDelta) -> Check {
        let all = by_handle(&body(self.curl(&[], "router/updated").await));
        let now = self.app.state.clock.now().timestamp();
        let is_old = |times: &Times| times.last_updated_unix.is_none_or(|at| now - at > oldest.num_seconds());
        Check::of(all.into_iter().filter(|(_, times)| is_old(times)).map(|(handle, _)| handle))
    }

    /// What a router's own script does before and after its update.
    async fn post(&self, path: &str) {
        body(self.curl(&["-X", "POST"], path).await);
    }
}

#[tokio::test]
async fn router_that_was_not_updated_for_an_hour_is_a_warning_until_it_is() {
    let Some(host) = Host::new(&[]).await else { return };
    for handle in [SERVER_V4, SERVER_V6] {
        host.post(&format!("router/get-update-lock/{handle}")).await;
        host.post(&format!("router/updated/{handle}")).await;
    }
    let hour = TimeDelta::hours(1);
    host.app.clock.advance(hour);
    host.post(&format!("router/updated/{SERVER_V6}")).await;
    // Exactly an hour is not more than an hour, for the exchange as for the plugin.
    assert_eq!(host.check("router/updated-before/3600").await, Check::Ok);
    assert_eq!(host.check_by_age(hour).await, Check::warns_of([COLLECTOR_V4]));
    host.app.clock.advance(TimeDelta::seconds(1));
    // The collector was never updated: only whoever fetches all times learns of it.
    assert_eq!(host.check("router/updated-before/3600").await, Check::warns_of([SERVER_V4]));
    assert_eq!(host.check_by_age(hour).await, Check::warns_of([SERVER_V4, COLLECTOR_V4]));
    host.post(&format!("router/updated/{SERVER_V4}")).await;
    assert_eq!(host.check("router/updated-before/3600").await, Check::Ok);
    host.post(&format!("router/updated/{COLLECTOR_V4}")).await;
    assert_eq!(host.check_by_age(hour).await, Check::Ok);
}

#[tokio::test]
async fn times_name_the_same_instant_as_text_and_as_number_and_are_null_before_the_first_update() {
    let Some(host) = Host::new(&[]).await else { return };
    host.post(&format!("router/get-update-lock/{SERVER_V4}")).await;
    host.app.clock.advance(TimeDelta::seconds(42));
    host.post(&format!("router/updated/{SERVER_V4}")).await;
    let all = by_handle(&body(host.curl(&[], "router/updated").await));
    assert_eq!(all.len(), 3);
    let times = &all[SERVER_V4];
    let seconds = |text: &Option<String>| {
        chrono::DateTime::parse_from_rfc3339(text.as_deref().unwrap()).unwrap().timestamp()
    };
    assert_eq!(Some(seconds(&times.last_update_started)), times.last_update_started_unix);
    assert_eq!(Some(seconds(&times.last_updated)), times.last_updated_unix);
    assert_eq!(seconds(&times.last_updated) - seconds(&times.last_update_started), 42);
    let never = &all[COLLECTOR_V4];
    assert_eq!((&never.last_updated, never.last_updated_unix), (&None, None));
    assert_eq!((&never.last_update_started, never.last_update_started_unix), (&None, None));
}

#[tokio::test]
async fn lock_that_is_held_too_long_is_a_warning_unless_the_router_is_paused() {
    let Some(host) = Host::new(&[]).await else { return };
    let check = "router/locked-longer-than/900";
    assert_eq!(host.check(check).await, Check::Ok, "no router was ever locked");
    for handle in [SERVER_V4, SERVER_V6, COLLECTOR_V4] {
        host.post(&format!("router/get-update-lock/{handle}")).await;
    }
    host.app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(host.check(check).await, Check::Ok);
    host.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(host.check(check).await, Check::warns_of([SERVER_V4, SERVER_V6, COLLECTOR_V4]));
    host.post(&format!("router/pause/{SERVER_V6}")).await;
    host.post(&format!("router/updated/{COLLECTOR_V4}")).await;
    assert_eq!(host.check(check).await, Check::warns_of([SERVER_V4]));
    host.post(&format!("router/release-update-lock/{SERVER_V4}")).await;
    assert_eq!(host.check(check).await, Check::Ok);
    host.post(&format!("router/resume/{SERVER_V6}")).await;
    assert_eq!(host.check(check).await, Check::warns_of([SERVER_V6]), "its lock is still held");
}

#[tokio::test]
async fn paused_router_still_ages() {
    let Some(host) = Host::new(&[]).await else { return };
    host.post(&format!("router/updated/{SERVER_V4}")).await;
    host.post(&format!("router/pause/{SERVER_V4}")).await;
    host.app.clock.advance(TimeDelta::hours(7));
    assert_eq!(host.check("router/updated-before/21600").await, Check::warns_of([SERVER_V4]));
    assert_eq!(host.check("router/updated-before/25200").await, Check::Ok);
}

#[tokio::test]
async fn threshold_that_is_no_number_is_unknown_and_never_ok() {
    let Some(host) = Host::new(&[]).await else { return };
    for path in ["router/updated-before", "router/locked-longer-than"] {
        for threshold in ["soon", "1h", "1.5", "3600,900", "99999999999999999999"] {
            let path = format!("{path}/{threshold}");
            assert_eq!(host.check(&path).await, Check::Unknown(REFUSED), "{path}");
        }
        assert_eq!(host.check(&format!("{path}/3600")).await, Check::Ok);
    }
}
