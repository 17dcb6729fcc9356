use ixpd_net::mail::MailAddress;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum As {
    #[default]
    To,
    Cc,
    Bcc,
}

/// One recipient, in the form of the column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Recipient {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: String,
    #[serde(default, rename = "as")]
    role: As,
}

/// Who gets a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// One person. The name may be empty.
    pub fn to(name: &str, address: &str) -> Self {
        Self(Vec::new()).and(name, address, As::To)
    }

    /// Somebody who gets a copy that all recipients see.
    #[must_use]
    pub fn cc(self, name: &str, address: &str) -> Self {
        self.and(name, address, As::Cc)
    }

    /// Somebody who gets a copy unseen.
    #[must_use]
    pub fn bcc(self, name: &str, address: &str) -> Self {
        self.and(name, address, As::Bcc)
    }

    fn and(mut self, name: &str, address: &str, role: As) -> Self {
        // Line breaks and the like come from old data; no name is worth losing a mail.
        let name = name.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned();
        let name = Some(name).filter(|name| !name.is_empty());
        self.0.push(Recipient { name, address: address.trim().to_owned(), role });
        self
    }

    /// What `ixpd_mail.recipients` holds.
    pub(super) fn to_column(&self) -> String {
        // A list of texts: nothing in it can fail to become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn from_column(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Direct, copied and blind ones.
    pub(super) fn split(&self) -> (Vec<MailAddress>, Vec<MailAddress>, Vec<MailAddress>) {
        let of = |role| {
            let recipients = self.0.iter().filter(|recipient| recipient.role == role);
            recipients.map(|r| MailAddress::named(r.name.clone().unwrap_or_default(), &r.address)).collect()
        };
        (of(As::To), of(As::Cc), of(As::Bcc))
    }

    /// The addresses of a column, for a list. The text itself where it can't be read.
    pub fn addresses(column: &str) -> String {
        Self::from_column(column).map_or_else(
            |_| column.to_owned(),
            |list| list.0.iter().map(|r| r.address.as_str()).collect::<Vec<_>>().join(", "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_holds_a_list_of_addresses_with_their_roles() {
        let list = Recipients::to("Ada Lovelace", " ada@example.net")
            .cc("", "b@example.net")
            .bcc(" ", "c@example.net");
        let column = list.to_column();
        assert_eq!(
            column,
            r#"[{"name":"Ada Lovelace","address":"ada@example.net","as":"to"},{"address":"b@example.net","as":"cc"},{"address":"c@example.net","as":"bcc"}]"#
        );
        assert_eq!(Recipients::from_column(&column).expect("our own column"), list);
        assert_eq!(Recipients::addresses(&column), "ada@example.net, b@example.net, c@example.net");
        let (to, cc, bcc) = list.split();
        assert_eq!(to, [MailAddress::named("Ada Lovelace", "ada@example.net")]);
        assert_eq!(
            (cc, bcc),
            (vec![MailAddress::new("b@example.net")], vec![MailAddress::new("c@example.net")])
        );
    }

    #[test]
    fn role_left_out_means_a_direct_recipient() {
        let list = Recipients::from_column(r#"[{"address":"a@example.net"}]"#).expect("a list");
        assert_eq!(list, Recipients::to("", "a@example.net"));
    }

    #[test]
    fn line_break_in_a_name_does_not_cost_the_mail() {
        let (to, ..) = Recipients::to("Ada\r\nLovelace", "ada@example.net").split();
        assert_eq!(to[0].name.as_deref(), Some("Ada  Lovelace"));
    }
}
