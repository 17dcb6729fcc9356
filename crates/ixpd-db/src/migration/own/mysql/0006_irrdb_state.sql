-- What tells one state of a member's IRR data from another beyond `irrdb_update_logs`, and what the last verification of
-- its rows found.
CREATE TABLE IF NOT EXISTS ixpd_irrdb_state (
  customer_id INT NOT NULL,
  protocol INT NOT NULL,
  generation BIGINT NOT NULL DEFAULT 0,
  digest CHAR(32) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  digest_of VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  PRIMARY KEY (customer_id, protocol)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
