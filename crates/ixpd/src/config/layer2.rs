//! Configured MAC addresses: `IXP_FE_LAYER2_ADDRESSES_*`.

use super::{
    reader::{BadDefault, Reader, var},
    value::{email_or_off, whole_number},
};

/// Configured MAC addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer2Config {
    /// Whether members manage their own.
    pub customers_may_edit: bool,
    /// The fewest that a member may leave on a VLAN interface.
    pub fewest: u64,
    /// The most that a member may have on a VLAN interface.
    pub most: u64,
    /// Who is told of changes.
    pub told: Option<String>,
    /// Whether changes by superusers are told.
    pub superusers_changes_are_told: bool,
    /// Whether changes by members are told.
    pub customers_changes_are_told: bool,
}

impl Layer2Config {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Layer 2 addresses");
        Ok(Self {
            customers_may_edit: r.flag(var(
                "IXP_FE_LAYER2_ADDRESSES_CUST_CAN_EDIT",
                "false",
                "members manage the MAC addresses of their VLAN interfaces",
            )),
            fewest: r.read(
                var(
                    "IXP_FE_LAYER2_ADDRESSES_CUST_PARAMS_MIN_ADDRESSES",
                    "1",
                    "the fewest that a member may leave on a VLAN interface",
                ),
                whole_number(0..=1_000),
            )?,
            most: r.read(
                var(
                    "IXP_FE_LAYER2_ADDRESSES_CUST_PARAMS_MAX_ADDRESSES",
                    "2",
                    "the most that a member may have on a VLAN interface",
                ),
                whole_number(0..=1_000),
            )?,
            told: r
                .optional(
                    var(
                        "IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_CHANGE_DEST",
                        "",
                        "address that is told of changes",
                    ),
                    email_or_off,
                )
                .flatten(),
            superusers_changes_are_told: r.flag(var(
                "IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_SUPERUSER_CHANGE",
                "false",
                "tell it of changes by superusers, and by members too",
            )),
            customers_changes_are_told: r.flag(var(
                "IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_CUSTOMER_CHANGE",
                "false",
                "tell it of changes by members",
            )),
        })
    }
}
