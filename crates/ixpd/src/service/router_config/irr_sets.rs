//! The IRR data of one member, compact, and how they are read from rows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{self, BufWriter, Write},
};

use ixpd_db::{
    query::router_config::irr::{self, Entries},
    sea_orm::{ConnectionTrait, DbErr, StreamTrait},
};
use ixpd_render::router::PrefixSet;
use ixpd_types::Protocol;
use sha2::{Digest as _, Sha256};

/// Bytes that are hashed together.
const BUFFER: usize = 64 * 1024;
/// Bytes before the AS numbers in the binary form: protocol and number of AS numbers.
const HEAD: usize = 9;
const ASN_BYTES: usize = 4;
const V4_BYTES: usize = 8;
const V6_BYTES: usize = 17;

/// The IRR data of a member for one protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct IrrSets {
    /// In ascending order.
    pub asns: Vec<u32>,
    /// What can't be read as a prefix of the protocol is left out.
    pub prefixes: PrefixSet,
    digest: SetsDigest,
}

/// The first 16 bytes of SHA-256 over the binary form of [`IrrSets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetsDigest([u8; 16]);

impl SetsDigest {
    fn of(hash: Sha256) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(bytes)
    }

    /// Reads 32 hexadecimal digits; `None` for anything else.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        hex::decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Whether a text of hexadecimal digits stands for this digest.
    pub(super) fn is(self, text: &str) -> bool {
        self.to_text() == text
    }

    /// 32 hexadecimal digits.
    pub fn to_text(self) -> String {
        hex::encode(self.0)
    }
}

impl IrrSets {
    fn of(mut asns: Vec<u32>, mut prefixes: PrefixSet) -> Self {
        asns.sort_unstable();
        asns.dedup();
        asns.shrink_to_fit();
        prefixes.settle();
        Self::settled(asns, prefixes)
    }

    fn settled(asns: Vec<u32>, prefixes: PrefixSet) -> Self {
        let mut sets = Self { asns, prefixes, digest: SetsDigest([0; 16]) };
        let mut hash = BufWriter::with_capacity(BUFFER, Hash(Sha256::new()));
        // A hash takes everything.
        let _ = sets.write_binary(&mut hash);
        if let Ok(Hash(hash)) = hash.into_inner() {
            sets.digest = SetsDigest::of(hash);
        }
        sets
    }

    /// Tells these data from any others.
    pub fn digest(&self) -> SetsDigest {
        self.digest
    }

    /// Bytes of the binary form.
    pub(super) fn binary_length(&self) -> usize {
        let prefix = match self.prefixes {
            PrefixSet::V4(_) => V4_BYTES,
            PrefixSet::V6(_) => V6_BYTES,
        };
        HEAD + self.asns.len() * ASN_BYTES + self.prefixes.len() * prefix
    }

    /// Writes the binary form: protocol, number of AS numbers, these, prefixes.
    pub(super) fn write_binary(&self, out: &mut impl Write) -> io::Result<()> {
        let protocol = match self.prefixes {
            PrefixSet::V4(_) => 4,
            PrefixSet::V6(_) => 6,
        };
        out.write_all(&[protocol])?;
        out.write_all(&(self.asns.len() as u64).to_le_bytes())?;
        for asn in &self.asns {
            out.write_all(&asn.to_le_bytes())?;
        }
        match &self.prefixes {
            PrefixSet::V4(prefixes) => {
                prefixes.iter().try_for_each(|prefix| out.write_all(&prefix.to_le_bytes()))
            }
            PrefixSet::V6(prefixes) => prefixes.iter().try_for_each(|(address, length)| {
                out.write_all(&address.to_le_bytes())?;
                out.write_all(&[*length])
            }),
        }
    }

    /// Reads the binary form of a protocol's data; `None` for bytes that aren't one.
    pub(super) fn from_binary(bytes: &[u8], protocol: Protocol) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let (code, count) = head.split_first()?;
        if i32::from(*code) != protocol.code() {
            return None;
        }
        let count = usize::try_from(u64::from_le_bytes(count.try_into().ok()?)).ok()?;
        let (asns, prefixes) = rest.split_at_checked(count.checked_mul(ASN_BYTES)?)?;
        let (asns, _) = asns.as_chunks::<ASN_BYTES>();
        let prefixes = match protocol {
            Protocol::V4 => {
                let (prefixes, []) = prefixes.as_chunks::<V4_BYTES>() else { return None };
                PrefixSet::V4(prefixes.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect())
            }
            Protocol::V6 => {
                let (prefixes, []) = prefixes.as_chunks::<V6_BYTES>() else { return None };
                let read = |bytes: &[u8; V6_BYTES]| {
                    let (address, length) = bytes.split_first_chunk()?;
                    Some((u128::from_le_bytes(*address), *length.first()?))
                };
                PrefixSet::V6(prefixes.iter().map(read).collect::<Option<_>>()?)
            }
        };
        Some(Self::settled(asns.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect(), prefixes))
    }

    /// Reads the data of members, one statement for each kind of entry.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read_all(
        snapshot: &(impl ConnectionTrait + StreamTrait),
        protocol: Protocol,
        customers: &BTreeSet<i32>,
    ) -> Result<HashMap<i32, Self>, DbErr> {
        let mut read: HashMap<i32, SetsReader> =
            customers.iter().map(|id| (*id, SetsReader::of(protocol))).collect();
        for entries in [Entries::Asns, Entries::Prefixes] {
            irr::each_entry(snapshot, entries, protocol, customers, |id, text| {
                if let Some(reader) = read.get_mut(&id) {
                    reader.take(entries, text);
                }
            })
            .await?;
        }
        let unreadable: BTreeMap<i32, Unreadable> =
            read.iter_mut().filter_map(|(id, reader)| Some((*id, reader.unreadable.take()?))).collect();
        for (customer_id, Unreadable { rows, first }) in unreadable {
            tracing::warn!(
                customer_id,
                rows,
                first,
                "rows of a member's {protocol} IRR data can't be read and are left out of router configurations"
            );
        }
        Ok(read.into_iter().map(|(id, reader)| (id, reader.finish())).collect())
    }
}

/// Takes the texts of a member's entries in.
pub struct SetsReader {
    asns: Vec<u32>,
    prefixes: PrefixSet,
    unreadable: Option<Unreadable>,
}

/// Rows that can't be read: how many, and what is wrong with the first.
struct Unreadable {
    rows: usize,
    first: String,
}

impl SetsReader {
    /// With nothing taken in.
    pub fn of(protocol: Protocol) -> Self {
        Self { asns: Vec::new(), prefixes: PrefixSet::empty(protocol), unreadable: None }
    }

    /// Takes one in; a text that can't be read is left out.
    pub fn take(&mut self, entries: Entries, text: &str) {
        let reason = match entries {
            Entries::Asns => match text.parse() {
                Ok(asn) => return self.asns.push(asn),
                Err(_) => format!("`{text}` is no AS number"),
            },
            Entries::Prefixes => match self.prefixes.push(text) {
                Ok(()) => return,
                Err(error) => error.to_string(),
            },
        };
        self.unreadable.get_or_insert(Unreadable { rows: 0, first: reason }).rows += 1;
    }

    /// What was taken in.
    pub fn finish(self) -> IrrSets {
        IrrSets::of(self.asns, self.prefixes)
    }
}

struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(protocol: Protocol, asns: &[&str], prefixes: &[&str]) -> IrrSets {
        let mut reader = SetsReader::of(protocol);
        for text in asns {
            reader.take(Entries::Asns, text);
        }
        for text in prefixes {
            reader.take(Entries::Prefixes, text);
        }
        reader.finish()
    }

    #[test]
    fn binary_form_is_read_back_and_every_cut_is_refused() {
        for (protocol, prefixes) in [
            (Protocol::V4, ["192.0.2.0/24", "0.0.0.0/0"]),
            (Protocol::V6, ["2001:db8::/32", "2001:db8:1::/48"]),
        ] {
            let sets = sets(protocol, &["64511", "64497"], &prefixes);
            let mut bytes = Vec::new();
            sets.write_binary(&mut bytes).unwrap();
            assert_eq!(bytes.len(), sets.binary_length());
            assert_eq!(IrrSets::from_binary(&bytes, protocol).unwrap(), sets);
            let unaligned = (0..bytes.len()).filter(|cut| {
                IrrSets::from_binary(&bytes[..*cut], protocol).is_some_and(|cut| cut.digest == sets.digest)
            });
            assert_eq!(unaligned.count(), 0);
            let other = if protocol == Protocol::V4 { Protocol::V6 } else { Protocol::V4 };
            assert_eq!(IrrSets::from_binary(&bytes, other), None);
        }
    }

    #[test]
    fn digest_depends_on_the_entries_and_not_on_the_order_of_rows() {
        let digest = |asns: &[&str], prefixes: &[&str]| sets(Protocol::V4, asns, prefixes).digest();
        let one = digest(&["1", "2"], &["10.0.0.0/8", "192.0.2.0/24"]);
        assert_eq!(one, digest(&["2", "1", "2"], &["192.0.2.0/24", "10.0.0.0/8", "nonsense"]));
        assert_ne!(one, digest(&["1"], &["10.0.0.0/8", "192.0.2.0/24"]));
        assert_ne!(one, digest(&["1", "2"], &["10.0.0.0/8"]));
        assert_ne!(digest(&[], &[]), sets(Protocol::V6, &[], &[]).digest());
        assert!(one.is(&one.to_text()) && one.to_text().len() == 32);
    }
}
