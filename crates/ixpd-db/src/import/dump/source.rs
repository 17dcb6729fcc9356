//! Opens a dump: plain text or gzip, told apart by its first bytes.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::error::{DumpError, DumpProblem};

/// Bytes read so far of a file that is being read on another thread.
#[derive(Debug, Clone, Default)]
pub struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    /// How many bytes of the file, as it lies on disk, have been read.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts what is read.
struct Counted<R> {
    source: R,
    read: BytesRead,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(target)?;
        self.read.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The text of a dump.
pub struct DumpSource {
    /// The text, decompressed.
    pub text: Box<dyn Read + Send>,
    /// Counts the bytes of the file.
    pub read: BytesRead,
    /// Size of the file; None for a pipe.
    pub size: Option<u64>,
}

impl DumpSource {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        let failed = |error| refused(path, DumpProblem::Read(error));
        let file = std::fs::File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(refused(path, DumpProblem::NotADump("it is a directory".to_owned())));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::from_reader(file, size).map_err(|problem| refused(path, problem))
    }

    /// Takes any stream of bytes.
    pub fn from_reader(source: impl Read + Send + 'static, size: Option<u64>) -> Result<Self, DumpProblem> {
        let read = BytesRead::default();
        let mut source = Counted { source, read: read.clone() };
        let mut magic = Vec::with_capacity(MAGIC as usize);
        (&mut source).take(MAGIC).read_to_end(&mut magic).map_err(DumpProblem::Read)?;
        let packed = PACKED.iter().find(|(start, _)| magic.starts_with(start));
        let whole: Whole<_> = Cursor::new(magic).chain(source);
        let text: Box<dyn Read + Send> = match packed {
            None => Box::new(whole),
            Some((_, "gzip")) => Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, whole))),
            Some((_, kind)) => {
                return Err(DumpProblem::NotADump(format!(
                    "it is compressed with {kind}; decompress it first, or use gzip"
                )));
            }
        };
        Ok(Self { text, read, size })
    }
}

type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// How many bytes tell a compressed file.
const MAGIC: u64 = 6;

const PACKED: [(&[u8], &str); 5] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ", "xz"),
    (b"BZh", "bzip2"),
    (b"PK\x03\x04", "zip"),
];

fn refused(path: &Path, problem: DumpProblem) -> DumpError {
    DumpError { file: path.display().to_string(), line: 1, table: None, problem }
}
