/* SPDX-License-Identifier: Apache-2.0 */
/* Database rows to the flat image; see taskset_build.h. */
#include "admin/taskset_build.h"

#include "db/store.h"
#include "flow.h"
#include "session/taskset.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Growing memory. */
struct tb_buf {
	uint8_t *p;
	size_t n, max;
};

struct tb {
	struct store *store;
	struct tb_buf ne, warrant, xid, allow, profile, rule, strings;
	uint32_t *slot; /* row id > 1 + index in warrant; 0: not in the image */
	size_t slot_n;
};

static void *
tb_add(struct tb_buf *b, const void *data, size_t n)
{
	if (b->n + n > b->max) {
		b->max = (b->n + n) * 2 + 4096;
		b->p = realloc(b->p, b->max);
		assert(b->p != NULL);
	}
	memcpy(b->p + b->n, data, n);
	b->n += n;
	return b->p + b->n - n;
}

static struct taskset_str
tb_string(struct tb *t, sqlite3_stmt *st, int col)
{
	const void *text = sqlite3_column_text(st, col);
	struct taskset_str s = {
	    .off = (uint32_t)t->strings.n, .len = (uint32_t)sqlite3_column_bytes(st, col)};

	if (s.len > 0)
		tb_add(&t->strings, text, s.len);
	return s;
}

/* At most MAX octets of a column to OUT; returns how many. */
static uint8_t
tb_octets(sqlite3_stmt *st, int col, uint8_t *out, size_t max)
{
	const void *p = sqlite3_column_blob(st, col);
	size_t n = (size_t)sqlite3_column_bytes(st, col);

	if (n > max)
		n = max;
	if (n > 0)
		memcpy(out, p, n);
	return (uint8_t)n;
}

static int
tb_nes(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_NE);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		struct taskset_ne ne = {.id = (uint32_t)sqlite3_column_int64(st, 0),
		    .enabled = (uint8_t)sqlite3_column_int(st, 1),
		    .interfaces = (uint8_t)sqlite3_column_int(st, 2),
		    .tls12 = (uint8_t)sqlite3_column_int(st, 3),
		    .time_p2_s = (uint32_t)sqlite3_column_int64(st, 4)};

		ne.name = tb_string(t, st, 5);
		ne.san = tb_string(t, st, 6);
		for (int i = 7; i <= 8; i++)
			if (tb_octets(st, i, ne.pin[ne.pins_n], sizeof(ne.pin[0])) ==
			    sizeof(ne.pin[0]))
				ne.pins_n++;
		tb_add(&t->ne, &ne, sizeof(ne));
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

static uint8_t
tb_delivery(const char *text)
{
	return strcmp(text, "iri") == 0	 ? TASKSET_IRI
	       : strcmp(text, "cc") == 0 ? TASKSET_CC
					 : TASKSET_IRI | TASKSET_CC;
}

/* Index of the profile of LEA. */
static uint32_t
tb_profile(struct tb *t, uint32_t lea, uint8_t gtime, uint16_t ps_version)
{
	struct taskset_profile p = {.lea = lea,
	    .gtime = gtime,
	    .ps_version = ps_version,
	    .aggregate_n = 1,
	    .copies_ms = 5000,
	    .summary_s = 60};
	size_t n = t->profile.n / sizeof(p);

	for (size_t i = n; i-- > 0;)
		if (((struct taskset_profile *)(void *)t->profile.p)[i].lea == lea)
			return (uint32_t)i;
	p.name = (struct taskset_str){(uint32_t)t->strings.n, 4};
	tb_add(&t->strings, "etsi", 4);
	p.lea_name = p.name; /* until profiles have their table */
	tb_add(&t->profile, &p, sizeof(p));
	return (uint32_t)n;
}

static void
tb_warrant(struct tb *t, sqlite3_stmt *st)
{
	struct taskset_warrant w = {.id = (uint32_t)sqlite3_column_int64(st, 0),
	    .lea = (uint32_t)sqlite3_column_int64(st, 1),
	    .delivery = tb_delivery((const char *)sqlite3_column_text(st, 2)),
	    .suspended = (uint8_t)sqlite3_column_int(st, 3),
	    .any_ne = 1,
	    .services = SERVICE_ANY,
	    .from_ns = sqlite3_column_int64(st, 11),
	    .until_ns = sqlite3_column_int64(st, 12),
	    .dest_hi2 = (uint32_t)sqlite3_column_int64(st, 13),
	    .dest_hi3 = (uint32_t)sqlite3_column_int64(st, 14)};

	w.profile = tb_profile(t, w.lea, (uint8_t)sqlite3_column_int(st, 4),
	    (uint16_t)sqlite3_column_int(st, 5));
	w.liid_n = tb_octets(st, 6, w.liid, sizeof(w.liid));
	tb_octets(st, 7, (uint8_t *)w.auth_cc, sizeof(w.auth_cc));
	tb_octets(st, 8, (uint8_t *)w.delivery_cc, sizeof(w.delivery_cc));
	w.operator_n = tb_octets(st, 9, w.operator_id, sizeof(w.operator_id));
	w.neid_n = tb_octets(st, 10, w.neid, sizeof(w.neid));
	if (w.id >= t->slot_n) {
		size_t n = (w.id + 1) * 2;

		t->slot = realloc(t->slot, n * sizeof(*t->slot));
		assert(t->slot != NULL);
		memset(t->slot + t->slot_n, 0, (n - t->slot_n) * sizeof(*t->slot));
		t->slot_n = n;
	}
	tb_add(&t->warrant, &w, sizeof(w));
	t->slot[w.id] = (uint32_t)(t->warrant.n / sizeof(w));
}

static int
tb_warrants(struct tb *t, int64_t now_ns)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_WARRANT);
	int r;

	sqlite3_bind_int64(st, 1, now_ns - TASKSET_KEEP_NS);
	while ((r = sqlite3_step(st)) == SQLITE_ROW)
		tb_warrant(t, st);
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

/* 1 + index of warrant row ID in the image, or 0. */
static uint32_t
tb_slot(const struct tb *t, int64_t id)
{
	return id >= 0 && (size_t)id < t->slot_n ? t->slot[id] : 0;
}

/* Row order is (xid, warrant row), and rows are indexed in ascending order: sorted as the image
 * wants it. */
static int
tb_xids(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_XID);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		uint32_t slot = tb_slot(t, sqlite3_column_int64(st, 1));
		struct taskset_xid x = {.warrant = slot - 1};

		if (slot == 0)
			continue;
		tb_octets(st, 0, x.xid, sizeof(x.xid));
		tb_add(&t->xid, &x, sizeof(x));
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

static int
tb_allows(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_ALLOW);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		uint32_t slot = tb_slot(t, sqlite3_column_int64(st, 0)),
			 ne = (uint32_t)sqlite3_column_int64(st, 1);
		struct taskset_warrant *w;

		if (slot == 0)
			continue;
		w = (struct taskset_warrant *)(void *)t->warrant.p + (slot - 1);
		if (w->any_ne) {
			w->any_ne = 0;
			w->allow_off = (uint32_t)(t->allow.n / sizeof(ne));
		}
		w->allow_n++;
		tb_add(&t->allow, &ne, sizeof(ne));
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

static void
tb_join(struct tb *t, uint64_t version, void **out, size_t *len)
{
	const struct tb_buf *parts[] = {&t->ne, &t->warrant, &t->xid, &t->allow, &t->profile,
	    &t->rule, &t->strings};
	struct taskset_hdr h = {.magic = TASKSET_MAGIC,
	    .layout = TASKSET_LAYOUT,
	    .version = version,
	    .ne_n = (uint32_t)(t->ne.n / sizeof(struct taskset_ne)),
	    .warrant_n = (uint32_t)(t->warrant.n / sizeof(struct taskset_warrant)),
	    .xid_n = (uint32_t)(t->xid.n / sizeof(struct taskset_xid)),
	    .allow_n = (uint32_t)(t->allow.n / sizeof(uint32_t)),
	    .profile_n = (uint32_t)(t->profile.n / sizeof(struct taskset_profile)),
	    .rule_n = (uint32_t)(t->rule.n / sizeof(struct taskset_rule)),
	    .strings_n = (uint32_t)t->strings.n};
	struct tb_buf b = {0};

	tb_add(&b, &h, sizeof(h));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i]->n > 0)
			tb_add(&b, parts[i]->p, parts[i]->n);
	*out = b.p;
	*len = b.n;
}

int
taskset_build(struct store *s, int64_t now_ns, void **out, size_t *len, uint64_t *version)
{
	struct tb t = {.store = s};
	json_t *name = json_pack("{s:s}", "name", "task_version");
	int r;

	*version = (uint64_t)store_int(s, STMT_SETTING_GET, name, 0);
	json_decref(name);
	if ((r = tb_nes(&t)) == 0 && (r = tb_warrants(&t, now_ns)) == 0 && (r = tb_xids(&t)) == 0 &&
	    (r = tb_allows(&t)) == 0)
		tb_join(&t, *version, out, len);
	free(t.ne.p);
	free(t.warrant.p);
	free(t.xid.p);
	free(t.allow.p);
	free(t.profile.p);
	free(t.rule.p);
	free(t.strings.p);
	free(t.slot);
	return r;
}
