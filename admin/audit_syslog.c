/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and heads of the audit log to a syslog server: RFC 5424 messages, RFC 5425 (TLS, each with
 * its octets counted).  The rows are read from the database when the server takes them, so the
 * queue is the log itself.  Syslog has no acknowledgement: what the server's TCP has not taken is
 * sent again on the next connection, and a row may come twice; its number tells. */
#include "admin/auditlog_priv.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/tls.h"
#include "base/tlsconn.h"
#include "db/check.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSLOG_BATCH 500		/* rows per turn of the loop */
#define SYSLOG_PENDING_MAX (512 * 1024) /* octets that wait in this process */
#define SYSLOG_BACKOFF_S 1
#define SYSLOG_BACKOFF_MAX_S 30
#define SYSLOG_CONNECT_S 15
#define SYSLOG_FACILITY 13 /* log audit, RFC 5424 table 1 */
#define SYSLOG_ID "openmdf@32473"

struct audit_syslog {
	struct auditlog *log;
	struct tlsloop *loop;
	SSL_CTX *ctx;
	struct tlsconn *conn;
	char address[64];
	uint16_t port;
	bool up, down_told;
	int64_t retry_ns, backoff_s, since_ns;
	uint64_t sent, done;	 /* rows given to the connection; taken by the server's TCP */
	uint64_t mark, mark_seq; /* when so many octets are taken, DONE is MARK_SEQ */
	struct audit_text text;
	char head[NOTE_MAX];
	size_t head_n; /* the newest head, waits */
};

uint64_t
audit_syslog_done(const struct audit_syslog *s)
{
	return s->done;
}

static void
syslog_alarm(struct audit_syslog *s, bool down, const char *why)
{
	struct auditlog *l = s->log;

	if (down == s->down_told || l->env.alarm == NULL)
		return;
	s->down_told = down;
	l->env.alarm(l->env.arg, down, "AUDIT-SYSLOG", "syslog", why);
}

static void
syslog_down(struct audit_syslog *s, const char *why)
{
	tlsconn_free(s->conn);
	s->conn = NULL;
	s->up = false;
	s->sent = s->done;
	s->mark = 0;
	s->backoff_s = s->backoff_s == 0 ? SYSLOG_BACKOFF_S : s->backoff_s * 2;
	if (s->backoff_s > SYSLOG_BACKOFF_MAX_S)
		s->backoff_s = SYSLOG_BACKOFF_MAX_S;
	s->retry_ns = clock_mono_ns() + s->backoff_s * CLOCK_NS_PER_S;
	syslog_alarm(s, true, why);
}

/* One message: SD is the content of the structured data element behind its id. */
static void
syslog_put(struct audit_syslog *s, int severity, int64_t time_ns, const char *id, const char *sd,
    const char *msg, size_t n)
{
	char when[32], head[640], count[24];
	int h = snprintf(head, sizeof(head),
	    "<%d>1 %s - openmdf %d %s [" SYSLOG_ID " origin=\"%s\"%s] ",
	    SYSLOG_FACILITY * 8 + severity, clock_format(time_ns, when), (int)getpid(), id,
	    auditlog_origin(s->log), sd);
	int c = snprintf(count, sizeof(count), "%zu ", (size_t)h + n);

	tlsconn_write(s->conn, count, (size_t)c);
	tlsconn_write(s->conn, head, (size_t)h);
	tlsconn_write(s->conn, msg, n);
}

static void
syslog_row(struct audit_syslog *s, const struct audit_entry *e, const uint8_t *leaf)
{
	const struct audit_value *outcome = &e->v[AUDIT_OUTCOME];
	int severity = outcome->n == 2 ? 6 : outcome->p[0] == 'r' ? 4 : 3;
	char sd[128], hex[65];

	s->text.n = 0;
	audit_entry_write(e, &s->text);
	snprintf(sd, sizeof(sd), " seq=\"%lld\" leaf=\"%s\"", (long long)e->v[AUDIT_SEQ].i,
	    check_hex_text(leaf, MERKLE_LEN, hex));
	syslog_put(s, severity, e->v[AUDIT_TIME_NS].i, "audit", sd, s->text.p, s->text.n);
}

static void
syslog_rows(struct audit_syslog *s)
{
	sqlite3_stmt *st;
	uint8_t prev[MERKLE_LEN] = {0};

	if (s->sent > 0 && audit_tree_read(s->log->env.store, 0, s->sent - 1, prev) < 0)
		return;
	st = store_stmt(s->log->env.store, STMT_AUDIT_ENTRIES);
	sqlite3_bind_int64(st, 1, (int64_t)s->sent + 1);
	sqlite3_bind_int64(st, 2, (int64_t)s->sent + SYSLOG_BATCH);
	while (tlsconn_pending(s->conn) < SYSLOG_PENDING_MAX && sqlite3_step(st) == SQLITE_ROW) {
		struct audit_entry e;

		audit_entry_read(st, prev, &e);
		syslog_row(s, &e, sqlite3_column_blob(st, AUDIT_MEMBERS));
		memcpy(prev, sqlite3_column_blob(st, AUDIT_MEMBERS), sizeof(prev));
		s->sent = (uint64_t)e.v[AUDIT_SEQ].i;
	}
	sqlite3_reset(st);
}

static void
syslog_pump(struct audit_syslog *s)
{
	if (s->mark > 0 && tlsconn_tcp_acked(s->conn) >= s->mark) {
		s->done = s->mark_seq;
		s->mark = 0;
	}
	if (tlsconn_pending(s->conn) < SYSLOG_PENDING_MAX)
		syslog_rows(s);
	if (s->head_n > 0 && tlsconn_pending(s->conn) < SYSLOG_PENDING_MAX) {
		syslog_put(s, 5, clock_now_ns(), "head", "", s->head, s->head_n);
		s->head_n = 0;
	}
	if (s->mark == 0 && s->sent > s->done) {
		s->mark = tlsconn_written(s->conn);
		s->mark_seq = s->sent;
	}
	tlsconn_flush(s->conn);
}

/* ---- the connection */

static ssize_t
syslog_on_data(struct tlsconn *c, struct octets data, void *arg)
{
	(void)c;
	(void)arg;
	return (ssize_t)data.n; /* a syslog server has nothing to say */
}

static void
syslog_on_event(struct tlsconn *c, enum tlsconn_event ev, void *arg)
{
	struct audit_syslog *s = arg;
	const char *name = s->log->env.conf->log_syslog_name, *why = "it closed the connection";
	char text[256];

	if (ev == TLSCONN_UP && tls_san_has(tlsconn_peer(c), name, strlen(name))) {
		s->up = true;
		s->backoff_s = 0;
		syslog_alarm(s, false, "the syslog server takes rows again");
		syslog_pump(s);
		return;
	}
	if (ev == TLSCONN_UP)
		why = "its certificate does not carry log.syslog_name";
	else if (ev == TLSCONN_FAILED)
		tlsconn_error(c, &why);
	snprintf(text, sizeof(text), "the syslog server takes no rows: %s", why);
	syslog_down(s, text);
}

static void
syslog_on_drained(struct tlsconn *c, void *arg)
{
	struct audit_syslog *s = arg;

	(void)c;
	if (s->up)
		syslog_pump(s);
}

void
audit_syslog_tick(struct audit_syslog *s)
{
	static const struct tlsconn_cb cb = {
	    .data = syslog_on_data, .event = syslog_on_event, .drained = syslog_on_drained};
	int64_t now = clock_mono_ns();

	if (s->up) {
		syslog_pump(s);
	} else if (s->conn != NULL && now - s->since_ns > SYSLOG_CONNECT_S * CLOCK_NS_PER_S) {
		syslog_down(s, "the syslog server takes no rows: no answer");
	} else if (s->conn == NULL && now >= s->retry_ns) {
		s->since_ns = now;
		s->conn = tlsconn_connect(s->loop, s->ctx, s->address, s->port, 4096, &cb, s);
		if (s->conn == NULL)
			syslog_down(s, "the syslog server takes no rows: no socket");
	}
}

void
audit_syslog_head(struct audit_syslog *s, const char *note, size_t n)
{
	memcpy(s->head, note, n);
	s->head_n = n;
	if (s->up)
		syslog_pump(s);
}

/* "192.0.2.1:6514", "[2001:db8::1]:6514" */
static bool
syslog_address(struct audit_syslog *s, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - text), skip = text[0] == '[';
	long port = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);

	if (n <= 2 * skip || n - 2 * skip >= sizeof(s->address) || port < 1 || port > 65535)
		return false;
	memcpy(s->address, text + skip, n - 2 * skip);
	s->port = (uint16_t)port;
	return true;
}

struct audit_syslog *
audit_syslog_open(struct auditlog *l, struct fault *f)
{
	const struct conf *conf = l->env.conf;
	struct audit_syslog *s = calloc(1, sizeof(*s));
	sqlite3_stmt *st = store_stmt(l->env.store, STMT_AUDIT_SENT_GET);

	assert(s != NULL);
	s->log = l;
	if (sqlite3_step(st) == SQLITE_ROW)
		s->sent = s->done = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if (conf->log_syslog_name != NULL && conf->log_tls.ca != NULL &&
	    syslog_address(s, conf->log_syslog))
		s->ctx = tls_ctx_new(&conf->log_tls, false, false);
	if (s->ctx == NULL) {
		fault_set(f, FAULT_INTERNAL, "log.syslog", conf->log_syslog,
		    "see section log of the configuration",
		    "it needs a numeric ip:port, syslog_name, syslog_cert, syslog_key and "
		    "syslog_ca");
		free(s);
		return NULL;
	}
	s->loop = tlsloop_new(l->env.base, 0);
	return s;
}

void
audit_syslog_close(struct audit_syslog *s)
{
	if (s == NULL)
		return;
	tlsconn_free(s->conn);
	tlsloop_free(s->loop);
	SSL_CTX_free(s->ctx);
	free(s->text.p);
	free(s);
}
