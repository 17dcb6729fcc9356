//! What is collected from answers, in little memory: 18 bytes a prefix.

use ipnet::IpNet;
use ixpd_types::Protocol;

use super::Fetched;

/// Reserved by RFC 7607 and RFC 7300: never anybody's origin.
const NOBODY: [u32; 2] = [0, u32::MAX];

/// Prefixes of one protocol.
pub(super) struct Prefixes {
    protocol: Protocol,
    longest: u8,
    kept: Vec<IpNet>,
    ignored: usize,
}

impl Prefixes {
    pub(super) fn new(protocol: Protocol, longest: u8) -> Self {
        Self { protocol, longest, kept: Vec::new(), ignored: 0 }
    }

    /// Takes the text of a prefix. A default route isn't kept: a filter that allows it and what is more specific allows
    /// everything.
    pub(super) fn take(&mut self, text: &str) {
        let is_ours = |net: &IpNet| match (net, self.protocol) {
            (IpNet::V4(_), Protocol::V4) | (IpNet::V6(_), Protocol::V6) => true,
            (IpNet::V4(_), Protocol::V6) | (IpNet::V6(_), Protocol::V4) => false,
        };
        let fits = |net: &IpNet| is_ours(net) && (1..=self.longest).contains(&net.prefix_len());
        match text.parse::<IpNet>().ok().filter(fits) {
            Some(net) => self.kept.push(net.trunc()),
            None => self.ignored += 1,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn finish(mut self, absent: Vec<String>) -> Fetched<IpNet> {
        self.kept.sort_unstable();
        self.kept.dedup();
        Fetched { entries: self.kept, absent, ignored: self.ignored, fallback: None }
    }
}

/// AS numbers.
#[derive(Default)]
pub(super) struct Origins {
    kept: Vec<u32>,
    pub(super) ignored: usize,
}

impl Origins {
    pub(super) fn take(&mut self, number: u32) {
        if NOBODY.contains(&number) {
            self.ignored += 1;
        } else {
            self.kept.push(number);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn finish(mut self, absent: Vec<String>) -> Fetched<u32> {
        self.kept.sort_unstable();
        self.kept.dedup();
        Fetched { entries: self.kept, absent, ignored: self.ignored, fallback: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(protocol: Protocol, longest: u8, texts: &[&str]) -> (Vec<String>, usize) {
        let mut prefixes = Prefixes::new(protocol, longest);
        for text in texts {
            prefixes.take(text);
        }
        let fetched = prefixes.finish(vec![]);
        (fetched.entries.iter().map(ToString::to_string).collect(), fetched.ignored)
    }

    #[test]
    fn prefixes_are_sorted_canonical_and_each_there_once() {
        let texts = ["198.51.100.0/24", "192.0.2.0/24", "192.0.2.9/24", "192.0.2.0/23", "192.0.2.0/24"];
        let expected = ["192.0.2.0/23", "192.0.2.0/24", "198.51.100.0/24"].map(str::to_owned);
        assert_eq!(collected(Protocol::V4, 24, &texts), (expected.to_vec(), 0));
        let texts = ["2001:0DB8:0:0::/32", "2001:db8::/32"];
        assert_eq!(collected(Protocol::V6, 48, &texts), (vec!["2001:db8::/32".to_owned()], 0));
    }

    #[test]
    fn what_can_not_be_used_is_counted() {
        let texts = [
            "192.0.2.0/25",
            "0.0.0.0/0",
            "2001:db8::/32",
            "192.0.2.0",
            "192.0.2.0/33",
            "x",
            "192.0.2.0/24^+",
        ];
        assert_eq!(collected(Protocol::V4, 24, &texts), (vec![], 7));
    }

    #[test]
    fn a_prefix_takes_eighteen_bytes() {
        assert_eq!(size_of::<IpNet>(), 18);
    }
}
