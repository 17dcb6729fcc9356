//! Access to the HTTP API.

use super::reader::{Reader, var};

const UNSECURED: &str = "UNSECURED_API_ACCESS";

/// Access to the HTTP API.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// Whether the superusers' part answers below `/api/v4` too and not just below `/admin/api/v4`; none if it isn't set.
    pub unsecured_access: Option<bool>,
    /// Whether a key may come as `apikey` in the URL or a form.
    pub allow_url_keys: bool,
}

impl ApiConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        r.section("HTTP API");
        let is_set = r.is_set(UNSECURED);
        let unsecured = r.flag(
            var(
                UNSECURED,
                "false",
                "serve the superusers' API below `/api/v4` too, not just below `/admin/api/v4`",
            )
            .usually("`false`; `true` in the demo and in a new embedded database"),
        );
        Self {
            unsecured_access: is_set.then_some(unsecured),
            allow_url_keys: r.flag(var(
                "IXP_ALLOW_DEPRECATED_APIKEYS_VIA_GET",
                "true",
                "accept a key as `apikey` in the URL or a form (IXP Manager 7.4: `false`)",
            )),
        }
    }

    /// Whether the superusers' part answers below `/api/v4` too. `new_embedded` tells whether this is a demo or an
    /// embedded database that began empty: nothing there can have relied on the stricter default.
    pub fn serves_unsecured_aliases(&self, new_embedded: bool) -> bool {
        self.unsecured_access.unwrap_or(new_embedded)
    }
}
