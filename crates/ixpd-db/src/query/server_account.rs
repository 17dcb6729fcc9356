//! Privileges of the account by which ixpd uses a MySQL server, and views that can't be read. An embedded database has
//! neither accounts nor views that others changed.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{Backend, dialect, migration::VIEWS};

/// Privileges needed on a database that has the tables of IXP Manager: ixpd reads and writes rows, and creates and alters
/// its own tables (`ixpd_*`).
const NEEDED: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER"];
/// Further privileges needed to create the schema of IXP Manager in an empty database.
const NEEDED_BY_SCHEMA: [&str; 3] = ["REFERENCES", "CREATE VIEW", "TRIGGER"];

/// Privileges that an account lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPrivileges {
    /// The account as the server knows it, quoted for GRANT.
    pub account: String,
    /// The privileges.
    pub privileges: Vec<&'static str>,
    /// The statement that grants them, for an administrator of the server.
    pub grant: String,
}

/// The privileges that ixpd needs on the whole database and its account lacks; `is_empty` says that the tables of IXP
/// Manager are still to be made. Privileges on single tables don't count, since tables of later versions lack them.
///
/// # Errors
/// When the database doesn't answer.
pub async fn missing_privileges(
    db: &impl ConnectionTrait,
    is_empty: bool,
) -> Result<Option<MissingPrivileges>, DbErr> {
    if Backend::of(db) == Backend::Sqlite {
        return Ok(None);
    }
    let current = texts(db, "SELECT CURRENT_USER() AS a, DATABASE() AS b").await?;
    let Some([account, database]) = current.into_iter().next() else { return Ok(None) };
    let account = quoted_account(&account);
    let held = held(db, &account, &database).await?;
    let more = NEEDED_BY_SCHEMA.iter().filter(|_| is_empty);
    let lacks = |privilege: &&&'static str| !held.contains(**privilege);
    let privileges: Vec<_> = NEEDED.iter().chain(more).filter(lacks).copied().collect();
    if privileges.is_empty() {
        return Ok(None);
    }
    let grant = format!("GRANT {} ON {}.* TO {account};", privileges.join(", "), quoted(&database));
    Ok(Some(MissingPrivileges { account, privileges, grant }))
}

/// The privileges on the whole server and on the database. A database's name may be a pattern there, as in LIKE.
async fn held(db: &impl ConnectionTrait, account: &str, database: &str) -> Result<HashSet<String>, DbErr> {
    let sql = "SELECT grantee AS a, privilege_type AS b FROM information_schema.user_privileges \
               UNION SELECT grantee, privilege_type FROM information_schema.schema_privileges \
               WHERE DATABASE() LIKE table_schema";
    let rows = texts(db, sql).await?;
    let held = rows.into_iter().filter(|[holder, _]| holder == account);
    let mut held: HashSet<String> = held.map(|[_, privilege]| privilege.to_ascii_uppercase()).collect();
    // Those of roles in force stand in no table that every account may read.
    let grants = db.query_all_raw(Statement::from_string(db.get_database_backend(), "SHOW GRANTS")).await?;
    for grant in &grants {
        held.extend(granted(&grant.try_get_by_index::<String>(0)?, database));
    }
    Ok(held)
}

/// The privileges that a line of SHOW GRANTS gives on the whole database.
fn granted(grant: &str, database: &str) -> Vec<String> {
    let parts = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON "));
    let Some((privileges, rest)) = parts else { return Vec::new() };
    let on = rest.split(" TO ").next().unwrap_or_default().replace('\\', "");
    if on != "*.*" && on != format!("{}.*", quoted(database)) {
        return Vec::new();
    }
    if privileges.starts_with("ALL PRIVILEGES") {
        return NEEDED.iter().chain(&NEEDED_BY_SCHEMA).map(|privilege| (*privilege).to_owned()).collect();
    }
    privileges.split(", ").map(str::to_owned).collect()
}

/// A view that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenView {
    /// Its name.
    pub name: String,
    /// The account in whose name it reads its tables, quoted for GRANT.
    pub definer: String,
    /// The server's error.
    pub reason: String,
    /// True for the views of IXP Manager 7.4.
    pub is_of_schema: bool,
    /// The statement that gives its definer the right to read the tables, for an administrator of the server.
    pub grant: String,
}

/// The views that can't be read: a table or column that they name is gone, or their definer may not read it any more.
///
/// # Errors
/// When the database doesn't answer.
pub async fn broken_views(db: &impl ConnectionTrait) -> Result<Vec<BrokenView>, DbErr> {
    if Backend::of(db) == Backend::Sqlite {
        return Ok(Vec::new());
    }
    let database = texts(db, "SELECT DATABASE() AS a, '' AS b").await?;
    let database = database.into_iter().next().map(|[name, _]| quoted(&name)).unwrap_or_default();
    let sql = "SELECT table_name AS a, definer AS b FROM information_schema.views \
               WHERE table_schema = DATABASE() ORDER BY table_name";
    let mut broken = Vec::new();
    for [name, definer] in texts(db, sql).await? {
        let read = format!("SELECT 1 FROM {} LIMIT 0", quoted(&name));
        let read = db.query_all_raw(Statement::from_string(db.get_database_backend(), read)).await;
        let Err(error) = read else { continue };
        if dialect::is_trouble(&error) {
            return Err(error);
        }
        let definer = quoted_account(&definer);
        let is_of_schema = VIEWS.contains(&name.as_str());
        let grant = format!("GRANT SELECT ON {database}.* TO {definer};");
        broken.push(BrokenView { name, definer, reason: error.to_string(), is_of_schema, grant });
    }
    Ok(broken)
}

/// An account, `USER@HOST`, quoted for GRANT.
fn quoted_account(account: &str) -> String {
    let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    format!("'{user}'@'{host}'")
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Rows of two texts each, `a` and `b`, whatever character set the server keeps them in.
async fn texts(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<[String; 2]>, DbErr> {
    let sql = format!("SELECT CAST(a AS CHAR) AS a, CAST(b AS CHAR) AS b FROM ({sql}) AS t");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter()
        .map(|row| {
            let text = |name| Ok::<_, DbErr>(row.try_get::<Option<String>>("", name)?.unwrap_or_default());
            Ok([text("a")?, text("b")?])
        })
        .collect()
}
