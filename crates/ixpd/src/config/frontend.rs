//! Words and modules of the pages: `IXP_FE_*`.

use super::{
    name_format::CustomerNameFormat,
    reader::{BadDefault, Reader, var},
    value::{email_or_off, from_str},
};

/// Words and modules of the pages.
#[derive(Clone, Debug)]
pub struct FrontendConfig {
    /// What a customer is called: `member`.
    pub customer_one: String,
    /// What customers are called: `members`.
    pub customer_many: String,
    /// What belongs to a customer: `member's`.
    pub customer_owner: String,
    /// What belongs to customers: `members'`.
    pub customer_owners: String,
    /// How a customer's name is written.
    pub customer_name_format: CustomerNameFormat,
    /// Whether logins are recorded.
    pub login_history: bool,
    /// Whether forms of users leave the mobile number out.
    pub hide_mobile: bool,
    /// Who gets all mail about notes, in place of the superusers who watch.
    pub notes_only_to: Option<String>,
    /// What is switched off.
    pub disabled: DisabledModules,
}

/// What is switched off. Names are those of the variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the module of its name")]
pub struct DisabledModules {
    pub app_password: bool,
    pub console: bool,
    pub custkit: bool,
    pub docstore: bool,
    pub docstore_customer: bool,
    pub filtered_prefixes: bool,
    pub logo: bool,
    /// The audit log: neither written nor shown.
    pub logs: bool,
    pub looking_glass: bool,
    pub peering_manager: bool,
    pub peering_matrix: bool,
    pub phpinfo: bool,
    pub rs_filters: bool,
    pub settings: bool,
}

impl FrontendConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Words and modules");
        Ok(Self {
            customer_one: r.text(var("IXP_FE_FRONTEND_CUSTOMER_ONE", "member", "what a customer is called")),
            customer_many: r.text(var("IXP_FE_FRONTEND_CUSTOMER_MANY", "members", "what customers are called")),
            customer_owner: r.text(var("IXP_FE_FRONTEND_CUSTOMER_OWNER", "member's", "what belongs to a customer")),
            customer_owners: r.text(var("IXP_FE_FRONTEND_CUSTOMER_OWNERS", "members'", "what belongs to customers")),
            customer_name_format: r.read(
                var(
                    "IXP_FE_CUSTOMER_NAME_FORMAT",
                    "%a (AS%i)",
                    "how a customer is written: `%n` name, `%a` abbreviated name, `%s` short name, `%i` AS number, `%j` `[AS1]`, `%k` `AS1`, `%l` ` - AS1`",
                ),
                from_str,
            )?,
            login_history: r.flag(var("IXP_FE_LOGIN_HISTORY_ENABLED", "true", "record logins")),
            hide_mobile: r.flag(var("IXP_FE_USER_HIDE_MOBILE", "false", "leave the mobile number out of forms of users")),
            notes_only_to: r.optional(
                var("IXP_FE_CUSTOMER_NOTES_ONLYSENDTO", "", "address that gets all mail about notes, in place of the superusers who watch them"),
                email_or_off,
            ).flatten(),
            disabled: DisabledModules {
                app_password: r.flag(var("IXP_FE_FRONTEND_DISABLED_APP_PASSWORD", "false", "no application passwords")),
                console: r.flag(var("IXP_FE_FRONTEND_DISABLED_CONSOLE", "false", "no console servers")),
                custkit: r.flag(var("IXP_FE_FRONTEND_DISABLED_CUSTKIT", "false", "no colocated equipment")),
                docstore: r.flag(var("IXP_FE_FRONTEND_DISABLED_DOCSTORE", "false", "no document store")),
                docstore_customer: r.flag(var("IXP_FE_FRONTEND_DISABLED_DOCSTORE_CUSTOMER", "false", "no documents of a customer")),
                filtered_prefixes: r.flag(var("IXP_FE_FRONTEND_DISABLED_FILTERED_PREFIXES", "true", "no page of filtered prefixes")),
                logo: r.flag(var("IXP_FE_FRONTEND_DISABLED_LOGO", "true", "no logos of customers")),
                logs: r.flag(var("IXP_FE_FRONTEND_DISABLED_LOGS", "false", "no audit log")),
                looking_glass: r.flag(var("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "true", "no looking glass, also in the IX-F export")),
                peering_manager: r.flag(var("IXP_FE_FRONTEND_DISABLED_PEERING_MANAGER", "false", "no peering manager")),
                peering_matrix: r.flag(var("IXP_FE_FRONTEND_DISABLED_PEERING_MATRIX", "false", "no peering matrix")),
                phpinfo: r.flag(var("IXP_FE_FRONTEND_DISABLED_PHPINFO", "true", "no page about the runtime")),
                rs_filters: r.flag(var("IXP_FE_FRONTEND_DISABLED_RS_FILTERS", "true", "no route server filters made by customers")),
                settings: r.flag(var("IXP_FE_FRONTEND_DISABLED_SETTINGS", "false", "no settings page")),
            },
        })
    }
}
