/* SPDX-License-Identifier: Apache-2.0 */
/* encryptedPayloadType of an EncryptionContainer, TS 102 232-1: which part of TS 102 232 describes
 * what is inside. */
#include "handover/pspdu.h"
#include "spec/ts102232_1.h"

static const uint8_t parts[LI_KIND_N] = {
    [LI_IP] = ENCRYPTED_PART3,
    [LI_SIP] = ENCRYPTED_PART5,
    [LI_RTP] = ENCRYPTED_PART5,
    [LI_XIRI] = ENCRYPTED_PART7,
    [LI_ACCESS] = ENCRYPTED_PART3,
    [LI_HEADER] = ENCRYPTED_PART3,
    [LI_SUMMARY] = ENCRYPTED_PART3,
    [LI_L2] = ENCRYPTED_PART4,
    [LI_MSRP] = ENCRYPTED_PART5,
    [LI_UPF] = ENCRYPTED_PART7,
    [LI_XCC] = ENCRYPTED_PART7,
    [LI_EPS_IRI] = ENCRYPTED_PART7,
    [LI_UMTS_IRI] = ENCRYPTED_PART7,
    [LI_EPS_CC] = ENCRYPTED_PART7,
    [LI_UMTS_CC] = ENCRYPTED_PART7,
    [LI_MAIL_IRI] = ENCRYPTED_PART2,
    [LI_MAIL_CC] = ENCRYPTED_PART2,
    [LI_MSG_IRI] = ENCRYPTED_PART2,
    [LI_MSG_CC] = ENCRYPTED_PART2,
    [LI_OPAQUE] = ENCRYPTED_PART2,
};

uint8_t
pspdu_part(const struct li_event *ev)
{
	uint8_t part = (unsigned)ev->kind < LI_KIND_N ? parts[ev->kind] : 0;

	return part ? part : ENCRYPTED_UNKNOWN; /* LI_PAYLOAD came encoded, with any service */
}
