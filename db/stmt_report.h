/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of reports and imports: X(ID, "SQL").  Included by store.h and statements.c. */
#define REPORT_UUID(x) \
	"lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' ||" \
	" substr(hex(" x "), 17, 4) || '-' || substr(hex(" x "), 21))"
/* what is known of the targets without revealing one */
#define REPORT_TARGET "(SELECT json_group_array(x) FROM (SELECT text AS x FROM warrant_rule WHERE warrant = w.id AND what = 'target' UNION ALL" \
	" SELECT t.type || ' ' || t.masked FROM target t WHERE t.warrant = w.id)) AS 'target[]'"
#define REPORT_IN_PERIOD(t) t " >= :from_ns AND " t " < :to_ns"
#define REPORT_SHREDDED_BY "(SELECT a.actor FROM audit a WHERE a.object = 'warrant ' || " REPORT_UUID("w.uuid") " AND a.op LIKE '%shred%' AND" \
	" a.outcome = 'ok' ORDER BY a.seq DESC LIMIT 1)"
#define REPORT_GRANTED(x) "(SELECT " x " FROM audit a WHERE a.object = 'person ' || p.handle AND a.op IN ('person.enrol', 'person.add', 'person.set'," \
	" 'approval.approve') AND a.outcome = 'ok' ORDER BY a.seq DESC LIMIT 1)"
#define REPORT_AUDIT_COLUMNS "a.seq, a.time_ns AS 'time@', a.actor, a.interface, a.op, a.object, a.outcome, a.code, a.reason"

/* what was made */
X(REPORT_ADD, "INSERT INTO report (uuid, kind, lea, warrant, from_ns, to_ns, text, octets, sha256, made_by, made_ns, schedule) VALUES ($id, :kind,"
    " (SELECT id FROM lea WHERE name = :lea), :row, :from_ns, :to_ns, :text, :octets, $sha256, :by, :now_ns, :schedule_id)")
X(REPORT_SHOW, "SELECT r.id AS row, r.uuid AS report, r.kind, l.name AS lea, w.uuid AS warrant, r.from_ns AS 'from@', r.to_ns AS 'to@',"
    " r.octets, r.sha256, r.made_by, r.made_ns AS 'made@', r.schedule,"
    " (SELECT a.seq FROM audit a WHERE a.object = 'report ' || " REPORT_UUID("r.uuid") " AND a.outcome = 'ok' ORDER BY a.seq LIMIT 1) AS audit"
    " FROM report r LEFT JOIN lea l ON l.id = r.lea LEFT JOIN warrant w ON w.id = r.warrant WHERE r.uuid = $report AND (:scope_lea IS NULL OR r.lea = :scope_lea)")
X(REPORT_LIST, "SELECT * FROM (SELECT r.id AS row, r.uuid AS report, r.kind, l.name AS lea, w.uuid AS warrant, r.from_ns AS 'from@',"
    " r.to_ns AS 'to@', r.octets, r.sha256, r.made_by, r.made_ns AS 'made@', r.schedule FROM report r"
    " LEFT JOIN lea l ON l.id = r.lea LEFT JOIN warrant w ON w.id = r.warrant WHERE (:kind IS NULL OR r.kind = :kind) AND"
    " (:scope_lea IS NULL OR r.lea = :scope_lea)"
    " ORDER BY r.id DESC LIMIT coalesce(:limit, 1000)) ORDER BY row")
/* import */
X(IMPORT_SAVE, "SAVEPOINT import")
X(IMPORT_UNDO, "ROLLBACK TO import")
X(IMPORT_RELEASE, "RELEASE import")

/* schedule */
X(SCHEDULE_ADD, "INSERT INTO report_schedule (kind, lea, every, at, zone, next_ns, created_by, created_ns) VALUES (:kind, :lea_id, :every,"
    " :at, :zone_min, :next_ns, :by, :now_ns)")
X(SCHEDULE_SHOW, "SELECT s.id AS schedule, s.kind, l.name AS lea, s.every, s.at, s.zone AS zone_min, s.next_ns, s.next_ns AS 'next@',"
    " s.last_ns, s.last_ns AS 'last@', s.created_by FROM report_schedule s LEFT JOIN lea l ON l.id = s.lea WHERE s.id = :schedule")
X(SCHEDULE_LIST, "SELECT s.id AS schedule, s.kind, l.name AS lea, s.every, s.at, s.zone AS zone_min, s.next_ns AS 'next@', s.last_ns AS 'last@',"
    " s.created_by FROM report_schedule s LEFT JOIN lea l ON l.id = s.lea ORDER BY s.id")
X(SCHEDULE_REMOVE, "DELETE FROM report_schedule WHERE id = :schedule")
X(SCHEDULE_DUE, "SELECT s.id AS schedule, s.kind, l.name AS lea, s.every, s.at, s.zone AS zone_min, s.next_ns, s.last_ns, s.created_ns,"
    " s.created_by FROM report_schedule s LEFT JOIN lea l ON l.id = s.lea WHERE s.next_ns <= :now_ns ORDER BY s.next_ns LIMIT 1")
X(SCHEDULE_NEXT, "SELECT min(next_ns) FROM report_schedule")
X(SCHEDULE_DONE, "UPDATE report_schedule SET next_ns = :next_ns, last_ns = :to_ns WHERE id = :schedule")

/* review */
X(REVIEW_ADD, "INSERT INTO review (uuid, from_ns, to_ns, percent, population, seed, seed_of, state, opened_by, opened_ns) VALUES ($id, :from_ns,"
    " :to_ns, :percent, :population, $seed, :seed_of, 'open', :by, :now_ns)")
X(REVIEW_SHOW, "SELECT v.id AS row, v.uuid AS review, v.from_ns, v.to_ns, v.from_ns AS 'from@', v.to_ns AS 'to@', v.percent, v.population, v.seed, v.seed_of, v.state,"
    " v.opened_by, v.opened_ns AS 'opened@', v.closed_by, v.closed_ns AS 'closed@', v.result, (SELECT count(*) FROM review_item WHERE review = v.id) AS size,"
    " (SELECT count(*) FROM review_item WHERE review = v.id AND why = 'sample') AS sampled,"
    " (SELECT count(*) FROM review_item WHERE review = v.id AND result IS NOT NULL) AS done,"
    " (SELECT count(*) FROM review_item WHERE review = v.id AND result = 'objection') AS objections FROM review v WHERE v.uuid = $review")
X(REVIEW_LIST, "SELECT v.uuid AS review, v.from_ns AS 'from@', v.to_ns AS 'to@', v.state, v.population,"
    " (SELECT count(*) FROM review_item WHERE review = v.id) AS size, (SELECT count(*) FROM review_item WHERE review = v.id AND result IS NOT NULL)"
    " AS done, (SELECT count(*) FROM review_item WHERE review = v.id AND result = 'objection') AS objections, v.opened_by FROM review v ORDER BY v.id")
/* the population: each use of a warrant, also refused and erroneous ones; 1: always taken */
X(REVIEW_POPULATION, "SELECT a.seq, a.outcome <> 'ok' AS suspicious FROM audit a WHERE a.op LIKE 'warrant.%' AND " REPORT_IN_PERIOD("a.time_ns")
    " AND a.object LIKE 'warrant %' ORDER BY a.seq")
/* the first head that was signed after the period: nobody could choose it */
X(REVIEW_HEAD, "SELECT h.root, h.size, h.origin FROM audit_head h WHERE h.time_ns >= :to_ns AND h.size >= coalesce((SELECT max(seq) FROM audit WHERE"
    " time_ns < :to_ns), 0) ORDER BY h.id LIMIT 1")
X(REVIEW_SEED, "SELECT a.seq || char(9) || a.time_ns || char(9) || a.op || char(9) || a.object || char(9) || a.outcome AS text FROM audit a WHERE "
    REPORT_IN_PERIOD("a.time_ns") " ORDER BY a.seq")
X(REVIEW_ITEM_ADD, "INSERT INTO review_item (review, seq, why) VALUES (:id, :seq, :why)")
X(REVIEW_ITEM_SET, "UPDATE review_item SET result = :result, note = :note, reviewer = :by, recorded_ns = :now_ns WHERE review = :row AND seq = :seq")
X(REVIEW_ITEM_SHOW, "SELECT i.seq, i.why, i.result, i.note, i.reviewer, a.actor FROM review_item i JOIN audit a ON a.seq = i.seq WHERE"
    " i.review = :row AND i.seq = :seq")
X(REVIEW_ITEMS, "SELECT i.seq, i.why, " REPORT_AUDIT_COLUMNS ", i.result, i.note, i.reviewer, i.recorded_ns AS 'recorded@' FROM review_item i"
    " JOIN audit a ON a.seq = i.seq WHERE i.review = :row ORDER BY i.seq")
X(REVIEW_CLOSE, "UPDATE review SET state = 'closed', closed_by = :by, closed_ns = :now_ns, result = :result WHERE id = :row AND state = 'open'")

/* R1 */
X(REPORT_ORDER, "SELECT w.uuid, w.liid, w.reference, l.name AS lea, w.delivery, w.content, w.from_written, w.until_written, w.zone, w.state,"
    " w.created_ns AS 'entered@', w.active_ns AS 'enabled@', w.ended_ns AS 'ended@', w.authority, w.jurisdiction, w.officer, w.signer_name,"
    " w.signer_title, w.legal_type, w.legal_basis, w.case_type, w.served, w.received, w.received_via, w.reviewer, w.responsible, w.revision,"
    " h2.name AS hi2, h3.name AS hi3, (SELECT lower(hex(sha256)) FROM statement WHERE id = w.statement) AS statement,"
    " (SELECT json_group_array(x) FROM (SELECT " REPORT_UUID("xid") " AS x FROM warrant_xid WHERE warrant = w.id ORDER BY xid)) AS 'xids[]',"
    " " REPORT_TARGET " FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN destination h2 ON h2.id = w.hi2 LEFT JOIN destination h3 ON"
    " h3.id = w.hi3 WHERE w.id = :row")
X(REPORT_STEPS, "SELECT h.time_ns AS 'time@', h.op, h.state_from, h.state_to, h.revision, h.actor, h.approver, h.reason FROM warrant_history h WHERE"
    " h.warrant = :row AND h.time_ns < :to_ns ORDER BY h.id")
X(REPORT_DOCUMENTS, "SELECT d.id AS document, d.role, d.media, d.octets, d.sha256, d.created_ns AS 'entered@', d.origin FROM document d WHERE"
    " d.warrant = :row ORDER BY d.created_ns")
X(REPORT_HISTORY, "SELECT " REPORT_AUDIT_COLUMNS ", a.after_hash FROM audit a WHERE a.object = :object AND a.time_ns < :to_ns ORDER BY a.seq")

/* R2 */
X(REPORT_REGISTER, "SELECT w.uuid, w.liid, w.reference, w.authority, w.legal_type, l.name AS lea, w.delivery, w.state, w.received_ns AS 'received@',"
    " w.active_ns AS 'active@', w.until_ns AS 'until@', w.ended_ns AS 'ended@', CASE WHEN w.received_ns IS NOT NULL AND w.active_ns >= w.received_ns"
    " THEN (w.active_ns - w.received_ns) / 60000000000 END AS minutes,"
    " CASE WHEN w.ended_ns IS NULL AND w.until_ns > :to_ns THEN (w.until_ns - :to_ns) / 86400000000000 ELSE 0 END AS days_left,"
    " " REPORT_TARGET " FROM warrant w JOIN lea l ON l.id = w.lea WHERE w.created_ns < :to_ns AND (:lea IS NULL OR l.name = :lea) ORDER BY w.id")

/* R3 */
X(REPORT_ACTIVITY, "SELECT " REPORT_AUDIT_COLUMNS " FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (:object IS NULL OR a.object ="
    " :object) ORDER BY a.seq")
X(REPORT_WARRANT_OF, "SELECT w.reference, w.liid, l.name AS lea, w.from_written, w.until_written, h2.name AS hi2, h3.name AS hi3,"
    " " REPORT_TARGET " FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN destination h2 ON h2.id = w.hi2 LEFT JOIN destination h3 ON h3.id = w.hi3 WHERE w.uuid = $uuid")

/* R5 */
X(REPORT_NE_TASKS, "SELECT n.id, n.name AS ne, (SELECT count(*) FROM warrant w WHERE w.state = 'active' AND w.from_ns <= :now_ns AND w.until_ns >"
    " :now_ns AND (NOT EXISTS (SELECT 1 FROM warrant_ne a WHERE a.warrant = w.id) OR EXISTS (SELECT 1 FROM warrant_ne a WHERE a.warrant = w.id"
    " AND a.ne = n.id))) AS expected, (SELECT coalesce(sum(j.n), 0) FROM journal j WHERE j.ne = n.id AND j.kind = 1 AND j.code = 1 AND "
    REPORT_IN_PERIOD("j.time_ns") ") AS orphan FROM ne n ORDER BY n.name")

X(REPORT_RECONCILED, "SELECT code, object, text, found_ns AS 'found@', cleared_ns AS 'cleared@' FROM reconciliation WHERE found_ns < :to_ns AND"
    " (cleared_ns IS NULL OR cleared_ns >= :from_ns) ORDER BY id")

/* R6 */
#define REPORT_DAYS_FROM " FROM completeness c JOIN warrant w ON w.id = c.warrant JOIN lea l ON l.id = w.lea WHERE c.to_ns >= :from_ns AND" \
	" c.from_ns < :to_ns AND (:lea IS NULL OR l.name = :lea) AND (:row IS NULL OR w.id = :row)"
X(REPORT_DAYS, "SELECT c.warrant, w.uuid, w.liid, l.name AS lea, c.day, c.from_ns, c.to_ns, c.base AS 'base[]', c.last AS 'last[]'" REPORT_DAYS_FROM
    " ORDER BY c.warrant, c.day")
X(REPORT_DAYS_CLOSED, "SELECT w.uuid AS warrant, w.liid, l.name AS lea, c.day, c.from_ns AS 'begin@', c.to_ns AS 'end@', lower(hex(c.sha256)) AS"
    " sha256" REPORT_DAYS_FROM " AND c.sha256 IS NOT NULL ORDER BY c.warrant, c.day")
X(REPORT_REJECTS, "SELECT w.uuid AS warrant, w.liid, l.name AS lea, j.kind, j.code, sum(j.n) AS n, count(*) AS entries, min(j.time_ns) AS 'first@',"
    " max(j.time_ns) AS 'last@' FROM journal j JOIN warrant w ON w.id = j.warrant JOIN lea l ON l.id = w.lea WHERE " REPORT_IN_PERIOD("j.time_ns")
    " AND j.kind IN (1, 2, 3, 4, 5, 9, 11) AND (:lea IS NULL OR l.name = :lea) AND (:row IS NULL OR w.id = :row) GROUP BY w.id, j.kind, j.code"
    " ORDER BY w.id, j.kind, j.code")

/* R7 */
X(REPORT_ALARMS, "SELECT code, object, severity, text, role, raised_ns AS 'raised@', cleared_ns AS 'cleared@',"
    " CASE WHEN cleared_ns IS NULL THEN NULL ELSE (cleared_ns - raised_ns) / 1000000000 END AS seconds FROM alarm WHERE raised_ns < :to_ns AND"
    " (cleared_ns IS NULL OR cleared_ns >= :from_ns) ORDER BY id")
X(REPORT_NE_LOSS, "SELECT j.time_ns AS 'time@', j.kind, j.code, n.name AS ne, j.n, j.note FROM journal j LEFT JOIN ne n ON n.id = j.ne WHERE "
    REPORT_IN_PERIOD("j.time_ns") " AND j.kind IN (6, 7, 8) ORDER BY j.id")
X(REPORT_SHED, "SELECT w.uuid AS warrant, w.liid, l.name AS lea, j.kind, j.code, sum(j.n) AS n, min(j.time_ns) AS 'first@', max(j.time_ns) AS 'last@'"
    " FROM journal j JOIN warrant w ON w.id = j.warrant JOIN lea l ON l.id = w.lea WHERE " REPORT_IN_PERIOD("j.time_ns") " AND j.kind = 9 AND"
    " (:lea IS NULL OR l.name = :lea) AND (:row IS NULL OR w.id = :row) GROUP BY w.id, j.code ORDER BY w.id")

X(REPORT_NOTICES, "SELECT f.uuid AS notice, l.name AS lea, f.cause,"
    " CASE WHEN :lea IS NULL OR f.cause = 'link' THEN f.object END AS object, f.effect, f.begin_ns AS 'begin@', f.told_ns AS 'told@',"
    " f.expected_ns AS 'expected@', f.restored_ns AS 'restored@', (SELECT json_group_array(liid) FROM (SELECT w.liid FROM fault_notice_warrant n JOIN"
    " warrant w ON w.id = n.warrant WHERE n.notice = f.id ORDER BY w.liid)) AS 'liids[]' FROM fault_notice f JOIN lea l ON l.id = f.lea WHERE"
    " f.begin_ns < :to_ns AND (f.restored_ns IS NULL OR f.restored_ns >= :from_ns) AND (:lea IS NULL OR l.name = :lea) AND f.told_ns IS NOT NULL"
    " AND (:row IS NULL OR EXISTS (SELECT 1 FROM fault_notice_warrant n WHERE n.notice = f.id AND n.warrant = :row)) ORDER BY f.id")

/* R8: not yet valid, expired, suspended, unknown XID, not of this element, out of scope, service, exclusion, target, country */
X(REPORT_OUTSIDE, "SELECT j.kind, j.code, n.name AS ne, j.xid, w.uuid AS warrant, w.liid, sum(j.n) AS n, count(*) AS entries,"
    " min(j.time_ns) AS 'first@', max(j.time_ns) AS 'last@', min(j.digest) AS digest FROM journal j LEFT JOIN ne n ON n.id = j.ne"
    " LEFT JOIN warrant w ON w.id = j.warrant WHERE j.kind = 1 AND j.code IN (1, 2, 3, 4, 5, 13, 26, 27, 28, 29) AND "
    REPORT_IN_PERIOD("j.time_ns") " GROUP BY j.code, j.ne, j.warrant, j.xid ORDER BY j.code, min(j.id)")

/* R9, R10, R11 */
X(REPORT_PERSONS, "SELECT p.handle, p.roles, l.name AS lea, t.name AS tenant, p.state, p.created_ns AS 'created@', p.login_ns AS 'login@',"
    " p.password IS NOT NULL AS 'password?', p.totp IS NOT NULL AS 'totp?', p.pin IS NOT NULL AS 'certificate?',"
    " EXISTS (SELECT 1 FROM json_each((SELECT json_extract(envelope, '$.doc') FROM key_list ORDER BY version DESC LIMIT 1), '$.keys') e WHERE"
    " json_extract(e.value, '$.person') = p.handle AND json_extract(e.value, '$.state') = 'active') AS 'key?', " REPORT_GRANTED("a.time_ns") " AS"
    " 'granted@', " REPORT_GRANTED("a.actor") " AS granted_by,"
    " (p.state = 'active' AND coalesce(p.login_ns, p.created_ns) < :to_ns - 7776000000000000) AS 'dormant?' FROM person p LEFT JOIN lea l ON"
    " l.id = p.lea LEFT JOIN tenant t ON t.id = p.tenant ORDER BY p.handle")
X(REPORT_HEADS, "SELECT h.id, h.size, h.time_ns AS 'time@', h.origin, h.root, (SELECT group_concat(name, ', ') FROM audit_cosign c WHERE c.head ="
    " h.id) AS witnesses FROM audit_head h WHERE " REPORT_IN_PERIOD("h.time_ns") " ORDER BY h.id DESC LIMIT 100")
X(REPORT_LAST_HEADS, "SELECT h.size, h.time_ns AS 'time@', h.root, h.note, (SELECT group_concat(name, ', ') FROM audit_cosign c WHERE c.head ="
    " h.id) AS witnesses FROM audit_head h WHERE h.origin = (SELECT origin FROM audit_head ORDER BY id DESC LIMIT 1) ORDER BY h.id DESC LIMIT 2")
X(REPORT_NOTE, "SELECT h.note, h.size, h.time_ns AS 'time@' FROM audit_head h ORDER BY h.id DESC LIMIT 1")
X(REPORT_PERSON_CHANGES, "SELECT " REPORT_AUDIT_COLUMNS " FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (a.op LIKE 'person.%' OR"
    " a.op LIKE 'role.%' OR a.op LIKE 'key.%' OR a.op LIKE 'tenant.%' OR a.op LIKE 'approval.%') ORDER BY a.seq")
X(REPORT_REVEALS, "SELECT " REPORT_AUDIT_COLUMNS ", a.role, a.session, a.source FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (a.op LIKE"
    " '%.reveal' OR a.op LIKE 'document.export%' OR a.op = 'document.part') ORDER BY a.seq")
X(REPORT_LOG, "SELECT (SELECT count(*) FROM audit) AS size, (SELECT min(seq) FROM audit) AS first, (SELECT max(seq) FROM audit) AS last,"
    " (SELECT count(*) FROM audit WHERE " REPORT_IN_PERIOD("time_ns") ") AS in_period,"
    " (SELECT count(*) FROM audit WHERE outcome <> 'ok' AND " REPORT_IN_PERIOD("time_ns") ") AS refused")

/* R12 */
X(REPORT_KEPT, "SELECT 'journal' AS class, count(*) AS n, min(time_ns) AS 'oldest@', (SELECT value FROM setting WHERE name = 'journal_rows_max')"
    " AS due FROM journal UNION ALL SELECT 'audit', count(*), min(time_ns), NULL FROM audit UNION ALL SELECT 'hash record', count(*), min(time_ns),"
    " NULL FROM hash_record UNION ALL SELECT 'report', count(*), min(made_ns), NULL FROM report")
X(REPORT_KEEP, "SELECT w.uuid AS warrant, w.liid, l.name AS lea, w.retention AS class, w.state, " KEEP_END " AS 'ended@', " KEEP_DAYS " AS days,"
    " " KEEP_END " + " KEEP_DAYS " * 86400000000000 AS 'due@', k.shredded_ns AS 'shredded@', (SELECT count(*) FROM hold h WHERE h.warrant = w.id AND"
    " h.released_ns IS NULL) AS holds, " REPORT_SHREDDED_BY " AS shredded_by FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN warrant_keep k ON"
    " k.warrant = w.id WHERE w.state IN ('expired', 'revoked', 'closed', 'shredded') ORDER BY w.id")
X(REPORT_CERTIFICATES, "SELECT w.uuid AS warrant, k.shredded_ns AS 'time@', " REPORT_SHREDDED_BY " AS by, json_extract(k.certificate, '$.key') AS key,"
    " json_extract(k.certificate, '$.order') AS 'order', json_extract(k.certificate, '$.reason') AS reason, json_extract(k.certificate,"
    " '$.evidence_hashes') AS hashes, json_extract(k.certificate, '$.evidence_sha256') AS sha256, k.certificate AS 'text' FROM warrant_keep k JOIN"
    " warrant w ON w.id = k.warrant WHERE k.certificate IS NOT NULL AND " REPORT_IN_PERIOD("k.shredded_ns") " ORDER BY k.shredded_ns, w.id")
X(REPORT_HOLDS, "SELECT w.uuid AS warrant, h.authority, h.reason, h.created_ns AS 'since@', h.origin, h.released_ns AS 'released@', h.released_by FROM"
    " hold h JOIN warrant w ON w.id = h.warrant WHERE h.created_ns < :to_ns AND (h.released_ns IS NULL OR h.released_ns >= :from_ns) ORDER BY"
    " h.created_ns")
X(REPORT_REGIME, "SELECT value FROM setting WHERE name = 'regime'")
