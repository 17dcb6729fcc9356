//! The layer before every handler: who asks, and whether the route's line lets them.
//!
//! It runs before any extractor of the handler, so a path or body of the wrong shape is never judged
//! before the credential. Refusals are logged with actor, route and reason.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use ixpd_types::Privilege;

use super::{
    actor::{Actor, Credential},
    client_address::ClientAddress,
    csrf,
    key_authentication::{self as keys, Source},
    remember, session,
    session_authentication::{self as sessions, Found, LiveSession, Stage},
};
use crate::{
    app::AppState,
    error::AppError,
    form::FormFields,
    routes::{Access, Family, Guard},
};

/// Since when keys in URLs and forms are deprecated: the release of IXP Manager 7.3, as an
/// RFC 9745 date.
const DEPRECATED_SINCE: HeaderValue = HeaderValue::from_static("@1782864000");

/// What the layer found out, kept in the request's extensions for handlers that need more than the
/// [`Actor`].
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// The session, complete or not.
    pub session: Option<LiveSession>,
}

/// Enforces a line of the route table.
pub async fn enforce(
    State((state, guard)): State<(AppState, Guard)>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut answer = Answer::default();
    match judge(&state, guard, &mut request, &mut answer).await {
        Ok(()) => answer.complete(next.run(request).await),
        Err(refusal) => {
            let address = address_of(&request);
            let actor = request.extensions().get::<Actor>().map_or_else(|| "nobody".to_owned(), Actor::label);
            tracing::info!(
                route = guard.path, method = %request.method(), actor, %address, status = refusal.status().as_u16(),
                reason = %refusal, "refused"
            );
            answer.complete(refusal.into_response())
        }
    }
}

/// Headers that the judgement adds to whatever is answered.
#[derive(Default)]
struct Answer {
    cookies: Vec<Cookie<'static>>,
    key_source: Option<Source>,
    by_credential: bool,
}

impl Answer {
    fn complete(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        for cookie in self.cookies {
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                headers.append(header::SET_COOKIE, value);
            }
        }
        if self.key_source.is_some_and(Source::is_legacy) {
            headers.insert("deprecation", DEPRECATED_SINCE);
        }
        if self.by_credential && !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

async fn judge(
    state: &AppState,
    guard: Guard,
    request: &mut Request,
    answer: &mut Answer,
) -> Result<(), AppError> {
    if guard.access == Access::Public {
        return Ok(());
    }
    let actor = match guard.family {
        Family::Api => actor_of_api(state, guard, request, answer).await?,
        // Pages take no key.
        Family::Page => actor_of_session(state, guard, request, answer).await?,
    };
    answer.by_credential = actor.0.is_some();
    request.extensions_mut().insert(actor.clone());
    permit(guard, &actor, request)?;
    protect_from_forgery(state, guard, &actor, request, answer)?;
    if let Some(path) = guard.alias_of {
        tracing::info!(route = guard.path, instead = path, actor = actor.label(), address = %address_of(request), "alias used");
    }
    Ok(())
}

/// An explicit key wins over a cookie, and a bad one is never treated as nobody.
async fn actor_of_api(
    state: &AppState,
    guard: Guard,
    request: &mut Request,
    answer: &mut Answer,
) -> Result<Actor, AppError> {
    let presented = keys::presented(request.headers(), request.uri(), request.extensions());
    let Some(presented) = presented else { return actor_of_session(state, guard, request, answer).await };
    let address = address_of(request);
    answer.key_source = Some(presented.source());
    answer.by_credential = true;
    let outcome = keys::authenticate(state, &presented, address).await;
    if presented.source().is_legacy() {
        let key = outcome.as_ref().map(Actor::label).unwrap_or_default();
        tracing::warn!(route = guard.path, %address, key, "deprecated: an API key was sent in the URL or a form");
    }
    outcome
}

async fn actor_of_session(
    state: &AppState,
    guard: Guard,
    request: &mut Request,
    answer: &mut Answer,
) -> Result<Actor, AppError> {
    match sessions::authenticate(state, request.headers(), address_of(request)).await? {
        Found::Nothing => Ok(Actor::default()),
        // A script learns why each time; a browser is logged out.
        Found::LockedOut { reason, .. } if guard.family == Family::Api => Err(reason.refusal(&state.config)),
        Found::LockedOut { session: row, .. } => {
            if let Some(id_hash) = row {
                sessions::delete(state, &id_hash).await?;
            }
            answer.cookies.push(session::removal(state, session::COOKIE));
            answer.cookies.push(session::removal(state, remember::COOKIE));
            Ok(Actor::default())
        }
        Found::Live(live) => {
            if live.is_new {
                answer.cookies.push(live.session.cookie(state));
            }
            let actor = live.actor(guard.while_pending);
            request.extensions_mut().insert(Judged { session: Some(*live) });
            Ok(actor)
        }
    }
}

fn permit(guard: Guard, actor: &Actor, request: &Request) -> Result<(), AppError> {
    let needed = guard.access.privilege();
    let Some(authenticated) = &actor.0 else {
        return if needed == Privilege::Public { Ok(()) } else { Err(login_required(request)) };
    };
    if authenticated.principal.privilege < needed {
        return Err(AppError::Forbidden("Insufficient permissions".into()));
    }
    match &authenticated.credential {
        Credential::ApiKey { level, .. } if *level < guard.key_level => Err(AppError::Forbidden(
            format!(
                "The access level of this API key is {}; this needs {}.",
                level.label(),
                guard.key_level.label()
            )
            .into(),
        )),
        _ => Ok(()),
    }
}

/// Nobody, or a session on its way: the page that it has to go to first.
fn login_required(request: &Request) -> AppError {
    let stage = request
        .extensions()
        .get::<Judged>()
        .and_then(|judged| judged.session.as_ref())
        .map(|live| live.stage);
    match stage {
        Some(Stage::SecondFactor) => AppError::SecondFactorRequired { next: "/2fa/authenticate" },
        Some(Stage::Enrolment) => AppError::SecondFactorRequired { next: "/2fa/configure" },
        _ => AppError::LoginRequired,
    }
}

/// A state change that a cookie authorises needs the token of its form. So do the forms of pages
/// before there is a session, such as the login.
fn protect_from_forgery(
    state: &AppState,
    guard: Guard,
    actor: &Actor,
    request: &Request,
    answer: &mut Answer,
) -> Result<(), AppError> {
    let by_cookie = match (&actor.0, guard.family) {
        (Some(authenticated), _) => matches!(authenticated.credential, Credential::Session { .. }),
        (None, Family::Page) => true,
        (None, Family::Api) => false,
    };
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !by_cookie || only_reads && !guard.changes {
        return Ok(());
    }
    answer.by_credential = true;
    if csrf::is_cross_site(request.headers(), state.config.app.origin()) {
        return Err(AppError::CsrfMismatch);
    }
    // A GET that changes something may come from our own pages without a token, where the browser vouches for that. A
    // link in a mail is not cross-site either, but it isn't ours.
    if only_reads && csrf::is_same_origin(request.headers()) {
        return Ok(());
    }
    let fields = request.extensions().get::<FormFields>();
    let presented = request
        .headers()
        .get(csrf::HEADER)
        .and_then(|value| value.to_str().ok())
        .or_else(|| fields.and_then(|fields| fields.get(csrf::FIELD)));
    let session = request.extensions().get::<Judged>().and_then(|judged| judged.session.as_ref());
    let matches = match session {
        Some(live) => live.session.id.csrf_matches(state, presented),
        None => anonymous_binding(request)
            .is_some_and(|binding| csrf::matches(&state.secrets.csrf, &binding, presented)),
    };
    if matches { Ok(()) } else { Err(AppError::CsrfMismatch) }
}

/// What the forms of a browser without a session are bound to.
fn anonymous_binding(request: &Request) -> Option<String> {
    let jar = CookieJar::from_headers(request.headers());
    jar.get(csrf::COOKIE).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

fn address_of(request: &Request) -> ClientAddress {
    request.extensions().get::<ClientAddress>().copied().unwrap_or(ClientAddress(None))
}
