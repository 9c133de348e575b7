/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: persons, sessions, tenants.  Included by ops_table.c. */
#define ARG_HANDLE { "handle", OP_NAME, R, NULL, "handle of the person: what audit log and key list name" }
#define PERSON_SETTINGS \
	{ "name", OP_TEXT, 0, NULL, "name of the person" }, { "job", OP_TEXT, 0, NULL, "function and contact" }, \
	{ "lea", OP_NAME, 0, NULL, "agency of a liaison" }, { "tenant", OP_NAME, 0, NULL, "sees only this tenant (default: all)" }, \
	{ "uid", OP_UINT, 0, NULL, "user of the control socket who needs no log-in" }
#define ARG_ROLES(f) { "roles", OP_NAMES, f, NULL, "admin, approver, liaison, operator, auditor, security; the second of operator and another one, else one" }
#define COLS_PERSON COLUMNS({ "handle", "PERSON" }, { "name", "NAME" }, { "roles", "ROLES" }, { "lea", "LEA" }, { "tenant", "TENANT" }, \
	{ "state", "STATE" }, { "password", "PASSWORD" }, { "totp", "TOTP" }, { "login", "LAST LOG-IN" })
	{ "health", "GET", "/health", OPW_ANY | OPW_LOGIN, OP_OWN | OP_STATUS, "Tell whether the data plane is ready; needs no log-in.", ARGS(), NULL, FN(op_health) },
	{ "session.challenge", "POST", "/session/challenge", OPW_ANY | OPW_LOGIN, OP_OWN, "Ask for a number to sign; good once, for a minute.",
	    ARGS({ "person", OP_NAME, 0, NULL, "handle: the answer has the whole text to sign" }), NULL, FN(op_session_challenge) },
	{ "session.open", "POST", "/session", OPW_ANY | OPW_LOGIN, OP_OWN | OP_ONCE, "Log in: by a signed challenge, or by password and code.",
	    ARGS({ "person", OP_NAME, R, NULL, "handle" }, { "nonce", OP_TEXT, 0, NULL, "the number of session challenge" },
	    { "signature", OP_OBJECT, 0, NULL, "{\"key\": id, \"sig\": base64} of the text of session challenge" },
	    { "password", OP_SECRET, 0, NULL, "the password" }, { "totp", OP_SECRET, 0, NULL, "the one-time password of now" }), NULL, FN(op_session_open) },
	{ "session.step-up", "POST", "/session/step-up", OPW_ANY, OP_OWN | OP_ONCE,
	    "Give a fresh factor; it counts for five minutes.", ARGS({ "nonce", OP_TEXT, 0, NULL, "the number of session challenge" },
	    { "signature", OP_OBJECT, 0, NULL, "{\"key\": id, \"sig\": base64} of the text of session challenge" },
	    { "password", OP_SECRET, 0, NULL, "the password" }, { "totp", OP_SECRET, 0, NULL, "the one-time password of now" }), NULL, FN(op_session_step_up) },
	{ "session.close", "DELETE", "/session", OPW_ANY, OP_OWN, "Log out.", ARGS(), NULL, FN(op_session_close) },
	{ "session.who", "GET", "/session", OPW_ANY, OP_OWN, "Show who is logged in here, and with which roles.", ARGS(), NULL, FN(op_session_show) },
	{ "session.users", "GET", "/session/users", OPW_SECURITY | OPW_AUDITOR, OP_SCOPED, "List who is logged in.", ARGS(),
	    COLUMNS({ "session", "SESSION" }, { "handle", "PERSON" }, { "interface", "DOOR" }, { "method", "BY" }, { "source", "FROM" },
	    { "created", "SINCE" }, { "last", "LAST" }), FN(op_session_users) },
	{ "person.enrol", "POST", "/persons/enrol", OPW_ANY | OPW_LOGIN, OP_CHANGE | OP_OWN,
	    "Enter one of the first persons of a new system with the one-time code; over once a security officer and an approver are there.",
	    ARGS({ "code", OP_SECRET, R, NULL, "the one-time code in state_dir/enrol-code" }, ARG_HANDLE, ARG_ROLES(R),
	    { "key_id", OP_TEXT, R, NULL, "id of the person's key in the key list" }, PERSON_SETTINGS), NULL, FN(op_person_enrol) },
	{ "person.add", "POST", "/persons", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP, "Enter a person.",
	    ARGS(ARG_HANDLE, ARG_ROLES(R), PERSON_SETTINGS, { "pin", OP_PINS, 0, NULL, "SHA-256 of the public key of the client certificate" }), NULL, FN(op_person_add) },
	{ "person.set", "PATCH", "/persons/{handle}", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP,
	    "Change a person; other roles end the sessions.", ARGS(ARG_HANDLE, ARG_ROLES(0), PERSON_SETTINGS,
	    { "pin", OP_PINS, 0, NULL, "SHA-256 of the public key of the client certificate" }), NULL, FN(op_person_set) },
	{ "person.remove", "DELETE", "/persons/{handle}", OPW_SECURITY, OP_CHANGE | OP_STEPUP, "Take all rights away for good; the handle is never used again.",
	    ARGS(ARG_HANDLE, ARG_REASON), NULL, FN(op_person_remove) },
	{ "person.lock", "POST", "/persons/{handle}/lock", OPW_SECURITY, OP_CHANGE, "Take all rights away at once; sessions end.",
	    ARGS(ARG_HANDLE, ARG_REASON), NULL, FN(op_person_lock) },
	{ "person.unlock", "POST", "/persons/{handle}/unlock", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP, "Give the rights back.",
	    ARGS(ARG_HANDLE, ARG_REASON), NULL, FN(op_person_unlock) },
	{ "person.reset", "POST", "/persons/{handle}/reset", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP, "Take password and code away, so that the person can be invited again.",
	    ARGS(ARG_HANDLE, ARG_REASON), NULL, FN(op_person_reset) },
	{ "person.invite", "POST", "/persons/{handle}/invite", OPW_SECURITY, OP_CHANGE | OP_STEPUP | OP_ONCE,
	    "Make the one-time code with which a person sets a password; shown once, good for a week.", ARGS(ARG_HANDLE), NULL, FN(op_person_invite) },
	{ "person.list", "GET", "/persons", OPW_SECURITY | OPW_AUDITOR | OPW_APPROVER, OP_SCOPED, "List the persons.",
	    ARGS({ "all", OP_BOOL, 0, NULL, "those who are gone too" }), COLS_PERSON, FN(op_person_list) },
	{ "person.show", "GET", "/persons/{handle}", OPW_SECURITY | OPW_AUDITOR | OPW_APPROVER, OP_SCOPED, "Show a person.", ARGS(ARG_HANDLE), NULL, FN(op_person_show) },
	{ "tenant.add", "POST", "/tenants", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP, "Enter a tenant: a provider whose warrants are apart.",
	    ARGS({ "tenant", OP_NAME, R, NULL, "its name" }), NULL, FN(op_tenant_add) },
	{ "tenant.list", "GET", "/tenants", OPW_SECURITY | OPW_AUDITOR | OPW_ADMIN | OPW_APPROVER, OP_SCOPED, "List the tenants.", ARGS(),
	    COLUMNS({ "tenant", "TENANT" }, { "created", "CREATED" }), FN(op_tenant_list) },
