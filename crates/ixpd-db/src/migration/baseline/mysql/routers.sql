-- Routers, route server filters, IRR data.

-- A router whose configuration is generated: route server, route collector, AS112 and others.
CREATE TABLE IF NOT EXISTS routers (
  id INT NOT NULL AUTO_INCREMENT,
  pair_id INT DEFAULT NULL,
  vlan_id INT NOT NULL,
  handle VARCHAR(255) NOT NULL,
  protocol SMALLINT UNSIGNED NOT NULL,
  type SMALLINT UNSIGNED NOT NULL,
  name VARCHAR(255) NOT NULL,
  shortname VARCHAR(255) NOT NULL,
  router_id VARCHAR(255) NOT NULL,
  peering_ip VARCHAR(255) NOT NULL,
  asn INT UNSIGNED NOT NULL,
  software VARCHAR(255) NOT NULL,
  mgmt_host VARCHAR(255) NOT NULL,
  api VARCHAR(255) DEFAULT NULL,
  api_type SMALLINT UNSIGNED NOT NULL,
  lg_access SMALLINT UNSIGNED DEFAULT NULL,
  quarantine TINYINT(1) NOT NULL,
  bgp_lc TINYINT(1) NOT NULL,
  template VARCHAR(255) NOT NULL,
  skip_md5 TINYINT(1) NOT NULL,
  last_update_started DATETIME DEFAULT NULL,
  last_updated DATETIME DEFAULT NULL,
  pause_updates TINYINT(1) NOT NULL DEFAULT 0,
  rpki TINYINT(1) NOT NULL DEFAULT 0,
  software_version VARCHAR(255) DEFAULT NULL,
  operating_system VARCHAR(255) DEFAULT NULL,
  operating_system_version VARCHAR(255) DEFAULT NULL,
  rfc1997_passthru TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_504FC9BE8B4937A1 (vlan_id),
  KEY routers_pair_id_foreign (pair_id),
  UNIQUE KEY UNIQ_504FC9BE918020D9 (handle),
  CONSTRAINT FK_504FC9BE8B4937A1 FOREIGN KEY (vlan_id) REFERENCES vlan (id),
  CONSTRAINT routers_pair_id_foreign FOREIGN KEY (pair_id) REFERENCES routers (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A rule by which a member steers the route servers, while it is being edited.
CREATE TABLE IF NOT EXISTS route_server_filters (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id INT DEFAULT NULL,
  peer_id INT DEFAULT NULL,
  vlan_id INT DEFAULT NULL,
  received_prefix VARCHAR(43) DEFAULT NULL,
  advertised_prefix VARCHAR(43) DEFAULT NULL,
  protocol SMALLINT DEFAULT NULL,
  action_advertise VARCHAR(255) DEFAULT NULL,
  action_receive VARCHAR(255) DEFAULT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  order_by INT NOT NULL,
  live VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY route_server_filters_customer_id_order_by_unique (customer_id, order_by),
  KEY route_server_filters_peer_id_foreign (peer_id),
  KEY route_server_filters_vlan_id_foreign (vlan_id),
  CONSTRAINT route_server_filters_customer_id_foreign FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_peer_id_foreign FOREIGN KEY (peer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A rule by which a member steers the route servers, as it is in force.
CREATE TABLE IF NOT EXISTS route_server_filters_prod (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id INT DEFAULT NULL,
  peer_id INT DEFAULT NULL,
  vlan_id INT DEFAULT NULL,
  received_prefix VARCHAR(43) DEFAULT NULL,
  advertised_prefix VARCHAR(43) DEFAULT NULL,
  protocol SMALLINT DEFAULT NULL,
  action_advertise VARCHAR(255) DEFAULT NULL,
  action_receive VARCHAR(255) DEFAULT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  order_by INT NOT NULL,
  live VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY route_server_filters_prod_customer_id_order_by_unique (customer_id, order_by),
  KEY route_server_filters_prod_peer_id_foreign (peer_id),
  KEY route_server_filters_prod_vlan_id_foreign (vlan_id),
  CONSTRAINT route_server_filters_prod_customer_id_foreign FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_prod_peer_id_foreign FOREIGN KEY (peer_id) REFERENCES cust (id),
  CONSTRAINT route_server_filters_prod_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A set of IRR databases that a member's prefixes can be looked up in.
CREATE TABLE IF NOT EXISTS irrdbconfig (
  id INT NOT NULL AUTO_INCREMENT,
  host VARCHAR(255) DEFAULT NULL,
  source VARCHAR(255) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A prefix that a member has registered in its IRR databases.
CREATE TABLE IF NOT EXISTS irrdb_prefix (
  id BIGINT NOT NULL AUTO_INCREMENT,
  customer_id INT NOT NULL,
  prefix VARCHAR(255) NOT NULL,
  protocol INT NOT NULL,
  first_seen DATETIME DEFAULT NULL,
  last_seen DATETIME DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY custprefix (prefix, protocol, customer_id),
  KEY IDX_FE73E77C9395C3F3 (customer_id),
  CONSTRAINT FK_FE73E77C9395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- An origin AS that a member has registered in its IRR databases.
CREATE TABLE IF NOT EXISTS irrdb_asn (
  id BIGINT NOT NULL AUTO_INCREMENT,
  customer_id INT NOT NULL,
  asn INT UNSIGNED NOT NULL,
  protocol INT NOT NULL,
  first_seen DATETIME DEFAULT NULL,
  last_seen DATETIME DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY custasn (asn, protocol, customer_id),
  KEY IDX_87BFC5569395C3F3 (customer_id),
  CONSTRAINT FK_87BFC5569395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- When a member's IRR data was last fetched with success.
CREATE TABLE IF NOT EXISTS irrdb_update_logs (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  cust_id INT NOT NULL,
  prefix_v4 DATETIME DEFAULT NULL,
  prefix_v6 DATETIME DEFAULT NULL,
  asn_v4 DATETIME DEFAULT NULL,
  asn_v6 DATETIME DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY irrdb_update_logs_cust_id_unique (cust_id),
  CONSTRAINT irrdb_update_logs_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The name of an AS, from bgp.tools.
CREATE TABLE IF NOT EXISTS asns (
  asn BIGINT UNSIGNED NOT NULL,
  name VARCHAR(300) NOT NULL,
  class VARCHAR(16) NOT NULL,
  country_code VARCHAR(2) NOT NULL,
  PRIMARY KEY (asn)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
