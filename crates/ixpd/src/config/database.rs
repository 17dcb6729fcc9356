//! Where the data lives: `DATABASE_URL` or `DB_*`.

use std::path::{Path, PathBuf};

use ixpd_db::{DatabaseOptions, MySqlOptions};
use secrecy::SecretString;

use super::{
    reader::{Reader, var},
    value::{self, Refusal, whole_number},
};

/// File of the embedded database in `IXPD_DATA_DIR`.
const EMBEDDED_FILE: &str = "ixpd.db";

/// Where the data lives.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// What to open.
    pub options: DatabaseOptions,
}

/// What `DB_*` say. Nothing of it is judged unless it is used.
struct Parts {
    connection: String,
    host: String,
    port: String,
    socket: String,
    database: String,
    user: String,
    password: Option<SecretString>,
    ssl_ca: String,
}

impl DatabaseConfig {
    pub(super) fn read(r: &mut Reader<'_>, data_dir: &Path) -> Self {
        r.section("Database");
        let url = r.optional(
            var(
                "DATABASE_URL",
                "",
                "`mysql://user:password@host/database` or `sqlite:file`; wins over the `DB_` names",
            )
            .url(),
            |text| DatabaseOptions::from_url(text.trim()).map_err(|error| error.to_string()),
        );
        let parts = Parts::read(r);
        let options = match url {
            Some(options) => options,
            None if r.is_set("DATABASE_URL") => DatabaseOptions::sqlite(data_dir.join(EMBEDDED_FILE)),
            None => parts.options(r, data_dir),
        };
        Self { options }
    }

    /// Whether it is a file of our own instead of a server.
    pub fn is_embedded(&self) -> bool {
        matches!(self.options, DatabaseOptions::Sqlite(_))
    }
}

impl Parts {
    fn read(r: &mut Reader<'_>) -> Self {
        Self {
            connection: r.text(
                var("DB_CONNECTION", "", "`mysql` (also `mariadb`) or `sqlite`")
                    .usually("`mysql` if another `DB_` name is set, else `sqlite`"),
            ),
            host: r.text(var("DB_HOST", "localhost", "server; `localhost` tries its socket first")),
            port: r.text(var("DB_PORT", "3306", "TCP port of the server")),
            socket: r.text(var("DB_SOCKET", "", "Unix socket of the server; then host and port aren't used")),
            database: r.text(var("DB_DATABASE", "", "name of the database, or file of the embedded one")),
            user: r.text(var("DB_USERNAME", "", "account on the server")),
            password: r.secret(var("DB_PASSWORD", "", "password of the account")),
            ssl_ca: r.text(var(
                "MYSQL_ATTR_SSL_CA",
                "",
                "file with the certificates of authorities (PEM); the server must prove itself by one of them",
            )),
        }
    }

    fn options(self, r: &mut Reader<'_>, data_dir: &Path) -> DatabaseOptions {
        let names = ["DB_HOST", "DB_PORT", "DB_SOCKET", "DB_DATABASE", "DB_USERNAME", "DB_PASSWORD"];
        let server = match self.connection.trim().to_ascii_lowercase().as_str() {
            "mysql" | "mariadb" => true,
            "sqlite" => false,
            "" => names.into_iter().any(|name| r.is_set(name)),
            _ => {
                r.refuse("DB_CONNECTION", "accepted: mysql, mariadb, sqlite");
                false
            }
        };
        if server {
            return DatabaseOptions::MySql(self.server(r));
        }
        DatabaseOptions::sqlite(if self.database.is_empty() {
            data_dir.join(EMBEDDED_FILE)
        } else {
            Path::new(&self.database).to_owned()
        })
    }

    fn server(self, r: &mut Reader<'_>) -> MySqlOptions {
        for (name, value, example) in
            [("DB_DATABASE", &self.database, "ixp"), ("DB_USERNAME", &self.user, "ixp")]
        {
            if value.is_empty() {
                r.refuse(
                    name,
                    format!("is needed, since other `DB_` names choose a MySQL server; accepted: a name such as {example}"),
                );
            }
        }
        let host = judged(r, "DB_HOST", &self.host, value::host);
        let port = judged(r, "DB_PORT", &self.port, whole_number(1..=65535));
        let mut options = MySqlOptions::new(
            host.unwrap_or_default(),
            self.user,
            self.password.unwrap_or_else(|| String::new().into()),
            self.database,
        );
        options.port = port.unwrap_or(options.port);
        options.socket = path(&self.socket);
        options.ssl_ca = path(&self.ssl_ca);
        options
    }
}

/// The value of a text that was read before; none, and a note of it, if it is refused. Blank is none.
fn judged<T>(
    r: &mut Reader<'_>,
    name: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, Refusal>,
) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    parse(text).map_err(|reason| r.refuse(name, reason)).ok()
}

fn path(text: &str) -> Option<PathBuf> {
    (!value::is_absent(text)).then(|| text.into())
}
