use super::{Host, body, take_over};
use crate::text::checks;

/// The five scripts: what they ask for, with which data, and how the answer ends.
const SCRIPTS: [(&str, &str, &str); 5] = [
    (
        "nagios/customers/1/4",
        "host_definition=ixp-manager-member-host&service_definition=ixp-manager-member-service\
         &ping_service_definition=ixp-manager-member-ping-service\
         &ping_busy_service_definition=ixp-manager-member-ping-busy-service",
        "# End",
    ),
    (
        "nagios/customers/1/6",
        "host_definition=&ping_service_definition=&ping_busy_service_definition=",
        "# End",
    ),
    ("nagios/switches/1", "host_definition=ixp-manager-production-switch", "# End"),
    (
        "nagios/birdseye-daemons",
        "host_definition=ixp-manager-host-birdseye-daemon&service_definition=ixp-manager-service-birdseye-daemon",
        "# End",
    ),
    (
        "nagios/birdseye-bgp-sessions/1/4/1/default",
        "service_definition=ixp-manager-member-bgp-session-service",
        "# End",
    ),
];

#[tokio::test]
async fn five_scripts_fetch_a_configuration_that_nagios_accepts() {
    let Some(host) = Host::new(&[]).await else { return };
    let mut objects = Vec::new();
    for (number, (path, data, end)) in SCRIPTS.into_iter().enumerate() {
        let file = host.path(&format!("{number}.cfg"));
        let new = body(host.curl(&["--data", data], path).await);
        assert!(take_over(&new, &file, end), "{path}: {new}");
        objects.push(std::fs::read_to_string(file).unwrap());
    }
    checks::nagios(&objects);
    let hosts = objects.iter().flat_map(|text| text.lines()).filter(|line| *line == "define host {").count();
    assert_eq!(hosts, 2 + 1 + 1 + 3, "members by IPv4 and IPv6, switches, daemons");
}

#[tokio::test]
async fn daemons_of_one_vlan_are_fetched_by_a_plain_get_too() {
    let Some(host) = Host::new(&[]).await else { return };
    let text = body(host.curl(&[], "nagios/birdseye-daemons/default/1").await);
    assert!(text.contains("    hostgroup_name          bird-daemons-vlanid-1\n"), "{text}");
}
