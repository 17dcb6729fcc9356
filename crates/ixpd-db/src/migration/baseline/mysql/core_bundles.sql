-- Links between switches.

-- A bundle of links between two switches of the exchange.
CREATE TABLE IF NOT EXISTS corebundles (
  id INT NOT NULL AUTO_INCREMENT,
  description VARCHAR(255) NOT NULL,
  type INT NOT NULL,
  graph_title VARCHAR(255) NOT NULL,
  bfd TINYINT(1) NOT NULL DEFAULT 0,
  ipv4_subnet VARCHAR(18) DEFAULT NULL,
  ipv6_subnet VARCHAR(43) DEFAULT NULL,
  stp TINYINT(1) NOT NULL DEFAULT 0,
  cost INT UNSIGNED DEFAULT NULL,
  preference INT UNSIGNED DEFAULT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- One link of a core bundle; it joins two core interfaces.
CREATE TABLE IF NOT EXISTS corelinks (
  id INT NOT NULL AUTO_INCREMENT,
  core_interface_sidea_id INT NOT NULL,
  core_interface_sideb_id INT NOT NULL,
  core_bundle_id INT NOT NULL,
  bfd TINYINT(1) NOT NULL DEFAULT 0,
  ipv4_subnet VARCHAR(18) DEFAULT NULL,
  ipv6_subnet VARCHAR(43) DEFAULT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_BE421236BE9AE9F7 (core_bundle_id),
  UNIQUE KEY UNIQ_BE421236AC0E2A28 (core_interface_sideb_id),
  UNIQUE KEY UNIQ_BE421236BEBB85C6 (core_interface_sidea_id),
  CONSTRAINT FK_BE421236AC0E2A28 FOREIGN KEY (core_interface_sideb_id) REFERENCES coreinterfaces (id),
  CONSTRAINT FK_BE421236BE9AE9F7 FOREIGN KEY (core_bundle_id) REFERENCES corebundles (id),
  CONSTRAINT FK_BE421236BEBB85C6 FOREIGN KEY (core_interface_sidea_id) REFERENCES coreinterfaces (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- One end of a core link.
CREATE TABLE IF NOT EXISTS coreinterfaces (
  id INT NOT NULL AUTO_INCREMENT,
  physical_interface_id INT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY UNIQ_E1A404B7FF664B20 (physical_interface_id),
  CONSTRAINT FK_E1A404B7FF664B20 FOREIGN KEY (physical_interface_id) REFERENCES physicalinterface (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
