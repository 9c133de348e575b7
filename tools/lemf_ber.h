/* SPDX-License-Identifier: Apache-2.0 */
/* Read one BER element (X.690 clause 8.1): any legal tag and length form, also long and indefinite
 * lengths. Written for the receiver; shares nothing with the daemon's encoder.  It does not know
 * any type. */
#ifndef LEMF_BER_H
#define LEMF_BER_H

#include "base/octets.h"

#include <stdbool.h>

#define LEMF_BER_DEPTH 48		     /* nested indefinite lengths, nested elements */
#define LEMF_BER_PDU_MAX (32u * 1024 * 1024) /* octets of one PS-PDU that a receiver takes */

enum lemf_ber_class {
	LEMF_BER_UNIVERSAL,
	LEMF_BER_APPLICATION,
	LEMF_BER_CONTEXT,
	LEMF_BER_PRIVATE
};

struct lemf_tlv {
	size_t at;     /* offset of the tag in the buffer */
	size_t val_at; /* offset of the contents */
	struct octets
	    val; /* contents, without the end-of-contents octets; valid as long as the buffer */
	size_t total_len; /* tag, length, contents, end-of-contents */
	uint32_t tag;
	enum lemf_ber_class cls;
	bool constructed;
	bool indefinite;
	bool long_len; /* more length octets than needed: legal BER, not minimal */
	bool long_tag; /* high-tag form that a shorter form could say: not legal */
};

struct lemf_ber_error {
	size_t at; /* offset of the octet that is wrong */
	const char *code;
	const char *what;
};

/* Read the element at AT, which must end at or before END (<= buf.n).
 * Returns 0; -EAGAIN (runs past END: more octets needed, or truncated); -EBADMSG (not BER).  On
 * error *err is filled. */
int lemf_ber_read(
    struct octets buf, size_t at, size_t end, struct lemf_tlv *t, struct lemf_ber_error *err);

/* Length of the PS-PDU at the front of BUF.  Returns 0 and *len (may exceed buf.n for a definite
 * length: wait for the rest); -EAGAIN (length not known yet), -EBADMSG (does not begin with 30 or
 * is not BER), -EMSGSIZE (above LEMF_BER_PDU_MAX). */
int lemf_ber_split(struct octets buf, size_t *len, struct lemf_ber_error *err);

#endif
