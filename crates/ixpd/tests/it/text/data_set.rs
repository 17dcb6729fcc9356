//! What a public data set of real 7.4 data gives is taken by those that it is for.

use super::{checks, get, on_data_set, text};

#[tokio::test]
async fn nagios_and_mrtg_take_what_the_public_data_set_gives() {
    for app in on_data_set(&[("GRAPHER_BACKENDS", "mrtg|smokeping")]).await {
        let mut objects = Vec::new();
        for path in [
            "nagios/customers/1/4",
            "nagios/customers/1/6",
            "nagios/customers/2/4",
            "nagios/switches/1",
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
