//! Questions to a server that speaks the protocol of IRRd.

use std::{collections::HashSet, fmt::Write as _};

use ipnet::IpNet;
use ixpd_types::{Asn, Protocol};

use super::{
    Fetched, IrrError, IrrHost, IrrLimits, IrrName, IrrObject, IrrQuery,
    connection::{Connection, Reply},
    entries::{Origins, Prefixes},
    name::{as_number, set_name},
};

/// Questions that wait for their answers at once.
const WINDOW: usize = 64;
/// AS-SETs that are looked into for one name, where the server names sets in place of their members.
const MOST_SETS: usize = 10_000;

/// The prefixes of the names.
pub(super) async fn prefixes(
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
    protocol: Protocol,
    longest: u8,
) -> Result<Fetched<IpNet>, IrrError> {
    let mut server = Connection::open(host, limits, &query.sources).await?;
    let mut prefixes = Prefixes::new(protocol, longest);
    let mut absent = Vec::new();
    let mut knows_whole_sets = true;
    for name in &query.names {
        let set = match (&name.object, &name.source) {
            (IrrObject::As(number), _) => {
                routes(&mut server, limits, &[*number], protocol, &mut prefixes).await?;
                continue;
            }
            (IrrObject::Set(set), None) => Some(set).filter(|_| knows_whole_sets),
            (IrrObject::Set(_), Some(_)) => None,
        };
        if let Some(set) = set {
            match whole_set(&mut server, limits, set, protocol, &mut prefixes).await? {
                Reply::Data => continue,
                Reply::Refused(_) => knows_whole_sets = false,
                // Absent, without members, or without routes: the long way tells.
                Reply::Empty | Reply::Absent => {}
            }
        }
        let mut origins = Origins::default();
        if !members(&mut server, limits, host, name, &mut origins).await? {
            absent.push(name.to_string());
        }
        let numbers = origins.finish(vec![]).entries;
        routes(&mut server, limits, &numbers, protocol, &mut prefixes).await?;
    }
    Ok(prefixes.finish(absent))
}

/// The AS numbers of the names.
pub(super) async fn origins(
    limits: &IrrLimits,
    host: &IrrHost,
    query: &IrrQuery,
) -> Result<Fetched<u32>, IrrError> {
    let mut server = None;
    let mut origins = Origins::default();
    let mut absent = Vec::new();
    for name in &query.names {
        match name.object {
            IrrObject::As(number) => origins.take(number),
            IrrObject::Set(_) => {
                let server = match &mut server {
                    Some(server) => server,
                    none => none.insert(Connection::open(host, limits, &query.sources).await?),
                };
                if !members(server, limits, host, name, &mut origins).await? {
                    absent.push(name.to_string());
                }
            }
        }
    }
    Ok(origins.finish(absent))
}

/// Has the server put the prefixes of a set together (`!a4`, `!a6`; servers since IRRd 4).
async fn whole_set(
    server: &mut Connection<'_>,
    limits: &IrrLimits,
    set: &str,
    protocol: Protocol,
    prefixes: &mut Prefixes,
) -> Result<Reply, IrrError> {
    let query = format!("!a{}{set}", protocol.code());
    let reply = server.ask(&query, &mut |word| prefixes.take(word)).await?;
    held_to(prefixes.len(), limits, server, &query).map(|()| reply)
}

/// The AS numbers of an AS-SET. False if there is no such set.
///
/// The set of `SOURCE::AS-SET` is looked up in that registry alone, and so are the sets in it; the routes of its
/// networks are looked up where the question says, since those are often registered elsewhere.
async fn members(
    server: &mut Connection<'_>,
    limits: &IrrLimits,
    host: &IrrHost,
    name: &IrrName,
    origins: &mut Origins,
) -> Result<bool, IrrError> {
    let IrrObject::Set(set) = &name.object else { return Ok(true) };
    match &name.source {
        None => expand(server, limits, set, origins).await,
        Some(source) => {
            let mut elsewhere = Connection::open(host, limits, std::slice::from_ref(source)).await?;
            expand(&mut elsewhere, limits, set, origins).await
        }
    }
}

/// Looks into a set and into the sets that the server names in it, each once: sets contain each other.
async fn expand(
    server: &mut Connection<'_>,
    limits: &IrrLimits,
    set: &str,
    origins: &mut Origins,
) -> Result<bool, IrrError> {
    let mut known = HashSet::from([set.to_owned()]);
    let mut waiting = vec![set.to_owned()];
    let mut found = false;
    while let Some(next) = waiting.pop() {
        let query = format!("!i{next},1");
        let reply = server
            .ask(&query, &mut |word| {
                if let Some(number) = as_number(word) {
                    origins.take(number);
                } else if let Some(inner) = set_name(word) {
                    if known.len() <= MOST_SETS && known.insert(inner.clone()) {
                        waiting.push(inner);
                    }
                } else {
                    origins.ignored += 1;
                }
            })
            .await?;
        held_to(origins.len(), limits, server, &query)?;
        if known.len() > MOST_SETS {
            return Err(server.too_large(&query, MOST_SETS, "sets"));
        }
        match reply {
            Reply::Data | Reply::Empty => found |= next == set,
            Reply::Absent => {}
            Reply::Refused(reason) => return Err(server.refused(&query, reason)),
        }
    }
    Ok(found)
}

/// The prefixes that have one of these networks as origin (`!g`, `!6`).
async fn routes(
    server: &mut Connection<'_>,
    limits: &IrrLimits,
    origins: &[u32],
    protocol: Protocol,
    prefixes: &mut Prefixes,
) -> Result<(), IrrError> {
    let question = |number: u32| match protocol {
        Protocol::V4 => format!("!g{}", Asn(number)),
        Protocol::V6 => format!("!6{}", Asn(number)),
    };
    let mut asked = 0;
    let mut lines = String::new();
    for (answered, number) in origins.iter().enumerate() {
        let query = question(*number);
        // Half a window at a time, so that a segment carries many.
        if asked - answered <= WINDOW / 2 {
            lines.clear();
            for next in origins.iter().take(answered + WINDOW).skip(asked) {
                let _ = writeln!(lines, "{}", question(*next));
                asked += 1;
            }
            server.send(&lines, &query).await?;
        }
        match server.reply(&query, &mut |word| prefixes.take(word)).await? {
            Reply::Data | Reply::Empty | Reply::Absent => {}
            Reply::Refused(reason) => return Err(server.refused(&query, reason)),
        }
        held_to(prefixes.len(), limits, server, &query)?;
    }
    Ok(())
}

fn held_to(entries: usize, limits: &IrrLimits, server: &Connection<'_>, query: &str) -> Result<(), IrrError> {
    if entries > limits.entries { Err(server.too_large(&query, limits.entries, "entries")) } else { Ok(()) }
}
