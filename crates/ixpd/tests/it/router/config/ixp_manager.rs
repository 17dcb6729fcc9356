//! Configurations in the form that IXP Manager 7.4 gives them: its names, constructs and order, written from the
//! database by queries and code of these tests.

use std::fmt::Write as _;

use ixpd_db::{
    Database,
    entity::routers,
    sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _},
};

use super::facts::{Row, all, name, rows};

/// The templates of one generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Bird2,
    Bird2025,
}

const TRANSIT: &str =
    "174, 701, 1299, 2914, 3257, 3320, 3356, 3491, 4134, 5511, 6453, 6461, 6762, 6830, 7018";
const MARTIANS_V4: &str = "0.0.0.0/32-, 0.0.0.0/0{0,7}, 10.0.0.0/8+, 100.64.0.0/10+, 127.0.0.0/8+, 169.254.0.0/16+,
    172.16.0.0/12+, 192.0.0.0/24+, 192.0.2.0/24+, 192.168.0.0/16+, 198.18.0.0/15+, 198.51.100.0/24+, 203.0.113.0/24+,
    224.0.0.0/4+, 240.0.0.0/4+ # and no more";
const MARTIANS_V6: &str = "::/0, ::/96, ::/128, ::1/128, ::ffff:0.0.0.0/96+, ::224.0.0.0/100+, ::127.0.0.0/104+,
    ::0.0.0.0/104+, ::255.0.0.0/104+, 0000::/8+, 0200::/7+, 3ffe::/16+, 2001:db8::/32+, 2002:e000::/20+,
    2002:7f00::/24+, 2002:0000::/24+, 2002:ff00::/24+, 2002:0a00::/24+, 2002:ac10::/28+, 2002:c0a8::/32+, fc00::/7+,
    fe80::/10+, fec0::/10+, ff00::/8+";
const COMMUNITIES: [(&str, &str); 27] = [
    ("FILTERED_PREFIX_LEN_TOO_LONG", "1101, 1"),
    ("FILTERED_PREFIX_LEN_TOO_SHORT", "1101, 2"),
    ("FILTERED_BOGON", "1101, 3"),
    ("FILTERED_BOGON_ASN", "1101, 4"),
    ("FILTERED_AS_PATH_TOO_LONG", "1101, 5"),
    ("FILTERED_AS_PATH_TOO_SHORT", "1101, 6"),
    ("FILTERED_FIRST_AS_NOT_PEER_AS", "1101, 7"),
    ("FILTERED_NEXT_HOP_NOT_PEER_IP", "1101, 8"),
    ("FILTERED_IRRDB_PREFIX_FILTERED", "1101, 9"),
    ("FILTERED_IRRDB_ORIGIN_AS_FILTERED", "1101, 10"),
    ("FILTERED_PREFIX_NOT_IN_ORIGIN_AS", "1101, 11"),
    ("FILTERED_RPKI_UNKNOWN", "1101, 12"),
    ("FILTERED_RPKI_INVALID", "1101, 13"),
    ("FILTERED_TRANSIT_FREE_ASN", "1101, 14"),
    ("FILTERED_TOO_MANY_COMMUNITIES", "1101, 15"),
    ("INFO_RPKI_VALID", "1000, 1"),
    ("INFO_RPKI_UNKNOWN", "1000, 2"),
    ("INFO_RPKI_NOT_CHECKED", "1000, 3"),
    ("INFO_IRRDB_VALID", "1001, 1"),
    ("INFO_IRRDB_NOT_CHECKED", "1001, 2"),
    ("INFO_IRRDB_MORE_SPECIFIC", "1001, 3"),
    ("INFO_IRRDB_FILTERED_LOOSE", "1001, 1000"),
    ("INFO_IRRDB_FILTERED_STRICT", "1001, 1001"),
    ("INFO_IRRDB_PREFIX_EMPTY", "1001, 1002"),
    ("INFO_SAME_AS_NEXT_HOP", "1001, 1200"),
    // Collectors alone.
    ("INFO_IRRDB_INVALID", "1001, 0"),
    ("INFO_FROM_IXROUTESERVER", "1001, 1100"),
];

/// What is written of a router.
struct Form<'a> {
    db: &'a Database,
    router: &'a routers::Model,
    family: Family,
    /// Host and port of the validator.
    rtr: Option<(&'a str, u16)>,
    text: String,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

#[derive(FromQueryResult)]
struct Rule {
    peer: Option<i32>,
    received: Option<String>,
    advertised: Option<String>,
    advertise: Option<String>,
    receive: Option<String>,
}

/// The configuration of a router.
pub(super) async fn generate(
    db: &Database,
    handle: &str,
    family: Family,
    rtr: Option<(&str, u16)>,
) -> String {
    let router = routers::Entity::find().filter(routers::Column::Handle.eq(handle));
    let router = router.one(db.connection()).await.unwrap().unwrap();
    let mut form = Form { db, router: &router, family, rtr, text: String::new() };
    match router.r#type {
        1 => form.server().await,
        2 => form.collector().await,
        3 => form.as112().await,
        other => panic!("type {other}"),
    }
    form.text + "# the end\n# END_OF_CONFIG_MARKER_FOR_" + handle + "\n"
}

impl Form<'_> {
    fn v(&self) -> u16 {
        self.router.protocol
    }

    fn longest(&self) -> (u8, &'static str) {
        if self.v() == 4 { (24, "0.0.0.0/0{25,32}") } else { (48, "::/0{49,128}") }
    }

    /// How a function says that it returns a truth value.
    fn bool(&self) -> &'static str {
        if self.family == Family::Bird2025 { " -> bool" } else { "" }
    }

    /// Variables stand before the braces of a function in the older generation.
    fn head(&self, head: &str, variables: &str) -> String {
        let declared: Vec<_> =
            variables.split(',').map(|variable| format!("   {};\n", variable.trim())).collect();
        let declared = declared.concat();
        match self.family {
            Family::Bird2 => format!("{head}\n{declared}{{\n"),
            Family::Bird2025 => format!("{head}\n{{\n{declared}"),
        }
    }

    fn header(&mut self, device: &str) {
        let Self { router, .. } = *self;
        let (asn, address) = if router.r#type == 1 {
            ("routeserverasn", "routeserveraddress")
        } else {
            ("routerasn", "routeraddress")
        };
        for what in ["base", "log", "protocol", "route"] {
            let _ = writeln!(self.text, "timeformat {what}    iso long;");
        }
        let _ = write!(
            self.text,
            "log \"/var/log/bird/{0}.log\" all;\nlog syslog name \"bird-{0}\" all;\n\ndefine {asn}   = {1};\n\
             define {address} = {2};\nrouter id {3};\n\n{device}\n",
            router.handle, router.asn, router.peering_ip, router.router_id
        );
        let mut martians = if self.v() == 4 { MARTIANS_V4 } else { MARTIANS_V6 }.to_owned();
        if router.r#type == 3 {
            martians = format!("{}, {martians}", self.longest().1);
        }
        let head = match (self.family, router.r#type) {
            (Family::Bird2025, 1 | 2) => {
                format!("function avoid_martians() -> bool\n{{\n  prefix set martians = [ {martians}\n ];\n")
            }
            _ => format!(
                "function avoid_martians(){}\nprefix set martians;\n{{\n  martians = [ {martians}\n ];\n",
                self.bool()
            ),
        };
        let _ = write!(
            self.text,
            "{head}  if ( net ~ martians ) then {{\n    return false;\n  }}\n  return true;\n}}\n\n"
        );
    }

    fn definitions(&mut self) {
        let (asn, count) = if self.router.r#type == 1 { ("routeserverasn", 25) } else { ("routerasn", 27) };
        for (name, value) in &COMMUNITIES[..count] {
            let _ = writeln!(self.text, "define IXP_LC_{name}   = ( {asn}, {value} );");
        }
    }

    fn rpki(&mut self) {
        let (v, Some((host, port))) = (self.v(), self.rtr.filter(|_| self.router.rpki)) else {
            self.text += "# no RPKI\n";
            return;
        };
        let timers = match (self.family, self.router.r#type) {
            (Family::Bird2025, 1 | 2) => "",
            _ => "retry keep 90; refresh keep 900; expire keep 172800;",
        };
        let _ = writeln!(
            self.text,
            "roa{v} table t_roa;\nprotocol rpki rpki1 {{\n  roa{v} {{ table t_roa; }};\n  remote \"{host}\" port {port};\n  {timers}\n}}"
        );
    }

    fn transit(&mut self) {
        let (bool, test) = (self.bool(), "if (bgp_path ~ transit_asns) then {");
        let variable = match self.family {
            Family::Bird2 => "int set transit_asns;\n{\n  transit_asns = TRANSIT_ASNS;",
            Family::Bird2025 => "{\n  int set transit_asns = TRANSIT_ASNS;",
        };
        let _ = writeln!(
            self.text,
            "define TRANSIT_ASNS = [ {TRANSIT} ];\nfunction filter_has_transit_path(){bool}\n{variable}\n  {test}\n\
             bgp_large_community.add( IXP_LC_FILTERED_TRANSIT_FREE_ASN );\n return true;\n }}\n return false;\n}}"
        );
    }

    async fn texts(&self, sql: &str, id: i32) -> Vec<String> {
        let found: Vec<Text> = all(self.db, sql, vec![id.into(), i32::from(self.v()).into()]).await;
        found.into_iter().map(|row| row.text).collect()
    }

    async fn asns(&self, row: &Row) -> String {
        let sql = "SELECT CAST(asn AS CHAR) AS text FROM irrdb_asn WHERE customer_id = ? AND protocol = ? ORDER BY asn";
        let found = self.texts(sql, row.cust_id).await;
        if found.is_empty() { row.asn.to_string() } else { found.join(",    ") }
    }

    async fn prefixes(&self, row: &Row) -> Vec<String> {
        let sql =
            "SELECT prefix AS text FROM irrdb_prefix WHERE customer_id = ? AND protocol = ? ORDER BY id";
        let found = self.texts(sql, row.cust_id).await;
        let longest = self.longest().0;
        let length = |prefix: &String| prefix.split_once('/').unwrap().1.parse::<u8>().unwrap();
        let more = |prefix: String| match length(&prefix) {
            length if length > longest => None,
            length if length < longest => Some(format!("{prefix}{{{length},{longest}}}")),
            _ => Some(prefix),
        };
        if row.more { found.into_iter().filter_map(more).collect() } else { found }
    }

    async fn addresses(&self, row: &Row) -> String {
        let v = self.v();
        let sql = format!(
            "SELECT a.address AS text FROM vlaninterface vli, virtualinterface vi, cust c, ipv{v}address a
             WHERE vli.virtualinterfaceid = vi.id AND vi.custid = c.id AND a.id = vli.ipv{v}addressid
             AND c.autsys = ? AND vli.vlanid = ?"
        );
        let found: Vec<Text> = all(self.db, &sql, vec![row.asn.into(), self.router.vlan_id.into()]).await;
        found.into_iter().map(|row| row.text).collect::<Vec<_>>().join(", ")
    }

    async fn is_route_server(&self, row: &Row) -> bool {
        let servers = routers::Entity::find().all(self.db.connection()).await.unwrap();
        servers.iter().any(|other| {
            other.r#type == 1
                && other.asn.to_string() == row.asn.to_string()
                && other.vlan_id == self.router.vlan_id
                && other.protocol == self.v()
        })
    }

    async fn rules(&self, row: &Row) -> Vec<Rule> {
        let sql =
            "SELECT peer.autsys AS peer, f.received_prefix AS received, f.advertised_prefix AS advertised,
             f.action_advertise AS advertise, f.action_receive AS receive
             FROM route_server_filters_prod f LEFT JOIN cust peer ON peer.id = f.peer_id
             WHERE f.customer_id = ? AND f.enabled = 1 AND (f.vlan_id IS NULL OR f.vlan_id = ?)
             AND (f.protocol IS NULL OR f.protocol = ?) ORDER BY f.order_by";
        let values = vec![row.cust_id.into(), self.router.vlan_id.into(), i32::from(self.v()).into()];
        all(self.db, sql, values).await
    }

    /// Rows as they are handled: by AS number, and within one by VLAN interface.
    async fn neighbours(&self) -> Vec<Row> {
        let mut rows = rows(self.db, self.router).await;
        rows.sort_by_key(|row| (row.asn, row.id));
        rows
    }

    fn session_ending(&self, row: &Row) -> String {
        let secret = row.secret.as_ref().filter(|secret| !secret.is_empty() && !self.router.skip_md5);
        let Some(secret) = secret else { return String::new() };
        let kind = if self.family == Family::Bird2025 { "authentication md5;" } else { "" };
        format!("    password \"{secret}\";\n    {kind}\n")
    }

    fn limit(&self, row: &Row) -> u32 {
        let standard = if self.v() == 4 { 250 } else { 50 };
        [row.own_limit, row.member_limit].into_iter().flatten().find(|limit| *limit > 0).unwrap_or(standard)
    }
}

/// A test that marks a route, and accepts it where that settles the matter.
fn marks(condition: &str, tag: &str, then: &str) -> String {
    format!(
        "    if {condition} then {{\n        bgp_large_community.add( IXP_LC_{tag} );\n        {then}\n    }}\n\n"
    )
}

mod collector;
mod server;
