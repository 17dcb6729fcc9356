-- RIPE Atlas (not used).

-- A RIPE Atlas probe of a member.
CREATE TABLE IF NOT EXISTS atlas_probes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  cust_id INT NOT NULL,
  address_v4 VARCHAR(15) DEFAULT NULL,
  address_v6 VARCHAR(39) DEFAULT NULL,
  v4_enabled TINYINT DEFAULT NULL,
  v6_enabled TINYINT DEFAULT NULL,
  asn INT DEFAULT NULL,
  atlas_id INT NOT NULL,
  is_anchor TINYINT NOT NULL,
  is_public TINYINT NOT NULL,
  last_connected DATETIME DEFAULT NULL,
  status VARCHAR(255) DEFAULT NULL,
  api_data JSON DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY atlas_probes_cust_id_foreign (cust_id),
  CONSTRAINT atlas_probes_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A batch of measurements.
CREATE TABLE IF NOT EXISTS atlas_runs (
  id INT NOT NULL AUTO_INCREMENT,
  vlan_id INT DEFAULT NULL,
  protocol INT DEFAULT NULL,
  scheduled_at DATETIME DEFAULT NULL,
  started_at DATETIME DEFAULT NULL,
  completed_at DATETIME DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY atlas_runs_vlan_id_foreign (vlan_id),
  CONSTRAINT atlas_runs_vlan_id_foreign FOREIGN KEY (vlan_id) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A measurement between two members.
CREATE TABLE IF NOT EXISTS atlas_measurements (
  id INT NOT NULL AUTO_INCREMENT,
  run_id INT NOT NULL,
  cust_source INT DEFAULT NULL,
  cust_dest INT DEFAULT NULL,
  atlas_id INT DEFAULT NULL,
  atlas_create DATETIME DEFAULT NULL,
  atlas_start DATETIME DEFAULT NULL,
  atlas_stop DATETIME DEFAULT NULL,
  atlas_data JSON DEFAULT NULL,
  atlas_request JSON DEFAULT NULL,
  atlas_state VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY atlas_measurements_cust_dest_foreign (cust_dest),
  KEY atlas_measurements_cust_source_foreign (cust_source),
  KEY atlas_measurements_run_id_foreign (run_id),
  CONSTRAINT atlas_measurements_cust_dest_foreign FOREIGN KEY (cust_dest) REFERENCES cust (id),
  CONSTRAINT atlas_measurements_cust_source_foreign FOREIGN KEY (cust_source) REFERENCES cust (id),
  CONSTRAINT atlas_measurements_run_id_foreign FOREIGN KEY (run_id) REFERENCES atlas_runs (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The result of a measurement.
CREATE TABLE IF NOT EXISTS atlas_results (
  id INT NOT NULL AUTO_INCREMENT,
  measurement_id INT DEFAULT NULL,
  routing VARCHAR(255) DEFAULT NULL,
  path LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY atlas_results_measurement_id_unique (measurement_id),
  CONSTRAINT atlas_results_measurement_id_foreign FOREIGN KEY (measurement_id) REFERENCES atlas_measurements (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
