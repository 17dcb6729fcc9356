//! VLANs, `vlan`.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// What switches need to know of a VLAN.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SwitchVlan {
    pub id: i32,
    pub name: Option<String>,
    /// The 802.1Q tag.
    pub number: Option<i32>,
    pub private: bool,
    /// Its name in configurations.
    pub config_name: Option<String>,
}

/// The VLANs of an infrastructure, by id.
///
/// # Errors
/// When the database fails.
pub async fn of_infrastructure(
    db: &impl ConnectionTrait,
    infrastructure: Option<i32>,
) -> Result<Vec<SwitchVlan>, DbErr> {
    let sql = "SELECT v.id, v.name, v.number, v.private, v.config_name FROM vlan v \
               WHERE v.infrastructureid = ? ORDER BY v.id";
    raw::rows(db, sql, [infrastructure.into()]).await
}

/// Whether there is such a VLAN.
///
/// # Errors
/// When the database fails.
pub async fn exists(db: &impl ConnectionTrait, id: i32) -> Result<bool, DbErr> {
    raw::exists(db, "SELECT v.id FROM vlan v WHERE v.id = ?", [id.into()]).await
}
