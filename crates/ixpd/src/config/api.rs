//! Access to the HTTP API.

use super::reader::{Reader, var};

const UNSECURED: &str = "UNSECURED_API_ACCESS";

/// Access to the HTTP API.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// Whether the superusers' part answers below `/api/v4` too and not just below `/admin/api/v4`.
    pub unsecured_access: bool,
    /// Whether a key may come as `apikey` in the URL or a form.
    pub allow_url_keys: bool,
    /// Whether `user/json` gives the hashes of passwords away.
    pub user_json_password: bool,
}

impl ApiConfig {
    /// `embedded` tells whether the database is: nothing there can have relied on the stricter default of IXP Manager.
    pub(super) fn read(r: &mut Reader<'_>, embedded: bool) -> Self {
        r.section("HTTP API");
        let is_set = r.is_set(UNSECURED);
        let unsecured = r.flag(
            var(
                UNSECURED,
                "false",
                "serve the superusers' API below `/api/v4` too, not just below `/admin/api/v4`",
            )
            .usually("`false`; `true` with the embedded database"),
        );
        Self {
            unsecured_access: if is_set { unsecured } else { embedded },
            allow_url_keys: r.flag(var(
                "IXP_ALLOW_DEPRECATED_APIKEYS_VIA_GET",
                "true",
                "accept a key as `apikey` in the URL or a form (IXP Manager 7.4: `false`)",
            )),
            user_json_password: r.flag(var(
                "IXPD_USER_JSON_PASSWORD",
                "false",
                "`user/json` has the hash of each password, as in IXP Manager",
            )),
        }
    }
}
