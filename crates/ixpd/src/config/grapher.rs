//! What graphs are made by: `GRAPHER_*`.

use super::{
    reader::{BadDefault, Reader, var},
    value::{Refusal, one_of, text, whole_number},
};

/// A program that makes graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrapherBackend {
    /// Pictures of nothing.
    Dummy,
    /// Counters of switch ports.
    Mrtg,
    /// Samples of traffic.
    Sflow,
    /// Times of ping.
    Smokeping,
}

impl GrapherBackend {
    /// The names and what they stand for.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("dummy", Self::Dummy),
        ("mrtg", Self::Mrtg),
        ("sflow", Self::Sflow),
        ("smokeping", Self::Smokeping),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, backend)| *backend == self).map_or("", |(name, _)| name)
    }

    /// The backend of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, backend)| *backend)
    }
}

/// What graphs are made by.
#[derive(Clone, Debug)]
pub struct GrapherConfig {
    /// Those that are used, the first that can make a graph before others.
    pub backends: Vec<GrapherBackend>,
    /// Whether MRTG keeps databases of rrdtool, not logs.
    pub mrtg_rrd: bool,
    /// Where MRTG keeps its files, as its daemon sees it.
    pub mrtg_work_dir: String,
    /// Where MRTG's data is read from: a folder, or the URL of one.
    pub mrtg_log_dir: String,
    /// The least privilege, by its number, that sees the graphs of the whole exchange; 0 is everybody.
    pub access_ixp: u8,
}

impl GrapherConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Graphs");
        let (backends, foreign) = r.read(
            var(
                "GRAPHER_BACKENDS",
                "dummy",
                "programs that make graphs, separated by `|`: `dummy`, `mrtg`, `sflow`, `smokeping`; others are left out with a warning",
            ),
            backends,
        )?;
        if !foreign.is_empty() {
            let used = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(", ");
            let message = format!(
                "GRAPHER_BACKENDS names backends that ixpd doesn't have: {}. Graphs are made by {used}; ixpd has {}",
                foreign.join(", "),
                GrapherBackend::NAMES.map(|(name, _)| name).join(", ")
            );
            r.warn("GRAPHER_BACKENDS", message);
        }
        Ok(Self {
            backends,
            mrtg_rrd: r.read(
                var("GRAPHER_BACKEND_MRTG_DBTYPE", "log", "how MRTG keeps its data: `log` or `rrd`"),
                one_of(&[("log", false), ("rrd", true)]),
            )?,
            mrtg_work_dir: r.read(
                var(
                    "GRAPHER_BACKEND_MRTG_WORKDIR",
                    "/tmp",
                    "where MRTG keeps its files, as its daemon sees it",
                ),
                folder,
            )?,
            mrtg_log_dir: r.read(
                var("GRAPHER_BACKEND_MRTG_LOGDIR", "/tmp", "where MRTG's data is read from: a folder or the URL of one"),
                text,
            )?,
            access_ixp: r.read(
                var(
                    "GRAPHER_ACCESS_IXP",
                    "0",
                    "least privilege that sees graphs of the whole exchange: 0 everybody, 1 users, 2 administrators of members, 3 superusers",
                ),
                whole_number(0..=3),
            )?,
        })
    }

    /// Whether MRTG's own logs are what graphs are taken from.
    pub fn reads_mrtg_logs(&self) -> bool {
        self.backends.contains(&GrapherBackend::Mrtg) && !self.mrtg_rrd
    }
}

/// The backends of a list, and the names in it that mean none here: an exchange may have backends of its own in IXP
/// Manager. Without one that is known it is the dummy.
fn backends(names: &str) -> Result<(Vec<GrapherBackend>, Vec<String>), Refusal> {
    let (mut known, mut foreign) = (Vec::new(), Vec::new());
    for name in names.split('|').map(str::trim).filter(|name| !name.is_empty()) {
        match GrapherBackend::by_name(name) {
            Some(backend) => known.push(backend),
            None if name.chars().any(char::is_control) => {
                return Err("accepted: names separated by `|`, without control characters".to_owned());
            }
            None => foreign.push(name.to_owned()),
        }
    }
    if known.is_empty() {
        known.push(GrapherBackend::Dummy);
    }
    Ok((known, foreign))
}

fn folder(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.starts_with('/') && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("accepted: a path that begins with /".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_are_read_in_their_order() {
        let known = vec![GrapherBackend::Mrtg, GrapherBackend::Smokeping];
        assert_eq!(backends("MRTG | smokeping"), Ok((known, Vec::new())));
    }

    #[test]
    fn backends_of_somebody_s_own_warn_and_are_left_out() {
        for (names, used) in [("mrtg|cacti", GrapherBackend::Mrtg), ("cacti", GrapherBackend::Dummy)] {
            let config = crate::config::Config::from_pairs([("GRAPHER_BACKENDS", names)])
                .expect("settings that start");
            assert_eq!(config.grapher.backends, [used], "{names}");
            let warnings = config.warnings();
            let parts = ["GRAPHER_BACKENDS", "cacti", used.name(), "dummy, mrtg, sflow, smokeping"];
            assert!(
                warnings.iter().any(|warning| parts.iter().all(|part| warning.message.contains(part))),
                "{warnings:?}"
            );
        }
    }

    #[test]
    fn folder_is_an_absolute_path() {
        assert_eq!(folder(" /srv/mrtg "), Ok("/srv/mrtg".to_owned()));
        assert!(folder("mrtg").is_err());
        assert!(folder("/srv\nTarget[x]: y").is_err());
    }
}
