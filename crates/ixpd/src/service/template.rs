//! What all texts that scripts fetch have in common: the template that was asked for, and what headings say.

use chrono::NaiveDateTime;
use ixpd_db::query::nagios;
use ixpd_render::{
    TextContext, TextTemplate,
    text::{OneLine, Vlan},
};

use super::incomplete::name_or;
use crate::{error::AppError, services::Services};

/// The template of a name, or the default one.
///
/// # Errors
/// 404 for an unknown one.
pub(super) fn named<C: TextContext>(
    services: &Services,
    asked: Option<&str>,
) -> Result<TextTemplate<C>, AppError> {
    let template = services.templates.text_template::<C>(asked)?;
    template.ok_or_else(|| AppError::NotFound("Unknown template".into()))
}

/// What the exchange's clock shows.
pub(super) fn now(services: &Services) -> NaiveDateTime {
    services.wall_now().naive()
}

/// A VLAN, as headings name it.
///
/// # Errors
/// 404 if there is none of this id.
pub(super) async fn vlan(services: &Services, id: i32) -> Result<Vlan, AppError> {
    let row = nagios::vlan(services.db.connection(), id).await?;
    let row = row.ok_or_else(|| AppError::NotFound(format!("There is no VLAN with the id {id}.").into()))?;
    let name = name_or("VLAN", id, row.name.as_ref());
    Ok(Vlan { id: row.id, number: row.number.unwrap_or(0), name: OneLine::new(&name) })
}

/// 4 or 6.
///
/// # Errors
/// 404 for any other protocol.
pub(super) fn protocol(number: i32) -> Result<u8, AppError> {
    match number {
        4 => Ok(4),
        6 => Ok(6),
        _ => Err(AppError::NotFound("Unknown protocol".into())),
    }
}
