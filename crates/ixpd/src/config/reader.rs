//! [`Reader`]: looks settings up and keeps account of each: value, origin, error.

use std::{borrow::Cow, fmt};

use secrecy::SecretString;

use super::{
    source::{Layers, Origin},
    value::{self, Refusal},
};

/// One variable: all that is to be known of it beside its parser. Made by [`var`].
#[derive(Debug)]
pub(super) struct Var {
    name: &'static str,
    default: Cow<'static, str>,
    usual: Option<&'static str>,
    meaning: &'static str,
    secrecy: Secrecy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secrecy {
    Open,
    Secret,
    /// A URL whose password is the secret.
    Url,
}

/// The variable `name`, what stands in for it where it isn't set (as one would write it in `.env`), and what it means.
pub(super) fn var(name: &'static str, default: impl Into<Cow<'static, str>>, meaning: &'static str) -> Var {
    Var { name, default: default.into(), usual: None, meaning, secrecy: Secrecy::Open }
}

impl Var {
    /// Never shown.
    pub(super) fn secret(self) -> Self {
        Self { secrecy: Secrecy::Secret, ..self }
    }

    /// A URL: shown without its password.
    pub(super) fn url(self) -> Self {
        Self { secrecy: Secrecy::Url, ..self }
    }

    /// Says in words where the default comes from, if it depends on other settings.
    pub(super) fn usually(self, usual: &'static str) -> Self {
        Self { usual: Some(usual), ..self }
    }

    fn shown(&self, value: &str) -> String {
        match self.secrecy {
            _ if value.is_empty() => String::new(),
            Secrecy::Secret => MASK.to_owned(),
            Secrecy::Url => masked_url(value),
            Secrecy::Open if value.contains("://") && value.contains('@') => masked_url(value),
            Secrecy::Open => printable(value),
        }
    }
}

const MASK: &str = "********";

/// The URL without password and options. What can't be taken apart for certain isn't shown at all.
fn masked_url(text: &str) -> String {
    let Some(mut url) = url::Url::parse(text).ok().filter(|url| url.has_host() || url.scheme() == "sqlite")
    else {
        return MASK.to_owned();
    };
    url.set_query(None);
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    printable(url.as_str())
}

/// One line of bounded length.
fn printable(value: &str) -> String {
    const LONGEST: usize = 200;
    let mut line: String =
        value.chars().take(LONGEST).map(|c| if c.is_control() { '␤' } else { c }).collect();
    if value.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// A setting as it is in force, for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// The variable.
    pub name: &'static str,
    /// What it is about.
    pub section: &'static str,
    /// The value in force; that of a secret is masked.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
    /// Whether nothing set it.
    pub default: bool,
    /// What is in force if nothing sets it, in words where that depends on other settings.
    pub standard: String,
    /// What it means.
    pub meaning: &'static str,
}

/// One setting that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The variable; none if it is about a file.
    pub name: Option<String>,
    /// Where it was set.
    pub origin: Origin,
    /// The value found; that of a secret is masked.
    pub value: Option<String>,
    /// What is wrong with it and what is accepted.
    pub reason: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, &self.value) {
            (Some(name), Some(value)) => write!(f, "{name}={value} ({}): {}", self.origin, self.reason),
            (Some(name), None) => write!(f, "{name} ({}): {}", self.origin, self.reason),
            (None, _) => write!(f, "{}: {}", self.origin, self.reason),
        }
    }
}

/// Every setting that can't be used; one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    pub(super) fn new(errors: Vec<ConfigError>) -> Self {
        Self(errors)
    }

    /// The errors, in the order of the sections.
    pub fn errors(&self) -> &[ConfigError] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Something an operator should know that keeps nothing from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where it was set.
    pub origin: Origin,
    /// What is to be known, naming the variable.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.origin)
    }
}

/// A default that its own parser refuses: a mistake in this program, which a test would have found.
#[derive(Debug)]
pub(super) struct BadDefault;

/// Looks settings up. A value that is refused is noted and its default used instead, so that one run finds all errors.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    section: &'static str,
    pub(super) settings: Vec<EffectiveSetting>,
    pub(super) errors: Vec<ConfigError>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers) -> Self {
        Self { layers, section: "", settings: Vec::new(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// Names what the settings that follow are about.
    pub(super) fn section(&mut self, name: &'static str) {
        self.section = name;
    }

    /// A setting that always has a value. One that is blank or `null` counts as not set.
    pub(super) fn read<T>(
        &mut self,
        var: Var,
        parse: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Result<T, BadDefault> {
        let found = self.layers.get(var.name).filter(|raw| !value::is_blank(&raw.value));
        if let Some(raw) = found {
            match accept(&raw.value, &parse) {
                Ok(value) => {
                    self.record(&var, &raw.value, &raw.origin);
                    return Ok(value);
                }
                Err(reason) => self.note_error(&var, &raw.value, &raw.origin, reason),
            }
        }
        self.record(&var, &var.default, &Origin::Default);
        match parse(&var.default) {
            Ok(value) => Ok(value),
            Err(reason) => {
                self.note_error(&var, &var.default, &Origin::Default, reason);
                Err(BadDefault)
            }
        }
    }

    /// A setting that may be absent: not set, blank, `null` or `false`.
    pub(super) fn optional<T>(&mut self, var: Var, parse: impl Fn(&str) -> Result<T, Refusal>) -> Option<T> {
        let Some(raw) = self.layers.get(var.name) else {
            self.record(&var, &var.default, &Origin::Default);
            return None;
        };
        let text = if value::is_absent(&raw.value) { "" } else { &raw.value };
        self.record(&var, text, &raw.origin);
        if text.is_empty() {
            return None;
        }
        accept(text, parse).map_err(|reason| self.note_error(&var, text, &raw.origin, reason)).ok()
    }

    /// A setting that is on or off. One that is set and blank is off, as in PHP.
    pub(super) fn flag(&mut self, var: Var) -> bool {
        let raw = self.layers.get(var.name);
        let (text, origin) = raw.map_or((&*var.default, &Origin::Default), |raw| (&raw.value, &raw.origin));
        let on = match accept(text, value::boolean) {
            Ok(on) => on,
            Err(reason) => {
                self.note_error(&var, text, origin, reason);
                value::boolean(&var.default).unwrap_or_default()
            }
        };
        self.record(&var, if on { "true" } else { "false" }, origin);
        on
    }

    /// A setting that is any text. One that is set and blank is empty.
    pub(super) fn text(&mut self, var: Var) -> String {
        let raw = self.layers.get(var.name);
        let (text, origin) = raw.map_or((&*var.default, &Origin::Default), |raw| (&raw.value, &raw.origin));
        let text = if raw.is_some() && value::is_blank(text) { "" } else { text };
        if let Err(reason) = accept(text, value::text) {
            self.note_error(&var, text, origin, reason);
        }
        self.record(&var, text, origin);
        text.to_owned()
    }

    /// A list; not set, blank, `null` and `false` make an empty one.
    pub(super) fn list<T>(
        &mut self,
        var: Var,
        separators: &'static [char],
        item: impl Fn(&str) -> Result<T, Refusal>,
    ) -> Vec<T> {
        self.optional(var, value::list(separators, item)).unwrap_or_default()
    }

    /// A secret text that may be absent.
    pub(super) fn secret(&mut self, var: Var) -> Option<SecretString> {
        self.optional(var.secret(), |text| Ok(SecretString::from(text)))
    }

    /// Whether the setting was given a value, even an unusable one. Not blank: that is no value.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.layers.get(name).is_some_and(|raw| !value::is_blank(&raw.value))
    }

    /// Whether the setting is there at all, blank or not.
    pub(super) fn is_present(&self, name: &str) -> bool {
        self.layers.get(name).is_some()
    }

    /// Notes that a setting read before doesn't do after all.
    pub(super) fn refuse(&mut self, name: &'static str, reason: impl Into<String>) {
        let setting = self.settings.iter().find(|setting| setting.name == name);
        self.errors.push(ConfigError {
            name: Some(name.to_owned()),
            origin: setting.map_or(Origin::Default, |setting| setting.origin.clone()),
            value: setting.filter(|setting| !setting.default).map(|setting| setting.value.clone()),
            reason: reason.into(),
        });
    }

    /// Notes something about a setting that the operator should know.
    pub(super) fn warn(&mut self, name: &str, message: impl Into<String>) {
        let origin = self.layers.get(name).map_or(Origin::Default, |raw| raw.origin.clone());
        self.warnings.push(Warning { origin, message: message.into() });
    }

    fn record(&mut self, var: &Var, value: &str, origin: &Origin) {
        self.settings.push(EffectiveSetting {
            name: var.name,
            section: self.section,
            value: var.shown(value),
            origin: origin.clone(),
            default: *origin == Origin::Default,
            standard: var.usual.map_or_else(|| var.default.to_string(), str::to_owned),
            meaning: var.meaning,
        });
    }

    fn note_error(&mut self, var: &Var, value: &str, origin: &Origin, reason: String) {
        self.errors.push(ConfigError {
            name: Some(var.name.to_owned()),
            origin: origin.clone(),
            value: Some(var.shown(value)),
            reason,
        });
    }
}

/// Parses a text that somebody wrote; it must at least be text.
fn accept<T>(text: &str, parse: impl Fn(&str) -> Result<T, Refusal>) -> Result<T, Refusal> {
    if text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        return Err("accepted: text in UTF-8 without zero bytes".to_owned());
    }
    parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_urls_are_masked_however_the_url_looks() {
        for (text, shown) in [
            ("mysql://ixp:hunter2@db/ixp", "mysql://ixp:********@db/ixp"),
            ("mysql://ixp@db/ixp", "mysql://ixp@db/ixp"),
            ("sqlite:data/ixpd.db", "sqlite:data/ixpd.db"),
            ("mysql://ixp:hun@ter2@db/ixp", "mysql://ixp:********@db/ixp"),
            ("mysql//ixp:hunter2@db/ixp", "********"),
            ("mysql://ixp:hunter2@db:99999/ixp", "********"),
            ("mysql:ixp:hunter2@db/ixp", "********"),
            ("mysql://db/ixp?password=hunter2", "mysql://db/ixp"),
            ("hunter2", "********"),
        ] {
            assert_eq!(masked_url(text), shown);
        }
    }

    #[test]
    fn shown_values_are_one_line_of_bounded_length() {
        assert_eq!(printable("a\nb\u{1b}[1m"), "a␤b␤[1m");
        assert_eq!(printable(&"x".repeat(300)).chars().count(), 201);
    }
}
