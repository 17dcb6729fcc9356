//! The pages: handlers by area, what every page is given, forms, tables, and the typed templates.

pub mod answer;
pub mod api_key;
pub mod assets;
pub mod error_page;
pub mod form;
pub mod frame;
pub mod home;
pub mod intended;
pub mod login;
pub mod page;
pub mod paths;
pub mod table;
pub mod views;

use crate::routes::{
    Access::{Optional, Public, Superuser, User},
    DELETE, GET, POST, PUT, Route, route,
};

/// The lines of the pages.
pub fn routes() -> Vec<Route> {
    vec![
        route(GET, "/assets/{*name}", Public, assets::show),
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
        route(GET, paths::HOME, Optional, home::index).while_pending(),
        route(GET, paths::LOGIN, Optional, login::form).while_pending(),
        route(POST, paths::LOGIN, Optional, login::log_in).while_pending(),
        route(GET, paths::LOGOUT, Optional, login::confirm_logout).while_pending(),
        route(POST, paths::LOGOUT, Optional, login::log_out).while_pending(),
    ]
}
