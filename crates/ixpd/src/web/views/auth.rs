//! Logging in; forgotten passwords and user names.

use askama::Template;

use super::{Sample, guest_frame};
use crate::web::form::{Field, Toggle};
use crate::web::page::{Flash, Level, PageContext};

/// Name and password.
#[derive(Template)]
#[template(path = "auth/login.html")]
pub struct LoginPage {
    pub page: PageContext,
    /// Receives POST with `username`, `password`, `remember`.
    pub action: String,
    /// What was entered, and why it wasn't accepted.
    pub username: Field,
    /// Never carries a value.
    pub password: Field,
    pub remember: Toggle,
    pub forgot_password_href: String,
    pub forgot_username_href: String,
}

/// Asks for a user name, to mail a link for a new password.
#[derive(Template)]
#[template(path = "auth/forgot_password.html")]
pub struct ForgotPasswordPage {
    pub page: PageContext,
    /// Receives POST with `username`.
    pub action: String,
    pub username: Field,
    pub login_href: String,
}

/// Sets a new password; reached by the mailed link.
#[derive(Template)]
#[template(path = "auth/reset_password.html")]
pub struct ResetPasswordPage {
    pub page: PageContext,
    /// Receives POST with `token`, `username`, `password`, `password_confirmation`.
    pub action: String,
    pub token: String,
    pub username: Field,
    pub password: Field,
    pub password_confirmation: Field,
    /// What a password has to be, in a sentence.
    pub password_rules: String,
    /// Where a new link is to be had.
    pub forgot_href: String,
}

/// Asks for an e-mail address, to mail the user names that go with it.
#[derive(Template)]
#[template(path = "auth/forgot_username.html")]
pub struct ForgotUsernamePage {
    pub page: PageContext,
    /// Receives POST with `email`.
    pub action: String,
    pub email: Field,
    pub login_href: String,
}

impl Sample for LoginPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let empty = || Self {
            page: guest_frame("Log in"),
            action: "/login".to_owned(),
            username: Field::default(),
            password: Field::default(),
            remember: Toggle::default(),
            forgot_password_href: "/password/forgot".to_owned(),
            forgot_username_href: "/username".to_owned(),
        };
        let mut refused = empty();
        refused.username =
            Field::new("\"><script>alert(1)</script>").with_error("The user name or the password is wrong.");
        refused.remember = Toggle::new(true);
        refused.page.flashes = vec![Flash::new(Level::Info, "Log in to see that page.")];
        vec![("empty", empty()), ("refused", refused)]
    }
}

impl Sample for ForgotPasswordPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = Self {
            page: guest_frame("Forgotten password"),
            action: "/password/forgot".to_owned(),
            username: Field::default(),
            login_href: "/login".to_owned(),
        };
        vec![("empty", page)]
    }
}

impl Sample for ResetPasswordPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = Self {
            page: guest_frame("New password"),
            action: "/password/reset".to_owned(),
            token: "0123456789abcdef".to_owned(),
            username: Field::new("ada"),
            password: Field::default().with_error("The password has no digit."),
            password_confirmation: Field::default().with_error("This isn't the same as the password above."),
            password_rules: "At least 8 characters, with small and capital letters and a digit.".to_owned(),
            forgot_href: "/password/forgot".to_owned(),
        };
        vec![("refused", page)]
    }
}

impl Sample for ForgotUsernamePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = Self {
            page: guest_frame("Forgotten user name"),
            action: "/forgot-username".to_owned(),
            email: Field::new("ada@example").with_error("That isn't an e-mail address."),
            login_href: "/login".to_owned(),
        };
        vec![("refused", page)]
    }
}
