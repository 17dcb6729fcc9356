-- Document stores.

-- A folder of the document store.
CREATE TABLE IF NOT EXISTS docstore_directories (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  parent_dir_id BIGINT UNSIGNED DEFAULT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY docstore_directories_parent_dir_id_index (parent_dir_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A file of the document store. The content itself is on disk.
CREATE TABLE IF NOT EXISTS docstore_files (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  docstore_directory_id BIGINT UNSIGNED DEFAULT NULL,
  name VARCHAR(100) NOT NULL,
  disk VARCHAR(100) NOT NULL DEFAULT 'docstore',
  path VARCHAR(255) NOT NULL DEFAULT '',
  sha256 VARCHAR(64) DEFAULT NULL,
  description TEXT DEFAULT NULL,
  min_privs SMALLINT NOT NULL,
  file_last_updated DATETIME NOT NULL,
  created_by INT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY docstore_files_docstore_directory_id_foreign (docstore_directory_id),
  CONSTRAINT docstore_files_docstore_directory_id_foreign FOREIGN KEY (docstore_directory_id) REFERENCES docstore_directories (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A download from the document store.
CREATE TABLE IF NOT EXISTS docstore_logs (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  docstore_file_id BIGINT UNSIGNED NOT NULL,
  downloaded_by INT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY docstore_logs_created_at_index (created_at),
  KEY docstore_logs_docstore_file_id_foreign (docstore_file_id),
  CONSTRAINT docstore_logs_docstore_file_id_foreign FOREIGN KEY (docstore_file_id) REFERENCES docstore_files (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A folder of a member's document store.
CREATE TABLE IF NOT EXISTS docstore_customer_directories (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  cust_id INT NOT NULL,
  parent_dir_id BIGINT UNSIGNED DEFAULT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY docstore_customer_directories_cust_id_foreign (cust_id),
  KEY docstore_customer_directories_parent_dir_id_index (parent_dir_id),
  CONSTRAINT docstore_customer_directories_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A file of a member's document store. The content itself is on disk.
CREATE TABLE IF NOT EXISTS docstore_customer_files (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  cust_id INT NOT NULL,
  docstore_customer_directory_id BIGINT UNSIGNED DEFAULT NULL,
  name VARCHAR(100) NOT NULL,
  disk VARCHAR(100) NOT NULL DEFAULT 'docstore_customers',
  path VARCHAR(255) NOT NULL DEFAULT '',
  sha256 VARCHAR(64) DEFAULT NULL,
  description TEXT DEFAULT NULL,
  min_privs SMALLINT NOT NULL,
  file_last_updated DATETIME NOT NULL,
  created_by INT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY docstore_customer_files_cust_id_foreign (cust_id),
  KEY docstore_customer_files_docstore_customer_directory_id_foreign (docstore_customer_directory_id),
  CONSTRAINT docstore_customer_files_cust_id_foreign FOREIGN KEY (cust_id) REFERENCES cust (id),
  CONSTRAINT docstore_customer_files_docstore_customer_directory_id_foreign FOREIGN KEY (docstore_customer_directory_id) REFERENCES docstore_customer_directories (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
