//! IRR data in memory, since reading millions of rows takes seconds.
//!
//! What is kept is used as long as the database says that it is still the same; see [`irr::version`]. Whoever changes
//! the rows, this process or another, need not tell.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use ixpd_db::{
    query::router_config::irr::{self, CustomerVersion, Entries, Version},
    sea_orm::{DatabaseTransaction, DbErr},
};
use ixpd_render::router::PrefixSet;
use ixpd_types::Protocol;
use tokio::sync::Mutex;

/// The IRR data of a member for one protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct IrrSets {
    /// In ascending order.
    pub asns: Vec<u32>,
    /// What can't be read as a prefix of the protocol is left out.
    pub prefixes: PrefixSet,
}

impl IrrSets {
    fn empty(protocol: Protocol) -> Self {
        Self { asns: Vec::new(), prefixes: PrefixSet::empty(protocol) }
    }
}

/// IRR data by member (`cust.id`).
pub(super) type SetsByCustomer = HashMap<i32, Arc<IrrSets>>;

/// The IRR data that were used so far.
#[derive(Debug, Default)]
pub struct IrrCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// The state at which everything in here was last known to be good.
    version: Option<Version>,
    customers: BTreeMap<i32, CustomerVersion>,
    sets: HashMap<(i32, Protocol), (CustomerVersion, Arc<IrrSets>)>,
}

impl IrrCache {
    /// The IRR data of some members, as the snapshot has them. One caller at a time reads rows; others wait for it.
    pub(super) async fn sets(
        &self,
        snapshot: &DatabaseTransaction,
        protocol: Protocol,
        customers: &BTreeSet<i32>,
    ) -> Result<SetsByCustomer, DbErr> {
        if customers.is_empty() {
            return Ok(SetsByCustomer::new());
        }
        let mut kept = self.0.lock().await;
        kept.drop_what_changed(snapshot).await?;
        let is_missing = |id: &&i32| !kept.sets.contains_key(&(**id, protocol));
        let missing: BTreeSet<i32> = customers.iter().filter(is_missing).copied().collect();
        for (customer_id, sets) in load(snapshot, protocol, &missing).await? {
            let version = kept.customers.get(&customer_id).cloned().unwrap_or_default();
            kept.sets.insert((customer_id, protocol), (version, Arc::new(sets)));
        }
        let of = |id: &i32| kept.sets.get(&(*id, protocol)).map(|(_, sets)| (*id, Arc::clone(sets)));
        Ok(customers.iter().filter_map(of).collect())
    }

    /// Forgets everything, as after a start.
    pub async fn clear(&self) {
        *self.0.lock().await = Kept::default();
    }
}

impl Kept {
    async fn drop_what_changed(&mut self, snapshot: &DatabaseTransaction) -> Result<(), DbErr> {
        let version = irr::version(snapshot).await?;
        if self.version.as_ref() == Some(&version) {
            return Ok(());
        }
        self.customers = irr::customer_versions(snapshot, &version).await?;
        let unchanged = CustomerVersion::default();
        self.sets.retain(|(id, _), (version, _)| self.customers.get(id).unwrap_or(&unchanged) == version);
        self.version = Some(version);
        Ok(())
    }
}

async fn load(
    snapshot: &DatabaseTransaction,
    protocol: Protocol,
    customers: &BTreeSet<i32>,
) -> Result<HashMap<i32, IrrSets>, DbErr> {
    let mut sets: HashMap<i32, IrrSets> =
        customers.iter().map(|id| (*id, IrrSets::empty(protocol))).collect();
    let mut unreadable = Unreadable::default();
    irr::each_entry(snapshot, Entries::Asns, protocol, customers, |id, text| {
        match (sets.get_mut(&id), text.parse()) {
            (Some(sets), Ok(asn)) => sets.asns.push(asn),
            (_, Err(_)) => unreadable.note(id, format!("`{text}` is no AS number")),
            (None, _) => {}
        }
    })
    .await?;
    irr::each_entry(snapshot, Entries::Prefixes, protocol, customers, |id, text| {
        if let Some(sets) = sets.get_mut(&id)
            && let Err(error) = sets.prefixes.push(text)
        {
            unreadable.note(id, error.to_string());
        }
    })
    .await?;
    unreadable.log(protocol);
    for sets in sets.values_mut() {
        sets.asns.sort_unstable();
        sets.asns.dedup();
        sets.asns.shrink_to_fit();
        sets.prefixes.settle();
    }
    Ok(sets)
}

/// Rows that can't be read: how many of each member, and what is wrong with the first.
#[derive(Default)]
struct Unreadable(BTreeMap<i32, (usize, String)>);

impl Unreadable {
    fn note(&mut self, customer_id: i32, reason: String) {
        self.0.entry(customer_id).or_insert((0, reason)).0 += 1;
    }

    fn log(&self, protocol: Protocol) {
        for (customer_id, (rows, first)) in &self.0 {
            tracing::warn!(
                customer_id,
                rows,
                first,
                "rows of a member's {protocol} IRR data can't be read and are left out of router configurations"
            );
        }
    }
}
