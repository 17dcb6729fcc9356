-- Peering.

-- A member's own record of its peering with another member.
CREATE TABLE IF NOT EXISTS peering_manager (
  id INT NOT NULL AUTO_INCREMENT,
  custid INT DEFAULT NULL,
  peerid INT DEFAULT NULL,
  email_last_sent DATETIME DEFAULT NULL,
  emails_sent INT DEFAULT NULL,
  peered TINYINT(1) DEFAULT NULL,
  rejected TINYINT(1) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_35A725974E5F9AFF (peerid),
  KEY IDX_35A72597DA0209B9 (custid),
  CONSTRAINT FK_35A725974E5F9AFF FOREIGN KEY (peerid) REFERENCES cust (id) ON DELETE CASCADE,
  CONSTRAINT FK_35A72597DA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A sighting of BGP packets between two addresses. An outside program writes these rows.
CREATE TABLE IF NOT EXISTS bgpsessiondata (
  id INT NOT NULL AUTO_INCREMENT,
  srcipaddressid INT DEFAULT NULL,
  dstipaddressid INT DEFAULT NULL,
  protocol INT DEFAULT NULL,
  vlan INT DEFAULT NULL,
  packetcount INT DEFAULT 0,
  timestamp DATETIME DEFAULT NULL,
  source VARCHAR(40) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY idx_timestamp (timestamp)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A pair of addresses between which BGP was seen. A trigger on `bgpsessiondata` keeps it, once a direction.
CREATE TABLE IF NOT EXISTS bgp_sessions (
  id INT NOT NULL AUTO_INCREMENT,
  srcipaddressid INT NOT NULL,
  protocol INT NOT NULL,
  dstipaddressid INT NOT NULL,
  packetcount INT NOT NULL DEFAULT 0,
  last_seen DATETIME NOT NULL,
  source VARCHAR(40) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY src_protocol_dst (srcipaddressid, protocol, dstipaddressid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Not used.
CREATE TABLE IF NOT EXISTS peering_matrix (
  id INT NOT NULL AUTO_INCREMENT,
  x_custid INT DEFAULT NULL,
  y_custid INT DEFAULT NULL,
  vlan INT DEFAULT NULL,
  x_as INT DEFAULT NULL,
  y_as INT DEFAULT NULL,
  peering_status VARCHAR(255) DEFAULT NULL,
  updated DATETIME DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_C1A6F6F968606496 (y_custid),
  KEY IDX_C1A6F6F9A4CA6408 (x_custid),
  CONSTRAINT FK_C1A6F6F968606496 FOREIGN KEY (y_custid) REFERENCES cust (id) ON DELETE CASCADE,
  CONSTRAINT FK_C1A6F6F9A4CA6408 FOREIGN KEY (x_custid) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
