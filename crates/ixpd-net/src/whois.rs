//! Asking a whois server (RFC 3912).

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// A whois server and how much of it we bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoisServer {
    /// Its name or address.
    pub host: String,
    /// Its port, usually 43.
    pub port: u16,
    /// From connecting to the last byte.
    pub time: Duration,
    /// The longest answer, in bytes.
    pub bytes: usize,
}

/// A whois server gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhoisError {
    /// A question is one line.
    #[error("a question to a whois server can't hold line breaks or control characters")]
    Question,
    /// Nothing answers there, or it broke off.
    #[error("whois server {server}: {reason}")]
    Failed {
        /// Host and port.
        server: String,
        /// Why.
        reason: String,
    },
    /// It took too long.
    #[error("whois server {server} did not answer within {} seconds", limit.as_secs_f32())]
    Timeout {
        /// Host and port.
        server: String,
        /// The most that it may take.
        limit: Duration,
    },
    /// It said too much.
    #[error("the answer of whois server {server} is longer than {limit} bytes")]
    TooLarge {
        /// Host and port.
        server: String,
        /// The most that is read.
        limit: usize,
    },
}

impl WhoisServer {
    /// Asks; the answer is what the server says until it closes. Bytes that are no UTF-8 are replaced. The question
    /// ends in a line feed alone, as IXP Manager's does.
    ///
    /// # Errors
    /// See [`WhoisError`].
    pub async fn ask(&self, question: &str) -> Result<String, WhoisError> {
        if question.chars().any(char::is_control) {
            return Err(WhoisError::Question);
        }
        let server = format!("{}:{}", self.host, self.port);
        match timeout(self.time, self.converse(question)).await {
            Err(_) => Err(WhoisError::Timeout { server, limit: self.time }),
            Ok(Err(error)) => Err(WhoisError::Failed { server, reason: error.to_string() }),
            Ok(Ok(answer)) if answer.len() > self.bytes => {
                Err(WhoisError::TooLarge { server, limit: self.bytes })
            }
            Ok(Ok(answer)) => Ok(String::from_utf8_lossy(&answer).into_owned()),
        }
    }

    /// Reads one byte more than may be, to tell what is too long from what just fits.
    async fn converse(&self, question: &str) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.write_all(format!("{question}\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(self.bytes as u64 + 1).read_to_end(&mut answer).await?;
        Ok(answer)
    }
}
