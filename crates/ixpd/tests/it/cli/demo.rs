use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
};

use super::{Installation, Running};

/// What a demo prints up to its last line.
fn started(installation: &Installation, dir: &str) -> (Running, Vec<String>) {
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--dir", dir];
    // None of these is heeded.
    let mut command = installation.command(&arguments);
    command.env("DATABASE_URL", "mysql://nobody@192.0.2.1/nothing").env("APP_TIMEZONE", "Nowhere");
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    for line in lines {
        printed.push(line.unwrap());
        if printed.last().is_some_and(|line| line.contains("Ctrl-C")) {
            break;
        }
    }
    assert!(!printed.is_empty(), "the demo said nothing");
    (Running(child), printed)
}

fn key(printed: &[String]) -> String {
    printed.iter().find(|line| line.trim().starts_with("ixpm_")).unwrap().trim().to_owned()
}

fn password(printed: &[String]) -> String {
    let line = printed.iter().find(|line| line.contains("with the password")).unwrap();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn demo_keeps_its_data_password_and_key_and_its_key_works() {
    let installation = Installation::new();
    std::fs::write(installation.path().join(".env"), "this is no setting\nAPP_KEY=nonsense\n").unwrap();
    let (running, first) = started(&installation, "here");
    let url = first[0].rsplit(' ').next().unwrap().to_owned();
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let answer = get(&address, "/api/v4/test", &key(&first));
    assert!(answer.contains("Authenticated: Yes, as: admin"), "{answer}");
    let export = get(&address, "/api/v4/member-export/ixf/1.0", &key(&first));
    assert!(export.contains("Alder Networks") && !export.contains("Larch Media"), "{export}");
    drop(running);
    let file = std::fs::metadata(installation.path().join("here/demo-login.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let (_running, second) = started(&installation, "here");
    assert_eq!((key(&second), password(&second)), (key(&first), password(&first)));
    let (_other, other) = started(&installation, "there");
    assert_ne!(password(&other), password(&first));
}

fn get(address: &str, path: &str, key: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nX-IXP-Manager-API-Key: {key}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test]
async fn demo_leaves_another_database_alone() {
    let installation = Installation::with_member().await;
    let before = std::fs::read(installation.path().join("data/ixpd.db")).unwrap();
    let refused = installation.run(&["demo", "--listen", "127.0.0.1:0", "--dir", "data"]).failed();
    assert!(refused.err().contains("not a demo's database"), "{}", refused.err());
    assert_eq!(std::fs::read(installation.path().join("data/ixpd.db")).unwrap(), before);
    assert!(!installation.path().join("data/demo-login.json").exists());
}

#[test]
fn demo_says_what_to_do_about_a_taken_port_and_refuses_the_world() {
    let installation = Installation::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = installation.run(&["demo", "--listen", &address]).failed();
    assert!(
        refused.err().contains("is taken") && refused.err().contains("--listen 127.0.0.1:"),
        "{}",
        refused.err()
    );
    let refused = installation.run(&["demo", "--listen", "0.0.0.0:0"]).failed();
    assert!(refused.err().contains("loopback"), "{}", refused.err());
    assert!(!installation.path().join("data").exists());
}
