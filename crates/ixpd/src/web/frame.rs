//! What every page handler starts from: who looks, and the frame around what they see.

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::{FromRef, FromRequestParts, OriginalUri},
    http::{HeaderValue, header, request::Parts},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::cookie::CookieJar;
use ixpd_db::query::membership;
use ixpd_types::Privilege;

use super::page::{CustomerChoice, Flash, Level, Link, NavGroup, NavItem, PageContext, UserMenu};
use crate::{
    app::AppState,
    auth::{
        access::Judged,
        actor::{Actor, Authenticated},
        csrf, session,
        session::Session,
        session_authentication::Stage,
    },
    error::AppError,
    links,
    routes::href,
};

/// Who looks at a page.
pub struct Frame {
    /// The application.
    pub state: AppState,
    /// Who is logged in, completely.
    pub actor: Actor,
    /// The session, complete or not.
    pub session: Option<Session>,
    /// What the session may do.
    pub stage: Option<Stage>,
    path: String,
    anonymous: String,
    anonymous_is_new: bool,
}

impl FromRequestParts<AppState> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let state = AppState::from_ref(state);
        let live = parts.extensions.get::<Judged>().and_then(|judged| judged.session.clone());
        let jar = CookieJar::from_headers(&parts.headers);
        let kept =
            jar.get(csrf::COOKIE).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty());
        let anonymous_is_new = kept.is_none() && live.is_none();
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        Ok(Self {
            actor: parts.extensions.get::<Actor>().cloned().unwrap_or_default(),
            stage: live.as_ref().map(|live| live.stage),
            session: live.map(|live| live.session),
            path: uri.path().to_owned(),
            anonymous: kept.unwrap_or_else(|| state.random.token()),
            anonymous_is_new,
            state,
        })
    }
}

impl Frame {
    /// A link to a page.
    pub fn href(&self, path: &str) -> String {
        href(&self.state, path)
    }

    /// A link to a page with one parameter.
    pub fn href_to(&self, pattern: &str, value: impl std::fmt::Display) -> String {
        self.href(&links::fill(pattern, value))
    }

    /// The token that this browser's forms carry.
    pub fn csrf_token(&self) -> String {
        match &self.session {
            Some(session) => session.id.csrf_token(&self.state),
            None => csrf::token(&self.state.secrets.csrf, &self.anonymous),
        }
    }

    /// The session of a route that needs a login.
    ///
    /// # Errors
    /// When nobody is logged in.
    pub fn session(&mut self) -> Result<&mut Session, AppError> {
        self.session.as_mut().ok_or(AppError::LoginRequired)
    }

    /// Who is logged in, on a route that needs that.
    ///
    /// # Errors
    /// When nobody is.
    pub fn authenticated(&self) -> Result<&Authenticated, AppError> {
        self.actor.0.as_ref().ok_or(AppError::LoginRequired)
    }

    /// The frame of a page: names, menus, and the messages left for it, which are shown once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&mut self, title: impl Into<String>) -> Result<PageContext, AppError> {
        let user = match self.actor.0.clone() {
            Some(who) => Some(self.user_menu(&who).await?),
            None => None,
        };
        Ok(PageContext {
            site_name: self.state.config.identity.site_name.clone(),
            title: title.into(),
            base_path: self.state.config.app.base_path().to_owned(),
            csrf_token: self.csrf_token(),
            home_href: self.href(links::HOME),
            nav: self.navigation(),
            user,
            breadcrumbs: Vec::new(),
            flashes: self.take_flashes().await?,
        })
    }

    /// As [`Frame::page`], below other pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page_below(
        &mut self,
        above: &[(&str, &str)],
        title: impl Into<String>,
    ) -> Result<PageContext, AppError> {
        let mut page = self.page(title).await?;
        page.breadcrumbs = above.iter().map(|(label, path)| Link::new(*label, self.href(path))).collect();
        Ok(page)
    }

    async fn take_flashes(&mut self) -> Result<Vec<Flash>, AppError> {
        let Some(session) = &mut self.session else { return Ok(Vec::new()) };
        if session.data.flashes.is_empty() {
            return Ok(Vec::new());
        }
        session.change(&self.state, |data| std::mem::take(&mut data.flashes)).await
    }

    async fn user_menu(&self, who: &Authenticated) -> Result<UserMenu, AppError> {
        let principal = &who.principal;
        let db = self.state.db.connection();
        let memberships = membership::of_user(db, principal.user_id).await?;
        let impersonated_by = match who.impersonator_id() {
            None => None,
            Some(id) => ixpd_db::query::user::by_id(db, id).await?.and_then(|user| user.username),
        };
        let item = |label: &str, path: &str, icon| {
            let href = self.href(path);
            NavItem::new(label, href.clone(), icon).current(self.path == href)
        };
        let mut account = vec![
            item("Profile", links::PROFILE, "person"),
            item("API Keys", links::API_KEYS, "key"),
            item("API description", links::API_DOCS, "terminal"),
        ];
        if self.state.config.two_factor.enabled {
            account.push(item("Two-factor authentication", links::SECOND_FACTOR_CONFIGURE, "shield-lock"));
        }
        account.push(item("Active sessions", links::ACTIVE_SESSIONS, "laptop"));
        Ok(UserMenu {
            name: principal.display_name().to_owned(),
            username: principal.username.clone(),
            email: principal.email.clone().unwrap_or_default(),
            customer_name: principal.customer_name.clone(),
            privilege_label: principal.privilege.label().to_owned(),
            is_superuser: principal.privilege == Privilege::Superuser,
            impersonated_by,
            customers: memberships
                .into_iter()
                .map(|row| CustomerChoice {
                    id: row.customer_id,
                    name: row.customer_name.unwrap_or_default(),
                    current: row.customer_id == principal.customer_id,
                })
                .collect(),
            account,
            switch_customer_href: self.href(links::SWITCH_CUSTOMER),
            switch_back_href: self.href(links::SWITCH_USER_BACK),
            logout_href: self.href(links::LOGOUT),
        })
    }

    /// What the side navigation offers, by privilege.
    fn navigation(&self) -> Vec<NavGroup> {
        let item = |label: &str, path: &str, icon| {
            let href = self.href(path);
            NavItem::new(label, href.clone(), icon).current(self.path == href)
        };
        match self.actor.privilege() {
            Privilege::Public => Vec::new(),
            Privilege::CustomerUser | Privilege::CustomerAdmin => {
                vec![NavGroup {
                    label: String::new(),
                    items: vec![item("Dashboard", links::DASHBOARD, "speedometer2")],
                }]
            }
            Privilege::Superuser => vec![
                NavGroup {
                    label: String::new(),
                    items: vec![item("Dashboard", links::ADMIN_DASHBOARD, "speedometer2")],
                },
                NavGroup {
                    label: "Exchange".to_owned(),
                    items: vec![item("Members", links::CUSTOMERS, "people")],
                },
                NavGroup {
                    label: "Security".to_owned(),
                    items: vec![
                        item("API keys", links::ADMIN_API_KEYS, "key"),
                        item("Login history", links::LOGIN_HISTORY, "clock-history"),
                    ],
                },
            ],
        }
    }

    /// A page as the answer. What is personal isn't kept by anybody.
    ///
    /// # Errors
    /// When the template fails.
    pub fn render(&self, template: &impl Template) -> Result<Response, AppError> {
        let mut response = Html(template.render()?).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.anonymous_is_new {
            let cookie = session::cookie(&self.state, csrf::COOKIE, self.anonymous.clone());
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                headers.append(header::SET_COOKIE, value);
            }
        }
        Ok(response)
    }

    /// Another page as the answer, with a message for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirect_with(
        &mut self,
        path: &str,
        level: Level,
        message: impl Into<String>,
    ) -> Result<Response, AppError> {
        let state = self.state.clone();
        if let Some(session) = &mut self.session {
            session.flash(&state, Flash::new(level, message)).await?;
        }
        Ok(self.redirect(path))
    }

    /// Another page as the answer.
    pub fn redirect(&self, path: &str) -> Response {
        Redirect::to(&self.href(path)).into_response()
    }
}
