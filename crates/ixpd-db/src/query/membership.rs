//! Which users belong to which members, `customer_to_users`.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, Statement};

use super::customer::LEFT_ON;
use crate::{WallClock, dialect, entity::customer_to_users};

/// A membership with its member.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Membership {
    /// `customer_to_users.id`.
    pub id: i32,
    /// `cust.id`.
    pub customer_id: i32,
    /// `cust.name`.
    pub customer_name: Option<String>,
    /// `cust.status`.
    pub customer_status: Option<i16>,
    /// `cust.dateleave`.
    pub customer_left: Option<NaiveDate>,
    /// `customer_to_users.privs`.
    pub privilege: i32,
    /// `customer_to_users.last_login_date`.
    pub last_login_at: Option<WallClock>,
}

/// Columns of [`Membership`].
fn columns() -> String {
    format!(
        "m.`id`, m.`customer_id`, c.`name` AS `customer_name`, c.`status` AS `customer_status`, \
         {LEFT_ON} AS `customer_left`, m.`privs` AS `privilege`, m.`last_login_date` AS `last_login_at`"
    )
}

/// The memberships of a user, by the member's name.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &impl ConnectionTrait, user_id: i32) -> Result<Vec<Membership>, DbErr> {
    let sql = format!(
        "SELECT {} FROM `customer_to_users` m JOIN `cust` c ON c.`id` = m.`customer_id` \
         WHERE m.`user_id` = ? ORDER BY {}, c.`id`",
        columns(),
        dialect::by_text(db, "c.`name`")
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [user_id.into()]);
    Membership::find_by_statement(statement).all(db).await
}

/// A user's membership with its member.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MembershipOf {
    /// `customer_to_users.user_id`.
    pub user_id: i32,
    /// The membership.
    #[sea_orm(nested)]
    pub membership: Membership,
}

/// The memberships of every user with an e-mail address, compared without regard to case.
///
/// # Errors
/// When the database fails.
pub async fn of_email(db: &impl ConnectionTrait, email: &str) -> Result<Vec<MembershipOf>, DbErr> {
    let sql = format!(
        "SELECT m.`user_id`, {} FROM `user` u JOIN `customer_to_users` m ON m.`user_id` = u.`id` \
         JOIN `cust` c ON c.`id` = m.`customer_id` WHERE u.`email` = ? ORDER BY m.`id`",
        columns()
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [email.into()]);
    dialect::found(MembershipOf::find_by_statement(statement).all(db).await)
}

/// A membership's user and member.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i32) -> Result<Option<customer_to_users::Model>, DbErr> {
    customer_to_users::Entity::find_by_id(id).one(db).await
}
