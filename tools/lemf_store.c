/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_store.h.  Record header, big-endian: "LPDU" | version 1 (16 bit) | flags 0 (16) | conn
 * (64) | time_ns (64) | length (32) | 0 (32) | CRC32C of the PDU (32) | CRC32C of the 36 octets
 * before (32). */
#include "lemf_store.h"

#include "base/crc32c.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_AT (1u << 20)

struct buf {
	uint8_t *p;
	size_t n, cap;
};

struct lemf_store {
	int log_fd, ledger_fd;
	bool fsync;
	uint64_t pdu_n, next_conn;
	struct buf log, ledger;
	int failed; /* sticky -errno */
};

struct lemf_reader {
	const uint8_t *p;
	size_t n, at;
	uint64_t index;
	bool bare; /* PS-PDUs without record headers */
};

static uint8_t *
buf_room(struct buf *b, size_t n)
{
	if (b->cap - b->n < n) {
		b->cap = (b->n + n) * 2;
		b->p = realloc(b->p, b->cap);
		assert(b->p);
	}
	return b->p + b->n;
}

static void
buf_add(struct buf *b, const void *p, size_t n)
{
	memcpy(buf_room(b, n), p, n);
	b->n += n;
}

static int
write_all(int fd, struct buf *b)
{
	size_t at = 0;

	while (at < b->n) {
		ssize_t n = write(fd, b->p + at, b->n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	b->n = 0;
	return 0;
}

int
lemf_store_commit(struct lemf_store *s)
{
	if (!s->failed && s->log.n) {
		s->failed = write_all(s->log_fd, &s->log);
		if (!s->failed && s->fsync && fdatasync(s->log_fd))
			s->failed = -errno;
	}
	if (!s->failed && s->ledger.n) {
		s->failed = write_all(s->ledger_fd, &s->ledger);
		if (!s->failed && s->fsync && fdatasync(s->ledger_fd))
			s->failed = -errno;
	}
	return s->failed;
}

void
lemf_store_note(
    struct lemf_store *s, const char *ev, uint64_t conn, int64_t now_ns, const char *more)
{
	char line[1024];
	int n = snprintf(line, sizeof(line),
	    "{\"ev\":\"%s\",\"conn\":%" PRIu64 ",\"time_ns\":%" PRId64 "%.900s}\n", ev, conn,
	    now_ns, more);

	buf_add(&s->ledger, line, (size_t)n);
}

/* LIID as a JSON string body: printable ASCII with quote and backslash escaped. */
static void
json_text(char *out, size_t len, const char *in)
{
	size_t at = 0;

	for (; *in && at + 3 < len; in++) {
		if (*in == '"' || *in == '\\')
			out[at++] = '\\';
		out[at++] = *in;
	}
	out[at] = 0;
}

static void
note_pdu(struct lemf_store *s, uint64_t conn, int64_t now_ns, size_t len, uint32_t crc,
    const struct lemf_head *h, bool late)
{
	char more[512], liid[2 * LEMF_LIID_TEXT + 2], cin[32] = "null", seq[32] = "null";

	json_text(liid, sizeof(liid), h->liid_text);
	if (h->has_cin)
		snprintf(cin, sizeof(cin), "%" PRIu32, h->cin);
	if (h->has_seq)
		snprintf(seq, sizeof(seq), "%" PRIu32, h->seq);
	snprintf(more, sizeof(more),
	    ",\"n\":%" PRIu64 ",\"class\":\"%s\",\"kind\":\"%s\",\"liid\":\"%s\",\"cin\":%s,"
	    "\"seq\":%s,\"len\":%zu,\"crc32c\":\"%08" PRIx32 "\"%s",
	    s->pdu_n++, lemf_class_name(h->cls), h->kind, liid, cin, seq, len, crc,
	    late ? ",\"late\":true" : "");
	lemf_store_note(s, "pdu", conn, now_ns, more);
}

void
lemf_store_pdu(struct lemf_store *s, uint64_t conn, int64_t now_ns, struct octets raw,
    const struct lemf_head *h)
{
	uint32_t crc = crc32c(0, raw.p, raw.n);
	uint8_t *p = buf_room(&s->log, LEMF_STORE_HEAD + raw.n);

	memcpy(p, "LPDU\0\1\0\0", 8);
	octets_put64(p + 8, conn);
	octets_put64(p + 16, (uint64_t)now_ns);
	octets_put32(p + 24, (uint32_t)raw.n);
	octets_put32(p + 28, 0);
	octets_put32(p + 32, crc);
	octets_put32(p + 36, crc32c(0, p, 36));
	memcpy(p + LEMF_STORE_HEAD, raw.p, raw.n);
	s->log.n += LEMF_STORE_HEAD + raw.n;
	note_pdu(s, conn, now_ns, raw.n, crc, h, false);
	if (s->log.n > FLUSH_AT)
		lemf_store_commit(s);
}

/* Lines of the ledger that are PDUs; a line without its end is cut off. */
static uint64_t
read_ledger(int fd)
{
	FILE *f = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	off_t good = 0;
	uint64_t pdus = 0;

	assert(f);
	rewind(f);
	while ((n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n') {
		good += n;
		pdus += strncmp(line, "{\"ev\":\"pdu\",", 12) == 0;
	}
	free(line);
	fclose(f);
	if (ftruncate(fd, good) < 0)
		return UINT64_MAX;
	return pdus;
}

/* Find the good end of the log, cut the rest; PDUs that the ledger lacks are entered late. */
static int
recover(struct lemf_store *s, const char *dir)
{
	uint64_t in_ledger = read_ledger(s->ledger_fd), at = 0;
	struct lemf_reader *r = lemf_reader_open(dir);
	struct lemf_record rec;
	struct lemf_pdu pdu;
	off_t good = 0;

	if (in_ledger == UINT64_MAX) {
		lemf_reader_close(r);
		return -EIO;
	}
	s->next_conn = 1;
	if (!r)
		return 0;
	lemf_pdu_init(&pdu);
	while (lemf_reader_next(r, &rec, &at) == 1) {
		good += (off_t)(LEMF_STORE_HEAD + rec.raw.n);
		if (rec.conn >= s->next_conn)
			s->next_conn = rec.conn + 1;
		if (rec.n < in_ledger) {
			s->pdu_n++;
			continue;
		}
		lemf_pdu_decode(&pdu, rec.raw);
		note_pdu(s, rec.conn, rec.time_ns, rec.raw.n, crc32c(0, rec.raw.p, rec.raw.n),
		    &pdu.head, true);
	}
	lemf_pdu_fini(&pdu);
	/* A torn end has no further record in it; damage in the middle is not for us to cut away.
	 */
	if (r->at + 1 < r->n && memmem(r->p + r->at + 1, r->n - r->at - 1, "LPDU\0\1", 6)) {
		lemf_reader_close(r);
		return -EBADMSG;
	}
	lemf_reader_close(r);
	return ftruncate(s->log_fd, good) < 0 ? -errno : lemf_store_commit(s);
}

static int
open_in(const char *dir, const char *name)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

struct lemf_store *
lemf_store_open(const char *dir, bool sync, const char **why)
{
	struct lemf_store *s = calloc(1, sizeof(*s));

	assert(s);
	s->fsync = sync;
	s->log_fd = s->ledger_fd = -1;
	*why = "the folder cannot be made";
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		goto fail;
	*why = "pdu.log and ledger.jsonl cannot be opened for writing";
	s->log_fd = open_in(dir, "pdu.log");
	s->ledger_fd = open_in(dir, "ledger.jsonl");
	if (s->log_fd < 0 || s->ledger_fd < 0)
		goto fail;
	*why = "another mdf-lemf writes to this folder";
	if (flock(s->ledger_fd, LOCK_EX | LOCK_NB) < 0)
		goto fail;
	*why = "what is stored there cannot be continued";
	if (recover(s, dir))
		goto fail;
	return s;
fail:
	if (s->log_fd >= 0)
		close(s->log_fd);
	if (s->ledger_fd >= 0)
		close(s->ledger_fd);
	free(s);
	return NULL;
}

uint64_t
lemf_store_next_conn(const struct lemf_store *s)
{
	return s->next_conn;
}

void
lemf_store_close(struct lemf_store *s)
{
	if (!s)
		return;
	lemf_store_commit(s);
	close(s->log_fd);
	close(s->ledger_fd);
	free(s->log.p);
	free(s->ledger.p);
	free(s);
}

struct lemf_reader *
lemf_reader_open(const char *path)
{
	struct lemf_reader *r;
	char inner[4096];
	struct stat st;
	void *p = NULL;
	int fd;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		snprintf(inner, sizeof(inner), "%s/pdu.log", path);
		path = inner;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return NULL;
	}
	if (st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return NULL;
	r = calloc(1, sizeof(*r));
	assert(r);
	r->p = p;
	r->n = (size_t)st.st_size;
	r->bare = r->n > 0 && r->p[0] == 0x30;
	return r;
}

static int
next_bare(struct lemf_reader *r, struct lemf_record *rec)
{
	struct octets rest = {r->p + r->at, r->n - r->at};
	struct lemf_ber_error err;
	size_t len;

	if (lemf_ber_split(rest, &len, &err) || len > rest.n)
		return -EBADMSG;
	*rec = (struct lemf_record){.n = r->index++, .raw = {rest.p, len}};
	r->at += len;
	return 1;
}

int
lemf_reader_next(struct lemf_reader *r, struct lemf_record *rec, uint64_t *at)
{
	const uint8_t *p;
	size_t len;

	*at = r->at;
	if (r->at == r->n)
		return 0;
	p = r->p + r->at;
	if (r->bare)
		return next_bare(r, rec);
	if (r->n - r->at < LEMF_STORE_HEAD)
		return -EAGAIN;
	if (memcmp(p, "LPDU\0\1", 6) != 0 || octets_get32(p + 36) != crc32c(0, p, 36))
		return -EBADMSG;
	len = octets_get32(p + 24);
	if (len > r->n - r->at - LEMF_STORE_HEAD)
		return -EAGAIN;
	if (crc32c(0, p + LEMF_STORE_HEAD, len) != octets_get32(p + 32))
		return -EBADMSG;
	*rec = (struct lemf_record){r->index++, octets_get64(p + 8), (int64_t)octets_get64(p + 16),
	    {p + LEMF_STORE_HEAD, len}};
	r->at += LEMF_STORE_HEAD + len;
	return 1;
}

void
lemf_reader_close(struct lemf_reader *r)
{
	if (!r)
		return;
	if (r->n)
		munmap((void *)(uintptr_t)r->p, r->n);
	free(r);
}
