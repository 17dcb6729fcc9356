//! Second factors: `user_2fa`, and what ixpd keeps beside it in `ixpd_second_factor`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::OnConflict,
};

use crate::{
    WallClock,
    entity::{
        ixpd_second_factor, ixpd_second_factor_failure,
        user_2fa::{ActiveModel, Column, Entity, Model},
    },
};

/// A user's second factor, confirmed or not.
///
/// # Errors
/// When the database fails.
pub async fn by_user(db: &impl ConnectionTrait, user_id: i32) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::UserId.eq(user_id)).one(db).await
}

/// Whether a user has a second factor that is in force.
///
/// # Errors
/// When the database fails.
pub async fn is_enabled(db: &impl ConnectionTrait, user_id: i32) -> Result<bool, DbErr> {
    let found: Option<i32> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Enabled.eq(true))
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Adds a secret that is yet to be confirmed, in place of an earlier unconfirmed one.
///
/// # Errors
/// When the database fails.
pub async fn set_unconfirmed(
    db: &impl ConnectionTrait,
    user_id: i32,
    secret: String,
    now: WallClock,
) -> Result<(), DbErr> {
    delete_unconfirmed(db, user_id).await?;
    let row = ActiveModel {
        user_id: Set(user_id),
        enabled: Set(false),
        secret: Set(Some(secret.into())),
        created_at: Set(now),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Removes a user's secret that was never confirmed. One that is in force stays.
///
/// # Errors
/// When the database fails.
pub async fn delete_unconfirmed(db: &impl ConnectionTrait, user_id: i32) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Enabled.eq(false))
        .exec(db)
        .await
        .map(drop)
}

/// Puts a user's secret in force.
///
/// # Errors
/// When the database fails.
pub async fn enable(db: &impl ConnectionTrait, user_id: i32, now: WallClock) -> Result<(), DbErr> {
    let row = ActiveModel { enabled: Set(true), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::UserId.eq(user_id)).exec(db).await.map(drop)
}

/// Takes a user's second factor away, with its recovery codes. Returns whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, user_id: i32) -> Result<bool, DbErr> {
    ixpd_second_factor::Entity::delete_by_id(user_id).exec(db).await?;
    clear_failures(db, user_id).await?;
    let result = Entity::delete_many().filter(Column::UserId.eq(user_id)).exec(db).await?;
    Ok(result.rows_affected > 0)
}

/// The last accepted time step and the hashes of the recovery codes that are left.
///
/// # Errors
/// When the database fails.
pub async fn memory(
    db: &impl ConnectionTrait,
    user_id: i32,
) -> Result<Option<ixpd_second_factor::Model>, DbErr> {
    ixpd_second_factor::Entity::find_by_id(user_id).one(db).await
}

/// Accepts a time step, unless that or a later one was accepted before. False means that the code was
/// used already, here or on another node.
///
/// # Errors
/// When the database fails.
pub async fn accept_step(db: &impl ConnectionTrait, user_id: i32, step: i64) -> Result<bool, DbErr> {
    use ixpd_second_factor::{ActiveModel, Column, Entity};
    let row = ActiveModel { user_id: Set(user_id), last_step: Set(None), recovery_codes: Set(None) };
    Entity::insert(row).on_conflict_do_nothing_on([Column::UserId]).exec_without_returning(db).await?;
    let row = ActiveModel { last_step: Set(Some(step)), ..ActiveModel::default() };
    let result = Entity::update_many()
        .set(row)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::LastStep.is_null().or(Column::LastStep.lt(step)))
        .exec(db)
        .await?;
    Ok(result.rows_affected > 0)
}

/// Replaces the recovery codes: a JSON list of hashes. With `expected`, only if they are still those,
/// so that one code can't be used twice at once.
///
/// # Errors
/// When the database fails.
pub async fn set_recovery_codes(
    db: &impl ConnectionTrait,
    user_id: i32,
    codes: &str,
    expected: Option<&str>,
) -> Result<bool, DbErr> {
    use ixpd_second_factor::{ActiveModel, Column, Entity};
    let row = ActiveModel { recovery_codes: Set(Some(codes.to_owned().into())), ..ActiveModel::default() };
    let mut update = Entity::update_many().set(row).filter(Column::UserId.eq(user_id));
    if let Some(expected) = expected {
        update = update.filter(Column::RecoveryCodes.eq(expected));
    }
    Ok(update.exec(db).await?.rows_affected > 0)
}

/// Stores recovery codes, a JSON list of hashes, in place of all earlier ones.
///
/// # Errors
/// When the database fails.
pub async fn put_recovery_codes(db: &impl ConnectionTrait, user_id: i32, codes: &str) -> Result<(), DbErr> {
    use ixpd_second_factor::{ActiveModel, Column, Entity};
    let row = ActiveModel { user_id: Set(user_id), last_step: Set(None), recovery_codes: Set(None) };
    Entity::insert(row).on_conflict_do_nothing_on([Column::UserId]).exec_without_returning(db).await?;
    set_recovery_codes(db, user_id, codes, None).await.map(drop)
}

/// The wrong codes of a user since the last right one.
///
/// # Errors
/// When the database fails.
pub async fn failures(
    db: &impl ConnectionTrait,
    user_id: i32,
) -> Result<Option<ixpd_second_factor_failure::Model>, DbErr> {
    ixpd_second_factor_failure::Entity::find_by_id(user_id).one(db).await
}

/// Stores the count of wrong codes of a user in place of an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn put_failures(
    db: &impl ConnectionTrait,
    row: ixpd_second_factor_failure::Model,
) -> Result<(), DbErr> {
    use ixpd_second_factor_failure::{ActiveModel, Column, Entity};
    let replace = OnConflict::column(Column::UserId)
        .update_columns([Column::SecretSha256, Column::Failures, Column::HeldUntil])
        .to_owned();
    let row = ActiveModel {
        user_id: Set(row.user_id),
        secret_sha256: Set(row.secret_sha256),
        failures: Set(row.failures),
        held_until: Set(row.held_until),
    };
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.map(drop)
}

/// Forgets the wrong codes of a user.
///
/// # Errors
/// When the database fails.
pub async fn clear_failures(db: &impl ConnectionTrait, user_id: i32) -> Result<(), DbErr> {
    ixpd_second_factor_failure::Entity::delete_by_id(user_id).exec(db).await.map(drop)
}
