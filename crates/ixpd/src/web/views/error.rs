//! Pages for what went wrong, and the page that asks before something is done.

use askama::Template;

use super::{Sample, guest_frame, member_frame, sample_frame, superuser_frame};
use crate::web::page::{Link, PageContext};

/// Says what went wrong and what to do about it.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub page: PageContext,
    /// HTTP status.
    pub status: u16,
    /// What happened, in a sentence or two.
    pub message: String,
    /// Finds the request in the log; shown where the operator has to look it up.
    pub request_id: Option<String>,
    /// Where to go from here; the first one is the obvious one.
    pub links: Vec<Link>,
}

impl ErrorPage {
    /// The page for an HTTP status, whose title and text are the usual ones unless `message` says more.
    pub fn new(page: PageContext, status: u16, message: Option<String>) -> Self {
        let (title, usual) = Self::wording(status);
        let links = vec![Link::new("To the start page", page.home_href.clone())];
        let message = message.unwrap_or_else(|| usual.to_owned());
        Self {
            page: PageContext { title: title.to_owned(), ..page },
            status,
            message,
            request_id: None,
            links,
        }
    }

    fn wording(status: u16) -> (&'static str, &'static str) {
        match status {
            401 => ("Please log in", "This page is for people who are logged in."),
            403 => ("Not allowed", "Your account may not do this for the member you act for now."),
            404 => (
                "Not found",
                "There is nothing at this address. The record may have been deleted, or the link is mistyped.",
            ),
            405 => ("Not possible here", "This address doesn't accept that kind of request."),
            408 => {
                ("Too slow", "What was sent did not arrive in time. Nothing was changed: send it once more.")
            }
            413 => ("Too large", "What was sent is larger than this page accepts."),
            419 => (
                "Page expired",
                "The form was open for too long, or you logged in again meanwhile. Nothing was changed: go back, reload the page and send it once more.",
            ),
            422 => ("Not accepted", "What was sent isn't complete or isn't valid. Nothing was changed."),
            429 => (
                "Too many attempts",
                "There were too many attempts from your address. Wait a minute and try again.",
            ),
            503 => (
                "Not available now",
                "The database can't be reached. It's usually back soon: try again in a minute.",
            ),
            400..=499 => ("That didn't work", "The request can't be understood. Nothing was changed."),
            _ => (
                "Something went wrong",
                "This is our fault, not yours. It was written to the log; the operator can find it by the number below.",
            ),
        }
    }
}

/// Asks before something is done that can't be undone.
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    pub page: PageContext,
    /// What will happen, in a sentence or two.
    pub message: String,
    /// What it will happen to: names and values.
    pub facts: Vec<(String, String)>,
    /// Receives POST, with `_method` where `method` isn't POST.
    pub action: String,
    pub method: &'static str,
    /// Further parameters sent along.
    pub hidden: Vec<(String, String)>,
    /// What the button says.
    pub confirm_label: String,
    pub cancel_href: String,
}

impl Sample for ErrorPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let superuser = |status| Self::new(superuser_frame("", ""), status, None);
        let mut logged_out = Self::new(guest_frame(""), 401, None);
        logged_out.links = vec![Link::new("Log in", "/login")];
        let mut failed = superuser(500);
        failed.request_id = Some("01JNQ7ZK3V8Y2R".to_owned());
        let invalid = "allowed_ips: \"10.0.0.0/40\" isn't an address or a network.".to_owned();
        vec![
            ("401", logged_out),
            ("403", Self::new(member_frame("", ""), 403, None)),
            ("404", superuser(404)),
            ("404-guest", Self::new(guest_frame(""), 404, None)),
            ("405", superuser(405)),
            ("413", superuser(413)),
            ("418", superuser(418)),
            ("419", superuser(419)),
            ("422", Self::new(superuser_frame("", ""), 422, Some(invalid))),
            ("429", Self::new(guest_frame(""), 429, None)),
            ("500", failed),
            ("503", superuser(503)),
        ]
    }
}

impl Sample for ConfirmPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = Self {
            page: PageContext {
                breadcrumbs: sample_frame::api_key_breadcrumbs(),
                ..superuser_frame("Delete API key?", "")
            },
            message: "Whatever uses this key stops working at once. A deleted key can't be brought back."
                .to_owned(),
            facts: vec![
                ("Key".to_owned(), "iqLw1OF50aPU".to_owned()),
                ("Description".to_owned(), "Nagios on mon1 & mon2".to_owned()),
                ("Last seen".to_owned(), String::new()),
            ],
            action: "/api-key/delete/1".to_owned(),
            method: "DELETE",
            hidden: vec![("version".to_owned(), "2026-01-15 14:02:11".to_owned())],
            confirm_label: "Delete key".to_owned(),
            cancel_href: "/api-key/list".to_owned(),
        };
        vec![("delete", page)]
    }
}
