//! Rows of `ixpd_api_key` whose key is gone, or isn't certain.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
};

use super::{BELONGS, KeyDetails, details, insert_own, own_of};
use crate::{
    WallClock,
    entity::{ixpd_api_key, ixpd_audit},
};

/// Rows that are deleted with one statement.
const ORPHANS: usize = 500;

/// Removes what ixpd kept of keys that are gone, such as those that IXP Manager deleted, even where another key has the
/// id by now. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphans(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let orphans = format!(
        "SELECT x.`api_key_id` FROM `ixpd_api_key` x LEFT JOIN `api_keys` k ON {BELONGS} WHERE k.`id` IS NULL"
    );
    let statement = Statement::from_string(db.get_database_backend(), orphans);
    let ids: Vec<i64> = db
        .query_all_raw(statement)
        .await?
        .iter()
        .map(|row| row.try_get("", "api_key_id"))
        .collect::<Result<_, _>>()?;
    let mut deleted = 0;
    for ids in ids.chunks(ORPHANS) {
        let delete = ixpd_api_key::Entity::delete_many();
        let delete = delete.filter(ixpd_api_key::Column::ApiKeyId.is_in(ids.iter().copied()));
        deleted += delete.exec(db).await?.rows_affected;
    }
    Ok(deleted)
}

/// A row of `ixpd_api_key` that nothing ties to a key yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Unjudged {
    /// The row.
    pub own: ixpd_api_key::Model,
    /// The key that has its id now, read as if the row were its own; none if there is none.
    pub key: Option<KeyDetails>,
    /// When the key that the row was made for was created, by `ixpd_audit`.
    pub audited_at: Option<WallClock>,
}

/// The rows that were written before rows had [`ixpd_api_key::Model::key_reference`].
///
/// # Errors
/// When the database fails.
pub async fn unjudged(db: &impl ConnectionTrait) -> Result<Vec<Unjudged>, DbErr> {
    use ixpd_audit::Column as Audit;
    let rows =
        ixpd_api_key::Entity::find().filter(ixpd_api_key::Column::KeyReference.is_null()).all(db).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = details(db, "WHERE x.`api_key_id` IS NOT NULL AND x.`key_reference` IS NULL", vec![]).await?;
    let mut keys: HashMap<i64, KeyDetails> = keys.into_iter().map(|key| (key.id, key)).collect();
    let created: Vec<(Option<i64>, WallClock)> = ixpd_audit::Entity::find()
        .select_only()
        .columns([Audit::ModelId, Audit::At])
        .filter(Audit::Model.eq("ApiKey"))
        .filter(Audit::Action.eq("CREATED"))
        .order_by_asc(Audit::Id)
        .into_tuple()
        .all(db)
        .await?;
    // The latest one: the row is of the last key that was made under the id here.
    let created: HashMap<i64, WallClock> =
        created.into_iter().filter_map(|(id, at)| Some((id?, at))).collect();
    let unjudged = |own: ixpd_api_key::Model| Unjudged {
        key: keys.remove(&own.api_key_id),
        audited_at: created.get(&own.api_key_id).copied(),
        own,
    };
    Ok(rows.into_iter().map(unjudged).collect())
}

/// Replaces what may be of another key by a scope.
///
/// # Errors
/// When the database fails.
pub async fn put_in_doubt(
    db: &impl ConnectionTrait,
    key: &KeyDetails,
    reference: String,
    scope: &str,
) -> Result<(), DbErr> {
    insert_own(db, ixpd_api_key::Model { in_doubt: true, ..own_of(key, reference, Some(scope.to_owned())) })
        .await
}

/// Removes what ixpd keeps of a key.
///
/// # Errors
/// When the database fails.
pub async fn remove_own(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    ixpd_api_key::Entity::delete_by_id(id).exec(db).await.map(drop)
}
