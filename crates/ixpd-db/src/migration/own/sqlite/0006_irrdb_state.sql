-- What tells one state of a member's IRR data from another beyond `irrdb_update_logs`, and what the last verification of
-- its rows found.
CREATE TABLE IF NOT EXISTS ixpd_irrdb_state (
  customer_id INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  generation INTEGER NOT NULL DEFAULT 0,
  digest TEXT DEFAULT NULL,
  digest_of TEXT DEFAULT NULL,
  PRIMARY KEY (customer_id, protocol)
);
