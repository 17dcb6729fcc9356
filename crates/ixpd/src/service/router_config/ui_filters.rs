//! The rules that members set for their route server sessions.

use ipnet::IpNet;
use ixpd_db::query::router_config::UiFilter;
use ixpd_render::router::{ExportRule, ImportRule, text::label};
use ixpd_types::Protocol;

/// A member's rules as statements, without those that do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MemberRules {
    pub(super) import: Vec<ImportRule>,
    pub(super) export: Vec<ExportRule>,
}

const PREPEND: &str = "bgp_path.prepend(bgp_path.first);";

/// What to do, by the words of `action_advertise` and `action_receive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Nothing,
    Refuse,
    Prepend(u32),
    AsIs,
}

impl Action {
    fn read(word: Option<&str>) -> Result<Self, String> {
        match word.map(str::trim).unwrap_or_default() {
            "" => Ok(Self::Nothing),
            "AS_IS" => Ok(Self::AsIs),
            "NO_ADVERTISE" => Ok(Self::Refuse),
            "PREPEND_ONCE" => Ok(Self::Prepend(1)),
            "PREPEND_TWICE" => Ok(Self::Prepend(2)),
            "PREPEND_THRICE" => Ok(Self::Prepend(3)),
            other => Err(format!(
                "`{}` is no action; accepted: AS_IS, NO_ADVERTISE, PREPEND_ONCE, PREPEND_TWICE, PREPEND_THRICE",
                label(other)
            )),
        }
    }
}

/// What a rule is limited to, if it can match at all.
enum Prefix {
    Any,
    One(IpNet),
    /// Of the other protocol.
    Never,
}

/// The rules of a member in its order, and what is wrong with those that are left out.
pub(super) fn rules_of<'a>(
    filters: impl Iterator<Item = &'a UiFilter>,
    protocol: Protocol,
    large_communities: bool,
) -> (MemberRules, Vec<String>) {
    let mut rules = MemberRules::default();
    let mut warnings = Vec::new();
    let mut all_decided = false;
    for filter in filters {
        let peer = match peer_of(filter) {
            Ok(peer) => peer,
            Err(reason) => {
                warnings.push(format!("rule {}: {reason}", filter.id));
                continue;
            }
        };
        match import_rule(filter, peer, protocol) {
            Ok(None) => {}
            Ok(Some(rule)) if large_communities => rules.import.push(rule),
            Ok(Some(_)) => warnings.push(format!(
                "rule {}: what the member sends is steered by large communities, which this router does not use",
                filter.id
            )),
            Err(reason) => warnings.push(format!("rule {}: {reason}", filter.id)),
        }
        if all_decided {
            continue;
        }
        match export_rule(filter, peer, protocol) {
            Ok(Some(rule)) => {
                all_decided =
                    rule.condition.is_empty() && matches!(rule.statement.as_str(), "accept;" | "reject;");
                rules.export.push(rule);
            }
            Ok(None) => {}
            Err(reason) => warnings.push(format!("rule {}: {reason}", filter.id)),
        }
    }
    // What is wrong for both directions is said once.
    warnings.dedup();
    (rules, warnings)
}

/// The AS number of the peer that a rule is about, `None` for all.
fn peer_of(filter: &UiFilter) -> Result<Option<u32>, String> {
    match (filter.peer_id.filter(|id| *id != 0), filter.peer_autsys) {
        (None, _) => Ok(None),
        (Some(_), Some(asn)) if asn > 0 => Ok(u32::try_from(asn).ok()),
        (Some(id), _) => Err(format!("the peer, member {id}, has no AS number")),
    }
}

fn prefix_of(text: Option<&str>, protocol: Protocol) -> Result<Prefix, String> {
    let text = text.map(str::trim).unwrap_or_default();
    if matches!(text, "" | "*") {
        return Ok(Prefix::Any);
    }
    match text.parse::<IpNet>() {
        Ok(net) if net.addr() != net.network() => {
            Err(format!("`{net}` has bits set after its length; accepted: {}", net.trunc()))
        }
        Ok(net) if matches!(net, IpNet::V4(_)) == (protocol == Protocol::V4) => Ok(Prefix::One(net)),
        Ok(_) => Ok(Prefix::Never),
        Err(_) => Err(format!("`{}` is no prefix; accepted: an address and a length", label(text))),
    }
}

fn import_rule(
    filter: &UiFilter,
    peer: Option<u32>,
    protocol: Protocol,
) -> Result<Option<ImportRule>, String> {
    let action = match Action::read(filter.action_advertise.as_deref())? {
        Action::Nothing | Action::AsIs => return Ok(None),
        Action::Refuse => 0,
        Action::Prepend(times) => 100 + times,
    };
    let condition = match prefix_of(filter.advertised_prefix.as_deref(), protocol)? {
        Prefix::Any => String::new(),
        Prefix::One(net) => format!("if net = {net} then "),
        Prefix::Never => return Ok(None),
    };
    Ok(Some(ImportRule { condition, action, peer: peer.unwrap_or(0) }))
}

fn export_rule(
    filter: &UiFilter,
    peer: Option<u32>,
    protocol: Protocol,
) -> Result<Option<ExportRule>, String> {
    let action = Action::read(filter.action_receive.as_deref())?;
    let mut tests: Vec<String> = peer.map(|asn| format!("bgp_path.first = {asn}")).into_iter().collect();
    match prefix_of(filter.received_prefix.as_deref(), protocol)? {
        Prefix::Any => {}
        Prefix::One(net) => tests.push(format!("net = {net}")),
        Prefix::Never => return Ok(None),
    }
    let condition = if tests.is_empty() { String::new() } else { format!("if {} then ", tests.join(" && ")) };
    let statement = match action {
        Action::Nothing => return Ok(None),
        Action::AsIs => "accept;".to_owned(),
        Action::Refuse => "reject;".to_owned(),
        Action::Prepend(times) => prepend(times, condition.is_empty()),
    };
    Ok(Some(ExportRule { condition, statement }))
}

fn prepend(times: u32, is_bare: bool) -> String {
    let all = vec![PREPEND; times as usize].join(" ");
    if times == 1 || is_bare { all } else { format!("{{ {all} }}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> UiFilter {
        UiFilter {
            id: 7,
            customer_id: 2,
            peer_id: None,
            peer_autsys: None,
            advertised_prefix: None,
            received_prefix: None,
            action_advertise: None,
            action_receive: None,
        }
    }

    fn advertise(action: &str) -> UiFilter {
        UiFilter { action_advertise: Some(action.to_owned()), ..filter() }
    }

    fn receive(action: &str) -> UiFilter {
        UiFilter { action_receive: Some(action.to_owned()), ..filter() }
    }

    fn rules(filters: &[UiFilter]) -> MemberRules {
        let (rules, warnings) = rules_of(filters.iter(), Protocol::V4, true);
        assert_eq!(warnings, [""; 0]);
        rules
    }

    fn exports(filters: &[UiFilter]) -> Vec<String> {
        rules(filters).export.iter().map(|rule| format!("{}{}", rule.condition, rule.statement)).collect()
    }

    fn to(peer: i32, prefix: &str, filter: UiFilter) -> UiFilter {
        UiFilter {
            peer_id: Some(9),
            peer_autsys: Some(peer),
            advertised_prefix: Some(prefix.to_owned()),
            received_prefix: Some(prefix.to_owned()),
            ..filter
        }
    }

    #[test]
    fn sent_routes_get_a_community_for_the_peer_or_for_all() {
        let filters = [
            advertise("NO_ADVERTISE"),
            advertise("PREPEND_ONCE"),
            to(112, "192.0.2.0/24", advertise("PREPEND_THRICE")),
        ];
        let found: Vec<_> =
            rules(&filters).import.into_iter().map(|rule| (rule.condition, rule.action, rule.peer)).collect();
        let expected = [
            (String::new(), 0, 0),
            (String::new(), 101, 0),
            ("if net = 192.0.2.0/24 then ".to_owned(), 103, 112),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn received_routes_are_refused_prepended_or_taken_as_they_are() {
        let filters = [
            to(112, "192.0.2.0/24", receive("PREPEND_TWICE")),
            to(112, "192.0.2.0/24", receive("PREPEND_ONCE")),
            receive("PREPEND_TWICE"),
            to(112, "*", receive("NO_ADVERTISE")),
            receive("AS_IS"),
        ];
        assert_eq!(
            exports(&filters),
            [
                "if bgp_path.first = 112 && net = 192.0.2.0/24 then { bgp_path.prepend(bgp_path.first); bgp_path.prepend(bgp_path.first); }",
                "if bgp_path.first = 112 && net = 192.0.2.0/24 then bgp_path.prepend(bgp_path.first);",
                "bgp_path.prepend(bgp_path.first); bgp_path.prepend(bgp_path.first);",
                "if bgp_path.first = 112 then reject;",
                "accept;",
            ]
        );
    }

    #[test]
    fn nothing_follows_a_rule_that_decides_everything() {
        assert_eq!(
            exports(&[receive("NO_ADVERTISE"), receive("AS_IS"), receive("PREPEND_ONCE")]),
            ["reject;"]
        );
    }

    #[test]
    fn rule_without_effect_leaves_nothing_behind() {
        let filters = [
            filter(),
            advertise("AS_IS"),
            to(112, "2001:db8::/32", advertise("NO_ADVERTISE")),
            to(112, "2001:db8::/32", receive("NO_ADVERTISE")),
        ];
        assert_eq!(rules(&filters), MemberRules::default());
        let (without, warnings) = rules_of([advertise("NO_ADVERTISE")].iter(), Protocol::V4, false);
        assert_eq!(without, MemberRules::default());
        assert!(warnings[0].starts_with("rule 7: "), "{warnings:?}");
    }

    #[test]
    fn what_can_not_be_a_rule_is_warned_of_and_left_out() {
        let injected = "192.0.2.0/24 then accept; #";
        for (bad, word) in [
            (to(112, injected, advertise("NO_ADVERTISE")), "is no prefix"),
            (to(112, "192.0.2.1/24", receive("AS_IS")), "accepted: 192.0.2.0/24"),
            (to(0, "*", receive("AS_IS")), "has no AS number"),
            (receive("DROP"), "is no action"),
        ] {
            let (rules, warnings) = rules_of([bad].iter(), Protocol::V4, true);
            assert_eq!(rules, MemberRules::default());
            assert!(warnings.len() == 1 && warnings[0].contains(word), "{warnings:?}");
        }
    }
}
