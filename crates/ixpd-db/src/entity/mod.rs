//! One file a table. Names are the schema's in snake case; each `Model` has exactly the columns that exist, with
//! their exact signedness, because the MySQL driver decodes no other.
//!
//! Tables that nothing reads have no entity and are listed here; a test notices a table or column that is new.

/// Tables of the 7.4 schema that nothing of ixpd reads or writes. They are made all the same.
pub const UNUSED_TABLES: [&str; 14] = [
    "atlas_measurements",
    "atlas_probes",
    "atlas_results",
    "atlas_runs",
    "failed_jobs",
    "netinfo",
    "peering_matrix",
    "sessions",
    "telescope_entries",
    "telescope_entries_tags",
    "telescope_monitoring",
    "traffic_95th",
    "traffic_95th_monthly",
    "user_pref",
];

pub mod api_keys;
pub mod app_passwords;
pub mod app_passwords_last_logins;
pub mod asns;
pub mod bgp_sessions;
pub mod bgpsessiondata;
pub mod cabinet;
pub mod company_billing_detail;
pub mod company_registration_detail;
pub mod console_server;
pub mod consoleserverconnection;
pub mod contact;
pub mod contact_group;
pub mod contact_to_group;
pub mod corebundles;
pub mod coreinterfaces;
pub mod corelinks;
pub mod cust;
pub mod cust_notes;
pub mod cust_tag;
pub mod cust_to_cust_tag;
pub mod custkit;
pub mod customer_to_users;
pub mod docstore_customer_directories;
pub mod docstore_customer_files;
pub mod docstore_directories;
pub mod docstore_files;
pub mod docstore_logs;
pub mod infrastructure;
pub mod ipv4address;
pub mod ipv6address;
pub mod irrdb_asn;
pub mod irrdb_prefix;
pub mod irrdb_update_logs;
pub mod irrdbconfig;
pub mod ixpd_api_key;
pub mod ixpd_audit;
pub mod ixpd_irrdb_hold;
pub mod ixpd_irrdb_state;
pub mod ixpd_job;
pub mod ixpd_mail;
pub mod ixpd_router_lock;
pub mod ixpd_second_factor;
pub mod ixpd_second_factor_failure;
pub mod ixpd_session;
pub mod ixpd_setting;
pub mod ixpd_user_lock;
pub mod l2address;
pub mod location;
pub mod log;
pub mod logos;
pub mod macaddress;
pub mod migrations;
pub mod networkinfo;
pub mod oui;
pub mod p2p_daily_stats;
pub mod password_resets;
pub mod patch_panel;
pub mod patch_panel_port;
pub mod patch_panel_port_file;
pub mod patch_panel_port_history;
pub mod patch_panel_port_history_file;
pub mod peering_manager;
pub mod physicalinterface;
pub mod route_server_filters;
pub mod route_server_filters_prod;
pub mod routers;
pub mod sflow_receiver;
pub mod switch;
pub mod switchport;
pub mod task_last_run;
pub mod traffic_daily;
pub mod traffic_daily_phys_ints;
pub mod user;
pub mod user_2fa;
pub mod user_logins;
pub mod user_remember_tokens;
pub mod vendor;
pub mod virtualinterface;
pub mod vlan;
pub mod vlaninterface;
