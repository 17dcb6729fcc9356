//! The report of a simulation as text.

use ixpd_net::bgp::Route;

use super::super::output;
use crate::service::router_simulation::{PeerReport, Report, RouteReport};

/// The most routes that are named for one reason.
const MOST_NAMED: usize = 5;

/// Prints it.
///
/// # Errors
/// When standard output is closed.
pub(super) fn print(report: &Report) -> anyhow::Result<()> {
    output::result(format_args!(
        "{}: AS{} at {}, BIRD {}, {} of {} sessions up",
        report.handle, report.asn, report.address, report.bird, report.sessions_up, report.sessions
    ))?;
    for note in &report.notes {
        output::result(format_args!("Note: {note}"))?;
    }
    output::result("")?;
    let headings = ["LINE", "FROM", "ADDRESS", "PREFIX", "PATH", "VERDICT", "WHY", "SENT TO"];
    output::list(&report.routes, false, &headings, route)?;
    for peer in &report.peers {
        output::result("")?;
        print_peer(report, peer)?;
    }
    Ok(())
}

fn route(route: &RouteReport) -> Vec<String> {
    let sent = route.deliveries.iter().filter(|delivery| delivery.sent).count();
    vec![
        route.line.to_string(),
        format!("AS{}", route.peer.asn),
        route.peer.address.to_string(),
        route.route.prefix.to_string(),
        shortened(&route.route.path()),
        route.verdict.label().to_owned(),
        route.reasons.iter().chain(&route.info).map(String::as_str).collect::<Vec<_>>().join("; "),
        if route.deliveries.is_empty() {
            String::new()
        } else {
            format!("{sent} of {}", route.deliveries.len())
        },
    ]
}

fn print_peer(report: &Report, peer: &PeerReport) -> anyhow::Result<()> {
    let name = format!("AS{} at {}", peer.peer.asn, peer.peer.address);
    let name = match peer.peer.description.as_str() {
        "" => name,
        description => format!("{name} ({description})"),
    };
    if let Some(why) = &peer.closed {
        output::result(format_args!("{name}: its session is down: {why}"))?;
        return Ok(());
    }
    match peer.received.len() {
        0 => output::result(format_args!("{name} receives nothing"))?,
        1 => output::result(format_args!("{name} receives 1 prefix"))?,
        count => output::result(format_args!("{name} receives {count} prefixes"))?,
    }
    if !peer.received.is_empty() {
        let headings = ["  PREFIX", "NEXT HOP", "PATH", "COMMUNITIES"];
        output::list(&peer.received, false, &headings, |route| {
            vec![
                format!("  {}", route.prefix),
                route.next_hop.to_string(),
                shortened(&route.path()),
                communities(route),
            ]
        })?;
    }
    print_ways(report, peer)
}

/// What a neighbour doesn't get, by reason, and what comes to it prepended.
fn print_ways(report: &Report, peer: &PeerReport) -> anyhow::Result<()> {
    let (mut withheld, mut without_effect) = (Vec::new(), Vec::new());
    for route in &report.routes {
        let own = route.deliveries.iter().filter(|delivery| delivery.peer.address == peer.peer.address);
        for delivery in own {
            let what = format!("{} of AS{}", route.route.prefix, route.peer.asn);
            let reason = delivery.reason.as_deref().unwrap_or_default();
            if delivery.prepended > 0 {
                output::result(format_args!("  {what} is prepended {} times: {reason}", delivery.prepended))?;
            } else if !delivery.sent {
                add(&mut withheld, reason, what.clone());
            }
            if let Some(reason) = &delivery.without_effect {
                add(&mut without_effect, reason, what);
            }
        }
    }
    print_groups("not ", withheld)?;
    print_groups("", without_effect)
}

fn add<'a>(groups: &mut Vec<(&'a str, Vec<String>)>, reason: &'a str, what: String) {
    match groups.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, all)) => all.push(what),
        None => groups.push((reason, vec![what])),
    }
}

/// Routes that share a reason, a line for each reason.
fn print_groups(before: &str, groups: Vec<(&str, Vec<String>)>) -> anyhow::Result<()> {
    for (reason, all) in groups {
        let more = match all.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = all.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        output::result(format_args!("  {before}{named}{more}: {reason}"))?;
    }
    Ok(())
}

fn communities(route: &Route) -> String {
    let standard = route.communities.iter().map(ToString::to_string);
    let large = route.large_communities.iter().map(ToString::to_string);
    standard.chain(large).collect::<Vec<_>>().join(" ")
}

/// A path in which repetitions are counted, as they can be written in the file: `64500x3`.
fn shortened(path: &str) -> String {
    let mut parts: Vec<(&str, usize)> = Vec::new();
    for word in path.split_whitespace() {
        match parts.last_mut() {
            Some((last, times)) if *last == word => *times += 1,
            _ => parts.push((word, 1)),
        }
    }
    let part = |(word, times): (&str, usize)| match times {
        1 => word.to_owned(),
        times => format!("{word}x{times}"),
    };
    parts.into_iter().map(part).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn repetitions_in_a_path_are_counted() {
        assert_eq!(shortened(""), "");
        assert_eq!(shortened("64498 64498 64498 1 {2,3} 1 1"), "64498x3 1 {2,3} 1x2");
    }
}
