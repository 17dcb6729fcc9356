//! Asking whoever sits at the terminal, and secrets from there, from standard input or from a file.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use zeroize::Zeroizing;

/// The most that is read of a secret, in bytes.
const SECRET_BYTES: u64 = 4_096;

/// Where a password comes from. Without an option the terminal is asked.
#[derive(Args, Clone, Debug, Default)]
#[group(multiple = false)]
pub struct PasswordSource {
    /// Read the password from standard input, up to the end of its first line
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordSource {
    /// Whether an option says where it comes from.
    pub fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some()
    }

    /// The password; empty where somebody just pressed the return key.
    ///
    /// # Errors
    /// When it can't be had, or the two entries at the terminal differ.
    pub fn read(&self) -> anyhow::Result<Zeroizing<String>> {
        if self.password_stdin {
            return from_stdin();
        }
        if let Some(path) = &self.password_file {
            return from_file(path);
        }
        let ask = |prompt: &str| {
            rpassword::prompt_password(prompt).map(Zeroizing::new).context(
                "there is no terminal to ask for the password; --password-stdin and --password-file take it from elsewhere",
            )
        };
        let password = ask("Password (empty for a random one): ")?;
        if !password.is_empty() && ask("Once more: ")? != password {
            bail!("the two passwords differ");
        }
        Ok(password)
    }
}

/// The first line of standard input.
///
/// # Errors
/// When it can't be read.
pub fn from_stdin() -> anyhow::Result<Zeroizing<String>> {
    first_line(io::stdin().lock()).context("--password-stdin")
}

/// The first line of a file that `--password-file` names.
///
/// # Errors
/// When it can't be read.
pub fn from_file(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    first_line(fs_err::File::open(path)?).with_context(|| format!("--password-file {}", path.display()))
}

fn first_line(source: impl io::Read) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    source.take(SECRET_BYTES).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or("");
    Ok(Zeroizing::new(line.to_owned()))
}

/// An option that is needed is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{0} is missing, and there is no terminal to ask")]
pub struct MissingOption(String);

/// Whether there is somebody to ask.
pub fn is_possible() -> bool {
    io::stdin().is_terminal()
}

/// A value that an option gives, or else an answer at the terminal, where there is one, or else the usual value.
///
/// # Errors
/// When the terminal can't be read.
pub fn or_usual(given: Option<String>, question: &str, usual: &str) -> anyhow::Result<String> {
    if given.is_none() && !is_possible() {
        return Ok(usual.to_owned());
    }
    value(given, "", question, usual)
}

/// A value that an option gives, or else an answer at the terminal.
///
/// # Errors
/// Without the option where there is nobody to ask.
pub fn value(given: Option<String>, option: &str, question: &str, usual: &str) -> anyhow::Result<String> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !is_possible() {
        return Err(MissingOption(option.to_owned()).into());
    }
    let shown = if usual.is_empty() { String::new() } else { format!(" [{usual}]") };
    let answer = line(&format!("{question}{shown}: "))?;
    Ok(if answer.is_empty() { usual.to_owned() } else { answer })
}

/// Whether somebody says yes; where there is nobody to ask, `otherwise`.
///
/// # Errors
/// When the terminal can't be read.
pub fn yes(question: &str, otherwise: bool) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(otherwise);
    }
    let choice = if otherwise { "Y/n" } else { "y/N" };
    let answer = line(&format!("{question} [{choice}] "))?.to_lowercase();
    Ok(if answer.is_empty() { otherwise } else { answer.starts_with('y') })
}

fn line(prompt: &str) -> io::Result<String> {
    let mut messages = io::stderr().lock();
    write!(messages, "{prompt}")?;
    messages.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_the_first_line_without_its_end() {
        for (text, secret) in [("a b\n", "a b"), ("a\r\nb\n", "a"), ("", ""), (" x ", " x ")] {
            assert_eq!(first_line(text.as_bytes()).unwrap().as_str(), secret);
        }
    }
}
