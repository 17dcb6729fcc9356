//! Table `traffic_daily`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A day's traffic statistics of a member, in one category.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "traffic_daily")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cust_id: i32,
    pub day: Option<Date>,
    /// bits, pkts, errs, discs or bcasts.
    pub category: Option<String>,
    pub day_avg_in: Option<i64>,
    pub day_avg_out: Option<i64>,
    pub day_max_in: Option<i64>,
    pub day_max_out: Option<i64>,
    pub day_tot_in: Option<i64>,
    pub day_tot_out: Option<i64>,
    pub week_avg_in: Option<i64>,
    pub week_avg_out: Option<i64>,
    pub week_max_in: Option<i64>,
    pub week_max_out: Option<i64>,
    pub week_tot_in: Option<i64>,
    pub week_tot_out: Option<i64>,
    pub month_avg_in: Option<i64>,
    pub month_avg_out: Option<i64>,
    pub month_max_in: Option<i64>,
    pub month_max_out: Option<i64>,
    pub month_tot_in: Option<i64>,
    pub month_tot_out: Option<i64>,
    pub year_avg_in: Option<i64>,
    pub year_avg_out: Option<i64>,
    pub year_max_in: Option<i64>,
    pub year_max_out: Option<i64>,
    pub year_tot_in: Option<i64>,
    pub year_tot_out: Option<i64>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::CustId", to = "super::cust::Column::Id")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
