/* SPDX-License-Identifier: Apache-2.0 */
/* PDUs of one stream differ in number and time only: what was encoded last is used again, with
 * these patched.  Only for what is frequent and simple: an IP or RTP packet, in clear, with a
 * binary time.  Everything that the encoder looks at is compared; a number or time that takes more
 * or fewer octets than before, or anything else that is not the same, goes the whole way. */
#include "handover/pspdu.h"

#define REPEAT_N 64	    /* streams remembered; a power of two */
#define REPEAT_HEAD_MAX 448 /* octets; what is longer is not remembered */
#define REPEAT_TAIL_MAX 16
#define NS_PER_S 1000000000u

/* What the encoder makes of a time and a number. */
struct repeat_values {
	uint32_t us, seq;
	uint64_t s;
	uint8_t us_k, s_k, seq_k; /* octets that they take */
};

struct repeat {
	uint64_t made; /* of the warrant; 0: free */
	uint32_t cin;
	uint32_t ssrc;
	size_t body_n;
	uint64_t s; /* what stands in the head */
	uint8_t kind, direction, ts_qualifier;
	uint8_t ssrc_n, us_k, s_k, seq_k;
	uint8_t nfid_n, ipid_n, tail_n;
	uint16_t head_n; /* 0: only seen once */
	uint16_t nfid_at, ipid_at, us_at, s_at, seq_at;
	uint8_t tail[REPEAT_TAIL_MAX];
	uint8_t head[REPEAT_HEAD_MAX];
};

static struct repeat repeats[REPEAT_N];

bool
pspdu_may_repeat(const struct handover_warrant *w, const struct li_event *ev)
{
	return w->made != 0 && w->crypt == NULL && !w->gtime && !ev->copy && ev->class != HO_IRI &&
	       (ev->kind == LI_IP || ev->kind == LI_RTP) && ev->pdu->nfid.n <= UINT8_MAX &&
	       ev->pdu->ipid.n <= UINT8_MAX;
}

static struct repeat *
repeat_place(const struct handover_warrant *w, uint32_t cin, const struct li_event *ev)
{
	uint64_t h = (w->made << 32 ^ cin ^ (uint64_t)ev->body.n << 20 ^ ev->direction) *
		     UINT64_C(0x9e3779b97f4a7c15);

	return &repeats[h >> 58 & (REPEAT_N - 1)];
}

static uint32_t
repeat_ssrc(const struct li_event *ev, uint8_t *n)
{
	struct octets ssrc = {NULL, 0};

	if (ev->kind == LI_RTP)
		ssrc = pspdu_ssrc(ev->body);
	*n = (uint8_t)ssrc.n;
	return ssrc.n == 4 ? octets_get32(ssrc.p) : 0;
}

static struct repeat_values
repeat_values(const struct li_event *ev, uint32_t seq)
{
	uint64_t t = ev->time_ns > 0 ? (uint64_t)ev->time_ns : 0, s = t / NS_PER_S;
	uint32_t us = (uint32_t)(t - s * NS_PER_S) / 1000;

	return (struct repeat_values){.us = us,
	    .seq = seq,
	    .s = s,
	    .us_k = ber_uint_len(us),
	    .s_k = ber_uint_len(s),
	    .seq_k = ber_uint_len(seq)};
}

static bool
repeat_is_stream(const struct repeat *r, const struct handover_warrant *w, uint32_t cin,
    const struct li_event *ev, uint32_t ssrc, uint8_t ssrc_n)
{
	return r->made == w->made && r->cin == cin && r->body_n == ev->body.n &&
	       r->kind == ev->kind && r->direction == ev->direction &&
	       r->ts_qualifier == ev->ts_qualifier && r->nfid_n == ev->pdu->nfid.n &&
	       r->ipid_n == ev->pdu->ipid.n && r->ssrc_n == ssrc_n && r->ssrc == ssrc;
}

static bool
repeat_same(const uint8_t *a, struct octets b)
{
	return b.n == 0 || memcmp(a, b.p, b.n) == 0;
}

static void
repeat_patch(uint8_t *at, uint64_t v, uint8_t k)
{
	while (k > 0) {
		at[--k] = (uint8_t)v;
		v >>= 8;
	}
}

bool
pspdu_repeat(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, struct ho_record *rec)
{
	struct repeat *r = repeat_place(w, cin, ev);
	struct repeat_values v;
	uint8_t ssrc_n;
	uint32_t ssrc;

	if (r->made != w->made || r->head_n == 0)
		return false;
	ssrc = repeat_ssrc(ev, &ssrc_n);
	v = repeat_values(ev, seq);
	if (!repeat_is_stream(r, w, cin, ev, ssrc, ssrc_n) || r->us_k != v.us_k ||
	    r->s_k != v.s_k || r->seq_k != v.seq_k ||
	    !repeat_same(r->head + r->nfid_at, ev->pdu->nfid) ||
	    !repeat_same(r->head + r->ipid_at, ev->pdu->ipid))
		return false;
	repeat_patch(r->head + r->us_at, v.us, v.us_k);
	if (r->s != v.s)
		repeat_patch(r->head + r->s_at, v.s, v.s_k);
	r->s = v.s;
	repeat_patch(r->head + r->seq_at, v.seq, v.seq_k);
	rec->head = (struct octets){r->head, r->head_n};
	rec->body = ev->body;
	rec->tail = (struct octets){r->tail, r->tail_n};
	return true;
}

/* The second PDU of a stream: the encoder has just made REC of it. */
static void
repeat_take(struct repeat *r, const struct repeat_values *v, const struct pspdu_ends *ends,
    const struct ho_record *rec)
{
	const uint8_t *p = rec->head.p;

	if (rec->head.n > REPEAT_HEAD_MAX || rec->tail.n > REPEAT_TAIL_MAX)
		return;
	r->us_k = v->us_k;
	r->s_k = v->s_k;
	r->s = v->s;
	r->seq_k = v->seq_k;
	r->nfid_at = (uint16_t)(ends->nfid - p - r->nfid_n);
	r->ipid_at = (uint16_t)(ends->ipid - p - r->ipid_n);
	r->us_at = (uint16_t)(ends->time - p - v->us_k);
	r->s_at = (uint16_t)(r->us_at - 2 - v->s_k);
	r->seq_at = (uint16_t)(ends->seq - p - v->seq_k);
	memcpy(r->head, p, rec->head.n);
	if (rec->tail.n > 0)
		memcpy(r->tail, rec->tail.p, rec->tail.n);
	r->tail_n = (uint8_t)rec->tail.n;
	r->head_n = (uint16_t)rec->head.n;
}

void
pspdu_repeat_keep(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct li_event *ev, const struct pspdu_ends *ends, const struct ho_record *rec)
{
	struct repeat *r = repeat_place(w, cin, ev);
	struct repeat_values v;
	uint8_t ssrc_n;
	uint32_t ssrc = repeat_ssrc(ev, &ssrc_n);

	if (repeat_is_stream(r, w, cin, ev, ssrc, ssrc_n)) {
		v = repeat_values(ev, seq);
		repeat_take(r, &v, ends, rec);
		return;
	}
	r->head_n = 0;
	r->made = w->made;
	r->cin = cin;
	r->ssrc = ssrc;
	r->ssrc_n = ssrc_n;
	r->body_n = ev->body.n;
	r->kind = (uint8_t)ev->kind;
	r->direction = ev->direction;
	r->ts_qualifier = ev->ts_qualifier;
	r->nfid_n = (uint8_t)ev->pdu->nfid.n;
	r->ipid_n = (uint8_t)ev->pdu->ipid.n;
}
