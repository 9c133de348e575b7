/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of hash records, completeness, notices, reconciliation: X(ID, "SQL").  Included by store.h and statements.c. */
X(HASH_HANDLE, "SELECT handle FROM hash_handle WHERE warrant = :warrant")
X(HASH_HANDLE_ADD, "INSERT INTO hash_handle VALUES (:warrant, $handle)")
X(HASH_ADD, "INSERT INTO hash_record (uuid, kind, lea, warrant, handle, class, cin, type, signature, seq, first, last, n, octets, name,"
    " algorithm, value, time_ns, audit_seq) VALUES ($uuid, :kind, :lea, :warrant, $handle, :class, :cin, :type, :signature, :seq, :first,"
    " :last, :n, :octets, :name, :algorithm, $value, :time_ns, :audit_seq)")
X(HASH_SEGMENT, "SELECT id, lower(hex(value)) AS value FROM hash_record WHERE kind = 'segment' AND lea = :lea AND class = :class AND seq = :seq")
X(HASH_CHECK, "SELECT id, lower(hex(value)) AS value FROM hash_record WHERE kind = 'check' AND warrant = :warrant AND cin = :cin AND"
    " signature = :signature AND seq = :seq AND void_ns IS NULL")
X(HASH_VOID, "UPDATE hash_record SET void_ns = :time_ns WHERE id = :id")
X(HASH_SHOW, "SELECT h.id, h.uuid, h.kind, l.name AS lea, w.uuid AS warrant, lower(hex(h.handle)) AS handle, h.class, h.cin, h.type,"
    " h.signature AS 'signature?', h.seq, h.first, h.last, h.n, h.octets, h.name, h.algorithm, lower(hex(h.value)) AS value,"
    " h.time_ns AS 'time@', h.void_ns AS 'void@', h.audit_seq FROM hash_record h LEFT JOIN lea l ON l.id = h.lea LEFT JOIN warrant w ON"
    " w.id = h.warrant WHERE h.uuid = $hash")
X(HASH_LIST, "SELECT * FROM (SELECT h.id, h.uuid, h.kind, l.name AS lea, w.uuid AS warrant, lower(hex(h.handle)) AS handle, h.class, h.cin,"
    " h.type, h.signature AS 'signature?', h.seq, h.first, h.last, h.n, h.octets, h.name, h.algorithm, lower(hex(h.value)) AS value,"
    " h.time_ns AS 'time@', h.void_ns AS 'void@', h.audit_seq FROM hash_record h LEFT JOIN lea l ON l.id = h.lea LEFT JOIN warrant w ON"
    " w.id = h.warrant WHERE (:kind IS NULL OR h.kind = :kind) AND (:row IS NULL OR h.warrant = :row) AND (:lea IS NULL OR l.name = :lea)"
    " AND (:cin IS NULL OR h.cin = :cin) AND (:since_ns IS NULL OR h.time_ns >= :since_ns) ORDER BY h.id DESC LIMIT :limit) ORDER BY id")
X(HASH_BY_VALUE, "SELECT h.id, h.uuid, h.kind, w.uuid AS warrant, lower(hex(h.handle)) AS handle, h.octets, h.name, h.first, h.last,"
    " h.time_ns AS 'time@', h.audit_seq FROM hash_record h LEFT JOIN warrant w ON w.id = h.warrant WHERE h.value = $sha256 AND"
    " h.void_ns IS NULL ORDER BY h.id LIMIT 1")
X(HASH_TRIM, "DELETE FROM hash_record WHERE time_ns < :now_ns - (SELECT value FROM setting WHERE name = 'hash_keep_days') * 86400000000000")

X(COMPLETE_LAST, "SELECT warrant, day, from_ns, to_ns, base AS 'base[]', last AS 'last[]', lower(hex(sha256)) AS sha256 FROM completeness"
    " WHERE warrant = :warrant ORDER BY day DESC LIMIT 1")
X(COMPLETE_ADD, "INSERT INTO completeness (warrant, day, from_ns, to_ns, base, last) VALUES (:warrant, :day, :from_ns, :to_ns, :base, :last)")
X(COMPLETE_SET, "UPDATE completeness SET to_ns = :to_ns, last = :last WHERE warrant = :warrant AND day = :day AND sha256 IS NULL")
X(COMPLETE_CLOSE, "UPDATE completeness SET sha256 = $sha256, audit_seq = :audit_seq WHERE warrant = :warrant AND day = :day")
X(COMPLETE_DUE, "SELECT c.warrant, w.uuid, l.name AS lea, c.day, c.from_ns, c.to_ns, c.base AS 'base[]', c.last AS 'last[]' FROM completeness c"
    " JOIN warrant w ON w.id = c.warrant JOIN lea l ON l.id = w.lea WHERE c.sha256 IS NULL AND c.day < :day ORDER BY c.day, c.warrant LIMIT 32")
X(COMPLETE_SHOW, "SELECT c.warrant, w.uuid, l.name AS lea, c.day, c.from_ns, c.to_ns, c.base AS 'base[]', c.last AS 'last[]',"
    " lower(nullif(hex(c.sha256), '')) AS sha256, c.audit_seq FROM completeness c JOIN warrant w ON w.id = c.warrant JOIN lea l ON l.id = w.lea WHERE"
    " c.warrant = :row AND (:day IS NULL OR c.day = :day) ORDER BY c.day")
X(COMPLETE_LIST, "SELECT c.warrant, w.uuid, l.name AS lea, c.day, c.from_ns, c.to_ns, c.base AS 'base[]', c.last AS 'last[]',"
    " lower(nullif(hex(c.sha256), '')) AS sha256, c.audit_seq FROM completeness c JOIN warrant w ON w.id = c.warrant JOIN lea l ON l.id = w.lea WHERE"
    " (:day IS NULL OR c.day = :day) AND (:lea IS NULL OR l.name = :lea) ORDER BY c.day DESC, c.warrant LIMIT :limit")
X(COMPLETE_GAPS, "SELECT j.time_ns AS 'time@', j.kind, n.name AS ne, j.xid, j.first, j.last, j.n FROM journal j LEFT JOIN ne n ON n.id = j.ne"
    " WHERE j.kind IN (2, 3) AND (j.warrant = :row OR j.xid IN (SELECT xid FROM warrant_xid WHERE warrant = :row)) AND"
    " j.time_ns >= :from_ns AND j.time_ns < :to_ns ORDER BY j.id LIMIT 1000")
X(COMPLETE_SHED, "SELECT j.time_ns AS 'time@', j.first AS class_n, j.n FROM journal j WHERE j.kind = 9 AND j.warrant = :row AND"
    " j.time_ns >= :from_ns AND j.time_ns < :to_ns ORDER BY j.id LIMIT 1000")

X(JOURNAL_SUM_ADD, "INSERT INTO journal_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7) ON CONFLICT DO UPDATE SET n = n + excluded.n, entries ="
    " entries + 1, first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)")
X(JOURNAL_OF_SESSION, "SELECT * FROM (SELECT j.id, j.time_ns AS 'time@', j.kind, j.code, n.name AS ne, j.ne AS ne_id, w.uuid AS warrant,"
    " j.warrant AS warrant_id, j.cin, j.n, j.xid, j.correlation, j.first, j.last, j.pdu_type, j.format, j.pdu_len, j.digest, j.note"
    " FROM journal j LEFT JOIN ne n ON n.id = j.ne LEFT JOIN warrant w ON w.id = j.warrant WHERE j.warrant = :row AND j.cin = :cin AND j.cin <> 0"
    " AND (:ne IS NULL OR n.name = :ne) AND (:kind_n IS NULL OR j.kind = :kind_n) AND (:code_n IS NULL OR j.code = :code_n) AND (:since_ns IS NULL"
    " OR j.time_ns >= :since_ns) AND j.id < ifnull(:before, 9223372036854775807) ORDER BY j.id DESC LIMIT :limit) ORDER BY id")
X(COMPLETE_LOSSES, "SELECT kind, code, part, n, entries, first_ns AS 'first_time@', last_ns AS 'last_time@' FROM journal_sum WHERE warrant = :row AND"
    " cin = :cin ORDER BY kind, code, part")
X(COMPLETE_LOSSES_ALL, "SELECT kind, code, part, sum(n) AS n, sum(entries) AS entries, min(first_ns) AS 'first_time@', max(last_ns) AS 'last_time@'"
    " FROM journal_sum WHERE warrant = :row GROUP BY kind, code, part ORDER BY kind, code, part")
X(COMPLETE_RANGES, "SELECT j.first, j.last, j.n FROM journal j WHERE j.warrant = :row AND j.cin = :cin AND j.cin <> 0 AND j.kind = 15 AND"
    " j.code = :code ORDER BY j.id DESC LIMIT :limit")

X(NOTICE_OPEN, "SELECT id, begin_ns, told_ns FROM fault_notice WHERE lea = :lea AND cause = :cause AND object = :object AND restored_ns IS NULL")
X(NOTICE_ADD, "INSERT INTO fault_notice (uuid, lea, cause, object, effect, begin_ns) VALUES ($uuid, :lea, :cause, :object, :effect, :begin_ns)")
X(NOTICE_TELL, "UPDATE fault_notice SET told_ns = :now_ns WHERE id = :id")
X(NOTICE_DROP, "DELETE FROM fault_notice WHERE id = :id")
X(NOTICE_RESTORE, "UPDATE fault_notice SET restored_ns = :restored_ns WHERE id = :id")
X(NOTICE_EXPECT, "UPDATE fault_notice SET expected_ns = coalesce(:expected_ns, expected_ns), note = coalesce(:note, note) WHERE id = :id")
X(NOTICE_ACK, "UPDATE fault_notice SET acked_by = :by, acked_ns = :now_ns WHERE id = :id")
X(NOTICE_ALL_OPEN, "SELECT id, lea, cause, object, effect, begin_ns, told_ns FROM fault_notice WHERE restored_ns IS NULL ORDER BY id")
X(NOTICE_ALARMS, "SELECT id, code, object, role, raised_ns FROM alarm WHERE cleared_ns IS NULL AND id > :after AND code IN ('LINK-DOWN', 'NE-LOST', 'X-GAP',"
    " 'SPOOL-SHED', 'OUTAGE-SHED', 'INGEST-DOWN', 'CLOCK-JUMP') ORDER BY id")
X(NOTICE_ALARM_END, "SELECT coalesce(max(coalesce(cleared_ns, 9223372036854775807)), 0) FROM alarm WHERE code = :code AND object = :alarm")
X(NOTICE_BY_GAP, "SELECT w.id, w.lea, min(min(j.time_ns)) OVER (PARTITION BY w.lea) AS begin_ns FROM journal j JOIN ne n ON n.id = j.ne JOIN warrant_xid x ON x.xid = j.xid JOIN warrant w ON"
    " w.id = x.warrant WHERE (:lea IS NULL OR w.lea = :lea) AND j.id > (SELECT coalesce(max(id), 0) - 20000 FROM journal) AND j.kind = 2 AND n.name = :name AND"
    " j.time_ns >= :since_ns AND w.state = 'active' AND w.from_ns <= :now_ns AND w.until_ns > :now_ns GROUP BY w.id ORDER BY w.lea, w.id")
X(NOTICE_GAP_LAST, "SELECT coalesce(max(j.time_ns), 0) FROM journal j JOIN ne n ON n.id = j.ne JOIN warrant_xid x ON x.xid = j.xid JOIN warrant w ON"
    " w.id = x.warrant WHERE w.lea = :lea AND j.id > (SELECT coalesce(max(id), 0) - 20000 FROM journal) AND j.kind = 2 AND n.name = :name AND"
    " j.time_ns >= :begin_ns")
X(NOTICE_LEA_NAME, "SELECT name FROM lea WHERE id = :lea")
X(NOTICE_WARRANT_ADD, "INSERT OR IGNORE INTO fault_notice_warrant VALUES (:id, :warrant)")
X(NOTICE_WARRANTS, "SELECT warrant FROM fault_notice_warrant WHERE notice = :id ORDER BY warrant")
X(NOTICE_OUT_ADD, "INSERT INTO fault_notice_out (notice, warrant, what, text) VALUES (:id, :warrant, :what, :text)")
X(NOTICE_OUT, "SELECT o.id, o.warrant, w.lea, o.what, o.text, p.text AS 'profile[]' FROM fault_notice_out o JOIN warrant w ON"
    " w.id = o.warrant JOIN lea l ON l.id = w.lea LEFT JOIN profile p ON p.id = l.profile WHERE o.handed_ns IS NULL AND o.id > :after ORDER BY o.id LIMIT 200")
X(NOTICE_OUT_DONE, "UPDATE fault_notice_out SET handed_ns = :now_ns WHERE id = :id AND handed_ns IS NULL")
X(NOTICE_SHOW, "SELECT f.id, f.uuid, l.name AS lea, f.lea AS lea_id, f.cause, f.object, f.effect, f.begin_ns AS 'begin@', f.begin_ns, f.told_ns AS 'told@',"
    " f.expected_ns AS 'expected@', f.restored_ns AS 'restored@', f.note, f.acked_by, f.acked_ns AS 'acked@',"
    " (SELECT json_group_array(liid) FROM (SELECT w.liid FROM fault_notice_warrant n JOIN warrant w ON w.id = n.warrant WHERE n.notice = f.id"
    " ORDER BY w.liid)) AS 'liids[]',"
    " (SELECT count(*) FROM fault_notice_out o WHERE o.notice = f.id AND o.handed_ns IS NULL) AS waiting,"
    " (SELECT min(handed_ns) FROM fault_notice_out o WHERE o.notice = f.id) AS 'handed@' FROM fault_notice f JOIN lea l ON l.id = f.lea"
    " WHERE f.uuid = $notice AND f.told_ns IS NOT NULL AND (:scope_lea IS NULL OR f.lea = :scope_lea)")
X(NOTICE_LIST, "SELECT * FROM (SELECT f.id, f.uuid, l.name AS lea, f.cause, f.object, f.effect, f.begin_ns AS 'begin@', f.told_ns AS 'told@',"
    " f.expected_ns AS 'expected@', f.restored_ns AS 'restored@', f.note, f.acked_by, f.acked_ns AS 'acked@',"
    " (SELECT json_group_array(liid) FROM (SELECT w.liid FROM fault_notice_warrant n JOIN warrant w ON w.id = n.warrant WHERE n.notice = f.id"
    " ORDER BY w.liid)) AS 'liids[]',"
    " (SELECT count(*) FROM fault_notice_out o WHERE o.notice = f.id AND o.handed_ns IS NULL) AS waiting FROM fault_notice f JOIN lea l ON"
    " l.id = f.lea WHERE f.told_ns IS NOT NULL AND (:lea IS NULL OR l.name = :lea) AND (:scope_lea IS NULL OR f.lea = :scope_lea) AND"
    " (NOT coalesce(:open, 0) OR f.restored_ns IS NULL) AND (:since_ns IS NULL OR f.begin_ns >= :since_ns) ORDER BY f.id DESC LIMIT :limit)"
    " ORDER BY id")
X(NOTICE_BY_DEST, "SELECT w.id, w.lea FROM warrant w JOIN destination d ON d.id IN (w.hi2, w.hi3) WHERE w.lea = :lea AND d.name = :name AND"
    " d.removed_ns IS NULL AND w.state = 'active' AND w.from_ns <= :now_ns AND w.until_ns > :now_ns GROUP BY w.id ORDER BY w.id")
X(NOTICE_BY_NE, "SELECT w.id, w.lea FROM warrant w WHERE (:lea IS NULL OR w.lea = :lea) AND w.state = 'active' AND w.from_ns <= :now_ns AND w.until_ns > :now_ns AND (NOT EXISTS"
    " (SELECT 1 FROM warrant_ne a WHERE a.warrant = w.id) OR EXISTS (SELECT 1 FROM warrant_ne a JOIN ne n ON n.id = a.ne WHERE"
    " a.warrant = w.id AND n.name = :name)) ORDER BY w.lea, w.id")
X(NOTICE_BY_LEA, "SELECT w.id, w.lea FROM warrant w WHERE (:lea IS NULL OR w.lea = :lea) AND w.state = 'active' AND w.from_ns <= :now_ns AND"
    " w.until_ns > :now_ns ORDER BY w.lea, w.id")

X(RECONCILE_OPEN, "SELECT id, code, object, text FROM reconciliation WHERE cleared_ns IS NULL ORDER BY id")
X(RECONCILE_ADD, "INSERT INTO reconciliation (code, object, text, found_ns) VALUES (:code, :object, :text, :now_ns)")
X(RECONCILE_CLEAR, "UPDATE reconciliation SET cleared_ns = :now_ns WHERE id = :id")
X(RECONCILE_LIST, "SELECT * FROM (SELECT id, code, object, text, found_ns AS 'found@', cleared_ns AS 'cleared@' FROM reconciliation WHERE"
    " (:all OR cleared_ns IS NULL) AND (:since_ns IS NULL OR found_ns >= :since_ns) ORDER BY id DESC LIMIT :limit) ORDER BY id")
X(RECONCILE_TASKS, "SELECT w.id FROM warrant w WHERE w.state <> 'draft' AND w.until_ns >= :now_ns AND (w.ended_ns IS NULL OR"
    " w.ended_ns >= :now_ns) ORDER BY w.id")
/* what is in force, of the rows of a few numbers */
#define RECONCILE_IN_FORCE " FROM warrant w NOT INDEXED WHERE w.id > :after AND w.id <= :to AND w.state = 'active' AND w.until_ns > :now_ns AND w.ended_ns IS NULL"
X(RECONCILE_LAST, "SELECT coalesce(max(id), 0) FROM warrant")
X(RECONCILE_ACTIVE, "SELECT w.id, w.uuid, w.delivery, w.from_ns" RECONCILE_IN_FORCE " ORDER BY w.id")
X(RECONCILE_ACTIVE_N, "SELECT count(*)" RECONCILE_IN_FORCE)
X(RECONCILE_WARRANT, "SELECT w.lea AS lea_id, w.state FROM warrant w WHERE w.id = :row")
X(RECONCILE_STANDS, "SELECT id FROM reconciliation WHERE code = :code AND object = :object AND cleared_ns IS NULL")
