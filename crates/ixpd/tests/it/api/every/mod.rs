//! Every line of the API that reads, at once: a new line is in these tests the moment it exists.

mod characters;
mod complete;
mod encodings;
mod golden;
mod hostile;
mod incomplete;
mod one_connection;
mod statements;

use ixpd::routes::{Family, Verb, table};
use ixpd_testkit::{Answer, Client, TestApp};
use tempfile::TempDir;

use crate::text::execute;

/// What the beginnings of paths have in common whose answers are somebody else's. Their own tests let a server of the
/// test answer.
const ANSWERED_ELSEWHERE: [&str; 6] = [
    "/admin/api/v4/customer/query-peeringdb/",
    "/api/v4/ixpmanager-users/",
    "/api/v4/lg/",
    "/api/v4/prefix-whois/",
    "/ix-f/",
    "/peeringdb/",
];
/// The description of the API, which is the file `openapi.json`.
const DESCRIPTION: &str = "/api/openapi.json";

/// Values of a parameter: a part of the paths that they are for, its name, and what stands for it.
type Values = (&'static str, &'static str, &'static [&'static str]);

/// Values for any exchange.
const COMMON: [Values; 9] = [
    ("", "outformat", &["json", "yaml"]),
    ("", "version", &["0.6", "0.7", "1.0"]),
    ("", "protocol", &["4", "6"]),
    ("", "threshold", &["0"]),
    ("", "listname", &["ops"]),
    ("/dns/", "template", &["bind", "bind-full"]),
    ("", "template", &["default"]),
    ("", "priv", &["0", "3"]),
    // There are none.
    ("/validation/", "id", &["1"]),
];

/// The request line of a GET, for each value of each parameter of its path.
struct Reading {
    /// The path in the table.
    line: &'static str,
    /// The path that is asked for.
    path: String,
}

/// Every GET of the API that is answered here and changes nothing.
///
/// Panics for a parameter that has no values: a new one needs a line in the table of its exchange.
fn readings(app: &TestApp, own: &[Values]) -> Vec<Reading> {
    let lines = table(&app.state.config).into_iter().filter(|line| {
        let is_read = matches!(line.verb, Verb::Get | Verb::GetOrPost) && !line.changes;
        let is_page = line.guard().family == Family::Page;
        is_read
            && !is_page
            && !is_answered_elsewhere(line.path)
            && line.docs.is_some()
            && line.path != DESCRIPTION
    });
    lines
        .flat_map(|line| {
            filled(line.path, own).into_iter().map(move |path| Reading { line: line.path, path })
        })
        .collect()
}

fn is_answered_elsewhere(path: &str) -> bool {
    ANSWERED_ELSEWHERE.iter().any(|prefix| path.starts_with(prefix))
}

fn filled(pattern: &str, own: &[Values]) -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        let known =
            own.iter().chain(&COMMON).find(|(part, known, _)| pattern.contains(part) && *known == name);
        let (_, _, values) = known.unwrap_or_else(|| panic!("{pattern}: which values has {name}?"));
        paths = paths
            .iter()
            .flat_map(|path| values.iter().map(move |value| format!("{path}{before}{value}")))
            .collect();
        rest = after;
    }
    paths.iter().map(|path| format!("{path}{rest}")).collect()
}

/// A POST that only asks, with its fields.
type Question = (&'static str, &'static [(&'static str, &'static str)]);

/// Asks by a key.
async fn ask(client: &mut Client, key: &str, (path, fields): Question) -> Answer {
    client.form_by_key("POST", path, key, fields).await
}

/// A folder with the operator's part of an exchange: the skin `mine` with a list of members.
fn operator() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("skins/mine/content/members/0");
    std::fs::create_dir_all(&pages).unwrap();
    let list = "[{% for c in customers %}{{ c.name }}{% if not loop.last %}, {% endif %}{% endfor %}]";
    std::fs::write(pages.join("list.json"), list).unwrap();
    folder
}

/// Settings with which every line has an answer of its own.
fn settings<'a>(operator: &'a TempDir, lists: &'a tempfile::NamedTempFile) -> [(&'static str, &'a str); 6] {
    [
        ("GRAPHER_BACKENDS", "mrtg|smokeping"),
        ("IXPD_DATA_DIR", operator.path().to_str().unwrap()),
        ("IXPD_MAILING_LISTS", lists.path().to_str().unwrap()),
        ("IXP_API_JSONEXPORTSCHEMA_PUBLIC", "true"),
        ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false"),
        ("VIEW_SKIN", "mine"),
    ]
}

/// The time of rows that are added here, as SQL.
const AT: &str = "'2026-06-01 10:20:30'";

/// An AS number that is known.
async fn add_as_number(app: &TestApp) {
    let asn =
        "INSERT INTO asns (asn, name, class, country_code) VALUES (64496, 'EXAMPLE-AS', 'eyeballs', 'IE')";
    execute(app, asn).await;
}

/// A note about member 2.
async fn add_note(app: &TestApp) {
    let note = format!(
        "INSERT INTO cust_notes (id, customer_id, private, title, note, created_at, updated_at) \
         VALUES (1, 2, 0, 'Second port', 'Wants <b>one</b> *in autumn* & soon', {AT}, {AT})"
    );
    execute(app, &note).await;
}

/// A document of the exchange and one of member 2, neither of which has its file.
async fn add_documents(app: &TestApp) {
    for (table, customer, of) in [("docstore_files", "", ""), ("docstore_customer_files", "cust_id, ", "2, ")]
    {
        let sql = format!(
            "INSERT INTO {table} (id, {customer}name, disk, path, min_privs, file_last_updated, created_at) \
             VALUES (1, {of}'rules.pdf', 'docstore', 'ab/cd.pdf', 1, {AT}, {AT})"
        );
        execute(app, &sql).await;
    }
}

/// What neither the demo nor the public data set has: a patch panel whose first port leads to a member's port, a
/// receiver of samples, a learned MAC address.
async fn add_plant(app: &TestApp) {
    let port = "(SELECT MIN(switchportid) FROM physicalinterface)";
    let interface = "(SELECT MIN(virtualinterfaceid) FROM vlaninterface)";
    for sql in [
        "INSERT INTO patch_panel (id, cabinet_id, name, colo_reference, cable_type, connector_type, installation_date, \
         port_prefix, active, colo_pp_type, chargeable, location_notes, u_position, mounted_at) \
         VALUES (1, 1, 'PP1', 'PP/1', 2, 3, '2024-02-29', 'F', 1, 1, 1, 'Top of the rack', 42, 1)"
            .to_owned(),
        format!(
            "INSERT INTO patch_panel_port (id, patch_panel_id, switch_port_id, customer_id, state, number, \
             internal_use, chargeable, owned_by, assigned_at, last_state_change, colo_circuit_ref, created_at) \
             VALUES (1, 1, {port}, 2, 3, 1, 0, 1, 2, '2024-03-01', '2024-03-02', 'XC-1', {AT}), \
             (2, 1, NULL, NULL, 1, 2, 0, 1, 2, NULL, NULL, NULL, {AT})"
        ),
        format!(
            "INSERT INTO patch_panel_port_file (id, patch_panel_port_id, name, type, uploaded_at, uploaded_by, size, \
             is_private, storage_location, created_at) \
             VALUES (1, 1, 'photo.jpg', 'image/jpeg', {AT}, 'ann', 4096, 1, 'ab/cd', {AT})"
        ),
        format!(
            "INSERT INTO sflow_receiver (id, virtual_interface_id, dst_ip, dst_port) \
             VALUES (1, {interface}, '192.0.2.200', 6343)"
        ),
        format!("INSERT INTO macaddress (id, virtualinterfaceid, mac) VALUES (1, {interface}, '00005e0053a1')"),
    ] {
        execute(app, &sql).await;
    }
}
