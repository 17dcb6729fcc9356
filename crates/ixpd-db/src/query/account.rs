//! Accounts with their memberships, `user` and `customer_to_users`, as whoever manages them needs them.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    FromQueryResult, QueryFilter as _, QueryOrder as _, Statement,
};

use super::raw;
use crate::{
    WallClock, dialect,
    entity::{cust, customer_to_users, user},
};

/// An account to make, with its first membership.
pub struct NewAccount {
    /// `user.username`.
    pub username: String,
    /// `user.name`.
    pub name: String,
    /// `user.email`.
    pub email: String,
    /// `user.authorisedMobile`.
    pub mobile: Option<String>,
    /// `user.password`, a bcrypt hash; without one nobody can log in.
    pub password_hash: Option<String>,
    /// The member it acts for, `user.custid`.
    pub customer_id: i32,
    /// `customer_to_users.privs`.
    pub privilege: i32,
    /// `user.creator`.
    pub creator: String,
    /// `customer_to_users.extra_attributes`, JSON.
    pub membership_attributes: String,
    /// Now.
    pub now: WallClock,
}

/// Adds an account and its membership. Returns its id.
///
/// # Errors
/// When the database fails; the user name is unique.
pub async fn insert(db: &impl ConnectionTrait, account: NewAccount) -> Result<i32, DbErr> {
    let row = user::ActiveModel {
        custid: Set(Some(account.customer_id)),
        username: Set(Some(account.username)),
        password: Set(account.password_hash.map(Into::into)),
        email: Set(Some(account.email)),
        authorised_mobile: Set(account.mobile),
        uid: Set(None),
        disabled: Set(Some(false)),
        lastupdatedby: Set(None),
        creator: Set(Some(account.creator)),
        name: Set(Some(account.name)),
        peeringdb_id: Set(None),
        extra_attributes: Set(Some(serde_json::json!([]).into())),
        prefs: Set(Some(serde_json::json!([]).into())),
        created_at: Set(account.now),
        updated_at: Set(Some(account.now)),
        ..Default::default()
    };
    let id = user::Entity::insert(row).exec(db).await?.last_insert_id;
    let membership = Membership {
        user_id: id,
        customer_id: account.customer_id,
        privilege: account.privilege,
        attributes: account.membership_attributes,
        now: account.now,
    };
    insert_membership(db, membership).await?;
    Ok(id)
}

/// A membership to make.
pub struct Membership {
    /// `user.id`.
    pub user_id: i32,
    /// `cust.id`.
    pub customer_id: i32,
    /// `customer_to_users.privs`.
    pub privilege: i32,
    /// `customer_to_users.extra_attributes`, JSON.
    pub attributes: String,
    /// Now.
    pub now: WallClock,
}

/// Makes a user a user of a member.
///
/// # Errors
/// When the database fails; there is one membership of a user in a member at most.
pub async fn insert_membership(db: &impl ConnectionTrait, membership: Membership) -> Result<(), DbErr> {
    let row = customer_to_users::ActiveModel {
        customer_id: Set(membership.customer_id),
        user_id: Set(membership.user_id),
        privs: Set(membership.privilege),
        extra_attributes: Set(Some(membership.attributes)),
        last_login_date: Set(None),
        last_login_from: Set(None),
        last_login_via: Set(None),
        created_at: Set(membership.now),
        updated_at: Set(Some(membership.now)),
        ..Default::default()
    };
    customer_to_users::Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Sets `user.disabled`.
///
/// # Errors
/// When the database fails.
pub async fn set_disabled(
    db: &impl ConnectionTrait,
    id: i32,
    disabled: bool,
    now: WallClock,
) -> Result<(), DbErr> {
    let row =
        user::ActiveModel { disabled: Set(Some(disabled)), updated_at: Set(Some(now)), ..Default::default() };
    user::Entity::update_many().set(row).filter(user::Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Where a user belongs.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MembershipRow {
    /// `user.id`.
    pub user_id: i32,
    /// `cust.id`.
    pub customer_id: i32,
    /// `cust.name`.
    pub customer_name: Option<String>,
    /// `customer_to_users.privs`.
    pub privilege: i32,
}

/// An account with its memberships.
pub type AccountWithMemberships = (user::Model, Vec<MembershipRow>);

/// The accounts whose user name or e-mail address contains a text, by user name; all of them for an
/// empty text.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &impl ConnectionTrait, fragment: &str) -> Result<Vec<AccountWithMemberships>, DbErr> {
    use sea_orm::sea_query::{Expr, LikeExpr};
    let like = || LikeExpr::new(raw::containing(fragment)).escape(raw::ESCAPE);
    let users = user::Entity::find()
        .filter(user::Column::Username.like(like()).or(user::Column::Email.like(like())))
        .order_by_asc(Expr::cust(dialect::by_text(db, "username")))
        .order_by_asc(user::Column::Id);
    let users = dialect::found(users.all(db).await)?;
    let mut memberships: HashMap<i32, Vec<MembershipRow>> = HashMap::new();
    let sql = format!(
        "SELECT m.`user_id`, m.`customer_id`, c.`name` AS `customer_name`, m.`privs` AS `privilege` \
         FROM `customer_to_users` m JOIN `cust` c ON c.`id` = m.`customer_id` ORDER BY {}, c.`id`",
        dialect::by_text(db, "c.`name`")
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    for row in MembershipRow::find_by_statement(statement).all(db).await? {
        memberships.entry(row.user_id).or_default().push(row);
    }
    Ok(users
        .into_iter()
        .map(|user| {
            let of_user = memberships.remove(&user.id).unwrap_or_default();
            (user, of_user)
        })
        .collect())
}

/// The member with this id or short name.
///
/// # Errors
/// When the database fails.
pub async fn customer(db: &impl ConnectionTrait, named: &str) -> Result<Option<cust::Model>, DbErr> {
    if let Ok(id) = named.parse::<i32>()
        && let Some(found) = cust::Entity::find_by_id(id).one(db).await?
    {
        return Ok(Some(found));
    }
    let same = cust::Entity::find().filter(dialect::same_text(db, "shortname", named));
    dialect::found(same.order_by_asc(cust::Column::Id).one(db).await)
}
