-- Triggers that outside programs rely on. They write this machine's own time.

-- A sighting of BGP counts for the session in both directions.
DROP TRIGGER IF EXISTS bgp_sessions_update;
CREATE TRIGGER bgp_sessions_update AFTER INSERT ON bgpsessiondata FOR EACH ROW
BEGIN
  INSERT INTO bgp_sessions (srcipaddressid, protocol, dstipaddressid, packetcount, last_seen, source)
  VALUES
    (NEW.srcipaddressid, NEW.protocol, NEW.dstipaddressid, NEW.packetcount, datetime('now', 'localtime'), NEW.source),
    (NEW.dstipaddressid, NEW.protocol, NEW.srcipaddressid, NEW.packetcount, datetime('now', 'localtime'), NEW.source)
  ON CONFLICT (srcipaddressid, protocol, dstipaddressid)
  DO UPDATE SET packetcount = packetcount + excluded.packetcount, last_seen = excluded.last_seen;
END;

-- The latest use of an application password stands with the password.
DROP TRIGGER IF EXISTS tr_app_passwords_last_logins;
CREATE TRIGGER tr_app_passwords_last_logins AFTER INSERT ON app_passwords_last_logins FOR EACH ROW
BEGIN
  UPDATE app_passwords
  SET last_seen_at = NEW.last_seen_at, last_seen_from = NEW.last_seen_from
  WHERE id = NEW.app_password_id;
END;
