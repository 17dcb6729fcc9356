//! Members' services as hosts.

use std::borrow::Cow;

use ixpd_db::query::nagios::{self as rows, Service};
use ixpd_render::text::{
    OneLine, Vlan,
    nagios::{
        CustomerDefinitions, CustomerHost, Customers, HostGroup, HostGroups, NagiosName, NagiosText,
        host_name, slug,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer, definition, filled};
use crate::{
    error::AppError,
    service::{
        incomplete::{IncompleteRows, first_filled, protocol_of, without_address},
        template,
    },
    services::Services,
};

/// The templates that the objects inherit from. An empty one counts as absent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[expect(clippy::struct_field_names, reason = "the names of the parameters")]
pub struct CustomerParameters {
    /// Template of hosts; by default `ixp-manager-member-host`.
    #[param(example = "ixp-manager-member-host")]
    host_definition: Option<String>,
    /// Template of services, which only skins use; by default `ixp-manager-member-service`.
    service_definition: Option<String>,
    /// Template of the ping service; by default `ixp-manager-member-ping-service`.
    ping_service_definition: Option<String>,
    /// Template of the ping service of busy hosts; by default `ixp-manager-member-ping-busy-service`.
    ping_busy_service_definition: Option<String>,
}

impl CustomerParameters {
    fn definitions(&self) -> Result<CustomerDefinitions, AppError> {
        let of = |name, given: &Option<String>, default| definition(name, given.as_deref(), default);
        Ok(CustomerDefinitions {
            host_definition: of("host_definition", &self.host_definition, "ixp-manager-member-host")?,
            service_definition: of(
                "service_definition",
                &self.service_definition,
                "ixp-manager-member-service",
            )?,
            ping_service_definition: of(
                "ping_service_definition",
                &self.ping_service_definition,
                "ixp-manager-member-ping-service",
            )?,
            ping_busy_service_definition: of(
                "ping_busy_service_definition",
                &self.ping_busy_service_definition,
                "ixp-manager-member-ping-busy-service",
            )?,
        })
    }
}

/// The members' services on a VLAN by a protocol, with groups by switch, rack and facility.
///
/// # Errors
/// 404 for an unknown VLAN, protocol or template, 422 for a parameter.
pub async fn customers(
    state: &Services,
    vlan_id: i32,
    protocol_number: i32,
    template_name: Option<&str>,
    parameters: &CustomerParameters,
) -> Result<String, AppError> {
    let vlan = template::vlan(state, vlan_id).await?;
    let protocol = template::protocol(protocol_number)?;
    let template = template::named::<Customers>(state, template_name)?;
    let definitions = parameters.definitions()?;
    let today = state.wall_now().date();
    let services = rows::services(state.db.connection(), vlan.id, protocol == 6, today).await?;
    let mut incomplete = IncompleteRows::default();
    let hosts: Vec<_> =
        services.iter().map(|service| host(service, &vlan, protocol, &mut incomplete)).collect();
    state.incomplete.report(&format!("nagios/customers/{}/{protocol}", vlan.id), &incomplete);
    let hostgroups = groups(&services, &hosts, &vlan, protocol);
    let noted = [("vlan", vlan.id), ("protocol", protocol.into())];
    let context = Customers {
        generated_at: template::now(state),
        vlan,
        protocol,
        definitions,
        hosts,
        hostgroups,
        left_out: incomplete.comments(),
    };
    answer(state, &template, &context, "nagios_customers", noted).await
}

/// The name under which a service is a host, in every configuration that speaks of it.
pub(super) fn name_of(service: &Service, vlan: &Vlan, protocol: u8) -> NagiosName {
    let name = first_filled([&service.abbreviated_name, &service.customer_name, &service.shortname]);
    host_name(name.map(str::trim), as_number(service), protocol, vlan.id, service.id)
}

/// The AS number of the member, which old rows may lack or hold as 0.
pub(super) fn as_number(service: &Service) -> Option<i32> {
    service.autsys.filter(|asn| *asn != 0)
}

/// What people call the member.
pub(in crate::service) fn customer_of(service: &Service) -> Cow<'_, str> {
    let name = first_filled([&service.customer_name, &service.abbreviated_name, &service.shortname]);
    match (name, as_number(service)) {
        (Some(name), _) => name.into(),
        (None, Some(asn)) => format!("AS{asn}").into(),
        (None, None) => format!("VLAN interface {}", service.id).into(),
    }
}

fn host(service: &Service, vlan: &Vlan, protocol: u8, incomplete: &mut IncompleteRows) -> CustomerHost {
    let customer = customer_of(service);
    let switch = filled(service.switch_name.as_ref());
    let places: Vec<_> = [Some(&*customer), switch, Some(vlan.name.as_str())].into_iter().flatten().collect();
    let alias = format!("{}.", places.join(" / "));
    tell(service, protocol, incomplete);
    CustomerHost {
        vliid: service.id,
        customer: OneLine::new(&customer),
        asn: as_number(service),
        host_name: name_of(service, vlan, protocol),
        alias: NagiosText::new(&alias),
        address: filled(service.address.as_ref()).filter(|_| service.enabled).map(NagiosText::new),
        can_ping: service.can_ping,
        busy: service.busyhost,
    }
}

/// What a service lacks.
fn tell(service: &Service, protocol: u8, incomplete: &mut IncompleteRows) {
    let customer = customer_of(service);
    let mut add = |problem| incomplete.add("vlaninterface", service.id, Some(&customer), problem);
    if service.enabled && filled(service.address.as_ref()).is_none() {
        add(without_address(protocol_of(protocol)));
    }
    if as_number(service).is_none() {
        add("named without AS number: the member has none; set cust.autsys".into());
    }
    if filled(service.customer_name.as_ref()).is_none() {
        add("named otherwise: the member has no name; set cust.name".into());
    }
}

fn groups(services: &[Service], hosts: &[CustomerHost], vlan: &Vlan, protocol: u8) -> Vec<HostGroup> {
    type Place = fn(&Service) -> Option<&String>;
    let shown = || services.iter().zip(hosts).filter(|(_, host)| host.address.is_some());
    let mut groups = HostGroups::default();
    let lan = format!("IPv{protocol}, {}", vlan.name.as_str());
    let places: [(&str, &str, Place); 3] = [
        ("switch", "Members on switch", |service| service.switch_name.as_ref()),
        ("rack", "Members in rack", |service| service.cabinet_name.as_ref()),
        ("facility", "Members at", |service| service.location_name.as_ref()),
    ];
    for (kind, words, place) in places {
        for (service, host) in shown() {
            if let Some(place) = filled(place(service)) {
                let name = format!("{kind}-ipv{protocol}-vlanid-{}-{}", vlan.id, slug(place));
                groups.add(&name, &format!("{words} {place}, {lan}"), &host.host_name);
            }
        }
    }
    for (_, host) in shown() {
        let name = format!("all-ipv{protocol}-vlanid-{}", vlan.id);
        groups.add(&name, &format!("All members, {lan}"), &host.host_name);
    }
    groups.finish()
}
