//! Settings that name files, folders and programs which aren't there.

use std::path::Path;

use ixpd_net::irr::IrrBackend;

use super::{Findings, settings};
use crate::config::{Config, Mailer};

pub(super) fn check(config: &Config, found: &mut Findings) {
    found.about(settings::AREA);
    let (mail, server, grapher) = (&config.mail, &config.server, &config.grapher);
    if let Some(file) = mail.ca_file.as_deref().filter(|file| !file.is_file()) {
        missing(found, "IXPD_MAIL_CA_FILE", file, "no such file: the server doesn't start");
    }
    if mail.mailer == Mailer::Sendmail && !mail.sendmail.is_file() {
        missing(found, "MAIL_SENDMAIL_PATH", &mail.sendmail, "no such program: mail waits in the outbox");
    }
    if let Some(IrrBackend::Bgpq(program)) = &config.irr.backend
        && program.is_absolute()
        && !program.is_file()
    {
        let path = program.display().to_string();
        let is_meant = |name: &str, value: &str| name.starts_with("IXP_IRRDB_BGPQ") && value == path;
        let setting = config.effective().iter().find(|setting| is_meant(setting.name, &setting.value));
        let name = setting.map_or("IXPD_IRR_BACKEND", |setting| setting.name);
        missing(found, name, program, "no such program: no routing registry is asked");
    }
    if server.storage_dir != server.data_dir && !server.storage_dir.is_dir() {
        missing(
            found,
            "IXPD_STORAGE_DIR",
            &server.storage_dir,
            "no such folder: the files of documents are missing",
        );
    }
    let logs = Path::new(&grapher.mrtg_log_dir);
    if grapher.reads_mrtg_logs() && !grapher.mrtg_log_dir.contains("://") && !logs.is_dir() {
        missing(found, "GRAPHER_BACKEND_MRTG_LOGDIR", logs, "no such folder: statistics answer 503");
    }
}

fn missing(found: &mut Findings, setting: &str, path: &Path, consequence: &str) {
    found.error(format_args!("{setting}: {}: {consequence}", path.display()));
}
