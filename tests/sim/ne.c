/* SPDX-License-Identifier: Apache-2.0 */
/* The network elements: make PDUs in bursts, send them with keepalives between, and send again on a
 * new connection what no answered keepalive stood behind. */
#include "tests/sim/parties.h"
#include "tests/unit/session_fixture.h"

#include "flow.h"
#include "spec/ts103221_2.h"
#include "spool/spool.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEPALIVES_N 256
#define NE_PIPE_LEN (64u * 1024) /* octets that may be under way */
#define RECORD_MORE 400		 /* octets that a PDU is longer in the spool, about */
#define ACK_PATIENCE_NS (180 * SIM_S)

struct ne_pdu {
	uint8_t *p;
	size_t n;
	uint32_t id;
	uint64_t at; /* of sent_len, when it was sent first; UINT64_MAX: not yet */
};

struct keepalive {
	uint32_t seq;
	size_t upto; /* PDUs in front of it */
	int64_t sent_ns;
};

struct ne {
	unsigned no;
	struct ne_pdu *pdu;
	size_t pdu_n, pdu_cap;
	size_t sent, accepted;
	struct vconn *conn;
	bool up, dialling;
	uint64_t dials;
	uint32_t keepalive_seq;
	size_t asked; /* PDUs in front of the last keepalive */
	struct keepalive wait[KEEPALIVES_N];
	unsigned wait_at, wait_n;
	uint8_t in[16384];
	size_t in_n;
};

struct stream {
	uint32_t seq, x;
	uint64_t correlation;
	bool iri;
};

static struct ne nes[SIM_NES];
static struct stream streams[16];
static unsigned offered;
static uint64_t sent_len; /* octets in the spool of all that was sent, about */

/* ---- the task set */

/* Two targets.  Warrants 0 and 2 are for the first, in different agencies where there are two. */
unsigned
ne_warrant_lea(unsigned w)
{
	return w == 0 || sim->plan.leas < 2 ? 1 : 2;
}

unsigned
ne_warrants(unsigned stream)
{
	return stream / 2 % 2 == 0 ? (sim->plan.leas > 1 ? 5 : 1) : 2;
}

uint8_t *
ne_tasks(size_t *n)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint8_t *image;

	assert(f != NULL);
	fixture_init(f, 8);
	for (unsigned i = 0; i < sim->plan.nes; i++)
		fixture_ne(f, i + 1);
	for (unsigned w = 0; w < WARRANTS_MAX; w++)
		if (w != 2 || sim->plan.leas > 1)
			fixture_warrant(f, WARRANT_ID + w, ne_warrant_lea(w), w % 2);
	image = fixture_image(f, n);
	fixture_fini(f);
	free(f);
	return image;
}

/* ---- content */

static size_t
content_ip(uint8_t *p, uint32_t id, size_t n)
{
	char mark[16];

	snprintf(mark, sizeof(mark), ORACLE_MARK, id);
	for (size_t i = 0; i < n; i += 8) {
		uint64_t v = rng_next(&sim->content) | UINT64_C(0x8080808080808080);

		memcpy(p + i, &v, n - i < 8 ? n - i : 8);
	}
	memset(p, 0, 20);
	p[0] = 0x45;
	octets_put16(p + 2, (uint16_t)n);
	p[8] = 64;
	p[9] = 17;
	memcpy(p + 20, mark, ORACLE_MARK_LEN);
	return n;
}

static size_t
content_sip(uint8_t *p, size_t cap, uint32_t id, unsigned stream, uint32_t seq)
{
	return (size_t)snprintf((char *)p, cap,
	    "INFO sip:b@x SIP/2.0\r\ni: s%u@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>;tag=2\r\n"
	    "CSeq: %u INFO\r\nx-sim: " ORACLE_MARK "\r\n\r\n",
	    stream, seq + 1, id);
}

static void
ne_add(struct ne *ne, const uint8_t *p, size_t n, uint32_t id)
{
	struct ne_pdu *e;

	if (ne->pdu_n == ne->pdu_cap) {
		ne->pdu_cap = ne->pdu_cap * 2 + 64;
		ne->pdu = realloc(ne->pdu, ne->pdu_cap * sizeof(*ne->pdu));
		assert(ne->pdu != NULL);
	}
	e = &ne->pdu[ne->pdu_n++];
	e->p = malloc(n);
	assert(e->p != NULL);
	memcpy(e->p, p, n);
	e->n = n;
	e->id = id;
	e->at = UINT64_MAX;
}

static void
ne_make(struct ne *ne, unsigned no)
{
	static uint8_t buf[70000], payload[66000];
	struct stream *s = &streams[no];
	struct fixture_pdu f = {.type = s->iri ? X23_TYPE_X2 : X23_TYPE_X3,
	    .format = s->iri ? X23_FMT_SIP : X23_FMT_IPV4,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = s->x,
	    .correlation = s->correlation,
	    .nfid = "nf",
	    .ipid = "ip",
	    .numbered = true,
	    .seq = s->seq++};
	uint32_t id = oracle_offer(no, s->iri, ne_warrants(no));
	struct x23_pdu pdu;
	size_t n;

	n = s->iri ? content_sip(payload, sizeof(payload), id, no, f.seq)
		   : content_ip(payload, id,
			 40 + (size_t)rng_time(&sim->content, 0, sim->plan.payload_max));
	oracle_payload(id, payload, n);
	f.payload = (struct octets){payload, n};
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	ne_add(ne, pdu.raw.p, pdu.raw.n, id);
}

/* ---- sending */

static void
ne_ask(struct ne *ne)
{
	uint8_t p[X23_KEEPALIVE_LEN] = {0};
	struct keepalive *k;

	if (!ne->up || ne->wait_n == KEEPALIVES_N)
		return;
	p[1] = X23_MINOR;
	octets_put16(p + X23_OFF_TYPE, X23_TYPE_KEEPALIVE);
	octets_put32(p + X23_OFF_HEADER_LEN, X23_KEEPALIVE_LEN);
	octets_put16(p + X23_HEADER_MIN, 8);
	octets_put16(p + X23_HEADER_MIN + 2, 4);
	octets_put32(p + X23_HEADER_MIN + 4, ne->keepalive_seq);
	k = &ne->wait[(ne->wait_at + ne->wait_n++) % KEEPALIVES_N];
	*k = (struct keepalive){ne->keepalive_seq++, ne->sent, sim->now_ns};
	ne->asked = ne->sent;
	net_send(ne->conn, p, sizeof(p));
}

static uint64_t
ne_limit(void)
{
	struct spool_conf c = {
	    .pending_max = sim->plan.pending_max, .quota_len = sim->plan.quota_len};
	uint64_t n = spool_reach(&c), least = sim->plan.segment_len / 2;

	return n > least && sim->plan.full_ns == 0 ? n : least;
}

/* What all elements sent since the oldest PDU that is not accepted is no more than recovery looks
 * back at for what is sent again. */
static bool
ne_may_send(struct ne *ne)
{
	uint64_t first = sent_len;

	if (!ne->up || ne->sent == ne->pdu_n || net_waiting(ne->conn) >= NE_PIPE_LEN)
		return false;
	if (ne->pdu[ne->sent].at != UINT64_MAX)
		return true;
	for (unsigned i = 0; i < sim->plan.nes; i++)
		if (nes[i].accepted < nes[i].pdu_n && nes[i].pdu[nes[i].accepted].at < first)
			first = nes[i].pdu[nes[i].accepted].at;
	if (first == sent_len || sent_len - first + ne->pdu[ne->sent].n + RECORD_MORE < ne_limit())
		return true;
	for (unsigned i = 0; i < sim->plan.nes; i++)
		if (nes[i].asked < nes[i].sent)
			ne_ask(&nes[i]);
	return false;
}

static void
ne_send(struct ne *ne)
{
	struct ne_pdu *p = &ne->pdu[ne->sent++];

	if (p->at == UINT64_MAX) {
		p->at = sent_len;
		sent_len += p->n + RECORD_MORE;
	}
	net_send(ne->conn, p->p, p->n);
}

static void
ne_push(struct ne *ne)
{
	while (ne_may_send(ne)) {
		ne_send(ne);
		if (rng_once_in(&sim->content, sim->plan.ask))
			ne_ask(ne);
	}
}

static void
ne_accept(struct ne *ne, size_t upto)
{
	for (; ne->accepted < upto; ne->accepted++)
		oracle_accepted(ne->pdu[ne->accepted].id);
}

static void
ne_on_ack(struct ne *ne, const uint8_t *p)
{
	const struct keepalive *k = &ne->wait[ne->wait_at];
	uint32_t seq = octets_get32(p + X23_HEADER_MIN + 4);

	if (octets_get16(p + X23_OFF_TYPE) != X23_TYPE_KEEPALIVE_ACK || ne->wait_n == 0 ||
	    k->seq != seq) {
		sim_fail(
		    "ne%u got an acknowledgement %u that it had not asked for", ne->no + 1, seq);
		return;
	}
	ne_accept(ne, k->upto);
	ne->wait_at = (ne->wait_at + 1) % KEEPALIVES_N;
	ne->wait_n--;
}

static void
ne_on_data(void *arg, const uint8_t *p, size_t n)
{
	struct ne *ne = arg;

	assert(n <= sizeof(ne->in) - ne->in_n);
	memcpy(ne->in + ne->in_n, p, n);
	ne->in_n += n;
	while (ne->in_n >= X23_KEEPALIVE_LEN) {
		ne_on_ack(ne, ne->in);
		ne->in_n -= X23_KEEPALIVE_LEN;
		memmove(ne->in, ne->in + X23_KEEPALIVE_LEN, ne->in_n);
	}
	ne_push(ne);
}

static void ne_dial(void *arg, uint64_t n);

static void
ne_on_gone(void *arg)
{
	struct ne *ne = arg;

	if (ne->up)
		sim_trace("ne%u: connection gone, %zu of %zu accepted", ne->no + 1, ne->accepted,
		    ne->pdu_n);
	ne->up = ne->dialling = false;
	ne->conn = NULL;
	sim_in(rng_time(&sim->content, 20 * SIM_MS, 3 * SIM_S), ne_dial, ne, ++ne->dials);
}

static void
ne_on_up(void *arg)
{
	struct ne *ne = arg;

	sim_trace("ne%u: connected, sends again from %zu", ne->no + 1, ne->accepted);
	ne->up = true;
	ne->dialling = false;
	ne->sent = ne->asked = ne->accepted;
	ne->wait_n = ne->wait_at = 0;
	ne->in_n = 0;
	ne_push(ne);
}

static void
ne_dial(void *arg, uint64_t n)
{
	struct ne *ne = arg;
	struct vpeer peer = {ne_on_up, ne_on_data, ne_on_gone, ne};

	if (ne->up || ne->dialling || n != ne->dials)
		return;
	ne->dialling = true;
	ne->conn = net_dial((uint16_t)(NE_PORT + ne->no), &peer);
}

/* ---- time */

static void
ne_on_burst(void *arg, uint64_t n)
{
	struct ne *ne = arg;
	unsigned k = 1 + (unsigned)rng_time(&sim->content, 0, 30);

	(void)n;
	if (offered >= sim->plan.pdus || sim->now_ns > sim->plan.feed_ns)
		return;
	for (; k > 0 && offered < sim->plan.pdus; k--, offered++) {
		unsigned s = (unsigned)rng_below(&sim->content, sim->plan.streams);

		ne_make(ne, s / sim->plan.nes * sim->plan.nes + ne->no < sim->plan.streams
				? s / sim->plan.nes * sim->plan.nes + ne->no
				: ne->no);
	}
	ne_push(ne);
	if (rng_once_in(&sim->content, sim->plan.ask / 6))
		ne_ask(ne);
	sim_in(rng_time(&sim->content, SIM_MS, 2 * sim->plan.pause_ns), ne_on_burst, ne, 0);
}

static void
ne_on_second(void *arg, uint64_t n)
{
	struct ne *ne = arg;
	int64_t every = sim->calm ? SIM_S : rng_time(&sim->content, 500 * SIM_MS, 10 * SIM_S);

	(void)n;
	ne_push(ne);
	if (ne->asked < ne->sent || ne->wait_n == 0)
		ne_ask(ne);
	if (ne->up && ne->wait_n > 0 &&
	    sim->now_ns - ne->wait[ne->wait_at].sent_ns > ACK_PATIENCE_NS) {
		sim_trace("ne%u: no answer in TIME_P2", ne->no + 1);
		net_close(ne->conn, false);
	}
	if (sim->broken == BREAK_ACK)
		ne_accept(ne, ne->sent);
	sim_in(every, ne_on_second, ne, 0);
}

bool
ne_done(void)
{
	if (offered < sim->plan.pdus && sim->now_ns <= sim->plan.feed_ns)
		return false;
	for (unsigned i = 0; i < sim->plan.nes; i++)
		if (nes[i].accepted < nes[i].pdu_n)
			return false;
	return true;
}

void
ne_reset(void)
{
	for (unsigned i = 0; i < SIM_NES; i++) {
		for (size_t k = 0; k < nes[i].pdu_n; k++)
			free(nes[i].pdu[k].p);
		free(nes[i].pdu);
	}
	memset(nes, 0, sizeof(nes));
	memset(streams, 0, sizeof(streams));
	offered = 0;
	sent_len = 0;
}

void
ne_start(void)
{
	for (unsigned i = 0; i < sim->plan.streams; i++)
		streams[i] =
		    (struct stream){.x = i / 2 % 2, .correlation = 500 + i / 4, .iri = i % 2};
	for (unsigned i = 0; i < sim->plan.nes; i++) {
		nes[i].no = i;
		sim_in(rng_time(&sim->content, SIM_MS, SIM_S), ne_dial, &nes[i], 0);
		sim_in(rng_time(&sim->content, SIM_MS, SIM_S), ne_on_burst, &nes[i], 0);
		sim_in(SIM_S, ne_on_second, &nes[i], 0);
	}
}
