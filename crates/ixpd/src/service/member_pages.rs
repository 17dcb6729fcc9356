//! Lists of members in the operator's own form: templates `content/members/{priv}/{page}.html` and `.json` in the
//! folder of the skin.

use ixpd_db::query::lookup::{self, Listed};
use ixpd_types::{CustomerType, Privilege};
use serde::Serialize;
use serde_json::value::RawValue;

use super::incomplete::{IncompleteRows, first_filled};
use crate::{
    auth::actor::Actor,
    error::{AppError, chain},
    services::Services,
};

/// In which form a page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With `.json` at its end.
    Json,
    /// Without.
    Html,
}

/// What the templates see.
#[derive(Debug, Serialize)]
struct Context {
    /// The exchange's name.
    sitename: String,
    /// Every active member, by name.
    customers: Vec<Customer>,
}

#[derive(Debug, Serialize)]
struct Customer {
    id: i32,
    name: String,
    abbreviated_name: String,
    shortname: String,
    /// In words.
    r#type: &'static str,
    asn: Option<i32>,
    url: Option<String>,
    joined: Option<String>,
    peering_policy: Option<String>,
    as_macro: Option<String>,
    as_macro_v6: Option<String>,
    in_manrs: bool,
    in_peeringdb: bool,
}

impl From<Listed> for Customer {
    fn from(row: Listed) -> Self {
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        let kind = row.customer_type.and_then(|code| CustomerType::from_code(code).ok());
        let name = first_filled([&row.name, &row.abbreviated_name, &row.shortname]).map(str::to_owned);
        Self {
            id: row.id,
            abbreviated_name: first_filled([&row.abbreviated_name, &row.name, &row.shortname])
                .unwrap_or_default()
                .to_owned(),
            name: name.unwrap_or_default(),
            shortname: row.shortname.unwrap_or_default(),
            r#type: kind.map_or("", CustomerType::label),
            asn: row.autsys.filter(|asn| *asn != 0),
            url: text(row.corpwww),
            joined: row.datejoin.map(|day| day.to_string()),
            peering_policy: text(row.peeringpolicy),
            as_macro: text(row.peeringmacro),
            as_macro_v6: text(row.peeringmacrov6),
            in_manrs: row.in_manrs,
            in_peeringdb: row.in_peeringdb,
        }
    }
}

/// The members that have a name.
fn named(services: &Services, mut customers: Vec<Listed>) -> Vec<Listed> {
    let mut incomplete = IncompleteRows::default();
    customers.retain(|row| {
        let has_name = first_filled([&row.name, &row.abbreviated_name, &row.shortname]).is_some();
        if !has_name {
            incomplete.add("cust", row.id, None, "left out: it has no name; set cust.name");
        }
        has_name
    });
    services.incomplete.report("content/members", &incomplete);
    customers
}

/// A page for those of a privilege and above. Of its name only lower-case letters, digits, `-` and `_` count.
///
/// # Errors
/// 403 for those with less privilege; 404 if the skin has no such page.
pub async fn render(
    services: &Services,
    actor: &Actor,
    privilege: Privilege,
    page: &str,
    form: Form,
) -> Result<String, AppError> {
    if actor.privilege() < privilege {
        return Err(AppError::Forbidden("Unauthorized".into()));
    }
    let page: String = page
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        .collect();
    let extension = if form == Form::Json { "json" } else { "html" };
    let name = format!("content/members/{}/{page}.{extension}", privilege.code());
    let today = services.config.app.zone.today(services.clock.now());
    let customers = lookup::active_customers(services.db.connection(), today).await?;
    let context = Context {
        sitename: services.config.identity.site_name.clone(),
        customers: named(services, customers).into_iter().map(Customer::from).collect(),
    };
    let rendered = services.templates.render_own(&name, &context).map_err(AppError::internal)?;
    let text = rendered.ok_or_else(AppError::not_found)?;
    if form == Form::Json {
        serde_json::from_str::<&RawValue>(&text).map_err(|error| {
            AppError::internal(format!("template {name} gives no JSON: {}", chain(&error)))
        })?;
    }
    Ok(text)
}
