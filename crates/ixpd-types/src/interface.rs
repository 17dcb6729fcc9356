use crate::code::number_code;

number_code! {
    /// Where a physical interface stands (`physicalinterface.status`).
    PhysicalInterfaceStatus, "physical interface status" {
        Connected = 1, "Connected";
        Disabled = 2, "Disabled";
        NotConnected = 3, "Not Connected";
        AwaitingXConnect = 4, "Awaiting X-Connect";
        Quarantine = 5, "Quarantine";
    }
}

impl PhysicalInterfaceStatus {
    /// The word of the state in the API.
    pub const fn api_state(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disabled => "disabled",
            Self::NotConnected => "notconnected",
            Self::AwaitingXConnect => "awaitingxconnect",
            Self::Quarantine => "quarantine",
        }
    }

    /// Whether traffic may pass: ports in any other state are configured as shut down.
    pub const fn passes_traffic(self) -> bool {
        matches!(self, Self::Connected | Self::Quarantine)
    }
}

number_code! {
    /// How the links between two switches form one (`corebundles.type`).
    CoreBundleType, "core bundle type" {
        Ecmp = 1, "ECMP";
        L2Lag = 2, "L2-LAG";
        L3Lag = 3, "L3-LAG";
    }
}

number_code! {
    /// What a switch port is used for (`switchport.type`).
    SwitchPortType, "switch port type" {
        Unset = 0, "Unset / Unknown";
        Peering = 1, "Peering";
        Monitor = 2, "Monitor";
        Core = 3, "Core";
        Other = 4, "Other";
        Management = 5, "Management";
        Fanout = 6, "Fanout";
        Reseller = 7, "Reseller";
    }
}

number_code! {
    /// The IP version of a LAN, an address or a router (`networkinfo.protocol`, `routers.protocol`).
    Protocol, "protocol" {
        V4 = 4, "IPv4";
        V6 = 6, "IPv6";
    }
}
