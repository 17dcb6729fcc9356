//! Object definitions for Nagios, and the note of when they were last fetched.

mod customers;
mod daemons;
mod sessions;
mod switches;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use ixpd_db::{WallClock, query::task_last_run};
use ixpd_render::{TextContext, TextTemplate, text::nagios::NagiosText};
use serde_json::{Map, Value};

pub(super) use self::customers::customer_of;
pub use self::{
    customers::{CustomerParameters, customers},
    daemons::{DaemonParameters, daemons},
    sessions::{SessionParameters, sessions},
    switches::{SwitchParameters, switches},
};
use crate::{
    error::AppError,
    php_json,
    service::{incomplete, together::Together},
    services::Services,
};

/// What requests share.
#[derive(Debug, Default)]
pub struct Texts {
    together: Together<String, Bytes>,
    /// When each task was last noted, with its parameters.
    noted: Mutex<HashMap<(String, String), WallClock>>,
}

impl Texts {
    /// A text that is made once for all that ask for it at the same time.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get(
        &self,
        key: String,
        make: impl Future<Output = Result<String, AppError>>,
    ) -> Result<Bytes, AppError> {
        self.together.get(key, async { make.await.map(Bytes::from) }).await
    }

    /// Whether a note of this second is yet to be written: the column has whole seconds, so a second one changes nothing.
    fn must_note(&self, task: &str, parameters: &str, now: WallClock) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.insert((task.to_owned(), parameters.to_owned()), now) != Some(now)
    }
}

/// The name of a template that objects inherit from.
fn definition(name: &'static str, given: Option<&str>, default: &str) -> Result<NagiosText, AppError> {
    let text = given.unwrap_or(default);
    if NagiosText::accepts(text) {
        return Ok(NagiosText::new(text));
    }
    Err(AppError::field(
        name,
        format!(
            "`{}` can't be the name of a Nagios template; accepted is one line without `;`, `{{`, `}}` and backslashes.",
            text.escape_debug()
        ),
    ))
}

/// Renders the configuration and notes that it was fetched, as IXP Manager's dashboard shows it. The note is no reason
/// to keep the configuration back.
async fn answer<C: TextContext>(
    services: &Services,
    template: &TextTemplate<C>,
    context: &C,
    task: &str,
    parameters: impl IntoIterator<Item = (&'static str, i32)>,
) -> Result<String, AppError> {
    let text = services.templates.render_text(template, context)?;
    let mut map: Map<String, Value> =
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    // IXP Manager's own name of it, so that either finds the other's note.
    map.insert("template".to_owned(), format!("api/v4/{}/{}", C::FOLDER, template.name()).into());
    let parameters = &String::from_utf8_lossy(&php_json::to_vec(&map)?).into_owned();
    let now = services.wall_now();
    if !services.texts.must_note(task, parameters, now) {
        return Ok(text);
    }
    let noted =
        services.db.write(|tx| Box::pin(task_last_run::record(tx.db(), task, parameters.clone(), now))).await;
    if let Err(error) = noted {
        tracing::warn!(task, %error, "the time of a fetch could not be noted");
    }
    Ok(text)
}

/// The text of a column without white space around it, where there is one.
fn filled(column: Option<&String>) -> Option<&str> {
    incomplete::filled(column).map(str::trim)
}
