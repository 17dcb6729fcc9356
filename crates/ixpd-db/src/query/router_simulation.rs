//! What a simulation of a router needs beside its configuration.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::router_lock;
use crate::entity::networkinfo::{Column, Entity};

/// The network of a router's VLAN, in its protocol: address, and length in bits.
///
/// # Errors
/// When the database fails.
pub async fn peering_lan(db: &impl ConnectionTrait, handle: &str) -> Result<Option<(String, i32)>, DbErr> {
    let Some(router) = router_lock::by_handle(db, handle).await? else { return Ok(None) };
    let found = Entity::find()
        .filter(Column::Vlanid.eq(router.vlan_id))
        .filter(Column::Protocol.eq(router.protocol))
        .order_by_asc(Column::Id)
        .one(db)
        .await?;
    Ok(found.and_then(|row| row.network.zip(row.masklen)))
}
