//! [`UnsignedBigInt`]: the type of every `BIGINT UNSIGNED` column.

use std::fmt;

use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{self, ArrayType, ColumnType, Nullable, ValueTypeErr},
};
use serde::{Deserialize, Serialize};

/// A `BIGINT UNSIGNED` value: an id, or a number of bytes of a day.
///
/// The driver decodes such a column only as `u64` on MySQL and only as `i64` on SQLite. This type reads both and
/// holds what both can store, 0 to 2^63-1; a MySQL value beyond that is a decoding error, not a wrong number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnsignedBigInt(i64);

impl UnsignedBigInt {
    /// `None` for a negative number.
    pub fn new(value: i64) -> Option<Self> {
        (value >= 0).then_some(Self(value))
    }

    /// The value as the signed integer that both databases bind.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl From<u32> for UnsignedBigInt {
    fn from(value: u32) -> Self {
        Self(i64::from(value))
    }
}

impl TryFrom<i64> for UnsignedBigInt {
    type Error = OutOfRange;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        Self::new(value).ok_or(OutOfRange)
    }
}

impl TryFrom<u64> for UnsignedBigInt {
    type Error = OutOfRange;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        i64::try_from(value).map(Self).map_err(|_| OutOfRange)
    }
}

impl From<UnsignedBigInt> for i64 {
    fn from(value: UnsignedBigInt) -> Self {
        value.0
    }
}

impl fmt::Display for UnsignedBigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number is not between 0 and 2^63-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number is not between 0 and 9223372036854775807")]
pub struct OutOfRange;

impl From<UnsignedBigInt> for Value {
    fn from(value: UnsignedBigInt) -> Self {
        Value::from(value.0)
    }
}

impl TryGetable for UnsignedBigInt {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let out_of_range = || TryGetError::DbErr(DbErr::Type(format!("column {index:?}: {OutOfRange}")));
        if row.try_as_mysql_row().is_some() {
            let value = u64::try_get_by(row, index)?;
            return Self::try_from(value).map_err(|_| out_of_range());
        }
        let value = i64::try_get_by(row, index)?;
        Self::new(value).ok_or_else(out_of_range)
    }
}

impl sea_query::ValueType for UnsignedBigInt {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let value = <i64 as sea_query::ValueType>::try_from(value)?;
        Self::new(value).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        "UnsignedBigInt".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::BigInt
    }

    fn column_type() -> ColumnType {
        ColumnType::BigUnsigned
    }
}

impl Nullable for UnsignedBigInt {
    fn null() -> Value {
        <i64 as Nullable>::null()
    }
}

impl IntoActiveValue<UnsignedBigInt> for UnsignedBigInt {
    fn into_active_value(self) -> ActiveValue<UnsignedBigInt> {
        ActiveValue::Set(self)
    }
}

impl TryFromU64 for UnsignedBigInt {
    fn try_from_u64(value: u64) -> Result<Self, DbErr> {
        Self::try_from(value).map_err(|_| DbErr::ConvertFromU64("UnsignedBigInt"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_numbers_and_numbers_beyond_both_databases_are_refused() {
        assert_eq!(UnsignedBigInt::new(-1), None);
        assert_eq!(UnsignedBigInt::try_from(u64::MAX), Err(OutOfRange));
        assert_eq!(UnsignedBigInt::try_from(i64::MAX as u64).map(i64::from), Ok(i64::MAX));
    }
}
