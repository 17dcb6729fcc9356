//! The program of `MAIL_SENDMAIL_PATH`, which every Unix mail server brings along.

use std::{path::Path, process::Stdio};

use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{MailSettings, SendError, message::Prepared};

/// Exit status of a server that wants to be asked again (`EX_TEMPFAIL` of sysexits).
const TRY_AGAIN: i32 = 75;
/// `EX_USAGE`, `EX_UNAVAILABLE`, `EX_CONFIG`: the program, not the mail.
const MISCONFIGURED: [i32; 3] = [64, 69, 78];

pub(super) fn verify(settings: &MailSettings) -> Result<(), SendError> {
    let program = &settings.sendmail;
    match std::fs::metadata(program) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(missing(program, "is not a file")),
        Err(error) => Err(missing(program, &error.to_string())),
    }
}

fn missing(program: &Path, error: &str) -> SendError {
    SendError::Configuration(format!("MAIL_SENDMAIL_PATH: `{}` cannot be run: {error}", program.display()))
}

pub(super) async fn send(settings: &MailSettings, mail: &Prepared) -> Result<(), SendError> {
    let program = &settings.sendmail;
    let envelope = mail.0.envelope();
    let mut command = Command::new(program);
    // A line with a dot alone does not end the mail. The recipients are arguments, the mail is standard input.
    command.arg("-i");
    if let Some(from) = envelope.from() {
        command.arg("-f").arg(AsRef::<str>::as_ref(from));
    }
    command.arg("--").args(envelope.to().iter().map(AsRef::<str>::as_ref));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| missing(program, &error.to_string()))?;
    let broken = |error: std::io::Error| SendError::Temporary(format!("{settings}: {error}"));
    if let Some(mut stdin) = child.stdin.take() {
        // A program that stops reading says why by its exit status.
        let _ = stdin.write_all(&with_unix_line_ends(&mail.0.formatted())).await;
    }
    let output = child.wait_with_output().await.map_err(broken)?;
    let words = String::from_utf8_lossy(&output.stderr);
    let text = format!("{settings}: {}: {}", output.status, words.trim());
    match output.status.code() {
        Some(0) => Ok(()),
        Some(TRY_AGAIN) | None => Err(SendError::Temporary(text)),
        Some(status) if MISCONFIGURED.contains(&status) => Err(SendError::Configuration(text)),
        Some(_) => Err(SendError::Permanent(text)),
    }
}

/// Local programs take lines that end as files' lines do.
fn with_unix_line_ends(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => {
                lines.extend_from_slice(text);
                lines.push(b'\n');
            }
            None => lines.extend_from_slice(line),
        }
    }
    lines
}
