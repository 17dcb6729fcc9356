//! Databases for the tests, and the public fixture of real 7.4 data to load into them.

pub(crate) use ixpd_testkit::{
    TestDatabase,
    shared::{fixture, load_into_mysql, load_into_sqlite},
};
