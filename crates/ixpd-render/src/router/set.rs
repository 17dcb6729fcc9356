//! Sets of IRR data, kept compact, and written as BIRD reads them.
//!
//! A large exchange has millions of prefixes. They are written from here, without a template's loop.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};

use ixpd_types::Protocol;

/// How far the lines of a set stand in.
const INDENT: &[u8] = b"        ";
const ASNS_A_LINE: usize = 10;
const PREFIXES_A_LINE: usize = 4;

/// Text that is no prefix of its protocol, without bits of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an {1} prefix; accepted: an address and a length such as {2}, no bits set after the length"
)]
pub struct ParsePrefixError(String, Protocol, &'static str);

/// Prefixes of one protocol, sorted, none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrefixSet {
    /// The address in the upper bits, the length in the lowest eight: eight bytes a prefix.
    V4(Vec<u64>),
    /// Address and length.
    V6(Vec<(u128, u8)>),
}

impl PrefixSet {
    /// A set without prefixes.
    pub fn empty(protocol: Protocol) -> Self {
        match protocol {
            Protocol::V4 => Self::V4(Vec::new()),
            Protocol::V6 => Self::V6(Vec::new()),
        }
    }

    /// Reads a prefix of the set's protocol and puts it last; [`PrefixSet::settle`] then sorts.
    ///
    /// # Errors
    /// For anything else.
    pub fn push(&mut self, text: &str) -> Result<(), ParsePrefixError> {
        match self {
            Self::V4(prefixes) => {
                let (address, length) = read_v4(text)
                    .ok_or_else(|| ParsePrefixError(text.to_owned(), Protocol::V4, "192.0.2.0/24"))?;
                prefixes.push(u64::from(address) << 8 | u64::from(length));
            }
            Self::V6(prefixes) => {
                let prefix = read_v6(text)
                    .ok_or_else(|| ParsePrefixError(text.to_owned(), Protocol::V6, "2001:db8::/32"))?;
                prefixes.push(prefix);
            }
        }
        Ok(())
    }

    /// Sorts, and gives back the memory that isn't needed.
    pub fn settle(&mut self) {
        match self {
            Self::V4(prefixes) => settle(prefixes),
            Self::V6(prefixes) => settle(prefixes),
        }
    }

    /// Number of prefixes.
    pub fn len(&self) -> usize {
        match self {
            Self::V4(prefixes) => prefixes.len(),
            Self::V6(prefixes) => prefixes.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the elements of a BIRD prefix set, four a line. With `longest`, a prefix stands for itself and all more
    /// specific ones up to that length, and longer ones are left out.
    ///
    /// A set must not be empty in BIRD: one prefix that no route can get here with takes the place of none.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, longest: Option<u8>, out: &mut impl Write) -> io::Result<()> {
        let mut elements = Elements { out, buffer: [0; BUFFER], filled: 0, on_line: 0, any: false, longest };
        match self {
            Self::V4(prefixes) => {
                for prefix in prefixes {
                    let (address, length) = ((prefix >> 8) as u32, *prefix as u8);
                    elements.put(length, |line| line.put_v4(address))?;
                }
            }
            Self::V6(prefixes) => {
                for (address, length) in prefixes {
                    elements.put(*length, |line| {
                        let mut rest = [0; 45];
                        let mut cursor = io::Cursor::new(&mut rest[..]);
                        // An address never takes more than 45 characters.
                        let _ = write!(cursor, "{}", Ipv6Addr::from_bits(*address));
                        let taken = cursor.position() as usize;
                        line.put(&rest[..taken]);
                    })?;
                }
            }
        }
        elements.flush()?;
        if elements.any {
            return elements.out.write_all(b"\n");
        }
        elements.out.write_all(INDENT)?;
        elements.out.write_all(match self {
            Self::V4(_) => b"0.0.0.0/32\n",
            Self::V6(_) => b"::/128\n",
        })
    }
}

fn settle<T: Ord>(prefixes: &mut Vec<T>) {
    if !prefixes.is_sorted_by(|a, b| a < b) {
        prefixes.sort_unstable();
        prefixes.dedup();
    }
    prefixes.shrink_to_fit();
}

fn read_length(text: &str, longest: u8) -> Option<u8> {
    let plain = text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|length| plain && *length <= longest)
}

fn read_v4(text: &str) -> Option<(u32, u8)> {
    let (address, length) = text.split_once('/')?;
    let (address, length) = (address.parse::<Ipv4Addr>().ok()?.to_bits(), read_length(length, 32)?);
    let host_bits = u32::MAX.checked_shr(length.into()).unwrap_or(0);
    (address & host_bits == 0).then_some((address, length))
}

fn read_v6(text: &str) -> Option<(u128, u8)> {
    let (address, length) = text.split_once('/')?;
    let (address, length) = (address.parse::<Ipv6Addr>().ok()?.to_bits(), read_length(length, 128)?);
    let host_bits = u128::MAX.checked_shr(length.into()).unwrap_or(0);
    (address & host_bits == 0).then_some((address, length))
}

/// Bytes that are written together.
const BUFFER: usize = 4096;
/// More than an element with its comma, indentation, address and lengths takes.
const ELEMENT: usize = 80;

/// The decimal digits of every byte and a dot, and how many these are: formatting millions of addresses takes most of the
/// time of a configuration.
const OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([0; 4], 0); 256];
    let mut value = 0;
    while value < 256 {
        let (hundreds, tens, ones) =
            (b'0' + (value / 100) as u8, b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8);
        octets[value] = if value >= 100 {
            ([hundreds, tens, ones, b'.'], 4)
        } else if value >= 10 {
            ([tens, ones, b'.', 0], 3)
        } else {
            ([ones, b'.', 0, 0], 2)
        };
        value += 1;
    }
    octets
};

/// Writes elements with commas between and line breaks after every few.
struct Elements<'a, W> {
    out: &'a mut W,
    buffer: [u8; BUFFER],
    filled: usize,
    on_line: usize,
    any: bool,
    longest: Option<u8>,
}

/// The end of the buffer, to which elements are added. What doesn't fit is left out, but everything fits.
struct End<'a> {
    bytes: &'a mut [u8; BUFFER],
    filled: &'a mut usize,
}

impl End<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let end = *self.filled + bytes.len();
        if let Some(room) = self.bytes.get_mut(*self.filled..end) {
            room.copy_from_slice(bytes);
            *self.filled = end;
        }
    }

    /// The digits of a number and a dot.
    fn put_octet(&mut self, number: u8) {
        let (digits, length) = OCTETS[usize::from(number)];
        if let Some(room) = self.bytes.get_mut(*self.filled..).and_then(|rest| rest.first_chunk_mut()) {
            *room = digits;
            *self.filled += usize::from(length);
        }
    }

    fn put_number(&mut self, number: u8) {
        self.put_octet(number);
        *self.filled -= 1;
    }

    fn put_v4(&mut self, address: u32) {
        for octet in address.to_be_bytes() {
            self.put_octet(octet);
        }
        *self.filled -= 1;
    }
}

impl<W: Write> Elements<'_, W> {
    fn put(&mut self, length: u8, address: impl FnOnce(&mut End<'_>)) -> io::Result<()> {
        if self.longest.is_some_and(|longest| length > longest) {
            return Ok(());
        }
        if self.filled + ELEMENT > BUFFER {
            self.flush()?;
        }
        let mut end = End { bytes: &mut self.buffer, filled: &mut self.filled };
        if self.any {
            end.put(if self.on_line == 0 { b",\n" } else { b", " });
        }
        if self.on_line == 0 {
            end.put(INDENT);
        }
        address(&mut end);
        end.put(b"/");
        end.put_number(length);
        if let Some(longest) = self.longest.filter(|longest| length < *longest) {
            end.put(b"{");
            end.put_number(length);
            end.put(b",");
            end.put_number(longest);
            end.put(b"}");
        }
        self.any = true;
        self.on_line = (self.on_line + 1) % PREFIXES_A_LINE;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let filled = std::mem::take(&mut self.filled);
        self.out.write_all(&self.buffer[..filled])
    }
}

/// Writes AS numbers as the elements of a BIRD set, ten a line. There must be one.
///
/// # Errors
/// Those of `out`.
pub fn write_asns(asns: &[u32], out: &mut impl Write) -> io::Result<()> {
    for (index, line) in asns.chunks(ASNS_A_LINE).enumerate() {
        if index > 0 {
            out.write_all(b",\n")?;
        }
        out.write_all(INDENT)?;
        for (index, asn) in line.iter().enumerate() {
            write!(out, "{}{asn}", if index > 0 { ", " } else { "" })?;
        }
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(protocol: Protocol, texts: &[&str]) -> PrefixSet {
        let mut set = PrefixSet::empty(protocol);
        for text in texts {
            set.push(text).expect(text);
        }
        set.settle();
        set
    }

    fn written(set: &PrefixSet, longest: Option<u8>) -> String {
        let mut out = Vec::new();
        set.write(longest, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn prefixes_are_written_in_order_four_a_line() {
        let set = set(
            Protocol::V4,
            &["198.51.100.0/24", "10.0.0.0/8", "192.0.2.0/24", "10.0.0.0/8", "203.0.113.255/32", "0.0.0.0/0"],
        );
        assert_eq!(
            written(&set, None),
            "        0.0.0.0/0, 10.0.0.0/8, 192.0.2.0/24, 198.51.100.0/24,\n        203.0.113.255/32\n"
        );
    }

    #[test]
    fn more_specifics_reach_to_the_longest_accepted_length() {
        let v4 = set(Protocol::V4, &["10.0.0.0/8", "192.0.2.0/24", "192.0.2.128/25"]);
        assert_eq!(written(&v4, Some(24)), "        10.0.0.0/8{8,24}, 192.0.2.0/24\n");
        let v6 = set(Protocol::V6, &["2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:1::/64"]);
        assert_eq!(written(&v6, Some(48)), "        2001:db8::/32{32,48}, 2001:db8:1::/48\n");
    }

    #[test]
    fn set_is_never_written_empty() {
        assert_eq!(written(&PrefixSet::empty(Protocol::V4), None), "        0.0.0.0/32\n");
        let too_long = set(Protocol::V6, &["2001:db8::/64"]);
        assert_eq!(written(&too_long, Some(48)), "        ::/128\n");
    }

    #[test]
    fn what_is_no_prefix_is_refused_with_what_is_accepted() {
        let bad =
            ["", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/8\n", "2001:db8::/32"];
        for text in bad {
            let error = PrefixSet::empty(Protocol::V4).push(text).expect_err(text);
            assert!(
                error.to_string().starts_with(&format!("`{text}` is not an IPv4 prefix; accepted: ")),
                "{error}"
            );
        }
        for text in ["::/129", "2001:db8::1/32", "fe80::%1/10", "10.0.0.0/8"] {
            PrefixSet::empty(Protocol::V6).push(text).expect_err(text);
        }
    }

    #[test]
    fn as_numbers_are_written_ten_a_line() {
        let asns: Vec<u32> = (1..=11).chain([u32::MAX]).collect();
        let mut out = Vec::new();
        write_asns(&asns, &mut out).expect("memory takes all");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,\n        11, 4294967295\n"
        );
    }

    proptest! {
        #[test]
        fn every_v4_prefix_survives(address: u32, length in 0_u8..=32) {
            let address = address & !u32::MAX.checked_shr(length.into()).unwrap_or(0);
            let text = format!("{}/{length}", Ipv4Addr::from_bits(address));
            prop_assert_eq!(written(&set(Protocol::V4, &[&text]), None), format!("        {text}\n"));
        }

        #[test]
        fn every_v6_prefix_survives(address: u128, length in 0_u8..=128) {
            let address = address & !u128::MAX.checked_shr(length.into()).unwrap_or(0);
            let text = format!("{}/{length}", Ipv6Addr::from_bits(address));
            prop_assert_eq!(written(&set(Protocol::V6, &[&text]), None), format!("        {text}\n"));
        }
    }
}
