-- Document stores.

-- A folder of the document store.
CREATE TABLE docstore_directories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent_dir_id BIGINT DEFAULT NULL,
  name VARCHAR(100) COLLATE NOCASE NOT NULL,
  description TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL
);
CREATE INDEX docstore_directories_parent_dir_id_index ON docstore_directories (parent_dir_id);

-- A file of the document store. The content itself is on disk.
CREATE TABLE docstore_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  docstore_directory_id BIGINT DEFAULT NULL,
  name VARCHAR(100) COLLATE NOCASE NOT NULL,
  disk VARCHAR(100) COLLATE NOCASE NOT NULL DEFAULT 'docstore',
  path VARCHAR(255) NOT NULL DEFAULT '',
  sha256 VARCHAR(64) DEFAULT NULL,
  description TEXT DEFAULT NULL,
  min_privs INTEGER NOT NULL,
  file_last_updated TEXT NOT NULL,
  created_by INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT docstore_files_docstore_directory_id_foreign FOREIGN KEY (docstore_directory_id) REFERENCES docstore_directories (id)
);
CREATE INDEX docstore_files_docstore_directory_id_foreign ON docstore_files (docstore_directory_id);

-- A download from the document store.
CREATE TABLE docstore_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  docstore_file_id BIGINT NOT NULL,
  downloaded_by INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT docstore_logs_docstore_file_id_foreign FOREIGN KEY (docstore_file_id) REFERENCES docstore_files (id)
);
CREATE INDEX docstore_logs_created_at_index ON docstore_logs (created_at);
CREATE INDEX docstore_logs_docstore_file_id_foreign ON docstore_logs (docstore_file_id);

-- A folder of a member's document store.
CREATE TABLE docstore_customer_directories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER NOT NULL,
  parent_dir_id BIGINT DEFAULT NULL,
  name VARCHAR(100) COLLATE NOCASE NOT NULL,
  description TEXT DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT docstore_customer_directories_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
);
CREATE INDEX docstore_customer_directories_cust_id_foreign ON docstore_customer_directories (cust_id);
CREATE INDEX docstore_customer_directories_parent_dir_id_index ON docstore_customer_directories (parent_dir_id);

-- A file of a member's document store. The content itself is on disk.
CREATE TABLE docstore_customer_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cust_id INTEGER NOT NULL,
  docstore_customer_directory_id BIGINT DEFAULT NULL,
  name VARCHAR(100) COLLATE NOCASE NOT NULL,
  disk VARCHAR(100) COLLATE NOCASE NOT NULL DEFAULT 'docstore_customers',
  path VARCHAR(255) NOT NULL DEFAULT '',
  sha256 VARCHAR(64) DEFAULT NULL,
  description TEXT DEFAULT NULL,
  min_privs INTEGER NOT NULL,
  file_last_updated TEXT NOT NULL,
  created_by INTEGER DEFAULT NULL,
  created_at TEXT DEFAULT NULL,
  updated_at TEXT DEFAULT NULL,
  CONSTRAINT docstore_customer_files_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id),
  CONSTRAINT docstore_customer_files_docstore_customer_directory_id_foreign FOREIGN KEY (docstore_customer_directory_id) REFERENCES docstore_customer_directories (id)
);
CREATE INDEX docstore_customer_files_cust_id_foreign ON docstore_customer_files (cust_id);
CREATE INDEX docstore_customer_files_docstore_customer_directory_id_foreign ON docstore_customer_files (docstore_customer_directory_id);
