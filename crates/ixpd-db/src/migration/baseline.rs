//! The schema of IXP Manager 7.4, one file a part.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

use crate::{Backend, entity::migrations};

/// The migrations that make the schema of IXP Manager 7.4, oldest first. Their names stand in the `migrations` table,
/// by which IXP Manager knows its schema.
pub const UPSTREAM_MIGRATIONS: [&str; 36] = [
    "2020_06_01_143931_database_schema_at_end_v5",
    "2020_07_21_094354_create_route_server_filters",
    "2020_09_03_153723_add_timestamps",
    "2020_09_18_095136_delete_ixp_table",
    "2020_11_16_102415_database_fixes",
    "2021_03_12_150418_create_log_table",
    "2021_03_30_124916_create_atlas_probes",
    "2021_03_30_125238_create_atlas_runs",
    "2021_03_30_125422_create_atlas_measurements",
    "2021_03_30_125723_create_atlas_results",
    "2021_04_14_101948_update_timestamps",
    "2021_04_14_125742_user_pref",
    "2021_05_18_085721_add_note_infrastructure",
    "2021_05_18_114206_update_pp_prefix_size",
    "2021_06_11_141137_update_db_doctrine2eloquent",
    "2021_07_20_134716_fix_last_updated_and_timestamps",
    "2021_09_16_195333_add_rate_limit_col_to_physint",
    "2021_09_17_144421_modernise_irrdb_conf_table",
    "2021_09_21_100354_create_route_server_filters_prod",
    "2021_09_21_162700_rs_pairing",
    "2022_02_12_183121_add_colo_pp_type_patch_panel",
    "2023_09_26_191150_add_registration_details",
    "2024_03_18_191322_add_export_to_ixf_vlan",
    "2024_05_29_102028_reset-views",
    "2024_08_10_125003_create_irrdb_update_logs",
    "2024_09_05_111855_create_p2p_daily_stats_table",
    "2025_09_01_102636_add_ipv6_max_prefixes",
    "2025_11_11_085835_add_exclude_from_ixf_export_to_infrastructure",
    "2026_02_16_205211_remove_legacy_columns_from_contacts",
    "2026_04_20_161912_remove_user_privs",
    "2026_04_27_110644_create_asn_table",
    "2026_06_11_102639_create_app_passwords_table",
    "2026_06_11_112737_create_app_passwords_last_logins_table",
    "2026_06_25_133900_set_api_keys_expires_not_nullable",
    "2026_07_15_121559_add_task_last_run_table",
    "2026_08_12_113213_remove_rs_prefixes_table",
];

/// Migrations that releases of 7.4 ship as well. The list of an installation that is as old as their tables has them; in a
/// newer one the first of [`UPSTREAM_MIGRATIONS`] made those tables.
pub(super) const EARLIER_MIGRATIONS: [&str; 8] = [
    "2014_10_12_100000_create_password_resets_table",
    "2018_08_08_100000_create_telescope_entries_table",
    "2019_03_25_211956_create_failed_jobs_table",
    "2020_02_06_204556_create_docstore_directories",
    "2020_02_06_204608_create_docstore_files",
    "2020_02_06_204911_create_docstore_logs",
    "2020_03_09_110945_create_docstore_customer_directories",
    "2020_03_09_111505_create_docstore_customer_files",
];

/// The views of the baseline.
pub(crate) const VIEWS: [&str; 3] =
    ["view_cust_current_active", "view_switch_details_by_custid", "view_vlaninterface_details_by_custid"];
/// The triggers of the baseline.
pub(crate) const TRIGGERS: [&str; 2] = ["bgp_sessions_update", "tr_app_passwords_last_logins"];

pub(super) const MYSQL_TRIGGERS: &str = include_str!("baseline/mysql/triggers.sql");
pub(super) const SQLITE_TRIGGERS: &str = include_str!("baseline/sqlite/triggers.sql");

/// A part's name and its statements.
type File = (&'static str, &'static str);

/// The files that make tables, for MySQL.
pub(crate) const MYSQL_TABLES: [File; 12] = [
    ("members", include_str!("baseline/mysql/members.sql")),
    ("users", include_str!("baseline/mysql/users.sql")),
    ("infrastructure", include_str!("baseline/mysql/infrastructure.sql")),
    ("interfaces", include_str!("baseline/mysql/interfaces.sql")),
    ("core_bundles", include_str!("baseline/mysql/core_bundles.sql")),
    ("routers", include_str!("baseline/mysql/routers.sql")),
    ("peering", include_str!("baseline/mysql/peering.sql")),
    ("patch_panels", include_str!("baseline/mysql/patch_panels.sql")),
    ("documents", include_str!("baseline/mysql/documents.sql")),
    ("statistics", include_str!("baseline/mysql/statistics.sql")),
    ("housekeeping", include_str!("baseline/mysql/housekeeping.sql")),
    ("atlas", include_str!("baseline/mysql/atlas.sql")),
];

const SQLITE_TABLES: [File; 12] = [
    ("members", include_str!("baseline/sqlite/members.sql")),
    ("users", include_str!("baseline/sqlite/users.sql")),
    ("infrastructure", include_str!("baseline/sqlite/infrastructure.sql")),
    ("interfaces", include_str!("baseline/sqlite/interfaces.sql")),
    ("core_bundles", include_str!("baseline/sqlite/core_bundles.sql")),
    ("routers", include_str!("baseline/sqlite/routers.sql")),
    ("peering", include_str!("baseline/sqlite/peering.sql")),
    ("patch_panels", include_str!("baseline/sqlite/patch_panels.sql")),
    ("documents", include_str!("baseline/sqlite/documents.sql")),
    ("statistics", include_str!("baseline/sqlite/statistics.sql")),
    ("housekeeping", include_str!("baseline/sqlite/housekeeping.sql")),
    ("atlas", include_str!("baseline/sqlite/atlas.sql")),
];

/// Every file of the baseline, in the order in which they are applied.
pub(super) fn files(backend: Backend) -> impl Iterator<Item = File> {
    let (tables, views, triggers) = match backend {
        Backend::Sqlite => (SQLITE_TABLES, include_str!("baseline/sqlite/views.sql"), SQLITE_TRIGGERS),
        Backend::MySql => (MYSQL_TABLES, include_str!("baseline/mysql/views.sql"), MYSQL_TRIGGERS),
    };
    tables.into_iter().chain([("views", views), ("triggers", triggers)])
}

/// Fills the `migrations` table as IXP Manager does.
pub(super) async fn record_upstream_migrations(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let rows = (1..).zip(UPSTREAM_MIGRATIONS).map(|(id, name)| migrations::ActiveModel {
        id: Set(id),
        migration: Set(name.to_owned()),
        batch: Set(1),
    });
    migrations::Entity::insert_many(rows)
        .on_conflict_do_nothing_on([migrations::Column::Id])
        .exec_without_returning(connection)
        .await
        .map(drop)
}
