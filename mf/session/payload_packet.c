/* SPDX-License-Identifier: Apache-2.0 */
#include "session/payload.h"

enum reject_code
payload_header(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}

enum reject_code
payload_ethernet(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}

enum reject_code
payload_gtpu(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}

enum reject_code
payload_unstructured(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}
