//! Whether a switch is well, as monitoring asks.

use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{
    Database, DbErr,
    query::{
        core_link::{self, Core, CoreBundle, CoreLink, Side},
        switch::{self, Switch},
    },
};
use ixpd_types::Zone;

use super::incomplete::first_filled;

/// A switch that wasn't polled for longer is reported.
const POLLED_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long a reboot is reported.
const REBOOT_WINDOW: TimeDelta = TimeDelta::minutes(60);
/// A port that last changed earlier than this ago has outlived the supposed reboot.
const OUTLIVED: TimeDelta = TimeDelta::seconds(3660);
/// `ifOperStatus` of a port that is up.
const UP: i32 = 1;

/// What monitoring is told.
#[derive(Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether all is well.
    pub is_ok: bool,
    /// What was found, for people.
    pub messages: Vec<String>,
}

/// Whether a switch answers SNMP, and hasn't rebooted in the last hour. `zone` is that of `APP_TIMEZONE`.
///
/// # Errors
/// When the database fails.
pub async fn of_switch(
    db: &Database,
    switch: &Switch,
    zone: Zone,
    now: DateTime<Utc>,
) -> Result<Status, DbErr> {
    if switch.active != Some(true) {
        let messages = vec!["Switch is inactive. Status tests skipped.".to_owned()];
        return Ok(Status { is_ok: true, messages });
    }
    let polled_ago = switch.last_polled.map(|at| now - zone.instant_of(at.naive()));
    let mut status = polling(polled_ago);
    if switch.snmp_engine_time.is_none() && switch.snmp_system_uptime.is_none() {
        status.messages.push("Switch does not support reboot checks.".to_owned());
    } else if started_lately(switch) && !has_outlived(db, switch, polled_ago, now).await? {
        status.is_ok = false;
        status.messages.push("CRITICAL: rebooted within the last hour (probably).".to_owned());
    }
    Ok(status)
}

fn polling(ago: Option<TimeDelta>) -> Status {
    let (is_ok, message) = match ago {
        None => (false, "Switch has never been polled via SNMP.".to_owned()),
        Some(ago) if ago > POLLED_WITHIN => (false, format!("WARNING: last polled {}.", in_words(ago))),
        Some(ago) => (true, format!("Last polled {}.", in_words(ago))),
    };
    Status { is_ok, messages: vec![message] }
}

/// Whether both of its clocks that count from the start say so. The uptime runs over after 497 days, the engine time
/// doesn't.
fn started_lately(switch: &Switch) -> bool {
    let window = REBOOT_WINDOW.num_seconds();
    switch.snmp_system_uptime.is_none_or(|hundredths| hundredths / 100 < window)
        && switch.snmp_engine_time.is_none_or(|seconds| seconds < window)
}

/// Whether a port has been up since before the supposed reboot, which then was none. Old data prove nothing.
async fn has_outlived(
    db: &Database,
    switch: &Switch,
    polled_ago: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if polled_ago.is_none_or(|ago| ago >= REBOOT_WINDOW) {
        return Ok(false);
    }
    let limit = (now - OUTLIVED).timestamp();
    let changes = switch::last_changes(db.connection(), switch.id).await?;
    Ok(changes.into_iter().any(|at| i64::from(at) < limit))
}

/// A span in its largest unit: `3 minutes ago`.
fn in_words(ago: TimeDelta) -> String {
    const UNITS: [(i64, &str); 7] = [
        (31_536_000, "year"),
        (2_592_000, "month"),
        (604_800, "week"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = ago.num_seconds().abs().max(1);
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds >= *unit).unwrap_or((1, "second"));
    let count = seconds / unit;
    let plural = if count == 1 { "" } else { "s" };
    let direction = if ago < TimeDelta::zero() { "from now" } else { "ago" };
    format!("{count} {name}{plural} {direction}")
}

/// Whether all enabled links of a switch's core bundles are up.
///
/// # Errors
/// When the database fails.
pub async fn of_core_bundles(db: &Database, switch: &Switch) -> Result<Status, DbErr> {
    let core = core_link::of_switch(db.connection(), switch.id).await?;
    Ok(core_status(&core))
}

fn core_status(core: &Core) -> Status {
    let mut status = Status { is_ok: true, messages: Vec::new() };
    for bundle in &core.bundles {
        let (is_ok, message) = bundle_status(core, bundle);
        status.is_ok &= is_ok;
        status.messages.push(message);
    }
    if status.messages.is_empty() {
        status.messages.push("No core bundles configured for this switch".to_owned());
    }
    status
}

fn bundle_status(core: &Core, bundle: &CoreBundle) -> (bool, String) {
    let links: Vec<_> = core.links.iter().filter(|link| link.bundle_id == bundle.id).collect();
    let name = |side| {
        let first = links.first().map(|link| link.end(side));
        let first = first.and_then(|end| first_filled([&end.switch_name, &end.switch_hostname]));
        first.unwrap_or("a switch without name").to_owned()
    };
    let between = format!("{} - {}", name(Side::A), name(Side::B));
    if !bundle.enabled {
        return (true, format!("Ignoring {between} as core bundle disabled"));
    }
    let enabled: Vec<_> = links.iter().filter(|link| link.enabled).collect();
    let up = enabled.iter().filter(|link| is_up(link)).count();
    if up == enabled.len() {
        (true, format!("{between} OK - {up}/{} links up", enabled.len()))
    } else {
        (false, format!("ISSUE: {between} has {up}/{} links up", enabled.len()))
    }
}

fn is_up(link: &CoreLink) -> bool {
    Side::BOTH.into_iter().all(|side| link.end(side).oper_status == Some(UP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn span_is_told_in_its_largest_unit() {
        let cases = [
            (0, "1 second ago"),
            (59, "59 seconds ago"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (700_000, "1 week ago"),
            (3_000_000, "1 month ago"),
            (70_000_000, "2 years ago"),
            (-120, "2 minutes from now"),
        ];
        for (seconds, words) in cases {
            assert_eq!(in_words(TimeDelta::seconds(seconds)), words);
        }
    }
}
