//! [`StoredJson`]: the type of JSON columns of IXP Manager.

use std::ops::Deref;

use sea_orm::{
    ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    prelude::Json,
    sea_query::{self, ArrayType, ColumnType, Nullable, ValueTypeErr},
};

/// The value of a JSON column.
///
/// SQLite doesn't check JSON columns, and neither does MariaDB after a dump was loaded without its `CHECK`. What is no
/// JSON reads as `null`, as IXP Manager's `json_decode` has it; a decoding error would fail every query that meets the
/// row. `ixpd check` lists such rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredJson(Json);

impl StoredJson {
    /// The value itself.
    pub fn into_inner(self) -> Json {
        self.0
    }
}

impl Deref for StoredJson {
    type Target = Json;

    fn deref(&self) -> &Json {
        &self.0
    }
}

impl From<Json> for StoredJson {
    fn from(value: Json) -> Self {
        Self(value)
    }
}

impl From<StoredJson> for Value {
    fn from(value: StoredJson) -> Self {
        Value::from(value.0)
    }
}

impl TryGetable for StoredJson {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        match Json::try_get_by(row, index) {
            Ok(value) => Ok(Self(value)),
            Err(TryGetError::Null(column)) => Err(TryGetError::Null(column)),
            // Text or bytes that don't parse. Any other error shows again here.
            Err(error) => Vec::<u8>::try_get_by(row, index).map(|_| Self::default()).map_err(|_| error),
        }
    }
}

impl sea_query::ValueType for StoredJson {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <Json as sea_query::ValueType>::try_from(value).map(Self)
    }

    fn type_name() -> String {
        "StoredJson".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::Json
    }

    fn column_type() -> ColumnType {
        ColumnType::Json
    }
}

impl Nullable for StoredJson {
    fn null() -> Value {
        <Json as Nullable>::null()
    }
}

impl TryFromU64 for StoredJson {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("StoredJson"))
    }
}
