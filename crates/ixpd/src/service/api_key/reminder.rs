//! Reminding owners of keys that expire soon.
//!
//! `ixpd_setting` holds the last day of expiry that was looked at. A run takes the days after it, so that a day on
//! which there was no run is made up for and none is taken twice. Mails and that day are stored in one transaction.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use ixpd_db::{
    DbErr, WallClock,
    query::{
        api_key::{self as rows, KeyDetails},
        principal, setting,
    },
    sea_orm::ConnectionTrait,
};
use ixpd_render::mail::{ApiKeyExpiryReminder, ExpiringApiKey};

use crate::{
    auth::{actor::Principal, policy},
    error::AppError,
    links,
    service::{
        audit::{By, Tx},
        outbox::Recipients,
    },
    services::Services,
};

/// How many days before its expiry the owner of a key is reminded, as in IXP Manager.
const DAYS_AHEAD: Days = Days::new(14);
/// The form of the day in the setting.
const DAY: &str = "%Y-%m-%d";

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminded {
    /// Keys that mails were queued about.
    pub keys: usize,
    /// Users who get a mail.
    pub owners: usize,
    /// Keys about which nobody is told: they do not work, or their owner has no e-mail address.
    pub passed_over: usize,
}

/// Queues a mail for each user with keys that expire 14 days from today by the exchange's calendar, and with those
/// that did so on a day without a run.
///
/// # Errors
/// When the database or the template fails; nothing is queued then.
pub async fn remind_owners(services: &Services, by: &By) -> Result<Reminded, AppError> {
    services.write(by, |tx| Box::pin(remind_within(services, tx))).await
}

async fn remind_within(services: &Services, tx: &mut Tx<'_>) -> Result<Reminded, AppError> {
    let today = tx.now().date();
    let through = today + DAYS_AHEAD;
    let first = first_day(tx.db(), today, through).await?;
    if first > through {
        return Ok(Reminded::default());
    }
    let (from, to) = (midnight(first), midnight(through + Days::new(1)));
    let keys = rows::expiring(tx.db(), from, to).await?;
    let found = keys.len();
    let mut reminded = Reminded::default();
    for (owner, keys) in by_owner(services, tx.db(), keys, from, to).await? {
        let (name, email) = owner;
        let recipients = Recipients::to(&name, &email);
        let dedupe_key = format!("api-key-expiry/{}/{through}", keys[0].user_id);
        let mail = ApiKeyExpiryReminder {
            name,
            keys: keys.iter().map(expiring).collect(),
            manage_url: services.config.app.url.link(links::API_KEYS),
        };
        if services.outbox.queue(tx.db(), tx.now(), &mail, &recipients, Some(dedupe_key)).await?.is_some() {
            reminded.keys += keys.len();
            reminded.owners += 1;
        }
    }
    reminded.passed_over = found - reminded.keys;
    setting::set(tx.db(), setting::API_KEYS_REMINDED_THROUGH, &through.format(DAY).to_string()).await?;
    Ok(reminded)
}

/// The first day of expiry that nobody was reminded of. The first run of all takes the last day alone, and keys that
/// have expired are in no mail.
async fn first_day(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    through: NaiveDate,
) -> Result<NaiveDate, DbErr> {
    let stored = setting::get(db, setting::API_KEYS_REMINDED_THROUGH).await?;
    let last = stored.and_then(|text| NaiveDate::parse_from_str(&text, DAY).ok());
    let after_last = last.and_then(|day| day.checked_add_days(Days::new(1))).unwrap_or(through);
    Ok(after_last.max(today + Days::new(1)))
}

fn midnight(day: NaiveDate) -> WallClock {
    day.and_time(chrono::NaiveTime::MIN).into()
}

/// The keys that work, with name and e-mail address of their owners.
async fn by_owner(
    services: &Services,
    db: &impl ConnectionTrait,
    keys: Vec<KeyDetails>,
    from: WallClock,
    to: WallClock,
) -> Result<Vec<((String, String), Vec<KeyDetails>)>, AppError> {
    let (zone, now) = (services.config.app.zone, services.clock.now());
    let acting: HashMap<i64, Principal> = principal::of_expiring_keys(db, from, to)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.key_id, policy::judge(&row.principal, zone, now).ok()?)))
        .collect();
    let mut owners: BTreeMap<i32, ((String, String), Vec<KeyDetails>)> = BTreeMap::new();
    for key in keys {
        let Some(owner) = acting.get(&key.id) else { continue };
        let email = owner.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        let Some(email) = email else { continue };
        let name = owner.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.unwrap_or(&owner.username).to_owned();
        owners.entry(key.user_id).or_insert_with(|| ((name, email.to_owned()), Vec::new())).1.push(key);
    }
    Ok(owners.into_values().collect())
}

fn expiring(key: &KeyDetails) -> ExpiringApiKey {
    let day = key.expires.map(WallClock::date).unwrap_or_default();
    ExpiringApiKey::new(key.id, key.description.as_deref(), super::name(key), day)
}
