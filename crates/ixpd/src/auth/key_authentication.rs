//! From the key of a request to its owner.

use std::sync::Arc;

use axum::http::{Extensions, HeaderMap, Uri, header};
use chrono::{DateTime, Utc};
use ixpd_db::{DbErr, query::principal as rows, query::principal::KeyRow};
use ixpd_types::Privilege;
use subtle::ConstantTimeEq as _;

use super::{
    actor::{Actor, Authenticated, Credential},
    api_key::{LEGACY_PREFIX_LENGTH, PresentedKey},
    client_address::ClientAddress,
    policy,
};
use crate::{
    auth::allowed_addresses::AllowedAddresses, auth::key_level::KeyLevel, error::AppError, form::FormFields,
    services::Services,
};

/// The header that clients of IXP Manager send their key in.
pub const HEADER: &str = "x-ixp-manager-api-key";
/// The URL parameter and form field of the same purpose.
pub const PARAMETER: &str = "apikey";

/// Where a key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// [`HEADER`].
    Header,
    /// `Authorization: Bearer`.
    Bearer,
    /// The URL's `apikey`.
    Url,
    /// The form's `apikey`.
    Form,
}

impl Source {
    /// Whether the key stood where logs and histories of proxies and browsers may keep it.
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::Url | Self::Form)
    }
}

/// A key as the client sent it.
pub struct Presented {
    source: Source,
    bytes: zeroize::Zeroizing<Vec<u8>>,
}

/// The key of a request, if it carries one. Empty ones count as absent.
pub fn presented(headers: &HeaderMap, uri: &Uri, extensions: &Extensions) -> Option<Presented> {
    let found = |source, bytes: &[u8]| Presented { source, bytes: bytes.to_vec().into() };
    let non_empty = |bytes: &[u8]| !bytes.trim_ascii().is_empty();
    let mut values = headers.get_all(HEADER).iter();
    if let Some(value) = values.find(|value| non_empty(value.as_bytes())) {
        return Some(found(Source::Header, value.as_bytes().trim_ascii()));
    }
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    if let Some(key) = values.find_map(|value| bearer(value.as_bytes())) {
        return Some(found(Source::Bearer, key));
    }
    if let Some(key) = url_parameter(uri.query().unwrap_or("")) {
        return Some(found(Source::Url, key.as_bytes()));
    }
    let fields = extensions.get::<FormFields>()?;
    fields
        .all(PARAMETER)
        .rfind(|key| non_empty(key.as_bytes()))
        .map(|key| found(Source::Form, key.as_bytes()))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(7)?;
    let key = key.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer ") && !key.is_empty()).then_some(key)
}

fn url_parameter(query: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .into_iter()
        .filter(|(name, value)| name == PARAMETER && !value.trim().is_empty())
        .last()
        .map(|(_, value)| value.trim().to_owned())
}

/// Judges a key.
///
/// # Errors
/// 401 with the text of IXP Manager 7.4, or 429 after too many failures of the same address.
pub async fn authenticate(
    services: &Services,
    presented: &Presented,
    address: ClientAddress,
) -> Result<Actor, AppError> {
    if presented.source.is_legacy() && !services.config.api.allow_url_keys {
        return Err(AppError::Unauthorized(
            "API keys are accepted in the header X-IXP-Manager-API-Key only.".into(),
        ));
    }
    match judge(services, presented, address).await {
        Ok(actor) => Ok(actor),
        Err(refusal @ AppError::Unauthorized(_)) => Err(services.throttle.key_failed(address, refusal)),
        Err(failure) => Err(failure),
    }
}

async fn judge(
    services: &Services,
    presented: &Presented,
    address: ClientAddress,
) -> Result<Actor, AppError> {
    let refuse = |text: &'static str| AppError::Unauthorized(text.into());
    let key = PresentedKey::parse(&presented.bytes)
        .map_err(|error| AppError::Unauthorized(error.to_string().into()))?;
    let (row, no_match) = match &key {
        PresentedKey::Modern { identifier, secret_hash } => {
            let row = modern_row(services, identifier).await?;
            (row.filter(|row| is_modern_match(row, identifier, secret_hash)), "Invalid credentials")
        }
        PresentedKey::Legacy { hash, text } => {
            let row = legacy_row(services, hash, &text.0).await?;
            (row.filter(|row| is_legacy_match(row, hash, &text.0)), "Valid API key required")
        }
    };
    let row = row.ok_or_else(|| refuse(no_match))?;
    let now = services.clock.now();
    if is_expired(services, &row, now) {
        return Err(refuse("API key expired"));
    }
    let mut principal = policy::judge(&row.principal, services.config.app.zone, now)
        .map_err(|reason| reason.refusal(&services.config))?;
    let label = label(&row);
    if !AllowedAddresses::read(row.allowed_ips.as_deref()).is_ok_and(|allowed| allowed.permits(address)) {
        tracing::warn!(key = %label, %address, "key refused: its allowed_ips don't permit the address or are unreadable");
        return Err(refuse("Invalid credentials"));
    }
    let Some(level) = KeyLevel::of_stored_scope(row.scope.as_deref()) else {
        let scope = row.scope.as_deref();
        tracing::warn!(key = %label, scope, "key refused: this version doesn't know its access level");
        return Err(refuse("Invalid credentials"));
    };
    if let Some(code) = row.max_privilege {
        let Ok(limit) = Privilege::from_code(code) else {
            tracing::warn!(key = %label, max_privilege = code, "key refused: this version doesn't know its privilege limit");
            return Err(refuse("Invalid credentials"));
        };
        principal.privilege = principal.privilege.min(limit);
    }
    services.last_seen.note(row.key_id, now, address);
    let credential = Credential::ApiKey { key_id: row.key_id, label, level };
    Ok(Actor(Some(Authenticated { principal, credential })))
}

async fn modern_row(services: &Services, identifier: &str) -> Result<Option<Arc<KeyRow>>, DbErr> {
    let fetch = rows::by_key_identifier(services.db.connection(), identifier);
    services.keys.get(identifier, fetch).await
}

async fn legacy_row(services: &Services, hash: &str, text: &str) -> Result<Option<Arc<KeyRow>>, DbErr> {
    let db = services.db.connection();
    let fetch = async {
        match rows::by_legacy_hash(db, hash).await? {
            Some(row) => Ok(Some(row)),
            None => rows::by_legacy_text(db, text).await,
        }
    };
    services.keys.get(hash, fetch).await
}

fn is_modern_match(row: &KeyRow, identifier: &str, secret_hash: &str) -> bool {
    same(row.identifier.as_deref(), identifier) & same(row.secret_hash.as_deref(), secret_hash)
}

fn is_legacy_match(row: &KeyRow, hash: &str, text: &str) -> bool {
    let stored = row.legacy_text.as_ref().map(ixpd_db::SecretText::expose);
    same(row.legacy_hash.as_deref(), hash) | same(stored, text)
}

fn same(stored: Option<&str>, presented: &str) -> bool {
    stored.is_some_and(|stored| bool::from(stored.as_bytes().ct_eq(presented.as_bytes())))
}

/// A key is usable up to the instant that `api_keys.expires` names, not on it.
fn is_expired(services: &Services, row: &KeyRow, now: DateTime<Utc>) -> bool {
    row.expires.is_some_and(|expires| now >= services.config.app.zone.instant_of(expires.naive()))
}

/// How logs call a key.
fn label(row: &KeyRow) -> String {
    if let Some(identifier) = &row.identifier {
        return identifier.clone();
    }
    let prefix = row.legacy_prefix.clone().or_else(|| {
        row.legacy_text.as_ref().map(|text| text.expose().chars().take(LEGACY_PREFIX_LENGTH).collect())
    });
    format!("{}... (legacy key {})", prefix.unwrap_or_default(), row.key_id)
}

impl Presented {
    /// Where the key came from.
    pub fn source(&self) -> Source {
        self.source
    }
}
