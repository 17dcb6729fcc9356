//! Asking whoever sits at the terminal, and secrets from there, from standard input or from a file.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use zeroize::Zeroizing;

use super::output;

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

    /// The password; empty where somebody just pressed the return key. At a terminal it is asked for until `problem`
    /// finds none and both entries are the same; what comes from elsewhere is judged by the caller.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn read(&self, problem: impl Fn(&str) -> Option<String>) -> anyhow::Result<Zeroizing<String>> {
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
        loop {
            let password = ask("Password [a random one]: ")?;
            if password.is_empty() {
                return Ok(password);
            }
            if let Some(problem) = problem(&password) {
                output::message(problem);
            } else if ask("Once more: ")? == password {
                return Ok(password);
            } else {
                output::message("The two passwords differ. Enter it again, twice.");
            }
        }
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

impl MissingOption {
    /// The option without its dashes.
    pub fn new(option: impl Into<String>) -> Self {
        Self(option.into())
    }
}

/// Whether there is somebody to ask.
pub fn is_possible() -> bool {
    io::stdin().is_terminal()
}

/// Asks until `judge` accepts the answer, and says each time what it says. The return key alone stands for `usual`.
///
/// # Errors
/// When the terminal can't be read, or its input ends.
pub fn until<T>(
    question: &str,
    usual: Option<&str>,
    judge: &dyn Fn(&str) -> Result<T, String>,
) -> anyhow::Result<T> {
    let shown = usual.map_or_else(String::new, |usual| format!(" [{}]", or_none(usual)));
    loop {
        let answer = line(&format!("{question}{shown}: "))?;
        let answer = if answer.is_empty() { usual.unwrap_or("") } else { &answer };
        let outcome = if answer.chars().any(char::is_control) {
            Err("An answer can't hold control characters, such as those of the arrow keys; type it again."
                .to_owned())
        } else {
            judge(answer)
        };
        match outcome {
            Ok(accepted) => return Ok(accepted),
            Err(complaint) => output::message(complaint),
        }
    }
}

/// A text as people see that there is none.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// What an answer to a question of yes and no means, if it is one.
pub fn is_yes(answer: &str) -> Option<bool> {
    match answer.to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

fn line(prompt: &str) -> anyhow::Result<String> {
    let mut messages = io::stderr().lock();
    write!(messages, "{prompt}")?;
    messages.flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        bail!("the input ended before every question was answered");
    }
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
