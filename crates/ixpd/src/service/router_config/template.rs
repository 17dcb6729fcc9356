//! What `routers.template` asks for, and which version of BIRD it is written for.

use ixpd_db::entity::routers;
use ixpd_render::router::{Dialect, RouterKind};

use super::error::{Refusals, RouterConfigError};

/// A template of IXP Manager by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RouterTemplate {
    pub(super) kind: RouterKind,
    pub(super) generation: Generation,
}

/// How old the syntax of a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// BIRD 1.
    Bird1,
    /// BIRD 2 as it was until 2.13.
    Bird2,
    /// BIRD 2.17, and 3.1.
    Bird2025,
}

impl Generation {
    /// Its part of the template's name.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Bird1 => "bird",
            Self::Bird2 => "bird2",
            Self::Bird2025 => "bird2-2025",
        }
    }

    /// The version whose syntax it has unless the router's is known to be another.
    const fn version(self) -> (u32, u32, &'static str) {
        match self {
            Self::Bird1 | Self::Bird2 => (2, 0, "2.0.12"),
            Self::Bird2025 => (2, 17, "2.17"),
        }
    }
}

const TEMPLATES: [(&str, RouterKind, Generation); 8] = [
    ("api/v4/router/server/bird/standard", RouterKind::Server, Generation::Bird1),
    ("api/v4/router/server/bird2/standard", RouterKind::Server, Generation::Bird2),
    ("api/v4/router/server/bird2-2025/standard", RouterKind::Server, Generation::Bird2025),
    ("api/v4/router/collector/bird/standard", RouterKind::Collector, Generation::Bird1),
    ("api/v4/router/collector/bird2/standard", RouterKind::Collector, Generation::Bird2),
    ("api/v4/router/collector/bird2-2025/standard", RouterKind::Collector, Generation::Bird2025),
    ("api/v4/router/as112/bird/standard", RouterKind::As112, Generation::Bird1),
    ("api/v4/router/as112/bird2/standard", RouterKind::As112, Generation::Bird2),
];

impl RouterTemplate {
    pub(super) fn parse(router: &routers::Model) -> Result<Self, RouterConfigError> {
        let name = router.template.trim();
        let found = TEMPLATES.iter().find(|(known, ..)| *known == name);
        found.map(|(_, kind, generation)| Self { kind: *kind, generation: *generation }).ok_or_else(|| {
            let names: Vec<_> = TEMPLATES.iter().map(|(name, ..)| *name).collect();
            Refusals::of(router).refuse("template", name, names.join(", "))
        })
    }

    /// Names of the constants for the router's AS number and address.
    pub(super) const fn constants(self) -> (&'static str, &'static str) {
        match self.kind {
            RouterKind::Server => ("routeserverasn", "routeserveraddress"),
            RouterKind::Collector | RouterKind::As112 => ("routerasn", "routeraddress"),
        }
    }

    /// What an operator should know of the choice of the template.
    pub(super) fn warning(self) -> Option<&'static str> {
        (self.generation == Generation::Bird1).then_some(
            "routers.template asks for BIRD 1, which ixpd does not write: this is for BIRD 2 and runs in no BIRD 1",
        )
    }

    /// What to write for a router that runs `software_version`, and what is wrong with that.
    pub(super) fn dialect(self, software_version: Option<&str>) -> (Dialect, Option<String>) {
        let folder = self.generation.folder();
        let (major, minor, name) = self.generation.version();
        let usual = |reason: String| Dialect::of(major, minor, name.to_owned(), reason);
        let Some(text) = software_version.map(str::trim).filter(|text| !text.is_empty()) else {
            let reason =
                format!("as the template {folder} means where routers.software_version says nothing");
            return (usual(reason), None);
        };
        let text = ixpd_render::router::text::label(text);
        let Some((own_major, own_minor, own_name)) = version_in(&text) else {
            let reason =
                format!("as the template {folder} means where routers.software_version has no version");
            let warning =
                format!("routers.software_version is `{text}`, in which there is no version of BIRD");
            return (usual(reason), Some(warning));
        };
        if (own_major, own_minor) < (2, 0) {
            let reason = "the oldest that ixpd writes".to_owned();
            let warning =
                format!("routers.software_version is `{text}`, older than anything that ixpd writes");
            return (Dialect::of(2, 0, "2.0.12".to_owned(), reason), Some(warning));
        }
        (Dialect::of(own_major, own_minor, own_name, "as routers.software_version says".to_owned()), None)
    }
}

/// The first version in a text such as `2.17.5`, `v2.15` or `BIRD 3.1.7-2`.
fn version_in(text: &str) -> Option<(u32, u32, String)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    text.split(|c| !is_part(c)).find_map(|word| {
        let mut numbers = word.split('.').map(str::parse::<u32>);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        (1..10).contains(&major).then(|| (major, minor, word.trim_end_matches('.').to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(generation: Generation, version: Option<&str>) -> Dialect {
        RouterTemplate { kind: RouterKind::Server, generation }.dialect(version).0
    }

    #[test]
    fn syntax_follows_the_template_and_then_the_version() {
        for (generation, version, name, features) in [
            (Generation::Bird2, None, "2.0.12", (false, false, false)),
            (Generation::Bird2, Some("2.0.7"), "2.0.7", (false, false, false)),
            (Generation::Bird2, Some("2.14"), "2.14", (true, false, false)),
            (Generation::Bird2, Some("v2.16.1"), "2.16.1", (true, true, false)),
            (Generation::Bird2, Some("BIRD 2.17.5"), "2.17.5", (true, true, true)),
            (Generation::Bird2, Some("3.1.7-1~deb13"), "3.1.7", (true, true, true)),
            (Generation::Bird2, Some("1.6.8"), "2.0.12", (false, false, false)),
            (Generation::Bird2, Some("stable"), "2.0.12", (false, false, false)),
            (Generation::Bird2025, None, "2.17", (true, true, true)),
            (Generation::Bird2025, Some("2.13"), "2.13", (false, false, false)),
            (Generation::Bird2025, Some("3.0.1"), "3.0.1", (true, true, false)),
            (Generation::Bird2025, Some("3.1"), "3.1", (true, true, true)),
            (Generation::Bird1, None, "2.0.12", (false, false, false)),
        ] {
            let dialect = dialect(generation, version);
            let found = (!dialect.returns_bool.is_empty(), dialect.rtr_versions, dialect.authentication);
            assert_eq!((dialect.name.as_str(), found), (name, features), "{generation:?} {version:?}");
        }
    }

    #[test]
    fn version_that_is_none_or_too_old_is_warned_of() {
        let template = RouterTemplate { kind: RouterKind::Server, generation: Generation::Bird2 };
        for version in ["stable", "1.6.8", "20.04"] {
            let warning = template.dialect(Some(version)).1.expect("a warning");
            assert!(warning.contains(&format!("`{version}`")), "{warning}");
        }
        assert_eq!(template.dialect(Some("2.17")).1, None);
    }
}
