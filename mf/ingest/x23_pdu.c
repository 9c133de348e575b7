/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of X2/X3 PDUs; see x23_pdu.h.  TS 103 221-2 V1.10.1 clauses 5.2 to 5.4.  Pure: no state,
 * no allocation. */
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <errno.h>
#include <stddef.h>

#define NAME_MAX_LEN                                                                               \
	255 /* NFID, IPID and DID are cut to this many octets: no field of the handover takes more \
	     */
#define NS_PER_S 1000000000u

/* Where the value of an attribute goes in struct x23_pdu. */
enum attr_kind {
	ATTR_AREA, /* stays in the attribute area only */
	ATTR_NAME, /* struct octets, cut to NAME_MAX_LEN */
	ATTR_TEXT, /* struct octets */
	ATTR_ADDR, /* struct octets; IPv4 and IPv6 share a field, the first wins */
	ATTR_U8,
	ATTR_U16,
	ATTR_SEQ,
	ATTR_TIME
};

struct attr_row {
	enum attr_kind kind;
	uint16_t len, len2; /* the lengths allowed; 0: any */
	size_t off;
};

#define TO(field) offsetof(struct x23_pdu, field)

static const struct attr_row attr_table[X23_ATTR_N + 1] = {
    [X23_ATTR_TS102232_1] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_TS33128] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_TS33108] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_PROPRIETARY] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_DID] = {ATTR_NAME, 0, 0, TO(did)},
    [X23_ATTR_NFID] = {ATTR_NAME, 0, 0, TO(nfid)},
    [X23_ATTR_IPID] = {ATTR_NAME, 0, 0, TO(ipid)},
    [X23_ATTR_SEQ] = {ATTR_SEQ, 4, 8, TO(seq)},
    [X23_ATTR_TIMESTAMP] = {ATTR_TIME, 8, 8, TO(ts_s)},
    [X23_ATTR_SRC_IPV4] = {ATTR_ADDR, 4, 4, TO(src)},
    [X23_ATTR_DST_IPV4] = {ATTR_ADDR, 4, 4, TO(dst)},
    [X23_ATTR_SRC_IPV6] = {ATTR_ADDR, 16, 16, TO(src)},
    [X23_ATTR_DST_IPV6] = {ATTR_ADDR, 16, 16, TO(dst)},
    [X23_ATTR_SRC_PORT] = {ATTR_U16, 2, 2, TO(src_port)},
    [X23_ATTR_DST_PORT] = {ATTR_U16, 2, 2, TO(dst_port)},
    [X23_ATTR_IP_PROTO] = {ATTR_U8, 1, 1, TO(ip_proto)},
    [X23_ATTR_MATCHED_TARGET] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_OTHER_TARGET] = {ATTR_AREA, 0, 0, 0},
    [X23_ATTR_MIME_TYPE] = {ATTR_TEXT, 0, 0, TO(mime_type)},
    [X23_ATTR_MIME_ENCODING] = {ATTR_TEXT, 0, 0, TO(mime_encoding)},
    [X23_ATTR_AXRI] = {ATTR_AREA, 24, 28, 0},
    [X23_ATTR_SDP] = {ATTR_TEXT, 0, 0, TO(sdp)},
};

#define ON_X2 1
#define ON_X3 2

/* Table 5.4.1-1. */
static const struct {
	const char *name;
	unsigned on;
} format_table[X23_FMT_N] = {
    [X23_FMT_RESERVED] = {"reserved", 0},
    [X23_FMT_TS102232_1] = {"TS 102 232-1", ON_X2 | ON_X3},
    [X23_FMT_TS33128] = {"TS 33.128", ON_X2 | ON_X3},
    [X23_FMT_TS33108] = {"TS 33.108", ON_X2 | ON_X3},
    [X23_FMT_PROPRIETARY] = {"proprietary", ON_X2 | ON_X3},
    [X23_FMT_IPV4] = {"IPv4", ON_X2 | ON_X3},
    [X23_FMT_IPV6] = {"IPv6", ON_X2 | ON_X3},
    [X23_FMT_ETHERNET] = {"Ethernet", ON_X3},
    [X23_FMT_RTP] = {"RTP", ON_X3},
    [X23_FMT_SIP] = {"SIP", ON_X2},
    [X23_FMT_DHCP] = {"DHCP", ON_X2},
    [X23_FMT_RADIUS] = {"RADIUS", ON_X2},
    [X23_FMT_GTPU] = {"GTP-U", ON_X3},
    [X23_FMT_MSRP] = {"MSRP", ON_X3},
    [X23_FMT_EPS_IRI] = {"EpsIRIContent", ON_X2},
    [X23_FMT_MIME] = {"MIME", ON_X2 | ON_X3},
    [X23_FMT_UNSTRUCTURED] = {"unstructured", ON_X3},
    [X23_FMT_PS_PAYLOAD] = {"PS-PDU payload", ON_X2 | ON_X3},
};

const char *
x23_type_name(uint16_t type)
{
	static const char *const name[] = {"?", "X2", "X3", "Keepalive", "KeepaliveAck"};

	return name[type <= X23_TYPE_KEEPALIVE_ACK ? type : 0];
}

const char *
x23_format_name(uint16_t format)
{
	return format < X23_FMT_N ? format_table[format].name : "unknown";
}

/* One TLV at *off: 1, 0 at the end, -EBADMSG when it passes the end. */
static int
attr_tlv(struct octets area, size_t *off, uint16_t *type, struct octets *value)
{
	size_t left = area.n - *off;
	uint16_t len;

	if (left == 0)
		return 0;
	if (left < 4)
		return -EBADMSG;
	len = octets_get16(area.p + *off + 2);
	if (len > left - 4)
		return -EBADMSG;
	*type = octets_get16(area.p + *off);
	*value = (struct octets){area.p + *off + 4, len};
	*off += 4 + (size_t)len;
	return 1;
}

int
x23_attr_next(struct octets attributes, size_t *off, uint16_t *type, struct octets *value)
{
	return *off <= attributes.n && attr_tlv(attributes, off, type, value) == 1;
}

static void
attr_octets(void *to, struct octets v, size_t max)
{
	struct octets o = {v.p, v.n < max ? v.n : max};

	memcpy(to, &o, sizeof(o));
}

/* Attribute 9: 32 bits of seconds, 32 of nanoseconds. */
static bool
attr_time(struct x23_pdu *out, struct octets v)
{
	uint32_t ns = octets_get32(v.p + 4);

	if (ns >= NS_PER_S)
		return false;
	out->ts_s = octets_get32(v.p);
	out->ts_ns = ns;
	return true;
}

/* Store one attribute of a known type, seen for the first time or repeatable.  False: its length or
 * content is wrong. */
static bool
attr_store(struct x23_pdu *out, const struct attr_row *row, struct octets v)
{
	char *to = (char *)out + row->off;
	uint16_t u16;

	if (row->len && v.n != row->len && v.n != row->len2)
		return false;
	switch (row->kind) {
	case ATTR_AREA:
		break;
	case ATTR_NAME:
		attr_octets(to, v, NAME_MAX_LEN);
		break;
	case ATTR_TEXT:
		attr_octets(to, v, v.n);
		break;
	case ATTR_ADDR:
		if (((struct octets *)(void *)to)->n == 0)
			attr_octets(to, v, v.n);
		break;
	case ATTR_U8:
		*to = (char)v.p[0];
		break;
	case ATTR_U16:
		u16 = octets_get16(v.p);
		memcpy(to, &u16, sizeof(u16));
		break;
	case ATTR_SEQ: /* senders in the field write 64 bits: the low 32 are the number */
		out->seq = octets_get32(v.p + v.n - 4);
		break;
	case ATTR_TIME:
		return attr_time(out, v);
	}
	return true;
}

/* Read the attribute area.  Returns 0, -EBADMSG (framing) or -EINVAL (an attribute is wrong). */
static int
attr_decode(struct x23_pdu *out)
{
	size_t off = 0;
	uint16_t type;
	struct octets v;
	int r, result = 0;

	while ((r = attr_tlv(out->attributes, &off, &type, &v)) == 1) {
		const struct attr_row *row = &attr_table[type <= X23_ATTR_N ? type : 0];
		uint32_t bit;

		if (type == 0 || type > X23_ATTR_N)
			continue; /* kept in the area */
		bit = UINT32_C(1) << type;
		if (out->present & bit && row->kind != ATTR_AREA)
			continue; /* 5.3.1: the first counts */
		if (attr_store(out, row, v))
			out->present |= bit;
		else
			result = -EINVAL;
	}
	return r < 0 ? r : result;
}

/* The attribute area of a PDU that is not complete yet: overruns are told before the payload is
 * waited for. */
static bool
attr_framed(struct octets area)
{
	size_t off = 0;
	uint16_t type;
	struct octets v;
	int r;

	while ((r = attr_tlv(area, &off, &type, &v)) == 1)
		;
	return r == 0;
}

/* A format that came after this version passes: it may be handed on as it is (scope.h). */
static enum reject_code
pdu_judge(const struct x23_pdu *p)
{
	if (p->type < X23_TYPE_X2 || p->type > X23_TYPE_KEEPALIVE_ACK)
		return REJECT_TYPE_UNKNOWN;
	if (p->type >= X23_TYPE_KEEPALIVE)
		return REJECT_NONE; /* be lenient on format, direction and payload */
	if (p->format < X23_FMT_N &&
	    !(format_table[p->format].on & (p->type == X23_TYPE_X2 ? ON_X2 : ON_X3)))
		return REJECT_FORMAT_TYPE;
	if (p->direction < X23_DIR_UNKNOWN || p->direction > X23_DIR_NOT_APPLICABLE)
		return REJECT_DIRECTION;
	return REJECT_NONE;
}

/* Every field that has no attribute yet.  One by one: to zero the whole structure takes longer. */
static void
pdu_clear(struct x23_pdu *out)
{
	const struct octets none = {NULL, 0};

	out->present = 0;
	out->did = out->nfid = out->ipid = none;
	out->seq = out->ts_s = out->ts_ns = 0;
	out->src = out->dst = none;
	out->src_port = out->dst_port = 0;
	out->ip_proto = 0;
	out->mime_type = out->mime_encoding = out->sdp = none;
}

static void
pdu_header(struct octets in, uint32_t header_len, size_t total, struct x23_pdu *out)
{
	const uint8_t *p = in.p;

	out->major = p[X23_OFF_VERSION];
	out->minor = p[X23_OFF_VERSION + 1];
	out->type = octets_get16(p + X23_OFF_TYPE);
	out->format = octets_get16(p + X23_OFF_FORMAT);
	out->direction = octets_get16(p + X23_OFF_DIRECTION);
	memcpy(out->xid, p + X23_OFF_XID, sizeof(out->xid));
	out->correlation = octets_get64(p + X23_OFF_CORRELATION);
	out->attributes = (struct octets){p + X23_HEADER_MIN, header_len - X23_HEADER_MIN};
	out->payload = (struct octets){p + header_len, total - header_len};
	out->raw = (struct octets){p, total};
}

/* What the first 12 octets say: 0, or why the connection cannot go on. */
static int
pdu_frame(struct octets in, uint32_t header_max, uint32_t payload_max, uint32_t *header_len,
    uint64_t *total)
{
	uint32_t payload_len;

	if (in.n < X23_OFF_FORMAT)
		return -EAGAIN;
	if (in.p[X23_OFF_VERSION] != X23_MAJOR)
		return -ENOTSUP;
	*header_len = octets_get32(in.p + X23_OFF_HEADER_LEN);
	payload_len = octets_get32(in.p + X23_OFF_PAYLOAD_LEN);
	if (*header_len < X23_HEADER_MIN)
		return -EBADMSG;
	if (*header_len > header_max || payload_len > payload_max)
		return -EMSGSIZE;
	*total = (uint64_t)*header_len + payload_len;
	return 0;
}

int
x23_pdu_decode(struct octets in, uint32_t header_max, uint32_t payload_max, struct x23_pdu *out,
    size_t *used, enum reject_code *why)
{
	uint32_t header_len;
	uint64_t total;
	int r = pdu_frame(in, header_max, payload_max, &header_len, &total);

	*used = 0;
	*why = REJECT_NONE;
	if (r)
		return r;
	if (in.n < total) {
		if (in.n >= header_len && !attr_framed((struct octets){
					      in.p + X23_HEADER_MIN, header_len - X23_HEADER_MIN}))
			return -EBADMSG;
		return -EAGAIN;
	}
	pdu_clear(out);
	pdu_header(in, header_len, (size_t)total, out);
	r = attr_decode(out);
	if (r == -EBADMSG)
		return r;
	*used = (size_t)total;
	*why = pdu_judge(out);
	if (*why == REJECT_NONE && r)
		*why = REJECT_ATTRIBUTE;
	return *why == REJECT_NONE ? 0 : -EINVAL;
}

void
x23_keepalive_ack(uint8_t minor, uint32_t seq, uint8_t out[48])
{
	memset(out, 0, X23_KEEPALIVE_LEN);
	out[X23_OFF_VERSION] = X23_MAJOR;
	out[X23_OFF_VERSION + 1] = minor;
	octets_put16(out + X23_OFF_TYPE, X23_TYPE_KEEPALIVE_ACK);
	octets_put32(out + X23_OFF_HEADER_LEN, X23_KEEPALIVE_LEN);
	octets_put16(out + X23_HEADER_MIN, X23_ATTR_SEQ);
	octets_put16(out + X23_HEADER_MIN + 2, 4);
	octets_put32(out + X23_HEADER_MIN + 4, seq);
}
