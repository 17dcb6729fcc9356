//! API keys: a person's own, and everybody's for superusers.

use askama::Template;

use super::{Sample, sample_frame, superuser_frame};
use crate::web::form::{Field, Select};
use crate::web::page::PageContext;
use crate::web::table::{Column, Direction, ListAddress, Pagination, Table};

/// What the pages tell of one key.
#[derive(Clone, Debug, Default)]
pub struct KeyView {
    /// The identifier, or the first characters of a key of the old form.
    pub name: String,
    /// A key of the old form.
    pub legacy: bool,
    pub description: String,
    pub access_label: String,
    pub created: String,
    /// `None` = never.
    pub expires: Option<String>,
    pub expired: bool,
    pub last_seen_at: Option<String>,
    pub last_seen_from: Option<String>,
    /// Addresses it may be used from; empty = any.
    pub allowed_ips: Vec<String>,
    /// The member it was made for, where it is bound to one.
    pub customer_name: Option<String>,
    /// The whole key, only in the answer to the right password.
    pub full_key: Option<String>,
    /// Why the whole key can't be shown, in the same answer.
    pub full_key_missing: Option<String>,
    pub show_href: String,
    pub edit_href: String,
    /// The page that asks before it deletes.
    pub delete_href: String,
    /// Receives DELETE.
    pub delete_action: String,
}

/// Asks for the password to show whole keys.
#[derive(Clone, Debug)]
pub struct RevealForm {
    /// Receives POST with `pass` and, where there is a second factor, `one_time_password`.
    pub action: String,
    pub password: Field,
    /// The code of the second factor; `None` for people without one.
    pub one_time_password: Option<Field>,
}

/// The person's own keys.
#[derive(Template)]
#[template(path = "api_key/list.html")]
pub struct ListPage {
    pub page: PageContext,
    pub keys: Vec<KeyView>,
    /// How many keys a person may have.
    pub limit: u32,
    /// `None` when the limit is reached, or while impersonating.
    pub create_href: Option<String>,
    /// `APP_URL` with `/api/v4/test`.
    pub test_url: String,
    /// The exchange accepts keys in the address.
    pub url_keys_accepted: bool,
    /// `None` where keys can't be shown again, or are shown already.
    pub reveal: Option<RevealForm>,
}

/// Makes or edits a key.
#[derive(Template)]
#[template(path = "api_key/form.html")]
pub struct FormPage {
    pub page: PageContext,
    /// Receives POST, or PUT when editing, with `description`, `expires`, `allowed_ips`, `access`.
    pub action: String,
    /// An existing key is edited.
    pub editing: bool,
    /// Sent back as `form_token`: makes one key however often the form is sent.
    pub form_token: Option<String>,
    /// Sent back as `version`: what the key was when the form was made.
    pub version: Option<String>,
    pub description: Field,
    /// YYYY-MM-DD or empty.
    pub expires: Field,
    /// The first and the last date accepted, YYYY-MM-DD; `expires_max` may be empty.
    pub expires_min: String,
    pub expires_max: String,
    pub expires_required: bool,
    pub allowed_ips: Field,
    /// The address that the request came from.
    pub your_address: String,
    pub access: Select,
    /// IXP Manager can use the same database, where the key's limits don't hold.
    pub beside_ixp_manager: bool,
    pub cancel_href: String,
}

impl FormPage {
    fn expires_help(&self) -> &'static str {
        if self.expires_required {
            "From this day on the key no longer works."
        } else {
            "From this day on the key no longer works. Leave it empty for a key that works until you delete it."
        }
    }

    fn allowed_ips_help(&self) -> String {
        format!(
            "Addresses or networks, one a line. Leave it empty to allow any. Your address now is {}.",
            self.your_address
        )
    }
}

/// Shows a new key, this once.
#[derive(Template)]
#[template(path = "api_key/created.html")]
pub struct CreatedPage {
    pub page: PageContext,
    pub key: String,
    pub view: KeyView,
    /// `APP_URL` with `/api/v4/test`.
    pub test_url: String,
    /// The key can be shown later for the password.
    pub can_be_revealed: bool,
    pub list_href: String,
}

/// One key in full, except for its secret.
#[derive(Template)]
#[template(path = "api_key/show.html")]
pub struct ShowPage {
    pub page: PageContext,
    pub key: KeyView,
}

/// A key and whose it is.
#[derive(Clone, Debug)]
pub struct OwnedKey {
    pub owner_name: String,
    pub owner_username: String,
    pub owner_disabled: bool,
    pub key: KeyView,
}

/// Everybody's keys.
#[derive(Template)]
#[template(path = "api_key/admin_list.html")]
pub struct AdminListPage {
    pub page: PageContext,
    pub table: Table,
    /// Receives GET with `search`.
    pub filter_action: String,
    /// Parameters that the filters keep, such as the order.
    pub filter_kept: Vec<(String, String)>,
    pub search: Field,
    pub keys: Vec<OwnedKey>,
}

impl AdminListPage {
    /// The columns of the template's rows.
    pub fn columns(address: &ListAddress, sorted: (&str, Direction)) -> Vec<Column> {
        let sortable = |label, key| Column::sortable(label, key, address, sorted);
        vec![
            sortable("Owner", "owner"),
            sortable("Key", "key"),
            Column::plain("Access"),
            sortable("Created", "created"),
            sortable("Expires", "expires"),
            sortable("Last seen", "last_seen"),
            Column::actions(),
        ]
    }
}

const SAMPLE_KEY: &str = "ixpm_iqLw1OF50aPU_XX3U8cGvlRiaf7YLX8a41uSJVqBbRAAl0LfKVo";
const SAMPLE_TEST_URL: &str = "https://ixp.example.net/api/v4/test";

fn sample_key() -> KeyView {
    KeyView {
        name: "iqLw1OF50aPU".to_owned(),
        legacy: false,
        description: "Nagios on mon1 & mon2 <rack 4>".to_owned(),
        access_label: "Automation".to_owned(),
        created: "2026-01-15 14:02".to_owned(),
        expires: Some("2027-01-15".to_owned()),
        last_seen_at: Some("2026-03-01 09:12".to_owned()),
        last_seen_from: Some("192.0.2.17".to_owned()),
        allowed_ips: vec!["192.0.2.0/24".to_owned(), "2001:db8::/32".to_owned()],
        customer_name: Some("Example Exchange".to_owned()),
        show_href: "/api-key/view/1".to_owned(),
        edit_href: "/api-key/edit/1".to_owned(),
        delete_href: "/api-key/delete/1".to_owned(),
        delete_action: "/api-key/delete/1".to_owned(),
        ..KeyView::default()
    }
}

fn sample_keys() -> Vec<KeyView> {
    let legacy = KeyView {
        name: "r8sFfk…".to_owned(),
        legacy: true,
        description: String::new(),
        expires: None,
        last_seen_at: None,
        last_seen_from: None,
        allowed_ips: Vec::new(),
        customer_name: None,
        ..sample_key()
    };
    let expired = KeyView {
        name: "GcMPPjWig7w2".to_owned(),
        description: "Old sflow collector".to_owned(),
        access_label: "Read-only".to_owned(),
        expires: Some("2026-02-28".to_owned()),
        expired: true,
        last_seen_from: Some("2001:db8:1234:5678:9abc:def0:1234:5678".to_owned()),
        ..sample_key()
    };
    vec![sample_key(), legacy, expired]
}

impl Sample for ListPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let reveal = |password| RevealForm {
            action: "/api-key/list-show-keys".to_owned(),
            password,
            one_time_password: None,
        };
        let page = |keys| Self {
            page: superuser_frame("API keys", ""),
            keys,
            limit: 10,
            create_href: Some("/api-key/create".to_owned()),
            test_url: SAMPLE_TEST_URL.to_owned(),
            url_keys_accepted: true,
            reveal: None,
        };
        let mut masked = page(sample_keys());
        masked.reveal = Some(reveal(Field::default()));
        let mut refused = page(sample_keys());
        let wrong = Field::default().with_error("Incorrect password entered");
        refused.reveal = Some(RevealForm { one_time_password: Some(Field::default()), ..reveal(wrong) });
        refused.create_href = None;
        refused.url_keys_accepted = false;
        let mut revealed = page(sample_keys());
        revealed.keys[0].full_key = Some(SAMPLE_KEY.to_owned());
        revealed.keys[1].full_key = Some("r8sFfkGamCjrbbLC12yIoCJooIRXzY9CYPaLVz92GFQyGqLq".to_owned());
        revealed.keys[2].full_key_missing =
            Some("Only its hash was imported, so it can't be shown.".to_owned());
        vec![("masked", masked), ("refused", refused), ("revealed", revealed), ("none", page(Vec::new()))]
    }
}

impl Sample for FormPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let access = Select::explained(
            [
                ("read-only", "Read-only", "Reads everything you may see, changes nothing."),
                (
                    "automation",
                    "Automation",
                    "What scripts and monitoring need; what any key of IXP Manager 7.4 may do.",
                ),
                ("full", "Full", "Everything that you may do yourself."),
            ],
            "automation",
        );
        let page = |title: &str, action: &str, editing| Self {
            page: PageContext {
                breadcrumbs: sample_frame::api_key_breadcrumbs(),
                ..superuser_frame(title, "")
            },
            action: action.to_owned(),
            editing,
            form_token: None,
            version: None,
            description: Field::default(),
            expires: Field::default(),
            expires_min: "2026-03-02".to_owned(),
            expires_max: String::new(),
            expires_required: false,
            allowed_ips: Field::default(),
            your_address: "192.0.2.17".to_owned(),
            access: access.clone(),
            beside_ixp_manager: false,
            cancel_href: "/api-key/list".to_owned(),
        };
        let mut create = page("New API key", "/api-key/store", false);
        create.form_token = Some("d41d8cd98f00b204".to_owned());
        let mut edit = page("Edit API key", "/api-key/update/1", true);
        edit.version = Some("2026-01-15 14:02:11".to_owned());
        edit.description = Field::new("Nagios");
        edit.expires = Field::new("2026-01-01").with_error("This has to be a day after today.");
        edit.expires_max.push_str("2027-03-01");
        edit.expires_required = true;
        edit.allowed_ips = Field::new("192.0.2.0/24\n2001:db8::/129")
            .with_error("Line 2: 2001:db8::/129 isn't an address or a network.");
        vec![("create", create), ("edit-refused", edit)]
    }
}

impl Sample for CreatedPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |can_be_revealed| Self {
            page: PageContext {
                breadcrumbs: sample_frame::api_key_breadcrumbs(),
                ..superuser_frame("API key created", "")
            },
            key: SAMPLE_KEY.to_owned(),
            view: sample_key(),
            test_url: SAMPLE_TEST_URL.to_owned(),
            can_be_revealed,
            list_href: "/api-key/list".to_owned(),
        };
        vec![("revealable", page(true)), ("once", page(false))]
    }
}

impl Sample for ShowPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |key| Self {
            page: PageContext {
                breadcrumbs: sample_frame::api_key_breadcrumbs(),
                ..superuser_frame("API key", "")
            },
            key,
        };
        let [current, legacy, expired] = [0, 1, 2].map(|index| page(sample_keys().swap_remove(index)));
        vec![("current", current), ("legacy", legacy), ("expired", expired)]
    }
}

impl Sample for AdminListPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let address = ListAddress::new("/admin/api-keys", [("search", "ada".to_owned())]);
        let table = |total| Table {
            columns: Self::columns(&address, ("last_seen", Direction::Descending)),
            pagination: Pagination::new(total, 2, 25, &address),
            csv_href: None,
            reset_href: (total == 0).then(|| "/admin/api-keys".to_owned()),
        };
        let owned = |key| OwnedKey {
            owner_name: "Ada Operator".to_owned(),
            owner_username: "ada".to_owned(),
            owner_disabled: false,
            key,
        };
        let page = |total, keys: Vec<OwnedKey>| Self {
            page: superuser_frame("API keys of all users", "API keys"),
            table: table(total),
            filter_action: "/admin/api-keys".to_owned(),
            filter_kept: vec![("sort".to_owned(), "last_seen".to_owned())],
            search: Field::new("ada"),
            keys,
        };
        let mut keys: Vec<_> = sample_keys().into_iter().map(owned).collect();
        keys[1].owner_disabled = true;
        vec![("some", page(260, keys)), ("none", page(0, Vec::new()))]
    }
}
