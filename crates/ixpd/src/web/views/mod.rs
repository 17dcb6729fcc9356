//! The typed templates, one file an area. Plain data: whoever handles the request fills it in.

use askama::{DynTemplate, Template};

pub mod account;
pub mod api_docs;
pub mod api_key;
pub mod auth;
pub mod customer;
pub mod dashboard;
pub mod error;
pub mod login_history;
mod sample_frame;
#[cfg(test)]
mod tests;
pub mod two_factor;

pub use sample_frame::{guest_frame, member_frame, superuser_frame};

/// A page with made-up contexts that show all it can show: for the test that renders every page, and for looking at them.
pub trait Sample: Template + Sized {
    /// Contexts with a name each.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// One page of [`samples`].
pub struct NamedSample {
    /// Usable as a file's name.
    pub name: String,
    pub page: Box<dyn DynTemplate>,
}

/// All samples of all pages.
pub fn samples() -> Vec<NamedSample> {
    let mut all = Vec::new();
    add::<auth::LoginPage>(&mut all, "login");
    add::<auth::ForgotPasswordPage>(&mut all, "password-forgot");
    add::<auth::ResetPasswordPage>(&mut all, "password-reset");
    add::<auth::ForgotUsernamePage>(&mut all, "username-forgot");
    add::<two_factor::ChallengePage>(&mut all, "two-factor-challenge");
    add::<two_factor::EnablePage>(&mut all, "two-factor-enable");
    add::<two_factor::RecoveryCodesPage>(&mut all, "two-factor-recovery-codes");
    add::<two_factor::EnabledPage>(&mut all, "two-factor-enabled");
    add::<account::ProfilePage>(&mut all, "profile");
    add::<account::SessionListPage>(&mut all, "sessions");
    add::<account::SwitchCustomerPage>(&mut all, "switch-customer");
    add::<api_key::ListPage>(&mut all, "api-key-list");
    add::<api_key::FormPage>(&mut all, "api-key-form");
    add::<api_key::CreatedPage>(&mut all, "api-key-created");
    add::<api_key::ShowPage>(&mut all, "api-key-show");
    add::<api_key::AdminListPage>(&mut all, "api-key-admin-list");
    add::<api_docs::ShowPage<'static>>(&mut all, "api-docs");
    add::<dashboard::SuperuserPage>(&mut all, "dashboard-superuser");
    add::<dashboard::MemberPage>(&mut all, "dashboard-member");
    add::<customer::ListPage>(&mut all, "customer-list");
    add::<customer::ShowPage>(&mut all, "customer-show");
    add::<login_history::ListPage>(&mut all, "login-history-list");
    add::<error::ErrorPage>(&mut all, "error");
    add::<error::ConfirmPage>(&mut all, "confirm");
    all
}

fn add<T: Sample + 'static>(all: &mut Vec<NamedSample>, page: &str) {
    for (variant, sample) in T::samples() {
        all.push(NamedSample { name: format!("{page}-{variant}"), page: Box::new(sample) });
    }
}
