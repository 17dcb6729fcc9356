//! Salt and Ansible: the documents of one switch as YAML, read by Python.

use std::process::Stdio;

use ixpd_testkit::skipped;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{host, printed};
use crate::pullers::{Host, REFUSED, body};

const BASE: &str = "provisioner";

/// What PyYAML, which both read with, makes of a document; `None` where it is absent.
async fn read(yaml: &str) -> Option<Value> {
    let has_reader = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status().await;
    if !has_reader.is_ok_and(|status| status.success()) {
        skipped("no PyYAML: python3-yaml is not installed");
        return None;
    }
    let script = "import json, sys, yaml\njson.dump(yaml.safe_load(sys.stdin.buffer.read().decode('utf-8')), sys.stdout)";
    let mut python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(yaml.as_bytes()).await.unwrap();
    let output = python.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{yaml}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A document as YAML, read by Python, which is what the JSON form says as well.
async fn document(host: &Host, path: &str) -> Option<Value> {
    let yaml = body(host.curl(&[], &format!("{BASE}/{path}.yaml")).await);
    assert!(yaml.starts_with("---\n") && yaml.ends_with("\n...\n"), "{yaml}");
    let by_python = read(&yaml).await?;
    let json: Value =
        serde_json::from_str(&body(host.curl(&[], &format!("{BASE}/{path}.json")).await)).unwrap();
    assert_eq!(by_python, json, "{path}");
    Some(by_python)
}

#[tokio::test]
async fn every_document_says_the_same_as_yaml_and_as_json() {
    let Some(host) = host().await else { return };
    let switches = body(host.curl(&[], &format!("{BASE}/switch/list.json")).await);
    let switches: Value = serde_json::from_str(&switches).unwrap();
    for switch in switches["switches"].as_array().unwrap() {
        let name = switch["name"].as_str().unwrap();
        for kind in ["layer2interfaces", "layer3interfaces", "vlans", "routing", "switch"] {
            if document(&host, &format!("{kind}/switch-name/{name}")).await.is_none() {
                return;
            }
        }
    }
    document(&host, "switch/list").await;
    document(&host, "corebundle/list").await;
    document(&host, "routing/switch-id/1").await;
}

#[tokio::test]
async fn template_finds_the_ports_of_each_member_and_what_may_speak_on_them() {
    let Some(host) = host().await else { return };
    let Some(pillar) = document(&host, "layer2interfaces/switch-name/sw1").await else { return };
    let interfaces = pillar["layer2interfaces"].as_array().unwrap();
    // A loop of a template over members' ports, as it would print them.
    let printed: Vec<String> = interfaces
        .iter()
        .filter(|interface| interface["type"] == "edge" && interface["lagmaster"] != json!(true))
        .map(|interface| {
            let vlan = &interface["vlans"][0];
            let macs: Vec<_> =
                vlan["macaddresses"].as_array().unwrap().iter().map(|mac| mac.as_str().unwrap()).collect();
            format!(
                "{} shutdown={} lag={} vlan={} macs={}",
                interface["name"].as_str().unwrap(),
                interface["shutdown"],
                interface["lagindex"],
                vlan["number"],
                macs.join(",")
            )
        })
        .collect();
    assert_eq!(
        printed,
        [
            "Et1 shutdown=false lag=1 vlan=10 macs=00:00:5e:00:53:01",
            "Et2 shutdown=false lag=1 vlan=10 macs=00:00:5e:00:53:01",
            "Et3 shutdown=false lag=null vlan=10 macs=00:00:5e:00:53:03,11:22:33:44:55:05",
            "Et4 shutdown=false lag=null vlan=10 macs=00:00:5e:00:53:04",
        ]
    );
    let core = interfaces.iter().find(|interface| interface["type"] == "core").unwrap();
    assert_eq!((&core["description"], &core["name"]), (&json!("12:34:56"), &json!("Port-channel20")));
}

#[tokio::test]
async fn template_finds_version_and_neighbours_in_their_types() {
    let Some(host) = host().await else { return };
    let Some(switch) = document(&host, "switch/switch-id/1").await else { return };
    assert_eq!(switch["switch"]["osversion"], json!("4.20"));
    assert_eq!(switch["switch"]["macaddress"], json!("10:20:30:40:50:05"));
    assert_eq!(switch["switch"]["asn"], json!(65_001));
    assert_eq!(switch["switch"]["lastpolled"], json!("2026-06-15T11:58:00+02:00"));
    let Some(routing) = document(&host, "routing/switch-id/1").await else { return };
    let neighbours = routing["bgp"]["out"]["pg-ebgp-ipv4-ixp"]["neighbors"].as_object().unwrap();
    assert_eq!(
        neighbours.keys().map(String::as_str).collect::<Vec<_>>(),
        ["10.0.0.1", "10.0.0.6", "10.0.0.10"]
    );
    assert_eq!(
        printed(host.curl(&[], &format!("{BASE}/switch/switch-id/99.yaml")).await),
        Err(REFUSED),
        "the script must notice"
    );
}
