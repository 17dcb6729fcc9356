//! Configured MAC addresses, below the path that they have by an accident of history.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::needed;
use crate::{
    app::AppState,
    auth::actor::Authenticated,
    error::AppError,
    form::{Input, Path},
    php_json::answer,
    sample::Sample,
    service::{
        audit::By,
        l2_address::{self, Outcome},
    },
    web::{
        frame::Frame,
        page::{Flash, Level},
    },
};

/// What the answer says after adding.
const CREATED: &str = "MAC address created.";
/// What it says after removing.
const DELETED: &str = "MAC address deleted.";

/// An address to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewL2Address {
    /// `vlaninterface.id`.
    #[schema(required = true, example = 12)]
    vlan_interface_id: Option<i32>,
    /// Twelve hex digits, with or without separators.
    #[schema(required = true, example = "02:00:5e:10:00:0a")]
    mac: Option<String>,
}

/// What came of it: `success` or, for a refusal, `danger`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = L2AddressAnswer::sample)]
pub struct L2AddressAnswer {
    /// `true`: it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    /// `false`: it was not done. The word is IXP Manager's.
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<bool>,
    /// In words.
    message: &'static str,
}

impl Sample for L2AddressAnswer {
    fn sample() -> Self {
        told(Ok(()), CREATED)
    }
}

/// Adds a MAC address to a VLAN interface: superusers to any, members to their own where
/// `IXP_FE_LAYER2_ADDRESSES_CUST_CAN_EDIT` lets them.
#[utoipa::path(post, path = "/api/v4/ixps/store", tag = "Layer 2 addresses",
    request_body(content = NewL2Address, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It was added, or refused for the reason given.", body = L2AddressAnswer),
        (status = 403, description = "`VLI / Customer mismatch`: it is another member's; or the key's level is not enough.", body = String),
        (status = 404, description = "There is no such VLAN interface, or members don't manage addresses here.", body = String),
    ),
)]
pub async fn store(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    input: Input<NewL2Address>,
) -> Result<Response, AppError> {
    let outcome = create(&state, &by, &who, input).await?;
    answer(&told(outcome, CREATED))
}

/// As without the last segment; whatever it is but `0`, the next page of the browser says what came of it too.
#[utoipa::path(post, path = "/api/v4/ixps/store/{showFeMessage}", tag = "Layer 2 addresses",
    params(("showFeMessage" = String, Path, description = "Anything but `0` leaves a message for the next page.", example = "1")),
    request_body(content = NewL2Address, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It was added, or refused for the reason given.", body = L2AddressAnswer),
        (status = 403, description = "`VLI / Customer mismatch`: it is another member's; or the key's level is not enough.", body = String),
        (status = 404, description = "There is no such VLAN interface, or members don't manage addresses here.", body = String),
    ),
)]
pub async fn store_and_show(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(show): Path<String>,
    frame: Frame,
    input: Input<NewL2Address>,
) -> Result<Response, AppError> {
    let told = told(create(&state, &by, &who, input).await?, CREATED);
    leave_message(&state, frame, &show, &told).await?;
    answer(&told)
}

/// Removes a MAC address from its VLAN interface.
#[utoipa::path(delete, path = "/api/v4/ixps/{l2a}", tag = "Layer 2 addresses",
    params(("l2a" = i32, Path, description = "`l2address.id`.", example = 7)),
    responses(
        (status = 200, description = "It was removed, or refused for the reason given.", body = L2AddressAnswer, example = json!(told(Ok(()), DELETED))),
        (status = 403, description = "`MAC address / Customer mismatch`: it is another member's; or the key's level is not enough.", body = String),
        (status = 404, description = "There is no such address, or members don't manage addresses here.", body = String),
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(id): Path<i32>,
) -> Result<Response, AppError> {
    let outcome = l2_address::delete(&state, &by, &who.principal, id).await?;
    answer(&told(outcome, DELETED))
}

/// As without the last segment; whatever it is but `0`, the next page of the browser says what came of it too.
#[utoipa::path(delete, path = "/api/v4/ixps/{l2a}/{showFeMessage}", tag = "Layer 2 addresses",
    params(
        ("l2a" = i32, Path, description = "`l2address.id`.", example = 7),
        ("showFeMessage" = String, Path, description = "Anything but `0` leaves a message for the next page.", example = "1"),
    ),
    responses(
        (status = 200, description = "It was removed, or refused for the reason given.", body = L2AddressAnswer, example = json!(told(Ok(()), DELETED))),
        (status = 403, description = "`MAC address / Customer mismatch`: it is another member's; or the key's level is not enough.", body = String),
        (status = 404, description = "There is no such address, or members don't manage addresses here.", body = String),
    ),
)]
pub async fn delete_and_show(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path((id, show)): Path<(i32, String)>,
    frame: Frame,
) -> Result<Response, AppError> {
    let outcome = l2_address::delete(&state, &by, &who.principal, id).await?;
    let told = told(outcome, DELETED);
    leave_message(&state, frame, &show, &told).await?;
    answer(&told)
}

async fn create(
    state: &AppState,
    by: &By,
    who: &Authenticated,
    Input(new): Input<NewL2Address>,
) -> Result<Outcome, AppError> {
    let vlan_interface_id = needed(new.vlan_interface_id, "vlan_interface_id")?;
    let mac = new.mac.unwrap_or_default();
    l2_address::create(state, by, &who.principal, vlan_interface_id, &mac).await
}

fn told(outcome: Outcome, done: &'static str) -> L2AddressAnswer {
    match outcome {
        Ok(()) => L2AddressAnswer { success: Some(true), danger: None, message: done },
        Err(refusal) => L2AddressAnswer { success: None, danger: Some(false), message: refusal.message() },
    }
}

/// For the next page of a browser; a key has none.
async fn leave_message(
    state: &AppState,
    mut frame: Frame,
    show: &str,
    answer: &L2AddressAnswer,
) -> Result<(), AppError> {
    let Some(session) = frame.session.as_mut().filter(|_| show != "0") else { return Ok(()) };
    let level = if answer.success.is_some() { Level::Success } else { Level::Danger };
    session.flash(state, Flash::new(level, answer.message)).await
}
