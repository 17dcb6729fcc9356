//! Members' services as hosts.

use ixpd_db::query::nagios::{self as rows, Service};
use ixpd_render::text::{
    OneLine, Vlan,
    nagios::{
        CustomerDefinitions, CustomerHost, Customers, HostGroup, HostGroups, NagiosText, host_name, slug,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer, definition, filled, text};
use crate::{error::AppError, service::template, services::Services};

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
    let hosts: Vec<_> = services.iter().map(|service| host(service, &vlan, protocol)).collect();
    let hostgroups = groups(&services, &hosts, &vlan, protocol);
    let noted = [("vlan", vlan.id), ("protocol", protocol.into())];
    let context =
        Customers { generated_at: template::now(state), vlan, protocol, definitions, hosts, hostgroups };
    answer(state, &template, &context, "nagios_customers", noted).await
}

/// The name under which a service is a host, in every configuration that speaks of it.
pub(super) fn name_of(service: &Service, vlan: &Vlan, protocol: u8) -> ixpd_render::text::nagios::NagiosName {
    let name =
        filled(service.abbreviated_name.as_ref()).unwrap_or_else(|| text(service.customer_name.as_ref()));
    host_name(name, service.autsys.unwrap_or(0), protocol, vlan.id, service.id)
}

fn host(service: &Service, vlan: &Vlan, protocol: u8) -> CustomerHost {
    let customer = text(service.customer_name.as_ref());
    let alias = format!("{customer} / {} / {}.", text(service.switch_name.as_ref()), vlan.name.as_str());
    CustomerHost {
        vliid: service.id,
        customer: OneLine::new(customer),
        asn: service.autsys.unwrap_or(0),
        host_name: name_of(service, vlan, protocol),
        alias: NagiosText::new(&alias),
        address: filled(service.address.as_ref()).filter(|_| service.enabled).map(NagiosText::new),
        can_ping: service.can_ping,
        busy: service.busyhost,
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
