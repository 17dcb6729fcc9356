-- Member interfaces, VLANs, addresses.

-- A member's logical port: a single physical port or a LAG of several.
CREATE TABLE virtualinterface (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  custid INTEGER DEFAULT NULL,
  name VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  description VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  mtu INTEGER DEFAULT NULL,
  trunk BOOLEAN DEFAULT NULL,
  channelgroup INTEGER DEFAULT NULL,
  lag_framing BOOLEAN NOT NULL DEFAULT FALSE,
  fastlacp BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_11D9014FDA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_11D9014FDA0209B9 ON virtualinterface (custid);

-- A physical port of a virtual interface, bound to one switch port.
CREATE TABLE physicalinterface (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  switchportid INTEGER DEFAULT NULL,
  virtualinterfaceid INTEGER DEFAULT NULL,
  status INTEGER DEFAULT NULL,
  speed INTEGER DEFAULT NULL,
  duplex VARCHAR(16) COLLATE NOCASE DEFAULT NULL,
  rate_limit INTEGER DEFAULT NULL,
  notes TEXT DEFAULT NULL,
  fanout_physical_interface_id INTEGER DEFAULT NULL,
  autoneg BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_5FFF4D602E68AB8C FOREIGN KEY (fanout_physical_interface_id) REFERENCES physicalinterface (id),
  CONSTRAINT FK_5FFF4D60BFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE,
  CONSTRAINT FK_5FFF4D60E5F6FACB FOREIGN KEY (switchportid) REFERENCES switchport (id)
);
CREATE INDEX IDX_5FFF4D60BFDF15D5 ON physicalinterface (virtualinterfaceid);
CREATE UNIQUE INDEX UNIQ_5FFF4D602E68AB8C ON physicalinterface (fanout_physical_interface_id);
CREATE UNIQUE INDEX UNIQ_5FFF4D60E5F6FACB ON physicalinterface (switchportid);

-- What a virtual interface has on one VLAN: addresses, BGP settings, route server use.
CREATE TABLE vlaninterface (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ipv4addressid INTEGER DEFAULT NULL,
  ipv6addressid INTEGER DEFAULT NULL,
  virtualinterfaceid INTEGER DEFAULT NULL,
  vlanid INTEGER DEFAULT NULL,
  ipv4enabled BOOLEAN DEFAULT FALSE,
  ipv4hostname VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  ipv6enabled BOOLEAN DEFAULT FALSE,
  ipv6hostname VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  mcastenabled BOOLEAN DEFAULT FALSE,
  irrdbfilter BOOLEAN DEFAULT TRUE,
  bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv4bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv6bgpmd5secret VARCHAR(255) DEFAULT NULL,
  ipv4maxbgpprefix INTEGER DEFAULT NULL,
  ipv6maxbgpprefix INTEGER DEFAULT NULL,
  rsclient BOOLEAN DEFAULT NULL,
  ipv4canping BOOLEAN DEFAULT NULL,
  ipv6canping BOOLEAN DEFAULT NULL,
  ipv4monitorrcbgp BOOLEAN DEFAULT NULL,
  ipv6monitorrcbgp BOOLEAN DEFAULT NULL,
  as112client BOOLEAN DEFAULT NULL,
  busyhost BOOLEAN DEFAULT NULL,
  notes TEXT DEFAULT NULL,
  rsmorespecifics BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_B4B4411A73720641 FOREIGN KEY (ipv4addressid) REFERENCES ipv4address (id),
  CONSTRAINT FK_B4B4411A7787D67C FOREIGN KEY (ipv6addressid) REFERENCES ipv6address (id),
  CONSTRAINT FK_B4B4411ABFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE,
  CONSTRAINT FK_B4B4411AF48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
);
CREATE INDEX IDX_B4B4411ABFDF15D5 ON vlaninterface (virtualinterfaceid);
CREATE INDEX IDX_B4B4411AF48D6D0 ON vlaninterface (vlanid);
CREATE UNIQUE INDEX UNIQ_B4B4411A73720641 ON vlaninterface (ipv4addressid);
CREATE UNIQUE INDEX UNIQ_B4B4411A7787D67C ON vlaninterface (ipv6addressid);

-- A peering LAN, or a private VLAN between some members.
CREATE TABLE vlan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  number INTEGER DEFAULT NULL,
  notes TEXT DEFAULT NULL,
  private BOOLEAN NOT NULL DEFAULT FALSE,
  infrastructureid INTEGER NOT NULL,
  peering_matrix BOOLEAN NOT NULL DEFAULT FALSE,
  peering_manager BOOLEAN NOT NULL DEFAULT FALSE,
  export_to_ixf INTEGER NOT NULL DEFAULT 1,
  config_name VARCHAR(32) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_F83104A1721EBF79 FOREIGN KEY (infrastructureid) REFERENCES infrastructure (id)
);
CREATE INDEX IDX_F83104A1721EBF79 ON vlan (infrastructureid);
CREATE UNIQUE INDEX infra_config_name ON vlan (infrastructureid, config_name);

-- The subnet of a VLAN for one protocol.
CREATE TABLE networkinfo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlanid INTEGER DEFAULT NULL,
  protocol INTEGER DEFAULT NULL,
  network VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  masklen INTEGER DEFAULT NULL,
  rs1address VARCHAR(40) COLLATE NOCASE DEFAULT NULL,
  rs2address VARCHAR(40) COLLATE NOCASE DEFAULT NULL,
  dnsfile VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_6A0AF167F48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
);
CREATE INDEX IDX_6A0AF167F48D6D0 ON networkinfo (vlanid);

-- Not used.
CREATE TABLE netinfo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlan_id INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  property VARCHAR(255) COLLATE NOCASE NOT NULL,
  ix INTEGER NOT NULL DEFAULT 0,
  value TEXT NOT NULL,
  CONSTRAINT FK_F843DE6B8B4937A1 FOREIGN KEY (vlan_id) REFERENCES vlan (id)
);
CREATE INDEX IDX_F843DE6B8B4937A1 ON netinfo (vlan_id);
CREATE INDEX VlanProtoProp ON netinfo (protocol, property, vlan_id);

-- An IPv4 address of a VLAN's pool; it is free while no VLAN interface points at it.
CREATE TABLE ipv4address (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlanid INTEGER DEFAULT NULL,
  address VARCHAR(16) DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_A44BCBEEF48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
);
CREATE INDEX IDX_A44BCBEEF48D6D0 ON ipv4address (vlanid);
CREATE UNIQUE INDEX ipv4address_vlan_address ON ipv4address (vlanid, address);

-- An IPv6 address of a VLAN's pool; it is free while no VLAN interface points at it.
CREATE TABLE ipv6address (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlanid INTEGER DEFAULT NULL,
  address VARCHAR(40) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_E66ECC93F48D6D0 FOREIGN KEY (vlanid) REFERENCES vlan (id)
);
CREATE INDEX IDX_E66ECC93F48D6D0 ON ipv6address (vlanid);
CREATE UNIQUE INDEX ipv6address_vlan_address ON ipv6address (vlanid, address);

-- A MAC address that a VLAN interface may use.
CREATE TABLE l2address (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  vlan_interface_id INTEGER NOT NULL,
  mac VARCHAR(12) COLLATE NOCASE DEFAULT NULL,
  firstseen TEXT DEFAULT NULL,
  lastseen TEXT DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_B9482E1D6AB5F82 FOREIGN KEY (vlan_interface_id) REFERENCES vlaninterface (id) ON DELETE CASCADE
);
CREATE INDEX IDX_B9482E1D6AB5F82 ON l2address (vlan_interface_id);
CREATE UNIQUE INDEX mac_vlanint ON l2address (mac, vlan_interface_id);

-- A MAC address learned from the switches. An outside program writes these rows.
CREATE TABLE macaddress (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  virtualinterfaceid INTEGER DEFAULT NULL,
  firstseen TEXT DEFAULT NULL,
  lastseen TEXT DEFAULT NULL,
  mac VARCHAR(12) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_42CD65F6BFDF15D5 FOREIGN KEY (virtualinterfaceid) REFERENCES virtualinterface (id) ON DELETE CASCADE
);
CREATE INDEX IDX_42CD65F6BFDF15D5 ON macaddress (virtualinterfaceid);

-- Who a MAC address prefix is registered to, from the IEEE's list.
CREATE TABLE oui (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  oui VARCHAR(6) COLLATE NOCASE NOT NULL,
  organisation VARCHAR(255) COLLATE NOCASE NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL
);
CREATE UNIQUE INDEX UNIQ_DAEC0140DAEC0140 ON oui (oui);

-- Where a member wants the sflow samples of a virtual interface sent.
CREATE TABLE sflow_receiver (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  virtual_interface_id INTEGER DEFAULT NULL,
  dst_ip VARCHAR(255) COLLATE NOCASE NOT NULL,
  dst_port INTEGER NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_E633EA142C0D6F5F FOREIGN KEY (virtual_interface_id) REFERENCES virtualinterface (id) ON DELETE CASCADE
);
CREATE INDEX IDX_E633EA142C0D6F5F ON sflow_receiver (virtual_interface_id);
