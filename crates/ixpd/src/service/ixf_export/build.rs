//! Makes the document: its frame and the infrastructures. The members are made in [`super::member`].

use std::{borrow::Cow, collections::HashMap, hash::Hash};

use ixpd_db::query::ixf_export as data;
use ixpd_types::{PeeringPolicy, Protocol};

use super::{
    document::{Export, Ixp, Network, Switch, Vlan},
    filter::Filtered,
    member::Members,
    options::{ExportOptions, Version},
};

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The version demands an IX-F id that neither the infrastructure nor the request gives.
    #[error(
        "The IX-F ID is a required parameter for IX-F export schema versions 0.7 and later, and infrastructure `{name}` has none. \
         Set it on the infrastructure, or request with ixfid_{id}=N (a whole number) or with ignore_missing_ixfid=1."
    )]
    MissingIxfId {
        /// `infrastructure.id`.
        id: i32,
        /// `infrastructure.name`.
        name: String,
    },
    /// The request's id for an infrastructure is no number.
    #[error("`{value}` is not an IX-F id; accepted: a whole number from 0 to {}.", u32::MAX)]
    UnreadableIxfId {
        /// `infrastructure.id`.
        id: i32,
        /// What the request says.
        value: String,
    },
    /// An object could not be filtered.
    #[error("an object of the IX-F export can't be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The document that `options` ask for, made of `data`.
pub fn build<'a>(data: &'a data::ExportData, options: &ExportOptions<'a>) -> Result<Export<'a>, BuildError> {
    let infrastructures = Infrastructures {
        options,
        networks: group(&data.networks, |network| network.infrastructure_id),
        switches: group(&data.switches, |switch| switch.infrastructure_id),
    };
    let members = Members::new(data, options);
    Ok(Export {
        version: options.request.version.name(),
        generator: Cow::Borrowed(&options.profile.generator),
        timestamp: options.made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        ixp_list: data
            .infrastructures
            .iter()
            .map(|infrastructure| infrastructures.ixp(infrastructure))
            .collect::<Result<_, _>>()?,
        member_list: data
            .customers
            .iter()
            .filter_map(|customer| members.member(customer))
            .collect::<Result<_, _>>()?,
    })
}

/// Rows by a key, in their order.
pub(super) fn group<T, K: Hash + Eq>(rows: &[T], key: impl Fn(&T) -> K) -> HashMap<K, Vec<&T>> {
    let mut groups: HashMap<K, Vec<&T>> = HashMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}

/// The value of a column that may be NULL or empty.
pub(super) fn filled(column: Option<&String>) -> Option<&str> {
    column.map(String::as_str).filter(|text| !text.is_empty())
}

/// The name of an infrastructure, or one made of its id: `shortname` is required by the schemas.
fn infrastructure_name(infrastructure: &data::Infrastructure) -> Cow<'_, str> {
    filled(infrastructure.name.as_ref())
        .map_or_else(|| format!("Infrastructure {}", infrastructure.id).into(), Cow::Borrowed)
}

/// What the infrastructures consist of.
struct Infrastructures<'a, 'o> {
    options: &'o ExportOptions<'a>,
    networks: HashMap<i32, Vec<&'a data::Network>>,
    switches: HashMap<i32, Vec<&'a data::Switch>>,
}

impl<'a> Infrastructures<'a, '_> {
    fn ixp(&self, infrastructure: &'a data::Infrastructure) -> Result<Filtered<Ixp<'a>>, BuildError> {
        let profile = self.options.profile;
        let (support, billing) = (&profile.support, &profile.billing);
        let ixp = Ixp {
            shortname: infrastructure_name(infrastructure),
            name: &profile.legal_name,
            country: filled(infrastructure.country.as_ref()).unwrap_or(&profile.country),
            url: &profile.url,
            peeringdb_id: infrastructure.peeringdb_ix_id.filter(|id| *id != 0),
            ixf_id: self.ixf_id(infrastructure)?,
            ixp_id: infrastructure.id,
            support_email: &support.email,
            support_phone: &support.phone,
            support_contact_hours: &support.hours,
            emergency_email: &support.email,
            emergency_phone: &support.phone,
            emergency_contact_hours: &support.hours,
            billing_contact_hours: &billing.hours,
            billing_email: &billing.email,
            billing_phone: &billing.phone,
            peering_policy_list: PeeringPolicy::ALL.iter().map(|policy| policy.code()).collect(),
            vlan: self.vlans(infrastructure.id),
            switch: self.switches(infrastructure.id)?,
        };
        Ok(profile.ixp_keys.apply(ixp)?)
    }

    fn ixf_id(&self, infrastructure: &data::Infrastructure) -> Result<Option<i64>, BuildError> {
        let id = infrastructure.id;
        if let Some(ixf_id) = infrastructure.ixf_ix_id.filter(|id| *id != 0) {
            return Ok(Some(ixf_id));
        }
        if self.options.request.version < Version::V0_7 {
            return Ok(None);
        }
        let missing = &self.options.request.missing_ixf_ids;
        match missing.by_infrastructure.get(&id) {
            Some(value) => {
                let parsed: Result<u32, _> = value.parse();
                parsed
                    .map(|ixf_id| Some(ixf_id.into()))
                    .map_err(|_| BuildError::UnreadableIxfId { id, value: value.clone() })
            }
            None if missing.ignore => Ok(Some(0)),
            None => {
                Err(BuildError::MissingIxfId { id, name: infrastructure_name(infrastructure).into_owned() })
            }
        }
    }

    /// The rows come by VLAN.
    fn vlans(&self, infrastructure_id: i32) -> Vec<Vlan<'a>> {
        let mut vlans: Vec<Vlan<'a>> = Vec::new();
        for row in self.networks.get(&infrastructure_id).into_iter().flatten() {
            if vlans.last().is_none_or(|vlan| vlan.id != row.vlan_id) {
                vlans.push(Vlan {
                    id: row.vlan_id,
                    name: filled(row.vlan_name.as_ref()),
                    ipv4: None,
                    ipv6: None,
                });
            }
            let (Some(vlan), Ok(protocol)) = (vlans.last_mut(), Protocol::from_code(row.protocol)) else {
                continue;
            };
            let network = Network {
                prefix: &row.network,
                mask_length: row.mask_length,
                looking_glass_urls: self.looking_glass_urls(),
            };
            match protocol {
                Protocol::V4 => vlan.ipv4 = Some(network),
                Protocol::V6 => vlan.ipv6 = Some(network),
            }
        }
        vlans
    }

    fn looking_glass_urls(&self) -> Option<[&'a str; 1]> {
        let url = self.options.profile.looking_glass_url.as_deref()?;
        (self.options.request.version >= Version::V0_7).then_some([url])
    }

    fn switches(&self, infrastructure_id: i32) -> serde_json::Result<Vec<Filtered<Switch<'a>>>> {
        let (profile, version) = (self.options.profile, self.options.request.version);
        let rows = self.switches.get(&infrastructure_id).into_iter().flatten();
        rows.map(|row| {
            let manufacturer = filled(row.vendor_name.as_ref()).filter(|_| version >= Version::V0_7);
            profile.switch_keys.apply(Switch {
                id: row.id,
                name: filled(row.name.as_ref()),
                colo: filled(row.location_name.as_ref()),
                city: filled(row.location_city.as_ref()).unwrap_or(&profile.city),
                country: filled(row.location_country.as_ref()).unwrap_or(&profile.country),
                pdb_facility_id: row.pdb_facility_id.filter(|id| *id != 0),
                manufacturer,
                model: manufacturer.and(filled(row.model.as_ref())),
                software: (version >= Version::V1_0).then(|| software(row)),
            })
        })
        .collect()
    }
}

/// The operating system and its version, as far as they are known.
fn software(switch: &data::Switch) -> String {
    let part = |column: &Option<String>| column.as_deref().unwrap_or_default().to_owned();
    format!("{} {}", part(&switch.os), part(&switch.os_version)).trim().to_owned()
}
