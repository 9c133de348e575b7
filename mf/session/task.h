/* SPDX-License-Identifier: Apache-2.0 */
/* The task set in force: which NE may send, which warrants an XID stands for, and whether a warrant
 * takes a PDU now.  Built from the image of taskset.h, replaced as a whole.  Holds no counters
 * (account.h) and no sessions (session.h): those outlive it. */
#ifndef SESSION_TASK_H
#define SESSION_TASK_H

#include "handover/handover.h"
#include "session/account.h"
#include "session/taskset.h"

#include <stdbool.h>

#define TASK_IMAGE_MAX ((size_t)1 << 31) /* octets */

struct spool_q;

/* Did two persons sign it as it is? */
enum task_trust {
	TASK_UNCHECKED = 0,
	TASK_SIGNED = 1, /* or nobody asks for signatures */
	TASK_UNSIGNED = 2
};

/* One warrant of the set; valid as long as the set. */
struct task_warrant {
	struct taskset_warrant row;
	struct handover_warrant ho;	       /* fixed octets of its PSHeader */
	struct account *account;	       /* outlives the set */
	const struct taskset_profile *profile; /* of its LEA */
	const struct taskset_rule *rules;      /* row.rule_n */
	uint8_t trust;			       /* the mediator's: enum task_trust */
	bool several;	/* the mediator's: more than one NE may send for it */
	bool keyless;	/* the mediator's: a key that its profile needs is missing; as suspended */
	uint8_t outage; /* the mediator's: enum outage_bit */
	bool metadata_rule; /* the mediator's: fallen back to metadata only by rule */
	struct spool_q *queue[ACCOUNT_CLASS_N]; /* opened by the mediator on first use */
};

struct task_set;

/* Check an image completely: sizes, every offset, index and string, order, unique ids.  Returns 0,
 * or -EINVAL with *why. */
int task_check(const void *image, size_t len, const char **why);

/* Take descriptor FD (closed in every case), which must be a sealed memfd, and make a set of it;
 * ACCOUNTS gets an account for each warrant. Returns 0 and *out (new, task_set_free); -EPERM not
 * sealed, -EMSGSIZE, -EINVAL with *why, or the errno of mmap. */
int task_load(int fd, struct account_table *accounts, struct task_set **out, const char **why);
/* The same from octets in memory (borrowed during the call). */
int task_build(const void *image, size_t len, struct account_table *accounts, struct task_set **out,
    const char **why);
void task_set_free(struct task_set *s);

uint64_t task_version(const struct task_set *s);
size_t task_warrant_n(const struct task_set *s);
size_t task_profile_n(const struct task_set *s);
size_t task_ne_n(const struct task_set *s);
const struct taskset_ne *task_ne_at(const struct task_set *s, size_t i);
/* The warrant of row ID; NULL: not in the set. */
struct task_warrant *task_warrant_by_id(struct task_set *s, uint32_t id);
/* The exclusion rules of an NE. */
const struct taskset_rule *task_ne_rules(const struct task_set *s, const struct taskset_ne *ne);
/* A string of the image. */
struct octets task_string(const struct task_set *s, struct taskset_str str);
/* The chain of key lists, JSON; empty: none. */
struct octets task_keys(const struct task_set *s);
/* What a statement about warrant INDEX must say of its task (task_doc.h), new (free) with *n
 * octets; NULL: it names what is not in the image. */
char *task_statement(struct task_set *s, uint32_t index, size_t *n);

/* NE by the DNS name (any case) or URI of its certificate, and by row.  NULL: none. */
const struct taskset_ne *task_ne_by_san(const struct task_set *s, const char *san, size_t n);
const struct taskset_ne *task_ne_by_id(const struct task_set *s, uint32_t id);

/* The warrants of XID: *n indexes in the returned run, to be resolved by task_warrant(); NULL and 0
 * when there are none. */
const struct taskset_xid *task_lookup(const struct task_set *s, const uint8_t xid[16], size_t *n);
struct task_warrant *task_warrant(struct task_set *s, uint32_t index);

#define TASK_TYPE_ANY 0 /* a PDU that may carry IRI and CC: scope.h judges each of its events */

/* May W take a PDU of TYPE (enum x23_type or TASK_TYPE_ANY) from NE row NE now?
 *   pdu_ns    attribute 9, else the time of reception
 *   now_ns    clock_warrant_ns()
 *   grace_ns  how long after the end a PDU whose own time lies in the window is still taken
 * Returns REJECT_NONE, _NE_NOT_ALLOWED, _COUNTRY, _SUSPENDED, _NOT_YET_VALID, _EXPIRED or
 * _OUT_OF_SCOPE; the first that holds, in this order. */
enum reject_code task_judge(const struct task_set *s, const struct task_warrant *w, uint32_t ne,
    uint16_t type, int64_t pdu_ns, int64_t now_ns, int64_t grace_ns);

/* The part of it that does not look at the NE. */
enum reject_code task_judge_window(
    const struct task_warrant *w, uint16_t type, int64_t pdu_ns, int64_t now_ns, int64_t grace_ns);

#endif
