-- Routers, route server filters, IRR data.

-- A router whose configuration is generated: route server, route collector, AS112 and others.
CREATE TABLE routers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pair_id INTEGER DEFAULT NULL,
  vlan_id INTEGER NOT NULL,
  handle VARCHAR(255) COLLATE NOCASE NOT NULL,
  protocol INTEGER NOT NULL,
  type INTEGER NOT NULL,
  name VARCHAR(255) COLLATE NOCASE NOT NULL,
  shortname VARCHAR(255) COLLATE NOCASE NOT NULL,
  router_id VARCHAR(255) COLLATE NOCASE NOT NULL,
  peering_ip VARCHAR(255) COLLATE NOCASE NOT NULL,
  asn INTEGER NOT NULL,
  software VARCHAR(255) COLLATE NOCASE NOT NULL,
  mgmt_host VARCHAR(255) COLLATE NOCASE NOT NULL,
  api VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  api_type INTEGER NOT NULL,
  lg_access INTEGER DEFAULT NULL,
  quarantine BOOLEAN NOT NULL,
  bgp_lc BOOLEAN NOT NULL,
  template VARCHAR(255) COLLATE NOCASE NOT NULL,
  skip_md5 BOOLEAN NOT NULL,
  last_update_started TEXT DEFAULT NULL,
  last_updated TEXT DEFAULT NULL,
  pause_updates BOOLEAN NOT NULL DEFAULT FALSE,
  rpki BOOLEAN NOT NULL DEFAULT FALSE,
  software_version VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  operating_system VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  operating_system_version VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  rfc1997_passthru BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_504FC9BE8B4937A1 FOREIGN KEY (vlan_id) REFERENCES vlan (id),
  CONSTRAINT routers_pair_id_foreign FOREIGN KEY (pair_id) REFERENCES routers (id) ON DELETE SET NULL
);
CREATE INDEX IDX_504FC9BE8B4937A1 ON routers (vlan_id);
CREATE INDEX routers_pair_id_foreign ON routers (pair_id);
CREATE UNIQUE INDEX UNIQ_504FC9BE918020D9 ON routers (handle);

-- A rule by which a member steers the route servers, while it is being edited.
CREATE TABLE route_server_filters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER DEFAULT NULL,
  peer_id INTEGER DEFAULT NULL,
  vlan_id INTEGER DEFAULT NULL,
  received_prefix VARCHAR(43) DEFAULT NULL,
  advertised_prefix VARCHAR(43) DEFAULT NULL,
  protocol INTEGER DEFAULT NULL,
  action_advertise VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  action_receive VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  order_by INTEGER NOT NULL,
  live VARCHAR(255) COLLATE NOCASE NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT route_server_filters_customer_id_foreign FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_peer_id_foreign FOREIGN KEY (peer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
);
CREATE UNIQUE INDEX route_server_filters_customer_id_order_by_unique ON route_server_filters (customer_id, order_by);
CREATE INDEX route_server_filters_peer_id_foreign ON route_server_filters (peer_id);
CREATE INDEX route_server_filters_vlan_id_foreign ON route_server_filters (vlan_id);

-- A rule by which a member steers the route servers, as it is in force.
CREATE TABLE route_server_filters_prod (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER DEFAULT NULL,
  peer_id INTEGER DEFAULT NULL,
  vlan_id INTEGER DEFAULT NULL,
  received_prefix VARCHAR(43) DEFAULT NULL,
  advertised_prefix VARCHAR(43) DEFAULT NULL,
  protocol INTEGER DEFAULT NULL,
  action_advertise VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  action_receive VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  order_by INTEGER NOT NULL,
  live VARCHAR(255) COLLATE NOCASE NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT route_server_filters_prod_customer_id_foreign FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_prod_peer_id_foreign FOREIGN KEY (peer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_prod_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
);
CREATE UNIQUE INDEX route_server_filters_prod_customer_id_order_by_unique ON route_server_filters_prod (customer_id, order_by);
CREATE INDEX route_server_filters_prod_peer_id_foreign ON route_server_filters_prod (peer_id);
CREATE INDEX route_server_filters_prod_vlan_id_foreign ON route_server_filters_prod (vlan_id);

-- A set of IRR databases that a member's prefixes can be looked up in.
CREATE TABLE irrdbconfig (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  source VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  notes TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL
);

-- A prefix that a member has registered in its IRR databases.
CREATE TABLE irrdb_prefix (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL,
  prefix VARCHAR(255) NOT NULL,
  protocol INTEGER NOT NULL,
  first_seen TEXT DEFAULT NULL,
  last_seen TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_FE73E77C9395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX custprefix ON irrdb_prefix (prefix, protocol, customer_id);
CREATE INDEX IDX_FE73E77C9395C3F3 ON irrdb_prefix (customer_id);

-- An origin AS that a member has registered in its IRR databases.
CREATE TABLE irrdb_asn (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL,
  asn INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  first_seen TEXT DEFAULT NULL,
  last_seen TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_87BFC5569395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX custasn ON irrdb_asn (asn, protocol, customer_id);
CREATE INDEX IDX_87BFC5569395C3F3 ON irrdb_asn (customer_id);

-- When a member's IRR data was last fetched with success.
CREATE TABLE irrdb_update_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER NOT NULL,
  prefix_v4 TEXT DEFAULT NULL,
  prefix_v6 TEXT DEFAULT NULL,
  asn_v4 TEXT DEFAULT NULL,
  asn_v6 TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT irrdb_update_logs_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
);
CREATE UNIQUE INDEX irrdb_update_logs_cust_id_unique ON irrdb_update_logs (cust_id);

-- The name of an AS, from bgp.tools.
CREATE TABLE asns (
  asn BIGINT NOT NULL,
  name VARCHAR(300) COLLATE NOCASE NOT NULL,
  class VARCHAR(16) COLLATE NOCASE NOT NULL,
  country_code VARCHAR(2) COLLATE NOCASE NOT NULL,
  PRIMARY KEY (asn)
);
