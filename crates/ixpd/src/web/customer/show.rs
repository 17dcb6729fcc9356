//! One member with its ports and addresses.

use axum::response::Response;
use ixpd_db::query::customer as rows;

use super::view;
use crate::{
    error::AppError,
    form::Path,
    links,
    web::{
        frame::Frame,
        page::{Badge, Level},
        views::customer::ShowPage,
    },
};

/// The member.
///
/// # Errors
/// 404 if there is no such member.
pub async fn show(mut frame: Frame, Path(id): Path<i32>) -> Result<Response, AppError> {
    let db = frame.state.db.connection().clone();
    let member = rows::by_id(&db, id).await?.ok_or_else(AppError::not_found)?;
    let tags = rows::tags_of(&db, id).await?;
    let connections = rows::connections(&db, id).await?;
    let title = view::name(member.name.as_deref(), member.id);
    let page = frame.page_below(&[("Members", links::CUSTOMERS)], title).await?;
    let page = ShowPage {
        page,
        status: view::status(member.status),
        marks: marks(&member, &tags),
        details: view::details(&frame, &member),
        connections: view::connections(&connections),
    };
    frame.render(&page)
}

fn marks(member: &rows::Details, tags: &[rows::Tag]) -> Vec<Badge> {
    let known =
        [(member.is_reseller, "Reseller"), (member.in_manrs, "MANRS"), (member.in_peeringdb, "PeeringDB")];
    let known =
        known.into_iter().filter(|(is_so, _)| *is_so).map(|(_, label)| Badge::new(Level::Neutral, label));
    let tags = tags.iter().map(|tag| {
        let level = if tag.internal_only { Level::Warning } else { Level::Info };
        Badge::new(level, tag.display_as.clone())
    });
    known.chain(tags).collect()
}
