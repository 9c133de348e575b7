/* SPDX-License-Identifier: Apache-2.0 */
/* SDP; see sdp.h. */
#include "session/sdp.h"

#include "session/sip_value.h"

#define SDP_PORTS_MAX 4	     /* pairs of one m= line that are named */
#define SDP_CANDIDATES_MAX 6 /* of one m= line */
#define SDP_PT_FIRST 96	     /* dynamic payload types, RFC 3551 */
#define SDP_PT_LAST 127
#define SDP_PATH_MAX 4 /* URIs of one MSRP path */

static struct octets
sdp_line(struct octets *in)
{
	const uint8_t *nl = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;
	size_t n = nl != NULL ? (size_t)(nl - in->p) + 1 : in->n;
	struct octets line = {in->p, n};

	if (n == 0)
		return line;
	in->p += n;
	in->n -= n;
	return sip_value_trim(line);
}

/* Types and attributes are case-sensitive, RFC 8866 5. */
static inline bool
sdp_is(struct octets line, const char *type)
{
	size_t n = strlen(type);

	return line.n >= n && memcmp(line.p, type, n) == 0;
}

/* The next word of *IN. */
static struct octets
sdp_word(struct octets *in)
{
	struct octets w;
	size_t n = 0;

	*in = sip_value_trim(*in);
	while (n < in->n && in->p[n] != ' ' && in->p[n] != '\t')
		n++;
	w = (struct octets){in->p, n};
	if (n == 0)
		return w;
	in->p += n;
	in->n -= n;
	return w;
}

static uint16_t
sdp_port(struct octets text)
{
	uint64_t v = 0;

	return sip_value_number(text, UINT16_MAX, &v) ? (uint16_t)v : 0;
}

/* "IN IP4 224.2.1.1/127/3" */
static uint8_t
sdp_connection(struct octets v, uint8_t address[16])
{
	struct octets word;
	const uint8_t *slash;

	sdp_word(&v);
	sdp_word(&v);
	word = sdp_word(&v);
	slash = word.n > 0 ? memchr(word.p, '/', word.n) : NULL;
	if (slash != NULL)
		word.n = (size_t)(slash - word.p);
	return (uint8_t)sip_value_address(word, address);
}

void
sdp_begin(struct sdp_iter *i, struct octets sdp)
{
	i->rest = sdp;
	i->address_n = 0;
	i->bundle = false;
	while (i->rest.n > 0) {
		struct octets before = i->rest, line = sdp_line(&i->rest);

		if (sdp_is(line, "m=")) {
			i->rest = before;
			return;
		}
		if (sdp_is(line, "c=") && i->address_n == 0)
			i->address_n =
			    sdp_connection((struct octets){line.p + 2, line.n - 2}, i->address);
		i->bundle |= sdp_is(line, "a=group:BUNDLE");
	}
}

/* "audio 49170/2 RTP/AVP 0" */
static void
sdp_media_line(struct octets v, struct sdp_media *out)
{
	struct octets port;
	const uint8_t *slash;

	out->media = sdp_word(&v);
	port = sdp_word(&v);
	out->proto = sdp_word(&v);
	out->formats = v;
	out->is_video = sip_value_is(out->media, "video");
	out->port = sdp_port(port);
	out->ports = 1;
	slash = port.n > 0 ? memchr(port.p, '/', port.n) : NULL;
	if (slash != NULL)
		out->ports =
		    sdp_port((struct octets){slash + 1, port.n - (size_t)(slash + 1 - port.p)});
	if (out->ports == 0)
		out->ports = 1;
}

/* a=rtcp:53020 [IN IP4 126.16.64.4] */
static void
sdp_rtcp(struct octets v, struct sdp_media *out)
{
	out->rtcp_port = sdp_port(sdp_word(&v));
	if (sip_value_trim(v).n > 0)
		out->rtcp_n = sdp_connection(v, out->rtcp);
}

static bool
sdp_is_rtp(const struct sdp_media *m)
{
	return sip_value_has(m->proto, "RTP/");
}

bool
sdp_next(struct sdp_iter *i, struct sdp_media *out)
{
	struct octets line = sdp_line(&i->rest);
	bool own = false, rtcp = false;

	if (!sdp_is(line, "m="))
		return false;
	memset(out, 0, sizeof(*out));
	sdp_media_line((struct octets){line.p + 2, line.n - 2}, out);
	out->address_n = i->address_n;
	memcpy(out->address, i->address, sizeof(out->address));
	out->lines = i->rest;
	while (i->rest.n > 0) {
		struct octets before = i->rest, l = sdp_line(&i->rest);

		if (sdp_is(l, "m=")) {
			i->rest = before;
			break;
		}
		if (sdp_is(l, "c=") && !own) {
			out->address_n =
			    sdp_connection((struct octets){l.p + 2, l.n - 2}, out->address);
			own = true;
		} else if (sdp_is(l, "a=rtcp:")) {
			sdp_rtcp((struct octets){l.p + 7, l.n - 7}, out);
			rtcp = true;
		} else if (sdp_is(l, "a=path:")) {
			out->path = (struct octets){l.p + 7, l.n - 7};
		} else if (sdp_is(l, "a=candidate:")) {
			out->candidates = true;
		}
	}
	out->lines.n -= i->rest.n;
	if (!rtcp && out->port != 0 && out->port < UINT16_MAX && sdp_is_rtp(out))
		out->rtcp_port = (uint16_t)(out->port + 1);
	if (out->rtcp_n == 0) {
		out->rtcp_n = out->address_n;
		memcpy(out->rtcp, out->address, sizeof(out->rtcp));
	}
	return true;
}

/* What is said of the names of one section. */
struct sdp_say {
	enum name_act act;
	uint8_t media;
	uint32_t video_pt;
};

/* Payload types of 96..127 among FORMATS, "0 8 96". */
static uint32_t
sdp_dynamic(struct octets formats)
{
	uint32_t bits = 0;
	uint64_t pt;

	for (struct octets w = sdp_word(&formats); w.n > 0; w = sdp_word(&formats))
		if (sip_value_number(w, SDP_PT_LAST, &pt) && pt >= SDP_PT_FIRST)
			bits |= UINT32_C(1) << (pt - SDP_PT_FIRST);
	return bits;
}

static void
sdp_say(struct sdp_say *say, const struct sdp_media *m)
{
	say->media |= m->is_video ? NAME_VIDEO : NAME_AUDIO;
	if (m->is_video)
		say->video_pt |= sdp_dynamic(m->formats);
}

/* All sections of SDP together: what may come to each port of a bundle. */
static struct sdp_say
sdp_say_all(struct octets sdp)
{
	struct sdp_say say = {0};
	struct sdp_iter i;
	struct sdp_media m;

	sdp_begin(&i, sdp);
	while (sdp_next(&i, &m))
		sdp_say(&say, &m);
	return say;
}

static void
sdp_name(
    struct payload *p, const struct sdp_say *say, const uint8_t *address, size_t n, unsigned port)
{
	size_t before = p->name_n;

	if (n == 0 || port == 0 || port > UINT16_MAX)
		return;
	payload_name_address(p, NAME_MEDIA, say->act, (struct octets){address, n}, (uint16_t)port);
	if (p->name_n == before)
		return;
	p->name[before].media = say->media;
	p->name[before].video_pt = say->video_pt;
}

/* a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host: media may come there as well. */
static void
sdp_candidates(struct payload *p, const struct sdp_say *say, struct octets lines)
{
	unsigned n = 0;

	while (lines.n > 0 && n < SDP_CANDIDATES_MAX) {
		struct octets l = sdp_line(&lines), text;
		uint8_t address[16];
		size_t address_n;

		if (!sdp_is(l, "a=candidate:"))
			continue;
		for (int skip = 0; skip < 4; skip++)
			sdp_word(&l);
		text = sdp_word(&l);
		address_n = sip_value_address(text, address);
		sdp_name(p, say, address, address_n, sdp_port(sdp_word(&l)));
		n++;
	}
}

struct octets
sdp_msrp_session(struct octets uri)
{
	struct octets id;
	size_t n = 0;
	const uint8_t *slash;

	uri = sip_value_trim(uri);
	if (sip_value_starts(uri, "msrp://"))
		n = 7;
	else if (sip_value_starts(uri, "msrps://"))
		n = 8;
	id = (struct octets){uri.p + n, n > 0 ? uri.n - n : 0};
	slash = id.n > 0 ? memchr(id.p, '/', id.n) : NULL;
	if (slash != NULL && slash + 1 < id.p + id.n && slash[1] != ';') {
		id.n -= (size_t)(slash + 1 - id.p);
		id.p = slash + 1;
	}
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] == ';' || id.p[i] == '/')
			id.n = i;
	if (id.n > 255)
		id.n = 255;
	return id;
}

static void
sdp_media_names(struct payload *p, const struct sdp_say *say, const struct sdp_media *m)
{
	struct octets path = m->path;

	if (m->port == 0)
		return;
	for (unsigned i = 0; i < m->ports && i < SDP_PORTS_MAX; i++) {
		sdp_name(p, say, m->address, m->address_n, m->port + 2 * i);
		if (m->rtcp_port != 0 && m->rtcp_port != m->port)
			sdp_name(p, say, m->rtcp, m->rtcp_n, m->rtcp_port + 2 * i);
	}
	for (int i = 0; i < SDP_PATH_MAX && path.n > 0; i++) {
		struct octets id = sdp_msrp_session(sdp_word(&path));

		if (id.n > 0)
			payload_name(p, NAME_CHAT, say->act, id, false);
	}
	if (m->candidates)
		sdp_candidates(p, say, m->lines);
}

void
sdp_names(struct payload *p, struct octets sdp, enum name_act act)
{
	struct sdp_say say = {0};
	struct sdp_iter i;
	struct sdp_media m;

	sdp_begin(&i, sdp);
	if (i.bundle)
		say = sdp_say_all(sdp);
	say.act = act;
	while (sdp_next(&i, &m)) {
		if (!i.bundle) {
			say.media = 0;
			say.video_pt = 0;
			sdp_say(&say, &m);
		}
		sdp_media_names(p, &say, &m);
	}
}

void
sdp_links(struct payload *p, struct octets sdp)
{
	struct sdp_iter i;
	struct sdp_media m;
	uint8_t last[16] = {0};

	sdp_begin(&i, sdp);
	while (sdp_next(&i, &m)) {
		if (m.address_n == 0 || memcmp(last, m.address, m.address_n) == 0)
			continue;
		memcpy(last, m.address, m.address_n);
		payload_name(
		    p, NAME_ADDRESS, NAME_LINK, (struct octets){m.address, m.address_n}, true);
	}
}

uint16_t
sdp_service(struct octets sdp)
{
	struct sdp_iter i;
	struct sdp_media m;
	uint16_t bits = 0;

	sdp_begin(&i, sdp);
	while (sdp_next(&i, &m))
		if (sip_value_is(m.media, "message") || sip_value_has(m.proto, "MSRP"))
			bits |= SERVICE_MESSAGING | SERVICE_RCS;
		else /* who is called, and that it is, belongs to the call itself */
			bits |= SERVICE_VOICE | (m.is_video ? SERVICE_VIDEO : 0);
	return bits;
}

static bool
sdp_is_at(const struct sdp_media *m, struct octets address, uint16_t port)
{
	if (m->port == 0 || address.n == 0)
		return false;
	return (address.n == m->address_n && memcmp(address.p, m->address, address.n) == 0 &&
		   port == m->port) ||
	       (address.n == m->rtcp_n && memcmp(address.p, m->rtcp, address.n) == 0 &&
		   port == m->rtcp_port);
}

uint8_t
sdp_media_of(const struct x23_pdu *pdu, uint32_t *video_pt)
{
	struct sdp_say all = sdp_say_all(pdu->sdp), at = {0};
	struct sdp_iter i;
	struct sdp_media m;

	sdp_begin(&i, pdu->sdp);
	while (!i.bundle && sdp_next(&i, &m))
		if (sdp_is_at(&m, pdu->dst, pdu->dst_port) ||
		    sdp_is_at(&m, pdu->src, pdu->src_port))
			sdp_say(&at, &m);
	if (at.media == 0)
		at = all;
	*video_pt = at.video_pt;
	return at.media;
}
