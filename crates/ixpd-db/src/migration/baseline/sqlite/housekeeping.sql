-- Change log and housekeeping.

-- A change that somebody made to a row, as IXP Manager records it.
CREATE TABLE log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER DEFAULT NULL,
  model VARCHAR(100) COLLATE NOCASE NOT NULL,
  model_id BIGINT DEFAULT NULL,
  action VARCHAR(7) COLLATE NOCASE NOT NULL,
  message TEXT NOT NULL,
  models TEXT NOT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT log_user_id_foreign FOREIGN KEY (user_id) REFERENCES user (id)
);
CREATE INDEX log_action_index ON log (action);
CREATE INDEX log_model_model_id_index ON log (model, model_id);
CREATE INDEX log_user_id_foreign ON log (user_id);

-- When the scheduler or a monitoring query last ran.
CREATE TABLE task_last_run (
  task_key VARCHAR(64) COLLATE NOCASE NOT NULL,
  parameters VARCHAR(255) COLLATE NOCASE NOT NULL,
  last_run_at TEXT NOT NULL
);
CREATE UNIQUE INDEX task_last_run_task_key_parameters_unique ON task_last_run (task_key, parameters);

-- The migrations of IXP Manager that have made this schema.
CREATE TABLE migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  migration VARCHAR(255) NOT NULL,
  batch INTEGER NOT NULL
);

-- Not used: failed queue jobs of IXP Manager.
CREATE TABLE failed_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL,
  queue TEXT NOT NULL,
  payload TEXT NOT NULL,
  exception TEXT NOT NULL,
  failed_at TEXT NOT NULL DEFAULT (datetime('now', 'localtime'))
);

-- Not used: debugging data of IXP Manager.
CREATE TABLE telescope_entries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid CHAR(36) NOT NULL,
  batch_id CHAR(36) NOT NULL,
  family_hash VARCHAR(255) DEFAULT NULL,
  should_display_on_index BOOLEAN NOT NULL DEFAULT TRUE,
  type VARCHAR(20) COLLATE NOCASE NOT NULL,
  content TEXT NOT NULL,
  created_at TEXT DEFAULT NULL
);
CREATE INDEX telescope_entries_batch_id_index ON telescope_entries (batch_id);
CREATE INDEX telescope_entries_family_hash_index ON telescope_entries (family_hash);
CREATE INDEX telescope_entries_type_should_display_on_index_index ON telescope_entries (type, should_display_on_index);
CREATE UNIQUE INDEX telescope_entries_uuid_unique ON telescope_entries (uuid);

-- Not used: debugging data of IXP Manager.
CREATE TABLE telescope_entries_tags (
  entry_uuid CHAR(36) NOT NULL,
  tag VARCHAR(255) COLLATE NOCASE NOT NULL,
  CONSTRAINT telescope_entries_tags_entry_uuid_foreign FOREIGN KEY (entry_uuid) REFERENCES telescope_entries (uuid) ON DELETE CASCADE
);
CREATE INDEX telescope_entries_tags_entry_uuid_tag_index ON telescope_entries_tags (entry_uuid, tag);
CREATE INDEX telescope_entries_tags_tag_index ON telescope_entries_tags (tag);

-- Not used: debugging data of IXP Manager.
CREATE TABLE telescope_monitoring (
  tag VARCHAR(255) COLLATE NOCASE NOT NULL
);
