//! Columns of text of the embedded database, and how hostile text is put into them.

use std::collections::BTreeMap;

use ixpd_db::sea_orm::{ConnectionTrait as _, Statement, Value};
use ixpd_testkit::TestApp;

/// Tables whose text nobody but ixpd or Laravel writes.
const INTERNAL: [&str; 9] = [
    "api_keys",
    "app_passwords",
    "failed_jobs",
    "migrations",
    "oui",
    "password_resets",
    "sessions",
    "user_2fa",
    "user_remember_tokens",
];
/// Columns of which rows are found, or whose values have a form: what isn't of it is left out of answers.
const FORMED: [(&str, &[&str]); 22] = [
    ("corebundles", &["ipv4_subnet", "ipv6_subnet"]),
    ("corelinks", &["ipv4_subnet", "ipv6_subnet"]),
    ("cust", &["peeringpolicy", "MD5Support", "peeringmacro", "peeringmacrov6", "shortname"]),
    ("customer_to_users", &["extra_attributes"]),
    ("ipv4address", &["address"]),
    ("ipv6address", &["address"]),
    ("irrdb_prefix", &["prefix"]),
    ("irrdbconfig", &["host", "source"]),
    ("l2address", &["mac"]),
    ("log", &["models"]),
    ("macaddress", &["mac"]),
    ("networkinfo", &["network", "rs1address", "rs2address"]),
    ("physicalinterface", &["duplex"]),
    ("routers", &["handle", "router_id", "peering_ip", "api", "mgmt_host", "template", "software"]),
    (
        "route_server_filters_prod",
        &["received_prefix", "advertised_prefix", "action_advertise", "action_receive"],
    ),
    ("sflow_receiver", &["dst_ip"]),
    (
        "switch",
        &["name", "hostname", "ipv4addr", "ipv6addr", "snmppasswd", "loopback_ip", "mgmt_mac_address"],
    ),
    ("switchport", &["name", "ifName", "ifPhysAddress"]),
    ("user", &["username", "password", "email", "extra_attributes", "prefs"]),
    ("user_logins", &["ip", "via"]),
    ("virtualinterface", &["name"]),
    (
        "vlaninterface",
        &["ipv4hostname", "ipv6hostname", "bgpmd5secret", "ipv4bgpmd5secret", "ipv6bgpmd5secret"],
    ),
];

/// Columns of text of a table that has rows.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) free: Vec<String>,
    pub(super) formed: Vec<String>,
}

pub(super) async fn rows(app: &TestApp, sql: &str) -> Vec<(String, String)> {
    let db = app.state.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

pub(super) async fn run(app: &TestApp, sql: &str, values: Vec<Value>) {
    let db = app.state.db.connection();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// The columns of text, and for each table a copy of what they hold.
pub(super) async fn columns(app: &TestApp) -> Vec<Table> {
    let sql = "SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' \
               AND m.name NOT LIKE 'ixpd%' AND m.name NOT LIKE 'telescope%' AND p.pk = 0 \
               AND (p.type = 'TEXT' OR p.type LIKE '%CHAR%') ORDER BY m.name, p.cid";
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in rows(app, sql).await {
        if INTERNAL.contains(&&*table) {
            continue;
        }
        // Times are texts in SQLite.
        let is_time = ["_at", "date", "expires", "last", "_seen", "time", "until", "live"]
            .iter()
            .any(|part| column.to_lowercase().ends_with(part) || column.to_lowercase().starts_with(part));
        let sql = format!(
            "SELECT '', CAST(COUNT(*) AS TEXT) FROM \"{table}\" WHERE \"{column}\" GLOB '[12][0-9][0-9][0-9]-[01][0-9]-*'"
        );
        if !is_time && rows(app, &sql).await[0].1 == "0" {
            found.entry(table).or_default().push(column);
        }
    }
    let mut tables = Vec::new();
    for (name, columns) in found {
        if rows(app, &format!("SELECT '', CAST(COUNT(*) AS TEXT) FROM \"{name}\"")).await[0].1 == "0" {
            continue;
        }
        let of_form = FORMED.iter().find(|(table, _)| *table == name).map_or(&[][..], |(_, columns)| columns);
        let quoted: Vec<_> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let copy = format!(
            "CREATE TABLE \"ixpd_test_{name}\" AS SELECT rowid AS original, {} FROM \"{name}\"",
            quoted.join(",")
        );
        run(app, &copy, vec![]).await;
        run(app, &format!("CREATE INDEX \"ixpd_test_{name}_i\" ON \"ixpd_test_{name}\" (original)"), vec![])
            .await;
        let (formed, free) = columns.into_iter().partition(|column| of_form.contains(&column.as_str()));
        tables.push(Table { name, free, formed });
    }
    tables
}

/// Puts texts before and behind what columns hold, and gives the others back what they had.
pub(super) async fn write(app: &TestApp, table: &Table, chosen: &[&String], before: &str, text: &str) {
    let own = |column: &String| {
        format!(
            "(SELECT c.\"{column}\" FROM \"ixpd_test_{0}\" c WHERE c.original = \"{0}\".rowid)",
            table.name
        )
    };
    let set: Vec<_> = table
        .free
        .iter()
        .chain(&table.formed)
        .map(|column| {
            if chosen.contains(&column) {
                format!(
                    "\"{column}\" = ?1 || COALESCE({}, 'x' || \"{}\".rowid) || ?2",
                    own(column),
                    table.name
                )
            } else {
                format!("\"{column}\" = {}", own(column))
            }
        })
        .collect();
    // Of two texts that begin with NUL, SQLite compares nothing else.
    let before = if before.starts_with('\0') { "" } else { before };
    let values = if chosen.is_empty() { vec![] } else { vec![before.into(), text.into()] };
    run(app, &format!("UPDATE \"{}\" SET {}", table.name, set.join(", ")), values).await;
}
