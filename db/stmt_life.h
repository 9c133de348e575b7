/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of approvals, the life of a warrant, regimes: X(ID, "SQL").  Included by store.h and statements.c. */
X(APPROVAL_SAVE, "SAVEPOINT approval")
X(APPROVAL_UNDO, "ROLLBACK TO approval")
X(APPROVAL_RELEASE, "RELEASE approval")
X(APPROVAL_FORGET, "DELETE FROM approval WHERE state = 'planned' AND ((given = $given AND creator = :creator) OR until_ns < :submitted_ns)")
X(APPROVAL_ADD, "INSERT INTO approval (uuid, op, object, given, args, type, doc, sha256, plan, state, person, creator, submitted_ns, until_ns)"
    " VALUES ($uuid, :op, :object, $given, :args, :type, :doc, $sha256, :plan, 'planned', :person, :creator, :submitted_ns, :until_ns)")
X(APPROVAL_PLANNED, "SELECT uuid, args AS 'args[]', doc, sha256, submitted_ns FROM approval WHERE state = 'planned' AND given = $given AND"
    " creator = :creator AND until_ns >= :now_ns")
X(APPROVAL_WAIT, "UPDATE approval SET state = 'waiting', key1 = :key1, sig1 = $sig1, until_ns = :until_ns, warrant = :warrant,"
    " destination = :destination WHERE uuid = $uuid")
X(APPROVAL_VOID, "UPDATE approval SET state = 'void', decided_by = :by, decided_ns = :now_ns, reason = :reason, args = NULL"
    " WHERE warrant = :warrant AND state = 'waiting'")
/* persons with a scope: what concerns a warrant of theirs, and nothing else */
#define APPROVAL_SEEN " AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant)"
X(APPROVAL_GET, "SELECT a.id, a.uuid, a.op, a.object, a.warrant, a.destination, a.args AS 'args[]', a.type, a.doc, a.sha256, a.plan AS 'plan[]',"
    " a.state, a.creator, a.key1, a.sig1, a.submitted_ns, a.until_ns FROM approval a LEFT JOIN warrant w ON w.id = a.warrant WHERE"
    " a.uuid = $approval AND a.state <> 'planned'" APPROVAL_SEEN)
X(APPROVAL_DECIDE, "UPDATE approval SET state = :to, decided_by = :by, decided_ns = :now_ns, reason = :reason, args = NULL WHERE id = :id")
X(APPROVAL_SHOW, "SELECT a.uuid AS approval, a.op, a.object, w.uuid AS warrant, l.name AS lea, w.liid, a.type, a.doc, a.sha256, a.plan AS 'plan[]', a.state, a.creator,"
    " a.key1, a.submitted_ns AS 'submitted@', a.until_ns AS 'until@', a.decided_by, a.decided_ns AS 'decided@', a.reason FROM approval a"
    " LEFT JOIN warrant w ON w.id = a.warrant LEFT JOIN lea l ON l.id = w.lea WHERE a.uuid = $approval AND a.state <> 'planned'" APPROVAL_SEEN)
X(APPROVAL_LIST, "SELECT a.uuid AS approval, a.op, a.object, l.name AS lea, w.liid, a.state, a.creator, a.sha256, a.submitted_ns AS 'submitted@',"
    " a.until_ns AS 'until@', a.decided_by, a.decided_ns AS 'decided@', a.reason"
    " FROM approval a LEFT JOIN warrant w ON w.id = a.warrant LEFT JOIN lea l ON l.id = w.lea WHERE a.state <> 'planned' AND"
    " (CASE WHEN :state IS NULL THEN a.state = 'waiting' WHEN :state = 'all' THEN 1 WHEN :state = 'decided' THEN"
    " a.state <> 'waiting' ELSE a.state = :state END) AND (NOT coalesce(:mine, 0) OR a.creator = :me) AND (:warrant_row IS NULL OR a.warrant = :warrant_row)" APPROVAL_SEEN " ORDER BY a.id DESC LIMIT coalesce(:limit, 1000)")
X(APPROVAL_OLD, "SELECT uuid AS approval FROM approval WHERE state IN ('planned', 'waiting') AND state = 'waiting' AND until_ns < :now_ns"
    " ORDER BY until_ns LIMIT 100")
/* plans that nobody signed, with their arguments; the first condition is that of the index */
X(APPROVAL_STALE, "SELECT EXISTS (SELECT 1 FROM approval WHERE state IN ('planned', 'waiting') AND state = 'planned' AND until_ns < :now_ns)")
X(APPROVAL_DROP, "DELETE FROM approval WHERE state IN ('planned', 'waiting') AND state = 'planned' AND until_ns < :now_ns")
X(STATEMENT_OF_WARRANT, "UPDATE warrant SET statement = :statement WHERE id = :id")
X(STATEMENT_OF_DESTINATION, "UPDATE destination SET statement = :statement WHERE id = :id")
X(LIFE_HISTORY_ADD, "INSERT INTO warrant_history (warrant, time_ns, op, state_from, state_to, revision, actor, approver, reason, approval)"
    " VALUES (:id, :now_ns, :op, :from, :to, (SELECT revision FROM warrant WHERE id = :id), :actor, :approver, :reason, $approval)")
X(LIFE_HISTORY, "SELECT time_ns AS 'time@', op, state_from, state_to, revision, actor, approver, reason, approval"
    " FROM warrant_history WHERE warrant = :row ORDER BY id LIMIT coalesce(:limit, 1000)")
X(LIFE_MOVE, "UPDATE warrant SET state = :state, active_ns = CASE WHEN :state = 'active' THEN coalesce(active_ns, :now_ns) ELSE active_ns END,"
    " ended_ns = CASE :state WHEN 'revoked' THEN :now_ns WHEN 'expired' THEN min(until_ns, coalesce(provisional_ns, until_ns)) ELSE ended_ns END"
    " WHERE id = :id")
X(LIFE_REVISE, "UPDATE warrant SET revision = revision + 1 WHERE id = :id")
X(WARRANT_OUTAGE, "UPDATE warrant SET iri_outage = :iri_outage, cc_outage = :cc_outage WHERE id = :id")
X(LIFE_HUMAN, "UPDATE warrant SET human = :human WHERE id = :id")
X(LIFE_EXTEND, "UPDATE warrant SET until_ns = :until_ns, until_written = :until, reference = coalesce(:reference, reference) WHERE id = :id")
X(LIFE_CONFIRM, "UPDATE warrant SET provisional = NULL, provisional_ns = NULL, reference = coalesce(:reference, reference) WHERE id = :id")
X(LIFE_IS_SUBMITTED, "SELECT state = 'submitted' FROM warrant WHERE id = :id")
X(LIFE_DUE_END, "SELECT uuid AS warrant FROM (SELECT uuid FROM warrant INDEXED BY warrant_end WHERE state IN ('approved', 'active', 'suspended') AND until_ns <= :now_ns"
    " UNION SELECT uuid FROM warrant INDEXED BY warrant_provisional WHERE state IN ('approved', 'active', 'suspended') AND provisional_ns IS NOT NULL AND"
    " provisional_ns <= :now_ns) LIMIT 200")
X(LIFE_DUE_BEGIN, "SELECT uuid AS warrant FROM warrant INDEXED BY warrant_begin WHERE state = 'approved' AND human = 0 AND from_ns <= :lead_ns AND until_ns > :now_ns LIMIT 200")
X(LIFE_DUE_CLOSE, "SELECT id, uuid AS warrant FROM warrant INDEXED BY warrant_over WHERE state IN ('expired', 'revoked') AND ended_ns <= :grace_ns ORDER BY ended_ns LIMIT 1000")
X(LIFE_CLOSE_N, "SELECT EXISTS (SELECT 1 FROM warrant INDEXED BY warrant_over WHERE state IN ('expired', 'revoked') AND ended_ns <= :grace_ns)")
X(LIFE_SAME_XID, "SELECT DISTINCT o.liid FROM warrant w JOIN warrant_xid x ON x.warrant = w.id JOIN warrant_xid y ON y.xid = x.xid AND"
    " y.warrant <> x.warrant JOIN warrant o ON o.id = y.warrant WHERE w.id = :id AND o.lea = w.lea AND o.tenant IS w.tenant AND o.state IN ('submitted', 'approved',"
    " 'active', 'suspended') AND o.from_ns < w.until_ns AND w.from_ns < o.until_ns ORDER BY o.liid LIMIT 20")
/* the elements that may send for it; a tenant's warrant: only that tenant's */
X(LIFE_NES, "SELECT n.name AS ne, n.san, n.country, n.enabled AS 'enabled?', n.id IN (SELECT ne FROM warrant_ne WHERE warrant = :id) AS 'named?',"
    " (SELECT group_concat(hex(pin)) FROM (SELECT pin FROM ne_pin WHERE ne = n.id ORDER BY pos)) AS pins FROM warrant w JOIN ne n ON"
    " CASE WHEN EXISTS (SELECT 1 FROM warrant_ne WHERE warrant = w.id) THEN n.id IN (SELECT ne FROM warrant_ne WHERE warrant = w.id)"
    " ELSE n.enabled AND (w.tenant IS NULL OR n.tenant = w.tenant) END WHERE w.id = :id ORDER BY n.name")
/* it is a tenant's and names no elements yet */
X(LIFE_NES_OPEN, "SELECT EXISTS (SELECT 1 FROM warrant w WHERE w.id = :id AND w.tenant IS NOT NULL AND NOT EXISTS (SELECT 1 FROM warrant_ne"
    " WHERE warrant = w.id))")
X(LIFE_NES_FOREIGN, "SELECT EXISTS (SELECT 1 FROM warrant w JOIN warrant_ne a ON a.warrant = w.id JOIN ne n ON n.id = a.ne WHERE w.id = :id AND"
    " w.tenant IS NOT NULL AND n.tenant IS NOT w.tenant)")
X(LIFE_NE_NAME, "INSERT INTO warrant_ne SELECT :id, id FROM ne WHERE name = :ne")
X(REGIME_ADD, "INSERT INTO regime (name, version, text, sha256, origin, created_ns) VALUES (:name, :version, :text, $sha256, :origin, :now_ns)"
    " ON CONFLICT (name) DO UPDATE SET version = excluded.version, text = excluded.text, sha256 = excluded.sha256, origin = excluded.origin,"
    " created_ns = excluded.created_ns")
X(REGIME_GET, "SELECT id, name, version, text AS 'text[]', sha256, origin, created_ns AS 'created@' FROM regime WHERE name = :regime")
X(REGIME_LIST, "SELECT r.name, r.version, r.sha256, r.origin, r.created_ns AS 'created@', (SELECT count(*) FROM warrant WHERE regime = r.name)"
    " AS warrants FROM regime r ORDER BY r.name")
X(REGIME_OF, "SELECT coalesce(w.regime, t.regime, (SELECT value FROM setting WHERE name = 'regime')) AS regime FROM warrant w LEFT JOIN tenant t"
    " ON t.id = w.tenant WHERE w.id = :id")
