/* SPDX-License-Identifier: Apache-2.0 */
/* Hash records from the journal; see hash_in.h. */
#include "admin/hash_in.h"

#include "admin/auditlog.h"
#include "base/log.h"
#include "base/random.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *
hash_class(int c)
{
	static const char *const names[] = {"iri", "voice", "cc"};

	return c >= 0 && c < 3 ? names[c] : "other";
}

static const char *
hash_algorithm(bool signature, int alg)
{
	static const char *const hashes[] = {"", "sha-1", "sha-256", "sha-384", "sha-512"},
				 *const signatures[] = {"", "dsa", "ecdsa", "eddsa"};

	if (signature)
		return alg > 0 && alg < 4 ? signatures[alg] : "other";
	return alg > 0 && alg < 5 ? hashes[alg] : "other";
}

int
hash_leaf(struct ops_ctx *x, const char *op, const char *object, const char *outcome,
    const char *reason, json_t *detail, uint64_t *seq)
{
	const struct audit_row row = {.actor = "system",
	    .interface = "system",
	    .uid = UINT32_MAX,
	    .op = op,
	    .object = object,
	    .outcome = outcome,
	    .reason = reason,
	    .detail = detail};
	struct fault f = {0};
	int r = x->log == NULL ? -EIO : auditlog_add(x->log, &row, seq, &f);

	json_decref(detail);
	return r < 0 ? -EIO : 0;
}

int
hash_handle(struct ops_ctx *x, int64_t row, char out[33])
{
	json_t *a = json_pack("{s:I}", "warrant", (json_int_t)row),
	       *h = store_row(x->store, STMT_HASH_HANDLE, a);
	const char *text = json_string_value(json_object_get(h, "handle"));
	struct fault f = {0};
	uint8_t b[16];
	int r = 0;

	out[0] = '\0';
	for (size_t n = 0; text != NULL && *text != '\0'; text++)
		if (*text != '-' && n < 32) { /* 16 octets come as UUID */
			out[n++] = *text;
			out[n] = '\0';
		}
	if (h == NULL) {
		random_octets(b, sizeof(b));
		json_object_set_new(a, "handle", json_string(check_hex_text(b, sizeof(b), out)));
		r = store_run(x->store, STMT_HASH_HANDLE_ADD, a, &f);
	}
	json_decref(h);
	json_decref(a);
	return r < 0 ? -EIO : 0;
}

static json_t *
hash_value(const struct journal_hash *h)
{
	char hex[2 * JOURNAL_HASH_MAX + 1];
	size_t n = h->value_n < JOURNAL_HASH_MAX ? h->value_n : JOURNAL_HASH_MAX;

	return json_string(check_hex_text(h->value, n, hex));
}

json_t *
hash_detail(json_t *row)
{
	static const char *const keys[] = {"uuid", "kind", "handle", "class", "cin", "type",
	    "signature", "seq", "first", "last", "n", "octets", "algorithm", "value"};
	json_t *d = json_object(), *v;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((v = json_object_get(row, keys[i])) != NULL && !json_is_null(v))
			json_object_set(d, keys[i], v);
	return d;
}

/* ROW is known under another value: the first one stays, and the log says so. */
static int
hash_conflict(struct ops_ctx *x, const char *op, json_t *row, const char *object)
{
	uint64_t seq;

	log_err("HASH-CONFLICT", "%s: a second hash record differs from the first", object);
	return hash_leaf(x, op, object, "error", "a second hash record differs from the first",
	    hash_detail(row), &seq);
}

static int
hash_store(struct ops_ctx *x, enum store_stmt known, const char *op, json_t *row)
{
	json_t *old = store_row(x->store, known, row), *value = json_object_get(row, "value");
	char uuid[37], object[96];
	struct fault f = {0};
	uint64_t seq = 0;
	bool same = json_equal(json_object_get(old, "value"), value), there = old != NULL;
	int r;

	json_decref(old);
	if (same)
		return 0;
	check_uuid_new(uuid);
	json_object_set_new(row, "uuid", json_string(uuid));
	snprintf(object, sizeof(object), "hash %s", uuid);
	if (there)
		return hash_conflict(x, op, row, object);
	r = hash_leaf(x, op, object, "ok", NULL, hash_detail(row), &seq);
	json_object_set_new(row, "audit_seq", json_integer((json_int_t)seq));
	return r < 0 ? r : store_run(x->store, STMT_HASH_ADD, row, &f);
}

static int
hash_segment(struct ops_ctx *x, const struct journal_entry *e, const struct journal_hash *h)
{
	json_t *row = json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:o, s:I}", "kind",
	    "segment", "lea", (json_int_t)h->lea, "class", hash_class(h->class), "seq",
	    (json_int_t)h->seg, "first", (json_int_t)h->first_rec, "last",
	    (json_int_t)(h->end_rec > h->first_rec ? h->end_rec - 1 : h->first_rec), "n",
	    (json_int_t)(h->end_rec - h->first_rec), "octets", (json_int_t)h->len, "algorithm",
	    "sha-256", "value", hash_value(h), "time_ns", (json_int_t)e->time_ns);
	int r = hash_store(x, STMT_HASH_SEGMENT, "hash.segment", row);

	json_decref(row);
	return r;
}

static json_t *
hash_check_row(const struct journal_entry *e, const struct journal_hash *h, bool signature)
{
	json_t *row = json_pack("{s:s, s:I, s:I, s:s, s:I, s:s, s:b, s:I}", "kind", "check", "lea",
	    (json_int_t)h->lea, "warrant", (json_int_t)e->warrant, "class", hash_class(h->class),
	    "cin", (json_int_t)h->cin, "type", h->data_type == 1 ? "iri" : "cc", "signature",
	    signature, "seq", (json_int_t)h->seq);

	json_object_set_new(row, "first", json_integer(e->first));
	json_object_set_new(row, "last", json_integer(e->last));
	json_object_set_new(row, "n", json_integer(e->count));
	json_object_set_new(row, "algorithm", json_string(hash_algorithm(signature, h->alg)));
	json_object_set_new(row, "value", hash_value(h));
	json_object_set_new(row, "time_ns", json_integer((json_int_t)e->time_ns));
	return row;
}

static int
hash_check(struct ops_ctx *x, const struct journal_entry *e, const struct journal_hash *h)
{
	json_t *row = hash_check_row(e, h, e->code == HASHED_SIGNATURE);
	char handle[33];
	int r = hash_handle(x, e->warrant, handle);

	json_object_set_new(row, "handle", json_string(handle));
	if (r == 0)
		r = hash_store(x, STMT_HASH_CHECK, "hash.check", row);
	json_decref(row);
	return r;
}

/* The check of an earlier record never left: a crash lay between. */
static int
hash_void(struct ops_ctx *x, const struct journal_entry *e, const struct journal_hash *h)
{
	json_t *row = hash_check_row(e, h, h->alg == HASHED_SIGNATURE),
	       *old = store_row(x->store, STMT_HASH_CHECK, row);
	struct fault f = {0};
	uint64_t seq;
	char object[96];
	int r = 0;

	if (old != NULL &&
	    json_equal(json_object_get(old, "value"), json_object_get(row, "value"))) {
		json_object_set(row, "id", json_object_get(old, "id"));
		snprintf(object, sizeof(object), "hash row %lld",
		    (long long)json_integer_value(json_object_get(old, "id")));
		r = store_run(x->store, STMT_HASH_VOID, row, &f);
		if (r == 0)
			r = hash_leaf(x, "hash.void", object, "ok",
			    "this integrity check was never sent: the machine stopped between",
			    hash_detail(row), &seq);
	}
	json_decref(old);
	json_decref(row);
	return r < 0 ? -EIO : 0;
}

int
hash_in(struct ops_ctx *x, const struct journal_entry *e, struct octets more)
{
	struct journal_hash h;

	if (more.n < sizeof(h)) {
		log_err("JOURNAL-SHORT", "a hash record of %zu octets was skipped", more.n);
		return 0;
	}
	memcpy(&h, more.p, sizeof(h));
	switch ((enum hashed_code)e->code) {
	case HASHED_SEGMENT:
		return hash_segment(x, e, &h);
	case HASHED_CHECK:
	case HASHED_SIGNATURE:
		return hash_check(x, e, &h);
	case HASHED_VOID:
		return hash_void(x, e, &h);
	}
	return 0;
}
