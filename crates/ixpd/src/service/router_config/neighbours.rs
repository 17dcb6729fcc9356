//! From rows to sessions and the policies that they share.

use std::{
    collections::{BTreeMap, HashSet},
    net::IpAddr,
};

use ixpd_db::query::router_config::Neighbour;
use ixpd_render::router::{
    PolicyView, RouterKind, SessionView,
    text::{is_quotable, label},
};

use super::{
    Job, Rows,
    error::address_of,
    options::Asked,
    template::Generation,
    ui_filters::{MemberRules, rules_of},
};

/// The longest secret that the kernel takes for TCP MD5 (RFC 2385), in bytes.
const LONGEST_SECRET: usize = 80;

/// The neighbours of a router.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    groups: Vec<Group>,
    /// What keeps single neighbours, or rules of members, out of the configuration.
    pub(super) warnings: Vec<String>,
    /// What some of them ask for.
    pub(super) asked: Asked,
}

/// The policies and sessions of one AS.
#[derive(Debug)]
pub(super) struct Group {
    asn: u32,
    pub(super) policies: Vec<Policy>,
    pub(super) sessions: Vec<SessionView>,
}

/// What some sessions of an AS have in common.
#[derive(Debug)]
pub(super) struct Policy {
    key: PolicyKey,
    vlan_interfaces: Vec<i32>,
    /// Whose IRR data routes are held against.
    pub(super) irr_customer: Option<i32>,
    pub(super) view: PolicyView,
}

/// Sessions with the same key have the same policy. The first policy of an AS has IXP Manager's names, the names of
/// others end in the id of their first VLAN interface.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PolicyKey {
    irr_customer: Option<i32>,
    more_specifics: bool,
    is_route_server: bool,
    rules: MemberRules,
}

impl Neighbours {
    pub(super) fn of(job: &Job<'_>, rows: &Rows) -> Self {
        let mut builder = Builder {
            job,
            rows,
            rules: BTreeMap::new(),
            seen: HashSet::new(),
            addresses: addresses(job, rows),
            neighbours: Self::default(),
        };
        for row in &rows.neighbours {
            if builder.peers_here(row) {
                builder.add(row);
            }
        }
        builder.neighbours.label_policies();
        builder.neighbours
    }

    /// Whether there is a session with an AS.
    pub(super) fn have(&self, asn: u32) -> bool {
        self.groups.iter().any(|group| group.asn == asn)
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn group(&mut self, asn: u32) -> &mut Group {
        // Rows come by AS number.
        if self.groups.last().is_none_or(|group| group.asn != asn) {
            self.groups.push(Group { asn, policies: Vec::new(), sessions: Vec::new() });
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    fn label_policies(&mut self) {
        for policy in self.groups.iter_mut().flat_map(|group| &mut group.policies) {
            let ids: Vec<_> = policy.vlan_interfaces.iter().map(ToString::to_string).collect();
            let plural = if ids.len() > 1 { "s" } else { "" };
            policy.view.label = format!("{}, VLAN interface{plural} {}", policy.view.label, ids.join(", "));
        }
    }
}

impl Policy {
    fn new(key: PolicyKey, asn: u32, suffix: &str, name: &str) -> Self {
        Self {
            irr_customer: key.irr_customer,
            vlan_interfaces: Vec::new(),
            view: PolicyView {
                asn,
                label: format!("AS{asn} - {name}"),
                import_name: format!("f_import_as{asn}{suffix}"),
                export_name: format!("f_export_as{asn}{suffix}"),
                peering_addresses: Vec::new(),
                import_rules: key.rules.import.clone(),
                export_rules: key.rules.export.clone(),
                irr_filter: key.irr_customer.is_some(),
                has_prefixes: false,
                more_specifics: key.more_specifics,
                is_route_server: key.is_route_server,
                blackhole: false,
            },
            key,
        }
    }
}

/// What a comment calls the member.
fn name_of(row: &Neighbour) -> String {
    let name = label(row.customer_name.as_deref().unwrap_or_default());
    if name.trim().is_empty() { format!("member {}", row.customer_id) } else { name }
}

/// All addresses of each AS on the VLAN.
fn addresses(job: &Job<'_>, rows: &Rows) -> BTreeMap<i32, Vec<IpAddr>> {
    let mut addresses: BTreeMap<i32, Vec<IpAddr>> = BTreeMap::new();
    for row in &rows.addresses {
        if let Some(address) = address_of(job.protocol, &row.address) {
            let of_asn = addresses.entry(row.autsys).or_default();
            if !of_asn.contains(&address) {
                of_asn.push(address);
            }
        }
    }
    addresses
}

struct Builder<'a> {
    job: &'a Job<'a>,
    rows: &'a Rows,
    /// The rules of members that were looked at.
    rules: BTreeMap<i32, MemberRules>,
    seen: HashSet<IpAddr>,
    addresses: BTreeMap<i32, Vec<IpAddr>>,
    neighbours: Neighbours,
}

impl Builder<'_> {
    /// Whether the service is meant to have a session with this kind of router.
    fn peers_here(&self, row: &Neighbour) -> bool {
        if self.job.is_route_server() {
            row.rsclient == Some(true)
        } else if self.job.is_as112() {
            row.as112client == Some(true)
        } else {
            true
        }
    }

    fn add(&mut self, row: &Neighbour) {
        let name = name_of(row);
        let Some(asn) = row.autsys.and_then(|asn| u32::try_from(asn).ok()).filter(|asn| *asn > 0) else {
            return self.warn(row, &name, "the member has no AS number");
        };
        if asn == self.job.router.asn {
            return;
        }
        let protocol = self.job.protocol;
        let Some(text) = &row.address else {
            return self.warn(row, &name, &format!("{protocol} is enabled without an address"));
        };
        let Some(address) = address_of(protocol, text) else {
            return self.warn(row, &name, &format!("`{}` is no {protocol} address", label(text)));
        };
        let secret = row.md5_secret.as_ref().map(ixpd_db::SecretText::expose).filter(|text| !text.is_empty());
        let password = secret.filter(|_| !self.job.router.skip_md5);
        if password.is_some_and(|secret| !is_quotable(secret) || secret.len() > LONGEST_SECRET) {
            return self.warn(
                row,
                &name,
                "the MD5 secret can't be used; accepted: at most 80 bytes, no double quote, no control character",
            );
        }
        if !self.seen.insert(address) {
            return self.warn(row, &name, &format!("another session has the address {address}"));
        }
        let (asked, dialect) = (self.job.options().asked(asn), &self.job.dialect);
        self.neighbours.asked.join(asked);
        let session = SessionView {
            asn,
            vlan_interface_id: row.vlan_interface_id,
            padded_id: format!("{:04}", row.vlan_interface_id),
            customer_name: name,
            address,
            max_prefixes: self.max_prefixes(row),
            password: password.map(str::to_owned),
            import_name: String::new(),
            export_name: String::new(),
            is_route_server: self.rows.route_servers.contains(&asn),
            multihop: self.job.settings.multihop,
            bfd: asked.bfd && dialect.bfd,
            ttl_security: asked.ttl_security,
            role: (asked.role && dialect.roles).then_some("rs_server"),
            rejects_as_sets: asked.reject_as_sets,
        };
        self.add_session(row, session);
    }

    fn add_session(&mut self, row: &Neighbour, mut session: SessionView) {
        if self.job.template.kind == RouterKind::As112 {
            self.neighbours.group(session.asn).sessions.push(session);
            return;
        }
        let key = self.policy_key(row, session.is_route_server);
        let addresses = row.autsys.and_then(|asn| self.addresses.get(&asn));
        let addresses = addresses.filter(|all| !all.is_empty()).cloned();
        let peering_addresses = addresses.unwrap_or_else(|| vec![session.address]);
        // Of a member whose data aren't in memory the text without prefixes is made too.
        let has_prefixes = key
            .irr_customer
            .is_some_and(|id| self.rows.sets.get(&id).is_none_or(|sets| !sets.prefixes.is_empty()));
        let blackhole = !key.is_route_server && self.job.options().asked(session.asn).blackhole;
        self.warn_of_options(row, &session, blackhole && key.irr_customer.is_none());
        let group = self.neighbours.group(session.asn);
        let known = group.policies.iter().position(|policy| policy.key == key);
        let index = known.unwrap_or_else(|| {
            let suffix = match group.policies.len() {
                0 => String::new(),
                _ => format!("_vli{}", row.vlan_interface_id),
            };
            let mut policy = Policy::new(key, session.asn, &suffix, &session.customer_name);
            policy.view.peering_addresses = peering_addresses;
            policy.view.has_prefixes = has_prefixes;
            policy.view.blackhole = blackhole;
            group.policies.push(policy);
            group.policies.len() - 1
        });
        let policy = &mut group.policies[index];
        policy.vlan_interfaces.push(row.vlan_interface_id);
        session.import_name.clone_from(&policy.view.import_name);
        session.export_name.clone_from(&policy.view.export_name);
        group.sessions.push(session);
    }

    fn policy_key(&mut self, row: &Neighbour, is_route_server: bool) -> PolicyKey {
        let job = self.job;
        let (irr_filter, is_route_server, rules) = if job.template.kind == RouterKind::Server {
            // A row of old installations that says nothing is filtered.
            (row.irrdbfilter != Some(false), false, self.rules(row))
        } else {
            // Only the newer template tells route servers apart.
            let marked = is_route_server && job.template.generation == Generation::Bird2025;
            let filtered = row.rsclient == Some(true) && row.irrdbfilter == Some(true);
            (filtered && !marked, marked, MemberRules::default())
        };
        PolicyKey {
            irr_customer: irr_filter.then_some(row.customer_id),
            more_specifics: irr_filter && row.rsmorespecifics,
            is_route_server,
            rules,
        }
    }

    fn rules(&mut self, row: &Neighbour) -> MemberRules {
        if let Some(rules) = self.rules.get(&row.customer_id) {
            return rules.clone();
        }
        let filters = self.rows.ui_filters.iter().filter(|filter| filter.customer_id == row.customer_id);
        let (rules, warnings) = rules_of(filters, self.job.protocol, self.job.router.bgp_lc);
        let name = name_of(row);
        self.neighbours.warnings.extend(warnings.into_iter().map(|text| format!("rules of {name}: {text}")));
        self.rules.insert(row.customer_id, rules.clone());
        rules
    }

    fn max_prefixes(&self, row: &Neighbour) -> u32 {
        let own = row.max_prefixes.filter(|limit| *limit > 0);
        let of_member = row.customer_max_prefixes.filter(|limit| *limit > 0);
        own.or(of_member).unwrap_or_else(|| self.job.settings.max_prefixes(self.job.protocol))
    }

    /// Warns of options that keep out what the member sends. `blackhole_without_irr` says that it may send blackholes
    /// and isn't held against IRR data.
    fn warn_of_options(&mut self, row: &Neighbour, session: &SessionView, blackhole_without_irr: bool) {
        let (id, name) = (row.vlan_interface_id, &session.customer_name);
        let mut warn = |text: &str| {
            self.neighbours.warnings.push(format!("{name}, VLAN interface {id}: {text}"));
        };
        if self.job.options().never_via().contains(&session.asn) {
            warn("every route is filtered, since IXPD_ROUTER_NEVER_VIA_ASNS names the member");
        }
        if blackhole_without_irr && !self.job.has_rpki() {
            warn("no blackhole is accepted, since neither IRR data nor RPKI say whose a prefix is");
        }
    }

    fn warn(&mut self, row: &Neighbour, name: &str, reason: &str) {
        let id = row.vlan_interface_id;
        self.neighbours.warnings.push(format!("no session for {name}, VLAN interface {id}: {reason}"));
    }
}
