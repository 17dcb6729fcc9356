use super::*;
use crate::router_diff::{SecretHash, read};

const CONSTANTS: &str = "define asn = 64496; define MARK = ( asn, 1101, 3 ); define WIDE = 4200000000; define routeraddress = 192.0.2.8;\n";

fn normal(body: &str) -> Normal {
    let text = format!("{CONSTANTS}filter f {{ {body} }}\n");
    let model = read(text.as_bytes(), &SecretHash::default()).unwrap();
    assert_eq!(model.unread, [], "{text}");
    Normal::of(&model.code["f"], &Constants::of(&model))
}

#[test]
fn forms_that_do_the_same_are_the_same() {
    for (one, other) in [
        (
            "if !(from = bgp_next_hop) then accept; reject;",
            "if (bgp_next_hop != from) then { accept; } reject;",
        ),
        (
            "ip set all; all = [ 192.0.2.1 ]; if bgp_next_hop ~ all then reject;",
            "if ( bgp_next_hop ~ [192.0.2.1] ) then reject;",
        ),
        (
            "ip set all = [ 2001:db8:0::1 ]; if bgp_next_hop ~ all then reject;",
            "if bgp_next_hop ~ [2001:db8::1] then reject;",
        ),
        (
            "if MARK ~ bgp_large_community then reject;",
            "if bgp_large_community ~ [(64496, 1101, 3)] then reject;",
        ),
        ("bgp_large_community.add( MARK );", "bgp_large_community.add((64496,1101,3));"),
        (
            "if net ~ [ 10.0.0.0/8 ] then reject; else accept;",
            "if net ~ [ 10.0.0.0/8 ] then { reject; } accept;",
        ),
        ("if f() || g() then accept; reject;", "if f() then accept; if g() then { accept; } reject;"),
        ("if a = 1 then { if b = 2 then reject; } accept;", "if a = 1 && b = 2 then reject; accept;"),
        ("if asn > 65535 || peer > 65535 then reject; accept;", "if peer > 65535 then reject; accept;"),
        ("if WIDE > 65535 || peer > 65535 then reject; accept;", "reject;"),
        ("print \"x\", net; accept;", "accept; reject;"),
        ("if a = 1 then { } else { reject; } accept;", "if a != 1 then reject; accept;"),
        ("f();", "if f() then { }"),
        (
            "if !(net ~ [ 10.0.0.0/8 ]) then a = 1; else b = 1; c = 1;",
            "if net ~ [10.0.0.0/8] then b = 1; else a = 1; c = 1;",
        ),
        ("if net = 2001:db8::/32 then reject; accept;", "accept;"),
        (
            "if roa_check( t_roa ) = ROA_VALID then accept;",
            "if roa_check(t_roa, net, bgp_path.last) = ROA_VALID then accept;",
        ),
        ("if a = 1 then return false; else if b = 2 then return true; return true;", "return a != 1;"),
        (
            "bgp_community.add((1, 2)); bgp_community.add((1, 1));",
            "bgp_community.add((1, 1)); bgp_community.add((1, 2));",
        ),
    ] {
        let (one, other) = (normal(one), normal(other));
        assert!(one.is_read() && other.is_read());
        assert_eq!(one.lines, other.lines);
    }
}

#[test]
fn forms_that_do_something_else_differ() {
    for (one, other) in [
        ("if a = 1 then reject; accept;", "if a != 1 then reject; accept;"),
        ("if !f() then reject; accept;", "if f() then reject; accept;"),
        // What follows is reached.
        ("if a = 1 then b = 1; else c = 1;", "if a = 1 then b = 1; c = 1;"),
        ("if a = 1 || b = 2 then c = 1; d = 1;", "if a = 1 then c = 1; if b = 2 then d = 1;"),
        // A function may do something.
        ("if f() then return true; return true;", "return true;"),
        (
            "int x; x = bgp_path.len; bgp_path.prepend(1); if x > 3 then reject;",
            "bgp_path.prepend(1); if bgp_path.len > 3 then reject;",
        ),
        ("int x; x = bgp_local_pref; bgp_local_pref = 0; a = x;", "bgp_local_pref = 0; a = bgp_local_pref;"),
        ("int x; if a = 1 then x = 2; b = x;", "b = 2;"),
        ("int x; x = 1; x = 2; b = x;", "b = 1;"),
        (
            "bgp_community.add((1, 2)); bgp_community.delete([(1, 2)]);",
            "bgp_community.delete([(1, 2)]); bgp_community.add((1, 2));",
        ),
        ("if net ~ [ 0.0.0.0/0{25,32} ] then reject;", "if net ~ [ 0.0.0.0/0{24,32} ] then reject;"),
        ("bgp_large_community.add(MARK);", "bgp_large_community.add((64496, 1101, 4));"),
        ("if a && (b || c) then reject;", "if (a && b) || c then reject;"),
        ("a = 2 - 1;", "a = 1;"),
    ] {
        assert_ne!(normal(one).lines, normal(other).lines, "{one}");
    }
}

#[test]
fn what_is_not_understood_stays_as_it_is_written() {
    for body in
        ["case a { 1: accept; else: reject; }", "if a accept", "a + ;", "for int x in bgp_path do reject;"]
    {
        let text = format!("filter f {{ {body} }}\n");
        let model = read(text.as_bytes(), &SecretHash::default()).unwrap();
        let normal = Normal::of(&model.code["f"], &Constants::of(&model));
        assert_eq!((normal.is_read(), &normal.lines), (false, &model.code["f"].lines), "{body}");
    }
    let doubling = "if a || b then { ".repeat(60) + "accept; " + &"} ".repeat(60);
    assert!(normal(&doubling).lines.len() < 200);
    let long = format!("if a{} then accept;", " && a || b".repeat(1000));
    assert!(!normal(&long).is_read());
    let deep = format!("if {}a{} then accept;", "(".repeat(5000), ")".repeat(5000));
    assert!(!normal(&deep).is_read());
}

#[test]
fn conditions_without_effect_are_noticed() {
    assert!(normal("if net = 192.0.2.0/24 then { } accept;").without_effect);
    assert!(normal("if net = 2001:db8::/32 then reject; accept;").without_effect);
    assert!(!normal("if net = 192.0.2.0/24 then reject; accept;").without_effect);
}
