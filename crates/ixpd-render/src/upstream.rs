//! The views of IXP Manager that a skin there can replace, by the text of ixpd that takes their place.

use std::path::{Path, PathBuf};

use crate::engine::is_plain;

/// Extensions of views: Foil, Blade, plain PHP.
const EXTENSIONS: [&str; 3] = ["foil.php", "blade.php", "php"];

/// The mails of IXP Manager.
const MAILS: [(&str, &[&str]); 10] = [
    ("added_to_member", &["user/emails/welcome-existing"]),
    ("api_key_expiry_reminder", &["api-key/emails/expiring-soon"]),
    ("customer_note_changed", &["customer/emails/note-changed"]),
    ("irrdb_alert", &["user/emails/alert"]),
    ("mac_address_changed", &["layer2-address/emails/changed"]),
    ("password_reset_link", &["auth/emails/forgot-password"]),
    ("password_was_reset", &["auth/emails/password-reset"]),
    ("smtp_test", &["utils/emails/smtp-test"]),
    ("username_reminder", &["auth/emails/forgot-username"]),
    ("welcome", &["user/emails/welcome"]),
];

/// The views that a configuration of MRTG consists of there, beside those that are files of their own here.
const MRTG: [&str; 10] = [
    "aggregates",
    "core-bundles",
    "footer",
    "header",
    "location-aggregates",
    "member-ports",
    "monolithic",
    "switch-aggregates",
    "switches",
    "target",
];

/// Texts that ixpd writes without a template, by their last segment.
pub(crate) const WITHOUT_TEMPLATE: [(&str, &str); 1] = [("pretag.map", "api/v4/sflow-receiver/pretagMap")];

/// The views, without their extensions, whose text the template `name` renders here. Routers have rules of their own.
fn views(name: &str) -> Vec<String> {
    let Some((stem, _)) = name.rsplit_once('.') else { return Vec::new() };
    let Some((area, rest)) = stem.split_once('/') else { return Vec::new() };
    let mut views = match area {
        "nagios" | "user" => vec![format!("api/v4/{stem}")],
        // `dns/arpa/bind`, which earlier versions have as `dns/bind`.
        "dns" => vec![format!("api/v4/{stem}"), format!("api/v4/dns/{}", rest.replacen("arpa/", "", 1))],
        "grapher" => vec![format!("services/grapher/{}", rest.replacen("mrtg-parts/", "mrtg/", 1))],
        "content" => vec![stem.to_owned()],
        "mail" => {
            let mail = MAILS.iter().find(|(mail, _)| *mail == rest);
            mail.map_or(&[][..], |(_, views)| views).iter().map(|view| (*view).to_owned()).collect()
        }
        _ => Vec::new(),
    };
    match stem {
        "grapher/mrtg/default" => {
            views.extend(MRTG.iter().map(|view| format!("services/grapher/mrtg/{view}")));
        }
        "grapher/smokeping/default" => views.push("api/v4/vlan/smokeping/default".to_owned()),
        _ => {}
    }
    views
}

/// Returns the file of the skin by which IXP Manager would render what `name` renders here, unless it is ported.
pub(crate) fn unported_php(skin_dir: &Path, name: &str) -> Option<PathBuf> {
    if !is_plain(name) || skin_dir.join(name).exists() {
        return None;
    }
    views(name).iter().find_map(|view| php_file(skin_dir, view))
}

/// Returns the file of a skin that replaces a view.
pub(crate) fn php_file(skin_dir: &Path, view: &str) -> Option<PathBuf> {
    let files = EXTENSIONS.map(|extension| skin_dir.join(format!("{view}.{extension}")));
    files.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, embedded::TEMPLATES};

    /// Texts that IXP Manager makes without a view of its own, or doesn't make.
    const OWN: [&str; 4] = ["mail/layout.", "mail/second_factor_reset.", "mailing-list/", "router/"];

    /// Every template beside those of routers and the views over it, so that a new one is judged here.
    fn every_view() -> Vec<(&'static str, String)> {
        let templates = TEMPLATES.iter().map(|(name, _)| *name);
        let rendered = templates.filter(|name| !OWN.iter().any(|own| name.starts_with(own)));
        rendered
            .flat_map(|name| {
                let views = views(name);
                assert!(!views.is_empty(), "{name}: name the view of IXP Manager, or list it in OWN");
                views.into_iter().map(move |view| (name, view))
            })
            .collect()
    }

    fn skin(file: &str) -> (tempfile::TempDir, Engine) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(file);
        fs_err::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs_err::write(path, "<?php").expect("a file");
        let engine = Engine::new(Some(dir.path().to_owned()));
        (dir, engine)
    }

    #[test]
    fn php_over_any_text_that_is_rendered_is_a_problem_and_a_refusal_until_it_is_ported() {
        let all = every_view();
        assert!(all.iter().filter(|(name, _)| name.starts_with("mail/")).count() == 2 * MAILS.len());
        for (name, view) in all {
            for extension in EXTENSIONS {
                let file = format!("{view}.{extension}");
                let (dir, engine) = skin(&file);
                let of_file = |error: &crate::RenderError| error.reason.contains(&file);
                let told = format!("anew as {name}");
                let problems = engine.problems();
                assert!(problems.iter().any(of_file), "{name} {file}: {problems:?}");
                let refusal = engine.render_named(name, &()).expect_err(name);
                assert!(of_file(&refusal) && refusal.reason.contains(&told), "{refusal}");
                let ported = dir.path().join(name);
                fs_err::create_dir_all(ported.parent().expect("a parent")).expect("a directory");
                fs_err::write(ported, "ported").expect("a file");
                assert!(engine.render_named(name, &()).is_ok(), "{name}");
                assert!(!engine.problems().iter().any(|error| error.reason.contains(&told)), "{name}");
            }
        }
    }

    #[test]
    fn mail_with_a_php_template_is_not_sent_with_the_built_in_text() {
        use crate::mail::{MailContext as _, MailIdentity, SmtpTest};
        let (_dir, engine) = skin("utils/emails/smtp-test.blade.php");
        let identity = MailIdentity {
            sitename: "Example IX".to_owned(),
            name: "Example".to_owned(),
            support_email: "support@example.net".to_owned(),
        };
        for mail in SmtpTest::samples() {
            let error = engine.render_mail(&mail, &identity).expect_err("a refusal");
            assert!(error.reason.contains("utils/emails/smtp-test.blade.php"), "{error}");
        }
    }

    #[test]
    fn text_without_a_template_is_refused_as_long_as_the_php_is_there() {
        for (text, view) in WITHOUT_TEMPLATE {
            let (_dir, engine) = skin(&format!("{view}.foil.php"));
            let error = engine.refuse_php_over(text).expect_err(text);
            assert!(error.reason.contains(view) && error.reason.contains("remove it"), "{error}");
            assert!(engine.problems().contains(&error));
            assert!(Engine::new(None).refuse_php_over(text).is_ok());
        }
    }
}
