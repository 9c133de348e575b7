/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: rows as leaves of one Merkle tree (RFC 9162), chained, with signed tree heads
 * (C2SP tlog-checkpoint).  Append-only; a row is written in the transaction of its effect. */
#ifndef ADMIN_AUDITLOG_H
#define ADMIN_AUDITLOG_H

#include "db/fault.h"

#include <jansson.h>
#include <stdint.h>

struct store;
struct conf;
struct auditlog;
struct event_base;

/* One row.  Text members are borrowed and may be NULL where a dash stands. */
struct audit_row {
	const char *actor, *interface, *role /* - */, *session /* - */, *source /* - */;
	const char *op, *object, *outcome; /* "ok" "refused" "error" */
	const char *code /* - */, *reason /* - */, *request /* - */;
	const char *before, *after; /* - 64 hexadecimal digits */
	uint32_t uid;		    /* UINT32_MAX: none */
	json_t *detail; /* - object, without any target identity; becomes canonical text */
};

/* Append ROW: inside the open transaction of the store, else in one of its own.  *SEQ (may be NULL)
 * is its number, from 1.  Returns 0, or -EIO with FAULT_AUDIT: the caller then changes nothing. */
int auditlog_add(struct auditlog *l, const struct audit_row *row, uint64_t *seq, struct fault *f);
/* The same by the program itself: actor "system". */
int auditlog_system(struct auditlog *l, const char *op, const char *object, const char *outcome,
    const char *reason, json_t *detail);

#endif
