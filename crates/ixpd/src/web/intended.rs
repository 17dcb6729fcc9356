//! Where somebody wanted to go who has to log in first.

use url::form_urlencoded;

use crate::{
    app::AppState,
    links,
    routes::{Family, href},
};

/// The parameter of the login page that holds the path.
pub const PARAMETER: &str = "next";

/// The address of the login page that leads on to `path`. `path` has the base path, and never a query: that could
/// hold a secret.
pub fn login_href(state: &AppState, path: &str) -> String {
    let login = href(state, links::LOGIN);
    match own_path(state, path) {
        Some(path) => {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(PARAMETER, path).finish();
            format!("{login}?{query}")
        }
        None => login,
    }
}

/// The path itself, if it is one of this application's pages and not where everybody arrives anyway. Nothing else is
/// followed, so that a link to the login can lead neither to another site nor into the API, where a GET may change
/// something.
pub fn own_path<'a>(state: &AppState, path: &'a str) -> Option<&'a str> {
    let below = path.strip_prefix(state.config.app.base_path())?;
    let is_plain = below.starts_with('/')
        && !below.starts_with("//")
        && below.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'?' | b'#'));
    let leads_back = [links::HOME, links::LOGIN, links::LOGOUT].contains(&below);
    let is_page = Family::of(path, state.config.app.base_path()) == Family::Page;
    (is_plain && is_page && !leads_back).then_some(path)
}
