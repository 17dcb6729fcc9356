//! The second factor: codes of an authenticator app.

use askama::Template;

use super::{Sample, guest_frame, superuser_frame};
use crate::web::form::Field;
use crate::web::page::PageContext;

/// Asks for the code after the password was right.
#[derive(Template)]
#[template(path = "two_factor/challenge.html")]
pub struct ChallengePage {
    pub page: PageContext,
    /// Receives POST with `one_time_password`: six digits or a recovery code.
    pub action: String,
    pub one_time_password: Field,
    /// Receives POST; for those who want to log in as somebody else.
    pub logout_href: String,
}

/// Offers a new secret and asks for the first code.
#[derive(Template)]
#[template(path = "two_factor/enable.html")]
pub struct EnablePage {
    pub page: PageContext,
    /// Receives POST with `password`, `one_time_password`.
    pub action: String,
    /// The QR code as a `data:` address of an SVG image.
    pub qr_href: String,
    /// The secret in base 32, for typing in.
    pub secret: String,
    pub password: Field,
    pub one_time_password: Field,
    /// The person can't go on without it.
    pub enforced: bool,
}

/// Shows new recovery codes, this once.
#[derive(Template)]
#[template(path = "two_factor/recovery_codes.html")]
pub struct RecoveryCodesPage {
    pub page: PageContext,
    pub codes: Vec<String>,
    pub continue_href: String,
}

/// Says that the second factor is in use, and offers new recovery codes and to give it up.
#[derive(Template)]
#[template(path = "two_factor/enabled.html")]
pub struct EnabledPage {
    pub page: PageContext,
    /// Recovery codes that weren't used yet.
    pub recovery_codes_left: usize,
    /// Receives POST with `recovery_password`.
    pub recovery_action: String,
    pub recovery_password: Field,
    /// Receives POST with `password`; `None` where the second factor is enforced.
    pub disable_action: Option<String>,
    pub password: Field,
}

impl Sample for ChallengePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |one_time_password| Self {
            page: guest_frame("Second step"),
            action: "/2fa/authenticate".to_owned(),
            one_time_password,
            logout_href: "/logout".to_owned(),
        };
        let refused = Field::default()
            .with_error("That code is wrong or was used before. Codes change every 30 seconds.");
        vec![("empty", page(Field::default())), ("refused", page(refused))]
    }
}

/// A small square instead of a QR code.
const SAMPLE_IMAGE: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA4IDgiPjxwYXRoIGQ9Ik0wIDBoM3YzSDB6bTUgMGgzdjNINXpNMCA1aDN2M0gwem00IDBoMXYxSDR6bTIgMWgydjJINnoiLz48L3N2Zz4=";

impl Sample for EnablePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |page, enforced| Self {
            page,
            action: "/2fa/enable".to_owned(),
            qr_href: SAMPLE_IMAGE.to_owned(),
            secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
            password: Field::default(),
            one_time_password: Field::default(),
            enforced,
        };
        let mut refused = page(superuser_frame("Two-factor authentication", ""), false);
        refused.password.error = Some("The password is wrong.".to_owned());
        refused.one_time_password.error = Some("That isn't the code that the app shows now.".to_owned());
        vec![("enforced", page(guest_frame("Two-factor authentication"), true)), ("refused", refused)]
    }
}

impl Sample for RecoveryCodesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let codes = [
            "7h2k-9qpx",
            "m3wz-41ra",
            "c8ty-kk20",
            "p0x4-zs6e",
            "9bnv-3f7d",
            "t5ja-w1hc",
            "e6um-8y2s",
            "r4gd-0n9x",
        ];
        let page = Self {
            page: superuser_frame("Recovery codes", ""),
            codes: codes.map(str::to_owned).to_vec(),
            continue_href: "/2fa/configure".to_owned(),
        };
        vec![("new", page)]
    }
}

impl Sample for EnabledPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |left, disable_action| Self {
            page: superuser_frame("Two-factor authentication", ""),
            recovery_codes_left: left,
            recovery_action: "/2fa/recovery-codes".to_owned(),
            recovery_password: Field::default(),
            disable_action,
            password: Field::default(),
        };
        vec![("optional", page(8, Some("/2fa/disable".to_owned()))), ("enforced", page(0, None))]
    }
}
