//! sFlow collectors: pmacct's maps, and the daemon that finds whose a MAC address is.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr, UdpSocket},
};

use tokio::process::Command;

use super::{host, printed};
use crate::{
    pullers::{REFUSED, body},
    text::execute,
};

/// The fields of a line of one of pmacct's maps.
fn fields(line: &str) -> BTreeMap<&str, &str> {
    line.split_whitespace().map(|field| field.split_once('=').unwrap()).collect()
}

#[tokio::test]
async fn collector_can_tell_members_apart_and_forward_their_samples() {
    let Some(host) = host().await else { return };
    let map = body(host.curl(&[], "sflow-receivers/pretag.map").await);
    let list = body(host.curl(&[], "sflow-receivers/receivers.lst").await);
    assert!(map.ends_with('\n') && list.ends_with('\n'), "the last line counts too");
    let mut tags: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for line in map.lines() {
        let fields = fields(line);
        let mac = fields.get("src_mac").or(fields.get("dst_mac")).unwrap();
        assert_eq!(mac.split(':').filter(|octet| u8::from_str_radix(octet, 16).is_ok()).count(), 6, "{line}");
        tags.entry(fields["set_tag"].parse().unwrap()).or_default().push(mac);
    }
    let mut receivers: BTreeMap<u32, SocketAddr> = BTreeMap::new();
    for line in list.lines() {
        let fields = fields(line);
        assert_eq!(fields["id"], fields["tag"], "{line}");
        receivers.insert(fields["tag"].parse().unwrap(), fields["ip"].parse().unwrap());
    }
    assert_eq!(receivers.len(), 2);
    assert!(
        tags.keys().all(|tag| receivers.contains_key(tag)),
        "every tag leads somewhere: {tags:?} {receivers:?}"
    );
    assert_eq!(receivers[&4].ip(), "2001:db8::200".parse::<IpAddr>().unwrap());
}

/// What pmacct's collector prints while it starts with these two maps; `None` where it isn't installed.
async fn started_collector(map: &str, list: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs_err::write(&path, text).unwrap();
        path.display().to_string()
    };
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (map, list) = (file("pretag.map", map), file("receivers.lst", list));
    let settings = file(
        "sfacctd.conf",
        &format!(
            "daemonize: false\nsfacctd_ip: 127.0.0.1\nsfacctd_port: {port}\nplugins: tee[a]\n\
             tee_receivers[a]: {list}\npre_tag_map: {map}\n"
        ),
    );
    // It forks, and ends by SIGINT alone: `timeout` ends its whole group.
    let mut command = Command::new("timeout");
    let command = command.args(["-s", "INT", "-k", "1", "2", "sfacctd", "-f", &settings]);
    let output = command.output().await.unwrap();
    if output.status.code() == Some(127) {
        eprintln!("skipped: sfacctd is not installed; on Debian: apt-get install pmacct");
        return None;
    }
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// The warnings and errors about the two maps.
///
/// Others are left out: a datagram that another process sends to the collector's port is forwarded to receivers that
/// don't exist here, and their refusal is a warning too.
fn complaints(printed: &str) -> Vec<&str> {
    let of_a_map = |line: &&str| line.contains("pretag.map") || line.contains("receivers.lst");
    let severe = |line: &&str| line.contains("WARN") || line.contains("ERROR");
    printed.lines().filter(severe).filter(of_a_map).collect()
}

#[tokio::test]
async fn collector_of_pmacct_takes_both_maps() {
    let Some(host) = host().await else { return };
    let map = body(host.curl(&[], "sflow-receivers/pretag.map").await);
    let list = body(host.curl(&[], "sflow-receivers/receivers.lst").await);
    let Some(printed) = started_collector(&map, &list).await else { return };
    for name in ["pretag.map", "receivers.lst"] {
        let loaded = format!("{name}] map successfully (re)loaded");
        assert!(printed.contains(&loaded), "{printed}");
    }
    assert_eq!(complaints(&printed), [""; 0], "{printed}");
    let damaged = started_collector(&map.replace("src_mac", "src_mack"), &list).await.unwrap();
    assert!(
        complaints(&damaged).iter().any(|line| line.contains("src_mack")),
        "it tells what it can't read: {damaged}"
    );
    let damaged = started_collector(&map, &list.replace("ip=", "ipp=")).await.unwrap();
    assert!(
        complaints(&damaged).iter().any(|line| line.contains("receivers.lst")),
        "it tells what it can't read: {damaged}"
    );
}

#[tokio::test]
async fn collector_of_pmacct_takes_maps_that_name_an_incomplete_receiver() {
    let Some(host) = host().await else { return };
    execute(&host.app, "UPDATE sflow_receiver SET dst_ip = '' WHERE dst_ip LIKE '192.%'").await;
    let map = body(host.curl(&[], "sflow-receivers/pretag.map").await);
    let list = body(host.curl(&[], "sflow-receivers/receivers.lst").await);
    let (told, receivers): (Vec<_>, Vec<_>) = list.lines().partition(|line| line.starts_with("! "));
    assert_eq!((told.len(), receivers.len()), (1, 1), "{list}");
    assert!(told[0].contains("sflow_receiver.id ") && receivers[0].contains("[2001:db8::200]"), "{list}");
    let json = body(host.curl(&[], "sflow-receivers.json").await);
    assert_eq!(json.matches("\"dst_ip\"").count(), 1, "{json}");
    let Some(printed) = started_collector(&map, &list).await else { return };
    assert_eq!(complaints(&printed), [""; 0], "{printed}");
    for name in ["pretag.map", "receivers.lst"] {
        assert!(printed.contains(&format!("{name}] map successfully (re)loaded")), "{printed}");
    }
}

#[tokio::test]
async fn daemon_finds_the_vlan_interface_of_a_frame() {
    let Some(host) = host().await else { return };
    for path in ["learned-macs", "configured-macs"] {
        let answer = body(host.curl(&[], &format!("sflow-db-mapper/{path}")).await);
        // As the daemon keeps it: infrastructure, VLAN tag, MAC address.
        let map: BTreeMap<u32, BTreeMap<u32, BTreeMap<String, u32>>> = serde_json::from_str(&answer).unwrap();
        assert_eq!(map[&1][&10].contains_key("00005e0053e1"), path == "learned-macs");
        assert_eq!(map[&1][&10].get("112233445505").copied(), (path == "configured-macs").then_some(3));
    }
}

#[tokio::test]
async fn script_with_a_bad_key_fails_and_keeps_its_old_file() {
    let Some(mut host) = host().await else { return };
    let path = "sflow-receivers/pretag.map";
    let good = host.key.clone();
    let customers = host.app.exchange.customer_admin.key.text.clone();
    for key in ["", "ixpm_nonsense", &customers] {
        key.clone_into(&mut host.key);
        assert_eq!(printed(host.curl(&[], path).await), Err(REFUSED), "{key}");
    }
    host.key = good;
    let older_script = printed(host.curl(&[], "/api/v4/sflow-receivers/pretag.map").await);
    assert_eq!(older_script, printed(host.curl(&[], path).await), "a script from before IXP Manager 7.1");
    assert!(older_script.is_ok_and(|map| !map.is_empty()));
}
