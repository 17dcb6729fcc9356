-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
DROP TABLE IF EXISTS `vendor`;
CREATE TABLE `vendor` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(255) COLLATE utf8mb3_unicode_ci DEFAULT NULL,
  `data` blob,
  `rate` decimal(10,2) DEFAULT '1.50',
  PRIMARY KEY (`id`),
  KEY `k` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
LOCK TABLES `vendor` WRITE;
INSERT INTO `vendor` VALUES (1,'O\'Neill; -- x',_binary 'a\0b',NULL),(2,"two",0xDEADBEEF,-1.5e3);
INSERT INTO `vendor` (`id`, `name`) VALUES (3, 'a''b');
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t AFTER INSERT ON vendor FOR EACH ROW BEGIN SET @a = 1; END */;;
DELIMITER ;
-- Dump completed on 2026-01-01
