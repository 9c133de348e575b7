/* SPDX-License-Identifier: Apache-2.0 */
/* Capture to PDUs: SIP of a target (format 9), RTP of its calls (format 8, ports learned from SDP),
 * its other packets (5/6). One Correlation ID per call (from the Call-ID), one per IP or MAC
 * target. */
#include "config.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "spec/ts103221_2.h"
#include "tools/ne_packet.h"
#include "tools/ne_poi.h"
#include "tools/ne_sip.h"

#define BUCKETS 4096
#define MEDIA_MAX 8		/* media lines of one SDP that are followed */
#define STREAM_MAX (256 * 1024) /* octets kept of one TCP direction */
#define TCP_SYN 0x02

enum target_kind {
	TARGET_IP,
	TARGET_MAC,
	TARGET_SIP
};

struct target {
	enum target_kind kind;
	uint8_t ip_version;
	uint8_t addr[16]; /* IP or MAC */
	char *uri;
	char *fragment; /* attribute 17 */
	uint64_t corr;
};

struct call {
	uint64_t id; /* hash of the Call-ID = Correlation ID */
	size_t target;
	uint8_t target_ip[16]; /* signalling address of the target, once known */
	uint16_t target_port;
	bool known_ip;
};

struct media {
	struct media *next;
	struct ne_media at;
	size_t call;
	bool of_target; /* the target receives here; else the other party does */
	bool side_known;
};

struct stream { /* one direction of a TCP connection that carries SIP */
	struct stream *next;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint32_t next_seq;
	uint8_t *buf;
	size_t n;
	bool matched; /* carried a message of a target */
};

struct ne_poi {
	ne_poi_cb cb;
	void *arg;
	struct target *targets;
	size_t targets_n;
	struct call *calls;
	size_t calls_n;
	struct media *media[BUCKETS];
	struct stream *streams[BUCKETS];
	bool sip_wanted;
	struct ne_poi_stats stats;
};

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
ne_poi_new(ne_poi_cb cb, void *arg)
{
	struct ne_poi *poi = calloc(1, sizeof(*poi));

	assert(poi);
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

int
ne_poi_target(struct ne_poi *poi, const char *text)
{
	struct target t = {0};
	int rc = -EINVAL;

	if (strncmp(text, "ip:", 3) == 0)
		rc = target_ip(&t, text + 3);
	else if (strncmp(text, "mac:", 4) == 0)
		rc = target_mac(&t, text + 4);
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

static void
emit(struct ne_poi *poi, const struct ne_packet *k, const struct target *t, struct ne_pdu *p,
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

/* ---- SIP */

static size_t
call_find(const struct ne_poi *poi, uint64_t id)
{
	size_t i;

	for (i = poi->calls_n; i > 0; i--)
		if (poi->calls[i - 1].id == id)
			return i - 1;
	return SIZE_MAX;
}

static size_t
call_add(struct ne_poi *poi, uint64_t id, size_t target)
{
	struct call c = {.id = id, .target = target};

	if ((poi->calls_n & (poi->calls_n - 1)) == 0) {
		poi->calls = realloc(poi->calls, (poi->calls_n ? poi->calls_n * 2 : 1) * sizeof(c));
		assert(poi->calls);
	}
	poi->calls[poi->calls_n] = c;
	poi->stats.calls_n++;
	return poi->calls_n++;
}

static size_t
media_bucket(const uint8_t *ip, uint16_t port)
{
	return (octets_get32(ip) * 2654435761u ^ octets_get32(ip + 12) ^ port * 40503u) % BUCKETS;
}

static struct media *
media_find(const struct ne_poi *poi, uint8_t version, const uint8_t *ip, uint16_t port)
{
	struct media *m;

	for (m = poi->media[media_bucket(ip, port)]; m; m = m->next)
		if (m->at.port == port && m->at.ip_version == version &&
		    memcmp(m->at.ip, ip, 16) == 0)
			return m;
	return NULL;
}

/* Follow the media that the sender of this message will receive; a port used again belongs to the
 * newest call. */
static void
learn_media(struct ne_poi *poi, struct octets msg, size_t call, uint16_t dir)
{
	struct ne_media found[MEDIA_MAX];
	size_t n = ne_sip_media(msg, found, MEDIA_MAX), i;

	for (i = 0; i < n; i++) {
		struct media *m = media_find(poi, found[i].ip_version, found[i].ip, found[i].port);
		size_t b = media_bucket(found[i].ip, found[i].port);

		if (found[i].ip_version == 0)
			continue;
		if (!m) {
			m = calloc(1, sizeof(*m));
			assert(m);
			m->next = poi->media[b];
			poi->media[b] = m;
		}
		m->at = found[i];
		m->call = call;
		m->side_known = dir == X23_DIR_TO_TARGET || dir == X23_DIR_FROM_TARGET;
		m->of_target = dir == X23_DIR_FROM_TARGET;
	}
}

/* Who sent it?  From names the sender of a request, so the receiver of its responses. */
static uint16_t
sip_direction(const struct call *c, const struct ne_packet *k, struct octets msg, unsigned seen)
{
	unsigned sides = seen & (NE_SIP_FROM | NE_SIP_TO);

	if (sides == (NE_SIP_FROM | NE_SIP_TO))
		return X23_DIR_COMBINED;
	if (sides)
		return (sides == NE_SIP_FROM) == ne_sip_is_request(msg) ? X23_DIR_FROM_TARGET
									: X23_DIR_TO_TARGET;
	if (c->known_ip && c->target_port == k->sport && memcmp(c->target_ip, k->src, 16) == 0)
		return X23_DIR_FROM_TARGET;
	if (c->known_ip && c->target_port == k->dport && memcmp(c->target_ip, k->dst, 16) == 0)
		return X23_DIR_TO_TARGET;
	return X23_DIR_UNKNOWN;
}

static void
learn_address(struct call *c, const struct ne_packet *k, uint16_t dir)
{
	if (dir != X23_DIR_FROM_TARGET && dir != X23_DIR_TO_TARGET)
		return;
	memcpy(c->target_ip, dir == X23_DIR_FROM_TARGET ? k->src : k->dst, 16);
	c->target_port = dir == X23_DIR_FROM_TARGET ? k->sport : k->dport;
	c->known_ip = true;
}

/* One whole SIP message.  True when it belongs to a target. */
static bool
sip_message(struct ne_poi *poi, const struct ne_packet *k, struct octets msg, int64_t ts_ns)
{
	struct octets id = ne_sip_header(msg, "Call-ID", 'i');
	uint64_t hash = ne_poi_hash(id);
	size_t call = call_find(poi, hash), t;
	unsigned seen = 0;
	struct ne_pdu p;

	for (t = 0; t < poi->targets_n && !seen; t++)
		if (poi->targets[t].kind == TARGET_SIP &&
		    (call == SIZE_MAX || poi->calls[call].target == t))
			seen = ne_sip_match(msg, poi->targets[t].uri);
	if (call == SIZE_MAX && !seen)
		return false;
	if (call == SIZE_MAX)
		call = call_add(poi, hash, t - 1);
	ne_pdu_init(&p);
	p.type = X23_TYPE_X2;
	p.format = X23_FMT_SIP;
	p.dir = sip_direction(&poi->calls[call], k, msg, seen);
	p.corr = hash;
	p.ts_ns = ts_ns;
	p.payload = msg;
	learn_address(&poi->calls[call], k, p.dir);
	learn_media(poi, msg, call, p.dir);
	poi->stats.sip_n++;
	emit(poi, k, &poi->targets[poi->calls[call].target], &p, true);
	return true;
}

/* ---- SIP over TCP */

static struct stream *
stream_find(struct ne_poi *poi, const struct ne_packet *k, bool make)
{
	size_t b = (media_bucket(k->src, k->sport) ^ media_bucket(k->dst, k->dport)) % BUCKETS;
	struct stream *s;

	for (s = poi->streams[b]; s; s = s->next)
		if (s->sport == k->sport && s->dport == k->dport &&
		    memcmp(s->src, k->src, 16) == 0 && memcmp(s->dst, k->dst, 16) == 0)
			return s;
	if (!make)
		return NULL;
	s = calloc(1, sizeof(*s));
	assert(s);
	memcpy(s->src, k->src, 16);
	memcpy(s->dst, k->dst, 16);
	s->sport = k->sport;
	s->dport = k->dport;
	s->next_seq = k->tcp_seq;
	s->next = poi->streams[b];
	poi->streams[b] = s;
	return s;
}

/* Append the new octets of a segment.  A hole forgets what was kept; a segment seen before adds
 * nothing. */
static void
stream_add(struct ne_poi *poi, struct stream *s, const struct ne_packet *k)
{
	int32_t ahead = (int32_t)(k->tcp_seq - s->next_seq);
	size_t skip = 0;

	if (ahead > 0) {
		poi->stats.tcp_lost_n++;
		s->n = 0;
	} else {
		skip = (size_t)(-(int64_t)ahead);
		if (skip >= k->l4.n)
			return;
	}
	if (s->n + k->l4.n - skip > STREAM_MAX)
		s->n = 0;
	if (k->l4.n - skip > STREAM_MAX)
		return;
	s->buf = realloc(s->buf, s->n + k->l4.n - skip);
	assert(s->buf);
	memcpy(s->buf + s->n, k->l4.p + skip, k->l4.n - skip);
	s->n += k->l4.n - skip;
	s->next_seq = k->tcp_seq + (uint32_t)k->l4.n;
}

/* True when the segment belongs to the SIP of a target, or may still do so. */
static bool
sip_tcp(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	struct stream *s = stream_find(poi, k, ne_sip_is(k->l4));
	size_t used = 0, len;
	int rc = 0;

	if (!s)
		return false;
	if (k->tcp_flags & TCP_SYN) {
		s->n = 0;
		s->next_seq = k->tcp_seq + 1;
		return true;
	}
	stream_add(poi, s, k);
	while (used < s->n) {
		if (s->buf[used] == '\r' || s->buf[used] == '\n') { /* RFC 5626 keep-alive */
			used++;
			continue;
		}
		rc = ne_sip_frame((struct octets){s->buf + used, s->n - used}, &len);
		if (rc)
			break;
		s->matched |= sip_message(poi, k, (struct octets){s->buf + used, len}, ts_ns);
		used += len;
	}
	if (rc == -EBADMSG)
		used = s->n;
	s->n -= used;
	if (s->n)
		memmove(s->buf, s->buf + used, s->n);
	return s->matched || s->n > 0;
}

/* ---- RTP and plain packets */

static uint16_t
rtp_direction(const struct media *to, const struct media *from)
{
	if (to && to->side_known)
		return to->of_target ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	if (from && from->side_known)
		return from->of_target ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	return X23_DIR_UNKNOWN;
}

/* True when the datagram is media of a target's call. */
static bool
rtp_packet(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	struct media *to = media_find(poi, k->ip_version, k->dst, k->dport);
	struct media *from = media_find(poi, k->ip_version, k->src, k->sport);
	const struct call *c;
	struct ne_pdu p;

	if ((!to && !from) || k->l4.n < 12 || k->l4.p[0] >> 6 != 2)
		return false;
	if (k->l4.p[1] >= 192 && k->l4.p[1] <= 223) { /* RFC 5761: RTCP on the same port */
		poi->stats.rtcp_n++;
		return true;
	}
	c = &poi->calls[to ? to->call : from->call];
	ne_pdu_init(&p);
	p.type = X23_TYPE_X3;
	p.format = X23_FMT_RTP;
	p.dir = rtp_direction(to, from);
	p.corr = c->id;
	p.ts_ns = ts_ns;
	p.payload = k->l4;
	poi->stats.rtp_n++;
	emit(poi, k, &poi->targets[c->target], &p, true);
	return true;
}

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

	if (t->kind == TARGET_IP && t->ip_version == k->ip_version) {
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
	poi->stats.ip_n++;
	emit(poi, k, t, &p, false);
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
	if (poi->sip_wanted && k.has_ports && k.proto == 17 && ne_sip_is(k.l4))
		done = sip_message(poi, &k, k.l4, ts_ns);
	else if (poi->sip_wanted && k.has_ports && k.proto == 17)
		done = rtp_packet(poi, &k, ts_ns);
	else if (poi->sip_wanted && k.has_ports)
		done = sip_tcp(poi, &k, ts_ns);
	for (i = 0; i < poi->targets_n && !done; i++)
		done = ip_packet(poi, &k, &poi->targets[i], ts_ns);
	poi->stats.other_n += !done;
}
