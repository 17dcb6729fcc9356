//! Routers' daemons as hosts with a service.

use ixpd_db::query::nagios::{self as rows, Router};
use ixpd_render::text::{
    OneLine,
    nagios::{Daemon, Daemons, HostGroups, NagiosName, NagiosText},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer, definition, filled};
use crate::{
    error::AppError,
    service::{incomplete::IncompleteRows, template},
    services::Services,
};

/// The templates that the objects inherit from. An empty one counts as absent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DaemonParameters {
    /// Template of hosts; by default `ixp-manager-host-birdseye-daemon`.
    #[param(example = "ixp-manager-host-birdseye-daemon")]
    host_definition: Option<String>,
    /// Template of services; by default `ixp-manager-service-birdseye-daemon`.
    service_definition: Option<String>,
}

/// The routers that Bird's Eye answers for, of one VLAN or of all.
///
/// # Errors
/// 404 where there is none, or for an unknown template; 422 for a parameter.
pub async fn daemons(
    services: &Services,
    template_name: Option<&str>,
    vlan_id: Option<i32>,
    parameters: &DaemonParameters,
) -> Result<String, AppError> {
    let routers = rows::routers(services.db.connection(), vlan_id).await?;
    if routers.is_empty() {
        let text = "No routers for the provided VLAN ID / Bird's Eye API type.";
        return Err(AppError::NotFound(text.into()));
    }
    let template = template::named::<Daemons>(services, template_name)?;
    let of = |name, given: &Option<String>, default| definition(name, given.as_deref(), default);
    let host_definition =
        of("host_definition", &parameters.host_definition, "ixp-manager-host-birdseye-daemon")?;
    let service_definition =
        of("service_definition", &parameters.service_definition, "ixp-manager-service-birdseye-daemon")?;
    let vlan = match vlan_id {
        Some(id) => Some(template::vlan(services, id).await?),
        None => None,
    };
    let mut incomplete = IncompleteRows::default();
    let daemons: Vec<_> = routers.iter().filter_map(|router| daemon(router, &mut incomplete)).collect();
    let group = vlan_id.map_or_else(|| "bird-daemons".to_owned(), |id| format!("bird-daemons-vlanid-{id}"));
    let mut groups = HostGroups::default();
    services.incomplete.report(&format!("nagios/birdseye-daemons: {group}"), &incomplete);
    for daemon in &daemons {
        groups.add(&group, "Individual Bird Daemons", &daemon.host_name);
    }
    let context = Daemons {
        generated_at: template::now(services),
        vlan,
        host_definition,
        service_definition,
        daemons,
        hostgroups: groups.finish(),
        left_out: incomplete.comments(),
    };
    answer(services, &template, &context, "nagios_birdseye_daemons", vlan_id.map(|id| ("vlan", id))).await
}

/// The URL of a router's API.
pub(super) fn api_of<'r>(router: &'r Router, incomplete: &mut IncompleteRows) -> Option<&'r str> {
    let api = filled(router.api.as_ref());
    if api.is_none() {
        let problem = "left out: it has no URL of its API; set routers.api";
        incomplete.add("routers", router.id, Some(&router.handle), problem);
    }
    api
}

fn daemon(router: &Router, incomplete: &mut IncompleteRows) -> Option<Daemon> {
    let api = api_of(router, incomplete)?;
    if router.handle.trim().is_empty() || router.mgmt_host.trim().is_empty() {
        let problem =
            "left out: it has no handle or no management host; set routers.handle and routers.mgmt_host";
        incomplete.add("routers", router.id, Some(&router.name), problem);
        return None;
    }
    let name = if router.name.trim().is_empty() { &router.handle } else { &router.name };
    Some(Daemon {
        handle: OneLine::new(&router.handle),
        host_name: NagiosName::new(&format!("bird-{}", router.handle)),
        alias: NagiosText::new(name),
        address: NagiosText::new(&router.mgmt_host),
        api: NagiosText::new(api),
    })
}
