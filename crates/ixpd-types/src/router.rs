use crate::code::number_code;

number_code! {
    /// What a router does for the exchange (`routers.type`).
    RouterType, "router type" {
        RouteServer = 1, "Route Server";
        RouteCollector = 2, "Route Collector";
        As112 = 3, "AS112";
        Other = 99, "Other";
    }
}

number_code! {
    /// The BGP daemon of a router. `routers.software` is a text column that holds the decimal code.
    RouterSoftware, "router software" {
        Bird1 = 1, "Bird v1";
        Bird2 = 6, "Bird v2";
        Bird3 = 7, "Bird v3";
        Quagga = 2, "Quagga";
        FrRouting = 3, "FRRouting";
        OpenBgpd = 4, "OpenBGPd";
        Cisco = 5, "Cisco";
        Other = 99, "Other";
    }
}

/// Whether a text can be a router's handle (`routers.handle`): letters, digits, `-`, `_` and `.`, which stand safely in
/// paths, names of files and comments.
pub fn is_router_handle(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !text.is_empty() && text.bytes().all(fits)
}

impl RouterSoftware {
    /// The `daemon` of a service in the IX-F member export, version 1.0.
    pub const fn ixf_daemon(self) -> &'static str {
        self.label()
    }

    /// What the text column `routers.software` holds.
    pub fn column(self) -> String {
        self.code().to_string()
    }
}

number_code! {
    /// How a router's looking glass is asked (`routers.api_type`).
    RouterApiType, "router API type" {
        None = 0, "None";
        Birdseye = 1, "Birdseye";
        Other = 99, "Other";
    }
}

#[cfg(test)]
mod tests {
    use super::{RouterSoftware, is_router_handle};

    #[test]
    fn handle_is_safe_in_paths_and_comments() {
        assert!(is_router_handle("rs1-lan_1.ipv4"));
        for text in ["", "rs 1", "rs1/", "rs1\n", "rs\u{e9}"] {
            assert!(!is_router_handle(text), "{text}");
        }
    }

    #[test]
    fn software_is_stored_as_the_text_of_its_code() {
        assert_eq!("6".parse(), Ok(RouterSoftware::Bird2));
        assert_eq!(RouterSoftware::Bird2.column(), "6");
    }

    #[test]
    fn ixf_export_names_the_daemon() {
        let daemons: Vec<_> = RouterSoftware::ALL.iter().map(|s| s.ixf_daemon()).collect();
        assert_eq!(
            daemons,
            ["Bird v1", "Bird v2", "Bird v3", "Quagga", "FRRouting", "OpenBGPd", "Cisco", "Other"]
        );
    }
}
