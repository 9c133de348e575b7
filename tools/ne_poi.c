/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, and the packets that are theirs and nothing else (formats 5, 6, 7).  One Correlation ID
 * per call (from the Call-ID), one per target otherwise. */
#include "config.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "spec/ts103221_2.h"
#include "tools/ne_poi_priv.h"

uint64_t
ne_poi_hash(struct octets name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 29;
	return h ? h : 1;
}

struct ne_poi *
ne_poi_new(bool ethernet, ne_poi_cb cb, void *arg)
{
	struct ne_poi *poi = calloc(1, sizeof(*poi));

	assert(poi);
	poi->ethernet = ethernet;
	poi->cb = cb;
	poi->arg = arg;
	return poi;
}

static void
free_tables(struct ne_poi *poi)
{
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while (poi->media[i]) {
			struct media *m = poi->media[i];

			poi->media[i] = m->next;
			free(m);
		}
		while (poi->streams[i]) {
			struct stream *s = poi->streams[i];

			poi->streams[i] = s->next;
			free(s->buf);
			free(s);
		}
	}
}

void
ne_poi_free(struct ne_poi *poi)
{
	size_t i;

	if (!poi)
		return;
	free_tables(poi);
	for (i = 0; i < poi->targets_n; i++) {
		free(poi->targets[i].uri);
		free(poi->targets[i].fragment);
	}
	free(poi->targets);
	free(poi->calls);
	free(poi);
}

const struct ne_poi_stats *
ne_poi_stats(const struct ne_poi *poi)
{
	return &poi->stats;
}

/* ---- targets */

static int
target_ip(struct target *t, const char *text)
{
	char frag[128];
	const uint8_t *a = t->addr;

	t->kind = TARGET_IP;
	if (inet_pton(AF_INET, text, t->addr) == 1) {
		t->ip_version = 4;
		snprintf(frag, sizeof(frag), "<ipv4Address>%u.%u.%u.%u</ipv4Address>", a[0], a[1],
		    a[2], a[3]);
	} else if (inet_pton(AF_INET6, text, t->addr) == 1) {
		t->ip_version = 6; /* TS 103 280: eight full groups */
		snprintf(frag, sizeof(frag),
		    "<ipv6Address>%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%"
		    "02x%02x</ipv6Address>",
		    a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12],
		    a[13], a[14], a[15]);
	} else {
		return -EINVAL;
	}
	t->fragment = strdup(frag);
	return 0;
}

static int
target_mac(struct target *t, const char *text)
{
	unsigned v[6];
	char frag[64], extra;
	size_t i;

	t->kind = TARGET_MAC;
	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
		&extra) != 6)
		return -EINVAL;
	for (i = 0; i < 6; i++)
		t->addr[i] = (uint8_t)v[i];
	snprintf(frag, sizeof(frag), "<macAddress>%02x:%02x:%02x:%02x:%02x:%02x</macAddress>", v[0],
	    v[1], v[2], v[3], v[4], v[5]);
	t->fragment = strdup(frag);
	return 0;
}

static int
target_sip(struct target *t, const char *text)
{
	const char *name = strncmp(text, "tel:", 4) ? "sipUri" : "telUri";

	t->kind = TARGET_SIP;
	if (strlen(text) < 6 || strpbrk(text, "<>&\"") ||
	    asprintf(&t->fragment, "<%s>%s</%s>", name, text, name) < 0)
		return -EINVAL;
	t->uri = strdup(text);
	return 0;
}

static int
target_nai(struct target *t, const char *text)
{
	t->kind = TARGET_NAI;
	if (!*text || strpbrk(text, "<>&\"") || asprintf(&t->fragment, "<nai>%s</nai>", text) < 0)
		return -EINVAL;
	t->uri = strdup(text);
	return 0;
}

int
ne_poi_target(struct ne_poi *poi, const char *text)
{
	struct target t = {0};
	int rc = -EINVAL;

	if (strncmp(text, "ip:", 3) == 0)
		rc = target_ip(&t, text + 3);
	else if (strncmp(text, "mac:", 4) == 0)
		rc = target_mac(&t, text + 4);
	else if (strncmp(text, "nai:", 4) == 0)
		rc = target_nai(&t, text + 4);
	else if (!strncmp(text, "sip:", 4) || !strncmp(text, "sips:", 5) ||
		 !strncmp(text, "tel:", 4))
		rc = target_sip(&t, text);
	if (rc)
		return rc;
	t.corr = ne_poi_hash((struct octets){(const uint8_t *)text, strlen(text)});
	poi->sip_wanted |= t.kind == TARGET_SIP;
	poi->targets = realloc(poi->targets, (poi->targets_n + 1) * sizeof(t));
	assert(poi->targets);
	poi->targets[poi->targets_n++] = t;
	return 0;
}

void
ne_poi_emit(struct ne_poi *poi, const struct ne_packet *k, const struct target *t, struct ne_pdu *p,
    bool flow)
{
	if (flow) {
		p->ip_version = k->ip_version;
		memcpy(p->src, k->src, 16);
		memcpy(p->dst, k->dst, 16);
		p->has_ports = k->has_ports;
		p->sport = k->sport;
		p->dport = k->dport;
		p->proto = k->proto;
	}
	p->target = (struct octets){(const uint8_t *)t->fragment, strlen(t->fragment)};
	poi->cb(p, poi->arg);
}

/* ---- packets */

static uint16_t
ip_direction(bool from, bool to)
{
	if (from && to)
		return X23_DIR_COMBINED;
	return from ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
}

static bool
ip_packet(struct ne_poi *poi, const struct ne_packet *k, const struct target *t, int64_t ts_ns)
{
	bool from = false, to = false;
	struct ne_pdu p;

	if ((t->kind == TARGET_IP || t->bound) && t->ip_version == k->ip_version) {
		from = memcmp(t->addr, k->src, 16) == 0;
		to = memcmp(t->addr, k->dst, 16) == 0;
	} else if (t->kind == TARGET_MAC) {
		from = k->smac && memcmp(t->addr, k->smac, 6) == 0;
		to = k->dmac && memcmp(t->addr, k->dmac, 6) == 0;
	}
	if (!from && !to)
		return false;
	ne_pdu_init(&p);
	p.type = X23_TYPE_X3;
	p.format = k->ip_version == 4 ? X23_FMT_IPV4 : X23_FMT_IPV6;
	p.dir = ip_direction(from, to);
	p.corr = t->corr;
	p.ts_ns = ts_ns;
	p.payload = k->ip;
	if (poi->ethernet && k->frame.n) {
		p.format = X23_FMT_ETHERNET;
		p.payload = k->frame;
	}
	poi->stats.ip_n++;
	ne_poi_emit(poi, k, t, &p, false);
	return true;
}

void
ne_poi_frame(struct ne_poi *poi, int link, struct octets frame, int64_t ts_ns)
{
	struct ne_packet k;
	int rc = ne_packet_parse(link, frame, &k);
	bool done = false;
	size_t i;

	poi->stats.packets_n++;
	if (rc) {
		*(rc == -ENOTSUP ? &poi->stats.not_ip_n : &poi->stats.broken_n) += 1;
		return;
	}
	if (k.has_ports)
		done =
		    (poi->sip_wanted && ne_poi_call(poi, &k, ts_ns)) || ne_poi_aaa(poi, &k, ts_ns);
	for (i = 0; i < poi->targets_n && !done; i++)
		done = ip_packet(poi, &k, &poi->targets[i], ts_ns);
	poi->stats.other_n += !done;
}
