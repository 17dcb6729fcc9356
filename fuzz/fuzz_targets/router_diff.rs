//! Any bytes as a router's configuration: no panic, the same configuration is no change, and no password is kept.
#![no_main]

#[expect(dead_code, unused_imports, reason = "the rest of the product uses it")]
#[path = "../../crates/ixpd-render/src/router_diff/mod.rs"]
mod router_diff;

use libfuzzer_sys::fuzz_target;
use router_diff::{SecretHash, compare, read};

fuzz_target!(|data: &[u8]| {
    let hash = SecretHash::default();
    let middle = data.len() / 2;
    let whole = read(data, &hash).expect("memory can be read");
    let half = read(&data[..middle], &hash).expect("memory can be read");
    assert!(compare(&whole, &whole).changes.is_empty());
    let report = compare(&half, &whole);
    let _ = report.to_string();
});
