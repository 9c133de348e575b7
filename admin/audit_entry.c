/* SPDX-License-Identifier: Apache-2.0 */
/* See audit_entry.h. */
#include "admin/audit_entry.h"

#include "trust/canon.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum audit_kind {
	AUDIT_K_TEXT,
	AUDIT_K_HASH,	/* 32 octets, hexadecimal */
	AUDIT_K_JSON,	/* already canonical */
	AUDIT_K_NUMBER, /* below 2^53 */
	AUDIT_K_LONG	/* a number as text: may be beyond 2^53 */
};

#define AUDIT_M(name, kind)                                                                        \
	{                                                                                          \
		"\"" name "\":", sizeof("\"" name "\":") - 1, kind                                 \
	}
static const struct {
	const char *text;
	size_t n;
	enum audit_kind kind;
} audit_members[AUDIT_MEMBERS] = {
    [AUDIT_ACTOR] = AUDIT_M("actor", AUDIT_K_TEXT),
    [AUDIT_AFTER] = AUDIT_M("after", AUDIT_K_HASH),
    [AUDIT_BEFORE] = AUDIT_M("before", AUDIT_K_HASH),
    [AUDIT_BOOT] = AUDIT_M("boot", AUDIT_K_TEXT),
    [AUDIT_CLOCK] = AUDIT_M("clock", AUDIT_K_TEXT),
    [AUDIT_CLOCK_NS] = AUDIT_M("clock_ns", AUDIT_K_LONG),
    [AUDIT_CODE] = AUDIT_M("code", AUDIT_K_TEXT),
    [AUDIT_DETAIL] = AUDIT_M("detail", AUDIT_K_JSON),
    [AUDIT_INTERFACE] = AUDIT_M("interface", AUDIT_K_TEXT),
    [AUDIT_OBJECT] = AUDIT_M("object", AUDIT_K_TEXT),
    [AUDIT_OP] = AUDIT_M("op", AUDIT_K_TEXT),
    [AUDIT_OUTCOME] = AUDIT_M("outcome", AUDIT_K_TEXT),
    [AUDIT_PREV] = AUDIT_M("prev", AUDIT_K_HASH),
    [AUDIT_REASON] = AUDIT_M("reason", AUDIT_K_TEXT),
    [AUDIT_REQUEST] = AUDIT_M("request", AUDIT_K_TEXT),
    [AUDIT_ROLE] = AUDIT_M("role", AUDIT_K_TEXT),
    [AUDIT_SEQ] = AUDIT_M("seq", AUDIT_K_NUMBER),
    [AUDIT_SESSION] = AUDIT_M("session", AUDIT_K_TEXT),
    [AUDIT_SOURCE] = AUDIT_M("source", AUDIT_K_TEXT),
    [AUDIT_TIME_NS] = AUDIT_M("time_ns", AUDIT_K_LONG),
    [AUDIT_UID] = AUDIT_M("uid", AUDIT_K_NUMBER),
};

void
audit_entry_text(struct audit_entry *e, enum audit_member m, const char *text)
{
	e->v[m] = (struct audit_value){
	    .set = text != NULL, .p = text, .n = text == NULL ? 0 : strlen(text)};
}

void
audit_entry_int(struct audit_entry *e, enum audit_member m, int64_t i)
{
	e->v[m] = (struct audit_value){.set = true, .i = i};
}

void
audit_entry_hash(struct audit_entry *e, enum audit_member m, const uint8_t hash[32])
{
	e->v[m] = (struct audit_value){.set = true, .p = (const char *)hash, .n = 32};
}

void
audit_entry_read(sqlite3_stmt *st, const uint8_t prev[32], struct audit_entry *e)
{
	for (int m = 0; m < AUDIT_MEMBERS; m++) {
		struct audit_value *v = &e->v[m];
		enum audit_kind kind = audit_members[m].kind;

		*v = (struct audit_value){.set = sqlite3_column_type(st, m) != SQLITE_NULL};
		if (!v->set)
			continue;
		if (kind == AUDIT_K_NUMBER || kind == AUDIT_K_LONG) {
			v->i = sqlite3_column_int64(st, m);
		} else {
			v->p = kind == AUDIT_K_HASH ? sqlite3_column_blob(st, m)
						    : (const char *)sqlite3_column_text(st, m);
			v->n = (size_t)sqlite3_column_bytes(st, m);
		}
	}
	audit_entry_hash(e, AUDIT_PREV, prev);
}

void
audit_entry_bind(const struct audit_entry *e, sqlite3_stmt *st)
{
	for (int m = 0; m < AUDIT_MEMBERS; m++) {
		const struct audit_value *v = &e->v[m];

		if (!v->set || m == AUDIT_PREV)
			continue;
		if (audit_members[m].kind == AUDIT_K_HASH)
			sqlite3_bind_blob(st, m + 1, v->p, (int)v->n, SQLITE_STATIC);
		else if (v->p != NULL)
			sqlite3_bind_text(st, m + 1, v->p, (int)v->n, SQLITE_STATIC);
		else
			sqlite3_bind_int64(st, m + 1, v->i);
	}
}

char *
audit_text_room(struct audit_text *t, size_t n)
{
	if (t->n + n > t->max) {
		t->max = (t->n + n) * 2 + 1024;
		t->p = realloc(t->p, t->max);
		assert(t->p != NULL);
	}
	return t->p + t->n;
}

void
audit_text_add(struct audit_text *t, const char *p, size_t n)
{
	memcpy(audit_text_room(t, n), p, n);
	t->n += n;
}

/* Decimal digits of I to OUT of 20 octets; their number. */
static size_t
audit_decimal(int64_t i, char *out)
{
	uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	char buf[20];
	size_t n = 0, k = 0;

	do
		buf[n++] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (i < 0)
		out[k++] = '-';
	while (n > 0)
		out[k++] = buf[--n];
	return k;
}

static size_t
audit_value_write(const struct audit_value *v, enum audit_kind kind, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t k = 0;

	switch (kind) {
	case AUDIT_K_TEXT:
		return canon_string(v->p, v->n, out);
	case AUDIT_K_JSON:
		memcpy(out, v->p, v->n);
		return v->n;
	case AUDIT_K_NUMBER:
		return audit_decimal(v->i, out);
	case AUDIT_K_LONG:
		out[0] = '"';
		k = 1 + audit_decimal(v->i, out + 1);
		out[k] = '"';
		return k + 1;
	case AUDIT_K_HASH:
		out[k++] = '"';
		for (size_t i = 0; i < v->n; i++) {
			out[k++] = digits[(uint8_t)v->p[i] >> 4];
			out[k++] = digits[(uint8_t)v->p[i] & 15];
		}
		out[k++] = '"';
		return k;
	}
	return 0;
}

void
audit_entry_write(const struct audit_entry *e, struct audit_text *out)
{
	char before = '{';

	for (int m = 0; m < AUDIT_MEMBERS; m++) {
		const struct audit_value *v = &e->v[m];
		char *p;

		if (!v->set)
			continue;
		p = audit_text_room(out, 1 + audit_members[m].n + 6 * v->n + 24);
		*p = before;
		memcpy(p + 1, audit_members[m].text, audit_members[m].n);
		out->n += 1 + audit_members[m].n +
			  audit_value_write(v, audit_members[m].kind, p + 1 + audit_members[m].n);
		before = ',';
	}
	audit_text_add(out, "}", 1);
}
