-- Users, credentials, sessions.

-- A login account. What it may do is in `customer_to_users`, separately for each member it belongs to.
CREATE TABLE user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  custid INTEGER DEFAULT NULL,
  username VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  password VARCHAR(255) DEFAULT NULL,
  email VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  authorisedMobile VARCHAR(30) COLLATE NOCASE DEFAULT NULL,
  uid INTEGER DEFAULT NULL,
  disabled BOOLEAN DEFAULT NULL,
  lastupdatedby INTEGER DEFAULT NULL,
  creator VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  name VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  peeringdb_id BIGINT DEFAULT NULL,
  extra_attributes TEXT DEFAULT NULL,
  prefs TEXT DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_8D93D649DA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE SET NULL
);
CREATE INDEX IDX_8D93D649DA0209B9 ON user (custid);
CREATE UNIQUE INDEX UNIQ_8D93D649F2C6186B ON user (peeringdb_id);
CREATE UNIQUE INDEX UNIQ_8D93D649F85E0677 ON user (username);

-- The membership of a user in a member, with the user's privilege there.
CREATE TABLE customer_to_users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  privs INTEGER NOT NULL,
  extra_attributes TEXT DEFAULT NULL,
  last_login_date TEXT DEFAULT NULL,
  last_login_from TEXT DEFAULT NULL,
  last_login_via VARCHAR(50) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_337AD7F69395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT FK_337AD7F6A76ED395 FOREIGN KEY (user_id) REFERENCES user (id)
);
CREATE UNIQUE INDEX customer_user ON customer_to_users (customer_id, user_id);
CREATE INDEX IDX_337AD7F69395C3F3 ON customer_to_users (customer_id);
CREATE INDEX IDX_337AD7F6A76ED395 ON customer_to_users (user_id);

-- The second factor (TOTP) of a user.
CREATE TABLE user_2fa (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  enabled BOOLEAN NOT NULL DEFAULT FALSE,
  secret VARCHAR(255) DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_3AAA1488A76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX UNIQ_3AAA1488A76ED395 ON user_2fa (user_id);

-- The history of logins.
CREATE TABLE user_logins (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER DEFAULT NULL,
  ip VARCHAR(39) COLLATE NOCASE NOT NULL,
  at TEXT NOT NULL,
  customer_to_user_id INTEGER DEFAULT NULL,
  via VARCHAR(50) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_6341CC99D43FEAE2 FOREIGN KEY (customer_to_user_id) REFERENCES customer_to_users (id)
);
CREATE INDEX at_idx ON user_logins (at);
CREATE INDEX IDX_6341CC99D43FEAE2 ON user_logins (customer_to_user_id);
CREATE INDEX user_id_idx ON user_logins (user_id);

-- A browser that a user asked to be remembered on.
CREATE TABLE user_remember_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  token VARCHAR(255) NOT NULL,
  device VARCHAR(255) COLLATE NOCASE NOT NULL,
  ip VARCHAR(39) COLLATE NOCASE NOT NULL,
  expires TEXT NOT NULL,
  is_2fa_complete BOOLEAN NOT NULL DEFAULT FALSE,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_E253302EA76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
);
CREATE INDEX IDX_E253302EA76ED395 ON user_remember_tokens (user_id);
CREATE UNIQUE INDEX user_token ON user_remember_tokens (user_id, token);

-- An API key of a user: a modern one (`ixpm_…`, kept as a hash) or a legacy one (plain text).
CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  token_identifier VARCHAR(12) DEFAULT NULL,
  token_hash CHAR(64) DEFAULT NULL,
  api_key VARCHAR(255) DEFAULT NULL,
  expires TEXT NOT NULL,
  allowed_ips TEXT DEFAULT NULL,
  last_seen_at TEXT DEFAULT NULL,
  last_seen_from VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  description TEXT DEFAULT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT FK_9579321FA76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX api_keys_token_identifier_unique ON api_keys (token_identifier);
CREATE INDEX IDX_9579321FA76ED395 ON api_keys (user_id);
CREATE UNIQUE INDEX UNIQ_9579321F800A1141 ON api_keys (api_key);

-- A password that a user made for one outside service, such as RADIUS or TACACS, which checks it by SQL.
CREATE TABLE app_passwords (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  password VARCHAR(255) NOT NULL,
  salt VARCHAR(64) DEFAULT NULL,
  expires TEXT NOT NULL,
  last_seen_at TEXT DEFAULT NULL,
  last_seen_from VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  description TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT app_passwords_user_id_foreign FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
);
CREATE INDEX app_passwords_user_id_foreign ON app_passwords (user_id);

-- Uses of application passwords, written by outside services. A trigger copies the latest to `app_passwords`.
CREATE TABLE app_passwords_last_logins (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  app_password_id BIGINT NOT NULL,
  last_seen_at TEXT NOT NULL,
  last_seen_from VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  created_at TEXT NOT NULL DEFAULT (datetime('now', 'localtime')),
  CONSTRAINT app_passwords_last_logins_app_password_id_foreign FOREIGN KEY (app_password_id) REFERENCES app_passwords (id) ON DELETE CASCADE
);
CREATE INDEX app_passwords_last_logins_app_password_id_foreign ON app_passwords_last_logins (app_password_id);

-- Open requests to set a new password, at most one a name.
CREATE TABLE password_resets (
  email VARCHAR(255) COLLATE NOCASE NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at TEXT DEFAULT NULL
);
CREATE INDEX password_resets_email_index ON password_resets (email);

-- Not used: sessions of IXP Manager when it keeps them in the database.
CREATE TABLE sessions (
  id VARCHAR(255) NOT NULL,
  user_id BIGINT DEFAULT NULL,
  ip_address VARCHAR(45) COLLATE NOCASE DEFAULT NULL,
  user_agent TEXT DEFAULT NULL,
  payload TEXT NOT NULL,
  last_activity INTEGER NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX sessions_id_unique ON sessions (id);

-- Not used: preferences are in user.prefs.
CREATE TABLE user_pref (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER DEFAULT NULL,
  attribute VARCHAR(255) COLLATE NOCASE DEFAULT NULL,
  ix INTEGER NOT NULL DEFAULT 0,
  op VARCHAR(2) COLLATE NOCASE DEFAULT NULL,
  value TEXT DEFAULT NULL,
  expire BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT FK_DBD4D4F8A76ED395 FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
);
CREATE INDEX IDX_DBD4D4F8A76ED395 ON user_pref (user_id);
CREATE UNIQUE INDEX IX_UserPreference_1 ON user_pref (user_id, attribute, op, ix);
