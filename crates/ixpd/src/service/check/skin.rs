//! The operator's own templates.

use std::path::{Path, PathBuf};

use super::Findings;
use crate::{config::Config, service::outbox::Outbox};

const AREA: &str = "templates";
/// Where IXP Manager has its skins, below the folder of its `.env`.
const PHP_SKINS: &str = "resources/skins";
/// Folders below each other that are searched.
const DEPTH: usize = 8;

pub(super) fn check(config: &Config, found: &mut Findings) {
    found.about(AREA);
    let Some(skin) = &config.app.skin else { return };
    let own = config.skin_dir().unwrap_or_default();
    if own.is_dir() {
        templates(config, &own, found);
    } else {
        found.error(format_args!(
            "VIEW_SKIN={skin}, but there is no folder {}: mails, texts and configurations of routers are refused until it \
             is there, or VIEW_SKIN is unset",
            own.display()
        ));
    }
    let beside = config.env_file().and_then(Path::parent).map(|folder| folder.join(PHP_SKINS).join(skin));
    for folder in [Some(own), beside].into_iter().flatten() {
        let php = php_files(&folder, DEPTH);
        if let Some(first) = php.first() {
            found.warning(format_args!(
                "{} has {} PHP templates such as {}, which ixpd can't use; templates for ixpd are Jinja2 files in \
                 IXPD_DATA_DIR/skins/{skin}",
                folder.display(),
                php.len(),
                first.strip_prefix(&folder).unwrap_or(first).display()
            ));
        }
    }
}

fn templates(config: &Config, folder: &Path, found: &mut Findings) {
    let problems = match Outbox::new(config) {
        Ok(outbox) => outbox.template_problems(),
        Err(error) => return found.error(error),
    };
    if problems.is_empty() {
        found.ok(format_args!("the templates in {} can be used", folder.display()));
    }
    for problem in problems {
        found.error(problem);
    }
}

fn php_files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(entries) = fs_err::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        // A link to a folder could lead around in a circle.
        if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(php_files(&path, depth - 1));
        } else if path.extension().is_some_and(|extension| extension == "php") {
            files.push(path);
        }
    }
    files.sort();
    files
}
