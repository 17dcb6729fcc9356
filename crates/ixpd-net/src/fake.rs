//! Servers for tests that behave and misbehave as outside ones do: they listen on loopback and note what they are asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What a server does with a request.
#[derive(Clone, Debug)]
pub enum Then {
    /// Answers with a status and a body.
    Answer(u16, String),
    /// Points elsewhere.
    Redirect(String),
    /// Says nothing and keeps the connection.
    Silence,
    /// Sends a byte now and then, without end.
    Trickle,
    /// Sends without end, as fast as it goes.
    Flood,
    /// Announces a large body.
    Announce(u64),
    /// Hangs up in the middle of its answer.
    HangUp,
    /// Speaks no HTTP: these bytes, then the end. What whois servers do.
    Raw(Vec<u8>),
}

type Behaviour = Arc<dyn Fn(&str) -> Then + Send + Sync>;

/// A server with a behaviour.
pub struct FakeServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl FakeServer {
    /// Listens. The behaviour sees the first line of a question: that of a whois server is all there is, that of a
    /// web server is such as `GET /api/ix.json HTTP/1.1`.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub async fn start(behaviour: impl Fn(&str) -> Then + Send + Sync + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (notes, behaviour): (_, Behaviour) = (Arc::clone(&asked), Arc::new(behaviour));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&notes), Arc::clone(&behaviour)));
            }
        });
        Ok(Self { address, asked, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its root as a URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far: whole heads of requests, or lines.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, asked: Arc<Mutex<Vec<String>>>, behaviour: Behaviour) {
    let Some(question) = read_question(&mut stream).await else { return };
    let then = behaviour(question.lines().next().unwrap_or_default());
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(question);
    // A client that has gone is none of the server's worries.
    let _ = answer(&mut stream, then).await;
}

/// The head of a request, or the line of a whois client.
async fn read_question(stream: &mut TcpStream) -> Option<String> {
    let mut question = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
        question.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&question);
        let is_http = text.starts_with("GET ");
        if text.ends_with("\r\n\r\n") || !is_http && text.ends_with('\n') {
            return Some(text.into_owned());
        }
    }
}

async fn answer(stream: &mut TcpStream, then: Then) -> std::io::Result<()> {
    const ENDLESS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    match then {
        Then::Answer(status, body) => {
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} Fake\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await
        }
        Then::Redirect(to) => {
            let head = format!(
                "HTTP/1.1 302 Fake\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await
        }
        Then::Silence => std::future::pending().await,
        Then::Trickle => {
            stream.write_all(ENDLESS).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Then::Flood => {
            stream.write_all(ENDLESS).await?;
            let blanks = vec![b' '; 64 * 1024];
            loop {
                stream.write_all(&blanks).await?;
            }
        }
        Then::Announce(length) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            std::future::pending().await
        }
        Then::HangUp => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\": [").await,
        Then::Raw(bytes) => stream.write_all(&bytes).await,
    }
}
