//! The list of members.

use std::{fmt, str::FromStr};

use axum::response::Response;
use ixpd_db::query::customer::{self as rows, CustomerSort, ListFilter, ListRow, Tag};
use ixpd_types::{CustomerStatus, CustomerType};

use super::view;
use crate::{
    error::AppError,
    links,
    web::{
        csv::{Cell, Csv},
        form::{Field, Select},
        frame::Frame,
        listing::{ListQuery, Listing, Sorted},
        views::customer::{CustomerRow, ListPage},
    },
};

/// What the list is sorted by, by name at first.
const SORTS: [(&str, CustomerSort); 8] = [
    ("name", CustomerSort::Name),
    ("autsys", CustomerSort::Asn),
    ("type", CustomerSort::Type),
    ("status", CustomerSort::Status),
    ("ports", CustomerSort::Ports),
    ("speed", CustomerSort::Speed),
    ("peeringpolicy", CustomerSort::PeeringPolicy),
    ("datejoin", CustomerSort::Joined),
];

/// The columns of the file.
const CSV_COLUMNS: [&str; 11] = [
    "id",
    "name",
    "shortname",
    "asn",
    "type",
    "status",
    "ports",
    "speed_mbits",
    "peering_policy",
    "joined",
    "left",
];

/// The list, as a page or as a file.
///
/// # Errors
/// 422 for a filter that makes no sense, 500 when the database fails.
pub async fn list(mut frame: Frame, query: ListQuery) -> Result<Response, AppError> {
    let is_current = query.choice::<YesOrNo>("current", Some("current-only"))?.is_none_or(|choice| choice.0);
    let filter = ListFilter {
        search: query.text("search")?,
        customer_type: query.choice("type", None)?,
        status: query.choice("status", Some("state"))?,
        current_on: is_current.then(|| frame.state.wall_now().date()),
        tag_id: query.choice("tag", None)?,
    };
    let sorted = query.sorted(&SORTS);
    if query.wants_csv() {
        return file(&frame, &filter, &sorted).await;
    }
    let page = page(&mut frame, &query, &filter, &sorted).await?;
    frame.render(&page)
}

async fn file(
    frame: &Frame,
    filter: &ListFilter,
    sorted: &Sorted<CustomerSort>,
) -> Result<Response, AppError> {
    let db = frame.state.db.connection();
    let mut csv = Csv::new(&CSV_COLUMNS);
    for row in rows::list(db, filter, sorted.by, sorted.is_descending(), None).await? {
        csv.row(&[
            Cell::Number(row.id.into()),
            (&row.name).into(),
            (&row.shortname).into(),
            row.autsys.into(),
            view::customer_type(row.customer_type).as_str().into(),
            view::status(row.status).label.as_str().into(),
            Cell::Number(row.ports),
            Cell::Number(row.speed),
            (&row.peeringpolicy).into(),
            view::date(row.datejoin).as_str().into(),
            view::date(row.dateleave).as_str().into(),
        ]);
    }
    Ok(csv.download("members.csv"))
}

async fn page(
    frame: &mut Frame,
    query: &ListQuery,
    filter: &ListFilter,
    sorted: &Sorted<CustomerSort>,
) -> Result<ListPage, AppError> {
    let context = frame.page("Members").await?;
    let db = frame.state.db.connection();
    let path = frame.href(links::CUSTOMERS);
    let total = rows::count(db, filter).await?;
    let tags = rows::tags(db).await?;
    let chosen = Chosen::of(filter);
    let listing = Listing::new(path.clone(), query, chosen.parameters(), sorted);
    let members =
        rows::list(db, filter, sorted.by, sorted.is_descending(), Some(listing.slice(total))).await?;
    Ok(ListPage {
        page: context,
        table: listing.table(ListPage::columns, total),
        filter_action: path,
        filter_kept: listing.kept(),
        search: Field::new(chosen.search.clone()),
        customer_type: choices(
            CustomerType::ALL.iter().map(|kind| (kind.code(), kind.label())),
            &chosen.customer_type,
        ),
        status: choices(
            CustomerStatus::ALL.iter().map(|status| (status.code(), status.label())),
            &chosen.status,
        ),
        tag: tag_choices(&tags, &chosen.tag),
        current: Select::new(
            [("1", "Now"), ("0", "Also former and future")],
            if chosen.current.is_empty() { "1" } else { "0" },
        ),
        customers: members.iter().map(|row| member(frame, row)).collect(),
    })
}

/// The filters in force, as the address and the form hold them.
struct Chosen {
    search: String,
    customer_type: String,
    status: String,
    tag: String,
    /// Empty for the default: the members of today.
    current: String,
}

impl Chosen {
    fn of(filter: &ListFilter) -> Self {
        Self {
            search: filter.search.clone().unwrap_or_default(),
            customer_type: filter.customer_type.map_or_else(String::new, |kind| kind.code().to_string()),
            status: filter.status.map_or_else(String::new, |status| status.code().to_string()),
            tag: filter.tag_id.map_or_else(String::new, |id| id.to_string()),
            current: if filter.current_on.is_some() { String::new() } else { "0".to_owned() },
        }
    }

    fn parameters(&self) -> [(&'static str, String); 5] {
        [
            ("search", self.search.clone()),
            ("type", self.customer_type.clone()),
            ("status", self.status.clone()),
            ("tag", self.tag.clone()),
            ("current", self.current.clone()),
        ]
    }
}

fn choices(all: impl Iterator<Item = (i32, &'static str)>, selected: &str) -> Select {
    let all = all.map(|(code, label)| (code.to_string(), label.to_owned()));
    Select::new(std::iter::once((String::new(), "All".to_owned())).chain(all), selected)
}

fn tag_choices(tags: &[Tag], selected: &str) -> Select {
    if tags.is_empty() {
        return Select::default();
    }
    let all = tags.iter().map(|tag| (tag.id.to_string(), tag.display_as.clone()));
    Select::new(std::iter::once((String::new(), "All".to_owned())).chain(all), selected)
}

fn member(frame: &Frame, row: &ListRow) -> CustomerRow {
    CustomerRow {
        name: view::name(row.name.as_deref(), row.id),
        href: frame.href_to(links::CUSTOMER, row.id),
        asn: view::as_number(row.autsys),
        customer_type: view::customer_type(row.customer_type),
        status: view::status(row.status),
        ports: row.ports.unsigned_abs(),
        speed: view::speed(row.speed),
        peering_policy: view::peering_policy(row.peeringpolicy.as_deref()),
        joined: view::date(row.datejoin),
    }
}

/// 1 or 0, as a check box of IXP Manager sends it.
struct YesOrNo(bool);

impl FromStr for YesOrNo {
    type Err = NeitherYesNorNo;

    fn from_str(text: &str) -> Result<Self, NeitherYesNorNo> {
        match text {
            "1" => Ok(Self(true)),
            "0" => Ok(Self(false)),
            _ => Err(NeitherYesNorNo(text.to_owned())),
        }
    }
}

/// A value that is neither 1 nor 0.
struct NeitherYesNorNo(String);

impl fmt::Display for NeitherYesNorNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not accepted; accepted: 1 (members now), 0 (all there ever were)", self.0)
    }
}
