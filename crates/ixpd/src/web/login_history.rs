//! Who logged in, when and from where.

use axum::response::Response;
use ixpd_db::query::{
    login_history::{self as rows, SortedBy, Wanted},
    user as users,
};

use super::{
    form::Field,
    frame::Frame,
    page::PageContext,
    table::{DIRECTION, Direction, ListAddress, PAGE, Pagination, SORT, Table},
    views::login_history::{ListPage, LoginRow},
};
use crate::{
    error::AppError,
    form::{Path, Query},
    links,
};

/// Logins on a page.
const PER_PAGE: u64 = 50;
/// The title of the list.
const TITLE: &str = "Login history";

/// Which logins, in which order.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ListQuery {
    search: String,
    sort: String,
    dir: String,
    page: String,
}

impl ListQuery {
    /// The last ones come first unless something else is asked for.
    fn order(&self) -> (SortedBy, &'static str, Direction) {
        let direction = |standard: Direction| match self.dir.as_str() {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => standard,
        };
        match self.sort.as_str() {
            "username" => (SortedBy::Username, "username", direction(Direction::Ascending)),
            "customer" => (SortedBy::Customer, "customer", direction(Direction::Ascending)),
            _ => (SortedBy::At, "at", direction(Direction::Descending)),
        }
    }

    fn address(&self, path: String) -> ListAddress {
        let parameters = [
            ("search", self.search.clone()),
            (SORT, self.sort.clone()),
            (DIRECTION, self.dir.clone()),
            (PAGE, self.page.clone()),
        ];
        ListAddress::new(path, parameters)
    }

    fn page_number(&self) -> u64 {
        self.page.parse().unwrap_or(1)
    }

    fn wanted(&self, total: u64) -> Wanted<'_> {
        let (sorted_by, _, direction) = self.order();
        let page = Pagination::page_within(total, self.page_number(), PER_PAGE);
        Wanted {
            search: self.search.trim(),
            sorted_by,
            descending: direction == Direction::Descending,
            offset: (page - 1) * PER_PAGE,
            limit: PER_PAGE,
        }
    }
}

/// Each user's last login for each of its members.
///
/// # Errors
/// When the database fails.
pub async fn list(mut frame: Frame, Query(query): Query<ListQuery>) -> Result<Response, AppError> {
    let state = frame.state.clone();
    let db = state.db.connection();
    let total = rows::count_last_logins(db, query.search.trim()).await?;
    let logins = rows::last_logins(db, &query.wanted(total)).await?;
    let page = frame.page(TITLE).await?;
    let path = frame.href(links::LOGIN_HISTORY);
    show(&frame, page, path, &query, total, logins)
}

/// The logins of one user.
///
/// # Errors
/// 404 if there is no such user.
pub async fn view(
    mut frame: Frame,
    Path(user_id): Path<i32>,
    Query(query): Query<ListQuery>,
) -> Result<Response, AppError> {
    let state = frame.state.clone();
    let db = state.db.connection();
    let user = users::by_id(db, user_id).await?.ok_or_else(AppError::not_found)?;
    let total = rows::count_of_user(db, user_id, query.search.trim()).await?;
    let logins = rows::of_user(db, user_id, &query.wanted(total)).await?;
    let title = format!("Logins of {}", user.username.unwrap_or_default());
    let page = frame.page_below(&[(TITLE, links::LOGIN_HISTORY)], title).await?;
    let path = frame.href_to(links::LOGIN_HISTORY_OF, user_id);
    show(&frame, page, path, &query, total, logins)
}

fn show(
    frame: &Frame,
    page: PageContext,
    path: String,
    query: &ListQuery,
    total: u64,
    logins: Vec<rows::LoginRow>,
) -> Result<Response, AppError> {
    let (_, key, direction) = query.order();
    let address = query.address(path.clone());
    frame.render(&ListPage {
        page,
        table: Table {
            columns: ListPage::columns(&address, (key, direction)),
            pagination: Pagination::new(total, query.page_number(), PER_PAGE, &address),
            csv_href: None,
            reset_href: (!query.search.trim().is_empty()).then(|| path.clone()),
        },
        filter_action: path,
        filter_kept: vec![(SORT.to_owned(), query.sort.clone()), (DIRECTION.to_owned(), query.dir.clone())],
        search: Field::new(query.search.clone()),
        logins: logins.into_iter().map(|login| row(frame, login)).collect(),
    })
}

fn row(frame: &Frame, login: rows::LoginRow) -> LoginRow {
    let username = login.username.unwrap_or_default();
    LoginRow {
        user_name: login.user_name.filter(|name| !name.is_empty()).unwrap_or_else(|| username.clone()),
        username,
        user_href: frame.href_to(links::LOGIN_HISTORY_OF, login.user_id),
        customer_name: login.customer_name.unwrap_or_default(),
        customer_href: None,
        at: login.at.map(|at| at.to_string()).unwrap_or_default(),
        from: login.ip.unwrap_or_default(),
        via: match login.via.as_deref() {
            Some("Login") => "Password".to_owned(),
            Some("RememberMe") => "Remembered device".to_owned(),
            Some("SwitchCustomer") => "Switched to the member".to_owned(),
            other => other.unwrap_or_default().to_owned(),
        },
    }
}
