//! Text that operators may reword: mails, configurations of routers, and configuration for other programs.
//!
//! Templates are built in; a file of the same relative path in the skin directory takes the place of
//! a built-in one. A template sees one context struct and nothing else, and a name that the context
//! does not have is an error, not an empty string.

mod context;
mod embedded;
mod engine;
mod error;
pub mod mail;
pub mod router;
pub mod router_diff;
pub mod text;
mod upstream;

pub use context::TemplateContext;
pub use engine::{Engine, one_line};
pub use error::RenderError;
pub use text::{TextContext, TextTemplate};
