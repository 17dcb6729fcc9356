-- Wrong codes of a user's second factor since the last right one. The count belongs to the secret whose SHA-256 it carries.
CREATE TABLE IF NOT EXISTS ixpd_second_factor_failure (
  user_id INT NOT NULL,
  secret_sha256 CHAR(64) NOT NULL,
  failures INT NOT NULL,
  held_until DATETIME DEFAULT NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
