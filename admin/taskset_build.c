/* SPDX-License-Identifier: Apache-2.0 */
/* Database rows to the flat image; see taskset_build.h. */
#include "admin/taskset_build.h"

#include "admin/profile.h"
#include "admin/rule.h"
#include "base/log.h"
#include "db/check.h"
#include "db/store.h"
#include "flow.h"
#include "session/taskset.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Growing memory. */
struct tb_buf {
	uint8_t *p;
	size_t n, max;
};

/* Row id > 1 + index in the image; 0: not there. */
struct tb_slots {
	uint32_t *p;
	size_t n;
};

struct tb {
	struct store *store;
	int64_t one; /* only this warrant row; 0: all that are in force */
	struct tb_buf ne, warrant, xid, allow, profile, rule, dest, strings;
	struct taskset_str keys;
	struct tb_slots warrants, nes, profiles; /* profiles: by LEA row */
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

static void
tb_slot_set(struct tb_slots *s, uint32_t id, size_t index)
{
	if (id >= s->n) {
		size_t n = ((size_t)id + 1) * 2;

		s->p = realloc(s->p, n * sizeof(*s->p));
		assert(s->p != NULL);
		memset(s->p + s->n, 0, (n - s->n) * sizeof(*s->p));
		s->n = n;
	}
	s->p[id] = (uint32_t)index + 1;
}

static uint32_t
tb_slot(const struct tb_slots *s, int64_t id)
{
	return id >= 0 && (size_t)id < s->n ? s->p[id] : 0;
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
		ne.group = (uint8_t)sqlite3_column_int(st, 9);
		ne.opaque = (uint8_t)sqlite3_column_int(st, 10);
		tb_octets(st, 11, (uint8_t *)ne.country, sizeof(ne.country));
		ne.unwrap = (uint8_t)sqlite3_column_int(st, 12);
		tb_slot_set(&t->nes, ne.id, t->ne.n / sizeof(ne));
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

/* Text of a profile row; a field that this program does not take has its default. */
static void
tb_profile_fields(const char *text, struct taskset_profile *p)
{
	json_t *j = text == NULL ? NULL : json_loads(text, 0, NULL);
	const char *wrong = profile_compile(j, p);

	if (wrong != NULL || (text != NULL && j == NULL))
		log_err("PROFILE-FIELD",
		    "agency %u: '%s' of its profile is not valid here and has its default",
		    (unsigned)p->lea, wrong == NULL ? "text" : wrong);
	json_decref(j);
}

/* One profile per agency: its keys and its own time form make them differ anyway. */
static int
tb_profiles(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_PROFILE);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		struct taskset_profile p = {.lea = (uint32_t)sqlite3_column_int64(st, 0),
		    .id = (uint32_t)sqlite3_column_int64(st, 3)};

		tb_profile_fields((const char *)sqlite3_column_text(st, 5), &p);
		if (p.id == 0) {
			p.gtime = (uint8_t)sqlite3_column_int(st, 1);
			p.ps_version = (uint16_t)sqlite3_column_int(st, 2);
		}
		p.name = tb_string(t, st, 4);
		p.lea_name = tb_string(t, st, 6);
		tb_slot_set(&t->profiles, p.lea, t->profile.n / sizeof(p));
		tb_add(&t->profile, &p, sizeof(p));
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

static uint8_t
tb_content(const char *text)
{
	return strcmp(text, "headers") == 0   ? TASKSET_HEADERS
	       : strcmp(text, "summary") == 0 ? TASKSET_SUMMARY
					      : TASKSET_FULL;
}

/* Column with a JSON array, or NULL; new. */
static json_t *
tb_list(sqlite3_stmt *st, int col)
{
	const char *text = (const char *)sqlite3_column_text(st, col);

	return text == NULL ? NULL : json_loads(text, 0, NULL);
}

static void
tb_narrow(sqlite3_stmt *st, struct taskset_warrant *w)
{
	json_t *services = tb_list(st, 14), *countries = tb_list(st, 15), *cc;
	size_t i;

	w->content = tb_content((const char *)sqlite3_column_text(st, 13));
	w->services = rule_services(services);
	json_array_foreach(countries, i,
	    cc) if (i < TASKSET_COUNTRIES && json_string_length(cc) == sizeof(w->country[0]))
	    memcpy(w->country[w->country_n++], json_string_value(cc), sizeof(w->country[0]));
	w->trigger = (uint8_t)sqlite3_column_int(st, 16);
	w->metadata = (uint8_t)sqlite3_column_int(st, 17);
	json_decref(services);
	json_decref(countries);
}

/* The statement of ALL warrants, or that of ONE. */
static sqlite3_stmt *
tb_stmt(struct tb *t, enum store_stmt all, enum store_stmt one)
{
	sqlite3_stmt *st = store_stmt(t->store, t->one != 0 ? one : all);

	if (t->one != 0)
		sqlite3_bind_int64(st, 1, t->one);
	return st;
}

/* "drop", "buffer:SECONDS"; all else is kept. */
static uint32_t
tb_outage(const char *text)
{
	if (text == NULL || strcmp(text, "retain") == 0)
		return TASKSET_OUTAGE_KEEP;
	if (strncmp(text, "buffer:", 7) == 0 && text[7] >= '1' && text[7] <= '9')
		return (uint32_t)strtoul(text + 7, NULL, 10);
	return TASKSET_OUTAGE_DROP;
}

/* Statement and signatures; what is not complete is left out and so unsigned. */
static void
tb_signed(struct tb *t, sqlite3_stmt *st, struct taskset_warrant *w)
{
	for (int i = 0; i < 2; i++) {
		const char *key = (const char *)sqlite3_column_text(st, 20 + 2 * i);

		if (key == NULL || strlen(key) != 64 || check_unhex(key, 64, w->sig[i].key) < 0 ||
		    sqlite3_column_bytes(st, 21 + 2 * i) != sizeof(w->sig[i].sig))
			return;
		tb_octets(st, 21 + 2 * i, w->sig[i].sig, sizeof(w->sig[i].sig));
	}
	w->doc = tb_string(t, st, 19);
}

static void
tb_warrant(struct tb *t, sqlite3_stmt *st)
{
	struct taskset_warrant w = {.id = (uint32_t)sqlite3_column_int64(st, 0),
	    .lea = (uint32_t)sqlite3_column_int64(st, 1),
	    .delivery = tb_delivery((const char *)sqlite3_column_text(st, 2)),
	    .suspended = (uint8_t)sqlite3_column_int(st, 3),
	    .any_ne = (uint8_t)sqlite3_column_int(st, 24), /* a tenant's names its elements */
	    .from_ns = sqlite3_column_int64(st, 9),
	    .until_ns = sqlite3_column_int64(st, 10),
	    .dest_hi2 = (uint32_t)sqlite3_column_int64(st, 11),
	    .dest_hi3 = (uint32_t)sqlite3_column_int64(st, 12)};

	w.profile = tb_slot(&t->profiles, w.lea) - 1;
	w.liid_n = tb_octets(st, 4, w.liid, sizeof(w.liid));
	tb_octets(st, 5, (uint8_t *)w.auth_cc, sizeof(w.auth_cc));
	tb_octets(st, 6, (uint8_t *)w.delivery_cc, sizeof(w.delivery_cc));
	w.operator_n = tb_octets(st, 7, w.operator_id, sizeof(w.operator_id));
	w.neid_n = tb_octets(st, 8, w.neid, sizeof(w.neid));
	tb_narrow(st, &w);
	if (w.until_ns != sqlite3_column_int64(st, 18))
		w.order_until_ns = sqlite3_column_int64(st, 18);
	w.cc_outage_s = tb_outage((const char *)sqlite3_column_text(st, 25));
	w.iri_outage_s = tb_outage((const char *)sqlite3_column_text(st, 26));
	tb_signed(t, st, &w);
	tb_slot_set(&t->warrants, w.id, t->warrant.n / sizeof(w));
	tb_add(&t->warrant, &w, sizeof(w));
}

/* A rule that this program cannot read must not open what it closes: the image is refused. */
static int
tb_rule_read(struct tb *t, sqlite3_stmt *st, struct taskset_rule *rule)
{
	const uint8_t *hash = sqlite3_column_blob(st, 3);
	int what = sqlite3_column_int(st, 1) ? TASKSET_RULE_TARGET : TASKSET_RULE_EXCLUDE;

	if (sqlite3_column_bytes(st, 4) > 0) {
		rule_load_sealed(what, store_vault(t->store), sqlite3_column_int64(st, 5),
		    sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 4),
		    (size_t)sqlite3_column_bytes(st, 4), rule);
		return 0;
	}
	if (hash != NULL && sqlite3_column_bytes(st, 3) != sizeof(rule->a))
		return -EINVAL;
	return rule_load(what, (const char *)sqlite3_column_text(st, 2), hash, rule);
}

/* Rows come in the order of their owners, so that the rules of one follow each other.  OFF, N:
 * where the members rule_off and rule_n of owner I begin. */
static int
tb_rules(struct tb *t, sqlite3_stmt *st, const struct tb_slots *slots, struct tb_buf *owners,
    size_t size, size_t off_at, size_t n_at)
{
	struct taskset_rule rule;
	uint32_t slot, n, off;
	int r = 0, step;

	while ((step = sqlite3_step(st)) == SQLITE_ROW && r == 0) {
		if ((slot = tb_slot(slots, sqlite3_column_int64(st, 0))) == 0)
			continue;
		if ((r = tb_rule_read(t, st, &rule)) < 0) {
			log_err("TASK-RULE", "a rule of row %lld cannot be read",
			    (long long)sqlite3_column_int64(st, 0));
			break;
		}
		memcpy(&n, owners->p + (slot - 1) * size + n_at, sizeof(n));
		off = (uint32_t)(t->rule.n / sizeof(rule));
		if (n++ == 0)
			memcpy(owners->p + (slot - 1) * size + off_at, &off, sizeof(off));
		memcpy(owners->p + (slot - 1) * size + n_at, &n, sizeof(n));
		tb_add(&t->rule, &rule, sizeof(rule));
	}
	sqlite3_reset(st);
	return r < 0 ? r : step == SQLITE_DONE ? 0 : -EIO;
}

static int
tb_all_rules(struct tb *t)
{
	int r = tb_rules(t, store_stmt(t->store, STMT_TASK_NE_RULE), &t->nes, &t->ne,
	    sizeof(struct taskset_ne), offsetof(struct taskset_ne, rule_off),
	    offsetof(struct taskset_ne, rule_n));

	return r < 0 ? r
		     : tb_rules(t, tb_stmt(t, STMT_TASK_RULE, STMT_TASK_ONE_RULE), &t->warrants,
			   &t->warrant, sizeof(struct taskset_warrant),
			   offsetof(struct taskset_warrant, rule_off),
			   offsetof(struct taskset_warrant, rule_n));
}

static int
tb_warrants(struct tb *t, int64_t now_ns)
{
	sqlite3_stmt *st = tb_stmt(t, STMT_TASK_WARRANT, STMT_TASK_ONE_WARRANT);
	int r;

	if (t->one == 0)
		sqlite3_bind_int64(st, 1, now_ns - TASKSET_KEEP_NS);
	while ((r = sqlite3_step(st)) == SQLITE_ROW)
		tb_warrant(t, st);
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

/* Row order is (xid, warrant row), and rows are indexed in ascending order: sorted as the image
 * wants it. */
static int
tb_xids(struct tb *t)
{
	sqlite3_stmt *st = tb_stmt(t, STMT_TASK_XID, STMT_TASK_ONE_XID);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		uint32_t slot = tb_slot(&t->warrants, sqlite3_column_int64(st, 1));
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
	sqlite3_stmt *st = tb_stmt(t, STMT_TASK_ALLOW, STMT_TASK_ONE_ALLOW);
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		uint32_t slot = tb_slot(&t->warrants, sqlite3_column_int64(st, 0)),
			 ne = (uint32_t)sqlite3_column_int64(st, 1);
		struct taskset_warrant *w;

		if (slot == 0)
			continue;
		w = (struct taskset_warrant *)(void *)t->warrant.p + (slot - 1);
		w->any_ne = 0;
		if (w->allow_n++ == 0)
			w->allow_off = (uint32_t)(t->allow.n / sizeof(ne));
		tb_add(&t->allow, &ne, sizeof(ne));
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

/* Pins of one destination come behind each other. */
static int
tb_dests(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_TASK_DEST);
	struct taskset_dest d = {0}, *last = NULL;
	int r;

	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		uint32_t id = (uint32_t)sqlite3_column_int64(st, 0);

		if (last == NULL || last->id != id) {
			d.id = id;
			tb_octets(st, 1, d.did, sizeof(d.did));
			last = tb_add(&t->dest, &d, sizeof(d));
		}
		if (last->pins_n < sizeof(d.pin) / sizeof(d.pin[0]) &&
		    tb_octets(st, 2, last->pin[last->pins_n], sizeof(d.pin[0])) == sizeof(d.pin[0]))
			last->pins_n++;
	}
	sqlite3_reset(st);
	return r == SQLITE_DONE ? 0 : -EIO;
}

/* The chain of key lists as one array. */
static int
tb_keys(struct tb *t)
{
	sqlite3_stmt *st = store_stmt(t->store, STMT_KEY_LIST_TEXT);
	int r = sqlite3_step(st);

	if (r == SQLITE_ROW && sqlite3_column_bytes(st, 0) > 0)
		t->keys = tb_string(t, st, 0);
	sqlite3_reset(st);
	return r == SQLITE_ROW ? 0 : -EIO;
}

static void
tb_join(struct tb *t, uint64_t version, void **out, size_t *len)
{
	const struct tb_buf *parts[] = {
	    &t->ne, &t->warrant, &t->xid, &t->allow, &t->profile, &t->rule, &t->dest, &t->strings};
	struct taskset_hdr h = {.magic = TASKSET_MAGIC,
	    .layout = TASKSET_LAYOUT,
	    .version = version,
	    .ne_n = (uint32_t)(t->ne.n / sizeof(struct taskset_ne)),
	    .warrant_n = (uint32_t)(t->warrant.n / sizeof(struct taskset_warrant)),
	    .xid_n = (uint32_t)(t->xid.n / sizeof(struct taskset_xid)),
	    .allow_n = (uint32_t)(t->allow.n / sizeof(uint32_t)),
	    .profile_n = (uint32_t)(t->profile.n / sizeof(struct taskset_profile)),
	    .rule_n = (uint32_t)(t->rule.n / sizeof(struct taskset_rule)),
	    .dest_n = (uint32_t)(t->dest.n / sizeof(struct taskset_dest)),
	    .keys = t->keys,
	    .strings_n = (uint32_t)t->strings.n};
	struct tb_buf b = {0};

	tb_add(&b, &h, sizeof(h));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i]->n > 0)
			tb_add(&b, parts[i]->p, parts[i]->n);
	*out = b.p;
	*len = b.n;
}

static int
tb_run(struct tb *t, int64_t now_ns, void **out, size_t *len, uint64_t *version)
{
	json_t *name = json_pack("{s:s}", "name", "task_version");
	int r;

	*version = (uint64_t)store_int(t->store, STMT_SETTING_GET, name, 0);
	json_decref(name);
	if ((r = tb_nes(t)) == 0 && (r = tb_profiles(t)) == 0 &&
	    (r = tb_warrants(t, now_ns)) == 0 && (r = tb_xids(t)) == 0 && (r = tb_allows(t)) == 0 &&
	    (r = tb_all_rules(t)) == 0 && (r = tb_dests(t)) == 0 && (r = tb_keys(t)) == 0)
		tb_join(t, *version, out, len);
	free(t->ne.p);
	free(t->warrant.p);
	free(t->xid.p);
	free(t->allow.p);
	free(t->profile.p);
	free(t->rule.p);
	free(t->dest.p);
	free(t->strings.p);
	free(t->warrants.p);
	free(t->nes.p);
	free(t->profiles.p);
	return r;
}

int
taskset_build(struct store *s, int64_t now_ns, void **out, size_t *len, uint64_t *version)
{
	struct tb t = {.store = s};

	return tb_run(&t, now_ns, out, len, version);
}

int
taskset_build_one(struct store *s, int64_t warrant, void **out, size_t *len)
{
	struct tb t = {.store = s, .one = warrant};
	uint64_t version;

	return tb_run(&t, 0, out, len, &version);
}
