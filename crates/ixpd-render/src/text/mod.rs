//! Configuration for other programs, made from a folder of templates of which the client names one.

pub mod dns;
pub mod mailing_list;
pub mod mrtg;
pub mod nagios;
pub mod smokeping;
pub mod tacacs;

use std::marker::PhantomData;

use chrono::NaiveDateTime;
use serde::{Serialize, Serializer};

use crate::{Engine, RenderError};

/// What the templates of one folder see.
pub trait TextContext: Serialize {
    /// The folder below the template directory: `nagios/customers`.
    const FOLDER: &'static str;
    /// The template of that folder that counts where none is named.
    const DEFAULT: &'static str = "default";

    /// Contexts that reach every branch of the built-in templates. The first is what documents show as an example: it has
    /// something of everything, and harmless names.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A template of a folder that is there.
#[derive(Clone, Debug)]
pub struct TextTemplate<C> {
    name: String,
    context: PhantomData<fn(C)>,
}

impl<C: TextContext> TextTemplate<C> {
    /// Its name without folder and extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn file(&self) -> String {
        format!("{}/{}.txt", C::FOLDER, self.name)
    }
}

impl Engine {
    /// The template of a name, or the default one. A name counts in lower case and without anything but letters, digits
    /// and `-`. `None` if there is no such template.
    ///
    /// # Errors
    /// When the file can't be read or isn't a template.
    pub fn text_template<C: TextContext>(
        &self,
        asked: Option<&str>,
    ) -> Result<Option<TextTemplate<C>>, RenderError> {
        let name = asked.map_or_else(|| C::DEFAULT.to_owned(), sanitised);
        let template = TextTemplate { name, context: PhantomData };
        if template.name.is_empty() || !self.has(&template.file())? {
            return Ok(None);
        }
        Ok(Some(template))
    }

    /// Renders a template.
    ///
    /// # Errors
    /// When the template fails with this context.
    pub fn render_text<C: TextContext>(
        &self,
        template: &TextTemplate<C>,
        context: &C,
    ) -> Result<String, RenderError> {
        self.render_named(&template.file(), context)
    }
}

/// What the default template of a folder makes of the first sample.
///
/// # Errors
/// When it fails, which is a defect.
pub fn example<C: TextContext>() -> Result<String, RenderError> {
    let context = C::samples().into_iter().next();
    Engine::new(None).render_named(&format!("{}/{}.txt", C::FOLDER, C::DEFAULT), &context)
}

/// A template's name as it counts.
fn sanitised(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-').collect()
}

type RenderSamples = fn(&Engine, &str) -> Vec<Result<String, RenderError>>;

/// Every folder, and how its samples are rendered with the template of a file.
const FOLDERS: &[(&str, RenderSamples)] = &[
    (dns::Arpa::FOLDER, render_samples::<dns::Arpa>),
    (mailing_list::Addresses::FOLDER, render_samples::<mailing_list::Addresses>),
    (mailing_list::Started::FOLDER, render_samples::<mailing_list::Started>),
    (mrtg::Mrtg::FOLDER, render_samples::<mrtg::Mrtg>),
    (nagios::BgpSessions::FOLDER, render_samples::<nagios::BgpSessions>),
    (nagios::Customers::FOLDER, render_samples::<nagios::Customers>),
    (nagios::Daemons::FOLDER, render_samples::<nagios::Daemons>),
    (nagios::Switches::FOLDER, render_samples::<nagios::Switches>),
    (smokeping::Smokeping::FOLDER, render_samples::<smokeping::Smokeping>),
    (tacacs::Formatted::FOLDER, render_samples::<tacacs::Formatted>),
];

fn render_samples<C: TextContext>(engine: &Engine, file: &str) -> Vec<Result<String, RenderError>> {
    C::samples().iter().map(|context| engine.render_named(file, context)).collect()
}

/// Renders every sample with every template of its folder, those of the skin included, and returns what fails.
pub(crate) fn problems(engine: &Engine) -> Vec<RenderError> {
    let mut problems = Vec::new();
    for (folder, samples) in FOLDERS {
        for file in engine.files_of(folder) {
            problems.extend(samples(engine, &file).into_iter().filter_map(Result::err));
        }
    }
    problems
}

/// `2026-03-01 14:05:00`, as pages write it.
fn seconds<S: Serializer>(wall: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&wall.format("%Y-%m-%d %H:%M:%S"))
}

/// A VLAN, as headings name it.
#[derive(Clone, Debug, Serialize)]
pub struct Vlan {
    /// `vlan.id`.
    pub id: i32,
    /// 802.1Q tag; 0 where none is stored.
    pub number: i32,
    /// On one line.
    pub name: OneLine,
}

/// Text without line breaks and control characters, safe behind a comment sign: where a backslash at the end of a line
/// would join the next one to it, there is a slash.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OneLine(String);

impl OneLine {
    /// Any text, on one line.
    pub fn new(text: &str) -> Self {
        Self(crate::engine::one_line(text).replace('\\', "/"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the samples' comments name as incomplete.
fn samples_left_out(name: &str) -> Vec<OneLine> {
    vec![OneLine::new(&format!(
        "vlaninterface.id 9 ({name}): IPv4 left out: it is enabled without an address"
    ))]
}

/// When samples are made.
fn samples_at() -> NaiveDateTime {
    chrono::DateTime::UNIX_EPOCH.naive_utc() + chrono::Duration::days(20_500)
}

/// A name that tries to break out of every format there is.
const HOSTILE: &str = "Evil\n}\ndefine command {\";'`$(id)\\ <b> & { # %";

/// The VLAN of samples, with a harmless name and with a hostile one.
fn sample_vlans() -> [Vlan; 2] {
    [
        Vlan { id: 2, number: 20, name: OneLine::new("Peering LAN") },
        Vlan { id: 3, number: 30, name: OneLine::new(HOSTILE) },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_built_in_template_renders_with_every_sample() {
        let engine = Engine::new(None);
        for (folder, samples) in FOLDERS {
            let files = engine.files_of(folder);
            assert!(!files.is_empty(), "{folder}");
            for file in files {
                for (number, text) in samples(&engine, &file).into_iter().enumerate() {
                    let name = file.trim_end_matches(".txt").replace('/', "-");
                    insta::assert_snapshot!(format!("{name}-{number}"), text.expect("a sample renders"));
                }
            }
        }
    }

    #[test]
    fn every_folder_of_text_templates_has_a_context() {
        let folders: BTreeSet<_> = FOLDERS.iter().map(|(folder, _)| (*folder).to_owned()).collect();
        let built_in: BTreeSet<_> = crate::embedded::TEMPLATES
            .iter()
            .filter_map(|(name, _)| name.rsplit_once('/'))
            .map(|(folder, _)| folder.to_owned())
            .filter(|folder| {
                !matches!(folder.as_str(), "mail" | "grapher/mrtg-parts") && !folder.starts_with("router/")
            })
            .collect();
        assert_eq!(folders, built_in);
    }

    #[test]
    fn name_of_a_template_counts_in_lower_case_and_without_odd_characters() {
        let engine = Engine::new(None);
        let found = |asked: &str| {
            engine
                .text_template::<dns::Arpa>(Some(asked))
                .expect("readable")
                .map(|found| found.name().to_owned())
        };
        assert_eq!(found("bind").as_deref(), Some("bind"));
        assert_eq!(found("Bind-Full").as_deref(), Some("bind-full"));
        assert_eq!(found("b/i.n_d").as_deref(), Some("bind"));
        for unknown in ["", "..", "nothing", "../../mail/layout", "!"] {
            assert_eq!(found(unknown), None, "{unknown}");
        }
        let default = engine.text_template::<nagios::Customers>(None).expect("readable").expect("built in");
        assert_eq!(default.name(), "default");
    }

    #[test]
    fn skin_adds_templates_and_replaces_ours_and_its_mistakes_are_found() {
        let dir = tempfile::tempdir().expect("a directory");
        let engine = Engine::new(Some(dir.path().to_owned()));
        let unknown = || engine.text_template::<dns::Arpa>(Some("unbound")).expect("readable");
        assert!(unknown().is_none());
        let file = dir.path().join("dns/arpa/unbound.txt");
        fs_err::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        fs_err::write(&file, "{% for row in arpa %}{{ row.arpa }} {{ row.hostname }}\n{% endfor %}")
            .expect("a file");
        let template = unknown().expect("it is there now");
        let context = dns::Arpa::samples().remove(0);
        let text = engine.render_text(&template, &context).expect("a text");
        assert!(text.starts_with("2.2.0.192.in-addr.arpa. "), "{text}");
        assert_eq!(engine.problems(), []);
        fs_err::write(&file, "{{ nonsense }}").expect("a file");
        let problems = engine.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].file.ends_with("dns/arpa/unbound.txt"), "{problems:?}");
    }
}
