//! A mail server for tests: listens on loopback, keeps what it receives and refuses on demand.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mail_parser::{Message, MessageParser};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A point of the conversation at which the server can answer something else or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Connect,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    Body,
    Noop,
}

/// How the server encrypts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SinkTls {
    #[default]
    Never,
    /// Offers STARTTLS.
    Offered,
    /// From the first byte on.
    Implicit,
}

/// One mail as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    /// What the client called itself.
    pub ehlo: String,
    pub from: String,
    /// The recipients of the envelope, blind ones included.
    pub to: Vec<String>,
    /// User name and password, where the client authenticated.
    pub credentials: Option<(String, String)>,
    pub encrypted: bool,
    /// Headers and body with the dots of SMTP removed.
    pub raw: Vec<u8>,
}

impl Received {
    fn message(&self) -> Message<'_> {
        MessageParser::new().parse(&self.raw).unwrap_or_default()
    }

    pub fn subject(&self) -> String {
        self.message().subject().unwrap_or_default().to_owned()
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.message().body_text(0).unwrap_or_default().replace("\r\n", "\n")
    }

    /// The HTML part.
    pub fn html(&self) -> String {
        self.message().body_html(0).unwrap_or_default().replace("\r\n", "\n")
    }

    /// The first header of that name, unfolded and as it was sent.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.message();
        let raw = message.header_raw(name)?;
        Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

#[derive(Default)]
struct State {
    mails: Vec<Received>,
    overrides: Vec<(Step, Option<String>)>,
    connections: usize,
}

struct Shared {
    tls: SinkTls,
    acceptor: Option<TlsAcceptor>,
    credentials: Option<(String, String)>,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running server. Stops when dropped.
pub struct SmtpSink {
    address: SocketAddr,
    certificate: Option<String>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl SmtpSink {
    /// A server that takes everything, without encryption.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_with(SinkTls::Never, None).await
    }

    /// A server that takes mail of this user name and password alone, or of everybody. Its certificate
    /// is for `localhost`.
    pub async fn start_with(tls: SinkTls, credentials: Option<(&str, &str)>) -> std::io::Result<Self> {
        let (acceptor, certificate) = match tls {
            SinkTls::Never => (None, None),
            SinkTls::Offered | SinkTls::Implicit => {
                let (acceptor, certificate) = acceptor().map_err(std::io::Error::other)?;
                (Some(acceptor), Some(certificate))
            }
        };
        let credentials = credentials.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let shared = Arc::new(Shared { tls, acceptor, credentials, state: Mutex::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, certificate, shared, task })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The certificate in PEM, for clients that should trust it.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Answers `reply` at `step` from now on, for instance `451 4.3.0 try later`.
    pub fn reply(&self, step: Step, reply: &str) {
        self.shared.state().overrides.push((step, Some(reply.to_owned())));
    }

    /// Answers nothing at `step` from now on.
    pub fn hang(&self, step: Step) {
        self.shared.state().overrides.push((step, None));
    }

    /// Takes everything again.
    pub fn recover(&self) {
        self.shared.state().overrides.clear();
    }

    /// The mails received so far, in order.
    pub fn mails(&self) -> Vec<Received> {
        self.shared.state().mails.clone()
    }

    /// How many clients have connected.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Waits until `count` mails are there, at most ten seconds, and returns all.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        for _ in 0..1_000 {
            if self.shared.state().mails.len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.mails()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn acceptor() -> Result<(TlsAcceptor, String), Box<dyn std::error::Error + Send + Sync>> {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), own.cert.pem()))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.state().connections += 1;
        let shared = Arc::clone(&shared);
        // A client that breaks off is none of the server's business.
        tokio::spawn(async move {
            let _ = serve(Box::new(stream), shared).await;
        });
    }
}

async fn serve(mut stream: Box<dyn Stream>, shared: Arc<Shared>) -> std::io::Result<()> {
    let mut encrypted = false;
    if let (SinkTls::Implicit, Some(acceptor)) = (shared.tls, &shared.acceptor) {
        stream = Box::new(acceptor.accept(stream).await?);
        encrypted = true;
    }
    Conversation {
        stream: BufReader::new(stream),
        shared,
        mail: None,
        encrypted,
        ehlo: String::new(),
        login: None,
    }
    .run()
    .await
}

struct Conversation {
    stream: BufReader<Box<dyn Stream>>,
    shared: Arc<Shared>,
    mail: Option<Received>,
    encrypted: bool,
    ehlo: String,
    login: Option<(String, String)>,
}

impl Conversation {
    async fn run(mut self) -> std::io::Result<()> {
        self.answer(Step::Connect, "220 sink.example.net ESMTP").await?;
        while let Some(line) = self.line().await? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" => self.ehlo(&line).await?,
                "STARTTLS" => {
                    if self.answer(Step::StartTls, "220 go ahead").await? {
                        self = self.upgrade().await?;
                    }
                }
                "AUTH" => self.auth(&line).await?,
                "MAIL" => self.mail_from(&line).await?,
                "RCPT" => self.rcpt_to(&line).await?,
                "DATA" => self.data().await?,
                "NOOP" => {
                    self.answer(Step::Noop, "250 ok").await?;
                }
                "QUIT" => return self.say("221 bye").await,
                _ => self.say("502 not implemented").await?,
            }
        }
        Ok(())
    }

    async fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        let count = self.stream.read_until(b'\n', &mut line).await?;
        Ok((count > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn say(&mut self, reply: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// Gives the usual answer or what the test wants. True when the answer was the usual one.
    async fn answer(&mut self, step: Step, usual: &str) -> std::io::Result<bool> {
        let wanted = self
            .shared
            .state()
            .overrides
            .iter()
            .rev()
            .find(|(s, _)| *s == step)
            .map(|(_, reply)| reply.clone());
        match wanted {
            None => self.say(usual).await.map(|()| true),
            Some(Some(reply)) => self.say(&reply).await.map(|()| false),
            Some(None) => std::future::pending().await,
        }
    }

    async fn ehlo(&mut self, line: &str) -> std::io::Result<()> {
        self.ehlo = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut offers = vec!["sink.example.net", "8BITMIME"];
        if self.shared.tls == SinkTls::Offered && !self.encrypted {
            offers.push("STARTTLS");
        }
        if self.shared.credentials.is_some() {
            offers.push("AUTH PLAIN LOGIN");
        }
        let last = offers.len() - 1;
        let lines =
            offers.iter().enumerate().map(|(i, o)| format!("250{}{o}", if i == last { ' ' } else { '-' }));
        let reply = lines.collect::<Vec<_>>().join("\r\n");
        self.answer(Step::Ehlo, &reply).await.map(drop)
    }

    async fn upgrade(mut self) -> std::io::Result<Self> {
        let acceptor = self.shared.acceptor.clone().ok_or_else(|| std::io::Error::other("no certificate"))?;
        let stream = acceptor.accept(self.stream.into_inner()).await?;
        self.stream = BufReader::new(Box::new(stream));
        self.encrypted = true;
        Ok(self)
    }

    /// Understands `AUTH PLAIN` with its initial response (RFC 4616).
    async fn auth(&mut self, line: &str) -> std::io::Result<()> {
        let response = line.split(' ').nth(2).unwrap_or_default();
        let decoded = STANDARD.decode(response).unwrap_or_default();
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        let mut parts = decoded.split('\0').skip(1).map(str::to_owned);
        let login = parts.next().zip(parts.next());
        let known = login.is_some() && login == self.shared.credentials;
        let usual = if known { "235 welcome" } else { "535 5.7.8 authentication failed" };
        if self.answer(Step::Auth, usual).await? && known {
            self.login = login;
        }
        Ok(())
    }

    async fn mail_from(&mut self, line: &str) -> std::io::Result<()> {
        if self.shared.credentials.is_some() && self.login.is_none() {
            return self.say("530 5.7.0 authentication required").await;
        }
        if self.answer(Step::MailFrom, "250 ok").await? {
            self.mail = Some(Received {
                ehlo: self.ehlo.clone(),
                from: path(line),
                to: Vec::new(),
                credentials: self.login.clone(),
                encrypted: self.encrypted,
                raw: Vec::new(),
            });
        }
        Ok(())
    }

    async fn rcpt_to(&mut self, line: &str) -> std::io::Result<()> {
        if self.mail.is_none() {
            return self.say("503 5.5.1 no sender").await;
        }
        let accepted = self.answer(Step::RcptTo, "250 ok").await?;
        if let (true, Some(mail)) = (accepted, &mut self.mail) {
            mail.to.push(path(line));
        }
        Ok(())
    }

    async fn data(&mut self) -> std::io::Result<()> {
        let Some(mut mail) = self.mail.take().filter(|mail| !mail.to.is_empty()) else {
            return self.say("503 5.5.1 no recipient").await;
        };
        if !self.answer(Step::Data, "354 end with a dot").await? {
            return Ok(());
        }
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            if line == b".\r\n" {
                break;
            }
            mail.raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        // A mail counts when the server said so; the answer is given first and may be a refusal.
        if self.answer(Step::Body, "250 queued").await? {
            self.shared.state().mails.push(mail);
        }
        Ok(())
    }
}

/// The address between the angle brackets of MAIL FROM or RCPT TO.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(path, _)| path.to_owned()).unwrap_or_default()
}
