//! The exchange's switches, `switch`.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;
use crate::{SecretText, WallClock, dialect};

/// A row of `switch`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Switch {
    pub id: i32,
    pub name: Option<String>,
    /// `infrastructure.id`.
    pub infrastructure: Option<i32>,
    pub active: Option<bool>,
    pub asn: Option<u32>,
    pub hostname: Option<String>,
    pub loopback_ip: Option<String>,
    pub loopback_name: Option<String>,
    pub ipv4addr: Option<String>,
    pub ipv6addr: Option<String>,
    pub model: Option<String>,
    pub os: Option<String>,
    pub os_version: Option<String>,
    pub serial_number: Option<String>,
    /// Twelve hex digits.
    pub mgmt_mac_address: Option<String>,
    /// `None` for the zero date that old MySQL installations hold.
    pub last_polled: Option<WallClock>,
    /// Seconds.
    pub snmp_engine_time: Option<i64>,
    /// Hundredths of a second.
    pub snmp_system_uptime: Option<i64>,
    /// The SNMP community.
    pub snmppasswd: Option<SecretText>,
}

const COLUMNS: &str = "s.id, s.name, s.infrastructure, s.active, s.asn, s.hostname, s.loopback_ip, s.loopback_name, \
    s.ipv4addr, s.ipv6addr, s.model, s.os, s.osVersion AS os_version, s.serialNumber AS serial_number, \
    s.mgmt_mac_address, CASE WHEN s.lastPolled > '1000-01-01' THEN s.lastPolled END AS last_polled, \
    s.snmp_engine_time, s.snmp_system_uptime, s.snmppasswd";

/// One switch.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i32) -> Result<Option<Switch>, DbErr> {
    raw::row(db, format!("SELECT {COLUMNS} FROM `switch` s WHERE s.id = ?"), [id.into()]).await
}

/// The switch of that name, in any case.
///
/// # Errors
/// When the database fails.
pub async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Switch>, DbErr> {
    let name_column = dialect::by_text(db, "s.name");
    let sql = format!("SELECT {COLUMNS} FROM `switch` s WHERE {name_column} = ? ORDER BY s.id");
    dialect::found(raw::row(db, sql, [name.into()]).await)
}

/// Every switch, by infrastructure and id.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Switch>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM `switch` s ORDER BY s.infrastructure, s.id");
    raw::rows(db, sql, []).await
}

/// The addresses of the loopback interfaces of an infrastructure's active switches but one, by switch.
///
/// # Errors
/// When the database fails.
pub async fn other_loopbacks(
    db: &impl ConnectionTrait,
    infrastructure: Option<i32>,
    except: i32,
) -> Result<Vec<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Loopback {
        loopback_ip: String,
    }
    let sql = "SELECT s.loopback_ip FROM `switch` s \
               WHERE s.infrastructure = ? AND s.active = 1 AND s.id <> ? AND s.loopback_ip <> '' ORDER BY s.id";
    let rows: Vec<Loopback> = raw::rows(db, sql, [infrastructure.into(), except.into()]).await?;
    Ok(rows.into_iter().map(|row| row.loopback_ip).collect())
}

/// When the active ports of a switch that are up and have a physical interface last changed, in seconds of Unix time.
///
/// # Errors
/// When the database fails.
pub async fn last_changes(db: &impl ConnectionTrait, switch_id: i32) -> Result<Vec<i32>, DbErr> {
    #[derive(FromQueryResult)]
    struct Change {
        last_change: i32,
    }
    let sql = "SELECT sp.ifLastChange AS last_change FROM switchport sp \
               JOIN physicalinterface pi ON pi.switchportid = sp.id \
               WHERE sp.switchid = ? AND sp.active = 1 AND sp.ifOperStatus = 1 AND sp.ifLastChange IS NOT NULL";
    let rows: Vec<Change> = raw::rows(db, sql, [switch_id.into()]).await?;
    Ok(rows.into_iter().map(|row| row.last_change).collect())
}

/// A switch's name by its id.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct NamedSwitch {
    pub id: i32,
    pub name: Option<String>,
}

/// The switches of a facility on which a member has a physical interface, by id.
///
/// # Errors
/// When the database fails.
pub async fn of_customer_at(
    db: &impl ConnectionTrait,
    customer_id: i32,
    location_id: Option<i32>,
) -> Result<Vec<NamedSwitch>, DbErr> {
    let sql = "SELECT DISTINCT s.id, s.name FROM virtualinterface vi \
               JOIN physicalinterface pi ON pi.virtualinterfaceid = vi.id \
               JOIN switchport sp ON sp.id = pi.switchportid \
               JOIN `switch` s ON s.id = sp.switchid \
               JOIN cabinet b ON b.id = s.cabinetid \
               WHERE vi.custid = ? AND b.locationid = ? ORDER BY s.id";
    raw::rows(db, sql, [customer_id.into(), location_id.into()]).await
}
