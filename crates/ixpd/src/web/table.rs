//! Lists whose order, filters and page stand in the address.

use url::form_urlencoded;

/// Parameter that holds the page's number, counted from 1.
pub const PAGE: &str = "page";
/// Parameter that names the column sorted by.
pub const SORT: &str = "sort";
/// Parameter that holds the direction: `asc` or `desc`.
pub const DIRECTION: &str = "dir";

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

impl Direction {
    /// The parameter's value.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// The value of `aria-sort`.
    pub fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    /// The icon in the column's head.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Ascending => "chevron-up",
            Self::Descending => "chevron-down",
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// The address of a list with the filters in force; makes the addresses that change one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAddress {
    path: String,
    parameters: Vec<(String, String)>,
}

impl ListAddress {
    /// A list at `path` with its parameters; those without a value are left out.
    pub fn new(
        path: impl Into<String>,
        parameters: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let parameters = parameters.into_iter().filter(|(_, value)| !value.is_empty());
        Self {
            path: path.into(),
            parameters: parameters.map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }

    /// The address with these parameters set to new values; others stay as they are.
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        Self::address(&self.path, self.changed(changes))
    }

    /// The address of the same rows in another place, such as a CSV file: filters and order stay, the page goes.
    pub fn elsewhere(&self, path: &str) -> String {
        Self::address(path, self.changed(&[(PAGE, "")]))
    }

    fn changed<'a>(&'a self, changes: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let kept = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        kept.filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
            .chain(changes.iter().copied())
            .filter(|(_, value)| !value.is_empty())
    }

    fn address<'a>(path: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Where the head leads; `None` for a column that can't be sorted by.
    pub href: Option<String>,
    /// Which way the list is sorted by this column, if it is.
    pub direction: Option<Direction>,
    /// Numbers stand at the right.
    pub numeric: bool,
}

impl Column {
    /// A column that the list can't be sorted by.
    pub fn plain(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None, direction: None, numeric: false }
    }

    /// The column of a row's buttons; its head is hidden text.
    pub fn actions() -> Self {
        Self::plain("")
    }

    /// A column that sorts the list: `key` is its value of the parameter [`SORT`], `sorted` what the list is sorted by now.
    /// Choosing the column that is in force turns its direction, and every choice goes to the first page.
    pub fn sortable(
        label: impl Into<String>,
        key: &str,
        address: &ListAddress,
        sorted: (&str, Direction),
    ) -> Self {
        let direction = (sorted.0 == key).then_some(sorted.1);
        let next = direction.map_or(Direction::Ascending, Direction::reversed);
        let href = address.with(&[(SORT, key), (DIRECTION, next.code()), (PAGE, "")]);
        Self { label: label.into(), href: Some(href), direction, numeric: false }
    }

    #[must_use]
    pub fn numeric(self) -> Self {
        Self { numeric: true, ..self }
    }
}

/// A place among the pages of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageLink {
    /// The page shown.
    Current(u64),
    Other {
        number: u64,
        href: String,
    },
    /// Pages left out.
    Gap,
}

/// Which part of a list is shown, and where the other parts are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pagination {
    /// Number of the first row shown, counted from 1; 0 in an empty list.
    pub first: u64,
    /// Number of the last row shown.
    pub last: u64,
    /// Rows on all pages.
    pub total: u64,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Empty where one page holds everything.
    pub pages: Vec<PageLink>,
}

/// Pages shown on either side of the current one.
const NEIGHBOURS: u64 = 2;

impl Pagination {
    /// `page` counts from 1; one past the end shows the last page, as [`Pagination::page_within`] tells.
    pub fn new(total: u64, page: u64, per_page: u64, address: &ListAddress) -> Self {
        let per_page = per_page.max(1);
        let page = Self::page_within(total, page, per_page);
        let pages = total.div_ceil(per_page).max(1);
        let href = |number: u64| {
            address.with(&[(PAGE, &if number == 1 { String::new() } else { number.to_string() })])
        };
        let start = (page - 1) * per_page;
        Self {
            first: if total == 0 { 0 } else { start + 1 },
            last: total.min(start.saturating_add(per_page)),
            total,
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
            pages: if pages == 1 { Vec::new() } else { Self::links(page, pages, &href) },
        }
    }

    /// The page that is shown when `page` is asked for: at least 1, at most the last one.
    pub fn page_within(total: u64, page: u64, per_page: u64) -> u64 {
        page.clamp(1, total.div_ceil(per_page.max(1)).max(1))
    }

    /// First and last page, the current one and its neighbours; gaps stand for the rest.
    fn links(page: u64, pages: u64, href: &impl Fn(u64) -> String) -> Vec<PageLink> {
        let near = page.saturating_sub(NEIGHBOURS).max(1)..=(page + NEIGHBOURS).min(pages);
        let (from, to) = (*near.start(), *near.end());
        let ends = [1, pages].into_iter().filter(|end| !near.contains(end));
        let mut numbers: Vec<u64> = near.clone().chain(ends).collect();
        numbers.sort_unstable();
        let mut links = Vec::with_capacity(numbers.len() + 2);
        for number in numbers {
            if number == pages && to + 1 < pages {
                links.push(PageLink::Gap);
            }
            links.push(if number == page {
                PageLink::Current(number)
            } else {
                PageLink::Other { number, href: href(number) }
            });
            if number == 1 && from > 2 {
                links.push(PageLink::Gap);
            }
        }
        links
    }
}

/// Everything around the rows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub pagination: Pagination,
    /// The same rows, all of them, as a CSV file.
    pub csv_href: Option<String>,
    /// Some filter is in force; this address has none.
    pub reset_href: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> ListAddress {
        ListAddress::new(
            "/members",
            [("search", "a&b".to_owned()), ("type", String::new()), (PAGE, "3".to_owned())],
        )
    }

    fn numbers(pagination: &Pagination) -> String {
        let text = pagination.pages.iter().map(|link| match link {
            PageLink::Current(number) => format!("[{number}]"),
            PageLink::Other { number, .. } => number.to_string(),
            PageLink::Gap => "...".to_owned(),
        });
        text.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_address_keeps_its_filters_and_escapes_them() {
        assert_eq!(address().with(&[(PAGE, "4")]), "/members?search=a%26b&page=4");
        assert_eq!(address().with(&[(PAGE, ""), ("search", "")]), "/members");
    }

    #[test]
    fn the_csv_file_has_all_pages_of_the_filtered_rows() {
        assert_eq!(address().elsewhere("/members.csv"), "/members.csv?search=a%26b");
    }

    #[test]
    fn choosing_the_sorted_column_again_turns_its_direction() {
        let sorted = ("name", Direction::Ascending);
        let name = Column::sortable("Name", "name", &address(), sorted);
        assert_eq!(name.href.as_deref(), Some("/members?search=a%26b&sort=name&dir=desc"));
        assert_eq!(name.direction, Some(Direction::Ascending));
        let asn = Column::sortable("ASN", "autsys", &address(), sorted);
        assert_eq!(asn.href.as_deref(), Some("/members?search=a%26b&sort=autsys&dir=asc"));
        assert_eq!(asn.direction, None);
    }

    #[test]
    fn an_empty_list_has_no_rows_and_no_pages() {
        let pagination = Pagination::new(0, 1, 25, &address());
        assert_eq!((pagination.first, pagination.last, pagination.total), (0, 0, 0));
        assert_eq!((pagination.previous, pagination.next, pagination.pages), (None, None, Vec::new()));
    }

    #[test]
    fn the_first_page_has_no_number_in_its_address() {
        let pagination = Pagination::new(60, 2, 25, &address());
        assert_eq!((pagination.first, pagination.last), (26, 50));
        assert_eq!(pagination.previous.as_deref(), Some("/members?search=a%26b"));
        assert_eq!(pagination.next.as_deref(), Some("/members?search=a%26b&page=3"));
    }

    #[test]
    fn a_page_past_the_end_shows_the_last_one() {
        let pagination = Pagination::new(51, u64::MAX, 25, &address());
        assert_eq!((pagination.first, pagination.last), (51, 51));
        assert_eq!(pagination.next, None);
    }

    #[test]
    fn gaps_stand_for_pages_that_are_left_out_and_for_nothing_else() {
        for (page, expected) in [
            (1, "[1] 2 3 ... 10"),
            (3, "1 2 [3] 4 5 ... 10"),
            (4, "1 2 3 [4] 5 6 ... 10"),
            (5, "1 ... 3 4 [5] 6 7 ... 10"),
            (8, "1 ... 6 7 [8] 9 10"),
            (10, "1 ... 8 9 [10]"),
        ] {
            assert_eq!(numbers(&Pagination::new(100, page, 10, &address())), expected);
        }
    }

    #[test]
    fn no_rows_a_page_counts_as_one() {
        assert_eq!(Pagination::new(3, 2, 0, &address()).first, 2);
    }
}
