/* SPDX-License-Identifier: Apache-2.0 */
/* The books of each warrant: received + extra = spooled + summed + duplicate + copies +
 * out_of_scope + rejected(reason) + shed(class).  One account per warrant row; it outlives the task
 * set that named it.  Not the delivered counts: those belong to the deliver role. */
#ifndef SESSION_ACCOUNT_H
#define SESSION_ACCOUNT_H

#include "flow.h"
#include "spool/journal.h"

#include <stddef.h>

#define ACCOUNT_CLASS_N 3 /* HO_IRI, HO_VOICE, HO_CC */

struct account {
	uint32_t warrant;  /* row */
	uint32_t sessions; /* known, open or closed */
	uint64_t received; /* PDUs judged for this warrant */
	uint64_t spooled[ACCOUNT_CLASS_N];
	uint64_t spooled_len; /* octets of the PS-PDUs */
	uint64_t duplicate, out_of_scope;
	uint64_t rejected[REJECT_CODE_N];
	uint64_t shed[ACCOUNT_CLASS_N];
	int64_t first_ns, last_ns; /* wall clock; 0: never */
	uint64_t extra;	 /* records beyond one per PDU: second events, segments, summary reports */
	uint64_t summed; /* PDUs without a record of their own: in a summary, or in the record of
			    another */
	uint64_t copies; /* PDUs that came through another NE already */
	uint32_t liid_next; /* next number of the LIID, when the profile counts so */
	bool metadata;	    /* the LEA was told of a fall-back by rule, and not yet of its end */
	bool announced;	    /* the LEA was told of exclusions since the start of this process */
};

struct account_table;

struct account_table *account_table_new(void);
void account_table_free(struct account_table *t);

/* The account of WARRANT, made on first use; valid as long as the table. */
struct account *account_get(struct account_table *t, uint32_t warrant);
typedef void (*account_cb)(struct account *a, void *arg);
void account_each(struct account_table *t, account_cb cb, void *arg);
size_t account_n(const struct account_table *t);

/* A record of CLASS was made for A (of account_get) at TIME_NS; and when the last one of IRI, or of
 * content, was: 0: none since the process began, it is not stored. */
void account_record(struct account *a, unsigned class, int64_t time_ns);
int64_t account_last(const struct account *a, bool iri);
/* One PDU came for A at TIME_NS. */
void account_received(struct account *a, int64_t time_ns);
uint64_t account_spooled(const struct account *a);
uint64_t account_rejected(const struct account *a);
uint64_t account_shed(const struct account *a);
/* True when the books balance. */
bool account_balanced(const struct account *a);

#endif
