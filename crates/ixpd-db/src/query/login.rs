//! The history of logins: `user_logins` and the last login kept with each membership.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use crate::{
    WallClock,
    entity::{customer_to_users, user_logins},
};

/// A login that succeeded.
pub struct Login<'a> {
    /// Who.
    pub user_id: i32,
    /// For which member.
    pub customer_id: i32,
    /// When.
    pub at: WallClock,
    /// From where; at most 39 characters are kept.
    pub ip: &'a str,
    /// How: `Login`, `RememberMe` or `SwitchCustomer`.
    pub via: &'a str,
}

/// Writes a login to the membership's row and, with `history`, to `user_logins`.
///
/// # Errors
/// When the database fails.
pub async fn record(db: &impl ConnectionTrait, login: &Login<'_>, history: bool) -> Result<(), DbErr> {
    use customer_to_users::Column;
    let membership: Option<i32> = customer_to_users::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(login.user_id))
        .filter(Column::CustomerId.eq(login.customer_id))
        .into_tuple()
        .one(db)
        .await?;
    let last = customer_to_users::ActiveModel {
        last_login_date: Set(Some(login.at)),
        last_login_from: Set(Some(login.ip.to_owned())),
        last_login_via: Set(Some(login.via.to_owned())),
        updated_at: Set(Some(login.at)),
        ..Default::default()
    };
    customer_to_users::Entity::update_many().set(last).filter(Column::Id.eq(membership)).exec(db).await?;
    if !history {
        return Ok(());
    }
    let row = user_logins::ActiveModel {
        user_id: Set(Some(login.user_id)),
        ip: Set(login.ip.chars().take(39).collect()),
        at: Set(login.at),
        customer_to_user_id: Set(membership),
        via: Set(Some(login.via.to_owned())),
        created_at: Set(Some(login.at)),
        updated_at: Set(Some(login.at)),
        ..Default::default()
    };
    user_logins::Entity::insert(row).exec_without_returning(db).await.map(drop)
}
