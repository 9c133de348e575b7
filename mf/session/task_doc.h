/* SPDX-License-Identifier: Apache-2.0 */
/* What two persons sign of a warrant, and how the data plane finds it again.
 *
 * The statement of a warrant is canonical JSON with three members:
 *   {"order":{...what people decide by: uuid, revision, submitted_ns, reference, plan hash ...},
 *    "task":{...all that the data plane obeys...},"type":"openmdf.warrant.v1"}
 * The data plane writes "task" from its own image and compares octets with the end of the signed
 * text; of "order" it reads uuid, and submitted_ns (decimal text), which says when the keys were
 * used and which of two statements about one warrant is the newer.  So every field of struct
 * taskset_warrant that widens or directs an interception must be in task_doc().
 *
 * "task": auth_cc, cc_outage ("drop", "buffer:SECONDS", or null: kept), content, countries (of
 * network elements, or null: any), delivery, delivery_cc, exclude and target (SHA-256 of the packed
 * rules; empty when none), from_ns, until_ns (decimal text), hi2, hi3 ({"did","pins","row"} or
 * null), iri_outage ("drop" or "retain"), lea (name), liid (hexadecimal), ne_id, nes (names in
 * order, or null: any), operator_id, profile (name), services (names in order, or null: all),
 * trigger, xids.  Not in it is what only narrows for a while: suspended, metadata only, an end
 * before the ordered one. */
#ifndef SESSION_TASK_DOC_H
#define SESSION_TASK_DOC_H

#include "session/taskset.h"

#include <stddef.h>

#define TASK_DOC_TYPE "openmdf.warrant.v1"

struct task_doc_text {
	const uint8_t *p;
	size_t n;
};

/* A warrant with all that its numbers stand for.  Everything is borrowed. */
struct task_doc_in {
	const struct taskset_warrant *w;
	struct task_doc_text lea, profile;
	const uint8_t (*xid)[16]; /* in ascending order */
	size_t xid_n;
	struct task_doc_text *ne; /* names of the allowed ones; will be sorted */
	size_t ne_n;
	const struct taskset_rule *rule;      /* w->rule_n */
	const struct taskset_dest *hi2, *hi3; /* NULL: not in the image */
};

/* "task" of it, canonical, new (free) with *n octets; NULL: it names what is not there. */
char *task_doc_write(const struct task_doc_in *in, size_t *n);
/* The same for warrant INDEX of a checked image; NULL: no such warrant. */
char *task_doc(const void *image, size_t len, uint32_t index, size_t *n);
/* Does the statement DOC (N octets) begin with an order and end with the task TASK? */
int task_doc_matches(const char *doc, size_t n, const char *task, size_t task_n);

#endif
