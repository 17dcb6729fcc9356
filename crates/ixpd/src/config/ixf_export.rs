//! The IX-F member export: `IXP_API_JSONEXPORTSCHEMA_*`.

use ixpd_types::Asn;
use secrecy::SecretString;

use super::{
    reader::{Reader, var},
    value::{from_str, text},
};

/// The IX-F member export.
#[derive(Clone, Debug)]
pub struct IxfExportConfig {
    /// Whether anybody may read it.
    pub public: bool,
    /// What `access_key` must be to read it nevertheless.
    pub access_key: Option<SecretString>,
    /// Leave members with AS numbers for documentation out (RFC 5398).
    pub exclude_documentation_asns: bool,
    /// Leave members with AS numbers for private use out (RFC 6996).
    pub exclude_private_asns: bool,
    /// Leave these members out.
    pub exclude_asns: Vec<Asn>,
    /// Leave members with one of these tags out.
    pub exclude_tags: Vec<String>,
    /// Keys that switches go without.
    pub exclude_switch: Vec<String>,
    /// Keys that exchanges go without.
    pub exclude_ixp: Vec<String>,
    /// Keys that members go without.
    pub exclude_member: Vec<String>,
    /// Keys that the addresses of a connection go without.
    pub exclude_intinfo: Vec<String>,
}

impl IxfExportConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        r.section("IX-F export");
        Self {
            public: r.flag(var("IXP_API_JSONEXPORTSCHEMA_PUBLIC", "true", "anybody may read the export")),
            access_key: r.secret(var(
                "IXP_API_JSONEXPORTSCHEMA_ACCESS_KEY",
                "",
                "value of `access_key` with which the public view may be read",
            )),
            exclude_documentation_asns: r.flag(var(
                "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_RFC5398",
                "true",
                "leave out AS numbers for documentation",
            )),
            exclude_private_asns: r.flag(var(
                "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_RFC6996",
                "true",
                "leave out AS numbers for private use",
            )),
            exclude_asns: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_ASNUM",
                    "",
                    "AS numbers to leave out, separated by `|`",
                ),
                &['|', ','],
                from_str,
            ),
            exclude_tags: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_TAGS",
                    "",
                    "tags whose members to leave out, separated by `|`",
                ),
                &['|'],
                text,
            ),
            exclude_switch: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_SWITCH",
                    "",
                    "keys to remove from switches, separated by `|`",
                ),
                &['|'],
                text,
            ),
            exclude_ixp: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_IXP",
                    "",
                    "keys to remove from exchanges, separated by `|`",
                ),
                &['|'],
                text,
            ),
            exclude_member: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_MEMBER",
                    "",
                    "keys to remove from members, separated by `|`",
                ),
                &['|'],
                text,
            ),
            exclude_intinfo: r.list(
                var(
                    "IXP_API_JSONEXPORTSCHEMA_EXCLUDE_INTINFO",
                    "",
                    "keys to remove from the addresses of connections, separated by `|`",
                ),
                &['|'],
                text,
            ),
        }
    }
}
