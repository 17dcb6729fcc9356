//! The list of members: one statement for the rows of a page, one for their number.

use chrono::NaiveDate;
use ixpd_types::{CustomerStatus, CustomerType};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{CURRENT, JOINED, LEFT, statement};
use crate::{dialect, query::raw};

/// Which members a list shows; what is `None` restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Text within a name, or an AS number such as `64500` or `AS64500`.
    pub search: Option<String>,
    pub customer_type: Option<CustomerType>,
    pub status: Option<CustomerStatus>,
    /// Only those that are members on this day.
    pub current_on: Option<NaiveDate>,
    /// Only those that carry this tag.
    pub tag_id: Option<i32>,
}

/// What a list is sorted by; equal rows follow by name and id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomerSort {
    #[default]
    Name,
    Asn,
    Type,
    Status,
    Ports,
    Speed,
    PeeringPolicy,
    Joined,
}

impl CustomerSort {
    fn column(self, db: &impl ConnectionTrait) -> String {
        match self {
            Self::Name => dialect::by_text(db, "c.name"),
            Self::Asn => "c.autsys".to_owned(),
            Self::Type => "c.type".to_owned(),
            Self::Status => "c.status".to_owned(),
            Self::Ports => "ports".to_owned(),
            Self::Speed => "speed".to_owned(),
            Self::PeeringPolicy => dialect::by_text(db, "c.peeringpolicy"),
            Self::Joined => "c.datejoin".to_owned(),
        }
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Rows passed over.
    pub offset: u64,
    /// Most rows.
    pub limit: u64,
}

/// A member in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListRow {
    pub id: i32,
    pub name: Option<String>,
    pub shortname: Option<String>,
    pub autsys: Option<i32>,
    /// `cust.type`, see [`ixpd_types::CustomerType`].
    pub customer_type: Option<i32>,
    /// `cust.status`, see [`ixpd_types::CustomerStatus`].
    pub status: Option<i16>,
    pub peeringpolicy: Option<String>,
    pub datejoin: Option<NaiveDate>,
    pub dateleave: Option<NaiveDate>,
    /// Number of physical interfaces in whatever state.
    pub ports: i64,
    /// Mbit/s of the connected ones together.
    pub speed: i64,
}

/// Physical interfaces by member. SUM is a DECIMAL on MySQL.
const PORTS: &str = "SELECT vi.custid AS customer_id, COUNT(*) AS ports, \
    CAST(SUM(CASE WHEN pi.status = 1 THEN COALESCE(pi.speed, 0) ELSE 0 END) AS SIGNED) AS speed \
    FROM physicalinterface pi JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid GROUP BY vi.custid";

/// The members that pass the filter, or a part of them.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &ListFilter,
    sort: CustomerSort,
    descending: bool,
    slice: Option<Slice>,
) -> Result<Vec<ListRow>, DbErr> {
    let (condition, mut values) = filter.condition(db);
    let direction = if descending { "DESC" } else { "ASC" };
    let mut sql = format!(
        "SELECT c.id, c.name, c.shortname, c.autsys, c.type AS customer_type, c.status, c.peeringpolicy, \
         {JOINED} AS datejoin, {LEFT} AS dateleave, COALESCE(p.ports, 0) AS ports, COALESCE(p.speed, 0) AS speed \
         FROM cust c LEFT JOIN ({PORTS}) p ON p.customer_id = c.id \
         WHERE {condition} ORDER BY {} {direction}, {}, c.id",
        sort.column(db),
        dialect::by_text(db, "c.name")
    );
    if let Some(slice) = slice {
        sql.push_str(" LIMIT ? OFFSET ?");
        values.extend([bounded(slice.limit), bounded(slice.offset)]);
    }
    ListRow::find_by_statement(statement(db, sql, values)).all(db).await
}

/// The number of members that pass the filter.
///
/// # Errors
/// When the database fails.
pub async fn count(db: &impl ConnectionTrait, filter: &ListFilter) -> Result<u64, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        members: i64,
    }
    let (condition, values) = filter.condition(db);
    let sql = format!("SELECT COUNT(*) AS members FROM cust c WHERE {condition}");
    let row = Count::find_by_statement(statement(db, sql, values)).one(db).await?;
    Ok(row.map_or(0, |row| row.members.unsigned_abs()))
}

/// SQLite knows signed numbers alone.
fn bounded(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

impl ListFilter {
    /// The condition on `c`, a row of `cust`, with its values.
    fn condition(&self, db: &impl ConnectionTrait) -> (String, Vec<Value>) {
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut values = Vec::new();
        if let Some(search) = &self.search {
            let columns = ["c.name", "c.shortname", "c.abbreviatedName"];
            let mut any = raw::any_contains(db, &columns, search, &mut values);
            if let Some(asn) = as_number(search) {
                any.push_str(" OR c.autsys = ?");
                values.push(asn.into());
            }
            conditions.push(format!("({any})"));
        }
        if let Some(customer_type) = self.customer_type {
            conditions.push("c.type = ?".to_owned());
            values.push(customer_type.code().into());
        }
        if let Some(status) = self.status {
            conditions.push("c.status = ?".to_owned());
            values.push(status.code().into());
        }
        if let Some(day) = self.current_on {
            conditions.push(CURRENT.to_owned());
            values.extend([day.into(), day.into()]);
        }
        if let Some(tag_id) = self.tag_id {
            conditions.push(
                "EXISTS (SELECT 1 FROM cust_to_cust_tag t WHERE t.customer_id = c.id AND t.customer_tag_id = ?)"
                    .to_owned(),
            );
            values.push(tag_id.into());
        }
        (conditions.join(" AND "), values)
    }
}

/// `64500` and `AS64500`; numbers too large for the column find nothing anyway.
fn as_number(text: &str) -> Option<i64> {
    let digits = match text.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("as") => &text[2..],
        _ => text,
    };
    digits.trim_start().parse::<u32>().ok().map(i64::from)
}

#[cfg(test)]
mod tests {
    use super::as_number;

    #[test]
    fn an_as_number_is_read_with_and_without_its_prefix() {
        assert_eq!(as_number("as 64500"), Some(64_500));
        assert_eq!(as_number("64500"), Some(64_500));
        for text in ["", "AS", "as-set", "é1", "99999999999"] {
            assert_eq!(as_number(text), None, "{text}");
        }
    }
}
