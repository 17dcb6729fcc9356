//! Notes about members.

use axum::{extract::State, response::Response};
use ixpd_db::entity::cust_notes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::is_yes;
use crate::{
    app::AppState,
    auth::actor::Authenticated,
    error::AppError,
    form::{Input, Path},
    php_json::{answer, timestamp},
    sample::Sample,
    service::{
        audit::By,
        customer_note::{self, NoteText, Watched},
        markdown,
    },
};

/// What is written in a note.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NoteInput {
    /// One line of at most 255 characters.
    #[schema(required = true, example = "Second port")]
    title: Option<String>,
    /// Markdown.
    #[schema(example = "Wants another port *in autumn*.")]
    note: Option<String>,
    /// `1` shows the note to the member; without it only superusers see it.
    #[schema(example = "1")]
    public: Option<String>,
}

impl From<NoteInput> for NoteText {
    fn from(input: NoteInput) -> Self {
        Self {
            private: !is_yes(input.public.as_deref()),
            title: input.title.unwrap_or_default(),
            note: input.note.unwrap_or_default(),
        }
    }
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = NoteAnswer::sample)]
pub struct NoteAnswer {
    note: Note,
}

/// A note as it was written, and rendered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Note::sample)]
#[expect(clippy::struct_field_names, reason = "the names of the answer's fields")]
pub struct Note {
    /// `cust_notes.id`.
    id: i64,
    /// `cust.id` of the member that it is about.
    customer_id: i32,
    /// 1 if only superusers see it.
    private: u8,
    /// One line, as it was written: not escaped for HTML.
    title: String,
    /// Markdown, as it was written.
    note: String,
    /// By the exchange's clock.
    created_at: Option<String>,
    /// In UTC.
    updated_at: Option<String>,
    /// The text as HTML that is safe to show.
    note_parsedown: String,
}

/// The id of the note that was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = NoteId::sample)]
pub struct NoteId {
    /// `cust_notes.id`.
    noteid: i64,
}

impl Sample for NoteAnswer {
    fn sample() -> Self {
        Self { note: Sample::sample() }
    }
}

impl Sample for Note {
    fn sample() -> Self {
        let note = "Wants another port *in autumn*.";
        Self {
            id: 3,
            customer_id: 5,
            private: 0,
            title: "Second port".to_owned(),
            note: note.to_owned(),
            created_at: Some("2026-06-15 12:00:00".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
            note_parsedown: markdown::to_html(note),
        }
    }
}

impl Sample for NoteId {
    fn sample() -> Self {
        Self { noteid: 3 }
    }
}

/// A note: any for superusers, for members' users those about their member that aren't private.
#[utoipa::path(get, path = "/api/v4/customer-note/get/{cn}", tag = "Notes",
    params(("cn" = i64, Path, description = "`cust_notes.id`.", example = 3)),
    responses(
        (status = 200, description = "The note.", body = NoteAnswer),
        (status = 403, description = "`Insufficient Permissions.`: it is private or about another member.", body = String),
        (status = 404, description = "There is no such note.", body = String),
    ),
)]
pub async fn get(
    State(state): State<AppState>,
    who: Authenticated,
    Path(id): Path<i64>,
) -> Result<Response, AppError> {
    let note = customer_note::show(&state, &who.principal, id).await?;
    let note_parsedown = markdown::render(&state.heavy, note.note.clone()).await?;
    answer(&NoteAnswer { note: view(&state, note, note_parsedown) })
}

fn view(state: &AppState, note: cust_notes::Model, note_parsedown: String) -> Note {
    Note {
        id: note.id,
        customer_id: note.customer_id,
        private: u8::from(note.private),
        note_parsedown,
        title: note.title,
        note: note.note,
        created_at: note.created_at.map(|at| at.to_string()),
        updated_at: note.updated_at.map(|at| timestamp(state.config.app.zone, at)),
    }
}

/// Marks the notes about the user's own member as read. A superuser has to say which member's.
#[utoipa::path(method(get, post), path = "/api/v4/customer-note/ping", tag = "Notes", responses(
    (status = 200, description = "`true`: it was noted.", body = bool, content_type = "application/json", example = json!(true)),
    (status = 422, description = "A superuser named no member.", body = String),
))]
pub async fn ping(State(state): State<AppState>, who: Authenticated, by: By) -> Result<Response, AppError> {
    customer_note::mark_read(&state, &by, &who.principal, None).await?;
    answer(&true)
}

/// Marks the notes about a member as read. For others than superusers it is their own member, whatever stands here.
#[utoipa::path(method(get, post), path = "/api/v4/customer-note/ping/{c}", tag = "Notes",
    params(("c" = i32, Path, description = "`cust.id`.", example = 5)),
    responses(
        (status = 200, description = "`true`: it was noted.", body = bool, content_type = "application/json", example = json!(true)),
        (status = 404, description = "There is no such member.", body = String),
    ),
)]
pub async fn ping_customer(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(customer_id): Path<i32>,
) -> Result<Response, AppError> {
    customer_note::mark_read(&state, &by, &who.principal, Some(customer_id)).await?;
    answer(&true)
}

/// Begins or ends watching all notes about a member: mail comes when one changes. Answers with what the next call does.
#[utoipa::path(method(get, post), path = "/admin/api/v4/customer-note/notify-toggle/customer/{cust}", tag = "Notes",
    params(("cust" = i32, Path, description = "`cust.id`.", example = 5)),
    responses(
        (status = 200, description = "`Unwatch All` after beginning, `Watch All` after ending.", body = String, content_type = "application/json", example = "Unwatch All"),
        (status = 404, description = "There is no such member.", body = String),
    ),
)]
pub async fn toggle_customer(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(id): Path<i32>,
) -> Result<Response, AppError> {
    let watched = customer_note::toggle_watching(&state, &by, &who.principal, Watched::Customer(id)).await?;
    answer(&if watched { "Unwatch All" } else { "Watch All" })
}

/// Begins or ends watching a note: mail comes when it changes. Answers with what the next call does.
#[utoipa::path(method(get, post), path = "/admin/api/v4/customer-note/notify-toggle/note/{cn}", tag = "Notes",
    params(("cn" = i64, Path, description = "`cust_notes.id`.", example = 3)),
    responses(
        (status = 200, description = "`Unwatch` after beginning, `Watch` after ending.", body = String, content_type = "application/json", example = "Unwatch"),
        (status = 404, description = "There is no such note.", body = String),
    ),
)]
pub async fn toggle_note(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(id): Path<i64>,
) -> Result<Response, AppError> {
    let watched = customer_note::toggle_watching(&state, &by, &who.principal, Watched::Note(id)).await?;
    answer(&if watched { "Unwatch" } else { "Watch" })
}

/// Adds a note about a member.
#[utoipa::path(post, path = "/admin/api/v4/customer-note/create/customer/{cust}", tag = "Notes",
    params(("cust" = i32, Path, description = "`cust.id`.", example = 5)),
    request_body(content = NoteInput, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It was added.", body = NoteId),
        (status = 404, description = "There is no such member.", body = String),
        (status = 422, description = "The title is missing or too long, the text is too long, or one of them has control characters; the text may have tabs and ends of lines.", body = String),
    ),
)]
pub async fn create(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(customer_id): Path<i32>,
    Input(input): Input<NoteInput>,
) -> Result<Response, AppError> {
    let noteid = customer_note::create(&state, &by, &who.principal, customer_id, input.into()).await?;
    answer(&NoteId { noteid })
}

/// Changes a note.
#[utoipa::path(put, path = "/admin/api/v4/customer-note/update/{cn}", tag = "Notes",
    params(("cn" = i64, Path, description = "`cust_notes.id`.", example = 3)),
    request_body(content = NoteInput, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It was changed.", body = NoteId),
        (status = 404, description = "There is no such note.", body = String),
        (status = 422, description = "The title is missing or too long, the text is too long, or one of them has control characters; the text may have tabs and ends of lines.", body = String),
    ),
)]
pub async fn update(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(id): Path<i64>,
    Input(input): Input<NoteInput>,
) -> Result<Response, AppError> {
    customer_note::update(&state, &by, &who.principal, id, input.into()).await?;
    answer(&NoteId { noteid: id })
}

/// Removes a note.
#[utoipa::path(delete, path = "/admin/api/v4/customer-note/delete/{cn}", tag = "Notes",
    params(("cn" = i64, Path, description = "`cust_notes.id`.", example = 3)),
    responses(
        (status = 200, description = "It was removed.", body = NoteId),
        (status = 404, description = "There is no such note.", body = String),
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    who: Authenticated,
    by: By,
    Path(id): Path<i64>,
) -> Result<Response, AppError> {
    customer_note::delete(&state, &by, &who.principal, id).await?;
    answer(&NoteId { noteid: id })
}
