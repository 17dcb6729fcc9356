//! [`DatabaseOptions`]: which database to open, and how.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

/// Port of a MySQL or MariaDB server unless told otherwise.
pub const MYSQL_PORT: u16 = 3306;
const SQLITE_CONNECTIONS: u32 = 4;
const MYSQL_CONNECTIONS: u32 = 16;

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum DatabaseOptions {
    /// The embedded database: one file.
    Sqlite(SqliteOptions),
    /// A MySQL or MariaDB server.
    MySql(MySqlOptions),
}

/// The embedded database.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The database file. It and its folder are created if they are missing, the file readable by its owner alone.
    pub path: PathBuf,
    /// Most connections that may be open at once.
    pub max_connections: u32,
}

/// A MySQL or MariaDB server.
#[derive(Clone, Debug)]
pub struct MySqlOptions {
    /// Host name or address. `localhost` means the server's unix socket first, then TCP.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Unix socket of the server; when set, host and port aren't used.
    pub socket: Option<PathBuf>,
    /// Account name.
    pub user: String,
    /// Password of the account; may be empty.
    pub password: SecretString,
    /// Name of the database (schema).
    pub database: String,
    /// File with the certificates of authorities to trust, PEM. When set, the server must prove itself by one of them.
    pub ssl_ca: Option<PathBuf>,
    /// How much TLS is asked of the server.
    pub tls: Tls,
    /// Most connections that may be open at once.
    pub max_connections: u32,
}

/// How much TLS is asked of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Never.
    Disabled,
    /// If the server offers it; its certificate isn't judged.
    #[default]
    Preferred,
    /// Always; its certificate isn't judged.
    Required,
    /// Always, with a certificate of a trusted authority.
    VerifyCa,
    /// Always, with a certificate of a trusted authority that names the host.
    VerifyIdentity,
}

/// A database URL that can't be used. Messages never repeat the URL, because it may hold a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UrlError {
    /// Not a URL at all.
    #[error(
        "the database URL can't be read: {0}; accepted are mysql://user:password@host:3306/database and sqlite:/path/to/file.db"
    )]
    Syntax(url::ParseError),
    /// Some other database.
    #[error("the database URL begins with '{0}:'; accepted are mysql:, mariadb: and sqlite:")]
    Scheme(String),
    /// A part that is needed is missing.
    #[error(
        "the database URL has no {0}; accepted are mysql://user:password@host:3306/database and sqlite:/path/to/file.db"
    )]
    Missing(&'static str),
    /// An option that ixpd acts on has a value it doesn't know.
    #[error("the database URL has {name}={value}; accepted are {accepted}")]
    Parameter {
        /// Name of the option.
        name: &'static str,
        /// The value found.
        value: String,
        /// The values that would do.
        accepted: &'static str,
    },
    /// Bytes that aren't UTF-8 after decoding.
    #[error("the {0} in the database URL is not UTF-8 after percent-decoding")]
    Encoding(&'static str),
}

impl DatabaseOptions {
    /// The embedded database in the given file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite(SqliteOptions { path: path.into(), max_connections: SQLITE_CONNECTIONS })
    }

    /// Reads `sqlite:PATH`, `sqlite:///PATH` or `mysql://user:password@host:port/database` (also `mariadb://`).
    ///
    /// Options after `?` of a MySQL URL: `socket`, `ssl-ca`, `ssl-mode` (disabled, preferred, required, verify_ca,
    /// verify_identity), also spelt with an underscore. Others belong to other programs and are skipped.
    ///
    /// # Errors
    /// [`UrlError`], which never repeats the URL.
    pub fn from_url(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) =
            text.split_once(':').ok_or(UrlError::Syntax(url::ParseError::RelativeUrlWithoutBase))?;
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => sqlite_from_url(rest),
            "mysql" | "mariadb" => mysql_from_url(text).map(Self::MySql),
            // Anything longer than a scheme could be part of a mistyped password.
            other if other.len() <= 12 => Err(UrlError::Scheme(other.to_owned())),
            _ => Err(UrlError::Scheme("…".to_owned())),
        }
    }

    /// Names the database for messages, without its password.
    pub fn describe(&self) -> String {
        match self {
            Self::Sqlite(options) => format!("SQLite {}", options.path.display()),
            Self::MySql(options) => options.describe(),
        }
    }
}

impl MySqlOptions {
    /// The named database on a server's default port, asking for TLS if it offers it.
    pub fn new(
        host: impl Into<String>,
        user: impl Into<String>,
        password: SecretString,
        database: impl Into<String>,
    ) -> Self {
        Self {
            host: host.into(),
            port: MYSQL_PORT,
            socket: None,
            user: user.into(),
            password,
            database: database.into(),
            ssl_ca: None,
            tls: Tls::default(),
            max_connections: MYSQL_CONNECTIONS,
        }
    }

    /// Names database, account and server for messages, without the password.
    pub fn describe(&self) -> String {
        let Self { user, host, port, database, .. } = self;
        match &self.socket {
            Some(socket) => format!("MySQL database {database} as {user} at {}", socket.display()),
            None => format!("MySQL database {database} as {user} at {host}:{port}"),
        }
    }
}

fn sqlite_from_url(rest: &str) -> Result<DatabaseOptions, UrlError> {
    let path = rest.split('?').next().unwrap_or_default();
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = decode(path, "path")?;
    if path.is_empty() {
        return Err(UrlError::Missing("path"));
    }
    Ok(DatabaseOptions::sqlite(path))
}

fn mysql_from_url(text: &str) -> Result<MySqlOptions, UrlError> {
    let url = Url::parse(text).map_err(UrlError::Syntax)?;
    let host = decode(url.host_str().unwrap_or_default(), "host")?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let user = decode(url.username(), "user")?;
    let password = SecretString::from(decode(url.password().unwrap_or_default(), "password")?);
    let database = decode(url.path().trim_start_matches('/'), "database name")?;
    let mut options = MySqlOptions::new(host, user, password, database);
    options.port = url.port().unwrap_or(MYSQL_PORT);
    for (name, value) in url.query_pairs() {
        match name.replace('-', "_").as_str() {
            "socket" | "unix_socket" => options.socket = Some(Path::new(&*value).to_owned()),
            "ssl_ca" | "sslca" => options.ssl_ca = Some(Path::new(&*value).to_owned()),
            "ssl_mode" | "sslmode" => options.tls = tls(&value)?,
            _ => tracing::debug!(%name, "option of the database URL skipped"),
        }
    }
    if options.host.is_empty() && options.socket.is_none() {
        return Err(UrlError::Missing("host"));
    }
    if options.user.is_empty() {
        return Err(UrlError::Missing("user"));
    }
    if options.database.is_empty() {
        return Err(UrlError::Missing("database name"));
    }
    Ok(options)
}

fn tls(value: &str) -> Result<Tls, UrlError> {
    match value.to_ascii_lowercase().replace('-', "_").as_str() {
        "disabled" => Ok(Tls::Disabled),
        "preferred" => Ok(Tls::Preferred),
        "required" => Ok(Tls::Required),
        "verify_ca" => Ok(Tls::VerifyCa),
        "verify_identity" => Ok(Tls::VerifyIdentity),
        _ => Err(UrlError::Parameter {
            name: "ssl-mode",
            value: value.to_owned(),
            accepted: "disabled, preferred, required, verify_ca and verify_identity",
        }),
    }
}

fn decode(text: &str, part: &'static str) -> Result<String, UrlError> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| UrlError::Encoding(part))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn mysql(text: &str) -> MySqlOptions {
        match DatabaseOptions::from_url(text).unwrap() {
            DatabaseOptions::MySql(options) => options,
            DatabaseOptions::Sqlite(_) => panic!("not a MySQL URL"),
        }
    }

    #[test]
    fn mysql_url_is_read_with_escaped_password_and_options() {
        let options =
            mysql("mysql://ixp:p%40ss%2F%3A@db.example.net:3307/ixp_ci?ssl-ca=/etc/ca.pem&charset=utf8mb4");
        assert_eq!((options.host.as_str(), options.port), ("db.example.net", 3307));
        assert_eq!((options.user.as_str(), options.database.as_str()), ("ixp", "ixp_ci"));
        assert_eq!(options.password.expose_secret(), "p@ss/:");
        assert_eq!(options.ssl_ca.as_deref(), Some(Path::new("/etc/ca.pem")));
    }

    #[test]
    fn mysql_url_may_name_a_socket_and_a_tls_mode_and_an_ipv6_host() {
        let options = mysql("mariadb://ixp@localhost/ixp?socket=/run/x.sock&ssl_mode=VERIFY_CA");
        assert_eq!(options.socket.as_deref(), Some(Path::new("/run/x.sock")));
        assert_eq!((options.port, options.tls), (3306, Tls::VerifyCa));
        assert_eq!(mysql("mysql://ixp@[2001:db8::1]/ixp").host, "2001:db8::1");
    }

    #[test]
    fn sqlite_url_may_be_relative_or_absolute() {
        for (text, path) in [
            ("sqlite:data/ixpd.db", "data/ixpd.db"),
            ("sqlite://data/ixpd.db?mode=rwc", "data/ixpd.db"),
            ("sqlite:///var/lib/ixpd/ixpd.db", "/var/lib/ixpd/ixpd.db"),
        ] {
            match DatabaseOptions::from_url(text).unwrap() {
                DatabaseOptions::Sqlite(options) => assert_eq!(options.path, Path::new(path)),
                DatabaseOptions::MySql(_) => panic!("{text}"),
            }
        }
    }

    #[test]
    fn unusable_urls_say_what_is_accepted_and_never_repeat_the_password() {
        for text in [
            "postgres://a:hunter2@h/d",
            "mysql://a:hunter2@h:99999/d",
            "mysql://a:hunter2@h",
            "mysql://:hunter2@h/d",
            "mysql://a:hunter2@h/d?ssl-mode=maybe",
            "hunter2",
            "sqlite:",
        ] {
            let error = DatabaseOptions::from_url(text).unwrap_err().to_string();
            assert!(error.contains("accepted are") && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn debug_and_description_never_show_the_password() {
        let options = DatabaseOptions::from_url("mysql://a:hunter2@h/d").unwrap();
        assert!(!format!("{options:?} {}", options.describe()).contains("hunter2"));
    }
}
