//! Table `company_billing_detail`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Where and how a member is billed; each member has exactly one row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "company_billing_detail")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(column_name = "billingContactName")]
    pub billing_contact_name: Option<String>,
    #[sea_orm(column_name = "billingAddress1")]
    pub billing_address1: Option<String>,
    #[sea_orm(column_name = "billingAddress2")]
    pub billing_address2: Option<String>,
    #[sea_orm(column_name = "billingAddress3")]
    pub billing_address3: Option<String>,
    #[sea_orm(column_name = "billingTownCity")]
    pub billing_town_city: Option<String>,
    #[sea_orm(column_name = "billingPostcode")]
    pub billing_postcode: Option<String>,
    /// ISO 3166 alpha-2.
    #[sea_orm(column_name = "billingCountry")]
    pub billing_country: Option<String>,
    #[sea_orm(column_name = "billingEmail")]
    pub billing_email: Option<String>,
    #[sea_orm(column_name = "billingTelephone")]
    pub billing_telephone: Option<String>,
    #[sea_orm(column_name = "vatNumber")]
    pub vat_number: Option<String>,
    #[sea_orm(column_name = "vatRate")]
    pub vat_rate: Option<String>,
    #[sea_orm(column_name = "purchaseOrderRequired")]
    pub purchase_order_required: bool,
    #[sea_orm(column_name = "purchaseOrderNumber")]
    pub purchase_order_number: Option<String>,
    /// EMAIL or POST.
    #[sea_orm(column_name = "invoiceMethod")]
    pub invoice_method: Option<String>,
    #[sea_orm(column_name = "invoiceEmail")]
    pub invoice_email: Option<String>,
    /// MONTHLY, 2MONTHLY, QUARTERLY, HALFYEARLY, ANNUALLY or NOBILLING.
    #[sea_orm(column_name = "billingFrequency")]
    pub billing_frequency: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::cust::Entity")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
