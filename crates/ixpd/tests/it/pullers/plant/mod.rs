//! Scripts that configure switches and collectors.

mod provisioning;
mod sflow;

use std::process::Output;

use ixpd_testkit::fixtures;

use super::Host;

/// A host whose exchange has its plant, and serves the paths from before IXP Manager 7.1 too.
async fn host() -> Option<Host> {
    let host = Host::new(&[("UNSECURED_API_ACCESS", "true")]).await?;
    fixtures::plant(&host.app.state.db).await;
    Some(host)
}

/// What curl printed; `Err` with its exit code if it failed.
fn printed(output: Output) -> Result<String, Option<i32>> {
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(output.status.code())
    }
}
