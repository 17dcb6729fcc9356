//! Statements written by hand, for narrow columns and joins.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use crate::dialect;

/// The escape character of patterns; none that MySQL's literals use as well.
pub(super) const ESCAPE: char = '!';

/// The rows of a statement.
pub(super) async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, DbErr> {
    T::find_by_statement(statement(db, sql, values)).all(db).await
}

/// The first row of a statement.
pub(super) async fn row<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, DbErr> {
    T::find_by_statement(statement(db, sql, values)).one(db).await
}

/// Whether a statement has a row.
pub(super) async fn exists(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Result<bool, DbErr> {
    Ok(db.query_one_raw(statement(db, sql, values)).await?.is_some())
}

fn statement(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// The condition that one of these columns contains a text; the values go behind the others.
pub(super) fn any_contains(
    db: &impl ConnectionTrait,
    columns: &[&str],
    text: &str,
    values: &mut Vec<Value>,
) -> String {
    values.extend(columns.iter().map(|_| containing(text).into()));
    let any: Vec<String> = columns
        .iter()
        .map(|column| format!("{} LIKE ? ESCAPE '{ESCAPE}'", dialect::comparable_text(db, column)))
        .collect();
    any.join(" OR ")
}

/// The pattern of texts that contain this one, for a LIKE with [`ESCAPE`].
pub(super) fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        // SQLite would end the pattern at a NUL, which no stored text has.
        pattern.push(if c == '\0' { char::REPLACEMENT_CHARACTER } else { c });
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn wildcards_of_a_search_stand_for_themselves() {
        assert_eq!(containing("50%_!\\"), "%50!%!_!!\\%");
    }
}
