-- IRR data that grew too much at once, and waits for somebody to look at it.
CREATE TABLE IF NOT EXISTS ixpd_irrdb_hold (
  customer_id INTEGER NOT NULL,
  kind VARCHAR(8) NOT NULL,
  protocol INTEGER NOT NULL,
  stored BIGINT NOT NULL,
  offered BIGINT NOT NULL,
  held_at TEXT NOT NULL,
  released_up_to BIGINT DEFAULT NULL,
  PRIMARY KEY (customer_id, kind, protocol)
);
