//! Users, as other systems take them over.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};

use crate::{
    SecretText,
    entity::{customer_to_users, user},
};

/// An account that may log in, with what a login is checked against.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Login {
    pub id: i32,
    pub username: Option<String>,
    /// bcrypt.
    pub password: Option<SecretText>,
}

/// All users by id, or those with a privilege at any member.
///
/// # Errors
/// When the database fails.
pub async fn users(db: &impl ConnectionTrait, privilege: Option<i32>) -> Result<Vec<user::Model>, DbErr> {
    user::Entity::find()
        .apply_if(privilege, |query, privilege| query.filter(user::Column::Id.in_subquery(having(privilege))))
        .order_by_asc(user::Column::Id)
        .all(db)
        .await
}

/// The users that are not disabled by id, or those of them with a privilege at any member.
///
/// # Errors
/// When the database fails.
pub async fn logins(db: &impl ConnectionTrait, privilege: Option<i32>) -> Result<Vec<Login>, DbErr> {
    use user::Column::{Disabled, Id, Password, Username};
    user::Entity::find()
        .select_only()
        .columns([Id, Username, Password])
        .filter(Disabled.eq(false))
        .apply_if(privilege, |query, privilege| query.filter(Id.in_subquery(having(privilege))))
        .order_by_asc(Id)
        .into_model::<Login>()
        .all(db)
        .await
}

/// The users with a privilege.
fn having(privilege: i32) -> sea_orm::sea_query::SelectStatement {
    use customer_to_users::Column::{Privs, UserId};
    customer_to_users::Entity::find().select_only().column(UserId).filter(Privs.eq(privilege)).into_query()
}
