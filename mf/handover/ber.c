/* SPDX-License-Identifier: Apache-2.0 */
/* The reading half of BER, X.690 clause 8.1: identifiers, lengths, nesting.  Every octet comes from
 * a peer. */
#include "handover/ber.h"

#include <errno.h>

struct header {
	uint8_t id;
	uint32_t number;
	bool indefinite;
	size_t n;	 /* octets of identifier and length */
	uint64_t length; /* of the content */
};

/* X.690 8.1.2: numbers from 31 up in base 128; four octets are more than any module has. */
static int
read_identifier(struct octets in, struct header *h)
{
	if (in.n == 0)
		return -EAGAIN;
	h->id = in.p[0];
	h->number = h->id & 0x1F;
	h->n = 1;
	if (h->number != 31)
		return 0;
	h->number = 0;
	for (;;) {
		if (h->n == in.n)
			return -EAGAIN;
		if (h->n > 4)
			return -EBADMSG;
		h->number = h->number << 7 | (in.p[h->n] & 0x7F);
		if (!(in.p[h->n++] & 0x80))
			return 0;
	}
}

/* X.690 8.1.3. */
static int
read_length(struct octets in, struct header *h)
{
	size_t k;

	if (h->n == in.n)
		return -EAGAIN;
	h->length = in.p[h->n++];
	h->indefinite = h->length == 0x80;
	if (h->length < 0x80)
		return 0;
	k = h->length & 0x7F;
	h->length = 0;
	if (h->indefinite)
		return h->id & BER_CONSTRUCTED ? 0 : -EBADMSG;
	if (k > 8)
		return -EBADMSG;
	if (in.n - h->n < k)
		return -EAGAIN;
	while (k-- > 0)
		h->length = h->length << 8 | in.p[h->n++];
	return h->length >> 48 ? -EBADMSG : 0;
}

static int
read_header(struct octets in, struct header *h)
{
	int rc = read_identifier(in, h);

	return rc < 0 ? rc : read_length(in, h);
}

/* Octets of an indefinite content, its end-of-contents included, by counting what opens and closes.
 */
static int
indefinite_n(struct octets in, size_t *n)
{
	size_t open = 1;

	*n = 0;
	while (open > 0) {
		struct octets rest = {in.p + *n, in.n - *n};
		struct header h;
		int rc = read_header(rest, &h);

		if (rc < 0)
			return rc;
		if (h.length > rest.n - h.n)
			return -EAGAIN;
		if (h.indefinite)
			open++;
		else if (h.id == 0 && h.length == 0)
			open--;
		*n += h.n + (size_t)h.length;
	}
	return 0;
}

int
ber_next(struct octets *in, struct ber_tlv *out)
{
	struct header h;
	size_t n, eoc = 0;
	int rc;

	if (in->n == 0)
		return -ENOENT;
	rc = read_header(*in, &h);
	if (rc < 0)
		return rc;
	if (h.indefinite) {
		rc = indefinite_n((struct octets){in->p + h.n, in->n - h.n}, &n);
		if (rc < 0)
			return rc;
		eoc = 2;
	} else if (h.length > in->n - h.n) {
		return -EAGAIN;
	} else {
		n = (size_t)h.length;
	}
	out->id = h.id;
	out->number = h.number;
	out->all = (struct octets){in->p, h.n + n};
	out->content = (struct octets){in->p + h.n, n - eoc};
	in->p += h.n + n;
	in->n -= h.n + n;
	return 0;
}

int
ber_total(struct octets in, uint8_t *id, uint64_t *total)
{
	struct header h;
	int rc = read_header(in, &h);

	if (rc < 0)
		return rc;
	*id = h.id;
	*total = h.indefinite ? 0 : h.n + h.length;
	return 0;
}

static bool
sound(struct octets in, unsigned depth)
{
	struct ber_tlv t;
	int rc;

	if (depth == 0)
		return false;
	while ((rc = ber_next(&in, &t)) == 0) {
		if (t.id & BER_CONSTRUCTED && !sound(t.content, depth - 1))
			return false;
	}
	return rc == -ENOENT;
}

bool
ber_sound(struct octets in)
{
	return sound(in, BER_DEPTH_MAX);
}

bool
ber_get_u32(struct octets content, uint32_t *out)
{
	uint64_t v = 0;

	if (content.n < 1 || content.n > 8 || content.p[0] & 0x80)
		return false;
	for (size_t i = 0; i < content.n; i++)
		v = v << 8 | content.p[i];
	*out = (uint32_t)v;
	return v <= UINT32_MAX;
}
