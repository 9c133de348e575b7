/* SPDX-License-Identifier: Apache-2.0 */
/* A scripted LEMF; see fake_lemf.h. */
#include "fake_lemf.h"

#include "base/clock.h"
#include "handover/handover.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake_lemf {
	struct event_base *base;
	struct fake_script script;
	struct handover_warrant filler;
	int listener, fd;
	uint16_t port;
	struct event *accept_ev, *read_ev;
	uint8_t *in;
	size_t in_n, in_cap;
	unsigned conns, answers, data_here;
	struct fake_pdu *pdu;
	size_t pdu_n, pdu_cap;
};

static void
fake_close(struct fake_lemf *f)
{
	if (f->fd < 0)
		return;
	event_free(f->read_ev);
	f->read_ev = NULL;
	close(f->fd);
	f->fd = -1;
	f->in_n = 0;
}

static void
fake_write(struct fake_lemf *f, const void *p, size_t n)
{
	if (f->fd >= 0 && send(f->fd, p, n, MSG_NOSIGNAL) < 0)
		return; /* the reader sees it */
}

static void
fake_tri(struct fake_lemf *f, enum tri_kind kind, uint32_t seq, bool flag)
{
	uint8_t buf[512];
	static const struct octets none;
	int n = tri_encode(&f->filler, 0, seq, kind, none, flag, clock_wall_ns(), buf, sizeof(buf));

	assert(n > 0);
	fake_write(f, buf, (size_t)n);
}

static void
fake_answer(struct fake_lemf *f, enum tri_kind kind, uint32_t seq)
{
	static const uint8_t garbage[] = "HTTP/1.0 400 Bad Request\r\n\r\n";
	enum fake_answer how = f->script.answer;

	if (f->script.answers_max > f->answers)
		how = FAKE_ANSWER;
	if (how == FAKE_ANSWER || how == FAKE_TWICE) {
		f->answers++;
		fake_tri(f, kind, seq, false);
	}
	if (how == FAKE_TWICE)
		fake_tri(f, kind, seq, false);
	if (how == FAKE_WRONG_NUMBER)
		fake_tri(f, kind, seq + 1, false);
	if (how == FAKE_GARBAGE)
		fake_write(f, garbage, sizeof(garbage) - 1);
}

static void
fake_on_options(struct fake_lemf *f, uint32_t seq)
{
	switch (f->script.options) {
	case FAKE_OPTIONS_DECLINE:
		fake_tri(f, TRI_OPTION_RESPONSE, seq, true);
		break;
	case FAKE_OPTIONS_ACCEPT:
		fake_tri(f, TRI_OPTION_RESPONSE, seq, false);
		break;
	case FAKE_OPTIONS_SILENT:
		break;
	case FAKE_OPTIONS_HANG_UP:
		fake_close(f);
		break;
	}
}

static void
fake_pdu(struct fake_lemf *f, const uint8_t *p, size_t n)
{
	struct tri_pdu tri = {0};
	struct fake_pdu *x;

	if (f->pdu_n == f->pdu_cap) {
		f->pdu_cap = f->pdu_cap * 2 + 64;
		f->pdu = realloc(f->pdu, f->pdu_cap * sizeof(*f->pdu));
		assert(f->pdu != NULL);
	}
	x = &f->pdu[f->pdu_n++];
	if (tri_decode((struct octets){p, n}, n, &tri) < 0)
		tri.kind = 0;
	*x = (struct fake_pdu){malloc(n), n, f->conns, tri.kind, tri.seq};
	memcpy(x->p, p, n);
	if (tri.kind == TRI_OPTION_REQUEST)
		fake_on_options(f, tri.seq);
	else if (tri.kind == TRI_KEEPALIVE)
		fake_answer(f, TRI_KEEPALIVE_RESPONSE, tri.seq);
	else if (tri.kind == TRI_PDU_ACK_REQUEST)
		fake_answer(f, TRI_PDU_ACK_RESPONSE, tri.seq);
	else if (tri.kind == 0 && ++f->data_here == f->script.close_after)
		fake_close(f);
}

/* Octets of the TLV at the front; 0: not all there.  Definite lengths only. */
static size_t
fake_frame(const uint8_t *p, size_t n)
{
	size_t len, head = 2;

	if (n < 2)
		return 0;
	assert(p[0] == 0x30);
	len = p[1];
	if (len >= 0x80) {
		size_t more = len & 0x7f;

		head += more;
		if (n < head)
			return 0;
		len = 0;
		for (size_t i = 0; i < more; i++)
			len = len << 8 | p[2 + i];
	}
	return n >= head + len ? head + len : 0;
}

static void
fake_on_read(evutil_socket_t fd, short what, void *arg)
{
	struct fake_lemf *f = arg;
	size_t at = 0, n;
	ssize_t got;

	(void)fd;
	(void)what;
	if (f->in_cap - f->in_n < 65536) {
		f->in_cap = f->in_cap * 2 + 65536;
		f->in = realloc(f->in, f->in_cap);
		assert(f->in != NULL);
	}
	n = f->in_cap - f->in_n;
	if (f->script.slow_len > 0 && n > f->script.slow_len)
		n = f->script.slow_len;
	got = recv(f->fd, f->in + f->in_n, n, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		fake_close(f);
		return;
	}
	f->in_n += (size_t)got;
	while (f->fd >= 0 && (n = fake_frame(f->in + at, f->in_n - at)) > 0) {
		fake_pdu(f, f->in + at, n);
		at += n;
	}
	if (f->fd < 0)
		return;
	memmove(f->in, f->in + at, f->in_n - at);
	f->in_n -= at;
}

static void
fake_on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct fake_lemf *f = arg;
	static const struct timeval slow = {0, 10000};
	int c = accept(fd, NULL, NULL);

	(void)what;
	if (c < 0)
		return;
	fake_close(f);
	f->fd = c;
	f->conns++;
	f->data_here = f->answers = 0;
	if (f->script.slow_len > 0)
		f->read_ev = event_new(f->base, -1, EV_PERSIST, fake_on_read, f);
	else
		f->read_ev = event_new(f->base, c, EV_READ | EV_PERSIST, fake_on_read, f);
	if (!f->script.deaf)
		event_add(f->read_ev, f->script.slow_len > 0 ? &slow : NULL);
}

void
fake_lemf_listen(struct fake_lemf *f, bool on)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(f->port)};
	socklen_t len = sizeof(sa);
	int one = 1, r;

	if (!on) {
		event_free(f->accept_ev);
		close(f->listener);
		f->accept_ev = NULL;
		f->listener = -1;
		return;
	}
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert(f->listener >= 0);
	setsockopt(f->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	r = bind(f->listener, (struct sockaddr *)&sa, sizeof(sa));
	assert(r == 0);
	r = listen(f->listener, 8);
	assert(r == 0);
	getsockname(f->listener, (struct sockaddr *)&sa, &len);
	f->port = ntohs(sa.sin_port);
	f->accept_ev = event_new(f->base, f->listener, EV_READ | EV_PERSIST, fake_on_accept, f);
	event_add(f->accept_ev, NULL);
}

struct fake_lemf *
fake_lemf_new(struct event_base *base, const struct fake_script *s)
{
	struct fake_lemf *f = calloc(1, sizeof(*f));
	static const uint8_t liid[] = "lemf";
	int r;

	assert(f != NULL);
	f->base = base;
	f->script = *s;
	f->fd = -1;
	r = handover_warrant_init(&f->filler, (struct octets){liid, 4}, NULL, NULL,
	    (struct octets){liid, 4}, (struct octets){NULL, 0}, 43, false);
	assert(r == 0);
	fake_lemf_listen(f, true);
	return f;
}

void
fake_lemf_free(struct fake_lemf *f)
{
	fake_close(f);
	if (f->listener >= 0)
		fake_lemf_listen(f, false);
	for (size_t i = 0; i < f->pdu_n; i++)
		free(f->pdu[i].p);
	free(f->pdu);
	free(f->in);
	free(f);
}

uint16_t
fake_lemf_port(const struct fake_lemf *f)
{
	return f->port;
}

void
fake_lemf_script(struct fake_lemf *f, const struct fake_script *s)
{
	bool was_deaf = f->script.deaf;

	f->script = *s;
	if (was_deaf && !s->deaf && f->read_ev != NULL)
		event_add(f->read_ev, NULL);
}

void
fake_lemf_drop(struct fake_lemf *f)
{
	fake_close(f);
}

unsigned
fake_lemf_conns(const struct fake_lemf *f)
{
	return f->conns;
}

const struct fake_pdu *
fake_lemf_pdu(const struct fake_lemf *f, size_t i)
{
	return i < f->pdu_n ? &f->pdu[i] : NULL;
}

size_t
fake_lemf_count(const struct fake_lemf *f, unsigned kind, unsigned conn)
{
	size_t n = 0;

	for (size_t i = 0; i < f->pdu_n; i++)
		n += f->pdu[i].kind == kind && (conn == 0 || f->pdu[i].conn == conn);
	return n;
}

const struct fake_pdu *
fake_lemf_data(const struct fake_lemf *f, unsigned conn, size_t i)
{
	for (size_t k = 0; k < f->pdu_n; k++)
		if (f->pdu[k].kind == 0 && f->pdu[k].conn == conn && i-- == 0)
			return &f->pdu[k];
	return NULL;
}

static void
fake_on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

bool
fake_run(struct event_base *base, fake_until_cb *until, void *arg, unsigned time_ms)
{
	int64_t end = clock_mono_ns() + (int64_t)time_ms * 1000000;
	struct event *tick = event_new(base, -1, EV_PERSIST, fake_on_time, NULL);
	struct timeval tv = {0, 5000};
	bool done;

	event_add(tick, &tv);
	while (!(done = until != NULL && until(arg)) && clock_mono_ns() < end)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(tick);
	return done;
}
