//! What every list shares: reading its parameters, and the frame around its rows.
//!
//! A parameter that only chooses what is looked at first (order, page) and makes no sense is passed over. One that
//! chooses the rows is refused by name, since a script would take all rows for the ones it asked for.

use std::{convert::Infallible, fmt::Display, str::FromStr};

use axum::{extract::FromRequestParts, http::request::Parts};
use ixpd_db::query::customer::Slice;
use url::form_urlencoded;

use super::table::{Column, DIRECTION, Direction, ListAddress, PAGE, Pagination, SORT, Table};
use crate::error::AppError;

/// Rows of a page.
pub const PER_PAGE: u64 = 50;
/// Parameter that asks for another form than the page.
pub const FORMAT: &str = "format";
/// Its value for a file of all rows.
pub const CSV: &str = "csv";
/// The longest text to search for, in characters.
const LONGEST_TEXT: usize = 255;

/// The parameters of a list's address.
#[derive(Clone, Debug, Default)]
pub struct ListQuery(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or("")))
    }
}

impl ListQuery {
    fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The last value of a parameter, without the spaces around it; empty if there is none.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// A text to search for.
    ///
    /// # Errors
    /// 422 if it is longer than 255 characters.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, AppError> {
        let value = self.value(name);
        if value.chars().count() > LONGEST_TEXT {
            return Err(AppError::field(name, format!("At most {LONGEST_TEXT} characters are accepted.")));
        }
        Ok((!value.is_empty()).then(|| value.to_owned()))
    }

    /// A value that restricts the rows; empty restricts nothing. `former` is the parameter's name in links of IXP
    /// Manager, where that is another one.
    ///
    /// # Errors
    /// 422 with the name if the value is none of those accepted.
    pub fn choice<T>(&self, name: &'static str, former: Option<&'static str>) -> Result<Option<T>, AppError>
    where
        T: FromStr<Err: Display>,
    {
        let (name, value) = match (self.value(name), former) {
            ("", Some(former)) => (former, self.value(former)),
            (value, _) => (name, value),
        };
        if value.is_empty() {
            return Ok(None);
        }
        value.parse().map(Some).map_err(|error: T::Err| AppError::field(name, error.to_string()))
    }

    /// What the rows are sorted by: one of `keys`, of which the first is the default.
    ///
    /// # Panics
    /// Without any key.
    pub fn sorted<S: Copy>(&self, keys: &[(&'static str, S)]) -> Sorted<S> {
        let asked = self.value(SORT);
        let (key, by) = keys.iter().find(|(key, _)| *key == asked).copied().unwrap_or(keys[0]);
        let is_descending = self.value(DIRECTION) == Direction::Descending.code();
        Sorted {
            key,
            by,
            direction: if is_descending { Direction::Descending } else { Direction::Ascending },
            is_default: key == keys[0].0 && !is_descending,
        }
    }

    /// Whether a file of all rows is asked for.
    pub fn wants_csv(&self) -> bool {
        self.value(FORMAT) == CSV
    }

    fn page(&self) -> u64 {
        self.value(PAGE).parse().unwrap_or(1)
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorted<S> {
    /// The parameter's value.
    pub key: &'static str,
    /// What the query sorts by.
    pub by: S,
    /// Which way.
    pub direction: Direction,
    is_default: bool,
}

impl<S> Sorted<S> {
    /// Whether the largest comes first.
    pub fn is_descending(&self) -> bool {
        self.direction == Direction::Descending
    }
}

/// A list at a path with the filters and the order in force.
#[derive(Clone, Debug)]
pub struct Listing {
    path: String,
    address: ListAddress,
    order: Vec<(String, String)>,
    sorted: (&'static str, Direction),
    page: u64,
    is_filtered: bool,
}

impl Listing {
    /// `filters` are those in force; an empty value is none.
    pub fn new<S>(
        path: String,
        query: &ListQuery,
        filters: impl IntoIterator<Item = (&'static str, String)>,
        sorted: &Sorted<S>,
    ) -> Self {
        let mut parameters: Vec<_> = filters.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let is_filtered = !parameters.is_empty();
        let order = if sorted.is_default {
            Vec::new()
        } else {
            vec![(SORT, sorted.key.to_owned()), (DIRECTION, sorted.direction.code().to_owned())]
        };
        parameters.extend(order.iter().cloned());
        Self {
            address: ListAddress::new(path.clone(), parameters),
            path,
            order: order.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            sorted: (sorted.key, sorted.direction),
            page: query.page(),
            is_filtered,
        }
    }

    /// The rows of the page asked for; a page past the end is the last one.
    pub fn slice(&self, total: u64) -> Slice {
        let page = Pagination::page_within(total, self.page, PER_PAGE);
        Slice { offset: (page - 1).saturating_mul(PER_PAGE), limit: PER_PAGE }
    }

    /// What the filters' form sends along.
    pub fn kept(&self) -> Vec<(String, String)> {
        self.order.clone()
    }

    /// The table around `total` rows, whose columns know the address and the order.
    pub fn table(&self, columns: fn(&ListAddress, (&str, Direction)) -> Vec<Column>, total: u64) -> Table {
        Table {
            columns: columns(&self.address, self.sorted),
            pagination: Pagination::new(total, self.page, PER_PAGE, &self.address),
            csv_href: Some(self.address.with(&[(FORMAT, CSV)])),
            reset_href: self.is_filtered.then(|| self.path.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [(&str, u8); 2] = [("name", 1), ("asn", 2)];

    fn listing(query: &str) -> Listing {
        let query = ListQuery::parse(query);
        let filters = [("search", query.value("search").to_owned())];
        Listing::new("/things".to_owned(), &query, filters, &query.sorted(&KEYS))
    }

    #[test]
    fn odd_orders_and_pages_are_passed_over() {
        for query in
            ["sort=drop&dir=up&page=abc", "page=0", "page=-1", "page=1.5", "sort[]=asn", "%ff=%fe&&="]
        {
            let listing = listing(query);
            assert_eq!(listing.sorted, ("name", Direction::Ascending), "{query}");
            assert_eq!(listing.slice(120), Slice { offset: 0, limit: PER_PAGE }, "{query}");
        }
    }

    #[test]
    fn a_page_past_the_end_is_the_last_one() {
        assert_eq!(listing("page=18446744073709551615").slice(120).offset, 100);
        assert_eq!(listing("page=99").slice(0).offset, 0);
    }

    #[test]
    fn the_file_has_the_filters_and_the_order_but_no_page() {
        let table = listing("search=a%26b&sort=asn&dir=desc&page=2").table(|_, _| Vec::new(), 120);
        assert_eq!(table.csv_href.as_deref(), Some("/things?search=a%26b&sort=asn&dir=desc&format=csv"));
        assert_eq!(table.reset_href.as_deref(), Some("/things"));
        assert_eq!(table.pagination.first, 51);
    }

    #[test]
    fn a_list_without_filter_has_nothing_to_reset() {
        let table = listing("sort=name&dir=asc").table(|_, _| Vec::new(), 1);
        assert_eq!((table.reset_href, table.csv_href.as_deref()), (None, Some("/things?format=csv")));
    }

    #[test]
    fn a_choice_that_makes_no_sense_is_refused_by_the_name_that_was_used() {
        let query = ListQuery::parse("state=x&type=2&tag=");
        assert_eq!(query.choice::<i32>("type", None).unwrap(), Some(2));
        assert_eq!(query.choice::<i32>("tag", None).unwrap(), None);
        match query.choice::<i32>("status", Some("state")) {
            Err(AppError::Validation(fields)) => assert!(fields.contains_key("state"), "{fields:?}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_overlong_search_is_refused() {
        assert_eq!(ListQuery::parse("search=%20a%20").text("search").unwrap().as_deref(), Some("a"));
        let query = ListQuery::parse(&format!("search={}", "x".repeat(256)));
        assert!(matches!(query.text("search"), Err(AppError::Validation(_))));
    }
}
