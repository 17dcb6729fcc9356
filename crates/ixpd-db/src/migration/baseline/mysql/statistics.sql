-- Traffic statistics.

-- A day's traffic statistics of a member, in one category.
CREATE TABLE IF NOT EXISTS traffic_daily (
  id BIGINT NOT NULL AUTO_INCREMENT,
  cust_id INT NOT NULL,
  day DATE DEFAULT NULL,
  category VARCHAR(10) DEFAULT NULL,
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
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_1F0F81A7BFF2A482 (cust_id),
  CONSTRAINT FK_1F0F81A7BFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A day's traffic statistics of a physical interface, in one category.
CREATE TABLE IF NOT EXISTS traffic_daily_phys_ints (
  id BIGINT NOT NULL AUTO_INCREMENT,
  physicalinterface_id INT NOT NULL,
  day DATE DEFAULT NULL,
  category VARCHAR(10) DEFAULT NULL,
  day_avg_in BIGINT DEFAULT NULL,
  day_avg_out BIGINT DEFAULT NULL,
  day_max_in BIGINT DEFAULT NULL,
  day_max_out BIGINT DEFAULT NULL,
  day_max_in_at DATETIME DEFAULT NULL,
  day_max_out_at DATETIME DEFAULT NULL,
  day_tot_in BIGINT DEFAULT NULL,
  day_tot_out BIGINT DEFAULT NULL,
  week_avg_in BIGINT DEFAULT NULL,
  week_avg_out BIGINT DEFAULT NULL,
  week_max_in BIGINT DEFAULT NULL,
  week_max_out BIGINT DEFAULT NULL,
  week_max_in_at DATETIME DEFAULT NULL,
  week_max_out_at DATETIME DEFAULT NULL,
  week_tot_in BIGINT DEFAULT NULL,
  week_tot_out BIGINT DEFAULT NULL,
  month_avg_in BIGINT DEFAULT NULL,
  month_avg_out BIGINT DEFAULT NULL,
  month_max_in BIGINT DEFAULT NULL,
  month_max_out BIGINT DEFAULT NULL,
  month_max_in_at DATETIME DEFAULT NULL,
  month_max_out_at DATETIME DEFAULT NULL,
  month_tot_in BIGINT DEFAULT NULL,
  month_tot_out BIGINT DEFAULT NULL,
  year_avg_in BIGINT DEFAULT NULL,
  year_avg_out BIGINT DEFAULT NULL,
  year_max_in BIGINT DEFAULT NULL,
  year_max_out BIGINT DEFAULT NULL,
  year_max_in_at DATETIME DEFAULT NULL,
  year_max_out_at DATETIME DEFAULT NULL,
  year_tot_in BIGINT DEFAULT NULL,
  year_tot_out BIGINT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_E219461D4643D08A (physicalinterface_id),
  CONSTRAINT FK_E219461D4643D08A FOREIGN KEY (physicalinterface_id) REFERENCES physicalinterface (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A day's traffic between a member and another one.
CREATE TABLE IF NOT EXISTS p2p_daily_stats (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  day DATE NOT NULL,
  cust_id INT NOT NULL,
  peer_id INT NOT NULL,
  ipv4_total_in BIGINT UNSIGNED DEFAULT NULL,
  ipv4_total_out BIGINT UNSIGNED DEFAULT NULL,
  ipv6_total_in BIGINT UNSIGNED DEFAULT NULL,
  ipv6_total_out BIGINT UNSIGNED DEFAULT NULL,
  ipv4_max_in BIGINT UNSIGNED DEFAULT NULL,
  ipv4_max_out BIGINT UNSIGNED DEFAULT NULL,
  ipv6_max_in BIGINT UNSIGNED DEFAULT NULL,
  ipv6_max_out BIGINT UNSIGNED DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY p2p_daily_stats_cust_id_foreign (cust_id),
  UNIQUE KEY p2p_daily_stats_day_cust_id_peer_id_unique (day, cust_id, peer_id),
  CONSTRAINT p2p_daily_stats_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used.
CREATE TABLE IF NOT EXISTS traffic_95th (
  id BIGINT NOT NULL AUTO_INCREMENT,
  cust_id INT DEFAULT NULL,
  datetime DATETIME DEFAULT NULL,
  average BIGINT DEFAULT NULL,
  max BIGINT DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_70BB409ABFF2A482 (cust_id),
  CONSTRAINT FK_70BB409ABFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Not used.
CREATE TABLE IF NOT EXISTS traffic_95th_monthly (
  id BIGINT NOT NULL AUTO_INCREMENT,
  cust_id INT DEFAULT NULL,
  month DATE DEFAULT NULL,
  max_95th BIGINT DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_ED79F9DCBFF2A482 (cust_id),
  CONSTRAINT FK_ED79F9DCBFF2A482 FOREIGN KEY (cust_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
