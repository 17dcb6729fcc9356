-- Peering.

-- A member's own record of its peering with another member.
CREATE TABLE peering_manager (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  custid INTEGER DEFAULT NULL,
  peerid INTEGER DEFAULT NULL,
  email_last_sent TEXT DEFAULT NULL,
  emails_sent INTEGER DEFAULT NULL,
  peered BOOLEAN DEFAULT NULL,
  rejected BOOLEAN DEFAULT NULL,
  notes TEXT DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_35A725974E5F9AFF FOREIGN KEY (peerid) REFERENCES cust (id) ON DELETE CASCADE,
  CONSTRAINT FK_35A72597DA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_35A725974E5F9AFF ON peering_manager (peerid);
CREATE INDEX IDX_35A72597DA0209B9 ON peering_manager (custid);

-- A sighting of BGP packets between two addresses. An outside program writes these rows.
CREATE TABLE bgpsessiondata (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  srcipaddressid INTEGER DEFAULT NULL,
  dstipaddressid INTEGER DEFAULT NULL,
  protocol INTEGER DEFAULT NULL,
  vlan INTEGER DEFAULT NULL,
  packetcount INTEGER DEFAULT 0,
  timestamp TEXT DEFAULT NULL,
  source VARCHAR(40) COLLATE NOCASE DEFAULT NULL
);
CREATE INDEX idx_timestamp ON bgpsessiondata (timestamp);

-- A pair of addresses between which BGP was seen. A trigger on `bgpsessiondata` keeps it, once a direction.
CREATE TABLE bgp_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  srcipaddressid INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  dstipaddressid INTEGER NOT NULL,
  packetcount INTEGER NOT NULL DEFAULT 0,
  last_seen TEXT NOT NULL,
  source VARCHAR(40) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL
);
CREATE UNIQUE INDEX src_protocol_dst ON bgp_sessions (srcipaddressid, protocol, dstipaddressid);

-- Not used.
CREATE TABLE peering_matrix (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  x_custid INTEGER DEFAULT NULL,
  y_custid INTEGER DEFAULT NULL,
  vlan INTEGER DEFAULT NULL,
  x_as INTEGER DEFAULT NULL,
  y_as INTEGER DEFAULT NULL,
  peering_status VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  updated TEXT DEFAULT NULL,
  CONSTRAINT FK_C1A6F6F968606496 FOREIGN KEY (y_custid) REFERENCES cust (id) ON DELETE CASCADE,
  CONSTRAINT FK_C1A6F6F9A4CA6408 FOREIGN KEY (x_custid) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_C1A6F6F968606496 ON peering_matrix (y_custid);
CREATE INDEX IDX_C1A6F6F9A4CA6408 ON peering_matrix (x_custid);
