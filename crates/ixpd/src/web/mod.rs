//! The pages: handlers by area, what every page is given, forms, tables, and the typed templates.

pub mod active_sessions;
pub mod answer;
pub mod api_docs;
pub mod api_key;
pub mod assets;
pub mod csv;
pub mod customer;
pub mod dashboard;
pub mod error_page;
pub mod form;
pub mod frame;
pub mod home;
pub mod intended;
pub mod listing;
pub mod login;
pub mod login_history;
pub mod member_page;
pub mod moved;
pub mod page;
pub mod paths;
pub mod profile;
pub mod recovery;
pub mod second_factor;
pub mod switch_customer;
pub mod switch_user;
pub mod table;
pub mod views;

use utoipa_axum::routes;

use crate::{
    config::Config,
    routes::{
        Access::{Optional, Public, Superuser, User},
        DELETE, GET, POST, PUT, Route, api_route, route,
    },
};

/// The lines of the pages.
pub fn routes(config: &Config) -> Vec<Route> {
    let mut routes = always();
    if config.two_factor.enabled {
        routes.extend(with_second_factor());
    }
    routes
}

fn with_second_factor() -> Vec<Route> {
    vec![
        route(GET, paths::SECOND_FACTOR, User, second_factor::challenge).while_pending(),
        route(POST, paths::SECOND_FACTOR, User, second_factor::authenticate).while_pending(),
        route(GET, paths::SECOND_FACTOR_CONFIGURE, User, second_factor::configure).while_pending(),
        route(POST, paths::SECOND_FACTOR_DELETE, Superuser, second_factor::delete),
        route(POST, paths::SECOND_FACTOR_DISABLE, User, second_factor::disable),
        route(POST, paths::SECOND_FACTOR_ENABLE, User, second_factor::enable).while_pending(),
        route(POST, paths::RECOVERY_CODES, User, second_factor::renew_recovery_codes),
    ]
}

fn always() -> Vec<Route> {
    vec![
        route(GET, "/assets/{*name}", Public, assets::show),
        route(GET, paths::API_DOCS, Optional, api_docs::show),
        api_route(GET, paths::MEMBER_PAGE, Optional, routes!(member_page::show)),
        api_route(GET, "/static/support", Public, routes!(moved::support)),
        route(GET, paths::ADMIN_DASHBOARD, Superuser, dashboard::superuser),
        route(GET, paths::DASHBOARD, User, dashboard::member),
        route(GET, paths::CUSTOMERS, Superuser, customer::list::list),
        route(GET, paths::CUSTOMER, Superuser, customer::show::show),
        route(GET, paths::ADMIN_API_KEYS, Superuser, api_key::admin::list),
        route(GET, paths::ADMIN_API_KEY_REVOKE, Superuser, api_key::admin::confirm),
        route(DELETE, paths::ADMIN_API_KEY_REVOKE, Superuser, api_key::admin::revoke),
        route(GET, paths::API_KEYS, User, api_key::list::list),
        route(POST, paths::API_KEYS_REVEAL, User, api_key::list::reveal),
        route(GET, paths::API_KEY, User, api_key::show::show),
        route(GET, paths::API_KEY_CREATE, User, api_key::create::form),
        route(POST, paths::API_KEY_STORE, User, api_key::create::store),
        route(GET, paths::API_KEY_EDIT, User, api_key::edit::form),
        route(PUT, paths::API_KEY_UPDATE, User, api_key::edit::update),
        route(GET, paths::API_KEY_DELETE, User, api_key::delete::confirm),
        route(DELETE, paths::API_KEY_DELETE, User, api_key::delete::delete),
        route(GET, "/auth/login", Public, moved::login),
        route(GET, "/auth/logout", Public, moved::logout),
        route(GET, "/auth/lost-password", Public, moved::lost_password),
        route(GET, "/auth/lost-username", Public, moved::lost_username),
        route(GET, paths::ACTIVE_SESSIONS, User, active_sessions::list),
        route(DELETE, paths::ACTIVE_SESSIONS_DELETE, User, active_sessions::delete),
        route(GET, paths::HOME, Optional, home::index).while_pending(),
        route(GET, paths::LOGIN, Optional, login::form).while_pending(),
        route(POST, paths::LOGIN, Optional, login::log_in).while_pending(),
        route(GET, paths::LOGIN_HISTORY, Superuser, login_history::list),
        route(GET, paths::LOGIN_HISTORY_OF, Superuser, login_history::view),
        route(GET, paths::LOGOUT, Optional, login::confirm_logout).while_pending(),
        route(POST, paths::LOGOUT, Optional, login::log_out).while_pending(),
        route(GET, paths::PASSWORD_FORGOT, Optional, recovery::password_form).while_pending(),
        route(POST, paths::PASSWORD_FORGOT, Optional, recovery::mail_link).while_pending(),
        route(POST, paths::PASSWORD_RESET, Optional, recovery::reset).while_pending(),
        route(GET, paths::PASSWORD_RESET_LINK, Optional, recovery::reset_form).while_pending(),
        route(GET, paths::USERNAME_FORGOT, Optional, recovery::username_form).while_pending(),
        route(POST, paths::USERNAME_REMIND, Optional, recovery::mail_usernames).while_pending(),
        route(POST, paths::PASSWORD_UPDATE, User, profile::update_password),
        route(GET, paths::PROFILE, User, profile::show),
        route(POST, paths::PROFILE_UPDATE, User, profile::update),
        route(GET, paths::SWITCH_CUSTOMER, User, switch_customer::list),
        route(POST, paths::SWITCH_CUSTOMER, User, switch_customer::switch),
        route(GET, paths::SWITCH_CUSTOMER_LINK, User, switch_customer::confirm),
        route(GET, paths::SWITCH_USER, Superuser, switch_user::confirm),
        route(POST, paths::SWITCH_USER, Superuser, switch_user::switch),
        route(GET, paths::SWITCH_USER_BACK, User, switch_user::confirm_back),
        route(POST, paths::SWITCH_USER_BACK, User, switch_user::back),
    ]
}
