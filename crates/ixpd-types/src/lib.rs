//! The vocabulary of an Internet Exchange: numbers, names and states as the field and the database
//! write them. No input or output, no clock, no configuration.

mod asn;
mod code;
mod customer;
mod interface;
mod mac;
mod privilege;
mod router;
mod speed;
mod text;
mod zone;

pub use asn::{Asn, ParseAsnError};
pub use code::UnknownCode;
pub use customer::{CustomerStatus, CustomerType, Md5Support, PeeringPolicy};
pub use interface::{CoreBundleType, PhysicalInterfaceStatus, Protocol, SwitchPortType};
pub use mac::{MacAddr, ParseMacAddrError};
pub use privilege::Privilege;
pub use router::{RouterApiType, RouterSoftware, RouterType, is_router_handle};
pub use speed::Speed;
pub use text::is_instruction;
pub use zone::{ParseZoneError, Zone};
