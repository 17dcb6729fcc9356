//! The programs that read configurations.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use ixpd_testkit::skipped;

/// A version of BIRD.
pub(super) struct Bird {
    /// As `routers.software_version` has it.
    pub(super) version: &'static str,
    pub(super) program: PathBuf,
}

/// The folders of `IXPD_TEST_BIRD_DIR`.
const BUILDS: [(&str, &str); 3] = [("bird2-2.0", "2.0.12"), ("bird2", "2.17"), ("bird3", "3.1")];

impl Bird {
    /// All versions; none, with a message, where they aren't to be had.
    pub(super) fn all() -> Vec<Self> {
        let Some(folder) = std::env::var_os("IXPD_TEST_BIRD_DIR") else {
            skipped("no BIRD: IXPD_TEST_BIRD_DIR is not set");
            return Vec::new();
        };
        let build = |(name, version)| Self { version, program: Path::new(&folder).join(name).join("bird") };
        let all: Vec<_> = BUILDS.map(build).into();
        if let Some(missing) = all.iter().find(|bird| !bird.program.exists()) {
            skipped(&format!("no BIRD: there is no {}", missing.program.display()));
            return Vec::new();
        }
        all
    }

    /// The one whose syntax is that of `bird2`. Newer ones take it too, and say that they guess the types of functions.
    pub(super) fn oldest() -> Vec<Self> {
        let mut all = Self::all();
        all.truncate(1);
        all
    }

    /// Those whose syntax is that of `bird2-2025`.
    pub(super) fn newer() -> Vec<Self> {
        let mut all = Self::all();
        all.retain(|bird| bird.version != "2.0.12");
        all
    }

    /// Panics unless the program takes the configuration without a word.
    pub(super) fn takes(&self, what: &str, config: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bird.conf");
        // BIRD opens its log while it reads; nothing else is changed.
        let here = folder.path().display().to_string();
        assert!(config.contains("log \"/var/log/bird/"), "{what} has a log");
        fs::write(&file, config.replace("/var/log/bird", &here)).unwrap();
        let output = Command::new(&self.program).arg("-p").arg("-c").arg(&file).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        let logged: String = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        assert!(
            output.status.success() && words.is_empty() && logged.is_empty(),
            "BIRD {} on {what}: {words}{logged}\n{}",
            self.version,
            numbered(config)
        );
    }
}

fn numbered(config: &str) -> String {
    let lines = config.lines().enumerate().map(|(index, line)| format!("{:5} {line}", index + 1));
    lines.collect::<Vec<_>>().join("\n")
}
