//! IRR data: which members have it, what is stored of it, `irrdb_prefix`, `irrdb_asn` and `irrdb_update_logs`.
//!
//! A member can have a million rows. They are read one by one and compared with what the registries offer, and only
//! what differs is written.

mod entry;
mod hold;
mod state;

use std::{collections::BTreeSet, fmt::Write as _, pin::pin};

use chrono::NaiveDate;
use futures::TryStreamExt as _;
use ixpd_types::Protocol;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, Statement, StreamTrait,
    Value, sea_query::OnConflict,
};

pub use self::{
    entry::{IrrdbEntry, IrrdbKind},
    hold::{Hold, HoldRow, clear_hold, hold, holds, listed_holds, release_hold},
    state::{note_verified, note_write},
};
use super::customer::CURRENT;
use crate::{WallClock, dialect, entity::irrdb_update_logs as logs};

/// Rows of one `INSERT` or `DELETE`.
const CHUNK: usize = 1_000;

/// A VLAN interface by which `c`, a row of `cust`, gives its routes to filtering route servers. No word about
/// filtering means that it is on, as route servers take it.
const FILTERED: &str = "SELECT 1 FROM virtualinterface vi JOIN vlaninterface li ON li.virtualinterfaceid = vi.id \
    WHERE vi.custid = c.id AND li.rsclient = 1 AND COALESCE(li.irrdbfilter, 1) = 1";
/// Members that are connected or may be, and carry traffic.
const ACTIVE: &str = "c.status IN (1, 2) AND COALESCE(c.type, 0) <> 2";

/// Which members an update is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those with this AS number.
    Asn(u32),
    /// The one with this id.
    Id(i32),
}

/// A current and active member, and where its routes are registered.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Subject {
    pub id: i32,
    pub name: Option<String>,
    pub autsys: Option<i32>,
    pub peeringmacro: Option<String>,
    pub peeringmacrov6: Option<String>,
    /// `irrdbconfig.host`.
    pub host: Option<String>,
    /// `irrdbconfig.source`.
    pub source: Option<String>,
    /// It is a client of route servers by IPv4 that filter it by IRR data.
    pub filtered_v4: bool,
    /// The same by IPv6.
    pub filtered_v6: bool,
}

impl Subject {
    /// Whether route servers filter it by IRR data.
    pub fn is_filtered(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::V4 => self.filtered_v4,
            Protocol::V6 => self.filtered_v6,
        }
    }
}

/// The current and active members that carry traffic, by name.
///
/// # Errors
/// When the database fails.
pub async fn subjects(
    db: &impl ConnectionTrait,
    today: NaiveDate,
    selection: Selection,
) -> Result<Vec<Subject>, DbErr> {
    let mut sql = format!(
        "SELECT c.id, c.name, c.autsys, c.peeringmacro, c.peeringmacrov6, i.host, i.source, \
         EXISTS ({FILTERED} AND li.ipv4enabled = 1) AS filtered_v4, \
         EXISTS ({FILTERED} AND li.ipv6enabled = 1) AS filtered_v6 \
         FROM cust c LEFT JOIN irrdbconfig i ON i.id = c.irrdb WHERE {CURRENT} AND {ACTIVE}"
    );
    let mut values: Vec<Value> = vec![today.into(), today.into()];
    match selection {
        Selection::All => {}
        Selection::Asn(asn) => {
            sql.push_str(" AND c.autsys = ?");
            values.push(asn.into());
        }
        Selection::Id(id) => {
            sql.push_str(" AND c.id = ?");
            values.push(id.into());
        }
    }
    sql.extend([" ORDER BY ", &dialect::by_text(db, "c.name"), ", c.id"]);
    Subject::find_by_statement(statement(db, sql, values)).all(db).await
}

/// The ids of the selected members, whether they are current or not.
///
/// # Errors
/// When the database fails.
pub async fn members(db: &impl ConnectionTrait, selection: Selection) -> Result<BTreeSet<i32>, DbErr> {
    let (sql, value): (_, Option<Value>) = match selection {
        Selection::All => ("SELECT id FROM cust", None),
        Selection::Asn(asn) => ("SELECT id FROM cust WHERE autsys = ?", Some(asn.into())),
        Selection::Id(id) => ("SELECT id FROM cust WHERE id = ?", Some(id.into())),
    };
    let rows = db.query_all_raw(statement(db, sql, value)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// When each member's data was last fetched, by `cust_id`.
///
/// # Errors
/// When the database fails.
pub async fn update_times(db: &impl ConnectionTrait) -> Result<Vec<logs::Model>, DbErr> {
    logs::Entity::find().all(db).await
}

/// Notes that a member's data was fetched.
///
/// # Errors
/// When the database fails.
pub async fn note_update(
    db: &impl ConnectionTrait,
    kind: IrrdbKind,
    customer_id: i32,
    protocol: Protocol,
    now: WallClock,
) -> Result<(), DbErr> {
    let mut row = logs::ActiveModel {
        cust_id: Set(customer_id),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    };
    let column = match (kind, protocol) {
        (IrrdbKind::Prefix, Protocol::V4) => {
            row.prefix_v4 = Set(Some(now));
            logs::Column::PrefixV4
        }
        (IrrdbKind::Prefix, Protocol::V6) => {
            row.prefix_v6 = Set(Some(now));
            logs::Column::PrefixV6
        }
        (IrrdbKind::Asn, Protocol::V4) => {
            row.asn_v4 = Set(Some(now));
            logs::Column::AsnV4
        }
        (IrrdbKind::Asn, Protocol::V6) => {
            row.asn_v6 = Set(Some(now));
            logs::Column::AsnV6
        }
    };
    let update =
        OnConflict::column(logs::Column::CustId).update_columns([column, logs::Column::UpdatedAt]).to_owned();
    logs::Entity::insert(row).on_conflict(update).exec_without_returning(db).await.map(drop)
}

/// When a member's data of a kind was last fetched.
pub fn update_time(row: &logs::Model, kind: IrrdbKind, protocol: Protocol) -> Option<WallClock> {
    match (kind, protocol) {
        (IrrdbKind::Prefix, Protocol::V4) => row.prefix_v4,
        (IrrdbKind::Prefix, Protocol::V6) => row.prefix_v6,
        (IrrdbKind::Asn, Protocol::V4) => row.asn_v4,
        (IrrdbKind::Asn, Protocol::V6) => row.asn_v6,
    }
}

/// In what the registries differ from the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference<E> {
    /// Rows that the database has.
    pub stored: usize,
    /// Ids of the rows that are to go, those that the registries don't have first.
    pub stale: Vec<i64>,
    /// The number of `stale` rows that the registries don't have. The others are duplicates.
    missing: usize,
    /// What is to come.
    pub new: Vec<E>,
}

impl<E> Difference<E> {
    /// Whether there is nothing to write.
    pub fn is_none(&self) -> bool {
        self.stale.is_empty() && self.new.is_empty()
    }

    /// Rows that the registries don't have.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Leaves rows in place that the registries don't have.
    pub fn keep_missing(&mut self) {
        self.stale.drain(..self.missing);
        self.missing = 0;
    }
}

/// Compares a member's rows with what the registries offer: ascending, each once. A row whose text isn't the
/// canonical one is to go.
///
/// # Errors
/// When the database fails.
pub async fn compare<E: IrrdbEntry>(
    db: &(impl ConnectionTrait + StreamTrait),
    customer_id: i32,
    protocol: Protocol,
    offered: &[E],
) -> Result<Difference<E>, DbErr> {
    let sql = format!(
        "SELECT id, {} FROM {} WHERE customer_id = ? AND protocol = ?",
        E::KIND.column(),
        E::KIND.table()
    );
    let values = [customer_id.into(), protocol.code().into()];
    let mut rows = pin!(db.stream_raw(statement(db, sql, values)).await?);
    let (mut stored, mut stale, mut repeated, mut seen) =
        (0, Vec::new(), Vec::new(), vec![false; offered.len()]);
    while let Some(row) = rows.try_next().await? {
        stored += 1;
        match E::read(&row, 1)?.and_then(|entry| offered.binary_search(&entry).ok()) {
            Some(index) if !seen[index] => seen[index] = true,
            Some(_) => repeated.push(row.try_get_by_index(0)?),
            None => stale.push(row.try_get_by_index(0)?),
        }
    }
    let missing = stale.len();
    stale.append(&mut repeated);
    let new = offered.iter().zip(seen).filter(|(_, seen)| !seen).map(|(entry, _)| *entry).collect();
    Ok(Difference { stored, stale, missing, new })
}

/// Writes what [`compare`] found. Rows that another run wrote or removed meanwhile are passed over.
///
/// # Errors
/// When the database fails, and when there is no such member any more.
pub async fn apply<E: IrrdbEntry>(
    db: &impl ConnectionTrait,
    customer_id: i32,
    protocol: Protocol,
    difference: &Difference<E>,
    now: WallClock,
) -> Result<(), DbErr> {
    let (table, column) = (E::KIND.table(), E::KIND.column());
    // First, since a stale row may be a new one in other letters.
    for ids in difference.stale.chunks(CHUNK) {
        let places = vec!["?"; ids.len()].join(",");
        let sql = format!("DELETE FROM {table} WHERE id IN ({places})");
        db.execute_raw(statement(db, sql, ids.iter().map(|id| (*id).into()))).await?;
    }
    // Only the entries are parameters: numbers and times are ours, and a statement takes so many of them.
    let row = format!("({customer_id},?,{},'{now}','{now}','{now}','{now}')", protocol.code());
    for entries in difference.new.chunks(CHUNK) {
        let mut sql = format!(
            "{} INTO {table} (customer_id,{column},protocol,first_seen,last_seen,created_at,updated_at) VALUES ",
            dialect::insert_or_skip(db)
        );
        for index in 0..entries.len() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(sql, "{comma}{row}");
        }
        db.execute_raw(statement(db, sql, entries.iter().map(IrrdbEntry::value))).await?;
    }
    Ok(())
}

/// Members whose data route servers don't ask for any more, although there is some: id and protocol.
///
/// # Errors
/// When the database fails.
pub async fn obsolete(
    db: &impl ConnectionTrait,
    kind: IrrdbKind,
    unfiltered: &[(i32, Protocol)],
) -> Result<Vec<(i32, Protocol)>, DbErr> {
    let mut found = Vec::new();
    for protocol in Protocol::ALL {
        let of_protocol = unfiltered.iter().filter(|(_, other)| other == protocol);
        let ids: Vec<String> = of_protocol.map(|(id, _)| id.to_string()).collect();
        for ids in ids.chunks(CHUNK) {
            let sql = format!(
                "SELECT c.id FROM cust c WHERE c.id IN ({}) AND EXISTS (SELECT 1 FROM {} e \
                 WHERE e.customer_id = c.id AND e.protocol = ?) ORDER BY c.id",
                ids.join(","),
                kind.table()
            );
            for row in db.query_all_raw(statement(db, sql, [protocol.code().into()])).await? {
                found.push((row.try_get_by_index(0)?, *protocol));
            }
        }
    }
    Ok(found)
}

/// Removes all of a member's rows. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_all(
    db: &impl ConnectionTrait,
    kind: IrrdbKind,
    customer_id: i32,
    protocol: Protocol,
) -> Result<u64, DbErr> {
    let sql = format!("DELETE FROM {} WHERE customer_id = ? AND protocol = ?", kind.table());
    let done = db.execute_raw(statement(db, sql, [customer_id.into(), protocol.code().into()])).await?;
    Ok(done.rows_affected())
}

/// `ConnectionTrait` and `StreamTrait` both tell the kind of database; this says which one is meant.
fn statement<C: ConnectionTrait>(
    db: &C,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(ConnectionTrait::get_database_backend(db), sql, values)
}
