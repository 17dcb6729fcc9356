//! Rows that lack something which the outputs for switches, monitoring and collectors need.

use ixpd_db::{
    DbErr,
    query::check::{self as rows, Incomplete},
};

use super::{Findings, Installation, counted, listed};

pub(super) const AREA: &str = "data";

pub(super) async fn check(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let incomplete = rows::incomplete(installation.db.connection()).await?;
    if incomplete.is_empty() {
        found.ok("no row lacks what the outputs for switches, monitoring and collectors need");
    }
    for of_problem in incomplete.chunk_by(|a, b| a.problem == b.problem) {
        let ids: Vec<_> = of_problem.iter().map(named).collect();
        found.warning(format_args!(
            "{}; left out of outputs: {} with these ids: {}",
            of_problem[0].problem,
            counted(ids.len(), "row", "rows"),
            listed(&ids)
        ));
    }
    Ok(())
}

fn named(row: &Incomplete) -> String {
    match row.name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => format!("{} ({name})", row.id),
        _ => row.id.to_string(),
    }
}
