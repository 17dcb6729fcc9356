//! The configuration of MRTG: five graphs of everything that has ports.
//!
//! MRTG evaluates what stands between the targets of a line, so that whatever it can't read as a target must not get
//! there: a switch or port whose names can't stand in one is left out.

use std::fmt::Write as _;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{HOSTILE, OneLine, TextContext, samples_at, seconds};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Bits, which are counted as octets.
    Bits,
    /// Unicast packets.
    Packets,
    /// Errors.
    Errors,
    /// Discarded packets.
    Discards,
    /// Broadcast packets.
    Broadcasts,
}

impl Category {
    /// In the order in which graphs of them follow each other.
    pub const ALL: [Self; 5] = [Self::Bits, Self::Packets, Self::Errors, Self::Discards, Self::Broadcasts];

    /// What names of graphs end in.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Bits => "bits",
            Self::Packets => "pkts",
            Self::Errors => "errs",
            Self::Discards => "discs",
            Self::Broadcasts => "bcasts",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Bits => "Bits",
            Self::Packets => "Packets",
            Self::Errors => "Errors",
            Self::Discards => "Discards",
            Self::Broadcasts => "Broadcasts",
        }
    }

    const fn options(self) -> &'static str {
        match self {
            Self::Bits => "growright,bits , pngdate",
            _ => "growright , pngdate",
        }
    }

    /// The objects of IF-MIB (RFC 2863) for what comes in and goes out. Extreme's switches count what they discard on
    /// the way out elsewhere (EXTREME-PORT-MIB).
    const fn objects(self, is_extreme: bool) -> (&'static str, &'static str) {
        match self {
            Self::Bits => ("1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"),
            Self::Packets => ("1.3.6.1.2.1.31.1.1.1.7", "1.3.6.1.2.1.31.1.1.1.11"),
            Self::Errors => ("1.3.6.1.2.1.2.2.1.14", "1.3.6.1.2.1.2.2.1.20"),
            Self::Discards if is_extreme => ("1.3.6.1.2.1.2.2.1.13", "1.3.6.1.4.1.1916.1.4.14.1.1"),
            Self::Discards => ("1.3.6.1.2.1.2.2.1.13", "1.3.6.1.2.1.2.2.1.19"),
            Self::Broadcasts => ("1.3.6.1.2.1.31.1.1.1.9", "1.3.6.1.2.1.31.1.1.1.13"),
        }
    }
}

/// A port that MRTG asks for, checked to stand in a target.
#[derive(Clone, Debug)]
pub struct Port {
    interface: String,
    community_and_host: SensitiveText,
    is_extreme: bool,
    /// Mbit/s.
    speed: u64,
}

/// Holds an SNMP community.
#[derive(Clone)]
struct SensitiveText(String);

impl std::fmt::Debug for SensitiveText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Port {
    /// A port of a switch by the name of its interface; `None` where a name can't stand in a target. `speed` in Mbit/s.
    pub fn new(if_name: &str, community: &str, host: &str, is_extreme: bool, speed: u64) -> Option<Self> {
        let host_fits = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !host_fits || !can_be_escaped(if_name) || !can_be_escaped(community) {
            return None;
        }
        let interface = escaped(if_name, &[':', '&', '@', ' ']);
        let community = escaped(community, &['@', ' ']);
        let community_and_host = SensitiveText(format!("{community}@{host}"));
        Some(Self { interface, community_and_host, is_extreme, speed })
    }

    fn write(&self, category: Category, text: &mut String) {
        let (received, sent) = category.objects(self.is_extreme);
        let Self { interface, community_and_host, .. } = self;
        let _ = write!(text, "{received}#{interface}&{sent}#{interface}:{}:::::2", community_and_host.0);
    }
}

fn can_be_escaped(text: &str) -> bool {
    let fits = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && !b"\\\"'`$#".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

fn escaped(text: &str, specials: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if specials.contains(&character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Graphs of one thing, one for each category.
#[derive(Clone, Serialize)]
pub struct Graph {
    /// What it is, for the comment above.
    pub heading: OneLine,
    /// Below the folder of all graphs.
    pub directory: String,
    pub targets: Vec<Target>,
}

/// One graph.
#[derive(Clone, Serialize)]
pub struct Target {
    /// What the files of the graph are called.
    pub name: String,
    /// What is asked for. Holds SNMP communities.
    pub expression: String,
    pub max_bytes: u64,
    pub title: OneLine,
    pub options: &'static str,
    pub y_legend: String,
}

impl Graph {
    /// The graphs of some ports together; `None` where none of them has a speed, since MRTG refuses all of a
    /// configuration for a `MaxBytes` of 0. The title gets what is counted in the place of `{type}`.
    pub fn new<'a>(
        heading: &str,
        prefix: &str,
        directory: String,
        title: &str,
        ports: impl Iterator<Item = &'a Port> + Clone,
    ) -> Option<Self> {
        let speed: u64 = ports.clone().map(|port| port.speed).sum();
        if speed == 0 {
            return None;
        }
        let octets = speed.saturating_mul(1_000_000 / 8);
        let targets = Category::ALL.map(|category| Target {
            name: format!("{prefix}-{}", category.suffix()),
            expression: expression(ports.clone(), category),
            // A packet has at least 64 octets.
            max_bytes: if category == Category::Bits { octets } else { (octets + 32) / 64 },
            title: OneLine::new(&title.replace(['<', '>'], " ").replace("{type}", category.label())),
            options: category.options(),
            y_legend: format!("{} / Second", category.label()),
        });
        Some(Self { heading: OneLine::new(heading), directory, targets: targets.into() })
    }
}

fn expression<'a>(ports: impl Iterator<Item = &'a Port>, category: Category) -> String {
    let mut text = String::new();
    for port in ports {
        if !text.is_empty() {
            text.push_str(" + ");
        }
        port.write(category, &mut text);
    }
    text
}

/// Everything that has ports.
#[derive(Clone, Serialize)]
pub struct Mrtg {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    /// `IDENTITY_ORGNAME`.
    pub org_name: OneLine,
    /// Where MRTG keeps its files.
    pub work_dir: OneLine,
    /// Whether they are databases of rrdtool, not logs.
    pub rrd: bool,
    /// Infrastructures, then the exchange as a whole.
    pub aggregates: Vec<Graph>,
    pub locations: Vec<Graph>,
    pub switches: Vec<Graph>,
    /// Ports, LAGs and the sum of each member.
    pub customers: Vec<Graph>,
    pub core_bundles: Vec<Graph>,
    /// Ports that can't be polled or have no speed: a line each.
    pub left_out: Vec<OneLine>,
}

impl TextContext for Mrtg {
    const FOLDER: &'static str = "grapher/mrtg";

    fn samples() -> Vec<Self> {
        let port = |name: &str, extreme| {
            Port::new(name, "public", "sw1.example.net", extreme, 10_000).into_iter().collect::<Vec<_>>()
        };
        let graph = |name: &str, prefix: &str, directory: &str, ports: Vec<Port>| {
            let title = format!("{name} -- {{type}} / second");
            Graph::new(name, prefix, directory.to_owned(), &title, ports.iter())
                .into_iter()
                .collect::<Vec<_>>()
        };
        let both = [port("Et1", false), port("ge 0/1@a", true)].concat();
        let full = |name: &str| Self {
            generated_at: samples_at(),
            org_name: OneLine::new("Example IX"),
            work_dir: OneLine::new("/srv/mrtg"),
            rrd: true,
            aggregates: graph(name, "ixp001-infra001", "infras/001", both.clone()),
            locations: graph(name, "location-aggregate-00001", "locations/001", both.clone()),
            switches: graph(name, "switch-aggregate-00001", "switches/001", port("Et1", false)),
            customers: graph(name, "pi00001", "members/1/00001/ints", port("Et1", false)),
            core_bundles: graph(name, "cl00002-sidea", "corebundles/00001/ints", port("Et2", false)),
            left_out: vec![OneLine::new(&format!("switchport.id 9 ({name}): left out: it has no name"))],
        };
        let empty = Self {
            rrd: false,
            aggregates: Vec::new(),
            locations: Vec::new(),
            switches: Vec::new(),
            customers: Vec::new(),
            core_bundles: Vec::new(),
            left_out: Vec::new(),
            ..full("")
        };
        vec![full("Example IX"), full(HOSTILE), empty]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(ports: &[Port]) -> Graph {
        Graph::new("x", "pi00001", "members".to_owned(), "a -- {type} / second", ports.iter())
            .expect("a graph")
    }

    #[test]
    fn target_asks_by_the_name_of_the_interface_with_its_specials_escaped() {
        let port = Port::new("ge 0:1&2@3", "my c@mm", "sw1.example.net", false, 1_000).expect("a port");
        let graph = graph(&[port.clone(), port]);
        let one = "1.3.6.1.2.1.31.1.1.1.6#ge\\ 0\\:1\\&2\\@3&1.3.6.1.2.1.31.1.1.1.10#ge\\ 0\\:1\\&2\\@3:my\\ c\\@mm@sw1.example.net:::::2";
        assert_eq!(graph.targets[0].expression, format!("{one} + {one}"));
    }

    #[test]
    fn most_that_can_pass_is_the_sum_of_the_ports_and_of_the_smallest_packets() {
        let port = |speed| Port::new("Et1", "public", "sw1", false, speed).expect("a port");
        let graph = graph(&[port(10_000), port(1_000)]);
        let most: Vec<_> = graph.targets.iter().map(|target| target.max_bytes).collect();
        assert_eq!(most, [1_375_000_000, 21_484_375, 21_484_375, 21_484_375, 21_484_375]);
        let names: Vec<_> = graph.targets.iter().map(|target| target.name.as_str()).collect();
        assert_eq!(
            names,
            ["pi00001-bits", "pi00001-pkts", "pi00001-errs", "pi00001-discs", "pi00001-bcasts"]
        );
        assert_eq!(graph.targets[3].title.as_str(), "a -- Discards / second");
    }

    #[test]
    fn ports_without_a_speed_make_no_graph_of_their_own() {
        let port = |speed| Port::new("Et1", "public", "sw1", false, speed).expect("a port");
        let none = [port(0), port(0)];
        assert!(Graph::new("x", "pi00001", "members".to_owned(), "a", none.iter()).is_none());
        assert_eq!(graph(&[port(0), port(10)]).targets[0].max_bytes, 1_250_000);
    }

    #[test]
    fn extreme_counts_discards_elsewhere() {
        let port = Port::new("1:1", "public", "sw1", true, 1).expect("a port");
        assert!(graph(&[port]).targets[3].expression.contains("&1.3.6.1.4.1.1916.1.4.14.1.1#1\\:1:"));
    }

    #[test]
    fn names_that_can_not_stand_in_a_target_make_no_port() {
        for (name, community, host) in [
            ("", "public", "sw1"),
            ("Et1\n", "public", "sw1"),
            ("Et1\\", "public", "sw1"),
            ("Et`id`", "public", "sw1"),
            ("Et1", "a\nb", "sw1"),
            ("Et1", "", "sw1"),
            ("Et1", "public", "sw1 + system('id')"),
            ("Et1", "public", ""),
        ] {
            assert!(Port::new(name, community, host, false, 1).is_none(), "{name} {community} {host}");
        }
        assert!(!format!("{:?}", Port::new("Et1", "hush", "sw1", false, 1)).contains("hush"));
    }
}
