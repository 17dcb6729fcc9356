use super::{Installation, Ran};

/// The commands below a command, as its help lists them.
fn subcommands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every command that does something, with its help.
fn every_command() -> Vec<(String, String)> {
    let installation = Installation::new();
    let mut commands = Vec::new();
    let mut open: Vec<Vec<String>> = vec![vec![]];
    while let Some(words) = open.pop() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = installation.run(&arguments).ok().out();
        let below = subcommands(&help);
        if below.is_empty() {
            commands.push((words.join(" "), help));
        }
        open.extend(below.into_iter().map(|name| [words.clone(), vec![name]].concat()));
    }
    assert!(commands.len() >= 15, "{commands:?}");
    commands
}

#[test]
fn help_of_every_command_ends_with_an_example_of_it() {
    for (command, help) in every_command() {
        assert!(help.contains(&format!("Example: ixpd {command}")), "{command}: {help}");
    }
}

/// The commands that make a database.
const MAKING: [&str; 4] = ["demo", "import", "serve", "setup"];
/// The commands that need none: they tell of settings and of the program itself.
const WITHOUT_DATABASE: [&str; 5] =
    ["config show", "job crontab", "mail test", "mailing-list sync-script", "openapi"];

/// The example of each command that needs a database, without what its shell would do with input and output.
fn examples_that_need_a_database() -> Vec<String> {
    let mut examples = Vec::new();
    for (command, help) in every_command() {
        if MAKING.contains(&command.as_str()) || WITHOUT_DATABASE.contains(&command.as_str()) {
            continue;
        }
        let example = help.lines().find_map(|line| line.trim().strip_prefix("Example: ")).unwrap();
        let end = [" > ", " < ", " | "].iter().filter_map(|mark| example.find(mark)).min();
        examples.push(example[..end.unwrap_or(example.len())].to_owned());
    }
    examples
}

fn run_example(installation: &Installation, example: &str) -> Ran {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_ixpd"));
    let mut command = installation.command(&[]);
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", example]).current_dir(installation.path()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("PATH", program.parent().unwrap()).env("APP_KEY", super::server::APP_KEY);
    shell.stdin(std::process::Stdio::null());
    command = shell;
    Ran::of(command)
}

/// The files and folders of an installation with their contents.
fn contents(installation: &Installation) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![installation.path().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

#[track_caller]
fn is_refused_without_a_trace(installation: &Installation, example: &str, part: &str) {
    let before = contents(installation);
    let ran = run_example(installation, example);
    let text = ran.out() + &ran.err();
    assert!(!ran.0.status.success(), "{example}: {text}");
    for part in [part, "DATABASE_URL", "ixpd setup", "ixpd import FILE", "ixpd serve"] {
        assert!(text.contains(part), "{example} lacks {part}: {text}");
    }
    assert_eq!(contents(installation), before, "{example} changed the folder");
}

#[test]
fn every_command_but_those_that_make_one_refuses_where_there_is_no_database() {
    for example in examples_that_need_a_database() {
        let installation = Installation::new();
        is_refused_without_a_trace(&installation, &example, "data/ixpd.db doesn't exist");
        std::fs::create_dir(installation.path().join("data")).unwrap();
        std::fs::write(installation.path().join("data/ixpd.db"), "").unwrap();
        is_refused_without_a_trace(&installation, &example, "data/ixpd.db is empty");
    }
}

#[tokio::test]
async fn every_command_but_those_that_make_one_refuses_a_database_without_tables() {
    for installation in Installation::each().await {
        if !installation.is_mysql() {
            std::fs::create_dir(installation.path().join("data")).unwrap();
            installation.sql("CREATE TABLE ixpd_gone (id INTEGER); DROP TABLE ixpd_gone").await;
        }
        for example in examples_that_need_a_database() {
            is_refused_without_a_trace(&installation, &example, "has no tables");
        }
        let tables = if installation.is_mysql() {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
        } else {
            "SELECT COUNT(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
        };
        assert_eq!(installation.number(tables).await, 0);
    }
}

#[tokio::test]
async fn commands_make_no_key_for_a_database_that_was_never_used() {
    let installation = Installation::new();
    let file = installation.path().join("data/ixpd.db");
    let db = ixpd_db::Database::connect(&ixpd_db::DatabaseOptions::sqlite(file)).await.unwrap();
    ixpd_db::migration::run(&db).await.unwrap();
    db.close().await.unwrap();
    let refused = installation.run(&["job", "list"]).failed();
    assert!(refused.err().contains("APP_KEY") && refused.err().contains("app.key"), "{}", refused.err());
    assert!(!installation.path().join("data/app.key").exists());
}

#[test]
fn commands_that_need_no_database_and_an_import_of_nothing_leave_the_folder_empty() {
    let installation = Installation::new();
    for command in WITHOUT_DATABASE.iter().filter(|command| **command != "mail test") {
        installation.run(&command.split(' ').collect::<Vec<_>>()).ok();
    }
    // No mail server answers here.
    installation.run(&["mail", "test", "ops@example.net"]).failed();
    installation.run(&["import", "absent.sql"]).failed();
    assert_eq!(contents(&installation), []);
}

#[test]
fn config_show_masks_secrets_and_says_where_values_come_from() {
    let installation = Installation::new();
    let key = "base64:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
    std::fs::write(
        installation.path().join(".env"),
        format!("APP_KEY={key}\nMAIL_PASSWORD=hunter22\nAPP_NAME=Here\n"),
    )
    .unwrap();
    let shown = installation.run(&["config", "show", "--json"]).ok();
    assert!(!shown.out().contains("hunter22") && !shown.out().contains(key), "{}", shown.out());
    let settings = shown.json();
    let named = |name: &str| {
        settings.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap().clone()
    };
    assert_eq!(named("APP_NAME")["value"], "Here");
    assert_eq!(named("APP_NAME")["from"], ".env:3");
    assert!(!named("APP_KEY")["value"].as_str().unwrap().is_empty());
}

#[test]
fn every_bad_setting_is_told_at_once() {
    let installation = Installation::new();
    std::fs::write(installation.path().join(".env"), "APP_TIMEZONE=Nowhere\nIXP_FE_API_KEYS_MAX=0\n")
        .unwrap();
    let failed = installation.run(&["config", "show"]).failed();
    assert!(
        failed.err().contains("Nowhere") && failed.err().contains("IXP_FE_API_KEYS_MAX"),
        "{}",
        failed.err()
    );
    assert_eq!(failed.out(), "");
}

#[tokio::test]
async fn log_that_is_not_read_at_a_terminal_has_no_colours() {
    let installation = Installation::with_member().await;
    installation.create_user("jane", "1", "1").ok();
    let mut command = installation.command(&["api-key", "create", "--user", "jane"]);
    command.env("IXPD_LOG", "info");
    let log = Ran::of(command).ok().err();
    assert!(log.contains("API key created") && !log.contains('\u{1b}'), "{log}");
}
