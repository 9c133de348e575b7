/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reports; see report.h.  Which law asks for which report: docs/reports.md. */
#include "admin/report.h"

#include "admin/report_rows.h"
#include "db/store.h"

/* clang-format off */
#define COLUMNS(...) (const struct op_column[]) { __VA_ARGS__, { NULL, NULL } }
#define SECTIONS(...) (const struct report_section[]) { __VA_ARGS__, { .key = NULL } }
#define AUDIT_COLUMNS { "seq", "Seq" }, { "time", "Time" }, { "actor", "Actor" }, { "op", "Action" }, { "object", "Object" }, \
	{ "outcome", "Outcome" }, { "reason", "Reason" }
#define ALL_RECORDS (OPW_AUDITOR | OPW_SECURITY)
#define WARRANTS (OPW_ADMIN | OPW_APPROVER | OPW_AUDITOR)

const struct report_kind report_kinds[] = {
	{ "R1", "certification", "Interception certification", "47 CFR 1.20004(a); TKÜV 16(1)", REPORT_WARRANT | REPORT_STATUS, WARRANTS,
	    SECTIONS(
		{ "interception", "Interception", STMT_REPORT_ORDER, NULL, NULL, COLUMNS({ "uuid", "Warrant" }, { "liid", "LIID" },
		    { "xids", "Identifiers in the network (XID)" }, { "target", "Targets (masked)" }, { "enabled", "Enabled" }, { "ended", "Stopped" },
		    { "officer", "Officer presenting the order" }, { "signer_name", "Signer of the order" }, { "signer_title", "Office of the signer" },
		    { "legal_type", "Type of interception" }, { "responsible", "Responsible person" }, { "reference", "Reference of the authority" },
		    { "authority", "Authority" }, { "jurisdiction", "Jurisdiction" }, { "legal_basis", "Legal basis" }, { "case_type", "Kind of case" },
		    { "delivery", "Delivery" }, { "content", "Content" }, { "served", "Served" }, { "received", "Received" },
		    { "received_via", "Received by" }, { "reviewer", "Reviewed by" }, { "from_written", "Begin as written" },
		    { "until_written", "End as written" }), true, "What was intercepted, when, and by what order." },
		{ "state", "State and delivery", STMT_REPORT_ORDER, NULL, NULL, COLUMNS({ "lea", "Agency" }, { "state", "State" }, { "revision", "Revision" },
		    { "zone", "Time zone of the order" }, { "entered", "Entered" }, { "hi2", "IRI delivered to" }, { "hi3", "CC delivered to" },
		    { "statement", "SHA-256 of what two persons signed" }), true, "How it is carried out." },
		{ "steps", "Steps, with extensions", STMT_REPORT_STEPS, NULL, NULL, COLUMNS({ "time", "Time" }, { "op", "Step" }, { "state_from", "From" },
		    { "state_to", "To" }, { "revision", "Revision" }, { "actor", "By" }, { "approver", "Approved by" }, { "reason", "Reason" }), false,
		    "Changes of its state." },
		{ "documents", "Documents", STMT_REPORT_DOCUMENTS, NULL, NULL, COLUMNS({ "document", "Document" }, { "role", "Kind" }, { "media", "Type" },
		    { "octets", "Octets" }, { "sha256", "SHA-256 of the document" }, { "entered", "Entered" }, { "origin", "By" }), false,
		    "The order and what was appended to it; the documents themselves are kept sealed." },
		{ "history", "Acts", STMT_REPORT_HISTORY, NULL, NULL, COLUMNS(AUDIT_COLUMNS, { "after_hash", "SHA-256 of the record after it" }), false,
		    "Every act on the warrant, refused ones too." },
		{ "completeness", "Completeness", -1, report_rows_books, NULL, REPORT_BOOKS, true,
		    "Received = delivered + waiting + duplicate + out of scope + rejected + shed + lost, since the data plane started." }),
	    NULL },
	{ "R2", "register", "Warrant register", "ETSI TS 101 331 7; TKÜV 16", REPORT_NAMES, WARRANTS,
	    SECTIONS(
		{ "warrants", "Warrants entered before the end of the period", STMT_REPORT_REGISTER, NULL, NULL, COLUMNS({ "uuid", "Warrant" },
		    { "liid", "LIID" }, { "authority", "Authority" }, { "reference", "Reference" }, { "legal_type", "Type" }, { "target", "Target (masked)" },
		    { "received", "Received" }, { "active", "Active from" }, { "until", "Valid until" }, { "ended", "Ended" }, { "state", "State" },
		    { "lea", "Agency" }, { "days_left", "Days left" }, { "minutes", "Minutes to active" }), false, "The state is that at the time of making this report." }),
	    NULL },
	{ "R3", "activity", "Activity log extract", "TKÜV 16(1) nos. 1-6; ETSI TS 101 331 7.3", REPORT_NAMES, ALL_RECORDS,
	    SECTIONS(
		{ "acts", "Acts", STMT_REPORT_ACTIVITY, NULL, report_map_act, COLUMNS({ "seq", "Seq" }, { "time", "Input (date, time)" },
		    { "actor", "Person (mark)" }, { "op", "Action" }, { "reference", "Reference" }, { "liid", "LIID" },
		    { "target", "Identity (masked)" }, { "from_written", "From" },
		    { "until_written", "To" }, { "deliver_to", "Delivery address" }, { "object", "Object" }, { "outcome", "Outcome" },
		    { "reason", "Reason" }), false, "Every act in the period: tests, refusals and errors too.  The person behind a mark is not named here." }),
	    NULL },
	{ "R4", "review", "Review of a sample", "TKÜV 17", REPORT_REVIEW, ALL_RECORDS,
	    SECTIONS(
		{ "review", "Sample", -1, report_rows_review, NULL, COLUMNS({ "review", "Review" }, { "from", "From" }, { "to", "To" },
		    { "population", "Population" }, { "percent", "Quota in %" }, { "sampled", "Drawn at random" }, { "size", "Reviewed in all" },
		    { "seed", "Seed" }, { "seed_of", "What the seed is" }, { "done", "Results recorded" }, { "objections", "Objections" },
		    { "state", "State" }, { "closed_by", "Closed by" }, { "closed", "Closed" }, { "result", "Result" }), true,
		    "A row is drawn when its rank, by SHA-256 of seed and row number, is within the quota; anybody can draw it again." },
		{ "items", "Records and results", STMT_REVIEW_ITEMS, NULL, NULL, COLUMNS({ "seq", "Seq" }, { "why", "Why" }, { "time", "Time" },
		    { "actor", "Actor" }, { "op", "Action" }, { "object", "Object" }, { "outcome", "Outcome" }, { "result", "Result" }, { "note", "Note" },
		    { "reviewer", "Reviewer" }, { "recorded", "Recorded" }), false, "Drawn at random, and every test and every refused or erroneous act." }),
	    NULL },
	{ "R4a", "review-result", "Result of the review, without identities", "TKÜV 17(1)", REPORT_REVIEW, ALL_RECORDS,
	    SECTIONS(
		{ "review", "Sample", -1, report_rows_review, NULL, COLUMNS({ "from", "From" }, { "to", "To" }, { "population", "Population" },
		    { "percent", "Quota in %" }, { "sampled", "Drawn at random" }, { "size", "Reviewed in all" }, { "seed", "Seed" },
		    { "seed_of", "What the seed is" }, { "done", "Results recorded" }, { "objections", "Objections" }, { "state", "State" },
		    { "closed", "Closed" } ), true, "No record, no person, no warrant is named." }),
	    NULL },
	{ "R5", "reconciliation", "Reconciliation of network elements", "3GPP TS 33.127 B", REPORT_STATUS, WARRANTS | OPW_OPERATOR,
	    SECTIONS(
		{ "elements", "Network elements", -1, report_rows_elements, NULL, COLUMNS({ "ne", "Element" }, { "state", "State" }, { "first", "First seen" },
		    { "last", "Last seen" }, { "connections", "Connections" }, { "pdus", "PDUs" }, { "expected", "Tasks expected" },
		    { "orphan", "PDUs of unknown tasks" }), false,
		    "Expected: active warrants in their window that this element may send for." },
		{ "findings", "Findings", STMT_REPORT_RECONCILED, NULL, NULL, COLUMNS({ "code", "Finding" }, { "object", "Object" }, { "text", "Text" },
		    { "found", "Found" }, { "cleared", "Cleared" }), false, "What did not agree between warrants, tasks, XIDs seen and delivery." }),
	    "what the elements say of their tasks: there is no X1 interface in this version" },
	{ "R6", "completeness", "Delivery and completeness", "ETSI TS 101 331 6; 47 CFR 1.20007", REPORT_STATUS | REPORT_NAMES, WARRANTS,
	    SECTIONS(
		{ "books", "Accounts per warrant", -1, report_rows_books, NULL, REPORT_BOOKS, false,
		    "Since the data plane started: received = delivered + waiting + duplicate + out of scope + rejected + shed + lost." },
		{ "entries", "What was not handed over, by reason", STMT_REPORT_REJECTS, NULL, report_map_journal, COLUMNS({ "warrant", "Warrant" },
		    { "liid", "LIID" }, { "lea", "Agency" }, { "kind", "Kind" }, { "code", "Reason" }, { "n", "PDUs" }, { "entries", "Entries" },
		    { "first", "First" }, { "last", "Last" }), false, "From the journal, in the period." },
		{ "days", "Accounts per day", STMT_REPORT_DAYS, NULL, NULL, COLUMNS({ "warrant", "Warrant" }, { "liid", "LIID" }, { "lea", "Agency" },
		    { "day", "Day (UTC)" }, { "sha256", "SHA-256 of the closed account" }), false, "A day without a hash is still open." }),
	    NULL },
	{ "R7", "outages", "Outages and notices", "TKÜV 13; ATIS-1000069", 0, WARRANTS | OPW_OPERATOR,
	    SECTIONS(
		{ "notices", "Notices to agencies", STMT_REPORT_NOTICES, NULL, NULL, COLUMNS({ "notice", "Notice" }, { "lea", "Agency" },
		    { "cause", "Cause" }, { "object", "Link or element" }, { "effect", "Effect" }, { "begin", "Begin" }, { "told", "Told" },
		    { "expected", "Expected end" }, { "restored", "Restored" }, { "liids", "LIIDs" }), false,
		    "What each agency was told, of its own warrants only." },
		{ "alarms", "Alarms", STMT_REPORT_ALARMS, NULL, NULL, COLUMNS({ "code", "Code" }, { "object", "Link, element or part" },
		    { "severity", "Severity" }, { "raised", "Begin" }, { "cleared", "Restored" }, { "seconds", "Seconds" }, { "text", "Text" }), false,
		    "Each alarm that was active in the period." },
		{ "elements", "Network elements lost and back", STMT_REPORT_NE_LOSS, NULL, report_map_journal, COLUMNS({ "time", "Time" }, { "ne", "Element" },
		    { "kind", "Event" }, { "code", "Reason" }, { "note", "Note" }), false, "From the journal." },
		{ "shed", "Data not kept", STMT_REPORT_SHED, NULL, report_map_journal, COLUMNS({ "warrant", "Warrant" }, { "liid", "LIID" },
		    { "lea", "Agency" }, { "code", "Reason" }, { "n", "PDUs" }, { "first", "First" }, { "last", "Last" }), false,
		    "Shed because the agency's quota was full." }),
	    NULL },
	{ "R8", "outside", "Out-of-warrant events", "47 CFR 1.20003(c); TKÜV 16(1)", 0, ALL_RECORDS | OPW_ADMIN,
	    SECTIONS(
		{ "events", "Events", STMT_REPORT_OUTSIDE, NULL, report_map_outside, COLUMNS({ "code", "What" }, { "ne", "Element" }, { "xid", "XID" },
		    { "warrant", "Warrant" }, { "n", "PDUs" }, { "entries", "Entries" }, { "first", "First" }, { "last", "Last" },
		    { "digest", "SHA-256 of one PDU" }, { "handling", "Handling" }), false,
		    "PDUs that no warrant covered.  They were counted and digested and never stored or delivered." }),
	    NULL },
	{ "R9", "users", "Users and rights", "TKÜV 16(2)", 0, ALL_RECORDS,
	    SECTIONS(
		{ "persons", "Persons", STMT_REPORT_PERSONS, NULL, report_map_person, COLUMNS({ "handle", "Handle" }, { "roles", "Roles" },
		    { "lea", "Agency" }, { "tenant", "Tenant" }, { "state", "State" }, { "created", "Since" }, { "login", "Last log-in" },
		    { "factors", "Factors" }, { "dormant", "Dormant" }, { "conflict", "Role conflict" }), false,
		    "Dormant: active and not logged in for 90 days.  Role conflict: roles that exclude each other." },
		{ "changes", "Changes in the period", STMT_REPORT_PERSON_CHANGES, NULL, NULL, COLUMNS(AUDIT_COLUMNS), false,
		    "Acts on persons, roles, keys and approvals, refused ones too." }),
	    NULL },
	{ "R10", "reveals", "Privileged access", "TKÜV 16", 0, ALL_RECORDS,
	    SECTIONS(
		{ "reveals", "Identities and documents that were shown", STMT_REPORT_REVEALS, NULL, NULL, COLUMNS(AUDIT_COLUMNS, { "role", "Role" },
		    { "source", "From" }), false,
		    "Who asked to see a masked item, which, and why.  The item itself is not here." }),
	    NULL },
	{ "R11", "integrity", "Integrity statement", "ETSI TS 101 331 7.3", 0, ALL_RECORDS,
	    SECTIONS(
		{ "log", "Audit log", STMT_REPORT_LOG, NULL, NULL, COLUMNS({ "size", "Rows" }, { "first", "First row" }, { "last", "Last row" },
		    { "in_period", "Rows in the period" }, { "refused", "Refused or failed in the period" }), true, "The log as it stands when this report is made." },
		{ "note", "Newest signed head", STMT_REPORT_NOTE, NULL, NULL, COLUMNS({ "size", "Rows" }, { "time", "Signed" }, { "note", "Signed note" }), true,
		    "mdf-verify checks the log, this note, and that it continues an earlier one." },
		{ "heads", "Heads in the period", STMT_REPORT_HEADS, NULL, NULL, COLUMNS({ "size", "Rows" }, { "time", "Signed" }, { "origin", "Origin" },
		    { "root", "Root" }, { "witnesses", "Witnesses" }), false, "The newest hundred." }),
	    NULL },
	{ "R12", "retention", "Retention and deletion", "TKÜV 17(2)", 0, ALL_RECORDS | OPW_ADMIN,
	    SECTIONS(
		{ "kept", "What is kept", STMT_REPORT_KEPT, NULL, NULL, COLUMNS({ "class", "Class" }, { "n", "Rows" }, { "oldest", "Oldest" },
		    { "due", "Limit in rows" }), false, "Records by class." },
		{ "warrants", "Warrants that are over", STMT_REPORT_KEEP, NULL, NULL, COLUMNS({ "warrant", "Warrant" }, { "liid", "LIID" },
		    { "lea", "Agency" }, { "class", "Class" }, { "state", "State" }, { "ended", "Ended" }, { "days", "Kept for days" }, { "holds", "Holds" },
		    { "shredded", "Destroyed" }, { "shredded_by", "By" }), false, "Days: where it differs from its regime." },
		{ "holds", "Legal holds", STMT_REPORT_HOLDS, NULL, NULL, COLUMNS({ "warrant", "Warrant" }, { "authority", "Authority" },
		    { "reason", "Reason" }, { "since", "Since" }, { "origin", "By" }, { "released", "Released" }, { "released_by", "Released by" }), false,
		    "Active in the period." }),
	    NULL },
};
const size_t report_kinds_n = sizeof(report_kinds) / sizeof(report_kinds[0]);
