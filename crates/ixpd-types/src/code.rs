//! Enums that the database stores as a code: a number, or a word in a text column.

/// A stored or submitted code that its field does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not a {what}; accepted: {accepted}")]
pub struct UnknownCode {
    what: &'static str,
    code: String,
    accepted: String,
}

impl UnknownCode {
    pub(crate) fn new<C: std::fmt::Display>(
        what: &'static str,
        code: impl std::fmt::Display,
        accepted: impl Iterator<Item = (C, &'static str)>,
    ) -> Self {
        let accepted =
            accepted.map(|(code, label)| format!("{code} ({label})")).collect::<Vec<_>>().join(", ");
        Self { what, code: code.to_string(), accepted }
    }
}

/// An enum whose database code is a number. Its JSON form is that number.
macro_rules! number_code {
    (
        $(#[$meta:meta])*
        $name:ident, $what:literal { $( $(#[$variant_meta:meta])* $variant:ident = $code:literal, $label:literal; )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "i32", try_from = "i64")]
        pub enum $name { $( $(#[$variant_meta])* $variant = $code, )+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The code that the database stores.
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// The words a person reads.
            pub const fn label(self) -> &'static str {
                match self { $( Self::$variant => $label, )+ }
            }

            /// Reads the code of a database column of any integer width.
            pub fn from_code(code: impl Into<i64>) -> Result<Self, $crate::UnknownCode> {
                match code.into() {
                    $( $code => Ok(Self::$variant), )+
                    other => Err($crate::UnknownCode::new($what, other, Self::ALL.iter().map(|v| (v.code(), v.label())))),
                }
            }
        }

        impl From<$name> for i32 {
            fn from(value: $name) -> i32 {
                value.code()
            }
        }

        impl TryFrom<i64> for $name {
            type Error = $crate::UnknownCode;

            fn try_from(code: i64) -> Result<Self, Self::Error> {
                Self::from_code(code)
            }
        }

        /// Reads the decimal code, as a form field or a text column holds it.
        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let unknown = || $crate::UnknownCode::new($what, text, Self::ALL.iter().map(|v| (v.code(), v.label())));
                text.trim().parse::<i64>().ok().and_then(|code| Self::from_code(code).ok()).ok_or_else(unknown)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}
pub(crate) use number_code;

/// An enum whose database code is a word. Its JSON form is that word.
macro_rules! word_code {
    (
        $(#[$meta:meta])*
        $name:ident, $what:literal { $( $(#[$variant_meta:meta])* $variant:ident = $code:literal, $label:literal; )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum $name { $( $(#[$variant_meta])* $variant, )+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// The word that the database stores.
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }

            /// The words a person reads.
            pub const fn label(self) -> &'static str {
                match self { $( Self::$variant => $label, )+ }
            }

            /// Reads a stored or submitted word. Case does not matter, as in MySQL's comparisons.
            pub fn from_code(code: &str) -> Result<Self, $crate::UnknownCode> {
                Self::ALL.iter().copied().find(|v| v.code().eq_ignore_ascii_case(code.trim())).ok_or_else(|| {
                    $crate::UnknownCode::new($what, code, Self::ALL.iter().map(|v| (v.code(), v.label())))
                })
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.code().to_owned()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::UnknownCode;

            fn try_from(code: String) -> Result<Self, Self::Error> {
                Self::from_code(&code)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::from_code(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}
pub(crate) use word_code;

#[cfg(test)]
mod tests {
    use crate::{
        CoreBundleType, CustomerStatus, CustomerType, Md5Support, PeeringPolicy, PhysicalInterfaceStatus,
        Privilege, Protocol, RouterApiType, RouterSoftware, RouterType, SwitchPortType,
    };

    /// Checks that every code leads back to its value through the column, the text and the JSON form.
    macro_rules! survives_the_round_trip {
        ($($name:ident),+) => {
            $(
                for value in $name::ALL {
                    assert_eq!($name::from_code(value.code()), Ok(*value));
                    assert_eq!(value.code().to_string().parse(), Ok(*value));
                    let json = serde_json::to_string(value).expect("a code is JSON");
                    assert_eq!(json, serde_json::json!(value.code()).to_string());
                    assert_eq!(serde_json::from_str::<$name>(&json).expect("our own JSON"), *value);
                }
            )+
        };
    }

    #[test]
    fn every_code_survives_the_round_trip() {
        survives_the_round_trip!(
            CoreBundleType,
            CustomerStatus,
            CustomerType,
            Md5Support,
            PeeringPolicy,
            PhysicalInterfaceStatus,
            Privilege,
            Protocol,
            RouterApiType,
            RouterSoftware,
            RouterType,
            SwitchPortType
        );
    }

    #[test]
    fn codes_are_those_of_the_schema() {
        fn numbers<T: Copy>(all: &[T], code: impl Fn(T) -> i32) -> Vec<i32> {
            all.iter().map(|v| code(*v)).collect()
        }
        assert_eq!(numbers(CustomerType::ALL, CustomerType::code), [1, 2, 3, 4]);
        assert_eq!(numbers(CustomerStatus::ALL, CustomerStatus::code), [1, 2, 3]);
        assert_eq!(numbers(PhysicalInterfaceStatus::ALL, PhysicalInterfaceStatus::code), [1, 2, 3, 4, 5]);
        assert_eq!(numbers(SwitchPortType::ALL, SwitchPortType::code), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(numbers(CoreBundleType::ALL, CoreBundleType::code), [1, 2, 3]);
        assert_eq!(numbers(RouterType::ALL, RouterType::code), [1, 2, 3, 99]);
        assert_eq!(numbers(RouterSoftware::ALL, RouterSoftware::code), [1, 6, 7, 2, 3, 4, 5, 99]);
        assert_eq!(numbers(RouterApiType::ALL, RouterApiType::code), [0, 1, 99]);
        assert_eq!(numbers(Protocol::ALL, Protocol::code), [4, 6]);
        assert_eq!(numbers(Privilege::ALL, Privilege::code), [0, 1, 2, 3]);
        let policies: Vec<_> = PeeringPolicy::ALL.iter().map(|p| p.code()).collect();
        assert_eq!(policies, ["open", "selective", "mandatory", "closed"]);
        let md5: Vec<_> = Md5Support::ALL.iter().map(|m| m.code()).collect();
        assert_eq!(md5, ["UNKNOWN", "YES", "MANDATORY", "PREFERRED", "NO"]);
    }

    #[test]
    fn unknown_code_names_the_field_the_value_and_what_is_accepted() {
        let error = CustomerStatus::from_code(9).expect_err("9 is no status");
        assert_eq!(
            error.to_string(),
            "`9` is not a customer status; accepted: 1 (Normal), 2 (Not Connected), 3 (Suspended)"
        );
        let error = Protocol::from_code(u16::MAX).expect_err("65535 is no protocol");
        assert_eq!(error.to_string(), "`65535` is not a protocol; accepted: 4 (IPv4), 6 (IPv6)");
        let error = "rather".parse::<PeeringPolicy>().expect_err("no such policy");
        assert_eq!(
            error.to_string(),
            "`rather` is not a peering policy; accepted: open (Open), selective (Selective), \
             mandatory (Mandatory), closed (Closed)"
        );
    }

    #[test]
    fn words_are_read_whatever_their_case() {
        assert_eq!("Open".parse(), Ok(PeeringPolicy::Open));
        assert_eq!(" yes ".parse(), Ok(Md5Support::Yes));
    }

    #[test]
    fn json_refuses_a_code_that_does_not_exist() {
        let error = serde_json::from_str::<SwitchPortType>("8").expect_err("8 is no type");
        assert!(error.to_string().contains("`8` is not a switch port type"), "{error}");
        serde_json::from_str::<SwitchPortType>("4294967297").expect_err("no wrap-around to 1");
    }
}
