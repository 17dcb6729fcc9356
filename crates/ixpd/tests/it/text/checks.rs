//! Programs of others that read what we write.

use std::{fmt::Write as _, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use ixpd_testkit::skipped;

/// Runs a program and returns what it said and whether it was content; `None`, with a message, where it is absent.
#[expect(clippy::disallowed_methods, reason = "where this machine keeps its programs")]
fn run(program: &str, package: &str, arguments: &[&str], folder: &Path) -> Option<(bool, String)> {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    match Command::new(program).args(arguments).current_dir(folder).env("PATH", path).output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skipped(&format!("{program} is absent; Debian has it in {package}"));
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// The object file that operators write themselves: the templates that ours inherit from.
const NAGIOS_TEMPLATES: &str = r"
define command {
    command_name    nothing
    command_line    /bin/true
}
define timeperiod {
    timeperiod_name always
    alias           always
    monday          00:00-24:00
}
define contact {
    name                            any
    contact_name                    noc
    host_notification_period        always
    service_notification_period     always
    host_notification_commands      nothing
    service_notification_commands   nothing
}
define host {
    name                all-hosts
    register            0
    check_command       nothing
    check_period        always
    notification_period always
    max_check_attempts  3
    contacts            noc
}
define service {
    name                all-services
    register            0
    check_command       nothing
    check_period        always
    notification_period always
    max_check_attempts  3
    check_interval      5
    retry_interval      1
    contacts            noc
}
";

/// Templates of ours that stand for hosts, and for services with their description.
const NAGIOS_HOSTS: [&str; 3] =
    ["ixp-manager-member-host", "ixp-manager-production-switch", "ixp-manager-host-birdseye-daemon"];
const NAGIOS_SERVICES: [(&str, &str); 4] = [
    ("ixp-manager-member-ping-service", "PING"),
    ("ixp-manager-member-ping-busy-service", "PING busy"),
    ("ixp-manager-service-birdseye-daemon", "BIRD"),
    ("ixp-manager-member-bgp-session-service", ""),
];

/// Nagios accepts these object files together and finds all of their objects.
pub(crate) fn nagios(objects: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let mut templates = NAGIOS_TEMPLATES.to_owned();
    for name in NAGIOS_HOSTS {
        writeln!(templates, "define host {{\n name {name}\n register 0\n use all-hosts\n}}").unwrap();
    }
    for (name, description) in NAGIOS_SERVICES {
        let description = if description.is_empty() {
            String::new()
        } else {
            format!(" service_description {description}\n")
        };
        writeln!(
            templates,
            "define service {{\n name {name}\n register 0\n use all-services\n{description}}}"
        )
        .unwrap();
    }
    let mut main = String::from("cfg_file=templates.cfg\n");
    std::fs::write(folder.path().join("templates.cfg"), templates).unwrap();
    for (number, text) in objects.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.cfg")), text).unwrap();
        writeln!(main, "cfg_file={number}.cfg").unwrap();
    }
    main.push_str(
        "illegal_object_name_chars=`~!$%^&*|'\"<>?,()=\ncheck_result_path=.\nlog_file=nagios.log\n",
    );
    main.push_str("object_cache_file=objects.cache\nlock_file=nagios.lock\nstatus_file=status.dat\n");
    std::fs::write(folder.path().join("nagios.cfg"), main).unwrap();
    // Started by root, Nagios goes on as a user of its own.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let config = folder.path().join("nagios.cfg");
    let Some((good, said)) = run("nagios4", "nagios4-core", &["-v", config.to_str().unwrap()], folder.path())
    else {
        return;
    };
    assert!(good && said.contains("Total Errors:   0"), "{said}\n{objects:#?}");
    let count =
        |kind: &str| objects.iter().map(|text| text.matches(&format!("define {kind} {{")).count()).sum();
    let found = |words: &str| -> usize {
        let line =
            said.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {said}"));
        line.split_whitespace().find_map(|word| word.parse().ok()).unwrap()
    };
    for (kind, words) in [("host", " hosts."), ("service", " services."), ("hostgroup", " host groups.")] {
        let expected: usize = count(kind);
        assert_eq!(found(words), expected, "{kind}: {said}");
    }
    // A duplicate or a word that Nagios doesn't know is a warning.
    assert!(!said.contains("Duplicate"), "{said}");
}

/// Whether a name server loads a zone.
pub(crate) fn zone(origin: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("zone"), text).unwrap();
    let arguments = ["-k", "fail", "-i", "none", origin, "zone"];
    let Some((good, said)) = run("named-checkzone", "bind9-utils", &arguments, folder.path()) else { return };
    assert!(good && said.contains("OK"), "{said}\n{text}");
    assert!(!said.contains("out-of-zone"), "{said}\n{text}");
}

/// Whether MRTG reads a configuration.
pub(crate) fn mrtg(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let text = text.replace("WorkDir: /tmp", &format!("WorkDir: {}", folder.path().display()));
    // Without a network no switch answers; the check alone reads the file.
    std::fs::write(folder.path().join("mrtg.cfg"), &text).unwrap();
    let path = folder.path().join("mrtg.cfg");
    let command = format!("env LANG=C mrtg --check {}", path.display());
    let Some((good, said)) = run("mrtg", "mrtg", &["--version"], folder.path()) else { return };
    assert!(good || !said.is_empty());
    let (good, said) = run("sh", "dash", &["-c", &command], folder.path()).unwrap();
    assert!(good && !said.contains("ERROR") && !said.contains("WARNING"), "{said}\n{text}");
}

/// Whether a shell reads a script.
pub(crate) fn shell(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("script"), text).unwrap();
    let (good, said) = run("sh", "dash", &["-n", "script"], folder.path()).unwrap();
    assert!(good, "{said}\n{text}");
}
