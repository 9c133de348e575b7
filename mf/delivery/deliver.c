/* SPDX-License-Identifier: Apache-2.0 */
/* The deliver role; see deliver.h. */
#include "delivery/deliver.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/tls.h"
#include "base/tlsconn.h"
#include "delivery/destination.h"
#include "delivery/hashing.h"
#include "delivery/hi_files.h"
#include "trust/dest_doc.h"
#include "trust/keychain.h"
#include "trust/ratchet.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DELIVER_DESTS_LEN (4u << 20) /* octets of the list from admin */
#define DELIVER_WATCH_S 1
#define DELIVER_SLOW_S 5     /* between two looks at the oldest record */
#define DELIVER_ORPHANS_N 16 /* unknown destinations that are remembered */
#define DELIVER_RECHECK_S 60

/* An unknown destination that was named: its first record. */
struct deliver_orphan {
	uint32_t id, class;
	uint64_t seg; /* not released before UNTIL_NS */
	int64_t until_ns;
};

struct deliver {
	struct role *role;
	struct dest_env env;
	struct destination *dest[DELIVER_DESTS_MAX];
	size_t dest_n;
	struct spool_pos head[DEST_CLASS_N];
	bool has_head[DEST_CLASS_N];
	uint64_t durable_seg[DEST_CLASS_N]; /* segments below are not needed, by a stored cursor */
	struct hashing *hashing;	    /* NULL: segments are not hashed */
	uint64_t orphan_rec[DEST_CLASS_N]; /* records below were counted as undeliverable, or not */
	struct deliver_orphan orphan[DELIVER_ORPHANS_N];
	unsigned orphan_next;
	uint64_t undeliverable;
	enum cursor_found found;
	uint64_t told_len[DEST_CLASS_N]; /* backlog that ingest knows; UINT64_MAX: none */
	bool lost_alarm;		 /* CURSOR-LOST is up since the start */
	struct event *store, *watch;
	int64_t store_ms; /* pause between two stores: grows with what a store takes */
	unsigned watches;
	char spool_dir[4096];
	EVP_PKEY *root;		 /* until KEYS has it */
	struct keychain *keys;	 /* NULL: nobody asks for signatures */
	struct ratchet *ratchet; /* by DID */
};

/* ---- what destinations need */

static void
deliver_alarm(void *arg, bool raised, const char *code, const char *name, const char *text)
{
	struct deliver *d = arg;
	char object[96];

	snprintf(object, sizeof(object), "%.30s/%.60s", d->role->lea_name, name);
	role_alarm(d->role, raised, code, object, "%s", text);
}

static void
deliver_moved(void *arg)
{
	struct deliver *d = arg;
	struct timeval tv = {d->store_ms / 1000, (suseconds_t)(d->store_ms % 1000) * 1000};

	if (!event_pending(d->store, EV_TIMEOUT, NULL))
		event_add(d->store, &tv);
}

static struct destination *
deliver_find(struct deliver *d, uint32_t id)
{
	for (size_t i = 0; i < d->dest_n; i++)
		if (destination_conf(d->dest[i])->id == id)
			return d->dest[i];
	return NULL;
}

/* The destination may become known in a moment (tasks and destinations travel on two channels): the
 * segment of its first record stays for a while.  A later record does not prolong that. */
static void
deliver_orphan(struct deliver *d, uint32_t id, enum ho_class class, uint64_t seg)
{
	struct deliver_orphan *o;

	for (unsigned i = 0; i < DELIVER_ORPHANS_N; i++)
		if (d->orphan[i].id == id && d->orphan[i].class == (uint32_t) class)
			return;
	o = &d->orphan[d->orphan_next++ % DELIVER_ORPHANS_N];
	*o = (struct deliver_orphan){
	    id, (uint32_t) class, seg, clock_mono_ns() + DELIVER_ORPHAN_S * CLOCK_NS_PER_S};
}

static void
deliver_other(void *arg, uint32_t id, enum ho_class class, const struct spool_pos *at)
{
	struct deliver *d = arg;
	struct destination *other = deliver_find(d, id);
	char name[40];

	if (at->rec < d->orphan_rec[class] || (other != NULL && destination_takes(other, class)))
		return;
	d->orphan_rec[class] = at->rec + 1;
	d->undeliverable++;
	deliver_orphan(d, id, class, at->seg);
	snprintf(name, sizeof(name), "destination %u", id);
	deliver_alarm(d, true, "DEST-REMOVED", name,
	    "records of this LEA name a destination that is not known (any more), or not for this "
	    "class: they are not delivered");
}

/* ---- cursor and releases */

static void
deliver_send_release(struct deliver *d, int class)
{
	struct role_msg_release m = {
	    .lea = d->role->lea, .class = (uint32_t) class, .seg = d->durable_seg[class]};

	if (d->hashing != NULL && hashing_below(d->hashing, (enum ho_class) class) < m.seg)
		m.seg = hashing_below(d->hashing, (enum ho_class) class);
	if (m.seg > 0)
		role_send(d->role, ROLE_INGEST, 0, ROLE_MSG_RELEASE, &m, sizeof(m), -1);
}

static void
deliver_hashed(void *arg, const struct role_msg_hash *m)
{
	struct deliver *d = arg;

	role_send(d->role, ROLE_INGEST, 0, ROLE_MSG_HASH, m, sizeof(*m), -1);
}

static void
deliver_hash_moved(void *arg, enum ho_class class)
{
	deliver_send_release(arg, (int)class);
}

/* First segment of CLASS that someone needs; UINT64_MAX: no destination takes the class. */
static uint64_t
deliver_needed(const struct deliver *d, int class)
{
	int64_t now = clock_mono_ns();
	uint64_t min = UINT64_MAX;

	for (size_t i = 0; i < d->dest_n; i++)
		if (destination_takes(d->dest[i], (enum ho_class) class)) {
			uint64_t seg = destination_cursor(d->dest[i], (enum ho_class) class).seg;

			min = seg < min ? seg : min;
		}
	for (unsigned i = 0; min != UINT64_MAX && i < DELIVER_ORPHANS_N; i++) {
		const struct deliver_orphan *o = &d->orphan[i];

		if (o->class == (uint32_t) class && now < o->until_ns && o->seg < min)
			min = o->seg;
	}
	return min;
}

/* The stored cursors say which segments nobody needs.  A class without a destination keeps all. */
static void
deliver_release(struct deliver *d)
{
	for (int c = 0; c < DEST_CLASS_N; c++) {
		uint64_t seg = deliver_needed(d, c);

		if (seg != UINT64_MAX && seg > d->durable_seg[c]) {
			d->durable_seg[c] = seg;
			if (d->hashing != NULL)
				hashing_want(d->hashing, (enum ho_class)c, seg);
			else
				deliver_send_release(d, c);
		}
	}
}

static void
deliver_store(struct deliver *d)
{
	int64_t began = clock_mono_ns(), took_ms;
	int r = cursor_store(d->env.cursor);

	if (r > 0)
		log_fatal("CURSOR-STORE",
		    "the disk failed under the cursor file (fdatasync: %s): check the disk; "
		    "starting again from what it holds",
		    strerror(errno));
	took_ms = (clock_mono_ns() - began) / 1000000;
	/* Of a slow disk not more than a twentieth, but one slow store must not hold back for long
	 * what has been delivered: it counts against the quota. */
	d->store_ms = took_ms * 20 > DELIVER_STORE_MS ? took_ms * 20 : DELIVER_STORE_MS;
	if (d->store_ms > DELIVER_STORE_MAX_MS)
		d->store_ms = DELIVER_STORE_MAX_MS;
	deliver_alarm(d, r < 0, "CURSOR-STORE", "cursor", r < 0 ? strerror(-r) : "stored");
	if (r < 0)
		deliver_moved(d);
	else
		deliver_release(d);
}

static void
deliver_on_store(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	deliver_store(arg);
}

/* ---- watching */

static void
deliver_watch_lost(struct deliver *d)
{
	if (!d->lost_alarm || d->dest_n == 0)
		return;
	for (size_t i = 0; i < d->dest_n; i++)
		for (int c = 0; c < DEST_CLASS_N; c++)
			if (destination_takes(d->dest[i], (enum ho_class)c) &&
			    (!d->has_head[c] ||
				destination_backlog(d->dest[i], (enum ho_class)c) > 0))
				return;
	d->lost_alarm = false;
	deliver_alarm(d, false, "CURSOR-LOST", "cursor", "everything was sent again");
}

/* What waits for the link, for the fall-back to metadata.  Destinations share a queue: the one that
 * is farthest behind waits for all of it, and the others for a part of the same. */
static void
deliver_tell_backlog(struct deliver *d, enum ho_class class)
{
	struct role_msg_backlog m = {.lea = d->role->lea, .class = (uint32_t) class};

	if (!d->has_head[class] || (d->dest_n == 0 && d->told_len[class] == UINT64_MAX))
		return; /* just started: not known yet */
	for (size_t i = 0; i < d->dest_n; i++) {
		uint64_t n = destination_unsent_len(d->dest[i], class);

		m.octets = n > m.octets ? n : m.octets;
	}
	if (m.octets == d->told_len[class])
		return;
	d->told_len[class] = m.octets;
	role_send(d->role, ROLE_INGEST, 0, ROLE_MSG_BACKLOG, &m, sizeof(m), -1);
}

/* Since when links are down, for the orders that limit what may wait for them. */
static void
deliver_tell_links(struct deliver *d, bool again)
{
	struct role_msg_link m = {.lea = d->role->lea};

	for (size_t i = 0; i < d->dest_n; i++) {
		m.dest = destination_conf(d->dest[i])->id;
		if (destination_link(d->dest[i], again, &m.down_ns))
			role_send(d->role, ROLE_INGEST, 0, ROLE_MSG_LINK, &m, sizeof(m), -1);
	}
}

static void
deliver_on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct deliver *d = arg;
	bool recheck = ++d->watches % (DELIVER_RECHECK_S / DELIVER_WATCH_S) == 0;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < d->dest_n; i++) {
		destination_rest(d->dest[i]);
		if (d->watches % DELIVER_SLOW_S == 0)
			destination_watch(d->dest[i]);
		if (recheck)
			destination_recheck(d->dest[i]);
	}
	for (int c = 0; c < DEST_CLASS_N; c++)
		deliver_tell_backlog(d, (enum ho_class)c);
	deliver_tell_links(d, false);
	deliver_watch_lost(d);
	if (!cursor_dirty(d->env.cursor))
		deliver_release(d); /* what orphans held */
}

/* ---- the list of destinations */

static void
deliver_remove(struct deliver *d, size_t i)
{
	struct destination *gone = d->dest[i];
	char name[64], text[160];
	uint64_t n = 0;

	for (int c = 0; c < DEST_CLASS_N; c++)
		if (destination_takes(gone, (enum ho_class)c)) {
			n += destination_backlog(gone, (enum ho_class)c);
			d->orphan_rec[c] = d->head[c].rec;
		}
	snprintf(name, sizeof(name), "%s", destination_conf(gone)->name);
	destination_remove(gone);
	d->dest[i] = d->dest[--d->dest_n];
	if (n == 0)
		return;
	d->undeliverable += n;
	snprintf(text, sizeof(text),
	    "removed while up to %llu records waited for it: they are not delivered",
	    (unsigned long long)n);
	deliver_alarm(d, true, "DEST-REMOVED", name, text);
}

static void
deliver_apply(struct deliver *d, const struct dest_conf *c)
{
	struct destination *old = deliver_find(d, c->id);

	if (old != NULL) {
		destination_update(old, c);
	} else {
		assert(d->dest_n < DELIVER_DESTS_MAX);
		old = d->dest[d->dest_n++] = destination_new(&d->env, c);
	}
	for (int i = 0; i < DEST_CLASS_N; i++)
		if (d->has_head[i])
			destination_head(old, (enum ho_class)i, &d->head[i]);
	deliver_moved(d);
}

static uint32_t
deliver_json_id(const json_t *j)
{
	json_int_t id = json_integer_value(json_object_get(j, "id"));

	return id > 0 && id <= UINT32_MAX ? (uint32_t)id : 0;
}

static bool
deliver_listed(const json_t *list, uint32_t id)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (deliver_json_id(json_array_get(list, i)) == id)
			return true;
	return false;
}

/* Cursors of destinations that went while this role was not running. */
static void
deliver_drop_cursors(struct deliver *d, const json_t *list)
{
	const struct cursor_pos *e;

	for (size_t i = 0; (e = cursor_each(d->env.cursor, i)) != NULL;) {
		if (deliver_listed(list, e->dest)) {
			i++;
			continue;
		}
		log_notice(
		    "DEST-REMOVED", "destination %u is gone: its cursor is dropped", e->dest);
		cursor_drop(d->env.cursor, e->dest, (enum ho_class)e->class);
	}
}

/* ---- are they signed? */

static void
deliver_keys(struct deliver *d, json_t *keys)
{
	const char *text = json_string_value(keys), *why = "";
	int r = keychain_take(d->keys, text == NULL ? "" : text, json_string_length(keys), &why);

	deliver_alarm(d, r < 0, "KEY-LIST", "deliver", r < 0 ? why : "the key list is right");
}

/* NULL: it is; else why not. */
static const char *
deliver_unsigned(struct deliver *d, json_t *j, const struct dest_conf *c)
{
	struct ratchet_row row;
	const char *why;

	memset(&row, 0, sizeof(row));
	row.until_ns = INT64_MAX;
	if (dest_doc_check(keychain_list(d->keys), j, d->role->lea_name, &row.submitted_ns, &why) <
	    0)
		return why;
	if (!ratchet_uuid(c->did, row.uuid))
		return "its DID is no UUID";
	why = ratchet_check(d->ratchet, &row);
	ratchet_sync(d->ratchet);
	return why;
}

/* C from J.  One that is not signed goes on as it was, but without a connection. */
static void
deliver_signed(struct deliver *d, json_t *j, struct dest_conf *c)
{
	const char *why = d->keys == NULL ? NULL : deliver_unsigned(d, j, c);
	const struct destination *old = deliver_find(d, c->id);
	char name[64];

	memcpy(name, c->name, sizeof(name));
	if (why != NULL && old != NULL) {
		memcpy(c, destination_conf(old), sizeof(*c));
		memcpy(name, c->name, sizeof(name));
	}
	c->refused = why != NULL;
	if (d->keys != NULL)
		deliver_alarm(d, why != NULL, "DEST-UNSIGNED", name,
		    why != NULL ? why : "it is as two persons signed it");
}

/* A description that cannot be read changes nothing: a destination of that id goes on as it was. */
static void
deliver_dests(struct deliver *d, json_t *list)
{
	struct dest_conf c;
	char why[200];
	bool bad = false;

	for (size_t i = 0; i < d->dest_n;)
		if (deliver_listed(list, destination_conf(d->dest[i])->id))
			i++;
		else
			deliver_remove(d, i);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *j = json_array_get(list, i);

		if (d->dest_n == DELIVER_DESTS_MAX && deliver_find(d, deliver_json_id(j)) == NULL)
			snprintf(why, sizeof(why), "more than %d destinations", DELIVER_DESTS_MAX);
		else if (dest_conf_parse(j, &c, why, sizeof(why)) == 0) {
			deliver_signed(d, j, &c);
			deliver_apply(d, &c);
			continue;
		}
		bad = true;
		deliver_alarm(d, true, "DEST-INVALID", "destinations", why);
	}
	if (!bad)
		deliver_alarm(d, false, "DEST-INVALID", "destinations", "all are valid");
	deliver_drop_cursors(d, list);
}

static void
deliver_on_dests(struct deliver *d, const struct msg *m)
{
	void *text;
	size_t len;
	json_error_t err;
	json_t *message, *list;
	int r = msg_memfd_read(m->fd, DELIVER_DESTS_LEN, &text, &len);

	if (r < 0) {
		log_err("DEST-INVALID", "cannot read the list of destinations: %s", strerror(-r));
		return;
	}
	message = json_loadb(text, len, JSON_REJECT_DUPLICATES, &err);
	free(text);
	if (d->keys != NULL)
		deliver_keys(d, json_object_get(message, "keys"));
	list = json_is_object(message) ? json_object_get(message, "destinations") : message;
	if (json_is_array(list))
		deliver_dests(d, list);
	else
		log_err("DEST-INVALID", "the list of destinations is not a JSON array");
	json_decref(message);
}

/* ---- messages */

static void
deliver_on_head(struct deliver *d, const struct msg *m)
{
	struct role_msg_head h;

	if (m->len != sizeof(h))
		return;
	memcpy(&h, m->data, sizeof(h));
	if (h.lea != d->role->lea || h.class >= DEST_CLASS_N)
		return;
	d->head[h.class] = h.head;
	d->has_head[h.class] = true;
	for (size_t i = 0; i < d->dest_n; i++)
		destination_head(d->dest[i], (enum ho_class)h.class, &h.head);
}

static void
deliver_on_test_pdu(struct deliver *d, const struct msg *m)
{
	struct destination *to;
	uint32_t id;

	if (m->len != sizeof(id))
		return;
	memcpy(&id, m->data, sizeof(id));
	to = deliver_find(d, id);
	if (to == NULL)
		log_warn("TEST-PDU", "destination %u is not known", id);
	else if (destination_test_pdu(to) < 0)
		log_warn("TEST-PDU", "%s: not connected, no test PDU was sent",
		    destination_conf(to)->name);
	else
		log_notice("TEST-PDU", "%s: test PDU sent", destination_conf(to)->name);
}

static void
deliver_message(struct role *r, enum role_id peer, uint32_t lea, const struct msg *m)
{
	struct deliver *d = r->state;

	(void)lea;
	if (m->type == ROLE_MSG_DESTS && peer == ROLE_ADMIN) {
		deliver_on_dests(d, m);
		return;
	}
	if (m->fd >= 0)
		close(m->fd);
	if (m->type == ROLE_MSG_HEAD && peer == ROLE_INGEST)
		deliver_on_head(d, m);
	else if (m->type == ROLE_MSG_TESTPDU && peer == ROLE_ADMIN)
		deliver_on_test_pdu(d, m);
}

static void
deliver_peer_up(struct role *r, enum role_id peer, uint32_t lea)
{
	struct deliver *d = r->state;

	(void)lea;
	if (peer != ROLE_INGEST)
		return;
	if (d->hashing != NULL)
		hashing_again(d->hashing);
	deliver_tell_links(d, true);
	for (int c = 0; c < DEST_CLASS_N; c++) {
		deliver_send_release(d, c);
		d->told_len[c] = UINT64_MAX; /* a new process: it knows nothing */
	}
}

/* ---- credentials */

/* New contexts; the old ones stay when the files are not good.  Connections keep theirs. */
static void
deliver_credentials(struct deliver *d)
{
	struct conf_tls files = d->role->conf->hi;
	char cert[4096], key[4096];

	if (hi_files_own(d->role, cert, key, sizeof(cert))) {
		files.cert = cert;
		files.key = key;
	}
	if (files.cert == NULL || files.key == NULL || files.ca == NULL)
		return; /* plain destinations only; the others say NO-CREDENTIALS */
	for (int tls12 = 0; tls12 < 2; tls12++) {
		SSL_CTX *ctx = tls_ctx_new(&files, false, tls12 != 0);

		deliver_alarm(d, ctx == NULL, "TLS-FILE", "certificates",
		    ctx == NULL ? "the files of 'hi' cannot be used, see the log" : "loaded");
		if (ctx == NULL)
			return;
		SSL_CTX_free(d->env.ctx[tls12]);
		d->env.ctx[tls12] = ctx;
	}
}

static void
deliver_reload(struct role *r)
{
	struct deliver *d = r->state;

	deliver_credentials(d);
	for (size_t i = 0; i < d->dest_n; i++)
		destination_recheck(d->dest[i]);
}

/* ---- start and stop */

static void
deliver_sandbox(struct deliver *d, const char *own)
{
	const struct conf *c = d->role->conf;
	char dir[4][4096];
	struct sandbox_path paths[] = {
	    {own, true},
	    hi_files_folder(c->hi.cert, dir[0], sizeof(dir[0])),
	    hi_files_folder(c->hi.key, dir[1], sizeof(dir[1])),
	    hi_files_folder(c->hi.ca, dir[2], sizeof(dir[2])),
	    hi_files_folder(c->hi.crl, dir[3], sizeof(dir[3])),
	    {c->hi_dir, false},
	};

	sandbox_enter(&(struct sandbox){.path = paths,
	    .path_n = sizeof(paths) / sizeof(paths[0]),
	    .may = SANDBOX_CONNECT,
	    .mode = c->sandbox});
}

/* The root key, while the file may be readable for root only.  Without it nothing is delivered. */
static void
deliver_root(struct deliver *d)
{
	const struct conf *c = d->role->conf;
	const char *why = "";

	if (c->trust_unsigned || c->trust_root == NULL)
		return;
	d->root = sign_public_load(c->trust_root, &why);
	if (d->root == NULL)
		log_err("TRUST-ROOT", "%s: %s: no destination will be served", c->trust_root, why);
}

static void
deliver_trust(struct deliver *d, const char *own)
{
	char mark[4224], file[4224];

	if (d->role->conf->trust_unsigned || d->role->conf->trust_root == NULL)
		return;
	snprintf(mark, sizeof(mark), "%s/keylist", own);
	snprintf(file, sizeof(file), "%s/destinations", own);
	d->keys = keychain_new(d->root, mark);
	d->root = NULL;
	d->ratchet = ratchet_open(file);
}

static int
deliver_open_cursor(struct deliver *d)
{
	char path[4224], own[4160];

	snprintf(d->spool_dir, sizeof(d->spool_dir), "%s/spool", d->role->conf->state_dir);
	snprintf(own, sizeof(own), "%s/%u", d->spool_dir, d->role->lea);
	snprintf(path, sizeof(path), "%s/cursor", own);
	d->env.cursor = cursor_open(path, d->role->lea, &d->found);
	if (d->env.cursor == NULL) {
		log_err("CURSOR-OPEN", "%s: %s", path, strerror(errno));
		return -1;
	}
	if (d->found == CURSOR_OLDER)
		log_notice("CURSOR-OLDER",
		    "the newest state of the cursor file is torn: the one before counts");
	if (d->found == CURSOR_LOST) {
		d->lost_alarm = true;
		deliver_alarm(d, true, "CURSOR-LOST", "cursor",
		    "the cursor file cannot be read: all records still in the spool are sent "
		    "again");
	}
	deliver_trust(d, own);
	deliver_sandbox(d, own);
	return 0;
}

static void
deliver_free(struct deliver *d)
{
	for (size_t i = 0; i < d->dest_n; i++)
		destination_free(d->dest[i]);
	if (d->store != NULL)
		event_free(d->store);
	if (d->watch != NULL)
		event_free(d->watch);
	keychain_free(d->keys);
	ratchet_close(d->ratchet);
	EVP_PKEY_free(d->root);
	hashing_free(d->hashing);
	cursor_close(d->env.cursor);
	tlsloop_free(d->env.loop);
	SSL_CTX_free(d->env.ctx[0]);
	SSL_CTX_free(d->env.ctx[1]);
	free(d);
}

static int
deliver_start(struct role *r)
{
	struct deliver *d = calloc(1, sizeof(*d));
	struct timeval watch = {DELIVER_WATCH_S, 0};

	assert(d != NULL);
	r->state = d;
	d->role = r;
	d->store_ms = DELIVER_STORE_MS;
	memset(d->told_len, 0xff, sizeof(d->told_len));
	srandom((unsigned)(clock_mono_ns() ^ getpid())); /* jitter only */
	deliver_credentials(d);				 /* the key may be readable for root only */
	deliver_root(d);
	if (sandbox_user(r->conf->user) < 0 || deliver_open_cursor(d) < 0) {
		cursor_close(d->env.cursor);
		free(d);
		return -1;
	}
	d->env.base = r->base;
	d->env.loop = tlsloop_new(r->base, 0);
	d->env.spool_dir = d->spool_dir;
	d->env.lea = r->lea;
	d->env.segment_len = r->conf->segment_len;
	d->env.alarm = deliver_alarm;
	d->env.moved = deliver_moved;
	d->env.other = deliver_other;
	d->env.arg = d;
	d->store = event_new(r->base, -1, 0, deliver_on_store, d);
	d->watch = event_new(r->base, -1, EV_PERSIST, deliver_on_watch, d);
	assert(d->store != NULL && d->watch != NULL);
	if (r->conf->segment_hash)
		d->hashing = hashing_new(&(struct hashing_env){.base = r->base,
		    .dir = d->spool_dir,
		    .lea = r->lea,
		    .arg = d,
		    .hash = deliver_hashed,
		    .moved = deliver_hash_moved});
	event_add(d->watch, &watch);
	return 0;
}

static bool
deliver_quiet(const struct deliver *d)
{
	for (size_t i = 0; i < d->dest_n; i++)
		if (!destination_quiet(d->dest[i]))
			return false;
	return true;
}

/* The loop has ended: run it a little longer for the last acknowledgements. */
static void
deliver_stop(struct role *r)
{
	struct deliver *d = r->state;
	int64_t until = clock_mono_ns() + DELIVER_STOP_MS * INT64_C(1000000);
	struct timeval tick = {0, 20000};

	event_del(d->watch);
	event_add(d->watch, &tick); /* wakes the loop */
	for (size_t i = 0; i < d->dest_n; i++)
		destination_quiesce(d->dest[i]);
	while (!deliver_quiet(d) && clock_mono_ns() < until)
		if (event_base_loop(r->base, EVLOOP_ONCE) != 0)
			break;
	deliver_store(d);
	deliver_free(d);
	r->state = NULL;
}

/* ---- status */

static json_t *
deliver_warrants(const struct deliver *d)
{
	const struct cursor_warrant *w;
	json_t *all = json_array();

	for (size_t i = 0; (w = cursor_warrant_each(d->env.cursor, i)) != NULL; i++)
		json_array_append_new(
		    all, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "warrant",
			     (json_int_t)w->warrant, "records", (json_int_t)(w->iri + w->cc),
			     "octets", (json_int_t)w->octets, "iri", (json_int_t)w->iri, "cc",
			     (json_int_t)w->cc, "notices", (json_int_t)w->notices, "delay_ns",
			     (json_int_t)w->delay_ns, "delay_day", (json_int_t)w->delay_day));
	return all;
}

static json_t *
deliver_status(struct role *r, bool brief)
{
	struct deliver *d = r->state;
	json_t *dests = json_array();

	for (size_t i = 0; i < d->dest_n; i++)
		json_array_append_new(dests, destination_status(d->dest[i]));
	return json_pack("{s:s, s:I, s:s, s:s, s:I, s:o, s:o}", "role", "deliver", "lea",
	    (json_int_t)r->lea, "name", r->lea_name, "cursor", cursor_found_name(d->found),
	    "undeliverable", (json_int_t)d->undeliverable, "destinations", dests, "warrants",
	    brief ? json_array() : deliver_warrants(d));
}

const struct role_ops deliver_ops = {
    .id = ROLE_DELIVER,
    .start = deliver_start,
    .stop = deliver_stop,
    .reload = deliver_reload,
    .peer_up = deliver_peer_up,
    .message = deliver_message,
    .status = deliver_status,
};
