//! [`CustomerNameFormat`]: how a customer's name is written.

use std::{convert::Infallible, str::FromStr};

use ixpd_types::Asn;

/// A text with tokens: `%n` name, `%a` abbreviated name, `%s` short name, `%i` AS number, `%j` `[AS1]`, `%k` `AS1`,
/// `%l` ` - AS1`. The last three are empty for a customer without an AS number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerNameFormat(String);

/// What the tokens stand for.
#[derive(Clone, Copy, Debug)]
pub struct CustomerNames<'a> {
    /// `cust.name`.
    pub name: &'a str,
    /// `cust.abbreviatedName`.
    pub abbreviated: &'a str,
    /// `cust.shortname`.
    pub shortname: &'a str,
    /// `cust.autsys`.
    pub asn: Option<Asn>,
}

impl CustomerNameFormat {
    /// The customer's name as the operator wants it.
    pub fn write(&self, names: CustomerNames<'_>) -> String {
        let number = names.asn.map(|asn| asn.0.to_string()).unwrap_or_default();
        let mut written = String::with_capacity(self.0.len() + names.name.len());
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find('%') {
            written.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let asn = |before: &str, after: &str| {
                names.asn.map(|asn| format!("{before}{asn}{after}")).unwrap_or_default()
            };
            let replacement = match rest.chars().next() {
                Some('n') => names.name,
                Some('a') => names.abbreviated,
                Some('s') => names.shortname,
                Some('i') => &number,
                Some('j') => &asn("[", "]"),
                Some('k') => &asn("", ""),
                Some('l') => &asn(" - ", ""),
                _ => {
                    written.push('%');
                    continue;
                }
            };
            written.push_str(replacement);
            rest = &rest[1..];
        }
        written.push_str(rest);
        written
    }
}

impl FromStr for CustomerNameFormat {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: &str, asn: Option<Asn>) -> String {
        let names = CustomerNames { name: "Full Name Ltd", abbreviated: "Full", shortname: "full", asn };
        CustomerNameFormat(format.to_owned()).write(names)
    }

    #[test]
    fn tokens_are_replaced_and_the_rest_stays() {
        for (format, expected) in [
            ("%a (AS%i)", "Full (AS64500)"),
            ("%n %j", "Full Name Ltd [AS64500]"),
            ("%s%l", "full - AS64500"),
            ("%k: %a", "AS64500: Full"),
            ("100% %x %", "100% %x %"),
            ("%å%n", "%åFull Name Ltd"),
            ("", ""),
        ] {
            assert_eq!(written(format, Some(Asn(64_500))), expected, "{format}");
        }
    }

    #[test]
    fn customer_without_as_number_has_no_empty_brackets() {
        assert_eq!(written("%a%l%j%k", None), "Full");
    }
}
