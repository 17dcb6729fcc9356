-- Wrong codes of a user's second factor since the last right one. The count belongs to the secret whose SHA-256 it carries.
CREATE TABLE IF NOT EXISTS ixpd_second_factor_failure (
  user_id INTEGER NOT NULL,
  secret_sha256 CHAR(64) NOT NULL,
  failures INTEGER NOT NULL,
  held_until TEXT DEFAULT NULL,
  PRIMARY KEY (user_id)
);
