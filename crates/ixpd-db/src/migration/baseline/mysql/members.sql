-- Members, contacts, notes, tags.

-- A member (customer) of the exchange, or the exchange itself (type 3).
CREATE TABLE IF NOT EXISTS cust (
  id INT NOT NULL AUTO_INCREMENT,
  name VARCHAR(255) DEFAULT NULL,
  type INT DEFAULT NULL,
  shortname VARCHAR(255) DEFAULT NULL,
  autsys INT DEFAULT NULL,
  maxprefixes INT UNSIGNED DEFAULT NULL,
  maxprefixesv6 INT UNSIGNED DEFAULT NULL,
  peeringemail VARCHAR(255) DEFAULT NULL,
  nocphone VARCHAR(255) DEFAULT NULL,
  noc24hphone VARCHAR(255) DEFAULT NULL,
  nocfax VARCHAR(255) DEFAULT NULL,
  nocemail VARCHAR(255) DEFAULT NULL,
  nochours VARCHAR(255) DEFAULT NULL,
  nocwww VARCHAR(255) DEFAULT NULL,
  irrdb INT DEFAULT NULL,
  peeringmacro VARCHAR(255) DEFAULT NULL,
  peeringpolicy VARCHAR(255) DEFAULT NULL,
  corpwww VARCHAR(255) DEFAULT NULL,
  datejoin DATE DEFAULT NULL,
  dateleave DATE DEFAULT NULL,
  status SMALLINT DEFAULT NULL,
  activepeeringmatrix TINYINT(1) DEFAULT NULL,
  lastupdatedby INT DEFAULT NULL,
  creator VARCHAR(255) DEFAULT NULL,
  company_registered_detail_id INT DEFAULT NULL,
  company_billing_details_id INT DEFAULT NULL,
  peeringmacrov6 VARCHAR(255) DEFAULT NULL,
  abbreviatedName VARCHAR(30) DEFAULT NULL,
  MD5Support VARCHAR(255) DEFAULT 'UNKNOWN',
  reseller INT DEFAULT NULL,
  isReseller TINYINT(1) NOT NULL DEFAULT 0,
  in_manrs TINYINT(1) NOT NULL DEFAULT 0,
  in_peeringdb TINYINT(1) NOT NULL DEFAULT 0,
  peeringdb_oauth TINYINT(1) NOT NULL DEFAULT 1,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_997B25A18015899 (reseller),
  KEY IDX_997B25A666E98DF (irrdb),
  UNIQUE KEY UNIQ_997B25A64082763 (shortname),
  UNIQUE KEY UNIQ_997B25A84478F0C (company_billing_details_id),
  UNIQUE KEY UNIQ_997B25A98386213 (company_registered_detail_id),
  CONSTRAINT FK_997B25A18015899 FOREIGN KEY (reseller) REFERENCES cust (id),
  CONSTRAINT FK_997B25A666E98DF FOREIGN KEY (irrdb) REFERENCES irrdbconfig (id),
  CONSTRAINT FK_997B25A84478F0C FOREIGN KEY (company_billing_details_id) REFERENCES company_billing_detail (id),
  CONSTRAINT FK_997B25A98386213 FOREIGN KEY (company_registered_detail_id) REFERENCES company_registration_detail (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- The legal registration of a member's company; each member has exactly one row.
CREATE TABLE IF NOT EXISTS company_registration_detail (
  id INT NOT NULL AUTO_INCREMENT,
  registeredName VARCHAR(255) DEFAULT NULL,
  companyNumber VARCHAR(255) DEFAULT NULL,
  jurisdiction VARCHAR(255) DEFAULT NULL,
  address1 VARCHAR(255) DEFAULT NULL,
  address2 VARCHAR(255) DEFAULT NULL,
  address3 VARCHAR(255) DEFAULT NULL,
  townCity VARCHAR(255) DEFAULT NULL,
  postcode VARCHAR(255) DEFAULT NULL,
  country VARCHAR(255) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

-- Where and how a member is billed; each member has exactly one row.
CREATE TABLE IF NOT EXISTS company_billing_detail (
  id INT NOT NULL AUTO_INCREMENT,
  billingContactName VARCHAR(255) DEFAULT NULL,
  billingAddress1 VARCHAR(255) DEFAULT NULL,
  billingAddress2 VARCHAR(255) DEFAULT NULL,
  billingAddress3 VARCHAR(255) DEFAULT NULL,
  billingTownCity VARCHAR(255) DEFAULT NULL,
  billingPostcode VARCHAR(255) DEFAULT NULL,
  billingCountry VARCHAR(255) DEFAULT NULL,
  billingEmail VARCHAR(255) DEFAULT NULL,
  billingTelephone VARCHAR(255) DEFAULT NULL,
  vatNumber VARCHAR(255) DEFAULT NULL,
  vatRate VARCHAR(255) DEFAULT NULL,
  purchaseOrderRequired TINYINT(1) NOT NULL DEFAULT 0,
  purchaseOrderNumber VARCHAR(50) DEFAULT NULL,
  invoiceMethod VARCHAR(255) DEFAULT NULL,
  invoiceEmail VARCHAR(255) DEFAULT NULL,
  billingFrequency VARCHAR(255) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

-- A person at a member who can be called or written to. A contact is not a login.
CREATE TABLE IF NOT EXISTS contact (
  id INT NOT NULL AUTO_INCREMENT,
  custid INT DEFAULT NULL,
  name VARCHAR(255) NOT NULL,
  email VARCHAR(255) DEFAULT NULL,
  phone VARCHAR(50) DEFAULT NULL,
  mobile VARCHAR(50) DEFAULT NULL,
  updated_at DATETIME DEFAULT NULL,
  lastupdatedby INT DEFAULT NULL,
  creator VARCHAR(32) DEFAULT NULL,
  created_at DATETIME DEFAULT NULL,
  position VARCHAR(50) DEFAULT NULL,
  notes LONGTEXT DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_4C62E638DA0209B9 (custid),
  CONSTRAINT FK_4C62E638DA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A role (type `ROLE`) or another group that contacts can be put into.
CREATE TABLE IF NOT EXISTS contact_group (
  id BIGINT NOT NULL AUTO_INCREMENT,
  name VARCHAR(20) NOT NULL,
  description VARCHAR(255) NOT NULL,
  type VARCHAR(20) NOT NULL,
  active TINYINT(1) NOT NULL DEFAULT 1,
  limited_to INT NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY UNIQ_40EA54CA5E237E06 (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Which contact is in which group.
CREATE TABLE IF NOT EXISTS contact_to_group (
  contact_id INT NOT NULL,
  contact_group_id BIGINT NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (contact_id, contact_group_id),
  KEY IDX_FCD9E962647145D0 (contact_group_id),
  KEY IDX_FCD9E962E7A1254A (contact_id),
  CONSTRAINT FK_FCD9E962647145D0 FOREIGN KEY (contact_group_id) REFERENCES contact_group (id),
  CONSTRAINT FK_FCD9E962E7A1254A FOREIGN KEY (contact_id) REFERENCES contact (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A note about a member, in markdown.
CREATE TABLE IF NOT EXISTS cust_notes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  customer_id INT NOT NULL,
  private TINYINT(1) NOT NULL DEFAULT 1,
  title VARCHAR(255) NOT NULL,
  note LONGTEXT NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_6377D8679395C3F3 (customer_id),
  CONSTRAINT FK_6377D8679395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A tag that members can carry.
CREATE TABLE IF NOT EXISTS cust_tag (
  id INT NOT NULL AUTO_INCREMENT,
  tag VARCHAR(255) NOT NULL,
  display_as VARCHAR(255) NOT NULL,
  description LONGTEXT DEFAULT NULL,
  internal_only TINYINT(1) NOT NULL DEFAULT 0,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY UNIQ_6B54CFB8389B783 (tag)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- Which member carries which tag.
CREATE TABLE IF NOT EXISTS cust_to_cust_tag (
  customer_tag_id INT NOT NULL,
  customer_id INT NOT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (customer_tag_id, customer_id),
  KEY IDX_A6CFB30C9395C3F3 (customer_id),
  KEY IDX_A6CFB30CB17BF40 (customer_tag_id),
  CONSTRAINT FK_A6CFB30C9395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id),
  CONSTRAINT FK_A6CFB30CB17BF40 FOREIGN KEY (customer_tag_id) REFERENCES cust_tag (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A member's equipment in one of the exchange's racks.
CREATE TABLE IF NOT EXISTS custkit (
  id INT NOT NULL AUTO_INCREMENT,
  custid INT DEFAULT NULL,
  cabinetid INT DEFAULT NULL,
  name VARCHAR(255) DEFAULT NULL,
  descr VARCHAR(255) DEFAULT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_8127F9AA2B96718A (cabinetid),
  KEY IDX_8127F9AADA0209B9 (custid),
  CONSTRAINT FK_8127F9AA2B96718A FOREIGN KEY (cabinetid) REFERENCES cabinet (id),
  CONSTRAINT FK_8127F9AADA0209B9 FOREIGN KEY (custid) REFERENCES cust (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- A member's logo: names and size. The picture itself is a file.
CREATE TABLE IF NOT EXISTS logos (
  id INT NOT NULL AUTO_INCREMENT,
  customer_id INT DEFAULT NULL,
  type VARCHAR(255) NOT NULL,
  original_name VARCHAR(255) NOT NULL,
  stored_name VARCHAR(255) NOT NULL,
  uploaded_by VARCHAR(255) NOT NULL,
  width INT NOT NULL,
  height INT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY IDX_9F54004F9395C3F3 (customer_id),
  CONSTRAINT FK_9F54004F9395C3F3 FOREIGN KEY (customer_id) REFERENCES cust (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;
