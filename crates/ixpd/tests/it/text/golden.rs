//! What a public data set of real 7.4 data gives, whole and the same on each database.

use ixpd_testkit::shared;

use super::{checks, execute, get, on_data_set, text};

const PATHS: [&str; 12] = [
    "nagios/customers/1/4",
    "nagios/customers/2/6",
    "nagios/switches/1",
    "nagios/birdseye-daemons",
    "nagios/birdseye-bgp-sessions/1/6/1",
    "nagios/birdseye-bgp-sessions/2/6/2",
    "dns/arpa/1/4",
    "dns/arpa/1/4/bind",
    "dns/arpa/2/6/bind-full",
    "user/json/3",
    "grapher/config",
    "grapher/config?backend=smokeping&vlanid=1&protocol=ipv4",
];

#[tokio::test]
async fn public_data_set_gives_the_same_texts_on_each_database() {
    for app in on_data_set(&[("GRAPHER_BACKENDS", "mrtg|smokeping")]).await {
        // The set has no names of its own.
        execute(&app, "UPDATE vlaninterface SET ipv4hostname = 'v4-' || id || '.example.net'").await;
        execute(&app, "UPDATE vlaninterface SET ipv6hostname = 'v6-' || id || '.example.net'").await;
        for path in PATHS {
            let answer = get(&app, path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let name = path.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            insta::assert_snapshot!(format!("data-set-{name}"), shared::without_times(answer.text()));
        }
        let mut objects = Vec::new();
        for path in
            ["nagios/customers/1/4", "nagios/customers/1/6", "nagios/customers/2/4", "nagios/switches/1"]
        {
            objects.push(text(&get(&app, path).await).to_owned());
        }
        for path in [
            "nagios/birdseye-daemons",
            "nagios/birdseye-bgp-sessions/1/6/1",
            "nagios/birdseye-bgp-sessions/1/4/2",
        ] {
            objects.push(text(&get(&app, path).await).to_owned());
        }
        checks::nagios(&objects);
        checks::mrtg(text(&get(&app, "grapher/config").await));
    }
}
