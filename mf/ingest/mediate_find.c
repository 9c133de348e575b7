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

static struct session *
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
static void
find_hash_names(struct mediate *m, struct mediate_now *now)
{
	for (; now->named < m->payload.name_n; now->named++) {
		const struct li_name *n = &m->payload.name[now->named];

		names_hash(m->conf.names, n->kind, now->pdu->xid, n->a, m->name[now->named]);
	}
}

/* Media and addresses are used again by others once their session is over. */
static bool
find_until_close(uint8_t kind)
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
	static const uint8_t any[16];
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
		names_hash(m->conf.names, NAME_ADDRESS, any,
		    (struct octets){prefix, sizeof(prefix)}, hash);
		row = names_find(m->conf.names, warrant, NAME_ADDRESS, hash);
	}
	return row;
}

/* A Correlation ID of which no name is known (any more) is still the key of its session. */
static struct session *
find_correlation(struct mediate *m, const struct mediate_now *now, uint32_t warrant, size_t i)
{
	uint8_t key[1 + 8] = {NAME_CORRELATION}, hash[16];

	memcpy(key + 1, m->payload.name[i].a.p, 8);
	session_key(m->conf.sessions, now->pdu->xid, (struct octets){key, sizeof(key)}, hash);
	return session_follow(session_find(m->conf.sessions, warrant, hash));
}

/* The session that name I means for W; NULL: none (any more). */
static struct session *
find_by_name(struct mediate *m, const struct mediate_now *now, uint32_t warrant, size_t i)
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
	if (s == NULL || !find_until_close(n->kind))
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
static bool
find_is_point(const struct mediate *m)
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

	find_hash_names(m, now);
	for (size_t i = from; i < m->payload.name_n && s == NULL; i++) {
		if (!find_is_seek(m->payload.name[i].act))
			continue;
		s = find_by_name(m, now, warrant, i);
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
	if (!find_is_point(m))
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
	*by = find_is_point(m) ? NAME_POINT : 0;
	return find_is_point(m) ? find_point(m, now, w->row.id) : NULL;
}

bool
mediate_triggered(struct mediate *m, struct mediate_now *now, const struct task_warrant *w)
{
	find_media(m, now);
	find_hash_names(m, now);
	for (size_t i = 0; i < m->payload.name_n; i++) {
		const struct name_row *row = NULL;
		const struct session *s = NULL;

		if (m->payload.name[i].kind == NAME_MEDIA)
			row = names_find(m->conf.names, w->row.id, NAME_MEDIA, m->name[i]);
		if (row != NULL && row->media != 0) /* SDP named it, not a packet */
			s = find_by_name(m, now, w->row.id, i);
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

/* ---- binding */

/* What one PDU changes, for the state records. */
struct find_changes {
	struct name_row row[PAYLOAD_NAMES_MAX + 1];
	uint16_t n;
	struct state_link link[PAYLOAD_NAMES_MAX];
	const struct session *linked[PAYLOAD_NAMES_MAX];
	uint16_t link_n;
};

/* What SDP said of a media name stays when packets bind it, which do not know. */
static void
find_bind_media(struct mediate *m, uint32_t warrant, size_t i, struct name_row *row)
{
	const struct li_name *n = &m->payload.name[i];
	const struct name_row *was;
	const struct session *s;

	row->media = n->media;
	row->video_pt = n->video_pt;
	if (n->kind != NAME_MEDIA || n->media != 0)
		return;
	was = names_find(m->conf.names, warrant, n->kind, m->name[i]);
	s = was != NULL ? session_follow(session_find(m->conf.sessions, warrant, was->session))
			: NULL;
	if (s == NULL || !s->open)
		return;
	row->media = was->media;
	row->video_pt = was->video_pt;
}

static struct name_row *
find_row(struct find_changes *c, uint8_t kind, const uint8_t name[16], const struct session *s)
{
	struct name_row *row = &c->row[c->n++];

	memset(row, 0, sizeof(*row));
	row->warrant = s->warrant;
	row->kind = kind;
	row->bound = 1;
	memcpy(row->name, name, sizeof(row->name));
	memcpy(row->session, s->key, sizeof(row->session));
	return row;
}

static void
find_bind(struct mediate *m, size_t i, const struct session *s, bool weak, struct find_changes *c)
{
	struct name_row *row = find_row(c, m->payload.name[i].kind, m->name[i], s);

	row->weak = weak;
	find_bind_media(m, s->warrant, i, row);
	names_bind(m->conf.names, row);
}

static void
find_note_link(
    struct find_changes *c, const struct session *s, const struct session *other, uint32_t joined)
{
	struct state_link *l = &c->link[c->link_n];

	memset(l, 0, sizeof(*l));
	l->cin = other->cin;
	l->joined = joined;
	memcpy(l->other, other->key, sizeof(l->other));
	c->linked[c->link_n++] = s;
}

static bool
find_is_weak(const struct mediate *m, uint32_t warrant, size_t i)
{
	const struct name_row *row =
	    names_find(m->conf.names, warrant, m->payload.name[i].kind, m->name[i]);

	return row != NULL && row->weak;
}

/* SDP says another thing of the port than it did. */
static bool
find_says_else(const struct mediate *m, uint32_t warrant, size_t i)
{
	const struct li_name *n = &m->payload.name[i];
	const struct name_row *row;

	if (n->media == 0)
		return false;
	row = names_find(m->conf.names, warrant, n->kind, m->name[i]);
	return row != NULL && (row->media != n->media || row->video_pt != n->video_pt);
}

/* May the two sessions that a name has in common be one?  An address or a port says so only while
 * one of them has no signalling of its own: else it was given to the next one. */
static bool
find_may_join(const struct mediate *m, size_t i, const struct session *a, const struct session *b)
{
	const struct li_name *n = &m->payload.name[i];

	if (n->act == NAME_SEEK)
		return false;
	if (n->act == NAME_MOVE && !find_is_weak(m, a->warrant, i))
		return false;
	if (find_until_close(n->kind))
		return !a->signalled || !b->signalled;
	return true;
}

static bool
find_names_media(const struct mediate *m)
{
	for (size_t i = 0; i < m->payload.name_n; i++)
		if (m->payload.name[i].kind == NAME_MEDIA && m->payload.name[i].act == NAME_BIND)
			return true;
	return false;
}

/* A packet tells the media of its session when it began it, or was found by them; a packet of an
 * access or of a place does not make the call that it carries a part of that. */
static bool
find_tells_media(const struct mediate *m, const struct mediate_judged *j, bool created)
{
	if (m->payload.ev.class == HO_IRI)
		return true;
	if (created)
		return !find_is_point(m);
	return j->by != NAME_ADDRESS && j->by != NAME_POINT && !dialog_over(&j->s->dialog);
}

static uint64_t
find_handed_over(const struct session *s)
{
	return (uint64_t)s->next[SESSION_IRI] + s->next[SESSION_CC];
}

/* The older one remains: what was handed over under its CIN is more.  Of two that came in one read
 * that is all that tells. */
static bool
find_stays(const struct session *a, const struct session *b)
{
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	if (find_handed_over(a) != find_handed_over(b))
		return find_handed_over(a) > find_handed_over(b);
	return a->cin < b->cin;
}

static struct session *
find_join(struct mediate *m, const struct mediate_now *now, struct session *a, struct session *b,
    struct find_changes *c)
{
	struct session *stays = find_stays(a, b) ? a : b, *goes = stays == a ? b : a;
	struct anomaly entry = {.kind = JOURNAL_SESSION,
	    .ne = now->src->ne,
	    .warrant = stays->warrant,
	    .pdu = now->pdu,
	    .text = "joined: two CINs are one communication; the older one goes on"};

	mediate_groups(m, goes);
	session_join(m->conf.sessions, goes, stays);
	find_note_link(c, goes, stays, 1);
	anomaly_write(m->conf.anomalies, &entry, now->recv_ns);
	return stays;
}

static struct session *
find_apply(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    size_t i, struct session *s, bool created, struct find_changes *c)
{
	const struct task_warrant *w = j->w;
	const struct li_name *n = &m->payload.name[i];
	struct session *t = n->act == NAME_UNBIND ? NULL : find_by_name(m, now, w->row.id, i);
	bool join;

	if (n->kind == NAME_MEDIA && n->act == NAME_BIND && !find_tells_media(m, j, created))
		return s;
	switch ((enum name_act)n->act) {
	case NAME_UNBIND:
		break;
	case NAME_LINK:
		if (t == NULL || t == s || s->parent == t)
			break;
		s->parent = t;
		find_note_link(c, s, t, 0);
		break;
	case NAME_SEEK: /* packets came first: their address is what the access will name */
		if (t == NULL && created && n->kind == NAME_ADDRESS && !find_names_media(m) &&
		    names_find(m->conf.names, w->row.id, n->kind, m->name[i]) == NULL)
			find_bind(m, i, s, true, c);
		break;
	case NAME_BIND:
	case NAME_MOVE:
		if (t == s && !find_is_weak(m, w->row.id, i) && !find_says_else(m, w->row.id, i))
			break;
		join = t != NULL && t != s && find_may_join(m, i, s, t);
		if (join)
			s = find_join(m, now, s, t, c);
		if (!join || find_is_weak(m, w->row.id, i) || find_says_else(m, w->row.id, i))
			find_bind(m, i, s, false, c);
		break;
	}
	return s;
}

/* KEY with the time behind it: for a place whose session went to a call or an access. */
static struct octets
find_fresh(const struct mediate_now *now, struct octets key, uint8_t out[PAYLOAD_KEY_MAX])
{
	if (key.n > PAYLOAD_KEY_MAX - 8)
		key.n = PAYLOAD_KEY_MAX - 8;
	memcpy(out, key.p, key.n);
	octets_put64(out + key.n, (uint64_t)now->recv_ns);
	return (struct octets){out, key.n + 8};
}

static struct session *
find_new(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    struct find_changes *c)
{
	struct task_warrant *w = j->w;
	struct octets key = m->payload.ev.key;
	uint8_t name[16], point[16], fresh[PAYLOAD_KEY_MAX];
	bool again;
	struct session *s;

	memcpy(name, mediate_name(m, now), sizeof(name));
	again = find_is_point(m) && session_find(m->conf.sessions, w->row.id, name) != NULL;
	if (again) {
		names_hash(m->conf.names, NAME_POINT, now->pdu->xid, key, point);
		key = find_fresh(now, key, fresh);
		session_key(m->conf.sessions, now->pdu->xid, key, name);
	}
	w->account->sessions++;
	s = session_new(m->conf.sessions, w->row.id, w->row.lea, name,
	    (struct octets){w->row.liid, w->row.liid_n}, now->pdu->xid, key, now->recv_ns);
	if (again)
		names_bind(m->conf.names, find_row(c, NAME_POINT, point, s));
	s->correlated = now->pdu->correlation != 0;
	if (s->tries > 0) {
		struct anomaly a = {.kind = JOURNAL_SESSION,
		    .ne = now->src->ne,
		    .warrant = w->row.id,
		    .pdu = now->pdu,
		    .text = "CIN collision resolved"};

		anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	}
	return s;
}

/* In the journal: no agency's queue has records that are not for it. */
static void
find_write(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    const struct session *s, const struct find_changes *c)
{
	struct spool_meta meta = {.recv_ns = (uint64_t)now->recv_ns};

	if (c->n > 0)
		mediate_state(m, w, HO_JOURNAL, s, &meta, STATE_NAMES, c->n, c->row,
		    c->n * sizeof(c->row[0]));
	for (uint16_t i = 0; i < c->link_n; i++)
		mediate_state(m, w, HO_JOURNAL, c->linked[i], &meta, STATE_LINK, 1, &c->link[i],
		    sizeof(c->link[i]));
}

/* What is known of S beside its names. */
static void
find_about(
    struct mediate *m, struct task_warrant *w, const struct session *s, uint32_t ne, int64_t now_ns)
{
	struct spool_meta meta = {.recv_ns = (uint64_t)now_ns};
	struct state_session about = {.ne = ne, .correlated = s->correlated, .media = s->media};

	mediate_state(m, w, HO_JOURNAL, s, &meta, STATE_SESSION, 1, &about, sizeof(about));
}

void
mediate_seen(
    struct mediate *m, const struct mediate_now *now, struct task_warrant *w, struct session *s)
{
	if (session_seen_ne(s, now->src->ne))
		find_about(m, w, s, now->src->ne, now->recv_ns);
}

/* Media of an IRI open the CC of other NEs: recorded, so that it can be audited. */
static void
find_trigger(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    struct session *s, bool opens)
{
	struct anomaly a = {.kind = JOURNAL_TRIGGER,
	    .code = opens,
	    .ne = now != NULL ? now->src->ne : 0,
	    .warrant = w->row.id,
	    .first = s->cin,
	    .pdu = now != NULL ? now->pdu : NULL,
	    .text = opens ? "media named in an IRI: their CC is taken from any network element"
			  : "the session is over: the rule is closed"};

	if (s->media == opens)
		return;
	s->media = opens;
	anomaly_write(m->conf.anomalies, &a, now != NULL ? now->recv_ns : clock_wall_ns());
	find_about(m, w, s, 0, now != NULL ? now->recv_ns : clock_wall_ns());
}

void
mediate_rule_check(struct mediate *m, struct session *s)
{
	struct task_warrant *w = task_warrant_by_id(m->tasks, s->warrant);

	if (w != NULL && s->media && (!s->open || dialog_over(&s->dialog)))
		find_trigger(m, NULL, w, s, false);
}

struct session *
mediate_bind(struct mediate *m, struct mediate_now *now, struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct session *s = j->s;
	struct find_changes c; /* large */
	bool created = s == NULL;

	if (!created && m->payload.ev.class != HO_IRI && !now->media && !now->joins)
		return s; /* of a stream that is known */
	c.n = c.link_n = 0;
	if (created)
		s = find_new(m, now, j, &c);
	find_hash_names(m, now);
	for (size_t i = 0; i < m->payload.name_n && c.n < PAYLOAD_NAMES_MAX; i++)
		s = find_apply(m, now, j, i, s, created, &c);
	if (c.n > 0 || c.link_n > 0)
		find_write(m, now, w, s, &c);
	if (w->row.trigger && now->pdu->type == X23_TYPE_X2 && find_names_media(m))
		find_trigger(m, now, w, s, true);
	j->s = s;
	if (s->cc_class != 0 && mediate_queue(m, w, (enum ho_class)s->cc_class) != NULL)
		j->class = (enum ho_class)s->cc_class;
	return s;
}

/* ---- services */

/* What SDP said of the port; NULL: nothing.  Also of a call that is over: its last packets come
 * after its end. */
static const struct name_row *
find_port(struct mediate *m, uint32_t warrant, struct octets address, uint16_t port)
{
	static const uint8_t any[16];
	uint8_t a[18], name[16];
	const struct name_row *row;

	if ((address.n != 4 && address.n != 16) || port == 0)
		return NULL;
	memcpy(a, address.p, address.n);
	octets_put16(a + address.n, port);
	names_hash(m->conf.names, NAME_MEDIA, any, (struct octets){a, address.n + 2}, name);
	row = names_find(m->conf.names, warrant, NAME_MEDIA, name);
	return row != NULL && row->media != 0 ? row : NULL;
}

uint16_t
mediate_service_of(struct mediate *m, struct mediate_now *now, const struct task_warrant *w)
{
	const struct x23_pdu *pdu = now->pdu;
	uint16_t service = m->payload.ev.service;
	const struct name_row *row;
	const struct session *s;

	if (m->payload.ev.kind == LI_SIP) {
		s = mediate_seek(m, now, w, NULL);
		return s != NULL ? dialog_service(&m->payload.sip, &s->dialog, service) : service;
	}
	if (pdu->sdp.n > 0 && service == SERVICE_VIDEO)
		return service;
	row = find_port(m, w->row.id, pdu->dst, pdu->dst_port);
	if (row == NULL)
		row = find_port(m, w->row.id, pdu->src, pdu->src_port);
	return row != NULL ? payload_media_service(pdu->payload, row->media, row->video_pt)
			   : service;
}

bool
mediate_bound(const struct task_warrant *w, struct octets address, void *arg)
{
	struct mediate *m = arg;
	static const uint8_t any[16];
	const struct name_row *row;
	const struct session *s;
	uint8_t name[16];

	names_hash(m->conf.names, NAME_ADDRESS, any, address, name);
	row = names_find(m->conf.names, w->row.id, NAME_ADDRESS, name);
	if (row == NULL)
		row = find_prefix(m, w->row.id, address);
	s = row != NULL ? session_follow(session_find(m->conf.sessions, w->row.id, row->session))
			: NULL;
	return s != NULL && s->open && s->signalled;
}

void
mediate_unbind(
    struct mediate *m, struct mediate_now *now, struct task_warrant *w, const struct session *s)
{
	struct find_changes c = {.n = 0, .link_n = 0};

	for (size_t i = 0; i < now->named; i++) {
		uint8_t kind = m->payload.name[i].kind;
		const struct name_row *row;
		const struct session *t;

		if (m->payload.name[i].act != NAME_UNBIND)
			continue;
		row = names_find(m->conf.names, w->row.id, kind, m->name[i]);
		if (row == NULL)
			continue;
		t = session_follow(session_find(m->conf.sessions, w->row.id, row->session));
		if (t != NULL && t != s)
			continue; /* it was given to another one since */
		c.row[c.n] = *row;
		c.row[c.n++].bound = 0;
		names_unbind(m->conf.names, w->row.id, kind, m->name[i]);
	}
	if (c.n > 0)
		find_write(m, now, w, s, &c);
}

/* ---- ends */

void
mediate_close(struct mediate *m, struct session *s, int64_t now_ns)
{
	struct task_warrant *w = m->tasks != NULL ? task_warrant_by_id(m->tasks, s->warrant) : NULL;

	(void)now_ns;
	session_close(m->conf.sessions, s);
	if (w == NULL)
		return;
	mediate_groups(m, s);
	mediate_flows_end(m, s->warrant, s->key);
	if (w->profile->integrity != TASKSET_INTEGRITY_NONE)
		integrity_close(m->integrity, s->warrant, s->key);
	if (s->media)
		find_trigger(m, NULL, w, s, false);
}

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

	return s != NULL && (s->open || ((!find_until_close(row->kind) || row->media != 0) &&
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
