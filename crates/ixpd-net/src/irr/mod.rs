//! Internet Routing Registries: which prefixes a set of networks has registered, and which networks are in it.
//!
//! [`IrrClient`] asks servers that speak the protocol of IRRd (`!` queries over TCP), or has `bgpq4` or `bgpq3` do so.
//! Answers are exact prefixes as they are registered, never aggregated. An answer that doesn't arrive whole is an
//! error: half a set would make route servers drop the other half.

mod bgpq;
mod connection;
mod entries;
mod name;
mod whois;

use std::{fmt, future::Future, path::PathBuf, time::Duration};

use ipnet::IpNet;
use ixpd_types::Protocol;

pub use self::name::{IrrHost, IrrName, IrrNameError, IrrObject, IrrSource, parse_macros, parse_sources};

/// How a server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IrrBackend {
    /// By this program itself.
    Irrd,
    /// By `bgpq3` or `bgpq4`, which is this file or a name in `PATH`.
    Bgpq(PathBuf),
}

impl fmt::Display for IrrBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Irrd => f.write_str("IRRd protocol"),
            Self::Bgpq(path) => path.display().fmt(f),
        }
    }
}

/// What an answer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IrrLimits {
    /// For how long a connection may take to come about.
    pub connect: Duration,
    /// For how long a server may be silent.
    pub silence: Duration,
    /// For how long everything that is asked of one server for one query may take.
    pub whole: Duration,
    /// Bytes of one answer.
    pub answer_bytes: usize,
    /// Prefixes or AS numbers of one query, duplicates counted.
    pub entries: usize,
    /// How often the list of servers is gone through.
    pub rounds: u32,
    /// The pause between two rounds.
    pub pause: Duration,
}

impl IrrLimits {
    /// The limits for servers that may be silent for so long. Large sets keep a server busy for more than two minutes.
    pub fn with_silence(silence: Duration) -> Self {
        Self {
            connect: Duration::from_secs(10).min(silence),
            silence,
            whole: silence.saturating_mul(5),
            answer_bytes: 64 * 1024 * 1024,
            entries: 3_000_000,
            rounds: 2,
            pause: Duration::from_secs(2),
        }
    }
}

/// One question: the union of what these names stand for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IrrQuery {
    /// Servers to ask, until one answers.
    pub hosts: Vec<IrrHost>,
    /// Registries to look in; none means those that the server looks in by itself.
    pub sources: Vec<IrrSource>,
    /// AS numbers and AS-SETs.
    pub names: Vec<IrrName>,
}

/// What the registries say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched<T> {
    /// Ascending, each once.
    pub entries: Vec<T>,
    /// AS-SETs of the question that no registry knows. One without members isn't among them. Programs don't tell.
    pub absent: Vec<String>,
    /// What can't be used: prefixes that are too long, of the other protocol or no prefixes, and AS numbers of nobody.
    pub ignored: usize,
    /// Set if the first server of the query gave no answer. Another server may mirror fewer registries.
    pub fallback: Option<Fallback>,
}

/// The server that answered in place of the first one of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The server that answered.
    pub host: String,
    /// Why the first one didn't. Names that server.
    pub reason: String,
}

/// A question stays without answer. The text names the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IrrError {
    /// There is no server to ask.
    #[error("no IRR server is named for this member, and none in IXPD_IRR_HOSTS")]
    NoHost,
    /// None of several servers answers.
    #[error("{0}")]
    Several(String),
    /// No connection comes about.
    #[error("{host} can't be reached: {reason}")]
    Unreachable {
        /// The server.
        host: String,
        /// What the network said.
        reason: String,
    },
    /// It took too long.
    #[error("{host}: no whole answer to {query} within {} s", limit.as_secs_f64())]
    TimedOut {
        /// The server or the program.
        host: String,
        /// What was asked.
        query: String,
        /// The time that was allowed.
        limit: Duration,
    },
    /// The connection ended early, or what came isn't what the protocol has.
    #[error("{host}: broken answer to {query}: {reason}")]
    Broken {
        /// The server or the program.
        host: String,
        /// What was asked.
        query: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server doesn't want to.
    #[error("{host} refuses {query}: {reason}")]
    Refused {
        /// The server or the program.
        host: String,
        /// What was asked.
        query: String,
        /// Its words.
        reason: String,
    },
    /// There is more than a network can have registered.
    #[error("{host}: the answer to {query} has more than {limit} {unit}")]
    TooLarge {
        /// The server or the program.
        host: String,
        /// What was asked.
        query: String,
        /// What is allowed.
        limit: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// The program can't be run.
    #[error("{program} can't be run: {reason}")]
    Program {
        /// Its file.
        program: String,
        /// Why not.
        reason: String,
    },
}

impl IrrError {
    /// Whether the same server may answer when it is asked again.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Broken { .. })
    }
}

/// Asks registries. Cheap to clone; each question is a connection of its own.
#[derive(Clone, Debug)]
pub struct IrrClient {
    backend: IrrBackend,
    limits: IrrLimits,
}

impl IrrClient {
    /// Asks by these means within these limits.
    pub fn new(backend: IrrBackend, limits: IrrLimits) -> Self {
        Self { backend, limits }
    }

    /// How it asks.
    pub fn backend(&self) -> &IrrBackend {
        &self.backend
    }

    /// The prefixes of a protocol that have one of the networks as origin, without those longer than `longest` bits.
    ///
    /// # Errors
    /// See [`IrrError`].
    pub async fn prefixes(
        &self,
        query: &IrrQuery,
        protocol: Protocol,
        longest: u8,
    ) -> Result<Fetched<IpNet>, IrrError> {
        self.ask(query, |host| async move {
            match &self.backend {
                IrrBackend::Irrd => whois::prefixes(&self.limits, host, query, protocol, longest).await,
                IrrBackend::Bgpq(program) => {
                    bgpq::prefixes(program, &self.limits, host, query, protocol, longest).await
                }
            }
        })
        .await
    }

    /// The AS numbers that the names stand for.
    ///
    /// # Errors
    /// See [`IrrError`].
    pub async fn origins(&self, query: &IrrQuery) -> Result<Fetched<u32>, IrrError> {
        self.ask(query, |host| async move {
            match &self.backend {
                IrrBackend::Irrd => whois::origins(&self.limits, host, query).await,
                IrrBackend::Bgpq(program) => bgpq::origins(program, &self.limits, host, query).await,
            }
        })
        .await
    }

    /// Goes through the servers until one answers. One that refuses isn't asked again.
    async fn ask<'a, T, F>(
        &self,
        query: &'a IrrQuery,
        attempt: impl Fn(&'a IrrHost) -> F,
    ) -> Result<Fetched<T>, IrrError>
    where
        F: Future<Output = Result<Fetched<T>, IrrError>>,
    {
        let mut hosts: Vec<&IrrHost> = query.hosts.iter().collect();
        let mut errors: Vec<(&IrrHost, IrrError)> = Vec::new();
        for round in 0..self.limits.rounds {
            if round > 0 && !hosts.is_empty() {
                tokio::time::sleep(self.limits.pause).await;
            }
            let mut again = Vec::new();
            for host in hosts {
                let limit = self.limits.whole;
                let timed_out =
                    || IrrError::TimedOut { host: host.to_string(), query: query.to_string(), limit };
                match tokio::time::timeout(limit, attempt(host)).await.unwrap_or_else(|_| Err(timed_out())) {
                    Ok(answer) => return Ok(Fetched { fallback: fallback(query, host, &errors), ..answer }),
                    Err(error) => {
                        tracing::debug!(%error, "an IRR server gives no answer");
                        if error.may_pass() {
                            again.push(host);
                        }
                        errors.retain(|(other, _)| *other != host);
                        errors.push((host, error));
                    }
                }
            }
            hosts = again;
        }
        match errors.len() {
            0 => Err(IrrError::NoHost),
            1 => Err(errors.swap_remove(0).1),
            _ => {
                let texts: Vec<_> = errors.iter().map(|(_, error)| error.to_string()).collect();
                Err(IrrError::Several(texts.join("; ")))
            }
        }
    }
}

/// Who answered in place of whom, unless the first server of the query did.
fn fallback(query: &IrrQuery, host: &IrrHost, errors: &[(&IrrHost, IrrError)]) -> Option<Fallback> {
    let first = query.hosts.first().filter(|first| *first != host)?;
    let (_, error) = errors.iter().find(|(other, _)| *other == first)?;
    Some(Fallback { host: host.to_string(), reason: error.to_string() })
}

impl fmt::Display for IrrQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            name.fmt(f)?;
        }
        Ok(())
    }
}
