//! Questions to a routing registry that answers, misbehaves, or is a program.

#![expect(clippy::unwrap_used, reason = "a test that fails")]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use ixpd_net::{
    irr::{
        Fetched, IrrBackend, IrrClient, IrrError, IrrHost, IrrLimits, IrrQuery, parse_macros, parse_sources,
    },
    irrd_sink::{IrrdSink, SinkReply, many_prefixes},
};
use ixpd_types::Protocol::{V4, V6};

/// Quick enough for a test, and one round alone.
fn limits() -> IrrLimits {
    IrrLimits {
        rounds: 1,
        pause: Duration::from_millis(10),
        ..IrrLimits::with_silence(Duration::from_millis(500))
    }
}

fn client(limits: IrrLimits) -> IrrClient {
    IrrClient::new(IrrBackend::Irrd, limits)
}

fn query_to(hosts: &[IrrHost], names: &str) -> IrrQuery {
    IrrQuery {
        hosts: hosts.to_vec(),
        sources: parse_sources("RIPE,RADB").unwrap(),
        names: parse_macros(names).unwrap(),
    }
}

fn query(sink: &IrrdSink, names: &str) -> IrrQuery {
    query_to(&[sink.irr_host().unwrap()], names)
}

fn texts<T: ToString>(fetched: &Fetched<T>) -> Vec<String> {
    fetched.entries.iter().map(ToString::to_string).collect()
}

/// A set with a network and a set within, which contains the first one.
async fn small_registry() -> IrrdSink {
    let sink = IrrdSink::start().await.unwrap();
    sink.set("AS-ALPHA", "AS64500 AS64501");
    sink.routes(64_500, "192.0.2.0/24 198.51.100.0/24", "2001:db8::/32");
    sink.routes(64_501, "203.0.113.0/24 192.0.2.0/24 10.0.0.0/28", "");
    sink
}

#[tokio::test]
async fn set_is_expanded_and_the_routes_of_its_networks_are_put_together() {
    let sink = small_registry().await;
    let client = client(limits());
    let fetched = client.prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap();
    assert_eq!(texts(&fetched), ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]);
    assert_eq!((fetched.ignored, fetched.absent.len()), (1, 0));
    let fetched = client.prefixes(&query(&sink, "AS-ALPHA"), V6, 48).await.unwrap();
    assert_eq!(texts(&fetched), ["2001:db8::/32"]);
    let fetched = client.origins(&query(&sink, "AS-ALPHA")).await.unwrap();
    assert_eq!(fetched.entries, [64_500, 64_501]);
    assert_eq!(sink.queries()[0], "!sRIPE,RADB");
}

#[tokio::test]
async fn server_that_knows_whole_sets_is_asked_for_them() {
    let sink = small_registry().await;
    sink.know_whole_sets();
    sink.reply("!a4AS-ALPHA", SinkReply::words("192.0.2.0/24"));
    let fetched = client(limits()).prefixes(&query(&sink, "AS-ALPHA AS64501"), V4, 24).await.unwrap();
    assert_eq!(texts(&fetched), ["192.0.2.0/24", "203.0.113.0/24"]);
    assert_eq!(sink.queries(), ["!sRIPE,RADB", "!a4AS-ALPHA", "!gAS64501"]);
}

#[tokio::test]
async fn server_that_does_not_know_whole_sets_is_asked_for_one_only_once() {
    let sink = small_registry().await;
    sink.set("AS-BRAVO", "AS64500");
    client(limits()).prefixes(&query(&sink, "AS-ALPHA AS-BRAVO"), V4, 24).await.unwrap();
    let whole = sink.queries().iter().filter(|query| query.starts_with("!a")).count();
    assert_eq!(whole, 1);
}

#[tokio::test]
async fn source_before_a_set_holds_for_the_set_and_not_for_the_routes() {
    let sink = small_registry().await;
    sink.set("AS64500:AS-CUST", "AS64500");
    let fetched = client(limits()).prefixes(&query(&sink, "ARIN::AS64500:AS-CUST"), V4, 24).await.unwrap();
    assert_eq!(texts(&fetched), ["192.0.2.0/24", "198.51.100.0/24"]);
    assert_eq!(sink.queries(), ["!sRIPE,RADB", "!sARIN", "!iAS64500:AS-CUST,1", "!gAS64500"]);
}

#[tokio::test]
async fn sets_that_contain_each_other_are_looked_into_once() {
    let sink = IrrdSink::start().await.unwrap();
    sink.set("AS-A", "AS-B AS64500 as-a");
    sink.set("AS-B", "AS-A AS-C AS64501 AS-GONE");
    sink.set("AS-C", "AS-B");
    let fetched = client(limits()).origins(&query(&sink, "AS-A")).await.unwrap();
    assert_eq!(fetched.entries, [64_500, 64_501]);
    assert_eq!(sink.queries().len(), 5, "{:?}", sink.queries());
}

#[tokio::test]
async fn empty_set_and_absent_one_are_told_apart() {
    let sink = IrrdSink::start().await.unwrap();
    sink.know_whole_sets();
    sink.reply("!iAS-EMPTY,1", SinkReply::Empty);
    let client = client(limits());
    for (names, absent) in [("AS-EMPTY", vec![]), ("AS-GONE", vec!["AS-GONE"]), ("AS64500", vec![])] {
        let fetched = client.prefixes(&query(&sink, names), V4, 24).await.unwrap();
        assert_eq!(
            (texts(&fetched), fetched.absent),
            (vec![], absent.iter().map(ToString::to_string).collect())
        );
    }
    let fetched = client.origins(&query(&sink, "AS-EMPTY RIPE::AS-GONE AS64500")).await.unwrap();
    assert_eq!((fetched.entries, fetched.absent), (vec![64_500], vec!["RIPE::AS-GONE".to_owned()]));
}

#[tokio::test]
async fn numbers_of_nobody_are_left_out() {
    let sink = IrrdSink::start().await.unwrap();
    sink.set("AS-A", "AS0 AS4294967295 AS64500 192.0.2.0/24");
    let fetched = client(limits()).origins(&query(&sink, "AS-A")).await.unwrap();
    assert_eq!((fetched.entries, fetched.ignored), (vec![64_500], 3));
}

#[tokio::test]
async fn more_networks_than_a_window_holds_are_asked_for_in_order() {
    let sink = IrrdSink::start().await.unwrap();
    let numbers: Vec<u32> = (1..=1_000).collect();
    let members: Vec<_> = numbers.iter().map(|number| format!("AS{number}")).collect();
    sink.set("AS-MANY", &members.join(" "));
    for number in &numbers {
        let [_, _, high, low] = number.to_be_bytes();
        sink.routes(*number, &format!("10.{high}.{low}.0/24"), "");
    }
    let fetched = client(limits()).prefixes(&query(&sink, "AS-MANY"), V4, 24).await.unwrap();
    assert_eq!(fetched.entries.len(), 1_000);
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn answer_that_does_not_arrive_whole_is_an_error_that_names_server_and_question() {
    let data = || "192.0.2.0/24 198.51.100.0/24".into();
    for (reply, part) in [
        (SinkReply::Truncated(data(), 0), "closed"),
        (SinkReply::Truncated(data(), 3), "closed"),
        (SinkReply::Truncated(data(), 20), "bytes early"),
        (SinkReply::Truncated(data(), 33), "closed"),
        (SinkReply::Close, "closed"),
        (SinkReply::WrongLength(data(), -1), "not as long as announced"),
        (SinkReply::WrongLength(data(), -9), "not as long as announced"),
        (SinkReply::WrongLength(data(), 1), "not as long as announced"),
        (SinkReply::WrongLength(data(), 2), "within 0.5 s"),
        (SinkReply::WrongLength(data(), 90), "within 0.5 s"),
        (SinkReply::Raw(b"Ax\n"), "length `x`"),
        (SinkReply::Raw(b"A-1\n"), "length `-1`"),
        (SinkReply::Raw(b"\n"), "a line ``"),
        (SinkReply::Raw(b"% RIPE says hello\n"), "a line `% RIPE"),
        (SinkReply::Stall, "within 0.5 s"),
        (SinkReply::Refused("The server is busy"), "The server is busy"),
        (SinkReply::Raw(b"E\n"), "several"),
    ] {
        let sink = small_registry().await;
        sink.reply("!gAS64501", reply.clone());
        let error = client(limits()).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part) && text.contains("!gAS64501"), "{reply:?}: {text}");
        assert!(text.contains(&sink.host()), "{text}");
    }
}

#[tokio::test]
async fn lines_and_words_without_end_do_not_fill_the_memory() {
    let sink = small_registry().await;
    sink.reply("!gAS64501", SinkReply::words(&"x".repeat(100_000)));
    let error = client(limits()).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
    assert!(error.to_string().contains("a word without end"), "{error}");
    sink.reply("!gAS64501", SinkReply::Raw(&[b'x'; 10_000]));
    let error = client(limits()).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
    assert!(error.to_string().contains("a line without end"), "{error}");
}

#[tokio::test]
async fn answer_that_is_too_large_is_refused_before_it_is_read() {
    let sink = small_registry().await;
    sink.reply("!gAS64501", SinkReply::Raw(b"A99999999999\n"));
    let error = client(limits()).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
    assert!(matches!(error, IrrError::TooLarge { unit: "bytes", .. }), "{error}");
    let few = IrrLimits { entries: 3, ..limits() };
    let sink = small_registry().await;
    let error = client(few).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
    assert!(matches!(error, IrrError::TooLarge { unit: "entries", .. }), "{error}");
    let error = client(IrrLimits { entries: 1, ..limits() }).origins(&query(&sink, "AS-ALPHA")).await;
    assert!(matches!(error, Err(IrrError::TooLarge { unit: "entries", .. })), "{error:?}");
}

#[tokio::test]
async fn answer_in_small_pieces_is_read_and_one_that_takes_for_ever_is_not() {
    let sink = small_registry().await;
    let words = "192.0.2.0/24 203.0.113.0/24";
    sink.reply("!gAS64501", SinkReply::Dribble(words.into(), Duration::from_millis(2)));
    let fetched = client(limits()).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap();
    assert_eq!(fetched.entries.len(), 3);
    sink.reply("!gAS64501", SinkReply::Dribble(words.into(), Duration::from_millis(200)));
    let short = IrrLimits { whole: Duration::from_millis(600), ..limits() };
    let begun = Instant::now();
    let error = client(short).prefixes(&query(&sink, "AS-ALPHA"), V4, 24).await.unwrap_err();
    assert!(matches!(error, IrrError::TimedOut { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn next_server_is_asked_where_one_is_gone_refuses_or_breaks_off() {
    let gone = {
        let sink = IrrdSink::start().await.unwrap();
        sink.irr_host().unwrap()
    };
    let refusing = IrrdSink::start().await.unwrap();
    refusing.reply("!sRIPE,RADB", SinkReply::Refused("One or more selected sources are unavailable."));
    let breaking = small_registry().await;
    breaking.reply("!iAS-ALPHA,1", SinkReply::Close);
    let good = small_registry().await;
    let hosts = [gone, refusing.irr_host().unwrap(), breaking.irr_host().unwrap(), good.irr_host().unwrap()];
    let fetched = client(limits()).origins(&query_to(&hosts, "AS-ALPHA")).await.unwrap();
    assert_eq!(fetched.entries, [64_500, 64_501]);
    assert_eq!((refusing.connections(), breaking.connections(), good.connections()), (1, 1, 1));
    let fallback = fetched.fallback.unwrap();
    assert_eq!(fallback.host, good.host());
    assert!(fallback.reason.starts_with(&format!("{} can't be reached", hosts[0])), "{}", fallback.reason);
    let fetched = client(limits()).origins(&query_to(&hosts[3..], "AS-ALPHA")).await.unwrap();
    assert_eq!(fetched.fallback, None);
    let error = client(limits()).origins(&query_to(&hosts[..2], "AS-ALPHA")).await.unwrap_err();
    assert!(error.to_string().contains("selected sources are unavailable"), "{error}");
    let error = client(limits()).origins(&query_to(&hosts[..1], "AS-ALPHA")).await.unwrap_err();
    assert!(matches!(error, IrrError::Unreachable { .. }), "{error}");
    let error = client(limits()).origins(&query_to(&[], "AS-ALPHA")).await.unwrap_err();
    assert_eq!(error, IrrError::NoHost);
}

#[tokio::test]
async fn server_that_broke_off_is_asked_once_more_and_one_that_refused_is_not() {
    let sink = small_registry().await;
    sink.replies("!iAS-ALPHA,1", [SinkReply::Close, SinkReply::words("AS64500")]);
    let twice = IrrLimits { rounds: 2, ..limits() };
    let fetched = client(twice).origins(&query(&sink, "AS-ALPHA")).await.unwrap();
    assert_eq!((fetched.entries, sink.connections()), (vec![64_500], 2));
    sink.reply("!iAS-ALPHA,1", SinkReply::Refused("no"));
    client(twice).origins(&query(&sink, "AS-ALPHA")).await.unwrap_err();
    assert_eq!(sink.connections(), 3);
}

#[tokio::test]
async fn question_about_numbers_alone_needs_no_server() {
    let fetched =
        client(limits()).origins(&query_to(&["127.0.0.1:1".parse().unwrap()], "AS64500")).await.unwrap();
    assert_eq!(fetched.entries, [64_500]);
}

#[tokio::test]
async fn nine_hundred_thousand_prefixes_of_one_answer_are_read() {
    let sink = IrrdSink::start().await.unwrap();
    sink.know_whole_sets();
    sink.reply("!a4AS-HUGE", SinkReply::Data(many_prefixes(900_000).into()));
    let patient = IrrLimits::with_silence(Duration::from_mins(1));
    let fetched = client(patient).prefixes(&query(&sink, "AS-HUGE"), V4, 24).await.unwrap();
    assert_eq!(fetched.entries.len(), 900_000);
    assert_eq!(fetched.entries[899_999].to_string(), "24.187.159.0/24");
}

/// A program that stands in for bgpq4: writes down its arguments, then does what the script says. The file itself is
/// never written here: running one just written fails now and then while other threads fork.
fn program(dir: &Path, script: &str) -> PathBuf {
    let path = dir.join("bgpq4");
    if !path.exists() {
        let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bgpq-stand-in");
        std::os::unix::fs::symlink(stand_in, &path).unwrap();
    }
    fs_err::write(dir.join("then"), script).unwrap();
    path
}

fn arguments(dir: &Path) -> Vec<String> {
    fs_err::read_to_string(dir.join("arguments")).unwrap().lines().map(str::to_owned).collect()
}

fn bgpq_query(names: &str) -> IrrQuery {
    query_to(&["whois.example".parse().unwrap()], names)
}

#[tokio::test]
async fn program_gets_host_sources_and_names_as_arguments_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let script = r#"echo '{ "pl": [ { "prefix": "2001:db8::\/32", "exact": true }, { "prefix": "192.0.2.0\/24", "exact": true } ] }'"#;
    let client = IrrClient::new(IrrBackend::Bgpq(program(dir.path(), script)), limits());
    let fetched = client.prefixes(&bgpq_query("RIPE::AS-A AS64500"), V6, 48).await.unwrap();
    assert_eq!((texts(&fetched), fetched.ignored), (vec!["2001:db8::/32".to_owned()], 1));
    let expected = [
        "-l",
        "pl",
        "-h",
        "whois.example",
        "-p",
        "-j",
        "-m",
        "48",
        "-6",
        "-S",
        "RIPE,RADB",
        "RIPE::AS-A",
        "AS64500",
    ];
    assert_eq!(arguments(dir.path()), expected);
    client.prefixes(&bgpq_query("AS-A"), V4, 24).await.unwrap();
    let expected = ["-l", "pl", "-h", "whois.example", "-p", "-j", "-m", "24", "-S", "RIPE,RADB", "AS-A"];
    assert_eq!(arguments(dir.path()), expected);
}

#[tokio::test]
async fn program_lists_the_numbers_of_a_set() {
    let dir = tempfile::tempdir().unwrap();
    let path = program(dir.path(), r#"echo '{"pl": [64501, 64500,64501, 0]}'"#);
    let client = IrrClient::new(IrrBackend::Bgpq(path), limits());
    let fetched = client.origins(&bgpq_query("AS-A")).await.unwrap();
    assert_eq!((fetched.entries, fetched.ignored), (vec![64_500, 64_501], 1));
    let expected = ["-l", "pl", "-h", "whois.example", "-p", "-j", "-f", "999", "-S", "RIPE,RADB", "AS-A"];
    assert_eq!(arguments(dir.path()), expected);
    let script =
        r#"case $* in --help) echo ' -3        : asn32-safe' >&2; exit 1 ;; *) echo '{"pl": [1]}' ;; esac"#;
    program(dir.path(), script);
    client.origins(&bgpq_query("AS-A")).await.unwrap();
    let expected =
        ["-l", "pl", "-h", "whois.example", "-p", "-j", "-f", "999", "-3", "-S", "RIPE,RADB", "AS-A"];
    assert_eq!(arguments(dir.path()), expected);
}

#[tokio::test]
async fn program_that_fails_hangs_floods_or_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let small = IrrLimits { answer_bytes: 10_000, whole: Duration::from_secs(1), ..limits() };
    for (script, part) in [
        ("echo 'unable to connect' >&2; exit 1", "unable to connect"),
        ("echo '{\"pl\": ['", "EOF"),
        ("exec sleep 60", "within 1 s"),
        ("yes x", "more than 10000 bytes"),
        (
            "echo x >&2; echo 'ERROR:Error expanding !gas1' >&2; echo ': F no' >&2; echo '{\"pl\": []}'",
            "!gas1 : F no",
        ),
        ("head -c 500000 /dev/zero >&2; echo '{\"pl\": [1,'; exit 3", "exit status: 3"),
    ] {
        let path = program(dir.path(), script);
        let client = IrrClient::new(IrrBackend::Bgpq(path), small);
        let begun = Instant::now();
        let error = client.origins(&bgpq_query("AS-A")).await.unwrap_err().to_string();
        assert!(error.contains(part), "{script}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    let client = IrrClient::new(IrrBackend::Bgpq(dir.path().join("nothing")), small);
    let error = client.origins(&bgpq_query("AS-A")).await.unwrap_err();
    assert!(matches!(error, IrrError::Program { .. }), "{error}");
}
