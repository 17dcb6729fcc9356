//! The pages.

pub mod error_page;
pub mod page;

use crate::routes::Route;

/// The lines of the pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
