/* SPDX-License-Identifier: Apache-2.0 */
/* The mediator over a real spool; see mediate_rig.h. */
#include "mediate_rig.h"

#include "base/clock.h"
#include "session/checkpoint.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
rig_on_spool(enum spool_event ev, uint32_t lea, void *arg)
{
	(void)ev;
	(void)lea;
	(void)arg;
}

static void
rig_on_mediate(enum mediate_event ev, uint32_t ne, uint32_t lea, enum ho_class class, void *arg)
{
	struct rig *r = arg;

	(void)ne;
	(void)lea;
	(void)class;
	r->gaps += ev == MEDIATE_GAP;
	r->sheds += ev == MEDIATE_SHED;
}

int
rig_try(struct rig *r)
{
	static const uint8_t secret[SESSION_SECRET_LEN] = {1, 2, 3};
	struct mediate_conf mc;
	int rc;

	r->base = event_base_new();
	r->spool = r->base == NULL ? NULL : spool_open(&r->conf, r->base, rig_on_spool, r);
	if (r->spool == NULL)
		return -1;
	r->sessions = session_table_new(secret);
	r->accounts = account_table_new();
	r->seqctx = seqctx_new(65536);
	r->names = names_new(secret);
	r->flows = flowsum_new();
	r->keys = keys_new(r->keys_dir);
	r->anomalies = anomaly_log_new(r->spool);
	mc = (struct mediate_conf){.spool = r->spool,
	    .sessions = r->sessions,
	    .accounts = r->accounts,
	    .seqctx = r->seqctx,
	    .anomalies = r->anomalies,
	    .names = r->names,
	    .flows = r->flows,
	    .keys = r->keys,
	    .grace_ns = 10 * CLOCK_NS_PER_S,
	    .idle_ns = 3600 * CLOCK_NS_PER_S};
	r->mediate = mediate_new(&mc, rig_on_mediate, r);
	memset(&r->recovered, 0, sizeof(r->recovered));
	r->recovered.spool = r->spool;
	r->recovered.spool_dir = r->spool_dir;
	r->recovered.file = r->state;
	r->recovered.sessions = r->sessions;
	r->recovered.accounts = r->accounts;
	r->recovered.seqctx = r->seqctx;
	r->recovered.names = r->names;
	r->recovered.flows = r->flows;
	r->recovered.integrity = mediate_integrity(r->mediate);
	r->recovered.kept = kept_new();
	rc = recover_run(&r->recovered);
	mediate_kept(r->mediate, r->recovered.kept);
	recover_fini(&r->recovered);
	return rc;
}

void
rig_open(struct rig *r)
{
	if (rig_try(r) != 0)
		abort();
}

void
rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	strcpy(r->dir, "/tmp/mediate_rig.XXXXXX");
	if (mkdtemp(r->dir) == NULL)
		abort();
	snprintf(r->spool_dir, sizeof(r->spool_dir), "%s/spool", r->dir);
	snprintf(r->state, sizeof(r->state), "%s/sessions", r->dir);
	mkdir(r->spool_dir, 0700);
	r->conf = (struct spool_conf){.dir = r->spool_dir,
	    .segment_len = 64 * 1024,
	    .commit_len = 1 << 20,
	    .commit_us = 1000,
	    .pending_max = 64 << 20};
	r->now_ns = clock_wall_ns();
	rig_open(r);
}

void
rig_close(struct rig *r)
{
	mediate_free(r->mediate);
	anomaly_log_free(r->anomalies);
	spool_close(r->spool);
	seqctx_free(r->seqctx);
	names_free(r->names);
	flowsum_free(r->flows);
	keys_free(r->keys);
	session_table_free(r->sessions);
	account_table_free(r->accounts);
	event_base_free(r->base);
}

void
rig_fini(struct rig *r)
{
	char cmd[128];

	rig_close(r);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", r->dir);
	if (system(cmd) != 0)
		abort();
}

void
rig_tasks(struct rig *r, struct fixture *f)
{
	const char *why = "";
	struct task_set *set = NULL;
	size_t len;
	uint8_t *image = fixture_image(f, &len);
	int rc = task_build(image, len, r->accounts, &set, &why);

	assert(rc == 0);
	free(image);
	mediate_tasks(r->mediate, set);
}

int
rig_pdu(struct rig *r, uint32_t ne, const struct fixture_pdu *p)
{
	size_t cap = p->payload.n + p->attributes.n + 2048;
	uint8_t *buf = malloc(cap);
	struct x23_pdu pdu;
	uint32_t done = 0;
	int rc;

	assert(buf != NULL);
	fixture_pdu(p, buf, cap, &pdu);
	r->now_ns += 1000000;
	rc = mediate_pdu(
	    r->mediate, &(struct mediate_src){ne, 0}, &pdu, r->now_ns, REJECT_NONE, &done);
	free(buf);
	return rc;
}

void
rig_commit(struct rig *r)
{
	uint64_t barrier;

	mediate_turn(r->mediate);
	anomaly_flush(r->anomalies, r->now_ns);
	barrier = spool_barrier(r->spool);
	while (spool_durable(r->spool) < barrier) {
		spool_turn(r->spool);
		event_base_loop(r->base, EVLOOP_ONCE);
	}
}

static void
rig_save_queue(struct spool_q *q, uint32_t lea, enum ho_class class, void *arg)
{
	struct checkpoint_q cq;

	memset(&cq, 0, sizeof(cq));
	cq.lea = lea;
	cq.class = class;
	cq.pos = spool_tail(q);
	checkpoint_add_queue(arg, &cq);
}

static void
rig_save_ctx(uint64_t ctx, uint32_t last, int64_t ts_ns, void *arg)
{
	struct checkpoint_ctx x = {.ctx = ctx, .ts_ns = ts_ns, .last = last};

	checkpoint_add_ctx(arg, &x);
}

static void
rig_save_kept(uint64_t name, void *arg)
{
	checkpoint_add_kept(arg, name);
}

void
rig_checkpoint(struct rig *r)
{
	struct checkpoint *c;
	int rc;

	mediate_settle(r->mediate);
	rig_commit(r);
	c = checkpoint_new(r->now_ns);
	spool_each(r->spool, rig_save_queue, c);
	seqctx_each(r->seqctx, rig_save_ctx, c);
	kept_each(mediate_kept_set(r->mediate), rig_save_kept, c);
	checkpoint_add_sessions(c, r->sessions);
	checkpoint_add_accounts(c, r->accounts);
	checkpoint_add_names(c, r->names);
	checkpoint_add_flows(c, r->flows);
	rc = checkpoint_write(c, r->state);
	assert(rc == 0);
	checkpoint_free(c);
}

size_t
rig_read(struct rig *r, uint32_t lea, enum ho_class class, struct rig_rec *out, size_t max)
{
	struct spool_q *q = spool_queue(r->spool, lea, class);
	struct spool_reader *reader;
	struct spool_pos head;
	struct spool_rec rec;
	size_t n = 0;

	rig_commit(r);
	head = spool_head(q);
	reader = spool_reader_open(r->spool_dir, lea, class, NULL);
	while (spool_reader_next(reader, &head, &rec) == 1) {
		if (rec.meta.kind == SPOOL_REC_STATE)
			continue;
		if (n < max) {
			out[n].meta = rec.meta;
			out[n].n = rec.octets.n;
			memcpy(out[n].octets, rec.octets.p,
			    rec.octets.n < RIG_BODY_MAX ? rec.octets.n : RIG_BODY_MAX);
		}
		n++;
	}
	spool_reader_close(reader);
	return n;
}

size_t
rig_journal(struct rig *r, enum journal_kind kind, struct journal_entry *e)
{
	static struct rig_rec rec[512];
	size_t n = rig_read(r, 0, HO_JOURNAL, rec, 512), found = 0;

	for (size_t i = 0; i < n && i < 512; i++) {
		struct journal_entry j;

		memcpy(&j, rec[i].octets, sizeof(j));
		if (j.kind != kind)
			continue;
		found++;
		if (e != NULL)
			*e = j;
	}
	return found;
}

struct account *
rig_account(struct rig *r, uint32_t warrant)
{
	return account_get(r->accounts, warrant);
}
