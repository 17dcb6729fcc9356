//! The first page after logging in.

use axum::response::Response;
use ixpd_db::query::{
    customer::{self as customers, Details, Recent},
    dashboard::{self as rows, Numbers, PlaceCount},
};
use ixpd_types::{CustomerType, Privilege};

use super::{
    customer::view,
    frame::Frame,
    views::{
        customer::CustomerDetails,
        dashboard::{
            ContactView, CountRow, Figure, MemberPage, PlaceRow, RecentMember, SuperuserPage, VlanRow,
        },
    },
};
use crate::{config::ContactIdentity, error::AppError, links};

/// Members shown as new.
const RECENT: u64 = 5;

/// The numbers of the exchange.
///
/// # Errors
/// When the database fails.
pub async fn superuser(mut frame: Frame) -> Result<Response, AppError> {
    let now = frame.state.wall_now();
    let numbers = rows::numbers(frame.state.db.connection(), now.date()).await?;
    let page = SuperuserPage {
        page: frame.page("Dashboard").await?,
        figures: figures(&frame, &numbers),
        members_by_type: numbers
            .types
            .iter()
            .map(|row| CountRow {
                label: view::customer_type(row.customer_type),
                count: row.members.unsigned_abs(),
            })
            .collect(),
        ports_by_speed: numbers
            .speeds
            .iter()
            .map(|row| CountRow { label: speed_or_none(row.speed), count: row.ports.unsigned_abs() })
            .collect(),
        infrastructures: numbers.infrastructures.iter().map(place).collect(),
        facilities: numbers.facilities.iter().map(place).collect(),
        vlans: numbers.vlans.iter().map(vlan).collect(),
        as_of: now.naive().format("%Y-%m-%d %H:%M").to_string(),
    };
    frame.render(&page)
}

fn figures(frame: &Frame, numbers: &Numbers) -> Vec<Figure> {
    let members = numbers.types.iter().filter(|row| row.customer_type != Some(CustomerType::Internal.code()));
    let members: i64 = members.map(|row| row.members).sum();
    let ports: i64 = numbers.speeds.iter().map(|row| row.ports).sum();
    let capacity: i64 = numbers.speeds.iter().map(|row| row.speed.saturating_mul(row.ports)).sum();
    vec![
        Figure { href: Some(frame.href(links::CUSTOMERS)), ..figure("Members", members.to_string()) },
        figure("Connected ports", ports.to_string()),
        figure("Connected capacity", speed_or_none(capacity)),
        figure("Members with a port", numbers.connected_members.to_string()),
        figure("Route server clients", numbers.route_server_clients.to_string()),
    ]
}

fn figure(label: &str, value: String) -> Figure {
    Figure { label: label.to_owned(), value, href: None }
}

fn speed_or_none(mbits: i64) -> String {
    let speed = view::speed(mbits);
    if speed.is_empty() { "None".to_owned() } else { speed }
}

fn place(row: &PlaceCount) -> PlaceRow {
    PlaceRow {
        name: row.name.clone().unwrap_or_default(),
        members: row.members.unsigned_abs(),
        ports: row.ports.unsigned_abs(),
        speed: view::speed(row.speed),
    }
}

fn vlan(row: &rows::VlanCount) -> VlanRow {
    VlanRow {
        name: row.name.clone().unwrap_or_default(),
        infrastructure: row.infrastructure_name.clone().unwrap_or_default(),
        members: row.members.unsigned_abs(),
        route_server_clients: row.route_server_clients.unsigned_abs(),
        ipv6: row.ipv6.unsigned_abs(),
    }
}

/// A member's own page: its details, ports and addresses, and whom to ask. Superusers are led to theirs.
///
/// # Errors
/// When the database fails.
pub async fn member(mut frame: Frame) -> Result<Response, AppError> {
    let who = frame.authenticated()?.principal.clone();
    if who.privilege == Privilege::Superuser {
        return Ok(frame.redirect(links::ADMIN_DASHBOARD));
    }
    let today = frame.state.wall_now().date();
    let db = frame.state.db.connection().clone();
    let member = customers::by_id(&db, who.customer_id).await?.ok_or_else(AppError::not_found)?;
    let connections = customers::connections(&db, who.customer_id).await?;
    let recent = customers::recent(&db, today, RECENT).await?;
    let connected = connections.ports.iter().filter(|port| view::is_connected(port)).count();
    let capacity = view::connected_speed(connections.ports.iter());
    let page = MemberPage {
        page: frame.page(view::name(member.name.as_deref(), member.id)).await?,
        figures: vec![
            figure("Connected ports", connected.to_string()),
            figure("Capacity", speed_or_none(capacity)),
            figure("Status", view::status(member.status).label),
        ],
        details: own_details(&frame, &member),
        contacts: contacts(&frame),
        connections: view::connections(&connections),
        recent_members: recent.iter().map(recent_member).collect(),
    };
    frame.render(&page)
}

/// Without the link to the reseller, which members may not open.
fn own_details(frame: &Frame, member: &Details) -> CustomerDetails {
    CustomerDetails { reseller: None, ..view::details(frame, member) }
}

fn contacts(frame: &Frame) -> Vec<ContactView> {
    let identity = &frame.state.config.identity;
    let contact = |label: &str, contact: &ContactIdentity| ContactView {
        label: label.to_owned(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
        hours: contact.hours.clone(),
    };
    let all = [contact("Support", &identity.support), contact("Billing", &identity.billing)];
    all.into_iter().filter(|contact| !(contact.email.is_empty() && contact.phone.is_empty())).collect()
}

fn recent_member(member: &Recent) -> RecentMember {
    RecentMember {
        name: member.name.clone().unwrap_or_default(),
        asn: view::as_number(member.autsys),
        joined: member.datejoin.to_string(),
    }
}
