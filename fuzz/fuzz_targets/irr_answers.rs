//! Any bytes as what a routing registry answers: no panic, no waiting without end, and only prefixes that were asked for,
//! each once and in order.
#![no_main]

#[expect(dead_code, unused_imports, reason = "the rest of the product uses it")]
#[path = "../../crates/ixpd-net/src/irr/mod.rs"]
mod irr;

use std::{cell::OnceCell, time::Duration};

use irr::{IrrBackend, IrrClient, IrrLimits, IrrQuery, parse_macros, parse_sources};
use ixpd_types::Protocol;
use libfuzzer_sys::fuzz_target;
use tokio::{
    io::{AsyncWriteExt as _, copy, sink},
    net::TcpListener,
    runtime::{Builder, Runtime},
};

/// Longer than the fuzzer's own patience would make of every silence a finding of its own.
const LIMITS: IrrLimits = IrrLimits {
    connect: Duration::from_secs(5),
    silence: Duration::from_secs(5),
    whole: Duration::from_secs(5),
    answer_bytes: 1 << 20,
    entries: 100_000,
    rounds: 1,
    pause: Duration::ZERO,
};
/// The longest prefix that is asked for.
const LONGEST: u8 = 24;

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
}

fuzz_target!(|data: &[u8]| {
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| Builder::new_current_thread().enable_all().build().unwrap());
        runtime.block_on(ask(data.to_vec()));
    });
});

/// Asks a server that says this on every connection and then hangs up.
async fn ask(answer: Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let (mut questions, mut answers) = stream.split();
                let _ = answers.write_all(&answer).await;
                let _ = answers.shutdown().await;
                let _ = copy(&mut questions, &mut sink()).await;
            });
        }
    });
    let client = IrrClient::new(IrrBackend::Irrd, LIMITS);
    let query = IrrQuery {
        hosts: vec![address.to_string().parse().unwrap()],
        sources: parse_sources("RIPE").unwrap(),
        names: parse_macros("AS-ALDER RIPE::AS-BIRCH:AS-CUSTOMERS AS64500").unwrap(),
    };
    if let Ok(fetched) = client.prefixes(&query, Protocol::V4, LONGEST).await {
        assert!(fetched.entries.is_sorted_by(|one, other| one < other), "not each once and in order");
        for net in fetched.entries {
            assert!(net.addr().is_ipv4() && (1..=LONGEST).contains(&net.prefix_len()), "{net}");
            assert_eq!(net, net.trunc());
        }
    }
    if let Ok(fetched) = client.origins(&query).await {
        assert!(fetched.entries.is_sorted_by(|one, other| one < other), "not each once and in order");
    }
    server.abort();
}
