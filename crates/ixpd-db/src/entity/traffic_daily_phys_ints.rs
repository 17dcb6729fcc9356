//! Table `traffic_daily_phys_ints`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A day's traffic statistics of a physical interface, in one category.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "traffic_daily_phys_ints")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub physicalinterface_id: i32,
    pub day: Option<Date>,
    /// bits, pkts, errs, discs or bcasts.
    pub category: Option<String>,
    pub day_avg_in: Option<i64>,
    pub day_avg_out: Option<i64>,
    pub day_max_in: Option<i64>,
    pub day_max_out: Option<i64>,
    pub day_max_in_at: Option<WallClock>,
    pub day_max_out_at: Option<WallClock>,
    pub day_tot_in: Option<i64>,
    pub day_tot_out: Option<i64>,
    pub week_avg_in: Option<i64>,
    pub week_avg_out: Option<i64>,
    pub week_max_in: Option<i64>,
    pub week_max_out: Option<i64>,
    pub week_max_in_at: Option<WallClock>,
    pub week_max_out_at: Option<WallClock>,
    pub week_tot_in: Option<i64>,
    pub week_tot_out: Option<i64>,
    pub month_avg_in: Option<i64>,
    pub month_avg_out: Option<i64>,
    pub month_max_in: Option<i64>,
    pub month_max_out: Option<i64>,
    pub month_max_in_at: Option<WallClock>,
    pub month_max_out_at: Option<WallClock>,
    pub month_tot_in: Option<i64>,
    pub month_tot_out: Option<i64>,
    pub year_avg_in: Option<i64>,
    pub year_avg_out: Option<i64>,
    pub year_max_in: Option<i64>,
    pub year_max_out: Option<i64>,
    pub year_max_in_at: Option<WallClock>,
    pub year_max_out_at: Option<WallClock>,
    pub year_tot_in: Option<i64>,
    pub year_tot_out: Option<i64>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::physicalinterface::Entity",
        from = "Column::PhysicalinterfaceId",
        to = "super::physicalinterface::Column::Id"
    )]
    Physicalinterface,
}

impl Related<super::physicalinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Physicalinterface.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
