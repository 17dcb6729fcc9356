//! Ports of switches, `switchport`.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::raw;

/// A port as lists to choose from show it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListedPort {
    pub id: i32,
    /// `switchport.name`.
    pub name: Option<String>,
    /// `switchport.ifName`.
    pub if_name: Option<String>,
    /// See [`ixpd_types::SwitchPortType`].
    pub port_type: Option<i32>,
    /// The physical interface on it.
    pub physical_interface_id: Option<i32>,
}

/// Which ports of a switch are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortFilter {
    /// Of these types; all if empty.
    pub types: Vec<i32>,
    /// Not these.
    pub except: Vec<i32>,
    /// Without a physical interface.
    pub unassigned: bool,
    /// Without a patch panel port.
    pub unpatched: bool,
    /// Of this member.
    pub customer_id: Option<i32>,
}

const LISTED: &str = "SELECT sp.id, sp.name, sp.ifName AS if_name, sp.type AS port_type, pi.id AS physical_interface_id \
    FROM switchport sp \
    LEFT JOIN physicalinterface pi ON pi.switchportid = sp.id \
    LEFT JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid \
    WHERE sp.switchid = ?";

/// Ports of a switch, by id.
///
/// # Errors
/// When the database fails.
pub async fn of_switch(
    db: &impl ConnectionTrait,
    switch_id: i32,
    filter: &PortFilter,
) -> Result<Vec<ListedPort>, DbErr> {
    let mut sql = LISTED.to_owned();
    let mut values: Vec<Value> = vec![switch_id.into()];
    let mut among = |condition: &str, ids: &[i32]| {
        if !ids.is_empty() {
            sql = format!("{sql} AND {condition} ({})", vec!["?"; ids.len()].join(", "));
            values.extend(ids.iter().copied().map(Value::from));
        }
    };
    among("COALESCE(sp.type, 0) IN", &filter.types);
    among("sp.id NOT IN", &filter.except);
    among("vi.custid IN", filter.customer_id.as_slice());
    if filter.unassigned {
        sql.push_str(" AND pi.id IS NULL");
    }
    if filter.unpatched {
        sql.push_str(" AND NOT EXISTS (SELECT 1 FROM patch_panel_port p WHERE p.switch_port_id = sp.id)");
    }
    sql.push_str(" ORDER BY sp.id");
    raw::rows(db, sql, values).await
}

/// What is on a port.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PortUse {
    pub physical_interface_id: Option<i32>,
    /// See [`ixpd_types::PhysicalInterfaceStatus`].
    pub status: Option<i32>,
    pub customer_id: Option<i32>,
    pub customer_name: Option<String>,
}

/// What is on a port; `None` if there is no such port.
///
/// # Errors
/// When the database fails.
pub async fn port_use(db: &impl ConnectionTrait, id: i32) -> Result<Option<PortUse>, DbErr> {
    let sql = "SELECT pi.id AS physical_interface_id, pi.status, c.id AS customer_id, c.name AS customer_name \
               FROM switchport sp \
               LEFT JOIN physicalinterface pi ON pi.switchportid = sp.id \
               LEFT JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid \
               LEFT JOIN cust c ON c.id = vi.custid WHERE sp.id = ?";
    raw::row(db, sql, [id.into()]).await
}
