//! Small services for pages: Markdown, AS numbers, whois.

use std::net::IpAddr;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use ixpd_db::query::lookup;
use ixpd_render::one_line;
use ixpd_types::Asn;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json::answer,
    sample::Sample,
    service::markdown,
};

/// What a whois server of prefixes says.
const WHOIS_SAMPLE: &str = "\
AS      | IP               | BGP Prefix          | CC | Registry | Allocated  | AS Name
64496   | 192.0.2.0        | 192.0.2.0/24        | IE | RIPE     | 2014-01-06 | Alpha Networks
";

/// A text to render.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct MarkdownInput {
    /// Markdown, 65,535 bytes at most.
    #[schema(required = true, example = "A *second* port")]
    text: Option<String>,
}

/// A rendered text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = MarkdownAnswer::sample)]
pub struct MarkdownAnswer {
    /// HTML that is safe to show.
    html: String,
}

impl Sample for MarkdownAnswer {
    fn sample() -> Self {
        Self { html: markdown::to_html("A *second* port") }
    }
}

/// Renders Markdown as HTML that is safe to show.
#[utoipa::path(post, path = "/api/v4/utils/markdown", tag = "Utilities",
    request_body(content = MarkdownInput, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The HTML.", body = MarkdownAnswer),
        (status = 422, description = "The text is too long.", body = String),
    ),
)]
pub async fn markdown(
    State(state): State<AppState>,
    Input(input): Input<MarkdownInput>,
) -> Result<Response, AppError> {
    let text = input.text.unwrap_or_default();
    if text.len() > markdown::LONGEST {
        let message =
            format!("The text has at most {} bytes; this one has {}.", markdown::LONGEST, text.len());
        return Err(AppError::field("text", message));
    }
    answer(&MarkdownAnswer { html: markdown::render(&state.heavy, text).await? })
}

/// What the table of AS numbers knows of one: name, class and country.
#[utoipa::path(get, path = "/api/v4/aut-num/{asn}", tag = "Utilities",
    params(("asn" = u32, Path, description = "The AS number, without `AS`.", example = 64496)),
    responses(
        (status = 200, description = "What is known.", body = String, content_type = "text/plain",
            example = "Number  : 64496\nName    : EXAMPLE-AS\nClass:  : eyeballs\nCountry : IE\n"),
        (status = 404, description = "`ASN not found in store`", body = String, content_type = "text/plain"),
    ),
)]
pub async fn aut_num(State(state): State<AppState>, Path(asn): Path<u32>) -> Result<Response, AppError> {
    let found = lookup::asn(state.db.connection(), Asn(asn)).await?;
    let row = found.ok_or(AppError::NotFound("ASN not found in store".into()))?;
    // `Class:  :` is what clients know.
    let text = format!(
        "Number  : {asn}\nName    : {}\nClass:  : {}\nCountry : {}\n",
        one_line(&row.name),
        one_line(&row.class),
        one_line(&row.country_code)
    );
    Ok(text.into_response())
}

/// What the whois server of `IXP_API_WHOIS_PREFIX_HOST` says of an address. If it fails, the text says how.
#[utoipa::path(get, path = "/api/v4/prefix-whois/{prefix}", tag = "Utilities",
    params(("prefix" = String, Path, description = "An IPv4 or IPv6 address.", example = "192.0.2.0")),
    responses(
        (status = 200, description = "The answer, or why there is none. HTML in it is made safe.", body = String, content_type = "text/plain",
            example = json!(WHOIS_SAMPLE)),
        (status = 404, description = "That is no address.", body = String, content_type = "text/plain"),
    ),
)]
pub async fn address_whois(
    State(state): State<AppState>,
    Path(address): Path<IpAddr>,
) -> Result<Response, AppError> {
    whois(&state, address.to_string()).await
}

/// What the whois server of `IXP_API_WHOIS_PREFIX_HOST` says of a prefix. If it fails, the text says how.
#[utoipa::path(get, path = "/api/v4/prefix-whois/{prefix}/{mask}", tag = "Utilities",
    params(
        ("prefix" = String, Path, description = "The prefix's first address.", example = "192.0.2.0"),
        ("mask" = u8, Path, description = "Its length.", example = 24),
    ),
    responses(
        (status = 200, description = "The answer, or why there is none. HTML in it is made safe.", body = String, content_type = "text/plain",
            example = json!(WHOIS_SAMPLE)),
        (status = 404, description = "That is no prefix.", body = String, content_type = "text/plain"),
    ),
)]
pub async fn prefix_whois(
    State(state): State<AppState>,
    Path((address, length)): Path<(IpAddr, u8)>,
) -> Result<Response, AppError> {
    if length > if address.is_ipv4() { 32 } else { 128 } {
        return Err(AppError::not_found());
    }
    whois(&state, format!("{address}/{length}")).await
}

/// Pages put the text into their HTML, so it is cleaned as HTML is.
async fn whois(state: &AppState, question: String) -> Result<Response, AppError> {
    let text = match state.lookups.prefix(question).await {
        Ok(answer) => answer.to_string(),
        Err(error) => error.to_string(),
    };
    // Whoever registers a prefix writes the answer.
    Ok(markdown::make_safe(&state.heavy, text).await?.into_response())
}
