//! The API documentation page, made from the document that `/api/openapi.json` serves and from the route table.

mod access;
mod curl;
mod fields;

use axum::response::Response;
use serde_json::{Map, Value};

use self::{
    access::Guards,
    curl::{Call, KEY_VARIABLE},
    fields::{html, inline_html, parameter, properties, referred_anywhere, text},
};
use super::{
    frame::Frame,
    page::Link,
    views::api_docs::{
        AnswerView, ApiView, FieldView, GroupView, OperationView, ResponseView, ShowPage, TypeView,
    },
};
use crate::{
    api::openapi::{document, referred},
    config::Config,
    error::AppError,
    links, php_json,
    routes::Guard,
};

/// Methods in the order of the page.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// Serves the page. Its content is described once; only what depends on the visitor is added for each.
pub async fn show(mut frame: Frame) -> Result<Response, AppError> {
    let page = frame.page("API").await?;
    let state = frame.state.clone();
    let api = state.descriptions.page.get_or_init(|| view(&state.config));
    let keys_href = frame.actor.principal().map(|_| frame.href(links::API_KEYS));
    let description_href = frame.href(links::API_DESCRIPTION);
    let privilege = frame.actor.privilege();
    let base_url = state.config.app.url.to_string();
    frame.render(&ShowPage {
        page,
        api,
        description_href,
        keys_href,
        privilege,
        base_url,
        key_variable: KEY_VARIABLE,
    })
}

/// Describes every operation and type of the OpenAPI document.
pub fn view(config: &Config) -> ApiView {
    let document = document(config).unwrap_or_default();
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let schemas = schemas.cloned().unwrap_or_default();
    let guards = Guards::of(config);
    let mut groups: Vec<GroupView> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let method = method.to_uppercase();
            let Some(guard) = guards.get(path, &method) else { continue };
            let name = text(&operation["tags"][0]);
            let made =
                Described { config, schemas: &schemas, guard, method: &method, path, operation }.view();
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(made),
                None => groups.push(GroupView { id: anchor("group", &name), name, operations: vec![made] }),
            }
        }
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let types = schemas.iter().map(|(name, schema)| type_view(name, schema)).collect();
    ApiView { groups, types }
}

/// An operation of the document with its surroundings.
struct Described<'a> {
    config: &'a Config,
    schemas: &'a Map<String, Value>,
    guard: Guard,
    /// In upper case.
    method: &'a str,
    path: &'a str,
    operation: &'a Value,
}

impl Described<'_> {
    fn view(&self) -> OperationView {
        let operation = self.operation;
        let mut fields: Vec<FieldView> =
            operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
        fields.extend(self.body_fields());
        let responses = operation["responses"].as_object().into_iter().flatten();
        OperationView {
            id: text(&operation["operationId"]),
            method: self.method.to_owned(),
            path: self.path.to_owned(),
            summary: inline_html(&operation["summary"]),
            description: html(&operation["description"]),
            access: access::view(self.guard, self.method),
            responses: responses.map(|(status, response)| response_view(status, response)).collect(),
            curl: self.example(&fields),
            answers: self.answers(),
            fields,
        }
    }

    fn example(&self, fields: &[FieldView]) -> String {
        let call = Call {
            base_url: &self.config.app.url,
            method: self.method,
            path: self.path,
            fields,
            with_key: access::takes_keys(self.guard),
        };
        call.command()
    }

    fn answers(&self) -> Vec<AnswerView> {
        let content = self.operation.pointer("/responses/200/content").and_then(Value::as_object);
        let shown = |(media, body): (&String, &Value)| {
            let text = match body.get("example")? {
                Value::String(text) if media != php_json::JSON => text.clone(),
                example => String::from_utf8(php_json::to_vec_pretty_unescaped(example).ok()?).ok()?,
            };
            Some(AnswerView { media: media.clone(), text })
        };
        content.into_iter().flatten().filter_map(shown).collect()
    }

    fn body_fields(&self) -> Vec<FieldView> {
        let content = self.operation.pointer("/requestBody/content").and_then(Value::as_object);
        let Some(schema) = content.and_then(|content| content.values().next()).map(|body| &body["schema"])
        else {
            return Vec::new();
        };
        let schema = referred(schema).and_then(|name| self.schemas.get(name)).unwrap_or(schema);
        properties(schema, "body")
    }
}

fn response_view(status: &str, response: &Value) -> ResponseView {
    let content = response["content"].as_object().into_iter().flatten();
    let mut types = Vec::new();
    for (_, body) in content.clone() {
        for name in referred_anywhere(&body["schema"]) {
            types.push(Link::new(name, format!("#{}", anchor("type", name))));
        }
    }
    ResponseView {
        status: status.to_owned(),
        description: html(&response["description"]),
        media: content.map(|(media, _)| media.clone()).collect(),
        types,
    }
}

fn type_view(name: &str, schema: &Value) -> TypeView {
    TypeView {
        id: anchor("type", name),
        name: name.to_owned(),
        description: html(&schema["description"]),
        fields: properties(schema, ""),
    }
}

fn anchor(kind: &str, name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{kind}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::table;

    fn config() -> Config {
        let settings =
            [("APP_URL", "https://ixp.example.net/ixp"), ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")];
        Config::from_pairs(settings).unwrap()
    }

    #[test]
    fn every_described_route_is_on_the_page_with_an_example() {
        let api = view(&config());
        let shown: Vec<&OperationView> = api.groups.iter().flat_map(|group| &group.operations).collect();
        for route in table(&config()).iter().filter(|route| route.docs.is_some()) {
            for method in route.verb.methods() {
                let operation =
                    shown.iter().find(|shown| shown.method == *method && shown.path == route.path);
                let operation = operation.unwrap_or_else(|| panic!("{method} {}", route.path));
                assert!(!operation.summary.is_empty(), "{method} {}", route.path);
                assert!(operation.curl.contains("'https://ixp.example.net/ixp/"), "{}", operation.curl);
                assert!(!operation.curl.contains('{'), "{}", operation.curl);
                assert!(!operation.responses.is_empty(), "{method} {}", route.path);
            }
        }
    }

    #[test]
    fn example_has_what_is_required() {
        let api = view(&config());
        let of = |id: &str| {
            let mut all = api.groups.iter().flat_map(|group| &group.operations);
            all.find(|operation| operation.id == id).unwrap_or_else(|| panic!("{id}")).curl.clone()
        };
        assert_eq!(
            of("put_admin_api_v4_customer_note_update_cn"),
            "curl -X PUT \\\n  -H \"X-IXP-Manager-API-Key: $IXP_API_KEY\" \\\n  \
             --data-urlencode 'title=Second port' \\\n  'https://ixp.example.net/ixp/admin/api/v4/customer-note/update/3'"
        );
        assert_eq!(of("get_peeringdb_ix"), "curl 'https://ixp.example.net/ixp/peeringdb/ix'");
    }

    #[test]
    fn access_is_that_of_the_route_table() {
        let api = view(&config());
        let operations = || api.groups.iter().flat_map(|group| &group.operations);
        for route in table(&config()).iter().filter(|route| route.docs.is_some()) {
            for operation in operations().filter(|shown| shown.path == route.path) {
                let access = &operation.access;
                assert_eq!(access.needed, route.access.privilege(), "{}", operation.id);
                assert_eq!(access.is_safe, operation.method == "GET" && !route.changes, "{}", operation.id);
                assert_eq!(
                    access.key_level.is_empty(),
                    !operation.curl.contains("API-Key"),
                    "{}",
                    operation.id
                );
            }
        }
        let of = |id: &str| operations().find(|operation| operation.id == id).unwrap().access.clone();
        let superuser = of("delete_admin_api_v4_customer_note_delete_cn");
        assert_eq!((superuser.privilege.as_str(), superuser.key_level), ("Superuser (3)", "Full access"));
        let lock = of("post_admin_api_v4_router_get_update_lock_handle");
        assert_eq!(lock.key_level, "Automation or full access");
        let toggle = of("get_admin_api_v4_customer_note_notify_toggle_note_cn");
        assert!(!toggle.is_safe, "a GET that changes data");
        assert_eq!(of("get_peeringdb_ix").key_level, "", "no key is read");
    }

    #[test]
    fn links_to_types_lead_somewhere() {
        let api = view(&config());
        let responses = api.groups.iter().flat_map(|group| &group.operations).flat_map(|o| &o.responses);
        let mut links = 0;
        for link in responses.flat_map(|response| &response.types) {
            assert!(api.types.iter().any(|known| format!("#{}", known.id) == link.href), "{}", link.href);
            links += 1;
        }
        assert!(links > 10, "{links}");
    }
}
