//! Clocks: this machine's, the database server's, the exchange's.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use ixpd_db::{DbErr, server_clocks, server_wall_at};

use super::{Findings, Installation};

pub(super) const AREA: &str = "clocks";

/// How far two clocks may be apart before somebody should know.
const SKEW: TimeDelta = TimeDelta::seconds(5);

pub(super) async fn check(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    skew(installation, found).await?;
    zones(installation, found).await
}

async fn skew(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let before = installation.clock.now();
    let server = server_clocks(installation.db.connection()).await?.utc.naive().and_utc();
    let after = installation.clock.now();
    // The server's answer lies between the two, but for the fraction of a second that it leaves out.
    let ahead = server - after;
    let behind = before - server;
    if ahead > SKEW || behind > SKEW + TimeDelta::seconds(1) {
        let (seconds, word) = if ahead > SKEW { (ahead, "ahead of") } else { (behind, "behind") };
        found.warning(format_args!(
            "the database server's clock is {} seconds {word} this machine's; keep both by NTP: sessions, keys and \
             second factors expire by this machine's clock, jobs run by the server's",
            seconds.num_seconds()
        ));
    } else {
        found.ok("this machine and the database server show the same time");
    }
    Ok(())
}

/// The server's zone shows in what `NOW()` gives to triggers and outside programs.
async fn zones(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let zone = installation.config.app.zone;
    let now = installation.clock.now();
    let mut apart = None;
    for instant in [DateTime::from_timestamp(now.timestamp(), 0), noon(now.year(), 1), noon(now.year(), 7)]
        .into_iter()
        .flatten()
    {
        let server = server_wall_at(installation.db.connection(), instant).await?.naive();
        let minutes = (server - zone.wall_of(instant)).num_minutes();
        if minutes != 0 {
            apart.get_or_insert((minutes, instant));
        }
    }
    let Some((minutes, instant)) = apart else {
        found.ok(format_args!("the database server's zone has the times of APP_TIMEZONE, {zone}"));
        return Ok(());
    };
    let word = if minutes > 0 { "ahead of" } else { "behind" };
    found.warning(format_args!(
        "the database server's zone is {} minutes {word} APP_TIMEZONE, {zone}, on {}: times that triggers and outside \
         programs write by NOW() are off by that (BGP sessions, learned MAC addresses, logins by application \
         password); give the server the zone of APP_TIMEZONE, as IXP Manager needs it too",
        minutes.abs(),
        zone.wall_of(instant).date()
    ));
    Ok(())
}

/// A day of winter or summer, whichever half of the world it is.
fn noon(year: i32, month: u32) -> Option<DateTime<Utc>> {
    Some(NaiveDate::from_ymd_opt(year, month, 15)?.and_hms_opt(12, 0, 0)?.and_utc())
}
