/* SPDX-License-Identifier: Apache-2.0 */
/* Private to mf/ingest/mediate*.c: the mediator's parts and what they share about the PDU at hand.
 *   mediate.c       the PDU: XIDs, warrants, judgement, duplicates
 *   mediate_set.c   a new task set
 *   mediate_trust.c which warrants are signed
 *   mediate_note.c  what is not handed over, and numbers that are missing: journal
 *   mediate_find.c  which session it belongs to: keys and names
 *   mediate_bind.c  what it changes about sessions: names, joins, links, triggers
 *   mediate_service.c  of which service it is
 *   mediate_put.c   records: numbers, encoding, aggregation, segments, integrity, spool
 *   mediate_flow.c  what no single PDU makes: summary reports, exclusions, fall-back, notices */
#ifndef INGEST_MEDIATE_PRIV_H
#define INGEST_MEDIATE_PRIV_H

#include "ingest/evidence.h"
#include "ingest/mediate.h"
#include "ingest/outage.h"
#include "ingest/shed.h"
#include "session/copies.h"
#include "session/scope.h"
#include "session/state.h"

#define MEDIATE_HEAD_MAX 2048 /* octets of BER around a body, generously */
#define MEDIATE_GROUPS 8      /* aggregates under construction */
#define MEDIATE_TOLD 4096     /* calls whose service is remembered; a power of two */
#define MEDIATE_MEMO 1024     /* sessions found last; a power of two */

/* What one warrant makes of the PDU at hand. */
struct mediate_judged {
	struct task_warrant *w;
	enum reject_code why;
	bool triggered;	   /* its NE is allowed by a media rule only */
	struct session *s; /* NULL: not known yet, or not taken */
	uint8_t by; /* enum name_kind: name by which S was found; 0: by its key, or not at all */
	struct scope_out out; /* what goes out, when taken */
	enum ho_class class;  /* queue of CC events */
};

/* The PDU at hand. */
struct mediate_now {
	const struct x23_pdu *pdu;
	const struct mediate_src *src;
	int64_t recv_ns;
	uint32_t payload_crc, body_crc;
	uint64_t ctx, digest;
	enum seqctx_verdict verdict;
	uint32_t first, last; /* numbers of a gap */
	bool numbered;	      /* attribute 8 is there */
	bool sound;	      /* the payload was read: it says which session is meant */
	bool media;	      /* payload_names_media() was called */
	bool joins;	      /* the PDU says which Correlation IDs are one (attribute 21) */
	bool hashed;	      /* copy_hash is there */
	uint8_t copy_hash[16];
	size_t named; /* names hashed so far */
	size_t n;     /* judged[] */
};

/* PDUs of one session that wait to be put into one PS-PDU. */
struct mediate_group {
	struct task_warrant *w; /* NULL: free */
	struct session *s;
	enum ho_class class;
	bool iri;
	uint8_t *items;
	size_t items_n, items_max;
	struct spool_meta meta; /* of the first */
	struct state_pdu *pdu;	/* of the others */
	size_t n, pdu_max;	/* n: PDUs */
	uint8_t nfid[255], ipid[255];
	uint8_t nfid_n, ipid_n;
};

struct mediate_lea {
	uint32_t lea;
	bool fallback;	/* metadata only, by rule */
	bool known;	/* the backlog was told since the start */
	uint64_t limit; /* CC backlog that starts it, by the tasks of that version */
	uint64_t told;	/* version of the tasks whose warrants were told, plus one */
	uint64_t backlog[ACCOUNT_CLASS_N];
};

/* What signalling told of a call. */
struct mediate_told {
	uint8_t call[14]; /* begin of its hashed name */
	uint16_t service; /* bits of enum li_service; 0: nothing */
};

struct mediate_memo {
	uint32_t warrant;
	uint8_t key[16];
	struct session *s;
};

struct mediate {
	struct mediate_conf conf;
	struct mediate_trust *trust; /* of CONF */
	struct task_set *tasks;
	struct scope scope;
	struct integrity_conf *iconf; /* by profile index of TASKS */
	struct shed *shed;
	struct outage *outage;
	struct kept *kept; /* from recovery, for a while; else NULL */
	struct copies *copies;
	struct integrity *integrity;
	uint64_t copy_seed;
	mediate_event_cb cb;
	void *arg;
	struct mediate_totals totals;
	struct mediate_judged *judged; /* judged_max, grows */
	size_t judged_max;
	struct payload payload;
	uint8_t name[PAYLOAD_NAMES_MAX][16]; /* hashes of payload.name */
	/* the last session key and its hashed name: PDUs of one stream come in runs */
	uint8_t key_in[16 + PAYLOAD_KEY_MAX], key_name[16];
	size_t key_n;
	int64_t read_ns, now_ns; /* clock_warrant_ns() when the read of READ_NS was begun on */
	struct mediate_told told[MEDIATE_TOLD];
	struct mediate_memo memo[MEDIATE_MEMO];
	struct mediate_group group[MEDIATE_GROUPS];
	size_t group_n; /* in use */
	struct mediate_lea *lea;
	size_t lea_n;
	int64_t swept_ns;
};

/* ---- mediate.c */
/* Destination row for CLASS; 0: none, or W is not signed. */
uint32_t mediate_dest(struct mediate *m, struct task_warrant *w, enum ho_class class);
/* The queue of W for CLASS, opened on first use; NULL: cannot be opened, errno is set. */
struct spool_q *mediate_queue(struct mediate *m, struct task_warrant *w, enum ho_class class);

/* ---- mediate_note.c */
/* One reject: books, totals, journal.  Out of scope is no fault: it is only counted.  CIN: session
 * of W that is meant, 0: not known. */
void mediate_reject(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    enum reject_code why, uint32_t cin);
/* Refused for what the warrant has narrowed. */
bool mediate_is_scope(enum reject_code why);
/* CIN of the session of J; 0: none known yet. */
static inline uint32_t
mediate_cin(const struct mediate_judged *j)
{
	return j->s != NULL ? session_follow(j->s)->cin : 0;
}
/* One PDU came again; or was shed, WHY: books and journal. */
void mediate_duplicate(
    struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j);
void mediate_shed(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    enum ho_class class, enum reject_code why);
/* What was found of its number: once for the XID; and, when all its warrants have been through (so
 * that their sessions are there), for each of them. */
void mediate_sequence_entry(
    struct mediate *m, const struct mediate_now *now, const struct seqctx_result *r);
void mediate_numbers(struct mediate *m, struct mediate_now *now);

/* ---- mediate_trust.c */
/* Is W of SET signed as it is?  Looks only once. */
bool mediate_vouch(struct mediate *m, struct task_set *set, struct task_warrant *w);
static inline bool
mediate_signed(struct mediate *m, struct task_warrant *w)
{
	return w->trust == TASK_SIGNED || mediate_vouch(m, m->tasks, w);
}
/* SET will be in force: its key lists are, its warrants are not checked yet. */
void mediate_trust_set(struct mediate *m, struct task_set *set);

/* ---- mediate_find.c */
/* Name of the session of the PDU, the same for all its warrants; valid until the next PDU. */
const uint8_t *mediate_name(struct mediate *m, const struct mediate_now *now);
/* Hash the names of the PDU that were added since. */
void mediate_hash_names(struct mediate *m, struct mediate_now *now);
/* The session that name I of the PDU means for WARRANT; NULL: none (any more). */
struct session *mediate_by_name(
    struct mediate *m, const struct mediate_now *now, uint32_t warrant, size_t i);
/* Only the place that the PDU comes from names its session. */
bool mediate_is_point(const struct mediate *m);
/* Names of KIND are used again by others once their session is over. */
bool mediate_until_close(uint8_t kind);
/* The session that the PDU belongs to for W; NULL: none yet.  *by (may be NULL): as in struct
 * mediate_judged.  Changes nothing. */
struct session *mediate_seek(
    struct mediate *m, struct mediate_now *now, const struct task_warrant *w, uint8_t *by);
/* CIN of the session of W that a PDU that is refused (WHY) belongs to, as far as that can be told
 * without much; 0: not known. */
uint32_t mediate_refused_cin(
    struct mediate *m, struct mediate_now *now, const struct task_warrant *w, enum reject_code why);
/* An IRI of an open session of W has named the media of the PDU. */
bool mediate_triggered(struct mediate *m, struct mediate_now *now, const struct task_warrant *w);
/* Make the session when there is none, bind the names of the PDU, join what turned out to be one.
 * Returns the session that the events go to. */
struct session *mediate_bind(struct mediate *m, struct mediate_now *now, struct mediate_judged *j);
/* ADDRESS is bound to an open access session of W. */
bool mediate_bound(const struct task_warrant *w, struct octets address, void *arg);
/* Names that end with this PDU. */
void mediate_unbind(
    struct mediate *m, struct mediate_now *now, struct task_warrant *w, const struct session *s);
/* Another Correlation ID of the same XID that means the same communication. */
void mediate_also(struct mediate *m, struct mediate_now *now, uint64_t correlation);
/* NE sent for S: remembered, also over a restart. */
void mediate_seen(
    struct mediate *m, const struct mediate_now *now, struct task_warrant *w, struct session *s);
/* After a restart: the rule for CC of other NEs ends with the session that opened it. */
void mediate_rule_check(struct mediate *m, struct session *s);
/* Close S: what is open for it is reported and signed. */
void mediate_close(struct mediate *m, struct session *s);
void mediate_sweep(struct mediate *m, int64_t now_ns);

/* ---- mediate_service.c */
/* The service of the PDU at hand, SIP or RTP, as its session or the SDP of its signalling tell it.
 */
uint16_t mediate_service_of(
    struct mediate *m, struct mediate_now *now, const struct task_warrant *w);

/* ---- mediate_put.c */
/* Hand over the events of J for session S.  Returns 0 (also when it was refused and counted), or
 * -ENOSPC with nothing changed but the session's existence. */
int mediate_put(
    struct mediate *m, const struct mediate_now *now, struct mediate_judged *j, struct session *s);
/* A record of ours: encode EV (no PDU behind it) and append it to the IRI queue of W. */
int mediate_put_own(struct mediate *m, struct task_warrant *w, struct session *s,
    const struct li_event *ev, int64_t now_ns);
/* A state record in the queue of W for CLASS; in the journal when it stands for itself. */
void mediate_state(struct mediate *m, struct task_warrant *w, enum ho_class class,
    const struct session *s, struct spool_meta *meta, uint16_t kind, uint16_t n, const void *p,
    size_t len);
/* Finish aggregates: all, or those of S. */
void mediate_groups(struct mediate *m, const struct session *s);
int mediate_emit(const struct integrity_stream *s, const struct integrity_check *c, void *arg,
    struct integrity_emitted *out);

/* ---- mediate_flow.c */
/* A flow is due: its summary report. */
bool mediate_on_flow(const struct flowsum *f, uint8_t trigger, void *arg);
/* Count the PDU into the summary of its flow.  Returns 0, or -ENOSPC with nothing changed. */
int mediate_summarise(
    struct mediate *m, const struct mediate_now *now, struct mediate_judged *j, struct session *s);
/* The PDU was left out by an exclusion rule. */
void mediate_excluded(struct mediate *m, struct mediate_now *now, struct mediate_judged *j);
/* W has fallen back to metadata only by rule. */
bool mediate_metadata(const struct mediate *m, const struct task_warrant *w);
/* Reports of the flows of a session that ends (SESSION), or of warrants that end with NEXT. */
void mediate_flows_end(struct mediate *m, uint32_t warrant, const uint8_t *session);
void mediate_flows_leave(struct mediate *m, struct task_set *next);
void mediate_flow_tick(struct mediate *m, int64_t now_ns);
/* Tell what the change from the task set in force to NEXT means for fall-backs. */
void mediate_fallback_change(struct mediate *m, struct task_set *next);
/* Once per second: the rule for agencies whose warrants or profiles have changed. */
void mediate_fallback_tick(struct mediate *m);

#endif
