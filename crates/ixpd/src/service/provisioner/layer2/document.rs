//! What is told of the ports of a switch. The order of the fields is part of the contract.

use serde::Serialize;
use utoipa::ToSchema;

use crate::sample::Sample;

/// What is configured on the ports of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Layer2Interfaces::sample)]
pub struct Layer2Interfaces {
    /// By switch port; what a LAG consists of follows it.
    pub layer2interfaces: Vec<Layer2Interface>,
}

/// A port, or a LAG.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Layer2Interface::sample)]
#[serde(untagged)]
pub enum Layer2Interface {
    /// A member's.
    Edge(EdgeInterface),
    /// Between switches.
    Core(CoreInterface),
}

/// A member's port.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = EdgeInterface::sample)]
pub struct EdgeInterface {
    /// Always `edge`.
    pub r#type: &'static str,
    /// The abbreviated name of the member, or another of its names.
    pub description: String,
    /// Frames carry 802.1Q tags.
    pub dot1q: Option<bool>,
    /// `virtualinterface.id`.
    pub virtualinterfaceid: i32,
    /// Part of a LAG by LACP, or the LAG itself.
    pub lagframing: bool,
    /// The number of the LAG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lagindex: Option<i32>,
    /// The VLANs of the port.
    pub vlans: Vec<EdgeVlan>,
    /// What differs between a port, a LAG and a port of a LAG.
    #[serde(flatten)]
    pub part: EdgePart,
}

/// A VLAN on a member's port.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = EdgeVlan::sample)]
pub struct EdgeVlan {
    /// The 802.1Q tag.
    pub number: i32,
    /// `vlaninterface.id`.
    pub vlaninterfaceid: i32,
    /// The configured MAC addresses.
    pub macaddresses: Vec<String>,
    /// The member's addresses; an empty list if it has none.
    pub ipaddresses: IpAddresses,
}

/// A member's addresses on a VLAN, each if its protocol is enabled.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ProvisionerIpAddresses, example = IpAddresses::sample)]
pub struct IpAddresses {
    /// IPv4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<String>,
    /// IPv6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<String>,
}

/// What differs between a member's port, its LAG and a port of the LAG.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = EdgePart::sample)]
#[serde(untagged)]
pub enum EdgePart {
    /// A LAG.
    Lag {
        /// The name of the LAG.
        name: String,
        /// Always true.
        lagmaster: bool,
        /// LACP with the short timeout.
        fastlacp: bool,
        /// The names of its ports.
        lagmembers: Vec<String>,
        /// False if any port is connected or in quarantine.
        shutdown: bool,
        /// `connected` if any port is, `quarantine` if all are, else `notconnected`.
        status: &'static str,
    },
    /// A port of a LAG.
    LagPort {
        /// `switchport.ifName`, or else `switchport.name`.
        name: String,
        /// Always false.
        lagmaster: bool,
        /// LACP with the short timeout.
        fastlacp: bool,
        /// False if it is connected or in quarantine.
        shutdown: bool,
        /// `connected`, `disabled`, `notconnected`, `awaitingxconnect` or `quarantine`.
        status: Option<&'static str>,
        /// Whether the speed is negotiated.
        autoneg: bool,
        /// Mbit/s.
        speed: Option<i32>,
        /// Mbit/s.
        rate_limit: Option<u32>,
    },
    /// A port.
    Port {
        /// False if it is connected or in quarantine.
        shutdown: bool,
        /// `connected`, `disabled`, `notconnected`, `awaitingxconnect` or `quarantine`.
        status: Option<&'static str>,
        /// `switchport.ifName`, or else `switchport.name`.
        name: String,
        /// Mbit/s.
        speed: Option<i32>,
        /// Mbit/s.
        rate_limit: Option<u32>,
        /// Whether the speed is negotiated.
        autoneg: bool,
    },
}

/// A port that leads to another switch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = CoreInterface::sample)]
pub struct CoreInterface {
    /// Always `core`.
    pub r#type: &'static str,
    /// The description of the core bundle.
    pub description: String,
    /// Frames carry 802.1Q tags.
    pub dot1q: Option<bool>,
    /// Spanning tree.
    pub stp: bool,
    /// For spanning tree or routing.
    pub cost: Option<u32>,
    /// For spanning tree or routing.
    pub preference: Option<u32>,
    /// `virtualinterface.id`.
    pub virtualinterfaceid: i32,
    /// `corebundles.id`.
    pub corebundleid: i32,
    /// Part of a LAG by LACP, or the LAG itself.
    pub lagframing: bool,
    /// The number of the LAG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lagindex: Option<i32>,
    /// Every VLAN of the switch's infrastructure.
    pub vlans: Vec<CoreVlan>,
    /// What differs between a port, a LAG and a port of a LAG.
    #[serde(flatten)]
    pub part: CorePart,
}

/// A VLAN on a port between switches.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = CoreVlan::sample)]
pub struct CoreVlan {
    /// The 802.1Q tag.
    pub number: i32,
    /// Always empty.
    pub macaddresses: [&'static str; 0],
}

/// What differs between a port between switches, a LAG and a port of the LAG.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = CorePart::sample)]
#[serde(untagged)]
pub enum CorePart {
    /// A LAG.
    Lag {
        /// The name of the LAG.
        name: String,
        /// Always true.
        lagmaster: bool,
        /// LACP with the short timeout.
        fastlacp: bool,
        /// The names of its ports.
        lagmembers: Vec<String>,
        /// False if the bundle is enabled and any port is connected or in quarantine.
        shutdown: bool,
    },
    /// A port of a LAG.
    LagPort {
        /// `switchport.ifName`, or else `switchport.name`.
        name: String,
        /// Always false.
        lagmaster: bool,
        /// LACP with the short timeout.
        fastlacp: bool,
        /// False if this port is connected or in quarantine.
        shutdown: bool,
        /// Whether the speed is negotiated.
        autoneg: bool,
        /// Mbit/s.
        speed: Option<i32>,
    },
    /// A port.
    Port {
        /// False if it is connected or in quarantine.
        shutdown: bool,
        /// `switchport.ifName`, or else `switchport.name`.
        name: String,
        /// Mbit/s.
        speed: Option<i32>,
        /// Whether the speed is negotiated.
        autoneg: bool,
    },
}
