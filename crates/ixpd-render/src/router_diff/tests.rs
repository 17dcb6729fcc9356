use std::fmt::Write as _;

use super::*;

/// A route server's configuration in the manner of IXP Manager's templates: constructs as BIRD's manual has them.
fn server(sessions: &str) -> String {
    format!(
        "# VLAN 10\ntimeformat base iso long;\nlog \"/var/log/bird/rs1.log\" all;\nlog syslog name \"bird-rs1\" all;\n\
         define routeserverasn = 64496;\ndefine routeserveraddress = 192.0.2.8;\nrouter id 192.0.2.8;\n\
         protocol device {{ }}\n\
         function avoid_martians() -> bool\nprefix set martians;\n{{\n  martians = [ 10.0.0.0/8+, 0.0.0.0/0{{0,7}} ];\n\
           if net ~ martians then return true; return false;\n}}\n\
         roa4 table t_roa;\nprotocol rpki rpki1 {{ roa4 {{ table t_roa; }}; remote \"192.0.2.100\" port 3323; retry keep 90; }}\n\
         define TRANSIT_ASNS = [ 174, 701,\n 1299 ];\n\
         template bgp tb_rsclient {{ local as routeserverasn; ipv4 {{ export all; }}; rs client; }}\n\
         {sessions}# END_OF_CONFIG_MARKER_FOR_rs1-ipv4\n"
    )
}

struct Member<'a> {
    vli: u32,
    asn: u32,
    address: &'a str,
    limit: u32,
    password: Option<&'a str>,
    filter: String,
}

impl Member<'_> {
    fn text(&self) -> String {
        let Self { vli, asn, address, limit, filter, .. } = self;
        let password = self
            .password
            .map_or_else(String::new, |secret| format!("password \"{secret}\"; authentication md5;"));
        format!(
            "ipv4 table t_{vli:04}_as{asn};\n\
             protocol pipe pp_{vli:04}_as{asn} {{ description \"Pipe\"; table master4; peer table t_{vli:04}_as{asn}; \
             import filter f_export_to_master; export where ixp_community_filter({asn}); }}\n\
             protocol bgp pb_{vli:04}_as{asn} from tb_rsclient {{\n  description \"AS{asn} - Member; {{}}\";\n  neighbor {address} as {asn};\n  \
             ipv4 {{ import limit {limit} action restart; import filter {filter}; table t_{vli:04}_as{asn}; export all; }};\n  {password}\n}}\n"
        )
    }
}

fn member(vli: u32, asn: u32) -> Member<'static> {
    Member { vli, asn, address: "192.0.2.1", limit: 250, password: None, filter: format!("f_import_as{asn}") }
}

fn filter(name: &str, asns: &str, prefixes: &str, rules: &str) -> String {
    format!(
        "filter {name}\nint set allas;\nprefix set allnet;\n{{\n  {rules}\n  allas = [ {asns} ];\n  allnet = [ {prefixes}\n  ];\n  \
         if !(bgp_path.last_nonaggregated ~ allas) then reject;\n  if ! (net ~ allnet) then reject;\n  accept;\n}}\n"
    )
}

fn model(text: &str, hash: &SecretHash) -> Model {
    read(text.as_bytes(), hash).unwrap()
}

fn difference(before: &str, after: &str) -> Report {
    let hash = SecretHash::default();
    compare(&model(before, &hash), &model(after, &hash))
}

fn whats(report: &Report) -> Vec<String> {
    report.changes.iter().map(|change| format!("{}: {}", change.subject, change.what)).collect()
}

#[test]
fn configuration_is_read_whole() {
    let filter = filter("f_import_as64500", "64500, 64501", "198.51.100.0/24, 203.0.113.0/24{24,28}", "");
    let model = model(&server(&(filter + &member(1, 64_500).text())), &SecretHash::default());
    assert_eq!(model.unread, []);
    assert_eq!(model.end_marker.as_deref(), Some("rs1-ipv4"));
    let session = &model.sessions["pb_0001_as64500"];
    assert_eq!(session.address.as_deref(), Some("192.0.2.1"));
    assert_eq!(session.limit.as_deref(), Some("250 action restart"));
    assert_eq!(session.description.as_deref(), Some("\"AS64500 - Member; {}\""));
    assert_eq!(session.import.as_deref(), Some("filter f_import_as64500"));
    assert_eq!(session.table.as_deref(), Some("t_0001_as64500"));
    let code = &model.code["f_import_as64500"];
    assert_eq!(code.sets["allas ="].numbers, [64_500, 64_501]);
    assert_eq!(code.sets["allnet ="].prefixes.len(), 2);
    assert_eq!(model.constants["TRANSIT_ASNS"].sets[""].numbers, [174, 701, 1299]);
    assert_eq!(model.protocols["rpki1"].kind, "rpki");
    assert_eq!(model.protocols["pp_0001_as64500"].lines.len(), 5);
    assert!(model.tables.contains("ipv4 table t_0001_as64500"));
    assert!(model.settings["router id"].contains("192.0.2.8"));
}

#[test]
fn layout_comments_and_names_of_sets_are_no_change() {
    let before = filter("f_import_as64500", "64500,64501", "198.51.100.0/24, 203.0.113.0/24", "");
    let after = before
        .replace("    ", "\t")
        .replace("64500,64501", "64501 , # two\n 64500")
        .replace("198", "\n/* x */ 198");
    let text = |filter: &str| server(&(filter.to_owned() + &member(1, 64_500).text()));
    let report = difference(&text(&before), &text(&after));
    assert!(report.is_same(), "{report}");
    assert_eq!(report.to_string(), "no change\n");
}

#[test]
fn sessions_limits_addresses_and_passwords_are_told_without_the_secret() {
    let text = |members: &[Member<'_>]| server(&members.iter().map(Member::text).collect::<String>());
    let plain = member(1, 64_500);
    let changed = Member { limit: 300, address: "192.0.2.2", password: Some("hush"), ..member(1, 64_500) };
    let report = difference(&text(&[plain, member(2, 64_501)]), &text(&[changed, member(3, 64_502)]));
    let whats = whats(&report);
    for expected in [
        "session pb_0001_as64500 (AS64500, 192.0.2.2): import limit: 250 action restart -> 300 action restart",
        "session pb_0001_as64500 (AS64500, 192.0.2.2): address: 192.0.2.1 -> 192.0.2.2",
        "session pb_0001_as64500 (AS64500, 192.0.2.2): MD5 password: no -> yes",
        "session pb_0002_as64501 (AS64501, 192.0.2.1): session is gone",
        "session pb_0003_as64502 (AS64502, 192.0.2.1): session is new",
        "pipe pp_0002_as64501: is gone",
    ] {
        assert!(whats.iter().any(|what| what == expected), "{expected}: {whats:#?}");
    }
    let password = |secret| text(&[Member { password: Some(secret), ..member(1, 64_500) }]);
    let report = difference(&password("hush"), &password("quiet"));
    assert!(report.to_string().contains("MD5 password: another one"), "{report}");
    assert!(difference(&password("hush"), &password("hush")).is_same());
    let hash = SecretHash::default();
    let shown =
        format!("{report} {:?} {}", model(&password("hush"), &hash), serde_json::to_string(&report).unwrap());
    assert!(!shown.contains("hush") && !shown.contains("quiet"), "{shown}");
    let bare = password("hush").replace("\"hush\"", "hush");
    assert!(!format!("{:?}", model(&bare, &hash)).contains("hush"));
}

#[test]
fn prefixes_and_as_numbers_are_told_as_such_wherever_the_filter_has_them() {
    let before = filter("f_import_as64500", "64500", "198.51.100.0/24, 203.0.113.0/24", "");
    let after = "filter f_import_as64500 {\n  if !(bgp_path.last_nonaggregated ~ [ 64500, 64501 ]) then reject;\n  \
                 if !(net ~ [ 198.51.100.0/24, 192.0.2.0/24{24,25} ]) then reject;\n  accept;\n}\n";
    let text = |filter: &str| server(&(filter.to_owned() + &member(1, 64_500).text()));
    let report = difference(&text(&before), &text(after));
    let of = |kind| report.changes.iter().find(|change| change.kind == kind).unwrap();
    assert_eq!(of(Kind::Prefixes).removed.first, ["203.0.113.0/24"]);
    assert_eq!(of(Kind::Prefixes).added.first, ["192.0.2.0/24{24,25}"]);
    assert_eq!(of(Kind::Prefixes).what, "import filter: prefixes: 2 -> 2");
    assert_eq!(
        (of(Kind::Asns).added.first.as_slice(), of(Kind::Asns).removed.count),
        (&["64501".to_owned()][..], 0)
    );
    assert_eq!(report.changes.len(), 2, "in whatever form the filter is written: {report}");
}

#[test]
fn filter_of_its_own_for_each_session_is_named_as_decided() {
    let shared = filter("f_import_as64500", "64500", "198.51.100.0/24", "");
    let members = |names: [&str; 2]| -> String {
        let of = |(vli, name): (u32, &str)| Member { filter: name.to_owned(), ..member(vli, 64_500) }.text();
        [(1, names[0]), (2, names[1])].into_iter().map(of).collect()
    };
    let before = server(&(shared + &members(["f_import_as64500"; 2])));
    let own = filter("f_import_0001_as64500", "64500", "198.51.100.0/24", "")
        + &filter("f_import_0002_as64500", "64500", "198.51.100.0/24, 203.0.113.0/24", "");
    let after = server(&(own + &members(["f_import_0001_as64500", "f_import_0002_as64500"])));
    let report = difference(&before, &after);
    assert_eq!(report.changes.len(), 1, "{report}");
    assert_eq!(report.changes[0].fix, Some(Fix::FiltersBelongToTheSession));
    assert!(report.changes[0].subject.contains("pb_0002_as64500"), "{report}");
    assert!(report.to_string().contains("as decided: a filter belongs to its session"), "{report}");
}

#[test]
fn removal_of_tags_and_rules_without_effect_are_named_as_decided() {
    let text = |rules: &str| {
        let filter = filter("f_import_as64500", "64500", "198.51.100.0/24", rules);
        server(&(filter + &member(1, 64_500).text()))
    };
    let tags = "bgp_large_community.delete([(routeserverasn, 1000, *), (routeserverasn, 1001, *), (routeserverasn, 1101, *)]);";
    let report = difference(&text(""), &text(tags));
    let rules = report.changes.iter().find(|change| change.what.ends_with("rules change")).unwrap();
    assert_eq!(rules.fix, Some(Fix::TagsFromMembersAreRemoved), "{report}");
    let report = difference(&text("if ( net = 198.51.100.0/24 ) then { }"), &text(""));
    assert_eq!(report.changes[0].fix, Some(Fix::RuleWithoutEffectEmitsNothing), "{report}");
    let report = difference(&text("if ( net = 198.51.100.0/24 ) then { reject; }"), &text(""));
    assert_eq!(report.changes[0].fix, None, "{report}");
}

#[test]
fn as112_without_a_validator_is_named_as_decided() {
    let text = |rule: &str| {
        format!(
            "function fn_import(int remote_as) {{ if bgp_path.len > 64 then return false; {rule} return true; }}\n\
                 protocol bgp a {{ neighbor 192.0.2.1 as 64500; ipv4 {{ import where fn_import(64500); }}; }}\n"
        )
    };
    let rpki = "if (roa_check(t_roa, net, bgp_path.last_nonaggregated) = ROA_INVALID) then return false;";
    let report = difference(&text(rpki), &text(""));
    assert!(
        report.changes.iter().any(|change| change.fix == Some(Fix::As112RpkiOnlyWithValidator)),
        "{report}"
    );
}

#[test]
fn transit_networks_and_validators_have_their_own_kind() {
    let before = server("");
    let after = before.replace("1299", "3257").replace("port 3323", "port 8282");
    let report = difference(&before, &after);
    let kinds: Vec<_> = report.changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [Kind::Rpki, Kind::Transit], "{report}");
    assert_eq!(
        (report.changes[1].removed.first[0].as_str(), report.changes[1].added.first[0].as_str()),
        ("1299", "3257")
    );
}

#[test]
fn same_change_of_many_filters_is_told_once() {
    let text = |word: &str| {
        let mut text = String::new();
        for asn in 64_500..64_540 {
            text += &filter(
                &format!("f_import_as{asn}"),
                &asn.to_string(),
                "198.51.100.0/24",
                &format!("if bgp_path.first != {asn} then {word};"),
            );
            text += &member(asn - 64_499, asn).text();
        }
        server(&text)
    };
    let report = difference(&text("reject"), &text("accept"));
    assert_eq!(report.changes.len(), 1, "{report}");
    assert!(report.changes[0].subject.starts_with("40 sessions (pb_0001_as64500, "), "{report}");
    assert_eq!(report.changes[0].added.first, ["if bgp_path.first != its AS then accept"]);
}

#[test]
fn what_cannot_be_read_is_reported_with_its_line() {
    for (text, line, reason) in [
        ("router id 192.0.2.8;\ninclude \"more.conf\";\n", 2, "known"),
        ("\n\nsomething new { a; }\n", 3, "known"),
        ("protocol static a { ipv4;\n", 1, "ends"),
        ("log \"x\n", 1, "ends"),
        ("/* never", 1, "ends"),
        ("protocol bgp a { x; }\nprotocol bgp a { y; }", 2, "name"),
        ("}\n", 1, "ends"),
        ("router id 192.0.2.8", 1, "ends"),
        ("define a = [ 1, 2\n", 1, "ends"),
    ] {
        let model = model(text, &SecretHash::default());
        assert_eq!(model.unread.len(), 1, "{text}: {:?}", model.unread);
        assert_eq!(model.unread[0].line, line, "{text}");
        assert!(model.unread[0].reason.contains(reason), "{text}: {:?}", model.unread);
        let report = difference(text, text);
        assert!(!report.is_same() && report.to_string().contains("NOT READ"), "{report}");
    }
}

#[test]
fn warnings_of_the_new_configuration_are_passed_on() {
    let after = server("# Warning: AS64500 has IPv4 enabled without an address\n");
    let report = difference(&server(""), &after);
    assert!(report.is_same(), "{report}");
    assert!(report.to_string().contains("says: Warning: AS64500 has IPv4"), "{report}");
}

#[test]
fn millions_of_prefixes_take_seven_bytes_each() {
    let mut prefixes = String::new();
    for net in 0..200_000_u32 {
        let _ = write!(prefixes, "{}.{}.{}.0/24, ", 1 + (net >> 16), (net >> 8) & 255, net & 255);
    }
    let text = |more: &str| {
        let filter = filter("f_import_as64500", "64500", &format!("{prefixes}{more}"), "");
        server(&(filter + &member(1, 64_500).text()))
    };
    let report = difference(&text("198.51.100.0/24"), &text("203.0.113.0/24"));
    assert_eq!(report.changes.len(), 1);
    assert_eq!(report.changes[0].what, "import filter: prefixes: 200001 -> 200001");
    assert_eq!(report.changes[0].added.first, ["203.0.113.0/24"]);
}

#[test]
fn white_space_of_every_kind_separates_words() {
    let model = model("\u{b}router é id 192.0.2.8; \u{b}router id 192.0.2.8;", &SecretHash::default());
    assert_eq!(model.settings["router id"], std::collections::BTreeSet::from(["192.0.2.8".to_owned()]));
    assert_eq!(model.settings["router é"], std::collections::BTreeSet::from(["id 192.0.2.8".to_owned()]));
}

#[test]
fn variables_before_the_braces_are_those_after_them() {
    let text =
        |head: &str| server(&format!("function f(int asn){head} all = [ 64500 ]; return asn ~ all; }}\n"));
    let usual = text(" -> bool { int set all;");
    for other in [" -> bool\nint set all;\n{", "\nint set all;\n{", "{ int set all;"] {
        let report = difference(&text(other), &usual);
        assert!(report.is_same(), "{other}: {report}");
    }
}

/// Each unit in a row, by itself and within the statements that keep the most of what came before.
#[test]
fn time_to_read_a_configuration_is_linear_in_its_length() {
    use std::time::{Duration, Instant};

    let hash = SecretHash::default();
    for beginning in ["", "x {", "password ", "function f(", "x { y ))))"] {
        for unit in [
            "\"",
            "'",
            "\"\" ",
            "a ",
            "{",
            "}",
            "{}",
            "/*",
            "/**/",
            "#\n",
            ";",
            "a;",
            "[",
            "]",
            "[]",
            "[1];",
            "(",
            ")",
            "!",
            ")(",
            "password ",
            "a\"b\"",
            "a{};",
            "x [1,2",
            "\u{e9}",
        ] {
            let time = |length: usize| {
                // The part before may fill what is kept of a statement.
                let text =
                    format!("{beginning}{}{}", ")".repeat(16 * 1024), unit.repeat(length / unit.len()));
                let began = Instant::now();
                let _ = model(&text, &hash);
                began.elapsed()
            };
            let (short, long) = (time(16_000), time(64_000));
            assert!(
                long < Duration::from_millis(500) || long < short * 8,
                "{beginning} {unit}: {short:?}, then {long:?} for four times as much"
            );
            assert!(long < Duration::from_secs(3), "{beginning} {unit}: {long:?}");
        }
    }
}
