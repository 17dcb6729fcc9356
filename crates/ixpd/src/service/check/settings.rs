//! Settings: what warns at the start, what is set for features that ixpd doesn't have, what means nothing.

use std::collections::BTreeMap;

use super::{Findings, listed};
use crate::{config::Config, start};

pub(super) const AREA: &str = "settings";

pub(super) fn check(config: &Config, found: &mut Findings) {
    found.about(AREA);
    let source = match config.env_file() {
        Some(path) => format!("{} and the environment", path.display()),
        None => "the environment, without an .env file".to_owned(),
    };
    let set = config.effective().iter().filter(|setting| !setting.default).count();
    found.ok(format_args!("every setting can be used; set in {source}: {set}"));
    for warning in start::warnings(config) {
        found.warning(warning);
    }
    let mut unserved: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for setting in config.unserved() {
        unserved.entry(setting.feature).or_default().push(setting.name.clone());
    }
    for (feature, names) in unserved {
        found.warning(format_args!("set, but ixpd doesn't have it yet: {feature} ({})", listed(&names)));
    }
    if !config.unused().is_empty() {
        let names = listed(config.unused());
        found.note(format_args!("names in .env that mean nothing to ixpd and do no harm: {names}"));
    }
}
