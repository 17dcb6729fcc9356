//! The AS numbers and prefixes that members have registered, as the last refresh left them.
//!
//! They are too many to be read for each configuration: callers keep them, and ask [`version`] whether they are still
//! those of the database.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt as _;
use ixpd_types::Protocol;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, StreamTrait};

use super::rows;
use crate::{WallClock, dialect};

/// Tells one state of all IRR data from another. Whoever inserts or deletes a row of `irrdb_prefix` or `irrdb_asn`
/// changes the number of rows or the highest id; whoever refreshes a member writes `irrdb_update_logs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    totals: Totals,
    refreshed: Vec<Refreshed>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
struct Totals {
    prefixes: i64,
    last_prefix: i64,
    asns: i64,
    last_asn: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Refreshed {
    cust_id: i32,
    prefix_v4: Option<WallClock>,
    prefix_v6: Option<WallClock>,
    asn_v4: Option<WallClock>,
    asn_v6: Option<WallClock>,
}

/// The state of all IRR data. Cheap beside reading them.
pub async fn version(db: &impl ConnectionTrait) -> Result<Version, DbErr> {
    let totals = "SELECT (SELECT COUNT(*) FROM irrdb_prefix) AS prefixes,
        (SELECT COALESCE(MAX(id), 0) FROM irrdb_prefix) AS last_prefix,
        (SELECT COUNT(*) FROM irrdb_asn) AS asns,
        (SELECT COALESCE(MAX(id), 0) FROM irrdb_asn) AS last_asn";
    let refreshed =
        "SELECT cust_id, prefix_v4, prefix_v6, asn_v4, asn_v6 FROM irrdb_update_logs ORDER BY cust_id, id";
    Ok(Version {
        totals: rows(db, totals.to_owned(), []).await?.pop().unwrap_or_default(),
        refreshed: rows(db, refreshed.to_owned(), []).await?,
    })
}

/// Tells one state of a member's IRR data, of both protocols, from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerVersion {
    /// Number of rows and highest id.
    prefixes: (i64, i64),
    asns: (i64, i64),
    refreshed: Option<Refreshed>,
}

#[derive(FromQueryResult)]
struct CustomerTotals {
    customer_id: i32,
    entries: i64,
    last: i64,
}

/// The state of each member's IRR data, those of members without any left out. Dearer than [`version`], whose answer
/// it takes.
pub async fn customer_versions(
    db: &impl ConnectionTrait,
    version: &Version,
) -> Result<BTreeMap<i32, CustomerVersion>, DbErr> {
    let sql = |table| {
        format!(
            "SELECT customer_id, COUNT(*) AS entries, MAX(id) AS last FROM {table} GROUP BY customer_id ORDER BY customer_id"
        )
    };
    let mut versions: BTreeMap<i32, CustomerVersion> = BTreeMap::new();
    for row in rows::<CustomerTotals>(db, sql("irrdb_prefix"), []).await? {
        versions.entry(row.customer_id).or_default().prefixes = (row.entries, row.last);
    }
    for row in rows::<CustomerTotals>(db, sql("irrdb_asn"), []).await? {
        versions.entry(row.customer_id).or_default().asns = (row.entries, row.last);
    }
    for row in &version.refreshed {
        versions.entry(row.cust_id).or_default().refreshed = Some(row.clone());
    }
    Ok(versions)
}

#[derive(FromQueryResult)]
struct CustomerRow {
    customer_id: i32,
}

/// The members that have a prefix of a protocol.
pub async fn customers_with_prefixes(
    db: &impl ConnectionTrait,
    protocol: Protocol,
) -> Result<BTreeSet<i32>, DbErr> {
    let sql = "SELECT c.id AS customer_id FROM cust c WHERE EXISTS
        (SELECT 1 FROM irrdb_prefix p WHERE p.customer_id = c.id AND p.protocol = ?)";
    let found: Vec<CustomerRow> = rows(db, sql.to_owned(), [protocol.code().into()]).await?;
    Ok(found.into_iter().map(|row| row.customer_id).collect())
}

/// A kind of IRR data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// `irrdb_prefix`.
    Prefixes,
    /// `irrdb_asn`.
    Asns,
}

/// Reads the entries of members, one statement for all of them, and hands each entry's text to `each` together with
/// its member. Entries of a member come together; members in any order.
pub async fn each_entry(
    db: &(impl ConnectionTrait + StreamTrait),
    entries: Entries,
    protocol: Protocol,
    customers: &BTreeSet<i32>,
    mut each: impl FnMut(i32, &str),
) -> Result<(), DbErr> {
    if customers.is_empty() {
        return Ok(());
    }
    let (table, column) = match entries {
        Entries::Prefixes => ("irrdb_prefix", "prefix"),
        Entries::Asns => ("irrdb_asn", "asn"),
    };
    let sql = dialect::texts_by_customer(db, table, column, customers);
    let backend = ConnectionTrait::get_database_backend(db);
    let statement = Statement::from_sql_and_values(backend, sql, [protocol.code().into()]);
    let mut stream = std::pin::pin!(db.stream_raw(statement).await?);
    while let Some(row) = stream.try_next().await? {
        let customer_id: i32 = row.try_get_by_index(0)?;
        let texts: Option<String> = row.try_get_by_index(1)?;
        texts.unwrap_or_default().split_ascii_whitespace().for_each(|text| each(customer_id, text));
    }
    Ok(())
}
