/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_ber.h. */
#include "lemf_ber.h"

#include <errno.h>

static int
fault(struct lemf_ber_error *err, int rc, size_t at, const char *code, const char *what)
{
	err->at = at;
	err->code = code;
	err->what = what;
	return rc;
}

static int
read_tag(struct octets buf, size_t *pos, size_t end, struct lemf_tlv *t, struct lemf_ber_error *err)
{
	size_t i = *pos;
	uint8_t first;

	if (i >= end)
		return fault(err, -EAGAIN, i, "BER-SHORT", "a tag is missing");
	first = buf.p[i++];
	t->cls = (enum lemf_ber_class)(first >> 6);
	t->constructed = first & 0x20;
	t->tag = first & 0x1f;
	t->long_tag = false;
	if (t->tag == 0x1f) {
		t->tag = 0;
		t->long_tag = i < end && (buf.p[i] & 0x7f) == 0;
		do {
			if (i >= end)
				return fault(err, -EAGAIN, i, "BER-SHORT", "a tag ends early");
			if (t->tag > UINT32_MAX >> 7)
				return fault(
				    err, -EBADMSG, i, "BER-TAG", "a tag number is above 32 bits");
			t->tag = t->tag << 7 | (buf.p[i] & 0x7f);
		} while (buf.p[i++] & 0x80);
		t->long_tag = t->long_tag || t->tag < 0x1f;
	}
	*pos = i;
	return 0;
}

/* Length octets.  *len is SIZE_MAX for the indefinite form. */
static int
read_len(struct octets buf, size_t *pos, size_t end, size_t *len, struct lemf_tlv *t,
    struct lemf_ber_error *err)
{
	size_t i = *pos, n;
	uint8_t first;

	if (i >= end)
		return fault(err, -EAGAIN, i, "BER-SHORT", "a length is missing");
	first = buf.p[i++];
	t->long_len = false;
	*len = first;
	if (first == 0x80) {
		if (!t->constructed)
			return fault(err, -EBADMSG, *pos, "BER-INDEF-PRIM",
			    "indefinite length on a primitive");
		*len = SIZE_MAX;
	} else if (first == 0xff) {
		return fault(err, -EBADMSG, *pos, "BER-LEN", "length octet FF is reserved");
	} else if (first > 0x80) {
		*len = 0;
		t->long_len = i < end && buf.p[i] == 0;
		for (n = first & 0x7f; n > 0; n--, i++) {
			if (i >= end)
				return fault(err, -EAGAIN, i, "BER-SHORT", "a length ends early");
			if (*len > SIZE_MAX >> 9)
				return fault(
				    err, -EBADMSG, *pos, "BER-LEN", "a length is absurdly long");
			*len = *len << 8 | buf.p[i];
		}
		t->long_len = t->long_len || *len < 0x80;
	}
	*pos = i;
	return 0;
}

/* Offset of the end-of-contents octets that close an indefinite length whose contents begin at POS.
 */
static int
find_end(struct octets buf, size_t pos, size_t end, size_t *eoc, struct lemf_ber_error *err)
{
	struct lemf_tlv t;
	unsigned depth = 1;
	size_t len, at;
	int rc;

	for (;;) {
		if (end - pos < 2)
			return fault(
			    err, -EAGAIN, pos, "BER-NO-EOC", "an indefinite length is not closed");
		if (buf.p[pos] == 0 && buf.p[pos + 1] == 0) {
			*eoc = pos;
			if (--depth == 0)
				return 0;
			pos += 2;
			continue;
		}
		at = pos;
		if ((rc = read_tag(buf, &pos, end, &t, err)) ||
		    (rc = read_len(buf, &pos, end, &len, &t, err)))
			return rc;
		if (len == SIZE_MAX) {
			if (++depth > LEMF_BER_DEPTH)
				return fault(
				    err, -EBADMSG, at, "BER-DEEP", "too many nested lengths");
		} else if (len > end - pos) {
			return fault(
			    err, -EAGAIN, at, "BER-PAST-END", "a length runs past the end");
		} else {
			pos += len;
		}
	}
}

int
lemf_ber_read(
    struct octets buf, size_t at, size_t end, struct lemf_tlv *t, struct lemf_ber_error *err)
{
	size_t pos = at, len, eoc = 0;
	int rc;

	if (end > buf.n)
		end = buf.n;
	t->at = at;
	if ((rc = read_tag(buf, &pos, end, t, err)) ||
	    (rc = read_len(buf, &pos, end, &len, t, err)))
		return rc;
	t->val_at = pos;
	t->indefinite = len == SIZE_MAX;
	if (t->cls == LEMF_BER_UNIVERSAL && t->tag == 0)
		return fault(
		    err, -EBADMSG, at, "BER-EOC", "end-of-contents where an element belongs");
	if (t->indefinite) {
		if ((rc = find_end(buf, pos, end, &eoc, err)))
			return rc;
		len = eoc - pos;
		t->total_len = eoc + 2 - at;
	} else {
		if (len > end - pos)
			return fault(
			    err, -EAGAIN, at, "BER-PAST-END", "a length runs past the end");
		t->total_len = pos + len - at;
	}
	t->val = (struct octets){buf.p + pos, len};
	return 0;
}

int
lemf_ber_split(struct octets buf, size_t *len, struct lemf_ber_error *err)
{
	struct lemf_tlv t = {0};
	size_t pos = 0, n;
	int rc;

	if (buf.n > 0 && buf.p[0] != 0x30)
		return fault(err, -EBADMSG, 0, "PSPDU-TAG", "a PS-PDU begins with tag 30");
	if ((rc = read_tag(buf, &pos, buf.n, &t, err)) ||
	    (rc = read_len(buf, &pos, buf.n, &n, &t, err)))
		return rc;
	if (n == SIZE_MAX) {
		rc = lemf_ber_read(buf, 0, buf.n, &t, err);
		if (rc == -EAGAIN && buf.n > LEMF_BER_PDU_MAX)
			return fault(err, -EMSGSIZE, 0, "PSPDU-SIZE", "a PS-PDU is above 32 MiB");
		*len = t.total_len;
		return rc;
	}
	if (n > LEMF_BER_PDU_MAX - pos)
		return fault(err, -EMSGSIZE, 0, "PSPDU-SIZE", "a PS-PDU is above 32 MiB");
	*len = pos + n;
	return 0;
}
