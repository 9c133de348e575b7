/* SPDX-License-Identifier: Apache-2.0 */
#include "session/payload.h"

void
payload_names_media(struct payload *p)
{
	(void)p;
}
