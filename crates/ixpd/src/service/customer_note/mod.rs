//! Notes about members: superusers write them, members see those that aren't private.

mod preferences;

use ixpd_db::{
    entity::cust_notes,
    query::{customer, customer_note as rows},
    sea_orm::ConnectionTrait,
};
use ixpd_render::mail::{Change, CustomerNoteChanged, NoteView};
use ixpd_types::Privilege;
use serde::Serialize;
use serde_json::Value;

pub use self::preferences::Watched;
pub use ixpd_db::query::customer_note::NoteText;

use super::{
    audit::{Action, By, Tx},
    markdown,
    outbox::Recipients,
    text_rules::{lines_problem, one_line_problem},
};
use crate::{
    auth::actor::Principal,
    error::{AppError, FieldErrors},
    links,
    services::Services,
};

/// IXP Manager's name of a note in the trail of changes.
const MODEL: &str = "CustomerNote";
/// The longest title, in characters.
const TITLE_LENGTH: usize = 255;

/// What the trail of changes says of a note.
#[derive(Serialize)]
struct Trail<'a> {
    id: i64,
    customer_id: i32,
    private: bool,
    title: &'a str,
    note: &'a str,
}

impl<'a> From<&'a cust_notes::Model> for Trail<'a> {
    fn from(note: &'a cust_notes::Model) -> Self {
        let cust_notes::Model { id, customer_id, private, title, note, .. } = note;
        Self { id: *id, customer_id: *customer_id, private: *private, title, note }
    }
}

/// A note that somebody may see.
///
/// # Errors
/// 404 if there is none; 403 for a member's user if it is private or another member's.
pub async fn show(services: &Services, who: &Principal, id: i64) -> Result<cust_notes::Model, AppError> {
    let note = rows::by_id(services.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    let may = who.privilege == Privilege::Superuser || !note.private && note.customer_id == who.customer_id;
    if may { Ok(note) } else { Err(AppError::Forbidden("Insufficient Permissions.".into())) }
}

/// Notes that somebody has read the notes about a member: a superuser says which, everybody else has but one.
///
/// # Errors
/// 422 if a superuser names none; 404 if there is no such member.
pub async fn mark_read(
    services: &Services,
    by: &By,
    who: &Principal,
    customer_id: Option<i32>,
) -> Result<(), AppError> {
    let customer_id = match (who.privilege, customer_id) {
        (Privilege::Superuser, Some(id)) => id,
        (Privilege::Superuser, None) => {
            let text = "A superuser says whose notes were read, by the member's id at the end of the path.";
            return Err(AppError::field("c", text));
        }
        _ => who.customer_id,
    };
    named(services.db.connection(), customer_id).await?;
    services
        .write(by, |tx| {
            Box::pin(async move {
                mark_read_within(tx, who, customer_id).await?;
                note_preference(tx, who, "NOTES READ", Watched::Customer(customer_id)).await
            })
        })
        .await
}

async fn mark_read_within(tx: &Tx<'_>, who: &Principal, customer_id: i32) -> Result<(), AppError> {
    let now = tx.now();
    change_preferences(tx, who.user_id, |prefs| (preferences::marked_read(prefs, customer_id, now), ())).await
}

/// Begins to watch a member's notes or one note, or ends it. Returns whether it is watched now.
///
/// # Errors
/// 404 if there is no such member or note.
pub async fn toggle_watching(
    services: &Services,
    by: &By,
    who: &Principal,
    what: Watched,
) -> Result<bool, AppError> {
    match what {
        Watched::Customer(id) => drop(named(services.db.connection(), id).await?),
        Watched::Note(id) => {
            rows::by_id(services.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
        }
    }
    services
        .write(by, |tx| {
            Box::pin(async move {
                let toggle = |prefs| preferences::toggled(prefs, what);
                let watched = change_preferences(tx, who.user_id, toggle).await?;
                let action = if watched { "NOTES WATCHED" } else { "NOTES UNWATCHED" };
                note_preference(tx, who, action, what).await?;
                Ok(watched)
            })
        })
        .await
}

/// Preferences are the user's own: the trail has them, the log that superusers read hasn't.
async fn note_preference(
    tx: &Tx<'_>,
    who: &Principal,
    action: &'static str,
    what: Watched,
) -> Result<(), AppError> {
    tx.note_event(action, Some("User"), Some(who.user_id.into()), Some(what.to_string())).await
}

async fn change_preferences<T>(
    tx: &Tx<'_>,
    user_id: i32,
    change: impl FnOnce(Value) -> (Value, T),
) -> Result<T, AppError> {
    let prefs = rows::lock_preferences(tx.db(), user_id).await?.ok_or_else(AppError::not_found)?;
    let (prefs, outcome) = change(prefs.unwrap_or_default().into_inner());
    rows::set_preferences(tx.db(), user_id, prefs, tx.now()).await?;
    Ok(outcome)
}

/// Adds a note about a member. Its writer has read it.
///
/// # Errors
/// 404 if there is no such member; 422 for what can't be accepted.
pub async fn create(
    services: &Services,
    by: &By,
    who: &Principal,
    customer_id: i32,
    text: NoteText,
) -> Result<i64, AppError> {
    let customer = named(services.db.connection(), customer_id).await?;
    check(&text)?;
    let (customer, text) = (&customer, &text);
    services
        .write(by, |tx| {
            Box::pin(async move {
                let note = rows::insert(tx.db(), customer_id, text.clone(), tx.now()).await?;
                tx.note_change(MODEL, note.id, Action::Created, (), Trail::from(&note)).await?;
                mark_read_within(tx, who, customer_id).await?;
                let customer = customer.clone();
                let mail = Mail { services, who, customer, change: Change::Added, note: &note, before: None };
                mail.queue(tx).await?;
                Ok(note.id)
            })
        })
        .await
}

/// Changes a note. Nobody is told where title and text stay the same.
///
/// # Errors
/// 404 if there is none; 422 for what can't be accepted.
pub async fn update(
    services: &Services,
    by: &By,
    who: &Principal,
    id: i64,
    text: NoteText,
) -> Result<(), AppError> {
    check(&text)?;
    let text = &text;
    services.write(by, |tx| Box::pin(update_within(services, tx, who, id, text))).await
}

async fn update_within(
    services: &Services,
    tx: &mut Tx<'_>,
    who: &Principal,
    id: i64,
    text: &NoteText,
) -> Result<(), AppError> {
    let before = rows::locked(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    let NoteText { private, title, note } = text.clone();
    let after = cust_notes::Model { private, title, note, ..before.clone() };
    rows::update(tx.db(), id, text.clone(), tx.now()).await?;
    tx.note_change(MODEL, id, Action::Updated, Trail::from(&before), Trail::from(&after)).await?;
    if (&before.title, &before.note) != (&after.title, &after.note) {
        let customer = named(tx.db(), before.customer_id).await?;
        let mail =
            Mail { services, who, customer, change: Change::Changed, note: &after, before: Some(&before) };
        mail.queue(tx).await?;
    }
    Ok(())
}

/// Removes a note.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(services: &Services, by: &By, who: &Principal, id: i64) -> Result<(), AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                let note = rows::locked(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
                rows::delete(tx.db(), id).await?;
                tx.note_change(MODEL, id, Action::Deleted, Trail::from(&note), ()).await?;
                let customer = named(tx.db(), note.customer_id).await?;
                let mail =
                    Mail { services, who, customer, change: Change::Removed, note: &note, before: None };
                mail.queue(tx).await
            })
        })
        .await
}

/// The name of a member.
async fn named(db: &impl ConnectionTrait, customer_id: i32) -> Result<String, AppError> {
    let customer = customer::by_id(db, customer_id).await?.ok_or_else(AppError::not_found)?;
    Ok(customer.name.unwrap_or_else(|| format!("member {customer_id}")))
}

fn check(text: &NoteText) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    let length = text.title.chars().count();
    if !(1..=TITLE_LENGTH).contains(&length) {
        let message = format!("A title of 1 to {TITLE_LENGTH} characters is needed; this one has {length}.");
        errors.insert("title".into(), vec![message]);
    }
    let problems = [("title", one_line_problem(&text.title)), ("note", lines_problem(&text.note))];
    for (field, problem) in problems {
        if let Some(problem) = problem {
            errors.entry(field.into()).or_default().push(problem);
        }
    }
    if text.note.len() > markdown::LONGEST {
        let message =
            format!("A note has at most {} bytes; this one has {}.", markdown::LONGEST, text.note.len());
        errors.entry("note".into()).or_default().push(message);
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::Validation(errors)) }
}

/// Tells those who want to know of a change.
struct Mail<'a> {
    services: &'a Services,
    who: &'a Principal,
    customer: String,
    change: Change,
    note: &'a cust_notes::Model,
    before: Option<&'a cust_notes::Model>,
}

impl Mail<'_> {
    async fn queue(self, tx: &Tx<'_>) -> Result<(), AppError> {
        let Self { services, who, customer, change, note, before } = self;
        let view = |note: &cust_notes::Model| NoteView {
            title: note.title.clone(),
            note: note.note.clone(),
            private: note.private,
        };
        let mail = CustomerNoteChanged {
            change,
            customer,
            by: who.display_name().to_owned(),
            note: view(note),
            before: before.map(view),
            customer_url: services.config.app.url.link(&links::fill(links::CUSTOMER, note.customer_id)),
        };
        for recipients in recipients(services, tx, note).await? {
            services.outbox.queue(tx.db(), tx.now(), &mail, &recipients, None).await?;
        }
        Ok(())
    }
}

async fn recipients(
    services: &Services,
    tx: &Tx<'_>,
    note: &cust_notes::Model,
) -> Result<Vec<Recipients>, AppError> {
    if let Some(address) = &services.config.frontend.notes_only_to {
        return Ok(vec![Recipients::to("", address)]);
    }
    let readers = rows::readers(tx.db()).await?;
    let wanting = readers.into_iter().filter(|reader| {
        let prefs = reader.prefs.as_deref().unwrap_or(&Value::Null);
        preferences::wants_mail(prefs, note.customer_id, note.id)
    });
    Ok(wanting
        .filter_map(|reader| {
            Some(Recipients::to(reader.name.as_deref().unwrap_or_default(), reader.email.as_deref()?))
        })
        .collect())
}
