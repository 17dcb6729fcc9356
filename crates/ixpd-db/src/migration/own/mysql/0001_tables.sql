-- The tables of ixpd itself. No foreign key leads to other tables: those stay as IXP Manager knows them.

-- A browser session.
CREATE TABLE IF NOT EXISTS ixpd_session (
  id_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id INT DEFAULT NULL,
  customer_id INT DEFAULT NULL,
  remember_token_id BIGINT DEFAULT NULL,
  data LONGTEXT NOT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  user_agent VARCHAR(255) DEFAULT NULL,
  created_at DATETIME NOT NULL,
  last_activity DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  PRIMARY KEY (id_hash),
  KEY ixpd_session_user_id (user_id),
  KEY ixpd_session_expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What ixpd keeps of a second factor beyond the row in `user_2fa`.
CREATE TABLE IF NOT EXISTS ixpd_second_factor (
  user_id INT NOT NULL,
  last_step BIGINT DEFAULT NULL,
  recovery_codes TEXT DEFAULT NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A scheduled job: its last run, its next one, and which node holds it.
CREATE TABLE IF NOT EXISTS ixpd_job (
  name VARCHAR(64) NOT NULL,
  last_started_at DATETIME DEFAULT NULL,
  last_finished_at DATETIME DEFAULT NULL,
  last_result VARCHAR(16) DEFAULT NULL,
  last_message TEXT DEFAULT NULL,
  next_run_at DATETIME DEFAULT NULL,
  lease_holder VARCHAR(64) DEFAULT NULL,
  lease_until DATETIME DEFAULT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What ixpd keeps of an API key beyond the row in `api_keys`.
CREATE TABLE IF NOT EXISTS ixpd_api_key (
  api_key_id BIGINT NOT NULL,
  legacy_sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  legacy_prefix VARCHAR(6) DEFAULT NULL,
  sealed BLOB DEFAULT NULL,
  seal_key_id VARCHAR(16) DEFAULT NULL,
  customer_id INT DEFAULT NULL,
  max_privilege INT DEFAULT NULL,
  scope VARCHAR(16) DEFAULT NULL,
  created_by INT DEFAULT NULL,
  PRIMARY KEY (api_key_id),
  UNIQUE KEY ixpd_api_key_legacy_sha256 (legacy_sha256)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Who did what, from where. It holds no secrets.
CREATE TABLE IF NOT EXISTS ixpd_audit (
  id BIGINT NOT NULL AUTO_INCREMENT,
  at DATETIME NOT NULL,
  actor_kind VARCHAR(16) NOT NULL,
  user_id INT DEFAULT NULL,
  impersonator_id INT DEFAULT NULL,
  api_key_id BIGINT DEFAULT NULL,
  ip VARCHAR(45) DEFAULT NULL,
  request_id VARCHAR(64) DEFAULT NULL,
  command_line_user VARCHAR(64) DEFAULT NULL,
  action VARCHAR(64) NOT NULL,
  model VARCHAR(100) DEFAULT NULL,
  model_id BIGINT DEFAULT NULL,
  log_id BIGINT DEFAULT NULL,
  detail TEXT DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ixpd_audit_at (at),
  KEY ixpd_audit_model (model, model_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The outbox: a mail that is to be sent, or was.
CREATE TABLE IF NOT EXISTS ixpd_mail (
  id BIGINT NOT NULL AUTO_INCREMENT,
  created_at DATETIME NOT NULL,
  kind VARCHAR(64) NOT NULL,
  recipients TEXT NOT NULL,
  subject VARCHAR(255) NOT NULL,
  body_text LONGTEXT NOT NULL,
  body_html LONGTEXT DEFAULT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  next_attempt_at DATETIME DEFAULT NULL,
  last_error TEXT DEFAULT NULL,
  sent_at DATETIME DEFAULT NULL,
  dedupe_key VARCHAR(191) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ixpd_mail_state (state, next_attempt_at),
  UNIQUE KEY ixpd_mail_dedupe_key (dedupe_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A single value that ixpd keeps for itself.
CREATE TABLE IF NOT EXISTS ixpd_setting (
  name VARCHAR(64) NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
