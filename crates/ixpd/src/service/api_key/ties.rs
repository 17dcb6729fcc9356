//! Ties what ixpd kept of API keys under their ids alone to the keys themselves.

use ixpd_db::{
    DbErr,
    query::api_key::{self as rows, Unjudged},
    sea_orm::ConnectionTrait,
};
use serde_json::json;

use super::{MODEL, label, unsealed};
use crate::{
    auth::key_level::KeyLevel,
    auth::seal::KeySealer,
    error::AppError,
    service::audit::{By, Tx},
    services::Services,
};

/// Judges the rows of `ixpd_api_key` that were written before they named their key. One that is certainly of the key with
/// its id is tied to it. Any other may be of an earlier key with that id: the key then may read only, and `ixpd check`
/// names it, until its owner saves its access level.
///
/// # Errors
/// When the database fails.
pub async fn settle(services: &Services) -> Result<(), AppError> {
    let unjudged = rows::unjudged(services.db.connection()).await?;
    if unjudged.is_empty() {
        return Ok(());
    }
    let unjudged = &unjudged;
    services.write(&By::system(), |tx| Box::pin(settle_all(services, tx, unjudged))).await
}

async fn settle_all(services: &Services, tx: &mut Tx<'_>, unjudged: &[Unjudged]) -> Result<(), AppError> {
    for row in unjudged {
        if let Some(reason) = judge(tx.db(), &services.secrets.sealer, row).await? {
            tracing::warn!(key = row.own.api_key_id, "{reason}");
            let detail = json!({"access_level": KeyLevel::ReadOnly.as_scope(), "reason": reason}).to_string();
            tx.note_event("IN DOUBT", Some(MODEL), Some(row.own.api_key_id), Some(detail)).await?;
        }
    }
    rows::delete_orphans(tx.db()).await?;
    Ok(())
}

/// Ties a row, or makes its key read-only and says why.
async fn judge(
    db: &impl ConnectionTrait,
    sealer: &KeySealer,
    row: &Unjudged,
) -> Result<Option<String>, DbErr> {
    let id = row.own.api_key_id;
    let Some((key, reference)) = row.key.as_ref().and_then(|key| Some((key, key.reference()?))) else {
        rows::remove_own(db, id).await?;
        return Ok(None);
    };
    if is_certain(sealer, row) {
        let own = ixpd_db::entity::ixpd_api_key::Model { key_reference: Some(reference), ..row.own.clone() };
        rows::insert_own(db, own).await?;
        return Ok(None);
    }
    rows::put_in_doubt(db, key, reference, KeyLevel::ReadOnly.as_scope()).await?;
    Ok(Some(format!(
        "what was stored of key {} may be of an earlier key with its id; it may read only now",
        label(key)
    )))
}

/// Whether a row is of the key that has its id.
fn is_certain(sealer: &KeySealer, row: &Unjudged) -> bool {
    let (own, Some(key)) = (&row.own, &row.key) else { return false };
    let says_nothing = own.scope.is_none()
        && own.customer_id.is_none()
        && own.max_privilege.is_none()
        && own.sealed.is_none()
        && own.legacy_sha256.is_none();
    let opens = unsealed(sealer, key).is_some_and(|text| text.is_ok());
    let is_legacy_row = own.legacy_sha256.as_ref().is_some_and(|stored| {
        let text = key.legacy_text_hash();
        // Without a text of its own the hash is the key's only credential: nothing but an import makes such a key.
        key.identifier.is_none() && text.is_none_or(|text| text == stored.expose())
    });
    let is_audited = own.created_by == Some(key.user_id)
        && key.created_at.zip(row.audited_at).is_some_and(|(created, audited)| created <= audited);
    says_nothing || opens || is_legacy_row || is_audited
}
