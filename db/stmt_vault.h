/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of targets, bindings, documents, retention: X(ID, "SQL").  Included by store.h and statements.c. */
X(VAULT_SHOW, "SELECT generation, kek_check, kek_token, created_ns AS 'created@' FROM vault")
X(VAULT_INIT, "INSERT INTO vault VALUES (1, 1, $kek_check, $kek_token, :now_ns)")
X(VAULT_SET, "UPDATE vault SET generation = generation + 1, kek_check = $kek_check, kek_token = $kek_token")
X(VAULT_COUNT, "SELECT count(*) FILTER (WHERE kind = 'lea') AS agency_keys, count(*) FILTER (WHERE kind = 'warrant') AS warrant_keys,"
    " count(*) FILTER (WHERE wrapped = zeroblob(60)) AS destroyed_keys FROM vault_key")
X(VAULT_KEY_GET, "SELECT id, lea, key_id, wrapped FROM vault_key WHERE kind = :kind AND owner = :owner")
X(VAULT_KEY_ADD, "INSERT INTO vault_key (kind, owner, lea, key_id, created_ns, wrapped) VALUES (:kind, :owner, :lea, $key_id, :now_ns, $wrapped)")
X(VAULT_KEY_SET, "UPDATE vault_key SET wrapped = $wrapped WHERE id = :id")
X(VAULT_KEY_LIST, "SELECT id, owner, key_id, wrapped FROM vault_key WHERE kind = 'lea' ORDER BY id")

#ifndef KEEP_DAYS
#define KEEP_END "coalesce(w.ended_ns, w.until_ns)"
#define KEEP_DAYS "coalesce(k.days, (SELECT json_extract(g.text, '$.retention_days') FROM regime g WHERE g.name = coalesce(w.regime, (SELECT t.regime FROM tenant t WHERE t.id = w.tenant), (SELECT value FROM setting WHERE name = 'regime'))), (SELECT value FROM setting WHERE name = 'retention_days'))"
#endif

/* the warrant of a call, within what the caller may see */
X(VAULT_WARRANT, "SELECT w.id, w.uuid, w.state, w.lea AS lea_id, l.name AS lea, coalesce(k.canary, 0) AS 'canary?', k.days,"
    " k.shredded_ns AS 'shredded@', k.certificate AS 'certificate[]', coalesce(w.ended_ns, w.until_ns) AS end_ns, w.until_ns"
    " FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN warrant_keep k ON k.warrant = w.id WHERE (w.id = :row OR w.uuid = $uuid)"
    " AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant)")

X(VAULT_BY_LIID, "SELECT w.id FROM warrant w JOIN lea l ON l.id = w.lea WHERE w.liid_octets = $by_liid AND (:by_lea IS NULL OR l.name = :by_lea)"
    " AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant) LIMIT 2")
X(TARGET_FOREIGN, "SELECT count(*) FROM target WHERE warrant = :id AND origin <> :origin")
X(WARRANT_LEA, "SELECT lea FROM warrant WHERE id = :id")

X(TARGET_ADD, "INSERT INTO target VALUES ($target, :id, :lea_id, :type, :masked, $idx, $sealed, :own_check, :now_ns, :origin)")
X(TARGET_LIST, "SELECT id, type, masked, own_check AS 'own_check?', created_ns AS 'created@' FROM target WHERE warrant = :id"
    " ORDER BY created_ns, id")
X(TARGET_SEALED, "SELECT id, type, masked, sealed, own_check AS 'own_check?' FROM target WHERE warrant = :id AND ($target IS NULL OR id = $target)"
    " ORDER BY created_ns, id")
X(TARGET_FIND, "SELECT w.uuid AS warrant, l.name AS lea, w.liid, w.state, w.from_ns AS 'from@', w.until_ns AS 'until@', t.id AS target, t.type, t.masked"
    " FROM target t JOIN warrant w ON w.id = t.warrant JOIN lea l ON l.id = w.lea"
    " WHERE t.lea = :lea_id AND t.idx = $idx AND (:scope_tenant IS NULL OR w.tenant = :scope_tenant) ORDER BY w.uuid")
X(TARGET_SAME, "SELECT count(*) FROM target WHERE warrant = :id AND idx = $idx")
X(TARGET_REMOVE, "DELETE FROM target WHERE id = $target AND warrant = :id")
X(TARGET_SHRED, "UPDATE target SET masked = '***', idx = NULL, sealed = NULL WHERE warrant = :id")
X(RULE_NEXT, "SELECT coalesce(max(pos) + 1, 0) FROM warrant_rule WHERE warrant = :id AND what = 'target'")
X(RULE_DELETE, "DELETE FROM warrant_rule WHERE warrant = :id AND what = 'target' AND pos = :pos")
X(RULE_SEALED, "SELECT pos, text, sealed FROM warrant_rule WHERE warrant = :id AND what = 'target' ORDER BY pos")
X(RULE_SHRED, "UPDATE warrant_rule SET text = '***', sealed = NULL, hash = zeroblob(16) WHERE warrant = :id AND sealed IS NOT NULL")

X(POOL_ADD, "INSERT INTO shared_pool VALUES (:net, :note, :now_ns)")
X(POOL_REMOVE, "DELETE FROM shared_pool WHERE net = :net")
X(POOL_LIST, "SELECT net, note FROM shared_pool ORDER BY net")

X(BINDING_ADD, "INSERT INTO binding VALUES ($binding, :id, :lea_id, $target, :type, :masked, $idx, $sealed, :source, $hash, :from_ns,"
    " :until_ns, :now_ns, :origin)")
X(BINDING_END, "UPDATE binding SET until_ns = :at_ns WHERE id = $binding AND warrant = :id AND (until_ns IS NULL OR until_ns > :at_ns)"
    " AND from_ns < :at_ns")
X(BINDING_LIST, "SELECT id, target, type, masked, source, hash, from_ns AS 'from@', until_ns AS 'until@', created_ns AS 'created@', sealed"
    " FROM binding WHERE warrant = :id AND ($binding IS NULL OR id = $binding) AND (:since_ns IS NULL OR until_ns IS NULL OR until_ns > :since_ns)"
    " AND (:before_ns IS NULL OR from_ns < :before_ns) ORDER BY from_ns, id")
X(BINDING_MISSING, "SELECT count(*) FROM target t WHERE t.warrant = :id AND NOT EXISTS (SELECT 1 FROM binding b WHERE b.target = t.id AND"
    " b.from_ns <= :now_ns AND (b.until_ns IS NULL OR b.until_ns > :now_ns))")
X(BINDING_OF_TARGET, "SELECT count(*) FROM binding WHERE target = $target")
X(BINDING_SHRED, "UPDATE binding SET masked = '***', idx = NULL, sealed = NULL WHERE warrant = :id")

X(DOCUMENT_ADD, "INSERT INTO document VALUES ($document, :id, :lea_id, :role, :media, $name, :octets, $sha256, :now_ns, :origin)")
X(DOCUMENT_PART_ADD, "INSERT INTO document_part (document, pos, sealed) VALUES ($document, :pos, $sealed)")
X(DOCUMENT_NEXT, "SELECT count(*) FROM document_part WHERE document = $document")
X(DOCUMENT_LIST, "SELECT id, role, media, octets, sha256, created_ns AS 'created@' FROM document WHERE warrant = :id"
    " AND ($document IS NULL OR id = $document) ORDER BY created_ns, id")
X(DOCUMENT_NAME, "SELECT name FROM document WHERE id = $document")
X(DOCUMENT_PARTS, "SELECT pos, sealed FROM document_part WHERE document = $document ORDER BY pos")
X(DOCUMENT_SHRED, "DELETE FROM document_part WHERE document IN (SELECT id FROM document WHERE warrant = :id)")
X(DOCUMENT_SHRED_NAME, "UPDATE document SET name = NULL WHERE warrant = :id")

X(KEEP_CANARY, "INSERT INTO warrant_keep (warrant, canary) VALUES (:id, :canary) ON CONFLICT (warrant) DO UPDATE SET canary = excluded.canary")
X(KEEP_DAYS, "INSERT INTO warrant_keep (warrant, days) VALUES (:id, :days) ON CONFLICT (warrant) DO UPDATE SET days = excluded.days")
X(KEEP_SHRED, "INSERT INTO warrant_keep (warrant, shredded_ns, certificate) VALUES (:id, :now_ns, :certificate) ON CONFLICT (warrant) DO UPDATE"
    " SET shredded_ns = excluded.shredded_ns, certificate = excluded.certificate")
X(KEEP_LIST, "SELECT * FROM (SELECT w.uuid AS warrant, l.name AS lea, w.liid, w.state, " KEEP_DAYS " AS days, " KEEP_END " AS 'ended@', "
    KEEP_END " + " KEEP_DAYS " * 86400000000000 AS 'due@', (SELECT count(*) FROM hold h WHERE h.warrant = w.id AND h.released_ns IS NULL) AS holds,"
    " k.shredded_ns AS 'shredded@' FROM warrant w JOIN lea l ON l.id = w.lea LEFT JOIN warrant_keep k ON k.warrant = w.id"
    " WHERE w.state IN ('expired', 'revoked', 'closed', 'shredded') AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND"
    " (:scope_tenant IS NULL OR w.tenant = :scope_tenant) AND (:row IS NULL OR w.id = :row)) WHERE NOT coalesce(:due, 0) OR"
    " (\"shredded@\" IS NULL AND \"due@\" <= :now_ns AND holds = 0) ORDER BY \"due@\", warrant LIMIT coalesce(:limit, 1000)")
X(KEEP_DUE, "SELECT count(*) FROM warrant w LEFT JOIN warrant_keep k ON k.warrant = w.id WHERE w.state IN ('expired', 'revoked', 'closed') AND "
    KEEP_END " + " KEEP_DAYS " * 86400000000000 <= :now_ns AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.warrant = w.id AND h.released_ns IS NULL)")
X(KEEP_EVIDENCE, "SELECT hash FROM (SELECT s.sha256 AS hash FROM statement s JOIN warrant w ON w.statement = s.id WHERE w.id = :id UNION ALL"
    " SELECT sha256 FROM document WHERE warrant = :id UNION ALL SELECT hash FROM binding WHERE warrant = :id"
    " UNION ALL SELECT sha256 FROM completeness WHERE warrant = :id AND sha256 IS NOT NULL UNION ALL SELECT value FROM hash_record WHERE warrant = :id AND length(value) = 32)"
    " ORDER BY hash")
X(HOLD_ADD, "INSERT INTO hold (id, warrant, authority, reason, created_ns, origin) VALUES ($hold, :id, :authority, :reason, :now_ns, :origin)")
X(HOLD_RELEASE, "UPDATE hold SET released_ns = :now_ns, released_by = :origin, why = :reason WHERE id = $hold AND warrant = :id AND released_ns IS NULL")
X(HOLD_LIST, "SELECT h.id, w.uuid AS warrant, h.authority, h.reason, h.created_ns AS 'created@', h.released_ns AS 'released@', h.released_by, h.why"
    " FROM hold h JOIN warrant w ON w.id = h.warrant WHERE (:row IS NULL OR w.id = :row) AND (:scope_lea IS NULL OR w.lea = :scope_lea) AND"
    " (:scope_tenant IS NULL OR w.tenant = :scope_tenant) AND (:all OR h.released_ns IS NULL) ORDER BY h.created_ns, h.id")
X(HOLD_COUNT, "SELECT count(*) FROM hold WHERE warrant = :id AND released_ns IS NULL")
