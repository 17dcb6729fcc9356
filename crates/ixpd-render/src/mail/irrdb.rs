//! The mail about IRR data.

use serde::Serialize;

use super::MailContext;

/// Tells the operator of members whose IRR data could not be updated, is suddenly empty, or grew or
/// shrank suspiciously.
#[derive(Clone, Debug, Serialize)]
pub struct IrrdbAlert {
    /// `prefix` or `asn`.
    pub kind: String,
    /// At least one.
    pub troubles: Vec<IrrdbTrouble>,
    /// How many more there are.
    pub more: usize,
    /// Whether something is held.
    pub holds: bool,
}

/// One member and protocol of the mail.
#[derive(Clone, Debug, Serialize)]
pub struct IrrdbTrouble {
    /// The member's name.
    pub member: String,
    /// The member's AS number.
    pub asn: Option<i32>,
    /// `IPv4` or `IPv6`.
    pub protocol: String,
    /// What is wrong.
    pub message: String,
}

impl MailContext for IrrdbAlert {
    const NAME: &'static str = "mail/irrdb_alert";

    fn samples() -> Vec<Self> {
        let trouble = |member: &str, asn, message: &str| IrrdbTrouble {
            member: member.to_owned(),
            asn,
            protocol: "IPv4".to_owned(),
            message: message.to_owned(),
        };
        let failed = trouble("Alpha & <b>Sons</b>", Some(64_500), "whois.example can't be reached: refused");
        let held = trouble("Bravo", None, "grows from 100 to 5000 entries, which are held");
        vec![
            Self { kind: "prefix".to_owned(), troubles: vec![failed.clone()], more: 0, holds: false },
            Self { kind: "asn".to_owned(), troubles: vec![failed, held], more: 3, holds: true },
        ]
    }
}
