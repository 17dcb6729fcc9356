//! The paths of the pages, once: the route table and every link are made of these.

/// The start: leads to the login or to a dashboard.
pub const HOME: &str = "/";
/// The login.
pub const LOGIN: &str = "/login";
/// Ends the session.
pub const LOGOUT: &str = "/logout";
/// Asks for a link to a new password.
pub const PASSWORD_FORGOT: &str = "/password/forgot";
/// The mailed link.
pub const PASSWORD_RESET_LINK: &str = "/password/reset/{token}";
/// Sets a new password.
pub const PASSWORD_RESET: &str = "/password/reset";
/// Asks for the user names of an e-mail address.
pub const USERNAME_FORGOT: &str = "/username";
/// Mails them.
pub const USERNAME_REMIND: &str = "/forgot-username";
/// Asks for the second factor.
pub const SECOND_FACTOR: &str = "/2fa/authenticate";
/// Sets a second factor up, or shows the one there is.
pub const SECOND_FACTOR_CONFIGURE: &str = "/2fa/configure";
/// Puts a second factor in force.
pub const SECOND_FACTOR_ENABLE: &str = "/2fa/enable";
/// Gives one's second factor up.
pub const SECOND_FACTOR_DISABLE: &str = "/2fa/disable";
/// Takes somebody's second factor away.
pub const SECOND_FACTOR_DELETE: &str = "/2fa/delete/{user}";
/// Makes new recovery codes.
pub const RECOVERY_CODES: &str = "/2fa/recovery-codes";
/// The member's own start page.
pub const DASHBOARD: &str = "/dashboard";
/// The exchange's numbers.
pub const ADMIN_DASHBOARD: &str = "/admin/dashboard";
/// The members.
pub const CUSTOMERS: &str = "/admin/customer/list";
/// A member with its ports and addresses.
pub const CUSTOMER: &str = "/admin/customer/overview/{cust}";
/// The logins of everybody.
pub const LOGIN_HISTORY: &str = "/admin/login-history/list";
/// The logins of one user.
pub const LOGIN_HISTORY_OF: &str = "/admin/login-history/view/{userid}";
/// A person's own details.
pub const PROFILE: &str = "/profile";
/// Changes them.
pub const PROFILE_UPDATE: &str = "/profile/update-profile";
/// Changes the password.
pub const PASSWORD_UPDATE: &str = "/profile/update-password";
/// Where a person is logged in.
pub const ACTIVE_SESSIONS: &str = "/active-sessions/list";
/// Logs one of those devices out.
pub const ACTIVE_SESSIONS_DELETE: &str = "/active-sessions/delete";
/// Chooses the member to act for.
pub const SWITCH_CUSTOMER: &str = "/switch-customer";
/// A link to that.
pub const SWITCH_CUSTOMER_LINK: &str = "/switch-customer/{cust}";
/// Acts as somebody else; the parameter is a membership.
pub const SWITCH_USER: &str = "/admin/switch-user/{c2u}";
/// Ends acting as somebody else.
pub const SWITCH_USER_BACK: &str = "/admin/switch-user-back";
/// A person's own keys.
pub const API_KEYS: &str = "/api-key/list";
/// Shows them in full.
pub const API_KEYS_REVEAL: &str = "/api-key/list-show-keys";
/// A key.
pub const API_KEY: &str = "/api-key/view/{id}";
/// The form of a new key.
pub const API_KEY_CREATE: &str = "/api-key/create";
/// Makes a key.
pub const API_KEY_STORE: &str = "/api-key/store";
/// The form of a key.
pub const API_KEY_EDIT: &str = "/api-key/edit/{id}";
/// Changes a key.
pub const API_KEY_UPDATE: &str = "/api-key/update/{id}";
/// Deletes a key.
pub const API_KEY_DELETE: &str = "/api-key/delete/{id}";
/// Everybody's keys.
pub const ADMIN_API_KEYS: &str = "/admin/api-keys";
/// Revokes anybody's key.
pub const ADMIN_API_KEY_REVOKE: &str = "/admin/api-keys/{id}";
/// The description of the API, for people.
pub const API_DOCS: &str = "/api/docs";
/// The same for programs.
pub const API_DESCRIPTION: &str = "/api/openapi.json";
/// A list of members in the operator's own form.
pub const MEMBER_PAGE: &str = "/content/members/{priv}/{page}";

/// A path with its one parameter filled in.
pub fn fill(pattern: &str, value: impl std::fmt::Display) -> String {
    match (pattern.find('{'), pattern.find('}')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{value}{}", &pattern[..start], &pattern[end + 1..])
        }
        _ => pattern.to_owned(),
    }
}
