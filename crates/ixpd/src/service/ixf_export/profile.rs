//! The settings that all exports have in common, from the configuration.

use super::{
    filter::KeyFilter,
    options::{Contact, Profile},
};
use crate::config::{Config, ContactIdentity};

impl Profile {
    /// What `IXP_API_JSONEXPORTSCHEMA_*` and `IDENTITY_*` say. `compatible_version` is the version of IXP Manager whose
    /// interface this is: readers know documents by it.
    pub fn from_config(config: &Config, compatible_version: &str) -> Self {
        let (identity, export) = (&config.identity, &config.ixf_export);
        let has_looking_glass = !config.frontend.disabled.looking_glass;
        Self {
            generator: format!("IXP Manager v{compatible_version} (ixpd {})", env!("CARGO_PKG_VERSION")),
            legal_name: identity.legal_name.clone(),
            country: identity.country.clone(),
            city: identity.city.clone(),
            url: identity.corporate_url.clone(),
            support: contact(&identity.support),
            billing: contact(&identity.billing),
            looking_glass_url: has_looking_glass.then(|| config.app.url.link("/lg")),
            exclude_documentation_asns: export.exclude_documentation_asns,
            exclude_private_asns: export.exclude_private_asns,
            exclude_asns: export.exclude_asns.iter().copied().collect(),
            exclude_tags: export.exclude_tags.iter().cloned().collect(),
            ixp_keys: KeyFilter::new(&export.exclude_ixp),
            switch_keys: KeyFilter::new(&export.exclude_switch),
            member_keys: KeyFilter::new(&export.exclude_member),
            address_keys: KeyFilter::new(&export.exclude_intinfo),
        }
    }
}

fn contact(identity: &ContactIdentity) -> Contact {
    Contact { email: identity.email.clone(), phone: identity.phone.clone(), hours: identity.hours.clone() }
}

#[cfg(test)]
mod tests {
    use ixpd_types::Asn;

    use super::{KeyFilter, Profile};
    use crate::config::Config;

    fn profile(settings: &[(&str, &str)]) -> Profile {
        let config = Config::from_pairs(settings.iter().copied()).expect("good settings");
        Profile::from_config(&config, "7.4.0")
    }

    #[test]
    fn defaults_are_those_of_ixp_manager() {
        let profile = profile(&[]);
        assert_eq!(
            (profile.legal_name.as_str(), profile.city.as_str(), profile.country.as_str()),
            ("IXP", "Cork", "IE")
        );
        assert_eq!(profile.url, "https://www.example.com/");
        assert_eq!((profile.support.hours.as_str(), profile.billing.hours.as_str()), ("24x7", "8x5"));
        assert!(profile.exclude_documentation_asns && profile.exclude_private_asns);
        assert!(profile.exclude_asns.is_empty() && profile.exclude_tags.is_empty());
        assert_eq!(profile.member_keys, KeyFilter::default());
        assert_eq!(profile.looking_glass_url, None);
    }

    #[test]
    fn generator_begins_with_the_compatible_software_and_ends_with_ours() {
        assert_eq!(
            profile(&[]).generator,
            concat!("IXP Manager v7.4.0 (ixpd ", env!("CARGO_PKG_VERSION"), ")")
        );
    }

    #[test]
    fn lists_are_separated_by_bars() {
        let profile = profile(&[
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_ASNUM", "42|2128"),
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_TAGS", "a|b-c"),
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_IXP", "vlan|switch"),
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_SWITCH", "model"),
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_MEMBER", "url|member_since"),
            ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_INTINFO", "mac_addresses|max_prefix"),
        ]);
        assert_eq!(profile.exclude_asns, [Asn(42), Asn(2128)].into());
        assert_eq!(profile.exclude_tags, ["a".to_owned(), "b-c".to_owned()].into());
        assert_eq!(profile.ixp_keys, KeyFilter::new(["vlan", "switch"]));
        assert_eq!(profile.switch_keys, KeyFilter::new(["model"]));
        assert_eq!(profile.member_keys, KeyFilter::new(["url", "member_since"]));
        assert_eq!(profile.address_keys, KeyFilter::new(["mac_addresses", "max_prefix"]));
    }

    #[test]
    fn false_switches_a_filter_off() {
        let names = ["ASNUM", "TAGS", "IXP", "SWITCH", "MEMBER", "INTINFO"]
            .map(|name| format!("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_{name}"));
        let profile = profile(&names.each_ref().map(|name| (name.as_str(), "false")));
        assert!(profile.exclude_asns.is_empty() && profile.exclude_tags.is_empty());
        for keys in [&profile.ixp_keys, &profile.switch_keys, &profile.member_keys, &profile.address_keys] {
            assert_eq!(*keys, KeyFilter::default());
        }
    }

    #[test]
    fn looking_glass_is_below_the_url_of_the_installation() {
        let settings =
            [("APP_URL", "https://example.com/ixp"), ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")];
        assert_eq!(profile(&settings).looking_glass_url.as_deref(), Some("https://example.com/ixp/lg"));
    }
}
