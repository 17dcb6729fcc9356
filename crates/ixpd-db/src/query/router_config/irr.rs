//! The AS numbers and prefixes that members have registered, as the last refresh left them.
//!
//! They are too many to be read for each configuration: callers keep them, and ask [`states`] whether they are still
//! those of the database. [`states`] reads a few rows a member, whatever the number of entries.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    pin::pin,
};

use futures::TryStreamExt as _;
use ixpd_types::Protocol;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, StreamTrait, Value};

use super::rows;
use crate::{WallClock, dialect};

/// Tells one state of a member's IRR data of a protocol from another. It changes when a refresh is noted in
/// `irrdb_update_logs`, when ixpd writes rows (`ixpd_irrdb_state.generation`), and when the member's highest id in one of
/// the tables changes, as it does with every row that anybody inserts. Rows that other programs delete or alter without
/// noting a refresh don't change it; a verification finds those.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sign(String);

impl Sign {
    /// A sign that was written as text before.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// As text of ASCII, at most 191 characters.
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the database says of a member's IRR data of a protocol without reading them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Of the data.
    pub sign: Sign,
    /// `ixpd_irrdb_state.generation`.
    pub generation: i64,
    /// Whether the member has no data of any protocol.
    pub is_empty: bool,
    /// What a verification last found, if it found any.
    pub verified: Option<Verified>,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// `ixpd_irrdb_state.digest`.
    pub digest: String,
    /// The sign of the data that it read.
    pub of: Sign,
}

#[derive(FromQueryResult)]
struct StateRow {
    customer_id: i32,
    last_prefix: i64,
    last_asn: i64,
    prefixes_at: Option<WallClock>,
    asns_at: Option<WallClock>,
    generation: i64,
    digest: Option<String>,
    digest_of: Option<String>,
}

impl StateRow {
    fn state(self) -> (i32, State) {
        let time = |at: Option<WallClock>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let sign = Sign(format!(
            "{} {} {} {} {}",
            self.last_prefix,
            self.last_asn,
            time(self.prefixes_at),
            time(self.asns_at),
            self.generation
        ));
        let verified = self.digest.zip(self.digest_of).map(|(digest, of)| Verified { digest, of: Sign(of) });
        let is_empty = self.last_prefix == 0 && self.last_asn == 0;
        (self.customer_id, State { sign, generation: self.generation, is_empty, verified })
    }
}

/// The state of the IRR data of some members, or of all. One statement that reads no more than the last entry of each
/// index.
///
/// # Errors
/// When the database fails.
pub async fn states(
    db: &impl ConnectionTrait,
    protocol: Protocol,
    customers: Option<&BTreeSet<i32>>,
) -> Result<BTreeMap<i32, State>, DbErr> {
    let condition = match customers {
        Some(customers) if customers.is_empty() => return Ok(BTreeMap::new()),
        Some(customers) => format!("WHERE c.id IN ({})", dialect::list(customers)),
        None => String::new(),
    };
    let (prefixes_at, asns_at) = match protocol {
        Protocol::V4 => ("prefix_v4", "asn_v4"),
        Protocol::V6 => ("prefix_v6", "asn_v6"),
    };
    let (last_prefix, last_asn) =
        (dialect::last_id_of_customer("irrdb_prefix"), dialect::last_id_of_customer("irrdb_asn"));
    let sql = format!(
        "SELECT c.id AS customer_id, COALESCE(({last_prefix}), 0) AS last_prefix, COALESCE(({last_asn}), 0) AS last_asn,
         l.{prefixes_at} AS prefixes_at, l.{asns_at} AS asns_at, COALESCE(s.generation, 0) AS generation,
         s.digest, s.digest_of
         FROM cust c LEFT JOIN irrdb_update_logs l ON l.cust_id = c.id
         LEFT JOIN ixpd_irrdb_state s ON s.customer_id = c.id AND s.protocol = ? {condition} ORDER BY c.id, l.id"
    );
    let found: Vec<StateRow> = rows(db, sql, [protocol.code().into()]).await?;
    Ok(found.into_iter().map(StateRow::state).collect())
}

/// A kind of IRR data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// `irrdb_prefix`.
    Prefixes,
    /// `irrdb_asn`.
    Asns,
}

impl Entries {
    /// Table and column.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Prefixes => ("irrdb_prefix", "prefix"),
            Self::Asns => ("irrdb_asn", "asn"),
        }
    }
}

/// Reads the entries of members, one statement for all of them, and hands each entry's text to `each` together with
/// its member, in any order. Other members' entries may be among them.
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
    let (table, column) = entries.names();
    let sql = dialect::texts_by_customer(db, table, column, customers).await?;
    let backend = ConnectionTrait::get_database_backend(db);
    let statement = Statement::from_sql_and_values(backend, sql, [protocol.code().into()]);
    let mut stream = pin!(db.stream_raw(statement).await?);
    while let Some(row) = stream.try_next().await? {
        let customer_id: i32 = row.try_get_by_index(0)?;
        let texts: Option<String> = row.try_get_by_index(1)?;
        texts.unwrap_or_default().split_ascii_whitespace().for_each(|text| each(customer_id, text));
    }
    Ok(())
}

/// Reads at most `limit` entries of a member with ids above `after`, in the order of their ids, and hands each text to
/// `each`. Returns the last id that was read; none at the end.
///
/// # Errors
/// When the database fails.
pub async fn entries_after(
    db: &impl ConnectionTrait,
    entries: Entries,
    (customer_id, protocol): (i32, Protocol),
    after: i64,
    limit: u32,
    mut each: impl FnMut(&str),
) -> Result<Option<i64>, DbErr> {
    let (table, column) = entries.names();
    let sql = dialect::texts_of_customer_after(db, table, column, limit);
    let values: [Value; 3] = [customer_id.into(), protocol.code().into(), after.into()];
    let mut last = None;
    for row in
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?
    {
        last = Some(row.try_get_by_index(0)?);
        each(&row.try_get_by_index::<String>(1)?);
    }
    Ok(last)
}
