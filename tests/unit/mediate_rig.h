/* SPDX-License-Identifier: Apache-2.0 */
/* A mediator with all its tables over a real spool in a temporary folder; and what came out of it.
 */
#ifndef MEDIATE_RIG_H
#define MEDIATE_RIG_H

#include "ingest/mediate.h"
#include "ingest/recover.h"
#include "session_fixture.h"
#include "spool/spool_reader.h"

#define RIG_BODY_MAX 4096

struct rig {
	char dir[64], spool_dir[80], state[96];
	struct event_base *base;
	struct spool_conf conf;
	struct spool *spool;
	struct session_table *sessions;
	struct account_table *accounts;
	struct seqctx_table *seqctx;
	struct names *names;
	struct flowsum_table *flows;
	struct keys *keys;
	const char *keys_dir; /* set before rig_init(): NULL none */
	struct anomaly_log *anomalies;
	struct mediate *mediate;
	struct recover recovered;
	unsigned gaps, sheds; /* events seen */
	int64_t now_ns;	      /* receive time of the next PDU */
};

/* One record that came out; octets are a copy, cut at RIG_BODY_MAX. */
struct rig_rec {
	struct spool_meta meta;
	size_t n;
	uint8_t octets[RIG_BODY_MAX];
};

void rig_init(struct rig *r);
/* Stop as after a kill: what is not durable is not waited for... it is, as spool_close commits;
 * state is dropped. */
void rig_close(struct rig *r);
/* Open again on the same folder, with recovery. */
void rig_open(struct rig *r);
/* The same; 0, or what kept it from opening. */
int rig_try(struct rig *r);
void rig_fini(struct rig *r);

void rig_tasks(struct rig *r, struct fixture *f);
/* Offer a PDU; returns what mediate_pdu() returned. */
int rig_pdu(struct rig *r, uint32_t ne, const struct fixture_pdu *p);
/* Make everything durable. */
void rig_commit(struct rig *r);
/* State file now. */
void rig_checkpoint(struct rig *r);
/* Records of a queue, without those for recovery only; returns how many, at most MAX are copied. */
size_t rig_read(struct rig *r, uint32_t lea, enum ho_class class, struct rig_rec *out, size_t max);
/* Journal entries of KIND; the last goes to *e when not NULL. */
size_t rig_journal(struct rig *r, enum journal_kind kind, struct journal_entry *e);
struct account *rig_account(struct rig *r, uint32_t warrant);

#endif
