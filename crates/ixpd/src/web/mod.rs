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
    links,
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
        route(GET, links::SECOND_FACTOR, User, second_factor::challenge).while_pending(),
        route(POST, links::SECOND_FACTOR, User, second_factor::authenticate).while_pending(),
        route(GET, links::SECOND_FACTOR_CONFIGURE, User, second_factor::configure).while_pending(),
        route(POST, links::SECOND_FACTOR_DELETE, Superuser, second_factor::delete),
        route(POST, links::SECOND_FACTOR_DISABLE, User, second_factor::disable),
        route(POST, links::SECOND_FACTOR_ENABLE, User, second_factor::enable).while_pending(),
        route(POST, links::RECOVERY_CODES, User, second_factor::renew_recovery_codes),
    ]
}

fn always() -> Vec<Route> {
    vec![
        route(GET, "/assets/{*name}", Public, assets::show),
        route(GET, links::API_DOCS, Optional, api_docs::show),
        api_route(GET, links::MEMBER_PAGE, Optional, routes!(member_page::show)),
        api_route(GET, "/static/support", Public, routes!(moved::support)),
        route(GET, links::ADMIN_DASHBOARD, Superuser, dashboard::superuser),
        route(GET, links::DASHBOARD, User, dashboard::member),
        route(GET, links::CUSTOMERS, Superuser, customer::list::list),
        route(GET, links::CUSTOMER, Superuser, customer::show::show),
        route(GET, links::ADMIN_API_KEYS, Superuser, api_key::admin::list),
        route(GET, links::ADMIN_API_KEY_REVOKE, Superuser, api_key::admin::confirm),
        route(DELETE, links::ADMIN_API_KEY_REVOKE, Superuser, api_key::admin::revoke),
        route(GET, links::API_KEYS, User, api_key::list::list),
        route(POST, links::API_KEYS_REVEAL, User, api_key::list::reveal),
        route(GET, links::API_KEY, User, api_key::show::show),
        route(GET, links::API_KEY_CREATE, User, api_key::create::form),
        route(POST, links::API_KEY_STORE, User, api_key::create::store),
        route(GET, links::API_KEY_EDIT, User, api_key::edit::form),
        route(PUT, links::API_KEY_UPDATE, User, api_key::edit::update),
        route(GET, links::API_KEY_DELETE, User, api_key::delete::confirm),
        route(DELETE, links::API_KEY_DELETE, User, api_key::delete::delete),
        route(GET, "/auth/login", Public, moved::login),
        route(GET, "/auth/logout", Public, moved::logout),
        route(GET, "/auth/lost-password", Public, moved::lost_password),
        route(GET, "/auth/lost-username", Public, moved::lost_username),
        route(GET, links::ACTIVE_SESSIONS, User, active_sessions::list),
        route(DELETE, links::ACTIVE_SESSIONS_DELETE, User, active_sessions::delete),
        route(GET, links::HOME, Optional, home::index).while_pending(),
        route(GET, links::LOGIN, Optional, login::form).while_pending(),
        route(POST, links::LOGIN, Optional, login::log_in).while_pending(),
        route(GET, links::LOGIN_HISTORY, Superuser, login_history::list),
        route(GET, links::LOGIN_HISTORY_OF, Superuser, login_history::view),
        route(GET, links::LOGOUT, Optional, login::confirm_logout).while_pending(),
        route(POST, links::LOGOUT, Optional, login::log_out).while_pending(),
        route(GET, links::PASSWORD_FORGOT, Optional, recovery::password_form).while_pending(),
        route(POST, links::PASSWORD_FORGOT, Optional, recovery::mail_link).while_pending(),
        route(POST, links::PASSWORD_RESET, Optional, recovery::reset).while_pending(),
        route(GET, links::PASSWORD_RESET_LINK, Optional, recovery::reset_form).while_pending(),
        route(GET, links::USERNAME_FORGOT, Optional, recovery::username_form).while_pending(),
        route(POST, links::USERNAME_REMIND, Optional, recovery::mail_usernames).while_pending(),
        route(POST, links::PASSWORD_UPDATE, User, profile::update_password),
        route(GET, links::PROFILE, User, profile::show),
        route(POST, links::PROFILE_UPDATE, User, profile::update),
        route(GET, links::SWITCH_CUSTOMER, User, switch_customer::list),
        route(POST, links::SWITCH_CUSTOMER, User, switch_customer::switch),
        route(GET, links::SWITCH_CUSTOMER_LINK, User, switch_customer::confirm),
        route(GET, links::SWITCH_USER, Superuser, switch_user::confirm),
        route(POST, links::SWITCH_USER, Superuser, switch_user::switch),
        route(GET, links::SWITCH_USER_BACK, User, switch_user::confirm_back),
        route(POST, links::SWITCH_USER_BACK, User, switch_user::back),
    ]
}
