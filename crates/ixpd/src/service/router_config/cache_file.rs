//! `irr.cache` in `IXPD_DATA_DIR`: the compact IRR data for the first requests after a start.
//!
//! A line that names the format, the length of a header, the header as JSON, its SHA-256, then the data of each member
//! one after the other. Every part has a checksum. A file that isn't what it should be is ignored, and a line of the log
//! says so: everything in it can be read from the database.

use std::{
    collections::HashMap,
    io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write},
    os::unix::fs::FileExt as _,
    path::Path,
    sync::Arc,
};

use fs_err::{File, os::unix::fs::OpenOptionsExt as _};
use ixpd_db::query::router_config::irr::Sign;
use ixpd_types::Protocol;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    cache::Reading,
    irr_sets::{IrrSets, SetsDigest},
};

/// The format and its version; another version is another line.
const MAGIC: &[u8; 17] = b"ixpd irr.cache 1\n";
const HASH_BYTES: usize = 32;
/// Bytes that are read or written together.
const BUFFER: usize = 256 * 1024;

/// A member's id and a protocol.
pub(super) type Key = (i32, Protocol);

/// Where the data of a member are in the file.
#[derive(Clone, Debug)]
pub(super) struct Record {
    key: Key,
    pub(super) at: Reading,
    pub(super) digest: SetsDigest,
    offset: u64,
    length: usize,
}

/// An open file, or none.
#[derive(Clone, Debug, Default)]
pub(super) struct CacheFile(Option<Arc<Open>>);

#[derive(Debug)]
struct Open {
    file: File,
    records: HashMap<Key, Record>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    /// [`ixpd_db::query::setting::DATABASE_ID`].
    database: String,
    members: Vec<HeaderRecord>,
}

#[derive(Serialize, Deserialize)]
struct HeaderRecord {
    customer_id: i32,
    protocol: i32,
    sign: String,
    verified: Option<String>,
    digest: String,
    length: usize,
}

/// Why a file is of no use.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("it is of another version of ixpd")]
    Version,
    #[error("it is of another database")]
    Foreign,
    #[error("it is damaged")]
    Damaged,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// What is wrong with a record.
#[derive(Debug)]
struct Damage(String);

impl CacheFile {
    /// Opens a file that was written for a database, `None` for one that none can be of.
    pub(super) fn open(path: &Path, database: Option<&str>) -> Self {
        match Open::new(path, database) {
            Ok(open) => Self(Some(Arc::new(open))),
            Err(Unusable::Io(error)) if error.kind() == io::ErrorKind::NotFound => Self(None),
            Err(error) => {
                let path = path.display();
                tracing::warn!("{path} is ignored, and written anew from the database: {error}");
                Self(None)
            }
        }
    }

    /// What the file says of a member's data.
    pub(super) fn record(&self, key: Key) -> Option<&Record> {
        self.0.as_ref()?.records.get(&key)
    }

    /// Reads data by member. What is damaged is left out.
    pub(super) fn read(&self, records: &[Record]) -> HashMap<i32, IrrSets> {
        let Some(open) = &self.0 else { return HashMap::new() };
        let mut read = HashMap::with_capacity(records.len());
        let mut damaged = 0_usize;
        let mut bytes = Vec::new();
        for record in records {
            match open.read(record, &mut bytes) {
                Ok(sets) => drop(read.insert(record.key.0, sets)),
                Err(Damage(reason)) => {
                    damaged += 1;
                    if damaged == 1 {
                        let path = open.file.path().display();
                        tracing::warn!(
                            customer_id = record.key.0,
                            "{path} is damaged: {reason}; the data are read from the database"
                        );
                    }
                }
            }
        }
        read
    }
}

impl Open {
    fn new(path: &Path, database: Option<&str>) -> Result<Self, Unusable> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut from = BufReader::with_capacity(BUFFER, &file);
        let mut magic = [0; MAGIC.len()];
        from.read_exact(&mut magic).map_err(|_| Unusable::Damaged)?;
        if &magic != MAGIC {
            return Err(if magic.starts_with(b"ixpd irr.cache ") {
                Unusable::Version
            } else {
                Unusable::Damaged
            });
        }
        let header_length = read_number(&mut from)?;
        if header_length > length {
            return Err(Unusable::Damaged);
        }
        let mut header = vec![0; usize::try_from(header_length).map_err(|_| Unusable::Damaged)?];
        let mut hash = [0; HASH_BYTES];
        from.read_exact(&mut header).map_err(|_| Unusable::Damaged)?;
        from.read_exact(&mut hash).map_err(|_| Unusable::Damaged)?;
        if Sha256::digest(&header)[..] != hash {
            return Err(Unusable::Damaged);
        }
        let header: Header = serde_json::from_slice(&header).map_err(|_| Unusable::Damaged)?;
        if Some(&*header.database) != database {
            return Err(Unusable::Foreign);
        }
        let begin = (MAGIC.len() + size_of::<u64>() + HASH_BYTES) as u64 + header_length;
        let (records, end) = records_of(header, begin).ok_or(Unusable::Damaged)?;
        if end != length {
            return Err(Unusable::Damaged);
        }
        Ok(Self { file, records })
    }

    fn read(&self, record: &Record, bytes: &mut Vec<u8>) -> Result<IrrSets, Damage> {
        bytes.resize(record.length, 0);
        self.file.file().read_exact_at(bytes, record.offset)?;
        IrrSets::from_binary(bytes, record.key.1)
            .filter(|sets| sets.digest() == record.digest)
            .ok_or_else(|| Damage("a checksum is wrong".to_owned()))
    }
}

fn read_number(from: &mut impl io::Read) -> Result<u64, Unusable> {
    let mut bytes = [0; size_of::<u64>()];
    from.read_exact(&mut bytes).map_err(|_| Unusable::Damaged)?;
    Ok(u64::from_le_bytes(bytes))
}

/// The records of a header, and where the last one ends.
fn records_of(header: Header, begin: u64) -> Option<(HashMap<Key, Record>, u64)> {
    let mut offset = begin;
    let mut records = HashMap::with_capacity(header.members.len());
    for member in header.members {
        let key = (member.customer_id, Protocol::from_code(member.protocol).ok()?);
        let at = Reading { sign: Sign::from_text(member.sign), verified: member.verified };
        let digest = SetsDigest::from_text(&member.digest)?;
        records.insert(key, Record { key, at, digest, offset, length: member.length });
        offset = offset.checked_add(member.length as u64)?;
    }
    Some((records, offset))
}

/// What a file is to have.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) sets: Vec<(Key, Reading, Arc<IrrSets>)>,
    /// What is taken over from an earlier file.
    pub(super) records: Vec<Record>,
}

impl Contents {
    /// Writes them beside the file, which only its owner can read, and then in its place.
    pub(super) fn write(&self, path: &Path, database: &str, earlier: Option<&CacheFile>) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        let beside = path.with_extension(format!("cache.{}", std::process::id()));
        let written = self.write_to(&beside, database, earlier).and_then(|()| fs_err::rename(&beside, path));
        if written.is_err() {
            // What was wrong is told; this is only tidied up.
            let _ = fs_err::remove_file(&beside);
        }
        written
    }

    fn write_to(&self, path: &Path, database: &str, earlier: Option<&CacheFile>) -> io::Result<()> {
        let of_sets = self
            .sets
            .iter()
            .map(|(key, at, sets)| header_record(*key, at, sets.digest(), sets.binary_length()));
        let of_records = self
            .records
            .iter()
            .map(|record| header_record(record.key, &record.at, record.digest, record.length));
        let members = of_sets.chain(of_records).collect();
        let header = serde_json::to_vec(&Header { database: database.to_owned(), members })?;
        let mut options = fs_err::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let mut out = BufWriter::with_capacity(BUFFER, file);
        out.write_all(MAGIC)?;
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        out.write_all(&Sha256::digest(&header))?;
        for (_, _, sets) in &self.sets {
            sets.write_binary(&mut out)?;
        }
        for record in &self.records {
            let open = earlier.and_then(|file| file.0.as_ref());
            let open = open.ok_or_else(|| io::Error::other("the earlier file is gone"))?;
            let mut from = open.file.file();
            from.seek(SeekFrom::Start(record.offset))?;
            io::copy(&mut from.take(record.length as u64), &mut out)?;
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

fn header_record(key: Key, at: &Reading, digest: SetsDigest, length: usize) -> HeaderRecord {
    HeaderRecord {
        customer_id: key.0,
        protocol: key.1.code(),
        sign: at.sign.as_text().to_owned(),
        verified: at.verified.clone(),
        digest: digest.to_text(),
        length,
    }
}
