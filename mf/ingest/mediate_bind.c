/* SPDX-License-Identifier: Apache-2.0 */
/* What a PDU changes about sessions: a new one, the names that mean it from now on, the one that it
 * joins, the access that it uses, the rule that it opens for CC of other elements.  See
 * mediate_priv.h and names.h; which session a PDU belongs to is found in mediate_find.c. */
#include "ingest/mediate_priv.h"

#include "base/clock.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <string.h>

/* What one PDU changes, for the state records. */
struct bind_changes {
	struct name_row row[PAYLOAD_NAMES_MAX + 1];
	uint16_t n;
	struct state_link link[PAYLOAD_NAMES_MAX];
	const struct session *linked[PAYLOAD_NAMES_MAX];
	uint16_t link_n;
};

/* What SDP said of a media name stays when packets bind it, which do not know. */
static void
bind_media(struct mediate *m, uint32_t warrant, size_t i, struct name_row *row)
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
bind_row(struct bind_changes *c, uint8_t kind, const uint8_t name[16], const struct session *s)
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
bind_name(struct mediate *m, size_t i, const struct session *s, bool weak, struct bind_changes *c)
{
	struct name_row *row = bind_row(c, m->payload.name[i].kind, m->name[i], s);

	row->weak = weak;
	bind_media(m, s->warrant, i, row);
	names_bind(m->conf.names, row);
}

static void
bind_note_link(
    struct bind_changes *c, const struct session *s, const struct session *other, uint32_t joined)
{
	struct state_link *l = &c->link[c->link_n];

	memset(l, 0, sizeof(*l));
	l->cin = other->cin;
	l->joined = joined;
	memcpy(l->other, other->key, sizeof(l->other));
	c->linked[c->link_n++] = s;
}

static bool
bind_is_weak(const struct mediate *m, uint32_t warrant, size_t i)
{
	const struct name_row *row =
	    names_find(m->conf.names, warrant, m->payload.name[i].kind, m->name[i]);

	return row != NULL && row->weak;
}

/* SDP says another thing of the port than it did. */
static bool
bind_says_else(const struct mediate *m, uint32_t warrant, size_t i)
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
bind_may_join(const struct mediate *m, size_t i, const struct session *a, const struct session *b)
{
	const struct li_name *n = &m->payload.name[i];

	if (n->act == NAME_SEEK)
		return false;
	if (n->act == NAME_MOVE && !bind_is_weak(m, a->warrant, i))
		return false;
	if (mediate_until_close(n->kind))
		return !a->signalled || !b->signalled;
	return true;
}

static bool
bind_names_media(const struct mediate *m)
{
	for (size_t i = 0; i < m->payload.name_n; i++)
		if (m->payload.name[i].kind == NAME_MEDIA && m->payload.name[i].act == NAME_BIND)
			return true;
	return false;
}

/* A packet tells the media of its session when it began it, or was found by them; a packet of an
 * access or of a place does not make the call that it carries a part of that. */
static bool
bind_tells_media(const struct mediate *m, const struct mediate_judged *j, bool created)
{
	if (m->payload.ev.class == HO_IRI)
		return true;
	if (created)
		return !mediate_is_point(m);
	return j->by != NAME_ADDRESS && j->by != NAME_POINT && !dialog_over(&j->s->dialog);
}

static uint64_t
bind_handed_over(const struct session *s)
{
	return (uint64_t)s->next[SESSION_IRI] + s->next[SESSION_CC];
}

/* The older one remains: what was handed over under its CIN is more.  Of two that came in one read
 * that is all that tells. */
static bool
bind_stays(const struct session *a, const struct session *b)
{
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	if (bind_handed_over(a) != bind_handed_over(b))
		return bind_handed_over(a) > bind_handed_over(b);
	return a->cin < b->cin;
}

static struct session *
bind_join(struct mediate *m, const struct mediate_now *now, struct session *a, struct session *b,
    struct bind_changes *c)
{
	struct session *stays = bind_stays(a, b) ? a : b, *goes = stays == a ? b : a;
	struct anomaly entry = {.kind = JOURNAL_SESSION,
	    .ne = now->src->ne,
	    .warrant = stays->warrant,
	    .cin = stays->cin,
	    .pdu = now->pdu,
	    .text = "joined: two CINs are one communication; the older one goes on"};

	mediate_groups(m, goes);
	session_join(m->conf.sessions, goes, stays);
	bind_note_link(c, goes, stays, 1);
	anomaly_write(m->conf.anomalies, &entry, now->recv_ns);
	return stays;
}

static struct session *
bind_apply(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    size_t i, struct session *s, bool created, struct bind_changes *c)
{
	const struct task_warrant *w = j->w;
	const struct li_name *n = &m->payload.name[i];
	struct session *t;
	bool join;

	if (n->act == NAME_UNBIND || (n->act == NAME_SEEK && !created))
		return s;
	if (n->kind == NAME_MEDIA && n->act == NAME_BIND && !bind_tells_media(m, j, created))
		return s;
	t = mediate_by_name(m, now, w->row.id, i);
	switch ((enum name_act)n->act) {
	case NAME_UNBIND:
		break;
	case NAME_LINK:
		if (t == NULL || t == s || s->parent == t)
			break;
		s->parent = t;
		bind_note_link(c, s, t, 0);
		break;
	case NAME_SEEK: /* packets came first: their address is what the access will name */
		if (t == NULL && created && n->kind == NAME_ADDRESS && !bind_names_media(m) &&
		    names_find(m->conf.names, w->row.id, n->kind, m->name[i]) == NULL)
			bind_name(m, i, s, true, c);
		break;
	case NAME_BIND:
	case NAME_MOVE:
		if (t == s && !bind_is_weak(m, w->row.id, i) && !bind_says_else(m, w->row.id, i))
			break;
		join = t != NULL && t != s && bind_may_join(m, i, s, t);
		if (join)
			s = bind_join(m, now, s, t, c);
		if (!join || bind_is_weak(m, w->row.id, i) || bind_says_else(m, w->row.id, i))
			bind_name(m, i, s, false, c);
		break;
	}
	return s;
}

/* KEY with the time behind it: for a place whose session went to a call or an access. */
static struct octets
bind_fresh(const struct mediate_now *now, struct octets key, uint8_t out[PAYLOAD_KEY_MAX])
{
	if (key.n > PAYLOAD_KEY_MAX - 8)
		key.n = PAYLOAD_KEY_MAX - 8;
	memcpy(out, key.p, key.n);
	octets_put64(out + key.n, (uint64_t)now->recv_ns);
	return (struct octets){out, key.n + 8};
}

static struct session *
bind_new(struct mediate *m, const struct mediate_now *now, const struct mediate_judged *j,
    struct bind_changes *c)
{
	struct task_warrant *w = j->w;
	struct octets key = m->payload.ev.key;
	uint8_t name[16], point[16], fresh[PAYLOAD_KEY_MAX];
	bool again;
	struct session *s;

	memcpy(name, mediate_name(m, now), sizeof(name));
	again = mediate_is_point(m) && session_find(m->conf.sessions, w->row.id, name) != NULL;
	if (again) {
		names_hash(m->conf.names, NAME_POINT, now->pdu->xid, key, point);
		key = bind_fresh(now, key, fresh);
		session_key(m->conf.sessions, now->pdu->xid, key, name);
	}
	w->account->sessions++;
	s = session_new(m->conf.sessions, w->row.id, w->row.lea, name,
	    (struct octets){w->row.liid, w->row.liid_n}, now->pdu->xid, key, now->recv_ns);
	if (again)
		names_bind(m->conf.names, bind_row(c, NAME_POINT, point, s));
	s->correlated = now->pdu->correlation != 0;
	if (s->tries > 0) {
		struct anomaly a = {.kind = JOURNAL_SESSION,
		    .ne = now->src->ne,
		    .warrant = w->row.id,
		    .cin = s->cin,
		    .pdu = now->pdu,
		    .text = "CIN collision resolved"};

		anomaly_write(m->conf.anomalies, &a, now->recv_ns);
	}
	return s;
}

/* In the journal: no agency's queue has records that are not for it. */
static void
bind_write(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    const struct session *s, const struct bind_changes *c)
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
bind_about(
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
		bind_about(m, w, s, now->src->ne, now->recv_ns);
}

/* Media of an IRI open the CC of other NEs: recorded, so that it can be audited. */
static void
bind_trigger(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
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
	bind_about(m, w, s, 0, now != NULL ? now->recv_ns : clock_wall_ns());
}

void
mediate_rule_check(struct mediate *m, struct session *s)
{
	struct task_warrant *w = task_warrant_by_id(m->tasks, s->warrant);

	if (w != NULL && s->media && (!s->open || dialog_over(&s->dialog)))
		bind_trigger(m, NULL, w, s, false);
}

/* Apart from those who seldom come here, below too: C is large, and is zeroed by the compiler. */
static __attribute__((noinline)) struct session *
bind_names(struct mediate *m, struct mediate_now *now, struct mediate_judged *j)
{
	struct task_warrant *w = j->w;
	struct session *s = j->s;
	struct bind_changes c;
	bool created = s == NULL;

	c.n = c.link_n = 0;
	if (created)
		s = bind_new(m, now, j, &c);
	mediate_hash_names(m, now);
	for (size_t i = 0; i < m->payload.name_n && c.n < PAYLOAD_NAMES_MAX; i++)
		s = bind_apply(m, now, j, i, s, created, &c);
	if (c.n > 0 || c.link_n > 0)
		bind_write(m, now, w, s, &c);
	if (w->row.trigger && now->pdu->type == X23_TYPE_X2 && bind_names_media(m))
		bind_trigger(m, now, w, s, true);
	j->s = s;
	if (s->cc_class != 0 && mediate_queue(m, w, (enum ho_class)s->cc_class) != NULL)
		j->class = (enum ho_class)s->cc_class;
	return s;
}

struct session *
mediate_bind(struct mediate *m, struct mediate_now *now, struct mediate_judged *j)
{
	if (j->s != NULL && m->payload.ev.class != HO_IRI && !now->media && !now->joins)
		return j->s; /* of a stream that is known */
	return bind_names(m, now, j);
}

/* From name FROM on. */
static __attribute__((noinline)) void
unbind_names(struct mediate *m, const struct mediate_now *now, struct task_warrant *w,
    const struct session *s, size_t from)
{
	struct bind_changes c;

	c.n = c.link_n = 0;
	for (size_t i = from; i < now->named; i++) {
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
		bind_write(m, now, w, s, &c);
}

void
mediate_unbind(
    struct mediate *m, struct mediate_now *now, struct task_warrant *w, const struct session *s)
{
	for (size_t i = 0; i < now->named; i++)
		if (m->payload.name[i].act == NAME_UNBIND) {
			unbind_names(m, now, w, s, i);
			return;
		}
}

void
mediate_close(struct mediate *m, struct session *s)
{
	struct task_warrant *w = m->tasks != NULL ? task_warrant_by_id(m->tasks, s->warrant) : NULL;

	session_close(m->conf.sessions, s);
	if (w == NULL)
		return;
	mediate_groups(m, s);
	mediate_flows_end(m, s->warrant, s->key);
	if (w->profile->integrity != TASKSET_INTEGRITY_NONE)
		integrity_close(m->integrity, s->warrant, s->key);
	if (s->media)
		bind_trigger(m, NULL, w, s, false);
}
