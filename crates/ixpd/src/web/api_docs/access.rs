//! What an operation requires of its caller, taken from the route table.

use std::collections::HashMap;

use ixpd_types::Privilege;

use crate::{
    auth::key_level::KeyLevel,
    config::Config,
    routes::{Access, Family, Guard, table},
    web::views::api_docs::AccessView,
};

/// Guards of the route table by path and method.
pub(super) struct Guards(HashMap<(&'static str, &'static str), Guard>);

impl Guards {
    /// Reads the route table of an installation.
    pub(super) fn of(config: &Config) -> Self {
        let table = table(config);
        let guards = table.iter().flat_map(|route| {
            route.verb.methods().iter().map(|method| ((route.path, *method), route.guard()))
        });
        Self(guards.collect())
    }

    /// Returns the guard of a method in upper case at a path.
    pub(super) fn get(&self, path: &str, method: &str) -> Option<Guard> {
        self.0.get(&(path, method)).copied()
    }
}

/// Describes what a guard requires. `method` is in upper case.
pub(super) fn view(guard: Guard, method: &str) -> AccessView {
    let needed = guard.access.privilege();
    AccessView {
        label: label(needed),
        needed,
        privilege: privilege(needed),
        credential: credential(guard),
        key_level: if takes_keys(guard) { key_level(guard.key_level) } else { "" },
        // A cookie alone doesn't authorise a GET that changes data.
        is_safe: method == "GET" && !guard.changes,
    }
}

/// Whether the route reads API keys.
pub(super) fn takes_keys(guard: Guard) -> bool {
    guard.access != Access::Public && guard.family == Family::Api
}

fn label(needed: Privilege) -> &'static str {
    match needed {
        Privilege::Public => "Open to everybody",
        Privilege::CustomerUser => "Any user",
        Privilege::CustomerAdmin => "Customer administrators",
        Privilege::Superuser => "Superusers",
    }
}

fn privilege(needed: Privilege) -> String {
    match needed {
        Privilege::Public => "None: open to everybody".to_owned(),
        Privilege::Superuser => format!("{} ({})", needed.label(), needed.code()),
        needed => format!("{} ({}) or higher", needed.label(), needed.code()),
    }
}

fn credential(guard: Guard) -> &'static str {
    match (guard.access, guard.family) {
        (Access::Public, _) => "Not required; a credential that is sent is ignored",
        (Access::Optional, Family::Api) => {
            "Not required; an API key, bearer token or session that is sent must be valid"
        }
        (Access::Optional, Family::Page) => "Not required; a session is recognised, API keys are ignored",
        (_, Family::Api) if guard.changes => {
            "API key, bearer token, or session with its form token: this method changes data"
        }
        (_, Family::Api) => "API key, bearer token or session",
        (_, Family::Page) => "Session",
    }
}

fn key_level(level: KeyLevel) -> &'static str {
    match level {
        KeyLevel::ReadOnly => "Read-only, automation or full access",
        KeyLevel::Automation => "Automation or full access",
        KeyLevel::Full => "Full access",
    }
}
