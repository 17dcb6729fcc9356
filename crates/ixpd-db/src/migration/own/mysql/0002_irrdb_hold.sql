-- IRR data that grew too much at once, and waits for somebody to look at it.
CREATE TABLE IF NOT EXISTS ixpd_irrdb_hold (
  customer_id INT NOT NULL,
  kind VARCHAR(8) NOT NULL,
  protocol INT NOT NULL,
  stored BIGINT NOT NULL,
  offered BIGINT NOT NULL,
  held_at DATETIME NOT NULL,
  released_up_to BIGINT DEFAULT NULL,
  PRIMARY KEY (customer_id, kind, protocol)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
