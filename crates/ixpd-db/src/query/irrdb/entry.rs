//! Prefixes and AS numbers as rows.

use ipnet::IpNet;
use sea_orm::{DbErr, QueryResult, Value};

/// Which of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IrrdbKind {
    /// Prefixes, `irrdb_prefix`.
    Prefix,
    /// Origin AS numbers, `irrdb_asn`.
    Asn,
}

impl IrrdbKind {
    /// `prefix` or `asn`: what the column, commands and `ixpd_irrdb_hold.kind` say.
    pub fn column(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Asn => "asn",
        }
    }

    /// The table.
    pub fn table(self) -> &'static str {
        match self {
            Self::Prefix => "irrdb_prefix",
            Self::Asn => "irrdb_asn",
        }
    }
}

/// What a row of one of the tables holds.
pub trait IrrdbEntry: Copy + Ord + Send + Sync + 'static {
    /// Its table.
    const KIND: IrrdbKind;

    /// Reads it from a row. `None` for what isn't written as [`IrrdbEntry::value`] writes it.
    ///
    /// # Errors
    /// When the column has another type.
    fn read(row: &QueryResult, index: usize) -> Result<Option<Self>, DbErr>;

    /// What its column gets.
    fn value(&self) -> Value;
}

impl IrrdbEntry for IpNet {
    const KIND: IrrdbKind = IrrdbKind::Prefix;

    fn read(row: &QueryResult, index: usize) -> Result<Option<Self>, DbErr> {
        let text: String = row.try_get_by_index(index)?;
        Ok(text.parse().ok().filter(|net: &Self| net.trunc() == *net && is_written(net, &text)))
    }

    fn value(&self) -> Value {
        self.to_string().into()
    }
}

/// Whether this is how the prefix is written. For IPv4 there is one way that can be read at all.
fn is_written(net: &IpNet, text: &str) -> bool {
    match net {
        IpNet::V4(_) => true,
        IpNet::V6(net) => net.to_string() == text,
    }
}

impl IrrdbEntry for u32 {
    const KIND: IrrdbKind = IrrdbKind::Asn;

    fn read(row: &QueryResult, index: usize) -> Result<Option<Self>, DbErr> {
        row.try_get_by_index(index).map(Some)
    }

    fn value(&self) -> Value {
        (*self).into()
    }
}
