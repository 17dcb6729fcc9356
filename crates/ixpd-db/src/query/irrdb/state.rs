//! What ixpd tells other processes of a member's IRR data, `ixpd_irrdb_state`.

use ixpd_types::Protocol;
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DbErr, EntityTrait as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use super::statement;
use crate::{
    dialect,
    entity::ixpd_irrdb_state::{ActiveModel, Column, Entity},
    query::router_config::irr::Sign,
};

/// Notes that rows of a member are written by this transaction. What a verification found before is void.
///
/// # Errors
/// When the database fails.
pub async fn note_write(
    db: &impl ConnectionTrait,
    customer_id: i32,
    protocol: Protocol,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        customer_id: Set(customer_id),
        protocol: Set(protocol.code()),
        generation: Set(1),
        ..Default::default()
    };
    let again = OnConflict::columns([Column::CustomerId, Column::Protocol])
        .values([
            (Column::Generation, Expr::col((Entity, Column::Generation)).add(1)),
            (Column::Digest, Expr::value(None::<String>)),
            (Column::DigestOf, Expr::value(None::<String>)),
        ])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map(drop)
}

/// Stores what a verification found at a sign of change, unless ixpd has written rows since: then the generation is
/// another one.
///
/// # Errors
/// When the database fails.
pub async fn note_verified(
    db: &impl ConnectionTrait,
    customer_id: i32,
    protocol: Protocol,
    digest: &str,
    sign: &Sign,
    generation: i64,
) -> Result<(), DbErr> {
    let insert = format!(
        "{} INTO ixpd_irrdb_state (customer_id, protocol) VALUES (?, ?)",
        dialect::insert_or_skip(db)
    );
    db.execute_raw(statement(db, insert, [customer_id.into(), protocol.code().into()])).await?;
    let update = "UPDATE ixpd_irrdb_state SET digest = ?, digest_of = ? \
                  WHERE customer_id = ? AND protocol = ? AND generation = ?";
    let values =
        [digest.into(), sign.as_text().into(), customer_id.into(), protocol.code().into(), generation.into()];
    db.execute_raw(statement(db, update, values)).await.map(drop)
}
