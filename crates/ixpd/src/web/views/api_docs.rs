//! The description of the API, for people.

use askama::Template;

use super::{Sample, guest_frame, superuser_frame};
use crate::web::page::{Link, PageContext};

/// A parameter, or a field of a form or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    pub name: String,
    /// `path`, `query`, `body`; empty in an answer.
    pub place: String,
    /// Such as `string` or `array of integer`.
    pub kind: String,
    pub required: bool,
    /// HTML that is safe to show.
    pub description: String,
    pub example: String,
}

/// What an operation may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseView {
    pub status: String,
    /// HTML that is safe to show.
    pub description: String,
    /// Kinds of bodies.
    pub media: Vec<String>,
    /// The types that are described below.
    pub types: Vec<Link>,
}

/// A method of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// Usable as an anchor.
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    /// HTML that is safe to show.
    pub description: String,
    /// Who may use it, in words.
    pub access: String,
    /// What a key needs for it, in words; empty where no key is needed.
    pub key_level: String,
    pub fields: Vec<FieldView>,
    pub responses: Vec<ResponseView>,
    /// An example for a shell.
    pub curl: String,
    /// What it may answer to that, one for each kind of body.
    pub answers: Vec<AnswerView>,
}

/// An example of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerView {
    /// The kind of the body.
    pub media: String,
    pub text: String,
}

/// Operations about the same things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    pub id: String,
    pub name: String,
    pub operations: Vec<OperationView>,
}

/// A type of an answer.
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
    /// The same for programs.
    pub description_href: String,
    /// Where a person makes a key, if one is logged in.
    pub keys_href: Option<String>,
}

fn sample_api() -> ApiView {
    let field = |name: &str, place: &str, required| FieldView {
        name: name.to_owned(),
        place: place.to_owned(),
        kind: "integer".to_owned(),
        required,
        description: "<p>The number of <code>a</code> thing.</p>\n".to_owned(),
        example: if required { "7" } else { "" }.to_owned(),
    };
    let operation = |id: &str, method: &str, fields: Vec<FieldView>| OperationView {
        id: id.to_owned(),
        method: method.to_owned(),
        path: "/api/v4/thing/{thing}".to_owned(),
        summary: "A thing.".to_owned(),
        description: "<p>More about it.</p>\n".to_owned(),
        access: "Superusers".to_owned(),
        key_level: "full".to_owned(),
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
        curl: "curl -H \"X-IXP-Manager-API-Key: $KEY\" 'https://ixp.example.net/api/v4/thing/7'".to_owned(),
    };
    ApiView {
        groups: vec![GroupView {
            id: "group-things".to_owned(),
            name: "Things".to_owned(),
            operations: vec![
                operation("get_thing", "GET", vec![field("thing", "path", true)]),
                OperationView {
                    key_level: String::new(),
                    answers: Vec::new(),
                    ..operation("put_thing", "PUT", Vec::new())
                },
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
        let page = |page, keys_href| Self {
            page,
            api: &API,
            description_href: "/api/openapi.json".to_owned(),
            keys_href,
        };
        vec![
            ("guest", page(guest_frame("API"), None)),
            ("superuser", page(superuser_frame("API", "API"), Some("/api-key/list".to_owned()))),
        ]
    }
}
