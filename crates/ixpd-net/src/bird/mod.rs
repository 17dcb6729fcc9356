//! The control socket of a BIRD daemon on this host: what its `birdc` speaks.

mod show;

use std::{io, path::Path, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    time::timeout,
};

pub use show::{Protocol, TableRoute, protocols, routes};

/// The longest answer, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024 * 1024;
/// Codes of lines that are errors begin here.
const ERRORS: &str = "8000";

/// BIRD gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum BirdError {
    /// The socket failed, or BIRD closed it.
    #[error("BIRD's control socket: {0}")]
    Io(#[from] io::Error),
    /// It took too long.
    #[error("BIRD did not answer `{command}` within {} seconds", limit.as_secs_f32())]
    Timeout {
        /// What it was asked.
        command: String,
        /// The most that it may take.
        limit: Duration,
    },
    /// It said too much.
    #[error("BIRD's answer to `{0}` is longer than {LONGEST_ANSWER} bytes")]
    TooLarge(String),
    /// It refused.
    #[error("BIRD on `{command}`: {words}")]
    Refused {
        /// What it was asked.
        command: String,
        /// What it said.
        words: String,
    },
}

/// A connection to BIRD.
#[derive(Debug)]
pub struct Control {
    stream: BufReader<UnixStream>,
    limit: Duration,
    /// The version that BIRD says it has.
    version: String,
}

impl Control {
    /// Connects. No answer may take longer than `limit`.
    ///
    /// # Errors
    /// When nothing listens there, or it isn't BIRD.
    pub async fn connect(path: &Path, limit: Duration) -> Result<Self, BirdError> {
        let stream = BufReader::new(UnixStream::connect(path).await?);
        let mut control = Self { stream, limit, version: String::new() };
        let greeting = control.within("(greeting)").await?;
        let words = greeting.into_iter().next().map(|(_, text)| text).unwrap_or_default();
        let version = words.strip_prefix("BIRD ").and_then(|rest| rest.strip_suffix(" ready."));
        version.unwrap_or(&words).clone_into(&mut control.version);
        Ok(control)
    }

    /// The version that BIRD says it has.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Asks; the lines of the answer without their codes.
    ///
    /// # Errors
    /// When there is no answer, or it is an error.
    pub async fn ask(&mut self, command: &str) -> Result<Vec<String>, BirdError> {
        self.stream.get_mut().write_all(format!("{command}\n").as_bytes()).await?;
        let lines = self.within(command).await?;
        if let Some((_, words)) = lines.iter().find(|(code, _)| code.as_str() >= ERRORS) {
            return Err(BirdError::Refused { command: command.to_owned(), words: words.clone() });
        }
        Ok(lines.into_iter().filter(|(code, _)| !code.starts_with('0')).map(|(_, text)| text).collect())
    }

    async fn within(&mut self, command: &str) -> Result<Vec<(String, String)>, BirdError> {
        let limit = self.limit;
        timeout(limit, self.reply(command))
            .await
            .map_err(|_| BirdError::Timeout { command: command.to_owned(), limit })?
    }

    /// Lines with their codes; a line without one has that of the line before.
    async fn reply(&mut self, command: &str) -> Result<Vec<(String, String)>, BirdError> {
        let (mut lines, mut code, mut total) = (Vec::new(), String::new(), 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "BIRD closed it").into());
            }
            total += line.len();
            if total > LONGEST_ANSWER {
                return Err(BirdError::TooLarge(command.to_owned()));
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']);
            let has_code = text.len() >= 5 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
            match (has_code, text.as_bytes().get(4)) {
                (true, Some(b' ')) => {
                    lines.push((text[..4].to_owned(), text[5..].to_owned()));
                    return Ok(lines);
                }
                (true, Some(b'-')) => {
                    text[..4].clone_into(&mut code);
                    lines.push((code.clone(), text[5..].to_owned()));
                }
                _ => lines.push((code.clone(), text.get(1..).unwrap_or_default().to_owned())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt as _, net::UnixListener};

    use super::*;

    async fn answers(answers: &'static [&'static str]) -> (tempfile::TempDir, Result<Control, BirdError>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ctl");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(async move {
            let mut stream = listener.accept().await.unwrap().0;
            for answer in answers {
                stream.write_all(answer.as_bytes()).await.unwrap();
                let mut question = [0; 64];
                let _ = stream.read(&mut question).await;
            }
        });
        let control = Control::connect(&path, Duration::from_millis(300)).await;
        (folder, control)
    }

    #[tokio::test]
    async fn answer_is_its_lines_without_codes() {
        let (_folder, control) = answers(&[
            "0001 BIRD 2.17.1 ready.\n",
            "1007-Table master4:\n 20.0.0.0/16\n1008-\tType: BGP\n \tmore\n0000 \n",
        ])
        .await;
        let mut control = control.unwrap();
        assert_eq!(control.version(), "2.17.1");
        let lines = control.ask("show route all").await.unwrap();
        assert_eq!(lines, ["Table master4:", "20.0.0.0/16", "\tType: BGP", "\tmore"]);
    }

    #[tokio::test]
    async fn refusal_silence_and_end_are_errors() {
        let (_folder, control) =
            answers(&["0001 BIRD 3.1.0 ready.\n", "9001 syntax error\n", "1007-a\n"]).await;
        let mut control = control.unwrap();
        let refused = control.ask("shou").await.unwrap_err().to_string();
        assert!(refused.contains("`shou`") && refused.contains("syntax error"), "{refused}");
        assert!(matches!(control.ask("show route").await, Err(BirdError::Timeout { .. })));
        let (_folder, control) = answers(&["0001 BIRD 3.1.0 ready.\n"]).await;
        assert!(matches!(control.unwrap().ask("show route").await, Err(BirdError::Io(_))));
    }
}
