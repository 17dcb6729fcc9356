//! Configurations of routers, written from the database for BIRD.
//!
//! [`RouterConfigs::prepare`] reads one snapshot, judges it, and renders everything but the sets of IRR data, so that
//! whatever is wrong is said before the first byte. [`Prepared`] then streams: the preamble at once, the rest when the
//! sets are there, the mark of the end last.

mod cache;
mod error;
mod neighbours;
mod options;
mod skin;
mod stream;
mod template;
mod ui_filters;

use std::{collections::BTreeSet, io::Write, path::PathBuf};

use chrono::NaiveDate;
use ixpd_db::{
    Database,
    entity::{routers, vlan},
    query::router_config as data,
    sea_orm::DatabaseTransaction,
};
use ixpd_render::{
    Engine, RenderError,
    router::{Dialect, Piece, RouterRenderer, RouterView, RtrServer, end_marker, text::label, write_asns},
};
use ixpd_types::{Protocol, RouterType};

pub use cache::{IrrCache, IrrSets};
pub use error::RouterConfigError;
pub use stream::STALLED_AFTER;

use self::{
    cache::SetsByCustomer,
    error::Refusals,
    neighbours::{Neighbours, Policy},
    options::Options,
    template::RouterTemplate,
};
use crate::config::{Config, RouterConfig, RtrConfig};

/// The configurations of this exchange's routers.
#[derive(Debug)]
pub struct RouterConfigs {
    engine: Engine,
    skin_dir: Option<PathBuf>,
    settings: RouterConfig,
    cache: IrrCache,
}

impl RouterConfigs {
    /// With the settings and templates that an operator has.
    pub fn new(config: &Config) -> Self {
        Self {
            engine: Engine::new(config.skin_dir()),
            skin_dir: config.skin_dir(),
            settings: config.router.clone(),
            cache: IrrCache::default(),
        }
    }

    /// Reads and judges what the configuration of a router needs. `today` is a date of `APP_TIMEZONE`.
    ///
    /// # Errors
    /// Everything that keeps the router from being configured. What keeps a single neighbour from it is a warning in
    /// the configuration.
    pub async fn prepare(
        &self,
        db: &Database,
        handle: &str,
        today: NaiveDate,
    ) -> Result<Prepared, RouterConfigError> {
        let snapshot = db.begin_read().await?;
        let Some((router, vlan)) = data::router(&snapshot, handle).await? else {
            return Err(RouterConfigError::UnknownHandle);
        };
        let template = RouterTemplate::parse(&router)?;
        let protocol = Refusals::of(&router).protocol()?;
        let filter = data::NeighbourFilter {
            vlan_id: router.vlan_id,
            protocol,
            today,
            any_port_status: router.quarantine,
        };
        let rows = Rows {
            neighbours: data::neighbours(&snapshot, filter).await?,
            addresses: data::peering_addresses(&snapshot, router.vlan_id, protocol).await?,
            route_servers: data::route_server_asns(&snapshot, router.vlan_id, protocol).await?,
            ui_filters: data::ui_filters(&snapshot, router.vlan_id, protocol).await?,
            with_prefixes: data::irr::customers_with_prefixes(&snapshot, protocol).await?,
        };
        let (dialect, dialect_warning) = template.dialect(router.software_version.as_deref());
        let settings = &self.settings;
        let job = Job { router: &router, template, dialect, dialect_warning, protocol, settings };
        let parts = self.render(&job, &vlan, &rows)?;
        Ok(Prepared {
            handle: router.handle,
            protocol,
            preamble: parts.preamble,
            customers: parts.customers,
            parts: parts.parts,
            snapshot,
        })
    }

    fn render(&self, job: &Job<'_>, vlan: &vlan::Model, rows: &Rows) -> Result<Rendered, RouterConfigError> {
        let neighbours = Neighbours::of(job, rows);
        skin::refuse_unported(self.skin_dir.as_deref(), job.template, |asn| neighbours.have(asn))?;
        let view = router_view(job, vlan, &neighbours)?;
        let renderer = RouterRenderer::new(&self.engine, job.template.kind, &view);
        let mut customers = BTreeSet::new();
        let mut parts = Vec::new();
        for group in neighbours.groups() {
            for one in &group.policies {
                customers.extend(one.irr_customer);
                add_policy(&mut parts, job, one, renderer.policy(&one.view)?);
            }
            for session in &group.sessions {
                parts.push(Part::Text(renderer.session(session)?));
            }
        }
        parts.push(Part::Text(renderer.ending()?));
        Ok(Rendered { preamble: renderer.preamble()?, parts, customers })
    }

    /// The kept IRR data.
    pub fn cache(&self) -> &IrrCache {
        &self.cache
    }
}

/// The rows that a configuration is made of, beside the router itself.
#[derive(Debug, Default)]
struct Rows {
    neighbours: Vec<data::Neighbour>,
    addresses: Vec<data::PeeringAddress>,
    route_servers: Vec<u32>,
    ui_filters: Vec<data::UiFilter>,
    /// Members with at least one prefix.
    with_prefixes: BTreeSet<i32>,
}

/// The router that a configuration is for.
struct Job<'a> {
    router: &'a routers::Model,
    template: RouterTemplate,
    dialect: Dialect,
    dialect_warning: Option<String>,
    protocol: Protocol,
    settings: &'a RouterConfig,
}

impl Job<'_> {
    fn options(&self) -> Options<'_> {
        Options::of(&self.settings.options, &self.router.handle, self.template.kind, &self.dialect)
    }

    fn has_rpki(&self) -> bool {
        self.router.rpki && !self.settings.rtr.is_empty()
    }

    /// The length of a single address.
    fn address_length(&self) -> u8 {
        if self.protocol == Protocol::V4 { 32 } else { 128 }
    }

    fn is_route_server(&self) -> bool {
        i32::from(self.router.r#type) == RouterType::RouteServer.code()
    }

    fn is_as112(&self) -> bool {
        i32::from(self.router.r#type) == RouterType::As112.code()
    }
}

struct Rendered {
    preamble: String,
    parts: Vec<Part>,
    customers: BTreeSet<i32>,
}

/// A part of the configuration after the preamble. Texts hold passwords.
enum Part {
    Text(String),
    /// The AS numbers of a member, or this one where it has registered none.
    Asns {
        customer_id: i32,
        or: u32,
    },
    Prefixes {
        customer_id: i32,
        /// The longest prefix that is accepted within a registered one; `None` for those as they are registered.
        longest: Option<u8>,
    },
}

fn add_policy(parts: &mut Vec<Part>, job: &Job<'_>, policy: &Policy, pieces: Vec<Piece>) {
    let usual = policy.view.more_specifics.then(|| job.settings.longest(job.protocol));
    for piece in pieces {
        parts.push(match (piece, policy.irr_customer) {
            (Piece::Text(text), _) => Part::Text(text),
            (Piece::Asns, Some(customer_id)) => Part::Asns { customer_id, or: policy.view.asn },
            (Piece::Prefixes, Some(customer_id)) => Part::Prefixes { customer_id, longest: usual },
            (Piece::Covered, Some(customer_id)) => {
                Part::Prefixes { customer_id, longest: Some(job.address_length()) }
            }
            // A skin's template that asks for a set where there is no filter by IRR data.
            (Piece::Asns | Piece::Prefixes | Piece::Covered, None) => Part::Text(String::new()),
        });
    }
}

fn router_view(
    job: &Job<'_>,
    vlan: &vlan::Model,
    neighbours: &Neighbours,
) -> Result<RouterView, RouterConfigError> {
    let Job { router, template, protocol, settings, .. } = job;
    let (refusals, options) = (Refusals::of(router), job.options());
    let (asn_constant, address_constant) = template.constants();
    let longest = settings.longest(*protocol);
    let rtr_servers: &[RtrConfig] = if router.rpki { &settings.rtr } else { &[] };
    let own = template.warning().map(str::to_owned).into_iter().chain(job.dialect_warning.clone());
    let left_out = options.left_out(neighbours.asked, router.bgp_lc);
    Ok(RouterView {
        handle: refusals.handle()?,
        name: label(&router.name),
        role: template.kind.label(),
        vlan_name: label(vlan.name.as_deref().unwrap_or_default()),
        vlan_tag: vlan.number,
        protocol: *protocol,
        asn: refusals.asn()?,
        asn_is_short: u16::try_from(router.asn).is_ok(),
        router_id: refusals.router_id()?.to_string(),
        address: refusals.peering_ip()?,
        asn_constant,
        address_constant,
        dialect: job.dialect.clone(),
        warnings: own.chain(left_out).chain(neighbours.warnings.iter().cloned()).collect(),
        large_communities: router.bgp_lc,
        passes_well_known_communities: router.rfc1997_passthru,
        longest,
        too_long: too_long(*protocol, longest, job.address_length()),
        import_table: settings.rpki_reload.holds_for(&router.handle) && !rtr_servers.is_empty(),
        rtr_servers: rtr_servers.iter().zip(["rpki1", "rpki2"]).map(rtr_view).collect(),
        transit_asns: settings.transit_free_asns.iter().map(|asn| asn.0).collect(),
        never_via_asns: options.never_via(),
        blackhole: neighbours.asked.blackhole,
        blackhole_next_hop: options.blackhole_next_hop(*protocol).filter(|_| neighbours.asked.blackhole),
        bfd: neighbours.asked.bfd && job.dialect.bfd,
        no_prepend: options.no_prepend(),
        no_prepend_asns: options.no_prepend_asns(),
    })
}

/// The element of a set that has all prefixes longer than `longest`; single addresses where none is.
fn too_long(protocol: Protocol, longest: u8, address_length: u8) -> String {
    let all = if protocol == Protocol::V4 { "0.0.0.0/0" } else { "::/0" };
    format!("{all}{{{},{address_length}}}", (longest + 1).min(address_length))
}

fn rtr_view((rtr, name): (&RtrConfig, &'static str)) -> RtrServer {
    let remote = match rtr.host.parse::<std::net::IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => format!("\"{}\"", rtr.host),
    };
    RtrServer { name, remote, port: rtr.port, min_version: rtr.min_version, max_version: rtr.max_version }
}

/// A configuration that is complete but for the IRR data.
pub struct Prepared {
    handle: String,
    protocol: Protocol,
    preamble: String,
    parts: Vec<Part>,
    /// Whose IRR data are needed.
    customers: BTreeSet<i32>,
    snapshot: DatabaseTransaction,
}

impl std::fmt::Debug for Prepared {
    /// Without the text, which holds passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl Prepared {
    /// Writes the whole configuration.
    ///
    /// # Errors
    /// When the database or `out` fails.
    pub async fn write_to(self, cache: &IrrCache, out: &mut impl Write) -> anyhow::Result<()> {
        out.write_all(self.preamble.as_bytes())?;
        let (rest, sets) = self.fetch(cache).await?;
        rest.write(&sets, out)?;
        Ok(out.flush()?)
    }

    /// Fetches the IRR data and lets go of the snapshot.
    async fn fetch(self, cache: &IrrCache) -> Result<(Rest, SetsByCustomer), ixpd_db::DbErr> {
        let sets = cache.sets(&self.snapshot, self.protocol, &self.customers).await?;
        self.snapshot.commit().await?;
        let Self { handle, parts, .. } = self;
        Ok((Rest { handle, parts }, sets))
    }
}

/// What follows the preamble.
struct Rest {
    handle: String,
    parts: Vec<Part>,
}

impl Rest {
    fn write(&self, sets: &SetsByCustomer, out: &mut impl Write) -> std::io::Result<()> {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.write_all(text.as_bytes())?,
                Part::Asns { customer_id, or } => match sets.get(customer_id) {
                    Some(sets) if !sets.asns.is_empty() => write_asns(&sets.asns, out)?,
                    _ => write_asns(&[*or], out)?,
                },
                Part::Prefixes { customer_id, longest } => match sets.get(customer_id) {
                    Some(sets) => sets.prefixes.write(*longest, out)?,
                    None => {
                        return Err(std::io::Error::other(format!("no IRR data of member {customer_id}")));
                    }
                },
            }
        }
        out.write_all(end_marker(&self.handle).as_bytes())
    }
}

impl From<RenderError> for RouterConfigError {
    fn from(error: RenderError) -> Self {
        Self::Template(error)
    }
}
