//! Small questions about what the tables hold: AS numbers, prefixes of the IRR, clients of route servers, documents.

use chrono::NaiveDate;
use ixpd_types::{Asn, CustomerStatus};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    QueryFilter as _, QueryOrder as _, Statement, Value,
};

use super::customer::CURRENT;
use crate::{
    UnsignedBigInt, WallClock, dialect,
    entity::{asns, irrdb_prefix, irrdbconfig, routers, vlan},
};

/// What is known of an AS number.
///
/// # Errors
/// When the database fails.
pub async fn asn(db: &impl ConnectionTrait, asn: Asn) -> Result<Option<asns::Model>, DbErr> {
    let Some(number) = UnsignedBigInt::new(asn.0.into()) else { return Ok(None) };
    asns::Entity::find_by_id(number).one(db).await
}

/// A member by id and name.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Named {
    /// `cust.id`.
    pub id: i32,
    /// `cust.name`.
    pub name: Option<String>,
}

/// Whether there is a VLAN.
///
/// # Errors
/// When the database fails.
pub async fn has_vlan(db: &impl ConnectionTrait, id: i32) -> Result<bool, DbErr> {
    Ok(vlan::Entity::find_by_id(id).one(db).await?.is_some())
}

/// The members with a route server client on a VLAN (or any) that has a router of a protocol (4, 6 or either) that the
/// client has enabled, by name.
///
/// # Errors
/// When the database fails.
pub async fn route_server_clients(
    db: &impl ConnectionTrait,
    vlan_id: Option<i32>,
    protocol: Option<u16>,
) -> Result<Vec<Named>, DbErr> {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = "SELECT DISTINCT c.`id`, c.`name` FROM `cust` c \
         JOIN `virtualinterface` v ON v.`custid` = c.`id` \
         JOIN `vlaninterface` i ON i.`virtualinterfaceid` = v.`id` \
         JOIN `routers` r ON r.`vlan_id` = i.`vlanid` \
         WHERE i.`rsclient` = 1 AND (r.`protocol` = 4 AND i.`ipv4enabled` = 1 OR r.`protocol` = 6 AND i.`ipv6enabled` = 1)"
        .to_owned();
    if let Some(protocol) = protocol {
        sql.push_str(" AND r.`protocol` = ?");
        values.push(protocol.into());
    }
    if let Some(vlan_id) = vlan_id {
        sql.push_str(" AND i.`vlanid` = ?");
        values.push(vlan_id.into());
    }
    sql.extend([" ORDER BY ", &dialect::by_text(db, "c.`name`"), ", c.`id`"]);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Named::find_by_statement(statement).all(db).await
}

/// The prefixes that the IRR has for a member, by id.
///
/// # Errors
/// When the database fails.
pub async fn irrdb_prefixes(
    db: &impl ConnectionTrait,
    customer_id: i32,
    protocol: i32,
) -> Result<Vec<irrdb_prefix::Model>, DbErr> {
    irrdb_prefix::Entity::find()
        .filter(irrdb_prefix::Column::CustomerId.eq(customer_id))
        .filter(irrdb_prefix::Column::Protocol.eq(protocol))
        .order_by_asc(irrdb_prefix::Column::Id)
        .all(db)
        .await
}

/// Adds a source of the IRR. Returns its id.
///
/// # Errors
/// When the database fails.
pub async fn insert_irrdb_source(
    db: &impl ConnectionTrait,
    host: &str,
    source: &str,
    notes: Option<&str>,
    now: WallClock,
) -> Result<i32, DbErr> {
    let row = irrdbconfig::ActiveModel {
        host: Set(Some(host.to_owned())),
        source: Set(Some(source.to_owned())),
        notes: Set(notes.map(str::to_owned)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..irrdbconfig::ActiveModel::default()
    };
    Ok(irrdbconfig::Entity::insert(row).exec(db).await?.last_insert_id)
}

/// A document with the names of who it belongs to and who brought it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Document {
    /// The file's name, as people see it.
    pub name: String,
    /// The folder of files that its bytes are in.
    pub disk: String,
    /// Where in that folder.
    pub path: String,
    /// `cust.name`, for documents of a member.
    pub customer_name: Option<String>,
    /// `user.username` of who brought it.
    pub username: Option<String>,
    /// `user.name`.
    pub user_name: Option<String>,
    /// When the row came to be.
    pub created_at: Option<WallClock>,
    /// When the bytes changed.
    pub file_last_updated: WallClock,
}

/// A document of the exchange.
///
/// # Errors
/// When the database fails.
pub async fn document(db: &impl ConnectionTrait, id: i64) -> Result<Option<Document>, DbErr> {
    let from = "`docstore_files` f LEFT JOIN `cust` c ON 1 = 0";
    one_document(db, from, id).await
}

/// A document of a member.
///
/// # Errors
/// When the database fails.
pub async fn customer_document(db: &impl ConnectionTrait, id: i64) -> Result<Option<Document>, DbErr> {
    let from = "`docstore_customer_files` f LEFT JOIN `cust` c ON c.`id` = f.`cust_id`";
    one_document(db, from, id).await
}

async fn one_document(db: &impl ConnectionTrait, from: &str, id: i64) -> Result<Option<Document>, DbErr> {
    let sql = format!(
        "SELECT f.`name`, f.`disk`, f.`path`, c.`name` AS `customer_name`, u.`username`, u.`name` AS `user_name`, \
         f.`created_at`, f.`file_last_updated` FROM {from} LEFT JOIN `user` u ON u.`id` = f.`created_by` WHERE f.`id` = ?"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
    Document::find_by_statement(statement).one(db).await
}

/// A router by its handle. Handles are compared exactly.
///
/// # Errors
/// When the database fails.
pub async fn router(db: &impl ConnectionTrait, handle: &str) -> Result<Option<routers::Model>, DbErr> {
    let same = routers::Entity::find().filter(routers::Column::Handle.eq(handle));
    let found = dialect::found(same.one(db).await)?;
    Ok(found.filter(|router| router.handle == handle))
}

/// Whether a member has a port in quarantine.
///
/// # Errors
/// When the database fails.
pub async fn is_in_quarantine(db: &impl ConnectionTrait, customer_id: i32) -> Result<bool, DbErr> {
    let sql = "SELECT p.`id` FROM `physicalinterface` p \
         JOIN `virtualinterface` v ON v.`id` = p.`virtualinterfaceid` WHERE v.`custid` = ? AND p.`status` = ? LIMIT 1";
    let status = ixpd_types::PhysicalInterfaceStatus::Quarantine.code();
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, [customer_id.into(), status.into()]);
    Ok(db.query_one_raw(statement).await?.is_some())
}

/// A member as lists for everybody show it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Listed {
    pub id: i32,
    pub name: Option<String>,
    pub abbreviated_name: Option<String>,
    pub shortname: Option<String>,
    /// `cust.type`, see [`ixpd_types::CustomerType`].
    pub customer_type: Option<i32>,
    pub autsys: Option<i32>,
    pub corpwww: Option<String>,
    pub datejoin: Option<NaiveDate>,
    pub peeringpolicy: Option<String>,
    pub peeringmacro: Option<String>,
    pub peeringmacrov6: Option<String>,
    pub in_manrs: bool,
    pub in_peeringdb: bool,
}

/// The members of `today` that are active, by name.
///
/// # Errors
/// When the database fails.
pub async fn active_customers(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<Listed>, DbErr> {
    let sql = format!(
        "SELECT c.id, c.name, c.abbreviatedName AS abbreviated_name, c.shortname, c.type AS customer_type, c.autsys, \
         c.corpwww, CASE WHEN c.datejoin > '1000-01-01' THEN c.datejoin END AS datejoin, c.peeringpolicy, \
         c.peeringmacro, c.peeringmacrov6, c.in_manrs, c.in_peeringdb \
         FROM cust c WHERE {CURRENT} AND c.status IN (?, ?) ORDER BY {}, c.id",
        dialect::by_text(db, "c.name")
    );
    let values = [
        today.into(),
        today.into(),
        CustomerStatus::Normal.code().into(),
        CustomerStatus::NotConnected.code().into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Listed::find_by_statement(statement).all(db).await
}
