/* SPDX-License-Identifier: Apache-2.0 */
/* Time of one handover_encode(), best of several rounds; the body is not copied.  Never part of
 * make check. */
#include "tests/unit/handover_sample.h"
#include "spec/ts102232_1.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 9
#define LOOPS 400000

static struct sample s;

static double
now_ns(void)
{
	struct timespec t;

	timespec_get(&t, TIME_UTC);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
bench(const char *what)
{
	double best = 1e18;
	size_t sum = 0;

	for (int r = 0; r < ROUNDS; r++) {
		double start = now_ns(), took;

		for (uint32_t i = 0; i < LOOPS; i++) {
			struct ho_record rec;

			s.ev.time_ns += 1000003;
			if (handover_encode(&s.w, s.cin, i, &s.ev, &rec) < 0)
				return;
			sum += rec.head.n + rec.tail.n;
		}
		took = (now_ns() - start) / LOOPS;
		if (took < best)
			best = took;
	}
	printf("%-44s %7.1f ns  %7.2f M/s  head and tail %zu octets\n", what, best, 1000 / best,
	    sum / ((size_t)ROUNDS * LOOPS));
}

static void
start(enum li_kind kind, enum ho_class class, size_t n)
{
	sample_init(&s, kind, class, n);
	s.cin = 0x7ABCDEF0;
}

static void
name_point(void)
{
	s.pdu.nfid = (struct octets){(const uint8_t *)"upf1.core.example.org", 21};
	s.pdu.ipid = (struct octets){(const uint8_t *)"cc-poi-1", 8};
}

int
main(void)
{
	start(LI_IP, HO_CC, 1400);
	bench("IPCC, 1400-octet packet");
	name_point();
	bench("IPCC, with NFID and IPID");
	s.w.gtime = 1;
	bench("IPCC, with NFID and IPID, GeneralizedTime");
	start(LI_RTP, HO_VOICE, 172);
	name_point();
	bench("IPMMCC, 172-octet RTP");
	start(LI_SIP, HO_IRI, 700);
	name_point();
	bench("IPMMIRI, 700-octet SIP");
	start(LI_XIRI, HO_IRI, 100);
	name_point();
	bench("xIRI, two target identifiers");
	s.pdu.present = 0;
	bench("xIRI, no target identifiers");
	start(LI_PAYLOAD, HO_CC, 300);
	bench("Payload moved");
	return 0;
}
