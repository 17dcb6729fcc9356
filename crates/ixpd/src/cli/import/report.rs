//! What an import did, in words.

use ixpd_db::{
    Backend, Database,
    import::{ImportReport, Orphans, TableReport},
};

use crate::{cli::output, services::Services};

/// Prints the tables on standard output and everything else that the operator should know on standard error.
///
/// # Errors
/// When standard output is closed.
pub(super) fn print(report: &ImportReport, services: &Services, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        output::result(serde_json::to_string_pretty(report)?)?;
    } else {
        let tables: Vec<&TableReport> = report.tables.iter().filter(|table| table.read > 0).collect();
        output::list(&tables, false, &["TABLE", "READ", "LOADED", "NOTE"], |table| {
            vec![table.table.clone(), table.read.to_string(), table.loaded.to_string(), note(table)]
        })?;
    }
    for line in messages(report, &services.db).into_iter().chain(closed_copies(report, services)) {
        output::message(line);
    }
    Ok(())
}

/// What became of a table, where there is something to say.
fn note(table: &TableReport) -> String {
    let mut parts: Vec<String> = table.left_out.iter().map(|why| why.describe().to_owned()).collect();
    if !table.dropped_columns.is_empty() && table.left_out.is_none() {
        parts.push(format!("columns not loaded, 7.4 has none such: {}", table.dropped_columns.join(", ")));
    }
    parts.extend(
        table
            .changes
            .iter()
            .map(|change| format!("{}: {} {}", change.column, change.rows, change.change.describe())),
    );
    parts.join("; ")
}

fn messages(report: &ImportReport, db: &Database) -> Vec<String> {
    let empty = report.tables.iter().filter(|table| table.read == 0).count();
    let mut lines = vec![format!(
        "Loaded {} rows of IXP Manager {} from {} into {}; every table was counted. {empty} more tables are empty.",
        report.loaded(),
        report.version,
        report.source,
        db.description(),
    )];
    if !report.absent_tables.is_empty() {
        lines.push(format!("The source lacks these tables: {}.", report.absent_tables.join(", ")));
    }
    if !report.other_migrations.is_empty() {
        lines.push(format!(
            "The source's schema has migrations that 7.4 doesn't: {}. What they add is not loaded.",
            report.other_migrations.join(", ")
        ));
    }
    lines.extend(report.orphans.iter().map(orphans));
    if let Some(zone) = report.timestamps_in.as_deref().filter(|zone| *zone != "UTC") {
        lines.push(format!(
            "created_at and updated_at were read as the clock of {zone}; if the old database server had another \
             time zone, import again with --server-timezone."
        ));
    }
    if let Some(minutes) = report.timestamps_shifted_minutes {
        let word = if minutes > 0 { "later" } else { "earlier" };
        lines.push(format!(
            "created_at and updated_at are kept as the instants they are. This database server's clock is not that of \
             the old one, so they show {} minutes {word} than before. Give the server the old one's time zone \
             (default_time_zone); for a dump, --server-timezone says what that was.",
            minutes.abs()
        ));
    }
    if report.legacy_api_keys > 0 {
        lines.push(format!(
            "{} API keys were kept as plain text; they work on and are kept as hashes now. {} of them can be shown \
             again to their owners.",
            report.legacy_api_keys, report.sealed_api_keys
        ));
    }
    if db.backend() == Backend::Sqlite {
        lines.extend(outside_programs(report));
    }
    lines.push("Mail is held back until `ixpd mail enable`.".to_owned());
    lines
}

/// Copies of API keys that are sealed under a key which this installation doesn't have.
fn closed_copies(report: &ImportReport, services: &Services) -> Option<String> {
    let closed = report.seal_keys.iter().filter(|seal| !services.secrets.sealer.opens(&seal.fingerprint));
    let (keys, fingerprints): (Vec<u64>, Vec<&str>) =
        closed.map(|seal| (seal.keys, seal.fingerprint.as_str())).unzip();
    let number: u64 = keys.iter().sum();
    (number > 0).then(|| {
        format!(
            "{number} API keys came with copies that were sealed under another APP_KEY (fingerprint {}): the keys work, \
             but can't be shown again unless APP_KEY is that of the source, or APP_PREVIOUS_KEYS has it.",
            fingerprints.join(", ")
        )
    })
}

fn orphans(orphans: &Orphans) -> String {
    let Orphans { table, column, parent, rows, first_ids, removed } = orphans;
    let done = if *removed { "were left out" } else { "were kept" };
    let mut line = format!("{rows} rows of {table} {done}: their {column} leads to no row of {parent}");
    if !first_ids.is_empty() {
        let ids: Vec<String> = first_ids.iter().map(ToString::to_string).collect();
        let more = if *rows > first_ids.len() as u64 { ", …" } else { "" };
        line = format!("{line} (id {}{more})", ids.join(", "));
    }
    line + "."
}

/// Programs that fill tables by SQL can't reach the embedded database.
fn outside_programs(report: &ImportReport) -> Vec<String> {
    let used = &report.outside_programs;
    let uses = [
        (used.learned_macs, "learned MAC addresses", "the script that reads them from switches"),
        (used.bgp_sessions, "BGP sessions seen in sFlow", "the sFlow collector's script"),
        (used.app_passwords, "application passwords", "RADIUS or TACACS servers, which look them up by SQL"),
    ];
    let mut lines: Vec<String> = uses
        .iter()
        .filter(|(rows, _, _)| *rows > 0)
        .map(|(rows, what, who)| format!("  {rows} {what}: {who}"))
        .collect();
    if !lines.is_empty() {
        let head = "Outside programs use this data by SQL and can't with the embedded database. Where they are needed, \
                    run ixpd on MySQL or MariaDB instead:";
        lines.insert(0, head.to_owned());
    }
    lines
}
