/* SPDX-License-Identifier: Apache-2.0 */
/* What two persons sign of a warrant, and how the data plane finds it again.
 *
 * The statement of a warrant is canonical JSON with three members:
 *   {"order":{...what people decide by: uuid, revision, submitted_ns, reference, plan hash ...},
 *    "task":{...all that the data plane obeys...},"type":"openmdf.warrant.v1"}
 * The data plane does not read it: it writes "task" from its own image and compares octets with the
 * end of the signed text.  Since the text is one JSON object that two persons signed, the part in
 * front can only be "order".  So every field of struct taskset_warrant that widens or directs an
 * interception must be in task_doc().
 *
 * "task": lea, liid (hex), xids, delivery, content, services, countries, trigger, nes (names, or
 * null: any), exclude and target (SHA-256 of the packed rules; empty when none), from_ns, until_ns
 * (decimal text), auth_cc, delivery_cc, operator_id, ne_id, hi2, hi3 ({"did","pins"} or null),
 * profile (name). */
#ifndef SESSION_TASK_DOC_H
#define SESSION_TASK_DOC_H

#include "session/taskset.h"

#include <stddef.h>

#define TASK_DOC_TYPE "openmdf.warrant.v1"

/* "task" of warrant INDEX of a checked image, canonical, new (free) with *n octets; NULL: no such
 * warrant. */
char *task_doc(const void *image, size_t len, uint32_t index, size_t *n);
/* Does the statement DOC (N octets) end with the task TASK? */
int task_doc_matches(const char *doc, size_t n, const char *task, size_t task_n);

#endif
