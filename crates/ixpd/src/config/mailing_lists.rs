//! Mailing lists that users choose from: a JSON file, as IXP Manager has them in a file of PHP.

use std::path::Path;

use serde::Deserialize;

use super::{
    reader::{Reader, var},
    value::{Refusal, email},
};

/// The mailing lists.
#[derive(Clone, Debug, Default)]
pub struct MailingListsConfig {
    /// Whether there are any.
    pub enabled: bool,
    /// The lists in the order of the file.
    pub lists: Vec<MailingList>,
}

/// A mailing list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailingList {
    /// What preferences and the API call it.
    pub handle: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where mail to it goes.
    pub email: String,
    /// The URL of its archive.
    pub archive: Option<String>,
    /// Whether passwords of users were to be taken over; IXP Manager has stopped to.
    pub sync_passwords: bool,
}

impl MailingListsConfig {
    /// The list of a handle.
    pub fn by_handle(&self, handle: &str) -> Option<&MailingList> {
        self.lists.iter().find(|list| list.handle == handle)
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        r.section("Mailing lists");
        let file = var("IXPD_MAILING_LISTS", "", "JSON file with the mailing lists that users choose from");
        r.optional(file, |path| load(Path::new(path))).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    lists: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default)]
    desc: String,
    email: String,
    #[serde(default)]
    archive: Option<String>,
    #[serde(default)]
    syncpws: bool,
}

fn load(path: &Path) -> Result<MailingListsConfig, Refusal> {
    let text = fs_err::read_to_string(path).map_err(|error| format!("the file can't be read: {error}"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<MailingListsConfig, Refusal> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        format!(
            "the file isn't as it should be: {error}; accepted: {{\"enabled\": true, \"lists\": {{\"handle\": \
             {{\"name\": …, \"desc\": …, \"email\": …, \"archive\": …, \"syncpws\": false}}}}}}"
        )
    })?;
    let lists: Result<Vec<_>, _> =
        file.lists.into_iter().map(|(handle, entry)| list(handle, entry)).collect();
    Ok(MailingListsConfig { enabled: file.enabled, lists: lists? })
}

fn list(handle: String, entry: serde_json::Value) -> Result<MailingList, Refusal> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if handle.is_empty() || !handle.bytes().all(fits) {
        return Err(format!(
            "the handle `{}` can't be one; accepted: letters, digits, `-`, `_` and `.`",
            handle.escape_debug()
        ));
    }
    let entry: Entry =
        serde_json::from_value(entry).map_err(|error| format!("the list `{handle}`: {error}"))?;
    let email =
        email(&entry.email).map_err(|refusal| format!("the email of the list `{handle}`: {refusal}"))?;
    Ok(MailingList {
        handle,
        name: entry.name,
        description: entry.desc,
        email,
        archive: entry.archive.filter(|archive| !archive.is_empty()),
        sync_passwords: entry.syncpws,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_the_order_of_the_file() {
        let config = parse(
            r#"{"enabled": true, "lists": {
                "ops": {"name": "Operations", "desc": "Work", "email": "ops@example.net", "archive": "", "syncpws": true},
                "a.b": {"name": "B", "email": "b@example.net"}
            }}"#,
        );
        let config = config.expect("good lists");
        assert!(config.enabled && config.lists[0].sync_passwords);
        assert_eq!(config.lists.iter().map(|list| list.handle.as_str()).collect::<Vec<_>>(), ["ops", "a.b"]);
        assert_eq!(config.by_handle("ops").and_then(|list| list.archive.as_deref()), None);
        assert!(config.by_handle("nothing").is_none());
    }

    #[test]
    fn mistakes_in_the_file_say_where() {
        let refusal = |text: &str| parse(text).expect_err(text);
        assert!(refusal("enabled").contains("accepted: {\"enabled\": true"));
        assert!(refusal(r#"{"enable": true}"#).contains("enable"));
        let list = |entry: &str| refusal(&format!(r#"{{"lists": {{"ops": {entry}}}}}"#));
        assert!(list(r#"{"email": "ops@example.net"}"#).contains("`ops`: missing field `name`"));
        assert!(list(r#"{"name": "Ops", "email": "nowhere"}"#).contains("email of the list `ops`: accepted"));
        assert!(refusal(r#"{"lists": {"a/b": {}}}"#).contains("`a/b` can't be one"));
    }

    #[test]
    fn file_that_is_not_there_is_named() {
        let refusal = load(Path::new("/nowhere/lists.json")).expect_err("no file");
        assert!(refusal.contains("/nowhere/lists.json"), "{refusal}");
    }
}
