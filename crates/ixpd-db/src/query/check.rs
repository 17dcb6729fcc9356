//! What `ixpd check` wants to know of a database that may lack anything: each function names the tables that it needs.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use crate::{Backend, dialect};

/// Rows that are counted of a table, at most: that there are many is enough to know.
pub const COUNTED: u64 = 10_000;

/// The names of the tables that the database has.
///
/// # Errors
/// When the database doesn't answer.
pub async fn tables(db: &impl ConnectionTrait) -> Result<HashSet<String>, DbErr> {
    dialect::table_names(db).await
}

/// The names of the columns of a table; none where there is no such table.
///
/// # Errors
/// When the database doesn't answer.
pub async fn columns(db: &impl ConnectionTrait, table: &str) -> Result<HashSet<String>, DbErr> {
    dialect::column_names(db, table).await
}

/// Rows of each of these tables, up to [`COUNTED`], in their order. All of them must exist.
///
/// # Errors
/// When the database fails.
pub async fn row_counts(
    db: &impl ConnectionTrait,
    tables: &[&'static str],
) -> Result<Vec<(&'static str, u64)>, DbErr> {
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let counts = tables.iter().enumerate().map(|(at, table)| {
        format!("SELECT {at} AS position, COUNT(*) AS found FROM (SELECT 1 AS one FROM `{table}` LIMIT {COUNTED}) AS t{at}")
    });
    let sql = counts.collect::<Vec<_>>().join(" UNION ALL ") + " ORDER BY position";
    let rows = query(db, &sql).await?;
    rows.iter()
        .zip(tables)
        .map(|(row, table)| Ok((*table, row.try_get::<i64>("", "found")?.unsigned_abs())))
        .collect()
}

/// An API key that only some addresses may use. Needs `api_keys` and `user`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LimitedKey {
    /// `api_keys.id`.
    pub id: i64,
    /// `user.username` of the owner.
    pub username: Option<String>,
    /// `api_keys.allowed_ips`.
    pub allowed_ips: Option<String>,
}

/// The API keys that only some addresses may use, by id.
///
/// # Errors
/// When the database fails.
pub async fn limited_keys(db: &impl ConnectionTrait) -> Result<Vec<LimitedKey>, DbErr> {
    let sql = "SELECT k.`id`, u.`username`, k.`allowed_ips` FROM `api_keys` k \
         LEFT JOIN `user` u ON u.`id` = k.`user_id` \
         WHERE k.`allowed_ips` IS NOT NULL AND k.`allowed_ips` <> '' ORDER BY k.`id`";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    LimitedKey::find_by_statement(statement).all(db).await
}

/// An enabled account. Needs `user`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Address {
    /// `user.email`.
    pub email: String,
    /// `user.username`.
    pub username: Option<String>,
}

/// The enabled accounts whose e-mail address another one has too, without regard to case, by address.
///
/// # Errors
/// When the database fails.
pub async fn shared_addresses(db: &impl ConnectionTrait) -> Result<Vec<Address>, DbErr> {
    let enabled = "(`disabled` IS NULL OR `disabled` = 0) AND `email` IS NOT NULL AND `email` <> ''";
    let sql = format!(
        "SELECT `email`, `username` FROM `user` WHERE {enabled} AND LOWER(`email`) IN \
         (SELECT LOWER(`email`) FROM `user` WHERE {enabled} GROUP BY LOWER(`email`) HAVING COUNT(*) > 1) \
         ORDER BY LOWER(`email`), `id`"
    );
    Address::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await
}

/// Has SQLite read every page of its file; the first fault that it finds. A server looks after its own files.
///
/// # Errors
/// When the database doesn't answer.
pub async fn file_fault(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    if Backend::of(db) == Backend::MySql {
        return Ok(None);
    }
    let rows = query(db, "PRAGMA quick_check(1)").await?;
    let found = rows.first().map(|row| row.try_get_by_index::<String>(0)).transpose()?;
    Ok(found.filter(|found| found != "ok"))
}

async fn query(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<sea_orm::QueryResult>, DbErr> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await
}

/// A row whose JSON column holds what is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MalformedJson {
    /// `TABLE.COLUMN`.
    pub place: String,
    /// Primary key of the row.
    pub id: i64,
    /// `user.username` of the user that the row is about.
    pub username: Option<String>,
}

/// The rows of `user` and `customer_to_users` with a JSON column that holds no JSON, at most [`COUNTED`]. Needs both
/// tables.
///
/// # Errors
/// When the database fails.
pub async fn malformed_json(db: &impl ConnectionTrait) -> Result<Vec<MalformedJson>, DbErr> {
    let of_user = |column: &str| {
        format!(
            "SELECT 'user.{column}' AS `place`, u.`id` AS `id`, u.`username` AS `username` FROM `user` u \
             WHERE u.`{column}` IS NOT NULL AND JSON_VALID(u.`{column}`) = 0"
        )
    };
    let of_membership = "SELECT 'customer_to_users.extra_attributes' AS `place`, m.`id` AS `id`, u.`username` AS `username` \
         FROM `customer_to_users` m LEFT JOIN `user` u ON u.`id` = m.`user_id` \
         WHERE m.`extra_attributes` IS NOT NULL AND JSON_VALID(m.`extra_attributes`) = 0";
    let sql = format!(
        "{} UNION ALL {} UNION ALL {of_membership} ORDER BY 1, 2 LIMIT {COUNTED}",
        of_user("prefs"),
        of_user("extra_attributes")
    );
    MalformedJson::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await
}

/// A row that lacks something which outputs need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// The table, and what is missing.
    pub problem: &'static str,
    /// Primary key of the row.
    pub id: i64,
    /// Name of the row, or of its member.
    pub name: Option<String>,
}

/// Problem, FROM clause with the row as `t`, expression of the name, and WHERE clause of each check.
const INCOMPLETE: [(&str, &str, &str, &str); 11] = [
    (
        "vlaninterface: IPv4 is enabled without an address (ipv4addressid)",
        "`vlaninterface` t LEFT JOIN `virtualinterface` vi ON vi.`id` = t.`virtualinterfaceid` \
         LEFT JOIN `cust` c ON c.`id` = vi.`custid`",
        "c.`name`",
        "t.`ipv4enabled` = 1 AND t.`ipv4addressid` IS NULL",
    ),
    (
        "vlaninterface: IPv6 is enabled without an address (ipv6addressid)",
        "`vlaninterface` t LEFT JOIN `virtualinterface` vi ON vi.`id` = t.`virtualinterfaceid` \
         LEFT JOIN `cust` c ON c.`id` = vi.`custid`",
        "c.`name`",
        "t.`ipv6enabled` = 1 AND t.`ipv6addressid` IS NULL",
    ),
    (
        "virtualinterface: a LAG without number (channelgroup)",
        "`virtualinterface` t LEFT JOIN `cust` c ON c.`id` = t.`custid`",
        "c.`name`",
        "t.`lag_framing` = 1 AND COALESCE(t.`channelgroup`, 0) = 0",
    ),
    (
        "virtualinterface: a LAG without name (name, or bundle_name of the switch's vendor)",
        "`virtualinterface` t LEFT JOIN `cust` c ON c.`id` = t.`custid`",
        "c.`name`",
        "t.`lag_framing` = 1 AND COALESCE(t.`name`, '') = '' AND NOT EXISTS (SELECT 1 FROM `physicalinterface` pi \
         JOIN `switchport` sp ON sp.`id` = pi.`switchportid` JOIN `switch` s ON s.`id` = sp.`switchid` \
         JOIN `vendor` d ON d.`id` = s.`vendorid` WHERE pi.`virtualinterfaceid` = t.`id` AND d.`bundle_name` <> '')",
    ),
    (
        "switchport: a port in use without a name (ifName)",
        "`switchport` t JOIN `physicalinterface` pi ON pi.`switchportid` = t.`id` \
         LEFT JOIN `switch` s ON s.`id` = t.`switchid`",
        "s.`name`",
        "COALESCE(t.`ifName`, '') = '' AND COALESCE(t.`name`, '') = ''",
    ),
    ("vlan: no tag (number)", "`vlan` t", "t.`name`", "COALESCE(t.`number`, 0) = 0"),
    (
        "switch: no name or host name, or no IPv4 address (name, hostname, ipv4addr)",
        "`switch` t",
        "t.`name`",
        "t.`active` = 1 AND (COALESCE(t.`name`, '') = '' OR COALESCE(t.`hostname`, '') = '' \
         OR COALESCE(t.`ipv4addr`, '') = '')",
    ),
    (
        "cust: a member with a connection and no AS number (autsys)",
        "`cust` t",
        "t.`name`",
        "COALESCE(t.`autsys`, 0) = 0 AND EXISTS (SELECT 1 FROM `virtualinterface` vi \
         JOIN `vlaninterface` li ON li.`virtualinterfaceid` = vi.`id` WHERE vi.`custid` = t.`id`)",
    ),
    (
        "routers: Bird's Eye answers for it, but there is no URL of its API (api)",
        "`routers` t",
        "t.`handle`",
        "t.`api_type` = 1 AND COALESCE(t.`api`, '') = ''",
    ),
    (
        "sflow_receiver: no virtual interface or no address (virtual_interface_id, dst_ip)",
        "`sflow_receiver` t",
        "t.`dst_ip`",
        "t.`virtual_interface_id` IS NULL OR t.`dst_ip` = ''",
    ),
    ("user: no user name (username)", "`user` t", "t.`name`", "COALESCE(t.`username`, '') = ''"),
];

/// The rows that outputs leave out, or show in part, for something that is missing, at most [`COUNTED`] by problem and
/// id. Needs all tables.
///
/// # Errors
/// When the database fails.
pub async fn incomplete(db: &impl ConnectionTrait) -> Result<Vec<Incomplete>, DbErr> {
    let parts: Vec<_> = INCOMPLETE
        .iter()
        .enumerate()
        .map(|(number, (_, tables, name, condition))| {
            format!("SELECT {number} AS `number`, t.`id` AS `id`, {name} AS `name` FROM {tables} WHERE {condition}")
        })
        .collect();
    let sql = format!("{} ORDER BY 1, 2 LIMIT {COUNTED}", parts.join(" UNION ALL "));
    let rows = query(db, &sql).await?;
    rows.iter()
        .map(|row| {
            let number = usize::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or_default();
            let problem = INCOMPLETE.get(number).map_or("", |(problem, ..)| *problem);
            Ok(Incomplete { problem, id: row.try_get_by_index(1)?, name: row.try_get_by_index(2)? })
        })
        .collect()
}
