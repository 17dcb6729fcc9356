//! The process itself: `IXPD_*` and `LOG_LEVEL`.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use ipnet::IpNet;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{
    reader::{BadDefault, Reader, Var, var},
    source::ENV_FILE,
    value::{Refusal, from_str, one_of, text, whole_number},
};

/// Where requests come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// On a TCP port of an address.
    Tcp(SocketAddr),
    /// On a Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Text that is no place to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("accepted: ADDRESS:PORT such as 127.0.0.1:8080, [::]:80 or localhost:8080, or unix:PATH")]
pub struct ParseListenError;

impl FromStr for Listen {
    type Err = ParseListenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(ParseListenError) } else { Ok(Self::Unix(path.into())) };
        }
        if let Some(port) = text.strip_prefix("localhost:") {
            let port = port.parse().map_err(|_| ParseListenError)?;
            return Ok(Self::Tcp((Ipv4Addr::LOCALHOST, port).into()));
        }
        text.parse().map(Self::Tcp).map_err(|_| ParseListenError)
    }
}

/// Who may connect to a Unix socket that ixpd listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketAccess {
    /// The socket's permission bits.
    pub mode: u32,
    /// Its group, by name or number; none means the group of the process.
    pub group: Option<String>,
}

impl SocketAccess {
    /// The mode that `IXPD_SOCKET_MODE` has unless it is set.
    pub const DEFAULT_MODE: u32 = 0o660;
}

impl Default for SocketAccess {
    fn default() -> Self {
        Self { mode: Self::DEFAULT_MODE, group: None }
    }
}

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Networks of proxies.
    pub networks: Vec<IpNet>,
    /// Whether whoever connects over the Unix socket is one.
    pub unix: bool,
}

impl TrustedProxies {
    /// Whether the host with this address is one. An IPv4 address may be written as an IPv6 one (`::ffff:`).
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The process itself.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where requests come in.
    pub listen: Listen,
    /// Who may use the socket, if it is a Unix socket.
    pub socket: SocketAccess,
    /// The most connections at the same time; none means as many as the limit on open files has room for.
    pub max_connections: Option<u32>,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: TrustedProxies,
    /// Folder of the embedded database and of what else is kept in files.
    pub data_dir: PathBuf,
    /// Folder with the files of documents, a folder in it for each of IXP Manager's disks: `docstore` and
    /// `docstore_customers`.
    pub storage_dir: PathBuf,
    /// Whether this process runs jobs by the clock.
    pub scheduler: bool,
    /// How many days audit rows are kept; none means forever.
    pub audit_days: Option<u32>,
    /// Seconds after which the update lock of a router counts as given up; none means never.
    pub router_lock_ttl: Option<u32>,
    /// What is logged, as `tracing_subscriber::EnvFilter` reads it.
    pub log_filter: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// Parsers that log what is in users' texts: the HTML parser warns once for each element that a text has out of place.
const UNLOGGED: &str = "html5ever=off,markup5ever=off,selectors=off,cssparser=off";

impl ServerConfig {
    /// [`ServerConfig::log_filter`] with the libraries silenced that log what users' texts hold. Where the filter names
    /// one of them, the filter counts.
    pub fn log_directives(&self) -> String {
        format!("{UNLOGGED},{}", self.log_filter)
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Server");
        r.optional(
            var(ENV_FILE, "", "the `.env` file to read")
                .usually("`.env` in the current folder, if there is one"),
            from_str::<PathBuf>,
        );
        let data_dir: PathBuf = r.read(
            var("IXPD_DATA_DIR", "./data", "folder of the embedded database and other files"),
            from_str,
        )?;
        let storage_dir = r.optional(
            var("IXPD_STORAGE_DIR", "", "folder that holds the documents in `docstore` and `docstore_customers`, as IXP Manager's `storage` does")
                .usually("`IXPD_DATA_DIR`"),
            from_str::<PathBuf>,
        );
        Ok(Self {
            listen: r.read(var("IXPD_LISTEN", "127.0.0.1:8080", "where requests come in: `ADDRESS:PORT` or `unix:PATH`"), from_str)?,
            socket: SocketAccess {
                mode: r.read(var("IXPD_SOCKET_MODE", "0660", "permissions of the Unix socket, in octal digits"), permissions)?,
                group: r.optional(
                    var("IXPD_SOCKET_GROUP", "", "group of the Unix socket, by name or number, such as that of the proxy")
                        .usually("the `egid` of the process"),
                    text,
                ),
            },
            max_connections: r.optional(
                var("IXPD_MAX_CONNECTIONS", "", "the most connections that are open at the same time; further ones wait")
                    .usually("what `RLIMIT_NOFILE` has room for, 16384 at most"),
                whole_number(16..=1_000_000),
            ),
            trusted_proxies: proxies(r.list(
                var("IXPD_TRUSTED_PROXIES", "", "proxies whose `X-Forwarded-For` is believed: addresses and networks separated by commas; `unix` means whoever uses the Unix socket"),
                &[',', '|', ' '],
                proxy,
            )),
            storage_dir: storage_dir.unwrap_or_else(|| data_dir.clone()),
            data_dir,
            scheduler: r.flag(var("IXPD_SCHEDULER", "true", "run jobs by the clock in this process: `on` or `off`")),
            audit_days: Some(r.read(
                var("IXPD_AUDIT_DAYS", "180", "days for which audit rows are kept; 0 means forever"),
                whole_number(0..=36_500),
            )?)
            .filter(|days| *days > 0),
            router_lock_ttl: Some(r.read(
                var("IXPD_ROUTER_LOCK_TTL", "0", "seconds after which the update lock of a router counts as given up by whoever took it; 0 means never"),
                whole_number(0..=604_800),
            )?)
            .filter(|seconds| *seconds > 0),
            log_filter: log_filter(r)?,
            log_format: r.read(
                var("IXPD_LOG_FORMAT", "text", "`text` or `json`"),
                one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            )?,
        })
    }
}

/// Permission bits, in octal digits as `chmod` takes them.
fn permissions(text: &str) -> Result<u32, Refusal> {
    let text = text.trim();
    let mode = u32::from_str_radix(text, 8).ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    mode.filter(|mode| *mode <= 0o777)
        .ok_or_else(|| "accepted: octal digits such as 0660 or 0600, 0777 at most".to_owned())
}

enum Proxy {
    Network(IpNet),
    Unix,
}

fn proxy(text: &str) -> Result<Proxy, Refusal> {
    if text.eq_ignore_ascii_case("unix") {
        return Ok(Proxy::Unix);
    }
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map(|network: IpNet| Proxy::Network(network.trunc())).map_err(|_| {
        "accepted: addresses and networks such as 192.0.2.1 or 2001:db8::/32, and `unix`, separated by commas".to_owned()
    })
}

fn proxies(list: Vec<Proxy>) -> TrustedProxies {
    let mut proxies = TrustedProxies::default();
    for proxy in list {
        match proxy {
            Proxy::Network(network) => proxies.networks.push(network),
            Proxy::Unix => proxies.unix = true,
        }
    }
    proxies
}

/// `IXPD_LOG`, else what `LOG_LEVEL` says about our own messages: libraries below are too chatty for `debug`.
fn log_filter(r: &mut Reader<'_>) -> Result<String, BadDefault> {
    let level = r.optional(
        var("LOG_LEVEL", "", "least level that is logged, in IXP Manager's words: `debug`, `info`, `notice`, `warning`, `error`, `critical`, `alert`, `emergency`")
            .usually("`info`"),
        one_of(&[
            ("debug", "info,ixpd=debug,ixpd_db=debug,ixpd_net=debug,ixpd_render=debug"),
            ("info", "info"),
            ("notice", "info"),
            ("warning", "warn"),
            ("warn", "warn"),
            ("error", "error"),
            ("critical", "error"),
            ("alert", "error"),
            ("emergency", "error"),
        ]),
    );
    let filter: Var = var(
        "IXPD_LOG",
        level.unwrap_or("info"),
        "what is logged: a level, or levels by module such as `info,ixpd=debug`",
    )
    .usually("as `LOG_LEVEL` says");
    r.read(filter, |text| {
        let readable = EnvFilter::builder().parse(text.trim()).is_ok() && text.split(',').all(is_level_or_names_one);
        readable.then(|| text.trim().to_owned()).ok_or_else(|| {
            "accepted: error, warn, info, debug, trace or off, or a list of them by module such as info,ixpd=debug".to_owned()
        })
    })
}

/// A word alone would be a module of that name and silence all the others: `debgu` logs nothing.
fn is_level_or_names_one(part: &str) -> bool {
    part.contains(['=', '[']) || part.trim().is_empty() || part.trim().parse::<LevelFilter>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_listen_on_are_read_and_written() {
        for (text, written) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::]:80", "[::]:80"),
            ("localhost:0", "127.0.0.1:0"),
            ("unix:/run/ixpd/ixpd.sock", "unix:/run/ixpd/ixpd.sock"),
        ] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), written);
        }
        for text in
            ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:99999", "unix:", "example.com:80", "localhost:x"]
        {
            assert_eq!(text.parse::<Listen>(), Err(ParseListenError), "{text}");
        }
    }

    #[test]
    fn permissions_are_octal_digits() {
        for (text, mode) in [("0660", 0o660), ("660", 0o660), (" 0600 ", 0o600), ("0", 0), ("0777", 0o777)] {
            assert_eq!(permissions(text), Ok(mode), "{text}");
        }
        for text in ["", "0o660", "u=rw", "0888", "01777", "+660", "-1"] {
            assert!(permissions(text).is_err(), "{text}");
        }
    }

    #[test]
    fn proxies_are_addresses_networks_and_the_socket() {
        let list =
            ["10.1.2.3/8", "2001:db8::1", "UNIX"].map(|text| proxy(text).unwrap_or_else(|e| panic!("{e}")));
        let proxies = proxies(list.into());
        assert!(proxies.unix);
        for (address, trusted) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("11.0.0.1", false),
            ("2001:db8::1", true),
            ("2001:db8::2", false),
        ] {
            assert_eq!(proxies.contains(address.parse().unwrap()), trusted, "{address}");
        }
        for text in ["proxy.example.com", "10.0.0.0/33", "*", "10.0.0"] {
            assert!(proxy(text).is_err(), "{text}");
        }
    }
}
