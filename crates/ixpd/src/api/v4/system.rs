//! `ping`, `test` and `test-auth`: whether a client reaches the API, and as whom.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use ixpd_db::query::infrastructure;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::AppState,
    auth::actor::Actor,
    error::AppError,
    form::Input,
    php_json,
    sample::Sample,
    service::incomplete::name_or,
    upstream::{COMPATIBLE_VERSION, COMPATIBLE_VERSION_DATE, SOFTWARE},
};

/// What this exchange is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Ping::sample)]
pub struct Ping {
    /// Always `IXP Manager`, for clients that check it.
    pub software: &'static str,
    /// The release of IXP Manager whose API this is.
    pub version: &'static str,
    /// The date of that release, `YYYYMMDDNN`.
    pub verdate: &'static str,
    /// `APP_URL`.
    pub url: String,
    /// Whether the IX-F export is public.
    #[serde(rename = "ixf-export")]
    pub ixf_export: bool,
    /// The peering infrastructures.
    pub infrastructures: Vec<Infrastructure>,
    /// Who runs the exchange.
    pub identity: Identity,
}

/// A peering infrastructure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Infrastructure::sample)]
pub struct Infrastructure {
    /// `infrastructure.name`, or else `Infrastructure` and the id.
    pub name: String,
    /// `infrastructure.shortname`.
    pub shortname: Option<String>,
    /// Its id in the IX-F database.
    pub ixf_ix_id: Option<i64>,
    /// Its id in PeeringDB.
    pub peeringdb_ix_id: Option<i64>,
}

/// Who runs the exchange, from the settings `IDENTITY_*`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Identity::sample)]
pub struct Identity {
    /// `IDENTITY_SITENAME`.
    pub sitename: String,
    /// `IDENTITY_LEGALNAME`.
    pub legalname: String,
    /// `IDENTITY_ORGNAME`.
    pub orgname: String,
    /// `IDENTITY_CORPORATE_URL`.
    pub corp_url: String,
    /// `IDENTITY_CITY`.
    pub city: String,
    /// `IDENTITY_COUNTRY`.
    pub country: String,
}

impl Sample for Ping {
    fn sample() -> Self {
        Self {
            software: SOFTWARE,
            version: COMPATIBLE_VERSION,
            verdate: COMPATIBLE_VERSION_DATE,
            url: "https://ixp.example.net".to_owned(),
            ixf_export: true,
            infrastructures: vec![Sample::sample()],
            identity: Sample::sample(),
        }
    }
}

impl Sample for Infrastructure {
    fn sample() -> Self {
        Self {
            name: "Peering LAN North".to_owned(),
            shortname: Some("north".to_owned()),
            ixf_ix_id: Some(42),
            peeringdb_ix_id: Some(48),
        }
    }
}

impl Sample for Identity {
    fn sample() -> Self {
        Self {
            sitename: "Example IXP".to_owned(),
            legalname: "Example Internet Exchange Ltd".to_owned(),
            orgname: "Example IXP".to_owned(),
            corp_url: "https://www.example.net".to_owned(),
            city: "Dublin".to_owned(),
            country: "IE".to_owned(),
        }
    }
}

/// What this exchange is. Open to everybody; a key that is sent must be good.
#[utoipa::path(method(get, post), path = "/api/v4/ping", tag = "System", responses((status = 200, description = "The exchange.", body = Ping)))]
pub async fn ping(State(state): State<AppState>) -> Result<Response, AppError> {
    let identity = &state.config.identity;
    let infrastructures = infrastructure::all(state.db.connection()).await?;
    let ping = Ping {
        software: SOFTWARE,
        version: COMPATIBLE_VERSION,
        verdate: COMPATIBLE_VERSION_DATE,
        url: state.config.app.url.link(""),
        ixf_export: state.config.ixf_export.public,
        infrastructures: infrastructures
            .into_iter()
            .map(|row| Infrastructure {
                name: name_or("Infrastructure", row.id, row.name.as_ref()).into_owned(),
                shortname: row.shortname,
                ixf_ix_id: row.ixf_ix_id,
                peeringdb_ix_id: row.peeringdb_ix_id,
            })
            .collect(),
        identity: Identity {
            sitename: identity.site_name.clone(),
            legalname: identity.legal_name.clone(),
            orgname: identity.org_name.clone(),
            corp_url: identity.corporate_url.clone(),
            city: identity.city.clone(),
            country: identity.country.clone(),
        },
    };
    Ok(php_json::written(php_json::to_vec_pretty(&ping)?))
}

/// In which form `test` answers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct TestQuery {
    /// `json` for JSON; anything else for text.
    #[param(example = "json")]
    format: Option<String>,
}

/// As whom a client is seen, `?format=json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = TestAnswer::sample)]
pub struct TestAnswer {
    /// Whether a credential was accepted.
    pub authenticated: bool,
    /// `user.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i32>,
    /// `user.username`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// 1 user, 2 administrator of a member, 3 superuser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#priv: Option<i32>,
    /// `cust.id` of the member acted for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_customer_id: Option<i32>,
    /// `cust.name` of that member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_customer: Option<String>,
}

impl Sample for TestAnswer {
    fn sample() -> Self {
        Self {
            authenticated: true,
            user_id: Some(2),
            username: Some("ann".to_owned()),
            r#priv: Some(2),
            current_customer_id: Some(5),
            current_customer: Some("Alpha Networks".to_owned()),
        }
    }
}

/// As whom a client is seen. Open to everybody; a key that is sent must be good.
#[utoipa::path(method(get, post), path = "/api/v4/test", tag = "System", params(TestQuery), responses(
    (status = 200, description = "As whom the client is seen.", content(
        (String = "text/plain", example = "API Test Function!\n\nAuthenticated: Yes, as: ann\n\n"),
        (TestAnswer = "application/json"),
    )),
))]
pub async fn test(actor: Actor, Input(query): Input<TestQuery>) -> Result<Response, AppError> {
    if query.format.as_deref() == Some("json") {
        return php_json::answer(&test_answer(&actor));
    }
    let who = match actor.principal() {
        Some(principal) => format!("Yes, as: {}", ixpd_render::one_line(&principal.username)),
        None => "No".to_owned(),
    };
    Ok(format!("API Test Function!\n\nAuthenticated: {who}\n\n").into_response())
}

/// As `/api/v4/test`, for those who are logged in or send a key.
#[utoipa::path(method(get, post), path = "/api/v4/test-auth", tag = "System", params(TestQuery), responses(
    (status = 200, description = "As whom the client is seen.", content(
        (String = "text/plain", example = "API Test Function!\n\nAuthenticated: Yes, as: ann\n\n"),
        (TestAnswer = "application/json"),
    )),
))]
pub async fn test_auth(actor: Actor, query: Input<TestQuery>) -> Result<Response, AppError> {
    test(actor, query).await
}

fn test_answer(actor: &Actor) -> TestAnswer {
    let principal = actor.principal();
    TestAnswer {
        authenticated: principal.is_some(),
        user_id: principal.map(|principal| principal.user_id),
        username: principal.map(|principal| principal.username.clone()),
        r#priv: principal.map(|principal| principal.privilege.code()),
        current_customer_id: principal.map(|principal| principal.customer_id),
        current_customer: principal.map(|principal| principal.customer_name.clone()),
    }
}
