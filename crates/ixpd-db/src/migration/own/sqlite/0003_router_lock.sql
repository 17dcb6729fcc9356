-- Who holds the update lock of a router; whether it is held stands in `routers`. The turn counts grants to the router or
-- to its partner: both rows of a pair change with each, so that two nodes of a cluster can't grant both at once.
CREATE TABLE IF NOT EXISTS ixpd_router_lock (
  router_id INTEGER NOT NULL,
  turn BIGINT NOT NULL DEFAULT 0,
  locked_at TEXT DEFAULT NULL,
  actor_kind VARCHAR(16) DEFAULT NULL,
  user_id INTEGER DEFAULT NULL,
  api_key_id BIGINT DEFAULT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  command_line_user VARCHAR(64) DEFAULT NULL,
  PRIMARY KEY (router_id)
);
