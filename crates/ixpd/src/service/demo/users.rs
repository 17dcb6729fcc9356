//! Users of the demo, one of each privilege.

use ixpd_db::{
    DbErr, WallClock,
    query::{
        account::{self, Membership, NewAccount},
        user as users,
    },
    sea_orm::ConnectionTrait,
};
use ixpd_types::Privilege;

use super::members::{ALDER, BIRCH, EXCHANGE};
use crate::{
    error::AppError,
    service::{audit::By, user::password_was_set},
    services::Services,
};

/// The superuser.
pub const ADMIN: &str = "admin";
/// User names with what they may do.
pub const USERS: [(&str, &str); 3] = [
    (ADMIN, "superuser of the exchange"),
    ("custadmin", "administrator of Alder Networks, user of Birch Broadband"),
    ("custuser", "user of Alder Networks"),
];

const CREATED_BY: &str = r#"{"created_by":{"type":"artisan"}}"#;

pub(super) async fn insert(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let [admin, customer_admin, customer_user] = USERS.map(|(name, _)| name);
    add(db, admin, EXCHANGE, Privilege::Superuser, now).await?;
    let both = add(db, customer_admin, ALDER, Privilege::CustomerAdmin, now).await?;
    add(db, customer_user, ALDER, Privilege::CustomerUser, now).await?;
    let membership = Membership {
        user_id: both,
        customer_id: BIRCH,
        privilege: Privilege::CustomerUser.code(),
        attributes: CREATED_BY.to_owned(),
        now,
    };
    account::insert_membership(db, membership).await
}

async fn add(
    db: &impl ConnectionTrait,
    username: &str,
    customer_id: i32,
    privilege: Privilege,
    now: WallClock,
) -> Result<i32, DbErr> {
    let account = NewAccount {
        username: username.to_owned(),
        name: format!("Demo {username}"),
        email: format!("{username}@demo-ix.example"),
        mobile: None,
        password_hash: None,
        customer_id,
        privilege: privilege.code(),
        creator: "demo".to_owned(),
        membership_attributes: CREATED_BY.to_owned(),
        now,
    };
    account::insert(db, account).await
}

/// Gives the demo's users this password: those without one, or, with `all`, each of them.
///
/// # Errors
/// When the database fails.
pub async fn set_password(services: &Services, password: &str, all: bool) -> Result<(), AppError> {
    let mut without = Vec::new();
    for (name, _) in USERS {
        let user = users::by_username(services.db.connection(), name).await?;
        without.extend(user.filter(|user| all || user.password.is_none()));
    }
    if without.is_empty() {
        return Ok(());
    }
    let (without, hash) = (&without, &services.passwords.hash(password).await?);
    services
        .write(&By::system(), |tx| {
            Box::pin(async move {
                for user in without {
                    password_was_set(tx, user, hash).await?;
                }
                Ok(())
            })
        })
        .await
}
