//! Any bytes as a mysqldump file: no panic, no more memory than the input asks for.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    ixpd_db::import::dump::fuzz_dump_reader(data);
});
