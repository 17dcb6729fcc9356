//! What may be entered for a key.

use chrono::{NaiveDate, NaiveTime};
use ixpd_db::{WallClock, query::api_key::KeyDetails};

use crate::{
    auth::allowed_addresses::AllowedAddresses,
    auth::key_level::KeyLevel,
    error::{AppError, FieldErrors},
    service::text_rules::one_line_problem,
    services::Services,
};

/// The longest description, in characters.
const DESCRIPTION_LENGTH: usize = 255;

/// A key as a form or the command line describes it. An empty text is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct KeyInput {
    /// What it is for.
    pub description: String,
    /// The first day on which it isn't usable any more, `YYYY-MM-DD`.
    pub expires: String,
    /// Addresses and networks.
    pub allowed_ips: String,
    /// An access level.
    pub access_level: String,
}

/// A key as it can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidKey {
    /// What it is for.
    pub description: Option<String>,
    /// When it ends, or [`never`].
    pub expires: WallClock,
    /// What it may do.
    pub level: KeyLevel,
    /// The addresses it may be used from.
    pub allowed_ips: Option<String>,
}

/// What stands for a key that doesn't expire, since `api_keys.expires` takes no null. IXP Manager
/// accepts it as a date.
pub fn never() -> WallClock {
    let last_day = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    WallClock::new(last_day.and_time(NaiveTime::MIN))
}

/// Judges an input; `stored` is the key it changes.
///
/// # Errors
/// 422 with every field that can't be accepted.
pub fn validate(
    services: &Services,
    input: &KeyInput,
    stored: Option<&KeyDetails>,
) -> Result<ValidKey, AppError> {
    let mut errors = FieldErrors::new();
    let mut refuse = |field: &'static str, message: String| {
        errors.entry(field.into()).or_default().push(message);
    };
    let description = input.description.trim();
    if description.chars().count() > DESCRIPTION_LENGTH {
        refuse(
            "description",
            format!("The description must not be longer than {DESCRIPTION_LENGTH} characters."),
        );
    }
    if let Some(problem) = one_line_problem(description) {
        refuse("description", problem);
    }
    let expires = expiry(services, input.expires.trim(), stored).unwrap_or_else(|message| {
        refuse("expires", message);
        never()
    });
    let allowed = AllowedAddresses::read(Some(&input.allowed_ips)).unwrap_or_else(|error| {
        refuse("allowed_ips", error.to_string());
        AllowedAddresses::default()
    });
    // A form that doesn't mention the level leaves it as it is.
    let scope = match input.access_level.trim() {
        "" => KeyLevel::scope_text(stored.and_then(|key| key.scope.as_deref())),
        entered => entered,
    };
    let level = KeyLevel::from_scope(scope);
    if level.is_none() {
        let accepted = KeyLevel::ALL.map(KeyLevel::as_scope).join(", ");
        refuse("access_level", format!("`{scope}` is not an access level; accepted: {accepted}."));
    }
    if !errors.is_empty() {
        return Err(AppError::Validation(errors));
    }
    Ok(ValidKey {
        description: (!description.is_empty()).then(|| description.to_owned()),
        expires,
        level: level.unwrap_or(KeyLevel::ReadOnly),
        allowed_ips: allowed.to_stored(),
    })
}

/// A date is stored as its midnight. One that a form leaves as it was keeps its time of day, and may
/// lie in the past.
fn expiry(services: &Services, text: &str, stored: Option<&KeyDetails>) -> Result<WallClock, String> {
    let limit = services.config.api_keys.max_lifetime;
    let today = services.config.app.zone.today(services.clock.now());
    let latest = limit.and_then(|span| span.after(today));
    if text.is_empty() {
        return match latest {
            None => Ok(never()),
            Some(_) if stored.is_some_and(|key| key.expires == Some(never())) => Ok(never()),
            Some(latest) => Err(format!("An expiry date is required here, {latest} at the latest.")),
        };
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        format!(
            "`{}` is not a date; accepted is YYYY-MM-DD, such as {}.",
            text.chars().take(32).collect::<String>(),
            today.succ_opt().unwrap_or(today)
        )
    })?;
    if let Some(kept) = stored.and_then(|key| key.expires).filter(|expires| expires.date() == day) {
        return Ok(kept);
    }
    if day <= today {
        return Err(format!("The expiry date must be later than today, {today}."));
    }
    if let Some(latest) = latest.filter(|latest| day > *latest) {
        return Err(format!("The expiry date must not be later than {latest}."));
    }
    if day >= never().date() {
        return Err("For a key that never expires leave the date empty.".to_owned());
    }
    Ok(WallClock::midnight(day))
}
