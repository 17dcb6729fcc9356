-- Written by each transaction that changes what belongs to a user, so that on every node of a cluster one of two that
-- meet is refused.
CREATE TABLE IF NOT EXISTS ixpd_user_lock (
  user_id INTEGER NOT NULL PRIMARY KEY,
  changes INTEGER NOT NULL DEFAULT 0
);
