//! What every page is given: names, navigation, the person looking at it, messages.
//!
//! A template extends `base.html` (people who are logged in) or `guest.html` (everybody else) and has a field
//! `page: PageContext`. Templates spell no address: whoever builds a context puts the finished `href`s into it.

pub use crate::auth::flash::{Flash, Level};

/// A short coloured mark such as a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    pub level: Level,
    pub label: String,
}

impl Badge {
    pub fn new(level: Level, label: impl Into<String>) -> Self {
        Self { level, label: label.into() }
    }
}

/// Text that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub label: String,
    pub href: String,
}

impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A line of a menu or of the side navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    /// A name of `frontend/icons.txt` in ixpd-assets.
    pub icon: &'static str,
    /// The page shown belongs to this line.
    pub current: bool,
}

impl NavItem {
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: &'static str) -> Self {
        Self { label: label.into(), href: href.into(), icon, current: false }
    }

    /// Marks the line as the one the page belongs to, if `current`.
    #[must_use]
    pub fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }
}

/// Lines of the side navigation under one heading; an empty heading shows none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavGroup {
    pub label: String,
    pub items: Vec<NavItem>,
}

/// A member that the person may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerChoice {
    pub id: i32,
    pub name: String,
    /// The member acted for now.
    pub current: bool,
}

/// The person who is logged in, and what the menus at the top right offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserMenu {
    pub name: String,
    pub username: String,
    pub email: String,
    /// Name of the member acted for.
    pub customer_name: String,
    /// What the person may do there, in words.
    pub privilege_label: String,
    pub is_superuser: bool,
    /// Name of the superuser who looks through this person's eyes.
    pub impersonated_by: Option<String>,
    /// All members the person belongs to. With fewer than two there is nothing to switch.
    pub customers: Vec<CustomerChoice>,
    /// The lines of My Account.
    pub account: Vec<NavItem>,
    /// Receives POST with `customer`, the id of the member to act for.
    pub switch_customer_href: String,
    /// Receives POST; ends impersonation.
    pub switch_back_href: String,
    /// Receives POST.
    pub logout_href: String,
}

/// The frame of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContext {
    /// The exchange's name, as the operator configured it.
    pub site_name: String,
    /// Heading of the page, and first part of the window's title.
    pub title: String,
    /// Path of `APP_URL` without a slash at its end; empty for most installations.
    pub base_path: String,
    /// Sent back by every form as `_token`.
    pub csrf_token: String,
    /// Where the name at the top left leads.
    pub home_href: String,
    /// `None` for people who aren't logged in, or not completely.
    pub user: Option<UserMenu>,
    pub nav: Vec<NavGroup>,
    /// The pages above this one, outermost first.
    pub breadcrumbs: Vec<Link>,
    pub flashes: Vec<Flash>,
}

impl PageContext {
    /// A page with nothing but a title: no one logged in, no navigation.
    pub fn guest(
        site_name: impl Into<String>,
        title: impl Into<String>,
        csrf_token: impl Into<String>,
    ) -> Self {
        Self {
            site_name: site_name.into(),
            title: title.into(),
            base_path: String::new(),
            csrf_token: csrf_token.into(),
            home_href: "/".to_owned(),
            user: None,
            nav: Vec::new(),
            breadcrumbs: Vec::new(),
            flashes: Vec::new(),
        }
    }

    /// Address of a file of ixpd-assets.
    pub fn asset(&self, name: &str) -> String {
        format!("{}{}", self.base_path, ixpd_assets::url(name))
    }

    /// Version of the program, for the foot of the page.
    pub fn version(&self) -> &'static str {
        crate::VERSION
    }
}
