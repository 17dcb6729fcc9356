//! The API documentation page.

use askama::Template;

use ixpd_types::Privilege;

use super::{Sample, guest_frame, superuser_frame};
use crate::web::page::{Link, PageContext};

/// A parameter, or a field of a form or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldView {
    pub name: String,
    /// `path`, `query`, `body`; empty in an answer.
    pub place: String,
    /// Such as `string` or `array of integer`.
    pub kind: String,
    pub required: bool,
    /// The accepted values of an enumeration.
    pub choices: Vec<String>,
    /// HTML that is safe to show.
    pub description: String,
    pub example: String,
}

/// A status that an operation may answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseView {
    pub status: String,
    /// HTML that is safe to show.
    pub description: String,
    /// Media types of the body.
    pub media: Vec<String>,
    /// The types of the body, described on the same page.
    pub types: Vec<Link>,
}

/// What an operation requires of its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessView {
    /// The privilege in a word or two.
    pub label: &'static str,
    pub needed: Privilege,
    /// The privilege in words, with its number.
    pub privilege: String,
    /// The accepted kinds of credentials, in words.
    pub credential: &'static str,
    /// The levels of API keys that suffice, in words; empty where keys are ignored.
    pub key_level: &'static str,
    /// Whether a session alone authorises it and it changes nothing.
    pub is_safe: bool,
}

impl AccessView {
    /// The name of the icon beside the label.
    pub fn icon(&self) -> &'static str {
        if self.needed == Privilege::Public { "unlock" } else { "lock" }
    }
}

/// A method of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// Usable as an anchor.
    pub id: String,
    pub method: String,
    pub path: String,
    /// HTML that is safe to show inside a line.
    pub summary: String,
    /// HTML that is safe to show.
    pub description: String,
    pub access: AccessView,
    pub fields: Vec<FieldView>,
    pub responses: Vec<ResponseView>,
    /// An example for a POSIX shell.
    pub curl: String,
    /// Example answers, one for each media type.
    pub answers: Vec<AnswerView>,
}

impl OperationView {
    /// The path without the prefix that most paths have.
    pub fn short_path(&self) -> &str {
        let prefixes = ["/admin/api/v4/", "/api/v4/"];
        prefixes.iter().find_map(|prefix| self.path.strip_prefix(prefix)).unwrap_or(&self.path)
    }

    /// The fields of a request that the page sends itself: those of path and query, but not those whose names vary.
    pub fn url_fields(&self) -> impl Iterator<Item = &FieldView> {
        self.fields.iter().filter(|field| field.place != "body" && !field.name.contains('{'))
    }
}

/// An example of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerView {
    /// The media type.
    pub media: String,
    pub text: String,
}

/// Operations with the same tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    pub id: String,
    pub name: String,
    pub operations: Vec<OperationView>,
}

/// A type of request or answer bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeView {
    pub id: String,
    pub name: String,
    /// HTML that is safe to show.
    pub description: String,
    pub fields: Vec<FieldView>,
}

/// The whole API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiView {
    pub groups: Vec<GroupView>,
    pub types: Vec<TypeView>,
}

/// The page.
#[derive(Template)]
#[template(path = "api_docs/show.html")]
pub struct ShowPage<'a> {
    pub page: PageContext,
    pub api: &'a ApiView,
    /// Link to the OpenAPI document.
    pub description_href: String,
    /// Link to the visitor's API keys, if logged in.
    pub keys_href: Option<String>,
    /// The visitor's privilege.
    pub privilege: Privilege,
    /// `APP_URL`, without a slash at its end.
    pub base_url: String,
    /// The environment variable from which examples take the API key.
    pub key_variable: &'static str,
}

impl ShowPage<'_> {
    /// Whether the page offers to send an operation with the visitor's session.
    pub fn offers(&self, operation: &OperationView) -> bool {
        operation.access.is_safe && self.privilege >= operation.access.needed
    }
}

fn sample_api() -> ApiView {
    let field = |name: &str, place: &str, required| FieldView {
        name: name.to_owned(),
        place: place.to_owned(),
        kind: "integer".to_owned(),
        required,
        choices: Vec::new(),
        description: "<p>The number of <code>a</code> thing.</p>\n".to_owned(),
        example: if required { "7" } else { "" }.to_owned(),
    };
    let operation = |id: &str, method: &str, fields: Vec<FieldView>| OperationView {
        id: id.to_owned(),
        method: method.to_owned(),
        path: "/api/v4/thing/{thing}".to_owned(),
        summary: "A thing.".to_owned(),
        description: "<p>More about it.</p>\n".to_owned(),
        access: AccessView {
            label: "Superusers",
            needed: Privilege::Superuser,
            privilege: "Superuser (3)".to_owned(),
            credential: "API key, bearer token or session",
            key_level: "Full access",
            is_safe: method == "GET",
        },
        fields,
        responses: vec![
            ResponseView {
                status: "200".to_owned(),
                description: "<p>The thing.</p>\n".to_owned(),
                media: vec!["application/json".to_owned()],
                types: vec![Link::new("Thing", "#type-Thing")],
            },
            ResponseView {
                status: "404".to_owned(),
                description: "<p>There is none.</p>\n".to_owned(),
                media: Vec::new(),
                types: Vec::new(),
            },
        ],
        answers: vec![AnswerView {
            media: "application/json".to_owned(),
            text: "{\n    \"id\": 7,\n    \"name\": \"<b>\"\n}".to_owned(),
        }],
        curl: "curl -H \"X-IXP-Manager-API-Key: $IXP_API_KEY\" 'https://ixp.example.net/api/v4/thing/7'"
            .to_owned(),
    };
    ApiView {
        groups: vec![GroupView {
            id: "group-things".to_owned(),
            name: "Things".to_owned(),
            operations: vec![
                operation("get_thing", "GET", vec![field("thing", "path", true)]),
                OperationView { answers: Vec::new(), ..operation("put_thing", "PUT", Vec::new()) },
            ],
        }],
        types: vec![TypeView {
            id: "type-Thing".to_owned(),
            name: "Thing".to_owned(),
            description: "<p>A thing.</p>\n".to_owned(),
            fields: vec![field("id", "", false)],
        }],
    }
}

impl Sample for ShowPage<'static> {
    fn samples() -> Vec<(&'static str, Self)> {
        static API: std::sync::LazyLock<ApiView> = std::sync::LazyLock::new(sample_api);
        let page = |page, keys_href, privilege| Self {
            page,
            api: &API,
            description_href: "/api/openapi.json".to_owned(),
            keys_href,
            privilege,
            base_url: "https://ixp.example.net".to_owned(),
            key_variable: "IXP_API_KEY",
        };
        vec![
            ("guest", page(guest_frame("API"), None, Privilege::Public)),
            (
                "superuser",
                page(superuser_frame("API", "API"), Some("/api-key/list".to_owned()), Privilege::Superuser),
            ),
        ]
    }
}
