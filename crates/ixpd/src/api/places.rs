//! Lists of exchanges and facilities to choose from, by id.

use axum::{extract::State, response::Response};
use ixpd_net::peeringdb::Place;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{app::AppState, error::AppError, php_json::answer, sample::Sample, service::lookup::List};

/// An exchange in PeeringDB.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PeeringDbExchange::sample)]
pub struct PeeringDbExchange {
    /// Its id there.
    pub pdb_id: i64,
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// Two letters.
    pub country: Option<String>,
}

/// A facility in PeeringDB.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PeeringDbFacility::sample)]
pub struct PeeringDbFacility {
    /// Its id there.
    pub id: i64,
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// Two letters.
    pub country: Option<String>,
}

/// An exchange in the IX-F database.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = IxfExchange::sample)]
pub struct IxfExchange {
    /// Its id there.
    pub ixf_id: i64,
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// Two letters.
    pub country: Option<String>,
}

impl Sample for PeeringDbExchange {
    fn sample() -> Self {
        Self {
            pdb_id: 48,
            name: Some("Example IXP".to_owned()),
            city: Some("Dublin".to_owned()),
            country: Some("IE".to_owned()),
        }
    }
}

impl Sample for PeeringDbFacility {
    fn sample() -> Self {
        Self {
            id: 7,
            name: Some("Example House".to_owned()),
            city: Some("Dublin".to_owned()),
            country: Some("IE".to_owned()),
        }
    }
}

impl Sample for IxfExchange {
    fn sample() -> Self {
        Self {
            ixf_id: 42,
            name: Some("Example IXP".to_owned()),
            city: Some("Dublin".to_owned()),
            country: Some("IE".to_owned()),
        }
    }
}

/// Every exchange in PeeringDB, by id. At most an hour old, unless PeeringDB fails.
#[utoipa::path(get, path = "/peeringdb/ix", tag = "Outside services", responses(
    (status = 200, description = "The exchanges; `[]` where there is none.", body = std::collections::BTreeMap<String, PeeringDbExchange>,
        example = json!({"48": PeeringDbExchange::sample()})),
    (status = 503, description = "PeeringDB does not answer and has not for a day; the text says how it failed.", body = String),
))]
pub async fn peeringdb_exchanges(State(state): State<AppState>) -> Result<Response, AppError> {
    list(&state, List::PeeringDbExchanges, "PeeringDB", |place| PeeringDbExchange {
        pdb_id: place.id,
        name: place.name.clone(),
        city: place.city.clone(),
        country: place.country.clone(),
    })
    .await
}

/// Every facility in PeeringDB, by id. At most an hour old, unless PeeringDB fails.
#[utoipa::path(get, path = "/peeringdb/fac", tag = "Outside services", responses(
    (status = 200, description = "The facilities; `[]` where there is none.", body = std::collections::BTreeMap<String, PeeringDbFacility>,
        example = json!({"7": PeeringDbFacility::sample()})),
    (status = 503, description = "PeeringDB does not answer and has not for a day; the text says how it failed.", body = String),
))]
pub async fn peeringdb_facilities(State(state): State<AppState>) -> Result<Response, AppError> {
    list(&state, List::PeeringDbFacilities, "PeeringDB", |place| PeeringDbFacility {
        id: place.id,
        name: place.name.clone(),
        city: place.city.clone(),
        country: place.country.clone(),
    })
    .await
}

/// Every exchange in the IX-F database, by id. At most an hour old, unless the database fails.
#[utoipa::path(get, path = "/ix-f/ixp", tag = "Outside services", responses(
    (status = 200, description = "The exchanges; `[]` where there is none.", body = std::collections::BTreeMap<String, IxfExchange>,
        example = json!({"42": IxfExchange::sample()})),
    (status = 503, description = "The IX-F database does not answer and has not for a day; the text says how it failed.", body = String),
))]
pub async fn ixf_exchanges(State(state): State<AppState>) -> Result<Response, AppError> {
    list(&state, List::IxfExchanges, "The IX-F database", |place| IxfExchange {
        ixf_id: place.id,
        name: place.name.clone(),
        city: place.city.clone(),
        country: place.country.clone(),
    })
    .await
}

async fn list<T: Serialize>(
    state: &AppState,
    list: List,
    service: &str,
    view: fn(&Place) -> T,
) -> Result<Response, AppError> {
    let places = state
        .lookups
        .list(list)
        .await
        .map_err(|error| AppError::Unavailable(format!("{service} gave no answer: {error}.").into()))?;
    let mut by_id: Map<String, Value> = Map::new();
    for place in places.iter() {
        by_id.insert(place.id.to_string(), serde_json::to_value(view(place))?);
    }
    answer(&by_id)
}
