//! Members: the list, and one with its ports and addresses.

pub mod list;
pub mod show;
pub mod view;
