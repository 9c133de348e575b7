/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of X2/X3 PDUs: the fixed header, then attributes in ascending order, then the payload.
 */
#include <assert.h>
#include "spec/ts103221_2.h"
#include "tools/ne_pdu.h"

#define TLV 4 /* attribute type and length, octets */

void
ne_pdu_init(struct ne_pdu *p)
{
	memset(p, 0, sizeof(*p));
	p->minor = X23_MINOR;
	p->proto = -1;
	p->dir = X23_DIR_UNKNOWN;
}

static size_t
text_len(struct octets o)
{
	return o.n ? TLV + o.n : 0;
}

static size_t
header_len(const struct ne_pdu *p)
{
	size_t n = X23_HEADER_MIN, i;

	n += text_len(p->did) + text_len(p->nfid) + text_len(p->ipid) + text_len(p->target) +
	     text_len(p->mime);
	n += p->no_seq ? 0 : TLV + 4;
	n += p->ts_ns ? TLV + 8 : 0;
	if (p->ip_version)
		n += 2 * (TLV + (p->ip_version == 4 ? 4u : 16u));
	n += p->has_ports ? 2 * (TLV + 2) : 0;
	n += p->proto >= 0 ? TLV + 1 : 0;
	for (i = 0; i < p->extra_n; i++)
		n += TLV + p->extra[i].value.n;
	return n;
}

size_t
ne_pdu_len(const struct ne_pdu *p)
{
	return header_len(p) + p->payload.n;
}

static uint8_t *
put_tlv(uint8_t *o, uint16_t type, const void *value, size_t n)
{
	assert(n <= UINT16_MAX);
	octets_put16(o, type);
	octets_put16(o + 2, (uint16_t)n);
	if (n)
		memcpy(o + TLV, value, n);
	return o + TLV + n;
}

static uint8_t *
put_text(uint8_t *o, uint16_t type, struct octets v)
{
	return v.n ? put_tlv(o, type, v.p, v.n) : o;
}

/* The further attributes of types FROM to TO. */
static uint8_t *
put_extra(uint8_t *o, const struct ne_pdu *p, uint16_t from, uint16_t to)
{
	uint32_t type;
	size_t i;

	for (type = from; type <= to && p->extra_n; type++) {
		for (i = 0; i < p->extra_n; i++)
			if (p->extra[i].type == type)
				o = put_tlv(
				    o, (uint16_t)type, p->extra[i].value.p, p->extra[i].value.n);
	}
	return o;
}

static uint8_t *
put_port(uint8_t *o, uint16_t type, uint16_t port)
{
	uint8_t v[2];

	octets_put16(v, port);
	return put_tlv(o, type, v, 2);
}

static uint8_t *
put_flow(uint8_t *o, const struct ne_pdu *p)
{
	uint8_t proto = (uint8_t)p->proto;

	if (p->ip_version == 4) {
		o = put_tlv(o, X23_ATTR_SRC_IPV4, p->src, 4);
		o = put_tlv(o, X23_ATTR_DST_IPV4, p->dst, 4);
	} else if (p->ip_version == 6) {
		o = put_tlv(o, X23_ATTR_SRC_IPV6, p->src, 16);
		o = put_tlv(o, X23_ATTR_DST_IPV6, p->dst, 16);
	}
	if (p->has_ports) {
		o = put_port(o, X23_ATTR_SRC_PORT, p->sport);
		o = put_port(o, X23_ATTR_DST_PORT, p->dport);
	}
	return p->proto >= 0 ? put_tlv(o, X23_ATTR_IP_PROTO, &proto, 1) : o;
}

void
ne_pdu_put_ts(uint8_t *p, int64_t ts_ns)
{
	octets_put32(p, (uint32_t)(ts_ns / 1000000000));
	octets_put32(p + 4, (uint32_t)(ts_ns % 1000000000));
}

static uint8_t *
put_seq_ts(uint8_t *o, const uint8_t *start, const struct ne_pdu *p, struct ne_marks *m)
{
	uint8_t v[8];

	if (!p->no_seq) {
		octets_put32(v, p->seq);
		m->seq_off = (size_t)(o - start) + TLV;
		o = put_tlv(o, X23_ATTR_SEQ, v, 4);
	}
	if (p->ts_ns) {
		ne_pdu_put_ts(v, p->ts_ns);
		m->ts_off = (size_t)(o - start) + TLV;
		o = put_tlv(o, X23_ATTR_TIMESTAMP, v, 8);
	}
	return o;
}

static void
put_header(uint8_t *o, const struct ne_pdu *p, size_t hl)
{
	memset(o, 0, X23_HEADER_MIN);
	o[X23_OFF_VERSION] = X23_MAJOR;
	o[X23_OFF_VERSION + 1] = p->minor;
	octets_put16(o + X23_OFF_TYPE, p->type);
	octets_put32(o + X23_OFF_HEADER_LEN, (uint32_t)hl);
	octets_put32(o + X23_OFF_PAYLOAD_LEN, (uint32_t)p->payload.n);
	octets_put16(o + X23_OFF_FORMAT, p->format);
	octets_put16(o + X23_OFF_DIRECTION, p->dir);
	if (p->xid)
		memcpy(o + X23_OFF_XID, p->xid, 16);
	octets_put64(o + X23_OFF_CORRELATION, p->corr);
}

size_t
ne_pdu_encode(const struct ne_pdu *p, uint8_t *out, struct ne_marks *marks)
{
	struct ne_marks m = {0};
	size_t hl = header_len(p);
	uint8_t *o = out + X23_HEADER_MIN;

	put_header(out, p, hl);
	o = put_extra(o, p, 0, X23_ATTR_DID - 1);
	o = put_text(o, X23_ATTR_DID, p->did);
	o = put_text(o, X23_ATTR_NFID, p->nfid);
	o = put_text(o, X23_ATTR_IPID, p->ipid);
	o = put_extra(o, p, X23_ATTR_DID, X23_ATTR_IPID);
	o = put_seq_ts(o, out, p, &m);
	o = put_flow(o, p);
	o = put_extra(o, p, X23_ATTR_SEQ, X23_ATTR_IP_PROTO);
	o = put_text(o, X23_ATTR_MATCHED_TARGET, p->target);
	o = put_extra(o, p, X23_ATTR_MATCHED_TARGET, X23_ATTR_OTHER_TARGET);
	o = put_text(o, X23_ATTR_MIME_TYPE, p->mime);
	o = put_extra(o, p, X23_ATTR_MIME_TYPE, UINT16_MAX);
	m.payload_off = (size_t)(o - out);
	assert(m.payload_off == hl);
	if (p->payload.n)
		memcpy(o, p->payload.p, p->payload.n);
	if (marks)
		*marks = m;
	return hl + p->payload.n;
}

void
ne_pdu_keepalive(uint8_t minor, uint32_t seq, uint8_t out[48])
{
	struct ne_pdu p;

	ne_pdu_init(&p);
	p.minor = minor;
	p.type = X23_TYPE_KEEPALIVE;
	p.dir = X23_DIR_RESERVED;
	p.seq = seq;
	ne_pdu_encode(&p, out, NULL);
}
