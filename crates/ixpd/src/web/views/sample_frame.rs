//! Frames for samples: what the pages of a superuser, of a member's user and of a visitor share.

use crate::web::page::{CustomerChoice, Flash, Level, Link, NavGroup, NavItem, PageContext, UserMenu};

/// A page of a visitor.
pub fn guest_frame(title: &str) -> PageContext {
    PageContext::guest("Example Exchange", title, "sample-token")
}

/// A page of a superuser; `nav` is the label of the line in force.
pub fn superuser_frame(title: &str, nav: &str) -> PageContext {
    let item = |label: &str, href: &str, icon| NavItem::new(label, href, icon).current(label == nav);
    PageContext {
        user: Some(user("Ada Operator", "ada", "Example Exchange", "Superuser")),
        nav: vec![
            NavGroup {
                label: String::new(),
                items: vec![
                    item("Dashboard", "/admin/dashboard", "speedometer2"),
                    item("Members", "/admin/customer/list", "buildings"),
                ],
            },
            NavGroup {
                label: "Access".to_owned(),
                items: vec![
                    item("API keys", "/admin/api-keys", "key"),
                    item("Login history", "/admin/login-history/list", "clock-history"),
                ],
            },
        ],
        ..guest_frame(title)
    }
}

/// A page of a member's user, who belongs to several members and whom a superuser is impersonating.
pub fn member_frame(title: &str, nav: &str) -> PageContext {
    let names = ["Northwind Networks", "Very Long Named Regional Research and Education Network Association"];
    let customers = names.iter().zip(1..);
    let customers = customers
        .map(|(name, id)| CustomerChoice { id, name: (*name).to_owned(), current: id == 1 })
        .collect();
    PageContext {
        user: Some(UserMenu {
            customers,
            impersonated_by: Some("Ada Operator".to_owned()),
            is_superuser: false,
            ..user("Björk Þórsdóttir", "bjork", "Northwind Networks", "Administrator")
        }),
        nav: vec![NavGroup {
            label: String::new(),
            items: vec![NavItem::new("Dashboard", "/dashboard", "speedometer2").current(nav == "Dashboard")],
        }],
        ..guest_frame(title)
    }
}

/// One message of every level.
pub(super) fn flashes() -> Vec<Flash> {
    vec![
        Flash::new(Level::Success, "API key deleted."),
        Flash::new(Level::Info, "The exchange's time zone is Europe/Dublin."),
        Flash::new(Level::Warning, "Your password expires in 3 days."),
        Flash::new(
            Level::Danger,
            "<b>Nothing was saved:</b> the record was changed by somebody else meanwhile.",
        ),
    ]
}

/// The way to a page below the list of API keys.
pub(super) fn api_key_breadcrumbs() -> Vec<Link> {
    vec![Link::new("API keys", "/api-key/list")]
}

fn user(name: &str, username: &str, customer_name: &str, privilege_label: &str) -> UserMenu {
    UserMenu {
        name: name.to_owned(),
        username: username.to_owned(),
        email: format!("{username}@example.net"),
        customer_name: customer_name.to_owned(),
        privilege_label: privilege_label.to_owned(),
        is_superuser: true,
        impersonated_by: None,
        customers: Vec::new(),
        account: vec![
            NavItem::new("Profile", "/profile", "person-gear"),
            NavItem::new("API keys", "/api-key/list", "key"),
            NavItem::new("Two-factor authentication", "/2fa/configure", "shield-lock"),
            NavItem::new("Active sessions", "/active-sessions/list", "laptop"),
        ],
        switch_customer_href: "/switch-customer".to_owned(),
        switch_back_href: "/admin/switch-user-back".to_owned(),
        logout_href: "/logout".to_owned(),
    }
}
