-- Written by each transaction that changes what belongs to a user, so that on every node of a cluster one of two that
-- meet is refused.
CREATE TABLE IF NOT EXISTS ixpd_user_lock (
  user_id INT NOT NULL,
  changes BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
