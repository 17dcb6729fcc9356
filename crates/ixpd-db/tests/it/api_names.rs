//! docs/API-NAMES.md against the migrated schema and its own rules.

mod page;
mod recorded_forms;

use std::collections::{BTreeMap, BTreeSet};

use self::page::{Field, Page};
use crate::{
    entities::{Columns, columns},
    support::TestDatabase,
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API-NAMES.md");

/// Contradictions between the page and the schema or the page's own rules, one sentence each.
fn violations(page: &Page, schema: &Columns) -> Vec<String> {
    let mut found = Vec::new();
    check_columns(page, schema, &mut found);
    check_tables(page, schema, &mut found);
    for resource in &page.resources {
        let name = resource.name.as_str();
        let last = resource.path.rsplit('/').next().unwrap_or_default();
        if !is_kebab_case(last) || !is_kebab_case(&resource.singular) || !resource.path.starts_with('/') {
            found.push(format!("{name}: path or singular isn't kebab-case"));
        }
        check_names(page, name, &resource.fields, &mut found);
        for field in &resource.fields {
            check_field(page, name, field, &mut found);
        }
    }
    check_enumerations(page, &mut found);
    found
}

/// Every column named exists, and every column of a resource's table is named or common.
fn check_columns(page: &Page, schema: &Columns, found: &mut Vec<String>) {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for resource in &page.resources {
        for table in &resource.tables {
            named.entry(table).or_default();
        }
        for (table, column) in resource.fields.iter().filter_map(|field| field.column.as_ref()) {
            if !resource.tables.contains(table) {
                found.push(format!("{}: table {table} isn't one of the resource's", resource.name));
            }
            named.entry(table).or_default().insert(column);
        }
    }
    for (table, named) in named {
        let Some(exist) = schema.get(table) else {
            found.push(format!("table {table} doesn't exist"));
            continue;
        };
        let exist: BTreeSet<&str> = exist.keys().map(String::as_str).collect();
        found.extend(named.difference(&exist).map(|column| format!("column {table}.{column} doesn't exist")));
        let common: BTreeSet<&str> = page.common.iter().filter_map(Field::column_name).collect();
        let missing = exist.iter().filter(|column| !named.contains(*column) && !common.contains(*column));
        found.extend(missing.map(|column| format!("column {table}.{column} is missing")));
    }
}

/// Every table of the database belongs to a resource, or stands among those without one.
fn check_tables(page: &Page, schema: &Columns, found: &mut Vec<String>) {
    let of_resources: BTreeSet<&String> =
        page.resources.iter().flat_map(|resource| &resource.tables).collect();
    for table in schema.keys() {
        let left_out = page.without_resource.contains(table);
        let own = table.starts_with("ixpd_") && page.without_resource.contains("ixpd_*");
        match (of_resources.contains(table), left_out) {
            (false, false) if !own => found.push(format!("table {table} is missing")),
            (true, true) => found.push(format!("table {table} has a resource and is said to have none")),
            _ => {}
        }
    }
    let unknown =
        page.without_resource.iter().filter(|table| !table.ends_with('*') && !schema.contains_key(*table));
    found.extend(unknown.map(|table| format!("table {table} doesn't exist")));
}

/// The JSON names of an object, and what answers add to them, are distinct and not reserved.
fn check_names(page: &Page, resource: &str, fields: &[Field], found: &mut Vec<String>) {
    let mut taken: BTreeSet<String> = page.reserved.clone();
    for field in page.common.iter().chain(fields) {
        for name in field.names_in_answers() {
            if !taken.insert(name.clone()) {
                found.push(format!("{resource}: `{name}` is taken twice or reserved"));
            }
        }
    }
}

fn check_field(page: &Page, resource: &str, field: &Field, found: &mut Vec<String>) {
    let mut refuse = |what: &str| {
        let name = field.json.as_deref().or(field.column_name()).unwrap_or("a field");
        found.push(format!("{resource}: `{name}` {what}"));
    };
    if let Some(target) = field.target() {
        match page.resources.iter().find(|resource| resource.name == target) {
            None => refuse(&format!("refers to {target}, which doesn't exist")),
            Some(target) => {
                let has_name = target.fields.iter().any(|field| field.json.as_deref() == Some("name"));
                if field.is_reference() && !has_name && !page.names_of_references.contains(&target.name) {
                    refuse(&format!("refers to {}, which has no name", target.name));
                }
            }
        }
    }
    if let Some(name) = field.enumeration()
        && !page.enumerations.contains_key(name)
    {
        refuse(&format!("is one of {name}, which isn't defined"));
    }
    let Some(json) = field.json.as_deref() else {
        if field.note.is_empty() {
            refuse("isn't offered, without a reason");
        }
        return;
    };
    if !is_snake_case(json) {
        refuse("isn't snake_case");
    }
    let kind = field.kind.as_str();
    if kind.starts_with("instant") != json.ends_with("_at") {
        refuse("must end in `_at` if it is an instant, and only then");
    }
    if kind.starts_with("date") != json.ends_with("_on") {
        refuse("must end in `_on` if it is a date, and only then");
    }
    if kind.starts_with("url") != json.ends_with("_url") {
        refuse("must end in `_url` if it is a URL, and only then");
    }
    let external = ["peeringdb_", "ixf_"].iter().any(|registry| json.starts_with(registry));
    let refers = kind.starts_with("reference to ") || kind.starts_with("id of ");
    if refers != json.ends_with("_id") && !external && json != "bgp_router_id" {
        refuse("must end in `_id` if it refers to one record, and only then");
    }
    if kind.starts_with("references to ") != json.ends_with("_ids") {
        refuse("must end in `_ids` if it refers to several records, and only then");
    }
    if json.starts_with("is_") && !page.decided.contains(json) {
        refuse("begins with `is_`");
    }
}

/// Words are kebab-case, words and codes are distinct, and each enumeration is of use.
fn check_enumerations(page: &Page, found: &mut Vec<String>) {
    let fields = || page.resources.iter().flat_map(|resource| &resource.fields);
    for (name, words) in &page.enumerations {
        if !fields().any(|field| field.enumeration() == Some(name)) {
            found.push(format!("enumeration {name} is never used"));
        }
        let distinct: BTreeSet<&String> = words.iter().map(|(word, _)| word).collect();
        let codes: BTreeSet<&String> = words.iter().map(|(_, code)| code).collect();
        if distinct.len() != words.len() || codes.len() != words.len() || words.is_empty() {
            found.push(format!("enumeration {name} has a word or code twice, or none"));
        }
        let odd = distinct.iter().filter(|word| !is_kebab_case(word));
        found.extend(odd.map(|word| format!("enumeration {name}: `{word}` isn't kebab-case")));
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase()) && is_separated_by(name, '_')
}

fn is_kebab_case(name: &str) -> bool {
    is_separated_by(name, '-')
}

fn is_separated_by(name: &str, separator: char) -> bool {
    let fits =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.split(separator).all(fits)
}

#[tokio::test]
async fn every_table_and_column_has_its_names_and_they_follow_the_rules() {
    let page = Page::read(&std::fs::read_to_string(FILE).unwrap());
    assert!(page.resources.len() > 40, "{} resources", page.resources.len());
    for test in TestDatabase::each_migrated().await {
        assert_eq!(violations(&page, &columns(&test).await), Vec::<String>::new(), "{:?}", test.db.backend());
        test.remove().await;
    }
}

#[tokio::test]
async fn each_kind_of_mistake_in_the_page_is_found() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let test = TestDatabase::sqlite_migrated().await;
    let schema = columns(&test).await;
    for (from, to, expected) in [
        (
            "| `bundle_name` | `bundle_name` |",
            "| `bundel_name` | `bundle_name` |",
            "vendor.bundel_name doesn't exist",
        ),
        ("| `nagios_name` | – | – |", "| – | – | – |", "vendor.nagios_name is missing"),
        ("table `vendor`", "table `vendors`", "table vendors doesn't exist"),
        ("| `oui` | cache", "| `ouis` | cache", "table oui is missing"),
        ("| `oui` | cache", "| `oui`, `vlan` | cache", "table vlan has a resource"),
        (
            "| `pdb_facility_id` | `peeringdb_facility_id` |",
            "| `pdb_facility_id` | `shortname` |",
            "taken twice",
        ),
        (
            "| `isPrimary` | `primary` |",
            "| `isPrimary` | `version` |",
            "`version` is taken twice or reserved",
        ),
        ("| `is_reseller` | bool |", "| `reseller` | bool |", "customers: `reseller` is taken twice"),
        (
            "| `os` | – | `os` | text",
            "| `os` | – | `snmp_community_set` | text",
            "`snmp_community_set` is taken twice",
        ),
        ("| `isPrimary` | `primary` |", "| `isPrimary` | `isPrimary` |", "`isPrimary` isn't snake_case"),
        ("| `isPrimary` | `primary` |", "| `isPrimary` | `is_primary` |", "`is_primary` begins with `is_`"),
        ("legacy column, nothing reads it and no page shows it; kept on update", "", "without a reason"),
        ("| `expires_at` | instant |", "| `expires` | instant |", "`expires` must end in `_at`"),
        ("| `joined_on` | date |", "| `joined` | date |", "`joined` must end in `_on`"),
        ("| `website_url` | url |", "| `website` | url |", "`website` must end in `_url`"),
        ("| `infrastructure_id` | reference", "| `infrastructure` | reference", "must end in `_id`"),
        ("| `contact_group_ids` |", "| `contact_groups` |", "must end in `_ids`"),
        ("reference to infrastructures", "reference to infra", "refers to infra, which doesn't exist"),
        ("| `core-bundles` | `description` |\n", "", "refers to core-bundles, which has no name"),
        ("one of customer-type", "one of member-type", "is one of member-type, which isn't defined"),
        ("one of rack-end", "text(..=9)", "enumeration rack-end is never used"),
        ("`top` 1", "`Top` 1", "`Top` isn't kebab-case"),
        ("`bottom` 2", "`bottom` 1", "enumeration rack-end has a word or code twice"),
        ("Path `/vendors`", "Path `/Vendors`", "vendors: path or singular isn't kebab-case"),
    ] {
        assert!(text.contains(from), "{from}");
        let found = violations(&Page::read(&text.replace(from, to)), &schema);
        assert!(found.iter().any(|line| line.contains(expected)), "{from} -> {to}: {found:?}");
    }
    test.remove().await;
}
