-- Change log and housekeeping.

-- A change that somebody made to a row, as IXP Manager records it.
CREATE TABLE IF NOT EXISTS log (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id INT DEFAULT NULL,
  model VARCHAR(100) NOT NULL,
  model_id BIGINT UNSIGNED DEFAULT NULL,
  action VARCHAR(7) NOT NULL,
  message TEXT NOT NULL,
  models JSON NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY log_action_index (action),
  KEY log_model_model_id_index (model, model_id),
  KEY log_user_id_foreign (user_id),
  CONSTRAINT log_user_id_foreign FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- When the scheduler or a monitoring query last ran.
CREATE TABLE IF NOT EXISTS task_last_run (
  task_key VARCHAR(64) NOT NULL,
  parameters VARCHAR(255) NOT NULL,
  last_run_at DATETIME NOT NULL,
  UNIQUE KEY task_last_run_task_key_parameters_unique (task_key, parameters)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The migrations of IXP Manager that have made this schema.
CREATE TABLE IF NOT EXISTS migrations (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  migration VARCHAR(255) NOT NULL,
  batch INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: failed queue jobs of IXP Manager.
CREATE TABLE IF NOT EXISTS failed_jobs (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  connection TEXT NOT NULL,
  queue TEXT NOT NULL,
  payload LONGTEXT NOT NULL,
  exception LONGTEXT NOT NULL,
  failed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: debugging data of IXP Manager.
CREATE TABLE IF NOT EXISTS telescope_entries (
  sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  uuid CHAR(36) NOT NULL,
  batch_id CHAR(36) NOT NULL,
  family_hash VARCHAR(255) DEFAULT NULL,
  should_display_on_index TINYINT(1) NOT NULL DEFAULT 1,
  type VARCHAR(20) NOT NULL,
  content LONGTEXT NOT NULL,
  created_at DATETIME DEFAULT NULL,
  PRIMARY KEY (sequence),
  KEY telescope_entries_batch_id_index (batch_id),
  KEY telescope_entries_family_hash_index (family_hash(191)),
  KEY telescope_entries_type_should_display_on_index_index (type, should_display_on_index),
  UNIQUE KEY telescope_entries_uuid_unique (uuid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: debugging data of IXP Manager.
CREATE TABLE IF NOT EXISTS telescope_entries_tags (
  entry_uuid CHAR(36) NOT NULL,
  tag VARCHAR(255) NOT NULL,
  KEY telescope_entries_tags_entry_uuid_tag_index (entry_uuid, tag(191)),
  KEY telescope_entries_tags_tag_index (tag(191)),
  CONSTRAINT telescope_entries_tags_entry_uuid_foreign FOREIGN KEY (entry_uuid) REFERENCES telescope_entries (uuid) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Not used: debugging data of IXP Manager.
CREATE TABLE IF NOT EXISTS telescope_monitoring (
  tag VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
