-- Traffic statistics.

-- A day's traffic statistics of a member, in one category.
CREATE TABLE traffic_daily (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER NOT NULL,
  day TEXT DEFAULT NULL,
  category VARCHAR(10) COLLATE NOCASE DEFAULT NULL,
  day_avg_in BIGINT DEFAULT NULL,
  day_avg_out BIGINT DEFAULT NULL,
  day_max_in BIGINT DEFAULT NULL,
  day_max_out BIGINT DEFAULT NULL,
  day_tot_in BIGINT DEFAULT NULL,
  day_tot_out BIGINT DEFAULT NULL,
  week_avg_in BIGINT DEFAULT NULL,
  week_avg_out BIGINT DEFAULT NULL,
  week_max_in BIGINT DEFAULT NULL,
  week_max_out BIGINT DEFAULT NULL,
  week_tot_in BIGINT DEFAULT NULL,
  week_tot_out BIGINT DEFAULT NULL,
  month_avg_in BIGINT DEFAULT NULL,
  month_avg_out BIGINT DEFAULT NULL,
  month_max_in BIGINT DEFAULT NULL,
  month_max_out BIGINT DEFAULT NULL,
  month_tot_in BIGINT DEFAULT NULL,
  month_tot_out BIGINT DEFAULT NULL,
  year_avg_in BIGINT DEFAULT NULL,
  year_avg_out BIGINT DEFAULT NULL,
  year_max_in BIGINT DEFAULT NULL,
  year_max_out BIGINT DEFAULT NULL,
  year_tot_in BIGINT DEFAULT NULL,
  year_tot_out BIGINT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_1F0F81A7BFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_1F0F81A7BFF2A482 ON traffic_daily (cust_id);

-- A day's traffic statistics of a physical interface, in one category.
CREATE TABLE traffic_daily_phys_ints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  physicalinterface_id INTEGER NOT NULL,
  day TEXT DEFAULT NULL,
  category VARCHAR(10) COLLATE NOCASE DEFAULT NULL,
  day_avg_in BIGINT DEFAULT NULL,
  day_avg_out BIGINT DEFAULT NULL,
  day_max_in BIGINT DEFAULT NULL,
  day_max_out BIGINT DEFAULT NULL,
  day_max_in_at TEXT DEFAULT NULL,
  day_max_out_at TEXT DEFAULT NULL,
  day_tot_in BIGINT DEFAULT NULL,
  day_tot_out BIGINT DEFAULT NULL,
  week_avg_in BIGINT DEFAULT NULL,
  week_avg_out BIGINT DEFAULT NULL,
  week_max_in BIGINT DEFAULT NULL,
  week_max_out BIGINT DEFAULT NULL,
  week_max_in_at TEXT DEFAULT NULL,
  week_max_out_at TEXT DEFAULT NULL,
  week_tot_in BIGINT DEFAULT NULL,
  week_tot_out BIGINT DEFAULT NULL,
  month_avg_in BIGINT DEFAULT NULL,
  month_avg_out BIGINT DEFAULT NULL,
  month_max_in BIGINT DEFAULT NULL,
  month_max_out BIGINT DEFAULT NULL,
  month_max_in_at TEXT DEFAULT NULL,
  month_max_out_at TEXT DEFAULT NULL,
  month_tot_in BIGINT DEFAULT NULL,
  month_tot_out BIGINT DEFAULT NULL,
  year_avg_in BIGINT DEFAULT NULL,
  year_avg_out BIGINT DEFAULT NULL,
  year_max_in BIGINT DEFAULT NULL,
  year_max_out BIGINT DEFAULT NULL,
  year_max_in_at TEXT DEFAULT NULL,
  year_max_out_at TEXT DEFAULT NULL,
  year_tot_in BIGINT DEFAULT NULL,
  year_tot_out BIGINT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_E219461D4643D08A FOREIGN KEY (physicalinterface_id) REFERENCES physicalinterface (id) ON DELETE CASCADE
);
CREATE INDEX IDX_E219461D4643D08A ON traffic_daily_phys_ints (physicalinterface_id);

-- A day's traffic between a member and another one.
CREATE TABLE p2p_daily_stats (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  day TEXT NOT NULL,
  cust_id INTEGER NOT NULL,
  peer_id INTEGER NOT NULL,
  ipv4_total_in BIGINT DEFAULT NULL,
  ipv4_total_out BIGINT DEFAULT NULL,
  ipv6_total_in BIGINT DEFAULT NULL,
  ipv6_total_out BIGINT DEFAULT NULL,
  ipv4_max_in BIGINT DEFAULT NULL,
  ipv4_max_out BIGINT DEFAULT NULL,
  ipv6_max_in BIGINT DEFAULT NULL,
  ipv6_max_out BIGINT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT p2p_daily_stats_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX p2p_daily_stats_cust_id_foreign ON p2p_daily_stats (cust_id);
CREATE UNIQUE INDEX p2p_daily_stats_day_cust_id_peer_id_unique ON p2p_daily_stats (day, cust_id, peer_id);

-- Not used.
CREATE TABLE traffic_95th (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER DEFAULT NULL,
  datetime TEXT DEFAULT NULL,
  average BIGINT DEFAULT NULL,
  max BIGINT DEFAULT NULL,
  CONSTRAINT FK_70BB409ABFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_70BB409ABFF2A482 ON traffic_95th (cust_id);

-- Not used.
CREATE TABLE traffic_95th_monthly (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER DEFAULT NULL,
  month TEXT DEFAULT NULL,
  max_95th BIGINT DEFAULT NULL,
  CONSTRAINT FK_ED79F9DCBFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
);
CREATE INDEX IDX_ED79F9DCBFF2A482 ON traffic_95th_monthly (cust_id);
