//! Members' BGP sessions with the exchange's routers as services.

use ixpd_db::query::nagios::{self as rows, Router, Service};
use ixpd_render::text::{
    OneLine, Vlan,
    nagios::{BgpSession, BgpSessions, HostGroup, HostGroups, NagiosName, NagiosText},
};
use ixpd_types::RouterType;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer,
    customers::{as_number, customer_of, name_of},
    daemons::api_of,
    definition, filled,
};
use crate::{
    error::AppError,
    service::{
        incomplete::{IncompleteRows, protocol_of, without_address},
        template,
    },
    services::Services,
};

/// The template that the services inherit from. An empty one counts as absent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SessionParameters {
    /// Template of services; by default `ixp-manager-member-bgp-session-service`.
    #[param(example = "ixp-manager-member-bgp-session-service")]
    service_definition: Option<String>,
}

/// The routers whose sessions are asked for.
struct Kind {
    vlan: Vlan,
    protocol: u8,
    router_type: RouterType,
}

/// The sessions of a VLAN's members with the routers of a type.
///
/// # Errors
/// 404 for an unknown VLAN, protocol, type or template and where there is no such router, 422 for a parameter.
pub async fn sessions(
    state: &Services,
    (vlan_id, protocol_number, type_number): (i32, i32, i32),
    template_name: Option<&str>,
    parameters: &SessionParameters,
) -> Result<String, AppError> {
    let vlan = template::vlan(state, vlan_id).await?;
    let protocol = template::protocol(protocol_number)?;
    let router_type = RouterType::try_from(i64::from(type_number));
    let router_type = router_type.map_err(|_| AppError::NotFound("Unknown router type".into()))?;
    let template = template::named::<BgpSessions>(state, template_name)?;
    let given = parameters.service_definition.as_deref();
    let service_definition =
        definition("service_definition", given, "ixp-manager-member-bgp-session-service")?;
    let kind = Kind { vlan, protocol, router_type };
    let db = state.db.connection();
    let code = type_number.try_into().unwrap_or_default();
    let routers = rows::routers_of_type(db, kind.vlan.id, protocol.into(), code).await?;
    if routers.is_empty() {
        return Err(AppError::NotFound("No suitable router(s) found.".into()));
    }
    let services = rows::services(db, kind.vlan.id, protocol == 6, state.wall_now().date()).await?;
    let mut incomplete = IncompleteRows::default();
    let (sessions, hostgroups) = kind.sessions(&services, &routers, &mut incomplete);
    let output = format!("nagios/birdseye-bgp-sessions/{}/{protocol}/{type_number}", kind.vlan.id);
    state.incomplete.report(&output, &incomplete);
    let noted = [("vlan", kind.vlan.id), ("protocol", protocol.into()), ("type", type_number)];
    let context = BgpSessions {
        generated_at: template::now(state),
        vlan: kind.vlan,
        protocol,
        r#type: type_number,
        service_definition,
        sessions,
        hostgroups,
        left_out: incomplete.comments(),
    };
    answer(state, &template, &context, "nagios_birdseye_bgp_sessions", noted).await
}

impl Kind {
    /// Each service's session with each router that can be asked; routers of a quarantine VLAN aren't.
    fn sessions(
        &self,
        services: &[Service],
        routers: &[Router],
        incomplete: &mut IncompleteRows,
    ) -> (Vec<BgpSession>, Vec<HostGroup>) {
        let mut sessions = Vec::new();
        let mut groups = HostGroups::default();
        let prefix = format!(
            "birdseye-{}-bgp-sessions-vlanid-{}-ipv{}",
            self.short_name(),
            self.vlan.id,
            self.protocol
        );
        let asked: Vec<_> = routers
            .iter()
            .filter(|router| !router.quarantine)
            .filter_map(|router| Some((router, api_of(router, incomplete)?)))
            .collect();
        for service in services.iter().filter(|service| self.peers(service)) {
            let Some(asn) = self.as_number(service, incomplete) else { continue };
            for (router, api) in &asked {
                let session = self.session(service, asn, router, api);
                groups.add(&format!("{prefix}-all"), "All BGP sessions", &session.host_name);
                let (group, alias) =
                    (format!("{prefix}-{}", router.handle), format!("BGP sessions to {}", router.handle));
                groups.add(&group, &alias, &session.host_name);
                sessions.push(session);
            }
        }
        (sessions, groups.finish())
    }

    /// The AS number of a service that has all that a session takes.
    fn as_number(&self, service: &Service, incomplete: &mut IncompleteRows) -> Option<i32> {
        let customer = customer_of(service);
        if filled(service.address.as_ref()).is_none() {
            incomplete.add(
                "vlaninterface",
                service.id,
                Some(&customer),
                without_address(protocol_of(self.protocol)),
            );
            return None;
        }
        let asn = as_number(service);
        if asn.is_none() {
            let problem = "session left out: the member has no AS number; set cust.autsys";
            incomplete.add("vlaninterface", service.id, Some(&customer), problem);
        }
        asn
    }

    fn session(&self, service: &Service, asn: i32, router: &Router, api: &str) -> BgpSession {
        let id = service.id;
        let bgp_protocol = match self.router_type {
            RouterType::RouteServer => format!("pb_{id:04}_as{asn}"),
            _ => format!("pb_as{asn}_vli{id}_ipv{}", self.protocol),
        };
        BgpSession {
            customer: OneLine::new(&customer_of(service)),
            host_name: name_of(service, &self.vlan, self.protocol),
            handle: NagiosName::new(&router.handle),
            api: NagiosText::new(api),
            bgp_protocol: NagiosText::new(&bgp_protocol),
        }
    }

    /// Whether a service is meant to have a session.
    fn peers(&self, service: &Service) -> bool {
        let peers = match self.router_type {
            RouterType::RouteServer => service.rsclient,
            RouterType::RouteCollector => service.monitor_collector,
            RouterType::As112 => service.as112client,
            RouterType::Other => false,
        };
        service.enabled && peers
    }

    fn short_name(&self) -> &'static str {
        match self.router_type {
            RouterType::RouteServer => "rs",
            RouterType::RouteCollector => "rc",
            RouterType::As112 => "as112",
            RouterType::Other => "other",
        }
    }
}
