//! What documents and tests show of each folder: an exchange with a member or two.

use super::{
    super::{HOSTILE, OneLine, TextContext, sample_vlans, samples_at, samples_left_out},
    BgpSession, BgpSessions, CustomerDefinitions, CustomerHost, Customers, Daemon, Daemons, HostGroups,
    Infrastructure, NagiosName, NagiosText, SwitchHost, SwitchObject, Switches, host_name,
};

fn text(text: &str) -> NagiosText {
    NagiosText::new(text)
}

impl TextContext for Customers {
    const FOLDER: &'static str = "nagios/customers";

    fn samples() -> Vec<Self> {
        let host = |id, name: &str, address: Option<&str>, can_ping, busy| CustomerHost {
            vliid: id,
            customer: OneLine::new(name),
            asn: Some(64_496 + id).filter(|_| id != 3),
            host_name: host_name(Some(name), Some(64_496 + id), 4, 2, id),
            alias: text(&format!("{name} / sw1 / Peering LAN.")),
            address: address.map(text),
            can_ping,
            busy,
        };
        let [vlan, hostile] = sample_vlans();
        let full = |second: &str, group: &str| {
            let hosts = vec![
                host(1, "Alpha", Some("192.0.2.1"), true, false),
                host(2, second, Some("192.0.2.2"), true, true),
                host(3, "Charlie", Some("192.0.2.3"), false, false),
                host(4, "Delta", None, true, false),
            ];
            let mut groups = HostGroups::default();
            for host in &hosts[..3] {
                groups.add("all-ipv4-vlanid-2", group, &host.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: vlan.clone(),
                protocol: 4,
                definitions: CustomerDefinitions {
                    host_definition: text("member-host"),
                    service_definition: text("member-service"),
                    ping_service_definition: text("ping"),
                    ping_busy_service_definition: text("ping-busy"),
                },
                hosts,
                hostgroups: groups.finish(),
                left_out: samples_left_out(second),
            }
        };
        let empty = Self {
            vlan: hostile,
            hosts: Vec::new(),
            hostgroups: Vec::new(),
            left_out: Vec::new(),
            ..full("", "")
        };
        vec![full("Bravo", "All"), full(HOSTILE, HOSTILE), empty]
    }
}

impl TextContext for Switches {
    const FOLDER: &'static str = "nagios/switches";

    fn samples() -> Vec<Self> {
        let object = |name: &str| SwitchObject {
            host_name: NagiosName::new(name),
            alias: text(name),
            address: text("203.0.113.1"),
        };
        let full = |second: &str| {
            let switch = |id, name: &str| SwitchHost {
                id,
                name: OneLine::new(name),
                host: Some(object(name)),
                left_out: None,
            };
            let mut groups = HostGroups::default();
            for name in ["sw1.example.net", second] {
                groups.add("ixp-production-switches-infraid-1", "Switches", &NagiosName::new(name));
            }
            let unused = SwitchHost { host: None, left_out: Some("is not in use"), ..switch(3, "sw3") };
            Self {
                generated_at: samples_at(),
                infrastructure: Infrastructure { id: 1, name: OneLine::new("Example IX") },
                host_definition: text("switch"),
                switches: vec![switch(1, "sw1.example.net"), switch(2, second), unused],
                hostgroups: groups.finish(),
                left_out: vec![OneLine::new(&format!(
                    "switch.id 4 ({second}): left out: it has no host name"
                ))],
            }
        };
        let empty = Self { switches: Vec::new(), hostgroups: Vec::new(), left_out: Vec::new(), ..full("") };
        vec![full("sw0.example.net"), full(HOSTILE), empty]
    }
}

impl TextContext for Daemons {
    const FOLDER: &'static str = "nagios/birdseye-daemons";

    fn samples() -> Vec<Self> {
        let daemon = |handle: &str, api: &str| Daemon {
            handle: OneLine::new(handle),
            host_name: NagiosName::new(&format!("bird-{handle}")),
            alias: text(&format!("Router {handle}")),
            address: text("rs1.example.net"),
            api: text(api),
        };
        let all = |handle: &str, api: &str| {
            let daemons =
                vec![daemon("rs1-ipv4", "http://rs1.example.net/rs1-ipv4/api"), daemon(handle, api)];
            let mut groups = HostGroups::default();
            for daemon in &daemons {
                groups.add("bird-daemons", "Individual Bird Daemons", &daemon.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: None,
                host_definition: text("host"),
                service_definition: text("service"),
                daemons,
                hostgroups: groups.finish(),
                left_out: vec![OneLine::new(&format!(
                    "routers.id 3 ({handle}): left out: it has no URL of its API"
                ))],
            }
        };
        let [vlan, _] = sample_vlans();
        let harmless = all("rc1-ipv4", "http://rc1.example.net/rc1-ipv4/api");
        vec![harmless, Self { vlan: Some(vlan), ..all(HOSTILE, HOSTILE) }]
    }
}

impl TextContext for BgpSessions {
    const FOLDER: &'static str = "nagios/birdseye-bgp-sessions";

    fn samples() -> Vec<Self> {
        let session = |name: &str, id: i32| BgpSession {
            customer: OneLine::new(name),
            host_name: host_name(Some(name), Some(64_497), 4, 2, id),
            handle: NagiosName::new("rs1-ipv4"),
            api: text("http://rs1.example.net/rs1-ipv4/api"),
            bgp_protocol: text(&format!("pb_{id:04}_as64497")),
        };
        let [vlan, hostile] = sample_vlans();
        let full = |second: &str| {
            let sessions = vec![session("Alpha", 1), session(second, 2)];
            let mut groups = HostGroups::default();
            for session in &sessions {
                groups.add("birdseye-rs-bgp-sessions-vlanid-2-ipv4-all", "All", &session.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: vlan.clone(),
                protocol: 4,
                r#type: 1,
                service_definition: text("session"),
                sessions,
                hostgroups: groups.finish(),
                left_out: samples_left_out(second),
            }
        };
        let empty = Self {
            vlan: hostile,
            sessions: Vec::new(),
            hostgroups: Vec::new(),
            left_out: Vec::new(),
            ..full("")
        };
        vec![full("Bravo"), full(HOSTILE), empty]
    }
}
