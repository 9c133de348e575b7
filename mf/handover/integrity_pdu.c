/* SPDX-License-Identifier: Apache-2.0 */
/* The octets of an integrityCheck PDU, TS 102 232-1 clause 7.2.3: written and taken apart; see
 * integrity.h.  What it covers and when it is made is in integrity.c. */
#include "handover/integrity.h"
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define NUMBER_MAX 7   /* octets of one included number */
#define FRAME_MAX 2048 /* octets of all else but the value */
#define CHECK_MAX (16 * 1024 * 1024)

static uint8_t *
scratch(size_t n)
{
	static uint8_t *buf;
	static size_t buf_n;

	if (n > buf_n) {
		free(buf);
		buf = malloc(n);
		assert(buf != NULL);
		buf_n = n;
	}
	return buf;
}

static void
put_numbers(struct ber *b, const uint32_t *seq, size_t n)
{
	size_t mark = ber_mark(b);

	while (n-- > 0)
		ber_uint(b, INTEGRITY_NUMBER, seq[n]);
	ber_close(b, INTEGRITY_NUMBERS, mark);
}

int
integrity_encode(const struct handover_warrant *w, uint32_t cin, uint32_t seq,
    const struct integrity_check *c, int64_t now_ns, struct octets *pdu, struct octets *body)
{
	const struct pspdu_header h = {
	    .cin = cin, .seq = seq, .time_ns = now_ns, .ts_qualifier = TIME_QUALIFIER_MEDIATION};
	size_t cap = c->seq_n * NUMBER_MAX + c->value.n + FRAME_MAX;
	struct ber b;
	uint8_t *buf;

	if (c->seq_n > CHECK_MAX / NUMBER_MAX || c->value.n > CHECK_MAX)
		return -EMSGSIZE;
	buf = scratch(cap);
	ber_start(&b, buf, buf + cap, 0);
	ber_small(&b, c->signature ? INTEGRITY_SIGN_ALG : INTEGRITY_HASH_ALG, c->alg);
	ber_octets(&b, INTEGRITY_VALUE, c->value.p, c->value.n);
	ber_small(&b, INTEGRITY_DATA_TYPE, c->data_type);
	ber_small(&b, INTEGRITY_CHECK_TYPE, c->signature ? CHECK_SIGNATURE : CHECK_HASH);
	put_numbers(&b, c->seq, c->seq_n);
	ber_close(&b, INTEGRITY_TAG, 0);
	*body = (struct octets){b.p, ber_mark(&b)};
	ber_close(&b, PAYLOAD_TRI, 0);
	ber_close(&b, PSPDU_PAYLOAD, 0);
	pspdu_header(&b, w, &h);
	ber_close(&b, PSPDU_TAG, 0);
	if (b.full)
		return -EMSGSIZE;
	*pdu = (struct octets){b.p, ber_mark(&b)};
	return 0;
}

/* ---- taking apart */

bool
integrity_number(struct octets *numbers, uint32_t *out)
{
	struct ber_tlv t;

	return ber_next(numbers, &t) == 0 && t.id == INTEGRITY_NUMBER &&
	       ber_get_u32(t.content, out);
}

static bool
numbers_sound(struct octets numbers)
{
	uint32_t n;

	while (numbers.n > 0)
		if (!integrity_number(&numbers, &n))
			return false;
	return true;
}

static bool
small(const struct ber_tlv *t, uint8_t *out)
{
	uint32_t v;

	if (!ber_get_u32(t->content, &v) || v > UINT8_MAX)
		return false;
	*out = (uint8_t)v;
	return true;
}

static bool
member(const struct ber_tlv *t, struct integrity_view *out, uint8_t *check_type)
{
	switch (t->id) {
	case INTEGRITY_NUMBERS:
		out->numbers = t->content;
		return numbers_sound(t->content);
	case INTEGRITY_CHECK_TYPE:
		return small(t, check_type);
	case INTEGRITY_DATA_TYPE:
		return small(t, &out->data_type);
	case INTEGRITY_VALUE:
		out->value = t->content;
		return true;
	case INTEGRITY_HASH_ALG:
	case INTEGRITY_SIGN_ALG:
		return small(t, &out->alg);
	}
	return true; /* of a later version */
}

static int
members(struct octets in, struct integrity_view *out)
{
	uint8_t check_type = 0;
	struct ber_tlv t;
	int rc;

	while ((rc = ber_next(&in, &t)) == 0)
		if (!member(&t, out, &check_type))
			return -EBADMSG;
	out->signature = check_type == CHECK_SIGNATURE;
	return rc == -ENOENT && (check_type == CHECK_HASH || check_type == CHECK_SIGNATURE)
		   ? 0
		   : -EBADMSG;
}

/* The TLV at the front of IN must be ID: its content to *in.  An other one: -ENOENT. */
static int
enter(struct octets *in, uint8_t id, struct ber_tlv *t)
{
	if (ber_next(in, t) < 0)
		return -EBADMSG;
	if (t->id != id)
		return -ENOENT;
	*in = t->content;
	return 0;
}

int
integrity_parse(struct octets pdu, struct integrity_view *out)
{
	static const uint8_t path[] = {PSPDU_PAYLOAD, PAYLOAD_TRI, INTEGRITY_TAG};
	struct ber_tlv t;
	int rc = enter(&pdu, PSPDU_TAG, &t);

	if (rc == 0 && ber_next(&pdu, &t) < 0) /* the header */
		rc = -EBADMSG;
	for (size_t i = 0; i < sizeof(path) && rc == 0; i++)
		rc = enter(&pdu, path[i], &t);
	if (rc < 0)
		return rc;
	memset(out, 0, sizeof(*out));
	out->body = t.all;
	return members(t.content, out);
}
