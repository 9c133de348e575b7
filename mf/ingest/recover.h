/* SPDX-License-Identifier: Apache-2.0 */
/* The ingest role's memory after a restart: state file, then the records of the spool behind it,
 * and as much in front of them as spool_back() says, for duplicate detection.  Runs once, before
 * anything is appended. */
#ifndef INGEST_RECOVER_H
#define INGEST_RECOVER_H

#include "ingest/evidence.h"
#include "ingest/kept.h"
#include "ingest/seqctx.h"
#include "handover/integrity.h"
#include "session/account.h"
#include "session/checkpoint.h"
#include "session/session.h"
#include "spool/spool.h"

struct recover {
	struct spool *spool;
	const char *spool_dir; /* <dir>/<lea>/<class>/ are looked for */
	const char *file;      /* the state file */
	struct session_table *sessions;
	struct account_table *accounts;
	struct seqctx_table *seqctx;
	struct names *names;
	struct flowsum_table *flows;
	struct integrity *integrity;
	struct evidence_log *evidence; /* gets integrity checks and their hash records; or NULL */
	struct kept *kept;	       /* gets the records behind the state file */
	struct recover_link *link;     /* links between sessions, until all queues are read */
	size_t link_n, link_max;
	struct recover_first *first; /* where each queue was read from */
	size_t first_n;
	/* results */
	struct checkpoint_q *q; /* queues of the state file; freed by recover_fini() */
	size_t q_n, q_max;
	int64_t high_ns;       /* highest time seen */
	int64_t saved_high_ns; /* the same of the state file alone */
	uint64_t replayed;     /* records behind the state file */
	uint64_t unsound;      /* integrityChecks that do not fit what they speak of */
	uint64_t conflicts;    /* records whose session is another one's: damage, logged */
};

/* Returns 0, or -errno when a queue cannot be opened. */
int recover_run(struct recover *r);
void recover_fini(struct recover *r);

#endif
