/* SPDX-License-Identifier: Apache-2.0 */
/* Time of one handover_encode() for every mapper: median and best of several rounds on one thread,
 * warm caches; the body is not copied.  Each has NFID and IPID in its header unless it says
 * otherwise. Never part of make check. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 15
#define LOOPS 100000

static struct sample s;

/* What a goal was set for, ns. */
struct row {
	const char *what;
	enum li_kind kind;
	enum ho_class class;
	unsigned body_n, goal_ns;
	void (*change)(void);
};

/* Time of this thread: what others do on the machine counts as little as possible. */
static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* *octets: head and tail.  Returns the median in ns, below 0: it does not encode. */
static double
median_ns(size_t *octets, double *best)
{
	double took[ROUNDS];
	struct ho_record rec;

	for (int r = 0; r < ROUNDS; r++) {
		double start = now_ns();

		for (uint32_t i = 0; i < LOOPS; i++) {
			s.ev.time_ns += 1000003;
			if (handover_encode(&s.w, s.cin, i, &s.ev, &rec) < 0)
				return -1;
		}
		took[r] = (now_ns() - start) / LOOPS;
	}
	*octets = rec.head.n + rec.tail.n;
	qsort(took, ROUNDS, sizeof(took[0]), by_size);
	*best = took[0];
	return took[ROUNDS / 2];
}

static void
without_points(void)
{
	s.pdu.nfid.n = s.pdu.ipid.n = 0;
}

static void
general_time(void)
{
	s.w.gtime = 1;
}

static void
linked(void)
{
	s.ev.link_cin = 0x12345678;
	s.ev.copy = true;
}

static void
no_targets(void)
{
	s.pdu.present = 0;
}

static void
usual_access(void)
{
	s.access.framed_route_n = 0;
	s.access.ip6.n = 0;
	s.access.start_ns = s.access.end_ns = s.access.expected_end_ns = 0;
	s.access.country = NULL;
}

static void
packet(void)
{
	s.body[0] = 0x45;
	s.ev.body.n = 1400;
}

static void
upf_whole(void)
{
	s.upf.arm = 1;
}

static const struct row rows[] = {
    {"IPCC, no NFID and IPID", LI_IP, HO_CC, 1400, 60, without_points},
    {"IPCC", LI_IP, HO_CC, 1400, 60, NULL},
    {"IPCC, GeneralizedTime", LI_IP, HO_CC, 1400, 0, general_time},
    {"IPMMCC, RTP", LI_RTP, HO_VOICE, 172, 60, NULL},
    {"IPMMCC, MSRP", LI_MSRP, HO_CC, 600, 0, NULL},
    {"L2CC", LI_L2, HO_CC, 1414, 0, NULL},
    {"33.128 CC, uPFCCPDU", LI_UPF, HO_CC, 1436, 0, upf_whole},
    {"33.128 CC, extendedUPFCCPDU", LI_UPF, HO_CC, 1400, 0, NULL},
    {"33.128 CC, moved", LI_XCC, HO_CC, 1400, 0, NULL},
    {"ePSCC, moved", LI_EPS_CC, HO_CC, 1400, 0, NULL},
    {"ePSCC, made", LI_EPS_CC, HO_CC, 1400, 0, packet},
    {"uMTSCC, moved", LI_UMTS_CC, HO_CC, 1400, 0, NULL},
    {"EmailCC", LI_MAIL_CC, HO_CC, 3000, 0, NULL},
    {"MessagingCC", LI_MSG_CC, HO_CC, 300, 0, NULL},
    {"MessagingCC, opaque", LI_OPAQUE, HO_CC, 300, 0, NULL},
    {"xIRI, two target identifiers", LI_XIRI, HO_IRI, 100, 300, NULL},
    {"xIRI, no target identifier", LI_XIRI, HO_IRI, 100, 300, no_targets},
    {"IPIRI, usual members", LI_ACCESS, HO_IRI, 200, 300, usual_access},
    {"IPIRI, every member", LI_ACCESS, HO_IRI, 200, 300, NULL},
    {"packet report, header", LI_HEADER, HO_IRI, 40, 0, NULL},
    {"packet report, summary", LI_SUMMARY, HO_IRI, 40, 0, NULL},
    {"IPMMIRI, SIP", LI_SIP, HO_IRI, 700, 0, NULL},
    {"IPMMIRI, SIP, linked copy", LI_SIP, HO_IRI, 700, 0, linked},
    {"ePSIRI", LI_EPS_IRI, HO_IRI, 300, 0, NULL},
    {"uMTSIRI", LI_UMTS_IRI, HO_IRI, 300, 0, NULL},
    {"EmailIRI", LI_MAIL_IRI, HO_IRI, 0, 0, NULL},
    {"MessagingIRI", LI_MSG_IRI, HO_IRI, 140, 0, NULL},
    {"MessagingIRI, opaque", LI_OPAQUE, HO_IRI, 300, 0, NULL},
    {"Payload, moved", LI_PAYLOAD, HO_CC, 300, 0, NULL},
};

static void
run(const struct row *r)
{
	size_t octets = 0;
	double ns, best = 0;

	sample_init(&s, r->kind, r->class, r->body_n);
	s.cin = 0x7ABCDEF0;
	s.pdu.nfid = (struct octets){(const uint8_t *)"upf1.core.example.org", 21};
	s.pdu.ipid = (struct octets){(const uint8_t *)"cc-poi-1", 8};
	if (r->change)
		r->change();
	ns = median_ns(&octets, &best);
	printf(
	    "%-30s %6zu %6zu %9.1f %9.1f %8.2f", r->what, s.ev.body.n, octets, ns, best, 1000 / ns);
	if (ns < 0)
		printf("  cannot encode");
	else if (r->goal_ns)
		printf("  %s %u", ns <= r->goal_ns ? "within" : "ABOVE", r->goal_ns);
	putchar('\n');
}

int
main(void)
{
	printf("%-30s %6s %6s %9s %9s %8s  %s\n", "mapper", "body", "added", "median ns", "best ns",
	    "M/s", "goal, ns");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&rows[i]);
	return 0;
}
