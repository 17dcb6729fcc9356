//! Everybody's keys, for superusers: to find one that leaked, and to revoke it.

use std::cmp::Ordering;

use axum::response::Response;
use ixpd_db::query::api_key::{self as rows, KeyDetails};

use super::view;
use crate::{
    error::AppError,
    form::{Path, Query},
    links,
    service::{api_key as service, audit::By},
    web::{
        form::Field,
        frame::Frame,
        page::Level,
        table::{DIRECTION, Direction, ListAddress, PAGE, Pagination, SORT, Table},
        views::{
            api_key::{AdminListPage, KeyView, OwnedKey},
            error::ConfirmPage,
        },
    },
};

/// Keys on a page.
const PER_PAGE: u64 = 50;

/// Which keys, in which order.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ListQuery {
    search: String,
    sort: String,
    dir: String,
    page: String,
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn list(mut frame: Frame, Query(query): Query<ListQuery>) -> Result<Response, AppError> {
    let mut keys = rows::all(frame.state.db.connection()).await?;
    let wanted = query.search.trim().to_lowercase();
    keys.retain(|key| is_match(key, &wanted));
    let direction =
        if query.dir == Direction::Descending.code() { Direction::Descending } else { Direction::Ascending };
    sort(&mut keys, &query.sort, direction);
    let path = frame.href(links::ADMIN_API_KEYS);
    let address = ListAddress::new(
        path.clone(),
        [
            ("search", query.search.clone()),
            (SORT, query.sort.clone()),
            (DIRECTION, query.dir.clone()),
            (PAGE, query.page.clone()),
        ],
    );
    let pagination = Pagination::new(keys.len() as u64, query.page.parse().unwrap_or(1), PER_PAGE, &address);
    let first = usize::try_from(pagination.first.saturating_sub(1)).unwrap_or(0);
    let shown = keys.iter().skip(first).take(PER_PAGE as usize);
    let owned = shown.map(|key| owned(&frame, key)).collect();
    let page = frame.page("API keys of all users").await?;
    frame.render(&AdminListPage {
        page,
        table: Table {
            columns: AdminListPage::columns(&address, (&query.sort, direction)),
            pagination,
            csv_href: None,
            reset_href: (!wanted.is_empty()).then(|| path.clone()),
        },
        filter_action: path,
        filter_kept: vec![(SORT.to_owned(), query.sort), (DIRECTION.to_owned(), query.dir)],
        search: Field::new(query.search),
        keys: owned,
    })
}

fn is_match(key: &KeyDetails, wanted: &str) -> bool {
    let texts = [
        key.username.as_deref(),
        key.description.as_deref(),
        key.identifier.as_deref(),
        key.legacy_prefix.as_deref(),
    ];
    wanted.is_empty() || texts.into_iter().flatten().any(|text| text.to_lowercase().contains(wanted))
}

fn sort(keys: &mut [KeyDetails], by: &str, direction: Direction) {
    let compare = |a: &KeyDetails, b: &KeyDetails| -> Ordering {
        match by {
            "key" => a.identifier.cmp(&b.identifier),
            "created" => a.created_at.cmp(&b.created_at),
            "expires" => a.expires.cmp(&b.expires),
            "last_seen" => a.last_seen_at.cmp(&b.last_seen_at),
            _ => a.username.cmp(&b.username),
        }
    };
    keys.sort_by(|a, b| match direction {
        Direction::Ascending => compare(a, b),
        Direction::Descending => compare(b, a),
    });
}

fn owned(frame: &Frame, key: &KeyDetails) -> OwnedKey {
    let revoke = frame.href_to(links::ADMIN_API_KEY_REVOKE, key.id);
    let view = KeyView { delete_href: revoke.clone(), delete_action: revoke, ..view(frame, key, None) };
    let username = key.username.clone().unwrap_or_default();
    OwnedKey {
        owner_name: key
            .owner_name
            .clone()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| username.clone()),
        owner_username: username,
        owner_disabled: key.owner_disabled.unwrap_or(false),
        key: view,
    }
}

/// The question before a key is revoked.
///
/// # Errors
/// 404 if there is no such key.
pub async fn confirm(mut frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let key = rows::by_id(frame.state.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    let page =
        frame.page_below(&[("API keys of all users", links::ADMIN_API_KEYS)], "Revoke API key?").await?;
    frame.render(&ConfirmPage {
        page,
        message: "Whatever uses this key stops working at once. A revoked key can't be brought back."
            .to_owned(),
        facts: vec![
            ("Key".to_owned(), service::label(&key)),
            ("Owner".to_owned(), key.username.unwrap_or_default()),
            ("Description".to_owned(), key.description.unwrap_or_default()),
        ],
        action: frame.href_to(links::ADMIN_API_KEY_REVOKE, id),
        method: "DELETE",
        hidden: Vec::new(),
        confirm_label: "Revoke key".to_owned(),
        cancel_href: frame.href(links::ADMIN_API_KEYS),
    })
}

/// Revokes the key.
///
/// # Errors
/// 404 if there is no such key.
pub async fn revoke(mut frame: Frame, by: By, Path(id): Path<i64>) -> Result<Response, AppError> {
    let key = service::revoke(&frame.state, &by, id).await?;
    let message = format!("Revoked {} of {}.", service::label(&key), key.username.unwrap_or_default());
    frame.redirect_with(links::ADMIN_API_KEYS, Level::Success, message).await
}
