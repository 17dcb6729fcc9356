//! `ixpd router list`.

use ixpd_db::query::router_lock as rows;
use ixpd_types::RouterType;
use serde::Serialize;

use super::super::output;
use crate::{
    service::router_lock::{self, Holding},
    services::Services,
};

/// A router in the list. Times are the exchange's.
#[derive(Serialize)]
struct Listed {
    handle: String,
    name: String,
    r#type: String,
    protocol: u16,
    pair: Option<String>,
    pause_updates: bool,
    lock: &'static str,
    locked_since: Option<String>,
    locked_by: Option<String>,
    last_update_started: Option<String>,
    last_updated: Option<String>,
}

pub(super) async fn list(services: &Services, json: bool) -> anyhow::Result<()> {
    let db = services.db.connection();
    let routers = rows::all(db).await?;
    let holders = rows::holders(db, None).await?;
    let listed: Vec<_> = routers
        .iter()
        .map(|router| {
            let holding = Holding::of(services, router);
            let is_held = holding != Holding::Free;
            let started = router.last_update_started.map(|at| at.to_string());
            Listed {
                handle: router.handle.clone(),
                name: router.name.clone(),
                r#type: RouterType::from_code(router.r#type)
                    .map_or_else(|_| router.r#type.to_string(), |kind| kind.label().to_owned()),
                protocol: router.protocol,
                pair: routers
                    .iter()
                    .find(|other| Some(other.id) == router.pair_id)
                    .map(|other| other.handle.clone()),
                pause_updates: router.pause_updates,
                lock: match holding {
                    Holding::Free => "free",
                    Holding::Held => "held",
                    Holding::Lapsed => "lapsed",
                },
                locked_since: started.clone().filter(|_| is_held),
                locked_by: holders
                    .iter()
                    .find_map(|holder| router_lock::name_of(router, holder))
                    .filter(|_| is_held),
                last_update_started: started,
                last_updated: router.last_updated.map(|at| at.to_string()),
            }
        })
        .collect();
    let headings = ["HANDLE", "TYPE", "PAIR", "PAUSED", "LOCK", "SINCE", "BY", "LAST UPDATED"];
    output::list(&listed, json, &headings, |router| {
        vec![
            router.handle.clone(),
            router.r#type.clone(),
            router.pair.clone().unwrap_or_default(),
            if router.pause_updates { "yes" } else { "no" }.to_owned(),
            router.lock.to_owned(),
            router.locked_since.clone().unwrap_or_default(),
            router.locked_by.clone().unwrap_or_default(),
            router.last_updated.clone().unwrap_or_else(|| "never".to_owned()),
        ]
    })
}
