/* SPDX-License-Identifier: Apache-2.0 */
/* The LEMFs: take PS-PDUs, answer TRI questions late or not at all, stop reading, hang up in the
 * middle, refuse.  What a LEMF has answered for it keeps; the rest it forgets with the connection.
 */
#include "tests/sim/parties.h"

#include "handover/handover.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEMF_CONNS 16

struct lemf_conn {
	struct vconn *c;
	uint64_t id; /* never used again; 0: free */
	unsigned lea, dest;
	uint8_t *in;
	size_t in_n, in_cap;
	int64_t answered_ns; /* answers go in order */
};

struct answer {
	struct lemf_conn *to;
	uint64_t conn, mark;
	enum tri_kind kind;
	uint32_t seq;
	bool no, keeps;
};

static struct lemf_conn conns[LEMF_CONNS];
static uint64_t conn_ids;
static int64_t refuse_until_ns[SIM_LEAS * 2], slow_until_ns, mute_until_ns;
static struct handover_warrant filler;
static uint8_t *old_cursor[SIM_LEAS + 1];
static size_t old_cursor_n[SIM_LEAS + 1];

static void
lemf_on_answer(void *arg, uint64_t n)
{
	static const struct octets none;
	struct answer *a = arg;
	uint8_t buf[512];
	int len;

	(void)n;
	if (a->to->id == a->conn) {
		len = tri_encode(
		    &filler, 0, a->seq, a->kind, none, a->no, sim->now_ns, buf, sizeof(buf));
		assert(len > 0);
		if (a->keeps)
			oracle_answered(a->conn, a->mark);
		net_send(a->to->c, buf, (size_t)len);
	}
	free(a);
}

static void
lemf_answer(struct lemf_conn *k, enum tri_kind kind, uint32_t seq, bool no, bool keeps)
{
	struct answer *a;
	int64_t at = sim->now_ns + rng_time(&sim->content, 50 * SIM_US, 20 * SIM_MS);

	if (sim->now_ns < mute_until_ns)
		return;
	if (sim->now_ns < slow_until_ns)
		at += rng_time(&sim->content, SIM_MS, 4 * SIM_S);
	if (at < k->answered_ns)
		at = k->answered_ns;
	k->answered_ns = at;
	a = malloc(sizeof(*a));
	assert(a != NULL);
	*a = (struct answer){k, k->id, oracle_mark(k->id), kind, seq, no, keeps};
	sim_at(at, lemf_on_answer, a, 0);
}

static void
lemf_pdu(struct lemf_conn *k, const uint8_t *p, size_t n)
{
	struct tri_pdu tri = {0};
	size_t look = n < 4000 ? n : 4000;

	/* TRI PDUs of deliver are short; decoding all would be most of the work */
	if (look == n && n < 400 && memmem(p, n, "SIM!", 4) == NULL &&
	    tri_decode((struct octets){p, n}, n, &tri) < 0)
		sim_fail("a PS-PDU that cannot be decoded");
	switch (tri.kind) {
	case TRI_OPTION_REQUEST:
		lemf_answer(k, TRI_OPTION_RESPONSE, tri.seq, sim->plan.level != 'a', false);
		break;
	case TRI_KEEPALIVE:
		lemf_answer(k, TRI_KEEPALIVE_RESPONSE, tri.seq, false, sim->plan.level != 'a');
		break;
	case TRI_PDU_ACK_REQUEST:
		lemf_answer(k, TRI_PDU_ACK_RESPONSE, tri.seq, false, true);
		break;
	case TRI_OPTION_COMPLETE:
		break;
	default:
		oracle_arrived(k->lea, k->dest, k->id, p, n);
		if (sim->plan.level == 'c')
			oracle_answered(k->id, oracle_mark(k->id));
	}
}

/* Octets of the TLV at the front; 0: not all there. */
static size_t
lemf_frame(const uint8_t *p, size_t n)
{
	size_t len, more = 0;

	if (n < 2)
		return 0;
	if (p[0] != 0x30) {
		sim_fail("what arrived at the LEMF does not begin with a PS-PDU");
		return 0;
	}
	len = p[1];
	if (len >= 0x80) {
		more = len & 0x7f;
		if (n < 2 + more)
			return 0;
		len = 0;
		for (size_t i = 0; i < more; i++)
			len = len << 8 | p[2 + i];
	}
	return n >= 2 + more + len ? 2 + more + len : 0;
}

static void
lemf_on_data(void *arg, const uint8_t *p, size_t n)
{
	struct lemf_conn *k = arg;
	size_t used = 0, one;

	if (k->in_n + n > k->in_cap) {
		k->in_cap = (k->in_n + n) * 2;
		k->in = realloc(k->in, k->in_cap);
		assert(k->in != NULL);
	}
	memcpy(k->in + k->in_n, p, n);
	k->in_n += n;
	while (!sim->over && (one = lemf_frame(k->in + used, k->in_n - used)) > 0) {
		lemf_pdu(k, k->in + used, one);
		used += one;
	}
	k->in_n -= used;
	memmove(k->in, k->in + used, k->in_n);
}

static void
lemf_on_gone(void *arg)
{
	struct lemf_conn *k = arg;

	sim_trace("lemf %u/%u: connection gone", k->lea, k->dest);
	oracle_closed(k->id);
	free(k->in);
	memset(k, 0, sizeof(*k));
}

static void
lemf_on_up(void *arg)
{
	(void)arg;
}

static bool
lemf_accept(uint16_t port, struct vconn *c, struct vpeer *peer)
{
	struct lemf_conn *k = conns;
	unsigned at = port - LEMF_PORT;

	if (sim->now_ns < refuse_until_ns[at])
		return false;
	while (k->id != 0) {
		k++;
		assert(k < conns + LEMF_CONNS);
	}
	*k = (struct lemf_conn){.c = c, .id = ++conn_ids, .lea = at / 2 + 1, .dest = at % 2 + 1};
	*peer = (struct vpeer){lemf_on_up, lemf_on_data, lemf_on_gone, k};
	sim_trace("lemf %u/%u: connection", k->lea, k->dest);
	return true;
}

/* ---- faults */

static void
lemf_hear(void *arg, uint64_t id)
{
	struct lemf_conn *k = arg;

	if (k->id == id)
		net_deaf(k->c, false);
}

static struct lemf_conn *
lemf_some(void)
{
	struct lemf_conn *pick = NULL;
	size_t n = 0;

	for (int i = 0; i < LEMF_CONNS; i++)
		if (conns[i].id != 0 && rng_once_in(&sim->fault, ++n))
			pick = &conns[i];
	return pick;
}

static void
lemf_down(int64_t ns)
{
	struct lemf_conn *k = lemf_some();
	unsigned at = k != NULL ? (k->lea - 1) * 2 + k->dest - 1 : 0;

	sim_trace("lemf port %u refuses for %.1f s", LEMF_PORT + at, (double)ns / 1e9);
	refuse_until_ns[at] = sim->now_ns + ns;
	if (k != NULL)
		net_close(k->c, true);
}

void
lemf_fault(void)
{
	struct lemf_conn *k = lemf_some();
	int64_t ns = rng_time(&sim->fault, 10 * SIM_MS, 20 * SIM_S);

	switch (rng_below(&sim->fault, 6)) {
	case 0:
		sim_trace("lemfs answer late for %.1f s", (double)ns / 1e9);
		slow_until_ns = sim->now_ns + ns;
		break;
	case 1:
		sim_trace("lemfs do not answer for %.1f s", (double)ns / 1e9);
		mute_until_ns = sim->now_ns + ns;
		break;
	case 2:
		if (k == NULL)
			break;
		sim_trace("lemf %u/%u does not read for %.1f s", k->lea, k->dest, (double)ns / 1e9);
		net_deaf(k->c, true);
		sim_in(ns, lemf_hear, k, k->id);
		break;
	case 3:
		lemf_down(ns);
		break;
	case 4:
		if (sim->plan.long_outage)
			lemf_down(rng_time(&sim->fault, 10 * 60 * SIM_S, 24 * 3600 * SIM_S));
		break;
	default:
		if (k == NULL)
			break;
		sim_trace("lemf %u/%u hangs up", k->lea, k->dest);
		net_close(k->c, rng_below(&sim->fault, 2) != 0);
	}
	if (sim->broken == BREAK_LEMF)
		oracle_forget();
}

void
lemf_calm(void)
{
	memset(refuse_until_ns, 0, sizeof(refuse_until_ns));
	slow_until_ns = mute_until_ns = 0;
	for (int i = 0; i < LEMF_CONNS; i++)
		if (conns[i].id != 0)
			net_deaf(conns[i].c, false);
}

/* ---- cursor files */

static void
cursor_path(unsigned lea, char path[64])
{
	snprintf(path, 64, "/state/spool/%u/cursor", lea);
}

void
lemf_cursor_back(unsigned lea)
{
	char path[64];

	cursor_path(lea, path);
	if (old_cursor[lea] != NULL)
		disk_put_back(path, old_cursor[lea], old_cursor_n[lea]);
	else
		old_cursor[lea] = disk_copy(path, &old_cursor_n[lea]);
}

/* The layout is in delivery/cursor.h. */
uint64_t
cursor_lost(unsigned lea)
{
	uint64_t lost = 0, gen = 0;
	size_t n = 0;
	char path[64];
	uint8_t *p;

	cursor_path(lea, path);
	p = disk_copy(path, &n);
	for (size_t at = 0; p != NULL && at + 40 < n; at += 65536) {
		uint64_t sum = 0;

		if (memcmp(p + at, "OMDFCUR", 7) != 0 || octets_get64(p + at + 16) < gen)
			continue;
		gen = octets_get64(p + at + 16);
		for (uint32_t i = 0; i < octets_get32(p + at + 24); i++)
			sum += octets_get64(p + at + 40 + i * 40 + 32);
		lost = sum;
	}
	free(p);
	return lost;
}

void
lemf_reset(void)
{
	static const uint8_t liid[] = "lemf";

	for (int i = 0; i < LEMF_CONNS; i++)
		free(conns[i].in);
	memset(conns, 0, sizeof(conns));
	for (int i = 0; i <= SIM_LEAS; i++) {
		free(old_cursor[i]);
		old_cursor[i] = NULL;
	}
	conn_ids = 0;
	memset(refuse_until_ns, 0, sizeof(refuse_until_ns));
	slow_until_ns = mute_until_ns = 0;
	net_accept = lemf_accept;
	handover_warrant_init(&filler, (struct octets){liid, 4}, NULL, NULL,
	    (struct octets){liid, 4}, (struct octets){NULL, 0}, 43, false);
}
