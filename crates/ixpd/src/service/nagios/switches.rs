//! Switches as hosts.

use std::collections::HashSet;

use ixpd_db::query::nagios::{self as rows, Switch};
use ixpd_render::text::{
    OneLine,
    nagios::{HostGroups, Infrastructure, NagiosName, NagiosText, SwitchHost, SwitchObject, Switches},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer, definition, filled, text};
use crate::{error::AppError, service::template, services::Services};

/// The template that the objects inherit from. An empty one counts as absent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SwitchParameters {
    /// Template of hosts; by default `ixp-manager-production-switch`.
    #[param(example = "ixp-manager-production-switch")]
    host_definition: Option<String>,
}

/// The switches of an infrastructure, with groups by facility, vendor and model.
///
/// # Errors
/// 404 for an unknown infrastructure or template, 422 for a parameter.
pub async fn switches(
    services: &Services,
    infrastructure_id: i32,
    template_name: Option<&str>,
    parameters: &SwitchParameters,
) -> Result<String, AppError> {
    let db = services.db.connection();
    let Some(name) = rows::infrastructure(db, infrastructure_id).await? else {
        let text = format!("There is no infrastructure with the id {infrastructure_id}.");
        return Err(AppError::NotFound(text.into()));
    };
    let template = template::named::<Switches>(services, template_name)?;
    let host_definition = definition(
        "host_definition",
        parameters.host_definition.as_deref(),
        "ixp-manager-production-switch",
    )?;
    let rows = rows::switches(db, infrastructure_id).await?;
    let mut seen = HashSet::new();
    let switches: Vec<_> = rows.iter().map(|row| host(row, &mut seen)).collect();
    let mut groups = HostGroups::default();
    for kind in [of_facility, of_all, of_vendor, of_model] {
        for (row, switch) in rows.iter().zip(&switches) {
            if let (Some(object), Some((group, alias))) = (&switch.host, kind(row)) {
                let (prefix, suffix) = group;
                groups.add(
                    &format!("{prefix}-infraid-{infrastructure_id}{suffix}"),
                    &alias,
                    &object.host_name,
                );
            }
        }
    }
    let infrastructure = Infrastructure { id: infrastructure_id, name: OneLine::new(text(name.as_ref())) };
    let hostgroups = groups.finish();
    let context = Switches {
        generated_at: template::now(services),
        infrastructure,
        host_definition,
        switches,
        hostgroups,
    };
    let noted = [("infrastructure", infrastructure_id)];
    answer(services, &template, &context, "nagios_switches", noted).await
}

fn host(row: &Switch, seen: &mut HashSet<NagiosName>) -> SwitchHost {
    let name = text(row.name.as_ref());
    let checked = check(row, name).and_then(|object| {
        if seen.insert(object.host_name.clone()) {
            Ok(object)
        } else {
            Err("has the host name of another switch")
        }
    });
    let (host, left_out) = match checked {
        Ok(object) => (Some(object), None),
        Err(reason) => (None, Some(reason)),
    };
    SwitchHost { id: row.id, name: OneLine::new(name), host, left_out }
}

fn check(row: &Switch, name: &str) -> Result<SwitchObject, &'static str> {
    if !row.active {
        return Err("is not in use");
    }
    let host_name = filled(row.hostname.as_ref()).ok_or("has no host name")?;
    let address = filled(row.ipv4addr.as_ref()).ok_or("has no IPv4 address")?;
    let alias = if name.trim().is_empty() { host_name } else { name };
    Ok(SwitchObject {
        host_name: NagiosName::new(host_name),
        alias: NagiosText::new(alias),
        address: NagiosText::new(address),
    })
}

/// What a group's name has before and behind the infrastructure, and its alias.
type Group = ((&'static str, String), String);

fn of_facility(row: &Switch) -> Option<Group> {
    let location = filled(row.location_shortname.as_ref())?;
    Some((("ixp-switches", format!("-{}", location.to_lowercase())), format!("Switches at {location}")))
}

#[expect(clippy::unnecessary_wraps, reason = "one of four kinds of groups")]
fn of_all(_: &Switch) -> Option<Group> {
    Some((("ixp-production-switches", String::new()), "All switches in use".to_owned()))
}

fn of_vendor(row: &Switch) -> Option<Group> {
    let vendor = filled(row.vendor_shortname.as_ref())?;
    Some((("ixp-switches", format!("-{}", vendor.to_lowercase())), format!("Switches by {vendor}")))
}

fn of_model(row: &Switch) -> Option<Group> {
    let (vendor, model) = (filled(row.vendor_shortname.as_ref())?, filled(row.model.as_ref())?);
    let plain: String = model
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .collect();
    let suffix = format!("-{}-{plain}", vendor.to_lowercase());
    Some((("ixp-switches", suffix), format!("Switches of model {vendor} {model}")))
}
