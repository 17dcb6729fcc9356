use std::io::Write as _;

/// Says that a test, or a part of it, can't run here and why. The caller then returns.
///
/// `scripts/test` collects these in the file that `IXPD_TEST_SKIP_LOG` names, so that its closing line counts such a
/// test as skipped and not as passed.
pub fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
    let Some(path) = std::env::var_os("IXPD_TEST_SKIP_LOG") else { return };
    let thread = std::thread::current();
    let line = format!("{}\t{reason}\n", thread.name().unwrap_or("unnamed"));
    // One write of one line: several test processes append to the file at once.
    let mut log = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    log.write_all(line.as_bytes()).unwrap();
}
