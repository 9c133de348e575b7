/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of persons, sessions, tenants: X(ID, "SQL").  Included by store.h and statements.c. */
#define PERSON_FROM " FROM person p LEFT JOIN lea l ON l.id = p.lea LEFT JOIN tenant t ON t.id = p.tenant"
#define PERSON_COLUMNS "p.id, p.handle, p.name, p.job, p.roles, l.name AS lea, p.lea AS lea_id, t.name AS tenant, p.tenant AS tenant_id, p.uid," \
	" p.pin, p.state, p.password IS NOT NULL AS 'password?', p.totp IS NOT NULL AS 'totp?', p.login_ns AS 'login@', p.created_ns AS 'created@'"
/* who it is, by whatever is known of them */
X(PERSON_GET, "SELECT " PERSON_COLUMNS PERSON_FROM " WHERE p.id = :id OR p.handle = :handle OR p.uid = :uid OR p.pin = $pin")
X(PERSON_LIST, "SELECT " PERSON_COLUMNS PERSON_FROM " WHERE (:scope_tenant IS NULL OR p.tenant = :scope_tenant) AND (:all OR p.state <> 'gone')"
	" ORDER BY p.handle")
X(PERSON_SECRET, "SELECT password, hex(totp) AS totp, totp_last, lower(hex(invite)) AS invite, invite_ns FROM person WHERE id = :id")
/* a liaison may have nothing but the certificate that two persons entered, and so needs no first log-in */
X(PERSON_ADD, "INSERT INTO person (handle, name, job, roles, lea, tenant, uid, pin, state, created_ns) VALUES (:handle, :name, :job, :roles_n,"
	" :lea_id, :tenant_id, :uid, $pin, CASE WHEN :roles_n = 4 AND $pin IS NOT NULL THEN 'active' ELSE :state END, :now_ns)")
X(PERSON_SET, "UPDATE person SET name = coalesce(:name, name), job = coalesce(:job, job), roles = coalesce(:roles_n, roles),"
	" lea = CASE WHEN coalesce(:roles_n, roles) = 4 THEN coalesce(:lea_id, lea) END, tenant = coalesce(:tenant_id, tenant), uid = coalesce(:uid, uid), pin = coalesce($pin, pin),"
	" state = CASE WHEN state = 'invited' AND coalesce(:roles_n, roles) = 4 AND $pin IS NOT NULL THEN 'active' ELSE state END WHERE id = :id")
X(PERSON_STATE, "UPDATE person SET state = :state WHERE id = :id")
X(PERSON_GONE, "UPDATE person SET state = 'gone', uid = NULL, pin = NULL, password = NULL, totp = NULL, invite = NULL WHERE id = :id")
X(PERSON_INVITE, "UPDATE person SET invite = $code_hash, invite_ns = :until_ns WHERE id = :id")
X(PERSON_RESET, "UPDATE person SET password = NULL, totp = NULL, state = CASE WHEN state = 'locked' THEN state ELSE 'invited' END WHERE id = :id")
X(PERSON_PASSWORD, "UPDATE person SET password = :encoded, invite = NULL, state = CASE WHEN state = 'invited' THEN 'active' ELSE state END"
	" WHERE id = :id")
X(PERSON_TOTP, "UPDATE person SET totp = $sealed, totp_last = 0 WHERE id = :id")
X(PERSON_TOTP_USED, "UPDATE person SET totp_last = :step WHERE id = :id AND totp_last < :step")
X(PERSON_LOGIN, "UPDATE person SET login_ns = :now_ns, state = CASE WHEN state = 'invited' THEN 'active' ELSE state END WHERE id = :id")
X(PERSON_QUORUM, "SELECT count(DISTINCT roles & 34) FROM person WHERE state = 'active' AND roles & 34")

X(SESSION_ADD, "INSERT INTO session (id, token, person, interface, method, source, pin, created_ns, last_ns, stepped_ns) VALUES (:session, $token,"
	" :id, :interface, :method, :source, $pin, :now_ns, :now_ns, :now_ns)")
X(SESSION_GET, "SELECT s.id AS session, s.person AS id, s.interface, s.method, s.source, s.pin, s.created_ns, s.last_ns, s.stepped_ns FROM session s"
	" WHERE s.id = :session OR s.token = $token")
X(SESSION_LIST, "SELECT s.id AS session, p.handle, s.interface, s.method, s.source, s.created_ns AS 'created@', s.last_ns AS 'last@' FROM session s"
	" JOIN person p ON p.id = s.person WHERE (:scope_tenant IS NULL OR p.tenant = :scope_tenant) AND s.last_ns > :idle_ns AND s.created_ns > :end_ns"
	" ORDER BY s.created_ns, s.id")
X(SESSION_TOUCH, "UPDATE session SET last_ns = :now_ns WHERE id = :session")
X(SESSION_STEP, "UPDATE session SET stepped_ns = :now_ns, last_ns = :now_ns, token = coalesce($token, token) WHERE id = :session")
X(SESSION_END, "DELETE FROM session WHERE id = :session")
X(SESSION_END_SAME, "DELETE FROM session WHERE person = :id AND interface = :interface")
X(SESSION_TRIM, "DELETE FROM session WHERE last_ns <= :idle_ns OR created_ns <= :end_ns")
X(SESSION_CLEAR_CLI, "DELETE FROM session WHERE token IS NULL")
X(TOKEN_ADD, "INSERT INTO api_token (id, token, person, name, ops, read_only, until_ns, created_ns) VALUES (:token_id, $token, :id, :name,"
	" :ops, :read_only, :until_ns, :now_ns)")
X(TOKEN_GET, "SELECT id AS token, person AS id, ops, read_only, until_ns FROM api_token WHERE token = $token")
X(TOKEN_LIST, "SELECT id AS token, name, ops, read_only AS 'read_only?', until_ns AS 'until@', created_ns AS 'created@' FROM api_token"
	" WHERE person = :id ORDER BY created_ns, id")
X(TOKEN_REMOVE, "DELETE FROM api_token WHERE person = :id AND id = :token RETURNING id")
X(TENANT_ADD, "INSERT INTO tenant (name, created_ns) VALUES (:tenant, :now_ns)")
X(TENANT_GET, "SELECT id, name AS tenant, created_ns AS 'created@' FROM tenant WHERE name = :tenant AND (:scope_tenant IS NULL OR id = :scope_tenant)")
X(TENANT_LIST, "SELECT name AS tenant, created_ns AS 'created@' FROM tenant WHERE :scope_tenant IS NULL OR id = :scope_tenant ORDER BY name")
X(KEYS_CHAIN, "SELECT envelope AS 'envelope[]' FROM key_list ORDER BY version")
X(KEYS_NEWEST, "SELECT coalesce(max(version), 0) FROM key_list")
X(SCOPE_WARRANTS, "SELECT uuid FROM warrant w WHERE w.tenant = :scope_tenant")
/* whose a change of an object ("warrant UUID") is, and whose an alarm */
X(EVENT_CONCERNS, "SELECT l.name AS lea, w.tenant FROM warrant w JOIN lea l ON l.id = w.lea WHERE w.id = coalesce((SELECT id FROM warrant WHERE uuid ="
	" $uuid AND :object LIKE 'warrant %'), (SELECT warrant FROM approval WHERE uuid = $uuid AND :object LIKE 'approval %'))"
	" UNION ALL SELECT name, NULL FROM lea WHERE :object = 'lea ' || name UNION ALL SELECT NULL, tenant FROM ne WHERE :object = 'ne ' || name"
	" UNION ALL SELECT l.name, NULL FROM destination d JOIN lea l ON l.id = d.lea WHERE :object = 'destination ' || d.name LIMIT 1")
X(ALARM_CONCERNS, "SELECT name AS lea, NULL AS tenant, replace(:object, 'lea ' || id, 'lea') AS object FROM lea WHERE :role = 'deliver:' || id OR"
	" (:role = 'ingest' AND :object = 'lea ' || id) UNION ALL SELECT NULL, tenant, name FROM ne WHERE :role = 'ingest' AND name = :object LIMIT 1")
X(ENROL_OVER, "SELECT over FROM enrolment")
X(ENROL_END, "UPDATE enrolment SET over = 1")
