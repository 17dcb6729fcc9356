//! Who is on which mailing list, by the users' own choice.
//!
//! The choice stands in `user.prefs` as `mailinglist.{handle}`: the text `"1"` or `"0"`. IXP Manager's own start of a
//! list has left the numbers 1 and 0 in some; they are choices as well.

use std::collections::{BTreeSet, HashSet};

use ixpd_db::query::mailing_list::{self as rows, Preferences};
use ixpd_render::text::{
    TextContext,
    mailing_list::{self as text, Address},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{audit::By, incomplete::IncompleteRows, template, user::is_email};
use crate::{config::MailingList, error::AppError, sample::Sample, services::Services};

/// What preferences call the choices.
const PREFERENCE: &str = "mailinglist";

/// What became of the addresses and users when a list was started.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = Started::sample)]
pub struct Started {
    /// Addresses of users who have chosen already.
    pub skipped: Vec<String>,
    /// Addresses of users who are on the list from now on.
    pub subscribed: Vec<String>,
    /// Addresses of users who are off the list from now on.
    pub unsubscribed: Vec<String>,
    /// Addresses that no user has.
    pub unknown: Vec<String>,
}

impl Sample for Started {
    fn sample() -> Self {
        let some = |address: &str| vec![address.to_owned()];
        Self {
            skipped: some("eve@example.net"),
            subscribed: some("ann@example.net"),
            unsubscribed: some("bob@example.net"),
            unknown: some("x@example.org"),
        }
    }
}

/// The list of a handle.
///
/// # Errors
/// 503 where there are no lists, 404 for an unknown one.
pub fn list<'a>(services: &'a Services, handle: &str) -> Result<&'a MailingList, AppError> {
    let lists = &services.config.mailing_lists;
    if !lists.enabled {
        return Err(AppError::Unavailable(
            "Mailing lists are not enabled: IXPD_MAILING_LISTS names no file that enables them.".into(),
        ));
    }
    let list = lists.by_handle(handle);
    list.ok_or_else(|| AppError::NotFound("Mailing list not defined in config/mailinglists.php".into()))
}

/// The addresses of those who chose to be on a list, or else of those who chose not to: in order, each once.
///
/// # Errors
/// See [`list`].
pub async fn addresses(services: &Services, handle: &str, subscribed: bool) -> Result<Vec<String>, AppError> {
    let list = list(services, handle)?;
    let users = rows::preferences(services.db.connection()).await?;
    let chosen = users.iter().filter(|user| choice(user, &list.handle) == Some(subscribed));
    let mut incomplete = IncompleteRows::default();
    let mut addresses = BTreeSet::new();
    for user in chosen {
        if let Some(address) = address(user) {
            addresses.insert(address);
        } else {
            let problem = "left out: it has no valid e-mail address; correct user.email";
            incomplete.add("user", user.id, user.email.as_deref(), problem);
        }
    }
    let which = if subscribed { "subscribers" } else { "unsubscribed" };
    services.incomplete.report(&format!("mailing-list/{which}/{}", list.handle), &incomplete);
    Ok(addresses.into_iter().collect())
}

/// The same in the form of the template: a line for each, and without any a lone line break.
///
/// # Errors
/// See [`list`].
pub async fn addresses_text(services: &Services, handle: &str, subscribed: bool) -> Result<String, AppError> {
    let addresses = lines(&addresses(services, handle, subscribed).await?);
    let (generated_at, list) = (template::now(services), shown(list(services, handle)?));
    text(services, &text::Addresses { generated_at, list, subscribed, addresses })
}

/// What became of each address in the form of the template: a line for each.
///
/// # Errors
/// See [`list`].
pub fn started_text(services: &Services, handle: &str, started: &Started) -> Result<String, AppError> {
    let context = text::Started {
        generated_at: template::now(services),
        list: shown(list(services, handle)?),
        skipped: lines(&started.skipped),
        subscribed: lines(&started.subscribed),
        unsubscribed: lines(&started.unsubscribed),
        unknown: lines(&started.unknown),
    };
    text(services, &context)
}

fn text<C: TextContext>(services: &Services, context: &C) -> Result<String, AppError> {
    let template = template::named::<C>(services, None)?;
    Ok(services.templates.render_text(&template, context)?)
}

fn shown(list: &MailingList) -> text::List {
    text::List { handle: list.handle.clone(), name: list.name.clone(), email: list.email.clone() }
}

fn lines(addresses: &[String]) -> Vec<Address> {
    addresses.iter().map(|address| Address::new(address)).collect()
}

/// Starts a list from those who are on it by now: users who haven't chosen yet are on it if their address is, and else
/// off it.
///
/// # Errors
/// See [`list`].
pub async fn start(services: &Services, by: &By, handle: &str, addresses: &str) -> Result<Started, AppError> {
    let list = list(services, handle)?;
    services
        .write(by, |tx| {
            Box::pin(async move {
                let users = rows::preferences_to_change(tx.db()).await?;
                let (started, changed) = decide(&users, &list.handle, addresses);
                rows::store(tx.db(), &changed, tx.now()).await?;
                let detail = json!({
                    "list": list.handle,
                    "subscribed": started.subscribed.len(),
                    "unsubscribed": started.unsubscribed.len(),
                    "users": changed.len(),
                });
                tx.note_event("MAILING_LIST_STARTED", Some("User"), None, Some(detail.to_string())).await?;
                Ok(started)
            })
        })
        .await
}

/// What becomes of each address, and the preferences that change for it.
fn decide(users: &[Preferences], handle: &str, addresses: &str) -> (Started, Vec<(i32, Value)>) {
    let mut seen = HashSet::new();
    let listed: Vec<_> = addresses
        .lines()
        .map(|line| line.trim().to_lowercase())
        .filter(|line| !line.is_empty() && seen.insert(line.clone()))
        .collect();
    let listed_set: HashSet<_> = listed.iter().map(String::as_str).collect();
    let mut known = HashSet::new();
    let (mut started, mut changed) = (Started::default(), Vec::new());
    for user in users {
        let email = user.email.as_deref().unwrap_or("").trim().to_lowercase();
        let is_listed = listed_set.contains(email.as_str());
        if choice(user, handle).is_some() {
            if is_listed {
                push(&mut started.skipped, &email);
            }
        } else {
            changed.push((user.id, with_choice(user.prefs.as_deref(), handle, is_listed)));
            if is_listed {
                push(&mut started.subscribed, &email);
            } else if is_email(&email) {
                push(&mut started.unsubscribed, &email);
            }
        }
        known.insert(email);
    }
    started.unknown = listed.into_iter().filter(|address| !known.contains(address)).collect();
    (started, changed)
}

/// Users come by address, so that those who share one follow each other.
fn push(addresses: &mut Vec<String>, address: &str) {
    if addresses.last().is_none_or(|last| last != address) {
        addresses.push(address.to_owned());
    }
}

fn address(user: &Preferences) -> Option<String> {
    let address = user.email.as_deref()?.trim().to_lowercase();
    is_email(&address).then_some(address)
}

/// Whether a user has chosen to be on a list.
fn choice(user: &Preferences, handle: &str) -> Option<bool> {
    match user.prefs.as_deref()?.get(PREFERENCE)?.get(handle)? {
        Value::String(text) if text == "1" => Some(true),
        Value::String(text) if text == "0" => Some(false),
        Value::Number(number) if number.as_i64() == Some(1) => Some(true),
        Value::Number(number) if number.as_i64() == Some(0) => Some(false),
        Value::Bool(on) => Some(*on),
        _ => None,
    }
}

/// Preferences with a choice. PHP writes an empty map as `[]`.
fn with_choice(prefs: Option<&Value>, handle: &str, subscribed: bool) -> Value {
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut prefs: Map<String, Value> = map(prefs);
    let mut choices = map(prefs.get(PREFERENCE));
    choices.insert(handle.to_owned(), Value::from(if subscribed { "1" } else { "0" }));
    prefs.insert(PREFERENCE.to_owned(), Value::Object(choices));
    Value::Object(prefs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: i32, email: &str, prefs: Value) -> Preferences {
        Preferences { id, email: Some(email.to_owned()), prefs: (!prefs.is_null()).then_some(prefs.into()) }
    }

    fn chosen(choice: Value) -> Value {
        json!({"notes": {"global_notifs": "all"}, "mailinglist": {"ops": choice}})
    }

    #[test]
    fn those_who_have_not_chosen_are_on_the_list_if_their_address_is() {
        let users = [
            user(1, "ada@example.net", Value::Null),
            user(2, "Bob@Example.net", json!([])),
            user(3, "eve@example.net", json!({"mailinglist": []})),
            user(4, "nobody", json!({"notes": {"read_upto": 1}})),
        ];
        let (started, changed) =
            decide(&users, "ops", "ADA@example.net \r\nbob@example.net\n\nx@example.org\n");
        assert_eq!(
            started,
            Started {
                subscribed: vec!["ada@example.net".to_owned(), "bob@example.net".to_owned()],
                unsubscribed: vec!["eve@example.net".to_owned()],
                unknown: vec!["x@example.org".to_owned()],
                ..Started::default()
            }
        );
        assert_eq!(
            changed,
            [
                (1, json!({"mailinglist": {"ops": "1"}})),
                (2, json!({"mailinglist": {"ops": "1"}})),
                (3, json!({"mailinglist": {"ops": "0"}})),
                (4, json!({"notes": {"read_upto": 1}, "mailinglist": {"ops": "0"}})),
            ]
        );
    }

    #[test]
    fn those_who_have_chosen_are_left_alone() {
        for choice in [json!("1"), json!("0"), json!(1), json!(0)] {
            let users = [
                user(1, "ada@example.net", chosen(choice.clone())),
                user(2, "ada@example.net", chosen(choice)),
            ];
            let (started, changed) = decide(&users, "ops", "ada@example.net");
            assert_eq!(
                started,
                Started { skipped: vec!["ada@example.net".to_owned()], ..Started::default() }
            );
            assert_eq!(changed, []);
        }
    }

    #[test]
    fn choice_about_another_list_is_kept() {
        let users = [user(1, "ada@example.net", chosen(json!("0")))];
        let (_, changed) = decide(&users, "news", "ada@example.net");
        let expected = json!({"notes": {"global_notifs": "all"}, "mailinglist": {"ops": "0", "news": "1"}});
        assert_eq!(changed, [(1, expected)]);
    }
}
