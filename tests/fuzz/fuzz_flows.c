/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the tables whose keys foreign octets choose: flows counted for summaries, and names
 * of sessions.  Input: operations of four octets: what, and three that choose keys and times.  Both
 * are compared with a plain model.  The flow table is compiled small (see fuzz.am). */
#include "session/flowsum.h"
#include "session/names.h"

#include <assert.h>

#define OP_N 4
#define OPS_MAX 64
#define KEYS 64 /* of the models */
#define NAMES_WARRANTS 2

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static uint64_t packets[KEYS]; /* by key, as the table should count them; 0: not there */
static size_t flows;
static uint8_t bound[NAMES_WARRANTS][KEYS]; /* octet of the session, or 0 */
static bool refuse;
static uint8_t kept;

static uint8_t
flow_id(const struct flowsum *f)
{
	return f->flow.a[0] ^ (uint8_t)(f->kind << 5);
}

static void
flow_key(uint8_t id, struct flowsum *f)
{
	memset(f, 0, sizeof(*f));
	id %= KEYS;
	f->warrant = 1 + (id & 1);
	f->session[15] = id >> 1 & 3;
	f->kind = id >> 5;
	f->flow.a[0] = id ^ (uint8_t)(f->kind << 5);
}

static bool
take(const struct flowsum *f, uint8_t trigger, void *arg)
{
	uint8_t id = flow_id(f);

	(void)arg;
	assert(trigger >= FLOWSUM_FLOW_END && trigger <= FLOWSUM_REPORT_END);
	assert(id < KEYS && packets[id] == f->packets && f->header_n <= FLOWSUM_HEADER_MAX);
	if (refuse)
		return false;
	packets[id] = 0;
	flows--;
	return true;
}

static void
count(const struct flowsum *f, uint8_t trigger, void *arg)
{
	size_t *seen = arg;

	assert(trigger == 0 && packets[flow_id(f)] == f->packets);
	++*seen;
}

static int64_t
interval(uint32_t warrant, void *arg)
{
	const uint8_t *c = arg;

	return warrant == 1 && c[2] & 1 ? -1 : (int64_t)c[3] * 1000000000;
}

static void
flow_add(struct flowsum_table *t, const uint8_t *c)
{
	struct flowsum one;
	uint8_t id;

	flow_key(c[1], &one);
	one.packets = 1 + (c[2] & 3);
	one.direction = c[2] >> 2 & 3;
	one.header_n = c[2];
	one.begun_ns = one.first_ns = one.last_ns = (int64_t)c[3] * 1000000000;
	id = flow_id(&one);
	if (c[0] & 8) { /* recovery */
		assert(flowsum_add(t, &one, NULL, NULL) == 0);
	} else {
		refuse = c[0] & 16;
		if (flowsum_room(t, &one, take, NULL) < 0 || flowsum_add(t, &one, take, NULL) < 0) {
			assert(refuse);
			return;
		}
	}
	flows += packets[id] == 0;
	packets[id] += one.packets;
}

static void
flow_op(struct flowsum_table *t, const uint8_t *c)
{
	struct flowsum one;

	flow_key(c[1], &one);
	refuse = c[0] & 16;
	if (c[0] % 8 == 0) {
		flowsum_tick(
		    t, (int64_t)c[1] * 1000000000, interval, (void *)(uintptr_t)c, take, NULL);
	} else if (c[0] % 8 == 1) {
		flowsum_flush(t, one.warrant, c[2] & 1 ? one.session : NULL, take, NULL);
	} else if (c[0] % 8 == 2) {
		flowsum_drop(t, one.warrant, one.session, &one.flow, (enum flowsum_kind)one.kind);
		flows -= packets[flow_id(&one)] > 0;
		packets[flow_id(&one)] = 0;
	} else {
		flow_add(t, c);
	}
	assert(flowsum_n(t) == flows);
}

static bool
keep(const struct name_row *row, void *arg)
{
	(void)arg;
	assert(row->bound == 1 && bound[row->warrant][row->name[0]] == row->session[0]);
	if (row->session[0] % 3 == kept)
		return true;
	bound[row->warrant][row->name[0]] = 0;
	return false;
}

static void
look(const struct name_row *row, void *arg)
{
	size_t *seen = arg;

	assert(bound[row->warrant][row->name[0]] == row->session[0]);
	++*seen;
}

static void
name_op(struct names *t, const uint8_t *c)
{
	struct name_row row = {.warrant = c[0] >> 3 & 1, .kind = NAME_CALL};
	uint8_t *model = &bound[row.warrant][c[1] % KEYS], hash[2][16];
	struct octets name = {c + 1, 1 + (c[3] & 1)};
	const struct name_row *found;
	static const uint8_t xid[16] = {1};

	row.name[0] = c[1] % KEYS;
	row.name[7] = c[1] % KEYS; /* a hash has all its octets mixed */
	found = names_find(t, row.warrant, row.kind, row.name);
	assert(*model == 0 ? found == NULL : found != NULL && found->session[0] == *model);
	if (c[0] % 8 == 4) {
		names_unbind(t, row.warrant, row.kind, row.name);
		*model = 0;
	} else if (c[0] % 8 == 5) {
		kept = c[2] % 3;
		names_sweep(t, keep, NULL);
	} else if (c[0] % 8 == 6) {
		names_hash(t, NAME_POINT, xid, name, hash[0]);
		names_hash(
		    t, c[2] & 1 ? NAME_POINT : NAME_CALL, c[2] & 1 ? xid : NULL, name, hash[1]);
		assert((memcmp(hash[0], hash[1], 16) == 0) == (c[2] & 1));
	} else if (c[0] % 8 == 7) { /* many */
		for (uint8_t k = 0; k <= c[3] % KEYS; k++) {
			row.name[0] = row.name[7] = k;
			row.session[0] = bound[row.warrant][k] = 1;
			names_bind(t, &row);
		}
	} else {
		row.session[0] = *model = c[2] != 0 ? c[2] : 1;
		names_bind(t, &row);
	}
}

/* At the end each table has what its model has. */
static void
compare(struct flowsum_table *f, struct names *t)
{
	size_t seen = 0, n = 0;

	flowsum_each(f, count, &seen);
	assert(seen == flows && flowsum_n(f) == flows);
	seen = 0;
	names_each(t, look, &seen);
	for (size_t i = 0; i < sizeof(bound); i++)
		n += bound[i / KEYS][i % KEYS] != 0;
	assert(seen == n && names_n(t) == n && names_any(t, NAME_CALL) == (n > 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const uint8_t secret[SESSION_SECRET_LEN];
	struct flowsum_table *f = flowsum_new();
	struct names *t = names_new(secret);

	memset(packets, 0, sizeof(packets));
	memset(bound, 0, sizeof(bound));
	flows = 0;
	for (size_t i = 0; i + OP_N <= n && i < (size_t)OP_N * OPS_MAX; i += OP_N) {
		if (in[i] & 128)
			name_op(t, in + i);
		else
			flow_op(f, in + i);
	}
	compare(f, t);
	flowsum_free(f);
	flowsum_free(NULL);
	names_free(t);
	names_free(NULL);
	return 0;
}
