//! My Account -> API Keys, and everybody's keys for superusers.

pub mod admin;
pub mod create;
pub mod delete;
pub mod edit;
pub mod list;
pub mod show;

use chrono::NaiveTime;
use ixpd_db::{Backend, WallClock, query::api_key::KeyDetails};

use super::{
    form::{Field, Select},
    frame::Frame,
    views::api_key::{FormPage, KeyView},
};
use crate::{
    auth::client_address::ClientAddress,
    auth::key_level::KeyLevel,
    error::{AppError, FieldErrors},
    links,
    service::api_key::{self as service, KeyInput, Revealed, never},
};

/// The path of the API's test, which the examples call.
const TEST_PATH: &str = "/api/v4/test";

/// What a form of a key sends.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct KeyForm {
    description: String,
    expires: String,
    allowed_ips: String,
    access: String,
    version: String,
    form_token: String,
}

impl KeyForm {
    fn input(&self) -> KeyInput {
        KeyInput {
            description: self.description.clone(),
            expires: self.expires.clone(),
            allowed_ips: self.allowed_ips.clone(),
            access_level: self.access.clone(),
        }
    }

    /// What the form of an existing key begins with.
    fn of(key: &KeyDetails) -> Self {
        let expires = key.expires.filter(|at| *at != never());
        Self {
            description: key.description.clone().unwrap_or_default(),
            expires: expires.map(|at| at.date().to_string()).unwrap_or_default(),
            allowed_ips: key.allowed_ips.clone().unwrap_or_default(),
            access: KeyLevel::scope_text(key.scope.as_deref()).to_owned(),
            version: service::version_of(key),
            form_token: String::new(),
        }
    }
}

/// The form with what was entered and what is wrong with it.
fn form_page(
    frame: &Frame,
    page: super::page::PageContext,
    form: &KeyForm,
    errors: &FieldErrors,
    address: ClientAddress,
) -> FormPage {
    let state = &frame.state;
    let today = state.config.app.zone.today(state.clock.now());
    let latest = state.config.api_keys.max_lifetime.and_then(|span| span.after(today));
    let error = |name: &str| errors.get(name).map(|messages| messages.join(" "));
    let field = |name: &str, value: &str| Field { value: value.to_owned(), error: error(name) };
    let levels =
        KeyLevel::ALL.map(|level| (level.as_scope(), capitalised(level.label()), level.explanation()));
    FormPage {
        page,
        action: String::new(),
        editing: false,
        form_token: None,
        version: None,
        description: field("description", &form.description),
        expires: field("expires", &form.expires),
        expires_min: today.succ_opt().unwrap_or(today).to_string(),
        expires_max: latest.map(|day| day.to_string()).unwrap_or_default(),
        expires_required: latest.is_some(),
        allowed_ips: field("allowed_ips", &form.allowed_ips),
        your_address: address.to_string(),
        access: Select { error: error("access_level"), ..Select::explained(levels, &form.access) },
        beside_ixp_manager: state.db.backend() == Backend::MySql,
        cancel_href: frame.href(links::API_KEYS),
    }
}

/// The address that the examples call.
fn test_url(frame: &Frame) -> String {
    frame.state.config.app.url.link(TEST_PATH)
}

/// The access level of a key as pages show it.
fn access_label(scope: Option<&str>) -> String {
    match KeyLevel::of_stored_scope(scope) {
        Some(level) => capitalised(level.label()),
        None => format!("Unknown (`{}`): refused", KeyLevel::scope_text(scope)),
    }
}

/// What pages tell of a key.
fn view(frame: &Frame, key: &KeyDetails, revealed: Option<&Revealed>) -> KeyView {
    let state = &frame.state;
    let shown = revealed.and_then(|revealed| revealed.get(&key.id));
    let ends = key.expires.filter(|at| *at != never());
    KeyView {
        name: service::name(key),
        legacy: key.identifier.is_none(),
        description: key.description.clone().unwrap_or_default(),
        access_label: access_label(key.scope.as_deref()),
        created: key.created_at.map(minutes).unwrap_or_default(),
        expires: ends.map(day_or_minutes),
        expired: ends.is_some_and(|at| state.config.app.zone.instant_of(at.naive()) <= state.clock.now()),
        last_seen_at: key.last_seen_at.map(minutes),
        last_seen_from: key.last_seen_from.clone().filter(|from| !from.is_empty()),
        allowed_ips: key
            .allowed_ips
            .as_deref()
            .unwrap_or("")
            .split([',', '\n', ' '])
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect(),
        customer_name: key.customer_name.clone(),
        full_key: shown.and_then(|shown| shown.as_ref().ok()).map(|text| text.to_string()),
        full_key_missing: shown.and_then(|shown| shown.as_ref().err()).cloned(),
        show_href: frame.href_to(links::API_KEY, key.id),
        edit_href: frame.href_to(links::API_KEY_EDIT, key.id),
        delete_href: frame.href_to(links::API_KEY_DELETE, key.id),
        delete_action: frame.href_to(links::API_KEY_DELETE, key.id),
    }
}

fn minutes(at: WallClock) -> String {
    at.naive().format("%Y-%m-%d %H:%M").to_string()
}

/// A key that ends at midnight ends with the date alone.
fn day_or_minutes(at: WallClock) -> String {
    if at.naive().time() == NaiveTime::MIN { at.date().to_string() } else { minutes(at) }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// The field errors of a refusal that a form can show; any other error is the answer itself.
fn field_errors(error: AppError) -> Result<FieldErrors, AppError> {
    match error {
        AppError::Validation(errors) => Ok(errors),
        error => Err(error),
    }
}
