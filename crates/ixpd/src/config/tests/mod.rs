//! Tests of the configuration as a whole.

mod documentation;
mod errors;
mod installation;
mod sources;

use super::Config;

/// The configuration of these settings alone.
fn config(pairs: &[(&str, &str)]) -> Config {
    Config::from_pairs(pairs.iter().copied()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What keeps these settings from being used, a line each.
fn errors(pairs: &[(&str, &str)]) -> Vec<String> {
    match Config::from_pairs(pairs.iter().copied()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.to_string().lines().map(str::to_owned).collect(),
    }
}

fn warnings(config: &Config) -> Vec<String> {
    config.warnings().iter().map(ToString::to_string).collect()
}

/// The value in force of a setting, as people see it.
fn shown<'a>(config: &'a Config, name: &str) -> &'a str {
    let mut found = config.effective().iter().filter(|setting| setting.name == name);
    let setting = found.next().unwrap_or_else(|| panic!("{name} is not read"));
    assert_eq!(found.next(), None, "{name} is read twice");
    &setting.value
}
