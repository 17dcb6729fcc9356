//! Configured MAC addresses of VLAN interfaces: superusers manage all, members their own within limits.

use ixpd_db::query::l2_address::{self as rows, Place};
use ixpd_render::mail::{Change, MacAddressChanged};
use ixpd_types::{MacAddr, Privilege};
use serde::Serialize;

use super::{
    audit::{Action, By, Tx},
    outbox::Recipients,
};
use crate::{auth::actor::Principal, error::AppError, services::Services};

/// IXP Manager's name of an address in the trail of changes.
const MODEL: &str = "Layer2Address";

/// What the trail of changes says of an address.
#[derive(Serialize)]
struct Trail<'a> {
    id: i32,
    vlan_interface_id: i32,
    mac: Option<&'a str>,
}

/// Why an address was neither added nor removed, in IXP Manager's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The member has as many as it may have.
    TooMany,
    /// The member has as few as it may have.
    TooFew,
    /// What was sent has not twelve hex digits.
    NoAddress,
    /// A VLAN interface of the VLAN has it.
    Taken,
}

impl Refusal {
    /// The text.
    pub fn message(self) -> &'static str {
        match self {
            Self::TooMany => {
                "The maximum possible MAC addresses have been configured. Please delete a MAC before adding."
            }
            Self::TooFew => {
                "The minimum possible MAC addresses have been configured. Please add a MAC before deleting."
            }
            Self::NoAddress => "Invalid or missing MAC addresses",
            Self::Taken => "The MAC address already exists within this IXP VLAN",
        }
    }
}

/// What came of it, where it wasn't an error.
pub type Outcome = Result<(), Refusal>;

/// Adds an address to a VLAN interface. Of the text only the hex digits count.
///
/// # Errors
/// 404 if there is no such VLAN interface, or members don't manage addresses here; 403 for another member's.
pub async fn create(
    services: &Services,
    by: &By,
    who: &Principal,
    vlan_interface_id: i32,
    text: &str,
) -> Result<Outcome, AppError> {
    may_edit(services, who)?;
    services.write(by, |tx| Box::pin(create_within(services, tx, who, vlan_interface_id, text))).await
}

async fn create_within(
    services: &Services,
    tx: &mut Tx<'_>,
    who: &Principal,
    vlan_interface_id: i32,
    text: &str,
) -> Result<Outcome, AppError> {
    rows::lock_vlan_of(tx.db(), vlan_interface_id).await?;
    let place = rows::place(tx.db(), vlan_interface_id).await?.ok_or_else(AppError::not_found)?;
    owns(who, &place, "VLI / Customer mismatch")?;
    let count = rows::count(tx.db(), vlan_interface_id).await?;
    if who.privilege != Privilege::Superuser && count >= services.config.layer2.most {
        return Ok(Err(Refusal::TooMany));
    }
    let Some(mac) = parse(text) else { return Ok(Err(Refusal::NoAddress)) };
    let taken = match place.vlan_id {
        Some(vlan_id) => rows::is_on_vlan(tx.db(), vlan_id, mac).await?,
        None => false,
    };
    if taken {
        return Ok(Err(Refusal::Taken));
    }
    let column = mac.column();
    let id = rows::insert(tx.db(), vlan_interface_id, &column, tx.now()).await?;
    let trail = Trail { id, vlan_interface_id, mac: Some(&column) };
    tx.note_change(MODEL, id.into(), Action::Created, (), trail).await?;
    tell(services, tx, who, &place, Change::Added, mac.to_string(), count + 1).await?;
    Ok(Ok(()))
}

/// Removes an address.
///
/// # Errors
/// As [`create`].
pub async fn delete(services: &Services, by: &By, who: &Principal, id: i32) -> Result<Outcome, AppError> {
    may_edit(services, who)?;
    services.write(by, |tx| Box::pin(delete_within(services, tx, who, id))).await
}

async fn delete_within(
    services: &Services,
    tx: &mut Tx<'_>,
    who: &Principal,
    id: i32,
) -> Result<Outcome, AppError> {
    let address = rows::locked(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    rows::lock_vlan_of(tx.db(), address.vlan_interface_id).await?;
    let place = rows::place(tx.db(), address.vlan_interface_id).await?.ok_or_else(AppError::not_found)?;
    owns(who, &place, "MAC address / Customer mismatch")?;
    let count = rows::count(tx.db(), address.vlan_interface_id).await?;
    if who.privilege != Privilege::Superuser && count <= services.config.layer2.fewest {
        return Ok(Err(Refusal::TooFew));
    }
    rows::delete(tx.db(), id).await?;
    let column = address.mac.unwrap_or_default();
    let trail = Trail { id, vlan_interface_id: address.vlan_interface_id, mac: Some(&column) };
    tx.note_change(MODEL, id.into(), Action::Deleted, trail, ()).await?;
    let mac = column.parse::<MacAddr>().map_or(column, |mac| mac.to_string());
    tell(services, tx, who, &place, Change::Removed, mac, count.saturating_sub(1)).await?;
    Ok(Ok(()))
}

/// Where members don't manage addresses, there is nothing here for them.
fn may_edit(services: &Services, who: &Principal) -> Result<(), AppError> {
    let may = who.privilege == Privilege::Superuser || services.config.layer2.customers_may_edit;
    if may { Ok(()) } else { Err(AppError::not_found()) }
}

fn owns(who: &Principal, place: &Place, refusal: &'static str) -> Result<(), AppError> {
    let owns = who.privilege == Privilege::Superuser || place.customer_id == Some(who.customer_id);
    if owns { Ok(()) } else { Err(AppError::Forbidden(refusal.into())) }
}

fn parse(text: &str) -> Option<MacAddr> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    digits.parse().ok()
}

async fn tell(
    services: &Services,
    tx: &Tx<'_>,
    who: &Principal,
    place: &Place,
    change: Change,
    mac: String,
    count: u64,
) -> Result<(), AppError> {
    let settings = &services.config.layer2;
    let is_told = settings.superusers_changes_are_told
        || settings.customers_changes_are_told && who.privilege != Privilege::Superuser;
    let Some(address) = settings.told.as_ref().filter(|_| is_told) else { return Ok(()) };
    let mail = MacAddressChanged {
        change,
        mac,
        customer: place.customer_name.clone().unwrap_or_default(),
        vlan: place.vlan_name.clone().unwrap_or_default(),
        vlan_interface_id: place.vlan_interface_id,
        by: who.display_name().to_owned(),
        count,
    };
    services.outbox.queue(tx.db(), tx.now(), &mail, &Recipients::to("", address), None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_their_hex_digits() {
        for text in [
            "02:00:5E:10:00:0a",
            "0200.5e10.000A",
            "02-00-5e-10-00-0a",
            "02005e10000a",
            "{02 00 5e,10:00/0a}",
        ] {
            assert_eq!(parse(text).map(MacAddr::column).as_deref(), Some("02005e10000a"), "{text}");
        }
        for text in ["", "02:00:5e:10:00", "02:00:5e:10:00:0a:0b", "xyz"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
