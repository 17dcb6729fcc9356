use std::io::{Read, Write};

use super::*;

/// A dump flattened: each table with its columns, each row with its values as text.
#[derive(Debug, Default, PartialEq)]
struct Contents {
    tables: Vec<String>,
    rows: Vec<(String, Vec<Option<String>>)>,
}

impl Contents {
    fn rows_of(&self, table: &str) -> Vec<Vec<Option<&str>>> {
        let rows = self.rows.iter().filter(|(name, _)| name == table);
        rows.map(|(_, values)| values.iter().map(Option::as_deref).collect()).collect()
    }
}

fn text(value: Value<'_>, default: Charset) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Number(digits) => Some(String::from_utf8_lossy(digits).into_owned()),
        Value::Text { bytes, charset } => Some(decode(&bytes, charset.unwrap_or(default)).text.into_owned()),
        Value::Bytes { bytes, .. } => Some(format!("{bytes:x?}")),
    }
}

fn contents(source: impl Read) -> Result<Contents, DumpError> {
    contents_by(DumpReader::new(source, "test.sql"))
}

fn contents_by(mut reader: DumpReader<impl Read>) -> Result<Contents, DumpError> {
    let mut contents = Contents::default();
    let mut table = String::new();
    let mut charset = Charset::Utf8;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Table(definition) => {
                let columns: Vec<&str> =
                    definition.columns.iter().map(|column| column.name.as_str()).collect();
                contents.tables.push(format!("{}({})", definition.name, columns.join(",")));
            }
            Event::Rows(head) => {
                table = head.table.clone();
                charset = head.charset;
            }
            Event::Row(row) => {
                let values =
                    (0..).map_while(|position| row.value(position)).map(|value| text(value, charset));
                contents.rows.push((table.clone(), values.collect()));
            }
        }
    }
    Ok(contents)
}

fn read(dump: &str) -> Contents {
    contents(dump.as_bytes()).unwrap()
}

fn error(dump: &[u8]) -> DumpError {
    contents(dump).unwrap_err()
}

/// As mysqldump writes it, with everything that surrounds the rows.
const MYSQLDUMP: &str = r"-- MySQL dump 10.13  Distrib 8.0.45, for Linux (x86_64)
--
-- Host: localhost    Database: ixp
-- ------------------------------------------------------
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

DROP TABLE IF EXISTS `cust`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `cust` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb3;
/*!40101 SET character_set_client = @saved_cs_client */;

LOCK TABLES `cust` WRITE;
/*!40000 ALTER TABLE `cust` DISABLE KEYS */;
INSERT INTO `cust` VALUES (1,'O\'Neill; (Ltd), \\'),(2,NULL),(3,'Zürich');
/*!40000 ALTER TABLE `cust` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `t` AFTER INSERT ON `cust` FOR EACH ROW BEGIN
  -- don't be fooled
  INSERT INTO bgp (a) VALUES (NEW.id);
END */;;
DELIMITER ;
/*!50001 CREATE VIEW `v` AS SELECT
 1 AS `id`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `cust`.`id` AS `id` from `cust` */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-08-18 15:17:33
";

#[test]
fn a_mysqldump_gives_its_table_and_rows_and_skips_the_rest() {
    let contents = read(MYSQLDUMP);
    assert_eq!(contents.tables, ["cust(id,name)"]);
    assert_eq!(
        contents.rows_of("cust"),
        [[Some("1"), Some("O'Neill; (Ltd), \\")], [Some("2"), None], [Some("3"), Some("Zürich")],]
    );
}

#[test]
fn lines_that_end_in_crlf_change_nothing() {
    assert_eq!(read(&MYSQLDUMP.replace('\n', "\r\n")), read(MYSQLDUMP));
}

/// Hands out a few bytes a read.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(target.len());
        let (now, later) = self.0.split_at(count);
        target[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn a_slow_pipe_gives_the_same_rows() {
    for step in [1, 2, 3, 7, 64] {
        assert_eq!(
            contents(Trickle(MYSQLDUMP.as_bytes(), step)).unwrap(),
            read(MYSQLDUMP),
            "{step} bytes a read"
        );
    }
}

#[test]
fn a_mariadb_dump_with_its_sandbox_line_is_read() {
    let dump = MYSQLDUMP.replacen(
        "-- MySQL dump 10.13",
        "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19",
        1,
    );
    let dump = dump.replace(
        "/*!40103 SET TIME_ZONE",
        "/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;\n/*!40103 SET TIME_ZONE",
    );
    assert_eq!(read(&dump), read(MYSQLDUMP));
    let older = dump.replace("/*M!999999", "/*!999999");
    assert_eq!(read(&older), read(MYSQLDUMP));
}

#[test]
fn an_export_of_phpmyadmin_is_read() {
    let dump = "-- phpMyAdmin SQL Dump\nSET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\nSTART TRANSACTION;\nSET time_zone = \"+00:00\";\n\
        /*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `cust` (\n  `id` int(11) NOT NULL,\n  `name` varchar(255) DEFAULT NULL\n) ENGINE=InnoDB;\n\
        INSERT INTO `cust` (`id`, `name`) VALUES\n(1, 'a'),\n(2, 'b');\n\
        ALTER TABLE `cust`\n  ADD PRIMARY KEY (`id`);\nCOMMIT;\n";
    let contents = read(dump);
    assert_eq!(contents.tables, ["cust(id,name)"]);
    assert_eq!(contents.rows.len(), 2);
    let cut = dump.replace("COMMIT;\n", "");
    assert!(matches!(error(cut.as_bytes()).problem, DumpProblem::Truncated(_)));
}

#[test]
fn a_stand_in_for_a_view_is_no_table() {
    let view =
        "/*!50001 CREATE TABLE `view_x` (\n  `id` tinyint NOT NULL\n) ENGINE=MyISAM */;\nUNLOCK TABLES;\n";
    let dump = MYSQLDUMP.replace("UNLOCK TABLES;\n", &format!("UNLOCK TABLES;\n{view}"));
    assert_eq!(read(&dump).tables, ["cust(id,name)"]);
}

#[test]
fn text_is_read_in_the_character_set_of_its_session() {
    let mut dump =
        b"SET NAMES latin1;\nINSERT INTO `a` (`x`) VALUES ('Caf\xe9'),(_utf8'Caf\xc3\xa9');\n".to_vec();
    assert_eq!(contents(&dump[..]).unwrap().rows_of("a"), [[Some("Café")], [Some("Café")]]);
    dump.splice(10..16, b"sjis".iter().copied());
    let refused = error(&dump);
    assert!(matches!(&refused.problem, DumpProblem::Charset(name) if name == "sjis"), "{refused}");
    assert_eq!((refused.line, refused.table.as_deref()), (2, Some("a")));
}

#[test]
fn without_backslash_escapes_a_backslash_is_itself() {
    let dump = "SET SQL_MODE='NO_BACKSLASH_ESCAPES';\nINSERT INTO `a` (`x`) VALUES ('C:\\');\n";
    assert_eq!(read(dump).rows_of("a"), [[Some("C:\\")]]);
}

#[test]
fn a_dump_cut_off_anywhere_is_refused_with_the_line_of_the_cut() {
    let marker = MYSQLDUMP.find("-- Dump completed").unwrap() + "-- Dump completed".len();
    for cut in 0..marker {
        let start = &MYSQLDUMP[..MYSQLDUMP.floor_char_boundary(cut)];
        let error = error(start.as_bytes());
        match error.problem {
            DumpProblem::Truncated(_) | DumpProblem::Empty => {}
            // One dash tells too little.
            DumpProblem::NotADump(_) if cut == 1 => {}
            _ => panic!("cut at {cut}: {error}"),
        }
        let lines = start.matches('\n').count() as u64 + 1;
        assert!(error.line <= lines && error.line + 8 > lines, "cut at {cut}: {error}");
    }
}

#[test]
fn a_cut_inside_rows_names_the_table() {
    let cut = MYSQLDUMP.find("NULL),(3").unwrap();
    let error = error(&MYSQLDUMP.as_bytes()[..cut]);
    assert_eq!(error.table.as_deref(), Some("cust"));
    assert_eq!(error.line, 22);
    let shown = error.to_string();
    assert!(
        shown.starts_with(
            "test.sql, line 22, table `cust`: the file is cut off: it ends in the middle of a row"
        ),
        "{shown}"
    );
}

#[test]
fn what_is_no_dump_is_refused_and_says_why() {
    let cases: [(&[u8], &str); 10] = [
        (
            b"mysqldump: [Warning] Using a password on the command line.\n-- MySQL dump 10.13\n",
            "without `2>&1`",
        ),
        (b"mariadb-dump: Got error: 1045\n", "message of mysqldump"),
        (b"", "no statement"),
        (b"\n-- only a comment\n", "no statement"),
        (b"\x00\x01\x02\x03", "byte 0x00"),
        (b"hello world\n", "`HELLO`"),
        (b"SQLite format 3\0....", "SQLite database"),
        (b"<?xml version=\"1.0\"?>", "--xml"),
        (b"--\n-- PostgreSQL database dump\n--\n", "PostgreSQL"),
        (b"PRAGMA foreign_keys=OFF;\n", "`PRAGMA`"),
    ];
    for (dump, expected) in cases {
        let shown = error(dump).to_string();
        assert!(shown.contains(expected) && shown.starts_with("test.sql, line"), "{shown}");
    }
}

#[test]
fn statements_that_change_rows_otherwise_are_refused() {
    for sql in
        ["DELETE FROM a;", "UPDATE a SET x=1;", "TRUNCATE TABLE a;", "/*!50001 INSERT INTO a VALUES (1) */;"]
    {
        assert!(matches!(error(sql.as_bytes()).problem, DumpProblem::Statement(_)), "{sql}");
    }
}

#[test]
fn errors_inside_rows_name_line_and_character_but_no_data() {
    let error = error(b"CREATE TABLE `user` (\n`id` int,\n`password` varchar(255)\n);\nINSERT INTO `user` VALUES (1,'secret'),\n(2,now());\n");
    assert_eq!(error.to_string(), "test.sql, line 6, table `user`: a value was expected here, found `n`");
    let error =
        contents(&b"CREATE TABLE `user` (\n`id` int\n);\nINSERT INTO `user` VALUES (1,'secret');\n"[..])
            .unwrap_err();
    assert_eq!(error.to_string(), "test.sql, line 4, table `user`: a row has 2 values for 1 columns");
}

#[test]
fn rows_without_names_need_a_definition() {
    let error = error(b"INSERT INTO `cust` VALUES (1);");
    assert!(matches!(error.problem, DumpProblem::NoDefinition));
    assert_eq!(error.table.as_deref(), Some("cust"));
    assert_eq!(read("INSERT INTO `cust` (`id`) VALUES (1);").rows.len(), 1);
}

/// As `mysqldump --all-databases` writes it: some statements of `mysql` are such as no other table has.
const SEVERAL: &str = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `ixp`;\nUSE `ixp`;\nCREATE TABLE `a` (`x` int);\n\
    INSERT INTO `a` VALUES (1),(2);\nCREATE DATABASE `mysql`;\nUSE `mysql`;\n\
    CREATE TABLE `a` (`x` int, `y` JSON CHECK (JSON_VALID(y)));\nINSERT INTO `a` VALUES (3,';'),(4,'USE `x`;');\n\
    INSERT IGNORE INTO `b` SELECT 1;\nUSE `test`;\nUSE `ixp`;\nINSERT INTO `a` VALUES (5);\n";

fn contents_of(dump: &str, database: &str) -> Result<Contents, DumpError> {
    contents_by(DumpReader::new(dump.as_bytes(), "test.sql").of_database(Some(database)))
}

#[test]
fn of_several_databases_the_named_one_is_read_alone() {
    let own = contents_of(SEVERAL, "ixp").unwrap();
    assert_eq!(own.tables, ["a(x)"]);
    assert_eq!(own.rows_of("a"), [[Some("1")], [Some("2")], [Some("5")]]);
    // Names of databases are told apart as on a server with Linux's file names.
    for (database, expected) in [
        ("other", "the dump holds no database `other`; it has `ixp`, `mysql`, `test`"),
        ("IXP", "the dump holds no database `IXP`; it has `ixp`, `mysql`, `test`"),
    ] {
        assert_eq!(contents_of(SEVERAL, database).unwrap_err().problem.to_string(), expected);
    }
    let unnamed = contents_of("CREATE TABLE `a` (`x` int);\n", "ixp").unwrap_err();
    assert!(matches!(unnamed.problem, DumpProblem::UnnamedDatabase { .. }), "{unnamed}");
}

#[test]
fn a_dump_of_several_databases_is_refused_with_their_names_unless_one_is_named() {
    let error = error(SEVERAL.as_bytes());
    assert_eq!(
        error.problem.to_string(),
        "the dump holds several databases: `ixp`, `mysql`, `test`; name the one of IXP Manager with --database NAME"
    );
    // Empty ones don't count.
    assert_eq!(read("USE `empty`;\nUSE `one`;\nCREATE TABLE `a` (`x` int);\n").tables.len(), 1);
    assert_eq!(read("CREATE DATABASE `one`;\nUSE `one`;\nCREATE TABLE `a` (`x` int);\n").tables.len(), 1);
}

#[test]
fn rows_longer_than_the_buffer_are_read() {
    let long = "x".repeat(3_000_000);
    let dump = format!("INSERT INTO `a` (`x`,`y`) VALUES (1,'{long}'),(2,'short');\n");
    let contents = read(&dump);
    assert_eq!(contents.rows_of("a")[0][1].map(str::len), Some(3_000_000));
    assert_eq!(contents.rows_of("a")[1], [Some("2"), Some("short")]);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_gzipped_dump_is_read_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump.sql");
    let packed = gzip(MYSQLDUMP.as_bytes());
    std::fs::write(&path, &packed).unwrap();
    let source = DumpSource::open(&path).unwrap();
    assert_eq!(source.size, Some(packed.len() as u64));
    assert_eq!(contents(source.text).unwrap(), read(MYSQLDUMP));
    assert_eq!(source.read.get(), packed.len() as u64);
}

#[test]
fn a_gzipped_dump_cut_off_anywhere_is_refused() {
    let packed = gzip(MYSQLDUMP.as_bytes());
    for cut in 6..packed.len() {
        let source = DumpSource::from_reader(std::io::Cursor::new(packed[..cut].to_vec()), None).unwrap();
        let error = contents(source.text).unwrap_err();
        assert!(matches!(error.problem, DumpProblem::Truncated(_)), "cut at {cut}: {error}");
    }
}

#[test]
fn other_compression_is_named() {
    for (start, name) in [
        (&b"\x28\xb5\x2f\xfd...."[..], "zstd"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh91AY", "bzip2"),
        (b"PK\x03\x04..", "zip"),
    ] {
        let Err(problem) = DumpSource::from_reader(start, None) else { panic!("{name} was accepted") };
        assert!(problem.to_string().contains(name), "{problem}");
    }
    assert!(DumpSource::open(std::path::Path::new("/")).is_err());
}

#[test]
fn fuzzing_inputs_never_panic_where_a_dump_is_damaged() {
    let mut damaged = MYSQLDUMP.as_bytes().to_vec();
    for at in 0..damaged.len() {
        for byte in [0, b'\'', b'\\', b'(', b';', b'/', 0xff] {
            let before = std::mem::replace(&mut damaged[at], byte);
            fuzz_dump_reader(&damaged);
            damaged[at] = before;
        }
    }
    assert_eq!(fuzz_dump_reader(&damaged), 3);
}

#[test]
fn the_public_fixture_is_read_whole() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ci_test_db.sql");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let contents = contents(file).unwrap();
    assert_eq!(contents.tables.len(), 83);
    for (table, rows) in [("api_keys", 3), ("migrations", 36), ("cust", 6), ("sessions", 1), ("vendor", 13)] {
        assert_eq!(contents.rows_of(table).len(), rows, "{table}");
    }
    assert_eq!(contents.rows_of("api_keys")[0][2], Some("iqLw1OF50aPU"));
}
