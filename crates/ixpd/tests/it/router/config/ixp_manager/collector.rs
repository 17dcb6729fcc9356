//! Route collectors and AS112 hosts.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{Family, Form, Row, marks, name};

impl Form<'_> {
    pub(super) async fn collector(&mut self) {
        self.header("protocol device { }");
        self.definitions();
        self.rpki();
        self.transit();
        let mut seen = BTreeSet::new();
        let v = self.v();
        for row in self.neighbours().await {
            if seen.insert(row.asn) {
                self.tagging(&row).await;
            }
            let Row { asn, name: member, address, .. } = &row;
            let (ending, session) = (self.session_ending(&row), name(self.router, &row));
            let _ = write!(
                self.text,
                "protocol bgp {session} {{\n    description \"AS{asn} - {member}\";\n    local as routerasn;\n    \
                 source address routeraddress;\n    strict bind yes;\n    neighbor {address} as {asn};\n    ipv{v} {{\n        \
                 import where f_import_as{asn}();\n        export none;\n    }};\n{ending}}}\n\n"
            );
        }
    }

    async fn tagging(&mut self, row: &Row) {
        let asn = row.asn;
        let head = format!("function f_import_as{asn}(){}", self.bool());
        if self.family == Family::Bird2025 && self.is_route_server(row).await {
            let _ = write!(
                self.text,
                "{head}\n{{\n    bgp_large_community.add( IXP_LC_INFO_FROM_IXROUTESERVER );\n    return true;\n}}\n\n"
            );
            return;
        }
        let too_long = self.longest().1;
        let mut text = self.head(&head, "prefix set allnet, ip set allips, int set allas");
        text += &marks(&format!("( net ~ [ {too_long} ] )"), "FILTERED_PREFIX_LEN_TOO_LONG", "");
        text += &marks("!(avoid_martians())", "FILTERED_BOGON", "");
        text += &marks("( bgp_path.len < 1 )", "FILTERED_AS_PATH_TOO_SHORT", "return true;");
        text += &marks(&format!("(bgp_path.first != {asn} )"), "FILTERED_FIRST_AS_NOT_PEER_AS", "");
        let _ = write!(
            text,
            "    allips = [ {} ];\n    if !( from = bgp_next_hop ) then {{\n        if( bgp_next_hop ~ allips ) then {{\n            \
             bgp_large_community.add( IXP_LC_INFO_SAME_AS_NEXT_HOP );\n        }} else {{\n            \
             bgp_large_community.add( IXP_LC_FILTERED_NEXT_HOP_NOT_PEER_IP );\n        }}\n    }}\n    filter_has_transit_path();\n",
            self.addresses(row).await
        );
        text += &marks("( bgp_path.len > 64 )", "FILTERED_AS_PATH_TOO_LONG", "");
        let is_filtered = row.rsclient && row.filter == Some(true);
        if is_filtered {
            let _ = writeln!(text, "    allas = [ {} ];", self.asns(row).await);
            text += &marks("!(bgp_path.last_nonaggregated ~ allas)", "FILTERED_IRRDB_ORIGIN_AS_FILTERED", "");
        }
        let origin = self.roa_check();
        let validity = if self.rtr.is_some() && self.router.rpki {
            format!(
                "    if( {origin} = ROA_INVALID ) then {{\n        bgp_large_community.add( IXP_LC_FILTERED_RPKI_INVALID );\n    \
                 }} else if( {origin} = ROA_VALID ) then {{\n        bgp_large_community.add( IXP_LC_INFO_RPKI_VALID );\n    \
                 }} else {{\n        bgp_large_community.add( IXP_LC_INFO_RPKI_UNKNOWN );\n    }}\n"
            )
        } else {
            "    bgp_large_community.add( IXP_LC_INFO_RPKI_NOT_CHECKED );\n".to_owned()
        };
        text += &validity;
        let prefixes = if is_filtered { self.prefixes(row).await } else { Vec::new() };
        if !is_filtered {
            text += "    bgp_large_community.add( IXP_LC_INFO_IRRDB_NOT_CHECKED );\n";
        } else if prefixes.is_empty() {
            text += "    bgp_large_community.add( IXP_LC_FILTERED_IRRDB_PREFIX_FILTERED );\n    \
                     bgp_large_community.add( IXP_LC_INFO_IRRDB_PREFIX_EMPTY );\n";
        } else {
            let how = if row.more { "LOOSE" } else { "STRICT" };
            let _ = write!(
                text,
                "    allnet = [ {} ];\n    if ! (net ~ allnet) then {{\n        \
                 if bgp_large_community ~ [IXP_LC_INFO_RPKI_VALID] then {{\n            \
                 bgp_large_community.add( IXP_LC_INFO_IRRDB_INVALID );\n        }} else {{\n            \
                 bgp_large_community.add( IXP_LC_FILTERED_IRRDB_PREFIX_FILTERED );\n        }}\n        \
                 bgp_large_community.add( IXP_LC_INFO_IRRDB_FILTERED_{how} );\n    }} else {{\n        \
                 bgp_large_community.add( IXP_LC_INFO_IRRDB_VALID );\n    }}\n",
                prefixes.join(",  ")
            );
        }
        self.text += &(text + "    return true;\n}\n\n");
    }

    pub(super) async fn as112(&mut self) {
        let v = self.v();
        self.header(&format!(
            "protocol kernel {{\n    ipv{v} {{\n        export all;\n    }};\n    scan time 120;\n    netlink rx buffer 1703936;\n}}\n\
             protocol device {{\n    scan time 10;\n}}"
        ));
        let routes = if v == 4 {
            ["192.175.48.0/24", "192.31.196.0/24"]
        } else {
            ["2620:4f:8000::/48", "2001:4:112::/48"]
        };
        let _ = writeln!(self.text, "protocol static static_as112 {{\n    ipv{v};");
        for route in routes {
            let _ = writeln!(self.text, "    route {route} blackhole;");
        }
        self.text += "}\n\n";
        self.rpki();
        let bool = self.bool();
        let _ = writeln!(
            self.text,
            "function fn_import ( int remote_as ){bool}\n{{\n    if !(avoid_martians()) then {{\n        return false;\n    }}\n    \
             if( bgp_path.len < 1 ) then {{\n        return false;\n    }}\n    if( bgp_path.len > 64 ) then {{\n        \
             return false;\n    }}\n"
        );
        // It stands there without a validator too.
        if self.router.rpki {
            let origin = self.roa_check();
            let _ = writeln!(
                self.text,
                "    if( {origin} = ROA_INVALID ) then {{\n        return false;\n    }} else if( {origin} = ROA_VALID ) then {{\n        \
                 return true;\n    }}\n"
            );
        }
        self.text += "    return true;\n}\n\n";
        for row in self.neighbours().await {
            let is_server = self.is_route_server(&row).await;
            let import = if is_server {
                "import all;".to_owned()
            } else {
                let limit = self.limit(&row);
                format!(
                    "import where fn_import( {} );\n        import limit {limit} action restart;",
                    row.asn
                )
            };
            let Row { asn, name: member, address, .. } = &row;
            let (ending, session) = (self.session_ending(&row), name(self.router, &row));
            let first = if is_server { "off" } else { "on" };
            let _ = write!(
                self.text,
                "protocol bgp {session} {{\n    description \"AS{asn} - {member}\";\n    local as routerasn;\n    \
                 source address routeraddress;\n    neighbor {address} as {asn};\n    strict bind yes;\n    \
                 enforce first as {first};\n    ipv{v} {{\n        {import}\n        \
                 export where proto = \"static_as112\";\n    }};\n{ending}}}\n\n"
            );
        }
    }
}
