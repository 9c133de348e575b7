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
#define CHECKPOINT_LAYOUT 1

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
	CHECKPOINT_KEPT = 5
};

struct checkpoint_rec {
	uint32_t kind, len;
};

struct checkpoint_session {
	uint32_t warrant, lea, cin, next[2], invite_cseq;
	uint8_t key[16];
	int64_t first_ns, last_ns;
	uint16_t tries;
	uint8_t dialog, open;
	uint8_t cc_class, pad[3];
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
	r.next[0] = s->next[0];
	r.next[1] = s->next[1];
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

void
checkpoint_add_sessions(struct checkpoint *c, struct session_table *t)
{
	session_each(t, checkpoint_on_session, c);
}

static void
checkpoint_on_account(struct account *a, void *arg)
{
	if (a->received > 0)
		checkpoint_rec(arg, CHECKPOINT_ACCOUNT, a, sizeof(*a));
}

void
checkpoint_add_accounts(struct checkpoint *c, struct account_table *t)
{
	account_each(t, checkpoint_on_account, c);
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
	return fsync(fd) < 0 ? -errno : 0;
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
	r = fsync(fd) < 0 ? -errno : 0;
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
	s.next[0] = r.next[0];
	s.next[1] = r.next[1];
	s.dialog.state = r.dialog < DIALOG_N ? r.dialog : DIALOG_NONE;
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
	} else if (r->kind == CHECKPOINT_ACCOUNT && r->len == sizeof(struct account)) {
		checkpoint_take_account(p, sink);
	}
}

int
checkpoint_read(const char *file, const struct checkpoint_sink *sink, int64_t *high_ns)
{
	struct checkpoint_hdr h;
	struct checkpoint_rec rec;
	uint8_t *buf = NULL;
	size_t n = 0, at;
	int r = checkpoint_slurp(file, &buf, &n);

	if (r < 0 || buf == NULL)
		return r;
	r = checkpoint_check(buf, n, &h);
	n -= sizeof(uint32_t);
	for (at = sizeof(h); r == 0 && n - at >= sizeof(rec); at += sizeof(rec) + rec.len) {
		memcpy(&rec, buf + at, sizeof(rec));
		if (rec.len > n - at - sizeof(rec)) {
			r = -EBADMSG; /* cannot be with a right CRC */
			break;
		}
		checkpoint_take(&rec, buf + at + sizeof(rec), sink);
	}
	if (r == 0)
		*high_ns = h.high_ns;
	free(buf);
	return r;
}
