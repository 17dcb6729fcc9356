//! Who the exchange is: `IDENTITY_*`.

use super::{
    reader::{BadDefault, Reader, var},
    value::{self, email},
};

/// How to reach a part of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactIdentity {
    /// Its address.
    pub email: String,
    /// Its telephone number.
    pub phone: String,
    /// When it is there, as in the IX-F export: `24x7`, `8x5`...
    pub hours: String,
}

/// Who the exchange is.
#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// Its name before the law; `name` in the IX-F export.
    pub legal_name: String,
    /// Its city, where a facility names none.
    pub city: String,
    /// Its country by ISO 3166-1 alpha-2, where a facility or an infrastructure names none.
    pub country: String,
    /// Its short name in mails and their subjects.
    pub org_name: String,
    /// The sender's name in mail.
    pub name: String,
    /// The sender's address in mail.
    pub email: String,
    /// Where members get help.
    pub support: ContactIdentity,
    /// Where members ask about money.
    pub billing: ContactIdentity,
    /// Who is told when a job finds something wrong; none means nobody.
    pub alerts_email: Option<String>,
    /// That recipient's name.
    pub alerts_name: String,
    /// The site's name in subjects of mail and as issuer of second factors.
    pub site_name: String,
    /// The site's name in the titles of pages.
    pub title_name: String,
    /// The exchange's own web site; `url` in the IX-F export.
    pub corporate_url: String,
    /// URL of the logo on the login page.
    pub big_logo: Option<String>,
}

impl IdentityConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Identity");
        let site_name = r.text(var(
            "IDENTITY_SITENAME",
            "IXP Manager",
            "the site's name: subjects of mail, issuer of second factors",
        ));
        Ok(Self {
            legal_name: r.text(var(
                "IDENTITY_LEGALNAME",
                "IXP",
                "the exchange's name before the law; `name` in the IX-F export",
            )),
            city: r.text(var("IDENTITY_CITY", "Cork", "city, where a facility names none")),
            country: r.text(var(
                "IDENTITY_COUNTRY",
                "IE",
                "country (two letters), where a facility or infrastructure names none",
            )),
            org_name: r.text(var("IDENTITY_ORGNAME", "IXP", "the exchange's short name in mails")),
            name: r.text(var("IDENTITY_NAME", "IXP", "name of the sender of mail")),
            email: r
                .read(var("IDENTITY_EMAIL", "ixp@example.com", "address of the sender of mail"), email)?,
            support: ContactIdentity {
                email: r.text(var(
                    "IDENTITY_SUPPORT_EMAIL",
                    "ixp@example.com",
                    "where members get help: address",
                )),
                phone: r.text(var(
                    "IDENTITY_SUPPORT_PHONE",
                    "+353 20 912 2000",
                    "where members get help: telephone",
                )),
                hours: r.text(var("IDENTITY_SUPPORT_HOURS", "24x7", "where members get help: hours")),
            },
            billing: ContactIdentity {
                email: r.text(var(
                    "IDENTITY_BILLING_EMAIL",
                    "ixp@example.com",
                    "where members ask about money: address",
                )),
                phone: r.text(var(
                    "IDENTITY_BILLING_PHONE",
                    "+353 20 912 2000",
                    "where members ask about money: telephone",
                )),
                hours: r.text(var("IDENTITY_BILLING_HOURS", "8x5", "where members ask about money: hours")),
            },
            alerts_email: r.optional(
                var("IDENTITY_ALERTS_EMAIL", "", "who is told when a job finds something wrong: address"),
                email,
            ),
            alerts_name: r.text(var(
                "IDENTITY_ALERTS_NAME",
                "IXP Manager Alerts",
                "who is told when a job finds something wrong: name",
            )),
            title_name: r.text(
                var("IDENTITY_TITLENAME", site_name.clone(), "the site's name in titles of pages")
                    .usually("`IDENTITY_SITENAME`"),
            ),
            site_name,
            corporate_url: r.text(var(
                "IDENTITY_CORPORATE_URL",
                "https://www.example.com/",
                "the exchange's own web site; `url` in the IX-F export",
            )),
            big_logo: r
                .optional(var("IDENTITY_BIGLOGO", "", "URL of the logo on the login page"), value::text),
        })
    }
}
