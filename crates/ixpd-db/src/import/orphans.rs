//! Rows that refer to rows which don't exist. Old databases have them from times without foreign keys.

use sea_orm::{DatabaseTransaction, DbErr};

use super::catalogue::{Catalogue, Table};
use super::dump::ForeignKey;
use super::report::Orphans;
use super::target::{execute, number, query};

/// Tables whose orphans are taken out: credentials and links. They do nothing while what they refer to is missing,
/// and should its number be given out again they would let somebody in. In the order in which they depend on each
/// other.
const REMOVED: [&str; 8] = [
    "customer_to_users",
    "api_keys",
    "app_passwords",
    "app_passwords_last_logins",
    "user_2fa",
    "user_remember_tokens",
    "contact_to_group",
    "cust_to_cust_tag",
];
/// How many ids are named.
const NAMED: usize = 10;

/// Finds all orphans and takes out those that are of no use and a danger.
pub(super) async fn settle(
    transaction: &DatabaseTransaction,
    catalogue: &Catalogue,
) -> Result<Vec<Orphans>, DbErr> {
    let mut found = Vec::new();
    let (removed, kept): (Vec<_>, Vec<_>) =
        catalogue.tables().partition(|table| REMOVED.contains(&table.name.as_str()));
    let removed = REMOVED.iter().filter_map(|name| removed.iter().find(|table| table.name == *name));
    for table in removed {
        for key in &table.foreign_keys {
            let Some(orphans) = find(transaction, table, key, true).await? else { continue };
            execute(transaction, &format!("DELETE FROM `{}` WHERE {}", table.name, condition(table, key)))
                .await?;
            found.push(orphans);
        }
    }
    // Only now: what was taken out may have been referred to itself.
    for table in kept {
        for key in &table.foreign_keys {
            found.extend(find(transaction, table, key, false).await?);
        }
    }
    Ok(found)
}

fn condition(table: &Table, key: &ForeignKey) -> String {
    let (child, column) = (&table.name, &key.column);
    format!(
        "`{child}`.`{column}` IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM `{}` AS parent WHERE parent.`{}` = `{child}`.`{column}`)",
        key.parent, key.parent_column
    )
}

async fn find(
    transaction: &DatabaseTransaction,
    table: &Table,
    key: &ForeignKey,
    removed: bool,
) -> Result<Option<Orphans>, DbErr> {
    let condition = condition(table, key);
    let rows =
        number(transaction, &format!("SELECT COUNT(*) FROM `{}` WHERE {condition}", table.name)).await?;
    if rows == 0 {
        return Ok(None);
    }
    let mut first_ids = Vec::new();
    if table.position("id").is_some() {
        let sql = format!(
            "SELECT CAST(id AS {INTEGER}) AS id FROM `{}` WHERE {condition} ORDER BY id LIMIT {NAMED}",
            table.name
        );
        for row in query(transaction, &sql).await? {
            first_ids.push(row.try_get("", "id")?);
        }
    }
    let (table, column, parent) = (table.name.clone(), key.column.clone(), key.parent.clone());
    Ok(Some(Orphans { table, column, parent, rows, first_ids, removed }))
}

/// A type name that both databases cast to and both drivers decode as a 64-bit number.
const INTEGER: &str = "SIGNED";
