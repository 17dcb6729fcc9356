-- RIPE Atlas (not used).

-- A RIPE Atlas probe of a member.
CREATE TABLE atlas_probes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER NOT NULL,
  address_v4 VARCHAR(15) COLLATE NOCASE DEFAULT NULL,
  address_v6 VARCHAR(39) COLLATE NOCASE DEFAULT NULL,
  v4_enabled INTEGER DEFAULT NULL,
  v6_enabled INTEGER DEFAULT NULL,
  asn INTEGER DEFAULT NULL,
  atlas_id INTEGER NOT NULL,
  is_anchor INTEGER NOT NULL,
  is_public INTEGER NOT NULL,
  last_connected TEXT DEFAULT NULL,
  status VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  api_data TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT atlas_probes_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
);
CREATE INDEX atlas_probes_cust_id_foreign ON atlas_probes (cust_id);

-- A batch of measurements.
CREATE TABLE atlas_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlan_id INTEGER DEFAULT NULL,
  protocol INTEGER DEFAULT NULL,
  scheduled_at TEXT DEFAULT NULL,
  started_at TEXT DEFAULT NULL,
  completed_at TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT atlas_runs_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
);
CREATE INDEX atlas_runs_vlan_id_foreign ON atlas_runs (vlan_id);

-- A measurement between two members.
CREATE TABLE atlas_measurements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL,
  cust_source INTEGER DEFAULT NULL,
  cust_dest INTEGER DEFAULT NULL,
  atlas_id INTEGER DEFAULT NULL,
  atlas_create TEXT DEFAULT NULL,
  atlas_start TEXT DEFAULT NULL,
  atlas_stop TEXT DEFAULT NULL,
  atlas_data TEXT DEFAULT NULL,
  atlas_request TEXT DEFAULT NULL,
  atlas_state VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT atlas_measurements_cust_dest_foreign FOREIGN KEY (cust_dest) REFERENCES cust (id),
  CONSTRAINT atlas_measurements_cust_source_foreign FOREIGN KEY (cust_source) REFERENCES cust (id),
  CONSTRAINT atlas_measurements_run_id_foreign FOREIGN KEY (run_id) REFERENCES atlas_runs (id)
);
CREATE INDEX atlas_measurements_cust_dest_foreign ON atlas_measurements (cust_dest);
CREATE INDEX atlas_measurements_cust_source_foreign ON atlas_measurements (cust_source);
CREATE INDEX atlas_measurements_run_id_foreign ON atlas_measurements (run_id);

-- The result of a measurement.
CREATE TABLE atlas_results (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  measurement_id INTEGER DEFAULT NULL,
  routing VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  path TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT atlas_results_measurement_id_foreign FOREIGN KEY (measurement_id) REFERENCES atlas_measurements (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX atlas_results_measurement_id_unique ON atlas_results (measurement_id);
