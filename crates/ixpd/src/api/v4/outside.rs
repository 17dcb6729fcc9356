//! What outside services know of networks and exchanges.

use axum::{extract::State, response::Response};
use ixpd_net::http::FetchError;
use ixpd_types::Asn;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{app::AppState, error::AppError, form::Path, php_json::answer, sample::Sample};

/// A network, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(example = NetworkAnswer::sample)]
pub enum NetworkAnswer {
    /// The network as PeeringDB tells it.
    Net(Value),
    /// Why there is none, in words.
    Error(String),
}

impl Sample for NetworkAnswer {
    fn sample() -> Self {
        Self::Net(json!({
            "id": 101,
            "org_id": 201,
            "name": "Alpha Networks",
            "aka": "Alpha",
            "website": "https://alpha.example.net",
            "asn": 64496,
            "irr_as_set": "AS-ALPHA",
            "info_type": "NSP",
            "info_prefixes4": 100,
            "info_prefixes6": 50,
            "policy_general": "Open",
            "poc_set": [{"id": 301, "role": "NOC", "visible": "Public", "email": "noc@alpha.example.net"}],
            "netixlan_set": [{
                "id": 401, "ix_id": 48, "speed": 10000, "ipaddr4": "192.0.2.10", "ipaddr6": "2001:db8::10",
                "is_rs_peer": true
            }],
            "created": "2014-01-06T00:00:00Z",
            "updated": "2026-06-15T10:00:00Z",
            "status": "ok"
        }))
    }
}

/// The network with an AS number, as PeeringDB tells it. Answers with status 200 in any case.
#[utoipa::path(get, path = "/admin/api/v4/customer/query-peeringdb/asn/{asn}", tag = "Outside services",
    params(("asn" = u32, Path, description = "The AS number, without `AS`.", example = 64496)),
    responses((status = 200, description = "The network, or why there is none.", body = NetworkAnswer)),
)]
pub async fn query_peeringdb(
    State(state): State<AppState>,
    Path(asn): Path<u32>,
) -> Result<Response, AppError> {
    let network = match state.lookups.network(Asn(asn)).await {
        Ok(Some(network)) => NetworkAnswer::Net(network),
        Ok(None) => NetworkAnswer::Error(format!("No network with AS{asn} found in PeeringDB")),
        Err(FetchError::Status { status: 429, .. }) => NetworkAnswer::Error(
            "PeeringDB was asked too often and answers no more for a while. IXP_API_PEERING_DB_API_KEY raises what it allows."
                .to_owned(),
        ),
        Err(error) => {
            tracing::warn!(%error, "PeeringDB failed");
            NetworkAnswer::Error(format!("PeeringDB gave no answer: {error}"))
        }
    };
    answer(&network)
}

/// The ids in the IX-F database of exchanges that are known to use IXP Manager. At most two minutes old.
#[utoipa::path(get, path = "/api/v4/ixpmanager-users/ixf-ids", tag = "Outside services", responses(
    (status = 200, description = "The ids, in the order of the list.", body = Vec<i64>, example = json!([20, 21])),
    (status = 503, description = "The list's site does not answer and has not for a day; the text says how it failed.", body = String),
))]
pub async fn ixf_ids(State(state): State<AppState>) -> Result<Response, AppError> {
    let ids = state.lookups.known_users().await.map_err(|error| {
        AppError::Unavailable(format!("The list of IXP Manager's users can't be had: {error}.").into())
    })?;
    answer(&*ids)
}
