/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of what people look at first: X(ID, "SQL").  Included by store.h and statements.c. */
#define WEB_RUNS(w) w ".state IN ('approved', 'active', 'suspended')"
#define WEB_END(w) "min(" w ".until_ns, coalesce(" w ".provisional_ns, " w ".until_ns))"
#define WEB_SCOPE(w) "(:scope_lea IS NULL OR " w ".lea = :scope_lea) AND (:scope_tenant IS NULL OR " w ".tenant = :scope_tenant)"

X(OVERVIEW_WARRANTS, "SELECT w.state, count(*) AS n FROM warrant w INDEXED BY warrant_states WHERE " WEB_SCOPE("w") " GROUP BY w.state")
X(OVERVIEW_PROVISIONAL, "SELECT count(*) FROM warrant w INDEXED BY warrant_provisional WHERE " WEB_RUNS("w") " AND w.provisional_ns IS NOT NULL AND " WEB_SCOPE("w"))
/* what ends within the week: at the end of its window, or sooner because it is provisional; what has ended is no longer in those states */
#define WEB_ENDING "(SELECT v.id, v.until_ns AS ends_ns FROM warrant v INDEXED BY warrant_until WHERE v.until_ns > :past_ns AND v.until_ns <= :week_ns" \
    " AND " WEB_RUNS("v") " AND coalesce(v.provisional_ns, v.until_ns) >= v.until_ns AND " WEB_SCOPE("v") " UNION ALL SELECT v.id, v.provisional_ns" \
    " FROM warrant v INDEXED BY warrant_provisional WHERE " WEB_RUNS("v") " AND v.provisional_ns IS NOT NULL AND v.provisional_ns <= :week_ns AND" \
    " v.provisional_ns < v.until_ns AND " WEB_SCOPE("v") ")"
X(OVERVIEW_ENDING, "SELECT count(*) AS week, coalesce(sum(e.ends_ns <= :day_ns), 0) AS day FROM " WEB_ENDING " e")
X(OVERVIEW_EXPIRING, "SELECT w.uuid, w.liid, l.name AS lea, w.state, w.until_ns AS 'until@', w.provisional AS provisional_until FROM"
    " (SELECT * FROM " WEB_ENDING " ORDER BY ends_ns, id LIMIT 50) e JOIN warrant w ON w.id = e.id JOIN lea l ON l.id = w.lea ORDER BY e.ends_ns, e.id")
/* what waits for a second person; :may_... where that is the caller, by the kind of operation */
#define WEB_MAY "(a.creator <> :me AND CASE WHEN a.op LIKE 'person.%' THEN :may_person WHEN a.op = 'target.disclose' THEN :may_disclose ELSE :may END)"
#define WEB_WAITING " FROM approval a LEFT JOIN warrant w ON w.id = a.warrant WHERE a.state IN ('planned', 'waiting') AND a.state = 'waiting' AND" \
    " a.until_ns >= :now_ns AND " WEB_SCOPE("w")
X(OVERVIEW_WAITING, "SELECT a.uuid AS approval, a.op, a.object, a.creator, a.submitted_ns AS 'submitted@', a.until_ns AS 'until@',"
    " a.creator = :me AS 'mine?', " WEB_MAY " AS 'may?'" WEB_WAITING " ORDER BY 8 DESC, a.until_ns, a.id LIMIT 50")
X(OVERVIEW_WAITING_N, "SELECT count(*) AS n, coalesce(sum(" WEB_MAY "), 0) AS may" WEB_WAITING)
X(OVERVIEW_ALARMS, "SELECT severity, count(*) AS n FROM alarm WHERE cleared_ns IS NULL AND (:scope_lea IS NULL OR role = 'deliver:' || :scope_lea"
    " OR (role = 'ingest' AND object = 'lea ' || :scope_lea)) AND (:scope_tenant IS NULL OR (role = 'ingest' AND object IN (SELECT name FROM ne"
    " WHERE tenant = :scope_tenant))) GROUP BY severity")
X(OVERVIEW_DRIFT, "SELECT count(*) FROM reconciliation WHERE cleared_ns IS NULL")
X(SESSION_ANY, "SELECT EXISTS (SELECT 1 FROM session WHERE last_ns > :idle_ns AND created_ns > :end_ns)")

X(LINK_LIST, "SELECT d.id, d.name AS destination, l.name AS lea, d.lea AS lea_id, d.kind, d.level, d.enabled AS 'enabled?',"
    " (SELECT json_group_array(address) FROM (SELECT address FROM destination_address WHERE destination = d.id ORDER BY pos)) AS 'addresses[]',"
    " (SELECT f.uuid FROM fault_notice f WHERE f.lea = d.lea AND f.cause = 'link' AND f.object = d.name AND f.restored_ns IS NULL AND"
    " f.told_ns IS NOT NULL) AS notice FROM destination d JOIN lea l ON l.id = d.lea WHERE d.removed_ns IS NULL AND :scope_tenant IS NULL AND"
    " (:scope_lea IS NULL OR d.lea = :scope_lea) AND (:lea IS NULL OR l.name = :lea) ORDER BY l.name, d.name")
/* warrants in force by the element that they name; 0: they name none */
X(NE_TASKS, "SELECT coalesce(a.ne, 0) AS ne, count(*) AS n FROM warrant w INDEXED BY warrant_states LEFT JOIN warrant_ne a ON a.warrant = w.id WHERE"
    " w.state = 'active' AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant) GROUP BY 1")

X(VIEW_SAVE, "INSERT INTO saved_view (owner, name, screen, query, saved_ns) VALUES (:owner, :view, :screen, coalesce(:query, ''), :now_ns) ON CONFLICT (owner, name)"
    " DO UPDATE SET screen = excluded.screen, query = excluded.query, saved_ns = excluded.saved_ns")
X(VIEW_GET, "SELECT name AS view, screen, query, saved_ns AS 'saved@' FROM saved_view WHERE owner = :owner AND name = :view")
X(VIEW_LIST, "SELECT name AS view, screen, query, saved_ns AS 'saved@' FROM saved_view WHERE owner = :owner AND (:screen IS NULL OR screen = :screen)"
    " ORDER BY name")
X(VIEW_COUNT, "SELECT count(*) FROM saved_view WHERE owner = :owner")
X(VIEW_REMOVE, "DELETE FROM saved_view WHERE owner = :owner AND name = :view")
