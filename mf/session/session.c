/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and CINs; see session.h.  Two open-addressing indexes over sessions that never move: by
 * (warrant, key) and by (LEA, CIN). */
#include "session/session.h"

#include "session/keyhash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SESSION_SLOTS_MIN 1024
#define SESSION_HUGE (2u << 20)
#define SESSION_CHUNK 512		     /* sessions per allocation */
#define SESSION_TOUCH_NS INT64_C(1000000000) /* the order of idleness is kept to the second */

struct session_chunk {
	SLIST_ENTRY(session_chunk) entry;
	struct session s[SESSION_CHUNK];
};

struct session_table {
	uint8_t secret[SESSION_SECRET_LEN];
	struct session **by_key, **by_cin; /* slot_n each, a power of two */
	size_t slot_n, n, open_n;
	SLIST_HEAD(, session_chunk) chunks;
	size_t chunk_used;
	TAILQ_HEAD(, session) open;
};

static size_t
session_key_hash(uint32_t warrant, const uint8_t key[16])
{
	return (size_t)(octets_get64(key) ^ warrant * UINT64_C(0x9e3779b97f4a7c15));
}

static size_t
session_cin_hash(uint32_t lea, uint32_t cin)
{
	return (size_t)(((uint64_t)lea << 32 | cin) * UINT64_C(0x9e3779b97f4a7c15) >> 20);
}

static size_t
session_key_slot(const struct session_table *t, uint32_t warrant, const uint8_t key[16])
{
	size_t i = session_key_hash(warrant, key) & (t->slot_n - 1);

	for (; t->by_key[i] != NULL; i = (i + 1) & (t->slot_n - 1))
		if (t->by_key[i]->warrant == warrant && memcmp(t->by_key[i]->key, key, 16) == 0)
			break;
	return i;
}

static size_t
session_cin_slot(const struct session_table *t, uint32_t lea, uint32_t cin)
{
	size_t i = session_cin_hash(lea, cin) & (t->slot_n - 1);

	for (; t->by_cin[i] != NULL; i = (i + 1) & (t->slot_n - 1))
		if (t->by_cin[i]->lea == lea && t->by_cin[i]->cin == cin)
			break;
	return i;
}

/* Large indexes lie in large pages where the system has them: they are used at random. */
static struct session **
session_slots_new(size_t n)
{
	size_t len = n * sizeof(struct session *);
	struct session **slots;

	if (len < SESSION_HUGE * 2) {
		slots = calloc(n, sizeof(*slots));
		assert(slots != NULL);
		return slots;
	}
	slots = aligned_alloc(SESSION_HUGE, len); /* both are powers of two */
	assert(slots != NULL);
	(void)madvise(slots, len, MADV_HUGEPAGE);
	memset(slots, 0, len);
	return slots;
}

static void
session_resize(struct session_table *t, size_t slot_n)
{
	struct session **old = t->by_key;
	size_t old_n = t->slot_n;

	t->slot_n = slot_n;
	free(t->by_cin);
	t->by_key = session_slots_new(t->slot_n);
	t->by_cin = session_slots_new(t->slot_n);
	for (size_t i = 0; i < old_n; i++) {
		if (old[i] == NULL)
			continue;
		t->by_key[session_key_slot(t, old[i]->warrant, old[i]->key)] = old[i];
		t->by_cin[session_cin_slot(t, old[i]->lea, old[i]->cin)] = old[i];
	}
	free(old);
}

void
session_reserve(struct session_table *t, size_t n)
{
	size_t slot_n = t->slot_n;

	while (slot_n < n * 2)
		slot_n *= 2;
	if (slot_n > t->slot_n)
		session_resize(t, slot_n);
}

void
session_expect(const struct session_table *t, const struct session *s)
{
	__builtin_prefetch(&t->by_key[session_key_hash(s->warrant, s->key) & (t->slot_n - 1)], 1);
	__builtin_prefetch(&t->by_cin[session_cin_hash(s->lea, s->cin) & (t->slot_n - 1)], 1);
}

struct session_table *
session_table_new(const uint8_t secret[SESSION_SECRET_LEN])
{
	struct session_table *t = calloc(1, sizeof(*t));

	assert(t != NULL);
	memcpy(t->secret, secret, sizeof(t->secret));
	SLIST_INIT(&t->chunks);
	TAILQ_INIT(&t->open);
	t->chunk_used = SESSION_CHUNK;
	session_resize(t, SESSION_SLOTS_MIN);
	return t;
}

void
session_table_free(struct session_table *t)
{
	struct session_chunk *c;

	if (t == NULL)
		return;
	while ((c = SLIST_FIRST(&t->chunks)) != NULL) {
		SLIST_REMOVE_HEAD(&t->chunks, entry);
		free(c);
	}
	free(t->by_key);
	free(t->by_cin);
	OPENSSL_cleanse(t->secret, sizeof(t->secret));
	free(t);
}

void
session_key(
    const struct session_table *t, const uint8_t xid[16], struct octets key, uint8_t out[16])
{
	uint8_t in[16 + PAYLOAD_KEY_MAX];

	assert(key.n <= PAYLOAD_KEY_MAX);
	memcpy(in, xid, 16);
	if (key.n > 0)
		memcpy(in + 16, key.p, key.n);
	keyhash128(t->secret, in, 16 + key.n, out);
}

struct session *
session_find(struct session_table *t, uint32_t warrant, const uint8_t key[16])
{
	return t->by_key[session_key_slot(t, warrant, key)];
}

/* Proposal number TRIES for the CIN of a communication. */
static uint32_t
session_cin(const struct session_table *t, struct octets liid, const uint8_t xid[16],
    struct octets correlation, uint32_t tries)
{
	uint8_t digest[EVP_MAX_MD_SIZE], n[4];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok;

	assert(md != NULL);
	n[0] = (uint8_t)liid.n; /* 1..25; makes the concatenation unambiguous */
	ok = EVP_DigestInit_ex(md, EVP_sha256(), NULL) &&
	     EVP_DigestUpdate(md, t->secret, sizeof(t->secret)) && EVP_DigestUpdate(md, n, 1) &&
	     EVP_DigestUpdate(md, liid.p, liid.n) && EVP_DigestUpdate(md, xid, 16) &&
	     EVP_DigestUpdate(md, correlation.p, correlation.n);
	octets_put32(n, tries);
	if (tries > 0)
		ok = ok && EVP_DigestUpdate(md, n, sizeof(n));
	ok = ok && EVP_DigestFinal_ex(md, digest, NULL);
	EVP_MD_CTX_free(md);
	assert(ok);
	return octets_get32(digest) >> 1;
}

/* Room for one more, not yet in the indexes. */
static struct session *
session_alloc(struct session_table *t)
{
	if (t->chunk_used == SESSION_CHUNK) {
		struct session_chunk *c = calloc(1, sizeof(*c));

		assert(c != NULL);
		SLIST_INSERT_HEAD(&t->chunks, c, entry);
		t->chunk_used = 0;
	}
	if ((t->n + 1) * 2 > t->slot_n)
		session_resize(t, t->slot_n * 2);
	return &SLIST_FIRST(&t->chunks)->s[t->chunk_used++];
}

static void
session_index(struct session_table *t, struct session *s)
{
	t->by_key[session_key_slot(t, s->warrant, s->key)] = s;
	t->by_cin[session_cin_slot(t, s->lea, s->cin)] = s;
	t->n++;
	if (s->open) {
		TAILQ_INSERT_TAIL(&t->open, s, lru);
		t->open_n++;
	}
}

struct session *
session_new(struct session_table *t, uint32_t warrant, uint32_t lea, const uint8_t key[16],
    struct octets liid, const uint8_t xid[16], struct octets correlation, int64_t now_ns)
{
	struct session *s = session_alloc(t);

	s->warrant = warrant;
	s->lea = lea;
	memcpy(s->key, key, 16);
	s->first_ns = s->last_ns = now_ns;
	s->open = true;
	do {
		assert(s->tries < UINT16_MAX);
		s->cin = session_cin(t, liid, xid, correlation, s->tries++);
	} while (s->cin == 0 || t->by_cin[session_cin_slot(t, lea, s->cin)] != NULL);
	s->tries--;
	session_index(t, s);
	return s;
}

bool
session_touch(struct session_table *t, struct session *s, int64_t now_ns)
{
	if (s->open && now_ns - s->last_ns < SESSION_TOUCH_NS)
		return false;
	s->last_ns = now_ns;
	if (s->open) {
		TAILQ_REMOVE(&t->open, s, lru);
		TAILQ_INSERT_TAIL(&t->open, s, lru);
		return false;
	}
	s->open = true;
	t->open_n++;
	TAILQ_INSERT_TAIL(&t->open, s, lru);
	return true;
}

void
session_close(struct session_table *t, struct session *s)
{
	if (!s->open)
		return;
	s->open = false;
	t->open_n--;
	TAILQ_REMOVE(&t->open, s, lru);
	if (!dialog_over(&s->dialog))
		s->dialog.state =
		    DIALOG_NONE; /* what comes later begins anew, under the same CIN */
}

size_t
session_idle(struct session_table *t, int64_t before_ns, session_cb cb, void *arg)
{
	struct session *s;
	size_t n = 0;

	while ((s = TAILQ_FIRST(&t->open)) != NULL && s->last_ns < before_ns) {
		session_close(t, s);
		n++;
		if (cb != NULL)
			cb(s, arg);
	}
	return n;
}

struct session *
session_follow(struct session *s)
{
	while (s != NULL && s->joined != NULL)
		s = s->joined;
	return s;
}

struct session *
session_join(struct session_table *t, struct session *s, struct session *to)
{
	s = session_follow(s);
	to = session_follow(to);
	if (s == to)
		return to;
	dialog_join(&to->dialog, &s->dialog);
	session_close(t, s);
	s->joined = to;
	to->link_cin = s->cin;
	to->link_new = true;
	to->signalled |= s->signalled;
	to->media |= s->media;
	s->media = false;
	if (to->parent == NULL && s->parent != to)
		to->parent = s->parent;
	for (int i = 0; i < SESSION_NES_MAX && s->ne[i] != 0; i++)
		session_seen_ne(to, s->ne[i]);
	to->formats |= s->formats;
	if (to->cc_class == 0)
		to->cc_class = s->cc_class;
	return to;
}

void
session_reset(struct session *s, enum ho_class class)
{
	if (s != NULL)
		s->next[session_series(class)] = 0;
}

bool
session_seen_ne(struct session *s, uint32_t ne)
{
	for (int i = 0; i < SESSION_NES_MAX; i++) {
		if (s->ne[i] == ne)
			return false;
		if (s->ne[i] == 0) {
			s->ne[i] = ne;
			return true;
		}
	}
	return false;
}

uint32_t
session_link(const struct session *s)
{
	if (s->parent == NULL || s->link_new)
		return s->link_cin;
	return session_follow(s->parent)->cin;
}

static void
session_merge(struct session *s, const struct session *from)
{
	for (int i = 0; i < SESSION_SERIES_N; i++)
		if (from->next[i] > s->next[i])
			s->next[i] = from->next[i];
	if (s->cc_class == 0)
		s->cc_class = from->cc_class;
	if (from->last_ns > s->last_ns) {
		s->last_ns = from->last_ns;
		s->dialog = from->dialog;
	}
}

struct session *
session_restore(struct session_table *t, const struct session *from)
{
	struct session *s = session_find(t, from->warrant, from->key);

	if (s != NULL) {
		session_merge(s, from);
		return s->cin == from->cin ? s : NULL;
	}
	if (t->by_cin[session_cin_slot(t, from->lea, from->cin)] != NULL)
		return NULL;
	s = session_alloc(t);
	*s = *from;
	session_index(t, s);
	return s;
}

struct session *
session_notices(struct session_table *t, uint32_t lea)
{
	struct session from = {.lea = lea};
	struct session *s;

	octets_put32(from.key, lea);
	s = session_find(t, 0, from.key);
	return s != NULL ? s : session_restore(t, &from);
}

struct session *
session_replay(struct session_table *t, uint32_t lea, enum session_series series, uint32_t warrant,
    const uint8_t key[16], uint32_t cin, uint32_t seq, int64_t time_ns)
{
	struct session *s = session_find(t, warrant, key);

	if (s == NULL) {
		struct session from = {.warrant = warrant,
		    .lea = lea,
		    .cin = cin,
		    .first_ns = time_ns,
		    .last_ns = time_ns};

		memcpy(from.key, key, 16);
		s = session_restore(t, &from);
	}
	if (s == NULL || s->cin != cin)
		return NULL;
	session_touch(t, s, time_ns > s->last_ns ? time_ns : s->last_ns);
	if (series < SESSION_SERIES_N && seq >= s->next[series])
		s->next[series] = seq + 1;
	return s;
}

void
session_spool_before(struct session *s, enum ho_class class, uint64_t rec)
{
	unsigned i = session_series(class);

	if (s->rec[i] > 0)
		return;
	s->rec[i] = rec;
	s->dest[i] = SESSION_DEST_ANY;
	s->rec_most[i] = true;
}

void
session_each(struct session_table *t, session_cb cb, void *arg)
{
	for (size_t i = 0; i < t->slot_n; i++)
		if (t->by_key[i] != NULL)
			cb(t->by_key[i], arg);
}

size_t
session_n(const struct session_table *t)
{
	return t->n;
}

size_t
session_open_n(const struct session_table *t)
{
	return t->open_n;
}
