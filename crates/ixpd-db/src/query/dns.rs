//! The names that reverse DNS gives members' addresses.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

/// An address with its name, of a VLAN interface.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Hostname {
    /// `vlaninterface.id`.
    pub id: i32,
    /// `cust.name`.
    pub customer: Option<String>,
    /// Whether the service speaks the protocol.
    pub enabled: bool,
    pub address: Option<String>,
    pub hostname: String,
}

const HOSTNAMES_V4: &str =
    "SELECT li.id, c.name AS customer, COALESCE(li.ipv4enabled, 0) AS enabled, a.address,
 li.ipv4hostname AS hostname
 FROM vlaninterface li LEFT JOIN ipv4address a ON a.id = li.ipv4addressid
 LEFT JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid LEFT JOIN cust c ON c.id = vi.custid
 WHERE li.vlanid = ? AND li.ipv4hostname <> '' ORDER BY li.id";

/// Every VLAN interface of a VLAN that has a host name, whatever the state of the service or its member.
///
/// # Errors
/// When the database fails.
pub async fn hostnames(db: &impl ConnectionTrait, vlan: i32, is_v6: bool) -> Result<Vec<Hostname>, DbErr> {
    let sql = if is_v6 { HOSTNAMES_V4.replace("ipv4", "ipv6") } else { HOSTNAMES_V4.to_owned() };
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [vlan.into()]);
    Hostname::find_by_statement(statement).all(db).await
}
