/* SPDX-License-Identifier: Apache-2.0 */
/* The state file of the ingest role: what would otherwise have to be found by reading the whole
 * spool.  It speaks of exactly the records before its queue positions; what lies behind them is
 * replayed from the spool.  Therefore it may be put in place only when everything before those
 * positions is durable.  A file that is missing or damaged is no loss, only a longer replay.
 *
 * Octets: struct checkpoint_hdr | records, each struct checkpoint_rec and its body | CRC-32C (4
 * octets) of all before it.  Host byte order: the file never leaves the machine. */
#ifndef SESSION_CHECKPOINT_H
#define SESSION_CHECKPOINT_H

#include "session/account.h"
#include "session/flowsum.h"
#include "session/names.h"
#include "session/session.h"
#include "spool/spool.h"

struct checkpoint_q {
	uint32_t lea, class;  /* class: enum ho_class */
	struct spool_pos pos; /* first record that is not in this state */
	struct spool_pos
	    window; /* replay begins here, to fill the duplicate windows; zero: oldest */
};

/* A sequence context, see seqctx.h. */
struct checkpoint_ctx {
	uint64_t ctx;
	int64_t ts_ns;
	uint32_t last, pad;
};

struct checkpoint; /* being made */

/* HIGH_NS: highest clock_warrant_ns() so far. */
struct checkpoint *checkpoint_new(int64_t high_ns);
void checkpoint_free(struct checkpoint *c);
void checkpoint_add_queue(struct checkpoint *c, const struct checkpoint_q *q);
void checkpoint_add_ctx(struct checkpoint *c, const struct checkpoint_ctx *x);
/* A fingerprint of ingest/kept.h. */
void checkpoint_add_kept(struct checkpoint *c, uint64_t name);
/* Also how they are linked. */
void checkpoint_add_sessions(struct checkpoint *c, struct session_table *t);
void checkpoint_add_names(struct checkpoint *c, const struct names *n);
void checkpoint_add_flows(struct checkpoint *c, struct flowsum_table *t);
void checkpoint_add_accounts(struct checkpoint *c, struct account_table *t);
/* Write FILE durably (FILE.tmp, fsync, rename, fsync of the folder).  Returns 0 or -errno; on an
 * error the old file stays.  No more is added after it. */
int checkpoint_write(struct checkpoint *c, const char *file);

/* Where the parts of a file go. */
struct checkpoint_sink {
	struct session_table *sessions;
	struct account_table *accounts;
	struct names *names; /* may be NULL, so may the next */
	struct flowsum_table *flows;
	void (*queue)(const struct checkpoint_q *q, void *arg);
	void (*ctx)(const struct checkpoint_ctx *x, void *arg);
	void (*kept)(uint64_t name, void *arg);
	void *arg;
};

/* Read FILE; nothing is given out before the whole file was checked.  Returns 0 and *high_ns,
 * -ENOENT, -EBADMSG (damaged), -EPROTO (other layout), or another -errno. */
int checkpoint_read(const char *file, const struct checkpoint_sink *sink, int64_t *high_ns);

#endif
