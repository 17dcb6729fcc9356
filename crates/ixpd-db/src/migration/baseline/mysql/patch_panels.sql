-- Patch panels and cross connects.

-- A patch panel in a rack.
CREATE TABLE IF NOT EXISTS patch_panel (
  id INT NOT NULL AUTO_INCREMENT,
  cabinet_id INT DEFAULT NULL,
  name VARCHAR(255) NOT NULL,
  colo_reference VARCHAR(255) NOT NULL,
  cable_type INT NOT NULL,
  connector_type INT NOT NULL,
  installation_date DATE DEFAULT NULL,
  port_prefix VARCHAR(20) NOT NULL,
  active TINYINT(1) NOT NULL DEFAULT 1,
  colo_pp_type TINYINT NOT NULL DEFAULT 1,
  chargeable INT NOT NULL DEFAULT 0,
  location_notes LONGTEXT NOT NULL,
  u_position INT DEFAULT NULL,
  mounted_at SMALLINT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_79A52562D351EC (cabinet_id),
  CONSTRAINT FK_79A52562D351EC FOREIGN KEY (cabinet_id) REFERENCES cabinet (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A port of a patch panel and the state of its cross connect.
CREATE TABLE IF NOT EXISTS patch_panel_port (
  id INT NOT NULL AUTO_INCREMENT,
  switch_port_id INT DEFAULT NULL,
  patch_panel_id INT DEFAULT NULL,
  customer_id INT DEFAULT NULL,
  state INT NOT NULL,
  notes LONGTEXT DEFAULT NULL,
  assigned_at DATE DEFAULT NULL,
  connected_at DATE DEFAULT NULL,
  cease_requested_at DATE DEFAULT NULL,
  ceased_at DATE DEFAULT NULL,
  last_state_change DATE DEFAULT NULL,
  internal_use TINYINT(1) NOT NULL DEFAULT 0,
  chargeable INT NOT NULL DEFAULT 2,
  duplex_master_id INT DEFAULT NULL,
  number SMALLINT NOT NULL,
  colo_circuit_ref VARCHAR(255) DEFAULT NULL,
  ticket_ref VARCHAR(255) DEFAULT NULL,
  private_notes LONGTEXT DEFAULT NULL,
  owned_by INT NOT NULL DEFAULT 0,
  loa_code VARCHAR(25) DEFAULT NULL,
  description VARCHAR(255) DEFAULT NULL,
  colo_billing_ref VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_4BE40BC23838446 (duplex_master_id),
  KEY IDX_4BE40BC2635D5D87 (patch_panel_id),
  KEY IDX_4BE40BC29395C3F3 (customer_id),
  UNIQUE KEY UNIQ_4BE40BC2C1DA6A2A (switch_port_id),
  CONSTRAINT FK_4BE40BC23838446 FOREIGN KEY (duplex_master_id) REFERENCES patch_panel_port (id),
  CONSTRAINT FK_4BE40BC2635D5D87 FOREIGN KEY (patch_panel_id) REFERENCES patch_panel (id),
  CONSTRAINT FK_4BE40BC29395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT FK_4BE40BC2C1DA6A2A FOREIGN KEY (switch_port_id) REFERENCES switchport (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A file attached to a patch panel port. The content itself is on disk.
CREATE TABLE IF NOT EXISTS patch_panel_port_file (
  id INT NOT NULL AUTO_INCREMENT,
  patch_panel_port_id INT DEFAULT NULL,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(255) NOT NULL,
  uploaded_at DATETIME NOT NULL,
  uploaded_by VARCHAR(255) NOT NULL,
  size INT NOT NULL,
  is_private TINYINT(1) NOT NULL DEFAULT 0,
  storage_location VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_28089403B0F978FF (patch_panel_port_id),
  CONSTRAINT FK_28089403B0F978FF FOREIGN KEY (patch_panel_port_id) REFERENCES patch_panel_port (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A cross connect that has ended, as it was.
CREATE TABLE IF NOT EXISTS patch_panel_port_history (
  id INT NOT NULL AUTO_INCREMENT,
  patch_panel_port_id INT DEFAULT NULL,
  state INT NOT NULL,
  notes LONGTEXT DEFAULT NULL,
  assigned_at DATE DEFAULT NULL,
  connected_at DATE DEFAULT NULL,
  cease_requested_at DATE DEFAULT NULL,
  ceased_at DATE DEFAULT NULL,
  internal_use TINYINT(1) NOT NULL DEFAULT 0,
  chargeable INT NOT NULL DEFAULT 0,
  customer VARCHAR(255) DEFAULT NULL,
  switchport VARCHAR(255) DEFAULT NULL,
  duplex_master_id INT DEFAULT NULL,
  number SMALLINT NOT NULL,
  colo_circuit_ref VARCHAR(255) DEFAULT NULL,
  ticket_ref VARCHAR(255) DEFAULT NULL,
  private_notes LONGTEXT DEFAULT NULL,
  owned_by INT NOT NULL DEFAULT 0,
  description VARCHAR(255) DEFAULT NULL,
  colo_billing_ref VARCHAR(255) DEFAULT NULL,
  cust_id INT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_CB80B54A3838446 (duplex_master_id),
  KEY IDX_CB80B54AB0F978FF (patch_panel_port_id),
  CONSTRAINT FK_CB80B54A3838446 FOREIGN KEY (duplex_master_id) REFERENCES patch_panel_port_history (id),
  CONSTRAINT FK_CB80B54AB0F978FF FOREIGN KEY (patch_panel_port_id) REFERENCES patch_panel_port (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A file attached to a cross connect that has ended.
CREATE TABLE IF NOT EXISTS patch_panel_port_history_file (
  id INT NOT NULL AUTO_INCREMENT,
  patch_panel_port_history_id INT DEFAULT NULL,
  name VARCHAR(255) NOT NULL,
  type VARCHAR(255) NOT NULL,
  uploaded_at DATETIME NOT NULL,
  uploaded_by VARCHAR(255) NOT NULL,
  size INT NOT NULL,
  is_private TINYINT(1) NOT NULL DEFAULT 0,
  storage_location VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_206EAD4E6F461430 (patch_panel_port_history_id),
  CONSTRAINT FK_206EAD4E6F461430 FOREIGN KEY (patch_panel_port_history_id) REFERENCES patch_panel_port_history (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
