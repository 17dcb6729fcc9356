//! Prefixes in a few bytes each.

use std::net::IpAddr;

/// A set of prefixes with the lengths that they match, sorted and without repetition once it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixSet {
    /// Address, length, least and greatest length matched.
    v4: Vec<[u8; 7]>,
    v6: Vec<[u8; 19]>,
}

impl PrefixSet {
    /// Adds what BIRD writes as `10.0.0.0/8`, `10.0.0.0/8+`, `10.0.0.0/8-` or `10.0.0.0/8{9,24}`. False if it is no such
    /// text.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let Some(Range { address, length, least, greatest }) = Range::parse(text) else { return false };
        let lengths = [length, least, greatest];
        match address {
            IpAddr::V4(address) => {
                let mut packed = [0; 7];
                packed[..4].copy_from_slice(&address.octets());
                packed[4..].copy_from_slice(&lengths);
                self.v4.push(packed);
            }
            IpAddr::V6(address) => {
                let mut packed = [0; 19];
                packed[..16].copy_from_slice(&address.octets());
                packed[16..].copy_from_slice(&lengths);
                self.v6.push(packed);
            }
        }
        true
    }

    /// Takes in what another one has.
    pub(super) fn join(&mut self, other: &Self) {
        self.v4.extend_from_slice(&other.v4);
        self.v6.extend_from_slice(&other.v6);
    }

    pub(super) fn complete(&mut self) {
        self.v4.sort_unstable();
        self.v4.dedup();
        self.v4.shrink_to_fit();
        self.v6.sort_unstable();
        self.v6.dedup();
        self.v6.shrink_to_fit();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of these the other set doesn't have, and the first ones of them as text.
    pub(super) fn missing_from(&self, other: &Self, at_most: usize) -> (usize, Vec<String>) {
        let v4: Vec<_> = without(&self.v4, &other.v4).collect();
        let v6: Vec<_> = without(&self.v6, &other.v6).collect();
        let texts = v4.iter().map(|packed| text(packed)).chain(v6.iter().map(|packed| text(packed)));
        (v4.len() + v6.len(), texts.take(at_most).collect())
    }
}

/// The items of one sorted list that another one lacks.
pub(super) fn without<'a, T: Ord>(list: &'a [T], other: &'a [T]) -> impl Iterator<Item = &'a T> {
    let mut rest = other.iter().peekable();
    list.iter().filter(move |item| {
        while rest.next_if(|other| other < item).is_some() {}
        rest.peek() != Some(item)
    })
}

fn text<const N: usize>(packed: &[u8; N]) -> String {
    let (address, lengths) = packed.split_at(N - 3);
    let address = match (<[u8; 4]>::try_from(address), <[u8; 16]>::try_from(address)) {
        (Ok(v4), _) => IpAddr::from(v4),
        (_, Ok(v6)) => IpAddr::from(v6),
        _ => return String::new(),
    };
    let [length, least, greatest] = [lengths[0], lengths[1], lengths[2]];
    if least == length && greatest == length {
        format!("{address}/{length}")
    } else {
        format!("{address}/{length}{{{least},{greatest}}}")
    }
}

struct Range {
    address: IpAddr,
    length: u8,
    least: u8,
    greatest: u8,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, rest) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (length, pattern) = rest.split_at(digits);
        let length: u8 = length.parse().ok().filter(|length| *length <= bits)?;
        let (least, greatest) = match pattern {
            "" => (length, length),
            "+" => (length, bits),
            "-" => (0, length),
            braces => {
                let (least, greatest) = braces.strip_prefix('{')?.strip_suffix('}')?.split_once(',')?;
                (least.parse().ok()?, greatest.parse().ok()?)
            }
        };
        (least <= greatest && greatest <= bits).then_some(Self { address, length, least, greatest })
    }
}
