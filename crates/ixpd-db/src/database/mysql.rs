//! Connecting to a MySQL or MariaDB server.

use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sea_orm::{DatabaseConnection, SqlxMySqlConnector};
use secrecy::ExposeSecret as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, MySqlConnection, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode},
};
use tokio::time::{Instant, timeout};

use super::{ConnectError, MySqlOptions, Path, PathBuf, Use};
use crate::{
    dialect,
    options::{MYSQL_PORT, Tls},
};

/// Where servers put their unix socket.
const SOCKETS: [&str; 3] = ["/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/tmp/mysql.sock"];
/// Time limit for taking a connection from the pool; a request beyond it is answered with 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(2_500);
/// Time limit for a connection that is returned to the pool to answer a ping before it is closed.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(2);
/// Seconds that one statement waits for row locks of another transaction (`innodb_lock_wait_timeout`). The transaction is
/// retried then; see [`super::Database::write`].
const LOCK_WAIT_SECONDS: u32 = 5;
/// A connection that nobody used for longer is tried before it is handed out: the server may have closed it.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(1);
/// Statements slower than this are logged; their text holds no values.
const SLOW: Duration = Duration::from_secs(1);

pub(super) async fn connect(
    options: &MySqlOptions,
    for_use: Use,
) -> Result<DatabaseConnection, ConnectError> {
    let name = |source| ConnectError::MySql { database: options.describe(), source };
    if let Some(path) = &options.ssl_ca {
        let authority = |source| ConnectError::Authority { path: path.clone(), source };
        fs_err::tokio::File::open(path).await.map_err(authority)?;
    }
    let connect = first_that_answers(options).await.map_err(name)?;
    pool(options, connect, for_use).await.map(SqlxMySqlConnector::from_sqlx_mysql_pool).map_err(name)
}

async fn pool(
    options: &MySqlOptions,
    connect: MySqlConnectOptions,
    for_use: Use,
) -> Result<MySqlPool, sqlx::Error> {
    let last_heard = Arc::new(Mutex::new(Instant::now()));
    MySqlPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRY_AFTER_IDLE {
                    return Ok(true);
                }
                connection.ping().await.map(|()| true)
            })
        })
        .after_release(move |connection, _| {
            let last_heard = Arc::clone(&last_heard);
            Box::pin(async move { still_answers(connection, &last_heard).await })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                dialect::prepare_mysql_session(&mut *connection).await?;
                let sql = format!("SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}");
                connection.execute(AssertSqlSafe(sql)).await?;
                if for_use == Use::Read {
                    connection.execute("SET SESSION TRANSACTION READ ONLY").await?;
                }
                Ok(())
            })
        })
        .connect_with(connect)
        .await
}

/// Whether a connection that is given back is still good. The pool asks that too, but waits for ever, so that a server that
/// fell silent would take its connections along; once a second somebody asks who doesn't.
async fn still_answers(
    connection: &mut MySqlConnection,
    last_heard: &Mutex<Instant>,
) -> Result<bool, sqlx::Error> {
    let lock = || last_heard.lock().unwrap_or_else(PoisonError::into_inner);
    if lock().elapsed() < TRY_AFTER_IDLE {
        return Ok(true);
    }
    match timeout(RELEASE_TIMEOUT, connection.ping()).await {
        Ok(answer) => answer?,
        Err(_) => return Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
    *lock() = Instant::now();
    Ok(true)
}

/// Asks the server for a sign of life, on a new connection.
pub(super) async fn ask(pool: &MySqlPool) -> Result<(), sqlx::Error> {
    let mut connection = MySqlConnection::connect_with(&pool.connect_options()).await?;
    connection.ping().await?;
    connection.close().await
}

/// Tries the ways to the server in turn. Only a way on which nobody answers leads to the next: what a server says,
/// such as a wrong password, is final.
async fn first_that_answers(options: &MySqlOptions) -> Result<MySqlConnectOptions, sqlx::Error> {
    let mut last = None;
    for way in ways(options, Path::exists) {
        match MySqlConnection::connect_with(&way).await {
            Ok(connection) => {
                // The server may be faster in hanging up; either way the connection is gone.
                if let Err(error) = connection.close().await {
                    tracing::debug!(%error, "closing the connection that tried the way");
                }
                return Ok(way);
            }
            Err(error @ sqlx::Error::Io(_)) => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| sqlx::Error::Configuration("no host and no socket given".into())))
}

fn ways(options: &MySqlOptions, exists: impl Fn(&Path) -> bool) -> Vec<MySqlConnectOptions> {
    let base = base(options);
    if let Some(socket) = &options.socket {
        return vec![base.socket(socket)];
    }
    let tcp = base.clone().host(&options.host).port(options.port);
    if options.host != "localhost" {
        return vec![tcp];
    }
    let sockets =
        SOCKETS.iter().map(PathBuf::from).filter(|path| exists(path)).map(|path| base.clone().socket(path));
    if options.port == MYSQL_PORT {
        sockets.chain([tcp]).collect()
    } else {
        // A port that was chosen means that server, and the socket may be another one's.
        [tcp].into_iter().chain(sockets).collect()
    }
}

fn base(options: &MySqlOptions) -> MySqlConnectOptions {
    // The session keeps the server's time zone: rows hold wall clocks that no driver may shift.
    let mut base = MySqlConnectOptions::new()
        .username(&options.user)
        .password(options.password.expose_secret())
        .database(&options.database)
        .charset("utf8mb4")
        .collation("utf8mb4_unicode_ci")
        .timezone(None)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .ssl_mode(ssl_mode(options))
        .log_statements(log::LevelFilter::Trace)
        .log_slow_statements(log::LevelFilter::Debug, SLOW);
    if let Some(file) = &options.ssl_ca {
        base = base.ssl_ca(file);
    }
    base
}

fn ssl_mode(options: &MySqlOptions) -> MySqlSslMode {
    match options.tls {
        Tls::Disabled => MySqlSslMode::Disabled,
        Tls::VerifyIdentity => MySqlSslMode::VerifyIdentity,
        Tls::VerifyCa => MySqlSslMode::VerifyCa,
        Tls::Preferred | Tls::Required if options.ssl_ca.is_some() => MySqlSslMode::VerifyCa,
        Tls::Required => MySqlSslMode::Required,
        Tls::Preferred => MySqlSslMode::Preferred,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn targets(host: &str, port: u16) -> Vec<String> {
        let mut options = MySqlOptions::new(host, "ixp", SecretString::from("x"), "ixp");
        options.port = port;
        ways(&options, |path| path == Path::new("/run/mysqld/mysqld.sock"))
            .iter()
            .map(|way| match way.get_socket() {
                Some(socket) => socket.display().to_string(),
                None => format!("{}:{}", way.get_host(), way.get_port()),
            })
            .collect()
    }

    #[test]
    fn localhost_means_the_socket_first_and_then_tcp() {
        assert_eq!(targets("localhost", 3306), ["/run/mysqld/mysqld.sock", "localhost:3306"]);
    }

    #[test]
    fn localhost_with_another_port_means_that_port_first() {
        assert_eq!(targets("localhost", 3307), ["localhost:3307", "/run/mysqld/mysqld.sock"]);
    }

    #[test]
    fn an_address_never_means_a_socket() {
        assert_eq!(targets("127.0.0.1", 3306), ["127.0.0.1:3306"]);
    }

    #[test]
    fn a_named_authority_makes_the_server_prove_itself() {
        let mut options = MySqlOptions::new("h", "u", SecretString::from("x"), "d");
        assert!(matches!(ssl_mode(&options), MySqlSslMode::Preferred));
        options.ssl_ca = Some("/etc/ca.pem".into());
        assert!(matches!(ssl_mode(&options), MySqlSslMode::VerifyCa));
    }
}
