//! What a new exchange begins with: itself as a member, and an infrastructure.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DbErr,
};

use super::bulk::is_empty;
use crate::{
    WallClock,
    entity::{company_billing_detail, company_registration_detail, contact, cust, infrastructure},
};

/// An exchange as its first rows need it.
pub struct NewExchange {
    /// `cust.name` and `company_registration_detail.registeredName`.
    pub name: String,
    /// `cust.abbreviatedName`.
    pub abbreviated_name: String,
    /// `cust.shortname`.
    pub short_name: String,
    /// `cust.autsys`.
    pub asn: i32,
    /// `cust.maxprefixes`.
    pub max_prefixes_v4: u32,
    /// `cust.maxprefixesv6`.
    pub max_prefixes_v6: u32,
    /// `cust.type`.
    pub customer_type: i32,
    /// `cust.status`.
    pub status: i16,
    /// `cust.peeringpolicy`.
    pub peering_policy: &'static str,
    /// `cust.corpwww`.
    pub website: Option<String>,
    /// Town and country (ISO 3166-1 alpha-2) of its company and its infrastructure.
    pub place: (String, String),
    /// `cust.nocemail` and `cust.peeringemail`.
    pub support_email: String,
    /// `cust.nocphone` and `cust.noc24hphone`.
    pub support_phone: Option<String>,
    /// `cust.nochours`.
    pub support_hours: Option<String>,
    /// `company_billing_detail.billingEmail`.
    pub billing_email: String,
    /// `company_billing_detail.billingTelephone`.
    pub billing_phone: Option<String>,
    /// Name and e-mail address of the person to turn to.
    pub contact: (String, String),
    /// `creator` of each row that has one.
    pub creator: String,
    /// `cust.datejoin`.
    pub joined: NaiveDate,
    /// Now.
    pub now: WallClock,
}

/// What was made.
pub struct Made {
    /// The exchange itself.
    pub customer: cust::Model,
    /// Its contact.
    pub contact: contact::Model,
    /// Its infrastructure; none where there was one.
    pub infrastructure: Option<infrastructure::Model>,
}

/// Adds the rows. A primary infrastructure is made where there is none of any kind.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, new: &NewExchange) -> Result<Made, DbErr> {
    let registration = registration(new).insert(db).await?.id;
    let billing = billing(new).insert(db).await?.id;
    let customer = customer(new, registration, billing).insert(db).await?;
    let contact = contact(new, customer.id).insert(db).await?;
    let infrastructure = if is_empty::<infrastructure::Entity>(db).await? {
        Some(infrastructure(new).insert(db).await?)
    } else {
        None
    };
    Ok(Made { customer, contact, infrastructure })
}

fn registration(new: &NewExchange) -> company_registration_detail::ActiveModel {
    company_registration_detail::ActiveModel {
        registered_name: Set(Some(new.name.clone())),
        town_city: Set(Some(new.place.0.clone())),
        country: Set(Some(new.place.1.clone())),
        created_at: Set(Some(new.now)),
        updated_at: Set(Some(new.now)),
        ..Default::default()
    }
}

fn billing(new: &NewExchange) -> company_billing_detail::ActiveModel {
    company_billing_detail::ActiveModel {
        billing_contact_name: Set(Some(new.contact.0.clone())),
        billing_town_city: Set(Some(new.place.0.clone())),
        billing_country: Set(Some(new.place.1.clone())),
        billing_email: Set(Some(new.billing_email.clone())),
        billing_telephone: Set(new.billing_phone.clone()),
        purchase_order_required: Set(false),
        invoice_method: Set(Some("EMAIL".to_owned())),
        invoice_email: Set(Some(new.billing_email.clone())),
        billing_frequency: Set(Some("NOBILLING".to_owned())),
        created_at: Set(Some(new.now)),
        updated_at: Set(Some(new.now)),
        ..Default::default()
    }
}

fn customer(new: &NewExchange, registration: i32, billing: i32) -> cust::ActiveModel {
    cust::ActiveModel {
        id: NotSet,
        name: Set(Some(new.name.clone())),
        r#type: Set(Some(new.customer_type)),
        shortname: Set(Some(new.short_name.clone())),
        autsys: Set(Some(new.asn)),
        maxprefixes: Set(Some(new.max_prefixes_v4)),
        maxprefixesv6: Set(Some(new.max_prefixes_v6)),
        peeringemail: Set(Some(new.support_email.clone())),
        nocphone: Set(new.support_phone.clone()),
        noc24hphone: Set(new.support_phone.clone()),
        nocfax: Set(None),
        nocemail: Set(Some(new.support_email.clone())),
        nochours: Set(new.support_hours.clone()),
        nocwww: Set(None),
        irrdb: Set(None),
        peeringmacro: Set(None),
        peeringpolicy: Set(Some(new.peering_policy.to_owned())),
        corpwww: Set(new.website.clone()),
        datejoin: Set(Some(new.joined)),
        dateleave: Set(None),
        status: Set(Some(new.status)),
        activepeeringmatrix: Set(Some(true)),
        lastupdatedby: Set(None),
        creator: Set(Some(new.creator.clone())),
        company_registered_detail_id: Set(Some(registration)),
        company_billing_details_id: Set(Some(billing)),
        peeringmacrov6: Set(None),
        abbreviated_name: Set(Some(new.abbreviated_name.clone())),
        md5_support: Set(Some("UNKNOWN".to_owned())),
        reseller: Set(None),
        is_reseller: Set(false),
        in_manrs: Set(false),
        in_peeringdb: Set(false),
        peeringdb_oauth: Set(true),
        created_at: Set(new.now),
        updated_at: Set(Some(new.now)),
    }
}

fn contact(new: &NewExchange, customer_id: i32) -> contact::ActiveModel {
    contact::ActiveModel {
        id: NotSet,
        custid: Set(Some(customer_id)),
        name: Set(new.contact.0.clone()),
        email: Set(Some(new.contact.1.clone())),
        phone: Set(new.support_phone.clone()),
        mobile: Set(None),
        updated_at: Set(Some(new.now)),
        lastupdatedby: Set(None),
        creator: Set(Some(new.creator.clone())),
        created_at: Set(Some(new.now)),
        position: Set(None),
        notes: Set(None),
    }
}

fn infrastructure(new: &NewExchange) -> infrastructure::ActiveModel {
    infrastructure::ActiveModel {
        id: NotSet,
        name: Set(Some("Infrastructure 1".to_owned())),
        shortname: Set(Some("infra1".to_owned())),
        is_primary: Set(true),
        peeringdb_ix_id: Set(None),
        ixf_ix_id: Set(None),
        exclude_from_ixf_export: Set(false),
        country: Set(Some(new.place.1.clone())),
        notes: Set(None),
        created_at: Set(Some(new.now)),
        updated_at: Set(Some(new.now)),
    }
}
