-- Links between switches.

-- A bundle of links between two switches of the exchange.
CREATE TABLE corebundles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  description VARCHAR(255) COLLATE NOCASE NOT NULL,
  type INTEGER NOT NULL,
  graph_title VARCHAR(255) COLLATE NOCASE NOT NULL,
  bfd BOOLEAN NOT NULL DEFAULT FALSE,
  ipv4_subnet VARCHAR(18) COLLATE NOCASE DEFAULT NULL,
  ipv6_subnet VARCHAR(43) COLLATE NOCASE DEFAULT NULL,
  stp BOOLEAN NOT NULL DEFAULT FALSE,
  cost INTEGER DEFAULT NULL,
  preference INTEGER DEFAULT NULL,
  enabled BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL
);

-- One link of a core bundle; it joins two core interfaces.
CREATE TABLE corelinks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  core_interface_sidea_id INTEGER NOT NULL,
  core_interface_sideb_id INTEGER NOT NULL,
  core_bundle_id INTEGER NOT NULL,
  bfd BOOLEAN NOT NULL DEFAULT FALSE,
  ipv4_subnet VARCHAR(18) COLLATE NOCASE DEFAULT NULL,
  ipv6_subnet VARCHAR(43) COLLATE NOCASE DEFAULT NULL,
  enabled BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_BE421236AC0E2A28 FOREIGN KEY (core_interface_sideb_id) REFERENCES coreinterfaces (id),
  CONSTRAINT FK_BE421236BE9AE9F7 FOREIGN KEY (core_bundle_id) REFERENCES corebundles (id),
  CONSTRAINT FK_BE421236BEBB85C6 FOREIGN KEY (core_interface_sidea_id) REFERENCES coreinterfaces (id)
);
CREATE INDEX IDX_BE421236BE9AE9F7 ON corelinks (core_bundle_id);
CREATE UNIQUE INDEX UNIQ_BE421236AC0E2A28 ON corelinks (core_interface_sideb_id);
CREATE UNIQUE INDEX UNIQ_BE421236BEBB85C6 ON corelinks (core_interface_sidea_id);

-- One end of a core link.
CREATE TABLE coreinterfaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  physical_interface_id INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_E1A404B7FF664B20 FOREIGN KEY (physical_interface_id) REFERENCES physicalinterface (id)
);
CREATE UNIQUE INDEX UNIQ_E1A404B7FF664B20 ON coreinterfaces (physical_interface_id);
