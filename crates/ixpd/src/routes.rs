//! The route table: every path that ixpd answers, one line each.
//!
//! A line is `(method, path, access, handler)`. The access is enforced by a layer that the table
//! itself adds ([`crate::auth::access`]), before any extractor of the handler runs, so that a route
//! without its check can't be written. The credential matrix of the tests, `openapi.json` and the
//! links of the pages read this same table.

use std::borrow::Cow;

use axum::{
    Router,
    handler::Handler,
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};
use ixpd_types::Privilege;
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{
    api, app::AppState, auth::access, auth::key_level::KeyLevel, config::Config, error::AppError, links, web,
};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; credentials are not even looked at.
    Public,
    /// Everybody; a credential that is presented must be good.
    Optional,
    /// Whoever is logged in, privilege 1 and above.
    User,
    /// Administrators of a member and superusers, privilege 2 and above.
    Admin,
    /// Superusers, exactly privilege 3.
    Superuser,
}

impl Access {
    /// The least privilege that it needs.
    pub fn privilege(self) -> Privilege {
        match self {
            Self::Public | Self::Optional => Privilege::Public,
            Self::User => Privilege::CustomerUser,
            Self::Admin => Privilege::CustomerAdmin,
            Self::Superuser => Privilege::Superuser,
        }
    }
}

/// The methods of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// GET, and with it HEAD.
    Get,
    /// POST.
    Post,
    /// PUT. A form sends POST with the field `_method`.
    Put,
    /// DELETE. A form sends POST with the field `_method`.
    Delete,
    /// GET and POST, for routes that IXP Manager opens to any method.
    GetOrPost,
}

pub use Verb::{Delete as DELETE, Get as GET, GetOrPost as GET_OR_POST, Post as POST, Put as PUT};

impl Verb {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
            Self::GetOrPost => MethodFilter::GET.or(MethodFilter::POST),
        }
    }

    /// The methods, as a client writes them.
    pub fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Get => &["GET"],
            Self::Post => &["POST"],
            Self::Put => &["PUT"],
            Self::Delete => &["DELETE"],
            Self::GetOrPost => &["GET", "POST"],
        }
    }
}

/// How a route speaks of errors, told by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// For programs: refusals are 401 and bare text.
    Api,
    /// For browsers: refusals redirect or show a page.
    Page,
}

impl Family {
    /// The family of a path, which may begin with the application's base path.
    pub fn of(path: &str, base_path: &str) -> Self {
        let path = path.strip_prefix(base_path).unwrap_or(path);
        let is_api = path != links::API_DOCS && API.iter().any(|prefix| path.starts_with(prefix));
        if is_api { Self::Api } else { Self::Page }
    }
}

/// What paths for programs begin with.
const API: [&str; 9] = [
    "/api/",
    "/admin/api/",
    "/apiv1/",
    "/assets/",
    "/healthz",
    "/ix-f/",
    "/participants.json",
    "/peeringdb/",
    "/readyz",
];

/// A line of the table.
pub struct Route {
    /// Its methods.
    pub verb: Verb,
    /// Its path below the base path, in axum's pattern syntax. Its last segment may be `{name}.{format}` too, which
    /// [`crate::output_format::WithFormat`] reads.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// What a key needs to use it.
    pub key_level: KeyLevel,
    /// Whether a session whose second factor is still open may use it.
    pub while_pending: bool,
    /// Whether even its GET changes something.
    pub changes: bool,
    /// The path it is an alias of, whose use is logged.
    pub alias_of: Option<&'static str>,
    /// Its OpenAPI description and schemas.
    pub docs: Option<RouteDocs>,
    handler: MethodRouter<AppState>,
}

/// What `openapi.json` says of a route.
pub struct RouteDocs {
    /// The operation.
    pub paths: utoipa::openapi::path::Paths,
    /// The schemas that it refers to.
    pub schemas: Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
}

/// What the access layer needs to know of the line that it guards.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// See [`Route::path`].
    pub path: &'static str,
    /// See [`Route::access`].
    pub access: Access,
    /// See [`Route::key_level`].
    pub key_level: KeyLevel,
    /// See [`Route::while_pending`].
    pub while_pending: bool,
    /// See [`Route::changes`].
    pub changes: bool,
    /// See [`Route::alias_of`].
    pub alias_of: Option<&'static str>,
    /// See [`Family`].
    pub family: Family,
}

/// A line whose handler is a plain function: pages, and what has no description.
pub fn route<H, T>(verb: Verb, path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    Route::new(verb, path, access, on(verb.filter(), handler), None)
}

/// A line of the API, described in `openapi.json`: its handler is given as `routes!(area::handler)`.
pub fn api_route(
    verb: Verb,
    path: &'static str,
    access: Access,
    (schemas, paths, handler): UtoipaMethodRouter<AppState>,
) -> Route {
    Route::new(verb, path, access, handler, Some(RouteDocs { paths, schemas }))
}

impl Route {
    fn new(
        verb: Verb,
        path: &'static str,
        access: Access,
        handler: MethodRouter<AppState>,
        docs: Option<RouteDocs>,
    ) -> Self {
        let key_level = if verb == Verb::Get { KeyLevel::ReadOnly } else { KeyLevel::Full };
        Self {
            verb,
            path,
            access,
            key_level,
            while_pending: false,
            changes: false,
            alias_of: None,
            docs,
            handler,
        }
    }

    /// A route whose POST changes nothing: a read-only key may send it.
    #[must_use]
    pub fn query(mut self) -> Self {
        self.key_level = KeyLevel::ReadOnly;
        self
    }

    /// A write that any key of IXP Manager may make: a key of level automation may send it. Writing routes without
    /// this take keys of level full alone.
    #[must_use]
    pub fn automation(mut self) -> Self {
        self.key_level = KeyLevel::Automation;
        self
    }

    /// A route whose GET changes something, as IXP Manager has a few: a cookie alone doesn't authorise it, and a key
    /// needs the level of a write.
    #[must_use]
    pub fn changing(mut self) -> Self {
        self.changes = true;
        self.key_level = KeyLevel::Full;
        self
    }

    /// A page that a session needs to get its second factor done.
    #[must_use]
    pub fn while_pending(mut self) -> Self {
        self.while_pending = true;
        self
    }

    /// The route of a superuser once more, at the path below `/api/v4` that it had before IXP Manager 7.1.
    fn without_admin(&self) -> Option<Self> {
        let path = self.path.strip_prefix(ADMIN)?;
        if !path.starts_with("/api/v4/") {
            return None;
        }
        let (handler, alias_of) = (self.handler.clone(), Some(self.path));
        Some(Self { path, alias_of, docs: None, handler, ..*self })
    }

    /// What answers at that path where aliases aren't served: 404, and where to look instead.
    fn moved_below_admin(&self) -> Option<Self> {
        let alias = self.without_admin()?;
        let text = format!(
            "Superusers' part of the API: the path begins with {ADMIN}{}. UNSECURED_API_ACCESS=true serves this one too.",
            alias.path
        );
        let answer = move || async move { AppError::NotFound(text.into()) };
        Some(Self { access: Access::Public, handler: on(self.verb.filter(), answer), ..alias })
    }

    /// What the access layer enforces for this line.
    pub fn guard(&self) -> Guard {
        Guard {
            path: self.path,
            access: self.access,
            key_level: self.key_level,
            while_pending: self.while_pending,
            changes: self.changes,
            alias_of: self.alias_of,
            family: Family::of(self.path, ""),
        }
    }
}

/// What the paths of superusers begin with.
const ADMIN: &str = "/admin";

/// Every line, sorted by path.
pub fn table(config: &Config) -> Vec<Route> {
    let mut table = api::routes(config);
    let alias = if config.api.unsecured_access { Route::without_admin } else { Route::moved_below_admin };
    let aliases: Vec<_> = table.iter().filter_map(alias).collect();
    table.extend(aliases);
    table.extend(web::routes(config));
    table.sort_by_key(|route| (route.path, route.verb));
    table
}

/// The table as a router, each line behind its own guard.
pub fn router(state: &AppState) -> Router<AppState> {
    table(&state.config).into_iter().fold(Router::new(), |router, route| {
        let guard = route.guard();
        let layer = middleware::from_fn_with_state((state.clone(), guard), access::enforce);
        router.route(&pattern(route.path), route.handler.route_layer(layer))
    })
}

/// A path of the table as axum takes it: it knows no two parameters in one segment, so a last segment
/// `{name}.{format}` is `{name}`.
fn pattern(path: &str) -> Cow<'_, str> {
    match path.rsplit_once("}.{") {
        Some((before, _)) => Cow::Owned(format!("{before}}}")),
        None => Cow::Borrowed(path),
    }
}

/// A link: `path` below the base path of `APP_URL`.
pub fn href(state: &AppState, path: &str) -> String {
    format!("{}{path}", state.config.app.base_path())
}

/// A path as logs may show it: segments that could hold a secret are cut short.
pub fn loggable(path: &str) -> String {
    let shown = |segment: &str| {
        if segment.len() <= 24 {
            segment.to_owned()
        } else {
            format!("{}…", segment.chars().take(6).collect::<String>())
        }
    };
    path.split('/').map(shown).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn handler() {}

    #[test]
    fn a_writing_route_takes_keys_of_level_full_unless_it_says_otherwise() {
        for verb in [POST, PUT, DELETE, GET_OR_POST] {
            let new = || route(verb, "/api/v4/new", Access::User, handler);
            assert_eq!(new().key_level, KeyLevel::Full, "{verb:?}");
            assert_eq!(new().changing().key_level, KeyLevel::Full, "{verb:?}");
            assert_eq!(new().automation().key_level, KeyLevel::Automation, "{verb:?}");
            assert_eq!(new().changing().automation().key_level, KeyLevel::Automation, "{verb:?}");
            assert_eq!(new().query().key_level, KeyLevel::ReadOnly, "{verb:?}");
        }
        let reading = || route(GET, "/api/v4/new", Access::User, handler);
        assert_eq!(reading().key_level, KeyLevel::ReadOnly);
        assert_eq!(reading().changing().key_level, KeyLevel::Full);
    }
}
