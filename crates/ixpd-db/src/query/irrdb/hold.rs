//! Data that grew or shrank too much at once, `ixpd_irrdb_hold`.

use ixpd_types::Protocol;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    FromQueryResult, QueryFilter as _, QuerySelect as _, Statement, sea_query::OnConflict,
};

use super::IrrdbKind;
use crate::{
    WallClock, dialect,
    entity::{
        cust,
        ixpd_irrdb_hold::{ActiveModel, Column, Entity, Model},
    },
};

/// Data of a member that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub kind: IrrdbKind,
    pub customer_id: i32,
    pub protocol: Protocol,
    /// Entries that the database has.
    pub stored: i64,
    /// Entries that the registries offer.
    pub offered: i64,
    /// The number of entries to which the next update may go from `stored`, `released_up_to`: the most if it is
    /// above `stored`, the least if it is below.
    pub released_to: Option<i64>,
}

impl Hold {
    /// Whether the operator let data through that goes from so many entries to so many.
    pub fn is_released(&self, stored: i64, offered: i64) -> bool {
        self.released_to.is_some_and(|to| {
            if offered > stored { to > stored && offered <= to } else { to < stored && offered >= to }
        })
    }
}

/// A hold with its member, for a list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct HoldRow {
    pub customer_id: i32,
    pub name: Option<String>,
    pub autsys: Option<i32>,
    /// `prefix` or `asn`.
    pub kind: String,
    /// 4 or 6.
    pub protocol: i32,
    pub stored: i64,
    pub offered: i64,
    pub held_at: WallClock,
    /// See [`Hold::released_to`].
    pub released_to: Option<i64>,
}

/// What is held of a kind.
///
/// # Errors
/// When the database fails.
pub async fn holds(db: &impl ConnectionTrait, kind: IrrdbKind) -> Result<Vec<Hold>, DbErr> {
    let sql = "SELECT h.* FROM ixpd_irrdb_hold h JOIN cust c ON c.id = h.customer_id AND c.autsys = h.autsys \
               WHERE h.kind = ?";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [kind.column().into()]);
    let rows = Model::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| read(kind, &row)).collect())
}

/// No row that ixpd wrote has another protocol.
fn read(kind: IrrdbKind, row: &Model) -> Option<Hold> {
    Some(Hold {
        kind,
        customer_id: row.customer_id,
        protocol: Protocol::from_code(row.protocol).ok()?,
        stored: row.stored,
        offered: row.offered,
        released_to: row.released_up_to,
    })
}

/// All that is held, by member.
///
/// # Errors
/// When the database fails.
pub async fn listed_holds(db: &impl ConnectionTrait) -> Result<Vec<HoldRow>, DbErr> {
    let sql = format!(
        "SELECT h.customer_id, c.name, c.autsys, h.kind, h.protocol, h.stored, h.offered, h.held_at, \
               h.released_up_to AS released_to FROM ixpd_irrdb_hold h \
               JOIN cust c ON c.id = h.customer_id AND c.autsys = h.autsys \
               ORDER BY {}, c.id, h.kind, h.protocol",
        dialect::by_text(db, "c.name")
    );
    HoldRow::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await
}

/// Notes a hold. One that is there keeps its time and its release, unless it was of another member that had the id.
///
/// # Errors
/// When the database fails.
pub async fn hold(db: &impl ConnectionTrait, hold: &Hold, now: WallClock) -> Result<(), DbErr> {
    let autsys: Option<i32> = cust::Entity::find_by_id(hold.customer_id)
        .select_only()
        .column(cust::Column::Autsys)
        .into_tuple::<Option<i32>>()
        .one(db)
        .await?
        .flatten();
    Entity::delete_many()
        .filter(Column::CustomerId.eq(hold.customer_id))
        .filter(Column::Autsys.is_null().or(Column::Autsys.ne(autsys.unwrap_or_default())))
        .exec(db)
        .await?;
    let row = ActiveModel {
        customer_id: Set(hold.customer_id),
        kind: Set(hold.kind.column().to_owned()),
        protocol: Set(hold.protocol.code()),
        stored: Set(hold.stored),
        offered: Set(hold.offered),
        held_at: Set(now),
        released_up_to: Set(None),
        autsys: Set(autsys),
    };
    let update = OnConflict::columns([Column::CustomerId, Column::Kind, Column::Protocol])
        .update_columns([Column::Stored, Column::Offered])
        .to_owned();
    Entity::insert(row).on_conflict(update).exec_without_returning(db).await.map(drop)
}

/// Lets data through that grows or shrinks to so many entries.
///
/// # Errors
/// When the database fails.
pub async fn release_hold(
    db: &impl ConnectionTrait,
    kind: &str,
    customer_id: i32,
    protocol: i32,
    to: i64,
) -> Result<(), DbErr> {
    let row = ActiveModel { released_up_to: Set(Some(to)), ..Default::default() };
    Entity::update_many()
        .set(row)
        .filter(Column::Kind.eq(kind))
        .filter(Column::CustomerId.eq(customer_id))
        .filter(Column::Protocol.eq(protocol))
        .exec(db)
        .await
        .map(drop)
}

/// Removes a hold.
///
/// # Errors
/// When the database fails.
pub async fn clear_hold(
    db: &impl ConnectionTrait,
    kind: IrrdbKind,
    customer_id: i32,
    protocol: Protocol,
) -> Result<(), DbErr> {
    Entity::delete_by_id((customer_id, kind.column().to_owned(), protocol.code())).exec(db).await.map(drop)
}
