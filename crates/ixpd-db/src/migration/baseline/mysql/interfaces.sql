-- Member interfaces, VLANs, addresses.

-- A member's logical port: a single physical port or a LAG of several.
CREATE TABLE IF NOT EXISTS virtualinterface (
  id INT NOT NULL AUTO_INCREMENT,
  custid INT DEFAULT NULL,
  name VARCHAR(255) DEFAULT NULL,
  description VARCHAR(255) DEFAULT NULL,
  mtu INT DEFAULT NULL,
  trunk TINYINT(1) DEFAULT NULL,
  channelgroup INT DEFAULT NULL,
  lag_framing TINYINT(1) NOT NULL DEFAULT 0,
  fastlacp TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_11D9014FDA0209B9 (custid),
  CONSTRAINT FK_11D9014FDA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A physical port of a virtual interface, bound to one switch port.
CREATE TABLE IF NOT EXISTS physicalinterface (
  id INT NOT NULL AUTO_INCREMENT,
  switchportid INT DEFAULT NULL,
  virtualinterfaceid INT DEFAULT NULL,
  status INT DEFAULT NULL,
  speed INT DEFAULT NULL,
  duplex VARCHAR(16) DEFAULT NULL,
  rate_limit INT UNSIGNED DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  fanout_physical_interface_id INT DEFAULT NULL,
  autoneg TINYINT(1) NOT NULL DEFAULT 1,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_5FFF4D60BFDF15D5 (virtualinterfaceid),
  UNIQUE KEY UNIQ_5FFF4D602E68AB8C (fanout_physical_interface_id),
  UNIQUE KEY UNIQ_5FFF4D60E5F6FACB (switchportid),
  CONSTRAINT FK_5FFF4D602E68AB8C FOREIGN KEY (fanout_physical_interface_id) REFERENCES physicalinterface (id),
  CONSTRAINT FK_5FFF4D60BFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE,
  CONSTRAINT FK_5FFF4D60E5F6FACB FOREIGN KEY (switchportid) REFERENCES switchport (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- What a virtual interface has on one VLAN: addresses, BGP settings, route server use.
CREATE TABLE IF NOT EXISTS vlaninterface (
  id INT NOT NULL AUTO_INCREMENT,
  ipv4addressid INT DEFAULT NULL,
  ipv6addressid INT DEFAULT NULL,
  virtualinterfaceid INT DEFAULT NULL,
  vlanid INT DEFAULT NULL,
  ipv4enabled TINYINT(1) DEFAULT 0,
  ipv4hostname VARCHAR(255) DEFAULT NULL,
  ipv6enabled TINYINT(1) DEFAULT 0,
  ipv6hostname VARCHAR(255) DEFAULT NULL,
  mcastenabled TINYINT(1) DEFAULT 0,
  irrdbfilter TINYINT(1) DEFAULT 1,
  bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv4bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv6bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv4maxbgpprefix INT UNSIGNED DEFAULT NULL,
  ipv6maxbgpprefix INT UNSIGNED DEFAULT NULL,
  rsclient TINYINT(1) DEFAULT NULL,
  ipv4canping TINYINT(1) DEFAULT NULL,
  ipv6canping TINYINT(1) DEFAULT NULL,
  ipv4monitorrcbgp TINYINT(1) DEFAULT NULL,
  ipv6monitorrcbgp TINYINT(1) DEFAULT NULL,
  as112client TINYINT(1) DEFAULT NULL,
  busyhost TINYINT(1) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  rsmorespecifics TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_B4B4411ABFDF15D5 (virtualinterfaceid),
  KEY IDX_B4B4411AF48D6D0 (vlanid),
  UNIQUE KEY UNIQ_B4B4411A73720641 (ipv4addressid),
  UNIQUE KEY UNIQ_B4B4411A7787D67C (ipv6addressid),
  CONSTRAINT FK_B4B4411A73720641 FOREIGN KEY (ipv4addressid) REFERENCES ipv4address (id),
  CONSTRAINT FK_B4B4411A7787D67C FOREIGN KEY (ipv6addressid) REFERENCES ipv6address (id),
  CONSTRAINT FK_B4B4411ABFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE,
  CONSTRAINT FK_B4B4411AF48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A peering LAN, or a private VLAN between some members.
CREATE TABLE IF NOT EXISTS vlan (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(255) DEFAULT NULL,
  number INT DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  private TINYINT(1) NOT NULL DEFAULT 0,
  infrastructureid INT NOT NULL,
  peering_matrix TINYINT(1) NOT NULL DEFAULT 0,
  peering_manager TINYINT(1) NOT NULL DEFAULT 0,
  export_to_ixf TINYINT NOT NULL DEFAULT 1,
  config_name VARCHAR(32) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_F83104A1721EBF79 (infrastructureid),
  UNIQUE KEY infra_config_name (infrastructureid, config_name),
  CONSTRAINT FK_F83104A1721EBF79 FOREIGN KEY (infrastructureid) REFERENCES infrastructure (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- The subnet of a VLAN for one protocol.
CREATE TABLE IF NOT EXISTS networkinfo (
  id INT NOT NULL AUTO_INCREMENT,
  vlanid INT DEFAULT NULL,
  protocol INT DEFAULT NULL,
  network VARCHAR(255) DEFAULT NULL,
  masklen INT DEFAULT NULL,
  rs1address VARCHAR(40) DEFAULT NULL,
  rs2address VARCHAR(40) DEFAULT NULL,
  dnsfile VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_6A0AF167F48D6D0 (vlanid),
  CONSTRAINT FK_6A0AF167F48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Not used.
CREATE TABLE IF NOT EXISTS netinfo (
  id INT NOT NULL AUTO_INCREMENT,
  vlan_id INT NOT NULL,
  protocol INT NOT NULL,
  property VARCHAR(255) NOT NULL,
  ix INT NOT NULL DEFAULT 0,
  value LONGTEXT NOT NULL,
  PRIMARY KEY (id),
  KEY IDX_F843DE6B8B4937A1 (vlan_id),
  KEY VlanProtoProp (protocol, property, vlan_id),
  CONSTRAINT FK_F843DE6B8B4937A1 FOREIGN KEY (vlan_id) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- An IPv4 address of a VLAN's pool; it is free while no VLAN interface points at it.
CREATE TABLE IF NOT EXISTS ipv4address (
  id INT NOT NULL AUTO_INCREMENT,
  vlanid INT DEFAULT NULL,
  address VARCHAR(16) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_A44BCBEEF48D6D0 (vlanid),
  UNIQUE KEY vlan_address (vlanid, address),
  CONSTRAINT FK_A44BCBEEF48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- An IPv6 address of a VLAN's pool; it is free while no VLAN interface points at it.
CREATE TABLE IF NOT EXISTS ipv6address (
  id INT NOT NULL AUTO_INCREMENT,
  vlanid INT DEFAULT NULL,
  address VARCHAR(40) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_E66ECC93F48D6D0 (vlanid),
  UNIQUE KEY vlan_address (vlanid, address),
  CONSTRAINT FK_E66ECC93F48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A MAC address that a VLAN interface may use.
CREATE TABLE IF NOT EXISTS l2address (
  id INT NOT NULL AUTO_INCREMENT,
  vlan_interface_id INT NOT NULL,
  mac VARCHAR(12) DEFAULT NULL,
  firstseen DATETIME DEFAULT NULL,
  lastseen DATETIME DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_B9482E1D6AB5F82 (vlan_interface_id),
  UNIQUE KEY mac_vlanint (mac, vlan_interface_id),
  CONSTRAINT FK_B9482E1D6AB5F82 FOREIGN KEY (vlan_interface_id) REFERENCES vlaninterface (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A MAC address learned from the switches. An outside program writes these rows.
CREATE TABLE IF NOT EXISTS macaddress (
  id INT NOT NULL AUTO_INCREMENT,
  virtualinterfaceid INT DEFAULT NULL,
  firstseen DATETIME DEFAULT NULL,
  lastseen DATETIME DEFAULT NULL,
  mac VARCHAR(12) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_42CD65F6BFDF15D5 (virtualinterfaceid),
  CONSTRAINT FK_42CD65F6BFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Who a MAC address prefix is registered to, from the IEEE's list.
CREATE TABLE IF NOT EXISTS oui (
  id INT NOT NULL AUTO_INCREMENT,
  oui VARCHAR(6) NOT NULL,
  organisation VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY UNIQ_DAEC0140DAEC0140 (oui)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Where a member wants the sflow samples of a virtual interface sent.
CREATE TABLE IF NOT EXISTS sflow_receiver (
  id INT NOT NULL AUTO_INCREMENT,
  virtual_interface_id INT DEFAULT NULL,
  dst_ip VARCHAR(255) NOT NULL,
  dst_port INT NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_E633EA142C0D6F5F (virtual_interface_id),
  CONSTRAINT FK_E633EA142C0D6F5F FOREIGN KEY (virtual_interface_id) REFERENCES virtualinterface (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
