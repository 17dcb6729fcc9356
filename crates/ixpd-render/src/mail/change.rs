//! Mails that tell of changes to those who watch.

use serde::Serialize;

use super::MailContext;

/// What happened to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It is another now.
    Changed,
    /// It is gone.
    Removed,
}

/// What stands in a note.
#[derive(Clone, Debug, Serialize)]
pub struct NoteView {
    /// One line.
    pub title: String,
    /// Markdown, as it was written.
    pub note: String,
    /// Hidden from the member itself.
    pub private: bool,
}

/// Tells a superuser of a change to a note.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerNoteChanged {
    /// What happened.
    pub change: Change,
    /// The member that the note is about.
    pub customer: String,
    /// Who changed it.
    pub by: String,
    /// The note as it is, or as it was before it went.
    pub note: NoteView,
    /// As it was before a change.
    pub before: Option<NoteView>,
    /// The member's page.
    pub customer_url: String,
}

impl MailContext for CustomerNoteChanged {
    const NAME: &'static str = "mail/customer_note_changed";

    fn samples() -> Vec<Self> {
        let note = |title: &str, private| NoteView {
            title: title.to_owned(),
            note: "Wants a <b>second</b> port.\n\n* in autumn".to_owned(),
            private,
        };
        let mail = |change, before| Self {
            change,
            customer: "Northwind <Networks>".to_owned(),
            by: "Ada Lovelace".to_owned(),
            note: note("Plans", true),
            before,
            customer_url: "https://ixp.example.net/admin/customer/overview/7".to_owned(),
        };
        vec![
            mail(Change::Added, None),
            mail(Change::Changed, Some(note("Plan", false))),
            mail(Change::Removed, None),
        ]
    }
}

/// Tells of a MAC address that came to a VLAN interface or left it.
#[derive(Clone, Debug, Serialize)]
pub struct MacAddressChanged {
    /// What happened.
    pub change: Change,
    /// With colons.
    pub mac: String,
    /// The member whose VLAN interface it is.
    pub customer: String,
    /// The VLAN's name.
    pub vlan: String,
    /// `vlaninterface.id`.
    pub vlan_interface_id: i32,
    /// Who changed it.
    pub by: String,
    /// How many the VLAN interface has now.
    pub count: u64,
}

impl MailContext for MacAddressChanged {
    const NAME: &'static str = "mail/mac_address_changed";

    fn samples() -> Vec<Self> {
        let mail = |change, count| Self {
            change,
            mac: "02:00:5e:10:00:0a".to_owned(),
            customer: "Northwind <Networks>".to_owned(),
            vlan: "Peering LAN 1".to_owned(),
            vlan_interface_id: 12,
            by: "Ada Lovelace".to_owned(),
            count,
        };
        vec![mail(Change::Added, 2), mail(Change::Removed, 1)]
    }
}
