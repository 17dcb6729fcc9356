//! Loading our configuration into a BIRD that runs one of IXP Manager's kind: sessions stay up.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{RPKI, RTR, SECRET, assert_sessions, birds, database, peer, prefixes, run_one, scenario};
use crate::router::config::{
    configs,
    exchange::{AS112, COLLECTOR, SERVER, execute},
    generate,
};

/// What the three have in common: names, options of sessions and settings of channels are IXP Manager's, what filters
/// say doesn't matter here.
fn head(asn: &str, address: &str, own: (u32, u8)) -> String {
    format!(
        "log \"/var/log/bird/before.log\" all;\n\
         define {asn} = {};\ndefine {address} = 192.0.2.{};\nrouter id 192.0.2.{};\nprotocol device {{ }}\n\
         roa4 table t_roa;\nprotocol rpki rpki1 {{ roa4 {{ table t_roa; }}; remote \"{RTR}\" port 3323; \
         retry keep 90; refresh keep 900; expire keep 172800; }}\n",
        own.0, own.1, own.1
    )
}

fn password(name: &str) -> String {
    if name == "foxtrot" { format!("password \"{SECRET}\"; authentication md5;") } else { String::new() }
}

/// Name, AS number, host, id of the VLAN interface, limit.
const PEERS: [(&str, u32, u8, &str, u32); 3] = [
    ("alpha", 64_497, 2, "0001", 100),
    ("bravo", 64_498, 3, "0003", 100),
    ("foxtrot", 65_551, 6, "0012", 250),
];

fn server() -> String {
    let mut config = head("routeserverasn", "routeserveraddress", (64_496, 18));
    config += "filter f_export_to_master { accept; }\n\
        function ixp_community_filter(int peerasn) -> bool { return true; }\n\
        template bgp tb_rsclient { local as routeserverasn; source address routeserveraddress; strict bind yes;\n\
        connect delay time 30; ipv4 { export all; }; rs client; }\n";
    for (name, asn, host, id, limit) in PEERS {
        write!(
            config,
            "ipv4 table t_{id}_as{asn};\n\
             filter f_import_as{asn} {{ accept; }}\nfilter f_export_as{asn} {{ accept; }}\n\
             protocol pipe pp_{id}_as{asn} {{ description \"before\"; table master4; peer table t_{id}_as{asn};\n\
             import filter f_export_to_master; export where ixp_community_filter({asn}); }}\n\
             protocol bgp pb_{id}_as{asn} from tb_rsclient {{ description \"before\"; neighbor 192.0.2.{host} as {asn};\n\
             ipv4 {{ import limit {limit} action restart; import filter f_import_as{asn}; table t_{id}_as{asn};\n\
             export filter f_export_as{asn}; }}; {} }}\n",
            password(name)
        )
        .unwrap();
    }
    config
}

fn collector() -> String {
    let mut config = head("routerasn", "routeraddress", (64_496, 19));
    for (name, asn, host, id, _) in PEERS {
        write!(
            config,
            "function f_import_as{asn}() -> bool {{ return true; }}\n\
             protocol bgp pb_as{asn}_vli{}_ipv4 {{ description \"before\"; local as routerasn;\n\
             source address routeraddress; strict bind yes; neighbor 192.0.2.{host} as {asn};\n\
             ipv4 {{ import where f_import_as{asn}(); export none; }}; {} }}\n",
            id.trim_start_matches('0'),
            password(name)
        )
        .unwrap();
    }
    config
}

fn as112() -> String {
    let mut config = head("routerasn", "routeraddress", (112, 17));
    config += "function fn_import(int remote_as) -> bool { return true; }\n\
        protocol static static_as112 { ipv4; route 192.175.48.0/24 blackhole; route 192.31.196.0/24 blackhole; }\n\
        protocol kernel { scan time 120; netlink rx buffer 1703936; ipv4 { export all; }; }\n";
    for (name, asn, host, id, limit) in PEERS {
        write!(
            config,
            "protocol bgp pb_as{asn}_vli{}_ipv4 {{ description \"before\"; local as routerasn;\n\
             source address routeraddress; strict bind yes; neighbor 192.0.2.{host} as {asn}; enforce first as on;\n\
             ipv4 {{ import limit {limit} action restart; import where fn_import({asn});\n\
             export where proto = \"static_as112\"; }}; {} }}\n",
            id.trim_start_matches('0'),
            password(name)
        )
        .unwrap();
    }
    config
}

#[tokio::test]
async fn loading_our_configuration_in_place_of_ixp_managers_restarts_no_session() {
    let test = database().await;
    let db = &test.db;
    execute(db, "UPDATE vlaninterface SET as112client = 1", []).await;
    let good =
        |name: &str, prefix: &str| peer(name, 4, json!([{"prefix": prefix}, {"prefix": "10.0.0.0/8"}]));
    let peers = [good("alpha", "20.1.0.0/16"), good("bravo", "30.0.0.0/16"), good("foxtrot", "50.0.0.0/16")];
    for (handle, own, before) in [
        (SERVER, (64_496, 18), server()),
        (COLLECTOR, (64_496, 19), collector()),
        (AS112, (112, 17), as112()),
    ] {
        for bird in birds() {
            execute(db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
            let after = tempfile::NamedTempFile::new().unwrap();
            let config = generate(&configs(&RPKI), db, handle).await.unwrap();
            std::fs::write(after.path(), config).unwrap();
            let mut scenario = scenario(own, 4, &peers);
            scenario["steps"] = json!([{"configure": after.path()}]);
            let facts = run_one(&bird, &before, &scenario);
            for facts in &facts {
                assert_sessions(facts, &scenario);
            }
            for (name, ..) in PEERS {
                let of = |facts: &Value| facts["peers"][name]["notification"].clone();
                assert_eq!(of(&facts[1]), Value::Null, "BIRD {} {handle} {name}", bird.version);
            }
            let marked = |facts: &Value| {
                facts["peers"]["alpha"]["imported"]["20.1.0.0/16"]["large_communities"].clone()
            };
            if handle == AS112 {
                assert!(facts[1]["peers"]["alpha"]["imported"]["10.0.0.0/8"].is_null(), "{}", bird.version);
            } else {
                assert_eq!(marked(&facts[0]), json!([]), "the first configuration marks nothing");
                assert!(marked(&facts[1]) != json!([]), "BIRD {} {handle}: ours was loaded", bird.version);
            }
            if handle == SERVER {
                assert!(prefixes(&facts[0], "bravo").contains("10.0.0.0/8"));
                assert!(!prefixes(&facts[1], "bravo").contains("10.0.0.0/8"));
            }
        }
    }
    test.remove().await;
}
