-- The tables of ixpd itself. No foreign key leads to other tables: those stay as IXP Manager knows them.

-- A browser session.
CREATE TABLE IF NOT EXISTS ixpd_session (
  id_hash CHAR(64) NOT NULL,
  user_id INTEGER DEFAULT NULL,
  customer_id INTEGER DEFAULT NULL,
  remember_token_id BIGINT DEFAULT NULL,
  data TEXT NOT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  user_agent VARCHAR(255) DEFAULT NULL,
  created_at TEXT NOT NULL,
  last_activity TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (id_hash)
);
CREATE INDEX IF NOT EXISTS ixpd_session_user_id ON ixpd_session (user_id);
CREATE INDEX IF NOT EXISTS ixpd_session_expires_at ON ixpd_session (expires_at);

-- What ixpd keeps of a second factor beyond the row in `user_2fa`.
CREATE TABLE IF NOT EXISTS ixpd_second_factor (
  user_id INTEGER NOT NULL,
  last_step BIGINT DEFAULT NULL,
  recovery_codes TEXT DEFAULT NULL,
  PRIMARY KEY (user_id)
);

-- A scheduled job: its last run, its next one, and which node holds it.
CREATE TABLE IF NOT EXISTS ixpd_job (
  name VARCHAR(64) NOT NULL,
  last_started_at TEXT DEFAULT NULL,
  last_finished_at TEXT DEFAULT NULL,
  last_result VARCHAR(16) DEFAULT NULL,
  last_message TEXT DEFAULT NULL,
  next_run_at TEXT DEFAULT NULL,
  lease_holder VARCHAR(64) DEFAULT NULL,
  lease_until TEXT DEFAULT NULL,
  PRIMARY KEY (name)
);

-- What ixpd keeps of an API key beyond the row in `api_keys`.
CREATE TABLE IF NOT EXISTS ixpd_api_key (
  api_key_id BIGINT NOT NULL,
  legacy_sha256 CHAR(64) DEFAULT NULL,
  legacy_prefix VARCHAR(6) DEFAULT NULL,
  sealed BLOB DEFAULT NULL,
  seal_key_id VARCHAR(16) DEFAULT NULL,
  customer_id INTEGER DEFAULT NULL,
  max_privilege INTEGER DEFAULT NULL,
  scope VARCHAR(16) DEFAULT NULL,
  created_by INTEGER DEFAULT NULL,
  PRIMARY KEY (api_key_id)
);
CREATE UNIQUE INDEX IF NOT EXISTS ixpd_api_key_legacy_sha256 ON ixpd_api_key (legacy_sha256);

-- Who did what, from where. It holds no secrets.
CREATE TABLE IF NOT EXISTS ixpd_audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  actor_kind VARCHAR(16) NOT NULL,
  user_id INTEGER DEFAULT NULL,
  impersonator_id INTEGER DEFAULT NULL,
  api_key_id BIGINT DEFAULT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  request_id VARCHAR(64) DEFAULT NULL,
  command_line_user VARCHAR(64) DEFAULT NULL,
  action VARCHAR(64) NOT NULL,
  model VARCHAR(100) COLLATE NOCASE DEFAULT NULL,
  model_id BIGINT DEFAULT NULL,
  log_id BIGINT DEFAULT NULL,
  detail TEXT DEFAULT NULL
);
CREATE INDEX IF NOT EXISTS ixpd_audit_at ON ixpd_audit (at);
CREATE INDEX IF NOT EXISTS ixpd_audit_model ON ixpd_audit (model, model_id);

-- The outbox: a mail that is to be sent, or was.
CREATE TABLE IF NOT EXISTS ixpd_mail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  created_at TEXT NOT NULL,
  kind VARCHAR(64) NOT NULL,
  recipients TEXT NOT NULL,
  subject VARCHAR(255) NOT NULL,
  body_text TEXT NOT NULL,
  body_html TEXT DEFAULT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT DEFAULT NULL,
  last_error TEXT DEFAULT NULL,
  sent_at TEXT DEFAULT NULL,
  dedupe_key VARCHAR(191) DEFAULT NULL
);
CREATE INDEX IF NOT EXISTS ixpd_mail_state ON ixpd_mail (state, next_attempt_at);
CREATE UNIQUE INDEX IF NOT EXISTS ixpd_mail_dedupe_key ON ixpd_mail (dedupe_key);

-- A single value that ixpd keeps for itself.
CREATE TABLE IF NOT EXISTS ixpd_setting (
  name VARCHAR(64) NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);
