//! What clients see of a database that is in trouble, and of writers that meet.

mod contention;
mod full_disk;
mod trouble;
