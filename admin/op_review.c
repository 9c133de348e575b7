/* SPDX-License-Identifier: Apache-2.0 */
/* The review of a sample of the audit log: which rows are in it follows from a seed that nobody
 * could choose, so anybody can draw it again.  TKÜV 17. */
#include "admin/op_report.h"

#include "admin/report.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REVIEW_PERCENT 20 /* TKÜV 17(1): at least */

struct review_row {
	uint8_t rank[SHA256_DIGEST_LENGTH];
	int64_t seq;
	bool always;
};

struct review_draw {
	struct review_row *row;
	size_t n;
};

static int
review_find(struct op_call *c, json_t **row)
{
	op_object(c, "review %s", op_text(c, "review"));
	*row = store_row(c->store, STMT_REVIEW_SHOW, c->args);
	if (*row == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "review", op_text(c, "review"),
		    "mdfctl review list shows them", "there is no such review");
	json_object_set(c->args, "row", json_object_get(*row, "row"));
	return 0;
}

static int
review_need_open(struct op_call *c)
{
	int r = review_find(c, &c->before);

	if (r < 0)
		return r;
	if (strcmp(json_string_value(json_object_get(c->before, "state")), "open") != 0)
		return fault_set(&c->fault, FAULT_CONFLICT, "review", c->object, "open another one",
		    "this review is closed");
	return 0;
}

static int
review_after(struct op_call *c)
{
	c->after = store_row(c->store, STMT_REVIEW_SHOW, c->args);
	c->result = json_incref(c->after);
	return c->after == NULL ? -EIO : 0;
}

/* ---- open */

/* The rows of the period, in their order. */
static int
review_population(struct op_call *c, struct review_draw *d)
{
	sqlite3_stmt *st = store_query(c->store, STMT_REVIEW_POPULATION, c->args);
	size_t max = 0;
	json_t *row;
	int r;

	while ((r = store_next(c->store, st, &row, &c->fault)) > 0) {
		if (d->n == max) {
			max = max * 2 + 256;
			d->row = realloc(d->row, max * sizeof(*d->row));
			assert(d->row != NULL);
		}
		d->row[d->n++] =
		    (struct review_row){.seq = json_integer_value(json_object_get(row, "seq")),
			.always = json_integer_value(json_object_get(row, "suspicious")) != 0};
		json_decref(row);
	}
	return r;
}

/* The root of the first head that was signed after the period, if there is one. */
static bool
review_head(struct op_call *c, uint8_t seed[SHA256_DIGEST_LENGTH], char *what, size_t len)
{
	json_t *h = store_row(c->store, STMT_REVIEW_HEAD, c->args);
	const char *root = json_string_value(json_object_get(h, "root"));
	bool good = root != NULL && check_unhex(root, 2 * SHA256_DIGEST_LENGTH, seed) == 0;

	if (good)
		snprintf(what, len, "root of the tree head of size %lld, origin %s",
		    (long long)json_integer_value(json_object_get(h, "size")),
		    json_string_value(json_object_get(h, "origin")));
	json_decref(h);
	return good;
}

/* Without heads: the digest of every row of the period.  It was made after the last act that can be
 * drawn. */
static int
review_seed(struct op_call *c, uint8_t seed[SHA256_DIGEST_LENGTH], char *what, size_t len)
{
	EVP_MD_CTX *md;
	sqlite3_stmt *st;
	json_t *row;
	int r;

	if (review_head(c, seed, what, len))
		return 0;
	md = EVP_MD_CTX_new();
	st = store_query(c->store, STMT_REVIEW_SEED, c->args);
	assert(md != NULL);
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	while ((r = store_next(c->store, st, &row, &c->fault)) > 0) {
		const char *text = json_string_value(json_object_get(row, "text"));

		EVP_DigestUpdate(md, text, strlen(text));
		EVP_DigestUpdate(md, "\n", 1);
		json_decref(row);
	}
	EVP_DigestFinal_ex(md, seed, NULL);
	EVP_MD_CTX_free(md);
	snprintf(what, len,
	    "SHA-256 of the rows of the period: seq, time_ns, op, object, outcome with tabs, one "
	    "line each");
	return r;
}

static void
review_rank(struct review_draw *d, const uint8_t seed[SHA256_DIGEST_LENGTH])
{
	for (size_t i = 0; i < d->n; i++) {
		uint8_t in[SHA256_DIGEST_LENGTH + 8];

		memcpy(in, seed, SHA256_DIGEST_LENGTH);
		for (int k = 0; k < 8; k++)
			in[SHA256_DIGEST_LENGTH + k] = (uint8_t)(d->row[i].seq >> (56 - 8 * k));
		SHA256(in, sizeof(in), d->row[i].rank);
	}
}

static int
review_compare(const void *a, const void *b)
{
	return memcmp(((const struct review_row *)a)->rank, ((const struct review_row *)b)->rank,
	    SHA256_DIGEST_LENGTH);
}

/* The QUOTA lowest ranks, and of the others what is always reviewed. */
static int
review_items(struct op_call *c, int64_t id, struct review_draw *d, size_t quota)
{
	json_t *a = json_pack("{s:I}", "id", (json_int_t)id);
	int r = 0;

	qsort(d->row, d->n, sizeof(*d->row), review_compare);
	for (size_t i = 0; i < d->n && r == 0; i++) {
		if (i >= quota && !d->row[i].always)
			continue;
		json_object_set_new(a, "seq", json_integer(d->row[i].seq));
		json_object_set_new(a, "why", json_string(i < quota ? "sample" : "suspicious"));
		r = store_run(c->store, STMT_REVIEW_ITEM_ADD, a, &c->fault);
	}
	json_decref(a);
	return r;
}

static int
review_draw(struct op_call *c, struct review_draw *d)
{
	uint8_t seed[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1], id[37];
	int64_t percent = op_int(c, "percent", REVIEW_PERCENT);
	char what[256];
	int r;

	if ((r = review_population(c, d)) < 0 || (r = review_seed(c, seed, what, sizeof(what))) < 0)
		return r;
	if (d->n == 0)
		return fault_set(&c->fault, FAULT_REFUSED, "from", "", "choose another period",
		    "no act on a warrant falls into this period");
	review_rank(d, seed);
	check_uuid_new(id);
	op_object(c, "review %s", id);
	json_object_set_new(c->args, "id", json_string(id));
	json_object_set_new(c->args, "review", json_string(id));
	json_object_set_new(c->args, "percent", json_integer(percent));
	json_object_set_new(c->args, "population", json_integer((json_int_t)d->n));
	json_object_set_new(c->args, "seed", json_string(check_hex_text(seed, sizeof(seed), hex)));
	json_object_set_new(c->args, "seed_of", json_string(what));
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	if ((r = store_run(c->store, STMT_REVIEW_ADD, c->args, &c->fault)) < 0)
		return r;
	return review_items(c, store_last_id(c->store), d, (d->n * (size_t)percent + 99) / 100);
}

int
op_review_open(struct op_call *c)
{
	struct review_draw d = {0};
	int64_t from = op_int(c, "from_ns", 0), to = op_int(c, "until_ns", 0),
		percent = op_int(c, "percent", REVIEW_PERCENT);
	int r;

	if (percent < REVIEW_PERCENT || percent > 100)
		return fault_set(&c->fault, FAULT_USAGE, "percent", "", "20 to 100",
		    "a quota of at least %d %% is asked for", REVIEW_PERCENT);
	if (from >= to || to > op_int(c, "now_ns", 0))
		return fault_set(&c->fault, FAULT_USAGE, "until", "",
		    "review a period that is over",
		    "the period ends before it begins, or in the future");
	json_object_set_new(c->args, "to_ns", json_integer(to));
	r = review_draw(c, &d);
	free(d.row);
	return r < 0 ? r : review_after(c);
}

/* ---- the rest */

int
op_review_list(struct op_call *c)
{
	c->result = store_rows(c->store, STMT_REVIEW_LIST, NULL);
	return 0;
}

int
op_review_show(struct op_call *c)
{
	int r = review_find(c, &c->result);

	if (r == 0)
		json_object_set_new(
		    c->result, "items", store_rows(c->store, STMT_REVIEW_ITEMS, c->args));
	return r;
}

int
op_review_record(struct op_call *c)
{
	json_t *item;
	int r = review_need_open(c);

	if (r < 0)
		return r;
	if (strcmp(op_text(c, "result"), "objection") == 0 && op_text(c, "note") == NULL)
		return fault_set(&c->fault, FAULT_USAGE, "note", c->object,
		    "say what does not agree", "an objection needs a note");
	if ((item = store_row(c->store, STMT_REVIEW_ITEM_SHOW, c->args)) == NULL)
		return fault_set(&c->fault, FAULT_NOT_FOUND, "seq", c->object,
		    "mdfctl review show lists its rows", "this row is not in the sample");
	r = !c->x->open && json_is_string(json_object_get(item, "actor")) &&
		    strcmp(json_string_value(json_object_get(item, "actor")), c->actor.name) == 0
		? fault_set(&c->fault, FAULT_REFUSED, "seq", c->object, "ask another reviewer",
		      "nobody reviews an act of his own")
		: 0;
	json_decref(item);
	if (r < 0)
		return r;
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	if ((r = store_run(c->store, STMT_REVIEW_ITEM_SET, c->args, &c->fault)) < 0)
		return r;
	return review_after(c);
}

int
op_review_close(struct op_call *c)
{
	int r = review_need_open(c);

	if (r < 0)
		return r;
	if (json_integer_value(json_object_get(c->before, "done")) <
	    json_integer_value(json_object_get(c->before, "size")))
		return fault_set(&c->fault, FAULT_CONFLICT, "review", c->object,
		    "record a result for each row", "%lld of %lld rows have a result",
		    (long long)json_integer_value(json_object_get(c->before, "done")),
		    (long long)json_integer_value(json_object_get(c->before, "size")));
	json_object_set_new(c->args, "by", json_string(c->actor.name));
	if ((r = store_run(c->store, STMT_REVIEW_CLOSE, c->args, &c->fault)) < 0)
		return r;
	return review_after(c);
}
