//! Switches as hosts.

use std::collections::HashSet;

use ixpd_db::query::nagios::{self as rows, Switch};
use ixpd_render::text::{
    OneLine,
    nagios::{HostGroups, Infrastructure, NagiosName, NagiosText, SwitchHost, SwitchObject, Switches},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{answer, definition, filled};
use crate::{
    error::AppError,
    service::{
        incomplete::{IncompleteRows, first_filled, name_or},
        template,
    },
    services::Services,
};

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
    let mut incomplete = IncompleteRows::default();
    let shown = hosts(&rows, &mut incomplete);
    services.incomplete.report(&format!("nagios/switches/{infrastructure_id}"), &incomplete);
    let mut groups = HostGroups::default();
    for kind in [of_facility, of_all, of_vendor, of_model] {
        for (row, switch) in &shown {
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
    let name = name_or("infrastructure", infrastructure_id, name.as_ref());
    let infrastructure = Infrastructure { id: infrastructure_id, name: OneLine::new(name.trim()) };
    let hostgroups = groups.finish();
    let context = Switches {
        generated_at: template::now(services),
        infrastructure,
        host_definition,
        switches: shown.into_iter().map(|(_, switch)| switch).collect(),
        hostgroups,
        left_out: incomplete.comments(),
    };
    let noted = [("infrastructure", infrastructure_id)];
    answer(services, &template, &context, "nagios_switches", noted).await
}

/// The switches that are complete, with their hosts; those that are out of use have none.
fn hosts<'r>(rows: &'r [Switch], incomplete: &mut IncompleteRows) -> Vec<(&'r Switch, SwitchHost)> {
    let mut seen = HashSet::new();
    let mut shown = Vec::new();
    for row in rows {
        let host = match object(row, &mut seen) {
            Ok(host) => host,
            Err(problem) => {
                incomplete.add("switch", row.id, row.name.as_deref(), problem);
                continue;
            }
        };
        let left_out = host.is_none().then_some("is not in use");
        let name = first_filled([&row.name, &row.hostname]).unwrap_or_default();
        shown.push((row, SwitchHost { id: row.id, name: OneLine::new(name), host, left_out }));
    }
    shown
}

/// What is checked of a switch; nothing if it is out of use.
fn object(row: &Switch, seen: &mut HashSet<NagiosName>) -> Result<Option<SwitchObject>, &'static str> {
    if !row.active {
        return Ok(None);
    }
    let host_name =
        filled(row.hostname.as_ref()).ok_or("left out: it has no host name; set switch.hostname")?;
    let address =
        filled(row.ipv4addr.as_ref()).ok_or("left out: it has no IPv4 address; set switch.ipv4addr")?;
    let alias = first_filled([&row.name]).unwrap_or(host_name);
    let object = SwitchObject {
        host_name: NagiosName::new(host_name),
        alias: NagiosText::new(alias),
        address: NagiosText::new(address),
    };
    if !seen.insert(object.host_name.clone()) {
        return Err("left out: it has the host name of another switch; correct switch.hostname");
    }
    Ok(Some(object))
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
