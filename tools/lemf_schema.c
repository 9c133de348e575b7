/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_schema.h.  The tables are in lemf_type_*.c. */
#include "lemf_type.h"

const struct lemf_type *const lemf_schema_ps_pdu = &lemf_li_PS_PDU;
const struct lemf_type *const lemf_schema_encrypted = &lemf_li_EncryptedPayload;

const char *
lemf_schema_event(uint32_t tag)
{
	for (const struct lemf_member *m = lemf_g_IRIEvent.members; m->name; m++)
		if (m->tag == tag)
			return m->name;
	return NULL;
}

const char *
lemf_schema_name(const struct lemf_name *names, uint64_t value)
{
	for (; names && names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}
