//! What sFlow collectors are configured by: where samples go, and whose a MAC address is.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    net::IpAddr,
};

use ixpd_db::{
    Database, DbErr, WallClock,
    query::{
        mac_address::{self, MappedMac},
        sflow::{self, InterfaceMac, Receiver},
    },
};
use ixpd_types::MacAddr;
use serde::Serialize;
use utoipa::ToSchema;

use super::incomplete::{IncompleteLog, IncompleteRows};
use crate::sample::Sample;

/// The tag that samples of a receiver's MAC addresses get, for pmacct's `pre_tag_map`: two lines an address.
///
/// # Errors
/// When the database fails.
pub async fn pretag_map(db: &Database, log: &IncompleteLog) -> Result<String, DbErr> {
    let snapshot = db.begin_read().await?;
    let receivers = sflow::receivers(&snapshot).await?;
    let learned = by_interface(&sflow::learned(&snapshot).await?);
    snapshot.commit().await?;
    let mut map = String::new();
    // Several receivers of one virtual interface have the same tag.
    let mut incomplete = IncompleteRows::default();
    let tags: BTreeSet<i32> =
        complete(receivers, &mut incomplete).iter().map(|receiver| receiver.id).collect();
    log.report(RECEIVERS, &incomplete);
    for tag in tags {
        for mac in learned.get(&tag).into_iter().flatten() {
            for direction in ["src_mac", "dst_mac"] {
                line(&mut map, format_args!("set_tag={tag}       {direction}={mac}"));
            }
        }
    }
    Ok(map)
}

/// Where samples of a tag go, for pmacct's `tee_receivers`. Receivers without a virtual interface, or whose address isn't
/// one, are comments at the end.
///
/// # Errors
/// When the database fails.
pub async fn receivers_list(db: &Database, log: &IncompleteLog) -> Result<String, DbErr> {
    let mut incomplete = IncompleteRows::default();
    let mut list = String::new();
    for Complete { id, host, dst_port, .. } in
        complete(sflow::receivers(db.connection()).await?, &mut incomplete)
    {
        line(&mut list, format_args!("id={id}       ip={host}:{dst_port}       tag={id}"));
    }
    log.report(RECEIVERS, &incomplete);
    for row in incomplete.comments() {
        // pmacct's sign of a comment.
        line(&mut list, format_args!("! {}", row.as_str()));
    }
    Ok(list)
}

/// The name of the receivers in the log.
const RECEIVERS: &str = "sflow-receivers";

/// A receiver to which samples can be sent.
struct Complete {
    /// `virtualinterface.id`.
    id: i32,
    /// As pmacct takes it.
    host: String,
    /// As it is stored.
    dst_ip: String,
    dst_port: i32,
}

/// The receivers that have a virtual interface and an address.
fn complete(receivers: Vec<Receiver>, incomplete: &mut IncompleteRows) -> Vec<Complete> {
    let mut found = Vec::with_capacity(receivers.len());
    for Receiver { id, virtual_interface_id, dst_ip, dst_port } in receivers {
        let mut tell = |problem| incomplete.add("sflow_receiver", id, Some(&dst_ip), problem);
        let Some(virtual_interface_id) = virtual_interface_id else {
            tell("left out: it belongs to no virtual interface; set sflow_receiver.virtual_interface_id");
            continue;
        };
        let Some(host) = collector(&dst_ip) else {
            tell("left out: sflow_receiver.dst_ip is neither an address nor a host name; correct it");
            continue;
        };
        found.push(Complete { id: virtual_interface_id, host, dst_ip, dst_port });
    }
    found
}

/// The host of a receiver as pmacct takes it: an address, that of IPv6 in brackets, or a host name.
fn collector(dst_ip: &str) -> Option<String> {
    let dst_ip = dst_ip.trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    match dst_ip.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => Some(format!("[{address}]")),
        Ok(IpAddr::V4(address)) => Some(address.to_string()),
        Err(_) => (!dst_ip.is_empty() && dst_ip.bytes().all(is_name)).then(|| dst_ip.to_owned()),
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a text can't fail.
    let _ = writeln!(text, "{words}");
}

/// The receivers of sFlow samples.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SflowReceivers, example = ReceiverDocument::sample)]
pub struct ReceiverDocument {
    /// By id.
    pub receiver_list: Vec<ReceiverEntry>,
    /// What the exchange's clock shows, in the form of a time in UTC.
    pub timestamp: String,
    /// The release of IXP Manager whose API this is.
    pub ixpmanager_version: &'static str,
}

/// A receiver.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SflowReceiver, example = ReceiverEntry::sample)]
pub struct ReceiverEntry {
    /// `virtualinterface.id`: whose samples it gets.
    pub virtualinterfaceid: i32,
    /// Where they are sent.
    pub dst_ip: String,
    /// The UDP port there.
    pub dst_port: i32,
    /// The MAC addresses of the virtual interface.
    pub macaddresses: ReceiverMacs,
}

/// MAC addresses, with colons.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SflowReceiverMacs, example = ReceiverMacs::sample)]
pub struct ReceiverMacs {
    /// Those that switches saw.
    pub learned: Vec<String>,
    /// Those that are allowed.
    pub configured: Vec<String>,
}

impl Sample for ReceiverDocument {
    fn sample() -> Self {
        Self {
            receiver_list: vec![Sample::sample()],
            timestamp: "2026-06-15T12:00:00Z".to_owned(),
            ixpmanager_version: "7.4.0",
        }
    }
}

impl Sample for ReceiverEntry {
    fn sample() -> Self {
        Self {
            virtualinterfaceid: 1,
            dst_ip: "192.0.2.140".to_owned(),
            dst_port: 6_343,
            macaddresses: Sample::sample(),
        }
    }
}

impl Sample for ReceiverMacs {
    fn sample() -> Self {
        let macs = || vec!["00:00:5e:00:53:01".to_owned()];
        Self { learned: macs(), configured: macs() }
    }
}

/// The receivers with their MAC addresses; `now` and `version` go into the document.
///
/// # Errors
/// When the database fails.
pub async fn receiver_document(
    db: &Database,
    log: &IncompleteLog,
    now: WallClock,
    version: &'static str,
) -> Result<ReceiverDocument, DbErr> {
    let snapshot = db.begin_read().await?;
    let rows = sflow::receivers_with_macs(&snapshot).await?;
    snapshot.commit().await?;
    let (learned, configured) = (by_interface(&rows.learned), by_interface(&rows.configured));
    let macs = |of: &HashMap<i32, Vec<MacAddr>>, id| {
        of.get(&id).into_iter().flatten().map(ToString::to_string).collect()
    };
    let entry = |receiver: Complete| ReceiverEntry {
        virtualinterfaceid: receiver.id,
        macaddresses: ReceiverMacs {
            learned: macs(&learned, receiver.id),
            configured: macs(&configured, receiver.id),
        },
        dst_ip: receiver.dst_ip,
        dst_port: receiver.dst_port,
    };
    let mut incomplete = IncompleteRows::default();
    let receivers = complete(rows.receivers, &mut incomplete);
    log.report(RECEIVERS, &incomplete);
    Ok(ReceiverDocument {
        receiver_list: receivers.into_iter().map(entry).collect(),
        timestamp: now.naive().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        ixpmanager_version: version,
    })
}

/// The addresses of each virtual interface, each once.
fn by_interface(rows: &[InterfaceMac]) -> HashMap<i32, Vec<MacAddr>> {
    let mut texts: HashMap<_, Vec<&str>> = HashMap::new();
    for row in rows {
        texts.entry(row.virtual_interface_id).or_default().push(&row.mac);
    }
    texts.into_iter().map(|(interface, texts)| (interface, MacAddr::distinct(texts))).collect()
}

/// VLAN interfaces by MAC address (twelve hex digits), by VLAN tag, by infrastructure.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = MacMap::sample)]
pub struct MacMap(BTreeMap<i32, BTreeMap<i32, BTreeMap<String, i32>>>);

impl Sample for MacMap {
    fn sample() -> Self {
        let interfaces = BTreeMap::from([("00005e005301".to_owned(), 1)]);
        Self([(1, [(10, interfaces)].into())].into())
    }
}

/// Whose the learned MAC addresses are.
///
/// # Errors
/// When the database fails.
pub async fn learned_macs(db: &Database, log: &IncompleteLog) -> Result<MacMap, DbErr> {
    Ok(mac_map(mac_address::learned(db.connection()).await?, "macaddress.mac", log))
}

/// Whose the configured MAC addresses are.
///
/// # Errors
/// When the database fails.
pub async fn configured_macs(db: &Database, log: &IncompleteLog) -> Result<MacMap, DbErr> {
    Ok(mac_map(mac_address::configured(db.connection()).await?, "l2address.mac", log))
}

/// The map of `rows`. Of several rows with one address on one VLAN the last counts; text of `column` that is no MAC
/// address, and VLANs without tag, are left out.
fn mac_map(rows: Vec<MappedMac>, column: &'static str, log: &IncompleteLog) -> MacMap {
    let (mut map, mut incomplete) = (MacMap::default(), IncompleteRows::default());
    for row in rows {
        let mut tell =
            |problem: String| incomplete.add("vlaninterface", row.vlan_interface_id, None, problem);
        let Some(vlan_number) = row.vlan_number.filter(|number| *number != 0) else {
            tell("MAC addresses left out: its VLAN has no tag; set vlan.number".to_owned());
            continue;
        };
        let Ok(mac) = row.mac.parse::<MacAddr>() else {
            tell(format!("MAC address `{}` left out: it isn't twelve hex digits; correct {column}", row.mac));
            continue;
        };
        let vlans = map.0.entry(row.infrastructure_id).or_default();
        vlans.entry(vlan_number).or_default().insert(mac.column(), row.vlan_interface_id);
    }
    log.report(&format!("sflow-db-mapper: {column}"), &incomplete);
    map
}
