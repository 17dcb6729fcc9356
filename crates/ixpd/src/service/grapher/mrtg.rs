//! The configuration of MRTG.

use std::collections::{BTreeMap, HashMap, HashSet};

use ixpd_db::query::grapher::{
    self as rows, CoreLink, Customer, GrapherData, MemberPort, Switch, SwitchPort,
};
use ixpd_render::text::{
    OneLine,
    mrtg::{Graph, Mrtg, Port},
};
use ixpd_types::{Asn, SwitchPortType};

use super::GrapherParameters;
use crate::{
    config::{Config, CustomerNames},
    error::AppError,
    service::{
        incomplete::{IncompleteRows, first_filled, name_or},
        template,
    },
    services::Services,
};

pub(super) async fn configuration(
    services: &Services,
    parameters: &GrapherParameters,
) -> Result<String, AppError> {
    let template = template::named::<Mrtg>(services, parameters.template.as_deref())?;
    let data = rows::data(services.db.connection()).await?;
    let plan = Plan::new(&data, &services.config);
    services.incomplete.report("grapher/config: mrtg", &plan.incomplete);
    let context = Mrtg {
        generated_at: template::now(services),
        org_name: OneLine::new(plan.org),
        work_dir: OneLine::new(&services.config.grapher.mrtg_work_dir),
        rrd: services.config.grapher.mrtg_rrd,
        aggregates: plan.aggregates(),
        locations: plan.locations(),
        switches: plan.switches(),
        customers: plan.customers(),
        core_bundles: plan.core_bundles(),
        left_out: plan.incomplete.comments(),
    };
    Ok(services.templates.render_text(&template, &context)?)
}

/// A switch port with its switch, ready to be asked for.
struct Known<'a> {
    row: &'a SwitchPort,
    switch: &'a Switch,
    port: Port,
}

impl Known<'_> {
    fn is(&self, types: &[SwitchPortType]) -> bool {
        is_one_of(self.row, types)
    }

    /// Whether it carries the traffic of the exchange itself. What resellers bring along passes a member's port too.
    fn counts(&self) -> bool {
        !self.is(&[SwitchPortType::Reseller, SwitchPortType::Fanout])
    }
}

/// Ports that are part of their switch's graphs whether or not anybody uses them.
const OF_SWITCHES: [SwitchPortType; 3] =
    [SwitchPortType::Core, SwitchPortType::Reseller, SwitchPortType::Fanout];

/// `switch.os` of Extreme's switches, as IXP Manager's SNMP library writes and compares it.
const EXTREME_OS: &str = "ExtremeXOS";

fn is_one_of(row: &SwitchPort, types: &[SwitchPortType]) -> bool {
    types.iter().any(|kind| kind.code() == row.port_type)
}

/// What there is, by how graphs ask for it.
struct Plan<'a> {
    data: &'a GrapherData,
    config: &'a Config,
    org: &'a str,
    /// By `switchport.id`.
    known: BTreeMap<i32, Known<'a>>,
    incomplete: IncompleteRows,
}

/// The problem of a port that can't be polled.
const UNUSABLE: &str = "left out: its name, its switch's host name or its community is empty or can't stand in a target; \
    correct switchport.ifName, switch.hostname or switch.snmppasswd";
/// The problem of a port whose `MaxBytes` is unknown.
const WITHOUT_SPEED: &str = "graphs of its own left out: it has no speed; set physicalinterface.speed";

fn or_empty(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// The speed that SNMP has read, or else the one that the port is meant to have, in Mbit/s.
fn speed(row: &SwitchPort) -> u64 {
    let read = row.if_high_speed.filter(|speed| *speed > 0);
    read.or(row.configured_speed).unwrap_or(0).try_into().unwrap_or(0)
}

impl<'a> Plan<'a> {
    fn new(data: &'a GrapherData, config: &'a Config) -> Self {
        let switches: HashMap<_, _> = data.switches.iter().map(|switch| (switch.id, switch)).collect();
        let links = data.core_links.iter().flat_map(|link| [link.switch_port_a, link.switch_port_b]);
        let wanted: HashSet<_> =
            data.member_ports.iter().map(|port| port.switch_port_id).chain(links).collect();
        let (mut known, mut incomplete) = (BTreeMap::new(), IncompleteRows::default());
        for row in &data.switch_ports {
            let Some(switch) = switches.get(&row.switch_id).copied() else { continue };
            let is_extreme = switch.os.as_deref() == Some(EXTREME_OS);
            let community = switch.snmppasswd.as_ref().map_or("", |community| community.expose());
            let (name, host) = (or_empty(row.if_name.as_ref()), or_empty(switch.hostname.as_ref()));
            let port = Port::new(name, community, host, is_extreme, speed(row));
            let has_graphs = wanted.contains(&row.id);
            let problem = match &port {
                None if has_graphs || is_one_of(row, &OF_SWITCHES) => Some(UNUSABLE),
                Some(_) if has_graphs && speed(row) == 0 => Some(WITHOUT_SPEED),
                _ => None,
            };
            if let Some(problem) = problem {
                let names = [switch.name.as_ref(), row.name.as_ref()].map(or_empty);
                incomplete.add("switchport", row.id, Some(&names.join(" ")), problem);
            }
            if let Some(port) = port {
                known.insert(row.id, Known { row, switch, port });
            }
        }
        Self { data, config, org: &config.identity.org_name, known, incomplete }
    }

    /// The members' ports.
    fn members(&self) -> impl Iterator<Item = &Known<'a>> + Clone {
        self.data.member_ports.iter().filter_map(|port| self.known.get(&port.switch_port_id))
    }

    /// Graphs of some ports together, if there are any with a speed.
    fn graph<'p>(
        heading: &str,
        prefix: &str,
        directory: String,
        title: &str,
        ports: impl Iterator<Item = &'p Known<'p>> + Clone,
    ) -> Option<Graph> {
        Graph::new(heading, prefix, directory, title, ports.map(|known| &known.port))
    }

    fn aggregates(&self) -> Vec<Graph> {
        let org = self.org;
        let mut graphs: Vec<_> = self
            .data
            .infrastructures
            .iter()
            .filter_map(|infrastructure| {
                let (id, name) = (
                    infrastructure.id,
                    name_or("Infrastructure", infrastructure.id, infrastructure.name.as_ref()),
                );
                let ports = self.members().filter(|known| known.counts());
                let ports = ports.filter(move |known| known.switch.infrastructure_id == Some(id));
                Self::graph(
                    &format!("Infrastructure {name}"),
                    &format!("ixp001-infra{id:03}"),
                    format!("infras/{id:03}"),
                    &format!("{org} {{type}} / second on {name}"),
                    ports,
                )
            })
            .collect();
        let title = format!("{org} - {{type}} / second");
        let all = self.members().filter(|known| known.counts());
        graphs.extend(Self::graph("The exchange", "ixp001", "ixp".to_owned(), &title, all));
        graphs
    }

    fn locations(&self) -> Vec<Graph> {
        let graphs = self.data.locations.iter().filter_map(|location| {
            let (id, name) = (location.id, name_or("Facility", location.id, location.name.as_ref()));
            let ports = self.members().filter(|known| known.counts());
            let ports = ports.filter(move |known| known.switch.location_id == Some(id));
            Self::graph(
                &format!("Facility {name}"),
                &format!("location-aggregate-{id:05}"),
                format!("locations/{id:03}"),
                &format!("{} - Peering {{type}} / second on {name}", self.org),
                ports,
            )
        });
        graphs.collect()
    }

    /// A switch has the members' ports, and those of its own that carry traffic to other switches and to resellers.
    fn switches(&self) -> Vec<Graph> {
        let used: HashSet<_> = self.data.member_ports.iter().map(|port| port.switch_port_id).collect();
        let of_switch: Vec<_> = self
            .known
            .values()
            .filter(|known| used.contains(&known.row.id) || known.is(&OF_SWITCHES))
            .collect();
        let graphs = self.data.switches.iter().filter_map(|switch| {
            let (id, name) = (switch.id, name_or("Switch", switch.id, switch.name.as_ref()));
            let ports = of_switch.iter().copied().filter(move |known| known.switch.id == id);
            Self::graph(
                &format!("Switch {name}"),
                &format!("switch-aggregate-{id:05}"),
                format!("switches/{id:03}"),
                &format!("{} - Peering {{type}} / second on {name}", self.org),
                ports,
            )
        });
        graphs.collect()
    }

    fn customers(&self) -> Vec<Graph> {
        let mut ports: HashMap<i32, Vec<&MemberPort>> = HashMap::new();
        for port in &self.data.member_ports {
            ports.entry(port.customer_id).or_default().push(port);
        }
        let graphs = self
            .data
            .customers
            .iter()
            .filter_map(|customer| Some(self.customer(customer, ports.get(&customer.id)?)));
        graphs.flatten().collect()
    }

    fn customer(&self, customer: &Customer, ports: &[&MemberPort]) -> Vec<Graph> {
        let names = [&customer.name, &customer.abbreviated_name, &customer.shortname];
        let fallback = format!("Member {}", customer.id);
        let name = first_filled(names).unwrap_or(&fallback);
        let short = first_filled([&customer.abbreviated_name]).unwrap_or(name);
        let heading = self.config.frontend.customer_name_format.write(CustomerNames {
            name,
            abbreviated: short,
            shortname: or_empty(customer.shortname.as_ref()),
            asn: customer.autsys.and_then(|asn| asn.try_into().ok()).filter(|asn| *asn != 0).map(Asn),
        });
        let folder = format!("members/{:x}/{:05}", customer.id % 16, customer.id);
        let known = |port: &&MemberPort| self.known.get(&port.switch_port_id);
        let mut graphs = Vec::new();
        // They come by virtual interface.
        for lag in ports.chunk_by(|a, b| a.virtual_interface_id == b.virtual_interface_id) {
            for port in lag {
                let Some(place) = known(port) else { continue };
                let (port_name, switch) =
                    (or_empty(place.row.name.as_ref()), or_empty(place.switch.name.as_ref()));
                graphs.extend(Self::graph(
                    &format!("{heading}: {port_name} on {switch}"),
                    &format!("pi{:05}", port.id),
                    format!("{folder}/ints"),
                    &format!("{short} -- {port_name} -- {switch} -- {{type}} / second"),
                    std::iter::once(place),
                ));
            }
            // A LAG stays one while some of its ports can't be polled: its graph goes on.
            if lag[0].bundled > 1 {
                graphs.extend(Self::graph(
                    &format!("{heading}: LAG"),
                    &format!("vi{:05}", lag[0].virtual_interface_id),
                    format!("{folder}/lags"),
                    &format!("{short} -- LAG Aggregate {{type}} / second"),
                    lag.iter().filter_map(known),
                ));
            }
        }
        graphs.extend(Self::graph(
            &format!("{heading}: all ports"),
            &format!("aggregate-{:05}", customer.id),
            folder,
            &format!("{short} -- IXP Total Aggregate -- {{type}} / second"),
            ports.iter().filter_map(known),
        ));
        graphs
    }

    fn core_bundles(&self) -> Vec<Graph> {
        let links = &self.data.core_links;
        links
            .chunk_by(|a, b| a.bundle_id == b.bundle_id)
            .flat_map(|bundle| self.core_bundle(bundle))
            .collect()
    }

    fn core_bundle(&self, links: &[CoreLink]) -> Vec<Graph> {
        type End = fn(&CoreLink) -> (i32, i32);
        let (id, title) = (links[0].bundle_id, &links[0].graph_title);
        let sides: [(char, char, End); 2] = [
            ('a', 'A', |link| (link.physical_interface_a, link.switch_port_a)),
            ('b', 'B', |link| (link.physical_interface_b, link.switch_port_b)),
        ];
        let mut graphs = Vec::new();
        for link in links {
            for (side, letter, end) in sides {
                let (physical_interface, switch_port) = end(link);
                let Some(known) = self.known.get(&switch_port) else { continue };
                let (port, switch) =
                    (or_empty(known.row.name.as_ref()), or_empty(known.switch.name.as_ref()));
                graphs.extend(Self::graph(
                    &format!("{title}: side {letter}, {port} on {switch}"),
                    &format!("cl{physical_interface:05}-side{side}"),
                    format!("corebundles/{id:05}/ints"),
                    &format!("{title} -- Side {letter} -- {port} -- {switch} -- {{type}} / second"),
                    std::iter::once(known),
                ));
            }
        }
        for (side, letter, end) in sides {
            graphs.extend(Self::graph(
                &format!("{title}: side {letter}"),
                &format!("cb-aggregate-{id:05}-side{side}"),
                format!("corebundles/{id:05}"),
                &format!("{title} -- Side {letter} -- {{type}} / second"),
                links.iter().filter_map(|link| self.known.get(&end(link).1)),
            ));
        }
        graphs
    }
}
