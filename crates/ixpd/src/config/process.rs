//! Who started this process.

/// The name of the operating system's account, of the one behind `sudo` where that is told.
#[expect(clippy::disallowed_methods, reason = "the environment is read in this module")]
pub fn process_user() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}
