//! Any bytes as a mysqldump file: no panic, no more memory than the input asks for.
#![no_main]

#[expect(dead_code, unused_imports, reason = "the rest of the product uses it")]
#[path = "../../crates/ixpd-db/src/import/dump/mod.rs"]
mod dump;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    dump::fuzz_dump_reader(data);
});
