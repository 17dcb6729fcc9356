//! Outgoing mail, at the command line.

mod command;

use std::process::{Command, Output};

use tempfile::TempDir;

/// An embedded installation of its own, with nothing of the surroundings' settings.
struct Installation {
    data: TempDir,
    settings: Vec<(String, String)>,
}

impl Installation {
    fn new(settings: &[(&str, &str)]) -> Self {
        let settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { data: tempfile::tempdir().expect("a directory"), settings }
    }

    /// Runs `ixpd` with these arguments to its end, beside the test's own runtime.
    async fn run(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ixpd"));
        command
            .args(arguments)
            .current_dir(self.data.path())
            .env_clear()
            .env("IXPD_DATA_DIR", self.data.path())
            .envs(self.settings.iter().cloned());
        let run = tokio::task::spawn_blocking(move || command.output());
        Finished::of(&run.await.expect("a thread").expect("the program"))
    }
}

/// What a command left.
struct Finished {
    success: bool,
    out: String,
    err: String,
}

impl Finished {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Self { success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}
