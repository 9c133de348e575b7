/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form of a target identifier, "kind:value": what a warrant's target rule and an X2/X3
 * attribute 17 or 18 (TS 103 221-2 clauses 5.3.18, 5.3.19: one element of X1's targetIdentifier as
 * XML) have in common, so that their hashes can be compared.  Lenient as handover/target_id.c: any
 * case, a prefix before a colon, bare URIs.
 *
 * Kinds that mean the same become one: imsi (also supiImsi), imei (14 digits; also PEI), msisdn
 * (digits without '+'; also e164Number, gpsiMsisdn, tel URI), sip (user@host, host in lower case,
 * no parameters; also sips, sipUri, impu), nai (also impi, supiNai, gpsiNai), email (lower case),
 * mac (12 hexadecimal digits).  Every other kind keeps its name in lower case and its value. */
#ifndef SPEC_TARGET_FORM_H
#define SPEC_TARGET_FORM_H

#include <stddef.h>
#include <stdint.h>

#define TARGET_FORM_MAX 600 /* octets of a normal form */

/* TEXT of N octets ("<imsi>262011234567890</imsi>", "sip:alice@example", "imsi:262011234567890") to
 * OUT, not NUL-terminated.  Returns its octets; 0 when TEXT is no identifier, or breaks the limits
 * of its kind. */
size_t target_form(const void *text, size_t n, char out[TARGET_FORM_MAX]);

#endif
