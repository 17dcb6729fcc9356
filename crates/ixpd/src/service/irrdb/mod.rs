//! IRR data: what members have registered in routing registries, fetched and kept for the filters of route servers.
//!
//! Only what differs is written. A member whose data can't be fetched, is suddenly empty, or grows or shrinks
//! suspiciously keeps what it has, and the others go on. A server that answers in place of another removes nothing.
//! The data can be fetched again at any time, so single rows leave no trail; `irrdb_update_logs` tells when a
//! member's data was last fetched.

mod alert;
mod hold;
mod member;
mod plan;
mod report;
mod verify;

use std::{collections::HashMap, future::Future};

use futures::StreamExt as _;
use ipnet::IpNet;
use ixpd_db::query::irrdb::{self as rows, Hold, IrrdbEntry, IrrdbKind, Selection};
use ixpd_net::irr::{Fetched, IrrClient, IrrError, IrrQuery};
use ixpd_types::Protocol;

use self::plan::Question;
pub use self::{
    alert::alert,
    hold::{Released, release},
    report::{Outcome, Report, Row},
    verify::{Changed, Pace, Progress as VerifyProgress, Verification, verify},
};
use crate::{error::AppError, services::Services};

/// Is told how far an update is.
pub trait Progress: Sync {
    /// So many rows will come.
    fn begin(&self, rows: usize);
    /// A member is done.
    fn done(&self, row: &Row);
}

/// Nobody is told.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &Row) {}
}

/// What one of the tables holds, and how it is fetched.
trait Fetch: IrrdbEntry {
    /// Asks the registries.
    fn fetch(
        client: &IrrClient,
        query: &IrrQuery,
        protocol: Protocol,
        longest: u8,
    ) -> impl Future<Output = Result<Fetched<Self>, IrrError>> + Send;
}

impl Fetch for IpNet {
    async fn fetch(
        client: &IrrClient,
        query: &IrrQuery,
        protocol: Protocol,
        longest: u8,
    ) -> Result<Fetched<Self>, IrrError> {
        client.prefixes(query, protocol, longest).await
    }
}

impl Fetch for u32 {
    async fn fetch(
        client: &IrrClient,
        query: &IrrQuery,
        _: Protocol,
        _: u8,
    ) -> Result<Fetched<Self>, IrrError> {
        client.origins(query).await
    }
}

/// What is known before anybody is asked.
struct Known {
    /// Entries that were held before.
    holds: HashMap<(i32, Protocol), Hold>,
    /// When data was last fetched.
    times: HashMap<i32, ixpd_db::entity::irrdb_update_logs::Model>,
}

/// Fetches prefixes or origins of the selected members and writes what differs.
///
/// # Errors
/// 503 where no registries are to be asked, 404 for a single member that isn't one whose data is kept, and when the
/// database fails. What goes wrong with a member stands in the report.
pub async fn update(
    services: &Services,
    kind: IrrdbKind,
    selection: Selection,
    progress: &dyn Progress,
) -> Result<Report, AppError> {
    match kind {
        IrrdbKind::Prefix => update_kind::<IpNet>(services, selection, progress).await,
        IrrdbKind::Asn => update_kind::<u32>(services, selection, progress).await,
    }
}

async fn update_kind<E: Fetch>(
    services: &Services,
    selection: Selection,
    progress: &dyn Progress,
) -> Result<Report, AppError> {
    let Some(client) = &services.irr else {
        return Err(AppError::Unavailable("IXPD_IRR_BACKEND=off: registries aren't asked".into()));
    };
    let db = services.db.connection();
    let subjects = rows::subjects(db, services.wall_now().date(), selection).await?;
    if subjects.is_empty() && selection != Selection::All {
        let text = "there is no such member that is current, active and carries traffic";
        return Err(AppError::NotFound(text.into()));
    }
    let known = Known {
        holds: rows::holds(db, E::KIND)
            .await?
            .into_iter()
            .map(|hold| ((hold.customer_id, hold.protocol), hold))
            .collect(),
        times: rows::update_times(db).await?.into_iter().map(|row| (row.cust_id, row)).collect(),
    };
    if selection == Selection::All {
        member::forget_holds(services, E::KIND, &subjects, &known).await?;
    }
    let plan = plan::make(E::KIND, &subjects, &services.config.irr);
    progress.begin(plan.unreadable.len() + plan.questions.iter().map(|q| q.targets.len()).sum::<usize>());
    let mut report = Report::new(E::KIND);
    for row in member::remove_obsolete(services, E::KIND, &subjects).await?.into_iter().chain(plan.unreadable)
    {
        progress.done(&row);
        report.rows.push(row);
    }
    let mut answers = futures::stream::iter(plan.questions)
        .map(|question| answer::<E>(services, client, question, &known, progress))
        .buffer_unordered(services.config.irr.concurrency);
    while let Some(rows) = answers.next().await {
        report.rows.extend(rows);
    }
    report.sort();
    Ok(report)
}

/// Asks one question, and takes the answer over for each member that it is about.
async fn answer<E: Fetch>(
    services: &Services,
    client: &IrrClient,
    question: Question,
    known: &Known,
    progress: &dyn Progress,
) -> Vec<Row> {
    let Question { query, protocol, targets } = question;
    let longest = services.config.irr.longest(protocol);
    let fetched = E::fetch(client, &query, protocol, longest).await;
    let mut rows = Vec::with_capacity(targets.len());
    for target in targets {
        let row = match &fetched {
            Ok(fetched) => member::take_over(services, &target, fetched, known).await,
            Err(error) => target.row(Outcome::Failed, Some(error.to_string())),
        };
        if row.outcome == Outcome::Failed {
            let reason = row.message.as_deref().unwrap_or_default();
            tracing::warn!(member = target.name, protocol = target.protocol.code(), "no IRR data: {reason}");
        }
        progress.done(&row);
        rows.push(row);
    }
    rows
}
