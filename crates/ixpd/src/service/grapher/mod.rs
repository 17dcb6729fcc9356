//! The configuration of programs that make graphs.

mod mrtg;
mod smokeping;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{config::GrapherBackend, error::AppError, services::Services};

/// Which configuration.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct GrapherParameters {
    /// The program: `mrtg`, which is the default, or `smokeping`.
    #[param(example = "smokeping")]
    pub backend: Option<String>,
    /// Smokeping: the VLAN's id.
    pub vlanid: Option<i32>,
    /// Smokeping: `ipv4` or `ipv6`.
    #[param(example = "ipv4")]
    pub protocol: Option<String>,
    /// The template; `default` if there is none.
    pub template: Option<String>,
    /// Smokeping: the probe; by default `FPing` or `FPing6`.
    pub probe: Option<String>,
    /// Smokeping: one `+` for each level of the tree; by default `+++`.
    pub level: Option<String>,
}

/// The configuration of a program.
///
/// # Errors
/// 404 for a program that takes none and for an unknown VLAN, protocol or template; 422 for a program that is unknown or
/// not among `GRAPHER_BACKENDS`, and for other parameters.
pub async fn configuration(services: &Services, parameters: &GrapherParameters) -> Result<String, AppError> {
    let name = parameters.backend.as_deref().unwrap_or("mrtg");
    let Some(backend) = GrapherBackend::by_name(name) else {
        let names = GrapherBackend::NAMES.map(|(name, _)| name).join(", ");
        return Err(AppError::field(
            "backend",
            format!("`{}` is unknown; accepted are {names}.", name.escape_debug()),
        ));
    };
    if !services.config.grapher.backends.contains(&backend) {
        return Err(AppError::field(
            "backend",
            format!("`{name}` is not enabled; add it to GRAPHER_BACKENDS."),
        ));
    }
    match backend {
        GrapherBackend::Mrtg => mrtg::configuration(services, parameters).await,
        GrapherBackend::Smokeping => smokeping::configuration(services, parameters).await,
        GrapherBackend::Dummy | GrapherBackend::Sflow => {
            Err(AppError::NotFound(format!("The backend `{name}` takes no configuration.").into()))
        }
    }
}
