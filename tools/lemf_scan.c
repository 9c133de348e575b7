/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_scan.h. */
#include "lemf_scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

char *
lemf_scan_time(int64_t us, char *buf)
{
	time_t s = (time_t)(us / 1000000);
	int frac = (int)(us % 1000000);
	struct tm tm;

	if (frac < 0) {
		frac += 1000000;
		s--;
	}
	if (us == LEMF_NO_TIME || !gmtime_r(&s, &tm) || tm.tm_year > 8099 || tm.tm_year < -1900)
		strcpy(buf, "-");
	else
		snprintf(buf + strftime(buf, 24, "%Y-%m-%dT%H:%M:%S", &tm), 16, ".%06dZ", frac);
	return buf;
}

static bool
wanted(const struct lemf_opts *o, const struct lemf_head *h)
{
	if (o->liid && strcmp(o->liid, h->liid_text) != 0)
		return false;
	if (o->has_cin && (!h->has_cin || h->cin != (unsigned long)o->cin))
		return false;
	if (o->seq) {
		char *end;
		unsigned long from = strtoul(o->seq, &end, 10),
			      to = *end == '-' ? strtoul(end + 1, NULL, 10) : from;

		return h->has_seq && h->seq >= from && h->seq <= to;
	}
	return true;
}

void
lemf_scan_reader(struct lemf_reader *r, const struct lemf_opts *o, lemf_scan_cb *cb, void *arg,
    unsigned *damaged)
{
	struct lemf_record rec;
	struct lemf_pdu pdu;
	uint64_t at;
	int rc;

	*damaged = 0;
	lemf_pdu_init(&pdu);
	pdu.key = o->has_crypt ? &o->crypt : NULL;
	while ((rc = lemf_reader_next(r, &rec, &at)) == 1) {
		int bad = lemf_pdu_decode(&pdu, rec.raw);

		if (wanted(o, &pdu.head) && cb(&rec, &pdu, bad, arg))
			break;
	}
	lemf_pdu_fini(&pdu);
	if (rc == -EBADMSG) {
		++*damaged;
		fprintf(stderr,
		    "mdf-lemf: %s: the store is damaged at octet %" PRIu64
		    "; nothing after it can be read\n",
		    o->dir, at);
	}
}

int
lemf_scan(const struct lemf_opts *o, lemf_scan_cb *cb, void *arg, unsigned *damaged)
{
	struct lemf_reader *r = lemf_reader_open(o->dir);

	if (!r) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", o->dir, strerror(errno));
		return LEMF_EXIT_NONE;
	}
	lemf_scan_reader(r, o, cb, arg, damaged);
	lemf_reader_close(r);
	return 0;
}
