/* SPDX-License-Identifier: Apache-2.0 */
/* One loop: take items that are due, number them (or break them on purpose), run every connection,
 * poll. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "base/clock.h"
#include "base/crc32c.h"
#include "tools/ne_fault.h"
#include "tools/ne_payload.h"
#include "tools/ne_run.h"
#include "tools/ne_seq.h"
#include "tools/ne_source.h"

#define BATCH 1024 /* items taken between two rounds of the connections */
#define FAULT_CORR UINT64_C(0xfa17000000000000)

struct source {
	struct ne_gen *gen; /* or */
	struct ne_cap *cap; /* or */
	struct ne_script *script;
	bool ended, held; /* held: taken, but its connection had no room */
	struct ne_item item;
};

struct run {
	struct ne_conf *conf;
	struct ne_totals *totals;
	struct ne_ledger *ledger;
	struct ne_seq *seq;
	struct ne_conn *conns; /* x2 (or both) first, then x3 when apart */
	size_t conns_n;
	SSL_CTX **ctxs;
	struct source *sources;
	size_t sources_n;
	uint64_t n, good_n;
	struct { /* PDU held back by the reorder fault */
		struct ne_pdu pdu;
		uint8_t *octets;
		size_t len;
		struct ne_conn *conn;
	} late;
};

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	if (stop)
		signal(sig, SIG_DFL);
	stop = 1;
}

/* ---- one PDU */

static struct ne_conn *
conn_of(const struct run *r, const struct ne_item *item)
{
	size_t apart = r->conns_n / r->conf->connections == 2 && item->pdu.type == X23_TYPE_X3;

	return &r->conns[item->stream % r->conf->connections + (apart ? r->conf->connections : 0)];
}

/* Count and write down what was just put at the end of the connection's queue, then make it the
 * connection's. */
static void
commit(struct run *r, struct ne_conn *c, const struct ne_pdu *p, size_t len, uint32_t crc,
    uint32_t flags, uint32_t arg, const char *fault)
{
	r->n++;
	r->totals->offered_n++;
	r->totals->faults_n += fault != NULL;
	r->totals->octets += len;
	r->totals->payload_octets += p->payload.n;
	r->totals->pdus[p->type == X23_TYPE_X3][p->format < X23_FMT_N ? p->format : X23_FMT_N]++;
	ne_ledger_pdu(r->ledger, r->n, c->index, p, crc, fault);
	ne_queue_commit(&c->q, len, r->n, flags, arg);
}

static uint32_t
payload_crc(const struct run *r, const struct ne_pdu *p)
{
	return ne_ledger_wants_crc(r->ledger) ? crc32c(0, p->payload.p, p->payload.n) : 0;
}

static void
put(struct run *r, struct ne_conn *c, const struct ne_pdu *p, uint32_t flags, uint32_t arg,
    const char *fault)
{
	size_t len = ne_pdu_encode(p, ne_queue_reserve(&c->q, ne_pdu_len(p)), NULL);

	commit(r, c, p, len, payload_crc(r, p), flags, arg, fault);
}

/* Same, from the template of the stream; made the first time. */
static void
put_template(struct run *r, struct ne_conn *c, struct ne_pdu *p, struct ne_template *t)
{
	uint8_t *o;

	if (!t->octets) {
		t->len = ne_pdu_len(p);
		t->octets = malloc(t->len);
		assert(t->octets);
		ne_pdu_encode(p, t->octets, &t->marks);
		t->pdu = *p;
		t->pdu.payload.p = t->octets + t->marks.payload_off;
		t->crc = crc32c(0, t->pdu.payload.p, t->pdu.payload.n);
	}
	o = ne_queue_reserve(&c->q, t->len);
	memcpy(o, t->octets, t->len);
	octets_put32(o + t->marks.seq_off, p->seq);
	ne_pdu_put_ts(o + t->marks.ts_off, p->ts_ns);
	commit(r, c, p, t->len, t->crc, 0, 0, NULL);
}

/* ---- faults */

static void
put_malformed(struct run *r, struct ne_conn *c, const struct ne_pdu *like, enum ne_bad kind)
{
	struct ne_pdu p = *like;
	uint8_t *o;
	size_t len;

	p.corr =
	    FAULT_CORR | (r->n & 0xffffffff); /* a context of its own: no gap beside the fault */
	p.seq = r->conf->start_seq & UINT32_MAX;
	o = ne_queue_reserve(&c->q, ne_pdu_len(&p));
	len = ne_fault_break(kind, o, ne_pdu_encode(&p, o, NULL));
	commit(r, c, &p, len, payload_crc(r, &p),
	    NE_Q_ONCE | (kind == NE_BAD_PARTIAL ? NE_Q_CLOSE : 0), 0, ne_fault_bad_name(kind));
}

static void
put_unknown_xid(struct run *r, struct ne_conn *c, const struct ne_pdu *like)
{
	static const uint8_t nobody[16] = {
	    0xfa, 0x17, 0xfa, 0x17, 0xfa, 0x17, 0x4a, 0x17, 0xba, 0x17, 0, 0, 0, 0, 0, 1};
	struct ne_pdu p = *like;

	p.xid = nobody;
	p.corr = FAULT_CORR | (r->n & 0xffffffff);
	p.seq = r->conf->start_seq & UINT32_MAX;
	put(r, c, &p, 0, 0, "unknown-xid");
}

/* The same number with another payload: the last octet differs. */
static void
put_reuse(struct run *r, struct ne_conn *c, const struct ne_pdu *like)
{
	struct ne_pdu p = *like;
	uint8_t *copy = malloc(p.payload.n + 1);

	assert(copy);
	memcpy(copy, p.payload.p, p.payload.n);
	if (p.payload.n)
		copy[p.payload.n - 1] ^= 0x55;
	p.payload.p = copy;
	put(r, c, &p, 0, 0, "reuse");
	free(copy);
}

static void
keep_late(struct run *r, struct ne_conn *c, const struct ne_pdu *p)
{
	r->late.len = ne_pdu_len(p);
	r->late.octets = malloc(r->late.len);
	assert(r->late.octets);
	ne_pdu_encode(p, r->late.octets, NULL);
	r->late.pdu = *p;
	r->late.pdu.payload.p = r->late.octets + (r->late.len - p->payload.n);
	r->late.conn = c;
}

static void
put_late(struct run *r)
{
	struct ne_conn *c = r->late.conn;

	if (!r->late.octets)
		return;
	memcpy(ne_queue_reserve(&c->q, r->late.len), r->late.octets, r->late.len);
	commit(r, c, &r->late.pdu, r->late.len, payload_crc(r, &r->late.pdu), 0, 0, NULL);
	free(r->late.octets);
	r->late.octets = NULL;
}

static struct ne_fault *
fault_at(struct run *r, enum ne_fault_kind kind)
{
	size_t i;

	for (i = 0; i < r->conf->faults_n; i++) {
		struct ne_fault *f = &r->conf->faults[i];

		if (f->kind == kind && !f->done && f->at <= r->good_n) {
			f->done = true;
			return f;
		}
	}
	return NULL;
}

static void
put_before(struct run *r, struct ne_conn *c, const struct ne_pdu *p)
{
	struct ne_fault *f;

	while ((f = fault_at(r, NE_FAULT_MALFORMED)))
		put_malformed(r, c, p, (enum ne_bad)f->sub);
	while (fault_at(r, NE_FAULT_UNKNOWN_XID))
		put_unknown_xid(r, c, p);
}

static uint32_t
delay_flags(struct run *r, uint32_t *arg)
{
	struct ne_fault *f;

	if (fault_at(r, NE_FAULT_STALL))
		return NE_Q_STALL;
	f = fault_at(r, NE_FAULT_SLOW);
	if (!f)
		return 0;
	*arg = f->arg ? (uint32_t)f->arg : 1000;
	return NE_Q_SLOW;
}

static void
put_faulty(struct run *r, struct ne_conn *c, const struct ne_pdu *p)
{
	uint32_t arg = 0, flags = delay_flags(r, &arg);

	if (fault_at(r, NE_FAULT_REORDER)) {
		keep_late(r, c, p);
		return;
	}
	put(r, c, p, flags, arg, NULL);
	if (r->late.pdu.corr == p->corr && r->late.pdu.xid == p->xid && r->late.pdu.type == p->type)
		put_late(r);
	while (fault_at(r, NE_FAULT_DUPLICATE))
		put(r, c, p, 0, 0, "duplicate");
	while (fault_at(r, NE_FAULT_REUSE))
		put_reuse(r, c, p);
}

/* ---- items */

static struct octets
text(const char *s)
{
	return (struct octets){(const uint8_t *)s, s ? strlen(s) : 0};
}

static void
send_item(struct run *r, struct ne_conn *c, struct ne_item *item)
{
	const struct ne_conf *conf = r->conf;
	struct ne_pdu *p = &item->pdu;
	struct ne_seq_key key = {
	    p->corr, (uint32_t)item->xid, item->context ? item->context : (uint16_t)c->ne, p->type};
	struct ne_fault *gap = NULL;

	r->good_n++;
	p->minor = conf->minor;
	p->xid = conf->xids + 16 * item->xid;
	if (!p->did.p)
		p->did = text(conf->did);
	if (!p->nfid.p)
		p->nfid = text(conf->nes[c->ne].nfid);
	if (!p->ipid.p)
		p->ipid = text(conf->ipid);
	if (conf->mime_type)
		p->mime = text(conf->mime_type);
	if (!p->extra) {
		p->extra = conf->attrs.list;
		p->extra_n = conf->attrs.n;
	}
	if (conf->faults_n) {
		put_before(r, c, p);
		gap = fault_at(r, NE_FAULT_GAP);
	}
	if (!item->seq_given)
		p->seq = ne_seq_next(r->seq, key, gap ? (gap->arg ? (uint32_t)gap->arg : 1) : 0);
	if (conf->faults_n)
		put_faulty(r, c, p);
	else if (item->tmpl)
		put_template(r, c, p, item->tmpl);
	else
		put(r, c, p, 0, 0, NULL);
}

static int
next(struct source *s, int64_t now_ns, int64_t *wake_ns)
{
	s->item.seq_given = false;
	s->item.context = 0;
	if (stop)
		return -1;
	if (s->gen)
		return ne_gen_next(s->gen, now_ns, &s->item, wake_ns);
	if (s->cap)
		return ne_cap_next(s->cap, now_ns, &s->item, wake_ns);
	return ne_script_next(s->script, now_ns, &s->item, wake_ns);
}

/* Take what is due from one source.  Returns false when it has nothing more now. */
static bool
take(struct run *r, struct source *s, int64_t now_ns, int64_t *wake_ns)
{
	struct ne_conn *c;
	int64_t wake = INT64_MAX;
	int rc = 1;

	if (s->ended)
		return false;
	if (!s->held)
		rc = next(s, now_ns, &wake);
	s->ended = rc < 0;
	if (rc == 0 && wake < *wake_ns)
		*wake_ns = wake;
	if (rc <= 0)
		return false;
	c = conn_of(r, &s->item);
	s->held = !ne_conn_room(c) && c->state != NE_FAILED && !stop;
	if (s->held)
		return false;
	if (c->state == NE_FAILED)
		r->totals->dropped_n++;
	else
		send_item(r, c, &s->item);
	return true;
}

/* Returns true when every source has ended. */
static bool
take_all(struct run *r, int64_t now_ns, int64_t *wake_ns)
{
	bool more = true, ended = true;
	int budget = BATCH;
	size_t i;

	while (more && budget > 0) {
		more = false;
		for (i = 0; i < r->sources_n; i++) {
			bool got = take(r, &r->sources[i], now_ns, wake_ns);

			more |= got;
			budget -= got;
		}
	}
	if (budget <= 0)
		*wake_ns = now_ns;
	for (i = 0; i < r->sources_n; i++)
		ended &= r->sources[i].ended;
	if (ended)
		put_late(r);
	return ended;
}

/* ---- set-up */

static int
resolve(struct ne_conn *c, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *res;
	int rc = getaddrinfo(host ? host : "127.0.0.1", port, &hints, &res);

	if (rc) {
		fprintf(stderr, "mdf-ne: --host, --port: %s\n", gai_strerror(rc));
		return -1;
	}
	memcpy(&c->addr, res->ai_addr, res->ai_addrlen);
	c->addr_len = res->ai_addrlen;
	freeaddrinfo(res);
	return 0;
}

static int
open_conns(struct run *r)
{
	const struct ne_conf *conf = r->conf;
	bool apart = conf->port_x2 || conf->port_x3;
	size_t i;

	r->ctxs = calloc(conf->nes_n, sizeof(SSL_CTX *));
	r->conns = calloc(conf->connections * 2, sizeof(*r->conns));
	assert(r->ctxs && r->conns);
	for (i = 0; i < conf->nes_n; i++) {
		r->ctxs[i] = ne_conn_ctx(conf, &conf->nes[i]);
		if (!r->ctxs[i])
			return -1;
	}
	for (i = 0; i < conf->connections * (apart ? 2 : 1); i++) {
		struct ne_conn *c = &r->conns[i];
		const char *own = i < conf->connections ? conf->port_x2 : conf->port_x3;

		c->fd = -1;
		r->conns_n++;
		ne_conn_init(
		    c, (unsigned)i, conf, r->ledger, r->ctxs[i % conf->connections % conf->nes_n]);
		c->ne = i % conf->connections % conf->nes_n;
		if (!own && !conf->port) {
			fprintf(stderr, "mdf-ne: no port for X%d\n", i < conf->connections ? 2 : 3);
			return -1;
		}
		if (resolve(c, conf->host, own ? own : conf->port))
			return -1;
	}
	return 0;
}

static int
open_sources(struct run *r)
{
	size_t i;

	r->sources = calloc(r->conf->gens_n + 2, sizeof(*r->sources));
	assert(r->sources);
	for (i = 0; i < r->conf->gens_n; i++) {
		r->sources[r->sources_n].gen = ne_gen_new(r->conf, &r->conf->gens[i]);
		if (!r->sources[r->sources_n++].gen)
			return -1;
	}
	if (r->conf->pcap) {
		r->sources[r->sources_n].cap = ne_cap_new(r->conf);
		if (!r->sources[r->sources_n++].cap)
			return -1;
	}
	if (r->conf->script) {
		r->sources[r->sources_n].script = ne_script_new(r->conf);
		if (!r->sources[r->sources_n++].script)
			return -1;
	}
	return 0;
}

/* Names of the elements, and what the faults imply. */
static void
fill_defaults(struct ne_conf *c)
{
	char name[32];
	size_t i;

	if (!c->ipid)
		c->ipid = strdup("poi");
	for (i = 0; i < c->nes_n; i++) {
		snprintf(name, sizeof(name), c->nes_n > 1 ? "mdf-ne-%zu" : "mdf-ne", i + 1);
		if (!c->nes[i].nfid)
			c->nes[i].nfid = strdup(c->nfid ? c->nfid : name);
	}
	for (i = 0; i < c->faults_n; i++)
		if (c->faults[i].kind == NE_FAULT_NO_KEEPALIVE)
			c->resend_max = 0; /* nothing will ever be acknowledged */
}

static void
close_all(struct run *r)
{
	size_t i;

	for (i = 0; i < r->conns_n; i++)
		ne_conn_fini(&r->conns[i]);
	for (i = 0; r->ctxs && i < r->conf->nes_n; i++)
		SSL_CTX_free(r->ctxs[i]);
	for (i = 0; i < r->sources_n; i++) {
		ne_gen_free(r->sources[i].gen);
		ne_cap_free(r->sources[i].cap);
		ne_script_free(r->sources[i].script);
	}
	free(r->conns);
	free(r->ctxs);
	free(r->sources);
	free(r->late.octets);
	ne_seq_free(r->seq);
	ne_ledger_close(r->ledger);
}

/* ---- the loop */

static bool
any_up(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->conns_n; i++)
		if (r->conns[i].ever_up || ne_conn_ended(&r->conns[i]))
			return true;
	return false;
}

static void
wait_for(struct run *r, struct pollfd *fds, int64_t wake_ns)
{
	int64_t now = clock_mono_ns(), left = wake_ns > now ? wake_ns - now : 0;
	struct timespec ts;
	size_t i;

	if (left > CLOCK_NS_PER_S)
		left = CLOCK_NS_PER_S;
	ts.tv_sec = left / CLOCK_NS_PER_S;
	ts.tv_nsec = left % CLOCK_NS_PER_S;
	for (i = 0; i < r->conns_n; i++) {
		fds[i].events = ne_conn_events(&r->conns[i]);
		fds[i].fd = fds[i].events ? r->conns[i].fd : -1;
		fds[i].revents = 0;
	}
	if (ppoll(fds, r->conns_n, &ts, NULL) <= 0)
		return;
	now = clock_mono_ns();
	for (i = 0; i < r->conns_n; i++)
		if (fds[i].revents)
			ne_conn_ready(&r->conns[i], now, fds[i].revents);
}

/* Does an item wait for room that is there again, now that the connections have sent? */
static bool
room_again(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->sources_n; i++)
		if (r->sources[i].held && ne_conn_room(conn_of(r, &r->sources[i].item)))
			return true;
	return false;
}

static void
loop(struct run *r)
{
	struct pollfd *fds = calloc(r->conns_n, sizeof(*fds));
	bool ended = false, alive = true;
	int64_t now, wake, t;
	size_t i;

	assert(fds);
	while (alive) {
		now = clock_mono_ns();
		wake = INT64_MAX;
		if (!ended && any_up(r))
			ended = take_all(r, now, &wake);
		ne_ledger_flush(r->ledger);
		alive = false;
		for (i = 0; i < r->conns_n; i++) {
			r->conns[i].source_ended = ended || stop;
			t = ne_conn_run(&r->conns[i], now);
			wake = t < wake ? t : wake;
			alive |= !ne_conn_ended(&r->conns[i]);
		}
		if (alive)
			wait_for(r, fds, room_again(r) ? now : wake);
	}
	free(fds);
}

static void
sum_up(struct run *r)
{
	struct ne_stats *t = &r->totals->conns;
	size_t i;

	for (i = 0; i < r->conns_n; i++) {
		const struct ne_stats *s = &r->conns[i].stats;

		if (r->conns[i].last_loss[0])
			memcpy(r->totals->last_loss, r->conns[i].last_loss,
			    sizeof(r->totals->last_loss));
		t->sent_n += s->sent_n;
		t->sent_octets += s->sent_octets;
		t->resent_n += s->resent_n;
		t->acked_n += s->acked_n;
		t->lost_n += s->lost_n;
		t->connects_n += s->connects_n;
		t->reconnects_n += s->reconnects_n;
		t->keepalives_n += s->keepalives_n;
		t->acks_n += s->acks_n;
		t->stray_acks_n += s->stray_acks_n;
	}
}

static int
verdict(const struct run *r)
{
	const struct ne_totals *t = r->totals;
	size_t i, away = 0;

	for (i = 0; i < r->conns_n; i++) {
		if (r->conns[i].why == NE_WHY_REFUSED)
			return NE_EXIT_REFUSED;
		away += r->conns[i].why == NE_WHY_CONNECT;
	}
	if (away)
		return NE_EXIT_CONNECT;
	if (r->conf->wait_ack_s > 0)
		return t->conns.acked_n == t->offered_n && !t->dropped_n ? NE_EXIT_OK
									 : NE_EXIT_NOT_ALL;
	return t->conns.sent_n >= t->offered_n && !t->dropped_n ? NE_EXIT_OK : NE_EXIT_NOT_ALL;
}

static double
cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int
ne_run(struct ne_conf *conf, struct ne_totals *t)
{
	struct run r = {.conf = conf, .totals = t};
	struct sigaction sa = {.sa_handler = on_signal};
	int64_t start;
	double cpu;
	int rc = NE_EXIT_USAGE;

	memset(t, 0, sizeof(*t));
	fill_defaults(conf);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	r.seq = ne_seq_new((uint32_t)conf->start_seq);
	r.ledger = ne_ledger_open(conf->ledger, conf->ledger_light, conf->ledger_sync);
	if (r.ledger && open_sources(&r) == 0 && open_conns(&r) == 0) {
		start = clock_mono_ns();
		cpu = cpu_seconds();
		loop(&r);
		t->seconds = (double)(clock_mono_ns() - start) / 1e9;
		t->cpu_s = cpu_seconds() - cpu;
		sum_up(&r);
		rc = verdict(&r);
	}
	close_all(&r);
	return rc;
}
