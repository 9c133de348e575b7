/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of one destination; see destination.h. */
#include "delivery/destination.h"

#include "base/clock.h"
#include "base/log.h"
#include "delivery/feed.h"
#include "delivery/ho_conn.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEST_TURN_LEN (128u * 1024) /* octets sent in one turn of the loop */
#define DEST_GOOD_MS 5000	    /* a connection that lived so long was a good one */
#define DEST_SLOW_S 60		    /* LINK-SLOW: the oldest record waits longer */

struct destination {
	struct dest_env *env;
	struct dest_conf conf;
	enum dest_state state;
	int64_t since_ns, tested_ns; /* the last test PDU; 0: none */
	int64_t down_ns, told_ns; /* clock_mono_ns() since when it is not up; 0: it is.  As told */
	struct ho_conn *conn;
	struct ho_conn_numbers numbers;
	struct feed *feed;
	struct event *retry, *more;
	size_t at; /* address in use or next */
	uint32_t backoff_ms;
	uint32_t window_len; /* octets in flight that this LEMF can answer in time */
	bool no_options; /* the LEMF dropped the connection when asked for options: do not ask next
			    time */
	bool good;	 /* this connection acknowledged something */
	bool pumping, again, quiescing;
	enum ho_level level;
	int64_t up_ms;
	uint64_t connects, sent, resent;
	bool failed; /* error_* are of a failure since the last time it was up */
	char error_code[32], error_text[256];
	int64_t error_ns;
};

static void destination_connect(struct destination *d);
static void destination_pump(struct destination *d);

const char *
dest_state_name(enum dest_state s)
{
	switch (s) {
	case DEST_DISABLED:
		return "disabled";
	case DEST_IDLE:
		return "idle";
	case DEST_CONNECTING:
		return "connecting";
	case DEST_HANDSHAKE:
		return "handshake";
	case DEST_OPTIONS:
		return "options";
	case DEST_UP:
		return "up";
	case DEST_BACKOFF:
		return "backoff";
	case DEST_UNSIGNED:
		return "unsigned";
	}
	return "?";
}

static void
destination_set(struct destination *d, enum dest_state s)
{
	d->state = s;
	d->since_ns = clock_wall_ns();
	if (s == DEST_UP)
		d->down_ns = 0;
	else if (d->down_ns == 0)
		d->down_ns = clock_mono_ns();
}

static void
destination_alarm(struct destination *d, bool raised, const char *code, const char *text)
{
	d->env->alarm(d->env->arg, raised, code, d->conf.name, text);
}

static void
destination_address(const struct destination *d, char *buf, size_t cap)
{
	const struct dest_address *a = &d->conf.address[d->at];
	bool v6 = strchr(a->host, ':') != NULL;

	snprintf(buf, cap, "%s%s%s:%u", v6 ? "[" : "", a->host, v6 ? "]" : "", a->port);
}

static void
destination_clear_alarms(struct destination *d, const char *why)
{
	static const char *const codes[] = {
	    "LINK-DOWN", "LINK-SLOW", "LEVEL-REFUSED", "LEMF-ANSWER", "LEMF-LATE"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		destination_alarm(d, false, codes[i], why);
}

/* ---- how much a LEMF can take */

static void
destination_window(struct destination *d, uint32_t len)
{
	len = len > DEST_IN_FLIGHT_LEN ? DEST_IN_FLIGHT_LEN : len;
	d->window_len = len < DEST_WINDOW_MIN ? DEST_WINDOW_MIN : len;
	feed_window(d->feed, d->window_len);
	if (d->conn != NULL)
		ho_conn_barrier_len(d->conn, d->window_len / 4 < d->conf.barrier_len
						 ? d->window_len / 4
						 : d->conf.barrier_len);
}

/* What a slow reader has in its buffers is answered late.  Too late, and the connection is closed
 * and all of it sent again, for ever: so the slower the answers, the less is in flight. */
static void
destination_adapt(struct destination *d)
{
	int64_t ms = ho_conn_rtt_us(d->conn) / 1000;

	if (ms < d->conf.time2_ms / 4 && d->window_len < DEST_IN_FLIGHT_LEN)
		destination_window(d, d->window_len * 2);
	else if (ms > d->conf.time2_ms / 2)
		destination_window(d, d->window_len / 2);
}

/* ---- down */

/* Half to one and a half of the present back-off, so that many destinations do not knock together.
 */
static void
destination_back_off(struct destination *d)
{
	uint32_t ms = d->backoff_ms / 2 + (uint32_t)(random() % (d->backoff_ms + 1));
	struct timeval tv = {ms / 1000, (suseconds_t)(ms % 1000) * 1000};

	d->backoff_ms = d->backoff_ms >= d->conf.backoff_max_ms / 2 ? d->conf.backoff_max_ms
								    : d->backoff_ms * 2;
	destination_set(d, DEST_BACKOFF);
	event_add(d->retry, &tv);
}

static void
destination_on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	destination_connect(arg);
}

static void
destination_failed(struct destination *d, const char *code, const char *text)
{
	char where[80], line[400];

	destination_address(d, where, sizeof(where));
	d->failed = true;
	d->error_ns = clock_wall_ns();
	snprintf(d->error_code, sizeof(d->error_code), "%s", code);
	snprintf(d->error_text, sizeof(d->error_text), "%s", text);
	snprintf(line, sizeof(line), "%s: %s: %s", where, code, text);
	if (strncmp(code, "ANSWER-", 7) == 0)
		destination_alarm(d, true, "LEMF-ANSWER", line);
	if (strcmp(code, "LEVEL-REFUSED") == 0)
		destination_alarm(d, true, "LEVEL-REFUSED", line);
	destination_alarm(d, true, "LINK-DOWN", line);
}

enum dest_next {
	DEST_NEXT_FIRST,   /* at once, from the first address: the connection was a good one */
	DEST_NEXT_SAME,	   /* at once, the same address */
	DEST_NEXT_ADDRESS, /* the next address; after the last one a pause */
};

static void
destination_again(struct destination *d, enum dest_next next)
{
	static const struct timeval now = {0, 0};

	if (next == DEST_NEXT_ADDRESS && ++d->at == d->conf.address_n) {
		d->at = 0;
		destination_back_off(d);
		return;
	}
	if (next == DEST_NEXT_FIRST) {
		d->at = 0;
		d->backoff_ms = d->conf.backoff_min_ms;
	}
	destination_set(d, DEST_BACKOFF);
	event_add(d->retry, &now);
}

static void
destination_drop_conn(struct destination *d)
{
	ho_conn_free(d->conn);
	d->conn = NULL;
	event_del(d->retry);
	event_del(d->more);
	feed_rewind(d->feed);
}

static void
destination_on_down(void *arg, const char *code, const char *text)
{
	struct destination *d = arg;
	bool up = d->state == DEST_UP;
	bool good = up && (d->good || clock_mono_ns() / 1000000 - d->up_ms >= DEST_GOOD_MS);

	/* some LEMFs hang up on what they do not know: once more without options */
	d->no_options = d->state == DEST_OPTIONS && d->conf.level == HO_LEVEL_AUTO;
	destination_failed(d, code, text);
	if (strcmp(code, "ANSWER-TIMEOUT") == 0)
		destination_window(d, d->window_len / 8);
	destination_drop_conn(d); /* CODE and TEXT go with it */
	destination_again(d, good	     ? DEST_NEXT_FIRST
			     : d->no_options ? DEST_NEXT_SAME
					     : DEST_NEXT_ADDRESS);
}

/* ---- up */

static void
destination_on_options(void *arg)
{
	destination_set(arg, DEST_OPTIONS);
}

static void
destination_on_up(void *arg, enum ho_level level)
{
	struct destination *d = arg;
	char where[80];

	d->level = level;
	d->connects++;
	d->good = false;
	d->failed = false;
	d->up_ms = clock_mono_ns() / 1000000;
	destination_set(d, DEST_UP);
	destination_window(d, d->window_len);
	destination_address(d, where, sizeof(where));
	log_notice("LINK-UP", "%s: connected to %s, delivery level %s", d->conf.name, where,
	    ho_level_name(level));
	destination_alarm(d, false, "LINK-DOWN", "connected");
	destination_alarm(d, false, "LEVEL-REFUSED", "the level asked for is in use");
	destination_pump(d);
}

static void
destination_on_acked(void *arg, uint64_t end)
{
	struct destination *d = arg;

	feed_acked(d->feed, end);
	destination_adapt(d);
	if (!d->good) {
		d->good = true;
		d->backoff_ms = d->conf.backoff_min_ms;
		destination_alarm(d, false, "LEMF-ANSWER", "the LEMF answers as it should");
		destination_alarm(d, false, "LEMF-LATE", "the LEMF answers again");
	}
	destination_pump(d);
}

static void
destination_on_room(void *arg)
{
	destination_pump(arg);
}

static void
destination_on_late(void *arg, bool late)
{
	struct destination *d = arg;
	char text[120];

	snprintf(text, sizeof(text),
	    late ? "no answer within %u ms (TIME2)" : "the LEMF answers again", d->conf.time2_ms);
	destination_alarm(d, late, "LEMF-LATE", text);
}

static const struct ho_conn_cb destination_cb = {
    destination_on_options,
    destination_on_up,
    destination_on_acked,
    destination_on_room,
    destination_on_late,
    destination_on_down,
};

static void
destination_connect(struct destination *d)
{
	SSL_CTX *ctx = d->conf.tls ? d->env->ctx[d->conf.tls12] : NULL;

	if (d->conf.tls && ctx == NULL) {
		destination_failed(d, "NO-CREDENTIALS",
		    "no certificate and key for this LEA: set 'hi' in the configuration, or put "
		    "them into hi_dir, and reload");
		d->at = d->conf.address_n - 1;
		destination_again(d, DEST_NEXT_ADDRESS);
		return;
	}
	destination_set(d, DEST_CONNECTING);
	d->conn = ho_conn_open(d->env->base, d->env->loop, ctx, &d->conf, d->at, d->no_options,
	    &d->numbers, &destination_cb, d);
}

/* ---- data */

/* One turn: what fits.  Returns true when there is more to do. */
static bool
destination_turn(struct destination *d)
{
	static const struct timeval unread = {0, 200000};
	struct spool_rec rec;
	enum ho_class class;
	size_t len = 0;

	ho_conn_idle(d->conn, false);
	while (ho_conn_room(d->conn)) {
		int r;
		uint64_t end;

		if (len >= DEST_TURN_LEN)
			return true;
		r = feed_next(d->feed, &class, &rec);
		ho_conn_idle(d->conn, r == 0);
		if (r == -EBUSY)
			event_add(d->more, &unread);
		if (r <= 0)
			return r == -EAGAIN;
		end = ho_conn_send(d->conn, rec.octets);
		if (end == 0) {
			feed_unread(d->feed, class, &rec);
			return false; /* down comes */
		}
		d->sent++;
		if (feed_sent(d->feed, class, &rec, end))
			d->resent++;
		len += rec.octets.n + sizeof(rec.meta);
	}
	return false; /* room comes */
}

/* Nothing wakes us when the kernel has sent what it holds for a slow link. */
static void
destination_hold(struct destination *d)
{
	int64_t us = d->state == DEST_UP ? ho_conn_wait_us(d->conn) : 0;
	struct timeval tv = {0, (suseconds_t)us};

	if (us > 0)
		event_add(d->more, &tv);
}

/* The connection may call back (room) out of a flush: no recursion. */
static void
destination_pump(struct destination *d)
{
	static const struct timeval soon = {0, 1000};
	bool full;

	if (d->pumping) {
		d->again = true;
		return;
	}
	if (d->quiescing)
		return;
	if (d->state != DEST_UP) {
		if (feed_skip(d->feed) == -EAGAIN)
			event_add(d->more, &soon);
		return;
	}
	d->pumping = true;
	ho_conn_measure(d->conn);
	d->again = destination_turn(d);
	full = !ho_conn_room(d->conn);
	ho_conn_flush(d->conn);
	if (feed_full(d->feed) && ho_conn_look(d->conn) && d->state == DEST_UP) {
		if (feed_full(d->feed))
			event_add(d->more, &soon);
		else
			d->again = true;
	}
	d->pumping = false;
	destination_hold(d);
	if (d->again || (full && ho_conn_room(d->conn)))
		event_active(d->more, EV_TIMEOUT, 0); /* after the others had their turn */
}

static void
destination_on_more(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	destination_pump(arg);
}

/* ---- the role's side */

static void
destination_start(struct destination *d)
{
	d->at = 0;
	d->no_options = false;
	d->backoff_ms = d->conf.backoff_min_ms;
	d->window_len = DEST_IN_FLIGHT_LEN;
	if (d->conf.enabled && !d->conf.refused) {
		destination_connect(d);
		return;
	}
	destination_set(d, d->conf.refused ? DEST_UNSIGNED : DEST_DISABLED);
	destination_clear_alarms(d, "switched off");
}

struct destination *
destination_new(struct dest_env *env, const struct dest_conf *c)
{
	struct destination *d = calloc(1, sizeof(*d));

	assert(d != NULL);
	d->env = env;
	memcpy(&d->conf, c, sizeof(*c));
	d->retry = event_new(env->base, -1, 0, destination_on_retry, d);
	d->more = event_new(env->base, -1, 0, destination_on_more, d);
	assert(d->retry != NULL && d->more != NULL);
	d->feed = feed_new(env, c->id, c->name, c->hi2, c->hi3);
	destination_set(d, DEST_IDLE);
	destination_start(d);
	return d;
}

void
destination_free(struct destination *d)
{
	if (d == NULL)
		return;
	ho_conn_free(d->conn);
	event_free(d->retry);
	event_free(d->more);
	feed_free(d->feed);
	free(d);
}

void
destination_remove(struct destination *d)
{
	destination_clear_alarms(d, "removed");
	for (int c = 0; c < DEST_CLASS_N; c++)
		cursor_drop(d->env->cursor, d->conf.id, (enum ho_class)c);
	destination_free(d);
}

void
destination_update(struct destination *d, const struct dest_conf *c)
{
	bool same = dest_conf_same_link(&d->conf, c);

	if (strcmp(d->conf.name, c->name) != 0)
		destination_clear_alarms(d, "renamed");
	if (!same)
		destination_drop_conn(d);
	memcpy(&d->conf, c, sizeof(*c)); /* the connection borrows it: the same place */
	if (same)
		return;
	feed_free(d->feed);
	d->feed = feed_new(d->env, c->id, c->name, c->hi2, c->hi3);
	destination_start(d);
}

const struct dest_conf *
destination_conf(const struct destination *d)
{
	return &d->conf;
}

enum dest_state
destination_state(const struct destination *d)
{
	return d->state == DEST_CONNECTING && d->conn != NULL && ho_conn_handshaking(d->conn)
		   ? DEST_HANDSHAKE
		   : d->state;
}

void
destination_head(struct destination *d, enum ho_class class, const struct spool_pos *head)
{
	if (!feed_takes(d->feed, class))
		return;
	feed_head(d->feed, class, head);
	destination_pump(d);
}

bool
destination_takes(const struct destination *d, enum ho_class class)
{
	return feed_takes(d->feed, class);
}

struct spool_pos
destination_cursor(const struct destination *d, enum ho_class class)
{
	return feed_cursor(d->feed, class);
}

uint64_t
destination_unsent_len(const struct destination *d, enum ho_class class)
{
	return feed_unsent_len(d->feed, class);
}

uint64_t
destination_backlog(const struct destination *d, enum ho_class class)
{
	return feed_backlog(d->feed, class);
}

int
destination_test_pdu(struct destination *d)
{
	int r = d->state == DEST_UP ? ho_conn_test_pdu(d->conn) : -ENOTCONN;

	if (r == 0)
		d->tested_ns = clock_wall_ns();
	return r;
}

void
destination_recheck(struct destination *d)
{
	if (d->conn != NULL && d->conf.tls)
		ho_conn_recheck(d->conn, d->env->ctx[d->conf.tls12]);
}

void
destination_rest(struct destination *d)
{
	feed_rest(d->feed);
	if (d->conn != NULL)
		ho_conn_rest(d->conn);
}

void
destination_watch(struct destination *d)
{
	int64_t oldest = 0, now = clock_wall_ns();
	char text[120];

	for (int c = 0; c < DEST_CLASS_N; c++) {
		int64_t t = feed_oldest_ns(d->feed, (enum ho_class)c);

		if (t != 0 && (oldest == 0 || t < oldest))
			oldest = t;
	}
	if (oldest != 0 && now - oldest > DEST_SLOW_S * CLOCK_NS_PER_S) {
		snprintf(
		    text, sizeof(text), "the oldest record waits for more than %d s", DEST_SLOW_S);
		destination_alarm(d, true, "LINK-SLOW", text);
	} else {
		destination_alarm(d, false, "LINK-SLOW", "delivery has caught up");
	}
}

bool
destination_link(struct destination *d, bool again, int64_t *down_ns)
{
	if (!again && d->told_ns == d->down_ns)
		return false;
	*down_ns = d->told_ns = d->down_ns;
	return true;
}

bool
destination_quiesce(struct destination *d)
{
	d->quiescing = true;
	event_del(d->retry);
	if (d->conn != NULL)
		ho_conn_barrier(d->conn);
	return destination_quiet(d);
}

bool
destination_quiet(const struct destination *d)
{
	return feed_in_flight(d->feed).records == 0;
}

static json_t *
destination_error_json(const struct destination *d)
{
	char at[32];

	if (d->error_code[0] == '\0')
		return json_null();
	return json_pack("{s:s, s:s, s:s}", "code", d->error_code, "text", d->error_text, "at",
	    clock_format(d->error_ns, at));
}

/* What the link takes, and what may wait in front of it. */
static void
destination_pace(const struct destination *d, json_t *j)
{
	uint32_t limit_len = 0;
	uint64_t rate = d->state == DEST_UP ? ho_conn_rate(d->conn, &limit_len) : 0;

	json_object_set_new(j, "link_octets_s", json_integer((json_int_t)rate));
	json_object_set_new(
	    j, "ahead_octets", limit_len == UINT32_MAX ? json_null() : json_integer(limit_len));
}

json_t *
destination_status(const struct destination *d)
{
	struct feed_totals flight = feed_in_flight(d->feed), done = feed_done(d->feed);
	char since[32], where[80];
	const char *until;
	json_t *j;

	destination_address(d, where, sizeof(where));
	j = json_pack("{s:I, s:s, s:s, s:b, s:s, s:s, s:o, s:s, s:s, s:I, s:I, s:I}", "id",
	    (json_int_t)d->conf.id, "did", d->conf.did, "name", d->conf.name, "enabled",
	    d->conf.enabled, "state", dest_state_name(destination_state(d)), "address", where,
	    "level", d->state == DEST_UP ? json_string(ho_level_name(d->level)) : json_null(),
	    "level_asked", ho_level_name(d->conf.level), "since", clock_format(d->since_ns, since),
	    "connects", (json_int_t)d->connects, "records_sent", (json_int_t)d->sent, "resent",
	    (json_int_t)d->resent);
	assert(j != NULL);
	json_object_set_new(j, "in_flight",
	    json_pack("{s:I, s:I}", "records", (json_int_t)flight.records, "octets",
		(json_int_t)flight.octets));
	json_object_set_new(j, "acked",
	    json_pack("{s:I, s:I}", "records", (json_int_t)done.records, "octets",
		(json_int_t)done.octets));
	json_object_set_new(j, "window_octets", json_integer(d->window_len));
	destination_pace(d, j);
	json_object_set_new(j, "lost", json_integer((json_int_t)feed_lost(d->feed)));
	json_object_set_new(
	    j, "keepalive_rtt_us", json_integer(d->conn != NULL ? ho_conn_rtt_us(d->conn) : 0));
	json_object_set_new(j, "tests", json_integer(d->numbers.test));
	json_object_set_new(j, "tested",
	    d->tested_ns != 0 ? json_string(clock_format(d->tested_ns, since)) : json_null());
	json_object_set_new(j, "cert_until",
	    d->state == DEST_UP && (until = ho_conn_cert_until(d->conn, since)) != NULL
		? json_string(until)
		: json_null());
	json_object_set_new(j, "error", destination_error_json(d));
	json_object_set_new(j, "classes", feed_status(d->feed));
	return j;
}
