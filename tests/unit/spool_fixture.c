/* SPDX-License-Identifier: Apache-2.0 */
/* See spool_fixture.h. */
#include "spool_fixture.h"

#include "base/log.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIME_MAX_S 120 /* a test that hangs is a failed one */
#define REC_MAX (20u << 20)

static uint8_t scratch[REC_MAX];

static void
on_event(enum spool_event ev, uint32_t lea, void *arg)
{
	struct fixture *f = arg;

	switch (ev) {
	case SPOOL_EV_DURABLE:
		f->durable_n++;
		break;
	case SPOOL_EV_QUOTA:
		f->quota_n++;
		f->quota_lea = lea;
		break;
	case SPOOL_EV_FLOOR:
		f->floor_n++;
		break;
	}
}

int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	alarm(TIME_MAX_S);
	log_init("test", getenv("SPOOL_TEST_LOG") ? LOG_L_DEBUG : 0);
	snprintf(
	    f->dir, sizeof(f->dir), "%s/spoolXXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	f->conf = (struct spool_conf){.dir = f->dir, .segment_len = 65536};
	*state = f;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

void
fixture_open(struct fixture *f)
{
	struct event_config *c = event_config_new();

	event_config_set_flag(c, EVENT_BASE_FLAG_PRECISE_TIMER);
	f->base = event_base_new_with_config(c);
	event_config_free(c);
	f->s = spool_open(&f->conf, f->base, on_event, f);
	assert_non_null(f->s);
	f->q = spool_queue_known(f->s, FIXTURE_LEA, HO_CC, f->known.seg != 0 ? &f->known : NULL);
	assert_non_null(f->q);
}

void
fixture_close(struct fixture *f)
{
	spool_close(f->s);
	f->s = NULL;
	if (f->base)
		event_base_free(f->base);
	f->base = NULL;
}

static void
pattern(uint32_t seq, uint8_t *p, size_t n)
{
	uint32_t x = seq * 2654435761u + 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (uint8_t)(x >> 24);
	}
}

struct spool_pos
fixture_append(struct spool_q *q, uint32_t seq, size_t n)
{
	struct spool_meta m = {.warrant = 3, .dest = 4, .cin = (uint32_t)n, .seq = seq, .kind = 1};
	size_t head = n / 5, tail = n / 50;
	struct spool_pos at;
	struct ho_record r;

	assert_true(n <= REC_MAX);
	pattern(seq, scratch, n);
	m.digest = ~(uint64_t)seq;
	r.head = (struct octets){scratch, head};
	r.body = (struct octets){scratch + head, n - head - tail};
	r.tail = (struct octets){scratch + n - tail, tail};
	assert_int_equal(spool_append(q, &m, &r, crc32c(0, r.body.p, r.body.n), &at), 0);
	return at;
}

bool
fixture_good(const struct spool_meta *m, struct octets o)
{
	if (o.n != m->cin || o.n > REC_MAX || m->digest != ~(uint64_t)m->seq || m->warrant != 3)
		return false;
	pattern(m->seq, scratch, o.n);
	return o.n == 0 || memcmp(scratch, o.p, o.n) == 0;
}

void
fixture_wait(struct fixture *f)
{
	uint64_t no = spool_barrier(f->s);

	spool_turn(f->s);
	while (spool_durable(f->s) < no) {
		event_base_loop(f->base, EVLOOP_ONCE);
		spool_turn(f->s);
	}
}

void
fixture_fill(struct fixture *f, uint32_t seq, uint32_t count, size_t n)
{
	for (uint32_t i = 0; i < count; i++) {
		fixture_append(f->q, seq + i, n / 2 + (seq + i) * 37 % (n + 1));
		if (i % 97 == 96)
			fixture_wait(f);
	}
	fixture_wait(f);
}

struct fixture_read
fixture_read(const struct fixture *f, const struct spool_pos *from, const struct spool_pos *head)
{
	struct spool_reader *r = spool_reader_open(f->dir, FIXTURE_LEA, HO_CC, from);
	struct fixture_read x = {0};
	struct spool_rec rec;
	uint32_t next_seq = 0;
	int rc;

	while ((rc = spool_reader_next(r, head, &rec)) != 0) {
		if (rc == 1) {
			bool good = fixture_good(&rec.meta, rec.octets) && rec.meta.seq >= next_seq;

			x.good += good;
			x.wrong += !good || rec.next.rec != rec.pos.rec + 1;
			next_seq = rec.meta.seq + 1;
		} else {
			assert_int_equal(rc, -74 /* EBADMSG */);
			x.gaps++;
			x.skipped += rec.next.rec - rec.pos.rec;
		}
	}
	x.end = spool_reader_pos(r);
	spool_reader_close(r);
	return x;
}

void
fixture_seg_path(const struct fixture *f, uint64_t seg, char *path)
{
	char dir[SEGMENT_PATH_MAX];

	assert_int_equal(segment_dir_path(dir, f->dir, FIXTURE_LEA, HO_CC), 0);
	assert_int_equal(segment_file_path(path, dir, seg, ".seg"), 0);
}

unsigned
fixture_files(const struct fixture *f, const char *folder)
{
	char path[SEGMENT_PATH_MAX];
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%d/%s", f->dir, FIXTURE_LEA, folder);
	d = opendir(path);
	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

uint8_t *
fixture_load(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	uint8_t *p;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	*n = (size_t)st.st_size;
	p = malloc(*n);
	assert_int_equal(read(fd, p, *n), (ssize_t)*n);
	close(fd);
	return p;
}

void
fixture_store(const char *path, const uint8_t *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	close(fd);
}
