//! Route servers.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{Family, Form, Row, Rule, marks, name};

impl Form<'_> {
    pub(super) async fn server(&mut self) {
        self.header("protocol device { }");
        self.definitions();
        self.text += "filter f_export_to_master\n{\n if bgp_large_community ~ [( routeserverasn, 1101, * )] then reject;\n accept;\n}\n";
        self.community_filter();
        self.rpki();
        if self.rtr.is_some() && self.router.rpki {
            self.rpki_filter();
        }
        self.transit();
        let v = self.v();
        let passed = if self.router.rfc1997_passthru { "interpret communities off;" } else { "" };
        let _ = writeln!(
            self.text,
            "template bgp tb_rsclient {{\n local as routeserverasn;\n source address routeserveraddress;\n strict bind yes;\n \
             connect delay time 30;\n {passed}\n ipv{v} {{\n export all;\n }};\n rs client;\n}}\n"
        );
        let mut seen = BTreeSet::new();
        for row in self.neighbours().await {
            let table = format!("t_{:04}_as{}", row.id, row.asn);
            let _ = writeln!(self.text, "ipv{v} table {table};\n");
            if seen.insert(row.asn) {
                self.import_filter(&row).await;
                self.export_filter(&row).await;
            }
            let Row { id, asn, name: member, address, .. } = &row;
            let (limit, ending, session) =
                (self.limit(&row), self.session_ending(&row), name(self.router, &row));
            let _ = write!(
                self.text,
                "protocol pipe pp_{id:04}_as{asn} {{\n    description \"Pipe for AS{asn} - {member} - VLAN Interface {id}\";\n    \
                 table master{v};\n    peer table {table};\n    import filter f_export_to_master;\n    \
                 export where ixp_community_filter({asn});\n}}\n\nprotocol bgp {session} from tb_rsclient {{\n    \
                 description \"AS{asn} - {member}\";\n    neighbor {address} as {asn};\n    ipv{v} {{\n        \
                 import limit {limit} action restart;\n        import filter f_import_as{asn};\n        table {table};\n        \
                 export filter f_export_as{asn};\n    }};\n{ending}}}\n\n"
            );
        }
    }

    fn community_filter(&mut self) {
        let _ = write!(
            self.text,
            "function ixp_community_filter(int peerasn){}\n{{\n    if !(source = RTS_BGP) then\n        return false;\n",
            self.bool()
        );
        if self.router.bgp_lc {
            let mut head = "    if";
            for peer in ["peerasn", "0"] {
                for times in [3_usize, 2, 1] {
                    let prepends = "bgp_path.prepend( bgp_path.first );\n".repeat(times);
                    let _ = write!(
                        self.text,
                        "{head} (routeserverasn, 10{times}, {peer}) ~ bgp_large_community then {{\n{prepends}}}"
                    );
                    head = " else if";
                }
            }
            for (action, peer, answer) in
                [(0, "peerasn", false), (1, "peerasn", true), (0, "0", false), (1, "0", true)]
            {
                let _ = write!(
                    self.text,
                    "\n    if (routeserverasn, {action}, {peer}) ~ bgp_large_community then\n        return {answer};"
                );
            }
        }
        self.text += "\n    if routeserverasn > 65535 || peerasn > 65535 then\n        return true;\n";
        if u16::try_from(self.router.asn).is_ok() {
            for (pair, answer) in
                [("(0, peerasn)", false), ("(routeserverasn, peerasn)", true), ("(0, routeserverasn)", false)]
            {
                let _ = writeln!(self.text, "    if {pair} ~ bgp_community then\n        return {answer};");
            }
        }
        self.text += "    return true;\n}\n\n";
    }

    fn rpki_filter(&mut self) {
        let (bool, origin) = (self.bool(), self.roa_check());
        let _ = writeln!(
            self.text,
            "/*\n * true: done\n */\nfunction filter_rpki(){bool}\n{{\n    if( {origin} = ROA_INVALID ) then {{\n        \
             print \"invalid \", net, \" of \", bgp_path.last;\n        \
             bgp_large_community.add( IXP_LC_FILTERED_RPKI_INVALID );\n        return true;\n    }}\n    \
             if( {origin} = ROA_VALID ) then {{\n        bgp_large_community.add( IXP_LC_INFO_RPKI_VALID );\n        \
             return true;\n    }}\n    bgp_large_community.add( IXP_LC_INFO_RPKI_UNKNOWN );\n    return false;\n}}"
        );
    }

    pub(super) fn roa_check(&self) -> &'static str {
        match (self.family, self.router.r#type) {
            (Family::Bird2025, 1 | 2) => "roa_check( t_roa )",
            _ => "roa_check( t_roa, net, bgp_path.last_nonaggregated )",
        }
    }

    async fn import_filter(&mut self, row: &Row) {
        let asn = row.asn;
        let too_long = self.longest().1;
        let addresses = self.addresses(row).await;
        let mut text =
            self.head(&format!("filter f_import_as{asn}"), "prefix set allnet, ip set allips, int set allas");
        for rule in self.rules(row).await {
            text += &import_rule(&rule);
        }
        text += "    if (65535, 0) ~ bgp_community then bgp_local_pref = 0;\n";
        text += &marks(&format!("( net ~ [ {too_long} ] )"), "FILTERED_PREFIX_LEN_TOO_LONG", "accept;");
        text += &marks("!(avoid_martians())", "FILTERED_BOGON", "accept;");
        text += &marks("( bgp_path.len < 1 )", "FILTERED_AS_PATH_TOO_SHORT", "accept;");
        text += &marks(&format!("(bgp_path.first != {asn} )"), "FILTERED_FIRST_AS_NOT_PEER_AS", "accept;");
        let _ = write!(
            text,
            "    allips = [ {addresses} ];\n    if !( from = bgp_next_hop ) then {{\n        if( bgp_next_hop ~ allips ) then {{\n            \
             bgp_large_community.add( IXP_LC_INFO_SAME_AS_NEXT_HOP );\n        }} else {{\n            \
             bgp_large_community.add( IXP_LC_FILTERED_NEXT_HOP_NOT_PEER_IP );\n            accept;\n        }}\n    }}\n    \
             if filter_has_transit_path() then accept;\n"
        );
        text += &marks("( bgp_path.len > 64 )", "FILTERED_AS_PATH_TOO_LONG", "accept;");
        let is_filtered = row.filter.unwrap_or(true);
        if is_filtered {
            let _ = writeln!(text, "    allas = [ {}\n    ];", self.asns(row).await);
            text += &marks(
                "!(bgp_path.last_nonaggregated ~ allas)",
                "FILTERED_IRRDB_ORIGIN_AS_FILTERED",
                "accept;",
            );
        }
        text += if self.rtr.is_some() && self.router.rpki {
            "    if filter_rpki() then accept;\n"
        } else {
            "    bgp_large_community.add( IXP_LC_INFO_RPKI_NOT_CHECKED );\n"
        };
        let prefixes = if is_filtered { self.prefixes(row).await } else { Vec::new() };
        if !is_filtered {
            text += "    bgp_large_community.add( IXP_LC_INFO_IRRDB_NOT_CHECKED );\n";
        } else if prefixes.is_empty() {
            text += "    bgp_large_community.add( IXP_LC_FILTERED_IRRDB_PREFIX_FILTERED );\n    \
                     bgp_large_community.add( IXP_LC_INFO_IRRDB_PREFIX_EMPTY );\n    accept;\n";
        } else {
            let how = if row.more { "LOOSE" } else { "STRICT" };
            let _ = write!(
                text,
                "    allnet = [ {}\n    ];\n    if ! (net ~ allnet) then {{\n        \
                 bgp_large_community.add( IXP_LC_FILTERED_IRRDB_PREFIX_FILTERED );\n        \
                 bgp_large_community.add( IXP_LC_INFO_IRRDB_FILTERED_{how} );\n        accept;\n    }} else {{\n        \
                 bgp_large_community.add( IXP_LC_INFO_IRRDB_VALID );\n    }}\n",
                prefixes.join(",   ")
            );
        }
        self.text += &(text + "    accept;\n}\n\n");
    }

    async fn export_filter(&mut self, row: &Row) {
        let mut text = format!(
            "filter f_export_as{}{{\n    bgp_large_community.delete( [( routeserverasn, *, * )] );\n",
            row.asn
        );
        if u16::try_from(self.router.asn).is_ok() {
            text += "    bgp_community.delete( [( routeserverasn, * )] );\n";
        }
        for rule in self.rules(row).await {
            text += &export_rule(&rule);
        }
        self.text += &(text + "    accept;\n}\n\n");
    }
}

fn import_rule(rule: &Rule) -> String {
    let peer = rule.peer.unwrap_or(0);
    let action = match rule.advertise.as_deref() {
        Some("NO_ADVERTISE") => "0",
        Some("PREPEND_ONCE") => "101",
        Some("PREPEND_TWICE") => "102",
        Some("PREPEND_THRICE") => "103",
        _ => "",
    };
    let mark = if action.is_empty() {
        String::new()
    } else {
        format!("bgp_large_community.add( (routeserverasn,{action},{peer}) );")
    };
    match &rule.advertised {
        Some(prefix) => format!("    if ( net = {prefix} ) then {{\n        {mark}\n    }}\n"),
        None => format!("    {mark}\n"),
    }
}

fn export_rule(rule: &Rule) -> String {
    let prepend = |times: usize| "bgp_path.prepend( bgp_path.first );\n".repeat(times);
    let mut text = match rule.receive.as_deref() {
        Some("AS_IS") => "accept;".to_owned(),
        Some("NO_ADVERTISE") => "reject;".to_owned(),
        Some("PREPEND_ONCE") => prepend(1),
        Some("PREPEND_TWICE") => prepend(2),
        Some("PREPEND_THRICE") => prepend(3),
        _ => String::new(),
    };
    if let Some(prefix) = &rule.received {
        text = format!("if ( net = {prefix} ) then {{\n{text}\n}}");
    }
    if let Some(peer) = rule.peer {
        text = format!("if ( bgp_path.first = {peer} ) then {{\n{text}\n}}");
    }
    format!("    {text}\n")
}
