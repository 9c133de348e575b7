/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of the audit log: X(ID, "SQL").  Included by store.h and statements.c.  The columns of AUDIT_ADD and AUDIT_ENTRIES stand in
 * the order of enum audit_member (admin/audit_entry.h). */
X(AUDIT_ADD, "INSERT INTO audit (actor, after_hash, before_hash, boot_id, clock, clock_ns, code, detail, interface, object, op, outcome,"
    " reason, request, role, seq, session, source, time_ns, uid, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
    " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)")
X(AUDIT_WORDS, "INSERT INTO audit_word (rowid, text) VALUES (?1, ?2)")
X(AUDIT_ENTRIES, "SELECT actor, after_hash, before_hash, boot_id, clock, clock_ns, code, detail, interface, object, op, outcome, NULL,"
    " reason, request, role, seq, session, source, time_ns, uid, leaf FROM audit WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq")
X(AUDIT_LAST, "SELECT seq, leaf FROM audit ORDER BY seq DESC LIMIT 1")
X(AUDIT_LEAVES, "SELECT seq, leaf FROM audit WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq")
X(AUDIT_TIME, "SELECT seq, time_ns FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT 1")
X(AUDIT_NODE_ADD, "INSERT INTO audit_node (level, idx, hash) VALUES (?1, ?2, ?3)")
X(AUDIT_NODE, "SELECT hash FROM audit_node WHERE level = ?1 AND idx = ?2")
X(AUDIT_HEAD_ADD, "INSERT INTO audit_head (size, origin, time_ns, root, note) VALUES (?1, ?2, ?3, ?4, ?5)")
/* the newest; the first that covers :size; one by its size */
X(AUDIT_HEAD_LAST, "SELECT id, size, origin, time_ns AS 'time@', root, note FROM audit_head ORDER BY id DESC LIMIT 1")
X(AUDIT_HEAD_COVER, "SELECT id, size, origin, time_ns AS 'time@', root, note FROM audit_head WHERE size >= :size AND"
    " (:origin IS NULL OR origin = :origin) ORDER BY size, id LIMIT 1")
X(AUDIT_HEAD_AT, "SELECT id, size, origin, time_ns AS 'time@', root, note FROM audit_head WHERE size = :size ORDER BY id LIMIT 1")
X(AUDIT_HEAD_LIST, "SELECT h.id, h.size, h.origin, h.time_ns AS 'time@', h.root, (SELECT count(*) FROM audit_cosign WHERE head = h.id) AS"
    " witnesses FROM audit_head h WHERE h.id > coalesce(:after, 0) ORDER BY h.id LIMIT :limit")
X(AUDIT_HEAD_BETWEEN, "SELECT id, size, root, note FROM audit_head WHERE size >= ?1 AND size <= ?2 AND origin = ?3 ORDER BY size, id")
X(AUDIT_COSIGN_ADD, "INSERT INTO audit_cosign (head, name, time_s, vkey, line) VALUES (:id, :name, :time_s, :vkey, :line)")
X(AUDIT_COSIGN_OF, "SELECT name, time_s, vkey, line FROM audit_cosign WHERE head = :id ORDER BY name")
X(AUDIT_SENT_GET, "SELECT seq FROM audit_sent")
X(AUDIT_SENT_SET, "UPDATE audit_sent SET seq = ?1")
X(AUDIT_WORDS_GET, "SELECT words FROM audit_sent")
X(AUDIT_WORDS_SET, "UPDATE audit_sent SET words = ?1")
X(AUDIT_DETAIL_OF, "SELECT detail FROM audit WHERE op = ?1 ORDER BY seq DESC LIMIT 1")
X(AUDIT_BEFORE, "SELECT count(*) AS n FROM audit_before")
#define AUDIT_ROW "a.seq, a.time_ns AS 'time@', a.clock, a.boot_id, a.uid, a.actor, a.interface, a.role, a.session, a.source, a.op," \
    " a.object, a.outcome, a.code, a.reason, a.before_hash, a.after_hash, a.request, a.detail AS 'detail[]', a.leaf"
#define AUDIT_FILTER " (:object IS NULL OR a.object = :object) AND (:op IS NULL OR a.op = :op) AND (:actor IS NULL OR a.actor = :actor) AND" \
    " (:outcome IS NULL OR a.outcome = :outcome) AND a.seq >= :from_seq AND a.seq <= :to_seq"
X(AUDIT_SHOW, "SELECT " AUDIT_ROW " FROM audit a WHERE a.seq = :seq")
/* one statement per way in, so that each has its index */
X(AUDIT_LIST_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit a WHERE" AUDIT_FILTER " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_LIST_NEW, "SELECT " AUDIT_ROW " FROM audit a WHERE" AUDIT_FILTER " ORDER BY a.seq LIMIT :limit")
X(AUDIT_OBJECT_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_object WHERE a.object = :object AND" AUDIT_FILTER
    " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_OBJECT_NEW, "SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_object WHERE a.object = :object AND" AUDIT_FILTER
    " ORDER BY a.seq LIMIT :limit")
X(AUDIT_OP_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_op WHERE a.op = :op AND" AUDIT_FILTER
    " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_OP_NEW, "SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_op WHERE a.op = :op AND" AUDIT_FILTER " ORDER BY a.seq LIMIT :limit")
X(AUDIT_ACTOR_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_actor WHERE a.actor = :actor AND" AUDIT_FILTER
    " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_ACTOR_NEW, "SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_by_actor WHERE a.actor = :actor AND" AUDIT_FILTER
    " ORDER BY a.seq LIMIT :limit")
X(AUDIT_NOT_OK_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_not_ok WHERE a.outcome <> 'ok' AND a.outcome ="
    " :outcome AND" AUDIT_FILTER " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_NOT_OK_NEW, "SELECT " AUDIT_ROW " FROM audit a INDEXED BY audit_not_ok WHERE a.outcome <> 'ok' AND a.outcome = :outcome AND"
    AUDIT_FILTER " ORDER BY a.seq LIMIT :limit")
X(AUDIT_TEXT_OLD, "SELECT * FROM (SELECT " AUDIT_ROW " FROM audit_word w CROSS JOIN audit a ON a.seq = w.rowid WHERE w.audit_word MATCH :match AND"
    AUDIT_FILTER " ORDER BY w.rowid DESC LIMIT :limit) ORDER BY seq")
X(AUDIT_TEXT_NEW, "SELECT " AUDIT_ROW " FROM audit_word w CROSS JOIN audit a ON a.seq = w.rowid WHERE w.audit_word MATCH :match AND"
    AUDIT_FILTER " ORDER BY w.rowid LIMIT :limit")
/* What persons of one agency (a liaison), or the auditor of one tenant, see: their own acts, and what was done (not: what others tried) about
 * objects of theirs.  No numbers, no hashes that hold them, and of others not from where they came. */
#define AUDIT_UUID(x) \
	"lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' ||" \
	" substr(hex(" x "), 17, 4) || '-' || substr(hex(" x "), 21))"
#define AUDIT_SEEN "SELECT * FROM (SELECT a.seq, a.time_ns AS 'time@', a.actor, a.interface, a.role, CASE WHEN a.actor = :me THEN a.session END AS" \
    " session, CASE WHEN a.actor = :me THEN a.source END AS source, a.op, a.object, a.outcome, a.code, a.reason, a.before_hash, a.after_hash," \
    " CASE WHEN a.actor = :me THEN a.request END AS request, a.detail AS 'detail[]' FROM audit a WHERE "
#define AUDIT_SEEN_END " AND" AUDIT_FILTER " AND (:match IS NULL OR a.seq IN (SELECT rowid FROM audit_word WHERE audit_word MATCH :match))" \
    " ORDER BY a.seq DESC LIMIT :limit) ORDER BY seq"
X(AUDIT_OF_LEA, AUDIT_SEEN "(a.actor = :me OR (a.outcome = 'ok' AND a.object IN (SELECT 'lea ' || name FROM lea WHERE id = :scope_lea UNION ALL"
    " SELECT 'destination ' || name FROM destination WHERE lea = :scope_lea UNION ALL"
    " SELECT 'warrant ' || " AUDIT_UUID("uuid") " FROM warrant WHERE lea = :scope_lea UNION ALL"
    " SELECT 'notice ' || " AUDIT_UUID("uuid") " FROM fault_notice WHERE lea = :scope_lea AND told_ns IS NOT NULL UNION ALL"
    " SELECT 'approval ' || " AUDIT_UUID("p.uuid") " FROM approval p JOIN warrant w ON w.id = p.warrant WHERE w.lea = :scope_lea)))" AUDIT_SEEN_END)
X(AUDIT_OF_TENANT, AUDIT_SEEN "(a.actor IN (SELECT handle FROM person WHERE tenant = :scope_tenant) OR (a.outcome = 'ok' AND a.object IN"
    " (SELECT 'tenant ' || name FROM tenant WHERE id = :scope_tenant UNION ALL SELECT 'ne ' || name FROM ne WHERE tenant = :scope_tenant UNION ALL"
    " SELECT 'person ' || handle FROM person WHERE tenant = :scope_tenant UNION ALL"
    " SELECT 'warrant ' || " AUDIT_UUID("uuid") " FROM warrant WHERE tenant = :scope_tenant UNION ALL"
    " SELECT 'approval ' || " AUDIT_UUID("p.uuid") " FROM approval p JOIN warrant w ON w.id = p.warrant WHERE w.tenant = :scope_tenant)))" AUDIT_SEEN_END)
X(AUDIT_ALARM_UP, "SELECT count(*) AS n FROM alarm WHERE cleared_ns IS NULL AND code = :code AND object = :object")
