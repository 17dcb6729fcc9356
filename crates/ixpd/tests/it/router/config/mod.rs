//! Configurations of routers: what is in them, what BIRD says of them, and what routes go through them.

mod accepted;
mod bird;
mod exchange;
mod facts;
mod ixp_manager;
mod lab;
mod names;
mod options;
mod served;
mod takeover;

use ixpd::{
    config::Config,
    service::router_config::{RouterConfigError, RouterConfigs},
};
use ixpd_db::Database;
use ixpd_testkit::clock;

/// The configurations of a process with these settings.
fn configs(settings: &[(&str, &str)]) -> RouterConfigs {
    RouterConfigs::new(&Config::from_pairs(settings.iter().copied()).unwrap())
}

/// The configuration that a router has today.
async fn generate(configs: &RouterConfigs, db: &Database, handle: &str) -> Result<String, RouterConfigError> {
    let prepared = configs.prepare(db, handle, clock::days_ago(0)).await?;
    let mut out = Vec::new();
    prepared.write_to(configs.cache(), &mut out).await.unwrap();
    Ok(String::from_utf8(out).unwrap())
}
