//! When a recurring task was last done, as IXP Manager's dashboard shows it.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, Set, sea_query::OnConflict};

use crate::{WallClock, entity::task_last_run};

/// Notes that a task has been done now. `parameters` is JSON text and tells one use of the task from another.
///
/// # Errors
/// When the database fails.
pub async fn record(
    db: &impl ConnectionTrait,
    task_key: &str,
    parameters: String,
    now: WallClock,
) -> Result<(), DbErr> {
    use task_last_run::Column::{LastRunAt, Parameters, TaskKey};
    let row = task_last_run::ActiveModel {
        task_key: Set(task_key.to_owned()),
        parameters: Set(parameters),
        last_run_at: Set(now),
    };
    task_last_run::Entity::insert(row)
        .on_conflict(OnConflict::columns([TaskKey, Parameters]).update_column(LastRunAt).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}
