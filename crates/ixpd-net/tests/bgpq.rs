//! The programs `bgpq3` and `bgpq4` as they are installed, asking a routing registry on loopback.

#![expect(clippy::unwrap_used, reason = "a test that fails")]

use std::{env, path::PathBuf, time::Duration};

use ixpd_net::{
    irr::{IrrBackend, IrrClient, IrrError, IrrLimits, IrrQuery, parse_macros, parse_sources},
    irrd_sink::{IrrdSink, SinkReply, many_prefixes},
};
use ixpd_types::Protocol::{V4, V6};

const PROGRAMS: [&str; 2] = ["bgpq3", "bgpq4"];

fn client(backend: IrrBackend) -> IrrClient {
    let limits = IrrLimits { rounds: 1, ..IrrLimits::with_silence(Duration::from_secs(5)) };
    IrrClient::new(backend, limits)
}

/// Those of the programs that are in `PATH`.
fn installed(names: &[&'static str]) -> Vec<(&'static str, IrrClient)> {
    let find = |name: &str| -> Option<PathBuf> {
        env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
    };
    let mut found = Vec::new();
    for name in names {
        match find(name) {
            Some(path) => found.push((*name, client(IrrBackend::Bgpq(path)))),
            None => eprintln!("skipped: {name} is not installed"),
        }
    }
    found
}

fn query(sink: &IrrdSink, sources: &str, names: &str) -> IrrQuery {
    IrrQuery {
        hosts: vec![sink.irr_host().unwrap()],
        sources: parse_sources(sources).unwrap(),
        names: parse_macros(names).unwrap(),
    }
}

async fn registry() -> IrrdSink {
    let sink = IrrdSink::start().await.unwrap();
    sink.set("AS-ALPHA", "AS3333 AS400000 AS64500 AS65551 AS4200000000 AS999");
    sink.set("AS3333:AS-BRAVO", "AS1103");
    sink.reply("!iAS-EMPTY,1", SinkReply::Empty);
    sink.routes(3_333, "193.0.0.0/21 193.0.22.0/23 193.0.22.0/25", "2001:67c:2e8::/48 2001:67c:2e8:1::/64");
    sink.routes(400_000, "192.0.2.0/24", "2001:db8::/32");
    sink.routes(64_500, "198.51.100.0/24", "");
    sink.routes(4_200_000_000, "203.0.113.0/24", "2001:db8:1::/48");
    sink.routes(1_103, &many_prefixes(2_000), "2001:610::/32");
    sink
}

#[tokio::test]
async fn installed_programs_answer_what_ixpd_finds_by_itself() {
    let sink = registry().await;
    let own = client(IrrBackend::Irrd);
    for (name, program) in installed(&PROGRAMS) {
        for sources in ["RIPE,RADB", ""] {
            for names in
                ["AS-ALPHA", "AS64500", "AS4200000000", "AS3333:AS-BRAVO AS-ALPHA", "AS-EMPTY", "AS-ABSENT"]
            {
                let query = query(&sink, sources, names);
                for (protocol, longest) in [(V4, 24), (V4, 32), (V6, 48), (V6, 128)] {
                    let expected = own.prefixes(&query, protocol, longest).await.unwrap().entries;
                    let found = program.prefixes(&query, protocol, longest).await.unwrap().entries;
                    assert_eq!(found, expected, "{name} {names} {protocol:?} {longest}");
                }
                // A number by itself stands for no set, and the programs list what sets have.
                if names.contains('-') {
                    let expected = own.origins(&query).await.unwrap().entries;
                    let found = program.origins(&query).await.unwrap().entries;
                    assert_eq!(found, expected, "{name} {names}");
                }
            }
        }
    }
}

#[tokio::test]
async fn source_before_a_set_is_for_bgpq4_alone() {
    let sink = registry().await;
    // bgpq4 asks for the members of such a set one level at a time.
    sink.reply("!iAS-ALPHA", SinkReply::words("AS3333 AS400000"));
    sink.set("AS-ALPHA", "AS3333 AS400000");
    let query = query(&sink, "RADB,RIPE", "RIPE::AS-ALPHA");
    let expected = client(IrrBackend::Irrd).prefixes(&query, V4, 24).await.unwrap().entries;
    for (name, program) in installed(&PROGRAMS) {
        let found = program.prefixes(&query, V4, 24).await;
        if name == "bgpq4" {
            assert_eq!(found.unwrap().entries, expected);
        } else {
            let error = found.unwrap_err().to_string();
            assert!(error.contains("RIPE::AS-ALPHA") && error.contains("exit status: 1"), "{error}");
        }
    }
}

#[tokio::test]
async fn answer_that_lacks_something_is_an_error() {
    for (name, program) in installed(&PROGRAMS) {
        for (asked, reply) in [
            ("!gAS400000", SinkReply::Refused("database is locked")),
            ("!gAS400000", SinkReply::Close),
            ("!gAS400000", SinkReply::Truncated("192.0.2.0/24 198.51.100.0/24".into(), 20)),
            ("!iAS-ALPHA,1", SinkReply::Close),
            ("!sRIPE", SinkReply::Refused("One or more selected sources are unavailable.")),
        ] {
            let sink = registry().await;
            sink.reply(asked, reply.clone());
            let error = program.prefixes(&query(&sink, "RIPE", "AS-ALPHA"), V4, 24).await.unwrap_err();
            assert!(matches!(error, IrrError::Broken { .. }), "{name} {asked} {reply:?}: {error}");
        }
        // bgpq3 passes this over without a word; data that vanishes is held for that.
        if name == "bgpq4" {
            let sink = registry().await;
            sink.reply("!iAS-ALPHA,1", SinkReply::Refused("database is locked"));
            let error = program.origins(&query(&sink, "RIPE", "AS-ALPHA")).await.unwrap_err().to_string();
            assert!(error.contains("database is locked"), "{error}");
        }
        let hosts = vec!["[::1]:4343".parse().unwrap()];
        let query = IrrQuery { hosts, sources: vec![], names: parse_macros("AS-ALPHA").unwrap() };
        let error = program.origins(&query).await.unwrap_err().to_string();
        assert!(error.contains("not [::1]:4343"), "{name}: {error}");
    }
}
