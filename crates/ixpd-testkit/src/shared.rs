//! The folder `../shared` beside the project: a public data set and tools that only some machines have.

use std::path::{Path, PathBuf};

use crate::skipped;

/// The path of a file of `../shared`; `None`, with a message, where it is absent.
pub fn path(name: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.is_dir() {
        skipped("../shared is absent");
        return None;
    }
    let path = shared.join(name);
    if !path.exists() {
        skipped(&format!("../shared/{name} is absent"));
        return None;
    }
    Some(path)
}
