/* SPDX-License-Identifier: Apache-2.0 */
#include "session/payload.h"

enum reject_code
payload_33108_iri(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}

enum reject_code
payload_33108_cc(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}
