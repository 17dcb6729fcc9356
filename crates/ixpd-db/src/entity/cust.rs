//! Table `cust`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A member (customer) of the exchange, or the exchange itself (type 3).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cust")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    /// 1 full, 2 associate (no ports), 3 internal (the exchange itself), 4 pro bono.
    pub r#type: Option<i32>,
    /// Unique slug.
    pub shortname: Option<String>,
    /// AS number. The column is signed: numbers above 2147483647 don't fit. Not unique.
    pub autsys: Option<i32>,
    /// Most IPv4 prefixes accepted from this member, unless a VLAN interface says otherwise.
    pub maxprefixes: Option<u32>,
    /// Most IPv6 prefixes accepted from this member, unless a VLAN interface says otherwise.
    pub maxprefixesv6: Option<u32>,
    pub peeringemail: Option<String>,
    pub nocphone: Option<String>,
    pub noc24hphone: Option<String>,
    pub nocfax: Option<String>,
    pub nocemail: Option<String>,
    /// 24x7, 8x5, 8x7, 12x5 or 12x7.
    pub nochours: Option<String>,
    pub nocwww: Option<String>,
    /// The IRR databases of this member.
    pub irrdb: Option<i32>,
    /// AS-SET for IPv4, and for IPv6 where that has none of its own.
    pub peeringmacro: Option<String>,
    /// open, selective, mandatory or closed.
    pub peeringpolicy: Option<String>,
    pub corpwww: Option<String>,
    pub datejoin: Option<Date>,
    /// The day the member leaves or left; none while it stays.
    pub dateleave: Option<Date>,
    /// 1 normal, 2 not connected, 3 suspended.
    pub status: Option<i16>,
    pub activepeeringmatrix: Option<bool>,
    /// `user.id`; no foreign key.
    pub lastupdatedby: Option<i32>,
    /// User id or user name, as text.
    pub creator: Option<String>,
    pub company_registered_detail_id: Option<i32>,
    pub company_billing_details_id: Option<i32>,
    /// AS-SET for IPv6.
    pub peeringmacrov6: Option<String>,
    /// Name for display where space is short.
    #[sea_orm(column_name = "abbreviatedName")]
    pub abbreviated_name: Option<String>,
    /// UNKNOWN, YES, MANDATORY, PREFERRED or NO.
    #[sea_orm(column_name = "MD5Support")]
    pub md5_support: Option<String>,
    /// The member that resells to this one.
    pub reseller: Option<i32>,
    /// This member resells to others.
    #[sea_orm(column_name = "isReseller")]
    pub is_reseller: bool,
    /// Listed by MANRS; refreshed daily.
    pub in_manrs: bool,
    /// Listed in PeeringDB; refreshed daily.
    pub in_peeringdb: bool,
    /// Users that log in by PeeringDB may be attached.
    pub peeringdb_oauth: bool,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::irrdbconfig::Entity",
        from = "Column::Irrdb",
        to = "super::irrdbconfig::Column::Id"
    )]
    Irrdbconfig,
    #[sea_orm(
        belongs_to = "super::company_registration_detail::Entity",
        from = "Column::CompanyRegisteredDetailId",
        to = "super::company_registration_detail::Column::Id"
    )]
    CompanyRegistrationDetail,
    #[sea_orm(
        belongs_to = "super::company_billing_detail::Entity",
        from = "Column::CompanyBillingDetailsId",
        to = "super::company_billing_detail::Column::Id"
    )]
    CompanyBillingDetail,
    #[sea_orm(belongs_to = "Entity", from = "Column::Reseller", to = "Column::Id")]
    Reseller,
    #[sea_orm(has_many = "super::contact::Entity")]
    Contact,
    #[sea_orm(has_many = "super::cust_notes::Entity")]
    CustNotes,
    #[sea_orm(has_many = "super::cust_to_cust_tag::Entity")]
    CustToCustTag,
    #[sea_orm(has_many = "super::custkit::Entity")]
    Custkit,
    #[sea_orm(has_many = "super::logos::Entity")]
    Logos,
    #[sea_orm(has_many = "super::user::Entity")]
    User,
    #[sea_orm(has_many = "super::customer_to_users::Entity")]
    CustomerToUsers,
    #[sea_orm(has_many = "super::consoleserverconnection::Entity")]
    Consoleserverconnection,
    #[sea_orm(has_many = "super::virtualinterface::Entity")]
    Virtualinterface,
    #[sea_orm(has_many = "super::irrdb_prefix::Entity")]
    IrrdbPrefix,
    #[sea_orm(has_many = "super::irrdb_asn::Entity")]
    IrrdbAsn,
    #[sea_orm(has_one = "super::irrdb_update_logs::Entity")]
    IrrdbUpdateLogs,
    #[sea_orm(has_many = "super::patch_panel_port::Entity")]
    PatchPanelPort,
    #[sea_orm(has_many = "super::docstore_customer_directories::Entity")]
    DocstoreCustomerDirectories,
    #[sea_orm(has_many = "super::docstore_customer_files::Entity")]
    DocstoreCustomerFiles,
    #[sea_orm(has_many = "super::traffic_daily::Entity")]
    TrafficDaily,
    #[sea_orm(has_many = "super::p2p_daily_stats::Entity")]
    P2pDailyStats,
}

impl Related<super::irrdbconfig::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Irrdbconfig.def()
    }
}

impl Related<super::company_registration_detail::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CompanyRegistrationDetail.def()
    }
}

impl Related<super::company_billing_detail::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CompanyBillingDetail.def()
    }
}

impl Related<super::contact::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contact.def()
    }
}

impl Related<super::cust_notes::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustNotes.def()
    }
}

impl Related<super::cust_to_cust_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustToCustTag.def()
    }
}

impl Related<super::custkit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Custkit.def()
    }
}

impl Related<super::logos::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Logos.def()
    }
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::customer_to_users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustomerToUsers.def()
    }
}

impl Related<super::consoleserverconnection::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Consoleserverconnection.def()
    }
}

impl Related<super::virtualinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Virtualinterface.def()
    }
}

impl Related<super::irrdb_prefix::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::IrrdbPrefix.def()
    }
}

impl Related<super::irrdb_asn::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::IrrdbAsn.def()
    }
}

impl Related<super::irrdb_update_logs::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::IrrdbUpdateLogs.def()
    }
}

impl Related<super::patch_panel_port::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPort.def()
    }
}

impl Related<super::docstore_customer_directories::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreCustomerDirectories.def()
    }
}

impl Related<super::docstore_customer_files::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreCustomerFiles.def()
    }
}

impl Related<super::traffic_daily::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::TrafficDaily.def()
    }
}

impl Related<super::p2p_daily_stats::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::P2pDailyStats.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
