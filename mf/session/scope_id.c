/* SPDX-License-Identifier: Apache-2.0 */
/* The target identifiers that a PDU names, as rules hold them; see scope.h. */
#include "session/scope.h"
#include "spec/target_form.h"
#include "spec/ts103221_2.h"

#include <openssl/sha.h>

static bool
scope_id_hash(struct octets v, uint8_t out[16])
{
	char form[TARGET_FORM_MAX];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	size_t n = target_form(v.p, v.n, form);

	if (n == 0)
		return false;
	SHA256((const uint8_t *)form, n, digest);
	memcpy(out, digest, 16);
	return true;
}

size_t
scope_ids(const struct x23_pdu *pdu, uint8_t (*out)[16], size_t max)
{
	struct octets rest = pdu->attributes;
	size_t n = 0;

	while (rest.n >= 4 && n < max) {
		uint16_t type = octets_get16(rest.p);
		size_t len = octets_get16(rest.p + 2);

		if (len > rest.n - 4)
			break;
		if (type == X23_ATTR_MATCHED_TARGET || type == X23_ATTR_OTHER_TARGET)
			n += scope_id_hash((struct octets){rest.p + 4, len}, out[n]);
		rest = (struct octets){rest.p + 4 + len, rest.n - 4 - len};
	}
	return n;
}
