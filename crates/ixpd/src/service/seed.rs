//! What every exchange begins with: roles of contacts, vendors of switches, sources of routing policy.

use ixpd_db::{
    DbErr, WallClock,
    entity::{contact_group, irrdbconfig, vendor},
    query::bulk::{insert_all, is_empty},
    sea_orm::{ActiveValue::Set, ConnectionTrait},
};

/// Roles of contacts with what they are for.
const ROLES: [(&str, &str); 4] = [
    ("Billing", "Contact role for billing matters"),
    ("Technical", "Contact role for technical matters"),
    ("Admin", "Contact role for admin matters"),
    ("Marketing", "Contact role for marketing matters"),
];

/// Vendors: name, short name, and what their switches call a LAG.
const VENDORS: [(&str, &str, Option<&str>); 18] = [
    ("Allied Telesyn", "AlliedTel", None),
    ("Arista", "Arista", Some("Port-channel")),
    ("Brocade", "Brocade", None),
    ("Cisco Systems", "Cisco", Some("Port-channel")),
    ("Cumulus Networks", "Cumulus", Some("bond")),
    ("Dell", "Dell", None),
    ("Enterasys", "Enterasys", None),
    ("Extreme Networks", "Extreme", None),
    ("Force10 Networks", "Force10", None),
    ("Foundry Networks", "Brocade", None),
    ("Glimmerglass", "Glimmerglass", None),
    ("Hitachi Cable", "Hitachi", None),
    ("Huawei", "Huawei", None),
    ("Juniper Networks", "Juniper", None),
    ("MikroTik", "MikroTik", None),
    ("MRV", "MRV", None),
    ("Nokia", "Nokia", None),
    ("Transmode", "Transmode", None),
];

/// The host that answers for every source below.
const IRR_HOST: &str = "whois.radb.net";
/// Sources of the internet routing registries, alone and as members combine them.
const IRR_SOURCES: [&str; 18] = [
    "RIPE",
    "RADB",
    "LACNIC",
    "AFRINIC",
    "APNIC",
    "LEVEL3",
    "ARIN",
    "ALTDB",
    "RADB,ARIN",
    "RADB,RIPE",
    "RADB,APNIC",
    "RADB,AFRINIC",
    "RADB,LACNIC",
    "RIPE,ARIN",
    "RIPE,APNIC",
    "RADB,APNIC,ARIN",
    "RADB,RIPE,ARIN",
    "RADB,RIPE,APNIC,ARIN",
];

/// Fills those of the three tables that are empty.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    if is_empty::<contact_group::Entity>(db).await? {
        insert_all(db, roles(now)).await?;
    }
    if is_empty::<vendor::Entity>(db).await? {
        insert_all(db, vendors(now)).await?;
    }
    if is_empty::<irrdbconfig::Entity>(db).await? {
        insert_all(db, irr_sources(now)).await?;
    }
    Ok(())
}

fn roles(now: WallClock) -> impl Iterator<Item = contact_group::ActiveModel> {
    (1..).zip(ROLES).map(move |(id, (name, description))| contact_group::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        r#type: Set("ROLE".to_owned()),
        active: Set(true),
        limited_to: Set(0),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    })
}

fn vendors(now: WallClock) -> impl Iterator<Item = vendor::ActiveModel> {
    (1..).zip(VENDORS).map(move |(id, (name, short_name, bundle))| vendor::ActiveModel {
        id: Set(id),
        name: Set(Some(name.to_owned())),
        shortname: Set(Some(short_name.to_owned())),
        nagios_name: Set(Some(short_name.to_lowercase())),
        bundle_name: Set(bundle.map(str::to_owned)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    })
}

fn irr_sources(now: WallClock) -> impl Iterator<Item = irrdbconfig::ActiveModel> {
    (1..).zip(IRR_SOURCES).map(move |(id, source)| irrdbconfig::ActiveModel {
        id: Set(id),
        host: Set(Some(IRR_HOST.to_owned())),
        source: Set(Some(source.to_owned())),
        notes: Set(Some(format!("{} by {IRR_HOST}", source.replace(',', " and ")))),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    })
}
