//! The release of IXP Manager whose API and database this version of ixpd has.

/// The software that clients of the API ask for by name.
pub const SOFTWARE: &str = "IXP Manager";
/// Its release.
pub const COMPATIBLE_VERSION: &str = "7.4.0";
/// The date of that release, `YYYYMMDDNN`.
pub const COMPATIBLE_VERSION_DATE: &str = "2026081700";
