//! The targets of Smokeping.

use ixpd_db::query::nagios::{self as rows, Service};
use ixpd_render::text::{
    OneLine, Vlan,
    smokeping::{Smokeping, SmokepingTarget, SmokepingText},
};

use super::GrapherParameters;
use crate::{
    error::AppError,
    service::{
        incomplete::{IncompleteRows, filled, protocol_of, without_address},
        nagios::customer_of,
        template,
    },
    services::Services,
};

/// Levels of the tree at most.
const LEVELS: usize = 20;

pub(super) async fn configuration(
    state: &Services,
    parameters: &GrapherParameters,
) -> Result<String, AppError> {
    let Some(vlan_id) = parameters.vlanid else {
        return Err(AppError::NotFound("Which VLAN? Its id goes into the parameter `vlanid`.".into()));
    };
    let vlan = template::vlan(state, vlan_id).await?;
    let protocol = match parameters.protocol.as_deref() {
        Some("ipv4") => 4,
        Some("ipv6") => 6,
        _ => return Err(AppError::NotFound("Unknown protocol: `protocol` is ipv4 or ipv6.".into())),
    };
    let template = template::named::<Smokeping>(state, parameters.template.as_deref())?;
    let default_probe = if protocol == 6 { "FPing6" } else { "FPing" };
    let probe = probe(parameters.probe.as_deref().unwrap_or(default_probe))?;
    let level = level(parameters.level.as_deref().unwrap_or("+++"))?;
    let today = state.wall_now().date();
    let mut services = rows::services(state.db.connection(), vlan.id, protocol == 6, today).await?;
    services.retain(|service| service.enabled && service.can_ping);
    services.sort_by_cached_key(|service| name(service.customer_name.as_ref()).to_lowercase());
    let mut incomplete = IncompleteRows::default();
    let targets =
        services.iter().filter_map(|service| target(service, &vlan, protocol, &mut incomplete)).collect();
    state.incomplete.report(&format!("grapher/config: smokeping {}/{protocol}", vlan.id), &incomplete);
    let context = Smokeping {
        generated_at: template::now(state),
        vlan,
        protocol,
        probe,
        level,
        targets,
        left_out: incomplete.comments(),
    };
    Ok(state.templates.render_text(&template, &context)?)
}

fn name(column: Option<&String>) -> &str {
    column.map_or("", |text| text.trim())
}

fn target(
    service: &Service,
    vlan: &Vlan,
    protocol: u8,
    incomplete: &mut IncompleteRows,
) -> Option<SmokepingTarget> {
    let customer = customer_of(service);
    let Some(address) = filled(service.address.as_ref()) else {
        let problem = without_address(protocol_of(protocol));
        incomplete.add("vlaninterface", service.id, Some(&customer), problem);
        return None;
    };
    let customer = customer.trim();
    let short = match name(service.abbreviated_name.as_ref()) {
        "" => customer,
        short => short,
    };
    Some(SmokepingTarget {
        vliid: service.id,
        customer: OneLine::new(customer),
        menu: SmokepingText::new(&format!("{short} (IPv{protocol})")),
        title: SmokepingText::new(&format!("{} :: {short} via {address}", vlan.name.as_str())),
        host: SmokepingText::new(address),
    })
}

fn probe(text: &str) -> Result<SmokepingText, AppError> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Ok(SmokepingText::new(text));
    }
    let text = text.escape_debug();
    Err(AppError::field(
        "probe",
        format!("`{text}` can't be a probe; accepted are letters, digits, `-` and `_`."),
    ))
}

/// In a URL a `+` is a space, and spaces around a value don't count: as many as are given must arrive as `%2B`.
fn level(text: &str) -> Result<String, AppError> {
    if (1..=LEVELS).contains(&text.len()) && text.bytes().all(|byte| byte == b'+') {
        return Ok(text.to_owned());
    }
    let text = text.escape_debug();
    Err(AppError::field(
        "level",
        format!("`{text}` can't be a level; accepted is one `+` (%2B) for each level."),
    ))
}
