//! Releasing data that grew or shrank suspiciously.

use ixpd_db::query::irrdb::{self as rows, IrrdbKind, Selection};

use crate::{
    error::AppError,
    service::audit::{By, Tx},
    services::Services,
};

/// By how much released data may have changed further when it is fetched again, as a share: one in so many.
const SLACK: i64 = 10;

/// What was released.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Kind, `cust.id` and 4 or 6 of each.
    pub holds: Vec<(IrrdbKind, i32, i32)>,
}

/// Lets what is held of the selected members through: the next update takes it over.
///
/// # Errors
/// 404 if nothing is held of them.
pub async fn release(
    services: &Services,
    by: &By,
    selection: Selection,
    kind: Option<IrrdbKind>,
) -> Result<Released, AppError> {
    services.write(by, |tx| Box::pin(release_within(tx, selection, kind))).await
}

async fn release_within(
    tx: &mut Tx<'_>,
    selection: Selection,
    kind: Option<IrrdbKind>,
) -> Result<Released, AppError> {
    let mut released = Released::default();
    for hold in rows::listed_holds(tx.db()).await? {
        let is_selected = match selection {
            Selection::All => true,
            Selection::Asn(asn) => hold.autsys.is_some_and(|autsys| u32::try_from(autsys) == Ok(asn)),
            Selection::Id(id) => hold.customer_id == id,
        };
        let kinds = [IrrdbKind::Prefix, IrrdbKind::Asn];
        let Some(of_kind) = kinds.into_iter().find(|other| other.column() == hold.kind) else { continue };
        if !is_selected || kind.is_some_and(|kind| kind != of_kind) {
            continue;
        }
        let slack = hold.offered / SLACK;
        let (direction, to) = if hold.offered > hold.stored {
            ("up", hold.offered.saturating_add(slack))
        } else {
            ("down", hold.offered - slack)
        };
        rows::release_hold(tx.db(), &hold.kind, hold.customer_id, hold.protocol, to).await?;
        let detail = format!("{} IPv{}: {direction} to {to} entries", hold.kind, hold.protocol);
        let id = Some(i64::from(hold.customer_id));
        tx.note_event("IRRDB_HOLD_RELEASED", Some("Customer"), id, Some(detail)).await?;
        released.holds.push((of_kind, hold.customer_id, hold.protocol));
    }
    if released.holds.is_empty() {
        return Err(AppError::NotFound("nothing is held of such a member".into()));
    }
    Ok(released)
}
