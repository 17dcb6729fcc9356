-- Who holds the update lock of a router; whether it is held stands in `routers`. The turn counts grants to the router or
-- to its partner: both rows of a pair change with each, so that two nodes of a cluster can't grant both at once.
CREATE TABLE IF NOT EXISTS ixpd_router_lock (
  router_id INT NOT NULL,
  turn BIGINT NOT NULL DEFAULT 0,
  locked_at DATETIME DEFAULT NULL,
  actor_kind VARCHAR(16) DEFAULT NULL,
  user_id INT DEFAULT NULL,
  api_key_id BIGINT DEFAULT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  command_line_user VARCHAR(64) DEFAULT NULL,
  PRIMARY KEY (router_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
