//! Who logged in, when and from where.

use askama::Template;

use super::{Sample, superuser_frame};
use crate::web::form::Field;
use crate::web::page::PageContext;
use crate::web::table::{Column, Direction, ListAddress, Pagination, Table};

/// One login.
#[derive(Clone, Debug)]
pub struct LoginRow {
    pub user_name: String,
    pub username: String,
    /// All logins of the user.
    pub user_href: String,
    pub customer_name: String,
    pub customer_href: Option<String>,
    pub at: String,
    pub from: String,
    /// How, in words.
    pub via: String,
}

/// The list of logins.
#[derive(Template)]
#[template(path = "login_history/list.html")]
pub struct ListPage {
    pub page: PageContext,
    pub table: Table,
    /// Receives GET with `search`.
    pub filter_action: String,
    /// Parameters that the filters keep, such as the order.
    pub filter_kept: Vec<(String, String)>,
    pub search: Field,
    pub logins: Vec<LoginRow>,
}

impl ListPage {
    /// The columns of the template's rows.
    pub fn columns(address: &ListAddress, sorted: (&str, Direction)) -> Vec<Column> {
        let sortable = |label, key| Column::sortable(label, key, address, sorted);
        vec![
            sortable("User", "username"),
            sortable("Member", "customer"),
            sortable("Time", "at"),
            Column::plain("From"),
            Column::plain("How"),
        ]
    }
}

impl Sample for ListPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let address = ListAddress::new("/admin/login-history/list", []);
        let row = |name: &str, username: &str, from: &str, via: &str| LoginRow {
            user_name: name.to_owned(),
            username: username.to_owned(),
            user_href: "/admin/login-history/view/1".to_owned(),
            customer_name: "Northwind Networks".to_owned(),
            customer_href: Some("/admin/customer/overview/1".to_owned()),
            at: "2026-03-01 09:12:44".to_owned(),
            from: from.to_owned(),
            via: via.to_owned(),
        };
        let page = |total, logins| Self {
            page: superuser_frame("Login history", "Login history"),
            table: Table {
                columns: Self::columns(&address, ("at", Direction::Descending)),
                pagination: Pagination::new(total, 1, 50, &address),
                csv_href: None,
                reset_href: None,
            },
            filter_action: "/admin/login-history/list".to_owned(),
            filter_kept: Vec::new(),
            search: Field::default(),
            logins,
        };
        let logins = vec![
            row("Björk Þórsdóttir", "bjork", "192.0.2.17", "Password"),
            row("Ada Operator", "ada", "2001:db8:1234:5678:9abc:def0:1234:5678", "Remembered device"),
        ];
        vec![("two", page(2, logins)), ("none", page(0, Vec::new()))]
    }
}
