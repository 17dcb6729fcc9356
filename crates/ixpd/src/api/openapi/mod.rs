//! `openapi.json`, made from the route table: every line of the API with its access and description.

mod examples;
mod input;
mod shapes;

use axum::{extract::State, response::Response as Answer};
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, Info, License, OpenApi, OpenApiBuilder, PathItem, Paths, RefOr, Response, Server,
    extensions::ExtensionsBuilder,
    path::Operation,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::{
    app::AppState,
    auth::key_level::KeyLevel,
    config::Config,
    error::AppError,
    php_json::written,
    routes::{Access, Family, Route, table},
};

/// The extension that tells who may use an operation, `who`, and what access level a key needs for it, `key_level`. It
/// is one, since utoipa keeps no order among several.
pub const ACCESS: &str = "x-ixpd-access";

/// The scheme of cookies, the only one that pages take.
const SESSION: &str = "session";

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "System", responses(
    (status = 200, description = "The description in the form of OpenAPI 3.1.", body = Value,
        example = json!({"openapi": "3.1.0", "info": {"title": "ixpd", "version": crate::VERSION}, "paths": {}})),
))]
pub async fn show(State(state): State<AppState>) -> Result<Answer, AppError> {
    if let Some(body) = state.descriptions.openapi.get() {
        return Ok(written(body.clone()));
    }
    let body = serde_json::to_vec(&document(&state.config)?)?.into();
    let body = state.descriptions.openapi.get_or_init(|| body).clone();
    Ok(written(body))
}

/// The description of the whole API.
///
/// # Errors
/// When it can't be written, which is a defect.
pub fn document(config: &Config) -> Result<Value, AppError> {
    let mut document = serde_json::to_value(collected(config))?;
    shapes::correct(&mut document);
    examples::complete(&mut document)?;
    Ok(document)
}

/// The type that a schema refers to.
pub fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// What routes and types say.
fn collected(config: &Config) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = Components::new();
    for route in table(config) {
        let Some(docs) = &route.docs else { continue };
        for (name, schema) in &docs.schemas {
            components.schemas.insert(name.clone(), schema.clone());
        }
        for item in docs.paths.paths.values() {
            let item = described(&route, item.clone());
            match paths.paths.get_mut(route.path) {
                Some(existing) => existing.merge_operations(item),
                None => drop(paths.paths.insert(route.path.to_owned(), item)),
            }
        }
    }
    for (name, scheme) in security_schemes() {
        components.add_security_scheme(name, scheme);
    }
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    let mut info = Info::new("ixpd", crate::VERSION);
    info.description =
        Some("The API of an Internet Exchange Point, compatible with IXP Manager 7.4.".to_owned());
    info.license = Some(license);
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(match config.app.base_path() {
            "" => "/",
            path => path,
        })]))
        .paths(paths)
        .components(Some(components))
        .build()
}

/// An item with what every route of its access has in common.
fn described(route: &Route, mut item: PathItem) -> PathItem {
    let operations = [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("delete", &mut item.delete),
    ];
    for (method, operation) in operations {
        let Some(operation) = operation else { continue };
        operation.operation_id = Some(operation_id(method, route.path));
        add_access(route, method, operation);
        input::describe(route, method, operation);
    }
    item
}

/// A name that no other operation has, though one handler may answer several paths and methods.
fn operation_id(method: &str, path: &str) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = path.split(|character| !is_word(character)).filter(|word| !word.is_empty());
    // `gen-config` and `gen_config` are two paths.
    let words = words.map(|word| word.replace('_', "__"));
    std::iter::once(method.to_owned()).chain(words).collect::<Vec<_>>().join("_")
}

fn add_refusals(operation: &mut Operation, refusals: Vec<(&str, &str)>) {
    for (status, description) in refusals {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new(description)));
    }
}

fn add_access(route: &Route, method: &str, operation: &mut Operation) {
    let who = format!("{:?}", route.access).to_lowercase();
    let extensions =
        ExtensionsBuilder::new().add(ACCESS, json!({"who": who, "key_level": route.key_level.label()}));
    operation.extensions.get_or_insert_default().merge(extensions.build());
    if route.access == Access::Public {
        return;
    }
    let mut requirements: Vec<SecurityRequirement> = Vec::new();
    if route.access == Access::Optional {
        requirements.push(SecurityRequirement::default());
    }
    let takes_keys = Family::of(route.path, "") == Family::Api;
    for (name, _) in security_schemes().into_iter().filter(|(name, _)| takes_keys || *name == SESSION) {
        requirements.push(SecurityRequirement::new(name, Vec::<String>::new()));
    }
    operation.security = Some(requirements);
    if !takes_keys {
        return;
    }
    let mut refusals = vec![
        ("401", "The credential is missing or not accepted; the text says why."),
        ("429", "Too many refused credentials from this address; `Retry-After` says when to try again."),
    ];
    if !matches!(route.access, Access::Optional | Access::User) || route.key_level > KeyLevel::ReadOnly {
        refusals.push(("403", "The privilege, or the access level of the key, is not enough."));
    }
    if route.changes || method != "get" {
        refusals.push(("419", "A session's cookie came without its form token."));
    }
    add_refusals(operation, refusals);
}

fn security_schemes() -> [(&'static str, SecurityScheme); 3] {
    let header = ApiKeyValue::with_description("X-IXP-Manager-API-Key", "An API key, made under My Account.");
    let session = ApiKeyValue::with_description(
        crate::auth::session::COOKIE,
        "The session of a browser; a state change needs its form token in X-CSRF-TOKEN too.",
    );
    [
        ("api_key", SecurityScheme::ApiKey(ApiKey::Header(header))),
        ("bearer", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build())),
        (SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session))),
    ]
}
