//! Links between the exchange's switches: `corebundles`, `corelinks`, `coreinterfaces`.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// A row of `corebundles`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct CoreBundle {
    pub id: i32,
    pub description: String,
    pub graph_title: String,
    /// See [`ixpd_types::CoreBundleType`].
    pub bundle_type: i32,
    pub cost: Option<u32>,
    pub preference: Option<u32>,
    pub stp: bool,
    pub enabled: bool,
    /// In the form `address/length`; the subnet of the whole bundle.
    pub ipv4_subnet: Option<String>,
}

/// Which end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `core_interface_sidea_id`.
    A,
    /// `core_interface_sideb_id`.
    B,
}

impl Side {
    /// Both, in their order.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The far end, seen from this one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// A row of `corelinks` with its two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreLink {
    pub id: i32,
    pub bundle_id: i32,
    pub enabled: bool,
    pub bfd: bool,
    /// In the form `address/length`; the subnet of this link alone.
    pub ipv4_subnet: Option<String>,
    a: LinkEnd,
    b: LinkEnd,
}

impl CoreLink {
    /// An end of the link.
    pub fn end(&self, side: Side) -> &LinkEnd {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

/// The port at an end of a link, with its switch. What is `None` is missing in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEnd {
    pub physical_interface_id: Option<i32>,
    /// Mbit/s.
    pub speed: Option<i32>,
    pub autoneg: Option<bool>,
    /// `switchport.name`.
    pub port_name: Option<String>,
    /// `switchport.ifName`.
    pub if_name: Option<String>,
    /// `switchport.ifOperStatus`: 1 is up.
    pub oper_status: Option<i32>,
    pub switch_id: Option<i32>,
    pub switch_name: Option<String>,
    pub switch_hostname: Option<String>,
    pub switch_asn: Option<u32>,
    pub infrastructure: Option<i32>,
}

/// A link as a row holds it.
#[derive(FromQueryResult)]
struct Row {
    id: i32,
    bundle_id: i32,
    enabled: bool,
    bfd: bool,
    ipv4_subnet: Option<String>,
    a_physical_interface_id: Option<i32>,
    a_speed: Option<i32>,
    a_autoneg: Option<bool>,
    a_port_name: Option<String>,
    a_if_name: Option<String>,
    a_oper_status: Option<i32>,
    a_switch_id: Option<i32>,
    a_switch_name: Option<String>,
    a_switch_hostname: Option<String>,
    a_switch_asn: Option<u32>,
    a_infrastructure: Option<i32>,
    b_physical_interface_id: Option<i32>,
    b_speed: Option<i32>,
    b_autoneg: Option<bool>,
    b_port_name: Option<String>,
    b_if_name: Option<String>,
    b_oper_status: Option<i32>,
    b_switch_id: Option<i32>,
    b_switch_name: Option<String>,
    b_switch_hostname: Option<String>,
    b_switch_asn: Option<u32>,
    b_infrastructure: Option<i32>,
}

impl From<Row> for CoreLink {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            bundle_id: row.bundle_id,
            enabled: row.enabled,
            bfd: row.bfd,
            ipv4_subnet: row.ipv4_subnet,
            a: LinkEnd {
                physical_interface_id: row.a_physical_interface_id,
                speed: row.a_speed,
                autoneg: row.a_autoneg,
                port_name: row.a_port_name,
                if_name: row.a_if_name,
                oper_status: row.a_oper_status,
                switch_id: row.a_switch_id,
                switch_name: row.a_switch_name,
                switch_hostname: row.a_switch_hostname,
                switch_asn: row.a_switch_asn,
                infrastructure: row.a_infrastructure,
            },
            b: LinkEnd {
                physical_interface_id: row.b_physical_interface_id,
                speed: row.b_speed,
                autoneg: row.b_autoneg,
                port_name: row.b_port_name,
                if_name: row.b_if_name,
                oper_status: row.b_oper_status,
                switch_id: row.b_switch_id,
                switch_name: row.b_switch_name,
                switch_hostname: row.b_switch_hostname,
                switch_asn: row.b_switch_asn,
                infrastructure: row.b_infrastructure,
            },
        }
    }
}

const BUNDLE_COLUMNS: &str = "cb.id, cb.description, cb.graph_title, cb.type AS bundle_type, cb.cost, cb.preference, \
    cb.stp, cb.enabled, cb.ipv4_subnet";

const LINKS: &str = "SELECT cl.id, cl.core_bundle_id AS bundle_id, cl.enabled, cl.bfd, cl.ipv4_subnet, \
    pa.id AS a_physical_interface_id, pa.speed AS a_speed, pa.autoneg AS a_autoneg, spa.name AS a_port_name, \
    spa.ifName AS a_if_name, sa.hostname AS a_switch_hostname, \
    spa.ifOperStatus AS a_oper_status, sa.id AS a_switch_id, sa.name AS a_switch_name, sa.asn AS a_switch_asn, \
    sa.infrastructure AS a_infrastructure, \
    pb.id AS b_physical_interface_id, pb.speed AS b_speed, pb.autoneg AS b_autoneg, spb.name AS b_port_name, \
    spb.ifName AS b_if_name, sb.hostname AS b_switch_hostname, \
    spb.ifOperStatus AS b_oper_status, sb.id AS b_switch_id, sb.name AS b_switch_name, sb.asn AS b_switch_asn, \
    sb.infrastructure AS b_infrastructure \
    FROM corelinks cl \
    LEFT JOIN coreinterfaces cia ON cia.id = cl.core_interface_sidea_id \
    LEFT JOIN physicalinterface pa ON pa.id = cia.physical_interface_id \
    LEFT JOIN switchport spa ON spa.id = pa.switchportid \
    LEFT JOIN `switch` sa ON sa.id = spa.switchid \
    LEFT JOIN coreinterfaces cib ON cib.id = cl.core_interface_sideb_id \
    LEFT JOIN physicalinterface pb ON pb.id = cib.physical_interface_id \
    LEFT JOIN switchport spb ON spb.id = pb.switchportid \
    LEFT JOIN `switch` sb ON sb.id = spb.switchid";

/// The ids of the bundles that have a link with an end on a switch, each once, as a table to join; takes the switch twice.
///
/// One side at a time: for a link whose end is one of two columns MariaDB reads every port of the switch for each link of
/// the exchange.
const TOUCHED: &str = "(SELECT l.core_bundle_id FROM switchport sp \
    JOIN physicalinterface pi ON pi.switchportid = sp.id \
    JOIN coreinterfaces ci ON ci.physical_interface_id = pi.id \
    JOIN corelinks l ON l.core_interface_sidea_id = ci.id WHERE sp.switchid = ? \
    UNION SELECT l.core_bundle_id FROM switchport sp \
    JOIN physicalinterface pi ON pi.switchportid = sp.id \
    JOIN coreinterfaces ci ON ci.physical_interface_id = pi.id \
    JOIN corelinks l ON l.core_interface_sideb_id = ci.id WHERE sp.switchid = ?)";

/// Core bundles with all their links, each by id.
#[derive(Clone, Debug, Default)]
pub struct Core {
    pub bundles: Vec<CoreBundle>,
    pub links: Vec<CoreLink>,
}

/// Every core bundle.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Core, DbErr> {
    let bundles =
        raw::rows(db, format!("SELECT {BUNDLE_COLUMNS} FROM corebundles cb ORDER BY cb.id"), []).await?;
    let links: Vec<Row> = raw::rows(db, format!("{LINKS} ORDER BY cl.id"), []).await?;
    Ok(Core { bundles, links: links.into_iter().map(CoreLink::from).collect() })
}

/// The core bundles that have an end of a link on a switch.
///
/// # Errors
/// When the database fails.
pub async fn of_switch(db: &impl ConnectionTrait, switch_id: i32) -> Result<Core, DbErr> {
    let switch = || [switch_id.into(), switch_id.into()];
    let bundles = format!(
        "SELECT {BUNDLE_COLUMNS} FROM corebundles cb JOIN {TOUCHED} t ON t.core_bundle_id = cb.id ORDER BY cb.id"
    );
    let bundles = raw::rows(db, bundles, switch()).await?;
    let links = format!("{LINKS} JOIN {TOUCHED} t ON t.core_bundle_id = cl.core_bundle_id ORDER BY cl.id");
    let links: Vec<Row> = raw::rows(db, links, switch()).await?;
    Ok(Core { bundles, links: links.into_iter().map(CoreLink::from).collect() })
}
