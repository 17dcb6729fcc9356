//! The file of the embedded database and the write-ahead log beside it, looked at before SQLite opens them: SQLite takes
//! whatever log it finds for the file's own and writes it into the file.
//!
//! Format: <https://www.sqlite.org/fileformat2.html>.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions as _, Connection as _, Row as _, sqlite::SqliteConnectOptions};

use super::ConnectError;

/// The first bytes of every SQLite database file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Bytes of the header that are looked at.
const HEADER: usize = 20;
/// Bytes of a log's header; a log without frames is no longer.
const LOG_HEADER: u64 = 32;

/// Refuses a file that is no database, and one beside which the log of another file lies, as far as the headers tell.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), ConnectError> {
    let failed = |source| ConnectError::File { path: path.to_owned(), source };
    let Some(header) = beginning(path, HEADER).map_err(failed)? else { return Ok(()) };
    let wal = beside(path, "-wal");
    let log = beginning(&wal, 12).map_err(failed)?.unwrap_or_default();
    let log_is_used = wal.metadata().is_ok_and(|file| file.len() > LOG_HEADER);
    if header.is_empty() {
        // An empty file is a database yet to be made. SQLite would delete the log.
        return if log_is_used { Err(stray(path, "the file is empty")) } else { Ok(()) };
    }
    if !header.starts_with(MAGIC) {
        return Err(ConnectError::NotADatabase { path: path.to_owned() });
    }
    if !log_is_used {
        return Ok(());
    }
    // Versions 1 are a file without a write-ahead log, as VACUUM INTO writes it. A file that has a log has versions 2.
    if header.get(18..20) == Some(&[1, 1]) {
        return Err(stray(path, "the file was not written with a write-ahead log"));
    }
    let page_size = match header.get(16..18) {
        Some([0, 1]) => 65_536,
        Some([high, low]) => u32::from(*high) << 8 | u32::from(*low),
        _ => 0,
    };
    let log_page_size = log.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    if log_page_size.is_some_and(|size| size != page_size) {
        return Err(stray(path, "their pages differ in size"));
    }
    Ok(())
}

/// Reads the whole database as it would be with the log beside it, and refuses one that is damaged. Nothing is written
/// into the file. Without a log in use nothing is read.
///
/// # Errors
/// [`ConnectError::StrayJournal`].
pub(super) async fn verify(path: &Path) -> Result<(), ConnectError> {
    refuse_foreign(path)?;
    let used = beside(path, "-wal").metadata().is_ok_and(|file| file.len() > LOG_HEADER);
    if !used || !path.exists() {
        return Ok(());
    }
    // Opened for reading alone, SQLite doesn't write the log into the file when it closes it.
    let found = async {
        let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
        let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
        let found: String = row.try_get(0)?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(found)
    };
    match found.await {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(stray(path, &format!("with it the file is damaged: {found}"))),
        Err(sqlx::Error::Database(error)) => {
            Err(stray(path, &format!("with it the file can't be read: {error}")))
        }
        Err(source) => Err(ConnectError::Sqlite { path: path.to_owned(), source }),
    }
}

fn stray(path: &Path, reason: &str) -> ConnectError {
    ConnectError::StrayJournal {
        path: path.to_owned(),
        wal: beside(path, "-wal"),
        shm: beside(path, "-shm"),
        reason: reason.to_owned(),
    }
}

/// The path of a side file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The first bytes of a file, fewer where it has no more; none if there is no file.
fn beginning(path: &Path, bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut found = Vec::with_capacity(bytes);
    file.take(bytes as u64).read_to_end(&mut found)?;
    Ok(Some(found))
}
