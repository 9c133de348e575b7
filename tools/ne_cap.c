/* SPDX-License-Identifier: Apache-2.0 */
/* Capture file to PDUs in memory, then sent at the pace asked for.  libpcap only reads the file;
 * frames are taken apart by ne_packet. */
#include "config.h"
#include <assert.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "tools/ne_packet.h"
#include "tools/ne_poi.h"
#include "tools/ne_source.h"

struct ne_cap {
	const struct ne_conf *conf;
	struct ne_poi *poi; /* owns the target fragments */
	struct ne_pdu *pdus;
	size_t pdus_n, xids_n;
	uint64_t pos; /* over loop x PDU x XID */
	double speed; /* 0: at once */
	int64_t start_ns, shift_ns;
};

static void
keep(const struct ne_pdu *p, void *arg)
{
	struct ne_cap *c = arg;
	uint8_t *copy = malloc(p->payload.n + 1);

	if ((c->pdus_n & (c->pdus_n - 1)) == 0) {
		c->pdus = realloc(c->pdus, (c->pdus_n ? c->pdus_n * 2 : 1) * sizeof(*c->pdus));
		assert(c->pdus);
	}
	assert(copy);
	memcpy(copy, p->payload.p, p->payload.n);
	c->pdus[c->pdus_n] = *p;
	c->pdus[c->pdus_n++].payload.p = copy;
}

/* A file may say any number; one that is no time in ns counts as none. */
static int64_t
time_of(const struct timeval *ts)
{
	return ts->tv_sec < 0 || ts->tv_sec > INT64_MAX / CLOCK_NS_PER_S - 5
		   ? 0
		   : (int64_t)ts->tv_sec * CLOCK_NS_PER_S + ts->tv_usec;
}

static int
read_frames(struct ne_cap *c)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *in =
	    pcap_open_offline_with_tstamp_precision(c->conf->pcap, PCAP_TSTAMP_PRECISION_NANO, err);
	struct pcap_pkthdr *h;
	const u_char *frame;
	int rc, link;

	if (!in) {
		fprintf(stderr, "mdf-ne: capture: %s\n", err);
		return -1;
	}
	link = pcap_datalink(in);
	while ((rc = pcap_next_ex(in, &h, &frame)) == 1) /* tv_usec holds nanoseconds here */
		ne_poi_frame(c->poi, link, (struct octets){frame, h->caplen}, time_of(&h->ts));
	if (rc == PCAP_ERROR)
		fprintf(
		    stderr, "mdf-ne: capture: %s; what was read before is used\n", pcap_geterr(in));
	pcap_close(in);
	return 0;
}

static void
report(const struct ne_cap *c)
{
	const struct ne_poi_stats *s = ne_poi_stats(c->poi);

	fprintf(stderr,
	    "mdf-ne: capture: %llu packets (%llu not IP, %llu broken, %llu of others), %llu SIP in "
	    "%llu calls, %llu RTP, %llu RTCP, %llu MSRP, %llu RADIUS, %llu DHCP, %llu GTP-U, %llu "
	    "packets of targets\n",
	    (unsigned long long)s->packets_n, (unsigned long long)s->not_ip_n,
	    (unsigned long long)s->broken_n, (unsigned long long)s->other_n,
	    (unsigned long long)s->sip_n, (unsigned long long)s->calls_n,
	    (unsigned long long)s->rtp_n, (unsigned long long)s->rtcp_n,
	    (unsigned long long)s->msrp_n, (unsigned long long)s->radius_n,
	    (unsigned long long)s->dhcp_n, (unsigned long long)s->gtpu_n,
	    (unsigned long long)s->ip_n);
}

static int
add_targets(struct ne_cap *c)
{
	size_t i;

	for (i = 0; i < c->conf->targets_n; i++) {
		if (ne_poi_target(c->poi, c->conf->targets[i])) {
			fprintf(stderr,
			    "mdf-ne: --target %zu: wants ip:, mac:, nai:, sip: or tel:\n", i + 1);
			return -1;
		}
	}
	return 0;
}

static int
set_speed(struct ne_cap *c)
{
	const char *s = c->conf->speed ? c->conf->speed : "max";
	char *end = NULL;

	if (strcmp(s, "max") == 0)
		return 0;
	c->speed = strcmp(s, "real") == 0 ? 1 : strtod(s, &end);
	if (c->speed > 0 && (!end || !*end))
		return 0;
	fprintf(stderr, "mdf-ne: --speed wants max, real or a factor\n");
	return -1;
}

struct ne_cap *
ne_cap_new(const struct ne_conf *conf)
{
	struct ne_cap *c = calloc(1, sizeof(*c));

	assert(c);
	c->conf = conf;
	c->xids_n = conf->xids_n;
	c->poi = ne_poi_new(conf->ethernet, keep, c);
	if (set_speed(c) || add_targets(c) || read_frames(c)) {
		ne_cap_free(c);
		return NULL;
	}
	if (conf->verbose)
		report(c);
	if (conf->now && c->pdus_n)
		c->shift_ns = clock_wall_ns() - c->pdus[c->pdus_n - 1].ts_ns;
	return c;
}

void
ne_cap_free(struct ne_cap *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->pdus_n; i++)
		free((void *)(uintptr_t)c->pdus[i].payload.p);
	free(c->pdus);
	ne_poi_free(c->poi);
	free(c);
}

int
ne_cap_next(struct ne_cap *c, int64_t now_ns, struct ne_item *item, int64_t *wake_ns)
{
	uint64_t round_n = (uint64_t)c->pdus_n * c->xids_n, i, lap;
	int64_t span, at;

	if (c->start_ns == 0)
		c->start_ns = now_ns;
	if (c->pos >= round_n * c->conf->loop)
		return -1;
	lap = c->pos / round_n;
	i = c->pos % round_n / c->xids_n;
	span = c->pdus[c->pdus_n - 1].ts_ns - c->pdus[0].ts_ns + CLOCK_NS_PER_S / 1000;
	at = c->pdus[i].ts_ns - c->pdus[0].ts_ns + (int64_t)lap * span;
	if (c->speed > 0 && c->start_ns + (int64_t)((double)at / c->speed) > now_ns) {
		*wake_ns = c->start_ns + (int64_t)((double)at / c->speed);
		return 0;
	}
	item->pdu = c->pdus[i];
	if (c->conf->uncorrelated)
		item->pdu.corr = 0;
	item->pdu.ts_ns += c->shift_ns + (int64_t)lap * span;
	item->xid = c->pos % c->xids_n;
	item->stream = (uint32_t)item->xid;
	item->tmpl = NULL;
	c->pos++;
	return 1;
}
