/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts per warrant and day; see complete.h. */
#include "admin/complete.h"

#include "admin/hash_in.h"
#include "base/clock.h"
#include "db/check.h"
#include "db/store.h"
#include "trust/canon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPLETE_DAY_NS (INT64_C(86400) * CLOCK_NS_PER_S)
#define COMPLETE_EDGE_NS                                                                           \
	(2 * CLOCK_NS_PER_S) /* a look so soon after midnight is one of the day before */

static const char *const complete_sums[] = {"received", "extra", "delivered", "lost", "summed",
    "duplicate", "copies", "out_of_scope", "octets"};
#define COMPLETE_SUMS (sizeof(complete_sums) / sizeof(complete_sums[0]))

char *
complete_day(int64_t ns, char buf[11])
{
	char text[32];

	snprintf(buf, 11, "%.10s", clock_format(ns, text));
	return buf;
}

int64_t
complete_midnight(int64_t ns)
{
	return ns - ns % COMPLETE_DAY_NS;
}

bool
complete_answered(json_t *status, const char *lea)
{
	json_t *l;
	size_t i;

	if (!json_is_object(json_object_get(status, "ingest")))
		return false;
	json_array_foreach(json_object_get(status, "leas"), i, l)
	{
		const char *name = json_string_value(json_object_get(l, "name")),
			   *state = json_string_value(json_object_get(l, "state"));

		if (name != NULL && state != NULL && strcmp(name, lea) == 0)
			return strcmp(state, "ok") == 0;
	}
	return false;
}

/* What the deliver roles say of each warrant, by its row number as text: octets of all roles, and
 * the longest delay on the UTC day of NOW_NS since they began. */
json_t *
complete_sent(json_t *status, int64_t now_ns)
{
	json_t *sent = json_object(), *d, *w, *one;
	char row[24];
	size_t i, k;

	json_array_foreach(json_object_get(status, "deliver"), i, d)
	    json_array_foreach(json_object_get(d, "warrants"), k, w)
	{
		int64_t octets = json_integer_value(json_object_get(w, "octets")),
			ns = json_integer_value(json_object_get(w, "delay_ns"));

		if (json_integer_value(json_object_get(w, "delay_day")) != now_ns / COMPLETE_DAY_NS)
			ns = 0;
		snprintf(row, sizeof(row), "%lld",
		    (long long)json_integer_value(json_object_get(w, "warrant")));
		if ((one = json_object_get(sent, row)) != NULL) {
			octets += json_integer_value(json_object_get(one, "octets"));
			if (json_integer_value(json_object_get(one, "delay_ns")) > ns)
				ns = json_integer_value(json_object_get(one, "delay_ns"));
		}
		json_object_set_new(sent, row,
		    json_pack("{s:I, s:I}", "octets", (json_int_t)octets, "delay_ns",
			(json_int_t)(ns > 0 ? ns : 0)));
	}
	return sent;
}

static json_t *
complete_map(json_t *v)
{
	json_t *out = json_object(), *n;
	const char *key;

	json_object_foreach(v, key, n) if (json_integer_value(n) != 0) json_object_set(out, key, n);
	return out;
}

json_t *
complete_counters(json_t *w, json_t *sent)
{
	json_t *c = json_object(), *detail = json_object_get(w, "detail"), *v, *one;
	char row[24];

	snprintf(row, sizeof(row), "%lld", (long long)json_integer_value(json_object_get(w, "id")));
	one = json_object_get(sent, row);

	for (size_t i = 0; i < COMPLETE_SUMS; i++) {
		v = json_object_get(w, complete_sums[i]);
		json_object_set_new(c, complete_sums[i], json_integer(json_integer_value(v)));
	}
	json_object_set_new(
	    c, "octets", json_integer(json_integer_value(json_object_get(one, "octets"))));
	json_object_set_new(
	    c, "delay_ns", json_integer(json_integer_value(json_object_get(one, "delay_ns"))));
	v = json_object_get(w, "waiting");
	json_object_set_new(c, "waiting", json_integer(json_integer_value(v)));
	json_object_set_new(c, "rejected", complete_map(json_object_get(detail, "rejected")));
	json_object_set_new(c, "shed", complete_map(json_object_get(detail, "shed_by_class")));
	return c;
}

/* ---- keeping */

static int
complete_store(struct ops_ctx *x, enum store_stmt stmt, int64_t row, const char *day, int64_t from,
    int64_t to, json_t *base, json_t *last)
{
	char *b = json_dumps(base, JSON_COMPACT | JSON_SORT_KEYS),
	     *l = json_dumps(last, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *a = json_pack("{s:I, s:s, s:I, s:I, s:s, s:s}", "warrant", (json_int_t)row, "day",
	    day, "from_ns", (json_int_t)from, "to_ns", (json_int_t)to, "base", b, "last", l);
	struct fault f = {0};
	int r = store_run(x->store, stmt, a, &f);

	json_decref(a);
	free(b);
	free(l);
	return r < 0 ? -EIO : 0;
}

/* Nothing of a warrant that was never seen before today: it begins at zero. */
json_t *
complete_zero(void)
{
	json_t *z = json_object();

	for (size_t i = 0; i < COMPLETE_SUMS; i++)
		json_object_set_new(z, complete_sums[i], json_integer(0));
	json_object_set_new(z, "waiting", json_integer(0));
	json_object_set_new(z, "delay_ns", json_integer(0));
	json_object_set_new(z, "rejected", json_object());
	json_object_set_new(z, "shed", json_object());
	return z;
}

void
complete_keep_delay(json_t *now, json_t *last)
{
	json_t *was = json_object_get(last, "delay_ns");

	if (json_integer_value(was) > json_integer_value(json_object_get(now, "delay_ns")))
		json_object_set(now, "delay_ns", was);
}

/* The state of the data plane was lost as a whole: its counters began again. */
static bool
complete_restarted(json_t *last, json_t *now)
{
	return json_integer_value(json_object_get(now, "received")) <
	       json_integer_value(json_object_get(last, "received"));
}

static int
complete_one(struct ops_ctx *x, int64_t row, json_t *now, int64_t now_ns)
{
	json_t *key = json_pack("{s:I}", "warrant", (json_int_t)row),
	       *old = store_row(x->store, STMT_COMPLETE_LAST, key),
	       *last = json_object_get(old, "last"), *base;
	const char *was = json_string_value(json_object_get(old, "day"));
	int64_t to = json_integer_value(json_object_get(old, "to_ns")),
		midnight = complete_midnight(now_ns);
	char day[11];
	int r = 0;

	complete_day(now_ns, day);
	json_decref(key);
	if (old != NULL && strcmp(was, day) >= 0) {
		complete_keep_delay(now, last);
		if (!json_equal(last, now))
			r = complete_store(x, STMT_COMPLETE_SET, row, was, 0, now_ns, last, now);
		json_decref(old);
		return r;
	}
	base = old == NULL || complete_restarted(last, now) ? complete_zero() : json_copy(last);
	json_object_set(base, "delay_ns", json_object_get(now, "delay_ns"));
	if (old != NULL && now_ns - midnight < COMPLETE_EDGE_NS && !complete_restarted(last, now)) {
		json_t *end = json_copy(now);

		json_object_set_new(end, "delay_ns", json_integer(0));
		complete_keep_delay(end, last);
		r = complete_store(x, STMT_COMPLETE_SET, row, was, 0, midnight, last, end);
		json_decref(end);
		json_decref(base);
		base = json_incref(now);
		to = midnight;
	}
	if (r == 0 && (old == NULL || !json_equal(base, now)))
		r = complete_store(
		    x, STMT_COMPLETE_ADD, row, day, old == NULL ? midnight : to, now_ns, base, now);
	json_decref(base);
	json_decref(old);
	return r;
}

static int
complete_take_one(struct complete_take *t, json_t *w)
{
	json_t *now;
	int r;

	if (json_integer_value(json_object_get(w, "received")) == 0 ||
	    !complete_answered(t->status, json_string_value(json_object_get(w, "lea"))))
		return 0;
	now = complete_counters(w, t->sent);
	r = complete_one(t->x, json_integer_value(json_object_get(w, "id")), now, t->now_ns);
	json_decref(now);
	return r;
}

void
complete_take_begin(struct complete_take *t, struct ops_ctx *x, json_t *status, int64_t now_ns)
{
	*t = (struct complete_take){.x = x, .status = json_incref(status), .now_ns = now_ns};
	t->sent = complete_sent(status, now_ns);
}

int
complete_take_step(struct complete_take *t, unsigned ms)
{
	int64_t end = clock_mono_ns() + (int64_t)ms * 1000000;
	struct fault f = {0};
	json_t *w = NULL;
	int r = store_begin(t->x->store, &f);

	if (r < 0)
		return -EIO;
	while (r == 0 && (ms == 0 || clock_mono_ns() < end) &&
	       (w = json_array_get(json_object_get(t->status, "warrants"), t->at)) != NULL) {
		r = complete_take_one(t, w);
		t->at++;
	}
	if (r < 0) {
		store_rollback(t->x->store);
		return r;
	}
	return store_commit(t->x->store, &f) < 0 ? -EIO : w != NULL;
}

void
complete_take_end(struct complete_take *t)
{
	json_decref(t->status);
	json_decref(t->sent);
	*t = (struct complete_take){0};
}

int
complete_take(struct ops_ctx *x, json_t *status, int64_t now_ns)
{
	struct complete_take t;
	int r;

	complete_take_begin(&t, x, status, now_ns);
	r = complete_take_step(&t, 0);
	complete_take_end(&t);
	return r;
}

/* ---- accounts */

static int64_t
complete_diff(json_t *row, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(row, "last"), key)) -
	       json_integer_value(json_object_get(json_object_get(row, "base"), key));
}

/* Differences of a map; *SUM of all. */
static json_t *
complete_diffs(json_t *row, const char *key, int64_t *sum)
{
	json_t *base = json_object_get(json_object_get(row, "base"), key), *out = json_object(), *v;
	const char *code;

	*sum = 0;
	json_object_foreach(json_object_get(json_object_get(row, "last"), key), code, v)
	{
		int64_t n = json_integer_value(v) - json_integer_value(json_object_get(base, code));

		*sum += n;
		if (n != 0)
			json_object_set_new(out, code, json_integer(n));
	}
	return out;
}

json_t *
complete_account(json_t *row)
{
	int64_t rejected, shed, in, out;
	int64_t before =
		    json_integer_value(json_object_get(json_object_get(row, "base"), "waiting")),
		after =
		    json_integer_value(json_object_get(json_object_get(row, "last"), "waiting"));
	char from[32], to[32];
	json_t *a = json_pack("{s:O, s:O, s:O, s:s, s:s}", "warrant", json_object_get(row, "uuid"),
	    "lea", json_object_get(row, "lea"), "day", json_object_get(row, "day"), "from",
	    clock_format(json_integer_value(json_object_get(row, "from_ns")), from), "to",
	    clock_format(json_integer_value(json_object_get(row, "to_ns")), to));

	for (size_t i = 0; i < COMPLETE_SUMS; i++)
		json_object_set_new(
		    a, complete_sums[i], json_integer(complete_diff(row, complete_sums[i])));
	json_object_set_new(a, "waiting_before", json_integer(before));
	json_object_set_new(a, "waiting", json_integer(after));
	json_object_set_new(a, "rejected", complete_diffs(row, "rejected", &rejected));
	json_object_set_new(a, "shed", complete_diffs(row, "shed", &shed));
	in = complete_diff(row, "received") + complete_diff(row, "extra") + before;
	out = complete_diff(row, "delivered") + after + complete_diff(row, "lost") +
	      complete_diff(row, "summed") + complete_diff(row, "duplicate") +
	      complete_diff(row, "copies") + complete_diff(row, "out_of_scope") + rejected + shed;
	json_object_set_new(a, "balanced", json_boolean(in == out));
	json_object_set_new(a, "max_delay_ms",
	    json_integer(
		json_integer_value(json_object_get(json_object_get(row, "last"), "delay_ns")) /
		(CLOCK_NS_PER_S / 1000)));
	return a;
}

static int
complete_close_one(struct ops_ctx *x, json_t *row)
{
	json_t *account = complete_account(row), *a;
	uint8_t hash[32];
	char hex[65], object[96];
	struct fault f = {0};
	uint64_t seq = 0;
	int r = canon_sha256(account, hash);

	check_hex_text(hash, sizeof(hash), hex);
	snprintf(
	    object, sizeof(object), "warrant %s", json_string_value(json_object_get(row, "uuid")));
	if (r == 0)
		r = hash_leaf(x, "completeness", object, "ok", NULL,
		    json_pack("{s:O, s:s, s:O}", "day", json_object_get(row, "day"), "sha256", hex,
			"balanced", json_object_get(account, "balanced")),
		    &seq);
	a = json_pack("{s:O, s:O, s:s, s:I}", "warrant", json_object_get(row, "warrant"), "day",
	    json_object_get(row, "day"), "sha256", hex, "audit_seq", (json_int_t)seq);
	if (r == 0)
		r = store_run(x->store, STMT_COMPLETE_CLOSE, a, &f);
	json_decref(a);
	json_decref(account);
	return r;
}

int
complete_close(struct ops_ctx *x, int64_t now_ns)
{
	char today[11];
	json_t *a = json_pack("{s:s}", "day", complete_day(now_ns, today)),
	       *rows = store_rows(x->store, STMT_COMPLETE_DUE, a), *row;
	struct fault f = {0};
	size_t i, n = json_array_size(rows);
	int r = n == 0 ? 0 : store_begin(x->store, &f);

	if (r == 0 && n > 0) {
		json_array_foreach(rows, i, row) if ((r = complete_close_one(x, row)) < 0) break;
		if (r < 0)
			store_rollback(x->store);
		else
			r = store_commit(x->store, &f);
	}
	json_decref(rows);
	json_decref(a);
	return r < 0 ? -EIO : (int)n;
}
