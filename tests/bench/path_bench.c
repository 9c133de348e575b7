/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time of the loop thread per PDU from the decoded TLS octets to the staged record (frame,
 * task, session, handover, spool), without TLS and network: what ingest adds to a relay.  Over a
 * real spool; the writer's time is not counted.  Each line is one process state: streams, warrants,
 * receivers.  Never part of make check.
 * Usage: path_bench [PDUs]; path_bench PDUs OCTETS RECEIVERS WARRANTS runs one case (callgrind). */
#include "mediate_rig.h"

#include "base/clock.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define READ_LEN (128u * 1024) /* octets of one wake-up */
#define STREAMS 8
#define SEQ_OFF_NONE 0

struct input {
	uint8_t *p;
	size_t n, each; /* octets; of one PDU */
	size_t seq_at;	/* of its number, in each PDU */
	uint32_t seq;
};

static double
thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* PDUs of one stream, a read full. */
static void
input_make(struct input *in, uint16_t format, size_t len, uint32_t x, uint64_t correlation)
{
	uint8_t body[4096], buf[8192];
	struct fixture_pdu f = {.type = X23_TYPE_X3,
	    .format = format,
	    .x = x,
	    .correlation = correlation,
	    .nfid = "nf1",
	    .ipid = "poi-1",
	    .numbered = true,
	    .ts_s = 1700000000};
	struct x23_pdu pdu;

	assert(len <= sizeof(body));
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	memset(body, 0x5a, sizeof(body));
	f.payload = (struct octets){body, len > pdu.raw.n ? len - pdu.raw.n : 40};
	body[0] = format == X23_FMT_RTP ? 0x80 : 0x45;
	body[1] = 8;
	fixture_pdu(&f, buf, sizeof(buf), &pdu);
	in->each = pdu.raw.n;
	in->n = READ_LEN / in->each * in->each;
	in->p = malloc(in->n);
	assert(in->p != NULL);
	for (size_t at = 0; at < in->n; at += in->each)
		memcpy(in->p + at, pdu.raw.p, in->each);
	in->seq_at = X23_HEADER_MIN + 4 + strlen(f.nfid) + 4 + strlen(f.ipid) + 4;
	in->seq = 0;
}

static void
input_number(struct input *in)
{
	for (size_t at = in->seq_at; at < in->n; at += in->each)
		octets_put32(in->p + at, in->seq++);
}

/* One read of one connection, as xconn_feed() does it. */
static size_t
feed(struct rig *r, struct input *in)
{
	const struct mediate_src src = {1, 0};
	size_t n = 0, used;

	r->now_ns = clock_wall_ns();
	for (size_t at = 0; at < in->n; at += used, n++) {
		struct octets rest = {in->p + at, in->n - at};
		enum reject_code why;
		struct x23_pdu pdu;
		uint32_t done = 0;
		int rc = x23_pdu_decode(rest, 65536, 65536, &pdu, &used, &why);

		assert(rc == 0);
		rc = mediate_pdu(r->mediate, &src, &pdu, r->now_ns, REJECT_NONE, &done);
		assert(rc == 0);
		(void)rc;
	}
	mediate_turn(r->mediate);
	spool_turn(r->spool);
	return n;
}

static void
on_queue(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	(void)lea;
	(void)class;
	(void)arg;
	spool_release(q, spool_head(q).seg);
}

static void
big_segments(struct rig *r)
{
	rig_init(r);
	rig_close(r);
	r->conf.segment_len = 64 << 20;
	r->conf.commit_us = 5000;
	r->conf.pending_max = 64 << 20;
	rig_open(r);
}

static void
run(const char *what, uint16_t format, size_t len, uint32_t receivers, uint32_t warrants,
    uint64_t pdus)
{
	struct rig r;
	struct fixture f;
	struct input in[STREAMS];
	double took = 0, t;
	uint64_t n = 0;

	big_segments(&r);
	fixture_init(&f, warrants * receivers);
	fixture_ne(&f, 1);
	for (uint32_t w = 0; w < warrants; w++)
		for (uint32_t i = 0; i < receivers; i++)
			fixture_warrant(&f, w * receivers + i + 1, i + 1, w + 1);
	rig_tasks(&r, &f);
	for (uint32_t i = 0; i < STREAMS; i++)
		input_make(&in[i], format, len, i * (warrants / STREAMS) % warrants + 1, i + 1);
	for (uint32_t i = 0; n < pdus + pdus / 8; i++) {
		struct input *x = &in[i % STREAMS];
		size_t did;

		input_number(x);
		t = thread_ns();
		did = feed(&r, x);
		if (n > pdus / 8)
			took += thread_ns() - t;
		else
			pdus += did;
		n += did;
		event_base_loop(r.base, EVLOOP_NONBLOCK);
		spool_each(r.spool, on_queue, NULL);
		while (!spool_room(r.spool, READ_LEN * 2 * receivers))
			event_base_loop(r.base, EVLOOP_ONCE);
	}
	printf("%-44s %7.0f ns a PDU\n", what, took / (double)(n - pdus / 9));
	for (uint32_t i = 0; i < STREAMS; i++)
		free(in[i].p);
	rig_fini(&r);
	fixture_fini(&f);
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;

	if (argc > 4) {
		size_t len = strtoull(argv[2], NULL, 10);

		run("one case", len < 512 ? X23_FMT_RTP : X23_FMT_IPV4, len,
		    (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]), n);
		return 0;
	}
	run("IPv4, 1 400 octets, 1 receiver", X23_FMT_IPV4, 1400, 1, 1, n);
	run("IPv4, 1 400 octets, 4 receivers", X23_FMT_IPV4, 1400, 4, 1, n / 4);
	run("RTP, 172 octets, 1 receiver", X23_FMT_RTP, 172, 1, 1, n);
	run("RTP, 172 octets, 1 receiver, 100 000 warrants", X23_FMT_RTP, 172, 1, 100000, n);
	return 0;
}
