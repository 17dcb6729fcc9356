//! The installation as a whole: `APP_*`.

use ixpd_types::Zone;

use super::{
    app_key::AppKey,
    base_url::BaseUrl,
    reader::{BadDefault, Reader, var},
    value::{Refusal, from_str, whole_number},
};

/// Fewer rounds than this are quick to guess through on today's hardware.
const WEAK_BCRYPT_ROUNDS: u32 = 10;

/// The installation as a whole.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// What the software calls itself on its pages.
    pub name: String,
    /// The installation's key, if one is set.
    pub key: Option<AppKey>,
    /// Keys it had before, which still open what they sealed.
    pub previous_keys: Vec<AppKey>,
    /// Where browsers and scripts reach it.
    pub url: BaseUrl,
    /// The zone whose wall clock the database holds.
    pub zone: Zone,
    /// Whether error answers may tell more than is good for the public.
    pub debug: bool,
    /// Cost of new password hashes, as a power of two.
    pub bcrypt_rounds: u32,
    /// Name of the folder with the operator's own templates.
    pub skin: Option<String>,
}

impl AppConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Application");
        let this = Self {
            name: r.text(var("APP_NAME", "IXP Manager", "name of the software on its pages")),
            key: r.optional(
                var("APP_KEY", "", "the installation's secret key: `base64:` and 32 bytes in Base64; the embedded database makes its own, kept in `app.key` in `IXPD_DATA_DIR`").secret(),
                from_str,
            ),
            previous_keys: r.list(
                var("APP_PREVIOUS_KEYS", "", "keys used before, separated by commas; they open what they sealed").secret(),
                &[','],
                from_str,
            ),
            url: r.read(var("APP_URL", "http://localhost", "where browsers reach this installation; may have a path"), from_str)?,
            zone: r.read(var("APP_TIMEZONE", "UTC", "time zone of all dates and times, those in the database included"), from_str)?,
            debug: r.flag(var("APP_DEBUG", "false", "tell more in error answers; never on a public server")),
            bcrypt_rounds: r.read(
                var("BCRYPT_ROUNDS", "13", "cost of new password hashes, 4 to 31; each one more doubles the time"),
                whole_number(4..=31),
            )?,
            skin: r.optional(var("VIEW_SKIN", "", "name of the folder with your own templates"), folder_name),
        };
        if this.bcrypt_rounds < WEAK_BCRYPT_ROUNDS {
            let message = format!(
                "BCRYPT_ROUNDS={} makes password hashes that are quick to guess through; 10 or more protect",
                this.bcrypt_rounds
            );
            r.warn("BCRYPT_ROUNDS", message);
        }
        if this.debug && this.url.is_https() {
            r.warn("APP_DEBUG", "APP_DEBUG=true tells strangers more than they should know");
        }
        Ok(this)
    }

    /// Scheme, host and port of [`AppConfig::url`], as browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        self.url.origin()
    }

    /// What stands before every path: empty or like `/ixp`.
    pub fn base_path(&self) -> &str {
        self.url.path()
    }
}

/// A name that can't lead out of the folder it is looked up in.
fn folder_name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !text.starts_with('.') && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err("accepted: the name of a folder: letters, digits, `-`, `_` and `.`, the latter not first".to_owned())
}
