//! Table `patch_panel_port_history_file`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A file attached to a cross connect that has ended.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "patch_panel_port_history_file")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub patch_panel_port_history_id: Option<i32>,
    pub name: String,
    pub r#type: String,
    pub uploaded_at: WallClock,
    pub uploaded_by: String,
    /// Bytes.
    pub size: i32,
    pub is_private: bool,
    pub storage_location: String,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::patch_panel_port_history::Entity",
        from = "Column::PatchPanelPortHistoryId",
        to = "super::patch_panel_port_history::Column::Id"
    )]
    PatchPanelPortHistory,
}

impl Related<super::patch_panel_port_history::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPortHistory.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
