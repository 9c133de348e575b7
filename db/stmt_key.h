/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of key lists and statements: X(ID, "SQL").  Included by store.h and statements.c. */
X(TASK_ONE_WARRANT, "SELECT w.id, w.lea, w.delivery, w.state = 'suspended', w.liid_octets, w.auth_cc, w.delivery_cc, coalesce(w.operator_id, (SELECT value FROM setting WHERE name = 'operator_id')), w.ne_id, w.from_ns, CASE WHEN w.ended_ns < min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)) THEN max(w.ended_ns, w.from_ns) ELSE min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)) END, coalesce(w.hi2, 0), coalesce(w.hi3, 0), w.content, w.services, w.countries, w.triggered, w.metadata, min(w.until_ns, coalesce(w.provisional_ns, w.until_ns)), s.doc, s.key1, s.sig1, s.key2, s.sig2, w.tenant IS NULL, w.cc_outage, w.iri_outage FROM warrant w LEFT JOIN statement s ON s.id = w.statement WHERE w.id = ?1")
X(TASK_ONE_RULE, "SELECT r.warrant, r.what = 'target', r.text, r.hash, r.sealed, w.lea FROM warrant_rule r JOIN warrant w ON w.id = r.warrant"
    " WHERE r.warrant = ?1 ORDER BY r.what, r.pos")
X(TASK_ONE_XID, "SELECT xid, warrant FROM warrant_xid WHERE warrant = ?1 ORDER BY xid")
X(TASK_ONE_ALLOW, "SELECT warrant, ne FROM warrant_ne WHERE warrant = ?1 ORDER BY ne")
X(TASK_DEST, "SELECT d.id, d.did, p.pin FROM destination d LEFT JOIN destination_pin p ON p.destination = d.id ORDER BY d.id, p.pos")
X(KEY_LIST_ALL, "SELECT version, envelope, created_ns AS \"created@\" FROM key_list ORDER BY version")
X(KEY_LIST_TEXT, "SELECT '[' || group_concat(envelope, ',') || ']' AS chain FROM (SELECT envelope FROM key_list ORDER BY version)")
X(KEY_LIST_ADD, "INSERT INTO key_list (version, envelope, created_ns) VALUES (:version, :envelope, :now_ns)")
X(STATEMENT_ADD, "INSERT INTO statement (type, object, doc, sha256, key1, sig1, key2, sig2, created_ns) VALUES (:type, :object, :doc, $sha256, :key1, $sig1,"
	" :key2, $sig2, :now_ns)")
X(STATEMENT_SHOW, "SELECT id, type, object, doc, sha256, key1, sig1, key2, sig2, created_ns AS \"created@\" FROM statement WHERE id = :id")
X(KEY_LIST_CUT, "DELETE FROM key_list WHERE version >= :version")
X(KEY_SIGNED, "SELECT s.object, s.type FROM statement s WHERE (s.key1 = :key OR s.key2 = :key) AND (s.id IN (SELECT statement FROM warrant WHERE state IN"
	" ('submitted', 'approved', 'active', 'suspended')) OR s.id IN (SELECT statement FROM destination WHERE removed_ns IS NULL)) ORDER BY s.object")
/* asked for: without those who are gone, and what was asked long ago (:old_ns) */
X(KEY_REQUEST_ADD, "INSERT INTO key_request (key, person, rights, spki, asked_ns) VALUES (:key, :person_id, :rights_text, :spki, :now_ns)")
X(KEY_REQUEST_LIST, "SELECT r.key, p.handle AS person, r.rights AS 'rights[]', r.asked_ns AS 'asked@', r.spki FROM key_request r JOIN person p ON p.id = r.person"
	" WHERE (:person_id IS NULL OR r.person = :person_id) AND (:key IS NULL OR r.key = :key) AND r.asked_ns > :old_ns AND p.state <> 'gone'"
	" ORDER BY r.asked_ns, r.key")
X(KEY_REQUEST_COUNT, "SELECT count(*) FROM key_request WHERE :person_id IS NULL OR person = :person_id")
X(KEY_REQUEST_REMOVE, "DELETE FROM key_request WHERE key = :key")
X(KEY_REQUEST_OLD, "DELETE FROM key_request WHERE asked_ns <= :old_ns OR person IN (SELECT id FROM person WHERE state = 'gone')")
X(KEY_REQUEST_IN_LIST, "DELETE FROM key_request WHERE key IN (SELECT json_extract(value, '$.id') FROM json_each(:doc, '$.keys'))")
