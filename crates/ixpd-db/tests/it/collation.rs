//! Names have one order on each database, and the same ones are the same.

use std::fmt::Write as _;

use ixpd_db::{
    Backend, Database,
    sea_orm::{ConnectionTrait as _, Statement},
};

use crate::support::TestDatabase;

/// The places of texts in their order, equal ones by place; each with whether it is the same as the one before it.
async fn order(db: &Database, texts: &[String]) -> Vec<(i64, bool)> {
    let collated = |column: &str| match db.backend() {
        Backend::Sqlite => format!("{column} COLLATE IXPD_TEXT"),
        Backend::MySql => format!("CONVERT({column} USING utf8mb3) COLLATE utf8mb3_unicode_ci"),
    };
    let mut rows = String::from("SELECT 0 AS place, 'nothing' AS word");
    for (place, text) in (1..).zip(texts) {
        write!(rows, " UNION ALL SELECT {place}, '{}'", text.replace('\'', "''").replace('\\', "\\\\"))
            .unwrap();
    }
    if db.backend() == Backend::Sqlite {
        rows = rows.replace("\\\\", "\\");
    }
    let sql = format!(
        "SELECT t.place, t.word FROM ({rows}) t WHERE t.place > 0 ORDER BY {}, t.place",
        collated("t.word")
    );
    let connection = db.connection();
    let found = connection
        .query_all_raw(Statement::from_string(connection.get_database_backend(), sql))
        .await
        .unwrap();
    let words: Vec<(i64, String)> = found
        .iter()
        .map(|row| (row.try_get("", "place").unwrap(), row.try_get("", "word").unwrap()))
        .collect();
    let mut order = Vec::new();
    for (index, (place, word)) in words.iter().enumerate() {
        let same = match index.checked_sub(1).map(|before| &words[before].1) {
            None => false,
            Some(before) => {
                let left = collated("?");
                let sql = format!("SELECT CASE WHEN {left} = ? THEN 1 ELSE 0 END AS same");
                let values = [before.as_str().into(), word.as_str().into()];
                let statement =
                    Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
                let row = connection.query_one_raw(statement).await.unwrap().unwrap();
                row.try_get::<i64>("", "same").unwrap() == 1
            }
        };
        order.push((*place, same));
    }
    order
}

#[tokio::test]
async fn texts_have_the_order_of_mysql_s_columns() {
    // Every character of ASCII and every letter of the Latin blocks that European names have, within a word and at its end.
    let letters = ('\u{c0}'..='\u{17f}').filter(|c| c.is_alphabetic() && *c != 'ŉ');
    let mut texts: Vec<String> = (' '..='~').chain(letters).map(|c| format!("n{c}m")).collect();
    texts.extend(
        ["n", "n ", "N  ", " n", "na ", "n m", "nm", "e\u{301}t", "ét", "ET", "nm\t"].map(str::to_owned),
    );
    let mut orders = Vec::new();
    for test in TestDatabase::each().await {
        orders.push((test.db.backend(), order(&test.db, &texts).await));
        test.remove().await;
    }
    for (backend, found) in &orders[1..] {
        assert_eq!(found, &orders[0].1, "{backend:?}");
    }
}
