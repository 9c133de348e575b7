/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the roles: the frame (mf/role.c), the parent that starts them again, the admin
 * role as far as they need it, log, sandbox, TLS (there is none: the network element is known by
 * the port), and the clock of each process. */
#include "tests/sim/sim.h"

#include "base/clock.c" /* its variables belong to a process */
#include "base/log.h"
#include "base/sandbox.h"
#include "base/tls.h"
#include "base/tlsconn_priv.h"
#include "delivery/deliver.h"
#include "delivery/destination.h"
#include "role.h"
#include "spool/journal.h"
#include "spool/spool_reader.h"
#include "tests/sim/parties.h"

#include <assert.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sim_msg {
	struct sim_msg *next;
	enum {
		MSG_DATA,
		MSG_FD,
		MSG_PEER_UP,
		MSG_STOP
	} how;
	enum role_id peer;
	uint32_t lea, type;
	size_t len;
	uint8_t data[];
};

void
sim_clock_swap(int64_t *slot, bool in)
{
	int64_t *const v[6] = {&warrant_high, &guard_ns, &guard_wall, &guard_mono, &doubt_ns, NULL};

	for (int i = 0; v[i] != NULL; i++)
		if (in)
			*v[i] = slot != NULL ? slot[i] : 0;
		else
			slot[i] = *v[i];
}

/* ---- log and alarms */

#define SEEN_N 64
static uint64_t recover_lost; /* by the log of ingest: readers may have no occasion to count it */

static struct {
	char code[40];
	unsigned n;
} seen[SEEN_N];

void
alarm_seen(const char *code, bool raised)
{
	for (int i = 0; raised && i < SEEN_N; i++)
		if (seen[i].n == 0 || strcmp(seen[i].code, code) == 0) {
			snprintf(seen[i].code, sizeof(seen[i].code), "%s", code);
			seen[i].n++;
			return;
		}
}

unsigned
alarm_count(const char *code)
{
	for (int i = 0; i < SEEN_N && seen[i].n > 0; i++)
		if (strcmp(seen[i].code, code) == 0)
			return seen[i].n;
	return 0;
}

void
log_init(const char *name, enum log_level max)
{
	(void)name;
	(void)max;
}

void
log_line(enum log_level level, const char *code, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	if (level > LOG_L_INFO || !vfd_in_role())
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_trace("%s %s", code, text);
	if (strstr(fmt, "durable records are damaged") != NULL)
		recover_lost += strtoull(strstr(text, ".seg: ") + 6, NULL, 10);
	if (level <= LOG_L_WARN)
		alarm_seen(code, true);
}

void
log_fatal(const char *code, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_trace("fatal %s %s", code, text);
	if (sim->ios == 0)
		sim_fail("%s: %s, though the disk had no fault", code, text);
	sim->fatals++;
	proc_kill(sim->task->proc, "fatal");
	abort();
}

void
role_alarm(struct role *r, bool raised, const char *code, const char *object, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	(void)r;
	if (!raised)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sim_trace("alarm %s %s: %s", code, object, text);
	alarm_seen(code, true);
}

/* ---- sandbox and TLS */

int
sandbox_user(const char *user)
{
	(void)user;
	return 0;
}

void
sandbox_enter(const struct sandbox *s)
{
	(void)s;
}

static SSL_CTX *tls_none;

SSL_CTX *__wrap_tls_ctx_new(const struct conf_tls *files, bool server, bool tls12);
void __wrap_tls_spki(X509 *cert, uint8_t out[32]);
bool __wrap_tls_san_has(X509 *cert, const char *name, size_t n);
bool __wrap_tls_san_each(X509 *cert, tls_san_cb cb, void *arg);
void __wrap_tls_chain_forget(SSL *ssl);
bool __wrap_tls_cert_stale(SSL_CTX *ctx, X509 *cert, const char **why);

SSL_CTX *
__wrap_tls_ctx_new(const struct conf_tls *files, bool server, bool tls12)
{
	(void)files;
	(void)server;
	(void)tls12;
	SSL_CTX_up_ref(tls_none);
	return tls_none;
}

void
__wrap_tls_spki(X509 *cert, uint8_t out[32])
{
	(void)cert;
	memset(out, 0, 32);
}

bool
__wrap_tls_san_has(X509 *cert, const char *name, size_t n)
{
	(void)cert;
	(void)name;
	(void)n;
	return true;
}

/* A "certificate" is the port of the listener. */
bool
__wrap_tls_san_each(X509 *cert, tls_san_cb cb, void *arg)
{
	char name[40];
	int n = snprintf(name, sizeof(name), "ne%d.example", (int)(intptr_t)cert - NE_PORT + 1);

	return cb(name, (size_t)n, true, arg);
}

bool
__wrap_tls_cert_stale(SSL_CTX *ctx, X509 *cert, const char **why)
{
	(void)ctx;
	(void)cert;
	(void)why;
	return false;
}

void
__wrap_tls_chain_forget(SSL *ssl)
{
	(void)ssl;
}

struct tlsconn *__real_tlsconn_accept(struct tlsloop *l, SSL_CTX *ctx, int fd, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg);
struct tlsconn *__wrap_tlsconn_accept(struct tlsloop *l, SSL_CTX *ctx, int fd, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg);
X509 *__wrap_tlsconn_peer(struct tlsconn *c);
int __wrap_SSL_version(const SSL *s);

struct tlsconn *
__wrap_tlsconn_accept(struct tlsloop *l, SSL_CTX *ctx, int fd, size_t leftover_max,
    const struct tlsconn_cb *cb, void *arg)
{
	(void)ctx;
	return __real_tlsconn_accept(l, NULL, fd, leftover_max, cb, arg);
}

X509 *
__wrap_tlsconn_peer(struct tlsconn *c)
{
	struct vfd *f = vfd_get(c->fd);

	return (X509 *)(intptr_t)conn_port_of(f->conn);
}

int
__wrap_SSL_version(const SSL *s)
{
	(void)s;
	return TLS1_3_VERSION;
}

/* ---- messages between processes: in order for each receiver */

struct parcel {
	struct sim_proc *to;
	uint64_t start; /* of the receiver: a new process gets nothing of the old one's */
	struct sim_msg *m;
};
static int64_t last_parcel_ns[PROC_N];

static void
on_parcel(void *arg, uint64_t n)
{
	struct parcel *p = arg;

	(void)n;
	if (p->to->up && p->to->starts == p->start) {
		*p->to->inbox_end = p->m;
		p->to->inbox_end = &p->m->next;
		if (p->to->id == PROC_ADMIN)
			task_wake(p->to->first);
		else
			vfd_changed(p->to);
	} else {
		free(p->m);
	}
	free(p);
}

static void
send_to(struct sim_proc *to, int how, enum role_id peer, uint32_t lea, uint32_t type,
    const void *data, size_t len)
{
	struct parcel *p;
	int64_t at = sim->now_ns + rng_time(&sim->rng, 5 * SIM_US, 2 * SIM_MS);

	if (!to->up)
		return;
	p = malloc(sizeof(*p));
	assert(p != NULL);
	*p = (struct parcel){to, to->starts, malloc(sizeof(*p->m) + len)};
	assert(p->m != NULL);
	*p->m = (struct sim_msg){NULL, how, peer, lea, type, len};
	if (len > 0)
		memcpy(p->m->data, data, len);
	if (at <= last_parcel_ns[to->id])
		at = last_parcel_ns[to->id] + 1;
	last_parcel_ns[to->id] = at;
	sim_at(at, on_parcel, p, 0);
}

static struct sim_proc *
proc_of(enum role_id id, uint32_t lea)
{
	switch (id) {
	case ROLE_INGEST:
		return &sim->proc[PROC_INGEST];
	case ROLE_DELIVER:
		return lea >= 1 && lea <= SIM_LEAS ? &sim->proc[PROC_DELIVER + lea - 1] : NULL;
	case ROLE_ADMIN:
		return &sim->proc[PROC_ADMIN];
	default:
		return NULL;
	}
}

void
role_send(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, int fd)
{
	struct sim_proc *to = proc_of(peer, lea);
	struct role_msg_head h;
	struct role_msg_release rel;

	if (type == ROLE_MSG_HEAD) {
		memcpy(&h, data, sizeof(h));
		sim_trace("head of %u/%u: %llx record %llu octet %u", h.lea, h.class,
		    (unsigned long long)h.head.seg, (unsigned long long)h.head.rec, h.head.off);
	}
	if (type == ROLE_MSG_RELEASE) {
		memcpy(&rel, data, sizeof(rel));
		sim_trace("release of %u/%u in front of %llx", rel.lea, rel.class,
		    (unsigned long long)rel.seg);
	}
	if (fd >= 0)
		close(fd);
	if (to != NULL)
		send_to(to, MSG_DATA, r->ops->id, r->lea, type, data, len);
}

void
role_send_json(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, json_t *j)
{
	(void)r;
	(void)peer;
	(void)lea;
	(void)type;
	(void)data;
	(void)len;
	(void)j;
}

/* ---- admin: tasks, destinations, and the journal */

static struct {
	struct spool_reader *rd;
	struct spool_pos head, released;
} journal;

static void
tell_tasks(void)
{
	size_t n;
	uint8_t *image = ne_tasks(&n);

	send_to(&sim->proc[PROC_INGEST], MSG_FD, ROLE_ADMIN, 0, ROLE_MSG_TASKS, image, n);
	free(image);
}

static void
admin_entry(const struct journal_entry *e)
{
	if (e->kind == JOURNAL_SHED) {
		sim_trace("journal: shed %u of warrant %u", e->count, e->warrant);
		oracle_shed(e->count);
	} else if (e->kind == JOURNAL_REJECT &&
		   e->code != REJECT_FRAMING) { /* cut off: sent again */
		sim_fail("the journal says that a PDU was rejected: code %u", e->code);
	} else if (e->kind == JOURNAL_REUSE && sim->damages == 0) {
		sim_fail("the journal says that a number was used again with other octets");
	}
}

static void
admin_read(void)
{
	struct role_msg_release rel = {.lea = 0, .class = HO_JOURNAL};
	struct journal_entry e;
	struct spool_rec rec;
	int r;

	if (journal.rd == NULL)
		journal.rd = spool_reader_open("/state/spool", 0, HO_JOURNAL, NULL);
	while ((r = spool_reader_next(journal.rd, &journal.head, &rec)) != 0) {
		if (r == 1 && rec.octets.n >= sizeof(e)) {
			memcpy(&e, rec.octets.p, sizeof(e));
			admin_entry(&e);
		} else if (r < 0 && sim->damages == 0) {
			sim_fail("the journal has a gap: %d", r);
		}
	}
	rel.seg = spool_reader_pos(journal.rd).seg;
	if (rel.seg == journal.released.seg)
		return;
	journal.released.seg = rel.seg;
	send_to(
	    &sim->proc[PROC_INGEST], MSG_DATA, ROLE_ADMIN, 0, ROLE_MSG_RELEASE, &rel, sizeof(rel));
}

static void *
admin_main(void *arg)
{
	struct sim_proc *p = arg;
	struct role_msg_head h;
	struct sim_msg *m;

	for (;;) {
		while ((m = p->inbox) != NULL) {
			p->inbox = m->next;
			if (p->inbox == NULL)
				p->inbox_end = &p->inbox;
			if (m->type == ROLE_MSG_HEAD) {
				memcpy(&h, m->data, sizeof(h));
				journal.head = h.head;
				admin_read();
			}
			free(m);
		}
		task_wait(INT64_MAX);
	}
	return NULL;
}

/* ---- a role's life */

static struct conf conf;

static void
role_conf(void)
{
	static char *const port_name[SIM_NES] = {(char *)"x-a", (char *)"x-b"};
	const struct sim_plan *p = &sim->plan;

	memset(&conf, 0, sizeof(conf));
	conf.state_dir = (char *)"/state";
	conf.trust_unsigned = true;
	conf.lab = true;
	conf.header_max = 65536;
	conf.payload_max = 1 << 20;
	conf.connections_max = 100;
	conf.handshakes_max = 50;
	conf.handshake_s = 10;
	conf.session_idle_s = 24 * 3600;
	conf.late_grace_s = 60;
	conf.snapshot_s = p->snapshot_s;
	conf.segment_len = p->segment_len;
	conf.quota_len = p->quota_len;
	conf.pending_max = p->pending_max;
	conf.commit_len = 64 << 10;
	conf.commit_us = p->commit_us;
	conf.segment_hash = p->segment_hash;
	conf.free_floor_len = 0;
	conf.listener_n = p->nes;
	for (unsigned i = 0; i < p->nes; i++)
		conf.listener[i] = (struct conf_listener){.name = port_name[i],
		    .address = (char *)"127.0.0.1",
		    .port = (uint16_t)(NE_PORT + i),
		    .x2 = true,
		    .x3 = true,
		    .protocol = (char *)"x2x3"};
}

static void
dests_text(unsigned lea, char *text, size_t cap)
{
	static const char *const level[] = {['a'] = "a", ['b'] = "b", ['c'] = "c", ['?'] = "auto"};
	const struct sim_plan *p = &sim->plan;
	char one[2][600];

	for (unsigned i = 0; i < 2; i++)
		snprintf(one[i], sizeof(one[i]),
		    "{\"id\":%u,\"name\":\"d%u\",\"hi2\":%s,\"hi3\":%s,\"transport\":\"tcp\","
		    "\"level\":\"%s\",\"addresses\":[\"127.0.0.1:%u\"],\"barrier_ms\":%u,"
		    "\"barrier_len\":32768,\"backoff_min_ms\":100,\"backoff_max_ms\":5000,"
		    "\"connect_ms\":3000,\"keepalive\":{\"time1_ms\":%u,\"time2_ms\":%u,"
		    "\"time3_ms\":%u}}",
		    i + 1, i + 1, i == 0 ? "true" : "false", i == 1 ? "true" : "false",
		    level[(int)p->level], LEMF_PORT + (lea - 1) * 2 + i, p->barrier_ms, p->time1_ms,
		    p->time2_ms, p->time3_ms);
	snprintf(text, cap, "[%s,%s]", one[0], one[1]);
}

static void
peers_up(struct sim_proc *p)
{
	char text[1600];

	if (p->id == PROC_INGEST) {
		send_to(p, MSG_PEER_UP, ROLE_ADMIN, 0, 0, NULL, 0);
		tell_tasks();
	} else {
		dests_text(p->role->lea, text, sizeof(text));
		send_to(p, MSG_FD, ROLE_ADMIN, 0, ROLE_MSG_DESTS, text, strlen(text));
	}
	for (unsigned i = 0; i < sim->plan.leas; i++) {
		struct sim_proc *d = &sim->proc[PROC_DELIVER + i], *g = &sim->proc[PROC_INGEST];

		if ((p != d && p != g) || !d->ready || !g->ready)
			continue;
		send_to(d, MSG_PEER_UP, ROLE_INGEST, 0, 0, NULL, 0);
		send_to(g, MSG_PEER_UP, ROLE_DELIVER, i + 1, 0, NULL, 0);
	}
}

static void
role_take(struct sim_proc *p, const struct sim_msg *m)
{
	struct msg x = {.type = m->type, .len = m->len, .data = m->data, .fd = -1};

	switch (m->how) {
	case MSG_STOP:
		p->stop = true;
		event_base_loopbreak(p->role->base);
		break;
	case MSG_PEER_UP:
		if (p->role->ops->peer_up != NULL)
			p->role->ops->peer_up(p->role, m->peer, m->lea);
		break;
	case MSG_FD:
		x.fd = msg_memfd("sim", m->data, m->len);
		assert(x.fd >= 0);
		x.len = 0;
		p->role->ops->message(p->role, m->peer, m->lea, &x);
		break;
	case MSG_DATA:
		p->role->ops->message(p->role, m->peer, m->lea, &x);
		break;
	}
}

static void
role_on_inbox(evutil_socket_t fd, short what, void *arg)
{
	struct sim_proc *p = arg;
	struct sim_msg *m;

	(void)fd;
	(void)what;
	for (int i = 0; i < 16 && (m = p->inbox) != NULL; i++) {
		p->inbox = m->next;
		if (p->inbox == NULL)
			p->inbox_end = &p->inbox;
		role_take(p, m);
		free(m);
	}
}

static void *
role_main(void *arg)
{
	struct sim_proc *p = arg;
	struct event_config *c = event_config_new();
	struct role *r = calloc(1, sizeof(*r));
	struct event *inbox;

	assert(c != NULL && r != NULL);
	event_config_set_flag(c, EVENT_BASE_FLAG_PRECISE_TIMER);
	p->role = r;
	r->ops = p->id == PROC_INGEST ? &ingest_ops : &deliver_ops;
	r->conf = &conf;
	r->lea = p->id == PROC_INGEST ? 0 : p->id - PROC_DELIVER + 1;
	snprintf(r->lea_name, sizeof(r->lea_name), "lea%u", r->lea);
	r->base = event_base_new_with_config(c);
	assert(r->base != NULL);
	event_config_free(c);
	if (r->ops->start(r) < 0) {
		sim->refused_starts++;
		proc_kill(p, "does not start");
	}
	p->inbox_fd = vfd_new(VFD_INBOX);
	inbox = event_new(r->base, p->inbox_fd, EV_READ | EV_PERSIST, role_on_inbox, p);
	assert(inbox != NULL);
	event_add(inbox, NULL);
	p->ready = true;
	p->fails = 0;
	sim_trace("%s is up", proc_name(p));
	peers_up(p);
	event_base_dispatch(r->base);
	event_del(inbox);
	r->ops->stop(r);
	event_free(inbox);
	event_base_free(r->base);
	free(r);
	proc_kill(p, "stopped");
	return NULL;
}

static void
role_started(void *arg, uint64_t start)
{
	struct sim_proc *p = arg;

	if (!p->up && p->starts == start)
		role_start(p->id);
}

void
role_start(enum proc_id id)
{
	struct sim_proc *p = &sim->proc[id];

	assert(!p->up);
	p->up = true;
	p->ready = p->stop = p->has_clock = false;
	p->starts++;
	p->inbox = NULL;
	p->inbox_end = &p->inbox;
	p->first = NULL;
	p->up_ns = sim->now_ns;
	sim_trace("%s starts", proc_name(p));
	task_new(p, id == PROC_ADMIN ? admin_main : role_main, p);
}

/* The parent: at once at first, later after a pause. */
void
role_restart_later(struct sim_proc *p)
{
	int64_t wait = rng_time(&sim->rng, 20 * SIM_MS, 200 * SIM_MS);

	p->role = NULL;
	p->inbox = NULL;
	p->inbox_end = &p->inbox;
	wait += p->fails++ * SIM_S;
	if (sim->broken == BREAK_CURSOR && p->id != PROC_INGEST)
		lemf_cursor_back(p->id - PROC_DELIVER + 1);
	sim_in(wait, role_started, p, p->starts);
}

void
role_stop_orderly(enum proc_id id)
{
	send_to(&sim->proc[id], MSG_STOP, ROLE_PARENT, 0, 0, NULL, 0);
}

/* Records that the readers of all LEAs could not get, by their own count. */
uint64_t
role_lost(void)
{
	uint64_t lost = recover_lost;

	for (unsigned i = 1; i <= sim->plan.leas; i++)
		lost += cursor_lost(i);
	return lost;
}

void
role_layer_reset(void)
{
	if (tls_none == NULL)
		tls_none = SSL_CTX_new(TLS_method());
	memset(seen, 0, sizeof(seen));
	recover_lost = 0;
	memset(last_parcel_ns, 0, sizeof(last_parcel_ns));
	if (journal.rd != NULL)
		spool_reader_close(journal.rd);
	memset(&journal, 0, sizeof(journal));
	role_conf();
}
