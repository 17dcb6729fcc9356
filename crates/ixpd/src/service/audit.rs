//! A change with its trail: one transaction that writes the rows, who changed them, and, once it is
//! committed, lets caches know.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use futures::future::BoxFuture;
use ixpd_db::{
    Attempt, WallClock,
    entity::ixpd_audit,
    query::audit::{self as rows, LogRow},
    sea_orm::DatabaseTransaction,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    auth::{
        actor::{Actor, Authenticated, Credential},
        client_address::ClientAddress,
    },
    error::AppError,
    services::Services,
};

/// The longest request id that is kept, in characters.
const REQUEST_ID_LENGTH: usize = 64;

/// On whose behalf something changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    kind: &'static str,
    user_id: Option<i32>,
    impersonator_id: Option<i32>,
    api_key_id: Option<i64>,
    address: Option<String>,
    request_id: Option<String>,
    command_line_user: Option<String>,
    username: Option<String>,
    key_label: Option<String>,
}

impl By {
    /// Somebody at the command line, by the name of the operating system's account.
    pub fn command_line(account: impl Into<String>) -> Self {
        Self { kind: "command_line", command_line_user: Some(account.into()), ..Self::default() }
    }

    /// ixpd itself, such as a job.
    pub fn system() -> Self {
        Self { kind: "system", ..Self::default() }
    }

    /// Somebody who isn't logged in, such as whoever resets a password.
    pub fn anonymous(address: ClientAddress, headers: &HeaderMap) -> Self {
        Self {
            kind: "nobody",
            address: Some(address.to_string()),
            request_id: request_id(headers),
            ..Self::default()
        }
    }

    /// The user on whose behalf it is.
    pub fn user_id(&self) -> Option<i32> {
        self.user_id
    }

    /// How `ixpd_audit` calls this kind of actor.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The key that was used, `api_keys.id`.
    pub fn api_key_id(&self) -> Option<i64> {
        self.api_key_id
    }

    /// Where the request came from.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The operating system's account, for the command line.
    pub fn command_line_user(&self) -> Option<&str> {
        self.command_line_user.as_deref()
    }

    /// `user.username` of the user on whose behalf it is: ids can be given out again.
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// The public name of the key that was used.
    pub fn key_label(&self) -> Option<&str> {
        self.key_label.as_deref()
    }

    fn of(authenticated: &Authenticated, address: ClientAddress, headers: &HeaderMap) -> Self {
        let (kind, api_key_id, key_label) = match &authenticated.credential {
            Credential::Session { .. } => ("session", None, None),
            Credential::ApiKey { key_id, label, .. } => ("api_key", Some(*key_id), Some(label.clone())),
        };
        Self {
            kind,
            user_id: Some(authenticated.principal.user_id),
            impersonator_id: authenticated.impersonator_id(),
            api_key_id,
            address: Some(address.to_string()),
            request_id: request_id(headers),
            command_line_user: None,
            username: Some(authenticated.principal.username.clone()),
            key_label,
        }
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    Some(id.chars().take(REQUEST_ID_LENGTH).collect())
}

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ClientAddress>().copied().unwrap_or(ClientAddress(None));
        Ok(match parts.extensions.get::<Actor>() {
            Some(Actor(Some(authenticated))) => Self::of(authenticated, address, &parts.headers),
            _ => Self::anonymous(address, &parts.headers),
        })
    }
}

/// What happens to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It comes to be.
    Created,
    /// It changes.
    Updated,
    /// It goes.
    Deleted,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A transaction with its trail; see [`Services::write`]. `'a` bounds what its closure may borrow.
pub struct Tx<'a> {
    services: &'a Services,
    by: &'a By,
    transaction: DatabaseTransaction,
    now: WallClock,
    shown: WallClock,
    keeps_caches: bool,
}

impl Attempt for Tx<'_> {
    /// Whether caches keep what they have.
    type Outcome = bool;

    fn into_parts(self) -> (DatabaseTransaction, bool) {
        (self.transaction, self.keeps_caches)
    }
}

impl Services {
    /// Runs `work` in a transaction, commits it, and then empties the caches of accounts, keys and the export, unless
    /// `work` called [`Tx::keep_caches`].
    ///
    /// Where another writer got in the way, the whole of `work` runs again in a new transaction. It must do nothing but
    /// read and write in its transaction: keys, hashes and what other systems know are made before it, mail goes to the
    /// outbox, and whatever tells somebody of the change comes after it.
    ///
    /// ```ignore
    /// state
    ///     .write(by, |tx| {
    ///         Box::pin(async move {
    ///             rows::delete(tx.db(), id).await?;
    ///             tx.note_change(MODEL, id, Action::Deleted, trail, ()).await
    ///         })
    ///     })
    ///     .await
    /// ```
    ///
    /// # Errors
    /// Those of `work`, after which nothing is stored, and those of the database.
    pub async fn write<'a, T, F>(&'a self, by: &'a By, work: F) -> Result<T, AppError>
    where
        T: Send,
        F: for<'t> Fn(&'t mut Tx<'a>) -> BoxFuture<'t, Result<T, AppError>> + Send + Sync,
    {
        let outcome = self.db.write_as(|transaction| Tx::new(self, by, transaction), work).await;
        match &outcome {
            Ok((_, true)) => {}
            // Where the connection was lost while committing, the change may have been stored.
            Err(error) if !error.is_of_database() => {}
            Ok((_, false)) | Err(_) => {
                self.keys.clear();
                self.ixf_export.invalidate();
            }
        }
        outcome.map(|(done, _)| done)
    }
}

impl<'a> Tx<'a> {
    fn new(services: &'a Services, by: &'a By, transaction: DatabaseTransaction) -> Self {
        let instant = services.clock.now();
        let (now, shown) = (services.wall(instant), services.shown(instant));
        Self { services, by, transaction, now, shown, keeps_caches: false }
    }

    /// Leaves the caches as they are when this is committed: none of them shows what changes.
    pub fn keep_caches(&mut self) {
        self.keeps_caches = true;
    }

    /// Where to write.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The time of the change.
    pub fn now(&self) -> WallClock {
        self.now
    }

    /// The same for `DATETIME` columns whose distance from now counts: see [`crate::services::Services::shown`].
    pub fn shown(&self) -> WallClock {
        self.shown
    }

    /// Notes a change of a thing that IXP Manager calls `model`. `old` and `new` hold no secret; the
    /// missing one is null.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_change(
        &self,
        model: &'static str,
        id: i64,
        action: Action,
        old: impl Serialize,
        new: impl Serialize,
    ) -> Result<(), AppError> {
        let (old, new) = (serde_json::to_value(old)?, serde_json::to_value(new)?);
        let changed = changed(&old, &new);
        let models = json!({"new": new, "old": old, "changed": changed});
        let detail = Some(models.to_string());
        let log_id = match self.by.impersonator_id.or(self.by.user_id) {
            // IXP Manager writes nothing for commands and jobs, and its pages fail on a row without a user.
            Some(user_id) if !self.services.config.frontend.disabled.logs => {
                let row = LogRow {
                    user_id,
                    model,
                    model_id: id,
                    action: action.as_str(),
                    message: log_message(model, id, if new.is_null() { &old } else { &new }),
                    models,
                    now: self.now,
                };
                Some(rows::insert_log(&self.transaction, row).await?)
            }
            _ => None,
        };
        self.note(action.as_str(), Some(model), Some(id), log_id, detail).await
    }

    /// Notes something that changes no row that IXP Manager logs, such as the showing of keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_event(
        &self,
        action: &'static str,
        model: Option<&'static str>,
        id: Option<i64>,
        detail: Option<String>,
    ) -> Result<(), AppError> {
        self.note(action, model, id, None, detail).await
    }

    async fn note(
        &self,
        action: &str,
        model: Option<&'static str>,
        model_id: Option<i64>,
        log_id: Option<i64>,
        detail: Option<String>,
    ) -> Result<(), AppError> {
        let by = self.by.clone();
        let row = ixpd_audit::Model {
            id: 0,
            at: self.now,
            actor_kind: by.kind.to_owned(),
            user_id: by.user_id,
            impersonator_id: by.impersonator_id,
            api_key_id: by.api_key_id,
            ip: by.address,
            request_id: by.request_id,
            command_line_user: by.command_line_user,
            action: action.to_owned(),
            model: model.map(str::to_owned),
            model_id,
            log_id,
            detail,
            username: by.username,
            key_label: by.key_label,
        };
        Ok(rows::insert_audit(&self.transaction, row).await?)
    }
}

/// Fields that IXP Manager names a record by in `log.message`, the first that it has.
const NAMES: [&str; 8] = ["name", "title", "username", "handle", "token_identifier", "source", "mac", "id"];

/// `log.message` as IXP Manager writes it: `Route Server Filter [id:1] 'name'`.
fn log_message(model: &str, id: i64, record: &Value) -> String {
    let field = if model == "User" { "username" } else { "" };
    let name = std::iter::once(field).chain(NAMES).find_map(|field| match record.get(field)? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    format!("{} [id:{id}] '{}'", words(model), name.unwrap_or_default())
}

/// `Layer2Address` as `Layer2 Address`, `User2FA` as `User 2FA`.
fn words(model: &str) -> String {
    if let Some(rest) = model.strip_suffix("2FA") {
        return format!("{rest} 2FA");
    }
    let mut words = String::with_capacity(model.len() + 4);
    for letter in model.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

/// The fields of `new` that differ from `old`; null unless there are both, as IXP Manager has it.
fn changed(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return Value::Null };
    let differing = new.iter().filter(|(name, value)| old.get(*name) != Some(*value));
    Value::Object(differing.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_differ_are_changed() {
        assert_eq!(
            changed(&json!({"a": 1, "b": 2}), &json!({"a": 1, "b": 3, "c": null})),
            json!({"b": 3, "c": null})
        );
        assert_eq!(changed(&Value::Null, &json!({"a": 1})), Value::Null);
    }

    #[test]
    fn messages_have_the_form_of_upstream() {
        let user = json!({"id": 7, "name": "Ann Example", "username": "ann"});
        for (model, record, message) in [
            ("User", &user, "User [id:7] 'ann'"),
            ("Customer", &json!({"name": "HEAnet"}), "Customer [id:7] 'HEAnet'"),
            ("Layer2Address", &json!({"mac": "02005e000001"}), "Layer2 Address [id:7] '02005e000001'"),
            ("User2FA", &json!({"id": 7, "enabled": true}), "User 2FA [id:7] '7'"),
            ("CustomerNote", &json!({"title": null}), "Customer Note [id:7] ''"),
        ] {
            assert_eq!(log_message(model, 7, record), message);
        }
    }
}
