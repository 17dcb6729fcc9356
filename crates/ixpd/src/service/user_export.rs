//! Users for other systems: as JSON, and as the users of TACACS+.

use std::collections::HashSet;

use chrono::SecondsFormat;
use ixpd_db::{
    StoredJson, WallClock,
    entity::user,
    query::user_export::{self as rows, Login},
};
use ixpd_render::text::tacacs::{BcryptHash, Formatted, FormattedUser, Word};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    incomplete::{IncompleteRows, filled},
    template,
};
use crate::{error::AppError, sample::Sample, services::Services};

/// A row of `user`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = UserRow::sample)]
pub struct UserRow {
    /// `user.id`.
    pub id: i32,
    /// The member that the user acts for.
    pub custid: Option<i32>,
    /// What the user logs in with.
    pub username: Option<String>,
    /// The hash of the password, with `IXPD_USER_JSON_PASSWORD=true` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Option<Secret>>,
    /// Where mail goes.
    pub email: Option<String>,
    /// The person's telephone.
    #[serde(rename = "authorisedMobile")]
    pub authorised_mobile: Option<String>,
    /// Unused.
    pub uid: Option<i32>,
    /// 1 for users who may neither log in nor use the API.
    pub disabled: Option<u8>,
    /// `user.id` of whoever changed it last.
    pub lastupdatedby: Option<i32>,
    /// Who made it.
    pub creator: Option<String>,
    /// The person.
    pub name: Option<String>,
    /// The account in PeeringDB.
    pub peeringdb_id: Option<i64>,
    /// What others store here.
    pub extra_attributes: Option<Value>,
    /// Preferences.
    pub prefs: Option<Value>,
    /// When it was made, in UTC.
    pub created_at: String,
    /// When it was changed, in UTC.
    pub updated_at: Option<String>,
}

/// Text that no log shows.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(example = Secret::sample)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Sample for UserRow {
    /// Without the password, as by default.
    fn sample() -> Self {
        Self {
            id: 2,
            custid: Some(5),
            username: Some("ann".to_owned()),
            password: None,
            email: Some("ann@example.net".to_owned()),
            authorised_mobile: Some("+353 20 911 0101".to_owned()),
            uid: None,
            disabled: Some(0),
            lastupdatedby: Some(1),
            creator: Some("admin".to_owned()),
            name: Some("Ann Smith".to_owned()),
            peeringdb_id: Some(101),
            extra_attributes: Some(json!({"created_by": {"type": "user", "user_id": 1}})),
            prefs: Some(json!({"notes": {"global_notifs": "watched", "customer_watching": {"5": true}}})),
            created_at: "2026-06-15T10:00:00.000000Z".to_owned(),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
        }
    }
}

impl Sample for Secret {
    fn sample() -> Self {
        Self("$2y$10$GtXzPZ5bLYkNqZV0b6mJ0eY4mQ3vQbq1Tq7y0b3WnD5uU6cJr8k2S".to_owned())
    }
}

/// All users, or those with a privilege at any member.
///
/// # Errors
/// When the database fails.
pub async fn users(services: &Services, privilege: Option<i32>) -> Result<Vec<UserRow>, AppError> {
    let mut users = rows::users(services.db.connection(), asked(privilege)).await?;
    let mut incomplete = IncompleteRows::default();
    users.retain(|user| {
        let has_name = filled(user.username.as_ref()).is_some();
        if !has_name {
            incomplete.add(
                "user",
                user.id,
                user.name.as_deref(),
                "left out: it has no user name; set user.username",
            );
        }
        has_name
    });
    if asked(privilege).is_none() {
        services.incomplete.report("user/json", &incomplete);
    }
    Ok(users.into_iter().map(|user| row(services, user)).collect())
}

/// 0 asks for everybody, as in IXP Manager.
fn asked(privilege: Option<i32>) -> Option<i32> {
    privilege.filter(|privilege| *privilege != 0)
}

fn row(services: &Services, user: user::Model) -> UserRow {
    let instant = |wall: WallClock| {
        services.config.app.zone.instant_of(wall.naive()).to_rfc3339_opts(SecondsFormat::Micros, true)
    };
    let password = user.password.map(|hash| Secret(hash.into_exposed()));
    UserRow {
        id: user.id,
        custid: user.custid,
        username: user.username,
        password: services.config.api.user_json_password.then_some(password),
        email: user.email,
        authorised_mobile: user.authorised_mobile,
        uid: user.uid,
        disabled: user.disabled.map(u8::from),
        lastupdatedby: user.lastupdatedby,
        creator: user.creator,
        name: user.name,
        peeringdb_id: user.peeringdb_id,
        extra_attributes: user.extra_attributes.map(StoredJson::into_inner),
        prefs: user.prefs.map(StoredJson::into_inner),
        created_at: instant(user.created_at),
        updated_at: user.updated_at.map(instant),
    }
}

/// Which users, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FormattedParameters {
    /// The template, where the path names none.
    #[param(example = "default")]
    pub template: Option<String>,
    /// The privilege, where the path names none.
    pub r#priv: Option<i32>,
    /// These user names alone, separated by commas, whatever their privilege.
    #[param(example = "ann,bob")]
    pub users: Option<String>,
    /// What the hashes begin with between the `$`; by default `2y`.
    #[param(example = "2a")]
    pub bcrypt: Option<String>,
    /// The group that each belongs to; by default `admin`.
    pub group: Option<String>,
}

/// The users that may log in as text, by default as the users of TACACS+.
///
/// # Errors
/// 404 for an unknown template, 422 for a parameter.
pub async fn formatted(services: &Services, parameters: &FormattedParameters) -> Result<String, AppError> {
    let template = template::named::<Formatted>(services, parameters.template.as_deref())?;
    let group = word("group", parameters.group.as_deref().unwrap_or("admin"))?;
    let bcrypt = word("bcrypt", parameters.bcrypt.as_deref().unwrap_or("2y"))?;
    let names = parameters.users.as_deref().unwrap_or("").split(',').map(str::trim);
    let req_users: Vec<_> =
        names.filter(|name| !name.is_empty()).map(|name| word("users", name)).collect::<Result<_, _>>()?;
    let privilege = asked(parameters.r#priv);
    let wanted = privilege.filter(|_| req_users.is_empty());
    let mut logins = rows::logins(services.db.connection(), wanted).await?;
    if !req_users.is_empty() {
        // User names are found in any case, as a login finds them.
        let named: HashSet<_> = req_users.iter().map(|name| name.as_str().to_lowercase()).collect();
        let is_named =
            |login: &Login| login.username.as_ref().is_some_and(|name| named.contains(&name.to_lowercase()));
        logins.retain(is_named);
    }
    let (mut users, mut incomplete, mut unusable) =
        (Vec::new(), IncompleteRows::default(), IncompleteRows::default());
    for login in &logins {
        if let Some(user) = user_of(login, &bcrypt) {
            users.push(user);
            continue;
        }
        // A name that can't stand in the file is no better in its comments.
        incomplete.add("user", login.id, None, UNUSABLE);
        // A user may well have no password.
        if login.password.as_ref().is_some_and(|hash| !hash.expose().is_empty()) {
            unusable.add("user", login.id, None, UNUSABLE);
        }
    }
    let generated_at = template::now(services);
    // Parts of the list would take turns in the log.
    if wanted.is_none() && req_users.is_empty() {
        services.incomplete.report("user/formatted", &unusable);
    }
    let left_out = incomplete.comments();
    let context = Formatted { generated_at, group, bcrypt, r#priv: privilege, req_users, users, left_out };
    Ok(services.templates.render_text(&template, &context)?)
}

/// The problem of a user that has no block.
const UNUSABLE: &str = "left out: user.username or user.password is empty or can't stand here";

fn user_of(login: &Login, bcrypt: &Word) -> Option<FormattedUser> {
    let username = Word::new(login.username.as_deref()?)?;
    let hash = BcryptHash::with_prefix(login.password.as_ref()?.expose(), bcrypt)?;
    Some(FormattedUser { id: login.id, username, hash })
}

fn word(field: &'static str, text: &str) -> Result<Word, AppError> {
    Word::new(text).ok_or_else(|| {
        let text = text.escape_debug();
        AppError::field(
            field,
            format!("`{text}` can't stand here; accepted are letters, digits and `-_.@+`."),
        )
    })
}
