//! The start, which leads everybody to where they belong.

use axum::response::Response;
use ixpd_types::Privilege;

use super::frame::Frame;
use crate::{auth::session_authentication::Stage, links};

/// Leads on.
pub async fn index(frame: Frame) -> Response {
    frame.redirect(destination(&frame))
}

/// The page that a browser belongs to next.
pub fn destination(frame: &Frame) -> &'static str {
    match frame.stage {
        Some(stage) => after(stage, frame.actor.privilege()),
        None => links::LOGIN,
    }
}

/// The page that somebody belongs to whose session is at a stage.
pub fn after(stage: Stage, privilege: Privilege) -> &'static str {
    match stage {
        Stage::SecondFactor => links::SECOND_FACTOR,
        Stage::Enrolment => links::SECOND_FACTOR_CONFIGURE,
        Stage::Complete if privilege == Privilege::Superuser => links::ADMIN_DASHBOARD,
        Stage::Complete => links::DASHBOARD,
    }
}
