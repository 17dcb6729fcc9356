//! Sessions of browsers: an opaque cookie, its hash in `ixpd_session`.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{
    WallClock,
    query::session as rows,
    sea_orm::{ConnectionTrait, DatabaseTransaction},
};
use serde::{Deserialize, Serialize};

use super::{api_key::sha256_hex, client_address::ClientAddress, csrf};
use crate::{auth::flash::Flash, error::AppError, services::Services};

/// The cookie of the session's id.
pub const COOKIE: &str = "ixpd_session";
/// Characters of an id.
const ID_LENGTH: usize = 43;
/// The longest `User-Agent` that is kept, in characters.
const USER_AGENT_LENGTH: usize = 255;
/// Form tokens that a session holds at most: as many forms can be open at once.
const OPEN_FORMS: usize = 10;

/// How a session came about, as `user_logins.via` stores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Via {
    /// With the password.
    #[default]
    Login,
    /// By a remembered device.
    RememberMe,
    /// By choosing another member.
    SwitchCustomer,
}

impl Via {
    /// The text in `user_logins.via`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "Login",
            Self::RememberMe => "RememberMe",
            Self::SwitchCustomer => "SwitchCustomer",
        }
    }
}

/// What a session remembers, `ixpd_session.data`. Never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionData {
    /// How it came about.
    pub via: Via,
    /// Whether this session has passed the second factor.
    pub second_factor_passed: bool,
    /// Codes of the second factor that were entered and not accepted.
    pub second_factor_attempts: u32,
    /// The superuser who acts as this session's user.
    pub impersonator_id: Option<i32>,
    /// The superuser's own session, by the hash of its id. It goes on below this one, which ends with it.
    pub impersonator_session: Option<String>,
    /// Messages for the next page.
    pub flashes: Vec<Flash>,
    /// Where to go after the login.
    pub intended: Option<String>,
    /// Tokens of forms that may be sent once.
    pub form_tokens: Vec<String>,
    /// SHA-256, hexadecimal, of the unconfirmed secret of a second factor that this session was shown.
    pub unconfirmed_secret_sha256: Option<String>,
}

impl SessionData {
    /// Reads `ixpd_session.data`. What another version wrote and this one can't read counts as nothing.
    pub fn read(stored: &str) -> Self {
        serde_json::from_str(stored).unwrap_or_default()
    }

    /// Adds the token of a form that may be sent once. Of too many forms the one opened first can't be sent any more.
    pub fn add_form_token(&mut self, token: String) {
        self.form_tokens.push(token);
        let surplus = self.form_tokens.len().saturating_sub(OPEN_FORMS);
        self.form_tokens.drain(..surplus);
    }

    /// Uses the token of a form up. False if it was used before.
    pub fn spend_form_token(&mut self, token: &str) -> bool {
        let open = self.form_tokens.len();
        self.form_tokens.retain(|other| other != token);
        self.form_tokens.len() < open
    }
}

/// The live session of a request.
#[derive(Clone, Debug)]
pub struct Session {
    /// The cookie's value; its hash names the row.
    pub id: SessionId,
    /// `ixpd_session.user_id`.
    pub user_id: i32,
    /// `ixpd_session.remember_token_id`.
    pub remember_token_id: Option<i64>,
    /// What it remembers.
    pub data: SessionData,
}

/// The secret in a session's cookie. Its `Debug` form doesn't show it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId(…)")
    }
}

impl SessionId {
    /// Reads a cookie. Whatever isn't an id of ours, such as another application's cookie of the
    /// same name, counts as absent.
    pub fn from_cookies(headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let value = jar.get(COOKIE)?.value();
        let ours = value.len() == ID_LENGTH
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        ours.then(|| Self(value.to_owned()))
    }

    /// What the database knows the session by.
    pub fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// What the form tokens of this session are bound to.
    pub fn csrf_token(&self, state: &Services) -> String {
        csrf::token(&state.secrets.csrf, &self.0)
    }

    /// Whether a form was made for this session.
    pub fn csrf_matches(&self, state: &Services, presented: Option<&str>) -> bool {
        csrf::matches(&state.secrets.csrf, &self.0, presented)
    }
}

/// Who a new session is for.
pub struct NewSession<'a> {
    /// Its user.
    pub user_id: i32,
    /// The member it acts for, where that isn't the user's current one.
    pub customer_id: Option<i32>,
    /// The remembered device that it belongs to.
    pub remember_token_id: Option<i64>,
    /// Where it comes from.
    pub address: ClientAddress,
    /// The browser's name of itself.
    pub user_agent: &'a str,
    /// What it remembers.
    pub data: SessionData,
}

/// Starts a session under a new id; an earlier one of this browser is the caller's to end.
///
/// # Errors
/// When the database fails.
pub async fn start(
    state: &Services,
    db: &impl ConnectionTrait,
    new: &NewSession<'_>,
) -> Result<Session, AppError> {
    let id = SessionId(state.random.token());
    let now = state.clock.now();
    rows::insert(
        db,
        rows::NewRow {
            id_hash: id.hash(),
            user_id: new.user_id,
            customer_id: new.customer_id,
            remember_token_id: new.remember_token_id,
            data: serde_json::to_string(&new.data)?,
            ip: new.address.to_string(),
            user_agent: new.user_agent.chars().take(USER_AGENT_LENGTH).collect(),
            now: state.shown(now),
            expires_at: expiry(state, now),
        },
    )
    .await?;
    let data = new.data.clone();
    Ok(Session { id, user_id: new.user_id, remember_token_id: new.remember_token_id, data })
}

/// When a session that is used now ends if it isn't used again.
pub fn expiry(state: &Services, now: DateTime<Utc>) -> WallClock {
    let lifetime = i64::try_from(state.config.session.lifetime.as_secs()).unwrap_or(i64::MAX);
    state.shown(now + TimeDelta::try_seconds(lifetime).unwrap_or(TimeDelta::days(365)))
}

impl Session {
    /// Changes what the session remembers. It starts from what is stored by now, since another request of the same
    /// browser may have changed it. Returns what the change does.
    ///
    /// # Errors
    /// 401 if the session ended meanwhile.
    pub async fn change<T>(
        &mut self,
        state: &Services,
        change: impl Fn(&mut SessionData) -> T + Send + Sync,
    ) -> Result<T, AppError>
    where
        T: Send,
    {
        let (session, change) = (&*self, &change);
        let (outcome, data) = state
            .db
            .write(|tx| Box::pin(async move { session.change_within(tx.db(), change).await }))
            .await?;
        self.data = data;
        Ok(outcome)
    }

    /// As [`Session::change`], as a part of a transaction. Returns also what the session remembers once that is
    /// committed.
    ///
    /// # Errors
    /// 401 if the session ended meanwhile.
    pub async fn change_within<T>(
        &self,
        transaction: &DatabaseTransaction,
        change: impl FnOnce(&mut SessionData) -> T,
    ) -> Result<(T, SessionData), AppError> {
        let hash = self.id.hash();
        let row = rows::locked(transaction, &hash).await?.ok_or(AppError::LoginRequired)?;
        let mut data = SessionData::read(row.data.expose());
        let outcome = change(&mut data);
        rows::set_data(transaction, &hash, &serde_json::to_string(&data)?).await?;
        Ok((outcome, data))
    }

    /// Gives the session a new id, so that copies of its cookie are worth nothing. [`Session::cookie`] has to be sent.
    ///
    /// # Errors
    /// 401 if the session ended meanwhile.
    pub async fn renew_id(
        &mut self,
        state: &Services,
        transaction: &DatabaseTransaction,
    ) -> Result<(), AppError> {
        let id = SessionId(state.random.token());
        if !rows::set_id(transaction, &self.id.hash(), id.hash()).await? {
            return Err(AppError::LoginRequired);
        }
        self.id = id;
        Ok(())
    }

    /// Leaves a message for the next page.
    ///
    /// # Errors
    /// 401 if the session ended meanwhile.
    pub async fn flash(&mut self, state: &Services, flash: Flash) -> Result<(), AppError> {
        self.change(state, |data| data.flashes.push(flash.clone())).await
    }

    /// The cookie that carries the session.
    pub fn cookie(&self, state: &Services) -> Cookie<'static> {
        cookie(state, COOKIE, self.id.0.clone())
    }
}

/// A cookie for this application alone: not for scripts, not for other sites, and not sent in clear
/// where `APP_URL` is https.
pub fn cookie(state: &Services, name: &'static str, value: String) -> Cookie<'static> {
    let config = &state.config;
    let path = if config.app.base_path().is_empty() { "/" } else { config.app.base_path() };
    let mut cookie = Cookie::build((name, value))
        .path(path.to_owned())
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.session.secure)
        .build();
    if let Some(domain) = &config.session.domain {
        cookie.set_domain(domain.clone());
    }
    cookie
}

/// A cookie that takes `name` away.
pub fn removal(state: &Services, name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(state, name, String::new());
    cookie.make_removal();
    cookie
}
