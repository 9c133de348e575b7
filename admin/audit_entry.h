/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of the audit log as the octets that are hashed: canonical JSON (RFC 8785) with the
 * members below, those without a value left out.  Written without allocation per row, because whole
 * logs are written again to be checked.  The format is docs/audit.md. */
#ifndef ADMIN_AUDIT_ENTRY_H
#define ADMIN_AUDIT_ENTRY_H

#include "db/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the text, of the columns of AUDIT_ENTRIES and the parameters of AUDIT_ADD. */
enum audit_member {
	AUDIT_ACTOR,
	AUDIT_AFTER,
	AUDIT_BEFORE,
	AUDIT_BOOT,
	AUDIT_CLOCK,
	AUDIT_CLOCK_NS,
	AUDIT_CODE,
	AUDIT_DETAIL,
	AUDIT_INTERFACE,
	AUDIT_OBJECT,
	AUDIT_OP,
	AUDIT_OUTCOME,
	AUDIT_PREV, /* not a column: the leaf of the row before; 32 zeros in the first row */
	AUDIT_REASON,
	AUDIT_REQUEST,
	AUDIT_ROLE,
	AUDIT_SEQ,
	AUDIT_SESSION,
	AUDIT_SOURCE,
	AUDIT_TIME_NS,
	AUDIT_UID,
	AUDIT_MEMBERS
};

struct audit_value {
	bool set;
	const char *p; /* text, or octets of a hash; borrowed */
	size_t n;
	int64_t i; /* numbers */
};
struct audit_entry {
	struct audit_value v[AUDIT_MEMBERS];
};

void audit_entry_text(struct audit_entry *e, enum audit_member m, const char *text); /* NULL: no */
void audit_entry_int(struct audit_entry *e, enum audit_member m, int64_t i);
void audit_entry_hash(struct audit_entry *e, enum audit_member m, const uint8_t hash[32]);
/* The row that ST (AUDIT_ENTRIES) stands on, valid until its next step, and PREV, borrowed. */
void audit_entry_read(sqlite3_stmt *st, const uint8_t prev[32], struct audit_entry *e);
/* Its columns as the parameters of AUDIT_ADD. */
void audit_entry_bind(const struct audit_entry *e, sqlite3_stmt *st);

struct audit_text {
	char *p; /* grows; free() */
	size_t n, max;
};
char *audit_text_room(struct audit_text *t, size_t n); /* where N octets may be written */
void audit_text_add(struct audit_text *t, const char *p, size_t n);
/* Append the entry to OUT. */
void audit_entry_write(const struct audit_entry *e, struct audit_text *out);

#endif
