//! Table `consoleserverconnection`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A port of a console server and what it is connected to.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consoleserverconnection")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub custid: Option<i32>,
    pub description: Option<String>,
    pub port: Option<String>,
    /// Baud.
    pub speed: Option<i32>,
    /// 1 even, 2 odd, 3 none.
    pub parity: Option<i32>,
    pub stopbits: Option<i32>,
    /// 1 none, 2 rts/cts, 3 xon/xoff.
    pub flowcontrol: Option<i32>,
    pub autobaud: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub console_server_id: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(
        belongs_to = "super::console_server::Entity",
        from = "Column::ConsoleServerId",
        to = "super::console_server::Column::Id"
    )]
    ConsoleServer,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::console_server::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ConsoleServer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
