//! Lists of logins for superusers.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use super::raw;
use crate::WallClock;

/// The column that a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortedBy {
    /// `user.username`.
    Username,
    /// `cust.name`.
    Customer,
    /// The time of the login.
    At,
}

/// Which logins, in which order.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Part of a name of the user or the member, or of the address. Empty means all.
    pub search: &'a str,
    /// The order.
    pub sorted_by: SortedBy,
    /// The other way round.
    pub descending: bool,
    /// Rows before the first.
    pub offset: u64,
    /// The most rows.
    pub limit: u64,
}

/// A login.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LoginRow {
    /// `user.id`.
    pub user_id: i32,
    /// `user.name`.
    pub user_name: Option<String>,
    /// `user.username`.
    pub username: Option<String>,
    /// `cust.id`; none for logins older than memberships.
    pub customer_id: Option<i32>,
    /// `cust.name`.
    pub customer_name: Option<String>,
    /// When.
    pub at: Option<WallClock>,
    /// From which address.
    pub ip: Option<String>,
    /// How.
    pub via: Option<String>,
}

/// The last login of each user for each member.
const LAST_LOGINS: &str = "FROM `customer_to_users` m JOIN `user` u ON u.`id` = m.`user_id` \
     JOIN `cust` c ON c.`id` = m.`customer_id` WHERE m.`last_login_date` IS NOT NULL";
const LAST_COLUMNS: &str =
    "m.`last_login_date` AS `at`, m.`last_login_from` AS `ip`, m.`last_login_via` AS `via`";

/// The logins of one user. Those from before memberships have none.
const LOGINS_OF_USER: &str = "FROM `user_logins` l LEFT JOIN `customer_to_users` m ON m.`id` = l.`customer_to_user_id` \
     JOIN `user` u ON u.`id` = COALESCE(m.`user_id`, l.`user_id`) LEFT JOIN `cust` c ON c.`id` = m.`customer_id` \
     WHERE (m.`user_id` = ? OR (l.`customer_to_user_id` IS NULL AND l.`user_id` = ?))";
const LOGIN_COLUMNS: &str = "l.`at` AS `at`, l.`ip` AS `ip`, l.`via` AS `via`";

/// Each user's last login for each of its members.
///
/// # Errors
/// When the database fails.
pub async fn last_logins(db: &impl ConnectionTrait, wanted: &Wanted<'_>) -> Result<Vec<LoginRow>, DbErr> {
    let columns = LAST_COLUMNS;
    list(db, columns, LAST_LOGINS, "m.`last_login_from`", "m.`last_login_date`, m.`id`", Vec::new(), wanted)
        .await
}

/// How many rows [`last_logins`] has on all pages.
///
/// # Errors
/// When the database fails.
pub async fn count_last_logins(db: &impl ConnectionTrait, search: &str) -> Result<u64, DbErr> {
    count(db, LAST_LOGINS, "m.`last_login_from`", Vec::new(), search).await
}

/// The logins of one user.
///
/// # Errors
/// When the database fails.
pub async fn of_user(
    db: &impl ConnectionTrait,
    user_id: i32,
    wanted: &Wanted<'_>,
) -> Result<Vec<LoginRow>, DbErr> {
    let values = vec![user_id.into(), user_id.into()];
    list(db, LOGIN_COLUMNS, LOGINS_OF_USER, "l.`ip`", "l.`at`, l.`id`", values, wanted).await
}

/// How many rows [`of_user`] has on all pages.
///
/// # Errors
/// When the database fails.
pub async fn count_of_user(db: &impl ConnectionTrait, user_id: i32, search: &str) -> Result<u64, DbErr> {
    count(db, LOGINS_OF_USER, "l.`ip`", vec![user_id.into(), user_id.into()], search).await
}

async fn list(
    db: &impl ConnectionTrait,
    columns: &str,
    from: &str,
    address: &str,
    time: &str,
    mut values: Vec<Value>,
    wanted: &Wanted<'_>,
) -> Result<Vec<LoginRow>, DbErr> {
    let condition = search(db, address, wanted.search, &mut values);
    let order: Vec<String> = match wanted.sorted_by {
        SortedBy::Username => format!("u.`username`, {time}"),
        SortedBy::Customer => format!("c.`name`, {time}"),
        SortedBy::At => time.to_owned(),
    }
    .split(", ")
    .map(|column| format!("{column}{}", if wanted.descending { " DESC" } else { "" }))
    .collect();
    let sql = format!(
        "SELECT u.`id` AS `user_id`, u.`name` AS `user_name`, u.`username` AS `username`, \
         c.`id` AS `customer_id`, c.`name` AS `customer_name`, {columns} {from}{condition} \
         ORDER BY {} LIMIT {} OFFSET {}",
        order.join(", "),
        wanted.limit,
        wanted.offset
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    LoginRow::find_by_statement(statement).all(db).await
}

async fn count(
    db: &impl ConnectionTrait,
    from: &str,
    address: &str,
    mut values: Vec<Value>,
    text: &str,
) -> Result<u64, DbErr> {
    let condition = search(db, address, text, &mut values);
    let sql = format!("SELECT COUNT(*) AS `total` {from}{condition}");
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    let total: i64 = row.map_or(Ok(0), |row| row.try_get("", "total"))?;
    Ok(u64::try_from(total).unwrap_or(0))
}

/// The condition of a search, whose values go behind the others.
fn search(db: &impl ConnectionTrait, address: &str, text: &str, values: &mut Vec<Value>) -> String {
    if text.is_empty() {
        return String::new();
    }
    let columns = ["u.`username`", "u.`name`", "c.`name`", address];
    format!(" AND ({})", raw::any_contains(db, &columns, text, values))
}
