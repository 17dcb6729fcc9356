//! Where settings come from: the command line, the process environment, the `.env` file.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    env_file::{self, SyntaxError},
    reader::{ConfigError, Warning},
    value,
};

/// The file that is read if nothing names another.
const USUAL_FILE: &str = ".env";
/// The variable that names another file.
pub(super) const ENV_FILE: &str = "IXPD_ENV_FILE";

/// Where a setting was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it has its default.
    Default,
    /// On a line of the `.env` file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, counted from 1; 0 means the file as a whole.
        line: usize,
    },
    /// In the environment of the process.
    Environment,
    /// On the command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line: 0 } => write!(f, "{}", path.display()),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment => f.write_str("environment"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// Which `.env` file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EnvFileChoice {
    /// The one that `IXPD_ENV_FILE` names, else `./.env` if there is one.
    #[default]
    Usual,
    /// This one, which must exist.
    Path(PathBuf),
    /// None at all.
    None,
}

impl From<Option<PathBuf>> for EnvFileChoice {
    /// What `--env-file` says.
    fn from(path: Option<PathBuf>) -> Self {
        path.map_or(Self::Usual, Self::Path)
    }
}

/// What the configuration is made of. Later ones win: defaults, the `.env` file, the environment, the command line.
#[derive(Clone, Default)]
pub struct LoadOptions {
    /// The `.env` file.
    pub env_file: EnvFileChoice,
    /// The environment of the process.
    pub environment: Vec<(String, String)>,
    /// What options of the command line set, by the name of the variable that they stand for.
    pub command_line: Vec<(String, String)>,
}

// The values may be secrets.
impl fmt::Debug for LoadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadOptions").field("env_file", &self.env_file).finish_non_exhaustive()
    }
}

impl LoadOptions {
    /// The environment of this process and the given `.env` file.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process(env_file: impl Into<EnvFileChoice>) -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        Self { env_file: env_file.into(), environment, command_line: Vec::new() }
    }

    /// The `.env` file that is read if it is there; none if none is to be read.
    pub fn env_file_path(&self) -> Option<PathBuf> {
        chosen_file(self).map(|(path, _)| path.into_owned())
    }

    /// What the environment says.
    pub fn environment(&self, name: &str) -> Option<&str> {
        last(&self.environment, name)
    }
}

/// A value as it was found.
pub(super) struct Raw {
    pub(super) value: String,
    pub(super) origin: Origin,
}

/// Everything that was set, each name with the value that wins.
#[derive(Default)]
pub(super) struct Layers {
    values: HashMap<String, Raw>,
    pub(super) file: Option<Arc<Path>>,
    /// The file can't be read.
    pub(super) error: Option<ConfigError>,
    /// Lines of the file that can't be read.
    pub(super) syntax: Vec<SyntaxError>,
    pub(super) warnings: Vec<Warning>,
}

impl Layers {
    pub(super) fn gather(options: &LoadOptions) -> Self {
        let mut layers = Self::default();
        if let Some((path, named_by)) = chosen_file(options) {
            layers.read_file(&path, named_by, options);
        }
        for (pairs, origin) in
            [(&options.environment, Origin::Environment), (&options.command_line, Origin::CommandLine)]
        {
            for (name, value) in pairs {
                layers.set(name, value, origin.clone());
            }
        }
        layers
    }

    pub(super) fn get(&self, name: &str) -> Option<&Raw> {
        self.values.get(name)
    }

    /// Every name that was set, sorted by where and then by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Raw)> {
        let mut all: Vec<_> = self.values.iter().map(|(name, raw)| (name.as_str(), raw)).collect();
        all.sort_by_key(|(name, raw)| match raw.origin {
            Origin::File { line, .. } => (0, line, *name),
            _ => (1, 0, *name),
        });
        all.into_iter()
    }

    fn set(&mut self, name: &str, value: &str, origin: Origin) {
        let value = without_outer_quotes(value).to_owned();
        self.values.insert(name.to_owned(), Raw { value, origin });
    }

    /// `named_by` is what asked for the file; a file that nothing asked for needn't exist.
    fn read_file(&mut self, path: &Path, named_by: Option<Origin>, options: &LoadOptions) {
        let bytes = match fs_err::read(path) {
            Ok(bytes) => bytes,
            Err(error) if named_by.is_none() && error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                self.error = Some(ConfigError {
                    name: named_by.as_ref().map(|_| ENV_FILE.to_owned()),
                    origin: named_by.unwrap_or(Origin::File { path: path.into(), line: 0 }),
                    value: None,
                    reason: format!("{error}; accepted: a file that this user can read"),
                });
                return;
            }
        };
        let path: Arc<Path> = path.into();
        let text = String::from_utf8_lossy(&bytes);
        let file = env_file::parse(&text, |name| last(&options.environment, name).map(str::to_owned));
        for entry in file.entries {
            let origin = Origin::File { path: Arc::clone(&path), line: entry.line };
            let Some(value) = entry.value else {
                let message = "a line without `=` sets nothing".to_owned();
                self.values.remove(&entry.name);
                self.warnings.push(Warning { origin, message });
                continue;
            };
            self.warn_if_contradicted(&entry.name, &value, &origin);
            self.set(&entry.name, &value, origin);
        }
        self.syntax = file.errors;
        self.file = Some(path);
    }

    fn warn_if_contradicted(&mut self, name: &str, value: &str, origin: &Origin) {
        let Some(earlier) = self.values.get(name).filter(|raw| raw.value != without_outer_quotes(value))
        else {
            return;
        };
        let message =
            format!("{name} was set to something else before ({}); the last one counts", earlier.origin);
        self.warnings.push(Warning { origin: origin.clone(), message });
    }
}

/// The file to read, and what asked for it.
fn chosen_file(options: &LoadOptions) -> Option<(Cow<'_, Path>, Option<Origin>)> {
    match &options.env_file {
        EnvFileChoice::None => None,
        EnvFileChoice::Path(path) => Some((path.into(), Some(Origin::CommandLine))),
        EnvFileChoice::Usual => {
            match last(&options.environment, ENV_FILE).filter(|path| !value::is_blank(path)) {
                Some(path) => Some((Path::new(path).into(), Some(Origin::Environment))),
                None => Some((Path::new(USUAL_FILE).into(), None)),
            }
        }
    }
}

fn last<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// Laravel takes one more pair of quotes off any value, which is what values of `docker run --env-file` need.
fn without_outer_quotes(value: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::without_outer_quotes;

    #[test]
    fn one_pair_of_quotes_is_taken_off() {
        for (value, expected) in
            [("\"a b\"", "a b"), ("'a'", "a"), ("'\"a\"'", "\"a\""), ("\"a'", "\"a'"), ("\"", "\""), ("", "")]
        {
            assert_eq!(without_outer_quotes(value), expected, "{value}");
        }
    }
}
