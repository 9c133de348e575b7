/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Every SQL statement of OpenMDF, prepared once.  How parameters and columns are named: db/store.h. */
#include "db/store.h"

#define ALARM_OBJECT "CASE WHEN :scope_lea IS NULL THEN object ELSE replace(object, 'lea ' || :scope_lea, 'lea') END"
#define ALARM_RANK(column) "instr('warning minor major critical', " column ")"
#define DEST_COLUMNS \
	"d.id, d.did, d.name, l.name AS lea, d.kind, d.transport, d.tls12 AS 'tls12?', d.server_name, d.level, d.enabled AS 'enabled?'," \
	" d.time1_s, d.time2_s, d.time3_s, d.options AS 'options[]', d.created_ns AS 'created@'," \
	" (SELECT json_group_array(address) FROM (SELECT address FROM destination_address WHERE destination = d.id ORDER BY pos)) AS 'addresses[]'," \
	" (SELECT json_group_array(lower(hex(pin))) FROM (SELECT pin FROM destination_pin WHERE destination = d.id ORDER BY pos)) AS 'pins[]'"
#define NE_COLUMNS \
	"n.id, n.name, n.san, CASE WHEN x2 AND x3 THEN 'both' WHEN x2 THEN 'x2' ELSE 'x3' END AS interfaces, tls12 AS 'tls12?'," \
	" enabled AS 'enabled?', time_p2_s, grp AS 'group?', opaque AS 'opaque?', unwrap AS 'unwrap?', country, created_ns AS 'created@'," \
	" (SELECT json_group_array(text) FROM (SELECT text FROM ne_rule WHERE ne = n.id ORDER BY pos)) AS 'exclude[]'," \
	" (SELECT json_group_array(lower(hex(pin))) FROM (SELECT pin FROM ne_pin WHERE ne = n.id ORDER BY pos)) AS 'pins[]'"
#define WARRANT_COLUMNS \
	"w.id, w.uuid, w.reference, l.name AS lea, w.liid, w.delivery, w.state," \
	" CASE WHEN w.ended_ns IS NOT NULL THEN 'over' WHEN :now_ns < w.from_ns THEN 'pending' WHEN :now_ns < w.until_ns THEN 'open'" \
	" ELSE 'over' END AS window," \
	" w.from_ns AS 'from@', w.until_ns AS 'until@', w.from_written, w.until_written, w.ended_ns AS 'ended@'," \
	" h2.name AS hi2, h3.name AS hi3, w.auth_cc, w.delivery_cc, w.operator_id, w.ne_id, w.created_ns AS 'created@'," \
	" w.content, w.services AS 'services[]', w.countries AS 'countries[]', w.triggered AS 'trigger?', w.metadata AS 'metadata?'," \
	" coalesce(p.name, 'etsi') AS lea_profile, w.revision, w.authority, w.jurisdiction, w.signer_name, w.signer_title, w.officer, w.legal_basis, w.legal_type, w.case_type, w.zone, w.served," \
	" w.received, w.received_via, w.review, w.reviewer, w.iri_outage, w.cc_outage, w.retention, w.responsible, w.regime, w.priority, w.provisional AS provisional_until, w.active_ns AS 'activated@'," \
	" (SELECT json_group_array(text) FROM (SELECT text FROM warrant_rule WHERE warrant = w.id AND what = 'exclude' ORDER BY pos))" \
	" AS 'exclude[]'," \
	" (SELECT json_group_array(text) FROM (SELECT text FROM warrant_rule WHERE warrant = w.id AND what = 'target' ORDER BY pos))" \
	" AS 'target[]'," \
	" (SELECT json_group_array(ne) FROM (SELECT n.name AS ne FROM warrant_ne a JOIN ne n ON n.id = a.ne WHERE a.warrant = w.id" \
	" ORDER BY n.name)) AS 'nes[]'," \
	" (SELECT json_group_array(x) FROM (SELECT lower(substr(hex(xid), 1, 8) || '-' || substr(hex(xid), 9, 4) || '-' ||" \
	" substr(hex(xid), 13, 4) || '-' || substr(hex(xid), 17, 4) || '-' || substr(hex(xid), 21)) AS x FROM warrant_xid" \
	" WHERE warrant = w.id ORDER BY xid)) AS 'xids[]'" \
	" FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN profile p ON p.id = l.profile LEFT JOIN destination h2 ON h2.id = w.hi2 LEFT JOIN destination h3 ON h3.id = w.hi3"

#define WARRANT_NAME "w.id, w.uuid, w.state, l.name AS lea, w.liid, w.content, w.metadata AS 'metadata?' FROM warrant w JOIN lea l ON l.id = w.lea"
#define XID_COLUMNS "x.xid, w.uuid AS warrant, w.id AS row, w.state, l.name AS lea, w.liid, w.from_ns AS 'from@', w.until_ns AS 'until@'"

/* agency l as persons with a scope see it: a tenant those that are shared, or that it has a warrant of */
#define WARRANT_EMPTY(column, name, none) column " = CASE WHEN instr(:emptied, '," name ",') THEN " none " ELSE " column " END"
#define LEA_SEEN \
	"(:scope_lea IS NULL OR l.id = :scope_lea) AND (:scope_tenant IS NULL OR l.shared OR EXISTS (SELECT 1 FROM warrant WHERE lea = l.id" \
	" AND tenant = :scope_tenant))"

/* what is asked for in a list of warrants v: from its indexes alone */
#define WARRANT_FILTER \
	"(:lea IS NULL OR v.lea = (SELECT id FROM lea WHERE name = :lea)) AND (:state IS NULL OR v.state = :state) AND " WEB_SCOPE("v") \
	" AND (:provisional IS NULL OR (v.provisional_ns IS NOT NULL) = :provisional) AND (:ends_ns IS NULL OR (" WEB_RUNS("v") " AND " WEB_END("v") \
	" <= :ends_ns)) AND (:like IS NULL OR v.liid LIKE :like ESCAPE '!' OR v.reference LIKE :like ESCAPE '!')"

const char *const store_statement[STMT_N] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_SETTING_GET] = "SELECT value, name FROM setting WHERE name = :name",
	[STMT_SETTING_SET] = "UPDATE setting SET value = :value WHERE name = :name",
	[STMT_SETTING_LIST] = "SELECT name, value FROM setting ORDER BY name",
	[STMT_VERSION_BUMP] = "UPDATE setting SET value = value + 1 WHERE name = 'task_version'",
	[STMT_HIGHEST_NS] = "SELECT max(t) FROM (SELECT * FROM (SELECT time_ns AS t FROM audit ORDER BY seq DESC LIMIT 1000) UNION ALL"
	    " SELECT * FROM (SELECT time_ns FROM audit_before ORDER BY seq DESC LIMIT 1000))",

	[STMT_LEA_ADD] = "INSERT INTO lea (name, country, gtime, ps_version, profile, created_ns, shared) VALUES (:lea, :country,"
	    " coalesce(:gtime, 0), coalesce(:ps_version, 43), :profile_id, :now_ns, coalesce(:shared, 0))",
	[STMT_LEA_SET] = "UPDATE lea SET country = coalesce(:country, country), gtime = coalesce(:gtime, gtime),"
	    " ps_version = coalesce(:ps_version, ps_version), shared = coalesce(:shared, shared), profile = CASE WHEN :profile IS NULL THEN profile ELSE :profile_id END"
	    " WHERE name = :lea",
	[STMT_LEA_SHOW] = "SELECT l.id, l.name, l.country, coalesce(p.name, 'etsi') AS profile, p.version AS profile_version,"
	    " l.gtime AS 'gtime?', l.ps_version, l.created_ns AS 'created@'"
	    ", l.shared AS 'shared?' FROM lea l LEFT JOIN profile p ON p.id = l.profile"
	    " WHERE l.name = :lea AND " LEA_SEEN,
	[STMT_LEA_BUSY] = "SELECT count(*) FROM warrant WHERE lea = :id AND state IN ('active', 'suspended')",
	[STMT_LEA_PROFILE] = "SELECT p.text AS 'text[]' FROM lea l JOIN profile p ON p.id = l.profile WHERE l.id = :id",
	[STMT_LEA_LIST] = "SELECT l.id, l.name, country, coalesce(p.name, 'etsi') AS profile, gtime AS 'gtime?', ps_version,"
	    " l.created_ns AS 'created@',"
	    " (SELECT count(*) FROM destination WHERE lea = l.id AND removed_ns IS NULL) AS destinations,"
	    " (SELECT count(*) FROM warrant WHERE lea = l.id AND state = 'active' AND (:scope_tenant IS NULL OR tenant = :scope_tenant)) AS active,"
	    " l.shared AS 'shared?' FROM lea l LEFT JOIN profile p ON p.id = l.profile WHERE " LEA_SEEN " ORDER BY l.name",

	[STMT_PROFILE_ADD] = "INSERT INTO profile (name, version, text, sha256, origin, created_ns) VALUES (:name, :version, :text, $sha256,"
	    " :origin, :now_ns) ON CONFLICT (name) DO UPDATE SET version = excluded.version, text = excluded.text, sha256 = excluded.sha256,"
	    " origin = excluded.origin, created_ns = excluded.created_ns",
	[STMT_PROFILE_SHOW] = "SELECT id, name, version, text AS 'text[]', sha256, origin, created_ns AS 'created@' FROM profile WHERE"
	    " name = :profile",
	[STMT_PROFILE_LIST] = "SELECT p.id, p.name, p.version, (SELECT count(*) FROM lea WHERE profile = p.id) AS leas, p.sha256, p.origin,"
	    " p.created_ns AS 'created@' FROM profile p ORDER BY p.name",
	[STMT_PROFILE_USED] = "SELECT count(*) FROM lea WHERE profile = :id",
	[STMT_PROFILE_BUSY] = "SELECT count(*) FROM lea l JOIN warrant w ON w.lea = l.id WHERE l.profile = :id AND w.state IN ('active',"
	    " 'suspended')",
	[STMT_PROFILE_REMOVE] = "DELETE FROM profile WHERE id = :id",

	[STMT_DEST_ADD] = "INSERT INTO destination (id, did, lea, name, kind, transport, tls12, server_name, level, enabled, time1_s, time2_s,"
	    " time3_s, options, created_ns) VALUES (:dest_row, $did, :lea_id, :destination, :kind, :transport, :tls12, :server_name, :level, 1, :time1_s,"
	    " :time2_s, :time3_s, :options, :now_ns)",
	[STMT_DEST_SET] = "UPDATE destination SET tls12 = coalesce(:tls12, tls12), transport = coalesce(:transport, transport),"
	    " server_name = coalesce(:server_name, server_name), level = coalesce(:level, level), enabled = coalesce(:enabled, enabled),"
	    " time1_s = coalesce(:time1_s, time1_s), time2_s = coalesce(:time2_s, time2_s), time3_s = coalesce(:time3_s, time3_s),"
	    " options = coalesce(:options, options) WHERE id = :id",
	[STMT_DEST_REMOVE] = "UPDATE destination SET removed_ns = :now_ns, enabled = 0 WHERE id = :id",
	[STMT_DEST_USED] = "SELECT count(*) FROM warrant WHERE state IN ('draft', 'submitted', 'approved', 'active', 'suspended') AND (hi2 = :id OR hi3 = :id)",
	[STMT_DEST_SHOW] = "SELECT " DEST_COLUMNS ", d.lea AS lea_id FROM destination d JOIN lea l ON l.id = d.lea WHERE d.removed_ns IS NULL"
	    " AND (d.name = :destination OR d.did = $did) AND " LEA_SEEN,
	[STMT_DEST_LIST] = "SELECT " DEST_COLUMNS " FROM destination d JOIN lea l ON l.id = d.lea WHERE d.removed_ns IS NULL AND"
	    " (:lea IS NULL OR l.name = :lea) AND " LEA_SEEN " ORDER BY l.name, d.name",
	[STMT_DEST_OF_LEA] = "SELECT " DEST_COLUMNS ", l.country, l.ps_version, p.text AS 'profile[]', s.doc, s.key1, s.sig1, s.key2, s.sig2"
	    " FROM destination d JOIN lea l ON l.id = d.lea LEFT JOIN profile p ON p.id = l.profile LEFT JOIN statement s ON s.id = d.statement WHERE"
	    " d.removed_ns IS NULL AND d.lea = :lea_id ORDER BY d.id",
	[STMT_DEST_ADDRESS_ADD] = "INSERT INTO destination_address VALUES (:id, :pos, :item)",
	[STMT_DEST_ADDRESS_CLEAR] = "DELETE FROM destination_address WHERE destination = :id",
	[STMT_DEST_ADDRESS_SHARED] = "SELECT l.name AS lea FROM destination_address a JOIN destination d ON d.id = a.destination"
	    " JOIN lea l ON l.id = d.lea WHERE a.address = :item AND d.removed_ns IS NULL AND d.lea <> :lea_id",
	[STMT_DEST_PIN_ADD] = "INSERT INTO destination_pin VALUES (:id, :pos, $item)",
	[STMT_DEST_PIN_CLEAR] = "DELETE FROM destination_pin WHERE destination = :id",

	[STMT_NE_ADD] = "INSERT INTO ne (name, san, x2, x3, tls12, enabled, time_p2_s, grp, opaque, unwrap, country, created_ns, tenant) VALUES (:ne, :san,"
	    " :interfaces IN ('x2', 'both'), :interfaces IN ('x3', 'both'), :tls12, 1, :time_p2_s, coalesce(:group, 0), coalesce(:opaque, 0),"
	    " coalesce(:unwrap, 0), :country, :now_ns, :tenant_id)",
	[STMT_NE_SET] = "UPDATE ne SET san = coalesce(:san, san), tls12 = coalesce(:tls12, tls12), enabled = coalesce(:enabled, enabled),"
	    " x2 = coalesce(:interfaces IN ('x2', 'both'), x2), x3 = coalesce(:interfaces IN ('x3', 'both'), x3),"
	    " time_p2_s = coalesce(:time_p2_s, time_p2_s), grp = coalesce(:group, grp), opaque = coalesce(:opaque, opaque), unwrap = coalesce(:unwrap, unwrap),"
	    " country = coalesce(:country, country) WHERE name = :ne",
	[STMT_NE_SHOW] = "SELECT " NE_COLUMNS " FROM ne n WHERE name = :ne AND (:scope_tenant IS NULL OR n.tenant = :scope_tenant)",
	[STMT_NE_LIST] = "SELECT " NE_COLUMNS " FROM ne n WHERE :scope_tenant IS NULL OR n.tenant = :scope_tenant ORDER BY name",
	[STMT_NE_PIN_ADD] = "INSERT INTO ne_pin VALUES (:id, :pos, $item)",
	[STMT_NE_PIN_CLEAR] = "DELETE FROM ne_pin WHERE ne = :id",
	[STMT_NE_RULE_ADD] = "INSERT INTO ne_rule VALUES (:id, :pos, :text, $hash)",
	[STMT_NE_RULE_CLEAR] = "DELETE FROM ne_rule WHERE ne = :id",

	[STMT_WARRANT_ADD] = "INSERT INTO warrant (uuid, reference, lea, liid, liid_octets, auth_cc, delivery_cc, delivery, from_ns, until_ns,"
	    " from_written, until_written, hi2, hi3, operator_id, ne_id, state, created_ns, tenant, content, services, countries, triggered, active_ns,"
	    " authority, jurisdiction, signer_name, signer_title, officer, legal_basis, legal_type, case_type, zone, served, received, received_via, review, reviewer, iri_outage, cc_outage, retention, responsible, regime,"
	    " received_ns, priority, provisional, provisional_ns) VALUES ($uuid, :reference, :lea_id, :liid, $liid_hex,"
	    " :auth_cc, :delivery_cc, :delivery, :from_ns, :until_ns, :from, :until, :hi2_id, :hi3_id, :operator_id, :ne_id, :state, :now_ns, :tenant_id,"
	    " coalesce(:content, 'full'), :services_text, :countries_text, coalesce(:trigger, 0), CASE WHEN :state = 'active' THEN :now_ns END,"
	    " :authority, :jurisdiction, :signer_name, :signer_title, :officer, :legal_basis, :legal_type, :case_type, :zone, :served, :received, :received_via, :review, :reviewer, :iri_outage, :cc_outage, :retention, :responsible, :regime,"
	    " :received_ns, coalesce(:priority, 'normal'), :provisional_until, :provisional_until_ns)",
	[STMT_WARRANT_SET] = "UPDATE warrant SET reference = coalesce(:reference, reference), auth_cc = coalesce(:auth_cc, auth_cc),"
	    " delivery_cc = coalesce(:delivery_cc, delivery_cc), delivery = coalesce(:delivery, delivery), from_ns = coalesce(:from_ns, from_ns),"
	    " until_ns = coalesce(:until_ns, until_ns), from_written = coalesce(:from, from_written), until_written = coalesce(:until,"
	    " until_written), hi2 = coalesce(:hi2_id, hi2), hi3 = coalesce(:hi3_id, hi3), operator_id = coalesce(:operator_id, operator_id),"
	    " ne_id = coalesce(:ne_id, ne_id), content = coalesce(:content, content), services = CASE WHEN :services_set THEN :services_text"
	    " ELSE services END, countries = CASE WHEN :countries_set THEN :countries_text ELSE countries END,"
	    " triggered = coalesce(:trigger, triggered), authority = coalesce(:authority, authority), jurisdiction = coalesce(:jurisdiction, jurisdiction), signer_name = coalesce(:signer_name, signer_name), signer_title = coalesce(:signer_title, signer_title), officer = coalesce(:officer, officer), legal_basis = coalesce(:legal_basis, legal_basis), legal_type = coalesce(:legal_type, legal_type), case_type = coalesce(:case_type, case_type), zone = coalesce(:zone, zone),"
	    " served = coalesce(:served, served), received = coalesce(:received, received), received_via = coalesce(:received_via, received_via), review = coalesce(:review, review), reviewer = coalesce(:reviewer, reviewer), iri_outage = coalesce(:iri_outage, iri_outage), cc_outage = coalesce(:cc_outage, cc_outage), retention = coalesce(:retention, retention), responsible = coalesce(:responsible, responsible), regime = coalesce(:regime, regime),"
	    " received_ns = coalesce(:received_ns, received_ns), priority = coalesce(:priority, priority), provisional = coalesce(:provisional_until, provisional),"
	    " provisional_ns = coalesce(:provisional_until_ns, provisional_ns) WHERE id = :id",
	[STMT_WARRANT_EMPTY] = "UPDATE warrant SET " WARRANT_EMPTY("reference", "reference", "NULL")
	    ", " WARRANT_EMPTY("auth_cc", "auth_cc", "NULL")
	    ", " WARRANT_EMPTY("delivery_cc", "delivery_cc", "NULL")
	    ", " WARRANT_EMPTY("hi2", "hi2", "NULL")
	    ", " WARRANT_EMPTY("hi3", "hi3", "NULL")
	    ", " WARRANT_EMPTY("operator_id", "operator_id", "NULL")
	    ", " WARRANT_EMPTY("ne_id", "ne_id", "NULL")
	    ", " WARRANT_EMPTY("authority", "authority", "NULL")
	    ", " WARRANT_EMPTY("jurisdiction", "jurisdiction", "NULL")
	    ", " WARRANT_EMPTY("signer_name", "signer_name", "NULL")
	    ", " WARRANT_EMPTY("signer_title", "signer_title", "NULL")
	    ", " WARRANT_EMPTY("officer", "officer", "NULL")
	    ", " WARRANT_EMPTY("legal_basis", "legal_basis", "NULL")
	    ", " WARRANT_EMPTY("legal_type", "legal_type", "NULL")
	    ", " WARRANT_EMPTY("case_type", "case_type", "NULL")
	    ", " WARRANT_EMPTY("zone", "zone", "NULL")
	    ", " WARRANT_EMPTY("served", "served", "NULL")
	    ", " WARRANT_EMPTY("received", "received", "NULL")
	    ", " WARRANT_EMPTY("received_via", "received_via", "NULL")
	    ", " WARRANT_EMPTY("review", "review", "NULL")
	    ", " WARRANT_EMPTY("reviewer", "reviewer", "NULL")
	    ", " WARRANT_EMPTY("retention", "retention", "NULL")
	    ", " WARRANT_EMPTY("responsible", "responsible", "NULL")
	    ", " WARRANT_EMPTY("regime", "regime", "NULL")
	    ", " WARRANT_EMPTY("received_ns", "received", "NULL")
	    ", " WARRANT_EMPTY("provisional", "provisional_until", "NULL")
	    ", " WARRANT_EMPTY("provisional_ns", "provisional_until", "NULL")
	    ", " WARRANT_EMPTY("content", "content", "'full'")
	    ", " WARRANT_EMPTY("priority", "priority", "'normal'")
	    ", " WARRANT_EMPTY("triggered", "trigger", "0")
	    " WHERE id = :id",
	[STMT_WARRANT_METADATA] = "UPDATE warrant SET metadata = :on WHERE id = :id",
	[STMT_WARRANT_RULE_ADD] = "INSERT INTO warrant_rule VALUES (:id, :what, :pos, :text, $hash, $sealed)",
	[STMT_WARRANT_RULE_CLEAR] = "DELETE FROM warrant_rule WHERE warrant = :id AND what = :what",
	[STMT_WARRANT_EVENT_ADD] = "INSERT INTO warrant_event (warrant, time_ns, event, origin, text) VALUES (:id, :time_ns, :event, :origin,"
	    " :text)",
	[STMT_WARRANT_EVENTS] = "SELECT * FROM (SELECT e.id, time_ns AS 'time@', event, origin, text FROM warrant_event e WHERE warrant = :row"
	    " AND (:since_ns IS NULL OR time_ns >= :since_ns) ORDER BY e.id DESC LIMIT coalesce(:limit, 1000)) ORDER BY id",
	[STMT_WARRANT_BY_LIID] = "SELECT w.id FROM lea l CROSS JOIN warrant w WHERE w.lea = l.id AND w.liid_octets = $by_liid AND"
	    " (:by_lea IS NULL OR l.name = :by_lea) AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant) LIMIT 2",
	[STMT_WARRANT_SHOW] = "SELECT " WARRANT_COLUMNS " WHERE (w.id = :row OR w.uuid = $uuid) AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant)",
	[STMT_WARRANT_LIST] = "SELECT " WARRANT_COLUMNS " WHERE w.id IN (SELECT v.id FROM warrant v INDEXED BY warrant_look WHERE"
	    " v.id > coalesce(:after, 0) AND " WARRANT_FILTER " ORDER BY v.id LIMIT coalesce(:limit, -1) OFFSET coalesce(:scope_after, 0))"
	    " ORDER BY w.id",
	[STMT_WARRANT_LIST_UNTIL] = "SELECT " WARRANT_COLUMNS " WHERE w.id IN (SELECT v.id FROM warrant v INDEXED BY warrant_until WHERE"
	    " (v.until_ns, v.id) > (:after_ns, :after) AND " WARRANT_FILTER " ORDER BY v.until_ns, v.id LIMIT coalesce(:limit, -1)"
	    " OFFSET coalesce(:scope_after, 0)) ORDER BY w.until_ns, w.id",
	[STMT_WARRANT_PLACE] = "SELECT v.id, v.until_ns FROM warrant v WHERE v.uuid = $behind AND " WEB_SCOPE("v"),
	[STMT_WARRANT_NAMES] = "SELECT " WARRANT_NAME " ORDER BY w.id",
	[STMT_WARRANT_NAME] = "SELECT " WARRANT_NAME " WHERE w.id = :row",
	[STMT_WARRANT_MANY] = "SELECT count(*) > :max FROM (SELECT 1 FROM warrant LIMIT :max + 1)",
	[STMT_XID_ADD] = "INSERT INTO warrant_xid VALUES ($item, :id)",
	[STMT_XID_LIST] = "SELECT " XID_COLUMNS " FROM warrant_xid x CROSS JOIN warrant w ON w.id = x.warrant JOIN lea l ON l.id = w.lea WHERE"
	    " (x.xid, x.warrant) > ($from, :from_row) AND x.xid <= $to AND " WEB_SCOPE("w") " ORDER BY x.xid, x.warrant LIMIT coalesce(:limit, -1)",
	[STMT_XID_OF_WARRANT] = "SELECT " XID_COLUMNS " FROM warrant_xid x CROSS JOIN warrant w ON w.id = x.warrant JOIN lea l ON l.id = w.lea WHERE"
	    " x.warrant = :row AND (x.xid, x.warrant) > ($from, :from_row) AND x.xid <= $to AND " WEB_SCOPE("w") " ORDER BY x.xid LIMIT"
	    " coalesce(:limit, -1)",
	[STMT_XID_CLEAR] = "DELETE FROM warrant_xid WHERE warrant = :id",
	[STMT_WARRANT_NE_ADD] = "INSERT INTO warrant_ne VALUES (:id, :item)",
	[STMT_WARRANT_NE_CLEAR] = "DELETE FROM warrant_ne WHERE warrant = :id",

	[STMT_JOURNAL_ADD] = "INSERT INTO journal (time_ns, kind, code, ne, warrant, n, xid, correlation, first, last, pdu_type, format, pdu_len,"
	    " digest, note, cin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
	[STMT_JOURNAL_LIST] = "SELECT * FROM (SELECT j.id, j.time_ns AS 'time@', j.kind, j.code, n.name AS ne, j.ne AS ne_id, w.uuid AS warrant,"
	    " j.warrant AS warrant_id, j.cin, j.n, j.xid, j.correlation, j.first, j.last, j.pdu_type, j.format, j.pdu_len, j.digest, j.note"
	    " FROM journal j LEFT JOIN ne n ON n.id = j.ne LEFT JOIN warrant w ON w.id = j.warrant WHERE (:ne IS NULL OR n.name = :ne) AND"
	    " (:row IS NULL OR j.warrant = :row) AND (:cin IS NULL OR j.cin = :cin) AND (:kind_n IS NULL OR j.kind = :kind_n) AND (:code_n IS NULL OR j.code = :code_n) AND"
	    " (:since_ns IS NULL OR j.time_ns >= :since_ns) AND j.id < ifnull(:before, 9223372036854775807) ORDER BY j.id DESC LIMIT :limit) ORDER"
	    " BY id",
	[STMT_JOURNAL_NEXT] = "SELECT j.id, j.time_ns AS 'time@', j.kind, j.code, n.name AS ne, j.ne AS ne_id, w.uuid AS warrant,"
	    " j.warrant AS warrant_id, j.cin, j.n, j.xid, j.correlation, j.first, j.last, j.pdu_type, j.format, j.pdu_len, j.digest, j.note"
	    " FROM journal j LEFT JOIN ne n ON n.id = j.ne LEFT JOIN warrant w ON w.id = j.warrant WHERE (:ne IS NULL OR n.name = :ne) AND"
	    " (:row IS NULL OR j.warrant = :row) AND (:cin IS NULL OR j.cin = :cin) AND (:kind_n IS NULL OR j.kind = :kind_n) AND (:code_n IS NULL OR j.code = :code_n) AND"
	    " (:since_ns IS NULL OR j.time_ns >= :since_ns) AND j.id > :after ORDER BY j.id LIMIT :limit",
	[STMT_JOURNAL_TRIM] = "DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) -"
	    " (SELECT value FROM setting WHERE name = 'journal_rows_max')",
	[STMT_CURSOR_GET] = "SELECT seg, rec, off FROM journal_cursor",
	[STMT_CURSOR_SET] = "UPDATE journal_cursor SET seg = ?1, rec = ?2, off = ?3",

	[STMT_ALARM_RAISE] = "INSERT INTO alarm (code, object, severity, text, role, raised_ns) VALUES (:code, :object, :severity, :text, :role,"
	    " :now_ns) ON CONFLICT (code, object) WHERE cleared_ns IS NULL DO UPDATE SET text = excluded.text, severity = excluded.severity,"
	    " acked_ns = CASE WHEN " ALARM_RANK("excluded.severity") " > " ALARM_RANK("alarm.severity") " THEN NULL ELSE acked_ns END",
	[STMT_ALARM_ACK] = "UPDATE alarm SET acked_by = :by, acked_ns = :now_ns, note = :note WHERE id = :alarm",
	[STMT_ALARM_GET] = "SELECT id, code, object, severity, acked_ns AS 'acked@', CASE WHEN acked_ns IS NULL THEN NULL ELSE acked_by END AS acked_by, note"
	    " FROM alarm WHERE id = :alarm",
	[STMT_ALARM_CLEAR] = "UPDATE alarm SET cleared_ns = :now_ns WHERE cleared_ns IS NULL AND (:code IS NULL OR code = :code) AND"
	    " (:object IS NULL OR object = :object) AND (:role IS NULL OR role = :role)",
	[STMT_ALARM_LIST] = "SELECT * FROM (SELECT id, code, " ALARM_OBJECT " AS object, severity, text, CASE WHEN :scope_lea IS NULL THEN role ELSE substr(role, 1, instr(role || ':', ':') - 1) END AS role,"
	    " raised_ns AS 'raised@', cleared_ns AS 'cleared@',"
	    " CASE WHEN :scope_lea IS NULL AND :scope_tenant IS NULL THEN acked_ns END AS 'acked@',"
	    " CASE WHEN :scope_lea IS NULL AND :scope_tenant IS NULL AND acked_ns IS NOT NULL THEN acked_by END AS acked_by,"
	    " CASE WHEN :scope_lea IS NULL AND :scope_tenant IS NULL THEN note END AS note FROM alarm WHERE (:all OR cleared_ns IS NULL) AND"
	    " (:severity IS NULL OR severity = :severity) AND (:acked IS NULL OR (acked_ns IS NOT NULL) = :acked) AND (:since_ns IS NULL OR raised_ns >= :since_ns)"
	    " AND (:text IS NULL OR instr(lower(code || ' ' || " ALARM_OBJECT " || ' ' || text), lower(:text))) AND (:scope_lea IS NULL OR"
	    " role = 'deliver:' || :scope_lea OR (role = 'ingest' AND object = 'lea ' || :scope_lea)) AND (:scope_tenant IS NULL OR"
	    " (role = 'ingest' AND object IN (SELECT name FROM ne WHERE tenant = :scope_tenant))) ORDER BY id DESC LIMIT :limit) ORDER BY CASE WHEN :newest THEN -id ELSE id END",
	[STMT_ALARM_TRIM] = "DELETE FROM alarm WHERE cleared_ns IS NOT NULL AND id <= (SELECT max(id) FROM alarm) - 10000",

	[STMT_REQUEST_GET] = "SELECT uid, hash, answer AS 'answer[]' FROM request WHERE id = :request",
	[STMT_REQUEST_ADD] = "INSERT INTO request VALUES (:request, :uid, $hash, :answer, :time_ns)",
	[STMT_REQUEST_TRIM] = "DELETE FROM request WHERE time_ns < :before_ns",
	[STMT_QUICK_CHECK] = "SELECT quick_check AS result FROM pragma_quick_check(1)",

	[STMT_TASK_NE] = "SELECT n.id, n.enabled, n.x2 + 2 * n.x3, n.tls12, n.time_p2_s, n.name, n.san, p0.pin, p1.pin, n.grp, n.opaque,"
	    " n.country, n.unwrap FROM ne n LEFT JOIN ne_pin p0 ON p0.ne = n.id AND p0.pos = 0 LEFT JOIN ne_pin p1 ON p1.ne = n.id AND p1.pos = 1"
	    " ORDER BY n.id",
	[STMT_TASK_PROFILE] = "SELECT l.id, l.gtime, l.ps_version, coalesce(l.profile, 0), coalesce(p.name, 'etsi'), p.text, l.name FROM lea l"
	    " LEFT JOIN profile p ON p.id = l.profile ORDER BY l.id",
	[STMT_TASK_WARRANT] = "SELECT w.id, w.lea, w.delivery, w.state = 'suspended', w.liid_octets, w.auth_cc, w.delivery_cc,"
	    " coalesce(w.operator_id, (SELECT value FROM setting WHERE name = 'operator_id')), w.ne_id, w.from_ns,"
	    " CASE WHEN w.ended_ns < min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)) THEN max(w.ended_ns, w.from_ns) ELSE"
	    " min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)) END, coalesce(w.hi2, 0), coalesce(w.hi3, 0),"
	    " w.content, w.services, w.countries, w.triggered, w.metadata, min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)), s.doc, s.key1, s.sig1, s.key2, s.sig2,"
	    " w.tenant IS NULL, w.cc_outage, w.iri_outage FROM warrant w LEFT JOIN statement s ON s.id = w.statement"
	    " WHERE (w.state IN ('active', 'suspended') OR (w.state NOT IN ('draft', 'submitted', 'approved') AND w.active_ns IS NOT NULL)) AND w.until_ns >= ?1 AND (w.ended_ns IS NULL OR w.ended_ns >= ?1) ORDER BY w.id",
	[STMT_TASK_RULE] = "SELECT r.warrant, r.what = 'target', r.text, r.hash, r.sealed, w.lea FROM warrant_rule r JOIN warrant w ON w.id = r.warrant"
	    " ORDER BY r.warrant, r.what, r.pos",
	[STMT_TASK_NE_RULE] = "SELECT ne, 0, text, hash, NULL, 0 FROM ne_rule ORDER BY ne, pos",
	[STMT_TASK_XID] = "SELECT xid, warrant FROM warrant_xid ORDER BY xid, warrant",
	[STMT_TASK_ALLOW] = "SELECT warrant, ne FROM warrant_ne ORDER BY warrant, ne",
#define X(id, sql) [STMT_##id] = sql,
#include "db/stmts.h"
#undef X
};
