/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of ingest after a restart: a state file and the records of the queues, with right
 * checksums and any content.  What comes of it can be walked, and written to a state file from
 * which the same comes again.
 *
 * Input: options (1: there is a state file, 2: its header is not made right, 4: write and read
 * back), the octets of the file behind its header as kind, length to add, octets; then records:
 *   an octet: queue (2 bits), kind of record (3 bits), 32: known to the state file, 64: state
 * record or journal entry whose header is made from the next two octets nine octets of meta, then a
 * run of octets */
#include "base/clock.h"
#include "base/crc32c.h"
#include "base/log.h"
#include "fuzz_util.h"
#include "ingest/recover.h"
#include "session/state.h"
#include "spool/journal.h"

#include <errno.h>

#define FILE_MAX 16384
#define RECORD_MAX 4096
#define HEADER_LEN 32
#define SESSION_LEN 96 /* structs of checkpoint.c */
#define LINK_LEN 48

static struct fuzz_in input;
static char state_file[128], spool_dir[128];

/* ---- the spool: what comes next in the input */

struct spool_q {
	uint32_t lea;
	enum ho_class class;
};

static struct spool_q queues[8];
static size_t queues_n;

struct spool_q *
spool_queue_known(struct spool *s, uint32_t lea, enum ho_class class, const struct spool_pos *known)
{
	(void)s;
	(void)known;
	assert(queues_n < sizeof(queues) / sizeof(queues[0]));
	queues[queues_n] = (struct spool_q){lea, class};
	return &queues[queues_n++];
}

struct spool_q *
spool_queue(struct spool *s, uint32_t lea, enum ho_class class)
{
	(void)s;
	assert(lea == 0 && class == HO_JOURNAL);
	return &queues[0];
}

/* What is missing in the journal is written again. */
int
spool_append(struct spool_q *q, const struct spool_meta *m, const struct ho_record *rec,
    uint32_t body_crc, struct spool_pos *at)
{
	(void)q;
	(void)body_crc;
	(void)at;
	assert(m->kind == SPOOL_REC_JOURNAL && rec->body.n > 0);
	return 0;
}

/* Small numbers, so that records meet. */
static void
put_meta(struct spool_meta *m, uint8_t kind)
{
	uint8_t session = fuzz_u8(&input), times = fuzz_u8(&input), number = fuzz_u8(&input);

	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->warrant = 1 + (session & 3);
	memset(m->key, session >> 2 & 7, sizeof(m->key));
	m->cin = 1 + (session >> 2 & 7) + (session >> 7) * 16;
	m->recv_ns = 1000 + (times & 15);
	m->ctx = times >> 4;
	m->seq = number & 15;
	m->xseq = number >> 4;
	m->digest = fuzz_u8(&input) & 3;
	m->flags = fuzz_u8(&input);
	m->iri_type = fuzz_u8(&input);
	m->pad = fuzz_u8(&input);
}

static size_t
put_head(uint8_t *o, uint8_t kind)
{
	struct state_hdr h = {.kind = fuzz_u8(&input), .n = fuzz_u8(&input)};
	struct journal_entry e = {.kind = h.kind, .code = h.n, .warrant = 1, .count = 1};

	if (kind == SPOOL_REC_STATE) {
		memcpy(o, &h, sizeof(h));
		return sizeof(h);
	}
	memcpy(o, &e, sizeof(e));
	return sizeof(e);
}

int
spool_replay(struct spool_q *q, const struct spool_pos *from, spool_replay_cb cb, void *arg)
{
	static uint8_t buf[RECORD_MAX];
	struct spool_meta m;

	(void)from;
	for (uint64_t i = 0; input.n > 0; i++) {
		uint8_t what = fuzz_u8(&input), kind = what >> 2 & 7, *copy;
		struct spool_pos at = {.seg = what & 32 ? 1 : 9, .rec = i, .off = 4096};
		struct octets body;
		size_t n;

		if ((what & 3) == 3)
			break; /* the next queue */
		put_meta(&m, kind);
		n = what & 64 ? put_head(buf, kind) : 0;
		body = fuzz_take(&input, fuzz_u16(&input) % (RECORD_MAX - 128));
		if (body.n > 0)
			memcpy(buf + n, body.p, body.n);
		n += body.n;
		copy = malloc(n + 1);
		assert(copy != NULL);
		memcpy(copy, buf, n);
		cb(&at, &m, (struct octets){copy, n}, arg);
		free(copy);
	}
	(void)q;
	return 0;
}

/* ---- the state file */

static void
put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static void
put_state_file(bool raw)
{
	static uint8_t o[FILE_MAX];
	static const size_t len[9] = {0, sizeof(struct checkpoint_q), sizeof(struct checkpoint_ctx),
	    SESSION_LEN, sizeof(struct account), sizeof(uint64_t), LINK_LEN,
	    sizeof(struct name_row), sizeof(struct flowsum)};
	uint64_t magic = UINT64_C(0x314b435046444d4f), body;
	struct octets v;
	size_t n = HEADER_LEN;

	memset(o, 0, HEADER_LEN);
	while (input.n > 0 && n < FILE_MAX - 1024) {
		uint8_t kind = fuzz_u8(&input), more = fuzz_u8(&input);
		size_t want = (kind < 9 ? len[kind] : 0) + more;

		if (kind == 255)
			break;
		put32(o + n, kind);
		put32(o + n + 4, (uint32_t)(kind == 254 ? want + 1000 : want));
		memset(o + n + 8, 0, want);
		v = fuzz_take(&input, want);
		if (v.n > 0)
			memcpy(o + n + 8, v.p, v.n);
		n += 8 + want;
	}
	body = n - HEADER_LEN;
	memcpy(o, &magic, 8);
	put32(o + 8, 2);
	put32(o + 12, sizeof(struct account));
	memcpy(o + 24, &body, 8);
	if (raw) {
		v = fuzz_take(&input, HEADER_LEN);
		if (v.n > 0)
			memcpy(o, v.p, v.n);
	}
	put32(o + n, crc32c(0, o, n) ^ (raw && (o[20] & 1)));
	fuzz_write(state_file, o, raw && (o[20] & 2) ? o[21] : n + 4);
}

/* ---- the world */

struct world {
	struct session_table *sessions;
	struct account_table *accounts;
	struct names *names;
	struct flowsum_table *flows;
	struct seqctx_table *seqctx;
	struct kept *kept;
};

static const uint8_t secret[SESSION_SECRET_LEN] = {1};

static int64_t
no_interval(uint32_t warrant, void *arg)
{
	(void)warrant;
	(void)arg;
	return -1;
}

static bool
on_report(const struct flowsum *f, uint8_t trigger, void *arg)
{
	(void)arg;
	return f->packets < UINT64_MAX || trigger > 0;
}

/* An empty table; it takes 18 MB, so there are only those of the two worlds. */
static struct flowsum_table *
flows_empty(unsigned i)
{
	static struct flowsum_table *table[2];

	if (table[i] == NULL)
		table[i] = flowsum_new();
	flowsum_tick(table[i], 0, no_interval, NULL, on_report, NULL);
	assert(flowsum_n(table[i]) == 0);
	return table[i];
}

static void
world_new(struct world *w, unsigned i)
{
	w->sessions = session_table_new(secret);
	w->accounts = account_table_new();
	w->names = names_new(secret);
	w->flows = flows_empty(i);
	w->seqctx = seqctx_new(64);
	w->kept = kept_new();
}

static void
world_free(struct world *w)
{
	session_table_free(w->sessions);
	account_table_free(w->accounts);
	names_free(w->names);
	seqctx_free(w->seqctx);
	kept_free(w->kept);
}

static void
on_session(struct session *s, void *arg)
{
	size_t *n = arg;

	assert(session_follow(s) != NULL && s->joined != s);
	session_link(s);
	dialog_over(&s->dialog);
	++*n;
}

static void
on_flow(const struct flowsum *f, uint8_t trigger, void *arg)
{
	size_t *n = arg;

	assert(f->header_n <= FLOWSUM_HEADER_MAX && trigger == 0);
	++*n;
}

static void
walk(const struct world *w)
{
	size_t sessions = 0, flows = 0;

	session_each(w->sessions, on_session, &sessions);
	flowsum_each(w->flows, on_flow, &flows);
	assert(sessions == session_n(w->sessions) && flows == flowsum_n(w->flows));
	assert(session_open_n(w->sessions) <= sessions);
}

static void
on_queue(const struct checkpoint_q *q, void *arg)
{
	(void)q;
	(void)arg;
}

static void
write_and_read(const struct world *w)
{
	struct checkpoint *c = checkpoint_new(77);
	struct world back;
	struct checkpoint_sink sink = {.queue = on_queue};
	int64_t high = 0;
	int rc;

	checkpoint_add_sessions(c, w->sessions);
	checkpoint_add_names(c, w->names);
	checkpoint_add_flows(c, w->flows);
	checkpoint_add_accounts(c, w->accounts);
	rc = checkpoint_write(c, state_file);
	assert(rc == 0);
	checkpoint_free(c);
	world_new(&back, 1);
	sink.sessions = back.sessions;
	sink.accounts = back.accounts;
	sink.names = back.names;
	sink.flows = back.flows;
	rc = checkpoint_read(state_file, &sink, &high);
	assert(rc == 0 && high == 77);
	assert(session_n(back.sessions) == session_n(w->sessions));
	assert(session_open_n(back.sessions) == session_open_n(w->sessions));
	assert(names_n(back.names) == names_n(w->names));
	assert(flowsum_n(back.flows) == flowsum_n(w->flows));
	walk(&back);
	world_free(&back);
}

static int
on_emit(const struct integrity_stream *s, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out)
{
	(void)s;
	(void)c;
	(void)arg;
	(void)out;
	return 0;
}

static void
begin(void)
{
	static const char *const folder[] = {"", "/0", "/0/journal", "/7", "/7/iri", "/7/cc"};
	char path[200];

	if (state_file[0] != '\0')
		return;
	log_init("fuzz", (enum log_level)0);
	snprintf(state_file, sizeof(state_file), "%s/sessions", fuzz_dir());
	snprintf(spool_dir, sizeof(spool_dir), "%s/spool", fuzz_dir());
	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", spool_dir, folder[i]);
		if (mkdir(path, 0700) < 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct world w;
	struct recover r;
	uint8_t options;

	begin();
	input = (struct fuzz_in){in, n};
	options = fuzz_u8(&input);
	queues_n = 0;
	world_new(&w, 0);
	if (options & 1)
		put_state_file(options & 2);
	r = (struct recover){.spool_dir = spool_dir,
	    .file = options & 1 ? state_file : "/nonexistent/sessions",
	    .sessions = w.sessions,
	    .accounts = w.accounts,
	    .names = w.names,
	    .flows = w.flows,
	    .seqctx = w.seqctx,
	    .kept = w.kept,
	    .integrity = integrity_new(on_emit, NULL, 8),
	    .evidence = evidence_log_new()};
	if (recover_run(&r) != 0)
		abort();
	walk(&w);
	if (options & 4)
		write_and_read(&w);
	recover_fini(&r);
	evidence_log_settle(r.evidence, NULL, 5);
	integrity_close_all(r.integrity);
	integrity_free(r.integrity);
	evidence_log_free(r.evidence);
	world_free(&w);
	return 0;
}
