/* SPDX-License-Identifier: Apache-2.0 */
/* The state file of the ingest role; see checkpoint.h. */
#include "session/checkpoint.h"

#include "base/crc32c.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKPOINT_MAGIC UINT64_C(0x314b435046444d4f) /* "OMDFPCK1" */
#define CHECKPOINT_LAYOUT 2

struct checkpoint_hdr {
	uint64_t magic;
	uint32_t layout, account_len; /* account_len: the number of reject codes may grow */
	int64_t high_ns;
	uint64_t body_len; /* octets of records */
};

enum checkpoint_kind {
	CHECKPOINT_QUEUE = 1,
	CHECKPOINT_CTX = 2,
	CHECKPOINT_SESSION = 3,
	CHECKPOINT_ACCOUNT = 4,
	CHECKPOINT_KEPT = 5,
	CHECKPOINT_LINK = 6, /* behind the sessions */
	CHECKPOINT_NAME = 7, /* struct name_row */
	CHECKPOINT_FLOW = 8  /* struct flowsum */
};

struct checkpoint_rec {
	uint32_t kind, len;
};

#define CHECKPOINT_AHEAD 16 /* records */

struct checkpoint_session {
	uint32_t warrant, lea, cin, next[SESSION_SERIES_N], invite_cseq, link_cin;
	uint32_t ne[SESSION_NES_MAX], formats;
	uint8_t key[16];
	int64_t first_ns, last_ns;
	uint16_t tries;
	uint8_t dialog, open;
	uint8_t cc_class, media, correlated, signalled;
};

struct checkpoint_link {
	uint32_t warrant, pad;
	uint8_t session[16], other[16];
	uint8_t joined, pad2[7]; /* 1: goes on in the other; 0: the other is its parent */
};

struct checkpoint {
	uint8_t *buf;
	size_t n, cap;
};

static void
checkpoint_put(struct checkpoint *c, const void *p, size_t n)
{
	if (c->cap - c->n < n) {
		c->cap = (c->cap + n) * 2;
		c->buf = realloc(c->buf, c->cap);
		assert(c->buf != NULL);
	}
	memcpy(c->buf + c->n, p, n);
	c->n += n;
}

static void
checkpoint_rec(struct checkpoint *c, enum checkpoint_kind kind, const void *p, size_t n)
{
	struct checkpoint_rec r = {kind, (uint32_t)n};

	checkpoint_put(c, &r, sizeof(r));
	checkpoint_put(c, p, n);
}

struct checkpoint *
checkpoint_new(int64_t high_ns)
{
	struct checkpoint *c = calloc(1, sizeof(*c));
	struct checkpoint_hdr h = {
	    CHECKPOINT_MAGIC, CHECKPOINT_LAYOUT, sizeof(struct account), high_ns, 0};

	assert(c != NULL);
	checkpoint_put(c, &h, sizeof(h));
	return c;
}

void
checkpoint_free(struct checkpoint *c)
{
	if (c == NULL)
		return;
	free(c->buf);
	free(c);
}

void
checkpoint_add_queue(struct checkpoint *c, const struct checkpoint_q *q)
{
	checkpoint_rec(c, CHECKPOINT_QUEUE, q, sizeof(*q));
}

void
checkpoint_add_ctx(struct checkpoint *c, const struct checkpoint_ctx *x)
{
	checkpoint_rec(c, CHECKPOINT_CTX, x, sizeof(*x));
}

void
checkpoint_add_kept(struct checkpoint *c, uint64_t name)
{
	checkpoint_rec(c, CHECKPOINT_KEPT, &name, sizeof(name));
}

static void
checkpoint_on_session(struct session *s, void *arg)
{
	struct checkpoint_session r;

	memset(&r, 0, sizeof(r));
	r.warrant = s->warrant;
	r.lea = s->lea;
	r.cin = s->cin;
	memcpy(r.next, s->next, sizeof(r.next));
	memcpy(r.ne, s->ne, sizeof(r.ne));
	r.formats = s->formats;
	r.link_cin = s->link_cin;
	r.media = s->media;
	r.correlated = s->correlated;
	r.signalled = s->signalled;
	r.invite_cseq = s->dialog.invite_cseq;
	memcpy(r.key, s->key, sizeof(r.key));
	r.first_ns = s->first_ns;
	r.last_ns = s->last_ns;
	r.tries = s->tries;
	r.dialog = s->dialog.state;
	r.open = s->open;
	r.cc_class = s->cc_class;
	checkpoint_rec(arg, CHECKPOINT_SESSION, &r, sizeof(r));
}

static void
checkpoint_link(
    struct checkpoint *c, const struct session *s, const struct session *other, uint8_t joined)
{
	struct checkpoint_link l;

	if (other == NULL)
		return;
	memset(&l, 0, sizeof(l));
	l.warrant = s->warrant;
	memcpy(l.session, s->key, sizeof(l.session));
	memcpy(l.other, other->key, sizeof(l.other));
	l.joined = joined;
	checkpoint_rec(c, CHECKPOINT_LINK, &l, sizeof(l));
}

static void
checkpoint_on_links(struct session *s, void *arg)
{
	checkpoint_link(arg, s, s->joined, 1);
	checkpoint_link(arg, s, s->parent, 0);
}

void
checkpoint_add_sessions(struct checkpoint *c, struct session_table *t)
{
	session_each(t, checkpoint_on_session, c);
	session_each(t, checkpoint_on_links, c);
}

static void
checkpoint_on_name(const struct name_row *row, void *arg)
{
	checkpoint_rec(arg, CHECKPOINT_NAME, row, sizeof(*row));
}

void
checkpoint_add_names(struct checkpoint *c, const struct names *n)
{
	names_each(n, checkpoint_on_name, c);
}

static void
checkpoint_on_flow(const struct flowsum *f, uint8_t trigger, void *arg)
{
	(void)trigger;
	checkpoint_rec(arg, CHECKPOINT_FLOW, f, sizeof(*f));
}

void
checkpoint_add_flows(struct checkpoint *c, struct flowsum_table *t)
{
	flowsum_each(t, checkpoint_on_flow, c);
}

static void
checkpoint_on_account(struct account *a, void *arg)
{
	if (a->received > 0 || a->extra > 0)
		checkpoint_rec(arg, CHECKPOINT_ACCOUNT, a, sizeof(*a));
}

void
checkpoint_add_accounts(struct checkpoint *c, struct account_table *t)
{
	account_each(t, checkpoint_on_account, c);
}

static int
checkpoint_sync(int fd)
{
	while (fsync(fd) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int
checkpoint_write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -errno;
		p += w;
		n -= (size_t)w;
	}
	return checkpoint_sync(fd);
}

static int
checkpoint_sync_folder(const char *file)
{
	char folder[PATH_MAX];
	int fd, r;

	snprintf(folder, sizeof(folder), "%s", file);
	fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = checkpoint_sync(fd);
	close(fd);
	return r;
}

int
checkpoint_write(struct checkpoint *c, const char *file)
{
	struct checkpoint_hdr h;
	char tmp[PATH_MAX];
	uint32_t crc;
	int fd, r;

	memcpy(&h, c->buf, sizeof(h));
	h.body_len = c->n - sizeof(h);
	memcpy(c->buf, &h, sizeof(h));
	crc = crc32c(0, c->buf, c->n);
	checkpoint_put(c, &crc, sizeof(crc));
	if (snprintf(tmp, sizeof(tmp), "%s.tmp", file) >= (int)sizeof(tmp))
		return -ENAMETOOLONG;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = checkpoint_write_all(fd, c->buf, c->n);
	close(fd);
	if (r == 0 && rename(tmp, file) < 0)
		r = -errno;
	if (r < 0) {
		unlink(tmp);
		return r;
	}
	return checkpoint_sync_folder(file);
}

/* The whole of FILE as new memory. */
static int
checkpoint_slurp(const char *file, uint8_t **buf, size_t *n)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), r = 0;
	struct stat st;

	if (fd < 0)
		return errno > 0 ? -errno : -EIO;
	if (fstat(fd, &st) < 0 || st.st_size < (off_t)(sizeof(struct checkpoint_hdr) + 4)) {
		close(fd);
		return -EBADMSG;
	}
	*buf = malloc((size_t)st.st_size);
	assert(*buf != NULL);
	for (*n = 0; *n < (size_t)st.st_size;) {
		ssize_t got = read(fd, *buf + *n, (size_t)st.st_size - *n);

		if (got <= 0) {
			r = got < 0 ? -errno : -EBADMSG;
			free(*buf);
			break;
		}
		*n += (size_t)got;
	}
	close(fd);
	return r;
}

static int
checkpoint_check(const uint8_t *buf, size_t n, struct checkpoint_hdr *h)
{
	uint32_t crc;

	memcpy(h, buf, sizeof(*h));
	memcpy(&crc, buf + n - sizeof(crc), sizeof(crc));
	if (h->magic != CHECKPOINT_MAGIC || crc != crc32c(0, buf, n - sizeof(crc)))
		return -EBADMSG;
	if (h->layout != CHECKPOINT_LAYOUT || h->account_len != sizeof(struct account))
		return -EPROTO;
	return h->body_len == n - sizeof(*h) - sizeof(crc) ? 0 : -EBADMSG;
}

static void
checkpoint_take_session(const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct session s = {0};
	struct checkpoint_session r;

	memcpy(&r, p, sizeof(r));
	s.warrant = r.warrant;
	s.lea = r.lea;
	s.cin = r.cin;
	memcpy(s.next, r.next, sizeof(s.next));
	memcpy(s.ne, r.ne, sizeof(s.ne));
	s.formats = r.formats;
	s.link_cin = r.link_cin;
	s.media = r.media != 0;
	s.correlated = r.correlated != 0;
	s.signalled = r.signalled != 0;
	s.dialog.state = dialog_read_state(r.dialog);
	s.dialog.invite_cseq = r.invite_cseq;
	memcpy(s.key, r.key, sizeof(s.key));
	s.first_ns = r.first_ns;
	s.last_ns = r.last_ns;
	s.tries = r.tries;
	s.open = r.open != 0;
	s.cc_class = r.cc_class == HO_VOICE || r.cc_class == HO_CC ? r.cc_class : 0;
	session_restore(sink->sessions, &s);
}

static void
checkpoint_take_link(const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct checkpoint_link l;
	struct session *s, *other;

	memcpy(&l, p, sizeof(l));
	s = session_find(sink->sessions, l.warrant, l.session);
	other = session_find(sink->sessions, l.warrant, l.other);
	if (s == NULL || other == NULL || s == other)
		return;
	if (!l.joined)
		s->parent = other;
	else if (s->joined == NULL && session_follow(other) != s) /* never a circle */
		s->joined = other;
}

static void
checkpoint_take_name(const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct name_row row;

	memcpy(&row, p, sizeof(row));
	names_bind(sink->names, &row);
}

static void
checkpoint_take_flow(const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct flowsum f;

	memcpy(&f, p, sizeof(f));
	flowsum_add(sink->flows, &f, NULL, NULL);
}

static void
checkpoint_take_account(const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct account a;

	memcpy(&a, p, sizeof(a));
	*account_get(sink->accounts, a.warrant) = a;
}

static void
checkpoint_take(
    const struct checkpoint_rec *r, const uint8_t *p, const struct checkpoint_sink *sink)
{
	struct checkpoint_q q;
	struct checkpoint_ctx x;
	uint64_t name;

	if (r->kind == CHECKPOINT_QUEUE && r->len == sizeof(q) && sink->queue != NULL) {
		memcpy(&q, p, sizeof(q));
		sink->queue(&q, sink->arg);
	} else if (r->kind == CHECKPOINT_CTX && r->len == sizeof(x) && sink->ctx != NULL) {
		memcpy(&x, p, sizeof(x));
		sink->ctx(&x, sink->arg);
	} else if (r->kind == CHECKPOINT_KEPT && r->len == sizeof(name) && sink->kept != NULL) {
		memcpy(&name, p, sizeof(name));
		sink->kept(name, sink->arg);
	} else if (r->kind == CHECKPOINT_SESSION && r->len == sizeof(struct checkpoint_session)) {
		checkpoint_take_session(p, sink);
	} else if (r->kind == CHECKPOINT_LINK && r->len == sizeof(struct checkpoint_link)) {
		checkpoint_take_link(p, sink);
	} else if (r->kind == CHECKPOINT_NAME && r->len == sizeof(struct name_row) &&
		   sink->names != NULL) {
		checkpoint_take_name(p, sink);
	} else if (r->kind == CHECKPOINT_FLOW && r->len == sizeof(struct flowsum) &&
		   sink->flows != NULL) {
		checkpoint_take_flow(p, sink);
	} else if (r->kind == CHECKPOINT_ACCOUNT && r->len == sizeof(struct account)) {
		checkpoint_take_account(p, sink);
	}
}

/* The record at *AT of BUF[0,n) to *rec, and *at behind its header.  1, 0 at the end, -EBADMSG. */
static int
checkpoint_next(const uint8_t *buf, size_t n, size_t *at, struct checkpoint_rec *rec)
{
	if (n - *at < sizeof(*rec))
		return 0;
	memcpy(rec, buf + *at, sizeof(*rec));
	*at += sizeof(*rec);
	return rec->len > n - *at ? -EBADMSG : 1; /* cannot be with a right CRC */
}

/* Room for all sessions of the file. */
static void
checkpoint_reserve(const uint8_t *buf, size_t n, size_t at, const struct checkpoint_sink *sink)
{
	struct checkpoint_rec rec;
	size_t sessions = 0;

	for (; checkpoint_next(buf, n, &at, &rec) > 0; at += rec.len)
		sessions += rec.kind == CHECKPOINT_SESSION;
	session_reserve(sink->sessions, sessions);
}

/* With millions of sessions the indexes are in no cache: the places of those a little ahead are
 * fetched meanwhile. */
static void
checkpoint_ahead(const uint8_t *buf, size_t n, size_t *at, const struct checkpoint_sink *sink)
{
	struct checkpoint_session r;
	struct checkpoint_rec rec;
	struct session s;

	if (checkpoint_next(buf, n, at, &rec) <= 0)
		return;
	if (rec.kind == CHECKPOINT_SESSION && rec.len == sizeof(r)) {
		memcpy(&r, buf + *at, sizeof(r));
		s.warrant = r.warrant;
		s.lea = r.lea;
		s.cin = r.cin;
		memcpy(s.key, r.key, sizeof(s.key));
		session_expect(sink->sessions, &s);
	}
	*at += rec.len;
}

int
checkpoint_read(const char *file, const struct checkpoint_sink *sink, int64_t *high_ns)
{
	struct checkpoint_hdr h;
	struct checkpoint_rec rec;
	uint8_t *buf = NULL;
	size_t n = 0, at, ahead;
	int r = checkpoint_slurp(file, &buf, &n);

	if (r < 0 || buf == NULL)
		return r;
	r = checkpoint_check(buf, n, &h);
	if (r < 0) {
		free(buf);
		return r;
	}
	n -= sizeof(uint32_t);
	at = ahead = sizeof(h);
	checkpoint_reserve(buf, n, at, sink);
	for (int i = 0; i < CHECKPOINT_AHEAD; i++)
		checkpoint_ahead(buf, n, &ahead, sink);
	while ((r = checkpoint_next(buf, n, &at, &rec)) > 0) {
		checkpoint_ahead(buf, n, &ahead, sink);
		checkpoint_take(&rec, buf + at, sink);
		at += rec.len;
	}
	if (r == 0)
		*high_ns = h.high_ns;
	free(buf);
	return r;
}
