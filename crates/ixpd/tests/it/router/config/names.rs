//! Names that skins, looking glasses and scripts of IXP Manager take for granted.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use ixpd_render::router_diff::{SecretHash, read};

use super::{
    bird::Bird,
    configs,
    exchange::{self, AS112, AS112_V6, COLLECTOR, SERVER, SERVER_V6, execute},
    generate,
};

const RPKI: (&str, &str) = ("IXP_RPKI_RTR1_HOST", "192.0.2.53");

/// Large communities, by their second and third part.
const COMMUNITIES: [(&str, u32, u32); 25] = [
    ("IXP_LC_FILTERED_PREFIX_LEN_TOO_LONG", 1101, 1),
    ("IXP_LC_FILTERED_PREFIX_LEN_TOO_SHORT", 1101, 2),
    ("IXP_LC_FILTERED_BOGON", 1101, 3),
    ("IXP_LC_FILTERED_BOGON_ASN", 1101, 4),
    ("IXP_LC_FILTERED_AS_PATH_TOO_LONG", 1101, 5),
    ("IXP_LC_FILTERED_AS_PATH_TOO_SHORT", 1101, 6),
    ("IXP_LC_FILTERED_FIRST_AS_NOT_PEER_AS", 1101, 7),
    ("IXP_LC_FILTERED_NEXT_HOP_NOT_PEER_IP", 1101, 8),
    ("IXP_LC_FILTERED_IRRDB_PREFIX_FILTERED", 1101, 9),
    ("IXP_LC_FILTERED_IRRDB_ORIGIN_AS_FILTERED", 1101, 10),
    ("IXP_LC_FILTERED_PREFIX_NOT_IN_ORIGIN_AS", 1101, 11),
    ("IXP_LC_FILTERED_RPKI_UNKNOWN", 1101, 12),
    ("IXP_LC_FILTERED_RPKI_INVALID", 1101, 13),
    ("IXP_LC_FILTERED_TRANSIT_FREE_ASN", 1101, 14),
    ("IXP_LC_FILTERED_TOO_MANY_COMMUNITIES", 1101, 15),
    ("IXP_LC_INFO_RPKI_VALID", 1000, 1),
    ("IXP_LC_INFO_RPKI_UNKNOWN", 1000, 2),
    ("IXP_LC_INFO_RPKI_NOT_CHECKED", 1000, 3),
    ("IXP_LC_INFO_IRRDB_VALID", 1001, 1),
    ("IXP_LC_INFO_IRRDB_NOT_CHECKED", 1001, 2),
    ("IXP_LC_INFO_IRRDB_MORE_SPECIFIC", 1001, 3),
    ("IXP_LC_INFO_IRRDB_FILTERED_LOOSE", 1001, 1000),
    ("IXP_LC_INFO_IRRDB_FILTERED_STRICT", 1001, 1001),
    ("IXP_LC_INFO_IRRDB_PREFIX_EMPTY", 1001, 1002),
    ("IXP_LC_INFO_SAME_AS_NEXT_HOP", 1001, 1200),
];

/// Those that collectors have besides.
const OF_COLLECTORS: [(&str, u32, u32); 2] =
    [("IXP_LC_INFO_IRRDB_INVALID", 1001, 0), ("IXP_LC_INFO_FROM_IXROUTESERVER", 1001, 1100)];

struct Names {
    /// With their protocols.
    handles: &'static [(&'static str, &'static str)],
    asn: &'static str,
    constants: &'static [&'static str],
    communities: Vec<(&'static str, u32, u32)>,
    /// Functions and filters.
    code: &'static [&'static str],
    tables: &'static [&'static str],
    /// Templates and protocols; the session with Alpha, `%` for the protocol.
    protocols: &'static [&'static str],
    session: &'static str,
}

fn names() -> [Names; 3] {
    [
        Names {
            handles: &[(SERVER, "4"), (SERVER_V6, "6")],
            asn: "routeserverasn",
            constants: &["routeserverasn", "routeserveraddress", "TRANSIT_ASNS"],
            communities: COMMUNITIES.into(),
            code: &[
                "avoid_martians",
                "f_export_to_master",
                "ixp_community_filter",
                "filter_rpki",
                "filter_has_transit_path",
                "f_import_as64497",
                "f_export_as64497",
            ],
            tables: &["t_roa", "t_0001_as64497"],
            protocols: &["tb_rsclient", "rpki1", "pp_0001_as64497", "device"],
            session: "pb_0001_as64497",
        },
        Names {
            handles: &[(COLLECTOR, "4")],
            asn: "routerasn",
            constants: &["routerasn", "routeraddress", "TRANSIT_ASNS"],
            communities: COMMUNITIES.into_iter().chain(OF_COLLECTORS).collect(),
            code: &["avoid_martians", "filter_has_transit_path", "f_import_as64497"],
            tables: &["t_roa"],
            protocols: &["rpki1", "device"],
            session: "pb_as64497_vli1_ipv%",
        },
        Names {
            handles: &[(AS112, "4"), (AS112_V6, "6")],
            asn: "routerasn",
            constants: &["routerasn", "routeraddress"],
            communities: Vec::new(),
            code: &["avoid_martians", "fn_import"],
            tables: &["t_roa"],
            protocols: &["static_as112", "kernel", "rpki1", "device"],
            session: "pb_as64497_vli1_ipv%",
        },
    ]
}

#[tokio::test]
async fn every_name_of_ixp_manager_s_configurations_is_written() {
    let test = exchange::database().await;
    execute(&test.db, "UPDATE vlaninterface SET as112client = 1", []).await;
    let mut checked = 0;
    for names in names() {
        for (handle, protocol) in names.handles {
            let text = generate(&configs(&[RPKI]), &test.db, handle).await.unwrap();
            let model = read(text.as_bytes(), &SecretHash::default()).unwrap();
            for name in names.constants {
                assert!(model.constants.contains_key(*name), "{handle} {name}");
            }
            for (name, second, third) in &names.communities {
                let constant = model.constants.get(*name).unwrap_or_else(|| panic!("{handle} {name}"));
                assert_eq!(
                    constant.lines,
                    [format!("({}, {second}, {third})", names.asn)],
                    "{handle} {name}"
                );
                checked += 1;
            }
            for name in names.code {
                assert!(model.code.contains_key(*name), "{handle} {name}");
            }
            for name in names.tables {
                let known = |table: &String| table.ends_with(&format!(" table {name}"));
                assert!(model.tables.iter().any(known), "{handle} {name}");
            }
            for name in names.protocols {
                assert!(model.protocols.contains_key(*name), "{handle} {name}");
            }
            let session = names.session.replace('%', protocol);
            assert!(model.sessions.contains_key(&session), "{handle} {session}");
            // No other name of a community: a skin may define one of its own.
            let own: BTreeSet<_> = model
                .constants
                .keys()
                .filter(|name| name.starts_with("IXP_LC_"))
                .map(String::as_str)
                .collect();
            assert_eq!(own, names.communities.iter().map(|(name, ..)| *name).collect(), "{handle}");
        }
    }
    assert_eq!(checked, 2 * 25 + 27);
    test.remove().await;
}

/// Rules of a skin, as they are ported from IXP Manager: all names are used.
fn rules(names: &Names) -> String {
    let mut rules = String::new();
    for (name, ..) in &names.communities {
        let _ = writeln!(rules, "if {name} ~ bgp_large_community then bgp_large_community.delete([{name}]);");
    }
    for constant in names.constants {
        rules += match *constant {
            "TRANSIT_ASNS" => {
                "if bgp_path ~ TRANSIT_ASNS then bgp_large_community.add(IXP_LC_INFO_RPKI_UNKNOWN);\n"
            }
            "routeserverasn" => "bgp_large_community.add((routeserverasn, 9, 9));\n",
            "routerasn" => "bgp_large_community.add((routerasn, 9, 9));\n",
            "routeserveraddress" => "if bgp_next_hop = routeserveraddress then bgp_local_pref = 0;\n",
            "routeraddress" => "if bgp_next_hop = routeraddress then bgp_local_pref = 0;\n",
            other => panic!("{other}"),
        };
    }
    for function in ["avoid_martians", "filter_rpki", "filter_has_transit_path"] {
        if names.code.contains(&function) {
            let _ = writeln!(rules, "if !({function}()) then bgp_local_pref = 0;");
        }
    }
    rules
}

#[tokio::test]
async fn ported_skin_that_uses_these_names_is_taken_by_bird() {
    let birds = Bird::all();
    let test = exchange::database().await;
    let folder = tempfile::tempdir().unwrap();
    let skin = folder.path().join("skins/example/router");
    let write = |file: &str, text: &str| {
        let path: &Path = &skin.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let [server, collector, _] = names();
    write("server/f_import_as64497.conf", &rules(&server));
    write("collector/import-pre-extra.conf", &rules(&collector));
    let data = folder.path().display().to_string();
    let settings = [RPKI, ("IXPD_DATA_DIR", data.as_str()), ("VIEW_SKIN", "example")];
    let configs = configs(&settings);
    for bird in birds {
        execute(&test.db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
        for (handle, _) in server.handles.iter().chain(collector.handles) {
            let text = generate(&configs, &test.db, handle).await.unwrap();
            assert!(
                text.contains("if !(avoid_martians()) then bgp_local_pref = 0;"),
                "the skin is used: {text}"
            );
            bird.takes(handle, &text);
        }
    }
    test.remove().await;
}
