//! The pages.

pub mod error_page;
pub mod frame;
pub mod page;
pub mod paths;

use crate::routes::Route;

/// The lines of the pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
