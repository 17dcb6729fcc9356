-- Patch panels and cross connects.

-- A patch panel in a rack.
CREATE TABLE patch_panel (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cabinet_id INTEGER DEFAULT NULL,
  name VARCHAR(255) COLLATE NOCASE NOT NULL,
  colo_reference VARCHAR(255) COLLATE NOCASE NOT NULL,
  cable_type INTEGER NOT NULL,
  connector_type INTEGER NOT NULL,
  installation_date TEXT DEFAULT NULL,
  port_prefix VARCHAR(20) COLLATE NOCASE NOT NULL,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  colo_pp_type INTEGER NOT NULL DEFAULT 1,
  chargeable INTEGER NOT NULL DEFAULT 0,
  location_notes TEXT NOT NULL,
  u_position INTEGER DEFAULT NULL,
  mounted_at INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_79A52562D351EC FOREIGN KEY (cabinet_id) REFERENCES cabinet (id)
);
CREATE INDEX IDX_79A52562D351EC ON patch_panel (cabinet_id);

-- A port of a patch panel and the state of its cross connect.
CREATE TABLE patch_panel_port (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  switch_port_id INTEGER DEFAULT NULL,
  patch_panel_id INTEGER DEFAULT NULL,
  customer_id INTEGER DEFAULT NULL,
  state INTEGER NOT NULL,
  notes TEXT DEFAULT NULL,
  assigned_at TEXT DEFAULT NULL,
  connected_at TEXT DEFAULT NULL,
  cease_requested_at TEXT DEFAULT NULL,
  ceased_at TEXT DEFAULT NULL,
  last_state_change TEXT DEFAULT NULL,
  internal_use BOOLEAN NOT NULL DEFAULT FALSE,
  chargeable INTEGER NOT NULL DEFAULT 2,
  duplex_master_id INTEGER DEFAULT NULL,
  number INTEGER NOT NULL,
  colo_circuit_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  ticket_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  private_notes TEXT DEFAULT NULL,
  owned_by INTEGER NOT NULL DEFAULT 0,
  loa_code VARCHAR(25) DEFAULT NULL,
  description VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  colo_billing_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_4BE40BC23838446 FOREIGN KEY (duplex_master_id) REFERENCES patch_panel_port (id),
  CONSTRAINT FK_4BE40BC2635D5D87 FOREIGN KEY (patch_panel_id) REFERENCES patch_panel (id),
  CONSTRAINT FK_4BE40BC29395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT FK_4BE40BC2C1DA6A2A FOREIGN KEY (switch_port_id) REFERENCES switchport (id)
);
CREATE INDEX IDX_4BE40BC23838446 ON patch_panel_port (duplex_master_id);
CREATE INDEX IDX_4BE40BC2635D5D87 ON patch_panel_port (patch_panel_id);
CREATE INDEX IDX_4BE40BC29395C3F3 ON patch_panel_port (customer_id);
CREATE UNIQUE INDEX UNIQ_4BE40BC2C1DA6A2A ON patch_panel_port (switch_port_id);

-- A file attached to a patch panel port. The content itself is on disk.
CREATE TABLE patch_panel_port_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  patch_panel_port_id INTEGER DEFAULT NULL,
  name VARCHAR(255) COLLATE NOCASE NOT NULL,
  type VARCHAR(255) COLLATE NOCASE NOT NULL,
  uploaded_at TEXT NOT NULL,
  uploaded_by VARCHAR(255) COLLATE NOCASE NOT NULL,
  size INTEGER NOT NULL,
  is_private BOOLEAN NOT NULL DEFAULT FALSE,
  storage_location VARCHAR(255) NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_28089403B0F978FF FOREIGN KEY (patch_panel_port_id) REFERENCES patch_panel_port (id)
);
CREATE INDEX IDX_28089403B0F978FF ON patch_panel_port_file (patch_panel_port_id);

-- A cross connect that has ended, as it was.
CREATE TABLE patch_panel_port_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  patch_panel_port_id INTEGER DEFAULT NULL,
  state INTEGER NOT NULL,
  notes TEXT DEFAULT NULL,
  assigned_at TEXT DEFAULT NULL,
  connected_at TEXT DEFAULT NULL,
  cease_requested_at TEXT DEFAULT NULL,
  ceased_at TEXT DEFAULT NULL,
  internal_use BOOLEAN NOT NULL DEFAULT FALSE,
  chargeable INTEGER NOT NULL DEFAULT 0,
  customer VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  switchport VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  duplex_master_id INTEGER DEFAULT NULL,
  number INTEGER NOT NULL,
  colo_circuit_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  ticket_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  private_notes TEXT DEFAULT NULL,
  owned_by INTEGER NOT NULL DEFAULT 0,
  description VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  colo_billing_ref VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  cust_id INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_CB80B54A3838446 FOREIGN KEY (duplex_master_id) REFERENCES patch_panel_port_history (id),
  CONSTRAINT FK_CB80B54AB0F978FF FOREIGN KEY (patch_panel_port_id) REFERENCES patch_panel_port (id)
);
CREATE INDEX IDX_CB80B54A3838446 ON patch_panel_port_history (duplex_master_id);
CREATE INDEX IDX_CB80B54AB0F978FF ON patch_panel_port_history (patch_panel_port_id);

-- A file attached to a cross connect that has ended.
CREATE TABLE patch_panel_port_history_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  patch_panel_port_history_id INTEGER DEFAULT NULL,
  name VARCHAR(255) COLLATE NOCASE NOT NULL,
  type VARCHAR(255) COLLATE NOCASE NOT NULL,
  uploaded_at TEXT NOT NULL,
  uploaded_by VARCHAR(255) COLLATE NOCASE NOT NULL,
  size INTEGER NOT NULL,
  is_private BOOLEAN NOT NULL DEFAULT FALSE,
  storage_location VARCHAR(255) NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_206EAD4E6F461430 FOREIGN KEY (patch_panel_port_history_id) REFERENCES patch_panel_port_history (id)
);
CREATE INDEX IDX_206EAD4E6F461430 ON patch_panel_port_history_file (patch_panel_port_history_id);
