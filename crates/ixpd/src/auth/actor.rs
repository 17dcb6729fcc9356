//! The one on whose behalf a request is answered.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use ixpd_types::Privilege;

use crate::{auth::key_level::KeyLevel, error::AppError};

/// A user acting for one of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// `user.id`.
    pub user_id: i32,
    /// `user.username`.
    pub username: String,
    /// `user.name`, a person's name.
    pub name: Option<String>,
    /// `user.email`.
    pub email: Option<String>,
    /// `cust.id` of the member acted for.
    pub customer_id: i32,
    /// `cust.name`.
    pub customer_name: String,
    /// `customer_to_users.privs` of the two.
    pub privilege: Privilege,
}

impl Principal {
    /// What people are shown: the person's name, or the user name where there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.username)
    }
}

/// By which credential a request is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A browser's session.
    Session {
        /// The superuser behind an impersonated session.
        impersonator_id: Option<i32>,
    },
    /// An API key.
    ApiKey {
        /// `api_keys.id`.
        key_id: i64,
        /// How logs call the key: its identifier, or the first characters of a legacy one.
        label: String,
        /// What the key may do.
        level: KeyLevel,
    },
}

/// Nobody, or a principal with its credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor(pub Option<Authenticated>);

/// A principal and the credential that proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// Who.
    pub principal: Principal,
    /// By what.
    pub credential: Credential,
}

impl Actor {
    /// The principal, if there is one.
    pub fn principal(&self) -> Option<&Principal> {
        self.0.as_ref().map(|authenticated| &authenticated.principal)
    }

    /// The privilege, [`Privilege::Public`] for nobody.
    pub fn privilege(&self) -> Privilege {
        self.principal().map_or(Privilege::Public, |principal| principal.privilege)
    }

    /// How logs name the actor. Never a secret.
    pub fn label(&self) -> String {
        match &self.0 {
            None => "nobody".to_owned(),
            Some(Authenticated { principal, credential: Credential::ApiKey { label, .. } }) => {
                format!("{} by key {label}", principal.username)
            }
            Some(Authenticated {
                principal,
                credential: Credential::Session { impersonator_id: Some(id) },
            }) => {
                format!("{} impersonated by user {id}", principal.username)
            }
            Some(Authenticated { principal, .. }) => principal.username.clone(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// For handlers of routes that need a login: the principal is there.
impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts.extensions.get::<Actor>().and_then(|actor| actor.0.clone()).ok_or(AppError::LoginRequired)
    }
}

impl Authenticated {
    /// The superuser behind an impersonated session.
    pub fn impersonator_id(&self) -> Option<i32> {
        match self.credential {
            Credential::Session { impersonator_id } => impersonator_id,
            Credential::ApiKey { .. } => None,
        }
    }
}
