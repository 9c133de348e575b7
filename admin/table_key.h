/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: key lists and statements.  Included by ops_table.c. */
#define KEY_NEXT \
	{ "add", OP_FILE, 0, NULL, "file with one more key: {\"person\", \"rights\", \"spki\"}, as mdfctl key public makes it" }, \
	{ "retire", OP_NAMES, 0, NULL, "ids of keys that sign nothing new; what they signed before still counts" }, \
	{ "revoke", OP_NAMES, 0, NULL, "ids of keys that count for nothing any more, also for what they signed" }
	{ "key.new", NULL, NULL, OPW_ANY, OP_CLIENT, "Make a private key in a file that only you can read, and print its public half.",
	    ARGS({ "file", OP_TEXT, R, NULL, "file to make; it must not be there" },
	    { "type", OP_CHOICE, 0, "ed25519|p256", "kind of key (default: ed25519)" }), NULL, NULL },
	{ "key.public", NULL, NULL, OPW_ANY, OP_CLIENT, "Print the public half of a private key: an entry for a key list, or PEM.",
	    ARGS({ "file", OP_TEXT, R, NULL, "PEM file, or PKCS#11 URI" },
	    { "handle", OP_NAME, 0, NULL, "the person that it belongs to" },
	    { "rights", OP_TEXT, 0, NULL, "create, approve, keys; with commas" },
	    { "pem", OP_BOOL, 0, NULL, "yes: as PEM, for trust.root" } ), NULL, NULL },
	{ "key.genesis", NULL, NULL, OPW_ANY, OP_CLIENT, "Print the first key list, signed by the root key; it is made without the daemon.",
	    ARGS({ "root", OP_TEXT, R, NULL, "private root key: PEM file, or PKCS#11 URI" },
	    { "entry", OP_NAMES, R, NULL, "files that mdfctl key public made with handle and rights, one for each key; with commas" }), NULL, NULL },
	{ "key.list", "GET", "/keys", OPW_ANY, 0, "List the keys whose signatures count, with their persons.", ARGS(),
	    COLUMNS({ "id", "KEY" }, { "person", "PERSON" }, { "rights", "RIGHTS" }, { "state", "STATE" }, { "list", "LIST" }), FN(op_key_list) },
	{ "key.show", "GET", "/keys/{key}", OPW_ANY, 0, "Show a key.", ARGS({ "key", OP_NAME, R, NULL, "its id" }), NULL, FN(op_key_show) },
	{ "key.chain", "GET", "/keylists", OPW_ANY, 0, "Print every key list with its signatures, the first one first.", ARGS(), NULL, FN(op_key_chain) },
	{ "key.import", "POST", "/keylists", OPW_ANY | OPW_LOGIN, OP_CHANGE | OP_TASKS | OP_DESTS,
	    "Take a key list that is signed by the root key, or by two persons of the list before.",
	    ARGS({ "file", OP_FILE, R, NULL, "file with {\"doc\", \"sigs\"}, as mdfctl key genesis makes it" }), NULL, FN(op_key_import) },
	{ "key.draft", "POST", "/keys/draft", OPW_SECURITY | OPW_APPROVER, 0, "Show what the next key list would be, and what would not be served any more.",
	    ARGS(KEY_NEXT), NULL, FN(op_key_draft) },
	{ "key.submit", "POST", "/keys/submit", OPW_SECURITY, OP_CHANGE | OP_TWO | OP_STEPUP | OP_TASKS | OP_DESTS,
	    "Add, retire or revoke keys: the next key list, for two persons with the right \"keys\".",
	    ARGS(KEY_NEXT, ARG_REASON), NULL, FN(op_key_submit) },
