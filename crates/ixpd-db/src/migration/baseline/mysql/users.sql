-- Users, credentials, sessions.

-- A login account. What it may do is in `customer_to_users`, separately for each member it belongs to.
CREATE TABLE IF NOT EXISTS user (
  id INT NOT NULL AUTO_INCREMENT,
  custid INT DEFAULT NULL,
  username VARCHAR(255) DEFAULT NULL,
  password VARCHAR(255) DEFAULT NULL,
  email VARCHAR(255) DEFAULT NULL,
  authorisedMobile VARCHAR(30) DEFAULT NULL,
  uid INT DEFAULT NULL,
  disabled TINYINT(1) DEFAULT NULL,
  lastupdatedby INT DEFAULT NULL,
  creator VARCHAR(255) DEFAULT NULL,
  name VARCHAR(255) DEFAULT NULL,
  peeringdb_id BIGINT DEFAULT NULL,
  extra_attributes JSON DEFAULT NULL,
  prefs JSON DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_8D93D649DA0209B9 (custid),
  UNIQUE KEY UNIQ_8D93D649F2C6186B (peeringdb_id),
  UNIQUE KEY UNIQ_8D93D649F85E0677 (username),
  CONSTRAINT FK_8D93D649DA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- The membership of a user in a member, with the user's privilege there.
CREATE TABLE IF NOT EXISTS customer_to_users (
  id INT NOT NULL AUTO_INCREMENT,
  customer_id INT NOT NULL,
  user_id INT NOT NULL,
  privs INT NOT NULL,
  extra_attributes LONGTEXT DEFAULT NULL,
  last_login_date DATETIME DEFAULT NULL,
  last_login_from TINYTEXT DEFAULT NULL,
  last_login_via VARCHAR(50) DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY customer_user (customer_id, user_id),
  KEY IDX_337AD7F69395C3F3 (customer_id),
  KEY IDX_337AD7F6A76ED395 (user_id),
  CONSTRAINT FK_337AD7F69395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT FK_337AD7F6A76ED395 FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The second factor (TOTP) of a user.
CREATE TABLE IF NOT EXISTS user_2fa (
  id INT NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 0,
  secret VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY UNIQ_3AAA1488A76ED395 (user_id),
  CONSTRAINT FK_3AAA1488A76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The history of logins.
CREATE TABLE IF NOT EXISTS user_logins (
  id BIGINT NOT NULL AUTO_INCREMENT,
  user_id INT DEFAULT NULL,
  ip VARCHAR(39) NOT NULL,
  at DATETIME NOT NULL,
  customer_to_user_id INT DEFAULT NULL,
  via VARCHAR(50) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY at_idx (at),
  KEY IDX_6341CC99D43FEAE2 (customer_to_user_id),
  KEY user_id_idx (user_id),
  CONSTRAINT FK_6341CC99D43FEAE2 FOREIGN KEY (customer_to_user_id) REFERENCES customer_to_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A browser that a user asked to be remembered on.
CREATE TABLE IF NOT EXISTS user_remember_tokens (
  id BIGINT NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  token VARCHAR(255) NOT NULL,
  device VARCHAR(255) NOT NULL,
  ip VARCHAR(39) NOT NULL,
  expires DATETIME NOT NULL,
  is_2fa_complete TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_E253302EA76ED395 (user_id),
  UNIQUE KEY user_token (user_id, token),
  CONSTRAINT FK_E253302EA76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- An API key of a user: a modern one (`ixpm_…`, kept as a hash) or a legacy one (plain text).
CREATE TABLE IF NOT EXISTS api_keys (
  id BIGINT NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  token_identifier VARCHAR(12) DEFAULT NULL,
  token_hash CHAR(64) DEFAULT NULL,
  api_key VARCHAR(255) DEFAULT NULL,
  expires DATETIME NOT NULL,
  allowed_ips MEDIUMTEXT DEFAULT NULL,
  last_seen_at DATETIME DEFAULT NULL,
  last_seen_from VARCHAR(255) DEFAULT NULL,
  description LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY api_keys_token_identifier_unique (token_identifier),
  KEY IDX_9579321FA76ED395 (user_id),
  UNIQUE KEY UNIQ_9579321F800A1141 (api_key),
  CONSTRAINT FK_9579321FA76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A password that a user made for one outside service, such as RADIUS or TACACS, which checks it by SQL.
CREATE TABLE IF NOT EXISTS app_passwords (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id INT NOT NULL,
  password VARCHAR(255) NOT NULL,
  salt VARCHAR(64) DEFAULT NULL,
  expires DATETIME NOT NULL,
  last_seen_at DATETIME DEFAULT NULL,
  last_seen_from VARCHAR(255) DEFAULT NULL,
  description LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY app_passwords_user_id_foreign (user_id),
  CONSTRAINT app_passwords_user_id_foreign FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Uses of application passwords, written by outside services. A trigger copies the latest to `app_passwords`.
CREATE TABLE IF NOT EXISTS app_passwords_last_logins (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  app_password_id BIGINT UNSIGNED NOT NULL,
  last_seen_at DATETIME NOT NULL,
  last_seen_from VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY app_passwords_last_logins_app_password_id_foreign (app_password_id),
  CONSTRAINT app_passwords_last_logins_app_password_id_foreign FOREIGN KEY (app_password_id) REFERENCES app_passwords (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Open requests to set a new password, at most one a name.
CREATE TABLE IF NOT EXISTS password_resets (
  email VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  KEY password_resets_email_index (email(191))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: sessions of IXP Manager when it keeps them in the database.
CREATE TABLE IF NOT EXISTS sessions (
  id VARCHAR(255) NOT NULL,
  user_id BIGINT DEFAULT NULL,
  ip_address VARCHAR(45) DEFAULT NULL,
  user_agent LONGTEXT DEFAULT NULL,
  payload LONGTEXT NOT NULL,
  last_activity INT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sessions_id_unique (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: preferences are in user.prefs.
CREATE TABLE IF NOT EXISTS user_pref (
  id INT NOT NULL AUTO_INCREMENT,
  user_id INT DEFAULT NULL,
  attribute VARCHAR(255) DEFAULT NULL,
  ix INT NOT NULL DEFAULT 0,
  op VARCHAR(2) DEFAULT NULL,
  value LONGTEXT DEFAULT NULL,
  expire BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY IDX_DBD4D4F8A76ED395 (user_id),
  UNIQUE KEY IX_UserPreference_1 (user_id, attribute, op, ix),
  CONSTRAINT FK_DBD4D4F8A76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
