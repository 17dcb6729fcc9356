//! Lines for cron: what IXP Manager's scheduler does and ixpd doesn't do yet.

use std::{fmt::Write as _, path::Path};

use ixpd_db::DatabaseOptions;

use super::schedule;
use crate::config::Config;

/// An entry of IXP Manager's schedule.
struct Entry {
    /// Minute before the installation's own offset is added.
    minute: &'static str,
    /// Hour, day, month, weekday.
    rest: &'static str,
    command: &'static str,
    /// Whether the installation's own offset is added to the minute.
    spread: bool,
    /// Whether a run waits for none before it.
    alone: bool,
    /// Whether it is only run where sflow is in use.
    sflow: bool,
}

const fn entry(minute: &'static str, rest: &'static str, command: &'static str) -> Entry {
    Entry { minute, rest, command, spread: false, alone: false, sflow: false }
}

const fn alone(minute: &'static str, rest: &'static str, command: &'static str) -> Entry {
    Entry { alone: true, ..entry(minute, rest, command) }
}

/// What ixpd doesn't do yet, by the time of the day.
const ENTRIES: [Entry; 11] = [
    alone("*/5", "* * * *", "switch:snmp-poll"),
    entry("0", "0 * * *", "telescope:prune --hours=72"),
    Entry { sflow: true, ..entry("5", "0 * * *", "grapher:prune-daily-p2p --days=30") },
    Entry {
        sflow: true,
        ..alone("10", "0 * * *", "grapher:upload-daily-p2p \"$(date -d yesterday +\\%F)\"")
    },
    Entry { spread: true, ..entry("0", "1 * * *", "ixp-manager:update-in-peeringdb") },
    alone("0", "2 * * *", "grapher:upload-stats-to-db"),
    alone("10", "2 * * *", "grapher:upload-pi-stats-to-db"),
    Entry { spread: true, ..entry("0", "2 * * *", "ixp-manager:update-in-manrs") },
    entry("14", "3 * * *", "utils:expunge-app-passwords-and-logs"),
    Entry { spread: true, ..alone("15", "9 * * 1", "utils:oui-update") },
    Entry { spread: true, ..alone("15", "10 * * 2", "utils:asn-update") },
];

/// The lines, for a file in `/etc/cron.d`. On the embedded database there are none: IXP Manager's commands would go on
/// with the database that was imported from.
pub fn lines(config: &Config, dir: &Path, account: &str) -> String {
    if let DatabaseOptions::Sqlite(options) = &config.database.options {
        return unavailable(&options.path);
    }
    let offset = schedule::offset(config);
    let sflow = config.unserved().iter().any(|setting| setting.name == "GRAPHER_BACKEND_SFLOW_ENABLED");
    let dir = dir.display();
    let mut text = format!(
        "# What IXP Manager's scheduler does and ixpd doesn't do yet. Remove `artisan schedule:run` from cron.\n\
         # Hours are those of APP_TIMEZONE, {}: cron must run in that zone.\n",
        config.app.zone
    );
    for entry in ENTRIES.iter().filter(|entry| sflow || !entry.sflow) {
        let minute = match entry.minute.parse::<u32>() {
            Ok(minute) if entry.spread => ((minute + offset) % 60).to_string(),
            _ => entry.minute.to_owned(),
        };
        let name: String =
            entry.command.chars().take_while(|c| *c != ' ').map(|c| if c == ':' { '-' } else { c }).collect();
        let lock = if entry.alone { format!("flock -n /tmp/ixpmanager-{name}.lock ") } else { String::new() };
        let _ = writeln!(
            text,
            "{minute} {} {account} cd {dir} && {lock}php artisan {} >/dev/null 2>&1",
            entry.rest, entry.command
        );
    }
    text.push_str(
        "# No command sends reminders of application passwords that expire (daily at 10:00 there).",
    );
    text
}

/// What is done by nobody, as comments.
fn unavailable(database: &Path) -> String {
    let mut text = format!(
        "# No line for cron: IXP Manager's commands can't use {}, they would write to the database\n\
         # that it was imported from. Remove `artisan schedule:run` from cron. Nobody does, for now:",
        database.display()
    );
    for entry in &ENTRIES {
        let command = entry.command.split(' ').next().unwrap_or_default();
        let _ = write!(text, "\n#   {command}");
    }
    text
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn lines_of(settings: &[(&str, &str)]) -> String {
        let server = [("DATABASE_URL", "mysql://ixp@127.0.0.1/ixp")];
        let config = Config::from_pairs(server.iter().chain(settings).copied()).unwrap();
        lines(&config, Path::new("/srv/ixp"), "www-data")
    }

    #[test]
    fn each_line_is_one_of_cron_with_an_account() {
        let text = lines_of(&[]);
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), ENTRIES.len() - 2, "{text}");
        for line in lines {
            assert_eq!(line.split(' ').nth(5), Some("www-data"), "{line}");
            assert!(line.contains("cd /srv/ixp && "), "{line}");
        }
        assert!(text.contains("\n*/5 * * * * www-data cd /srv/ixp && flock -n /tmp/ixpmanager-switch-snmp-poll.lock php artisan switch:snmp-poll "), "{text}");
        assert!(!text.contains("irrdb:"), "ixpd does that itself: {text}");
    }

    #[test]
    fn embedded_database_has_no_lines_but_says_what_nobody_does() {
        let config = Config::from_pairs([("GRAPHER_BACKEND_SFLOW_ENABLED", "true")]).unwrap();
        let text = lines(&config, Path::new("/srv/ixp"), "www-data");
        assert!(text.lines().all(|line| line.starts_with('#')), "{text}");
        assert!(text.contains("ixpd.db") && text.contains("#   switch:snmp-poll"), "{text}");
    }

    #[test]
    fn sflow_s_entries_are_there_where_sflow_is_in_use() {
        let text = lines_of(&[("GRAPHER_BACKEND_SFLOW_ENABLED", "true")]);
        assert!(text.contains("\n10 0 * * * www-data"), "{text}");
        assert!(text.contains("$(date -d yesterday +\\%F)"), "cron takes a bare % for a line end: {text}");
    }

    #[test]
    fn the_installation_s_key_moves_the_minutes_as_in_ixp_manager() {
        let key = "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let offset = u32::from(Sha256::digest(key.as_bytes())[0]);
        let text = lines_of(&[("APP_KEY", key)]);
        assert!(text.contains(&format!("\n{} 1 * * * www-data", offset % 60)), "{text}");
        assert!(text.contains("\n0 2 * * * www-data"), "{text}");
    }
}
