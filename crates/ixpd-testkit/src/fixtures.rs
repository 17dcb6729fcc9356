//! A small exchange, the same on every run: names, numbers and addresses are those that RFC 5398, RFC 5737, RFC 3849
//! and RFC 2606 keep for documentation.
//!
//! It has two infrastructures with a switch each, three VLANs, a route server for each protocol and a collector, and
//! members in every state that changes what a user may see or do. Ids are constants, so that a test can name what it
//! speaks of.

mod fabric;
mod keys;
mod members;
mod plant;
mod ports;
mod users;

use ixpd_db::Database;
use sea_orm::{EntityTrait, IntoActiveModel};

pub use fabric::{infrastructure, router, switch, vlan};
pub use keys::{ApiKeySeed, NEVER, TestApiKey, modern_key};
pub use members::member;
pub use plant::{panel, plant};
pub use ports::port;
pub use users::{PASSWORD, SECOND_FACTOR_SECRET, TestUser, UserSeed, give_second_factor};

/// The users of [`small_exchange`], each with one API key that never expires.
#[derive(Clone, Debug)]
pub struct SmallExchange {
    /// A superuser, of [`member::EXCHANGE`].
    pub superuser: TestUser,
    /// An administrator of [`member::ALPHA`].
    pub customer_admin: TestUser,
    /// A user of [`member::ALPHA`].
    pub customer_user: TestUser,
    /// Acts for [`member::BRAVO`] as its administrator now, and is a user of [`member::ALPHA`] as well.
    pub two_members: TestUser,
    /// A user of [`member::ALPHA`] who is disabled.
    pub disabled: TestUser,
    /// A user of [`member::DELTA`], which has left.
    pub departed: TestUser,
}

/// Fills a migrated database.
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
pub async fn small_exchange(db: &Database) -> SmallExchange {
    let transaction = db.begin_write().await.unwrap();
    fabric::insert(&transaction).await;
    members::insert(&transaction).await;
    ports::insert(&transaction).await;
    let exchange = users::insert(&transaction).await;
    transaction.commit().await.unwrap();
    exchange
}

/// Inserts all rows of one table in one statement.
async fn insert_all<A, I>(db: &impl sea_orm::ConnectionTrait, rows: I)
where
    A: sea_orm::ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    I: IntoIterator<Item = A>,
{
    A::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
}
