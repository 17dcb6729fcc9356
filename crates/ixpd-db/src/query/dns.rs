//! The names that reverse DNS gives members' addresses.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

/// An address with its name.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Hostname {
    /// Whether the service speaks the protocol.
    pub enabled: bool,
    pub address: String,
    pub hostname: String,
}

const HOSTNAMES_V4: &str =
    "SELECT COALESCE(li.ipv4enabled, 0) AS enabled, a.address, li.ipv4hostname AS hostname
 FROM vlaninterface li JOIN ipv4address a ON a.id = li.ipv4addressid
 WHERE li.vlanid = ? AND li.ipv4hostname <> '' AND a.address IS NOT NULL ORDER BY li.id";

/// Every address of a VLAN that is in use and has a name, whatever the state of the service or its member.
///
/// # Errors
/// When the database fails.
pub async fn hostnames(db: &impl ConnectionTrait, vlan: i32, is_v6: bool) -> Result<Vec<Hostname>, DbErr> {
    let sql = if is_v6 { HOSTNAMES_V4.replace("ipv4", "ipv6") } else { HOSTNAMES_V4.to_owned() };
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [vlan.into()]);
    Hostname::find_by_statement(statement).all(db).await
}
