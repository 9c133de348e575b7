/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of reports and imports: X(ID, "SQL").  Included by store.h and statements.c. */
#define REPORT_UUID(x) \
	"lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' ||" \
	" substr(hex(" x "), 17, 4) || '-' || substr(hex(" x "), 21))"
#define REPORT_IN_PERIOD(t) t " >= :from_ns AND " t " < :to_ns"
#define REPORT_AUDIT_COLUMNS "a.seq, a.time_ns AS 'time@', a.actor, a.interface, a.op, a.object, a.outcome, a.code, a.reason"

/* what was made */
X(REPORT_ADD, "INSERT INTO report (uuid, kind, lea, warrant, from_ns, to_ns, text, sha256, made_by, made_ns, schedule) VALUES ($id, :kind,"
    " (SELECT id FROM lea WHERE name = :lea), :row, :from_ns, :to_ns, :text, $sha256, :by, :now_ns, :schedule_id)")
X(REPORT_SHOW, "SELECT r.id AS row, r.uuid AS report, r.kind, l.name AS lea, w.uuid AS warrant, r.from_ns AS 'from@', r.to_ns AS 'to@',"
    " length(CAST(r.text AS BLOB)) AS octets, r.sha256, r.made_by, r.made_ns AS 'made@', r.schedule,"
    " (SELECT a.seq FROM audit a WHERE a.object = 'report ' || " REPORT_UUID("r.uuid") " AND a.outcome = 'ok' ORDER BY a.seq LIMIT 1) AS audit"
    " FROM report r LEFT JOIN lea l ON l.id = r.lea LEFT JOIN warrant w ON w.id = r.warrant WHERE r.uuid = $report")
X(REPORT_LIST, "SELECT * FROM (SELECT r.id AS row, r.uuid AS report, r.kind, l.name AS lea, w.uuid AS warrant, r.from_ns AS 'from@',"
    " r.to_ns AS 'to@', length(CAST(r.text AS BLOB)) AS octets, r.sha256, r.made_by, r.made_ns AS 'made@', r.schedule FROM report r"
    " LEFT JOIN lea l ON l.id = r.lea LEFT JOIN warrant w ON w.id = r.warrant WHERE (:kind IS NULL OR r.kind = :kind)"
    " ORDER BY r.id DESC LIMIT coalesce(:limit, 1000)) ORDER BY row")
/* CAST: positions are octets, not characters */
X(REPORT_PART, "SELECT CAST(substr(CAST(text AS BLOB), :offset + 1, :length) AS TEXT) AS text FROM report WHERE uuid = $report")

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
X(REPORT_ORDER, "SELECT w.uuid, w.liid, w.reference, l.name AS lea, w.delivery, w.content, w.from_written, w.until_written, w.state,"
    " w.created_ns AS 'entered@', w.ended_ns AS 'ended@', h2.name AS hi2, h3.name AS hi3,"
    " (SELECT min(a.time_ns) FROM audit a WHERE a.object = :object AND a.outcome = 'ok' AND (a.op = 'warrant.start' OR a.op = 'warrant.add' AND"
    " w.state <> 'draft')) AS 'enabled@',"
    " (SELECT json_group_array(x) FROM (SELECT " REPORT_UUID("xid") " AS x FROM warrant_xid WHERE warrant = w.id ORDER BY xid)) AS 'xids[]',"
    " (SELECT json_group_array(text) FROM (SELECT text FROM warrant_rule WHERE warrant = w.id AND what = 'target' ORDER BY pos)) AS 'target[]'"
    " FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN destination h2 ON h2.id = w.hi2 LEFT JOIN destination h3 ON h3.id = w.hi3 WHERE w.id = :row")
X(REPORT_HISTORY, "SELECT " REPORT_AUDIT_COLUMNS ", a.after_hash FROM audit a WHERE a.object = :object AND a.time_ns < :to_ns ORDER BY a.seq")

/* R2 */
X(REPORT_REGISTER, "SELECT w.uuid, w.liid, w.reference, l.name AS lea, w.delivery, w.content, w.state, w.created_ns AS 'entered@',"
    " w.from_ns AS 'from@', w.until_ns AS 'until@', w.ended_ns AS 'ended@',"
    " CASE WHEN w.ended_ns IS NULL AND w.until_ns > :to_ns THEN (w.until_ns - :to_ns) / 86400000000000 ELSE 0 END AS days_left,"
    " (SELECT json_group_array(text) FROM (SELECT text FROM warrant_rule WHERE warrant = w.id AND what = 'target' ORDER BY pos)) AS 'target[]'"
    " FROM warrant w JOIN lea l ON l.id = w.lea WHERE w.created_ns < :to_ns AND (:lea IS NULL OR l.name = :lea) ORDER BY w.id")

/* R3 */
X(REPORT_ACTIVITY, "SELECT " REPORT_AUDIT_COLUMNS " FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (:object IS NULL OR a.object ="
    " :object) ORDER BY a.seq")
X(REPORT_WARRANT_OF, "SELECT w.reference, w.liid, l.name AS lea, w.from_written, w.until_written, h2.name AS hi2, h3.name AS hi3 FROM warrant w"
    " JOIN lea l ON l.id = w.lea LEFT JOIN destination h2 ON h2.id = w.hi2 LEFT JOIN destination h3 ON h3.id = w.hi3 WHERE w.uuid = $uuid")

/* R5 */
X(REPORT_NE_TASKS, "SELECT n.id, n.name AS ne, (SELECT count(*) FROM warrant w WHERE w.state = 'active' AND w.from_ns <= :now_ns AND w.until_ns >"
    " :now_ns AND (NOT EXISTS (SELECT 1 FROM warrant_ne a WHERE a.warrant = w.id) OR EXISTS (SELECT 1 FROM warrant_ne a WHERE a.warrant = w.id"
    " AND a.ne = n.id))) AS expected, (SELECT coalesce(sum(j.n), 0) FROM journal j WHERE j.ne = n.id AND j.kind = 1 AND j.code = 1 AND "
    REPORT_IN_PERIOD("j.time_ns") ") AS orphan FROM ne n ORDER BY n.name")

/* R6 */
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
    " (:lea IS NULL OR l.name = :lea) GROUP BY w.id, j.code ORDER BY w.id")

/* R8: not yet valid, expired, suspended, unknown XID, not of this element, out of scope, service, exclusion, target, country */
X(REPORT_OUTSIDE, "SELECT j.kind, j.code, n.name AS ne, j.xid, w.uuid AS warrant, w.liid, sum(j.n) AS n, count(*) AS entries,"
    " min(j.time_ns) AS 'first@', max(j.time_ns) AS 'last@', min(j.digest) AS digest FROM journal j LEFT JOIN ne n ON n.id = j.ne"
    " LEFT JOIN warrant w ON w.id = j.warrant WHERE j.kind = 1 AND j.code IN (1, 2, 3, 4, 5, 13, 26, 27, 28, 29) AND "
    REPORT_IN_PERIOD("j.time_ns") " GROUP BY j.code, j.ne, j.warrant, j.xid ORDER BY j.code, min(j.id)")

/* R9, R10, R11 */
X(REPORT_PERSON_CHANGES, "SELECT " REPORT_AUDIT_COLUMNS " FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (a.op LIKE 'person.%' OR"
    " a.op LIKE 'role.%' OR a.op LIKE 'key.%' OR a.op LIKE 'tenant.%' OR a.op LIKE 'approval.%') ORDER BY a.seq")
X(REPORT_REVEALS, "SELECT " REPORT_AUDIT_COLUMNS " FROM audit a WHERE " REPORT_IN_PERIOD("a.time_ns") " AND (a.op LIKE '%.reveal' OR a.op LIKE"
    " 'target.show%' OR a.op LIKE 'document.get%' OR a.op LIKE 'person.reveal%') ORDER BY a.seq")
X(REPORT_LOG, "SELECT (SELECT count(*) FROM audit) AS size, (SELECT min(seq) FROM audit) AS first, (SELECT max(seq) FROM audit) AS last,"
    " (SELECT count(*) FROM audit WHERE " REPORT_IN_PERIOD("time_ns") ") AS in_period,"
    " (SELECT count(*) FROM audit WHERE outcome <> 'ok' AND " REPORT_IN_PERIOD("time_ns") ") AS refused")

/* R12 */
X(REPORT_KEPT, "SELECT 'journal' AS class, count(*) AS n, min(time_ns) AS 'oldest@', (SELECT value FROM setting WHERE name = 'journal_rows_max')"
    " AS due FROM journal UNION ALL SELECT 'audit', count(*), min(time_ns), NULL FROM audit UNION ALL SELECT 'hash record', count(*), min(time_ns),"
    " NULL FROM hash_record UNION ALL SELECT 'report', count(*), min(made_ns), NULL FROM report")
