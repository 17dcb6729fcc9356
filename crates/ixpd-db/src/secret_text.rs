//! [`SecretText`]: the type of columns that hold a credential.

use std::fmt;

use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{self, ArrayType, ColumnType, Nullable, StringLen, ValueTypeErr},
};

/// The text of a column that must not reach a log: a password hash, a token, an SNMP community.
///
/// `Debug` prints `[redacted]`, so that neither a model nor an active model can show it, and there is no `Display`
/// and no serialisation: reading it takes [`SecretText::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text itself, by value.
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<SecretText> for Value {
    fn from(text: SecretText) -> Self {
        Value::from(text.0)
    }
}

impl TryGetable for SecretText {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        String::try_get_by(row, index).map(Self)
    }
}

impl sea_query::ValueType for SecretText {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <String as sea_query::ValueType>::try_from(value).map(Self)
    }

    fn type_name() -> String {
        "SecretText".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::String(StringLen::None)
    }
}

impl Nullable for SecretText {
    fn null() -> Value {
        <String as Nullable>::null()
    }
}

impl IntoActiveValue<SecretText> for SecretText {
    fn into_active_value(self) -> ActiveValue<SecretText> {
        ActiveValue::Set(self)
    }
}

impl TryFromU64 for SecretText {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("SecretText"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = SecretText::from("hunter2");
        assert_eq!(format!("{:?}", Some(&secret)), "Some([redacted])");
        assert_eq!(secret.expose(), "hunter2");
    }
}
