//! What stands between clients and ixpd.

use std::net::IpAddr;

use ixpd_db::query::setting;

use super::{Findings, Installation, Tables};
use crate::config::{Config, Listen};

const AREA: &str = "proxies";

/// The address from which a request came with a word about its client that isn't believed.
pub(super) async fn seen(installation: &Installation<'_>, tables: &Tables) -> Option<String> {
    if !tables.contains("ixpd_setting") {
        return None;
    }
    setting::get(installation.db.connection(), setting::UNTRUSTED_PROXY).await.ok().flatten()
}

pub(super) fn check(config: &Config, seen: Option<&str>, found: &mut Findings) {
    found.about(AREA);
    let before = found.list.len();
    let trusted = &config.server.trusted_proxies;
    if let Some(address) = seen.and_then(|text| text.parse::<IpAddr>().ok())
        && !trusted.contains(address)
    {
        found.warning(format_args!(
            "a request from {address} carried X-Forwarded-For, which is ignored: all clients seem to come from there; \
             if that is your proxy, set IXPD_TRUSTED_PROXIES={address}"
        ));
    }
    if let Some(network) = trusted.networks.iter().find(|network| network.prefix_len() == 0) {
        found.warning(format_args!(
            "IXPD_TRUSTED_PROXIES has {network}: everybody is believed, so that any client can choose its address"
        ));
    }
    listening(config, found);
    url(config, found);
    if found.list.len() == before {
        found.ok("IXPD_TRUSTED_PROXIES, IXPD_LISTEN and APP_URL fit together");
    }
}

fn listening(config: &Config, found: &mut Findings) {
    let trusted = &config.server.trusted_proxies;
    match &config.server.listen {
        Listen::Unix(path) if !trusted.unix => found.warning(format_args!(
            "IXPD_LISTEN=unix:{}, but IXPD_TRUSTED_PROXIES has no `unix`: clients have no address, keys with \
             allowed_ips are refused",
            path.display()
        )),
        Listen::Tcp(_) if trusted.unix && trusted.networks.is_empty() => found
            .note("IXPD_TRUSTED_PROXIES has `unix`, which matters only where ixpd listens on a Unix socket"),
        _ => {}
    }
}

/// ixpd has no TLS of its own.
fn url(config: &Config, found: &mut Findings) {
    let trusted = &config.server.trusted_proxies;
    let nobody = trusted.networks.is_empty() && !trusted.unix;
    let url = &config.app.url;
    if url.is_https() && nobody && matches!(config.server.listen, Listen::Tcp(_)) {
        found.warning(
            "APP_URL is https, so a proxy stands before ixpd, but IXPD_TRUSTED_PROXIES is empty: every client gets \
             the proxy's address, in logs, in limits on failures and for allowed_ips",
        );
    }
    let local = matches!(url.host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
    if !url.is_https() && !local {
        found.warning(format_args!(
            "APP_URL={}{}: passwords, keys and cookies travel in clear; put a proxy with TLS before ixpd",
            url.origin(),
            url.path()
        ));
    }
}
