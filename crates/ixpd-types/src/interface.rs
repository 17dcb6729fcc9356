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

number_code! {
    /// What a switch port is used for (`switchport.type`).
    SwitchPortType, "switch port type" {
        Unset = 0, "Unset";
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
