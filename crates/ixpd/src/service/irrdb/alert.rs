//! Telling the operator by mail what is wrong.

use std::fmt::Write as _;

use ixpd_render::mail::{IrrdbAlert, IrrdbTrouble};
use sha2::{Digest as _, Sha256};

use super::{Outcome, Report};
use crate::{error::AppError, service::outbox::Recipients, services::Services};

/// Members that a mail names; more are counted.
const MOST: usize = 200;

/// Queues a mail to `IDENTITY_ALERTS_EMAIL` about what went wrong, once a day for the same. False if there is none.
///
/// # Errors
/// When the database fails or the mail's template is broken.
pub async fn alert(services: &Services, report: &Report) -> Result<bool, AppError> {
    if report.troubles().next().is_none() {
        return Ok(false);
    }
    let identity = &services.config.identity;
    let Some(address) = &identity.alerts_email else {
        tracing::warn!(
            "IDENTITY_ALERTS_EMAIL is not set, so nobody gets a mail about IRR data: {}",
            report.summary()
        );
        return Ok(false);
    };
    let now = services.wall_now();
    let troubles = report.troubles().take(MOST).map(|row| IrrdbTrouble {
        member: row.name.clone(),
        asn: row.asn,
        protocol: row.protocol.label().to_owned(),
        message: row.message.clone().unwrap_or_default(),
    });
    let troubles: Vec<_> = troubles.collect();
    let mail = IrrdbAlert {
        kind: report.kind.column().to_owned(),
        more: report.troubles().count() - troubles.len(),
        holds: report.count(Outcome::Held) + report.count(Outcome::Emptied) > 0,
        troubles,
    };
    let mut same = String::new();
    for row in report.troubles() {
        let _ = write!(same, "{} {} {};", row.customer_id, row.protocol.code(), row.outcome.word());
    }
    let digest = hex::encode(&Sha256::digest(same.as_bytes())[..16]);
    let dedupe = format!("irrdb-alert/{}/{}/{digest}", report.kind.column(), now.date());
    let (mail, recipients) = (&mail, &Recipients::to(&identity.alerts_name, address));
    let dedupe = &dedupe;
    let queued: Option<i64> = services
        .db
        .write(|tx| {
            Box::pin(async move {
                services
                    .outbox
                    .queue(tx.db(), now, mail, recipients, Some(dedupe.clone()))
                    .await
                    .map_err(AppError::from)
            })
        })
        .await?;
    Ok(queued.is_some())
}
