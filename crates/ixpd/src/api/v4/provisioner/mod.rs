//! What switches are configured by. Each document comes as YAML or JSON, told by the end of the path, and of a switch
//! named by its id or its name.

pub mod core_bundles;
pub mod layer2;
pub mod layer3;
pub mod routing;
pub mod switches;
pub mod vlans;

use utoipa::IntoParams;

use crate::output_format::OutputFormat;

/// A switch by its id, and the form of the answer.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SwitchById {
    /// `switch.id`.
    #[param(example = 1)]
    pub switch: i32,
    /// `yaml` or `json`.
    #[param(example = "yaml", inline)]
    pub outformat: OutputFormat,
}

/// A switch by its name, and the form of the answer.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SwitchByName {
    /// `switch.name`.
    #[param(example = "sw1-north")]
    pub switchname: String,
    /// `yaml` or `json`.
    #[param(example = "yaml", inline)]
    pub outformat: OutputFormat,
}
