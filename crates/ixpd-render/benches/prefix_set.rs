//! What the prefixes of a large member take on their way into a filter: `cargo bench -p ixpd-render`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ixpd_render::router::PrefixSet;
use ixpd_types::Protocol;

const PREFIXES: u32 = 100_000;

fn prefix_set(c: &mut Criterion) {
    let texts: Vec<String> =
        (0..PREFIXES).map(|n| format!("{}.{}.{}.0/24", n >> 16 & 127 | 64, n >> 8 & 255, n & 255)).collect();
    let filled = || {
        let mut set = PrefixSet::empty(Protocol::V4);
        for text in &texts {
            set.push(text).expect("a prefix");
        }
        set.settle();
        set
    };
    let mut group = c.benchmark_group("prefix set");
    group.throughput(Throughput::Elements(PREFIXES.into()));
    group.bench_function("read", |b| b.iter(filled));
    let set = filled();
    group.bench_function("write", |b| {
        b.iter(|| {
            let mut out = Vec::new();
            set.write(Some(24), &mut out).expect("written");
            out
        });
    });
    group.finish();
}

criterion_group!(benches, prefix_set);
criterion_main!(benches);
