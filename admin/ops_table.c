/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* The table of operations.  mdfctl compiles it without the functions (OPS_TABLE_ONLY). */
#include "admin/ops.h"

#include "admin/op_complete.h"
#include "admin/op_evidence.h"
#include "admin/op_key.h"
#include "admin/op_life.h"
#include "admin/op_log.h"
#include "admin/op_person.h"
#include "admin/op_report.h"
#include "admin/op_vault.h"
#include "admin/op_work.h"
#include "admin/op_web.h"

#include <string.h>

#ifdef OPS_TABLE_ONLY
#define FN(f) NULL
#else
#define FN(f) f
#endif
#define END { NULL, OP_TEXT, 0, NULL, NULL }
#define ARGS(...) (const struct op_arg[]) { __VA_ARGS__ __VA_OPT__(,) END }
#define COLUMNS(...) (const struct op_column[]) { __VA_ARGS__, { NULL, NULL } }
#define R OP_REQUIRED

#define ARG_NE { "ne", OP_NAME, R, NULL, "name of the network element" }
#define ARG_LEA { "lea", OP_NAME, R, NULL, "name of the agency" }
#define ARG_PROFILE { "profile", OP_NAME, R, NULL, "name of the profile" }
#define ARG_DEST { "destination", OP_NAME, R, NULL, "name of the destination" }
#define ARG_WARRANT { "warrant", OP_WARRANT, R, NULL, "the warrant: UUID, row number, or LIID[@LEA] (a LIID of up to nine digits needs the @LEA)" }
#define ARG_LIMIT { "limit", OP_UINT, 0, NULL, "at most so many rows" }
#define ARG_SINCE { "since", OP_TIME, 0, NULL, "only from this time on" }
#define ARG_REASON { "reason", OP_TEXT, 0, NULL, "why; goes into the audit log" }
#define ARG_TLS12 { "tls12", OP_BOOL, 0, NULL, "allow TLS 1.2 for this peer (default: 1.3 only)" }

#define HELP_RULES "net:CIDR[:PORTS], net:CIDR<->CIDR, udp:PORTS (tcp, sctp, icmp, gre, esp, port), mac:MAC, id:KIND:VALUE"
#define HELP_EXCLUDE "what is left out and counted: " HELP_RULES ", service:NAME; none: no exclusions"

#define NE_SETTINGS \
	{ "pins", OP_PINS, 0, NULL, "SHA-256 of the public key (SubjectPublicKeyInfo) of its certificate, 64 hexadecimal digits; two at most, with a comma" }, \
	{ "interfaces", OP_CHOICE, 0, "x2|x3|both", "what it may send (default: both)" }, \
	ARG_TLS12, \
	{ "time_p2_s", OP_UINT, 0, NULL, "seconds without a PDU after which it counts as lost (TIME_P2, default 180)" }, \
	{ "group", OP_BOOL, 0, NULL, "yes: many elements that come and go; the certificate name is a pattern with one '*'" }, \
	{ "opaque", OP_BOOL, 0, NULL, "yes: hand on format 4 and unknown formats as they are, to agencies whose profile takes them" }, \
	{ "unwrap", OP_BOOL, 0, NULL, "yes: packets come in tunnels that the operator put around them on the way here (GRE, VXLAN, IP in IP, GTP-U): take them off" }, \
	{ "country", OP_COUNTRY, 0, NULL, "country where it stands" }, \
	{ "exclude", OP_RULES, 0, NULL, HELP_EXCLUDE }
#define LEA_SETTINGS \
	{ "country", OP_COUNTRY, 0, NULL, "country of the agency" }, \
	{ "gtime", OP_BOOL, 0, NULL, "time stamps as GeneralizedTime instead of microSecondTimeStamp" }, \
	{ "ps_version", OP_UINT, 0, NULL, "version of LI-PS-PDU that its facilities understand (default 43)" }, \
	{ "profile", OP_NAME, 0, NULL, "profile of its facilities; etsi: the built-in one, with gtime and ps_version as given here" }, \
	{ "shared", OP_BOOL, 0, NULL, "yes: every tenant sees it and its end points; else only a tenant with a warrant of it" }
#define DEST_SETTINGS \
	{ "transport", OP_CHOICE, 0, "tls|tcp", "tcp is without encryption and only for a laboratory (default: tls)" }, \
	ARG_TLS12, \
	{ "server_name", OP_SAN, 0, NULL, "DNS name or URI that the certificate of the facility must carry" }, \
	{ "pins", OP_PINS, 0, NULL, "SHA-256 of the public key of its certificate, 64 hexadecimal digits; four at most, with commas" }, \
	{ "level", OP_CHOICE, 0, "auto|a|b|c", "what counts as delivered: a PDU acknowledgement, b keep-alive barrier, c TCP; auto asks for a and falls back to b" }, \
	{ "time1_s", OP_UINT, 0, NULL, "seconds of silence before a keep-alive (0: none; default 120)" }, \
	{ "time2_s", OP_UINT, 0, NULL, "seconds to wait for its answer (default 30)" }, \
	{ "time3_s", OP_UINT, 0, NULL, "seconds before the link is given up (default 60)" }, \
	{ "options", OP_OBJECT, 0, NULL, "rarely needed: JSON object of barrier_ms, barrier_len, backoff_min_ms, backoff_max_ms, connect_ms, time1_ms, time2_ms, time3_ms" }
#define WARRANT_NARROWS \
	{ "content", OP_CHOICE, OP_CLEAR, "full|headers|summary", "headers: packet header reports in HI2 instead of content; summary: counters per flow and interval (default: full)" }, \
	{ "services", OP_SERVICES, 0, NULL, "only these services: voice, video, messaging, data, l2, ptt, lals, rcs, email; all: no limit" }, \
	{ "countries", OP_COUNTRIES, 0, NULL, "only from network elements in these countries, eight at most; any: no limit" }, \
	{ "trigger", OP_BOOL, OP_CLEAR, NULL, "yes: media named in its IRI opens its CC of network elements that are not named" }, \
	{ "exclude", OP_RULES, 0, NULL, HELP_EXCLUDE }, \
	{ "target", OP_TARGETS, 0, NULL, "own check of the target, one rule must match: ip:ADDRESS, bound, " HELP_RULES "; none: no check" }
#define WARRANT_RECORD \
	{ "authority", OP_TEXT, OP_CLEAR, NULL, "authority that issued the order" }, \
	{ "jurisdiction", OP_TEXT, OP_CLEAR, NULL, "its jurisdiction" }, \
	{ "signer_name", OP_TEXT, OP_CLEAR, NULL, "who signed the order" }, \
	{ "signer_title", OP_TEXT, OP_CLEAR, NULL, "office of the signer" }, \
	{ "officer", OP_TEXT, OP_CLEAR, NULL, "officer who presented it: name, badge, agency, contact" }, \
	{ "legal_basis", OP_TEXT, OP_CLEAR, NULL, "law and paragraph" }, \
	{ "legal_type", OP_TEXT, OP_CLEAR, NULL, "kind of order, a word of its regime" }, \
	{ "case_type", OP_TEXT, OP_CLEAR, NULL, "kind of case" }, \
	{ "zone", OP_TEXT, OP_CLEAR, NULL, "time zone of the order, for example Europe/Berlin" }, \
	{ "served", OP_TIME, OP_CLEAR, NULL, "when it was served" }, \
	{ "received", OP_TIME, OP_CLEAR, NULL, "when it was received; the service time counts from then" }, \
	{ "received_via", OP_TEXT, OP_CLEAR, NULL, "how it came: paper, fax, electronic" }, \
	{ "review", OP_TEXT, OP_CLEAR, NULL, "legal review: what was checked, and why it was found in order" }, \
	{ "reviewer", OP_TEXT, OP_CLEAR, NULL, "who reviewed it" }, \
	{ "priority", OP_CHOICE, OP_CLEAR, "normal|urgent", "urgent: the shorter service time of its regime" }, \
	{ "provisional_until", OP_TIME, OP_CLEAR, NULL, "the paper is still to come: it stops by itself then unless warrant confirm says that it came" }, \
	{ "iri_outage", OP_TEXT, OP_CLEAR, NULL, "IRI while the link is down: retain (default of every regime) or drop" }, \
	{ "cc_outage", OP_TEXT, OP_CLEAR, NULL, "content while the link is down: buffer:SECONDS, then new content is discarded and counted, or drop: as buffer:10 (default: its regime)" }, \
	{ "retention", OP_NAME, OP_CLEAR, NULL, "retention class (default: its regime)" }, \
	{ "responsible", OP_TEXT, OP_CLEAR, NULL, "person of the operator who answers for it" }, \
	{ "regime", OP_NAME, OP_CLEAR, NULL, "regime, see mdfctl regime list (default: that of the tenant, else the setting)" }
#define WARRANT_FIELDS \
	{ "liid", OP_LIID, R, NULL, "1-25 printable characters, or 26-50 lower-case hexadecimal digits" }, \
	ARG_LEA, \
	{ "delivery", OP_CHOICE, R, "iri|cc|both", "what is delivered" }, \
	{ "from", OP_TIME, R, NULL, "begin of the interception, RFC 3339 with the zone of the order" }, \
	{ "until", OP_TIME, R, NULL, "its end (not included)" }, \
	{ "xid", OP_XIDS, 0, NULL, "XIDs under which the network elements send, with commas" }, \
	{ "hi2", OP_NAME, 0, NULL, "destination of IRI" }, \
	{ "hi3", OP_NAME, 0, NULL, "destination of CC" }, \
	{ "ne", OP_NAMES, 0, NULL, "network elements that may send for it, with commas (default: all)" }, \
	{ "auth_cc", OP_COUNTRY, 0, NULL, "authorization country" }, \
	{ "delivery_cc", OP_COUNTRY, 0, NULL, "delivery country" }, \
	{ "operator_id", OP_OPERATOR, 0, NULL, "operator identifier (default: the setting operator_id)" }, \
	{ "ne_id", OP_OPERATOR, 0, NULL, "network element identifier in the handover header" }, \
	{ "reference", OP_TEXT, 0, NULL, "reference of the issuing authority" }, \
	{ "id", OP_UUID, 0, NULL, "UUID of the warrant (default: a new one)" }, \
	WARRANT_NARROWS, WARRANT_RECORD, { "tenant", OP_NAME, 0, NULL, "provider that it belongs to, see mdfctl tenant list" }, \
	{ "start", OP_BOOL, 0, NULL, "activate it at once (in a laboratory)" }

#define COLS_NE COLUMNS({ "name", "NE" }, { "san", "CERTIFICATE NAME" }, { "interfaces", "INTERFACES" }, { "enabled", "ENABLED" }, \
	{ "group", "GROUP" }, { "country", "COUNTRY" }, { "tls12", "TLS1.2" }, { "time_p2_s", "TIME_P2" })
#define COLS_LEA COLUMNS({ "name", "LEA" }, { "id", "ROW" }, { "country", "COUNTRY" }, { "profile", "PROFILE" }, { "ps_version", "PS VERSION" }, \
	{ "destinations", "DESTINATIONS" }, { "active", "ACTIVE WARRANTS" })
#define COLS_DEST COLUMNS({ "name", "DESTINATION" }, { "lea", "LEA" }, { "kind", "KIND" }, { "addresses", "ADDRESSES" }, \
	{ "transport", "TRANSPORT" }, { "level", "LEVEL" }, { "enabled", "ENABLED" })
#define COLS_WARRANT COLUMNS({ "uuid", "WARRANT" }, { "state", "STATE" }, { "window", "WINDOW" }, { "lea", "LEA" }, { "liid", "LIID" }, \
	{ "delivery", "DELIVERY" }, { "content", "CONTENT" }, { "from", "FROM" }, { "until", "UNTIL" }, { "hi2", "HI2" }, { "hi3", "HI3" })

const struct op ops_table[] = {
	{ "ne.add", "POST", "/nes", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS, "Register a network element that may send X2 or X3.",
	    ARGS(ARG_NE, { "san", OP_SAN, R, NULL, "DNS name or URI that its certificate must carry" },
	    { "tenant", OP_NAME, 0, NULL, "provider that it belongs to, see mdfctl tenant list" }, NE_SETTINGS), NULL, FN(op_ne_add) },
	{ "ne.show", "GET", "/nes/{ne}", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, OP_SCOPED, "Show a network element.", ARGS(ARG_NE), NULL, FN(op_ne_show) },
	{ "ne.list", "GET", "/nes", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, OP_SCOPED, "List the network elements.",
	    ARGS({ "live", OP_BOOL, 0, NULL, "yes: rows say what is connected, what came and how fast" }), COLS_NE, FN(op_ne_list) },
	{ "ne.set", "PATCH", "/nes/{ne}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS, "Change a network element.",
	    ARGS(ARG_NE, { "san", OP_SAN, 0, NULL, "DNS name or URI that its certificate must carry" }, NE_SETTINGS), NULL, FN(op_ne_set) },
	{ "ne.revoke", "POST", "/nes/{ne}/revoke", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_STOP | OP_TASKS, "Close its connections and refuse new ones.",
	    ARGS(ARG_NE, ARG_REASON), NULL, FN(op_ne_revoke) },
	{ "ne.enable", "POST", "/nes/{ne}/enable", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS, "Accept a revoked network element again.",
	    ARGS(ARG_NE, ARG_REASON), NULL, FN(op_ne_enable) },

	{ "lea.add", "POST", "/leas", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS | OP_DESTS, "Register an agency; its deliver process starts.",
	    ARGS(ARG_LEA, LEA_SETTINGS), NULL, FN(op_lea_add) },
	{ "lea.show", "GET", "/leas/{lea}", OPW_ANY, OP_SCOPED, "Show an agency.", ARGS(ARG_LEA), NULL, FN(op_lea_show) },
	{ "lea.list", "GET", "/leas", OPW_ANY, OP_SCOPED, "List the agencies.", ARGS(), COLS_LEA, FN(op_lea_list) },
	{ "lea.set", "PATCH", "/leas/{lea}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS | OP_DESTS, "Change an agency: its profile, and who sees it.",
	    ARGS(ARG_LEA, LEA_SETTINGS), NULL, FN(op_lea_set) },

	{ "profile.import", "POST", "/profiles", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS | OP_DESTS, "Store a profile.",
	    ARGS({ "file", OP_FILE, R, NULL, "file with a JSON object, see mdfctl profile fields; @NAME: one that came with the program" },
	    { "replace", OP_BOOL, 0, NULL, "yes: in place of the stored one of this name, for every agency that has it" }, ARG_REASON), NULL, FN(op_profile_import) },
	{ "profile.show", "GET", "/profiles/{profile}", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, 0, "Show a profile with every field.",
	    ARGS(ARG_PROFILE), NULL, FN(op_profile_show) },
	{ "profile.list", "GET", "/profiles", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, 0, "List the profiles.", ARGS(),
	    COLUMNS({ "name", "PROFILE" }, { "version", "VERSION" }, { "leas", "AGENCIES" }, { "origin", "ORIGIN" }, { "created", "STORED" },
	    { "sha256", "DIGEST" }), FN(op_profile_list) },
	{ "profile.fields", "GET", "/profiles/fields", OPW_ANY, OP_OWN, "List the fields that a profile may have.", ARGS(),
	    COLUMNS({ "field", "FIELD" }, { "values", "VALUES" }, { "default", "DEFAULT" }, { "help", "MEANING" }, { "clause", "SOURCE" }),
	    FN(op_table) },
	{ "profile.schema", "GET", "/profiles/schema", OPW_ANY, OP_OWN, "Print the JSON schema of a profile.", ARGS(), NULL, FN(op_table) },
	{ "profile.check", "POST", "/profiles/check", OPW_ANY, OP_OWN, "Check a profile and show it with every field; nothing is stored.",
	    ARGS({ "file", OP_FILE, R, NULL, "file with a JSON object" }), NULL, FN(op_table) },
	{ "profile.remove", "DELETE", "/profiles/{profile}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE, "Remove a profile that no agency has.",
	    ARGS(ARG_PROFILE, ARG_REASON), NULL, FN(op_profile_remove) },

	{ "destination.add", "POST", "/destinations", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_DESTS, "Register a delivery end point (LEMF) of an agency.",
	    ARGS(ARG_DEST, ARG_LEA, { "addresses", OP_ADDRESSES, R, NULL, "numeric ip:port, several with commas in the order of failover" },
	    { "kind", OP_CHOICE, 0, "hi2|hi3|both", "what it takes (default: both, on one connection)" },
	    { "did", OP_UUID, 0, NULL, "its DID (default: a new UUID)" }, DEST_SETTINGS), NULL, FN(op_destination_add) },
	{ "destination.show", "GET", "/destinations/{destination}", OPW_ANY, OP_SCOPED, "Show a destination.", ARGS(ARG_DEST), NULL,
	    FN(op_destination_show) },
	{ "destination.list", "GET", "/destinations", OPW_ANY, OP_SCOPED, "List the destinations.",
	    ARGS({ "lea", OP_NAME, 0, NULL, "only of this agency" }), COLS_DEST, FN(op_destination_list) },
	{ "destination.set", "PATCH", "/destinations/{destination}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_DESTS, "Change a destination.",
	    ARGS(ARG_DEST, { "addresses", OP_ADDRESSES, 0, NULL, "numeric ip:port, several with commas in the order of failover" },
	    { "enabled", OP_BOOL, 0, NULL, "no: no connection, what is for it waits" }, DEST_SETTINGS, ARG_REASON), NULL, FN(op_destination_set) },
	{ "destination.remove", "DELETE", "/destinations/{destination}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_DESTS | OP_STATUS,
	    "Remove a destination that no warrant in force uses and for which nothing waits.",
	    ARGS(ARG_DEST, { "discard", OP_BOOL, 0, NULL, "yes: although records wait for it; they are never delivered" }, ARG_REASON), NULL,
	    FN(op_destination_remove) },
	{ "destination.test", "POST", "/destinations/{destination}/test", OPW_ADMIN | OPW_OPERATOR | OPW_LIAISON, OP_CHANGE | OP_SCOPED, "Ask for a test PDU (TRI testPDU); it is sent when the link is up.",
	    ARGS(ARG_DEST), NULL, FN(op_destination_test) },

	{ "warrant.add", "POST", "/warrants", OPW_ADMIN | OPW_LIAISON, OP_CHANGE | OP_TASKS | OP_SCOPED, "Enter a warrant (as a draft).", ARGS(WARRANT_FIELDS), NULL,
	    FN(op_warrant_add) },
	{ "warrant.import", "POST", "/warrants/import", OPW_ADMIN, OP_CHANGE | OP_TASKS | OP_SCOPED,
	    "Enter many warrants, or an electronic one, in one transaction: all of them or none; they become drafts.",
	    ARGS({ "items", OP_ITEMS, R, NULL, "file with a JSON array of objects with the arguments of 'warrant add' and with 'targets', an array of "
	    "objects with those of 'target add'; or an electronic warrant of ETSI TS 103 120, XML or JSON" },
	    { "lea", OP_NAME, 0, NULL, "agency of an electronic warrant (default: the one with the name of its sender)" },
	    { "plan", OP_BOOL, 0, NULL, "yes: only check everything and show what would be entered" },
	    { "check", OP_BOOL, 0, NULL, "yes: the data plane checks for the targets, too, unless an item says otherwise (default: no)" },
	    { "more", OP_BOOL, 0, NULL, "for programs: more parts follow, store nothing yet" }), NULL, FN(op_warrant_import) },
	{ "warrant.set", "PATCH", "/warrants/{warrant}", OPW_ADMIN | OPW_LIAISON, OP_CHANGE | OP_TASKS | OP_TWO | OP_SCOPED,
	    "Change a warrant; of one that is in force only what narrows it, its destinations and its end, with a second person.",
	    ARGS(ARG_WARRANT, { "delivery", OP_CHOICE, 0, "iri|cc|both", "what is delivered" },
	    { "from", OP_TIME, 0, NULL, "begin of the interception (of a draft)" }, { "until", OP_TIME, 0, NULL, "its end (not included)" },
	    { "xid", OP_XIDS, OP_CLEAR, NULL, "XIDs, in place of the former ones (of a draft)" }, { "hi2", OP_NAME, OP_CLEAR, NULL, "destination of IRI" },
	    { "hi3", OP_NAME, OP_CLEAR, NULL, "destination of CC" }, { "ne", OP_NAMES, OP_CLEAR, NULL, "network elements that may send for it, in place of the former ones" },
	    { "auth_cc", OP_COUNTRY, OP_CLEAR, NULL, "authorization country (of a draft)" }, { "delivery_cc", OP_COUNTRY, OP_CLEAR, NULL, "delivery country (of a draft)" },
	    { "operator_id", OP_OPERATOR, OP_CLEAR, NULL, "operator identifier (of a draft)" }, { "ne_id", OP_OPERATOR, OP_CLEAR, NULL, "network element identifier (of a draft)" },
	    { "reference", OP_TEXT, OP_CLEAR, NULL, "reference of the issuing authority" }, WARRANT_NARROWS, WARRANT_RECORD, ARG_REASON), NULL, FN(op_warrant_set) },
	{ "warrant.degrade", "POST", "/warrants/{warrant}/degrade", OPW_ADMIN, OP_CHANGE | OP_TASKS | OP_SCOPED,
	    "Metadata only while content is too much for its link; begin and end are told to the agency.",
	    ARGS(ARG_WARRANT, { "metadata", OP_CHOICE, R, "on|off|metadata|full", "on (metadata): headers only from now on; off (full): content again" }, ARG_REASON), NULL,
	    FN(op_warrant_degrade) },
	{ "warrant.events", "GET", "/warrants/{warrant}/events", OPW_ADMIN | OPW_APPROVER | OPW_LIAISON | OPW_AUDITOR, OP_SCOPED, "List fall-backs to metadata only and dynamic triggers of a warrant.",
	    ARGS(ARG_WARRANT, ARG_SINCE, ARG_LIMIT), COLUMNS({ "time", "TIME" }, { "event", "EVENT" }, { "origin", "BY" }, { "text", "TEXT" }),
	    FN(op_warrant_events) },
	{ "warrant.show", "GET", "/warrants/{warrant}", OPW_ADMIN | OPW_APPROVER | OPW_LIAISON | OPW_AUDITOR, OP_SCOPED | OP_READ, "Show a warrant.", ARGS(ARG_WARRANT,
	    { "timeline", OP_BOOL, 0, NULL, "yes: with its steps and who took them, for persons who may read its history (mdfctl: default without --json)" }), NULL, FN(op_warrant_show) },
	{ "warrant.list", "GET", "/warrants", OPW_ADMIN | OPW_APPROVER | OPW_LIAISON | OPW_AUDITOR, OP_SCOPED | OP_READ, "List warrants.", ARGS({ "lea", OP_NAME, 0, NULL, "only of this agency" },
	    { "state", OP_CHOICE, 0, "draft|submitted|approved|active|suspended|expired|revoked|closed|shredded", "only in this state" },
	    { "text", OP_TEXT, 0, NULL, "only with this in LIID or reference, whatever the case of A to Z" },
	    { "ends", OP_UINT, 0, NULL, "only what is approved, active or suspended and ends within so many hours" },
	    { "provisional", OP_BOOL, 0, NULL, "yes: only provisional ones; no: only others" },
	    { "live", OP_BOOL, 0, NULL, "yes: rows say what came, was delivered and waits, and which network elements are connected" },
	    { "sort", OP_CHOICE, 0, "id|until", "id: as they were entered (default); until: by the end of the window" },
	    { "after", OP_UINT, 0, NULL, "only rows behind this row number" }, { "behind", OP_UUID, 0, NULL, "only rows behind this warrant, in this order" },
	    { "behind_until", OP_TIME, 0, NULL, "with behind: where it stood, its end" }, ARG_LIMIT), COLS_WARRANT, FN(op_warrant_list) },
	{ "warrant.start", "POST", "/warrants/{warrant}/start", OPW_NOBODY, OP_CHANGE | OP_TASKS,
	    "Activate a draft at once and unsigned (laboratory); interception begins when its window does.", ARGS(ARG_WARRANT, ARG_REASON), NULL, FN(op_warrant_start) },
	{ "warrant.suspend", "POST", "/warrants/{warrant}/suspend", OPW_ADMIN, OP_CHANGE | OP_STOP | OP_TASKS | OP_SCOPED, "Deliver nothing for a while.",
	    ARGS(ARG_WARRANT, ARG_REASON), NULL, FN(op_warrant_suspend) },
	{ "warrant.resume", "POST", "/warrants/{warrant}/resume", OPW_ADMIN, OP_CHANGE | OP_TASKS | OP_TWO | OP_SCOPED, "End a suspension.",
	    ARGS(ARG_WARRANT, ARG_REASON), NULL, FN(op_warrant_resume) },
	{ "warrant.stop", "POST", "/warrants/{warrant}/stop", OPW_ADMIN | OPW_APPROVER | OPW_LIAISON, OP_CHANGE | OP_STOP | OP_TASKS | OP_SCOPED | OP_STEPUP,
	    "End the interception now and for good, by one person; what was intercepted before is still delivered.", ARGS(ARG_WARRANT, ARG_REASON), NULL,
	    FN(op_warrant_stop) },
	{ "xid.list", "GET", "/xids", OPW_ADMIN | OPW_APPROVER | OPW_AUDITOR, OP_SCOPED, "List XIDs and the warrants behind them.",
	    ARGS({ "xid", OP_UUID, 0, NULL, "only this one" }, { "warrant", OP_WARRANT, 0, NULL, "only of this warrant" },
	    { "behind", OP_UUID, 0, NULL, "only rows behind this XID" }, { "behind_warrant", OP_UUID, 0, NULL, "with behind: and behind this warrant of it" }, ARG_LIMIT),
	    COLUMNS({ "xid", "XID" }, { "warrant", "WARRANT" }, { "state", "STATE" }, { "lea", "LEA" }, { "liid", "LIID" }, { "from", "FROM" },
	    { "until", "UNTIL" }), FN(op_xid_list) },

	{ "status", "GET", "/status", OPW_ANY, OP_SCOPED, "Network elements, links, backlog, accounting per warrant, roles, alarms.", ARGS(), NULL,
	    FN(op_status) },
	{ "session.list", "GET", "/sessions", OPW_ADMIN, 0, "List the sessions (CINs) that the data plane reports.",
	    ARGS({ "warrant", OP_WARRANT, 0, NULL, "only of this warrant" }, ARG_LIMIT),
	    COLUMNS({ "warrant", "WARRANT" }, { "cin", "CIN" }, { "open", "OPEN" }, { "iri", "IRI" }, { "cc", "CC" }, { "last", "LAST" }),
	    FN(op_session_list) },
	{ "session.tree", "GET", "/warrants/{warrant}/sessions", OPW_ADMIN | OPW_LIAISON, OP_SCOPED,
	    "Show the sessions of a warrant as a tree: services below the access that carries them, with what joined them.",
	    ARGS(ARG_WARRANT, ARG_LIMIT), NULL, FN(op_session_tree) },
	{ "mapping.list", "GET", "/mapping", OPW_ANY, OP_OWN, "List what becomes of each payload format: container of the handover, clause, condition.",
	    ARGS(), COLUMNS({ "format", "FORMAT" }, { "format_name", "PAYLOAD" }, { "type", "ON" }, { "container", "HANDED OVER AS" },
	    { "clause", "SOURCE" }, { "condition", "CONDITION" }, { "note", "NOTE" }), FN(op_table) },
	{ "journal.list", "GET", "/journal", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR, 0, "List what was recorded and not handed over: rejects, gaps, duplicates, lost elements.",
	    ARGS({ "ne", OP_NAME, 0, NULL, "only of this network element" }, { "warrant", OP_WARRANT, 0, NULL, "only of this warrant" },
	    { "cin", OP_UINT, 0, NULL, "only of this session (CIN); 0: where none is known" },
	    { "kind", OP_TEXT, 0, NULL, "only this kind (reject, gap, ...)" }, { "code", OP_TEXT, 0, NULL, "only this code (XID-UNKNOWN, ...)" },
	    { "after", OP_UINT, 0, NULL, "only rows behind this number, the oldest first" },
	    { "before", OP_UINT, 0, NULL, "only rows before this number; over REST the newest come first" }, ARG_SINCE, ARG_LIMIT),
	    COLUMNS({ "time", "TIME" }, { "kind", "KIND" }, { "code", "CODE" }, { "ne", "NE" }, { "warrant", "WARRANT" }, { "cin", "CIN" }, { "xid", "XID" },
	    { "n", "PDUS" }, { "range", "NUMBERS" }, { "note", "NOTE" }), FN(op_journal_list) },
	{ "audit.list", "GET", "/audit", OPW_ANY, OP_SCOPED, "List the audit log: the newest rows, or with after those behind a row.", ARGS({ "object", OP_TEXT, 0, NULL, "only of this object" },
	    { "op", OP_TEXT, 0, NULL, "only this operation (warrant.add)" }, { "outcome", OP_CHOICE, 0, "ok|refused|error", "only with this outcome" },
	    { "actor", OP_TEXT, 0, NULL, "only of this person or user" },
	    { "text", OP_TEXT, 0, NULL, "only rows with all these words in actor, operation, object, code, reason, source or detail" },
	    ARG_SINCE, { "until", OP_TIME, 0, NULL, "only before this time" },
	    { "after", OP_UINT, 0, NULL, "only rows behind this number, the oldest first" },
	    { "before", OP_UINT, 0, NULL, "only rows before this number; over REST the newest come first" }, ARG_LIMIT),
	    COLUMNS({ "seq", "SEQ" }, { "time", "TIME" }, { "actor", "ACTOR" }, { "op", "OPERATION" }, { "object", "OBJECT" },
	    { "outcome", "OUTCOME" }, { "reason", "REASON" }), FN(op_audit_list) },
	{ "alarm.list", "GET", "/alarms", OPW_ANY, OP_SCOPED, "List the active alarms.",
	    ARGS({ "all", OP_BOOL, 0, NULL, "cleared ones too" }, { "severity", OP_CHOICE, 0, "critical|major|minor|warning", "only of this severity" },
	    { "acked", OP_BOOL, 0, NULL, "yes: only acknowledged ones; no: only others" },
	    { "text", OP_TEXT, 0, NULL, "only with this in code, object or text; case does not matter" },
	    { "newest", OP_BOOL, 0, NULL, "yes: the newest first" }, ARG_SINCE, ARG_LIMIT),
	    COLUMNS({ "id", "ALARM" }, { "raised", "RAISED" }, { "severity", "SEVERITY" }, { "code", "CODE" }, { "object", "OBJECT" }, { "text", "TEXT" },
	    { "cleared", "CLEARED" }, { "acked_by", "SEEN BY" }), FN(op_alarm_list) },
	{ "alarm.ack", "POST", "/alarms/{alarm}/ack", OPW_ADMIN | OPW_OPERATOR | OPW_SECURITY, OP_CHANGE,
	    "Acknowledge an alarm: somebody has seen it. It ends by itself when its cause does; when it gets worse, it counts as not seen.",
	    ARGS({ "alarm", OP_UINT, R, NULL, "number of the alarm" }, { "note", OP_TEXT, R, NULL, "what is done about it; no identities" }), NULL, FN(op_alarm_ack) },
	{ "setting.list", "GET", "/settings", OPW_ADMIN | OPW_APPROVER | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, 0, "List the settings.", ARGS(), COLUMNS({ "name", "SETTING" }, { "value", "VALUE" }),
	    FN(op_setting_list) },
	{ "setting.show", "GET", "/settings/{name}", OPW_ANY, 0, "Show a setting.", ARGS({ "name", OP_NAME, R, NULL, "the setting" }), NULL,
	    FN(op_setting_show) },
	{ "setting.set", "PATCH", "/settings/{name}", OPW_ADMIN | OPW_SECURITY, OP_CHANGE | OP_TWO | OP_TASKS | OP_DESTS, "Change a setting.",
	    ARGS({ "name", OP_CHOICE, R, "journal_rows_max|operator_id|regime|hash_keep_days|evidence_every_s|notice_after_s|silent_after_s|clock_error_max_ms",
	    "journal_rows_max: rows kept of the journal, the oldest go first; hash_keep_days: of hash records; evidence_every_s: between two looks of "
	    "completeness and reconciliation; notice_after_s: a fault that lasts so long is told to the agencies; silent_after_s: an active warrant without "
	    "a PDU for so long is reported, 0: never; clock_error_max_ms: more is an alarm, 0: not watched; "
	    "operator_id: operator identifier of warrants that name none; regime: regime of warrants that name none" }, { "value", OP_TEXT, R, NULL, "its value" }), NULL, FN(op_setting_set) },
#include "admin/table_log.h"
#include "admin/table_person.h"
#include "admin/table_key.h"
#include "admin/table_life.h"
#include "admin/table_vault.h"
#include "admin/table_evidence.h"
#include "admin/table_report.h"
#include "admin/table_web.h"
#include "admin/table_work.h"
	{ "check", "POST", "/check", OPW_ADMIN | OPW_OPERATOR | OPW_AUDITOR | OPW_SECURITY, OP_LONG, "Check the database: integrity, pragmas, version.", ARGS(), NULL, FN(op_check) },
	{ "wait", NULL, NULL, OPW_ANY, OP_CLIENT, "Wait for a state of the whole; exit code 1 when it does not come in time.",
	    ARGS({ "for", OP_CHOICE, R, "idle|connected|ready", "idle: nothing waits for delivery; connected: every destination is up; ready: every "
	    "role runs" }, { "timeout", OP_UINT, 0, NULL, "seconds (default 30)" }), NULL, NULL },
};
const size_t ops_n = sizeof(ops_table) / sizeof(ops_table[0]);

const struct op *
ops_find(const char *name)
{
	for (size_t i = 0; i < ops_n; i++)
		if (strcmp(ops_table[i].name, name) == 0)
			return &ops_table[i];
	return NULL;
}

static char
op_fold(char c)
{
	return c == '-' ? '_' : c;
}

const struct op_arg *
op_arg_find(const struct op *op, const char *name, size_t len)
{
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		size_t i = 0;

		while (i < len && a->name[i] != '\0' && a->name[i] == op_fold(name[i]))
			i++;
		if (i == len && a->name[i] == '\0')
			return a;
	}
	return NULL;
}

bool
op_arg_clears(const struct op *op, const struct op_arg *a)
{
	return (a->flags & OP_CLEAR) && strcmp(op->method, "PATCH") == 0;
}

const char *
op_type_name(enum op_type t)
{
	switch (t) {
	case OP_TEXT:
	case OP_QUERY:
		return "TEXT";
	case OP_NAME:
		return "NAME";
	case OP_UUID:
		return "UUID";
	case OP_WARRANT:
		return "WARRANT";
	case OP_LIID:
		return "LIID";
	case OP_COUNTRY:
		return "CC";
	case OP_OPERATOR:
		return "ID";
	case OP_SAN:
		return "SAN";
	case OP_BOOL:
		return "YES|NO";
	case OP_UINT:
		return "N";
	case OP_TIME:
		return "TIME";
	case OP_CHOICE:
		return "WORD";
	case OP_ADDRESSES:
		return "IP:PORT,...";
	case OP_PINS:
		return "PIN,...";
	case OP_XIDS:
		return "UUID,...";
	case OP_NAMES:
		return "NAME,...";
	case OP_SERVICES:
		return "SERVICE,...";
	case OP_COUNTRIES:
		return "CC,...";
	case OP_RULES:
	case OP_TARGETS:
		return "RULE,...";
	case OP_OBJECT:
		return "JSON";
	case OP_DIGEST:
	case OP_FILE:
		return "FILE";
	case OP_ITEMS:
	case OP_DATA:
		return "FILE";
	case OP_SECRET:
		return "FILE";
	}
	return "TEXT";
}

bool
op_type_is_list(enum op_type t)
{
	switch ((int)t) {
	case OP_ADDRESSES:
	case OP_PINS:
	case OP_XIDS:
	case OP_NAMES:
	case OP_SERVICES:
	case OP_COUNTRIES:
	case OP_RULES:
	case OP_TARGETS:
		return true;
	}
	return false;
}
