//! Names that ixpd doesn't act on: those of features it doesn't have yet, those that mean nothing to it, unknown ones.

use std::collections::HashSet;

use super::{
    reader::{ConfigError, EffectiveSetting, Warning},
    source::{Layers, Origin},
    two_factor::MISNAMED,
    value,
};

/// Something is set for a feature of IXP Manager that ixpd doesn't have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnservedSetting {
    /// The variable.
    pub name: String,
    /// The feature that it is about.
    pub feature: &'static str,
    /// Where it was set.
    pub origin: Origin,
}

/// What there is to say about names that no section reads.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) errors: Vec<ConfigError>,
    pub(super) warnings: Vec<Warning>,
    pub(super) unserved: Vec<UnservedSetting>,
    /// Names of the file that mean nothing to ixpd.
    pub(super) unused: Vec<String>,
}

impl Findings {
    pub(super) fn of(layers: &Layers, settings: &[EffectiveSetting]) -> Self {
        let read: HashSet<_> = settings.iter().map(|setting| setting.name).collect();
        let mut findings = Self { warnings: layers.warnings.clone(), ..Self::default() };
        findings.errors.extend(layers.error.clone());
        findings.judge_syntax(layers, &read);
        for (name, raw) in layers.iter() {
            let feature = UNSERVED.iter().find(|(unserved, ..)| *unserved == name);
            if let Some((_, default, feature)) = feature {
                if !same(&raw.value, default) {
                    let origin = raw.origin.clone();
                    findings.unserved.push(UnservedSetting { name: name.to_owned(), feature, origin });
                }
            } else if !read.contains(name) && !MEANINGLESS.contains(&name) {
                findings.unknown(name, &raw.origin);
            } else if !read.contains(name) && matches!(raw.origin, Origin::File { .. }) {
                findings.unused.push(name.to_owned());
            }
        }
        findings
    }

    /// A line that can't be read stops the start unless it is certain that it sets nothing that ixpd acts on.
    fn judge_syntax(&mut self, layers: &Layers, read: &HashSet<&str>) {
        let Some(path) = &layers.file else { return };
        for error in &layers.syntax {
            let origin = Origin::File { path: path.clone(), line: error.line };
            match &error.name {
                Some(name) if !read.contains(name.as_str()) => {
                    self.warnings.push(Warning { origin, message: error.to_string() });
                }
                name => {
                    let (name, reason) = (name.clone(), error.problem.to_string());
                    self.errors.push(ConfigError { name, origin, value: None, reason });
                }
            }
        }
    }

    /// The environment holds names of everybody; those in the file and those that begin like ours are meant for us.
    fn unknown(&mut self, name: &str, origin: &Origin) {
        let ours = name.starts_with("IXPD_") || !matches!(origin, Origin::Environment);
        // A line of a key that somebody pasted without quotes can look like a name; it isn't repeated.
        let is_name = name.len() <= 64 && !name.contains(|c: char| c.is_ascii_lowercase());
        let message = match (ours, is_name) {
            (false, _) => return,
            (true, true) => format!("{name} is not a setting that ixpd knows"),
            (true, false) => "this is not a setting that ixpd knows".to_owned(),
        };
        self.warnings.push(Warning { origin: origin.clone(), message });
    }
}

/// Whether two values mean the same to Laravel.
fn same(value: &str, default: &str) -> bool {
    let (value, default) = (value.trim(), default.trim());
    let as_flag = |text| value::boolean(text).ok();
    value == default || (as_flag(value).is_some() && as_flag(value) == as_flag(default))
}

const PEERINGDB_LOGIN: &str = "login with PeeringDB";
const LOGGING: &str = "log files; ixpd logs to standard error";
const GRAPHS: &str = "graphs";
const APP_PASSWORDS: &str = "application passwords";
const CUSTOMERS: &str = "customer forms and notes";
const INTERFACES: &str = "interface forms";
const RESELLERS: &str = "resellers";
const AS112: &str = "AS112";
const PEERING_MANAGER: &str = "peering manager";
const PEERING_MATRIX: &str = "peering matrix";
const SNMP: &str = "polling of switches";
const DIAGNOSTICS: &str = "diagnostics";
const PEERINGDB: &str = "PeeringDB look-ups";
const IXPDB: &str = "IXPDB look-ups";
const WHOIS: &str = "whois look-ups";
const RIR: &str = "RIR objects";
const HELPDESK: &str = "help desk";
const ROUTE_SERVER_FILTERS: &str = "route server filters";

/// Names of features that ixpd doesn't have yet: name, IXP Manager's default, feature. Some of them are read all the
/// same, because another feature heeds them too.
const UNSERVED: &[(&str, &str, &str)] = &[
    ("APP_LOCALE", "en", "other languages"),
    ("ASSET_URL", "", "assets on another host"),
    ("AUTH_PEERINGDB_ENABLED", "false", PEERINGDB_LOGIN),
    ("AUTH_PEERINGDB_PRIVS", "1", PEERINGDB_LOGIN),
    ("PEERINGDB_OAUTH_CLIENT_ID", "", PEERINGDB_LOGIN),
    ("PEERINGDB_OAUTH_CLIENT_SECRET", "", PEERINGDB_LOGIN),
    ("PEERINGDB_OAUTH_REDIRECT", "", PEERINGDB_LOGIN),
    ("GRAPHER_ACCESS_CUSTOMER", "own_graphs_only", GRAPHS),
    ("GRAPHER_ACCESS_INFRASTRUCTURE", "0", GRAPHS),
    ("GRAPHER_ACCESS_LATENCY", "own_graphs_only", GRAPHS),
    ("GRAPHER_ACCESS_LOCATION", "0", GRAPHS),
    ("GRAPHER_ACCESS_P2P", "own_graphs_only", GRAPHS),
    ("GRAPHER_ACCESS_SWITCH", "0", GRAPHS),
    ("GRAPHER_ACCESS_TRUNK", "0", GRAPHS),
    ("GRAPHER_ACCESS_VLAN", "0", GRAPHS),
    ("GRAPHER_BACKEND_MRTG_SNMPPASSWD", "soopersecret", GRAPHS),
    ("GRAPHER_BACKEND_SFLOW_ENABLED", "false", GRAPHS),
    ("GRAPHER_BACKEND_SFLOW_ROOT", "http://www.example.com/", GRAPHS),
    ("GRAPHER_BACKEND_SFLOW_SHOW_ON_INDEX", "false", GRAPHS),
    ("GRAPHER_BACKEND_SMOKEPING_ENABLED", "false", GRAPHS),
    ("GRAPHER_BACKEND_SMOKEPING_URL", "http://www.example.com/", GRAPHS),
    ("GRAPHER_CLI_TRAFFICDAILY_DELETE_OLD", "true", GRAPHS),
    ("GRAPHER_CLI_TRAFFICDAILY_DELETE_OLD_DAYS", "140", GRAPHS),
    ("GRAPHER_CLI_TRAFFICDIFFERENTIALS_CALC_LEN", "60", GRAPHS),
    ("IXP_FE_ADMIN_DASHBOARD_DEFAULT_GRAPH_PERIOD", "week", GRAPHS),
    ("IDENTITY_WATERMARK", "IXP Manager", GRAPHS),
    ("HELPDESK_BACKEND", "none", HELPDESK),
    ("IDENTITY_DEFAULT_VLAN", "1", "default VLAN of lists"),
    ("IXP_AS112_UI_ACTIVE", "false", AS112),
    ("IXP_EXEC_ARPING_1", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_2", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_3", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_4", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_5", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_6", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_7", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_8", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_9", "false", DIAGNOSTICS),
    ("IXP_EXEC_ARPING_10", "false", DIAGNOSTICS),
    ("IXP_EXEC_PING4", "ping -4 -i 0.01 -w 2 -c 5 %s", DIAGNOSTICS),
    ("IXP_EXEC_PING6", "ping -6 -i 0.01 -w 2 -c 5 %s", DIAGNOSTICS),
    ("IXP_RESELLER_ENABLED", "false", RESELLERS),
    ("IXP_RESELLER_RESOLD_BILLING", "false", RESELLERS),
    ("IXP_SNMP_ALLOWED_INTERFACE_TYPES", "", SNMP),
    ("PEERING_MANAGER_TESTDATE", "false", PEERING_MANAGER),
    ("PEERING_MANAGER_TESTEMAIL", "user@example.com", PEERING_MANAGER),
    ("PEERING_MANAGER_TESTMODE", "false", PEERING_MANAGER),
    ("PEERING_MANAGER_TESTNOTE", "false", PEERING_MANAGER),
    ("PEERING_MATRIX_LOOKBACK_DAYS", "28", PEERING_MATRIX),
    ("PEERING_MATRIX_MIN_AUTH", "0", PEERING_MATRIX),
    ("IXP_WWW_IXPDB_IXP_URL", "https://ixpdb.euro-ix.net/en/explore/ixp/%%COL%%/", IXPDB),
    ("IXP_WWW_PEERING_DB_IXP_URL", "https://www.peeringdb.com/ix/%%COL%%", PEERINGDB),
    ("IXP_API_RIR_EMAIL_FROM", "", RIR),
    ("IXP_API_RIR_EMAIL_TO", "", RIR),
    ("IXP_API_RIR_PASSWORD", "xxxxx", RIR),
    ("IXP_RIPE_API_KEY", "", RIR),
    ("IXP_API_WHOIS_ASN2_HOST", "whois.cymru.com", WHOIS),
    ("IXP_API_WHOIS_ASN2_PORT", "43", WHOIS),
    ("IXP_API_WHOIS_ASN_HOST", "whois.peeringdb.com", WHOIS),
    ("IXP_API_WHOIS_ASN_PORT", "43", WHOIS),
    ("IXP_FE_APP_PASSWORDS_DEFAULT_ALGO", "bcrypt", APP_PASSWORDS),
    ("IXP_FE_APP_PASSWORDS_HISTORY_RETENTION_DAYS", "90", APP_PASSWORDS),
    ("IXP_FE_APP_PASSWORDS_MAX", "50", APP_PASSWORDS),
    ("IXP_FE_APP_PASSWORDS_MAX_EXPIRES_DURATION", "1 year", APP_PASSWORDS),
    ("IXP_FE_APP_PASSWORDS_USER_CAN_CHANGE", "false", APP_PASSWORDS),
    ("IXP_FE_CUSTOMER_BILLING_UPDATES_NOTIFY", "false", CUSTOMERS),
    ("IXP_FE_CUSTOMER_DETAILS_PUBLIC", "true", "public pages of customers"),
    ("IXP_FE_CUSTOMER_FORM_PLACEHOLDER_PHONE", "+353 20 910 1234", CUSTOMERS),
    ("IXP_FE_VLANINTERFACES_HOSTNAME_REQUIRED", "true", INTERFACES),
    ("IXP_FE_VLANINTERFACES_MAX_PREFIX_ENABLED", "true", INTERFACES),
    (
        "IXP_FE_RS_FILTERS_TIME_TO_LIVE",
        "There is no information available as to how often the route servers are updated.",
        ROUTE_SERVER_FILTERS,
    ),
    ("IXP_FE_FRONTEND_DISABLED_FILTERED_PREFIXES", "true", "filtered prefixes"),
    ("IXP_FE_FRONTEND_DISABLED_LOGO", "true", "logos of customers"),
    ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "true", "looking glass"),
    ("IXP_FE_FRONTEND_DISABLED_RS_FILTERS", "true", ROUTE_SERVER_FILTERS),
    ("LOG_SLACK_WEBHOOK_URL", "", LOGGING),
    ("PAPERTRAIL_PORT", "", LOGGING),
    ("PAPERTRAIL_URL", "", LOGGING),
];

/// Names of IXP Manager that mean nothing to ixpd: how PHP keeps sessions, caches, queues and logs, helpers of its
/// developers, services it never uses, settings that nothing there reads.
const MEANINGLESS: &[&str] = &[
    MISNAMED,
    "APP_LOG",
    "APP_MAINTENANCE_DRIVER",
    "APP_MAINTENANCE_STORE",
    "ATLAS_MEASUREMENT_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_BUCKET",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_URL",
    "AWS_USE_PATH_STYLE_ENDPOINT",
    "CACHE_DRIVER",
    "CACHE_PREFIX",
    "DEBUGBAR_ENABLED",
    "DYNAMODB_CACHE_TABLE",
    "FILESYSTEM_DISK",
    "FORMER_LIVE_VALIDATION",
    "GRAPHER_BACKEND_DUMMY_LOGDIR",
    "GRAPHER_CACHE_ENABLED",
    "GRAPHER_CACHE_STORE",
    "HELPDESK_ZENDESK_EMAIL",
    "HELPDESK_ZENDESK_SUBDOMAIN",
    "HELPDESK_ZENDESK_TOKEN",
    "HORIZON_PREFIX",
    "IDENTITY_RSVPEMAIL",
    "IDENTITY_TESTEMAIL",
    "IXPD_ASSETS_DIR",
    "IXPD_TEST_AXE",
    "IXPD_TEST_BACKEND",
    "IXPD_TEST_BIRD_DIR",
    "IXPD_TEST_BROWSER",
    "IXPD_TEST_DATABASE_URL",
    "IXPD_TEST_SCREENSHOTS",
    "IXPD_TEST_SKIP_LOG",
    "IXPD_TEST_WEBDRIVER_URL",
    "IXP_API_NAGIOS_BIRDSEYE_BGP_SESSION_CHECK",
    "IXP_API_NAGIOS_BIRDSEYE_CHECK",
    "IXP_API_NAGIOS_CUSTOMER_HOST",
    "IXP_API_NAGIOS_CUSTOMER_SERVICE",
    "IXP_API_NAGIOS_INFRA_HOST",
    "IXP_API_NAGIOS_INFRA_SERVICE",
    "IXP_FE_API_KEYS_HISTORY_RETENTION_DAYS",
    "IXP_FE_DOCUMENTATION_BASE_URL",
    "IXP_IRRDB_UTILITY",
    "IXP_SETUP_ADMIN_PASSWORD",
    "LOG_CHANNEL",
    "LOG_DAILY_DAYS",
    "LOG_DEPRECATIONS_CHANNEL",
    "LOG_DEPRECATIONS_TRACE",
    "LOG_PAPERTRAIL_HANDLER",
    "LOG_SLACK_EMOJI",
    "LOG_SLACK_USERNAME",
    "LOG_STACK",
    "LOG_STDERR_FORMATTER",
    "LOG_SYSLOG_FACILITY",
    "MAILGUN_DOMAIN",
    "MAILGUN_ENDPOINT",
    "MAILGUN_SECRET",
    "MAIL_LOG_CHANNEL",
    "MEMCACHED_HOST",
    "MEMCACHED_PORT",
    "POSTMARK_TOKEN",
    "QUEUE_CONNECTION",
    "QUEUE_FAILED_DRIVER",
    "REDIS_CACHE_DB",
    "REDIS_CLIENT",
    "REDIS_CLUSTER",
    "REDIS_DB",
    "REDIS_HOST",
    "REDIS_PASSWORD",
    "REDIS_PORT",
    "REDIS_QUEUE",
    "REDIS_USERNAME",
    "SESSION_CONNECTION",
    "SESSION_COOKIE",
    "SESSION_DRIVER",
    "SESSION_STORE",
    "SQS_PREFIX",
    "SQS_QUEUE",
    "STRIPE_KEY",
    "STRIPE_SECRET",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_TOLERANCE",
    "TELESCOPE_CACHE_WATCHER",
    "TELESCOPE_COMMAND_WATCHER",
    "TELESCOPE_DRIVER",
    "TELESCOPE_DUMP_WATCHER",
    "TELESCOPE_ENABLED",
    "TELESCOPE_EVENT_WATCHER",
    "TELESCOPE_EXCEPTION_WATCHER",
    "TELESCOPE_GATE_WATCHER",
    "TELESCOPE_JOB_WATCHER",
    "TELESCOPE_LOG_WATCHER",
    "TELESCOPE_MAIL_WATCHER",
    "TELESCOPE_MODEL_WATCHER",
    "TELESCOPE_NOTIFICATION_WATCHER",
    "TELESCOPE_PATH",
    "TELESCOPE_QUERY_WATCHER",
    "TELESCOPE_REDIS_WATCHER",
    "TELESCOPE_REQUEST_WATCHER",
    "TELESCOPE_RESPONSE_SIZE_LIMIT",
    "TELESCOPE_SCHEDULE_WATCHER",
    "TELESCOPE_URL_PATH",
    "VIEW_SMARTY_SKIN",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_mean_the_same_are_the_same() {
        for (value, default) in
            [("0", "false"), ("", "false"), ("null", ""), ("(true)", "true"), (" 24 ", "24"), ("false", "0")]
        {
            assert!(same(value, default), "{value} {default}");
        }
        for (value, default) in [("1", "false"), ("x", ""), ("25", "24"), ("true", ""), ("yes", "week")] {
            assert!(!same(value, default), "{value} {default}");
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<_> =
            UNSERVED.iter().map(|(name, ..)| *name).chain(MEANINGLESS.iter().copied()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
