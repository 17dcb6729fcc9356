//! Members of the exchange, `cust`: the list, and one with its ports and addresses.

mod connections;
mod list;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use crate::dialect;

pub use self::{
    connections::{
        ConfiguredMac, Connections, LearnedMac, PhysicalPort, VirtualInterface, VlanService, connections,
    },
    list::{CustomerSort, ListFilter, ListRow, Slice, count, list},
};

/// The condition that `c`, a row of `cust`, is a member on a day; takes that day twice.
pub(super) const CURRENT: &str = "c.datejoin <= ? AND (c.dateleave IS NULL OR c.dateleave >= ?)";
/// The day a member joined; old MySQL installations hold zero dates, which are no dates.
const JOINED: &str = "CASE WHEN c.datejoin > '1000-01-01' THEN c.datejoin END";
/// The day a member leaves or left, likewise.
const LEFT: &str = "CASE WHEN c.dateleave > '1000-01-01' THEN c.dateleave END";

/// The day a member leaves or left, for those who decide by it: a zero date is past, as it is for [`CURRENT`], and as an
/// import has it.
pub(super) const LEFT_ON: &str =
    "CASE WHEN c.dateleave < '1000-01-01' THEN DATE('1000-01-01') ELSE c.dateleave END";

/// What is known of a member.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Details {
    pub id: i32,
    pub name: Option<String>,
    pub abbreviated_name: Option<String>,
    pub shortname: Option<String>,
    /// `cust.type`, see [`ixpd_types::CustomerType`].
    pub customer_type: Option<i32>,
    /// `cust.status`, see [`ixpd_types::CustomerStatus`].
    pub status: Option<i16>,
    pub autsys: Option<i32>,
    pub corpwww: Option<String>,
    pub datejoin: Option<NaiveDate>,
    pub dateleave: Option<NaiveDate>,
    pub peeringpolicy: Option<String>,
    pub peeringemail: Option<String>,
    pub peeringmacro: Option<String>,
    pub peeringmacrov6: Option<String>,
    pub maxprefixes: Option<u32>,
    pub maxprefixesv6: Option<u32>,
    /// `irrdbconfig.source`: names of IRR databases, separated by commas.
    pub irr_sources: Option<String>,
    /// `cust.MD5Support`, see [`ixpd_types::Md5Support`].
    pub md5_support: Option<String>,
    pub nocemail: Option<String>,
    pub nocphone: Option<String>,
    pub noc24hphone: Option<String>,
    pub nochours: Option<String>,
    pub nocwww: Option<String>,
    pub is_reseller: bool,
    pub in_manrs: bool,
    pub in_peeringdb: bool,
    /// The member that resells to this one.
    pub reseller_id: Option<i32>,
    pub reseller_name: Option<String>,
}

/// One member.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i32) -> Result<Option<Details>, DbErr> {
    let sql = format!(
        "SELECT c.id, c.name, c.abbreviatedName AS abbreviated_name, c.shortname, c.type AS customer_type, \
         c.status, c.autsys, c.corpwww, {JOINED} AS datejoin, {LEFT} AS dateleave, c.peeringpolicy, \
         c.peeringemail, c.peeringmacro, c.peeringmacrov6, c.maxprefixes, c.maxprefixesv6, \
         i.source AS irr_sources, c.MD5Support AS md5_support, c.nocemail, c.nocphone, c.noc24hphone, \
         c.nochours, c.nocwww, c.isReseller AS is_reseller, c.in_manrs, c.in_peeringdb, \
         r.id AS reseller_id, r.name AS reseller_name \
         FROM cust c LEFT JOIN irrdbconfig i ON i.id = c.irrdb LEFT JOIN cust r ON r.id = c.reseller \
         WHERE c.id = ?"
    );
    Details::find_by_statement(statement(db, sql, [id.into()])).one(db).await
}

/// A tag, `cust_tag`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tag {
    pub id: i32,
    /// What people read.
    pub display_as: String,
    /// Never shown to members.
    pub internal_only: bool,
}

/// Every tag, by its label.
///
/// # Errors
/// When the database fails.
pub async fn tags(db: &impl ConnectionTrait) -> Result<Vec<Tag>, DbErr> {
    let sql = format!(
        "SELECT t.id, t.display_as, t.internal_only FROM cust_tag t ORDER BY {}, t.id",
        dialect::by_text(db, "t.display_as")
    );
    Tag::find_by_statement(statement(db, sql, [])).all(db).await
}

/// The tags of one member, by label.
///
/// # Errors
/// When the database fails.
pub async fn tags_of(db: &impl ConnectionTrait, customer_id: i32) -> Result<Vec<Tag>, DbErr> {
    let sql = format!(
        "SELECT t.id, t.display_as, t.internal_only FROM cust_to_cust_tag p \
         JOIN cust_tag t ON t.id = p.customer_tag_id WHERE p.customer_id = ? ORDER BY {}, t.id",
        dialect::by_text(db, "t.display_as")
    );
    Tag::find_by_statement(statement(db, sql, [customer_id.into()])).all(db).await
}

/// A member that joined.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Recent {
    pub name: Option<String>,
    pub autsys: Option<i32>,
    pub datejoin: NaiveDate,
}

/// The members of `today` that joined last, the exchange itself left out; the latest first.
///
/// # Errors
/// When the database fails.
pub async fn recent(db: &impl ConnectionTrait, today: NaiveDate, most: u64) -> Result<Vec<Recent>, DbErr> {
    let sql = format!(
        "SELECT c.name, c.autsys, c.datejoin FROM cust c \
         WHERE {CURRENT} AND c.datejoin > '1000-01-01' AND COALESCE(c.type, 0) <> 3 \
         ORDER BY c.datejoin DESC, c.id DESC LIMIT ?"
    );
    let values = [today.into(), today.into(), most.into()];
    Recent::find_by_statement(statement(db, sql, values)).all(db).await
}

fn statement(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// Whether there is such a member.
///
/// # Errors
/// When the database fails.
pub async fn exists(db: &impl ConnectionTrait, id: i32) -> Result<bool, DbErr> {
    super::raw::exists(db, "SELECT c.id FROM cust c WHERE c.id = ?", [id.into()]).await
}
