//! Update locks of routers: the times in `routers`, which IXP Manager reads too, and who holds a lock, in
//! `ixpd_router_lock`.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _, FromQueryResult,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

use crate::{
    WallClock, dialect,
    entity::{
        ixpd_router_lock,
        routers::{ActiveModel, Column, Entity, Model},
    },
};

/// Every router, by id.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Id).all(db).await
}

/// The router of this handle.
///
/// # Errors
/// When the database fails.
pub async fn by_handle(db: &impl ConnectionTrait, handle: &str) -> Result<Option<Model>, DbErr> {
    dialect::found(Entity::find().filter(dialect::same_text(db, "handle", handle)).one(db).await)
}

/// A router, and those that must not be updated while it is.
pub struct Pair {
    /// The router.
    pub router: Model,
    /// The one that it names as its partner, and those that name it.
    pub partners: Vec<Model>,
}

/// Row of the locking read, and whether it has the handle by the column's collation.
#[derive(FromQueryResult)]
struct Held {
    #[sea_orm(nested)]
    router: Model,
    asked: i64,
}

/// A router with its partners, held until the transaction ends.
///
/// All routers are locked by one read in the order of their primary key: a plain read before it would find the pairs of
/// an earlier snapshot (REPEATABLE READ), and rows taken in any other order could deadlock with a transaction about the
/// partner. The table has tens of rows, and the transactions are short.
///
/// # Errors
/// When the database fails.
pub async fn pair_for_update(
    transaction: &impl ConnectionTrait,
    handle: &str,
) -> Result<Option<Pair>, DbErr> {
    let read = Entity::find()
        .expr_as(dialect::same_text(transaction, "handle", handle), "asked")
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_model::<Held>()
        .all(transaction)
        .await;
    let Some(held) = dialect::found(read.map(Some))? else { return Ok(None) };
    let Some(asked) = held.iter().position(|row| row.asked != 0) else { return Ok(None) };
    let mut held: Vec<Model> = held.into_iter().map(|row| row.router).collect();
    let router = held.remove(asked);
    held.retain(|other| other.pair_id == Some(router.id) || router.pair_id == Some(other.id));
    Ok(Some(Pair { router, partners: held }))
}

/// Stores when an update of a router started and when one was last finished.
///
/// # Errors
/// When the database fails.
pub async fn set_times(
    db: &impl ConnectionTrait,
    id: i32,
    started: Option<WallClock>,
    updated: Option<WallClock>,
    now: WallClock,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        last_update_started: Set(started),
        last_updated: Set(updated),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Forgets the times of all routers, and with them their locks. Returns how many routers there are.
///
/// # Errors
/// When the database fails.
pub async fn clear_times(db: &impl ConnectionTrait, now: WallClock) -> Result<u64, DbErr> {
    let row = ActiveModel {
        last_update_started: Set(None),
        last_updated: Set(None),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update_many().set(row).exec(db).await.map(|result| result.rows_affected)
}

/// Stores whether updates of a router may start.
///
/// # Errors
/// When the database fails.
pub async fn set_paused(
    db: &impl ConnectionTrait,
    id: i32,
    paused: bool,
    now: WallClock,
) -> Result<(), DbErr> {
    let row =
        ActiveModel { pause_updates: Set(paused), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Whoever takes a lock.
pub struct Taker {
    /// `routers.last_update_started` of the lock.
    pub locked_at: WallClock,
    /// As in `ixpd_audit`.
    pub actor_kind: &'static str,
    /// `user.id`.
    pub user_id: Option<i32>,
    /// `api_keys.id`.
    pub api_key_id: Option<i64>,
    /// Where from.
    pub ip: Option<String>,
    /// Account of the operating system, for the command line.
    pub command_line_user: Option<String>,
    /// `user.username`.
    pub username: Option<String>,
    /// Public name of the key.
    pub key_label: Option<String>,
}

/// Notes who takes the lock of a router, and that its partners' turn has passed.
///
/// # Errors
/// When the database fails.
pub async fn note_taker(
    transaction: &impl ConnectionTrait,
    router_id: i32,
    partners: &[i32],
    taker: Taker,
) -> Result<(), DbErr> {
    use ixpd_router_lock::Column as Own;
    let next_turn = || Expr::col((ixpd_router_lock::Entity, Own::Turn)).add(1);
    let row = ixpd_router_lock::ActiveModel {
        router_id: Set(router_id),
        turn: Set(1),
        locked_at: Set(Some(taker.locked_at)),
        actor_kind: Set(Some(taker.actor_kind.to_owned())),
        user_id: Set(taker.user_id),
        api_key_id: Set(taker.api_key_id),
        ip: Set(taker.ip),
        command_line_user: Set(taker.command_line_user),
        username: Set(taker.username),
        key_label: Set(taker.key_label),
    };
    let who = [
        Own::LockedAt,
        Own::ActorKind,
        Own::UserId,
        Own::ApiKeyId,
        Own::Ip,
        Own::CommandLineUser,
        Own::Username,
        Own::KeyLabel,
    ];
    let replace =
        OnConflict::column(Own::RouterId).update_columns(who).value(Own::Turn, next_turn()).to_owned();
    ixpd_router_lock::Entity::insert(row).on_conflict(replace).exec_without_returning(transaction).await?;
    if partners.is_empty() {
        return Ok(());
    }
    let rows = partners.iter().map(|id| ixpd_router_lock::ActiveModel {
        router_id: Set(*id),
        turn: Set(1),
        locked_at: NotSet,
        ..ixpd_router_lock::ActiveModel::default()
    });
    let count = OnConflict::column(Own::RouterId).value(Own::Turn, next_turn()).to_owned();
    ixpd_router_lock::Entity::insert_many(rows)
        .on_conflict(count)
        .exec_without_returning(transaction)
        .await
        .map(drop)
}

/// Notes that the lock of a router has ended: a later one that IXP Manager gives in the same second isn't taken for it.
///
/// # Errors
/// When the database fails.
pub async fn forget_taker(transaction: &impl ConnectionTrait, router_id: i32) -> Result<(), DbErr> {
    let row =
        ixpd_router_lock::ActiveModel { locked_at: Set(None), ..ixpd_router_lock::ActiveModel::default() };
    let this = ixpd_router_lock::Column::RouterId.eq(router_id);
    ixpd_router_lock::Entity::update_many().set(row).filter(this).exec(transaction).await.map(drop)
}

/// Whoever took the latest lock of a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `routers.id`.
    pub router_id: i32,
    /// `routers.last_update_started` of that lock.
    pub locked_at: Option<WallClock>,
    /// `user.username` at that time.
    pub username: Option<String>,
    /// `api_keys.id`.
    pub api_key_id: Option<i64>,
    /// The public name of that key.
    pub key_identifier: Option<String>,
    /// Where from.
    pub ip: Option<String>,
    /// Account of the operating system, for the command line.
    pub command_line_user: Option<String>,
}

/// Who took the latest locks of some routers, or of all.
///
/// # Errors
/// When the database fails.
pub async fn holders(db: &impl ConnectionTrait, of: Option<&[i32]>) -> Result<Vec<Holder>, DbErr> {
    let mut find = ixpd_router_lock::Entity::find().order_by_asc(ixpd_router_lock::Column::RouterId);
    if let Some(ids) = of {
        find = find.filter(ixpd_router_lock::Column::RouterId.is_in(ids.iter().copied()));
    }
    Ok(find.all(db).await?.into_iter().map(holder).collect())
}

/// Who took the latest lock of a router, by a locking read: a plain one shows the state before this transaction waited
/// for the router's row (REPEATABLE READ).
///
/// # Errors
/// When the database fails.
pub async fn holder_for_update(
    transaction: &impl ConnectionTrait,
    router_id: i32,
) -> Result<Option<Holder>, DbErr> {
    let find = ixpd_router_lock::Entity::find().filter(ixpd_router_lock::Column::RouterId.eq(router_id));
    Ok(find.lock_exclusive().one(transaction).await?.map(holder))
}

fn holder(row: ixpd_router_lock::Model) -> Holder {
    Holder {
        router_id: row.router_id,
        locked_at: row.locked_at,
        username: row.username,
        api_key_id: row.api_key_id,
        key_identifier: row.key_label,
        ip: row.ip,
        command_line_user: row.command_line_user,
    }
}
