//! My Account: profile, devices, the member acted for.

use askama::Template;

use super::{Sample, member_frame, sample_frame, superuser_frame};
use crate::web::form::Field;
use crate::web::page::PageContext;

/// The person's own details and password.
#[derive(Template)]
#[template(path = "account/profile.html")]
pub struct ProfilePage {
    pub page: PageContext,
    /// Receives POST with `name`, `username`, `email`, `authorisedMobile`, `actual_password`.
    pub details_action: String,
    pub name: Field,
    pub username: Field,
    pub email: Field,
    /// `None` where the exchange keeps no mobile numbers.
    pub mobile: Option<Field>,
    pub actual_password: Field,
    /// Receives POST with `current_password`, `new_password`, `confirm_password`.
    pub password_action: String,
    pub current_password: Field,
    pub new_password: Field,
    pub confirm_password: Field,
    /// What a password has to be, in a sentence.
    pub password_rules: String,
}

/// A browser that is logged in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub id: String,
    /// Browser and system.
    pub device: String,
    pub address: String,
    pub created: String,
    pub expires: String,
    /// It stays logged in when it is closed.
    pub remembered: bool,
    /// The device that asks.
    pub current: bool,
}

/// Where the person is logged in.
#[derive(Template)]
#[template(path = "account/sessions.html")]
pub struct SessionListPage {
    pub page: PageContext,
    pub sessions: Vec<SessionRow>,
    /// Receives DELETE with `id`.
    pub delete_action: String,
}

/// A member that the person belongs to.
#[derive(Clone, Debug)]
pub struct MembershipRow {
    pub customer_id: i32,
    pub name: String,
    pub privilege_label: String,
    pub last_login: Option<String>,
    pub current: bool,
}

/// Chooses the member to act for.
#[derive(Template)]
#[template(path = "account/switch_customer.html")]
pub struct SwitchCustomerPage {
    pub page: PageContext,
    /// Receives POST with `customer`.
    pub action: String,
    pub memberships: Vec<MembershipRow>,
}

impl Sample for ProfilePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = || Self {
            page: superuser_frame("Profile", ""),
            details_action: "/profile/update-profile".to_owned(),
            name: Field::new("Ada Operator"),
            username: Field::new("ada"),
            email: Field::new("ada@example.net"),
            mobile: Some(Field::new("+353 86 000 0000")),
            actual_password: Field::default(),
            password_action: "/profile/update-password".to_owned(),
            current_password: Field::default(),
            new_password: Field::default(),
            confirm_password: Field::default(),
            password_rules: "At least 8 characters, with small and capital letters and a digit.".to_owned(),
        };
        let mut refused = page();
        refused.page.flashes = sample_frame::flashes();
        refused.mobile = None;
        refused.email = Field::new("ada@").with_error("That isn't an e-mail address.");
        refused.new_password.error = Some("The new password has no capital letter.".to_owned());
        vec![("filled", page()), ("refused", refused)]
    }
}

impl Sample for SessionListPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let row = |id: &str, device: &str, address: &str, current| SessionRow {
            id: id.to_owned(),
            device: device.to_owned(),
            address: address.to_owned(),
            created: "2026-03-01 09:12".to_owned(),
            expires: "2026-03-31 09:12".to_owned(),
            remembered: current,
            current,
        };
        let page = |sessions| Self {
            page: superuser_frame("Active sessions", ""),
            sessions,
            delete_action: "/active-sessions/delete".to_owned(),
        };
        let two = vec![
            row("1", "Firefox 135 on Linux", "192.0.2.17", true),
            row("s0123456789abcdef", "Safari 19 on iOS", "2001:db8:1234:5678:9abc:def0:1234:5678", false),
        ];
        vec![("two", page(two)), ("none", page(Vec::new()))]
    }
}

impl Sample for SwitchCustomerPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let row = |customer_id, name: &str, current: bool| MembershipRow {
            customer_id,
            name: name.to_owned(),
            privilege_label: "Administrator".to_owned(),
            last_login: current.then(|| "2026-03-01 09:12".to_owned()),
            current,
        };
        let page = Self {
            page: member_frame("Switch member", ""),
            action: "/switch-customer".to_owned(),
            memberships: vec![
                row(1, "Northwind Networks", true),
                row(2, "Very Long Named Regional Research and Education Network Association", false),
            ],
        };
        vec![("two", page)]
    }
}
