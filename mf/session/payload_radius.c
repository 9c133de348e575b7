/* SPDX-License-Identifier: Apache-2.0 */
#include "session/payload.h"

enum reject_code
payload_radius(const struct x23_pdu *pdu, struct payload *out)
{
	(void)pdu;
	(void)out;
	return REJECT_FORMAT_NOT_MAPPED;
}
