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
    app::Services,
    auth::{
        actor::{Actor, Authenticated, Credential},
        client_address::ClientAddress,
    },
    error::AppError,
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

    fn of(authenticated: &Authenticated, address: ClientAddress, headers: &HeaderMap) -> Self {
        let (kind, api_key_id) = match &authenticated.credential {
            Credential::Session { .. } => ("session", None),
            Credential::ApiKey { key_id, .. } => ("api_key", Some(*key_id)),
        };
        Self {
            kind,
            user_id: Some(authenticated.principal.user_id),
            impersonator_id: authenticated.impersonator_id(),
            api_key_id,
            address: Some(address.to_string()),
            request_id: request_id(headers),
            command_line_user: None,
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

    /// The same for `DATETIME` columns whose distance from now counts: see [`crate::app::Services::shown`].
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
        let message = format!("{model} {id} {}", action.as_str().to_lowercase());
        let log_id = if self.services.config.frontend.disabled.logs {
            None
        } else {
            let row = LogRow {
                user_id: self.by.impersonator_id.or(self.by.user_id),
                model,
                model_id: id,
                action: action.as_str(),
                message,
                models: json!({"new": new, "old": old, "changed": changed}),
                now: self.now,
            };
            Some(rows::insert_log(&self.transaction, row).await?)
        };
        self.note(action.as_str(), Some(model), Some(id), log_id, Some(changed.to_string())).await
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
        };
        Ok(rows::insert_audit(&self.transaction, row).await?)
    }
}

/// The fields of `new` that differ from `old`.
fn changed(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return json!({}) };
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
        assert_eq!(changed(&Value::Null, &json!({"a": 1})), json!({}));
    }
}
