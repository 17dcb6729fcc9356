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

#[test]
fn help_of_every_command_ends_with_an_example_of_it() {
    let installation = Installation::new();
    let mut seen = 0;
    let mut open = vec![vec![]];
    while let Some(words) = open.pop() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = installation.run(&arguments).ok().out();
        let below = subcommands(&help);
        if below.is_empty() {
            let example = format!("Example: ixpd {}", words.join(" "));
            assert!(help.contains(&example), "{words:?}: {help}");
            seen += 1;
        }
        open.extend(below.into_iter().map(|name| [words.clone(), vec![name]].concat()));
    }
    assert!(seen >= 15, "{seen} commands");
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
