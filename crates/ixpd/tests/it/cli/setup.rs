use std::{io::Write as _, os::unix::fs::PermissionsExt as _, process::Stdio};

use super::{Installation, Ran};

const OPTIONS: [&str; 15] = [
    "setup",
    "--name",
    "Example \"IX\" $1",
    "--shortname",
    "exampleix",
    "--asn",
    "AS64496",
    "--city",
    "Dublin",
    "--country",
    "ie",
    "--admin-name",
    "Ann Lee",
    "--admin-username",
    "ann",
];

/// Sets up with these options, the usual ones and a password on standard input.
fn set_up(installation: &Installation, further: &[&str], password: &str) -> Ran {
    let usual = ["--admin-email", "ann@example.net", "--password-stdin"];
    installation.run_with(&[&OPTIONS[..], &usual[..], further].concat(), password)
}

const ROWS: &str = "SELECT (SELECT COUNT(*) FROM cust) + (SELECT COUNT(*) FROM user) + (SELECT COUNT(*) FROM contact) \
     + (SELECT COUNT(*) FROM infrastructure) + (SELECT COUNT(*) FROM contact_group) \
     + (SELECT COUNT(*) FROM company_billing_detail) + (SELECT COUNT(*) FROM ixpd_audit)";

#[tokio::test]
async fn setup_makes_a_whole_exchange_and_its_settings() {
    for installation in Installation::each().await {
        let further = [
            "--timezone",
            "Europe/Dublin",
            "--url",
            "https://portal.example.net",
            "--enforce-2fa",
            "superusers",
        ];
        let done = set_up(&installation, &further, "correct horse\n").ok();
        assert_eq!(done.out(), "");
        assert!(done.err().contains("https://portal.example.net/login"), "{}", done.err());
        assert!(done.err().contains("a must for superusers"), "{}", done.err());

        let exchange = "SELECT COUNT(*) FROM cust c JOIN company_registration_detail r ON r.id = c.company_registered_detail_id \
             JOIN company_billing_detail b ON b.id = c.company_billing_details_id JOIN contact k ON k.custid = c.id \
             WHERE c.name = 'Example \"IX\" $1' AND c.shortname = 'exampleix' AND c.type = 3 AND c.status = 1 \
             AND c.autsys = 64496 AND c.peeringpolicy = 'mandatory' AND c.maxprefixes = 250 AND c.nocemail = 'ann@example.net' \
             AND r.registeredName = c.name AND r.country = 'IE' AND b.billingEmail = 'ann@example.net' \
             AND k.name = 'Ann Lee' AND k.email = 'ann@example.net'";
        assert_eq!(installation.number(exchange).await, 1);
        let primary = "SELECT COUNT(*) FROM infrastructure WHERE isPrimary = 1 AND country = 'IE'";
        assert_eq!(installation.number(primary).await, 1);
        let hash = installation.text("SELECT password FROM user WHERE username = 'ann'").await;
        assert!(hash.starts_with("$2y$04$") && bcrypt::verify("correct horse", &hash).unwrap());
        let superuser = "SELECT COUNT(*) FROM user u JOIN customer_to_users m ON m.user_id = u.id \
             JOIN cust c ON c.id = m.customer_id AND c.id = u.custid WHERE m.privs = 3 AND c.shortname = 'exampleix'";
        assert_eq!(installation.number(superuser).await, 1);
        let trail =
            "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'CREATED' AND actor_kind = 'command_line'";
        assert_eq!(installation.number(trail).await, 4, "member, contact, infrastructure, user");
        assert_eq!(installation.number("SELECT COUNT(*) FROM contact_group").await, 4);

        let file = installation.path().join(".env");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let settings = installation.run(&["config", "show", "--json"]).ok().json();
        let named = |name: &str| {
            let setting =
                settings.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap();
            assert!(setting["from"].as_str().unwrap().starts_with(".env:"), "{setting}");
            setting["value"].as_str().unwrap().to_owned()
        };
        assert_eq!(named("IDENTITY_LEGALNAME"), "Example \"IX\" $1");
        assert_eq!((named("APP_TIMEZONE"), named("IDENTITY_COUNTRY")), ("Europe/Dublin".into(), "IE".into()));
        assert_eq!(named("2FA_ENFORCE_FOR_USERS"), "3");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            text.contains("APP_KEY="),
            installation.is_mysql(),
            "the embedded database has a file for it"
        );
        assert!(!text.contains("correct horse") && !text.contains("DB_PASSWORD"), "{text}");
        // What was written is enough to go on with.
        let found = installation.run(&["user", "find", "ann", "--json"]).ok().json();
        assert_eq!(found[0]["members"][0]["privilege"], 3);
    }
}

#[tokio::test]
async fn database_in_use_is_left_alone() {
    for installation in Installation::each().await {
        set_up(&installation, &[], "correct horse\n").ok();
        let file = std::fs::read(installation.path().join(".env")).unwrap();
        let rows = installation.number(ROWS).await;
        let again = [
            "setup",
            "--shortname",
            "other",
            "--asn",
            "64497",
            "--admin-name",
            "Bob",
            "--admin-username",
            "bob",
            "--admin-email",
            "bob@example.net",
            "--password-stdin",
        ];
        let refused = installation.run_with(&again, "correct horse\n").ended_with(1);
        assert!(refused.err().contains("members or users already"), "{}", refused.err());
        // A user alone is enough.
        installation.sql("DELETE FROM contact; UPDATE user SET custid = NULL; DELETE FROM customer_to_users; DELETE FROM cust").await;
        installation.run_with(&again, "correct horse\n").ended_with(1);
        assert_eq!(installation.number("SELECT COUNT(*) FROM cust").await, 0);
        assert!(rows > 0);
        assert_eq!(std::fs::read(installation.path().join(".env")).unwrap(), file);
    }
}

#[test]
fn bad_values_are_told_at_once_and_nothing_is_made() {
    let installation = Installation::new();
    let bad = [
        "setup",
        "--name",
        "IX",
        "--shortname",
        "Example IX",
        "--asn",
        "4200000000",
        "--city",
        "Dublin",
        "--country",
        "IRL",
        "--admin-name",
        "Ann",
        "--admin-username",
        "A",
        "--admin-email",
        "ann",
        "--support-email",
        "ann@example.net",
        "--password-stdin",
    ];
    let refused = installation.run_with(&bad, "short\n").ended_with(2);
    for part in [
        "--shortname: `Example IX`",
        "--asn: 4200000000",
        "--country: `IRL`",
        "--admin-username: `A`",
        "--admin-email: `ann`",
        "--password: ",
    ] {
        assert!(refused.err().contains(part), "{part}: {}", refused.err());
    }
    let refused = set_up(&installation, &["--timezone", "Nowhere"], "correct horse\n").ended_with(2);
    assert!(refused.err().contains("APP_TIMEZONE") && refused.err().contains("Nowhere"), "{}", refused.err());
    let refused =
        installation.run_with(&[&OPTIONS[..], &["--password-stdin"][..]].concat(), "x\n").ended_with(2);
    assert!(refused.err().contains("--support-email is missing"), "{}", refused.err());
    let refused = installation.run(&["setup", "--name", "IX"]).ended_with(2);
    assert!(refused.err().contains("--city is missing, and there is no terminal"), "{}", refused.err());
    assert!(!installation.path().join(".env").exists());
    assert!(!installation.path().join("data").exists());
}

#[tokio::test]
async fn failure_of_the_database_leaves_nothing_half_written() {
    for installation in Installation::each().await {
        installation.run(&["--help"]).ok();
        let key = ("APP_KEY", "base64:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=");
        installation.make_with(&[key]).await;
        installation
            .sql(if installation.is_mysql() {
                "CREATE TRIGGER refuse BEFORE INSERT ON user FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no more users'"
            } else {
                "CREATE TRIGGER refuse BEFORE INSERT ON user BEGIN SELECT RAISE(ABORT, 'no more users'); END"
            })
            .await;
        let arguments =
            [&OPTIONS[..], &["--admin-email", "ann@example.net", "--password-stdin"][..]].concat();
        let mut child =
            installation.command(&arguments).env(key.0, key.1).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
        let failed = Ran(child.wait_with_output().unwrap()).ended_with(4);
        assert!(failed.err().contains("no more users"), "{}", failed.err());
        assert_eq!(installation.number(ROWS).await, 0);
        assert!(!installation.path().join(".env").exists());
    }
}

#[test]
fn unreachable_database_has_its_own_exit_code() {
    let installation = Installation::new();
    let arguments = [&OPTIONS[..], &["--admin-email", "ann@example.net", "--password-stdin"][..]].concat();
    let mut command = installation.command(&arguments);
    command.env("DATABASE_URL", "mysql://nobody:secret@127.0.0.1:1/ixp");
    let failed = Ran(command.output().unwrap()).ended_with(4);
    assert!(failed.err().contains("127.0.0.1:1") && !failed.err().contains("secret"), "{}", failed.err());
    assert!(!installation.path().join(".env").exists());
}

#[tokio::test]
async fn existing_settings_stay_as_they_are_and_count() {
    let installation = Installation::new();
    let file = installation.path().join(".env");
    let text = "IDENTITY_LEGALNAME='Their IX'\nIDENTITY_CITY=Cork\n2FA_ENFORCE_FOR_USERS=4\n";
    std::fs::write(&file, text).unwrap();
    let refused = set_up(&installation, &[], "correct horse\n").ended_with(2);
    assert!(
        refused.err().contains("--name: .env is there") && refused.err().contains("IDENTITY_LEGALNAME"),
        "{}",
        refused.err()
    );
    let arguments = [
        "setup",
        "--shortname",
        "their",
        "--asn",
        "64496",
        "--admin-name",
        "Ann",
        "--admin-username",
        "ann",
        "--admin-email",
        "ann@example.net",
    ];
    let mut command = installation.command(&arguments);
    let done = Ran(command.env("IXP_SETUP_ADMIN_PASSWORD", "from the installer").output().unwrap()).ok();
    assert!(
        done.err().contains("stays as it is") && done.err().contains("left to each user"),
        "{}",
        done.err()
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(installation.text("SELECT name FROM cust").await, "Their IX");
    let hash = installation.text("SELECT password FROM user").await;
    assert!(bcrypt::verify("from the installer", &hash).unwrap());
}

#[tokio::test]
async fn random_password_is_the_only_thing_on_standard_output() {
    let installation = Installation::new();
    let named = installation.path().join("other.env");
    let done = set_up(&installation, &["--env-file", named.to_str().unwrap()], "\n").ok();
    let password = done.out().trim().to_owned();
    assert_eq!(password.len(), 16);
    let hash = installation.text("SELECT password FROM user").await;
    assert!(bcrypt::verify(&password, &hash).unwrap());
    assert!(named.exists() && !installation.path().join(".env").exists(), "the file that was named");
}

/// Answers the questions at a terminal, which `script` of util-linux makes.
fn at_a_terminal(installation: &Installation, answers: &[&str]) -> Ran {
    at_a_terminal_with(installation, "", answers)
}

fn at_a_terminal_with(installation: &Installation, options: &str, answers: &[&str]) -> Ran {
    let password = installation.path().join("password");
    std::fs::write(&password, "correct horse\n").unwrap();
    let line =
        format!("{} setup --password-file {} {options}", env!("CARGO_BIN_EXE_ixpd"), password.display());
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(installation.path()).env_clear();
    command
        .env("SHELL", "/bin/sh")
        .env("PATH", "/usr/bin:/bin")
        .env("BCRYPT_ROUNDS", "4")
        .env("IXPD_LOG", "info");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all((answers.join("\n") + "\n").as_bytes()).unwrap();
    let finished = child.wait_with_output().unwrap();
    drop(input);
    Ran(finished)
}

/// Answers, each of which is accepted.
fn good_answers<'a>(last: &[&'a str]) -> Vec<&'a str> {
    let mut answers = vec![
        "",
        "Europe/Dublin",
        "Example IX",
        "Dublin",
        "IE",
        "",
        "noc@example.net",
        "",
        "nobody",
        "exampleix",
        "64496",
        "Ann Lee",
        "ann",
        "ann@example.net",
    ];
    answers.extend(last);
    answers
}

#[tokio::test]
async fn questions_at_a_terminal_take_the_place_of_options() {
    let installation = Installation::new();
    let declined = at_a_terminal(&installation, &good_answers(&["n"])).ended_with(3);
    assert!(declined.out().contains("Set it up? yes, no, or the number"), "{}", declined.out());
    assert!(declined.out().contains("Nothing was set up."), "{}", declined.out());
    assert!(!installation.path().join("data").exists() && !installation.path().join(".env").exists());
    let done = at_a_terminal(&installation, &good_answers(&["y"])).ok();
    for shown in
        ["[http://localhost:8080]", "[UTC]", "[none]", "[everybody]", "Second factor: left to each user"]
    {
        assert!(done.out().contains(shown), "{shown}: {}", done.out());
    }
    assert_eq!(installation.text("SELECT nocemail FROM cust").await, "noc@example.net");
    assert_eq!(installation.text("SELECT email FROM user").await, "ann@example.net");
    let settings = std::fs::read_to_string(installation.path().join(".env")).unwrap();
    assert!(settings.contains("APP_URL=\"http://localhost:8080\""), "{settings}");
    assert!(settings.contains("2FA_ENFORCE_FOR_USERS=\"4\""), "{settings}");
}

#[tokio::test]
async fn each_wrong_answer_is_told_at_once_with_what_is_accepted_and_asked_again() {
    let installation = Installation::new();
    let answers = [
        ["ftp://example.net", "https://portal.example.net"].as_slice(),
        &["Nowhere", "Europe/Dublin"],
        &["", "Example IX"],
        &["", "Dublin"],
        &["Ireland", "ie"],
        &[""],
        &["noc", "", "noc@example.net"],
        &[""],
        &["some", "superusers"],
        &["Example IX", "\u{1b}[D", "exampleix"],
        &["", "4200000000", "AS-X", "64496"],
        &["", "Ann Lee"],
        &["A", "ann"],
        &["ann", "ann@example.net"],
        &["maybe", "99", "yes"],
    ];
    let done = at_a_terminal(&installation, &answers.concat()).ok();
    for told in [
        "`ftp://example.net` (APP_URL): accepted",
        "`Nowhere` is not a time zone; accepted: a name of the IANA",
        "needs 1 to 255 characters",
        "The city of the exchange is needed",
        "`IRELAND` is no country",
        "`noc` is not an e-mail address",
        "`some`: accepted are everybody",
        "`Example IX` can't be a short name",
        "control characters",
        "`` is not an AS number",
        "4200000000 can't be stored; accepted are 1 to",
        "`AS-X` is not an AS number",
        "A name of 1 to 255 characters is needed",
        "`A` can't be a user name",
        "`ann` is not an e-mail address",
        "`maybe`: accepted are yes, no, and 1 to 14",
        "`99`: accepted are yes, no, and 1 to 14",
    ] {
        assert!(done.out().contains(told), "{told}: {}", done.out());
    }
    // What is told on the way are sentences, not lines of a log.
    assert!(done.out().contains("schema step applied step="), "{}", done.out());
    assert!(!done.out().contains('\u{1b}') && !done.out().contains("INFO"), "{:?}", done.out());
    assert_eq!(installation.text("SELECT shortname FROM cust").await, "exampleix");
    let settings = std::fs::read_to_string(installation.path().join(".env")).unwrap();
    assert!(
        settings.contains("APP_URL=\"https://portal.example.net\"") && settings.contains("\"IE\""),
        "{settings}"
    );
}

#[tokio::test]
async fn every_answer_can_be_changed_at_the_end() {
    let installation = Installation::new();
    // 4 is the city, 11 the AS number; the return key keeps what there is.
    let done =
        at_a_terminal(&installation, &good_answers(&["4", "Cork", "11", "0", "64500", "13", "", ""])).ok();
    for shown in
        ["4  City: Dublin", "City [Dublin]:", "4  City: Cork", "11  AS number of the exchange: AS64500"]
    {
        assert!(done.out().contains(shown), "{shown}: {}", done.out());
    }
    assert_eq!(installation.number("SELECT autsys FROM cust").await, 64_500);
    assert_eq!(installation.text("SELECT username FROM user").await, "ann");
    let settings = std::fs::read_to_string(installation.path().join(".env")).unwrap();
    assert!(settings.contains("IDENTITY_CITY=\"Cork\""), "{settings}");
}

#[tokio::test]
async fn wrong_option_is_told_before_the_first_question() {
    let installation = Installation::new();
    let refused = at_a_terminal_with(&installation, "--asn 4200000000 --country IRL", &[]).ended_with(2);
    assert!(refused.out().contains("--asn: 4200000000"), "{}", refused.out());
    assert!(refused.out().contains("--country: `IRL`"), "{}", refused.out());
    assert!(!refused.out().contains("Where browsers will reach ixpd"), "{}", refused.out());
}

#[tokio::test]
async fn end_of_the_input_ends_the_questions() {
    let installation = Installation::new();
    let ended = at_a_terminal(&installation, &["", "\u{4}"]).ended_with(1);
    assert!(ended.out().contains("the input ended"), "{}", ended.out());
    assert!(!installation.path().join(".env").exists());
}
