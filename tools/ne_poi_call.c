/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of a target: SIP (format 9), RTP and RTCP (8) and MSRP (13) by the ports in its SDP. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include "spec/ts103221_2.h"
#include "tools/ne_poi_priv.h"

#define MSRP_PORT 2855 /* RFC 4975, clause 15.4 */

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
	ne_poi_emit(poi, k, &poi->targets[poi->calls[call].target], &p, true);
	return true;
}

/* ---- MSRP */

/* The call whose SDP named an end of this connection, or SIZE_MAX. */
static const struct media *
msrp_media(const struct ne_poi *poi, const struct ne_packet *k)
{
	const struct media *m = media_find(poi, k->ip_version, k->dst, k->dport);

	if (!m)
		m = media_find(poi, k->ip_version, k->src, k->sport);
	return m && m->at.msrp ? m : NULL;
}

/* Without SDP: does a path of the message name a target?  NE_SIP_FROM: the target sent it. */
static unsigned
msrp_seen(const struct ne_poi *poi, struct octets msg, size_t *target)
{
	struct octets from = ne_sip_header(msg, "From-Path", 0),
		      to = ne_sip_header(msg, "To-Path", 0);

	for (*target = 0; *target < poi->targets_n; (*target)++) {
		const struct target *t = &poi->targets[*target];
		const char *user = t->kind == TARGET_SIP ? strchr(t->uri, ':') + 1 : "";

		if (!*user)
			continue;
		if (from.n && memmem(from.p, from.n, user, strlen(user)))
			return NE_SIP_FROM;
		if (to.n && memmem(to.p, to.n, user, strlen(user)))
			return NE_SIP_TO;
	}
	return 0;
}

/* One whole MSRP message.  True when it belongs to a target. */
static bool
msrp_message(struct ne_poi *poi, const struct ne_packet *k, struct octets msg, int64_t ts_ns)
{
	const struct media *m = msrp_media(poi, k);
	size_t target = m ? poi->calls[m->call].target : 0;
	bool here = m && m->at.port == k->sport && memcmp(m->at.ip, k->src, 16) == 0;
	struct ne_pdu p;
	unsigned seen = 0;

	if (!m)
		seen = msrp_seen(poi, msg, &target);
	if (!m && !seen)
		return false;
	ne_pdu_init(&p);
	p.type = X23_TYPE_X3;
	p.format = X23_FMT_MSRP;
	if (seen)
		p.dir = seen == NE_SIP_FROM ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	else if (m->side_known)
		p.dir = m->of_target == here ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	p.corr = m ? poi->calls[m->call].id : poi->targets[target].corr;
	p.ts_ns = ts_ns;
	p.payload = msg;
	poi->stats.msrp_n++;
	ne_poi_emit(poi, k, &poi->targets[target], &p, true);
	return true;
}

/* ---- SIP and MSRP over TCP */

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

/* True when the segment belongs to the signalling or chat of a target, or may still do so. */
static bool
tcp_segment(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	bool msrp = msrp_media(poi, k) || k->dport == MSRP_PORT || k->sport == MSRP_PORT;
	struct stream *s = stream_find(
	    poi, k, ne_sip_is(k->l4) || (msrp && k->l4.n > 5 && memcmp(k->l4.p, "MSRP ", 5) == 0));
	size_t used = 0, len;
	int rc = 0;

	if (!s)
		return false;
	s->msrp |= msrp;
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
		rc = (s->msrp ? ne_sip_frame_msrp : ne_sip_frame)(
		    (struct octets){s->buf + used, s->n - used}, &len);
		if (rc)
			break;
		s->matched |= (s->msrp ? msrp_message : sip_message)(
		    poi, k, (struct octets){s->buf + used, len}, ts_ns);
		used += len;
	}
	if (rc == -EBADMSG)
		used = s->n;
	s->n -= used;
	if (s->n)
		memmove(s->buf, s->buf + used, s->n);
	return s->matched || s->n > 0;
}

/* ---- RTP and RTCP */

static uint16_t
rtp_direction(const struct media *to, const struct media *from)
{
	if (to && to->side_known)
		return to->of_target ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	if (from && from->side_known)
		return from->of_target ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	return X23_DIR_UNKNOWN;
}

/* Media that goes to PORT, or whose RTCP does: RFC 3550, clause 11, the next port. */
static struct media *
media_or_rtcp(
    const struct ne_poi *poi, uint8_t version, const uint8_t *ip, uint16_t port, bool rtcp)
{
	struct media *m = media_find(poi, version, ip, port);

	return m || !rtcp ? m : media_find(poi, version, ip, (uint16_t)(port - 1));
}

/* True when the datagram is media of a target's call. */
static bool
rtp_packet(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	bool rtcp = k->l4.n >= 8 && k->l4.p[1] >= 192 && k->l4.p[1] <= 223; /* RFC 5761 */
	struct media *to = media_or_rtcp(poi, k->ip_version, k->dst, k->dport, rtcp);
	struct media *from = media_or_rtcp(poi, k->ip_version, k->src, k->sport, rtcp);
	const struct call *c;
	struct ne_pdu p;

	if ((!to && !from) || k->l4.n < (rtcp ? 8 : 12) || k->l4.p[0] >> 6 != 2)
		return false;
	c = &poi->calls[to ? to->call : from->call];
	ne_pdu_init(&p);
	p.type = X23_TYPE_X3;
	p.format = X23_FMT_RTP;
	p.dir = rtp_direction(to, from);
	p.corr = c->id;
	p.ts_ns = ts_ns;
	p.payload = k->l4;
	*(rtcp ? &poi->stats.rtcp_n : &poi->stats.rtp_n) += 1;
	ne_poi_emit(poi, k, &poi->targets[c->target], &p, true);
	return true;
}

bool
ne_poi_call(struct ne_poi *poi, const struct ne_packet *k, int64_t ts_ns)
{
	if (k->proto != 17)
		return tcp_segment(poi, k, ts_ns);
	return ne_sip_is(k->l4) ? sip_message(poi, k, k->l4, ts_ns) : rtp_packet(poi, k, ts_ns);
}
