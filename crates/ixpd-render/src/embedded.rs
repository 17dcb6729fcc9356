//! The built-in templates, compiled into the program.

macro_rules! embed {
    ($($name:literal),+ $(,)?) => {
        &[$( ($name, include_str!(concat!("../templates/", $name))), )+]
    };
}

/// Every built-in template: its path below `templates/` and its text, sorted by path.
pub(crate) const TEMPLATES: &[(&str, &str)] = embed![
    "dns/arpa/bind-full.txt",
    "dns/arpa/bind.txt",
    "grapher/mrtg-parts/custom-footer.txt",
    "grapher/mrtg-parts/custom-header.txt",
    "grapher/mrtg-parts/trunks.txt",
    "grapher/mrtg/default.txt",
    "grapher/smokeping/default.txt",
    "mail/added_to_member.html",
    "mail/added_to_member.txt",
    "mail/api_key_expiry_reminder.html",
    "mail/api_key_expiry_reminder.txt",
    "mail/customer_note_changed.html",
    "mail/customer_note_changed.txt",
    "mail/irrdb_alert.html",
    "mail/irrdb_alert.txt",
    "mail/layout.html",
    "mail/layout.txt",
    "mail/mac_address_changed.html",
    "mail/mac_address_changed.txt",
    "mail/password_reset_link.html",
    "mail/password_reset_link.txt",
    "mail/password_was_reset.html",
    "mail/password_was_reset.txt",
    "mail/second_factor_reset.html",
    "mail/second_factor_reset.txt",
    "mail/smtp_test.html",
    "mail/smtp_test.txt",
    "mail/username_reminder.html",
    "mail/username_reminder.txt",
    "mail/welcome.html",
    "mail/welcome.txt",
    "mailing-list/addresses/default.txt",
    "mailing-list/started/default.txt",
    "nagios/birdseye-bgp-sessions/default.txt",
    "nagios/birdseye-daemons/default.txt",
    "nagios/customers/default.txt",
    "nagios/switches/default.txt",
    "router/as112/header.conf",
    "router/as112/preamble.conf",
    "router/as112/session.conf",
    "router/collector/header.conf",
    "router/collector/policy.conf",
    "router/collector/preamble.conf",
    "router/collector/session.conf",
    "router/server/announcements.conf",
    "router/server/blackhole-export.conf",
    "router/server/header.conf",
    "router/server/never-via.conf",
    "router/server/no-prepend.conf",
    "router/server/policy.conf",
    "router/server/preamble.conf",
    "router/server/rpki-filter.conf",
    "router/server/session.conf",
    "router/shared/bfd.conf",
    "router/shared/blackhole-mark.conf",
    "router/shared/blackhole-policy.conf",
    "router/shared/blackhole.conf",
    "router/shared/communities.conf",
    "router/shared/ending.conf",
    "router/shared/header.conf",
    "router/shared/irr-origin.conf",
    "router/shared/martians.conf",
    "router/shared/never-via.conf",
    "router/shared/opening.conf",
    "router/shared/password.conf",
    "router/shared/rpki.conf",
    "router/shared/session-options.conf",
    "router/shared/transit.conf",
    "user/formatted/default.txt",
];

/// The text of the built-in template `name`.
pub(crate) fn source(name: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}

/// The built-in templates of a folder, without those of folders in it.
pub(crate) fn of_folder(folder: &str) -> impl Iterator<Item = &'static str> {
    let names = TEMPLATES.iter().map(|(name, _)| *name);
    names.filter(move |name| name.rsplit_once('/').is_some_and(|(parent, _)| parent == folder))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::TEMPLATES;

    fn files_below(dir: &Path, prefix: &str) -> Vec<String> {
        let mut names = Vec::new();
        for entry in fs_err::read_dir(dir).expect("a directory") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                names.extend(files_below(&entry.path(), &format!("{name}/")));
            } else {
                names.push(name);
            }
        }
        names.sort();
        names
    }

    #[test]
    fn every_file_of_the_template_directory_is_built_in() {
        let files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), "");
        let built_in: Vec<_> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(built_in, files);
    }
}
