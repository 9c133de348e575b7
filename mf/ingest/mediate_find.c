/* SPDX-License-Identifier: Apache-2.0 */
/* Which session a PDU belongs to: its key, and the names that PDUs of several NEs have in common.
 * See mediate_priv.h and names.h. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <string.h>

#define FIND_SWEEP_NS (60 * CLOCK_NS_PER_S)
#define FIND_LINGER_NS (3600 * CLOCK_NS_PER_S) /* names of a closed session stay so long */
#define FIND_TRAIL_NS (10 * CLOCK_NS_PER_S)    /* media may come so long after the call is over */

/* Lengths of prefixes that are looked for, longest first; see payload_name_prefix(). */
static const uint8_t find_prefixes[] = {64, 60, 56, 52, 48};

const uint8_t *
mediate_name(struct mediate *m, const struct mediate_now *now)
{
	const struct octets key = m->payload.ev.key;

	if (m->key_n != 16 + key.n || memcmp(m->key_in, now->pdu->xid, 16) != 0 ||
	    (key.n > 0 && memcmp(m->key_in + 16, key.p, key.n) != 0)) {
		assert(key.n <= PAYLOAD_KEY_MAX);
		memcpy(m->key_in, now->pdu->xid, 16);
		if (key.n > 0)
			memcpy(m->key_in + 16, key.p, key.n);
		m->key_n = 16 + key.n;
		session_key(m->conf.sessions, now->pdu->xid, key, m->key_name);
	}
	return m->key_name;
}

/* ---- seeking */

/* Inline: once for every PDU. */
static inline __attribute__((always_inline)) struct session *
find_session(struct mediate *m, uint32_t warrant, const uint8_t key[16])
{
	struct mediate_memo *e =
	    &m->memo[(octets_get32(key) ^ warrant * UINT32_C(2654435761)) & (MEDIATE_MEMO - 1)];

	if (e->s == NULL || e->warrant != warrant || memcmp(e->key, key, 16) != 0) {
		struct session *s = session_find(m->conf.sessions, warrant, key);

		if (s == NULL)
			return NULL;
		e->warrant = warrant;
		memcpy(e->key, key, 16);
		e->s = s;
	}
	return session_follow(e->s);
}

/* Hash the names that were added since. */
void
mediate_hash_names(struct mediate *m, struct mediate_now *now)
{
	for (; now->named < m->payload.name_n; now->named++) {
		const struct li_name *n = &m->payload.name[now->named];

		names_hash(m->conf.names, n->kind, now->pdu->xid, n->a, m->name[now->named]);
	}
}

/* Media and addresses are used again by others once their session is over. */
bool
mediate_until_close(uint8_t kind)
{
	return kind == NAME_MEDIA || kind == NAME_ADDRESS;
}

/* The NE that began S gave both communications a Correlation ID, and not the same: it says that
 * they are two. */
static bool
find_told_apart(const struct mediate_now *now, const struct session *s)
{
	return now->pdu->correlation != 0 && s->correlated && s->ne[0] == now->src->ne;
}

/* Does what is used again by others still mean S? */
static bool
find_is_valid(const struct mediate_now *now, const struct session *s)
{
	return s->open && !dialog_over(&s->dialog) && !find_told_apart(now, s);
}

/* The prefix that ADDRESS is in; NULL: none is bound. */
static const struct name_row *
find_prefix(const struct mediate *m, uint32_t warrant, struct octets address)
{
	const struct name_row *row = NULL;
	uint8_t prefix[17], hash[16];

	if (address.n != 16 || !names_any(m->conf.names, NAME_ADDRESS))
		return NULL;
	for (size_t i = 0; i < sizeof(find_prefixes) && row == NULL; i++) {
		unsigned bits = find_prefixes[i];

		memset(prefix, 0, sizeof(prefix));
		memcpy(prefix, address.p, bits / 8);
		if (bits % 8)
			prefix[bits / 8] = (uint8_t)(address.p[bits / 8] & (0xff00 >> (bits % 8)));
		prefix[16] = (uint8_t)bits;
		names_hash(m->conf.names, NAME_ADDRESS, NULL,
		    (struct octets){prefix, sizeof(prefix)}, hash);
		row = names_find(m->conf.names, warrant, NAME_ADDRESS, hash);
	}
	return row;
}

/* A Correlation ID of which no name is known (any more) is still the key of its session. */
static struct session *
find_correlation(struct mediate *m, const struct mediate_now *now, uint32_t warrant, size_t i)
{
	uint8_t key[3 + 8] = {NAME_CORRELATION, 0, 8}, hash[16]; /* payload_key_set() */

	memcpy(key + 3, m->payload.name[i].a.p, 8);
	session_key(m->conf.sessions, now->pdu->xid, (struct octets){key, sizeof(key)}, hash);
	return session_follow(session_find(m->conf.sessions, warrant, hash));
}

/* The session that name I means for W; NULL: none (any more). */
struct session *
mediate_by_name(struct mediate *m, const struct mediate_now *now, uint32_t warrant, size_t i)
{
	const struct li_name *n = &m->payload.name[i];
	const struct name_row *row = names_find(m->conf.names, warrant, n->kind, m->name[i]);
	struct session *s;

	if (row == NULL && n->kind == NAME_CORRELATION && i > 0)
		return find_correlation(m, now, warrant, i);
	if (row == NULL && n->kind == NAME_ADDRESS && n->act == NAME_LINK)
		row = find_prefix(m, warrant, n->a);
	if (row == NULL || (row->weak && n->act == NAME_SEEK))
		return NULL;
	s = session_follow(session_find(m->conf.sessions, warrant, row->session));
	if (s != NULL && n->kind == NAME_ACCESS && dialog_over(&s->dialog))
		return NULL; /* the next access of the same device or line */
	if (s == NULL || !mediate_until_close(n->kind))
		return s;
	return find_is_valid(now, s) ? s : NULL;
}

static bool
find_is_seek(uint8_t act)
{
	return act == NAME_BIND || act == NAME_SEEK;
}

/* A packet whose key is not known yet: what it was sent from and to may name its session. */
static void
find_media(struct mediate *m, struct mediate_now *now)
{
	if (now->media || (m->payload.ev.class == HO_IRI && m->payload.ev.kind != LI_HEADER))
		return;
	now->media = true;
	if (names_any(m->conf.names, NAME_MEDIA) || names_any(m->conf.names, NAME_ADDRESS) ||
	    m->payload.ev.kind == LI_RTP || m->payload.ev.kind == LI_IP)
		payload_names_media(&m->payload);
}

/* The place that a PDU comes from names its session only when nothing else does. */
bool
mediate_is_point(const struct mediate *m)
{
	return m->payload.ev.key.n > 0 && m->payload.ev.key.p[0] == NAME_POINT;
}

/* The session of the place that a PDU comes from.  One that turned out to be a certain call or
 * access is not it any more: then there is another one, by name. */
static struct session *
find_point(struct mediate *m, struct mediate_now *now, uint32_t warrant)
{
	const uint8_t *key = mediate_name(m, now);
	struct session *s = session_find(m->conf.sessions, warrant, key);
	const struct name_row *row;
	uint8_t hash[16];

	if (s == NULL || (s->joined == NULL && dialog_phase(&s->dialog) == DIALOG_NONE))
		return s;
	names_hash(m->conf.names, NAME_POINT, now->pdu->xid, m->payload.ev.key, hash);
	row = names_find(m->conf.names, warrant, NAME_POINT, hash);
	s = row != NULL ? session_find(m->conf.sessions, warrant, row->session) : NULL;
	return s != NULL && s->joined == NULL && dialog_phase(&s->dialog) == DIALOG_NONE ? s : NULL;
}

/* The call that is over to which the last packets belong.  A new Correlation ID says that they are
 * of another one. */
static struct session *
find_trailing(const struct mediate *m, const struct mediate_now *now, uint32_t warrant)
{
	for (size_t i = 0; now->pdu->correlation == 0 && i < m->payload.name_n; i++) {
		const struct li_name *n = &m->payload.name[i];
		const struct name_row *row = NULL;
		struct session *s;

		if (n->kind == NAME_MEDIA && find_is_seek(n->act))
			row = names_find(m->conf.names, warrant, n->kind, m->name[i]);
		if (row == NULL)
			continue;
		s = session_follow(session_find(m->conf.sessions, warrant, row->session));
		if (s != NULL && dialog_over(&s->dialog) &&
		    now->recv_ns - s->last_ns < FIND_TRAIL_NS)
			return s;
	}
	return NULL;
}

/* By the names from FROM on. */
static struct session *
find_by_names(
    struct mediate *m, struct mediate_now *now, uint32_t warrant, size_t from, uint8_t *by)
{
	struct session *s = NULL;

	mediate_hash_names(m, now);
	for (size_t i = from; i < m->payload.name_n && s == NULL; i++) {
		if (!find_is_seek(m->payload.name[i].act))
			continue;
		s = mediate_by_name(m, now, warrant, i);
		*by = m->payload.name[i].kind;
	}
	return s;
}

struct session *
mediate_seek(struct mediate *m, struct mediate_now *now, const struct task_warrant *w, uint8_t *by)
{
	struct session *s = NULL;
	uint8_t kind = 0;
	size_t had;

	if (by == NULL)
		by = &kind;
	*by = 0;
	if (!mediate_is_point(m))
		s = find_session(m, w->row.id, mediate_name(m, now));
	if (s != NULL)
		return s;
	s = find_by_names(m, now, w->row.id, 0, by);
	if (s != NULL && *by == NAME_CORRELATION)
		return s; /* of a stream that is known */
	had = m->payload.name_n;
	find_media(m, now);
	if (s == NULL)
		s = find_by_names(m, now, w->row.id, had, by);
	if (s == NULL && m->payload.ev.class != HO_IRI) {
		s = find_trailing(m, now, w->row.id);
		*by = NAME_MEDIA;
	}
	if (s != NULL)
		return s;
	*by = mediate_is_point(m) ? NAME_POINT : 0;
	return mediate_is_point(m) ? find_point(m, now, w->row.id) : NULL;
}

uint32_t
mediate_refused_cin(
    struct mediate *m, struct mediate_now *now, const struct task_warrant *w, enum reject_code why)
{
	uint8_t key[3 + 8] = {NAME_CORRELATION, 0, 8}, hash[16]; /* payload_key_set() */
	struct session *s = NULL;

	if (why == REJECT_OUT_OF_SCOPE)
		return 0;
	if (!now->sound) { /* only the header can be believed */
		if (now->pdu->correlation == 0)
			return 0;
		octets_put64(key + 3, now->pdu->correlation);
		session_key(
		    m->conf.sessions, now->pdu->xid, (struct octets){key, sizeof(key)}, hash);
		s = session_follow(session_find(m->conf.sessions, w->row.id, hash));
	} else if (!mediate_is_scope(why)) {
		s = mediate_seek(m, now, w, NULL);
	} else if (!mediate_is_point(m)) {
		s = find_session(m, w->row.id, mediate_name(m, now));
	}
	return s != NULL ? s->cin : 0;
}

bool
mediate_triggered(struct mediate *m, struct mediate_now *now, const struct task_warrant *w)
{
	find_media(m, now);
	mediate_hash_names(m, now);
	for (size_t i = 0; i < m->payload.name_n; i++) {
		const struct name_row *row = NULL;
		const struct session *s = NULL;

		if (m->payload.name[i].kind == NAME_MEDIA)
			row = names_find(m->conf.names, w->row.id, NAME_MEDIA, m->name[i]);
		if (row != NULL && row->media != 0) /* SDP named it, not a packet */
			s = mediate_by_name(m, now, w->row.id, i);
		if (s != NULL && s->open && s->media && !dialog_over(&s->dialog))
			return true;
	}
	return false;
}

void
mediate_also(struct mediate *m, struct mediate_now *now, uint64_t correlation)
{
	uint8_t name[8];

	if (correlation == 0 || correlation == now->pdu->correlation)
		return;
	octets_put64(name, correlation);
	payload_name(
	    &m->payload, NAME_CORRELATION, NAME_BIND, (struct octets){name, sizeof(name)}, true);
	now->joins = true;
}

bool
mediate_bound(const struct task_warrant *w, struct octets address, void *arg)
{
	struct mediate *m = arg;
	const struct name_row *row;
	const struct session *s;
	uint8_t name[16];

	names_hash(m->conf.names, NAME_ADDRESS, NULL, address, name);
	row = names_find(m->conf.names, w->row.id, NAME_ADDRESS, name);
	if (row == NULL)
		row = find_prefix(m, w->row.id, address);
	s = row != NULL ? session_follow(session_find(m->conf.sessions, w->row.id, row->session))
			: NULL;
	return s != NULL && s->open && s->signalled;
}

/* ---- ends */

struct find_keep {
	struct mediate *m;
	int64_t before_ns;
};

static bool
find_keep(const struct name_row *row, void *arg)
{
	const struct find_keep *k = arg;
	const struct session *s =
	    session_follow(session_find(k->m->conf.sessions, row->warrant, row->session));

	return s != NULL && (s->open || ((!mediate_until_close(row->kind) || row->media != 0) &&
					    s->last_ns >= k->before_ns));
}

void
mediate_sweep(struct mediate *m, int64_t now_ns)
{
	struct find_keep k = {m, now_ns - FIND_LINGER_NS};

	if (now_ns - m->swept_ns < FIND_SWEEP_NS)
		return;
	m->swept_ns = now_ns;
	names_sweep(m->conf.names, find_keep, &k);
}
