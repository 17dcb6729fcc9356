//! What keeps a router from being configured.

use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use ixpd_db::{entity::routers, sea_orm::DbErr};
use ixpd_render::RenderError;
use ixpd_types::{Protocol, is_router_handle};

use crate::error::AppError;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum RouterConfigError {
    /// No router has the handle.
    #[error("Unknown router handle")]
    UnknownHandle,
    /// A column of the router can't be used.
    #[error("routers.{field} of {handle} is `{value}`; accepted: {accepted}")]
    Router {
        /// The router.
        handle: String,
        /// The column of `routers`.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        accepted: String,
    },
    /// The skin has a template in PHP.
    #[error(
        "{} is a template of IXP Manager in PHP, which has to be ported: write it anew as {}, or remove it",
        file.display(), port.display()
    )]
    UnportedSkin {
        /// The template.
        file: PathBuf,
        /// Where ixpd looks for its replacement.
        port: PathBuf,
    },
    /// A folder of the skin can't be read.
    #[error("the skin can't be read: {0}")]
    Skin(std::io::Error),
    /// A template is broken.
    #[error(transparent)]
    Template(RenderError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<RouterConfigError> for AppError {
    fn from(error: RouterConfigError) -> Self {
        match error {
            RouterConfigError::UnknownHandle => Self::NotFound("Unknown router handle".into()),
            RouterConfigError::Router { field, .. } => Self::field(field, error.to_string()),
            // The operator's own files, told to superusers alone: the text says which.
            RouterConfigError::UnportedSkin { .. }
            | RouterConfigError::Skin(_)
            | RouterConfigError::Template(_) => Self::field("template", error.to_string()),
            RouterConfigError::Database(error) => error.into(),
        }
    }
}

/// Judges the columns of a router.
pub(super) struct Refusals<'a>(&'a routers::Model);

impl<'a> Refusals<'a> {
    pub(super) fn of(router: &'a routers::Model) -> Self {
        Self(router)
    }

    pub(super) fn refuse(
        &self,
        field: &'static str,
        value: impl Display,
        accepted: impl Display,
    ) -> RouterConfigError {
        RouterConfigError::Router {
            handle: ixpd_render::router::text::label(&self.0.handle),
            field,
            value: ixpd_render::router::text::label(&value.to_string()),
            accepted: accepted.to_string(),
        }
    }

    pub(super) fn protocol(&self) -> Result<Protocol, RouterConfigError> {
        Protocol::from_code(self.0.protocol)
            .map_err(|_| self.refuse("protocol", self.0.protocol, "4 (IPv4), 6 (IPv6)"))
    }

    /// Stands in a path and in the mark of the end.
    pub(super) fn handle(&self) -> Result<String, RouterConfigError> {
        let handle = &self.0.handle;
        if is_router_handle(handle) {
            Ok(handle.clone())
        } else {
            Err(self.refuse("handle", handle, "letters, digits, `-`, `_` and `.`"))
        }
    }

    pub(super) fn asn(&self) -> Result<u32, RouterConfigError> {
        match self.0.asn {
            0 => Err(self.refuse("asn", 0, "an AS number from 1 to 4294967295")),
            asn => Ok(asn),
        }
    }

    pub(super) fn router_id(&self) -> Result<Ipv4Addr, RouterConfigError> {
        let text = self.0.router_id.trim();
        text.parse()
            .ok()
            .filter(|id: &Ipv4Addr| !id.is_unspecified())
            .ok_or_else(|| self.refuse("router_id", text, "an IPv4 address other than 0.0.0.0"))
    }

    pub(super) fn peering_ip(&self) -> Result<IpAddr, RouterConfigError> {
        let protocol = self.protocol()?;
        let text = self.0.peering_ip.trim();
        address_of(protocol, text)
            .ok_or_else(|| self.refuse("peering_ip", text, format_args!("an {protocol} address")))
    }
}

/// Reads an address of a protocol.
pub(super) fn address_of(protocol: Protocol, text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.trim().parse().ok()?;
    (address.is_ipv4() == (protocol == Protocol::V4) && !address.is_unspecified()).then_some(address)
}
