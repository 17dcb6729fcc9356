-- Triggers that outside programs rely on. They write the database server's own time.

-- A sighting of BGP counts for the session in both directions.
DROP TRIGGER IF EXISTS bgp_sessions_update;
CREATE TRIGGER bgp_sessions_update AFTER INSERT ON bgpsessiondata FOR EACH ROW
BEGIN
  INSERT INTO bgp_sessions (srcipaddressid, protocol, dstipaddressid, packetcount, last_seen, source)
  VALUES
    (NEW.srcipaddressid, NEW.protocol, NEW.dstipaddressid, NEW.packetcount, NOW(), NEW.source),
    (NEW.dstipaddressid, NEW.protocol, NEW.srcipaddressid, NEW.packetcount, NOW(), NEW.source)
  ON DUPLICATE KEY UPDATE packetcount = packetcount + NEW.packetcount, last_seen = NOW();
END;

-- The latest use of an application password stands with the password.
DROP TRIGGER IF EXISTS tr_app_passwords_last_logins;
CREATE TRIGGER tr_app_passwords_last_logins AFTER INSERT ON app_passwords_last_logins FOR EACH ROW
  UPDATE app_passwords
  SET last_seen_at = NEW.last_seen_at, last_seen_from = NEW.last_seen_from
  WHERE id = NEW.app_password_id;
