//! Templates of routers that an operator wrote for IXP Manager.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{
    error::RouterConfigError,
    template::{Generation, RouterTemplate},
};

/// Refuses a skin that changes this router's configuration in IXP Manager and not here: a configuration without an
/// operator's own rules must not reach a router. A file counts as ported when one with its name, ending in `.conf`
/// instead, is in `router/<kind>`. Rules for an AS number count where `peers` says that there is a session with it.
pub(super) fn refuse_unported(
    skin: Option<&Path>,
    template: RouterTemplate,
    peers: impl Fn(u32) -> bool,
) -> Result<(), RouterConfigError> {
    let Some(skin) = skin else { return Ok(()) };
    let kind = template.kind.folder();
    for (folder, all) in folders(template.generation) {
        let mut files = Vec::new();
        php_files(&skin.join("api/v4/router").join(kind).join(folder), &mut files)
            .map_err(RouterConfigError::Skin)?;
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default();
            let of_asn = ["f_import_as", "f_export_as"].iter().find_map(|prefix| stem.strip_prefix(prefix));
            if of_asn.and_then(|asn| asn.parse().ok()).is_some_and(|asn| !peers(asn)) {
                continue;
            }
            let is_snippet = of_asn.is_some() || stem.starts_with("import-pre-extra");
            let port = skin.join("router").join(kind).join(format!("{stem}.conf"));
            if (all || is_snippet) && !port.exists() {
                return Err(RouterConfigError::UnportedSkin { file, port });
            }
        }
    }
    Ok(())
}

/// The folders whose files have a part in a configuration: that of its generation, and for the snippets that of BIRD 2.
fn folders(generation: Generation) -> Vec<(&'static str, bool)> {
    match generation {
        Generation::Bird2025 => vec![("bird2-2025", true), ("bird2", false)],
        generation => vec![(generation.folder(), true)],
    }
}

fn php_files(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            php_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("php")) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ixpd_render::router::RouterKind;

    use super::*;

    fn refused(files: &[&str], kind: RouterKind, generation: Generation) -> Option<String> {
        let skin = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = skin.path().join(file);
            fs_err::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs_err::write(path, "").expect("a file");
        }
        let template = RouterTemplate { kind, generation };
        let refused = refuse_unported(Some(skin.path()), template, |asn| asn == 64_500).err()?;
        Some(refused.to_string().replace(&format!("{}/", skin.path().display()), ""))
    }

    #[test]
    fn php_template_of_this_router_is_refused_by_its_name() {
        let file = "api/v4/router/server/bird2/community-filter.foil.php";
        let text = refused(&[file], RouterKind::Server, Generation::Bird2).expect("a refusal");
        assert_eq!(
            text,
            format!(
                "{file} is a template of IXP Manager in PHP, which has to be ported: write it anew as \
                 router/server/community-filter.conf, or remove it"
            )
        );
        assert_eq!(refused(&[file], RouterKind::Collector, Generation::Bird2), None);
        assert_eq!(refused(&[file], RouterKind::Server, Generation::Bird2025), None);
    }

    #[test]
    fn ported_template_is_accepted() {
        let files = ["api/v4/router/as112/bird2/footer.foil.php", "router/as112/footer.conf"];
        assert_eq!(refused(&files, RouterKind::As112, Generation::Bird2), None);
    }

    #[test]
    fn newer_generation_shares_the_snippets_of_the_older() {
        for file in [
            "api/v4/router/server/bird2/f_import_as64500.foil.php",
            "api/v4/router/server/bird2/f_export_as64500.foil.php",
            "api/v4/router/server/bird2-2025/header.foil.php",
        ] {
            assert!(refused(&[file], RouterKind::Server, Generation::Bird2025).is_some(), "{file}");
        }
    }

    #[test]
    fn rules_for_an_as_without_a_session_here_are_not_missed() {
        for file in ["f_import_as64501.foil.php", "f_export_as4200000000.foil.php"] {
            let file = format!("api/v4/router/server/bird2/{file}");
            assert_eq!(refused(&[&file], RouterKind::Server, Generation::Bird2), None, "{file}");
        }
        // What has no AS number in its name may be used by anything.
        let file = "api/v4/router/server/bird2/f_import_as64501_extra.foil.php";
        assert!(refused(&[file], RouterKind::Server, Generation::Bird2).is_some());
    }
}
