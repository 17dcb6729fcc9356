use super::{Host, body, take_over};
use crate::text::checks;

#[tokio::test]
async fn zone_is_made_of_a_head_of_its_own_and_the_fetched_records() {
    let Some(host) = Host::new(&[]).await else { return };
    for (protocol, origin) in [(4, "2.0.192.in-addr.arpa"), (6, "8.b.d.0.1.0.0.2.ip6.arpa")] {
        let records = body(host.curl(&[], &format!("dns/arpa/1/{protocol}/bind")).await);
        let file = host.path(&format!("{protocol}.zone"));
        assert!(take_over(&records, &file, ";; END"), "{records}");
        let head = "$TTL 3600\n@ IN SOA ns.example.net. hostmaster.example.net. 1 3600 600 86400 60\n@ IN NS ns.example.net.\n";
        checks::zone(origin, &format!("{head}{}", std::fs::read_to_string(file).unwrap()));
    }
}

#[tokio::test]
async fn addresses_are_fetched_as_json() {
    let Some(host) = Host::new(&[]).await else { return };
    let list: serde_json::Value = serde_json::from_str(&body(host.curl(&[], "dns/arpa/1/4").await)).unwrap();
    let numbers: Vec<u32> =
        list.as_array().unwrap().iter().map(|row| row["aton"].as_str().unwrap().parse().unwrap()).collect();
    assert!(numbers.len() == 3 && numbers.is_sorted(), "{numbers:?}");
}
