//! Messages, as bytes and as what they mean.

use std::net::{IpAddr, Ipv4Addr};

use bgpkit_parser::{
    models::{
        Afi, AsPath, AsPathSegment, Asn, AsnLength, AttrFlags, Attribute, AttributeValue, BgpMessage,
        BgpOpenMessage, BgpUpdateMessage, Capability, CapabilityValue, Community as StandardCommunity,
        LargeCommunity as Large, NetworkPrefix, Nlri, OptParam, Origin as WireOrigin, ParamValue, Safi,
        capabilities::{BgpCapabilityType, FourOctetAsCapability, MultiprotocolExtensionsCapability},
    },
    parser::bgp::parse_bgp_message,
};
use bytes::Bytes;
use ipnet::IpNet;

use super::route::{Community, LargeCommunity, Origin, PathElement, Route};

/// Octets of a message without extended messages (RFC 4271, 4).
pub const LONGEST_MESSAGE: usize = 4096;
/// Octets before the body.
pub(super) const HEADER: usize = 19;
/// Stands for an AS number of more than 16 bits (RFC 6793).
const AS_TRANS: u16 = 23_456;
/// Seconds without a message after which a session ends.
const HOLD_TIME: u16 = 240;
/// AS numbers of one segment of a path.
const SEGMENT: usize = 255;
/// The type of the parameter that holds capabilities (RFC 5492).
const CAPABILITIES: u8 = 2;

/// A message can't be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BgpError {
    /// An attribute doesn't fit.
    #[error("it can't be put into a BGP message: {0}")]
    Encode(String),
    /// The attributes don't fit into a message together.
    #[error("it takes a BGP message of {0} bytes; accepted: up to {LONGEST_MESSAGE}")]
    TooLong(usize),
    /// It can't be read.
    #[error("a BGP message can't be read: {0}")]
    Decode(String),
}

/// What a message says, as far as a peer in a simulation heeds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Open,
    KeepAlive,
    Update(Update),
    /// Code and subcode.
    Notification(u8, u8),
    RouteRefresh,
}

/// Routes that came and went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Update {
    pub(super) withdrawn: Vec<IpNet>,
    pub(super) announced: Vec<Route>,
}

fn encode(message: &BgpMessage) -> Result<Bytes, BgpError> {
    let bytes = message.encode(AsnLength::Bits32).map_err(|error| BgpError::Encode(error.to_string()))?;
    if bytes.len() > LONGEST_MESSAGE { Err(BgpError::TooLong(bytes.len())) } else { Ok(bytes) }
}

/// The octets that an announcement takes.
///
/// # Errors
/// When it is more than a message holds.
pub fn encoded_length(route: &Route) -> Result<usize, BgpError> {
    Ok(update(route)?.len())
}

pub(super) fn keep_alive() -> Result<Bytes, BgpError> {
    encode(&BgpMessage::KeepAlive)
}

pub(super) fn open(asn: u32, identifier: Ipv4Addr, is_v4: bool) -> Result<Bytes, BgpError> {
    let afi = if is_v4 { Afi::Ipv4 } else { Afi::Ipv6 };
    let capabilities = vec![
        Capability {
            ty: BgpCapabilityType::MULTIPROTOCOL_EXTENSIONS_FOR_BGP_4,
            value: CapabilityValue::MultiprotocolExtensions(MultiprotocolExtensionsCapability::new(
                afi,
                Safi::Unicast,
            )),
        },
        Capability {
            ty: BgpCapabilityType::ROUTE_REFRESH_CAPABILITY_FOR_BGP_4,
            value: CapabilityValue::Raw(Vec::new()),
        },
        Capability {
            ty: BgpCapabilityType::SUPPORT_FOR_4_OCTET_AS_NUMBER_CAPABILITY,
            value: CapabilityValue::FourOctetAs(FourOctetAsCapability::new(asn)),
        },
    ];
    encode(&BgpMessage::Open(BgpOpenMessage {
        version: 4,
        asn: Asn::new_16bit(u16::try_from(asn).unwrap_or(AS_TRANS)),
        hold_time: HOLD_TIME,
        bgp_identifier: identifier,
        extended_length: false,
        opt_params: vec![OptParam {
            param_type: CAPABILITIES,
            param_value: ParamValue::Capacities(capabilities),
        }],
    }))
}

/// An attribute, with room for its length where it is long.
fn attribute(value: AttributeValue, length: usize) -> Attribute {
    let mut attribute = Attribute::from(value);
    if length > usize::from(u8::MAX) {
        attribute.flag |= AttrFlags::EXTENDED;
    }
    attribute
}

/// The path in segments, and its octets.
fn segments(path: &[PathElement]) -> (AsPath, usize) {
    let mut segments = Vec::new();
    let mut sequence = Vec::new();
    let flush = |sequence: &mut Vec<u32>, segments: &mut Vec<AsPathSegment>| {
        segments.extend(sequence.chunks(SEGMENT).map(AsPathSegment::sequence));
        sequence.clear();
    };
    for element in path {
        match element {
            PathElement::Asn(asn) => sequence.push(*asn),
            PathElement::Set(asns) => {
                flush(&mut sequence, &mut segments);
                segments.push(AsPathSegment::set(asns));
            }
        }
    }
    flush(&mut sequence, &mut segments);
    let length = segments.iter().map(|segment| 2 + 4 * segment.len()).sum();
    (AsPath::from_segments(segments), length)
}

pub(super) fn update(route: &Route) -> Result<Bytes, BgpError> {
    let origin = match route.origin {
        Origin::Igp => WireOrigin::IGP,
        Origin::Egp => WireOrigin::EGP,
        Origin::Incomplete => WireOrigin::INCOMPLETE,
    };
    let (path, path_length) = segments(&route.as_path);
    let prefix = NetworkPrefix::new(route.prefix, None);
    let is_v4 = matches!(route.prefix, IpNet::V4(_));
    let mut attributes = vec![
        attribute(AttributeValue::Origin(origin), 1),
        attribute(AttributeValue::AsPath(path), path_length),
    ];
    if is_v4 {
        attributes.push(attribute(AttributeValue::NextHop(route.next_hop), 4));
    }
    if let Some(med) = route.med {
        attributes.push(attribute(AttributeValue::MultiExitDiscriminator(med), 4));
    }
    if !route.communities.is_empty() {
        let all: Vec<_> = route.communities.iter().map(|community| standard(*community)).collect();
        let length = 4 * all.len();
        attributes.push(attribute(AttributeValue::Communities(all), length));
    }
    if !is_v4 {
        let nlri = Nlri::new_reachable(prefix, Some(route.next_hop));
        attributes.push(attribute(AttributeValue::MpReachNlri(nlri), 40));
    }
    if !route.large_communities.is_empty() {
        let large = |community: &LargeCommunity| Large::new(community.0, [community.1, community.2]);
        let all: Vec<_> = route.large_communities.iter().map(large).collect();
        let length = 12 * all.len();
        attributes.push(attribute(AttributeValue::LargeCommunities(all), length));
    }
    encode(&BgpMessage::Update(BgpUpdateMessage {
        withdrawn_prefixes: Vec::new(),
        attributes: attributes.into(),
        announced_prefixes: if is_v4 { vec![prefix] } else { Vec::new() },
    }))
}

/// Those that have names are three values of the others' form (RFC 1997).
fn standard(community: Community) -> StandardCommunity {
    match community {
        Community::NO_EXPORT => StandardCommunity::NoExport,
        Community::NO_ADVERTISE => StandardCommunity::NoAdvertise,
        Community::NO_EXPORT_SUBCONFED => StandardCommunity::NoExportSubConfed,
        Community(asn, value) => StandardCommunity::Custom(Asn::new_16bit(asn), value),
    }
}

fn read_standard(community: &StandardCommunity) -> Community {
    match community {
        StandardCommunity::NoExport => Community::NO_EXPORT,
        StandardCommunity::NoAdvertise => Community::NO_ADVERTISE,
        StandardCommunity::NoExportSubConfed => Community::NO_EXPORT_SUBCONFED,
        StandardCommunity::Custom(asn, value) => Community((*asn).into(), *value),
    }
}

/// Reads one whole message.
pub(super) fn read(bytes: Bytes) -> Result<Message, BgpError> {
    // The library takes a message that is shorter than its header says.
    let said = bytes.get(16..18).map(|length| usize::from(u16::from_be_bytes([length[0], length[1]])));
    if said != Some(bytes.len()) {
        return Err(BgpError::Decode("its length is not that of its header".to_owned()));
    }
    let message = parse_bgp_message(&mut bytes.clone(), false, &AsnLength::Bits32)
        .map_err(|error| BgpError::Decode(error.to_string()))?;
    Ok(match message {
        BgpMessage::Open(_) => Message::Open,
        BgpMessage::KeepAlive => Message::KeepAlive,
        BgpMessage::Notification(notification) => {
            let (code, subcode) = notification.error.get_codes();
            Message::Notification(code, subcode)
        }
        BgpMessage::RouteRefresh(_) => Message::RouteRefresh,
        BgpMessage::Update(update) => Message::Update(read_update(update)?),
    })
}

fn read_update(message: BgpUpdateMessage) -> Result<Update, BgpError> {
    let BgpUpdateMessage { withdrawn_prefixes, attributes, announced_prefixes } = message;
    let mut withdrawn: Vec<IpNet> = withdrawn_prefixes.iter().map(|prefix| prefix.prefix).collect();
    let mut announced: Vec<IpNet> = announced_prefixes.iter().map(|prefix| prefix.prefix).collect();
    let (mut origin, mut as_path, mut next_hop, mut med) = (Origin::Igp, Vec::new(), None, None);
    let (mut communities, mut large_communities) = (Vec::new(), Vec::new());
    for value in attributes {
        match value {
            AttributeValue::Origin(WireOrigin::IGP) => origin = Origin::Igp,
            AttributeValue::Origin(WireOrigin::EGP) => origin = Origin::Egp,
            AttributeValue::Origin(WireOrigin::INCOMPLETE) => origin = Origin::Incomplete,
            AttributeValue::AsPath(path) => as_path = read_path(&path),
            AttributeValue::NextHop(address) => next_hop = Some(address),
            AttributeValue::MultiExitDiscriminator(value) => med = Some(value),
            AttributeValue::Communities(all) => communities = all.iter().map(read_standard).collect(),
            AttributeValue::LargeCommunities(all) => {
                let large =
                    |one: &Large| LargeCommunity(one.global_admin, one.local_data[0], one.local_data[1]);
                large_communities = all.iter().map(large).collect();
            }
            AttributeValue::MpReachNlri(nlri) => {
                next_hop = nlri.next_hop.map(|address| address.global_addr());
                announced.extend(nlri.prefixes.iter().map(|prefix| prefix.prefix));
            }
            AttributeValue::MpUnreachNlri(nlri) => {
                withdrawn.extend(nlri.prefixes.iter().map(|prefix| prefix.prefix));
            }
            _ => {}
        }
    }
    let next_hop: Option<IpAddr> = next_hop;
    let next_hop = match next_hop {
        Some(address) => address,
        None if announced.is_empty() => return Ok(Update { withdrawn, announced: Vec::new() }),
        None => return Err(BgpError::Decode("a route comes without next hop".to_owned())),
    };
    communities.sort_unstable();
    large_communities.sort_unstable();
    let route = |prefix| Route {
        prefix,
        as_path: as_path.clone(),
        next_hop,
        origin,
        med,
        communities: communities.clone(),
        large_communities: large_communities.clone(),
    };
    Ok(Update { withdrawn, announced: announced.into_iter().map(route).collect() })
}

fn read_path(path: &AsPath) -> Vec<PathElement> {
    let mut all = Vec::new();
    for segment in path.iter_segments() {
        match segment {
            AsPathSegment::AsSequence(asns) | AsPathSegment::ConfedSequence(asns) => {
                all.extend(asns.iter().map(|asn| PathElement::Asn(asn.into())));
            }
            AsPathSegment::AsSet(asns) | AsPathSegment::ConfedSet(asns) => {
                all.push(PathElement::Set(asns.iter().map(u32::from).collect()));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(prefix: &str, next_hop: &str) -> Route {
        Route {
            prefix: prefix.parse().unwrap(),
            as_path: vec![PathElement::Asn(64_498), PathElement::Asn(4_200_000_000)],
            next_hop: next_hop.parse().unwrap(),
            origin: Origin::Incomplete,
            med: Some(7),
            communities: vec![Community(0, 64_500), Community(65_535, 65_281), Community(65_535, 0)],
            large_communities: vec![LargeCommunity(64_496, 0, 64_500), LargeCommunity(u32::MAX, 1, 2)],
        }
    }

    fn again(route: &Route) -> Route {
        match read(update(route).unwrap()).unwrap() {
            Message::Update(update) => {
                assert_eq!((update.withdrawn.len(), update.announced.len()), (0, 1));
                update.announced[0].clone()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn announcement_is_read_as_it_was_written() {
        for mut given in [route("20.0.0.0/16", "192.0.2.3"), route("2a00:1::/32", "2001:db8:1::3")] {
            given.communities.sort_unstable();
            assert_eq!(again(&given), given);
            given.as_path = Vec::new();
            (given.communities, given.large_communities, given.med) = (Vec::new(), Vec::new(), None);
            assert_eq!(again(&given), given);
            given.as_path = vec![
                PathElement::Asn(1),
                PathElement::Set(vec![2, 3]),
                PathElement::Asn(4),
                PathElement::Asn(4),
            ];
            assert_eq!(again(&given), given);
        }
    }

    /// By RFC 4271, 4.3 and 5, and RFC 8092, 3: written down by hand.
    #[test]
    fn announcement_has_the_bytes_of_the_rfc() {
        let given = Route {
            as_path: vec![PathElement::Asn(64_498)],
            origin: Origin::Igp,
            med: None,
            communities: vec![Community(0, 1)],
            large_communities: vec![LargeCommunity(1, 2, 3)],
            ..route("20.0.0.0/14", "192.0.2.3")
        };
        let mut expected = vec![0xFF; 16];
        expected.extend([0, 68, 2, 0, 0, 0, 42]);
        expected.extend([0x40, 1, 1, 0]);
        expected.extend([0x40, 2, 6, 2, 1, 0, 0, 0xFB, 0xF2]);
        expected.extend([0x40, 3, 4, 192, 0, 2, 3]);
        expected.extend([0xC0, 8, 4, 0, 0, 0, 1]);
        expected.extend([0xC0, 32, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]);
        expected.extend([14, 20, 0]);
        assert_eq!(update(&given).unwrap().to_vec(), expected);
    }

    #[test]
    fn long_attributes_have_room_and_too_long_ones_are_refused() {
        let mut given = route("20.0.0.0/16", "192.0.2.3");
        given.as_path = (0..300).map(|n| PathElement::Asn(64_500 + n)).collect();
        given.large_communities = (0..100).map(|n| LargeCommunity(1, 2, n)).collect();
        given.communities.sort_unstable();
        assert_eq!(again(&given), given);
        given.large_communities = (0..400).map(|n| LargeCommunity(1, 2, n)).collect();
        let error = encoded_length(&given).unwrap_err().to_string();
        assert!(error.contains("up to 4096"), "{error}");
    }

    #[test]
    fn open_names_a_long_as_number_in_its_capability() {
        let bytes = open(4_200_000_000, Ipv4Addr::new(169, 254, 0, 1), false).unwrap();
        assert_eq!(&bytes[20..22], 23_456_u16.to_be_bytes());
        assert!(bytes.windows(6).any(|part| part == [65, 4, 0xFA, 0x56, 0xEA, 0x00]));
        assert!(bytes.windows(6).any(|part| part == [1, 4, 0, 2, 0, 1]), "IPv6 unicast");
        assert_eq!(read(bytes), Ok(Message::Open));
    }

    #[test]
    fn withdrawals_are_read() {
        let mut bytes = vec![0xFF; 16];
        bytes.extend([0, 26, 2, 0, 3, 16, 20, 0, 0, 0]);
        let expected = Update { withdrawn: vec!["20.0.0.0/16".parse().unwrap()], announced: Vec::new() };
        assert_eq!(read(bytes.into()), Ok(Message::Update(expected)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fail_otherwise_than_by_an_error(
            kind in 1_u8..6,
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = vec![0xFF; 16];
            bytes.extend(u16::try_from(HEADER + body.len()).unwrap().to_be_bytes());
            bytes.push(kind);
            bytes.extend(body);
            let _ = read(bytes.into());
        }
    }
}
