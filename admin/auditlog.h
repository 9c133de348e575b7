/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: rows as leaves of one Merkle tree (RFC 9162), chained, with signed tree heads
 * (C2SP tlog-checkpoint).  Append-only; a row is written in the transaction of its effect. */
#ifndef ADMIN_AUDITLOG_H
#define ADMIN_AUDITLOG_H

#include "db/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct conf;
struct auditlog;
struct event_base;

struct auditlog_env {
	struct store *store;
	const struct conf
	    *conf; /* NULL (tests): no heads, no second place, no syslog, no reserve */
	struct event_base *base; /* NULL: no timers */
	const char *boot_id;	 /* copied */
	/* Called from the loop, never inside a transaction.  May be NULL. */
	void (*alarm)(
	    void *arg, bool raised, const char *code, const char *object, const char *text);
	/* A head of a larger tree was signed.  May be NULL. */
	void (*head)(void *arg, uint64_t rows);
	void *arg;
};
/* Before the sandbox closes.  Returns new, or NULL and the fault: key or reserve cannot be had. */
struct auditlog *auditlog_open(const struct auditlog_env *env, struct fault *f);
/* The rows of a start, after a look at the newest rows and at the second place: system.start, and
 * system.configuration when the configuration is another than at the last start. */
void auditlog_start(struct auditlog *l);
/* The last row and the last head (when auditlog_start() was called), then the end. */
void auditlog_close(struct auditlog *l);

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

/* The disk is full: only what ends or narrows an interception is still done (OP_STOP). */
bool auditlog_full(struct auditlog *l);
/* After a change could not be written: when there is no space left, give back the reserve.  True:
 * there is space now, try again. */
bool auditlog_release(struct auditlog *l);
/* Do the newest rows give their hashes, and the rows under the newest signed head its root? */
bool auditlog_sound(struct auditlog *l);
/* An alarm that was raised or cleared; TEXT without any identity. */
void auditlog_alarm(struct auditlog *l, bool raised, const char *code, const char *object,
    const char *severity, const char *text);

/* Bring the words of the search up to the last row. */
void auditlog_index(struct auditlog *l);

/* For the operations: true when a proof or a head can be given; the fault else. */
bool auditlog_can_sign(const struct auditlog *l);
/* Sign the tree as it is (unless the newest head is of it).  0, or -EIO and the fault. */
int auditlog_sign(struct auditlog *l, struct fault *f);
/* "openmdf" and the verifier key, valid until close; "" when nothing is signed. */
const char *auditlog_origin(const struct auditlog *l);
const char *auditlog_vkey(const struct auditlog *l);
/* Sign a JSON object of N octets with the key of the log: its id (trust/sign.h) and the signature
 * in base 64.  A checkpoint never begins with a brace, so neither can pass for the other.  Returns
 * 0, or -EINVAL: there is no key, or TEXT is no object. */
int auditlog_sign_text(
    const struct auditlog *l, const char *text, size_t n, char key[65], char sig[89]);

#endif
