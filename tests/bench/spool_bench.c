/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool costs by itself: CRC, append, commit, read back.  Not a test.  Usage: spool_bench
 * DIR [record octets] [MB]. */
#include "base/clock.h"
#include "spool/spool.h"
#include "spool/spool_reader.h"
#include "base/crc32c.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TURN_LEN (128u * 1024) /* octets of input in one loop turn */
#define HEAD_N 150

static double
cpu_s(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
on_event(enum spool_event ev, uint32_t lea, void *arg)
{
	(void)ev;
	(void)lea;
	(void)arg;
}

static void
bench_crc(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;
	double t = cpu_s(CLOCK_THREAD_CPUTIME_ID), u, v;

	for (int i = 0; i < 1000000; i++)
		sum += crc32c(sum, p, n);
	u = cpu_s(CLOCK_THREAD_CPUTIME_ID);
	for (uint32_t i = 0; i < 1000000; i++)
		sum += crc32c_combine(sum, i, n + (i & 7));
	v = cpu_s(CLOCK_THREAD_CPUTIME_ID);
	printf("crc32c of %zu octets: %.1f ns; combine: %.1f ns (%x)\n", n, (u - t) * 1e3,
	    (v - u) * 1e3, sum);
}

static double
append_all(struct spool *s, struct spool_q *q, struct event_base *base, const uint8_t *p, size_t n,
    uint64_t records)
{
	struct spool_meta m = {.kind = 1};
	struct ho_record r = {.head = {p, HEAD_N}, .body = {p + HEAD_N, n - HEAD_N}};
	uint32_t crc = crc32c(0, r.body.p, r.body.n);
	double in_append = 0, t;
	uint64_t done = 0;

	while (done < records) {
		t = cpu_s(CLOCK_THREAD_CPUTIME_ID);
		for (size_t turn = 0; turn < TURN_LEN && done < records && spool_room(s, n);
		     turn += n, done++)
			spool_append(q, &m, &r, crc, NULL);
		in_append += cpu_s(CLOCK_THREAD_CPUTIME_ID) - t;
		spool_turn(s);
		event_base_loop(base, EVLOOP_NONBLOCK);
		spool_release(q, spool_head(q).seg);
		if (!spool_room(s, n))
			event_base_loop(base, EVLOOP_ONCE);
	}
	while (spool_durable(s) < spool_barrier(s)) {
		spool_turn(s);
		event_base_loop(base, EVLOOP_ONCE);
	}
	return in_append;
}

static void
bench_append(struct spool *s, struct spool_q *q, struct event_base *base, const uint8_t *p,
    size_t n, uint64_t records, const char *what)
{
	uint64_t first = spool_durable(s);
	double wall = (double)clock_mono_ns() / 1e9, cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
	double app = append_all(s, q, base, p, n, records), gb = (double)(n * records) / 1e9;

	wall = (double)clock_mono_ns() / 1e9 - wall;
	cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("%s: append %.0f ns a record; in all %.2f CPU s/GB, %.0f MB/s, %.0f KiB a commit\n",
	    what, app * 1e9 / (double)records, cpu / gb, gb * 1e3 / wall,
	    gb * 1e9 / 1024 / (double)(spool_durable(s) - first));
}

static void
bench_read(const char *dir, struct spool_q *q)
{
	struct spool_reader *r = spool_reader_open(dir, 1, HO_CC, NULL);
	struct spool_pos head = spool_head(q);
	double t = cpu_s(CLOCK_THREAD_CPUTIME_ID);
	uint64_t len = 0, n = 0;
	struct spool_rec rec;

	while (spool_reader_next(r, &head, &rec) == 1) {
		len += rec.octets.n;
		n++;
	}
	t = cpu_s(CLOCK_THREAD_CPUTIME_ID) - t;
	printf("read: %llu records, %.2f CPU s/GB\n", (unsigned long long)n, t * 1e9 / (double)len);
	spool_reader_close(r);
}

int
main(int argc, char **argv)
{
	size_t n = argc > 2 ? (size_t)atol(argv[2]) : 1550;
	uint64_t records = (argc > 3 ? (uint64_t)atol(argv[3]) : 1000) * 1000000 / n;
	struct event_base *base = event_base_new();
	struct spool_conf conf = {.pending_max = 4 << 20}; /* input no faster than the disk */
	struct spool *s;
	struct spool_q *q;
	uint8_t *p;

	if (argc < 2 || n < HEAD_N) {
		fprintf(stderr, "usage: %s DIR [record octets >= %d] [MB]\n", argv[0], HEAD_N);
		return 2;
	}
	p = malloc(n);
	memset(p, 0x5A, n);
	bench_crc(p, n - HEAD_N);
	conf.dir = argv[1];
	s = spool_open(&conf, base, on_event, NULL);
	q = s ? spool_queue(s, 1, HO_CC) : NULL;
	if (!q) {
		perror(argv[1]);
		return 1;
	}
	bench_append(s, q, base, p, n, records, "fresh files");
	for (int i = 0; i < 3; i++)
		bench_append(s, q, base, p, n, records, "recycled   ");
	bench_read(argv[1], q);
	spool_close(s);
	event_base_free(base);
	free(p);
	return 0;
}
