-- Views that scripts of operators read.

-- Members of today that are connected or may be.
CREATE VIEW view_cust_current_active AS
SELECT
  id, name, type, shortname, autsys, maxprefixes,
  peeringemail, nocphone, noc24hphone, nocfax, nocemail, nochours, nocwww,
  irrdb, peeringmacro, peeringpolicy, corpwww, datejoin, dateleave, status, activepeeringmatrix,
  lastupdatedby, creator, company_registered_detail_id, company_billing_details_id,
  peeringmacrov6, abbreviatedName, MD5Support, reseller, isReseller,
  in_manrs, in_peeringdb, peeringdb_oauth, created_at, updated_at
FROM cust
WHERE status IN (1, 2)
  AND datejoin <= date('now', 'localtime')
  AND (dateleave IS NULL OR dateleave < '1970-01-01' OR dateleave >= date('now', 'localtime'));

-- The VLAN interfaces of a member, a row for each physical interface.
CREATE VIEW view_vlaninterface_details_by_custid AS
SELECT
  pi.id AS id,
  vi.custid AS custid,
  pi.virtualinterfaceid AS virtualinterfaceid,
  pi.status AS status,
  vi.name || vi.channelgroup AS virtualinterfacename,
  vl.number AS vlan,
  vl.name AS vlanname,
  vl.id AS vlanid,
  vli.id AS vlaninterfaceid,
  vli.ipv4enabled AS ipv4enabled,
  vli.ipv4hostname AS ipv4hostname,
  vli.ipv4canping AS ipv4canping,
  vli.ipv4monitorrcbgp AS ipv4monitorrcbgp,
  vli.ipv6enabled AS ipv6enabled,
  vli.ipv6hostname AS ipv6hostname,
  vli.ipv6canping AS ipv6canping,
  vli.ipv6monitorrcbgp AS ipv6monitorrcbgp,
  vli.as112client AS as112client,
  vli.mcastenabled AS mcastenabled,
  vli.ipv4bgpmd5secret AS ipv4bgpmd5secret,
  vli.ipv6bgpmd5secret AS ipv6bgpmd5secret,
  vli.rsclient AS rsclient,
  vli.irrdbfilter AS irrdbfilter,
  vli.busyhost AS busyhost,
  vli.notes AS notes,
  a4.address AS ipv4address,
  a6.address AS ipv6address
FROM virtualinterface vi
JOIN physicalinterface pi ON pi.virtualinterfaceid = vi.id
JOIN vlaninterface vli ON vli.virtualinterfaceid = vi.id
LEFT JOIN vlan vl ON vl.id = vli.vlanid
LEFT JOIN ipv4address a4 ON a4.id = vli.ipv4addressid
LEFT JOIN ipv6address a6 ON a6.id = vli.ipv6addressid;

-- The switch ports of a member.
CREATE VIEW view_switch_details_by_custid AS
SELECT
  vi.id AS id,
  vi.custid AS custid,
  vi.name || vi.channelgroup AS virtualinterfacename,
  pi.virtualinterfaceid AS virtualinterfaceid,
  pi.status AS status,
  pi.speed AS speed,
  pi.duplex AS duplex,
  pi.notes AS notes,
  port.name AS switchport,
  port.id AS switchportid,
  port.ifName AS spifname,
  sw.name AS switch,
  sw.hostname AS switchhostname,
  sw.id AS switchid,
  sw.vendorid AS vendorid,
  sw.snmppasswd AS snmppasswd,
  sw.infrastructure AS infrastructure,
  rack.name AS cabinet,
  rack.colocation AS colocabinet,
  site.name AS locationname,
  site.shortname AS locationshortname
FROM virtualinterface vi
JOIN physicalinterface pi ON pi.virtualinterfaceid = vi.id
JOIN switchport port ON port.id = pi.switchportid
JOIN switch sw ON sw.id = port.switchid
JOIN cabinet rack ON rack.id = sw.cabinetid
JOIN location site ON site.id = rack.locationid;
