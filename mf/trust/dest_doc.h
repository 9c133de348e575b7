/* SPDX-License-Identifier: Apache-2.0 */
/* What two persons sign of a destination.  The statement is canonical JSON with three members:
 *   {"destination":{"addresses":["192.0.2.1:5000"],"did","kind":"hi2|hi3|both","lea":"<name>",
 *     "level","name","pins":[...],"row":7,"server_name":"","tls12":false,"transport":"tls"},
 *    "order":{...,"submitted_ns":"<decimal>"},"type":"openmdf.destination.v1"}
 * The deliver role writes "destination" from what the admin role tells it (ROLE_MSG_DESTS,
 * delivery/destination.h) and compares octets with the begin of the signed text. */
#ifndef TRUST_DEST_DOC_H
#define TRUST_DEST_DOC_H

#include "trust/keylist.h"

#define DEST_DOC_TYPE "openmdf.destination.v1"

/* "destination" of D, an object of ROLE_MSG_DESTS, for the agency LEA: new reference, or NULL when
 * a member has another shape than it must have. */
json_t *dest_doc(json_t *d, const char *lea);
/* The whole statement; ORDER is borrowed.  New reference or NULL. */
json_t *dest_doc_statement(json_t *d, const char *lea, json_t *order);
/* Is D, for LEA, as the persons of K signed it?  D carries {"statement": {"doc": "<text>", "sigs":
 * [first, second]}}.  Returns 0 and *submitted_ns, or -EBADMSG with *why (static text). */
int dest_doc_check(
    const struct keylist *k, json_t *d, const char *lea, int64_t *submitted_ns, const char **why);

#endif
