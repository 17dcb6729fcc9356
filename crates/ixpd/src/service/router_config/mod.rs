//! Configurations of routers, written from the database for BIRD.
//!
//! [`RouterConfigs::prepare`] reads one snapshot, judges it, and renders everything but the sets of IRR data, so that
//! whatever is wrong is said before the first byte. [`Prepared`] then streams: the preamble at once, the rest when the
//! sets are there, the mark of the end last.

mod cache;
mod cache_file;
mod error;
mod irr_sets;
mod neighbours;
mod options;
mod skin;
mod stream;
mod template;
mod ui_filters;

use std::{collections::BTreeSet, io::Write, path::PathBuf, sync::Arc};

use bytes::Bytes;
use chrono::NaiveDate;
use ixpd_db::{
    Database,
    entity::{routers, vlan},
    query::router_config as data,
};
use ixpd_render::{
    Engine, RenderError,
    router::{
        Dialect, Piece, PolicyView, RouterRenderer, RouterView, RtrServer, end_marker, text::label,
        write_asns,
    },
};
use ixpd_types::{Protocol, RouterType};

pub use cache::{IrrCache, keep_file};
pub use error::RouterConfigError;
pub use irr_sets::{IrrSets, SetsDigest, SetsReader};
pub use stream::STALLED_AFTER;

use self::{
    cache::SetsByCustomer,
    error::Refusals,
    neighbours::{Neighbours, Policy},
    options::Options,
    template::RouterTemplate,
};
use crate::{
    config::{Config, RouterConfig, RtrConfig},
    error::AppError,
    service::together::Together,
    services::Services,
};

/// Configurations up to about this size are made whole, and shared by those who ask for one at the same time.
const SMALL: usize = 1 << 20;
/// About what a prefix takes in a configuration, in bytes.
const PREFIX_TEXT: usize = 24;

/// The configurations of this exchange's routers.
#[derive(Debug)]
pub struct RouterConfigs {
    engine: Engine,
    skin_dir: Option<PathBuf>,
    settings: RouterConfig,
    cache: IrrCache,
    together: Together<(String, NaiveDate), Made>,
}

impl RouterConfigs {
    /// With the settings and templates that an operator has.
    pub fn new(config: &Config) -> Self {
        Self {
            engine: Engine::new(config.skin_dir()),
            skin_dir: config.skin_dir(),
            settings: config.router.clone(),
            cache: IrrCache::new(&config.server.data_dir),
            together: Together::default(),
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
        let made = self.together.get((handle.to_owned(), today), self.make(db, handle, today)).await?;
        Ok(Prepared { made, db: db.clone() })
    }

    /// As [`RouterConfigs::prepare`], beside the requests when it is the client's turn. One turn serves all that ask for
    /// the router at the same time.
    ///
    /// # Errors
    /// Also 503 when too many wait for a turn already.
    pub async fn prepare_in_turn(
        services: &Services,
        handle: &str,
        today: NaiveDate,
    ) -> Result<Prepared, AppError> {
        let in_turn = async {
            let (making, handle) = (services.clone(), handle.to_owned());
            let make = Box::pin(async move { making.router_configs.make(&making.db, &handle, today).await });
            Ok::<_, AppError>(services.heavy.run_async(make).await??)
        };
        let made = services.router_configs.together.get((handle.to_owned(), today), in_turn).await?;
        Ok(Prepared { made, db: services.db.clone() })
    }

    async fn make(&self, db: &Database, handle: &str, today: NaiveDate) -> Result<Made, RouterConfigError> {
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
        let neighbours = data::neighbours(&snapshot, filter).await?;
        let members = neighbours.iter().map(|row| row.customer_id).collect();
        let rows = Rows {
            neighbours,
            addresses: data::peering_addresses(&snapshot, router.vlan_id, protocol).await?,
            route_servers: data::route_server_asns(&snapshot, router.vlan_id, protocol).await?,
            ui_filters: data::ui_filters(&snapshot, router.vlan_id, protocol).await?,
            sets: self.cache.in_memory(&snapshot, protocol, &members).await?,
        };
        snapshot.commit().await?;
        let (dialect, dialect_warning) = template.dialect(router.software_version.as_deref());
        let settings = &self.settings;
        let job = Job { router: &router, template, dialect, dialect_warning, protocol, settings };
        let parts = self.render(&job, &vlan, &rows)?;
        let rest = Rest {
            handle: router.handle,
            protocol,
            parts: parts.parts,
            customers: parts.customers,
            sets: rows.sets,
        };
        let whole = if rest.is_small() { rest.whole(&parts.preamble) } else { None };
        Ok(Made { preamble: parts.preamble.into(), rest: Arc::new(rest), whole })
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
                let mut of_policy = parts_of(job, one, renderer.policy(&one.view)?);
                if let Some(customer_id) = one.irr_customer.filter(|id| !rows.sets.contains_key(id)) {
                    // Reading its data takes longer than the first byte may; both are judged now.
                    let without = PolicyView { has_prefixes: false, ..one.view.clone() };
                    let without = parts_of(job, one, renderer.policy(&without)?);
                    of_policy = vec![Part::ByPrefixes { customer_id, with: of_policy, without }];
                }
                parts.append(&mut of_policy);
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
    /// IRR data that are in memory; those of other members are yet to be read.
    sets: SetsByCustomer,
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
    /// A policy whose text depends on whether a member has prefixes, which isn't known yet.
    ByPrefixes {
        customer_id: i32,
        with: Vec<Part>,
        without: Vec<Part>,
    },
}

fn parts_of(job: &Job<'_>, policy: &Policy, pieces: Vec<Piece>) -> Vec<Part> {
    let usual = policy.view.more_specifics.then(|| job.settings.longest(job.protocol));
    let part = |piece| match (piece, policy.irr_customer) {
        (Piece::Text(text), _) => Part::Text(text),
        (Piece::Asns, Some(customer_id)) => Part::Asns { customer_id, or: policy.view.asn },
        (Piece::Prefixes, Some(customer_id)) => Part::Prefixes { customer_id, longest: usual },
        (Piece::Covered, Some(customer_id)) => {
            Part::Prefixes { customer_id, longest: Some(job.address_length()) }
        }
        // A skin's template that asks for a set where there is no filter by IRR data.
        (Piece::Asns | Piece::Prefixes | Piece::Covered, None) => Part::Text(String::new()),
    };
    pieces.into_iter().map(part).collect()
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
    let asn_is_short = u16::try_from(router.asn).is_ok();
    let left_out = options.left_out(neighbours.asked, router.bgp_lc, asn_is_short);
    Ok(RouterView {
        handle: refusals.handle()?,
        name: label(&router.name),
        role: template.kind.label(),
        vlan_name: label(vlan.name.as_deref().unwrap_or_default()),
        vlan_tag: vlan.number,
        protocol: *protocol,
        asn: refusals.asn()?,
        asn_is_short,
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
        no_announce_32bit: options.no_announce_32bit(),
        no_announce_32bit_asns: options.no_announce_32bit_asns(),
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

/// What requests at the same time share of a configuration.
#[derive(Clone)]
struct Made {
    preamble: Bytes,
    rest: Arc<Rest>,
    /// All of it, where it is small and every set is at hand.
    whole: Option<Bytes>,
}

/// A configuration that is complete but for the IRR data.
pub struct Prepared {
    made: Made,
    db: Database,
}

impl std::fmt::Debug for Prepared {
    /// Without the text, which holds passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("handle", &self.made.rest.handle).finish_non_exhaustive()
    }
}

impl Prepared {
    /// Writes the whole configuration.
    ///
    /// # Errors
    /// When the database or `out` fails.
    pub async fn write_to(self, cache: &IrrCache, out: &mut impl Write) -> anyhow::Result<()> {
        out.write_all(&self.made.preamble)?;
        let (rest, sets) = self.fetch(cache).await?;
        rest.write(&sets, out)?;
        Ok(out.flush()?)
    }

    /// Fetches the IRR data that weren't in memory.
    async fn fetch(self, cache: &IrrCache) -> Result<(Arc<Rest>, SetsByCustomer), ixpd_db::DbErr> {
        let rest = self.made.rest;
        let mut sets = rest.sets.clone();
        sets.extend(cache.load(&self.db, rest.protocol, &rest.missing()).await?);
        Ok((rest, sets))
    }
}

/// What follows the preamble. Texts hold passwords.
struct Rest {
    handle: String,
    protocol: Protocol,
    parts: Vec<Part>,
    /// Whose IRR data are needed.
    customers: BTreeSet<i32>,
    /// Those that were in memory.
    sets: SetsByCustomer,
}

impl Rest {
    /// Whose IRR data are yet to be read.
    fn missing(&self) -> BTreeSet<i32> {
        self.customers.iter().filter(|id| !self.sets.contains_key(id)).copied().collect()
    }

    /// Whether it can be written at once and is small.
    fn is_small(&self) -> bool {
        let mut length = 0;
        for part in &self.parts {
            length += match part {
                Part::Text(text) => text.len(),
                Part::Asns { customer_id, .. } => {
                    self.sets.get(customer_id).map_or(0, |sets| sets.asns.len() * PREFIX_TEXT)
                }
                Part::Prefixes { customer_id, .. } => {
                    self.sets.get(customer_id).map_or(0, |sets| sets.prefixes.len() * PREFIX_TEXT)
                }
                Part::ByPrefixes { .. } => return false,
            };
        }
        length <= SMALL
    }

    fn whole(&self, preamble: &str) -> Option<Bytes> {
        let mut text = Vec::with_capacity(SMALL);
        text.extend_from_slice(preamble.as_bytes());
        self.write(&self.sets, &mut text).ok()?;
        text.shrink_to_fit();
        Some(text.into())
    }

    fn write(&self, sets: &SetsByCustomer, out: &mut impl Write) -> std::io::Result<()> {
        Self::write_parts(&self.parts, sets, out)?;
        out.write_all(end_marker(&self.handle).as_bytes())
    }

    fn write_parts(parts: &[Part], sets: &SetsByCustomer, out: &mut impl Write) -> std::io::Result<()> {
        for part in parts {
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
                Part::ByPrefixes { customer_id, with, without } => {
                    let has_prefixes = sets.get(customer_id).is_some_and(|sets| !sets.prefixes.is_empty());
                    Self::write_parts(if has_prefixes { with } else { without }, sets, out)?;
                }
            }
        }
        Ok(())
    }
}

impl From<RenderError> for RouterConfigError {
    fn from(error: RenderError) -> Self {
        Self::Template(error)
    }
}
