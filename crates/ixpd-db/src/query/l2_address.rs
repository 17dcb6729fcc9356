//! Configured MAC addresses, `l2address`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _, Statement,
};

use ixpd_types::MacAddr;

use crate::{
    WallClock,
    entity::{
        l2address::{ActiveModel, Column, Entity, Model},
        vlan, vlaninterface,
    },
};

/// The VLAN interface that addresses belong to.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Place {
    /// `vlaninterface.id`.
    pub vlan_interface_id: i32,
    /// `vlan.id`.
    pub vlan_id: Option<i32>,
    /// `vlan.name`.
    pub vlan_name: Option<String>,
    /// `cust.id` of its owner.
    pub customer_id: Option<i32>,
    /// `cust.name`.
    pub customer_name: Option<String>,
}

/// A VLAN interface.
///
/// # Errors
/// When the database fails.
pub async fn place(db: &impl ConnectionTrait, vlan_interface_id: i32) -> Result<Option<Place>, DbErr> {
    let sql = "SELECT i.`id` AS `vlan_interface_id`, l.`id` AS `vlan_id`, l.`name` AS `vlan_name`, \
         c.`id` AS `customer_id`, c.`name` AS `customer_name` FROM `vlaninterface` i \
         LEFT JOIN `vlan` l ON l.`id` = i.`vlanid` \
         LEFT JOIN `virtualinterface` v ON v.`id` = i.`virtualinterfaceid` \
         LEFT JOIN `cust` c ON c.`id` = v.`custid` WHERE i.`id` = ?";
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, [vlan_interface_id.into()]);
    Place::find_by_statement(statement).one(db).await
}

/// Holds other writers of the addresses of a VLAN interface's VLAN until the transaction ends. Comes before everything
/// that is read to judge a change: a plain read would go on seeing what was there before the wait.
///
/// # Errors
/// When the database fails.
pub async fn lock_vlan_of(transaction: &impl ConnectionTrait, vlan_interface_id: i32) -> Result<(), DbErr> {
    let vlan_id = vlaninterface::Entity::find_by_id(vlan_interface_id)
        .select_only()
        .column(vlaninterface::Column::Vlanid)
        .lock_exclusive()
        .into_tuple::<Option<i32>>()
        .one(transaction)
        .await?;
    let Some(vlan_id) = vlan_id.flatten() else { return Ok(()) };
    vlan::Entity::find_by_id(vlan_id)
        .select_only()
        .column(vlan::Column::Id)
        .lock_exclusive()
        .into_tuple::<i32>()
        .one(transaction)
        .await
        .map(drop)
}

/// An address, which other writers leave alone until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn locked(transaction: &impl ConnectionTrait, id: i32) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(transaction).await
}

/// How many addresses a VLAN interface has.
///
/// # Errors
/// When the database fails.
pub async fn count(db: &impl ConnectionTrait, vlan_interface_id: i32) -> Result<u64, DbErr> {
    Entity::find().filter(Column::VlanInterfaceId.eq(vlan_interface_id)).count(db).await
}

/// Whether any VLAN interface on a VLAN has an address, in whatever spelling: rows that other programs wrote may have
/// separators or upper case.
///
/// # Errors
/// When the database fails.
pub async fn is_on_vlan(db: &impl ConnectionTrait, vlan_id: i32, mac: MacAddr) -> Result<bool, DbErr> {
    let sql = "SELECT a.`mac` FROM `l2address` a JOIN `vlaninterface` i ON i.`id` = a.`vlan_interface_id` \
         WHERE i.`vlanid` = ? AND a.`mac` IS NOT NULL";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [vlan_id.into()]);
    for row in db.query_all_raw(statement).await? {
        if row.try_get::<String>("", "mac")?.parse() == Ok(mac) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds an address. Returns its id.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    db: &impl ConnectionTrait,
    vlan_interface_id: i32,
    mac: &str,
    now: WallClock,
) -> Result<i32, DbErr> {
    let row = ActiveModel {
        vlan_interface_id: Set(vlan_interface_id),
        mac: Set(Some(mac.to_owned())),
        firstseen: Set(None),
        lastseen: Set(None),
        created_at: Set(now),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Ok(Entity::insert(row).exec(db).await?.last_insert_id)
}

/// Removes an address.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, id: i32) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await.map(drop)
}
