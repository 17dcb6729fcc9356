//! Services of others that ixpd asks: PeeringDB, the IX-F database, whois.

use std::time::Duration;

use secrecy::SecretString;

use super::{
    reader::{BadDefault, Reader, var},
    value::{host, web_address, whole_number},
};

/// Services of others.
#[derive(Clone, Debug)]
pub struct OutsideConfig {
    /// PeeringDB's API, without a slash at its end.
    pub peeringdb_url: String,
    /// The key of this exchange's account there.
    pub peeringdb_api_key: Option<SecretString>,
    /// The IX-F database's list of exchanges.
    pub ixpdb_url: String,
    /// The site of IXP Manager's users.
    pub ixpmanager_org_url: String,
    /// The whois server that knows prefixes.
    pub whois_host: String,
    /// Its port.
    pub whois_port: u16,
    /// How long its answers are kept.
    pub whois_kept_for: Duration,
}

impl OutsideConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Services of others");
        let port = whole_number(1..=65_535);
        let seconds = whole_number(0..=31_536_000);
        Ok(Self {
            peeringdb_url: r.read(
                var("IXP_API_PEERING_DB_URL", "https://www.peeringdb.com/api", "PeeringDB's API"),
                web_address,
            )?,
            peeringdb_api_key: r.secret(var(
                "IXP_API_PEERING_DB_API_KEY",
                "",
                "key of this exchange's account at PeeringDB; without it fewer questions are answered",
            )),
            ixpdb_url: r.read(
                var(
                    "IXP_API_IXPDB_IXP_URL",
                    "https://api.ixpdb.net/v1/provider/list",
                    "the list of exchanges of the IX-F database",
                ),
                web_address,
            )?,
            ixpmanager_org_url: r.read(
                var(
                    "IXP_MANAGER_DOTORG_BASE_URL",
                    "https://www.ixpmanager.org",
                    "the site with the list of IXP Manager's users",
                ),
                web_address,
            )?,
            whois_host: r.read(
                var(
                    "IXP_API_WHOIS_PREFIX_HOST",
                    "bgp.tools",
                    "the whois server that is asked about prefixes",
                ),
                host,
            )?,
            whois_port: r.read(var("IXP_API_WHOIS_PREFIX_PORT", "43", "its port"), port)?,
            whois_kept_for: Duration::from_secs(r.read(
                var("IXP_API_WHOIS_CACHE_TTL", "43200", "seconds for which its answers are kept"),
                seconds,
            )?),
        })
    }
}
