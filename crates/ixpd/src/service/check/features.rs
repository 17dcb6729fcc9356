//! What the data says is in use and ixpd has no pages for yet. The route table says which it has.

use ixpd_db::{
    Backend, DbErr,
    query::check::{self as rows, COUNTED},
};

use super::{Findings, Installation, Tables};
use crate::routes;

pub(super) const AREA: &str = "features";

/// Rows by which a feature of IXP Manager shows.
struct Feature {
    /// The table.
    table: &'static str,
    /// What a row is.
    what: &'static str,
    /// How the paths of its pages begin, after `/admin` where that comes first. Its data may well be used without them:
    /// by the API, or in the configurations of routers.
    pages: &'static str,
}

const fn feature(table: &'static str, what: &'static str, pages: &'static str) -> Feature {
    Feature { table, what, pages }
}

const FEATURES: [Feature; 18] = [
    feature("app_passwords", "application passwords", "/app-password"),
    feature("bgp_sessions", "BGP sessions seen in sFlow (peering matrix)", "/peering-matrix"),
    feature("consoleserverconnection", "connections to console servers", "/console-server-connection"),
    feature("contact", "contacts", "/contact"),
    feature("corebundles", "core bundles", "/interfaces/core-bundle"),
    feature("cust_notes", "notes about members", "/customer-note"),
    feature("custkit", "pieces of members' equipment", "/cust-kit"),
    feature("docstore_customer_files", "documents of members", "/docstorec"),
    feature("docstore_files", "documents", "/docstore/"),
    feature("logos", "logos of members", "/customer-logo"),
    feature("macaddress", "learned MAC addresses", "/mac-address"),
    feature("p2p_daily_stats", "daily statistics between members", "/statistics/p2p"),
    feature("patch_panel_port", "ports of patch panels", "/patch-panel"),
    feature("peering_manager", "entries of the peering manager", "/peering-manager"),
    feature("route_server_filters", "members' filters for route servers", "/rs-filter"),
    feature("sflow_receiver", "sFlow receivers", "/sflow-receiver"),
    feature("traffic_daily", "daily statistics of members", "/statistics/member"),
    feature("traffic_daily_phys_ints", "daily statistics of ports", "/statistics/member"),
];

/// Tables that programs beside IXP Manager read or fill through SQL, and which ones.
const OUTSIDE: [(&str, &str); 3] = [
    ("macaddress", "the script that reads MAC addresses from switches"),
    ("bgp_sessions", "the script of the sFlow collector"),
    ("app_passwords", "RADIUS or TACACS servers"),
];

pub(super) async fn check(
    installation: &Installation<'_>,
    tables: &Tables,
    found: &mut Findings,
) -> Result<(), DbErr> {
    let db = installation.db.connection();
    let served = routes::table(installation.config);
    let known: Vec<&'static str> =
        FEATURES.iter().map(|feature| feature.table).filter(|table| tables.contains(*table)).collect();
    let counts = rows::row_counts(db, &known).await?;
    let rows_of = |table| counts.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows);
    let before = found.list.len();
    for feature in &FEATURES {
        let rows = rows_of(feature.table);
        if rows == 0 || served.iter().any(|route| is_page_of(route.path, feature)) {
            continue;
        }
        let more = if rows >= COUNTED { " and more" } else { "" };
        found.warning(format_args!(
            "in use, but ixpd has no pages for it yet: {} ({rows}{more})",
            feature.what
        ));
    }
    if installation.db.backend() == Backend::Sqlite {
        for (table, who) in OUTSIDE.iter().filter(|(table, _)| rows_of(*table) > 0) {
            found.warning(format_args!(
                "the table {table} has rows; {who} can't reach it in the embedded database: where that is needed, run \
                 ixpd on MySQL or MariaDB"
            ));
        }
    }
    if found.list.len() == before {
        found.ok("the database has no data of features that ixpd has no pages for");
    }
    Ok(())
}

fn is_page_of(path: &str, feature: &Feature) -> bool {
    path.strip_prefix("/admin").unwrap_or(path).starts_with(feature.pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_programs_use_tables_that_are_counted() {
        assert!(OUTSIDE.iter().all(|(table, _)| FEATURES.iter().any(|feature| feature.table == *table)));
    }
}
