//! What is known of documents beside their bytes.

use std::path::{Component, Path, PathBuf};

use ixpd_db::query::lookup::{self, Document};

use crate::{error::AppError, services::Services};

/// A document and the size of its file in bytes; none where the file isn't there.
pub type Known = (Document, Option<u64>);

/// A document of the exchange.
///
/// # Errors
/// 404 if there is none.
pub async fn show(services: &Services, id: i64) -> Result<Known, AppError> {
    known(services, lookup::document(services.db.connection(), id).await?).await
}

/// A document of a member.
///
/// # Errors
/// 404 if there is none.
pub async fn show_customers(services: &Services, id: i64) -> Result<Known, AppError> {
    known(services, lookup::customer_document(services.db.connection(), id).await?).await
}

async fn known(services: &Services, found: Option<Document>) -> Result<Known, AppError> {
    let document = found.ok_or_else(AppError::not_found)?;
    let size = match place(&services.config.server.storage_dir, &document) {
        Some(path) => fs_err::tokio::metadata(path).await.ok().map(|metadata| metadata.len()),
        None => None,
    };
    Ok((document, size))
}

/// Where a document's file is: never outside the folder of files, whatever the row says.
fn place(storage: &Path, document: &Document) -> Option<PathBuf> {
    let below = Path::new(&document.disk).join(document.path.trim_start_matches('/'));
    let stays = below.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then(|| storage.join(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_below_the_folder_of_files() {
        let document = |disk: &str, path: &str| Document {
            name: String::new(),
            disk: disk.to_owned(),
            path: path.to_owned(),
            customer_name: None,
            username: None,
            user_name: None,
            created_at: None,
            file_last_updated: "2026-01-01 00:00:00".parse().unwrap(),
        };
        let place = |disk, path| place(Path::new("/files"), &document(disk, path));
        assert_eq!(place("docstore", "a/b.pdf"), Some("/files/docstore/a/b.pdf".into()));
        assert_eq!(place("docstore", "/a"), Some("/files/docstore/a".into()));
        for (disk, path) in [("docstore", "../../etc/passwd"), ("..", "a"), ("/etc", "passwd")] {
            assert_eq!(place(disk, path), None, "{disk} {path}");
        }
    }
}
