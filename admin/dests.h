/* SPDX-License-Identifier: Apache-2.0 */
/* The destinations of one LEA as its deliver role wants them (ROLE_MSG_DESTS,
 * mf/delivery/destination.h). */
#ifndef ADMIN_DESTS_H
#define ADMIN_DESTS_H

#include <jansson.h>
#include <stdint.h>

struct store;

/* New reference to an array. */
json_t *dests_build(struct store *s, uint32_t lea);
/* The whole message: {"destinations", "keys"}; new. */
json_t *dests_message(struct store *s, uint32_t lea);
/* The statement about a destination (a row of STMT_DEST_SHOW) for two persons to sign, as
 * op_call.doc; new, or NULL. */
json_t *dests_doc(json_t *shown, int64_t submitted_ns);

#endif
