//! The first rows of a new exchange: itself as a member, with a contact and a superuser, and an infrastructure.

use ixpd_db::query::{
    bulk,
    setup::{self as rows, Made},
};
use ixpd_types::{Asn, CustomerStatus, CustomerType, PeeringPolicy, Privilege, Protocol};
use serde::Serialize;

use super::{
    audit::{Action, By, Tx},
    seed,
    text_rules::one_line_problem,
    user::{self, NewUser},
};
use crate::{
    config::{Config, IdentityConfig},
    error::{AppError, FieldErrors},
    services::Services,
};

/// The longest `cust.shortname` and `cust.abbreviatedName` that IXP Manager's forms take, in characters.
const SHORT_NAME_LENGTH: usize = 30;
/// The longest other text, in characters.
const TEXT_LENGTH: usize = 255;

/// A new exchange, beside what the settings `IDENTITY_*` say of it.
#[derive(Clone, Debug)]
pub struct NewExchange {
    /// `cust.shortname`.
    pub short_name: String,
    /// Its AS number.
    pub asn: Asn,
    /// Its first superuser.
    pub admin: Admin,
}

/// The first superuser.
#[derive(Clone, Debug)]
pub struct Admin {
    /// What the superuser logs in with.
    pub username: String,
    /// The person.
    pub name: String,
    /// Where mail goes.
    pub email: String,
}

/// What the trail of changes says of the rows.
#[derive(Serialize)]
struct Trail<'a> {
    id: i32,
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortname: Option<&'a str>,
}

/// What can't be accepted, by option of the command line; told before anything is stored. Without a password, a random
/// one will do.
///
/// # Errors
/// 422 with every complaint.
pub fn check(identity: &IdentityConfig, new: &NewExchange, password: Option<&str>) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    for (field, reasons) in user::person_rules(&new.admin.username, &new.admin.name, &new.admin.email) {
        errors.insert(format!("admin-{field}").into(), reasons);
    }
    let mut refuse = |field: &'static str, reason: String| {
        errors.entry(field.into()).or_default().push(reason);
    };
    if let Some(reason) = password.and_then(user::password_problem) {
        refuse("password", reason);
    }
    let problems = [
        ("shortname", short_name_problem(&new.short_name)),
        ("asn", asn_problem(new.asn)),
        ("name", name_problem(&identity.legal_name)),
        ("country", country_problem(&identity.country)),
        ("city", one_line_problem(&identity.city)),
        ("IDENTITY_ORGNAME", one_line_problem(&identity.org_name)),
        ("IDENTITY_SUPPORT_PHONE", one_line_problem(&identity.support.phone)),
        ("IDENTITY_SUPPORT_HOURS", one_line_problem(&identity.support.hours)),
        ("IDENTITY_BILLING_PHONE", one_line_problem(&identity.billing.phone)),
    ];
    for (field, problem) in problems {
        if let Some(reason) = problem {
            refuse(field, reason);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::Validation(errors)) }
}

/// Why a text can't be `cust.shortname` of the exchange.
pub fn short_name_problem(short: &str) -> Option<String> {
    let is_plain =
        short.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    let has_letter = short.chars().any(|c| c.is_ascii_alphanumeric());
    (!is_plain || !has_letter || short.len() > SHORT_NAME_LENGTH).then(|| {
        format!(
            "`{short}` can't be a short name; accepted are 1 to {SHORT_NAME_LENGTH} of a-z, 0-9, `-` and `_`."
        )
    })
}

/// Why a number can't be `cust.autsys`.
pub fn asn_problem(asn: Asn) -> Option<String> {
    (asn.0 == 0 || i32::try_from(asn.0).is_err())
        .then(|| format!("{} can't be stored; accepted are 1 to {}.", asn.0, i32::MAX))
}

/// Why a text can't be the exchange's name, `IDENTITY_LEGALNAME`.
pub fn name_problem(name: &str) -> Option<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > TEXT_LENGTH {
        return Some(format!(
            "The name of the exchange (IDENTITY_LEGALNAME) needs 1 to {TEXT_LENGTH} characters."
        ));
    }
    one_line_problem(name)
}

/// Why a text can't be the exchange's country, `IDENTITY_COUNTRY`.
pub fn country_problem(country: &str) -> Option<String> {
    (country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase())).then(|| {
        format!("`{country}` is no country; accepted are two capital letters of ISO 3166-1 such as IE.")
    })
}

/// The refusal where there is an exchange already.
pub fn in_use() -> AppError {
    AppError::Conflict(
        "the database has members or users already; `ixpd user create` makes further users".to_owned(),
    )
}

/// Stores the rows, all or none. Returns the id of the superuser.
///
/// # Errors
/// 409 if there are members or users, 422 for what can't be accepted.
pub async fn set_up(services: &Services, by: &By, new: NewExchange, password: &str) -> Result<i32, AppError> {
    check(&services.config.identity, &new, Some(password))?;
    let (new, hash) = (&new, &services.passwords.hash(password).await?);
    services.write(by, |tx| Box::pin(set_up_within(services, tx, new, hash))).await
}

async fn set_up_within(
    services: &Services,
    tx: &mut Tx<'_>,
    new: &NewExchange,
    hash: &str,
) -> Result<i32, AppError> {
    if !bulk::is_unused(tx.db()).await? {
        return Err(in_use());
    }
    seed::insert(tx.db(), tx.now()).await?;
    let made = rows::insert(tx.db(), &exchange(&services.config, new, tx)?).await?;
    note(tx, &made).await?;
    let admin = NewUser {
        username: new.admin.username.clone(),
        name: new.admin.name.clone(),
        email: new.admin.email.clone(),
        mobile: None,
        customer: made.customer,
        privilege: Privilege::Superuser,
    };
    user::insert(tx, admin, hash.to_owned()).await
}

fn exchange(config: &Config, new: &NewExchange, tx: &Tx<'_>) -> Result<rows::NewExchange, AppError> {
    let identity = &config.identity;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let name = identity.legal_name.trim().to_owned();
    let short = identity.org_name.trim();
    let short = if short.is_empty() { &name } else { short };
    Ok(rows::NewExchange {
        abbreviated_name: short.chars().take(SHORT_NAME_LENGTH).collect(),
        short_name: new.short_name.clone(),
        asn: i32::try_from(new.asn.0).map_err(AppError::internal)?,
        max_prefixes_v4: config.router.max_prefixes(Protocol::V4),
        max_prefixes_v6: config.router.max_prefixes(Protocol::V6),
        customer_type: CustomerType::Internal.code(),
        status: i16::try_from(CustomerStatus::Normal.code()).map_err(AppError::internal)?,
        peering_policy: PeeringPolicy::Mandatory.code(),
        website: given(&identity.corporate_url),
        place: (identity.city.trim().to_owned(), identity.country.clone()),
        support_email: identity.support.email.clone(),
        support_phone: given(&identity.support.phone),
        support_hours: given(&identity.support.hours),
        billing_email: identity.billing.email.clone(),
        billing_phone: given(&identity.billing.phone),
        contact: (new.admin.name.clone(), new.admin.email.clone()),
        creator: new.admin.username.clone(),
        joined: tx.now().date(),
        now: tx.now(),
        name,
    })
}

async fn note(tx: &Tx<'_>, made: &Made) -> Result<(), AppError> {
    let Made { customer, contact, infrastructure } = made;
    let trail =
        Trail { id: customer.id, name: customer.name.as_deref(), shortname: customer.shortname.as_deref() };
    tx.note_change("Customer", customer.id.into(), Action::Created, (), trail).await?;
    let trail = Trail { id: contact.id, name: Some(&contact.name), shortname: None };
    tx.note_change("Contact", contact.id.into(), Action::Created, (), trail).await?;
    if let Some(made) = infrastructure {
        let trail = Trail { id: made.id, name: made.name.as_deref(), shortname: made.shortname.as_deref() };
        tx.note_change("Infrastructure", made.id.into(), Action::Created, (), trail).await?;
    }
    Ok(())
}
