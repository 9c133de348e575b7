/* SPDX-License-Identifier: Apache-2.0 */
/* The ingest role; see ingest.h. */
#include "ingest/ingest.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "base/sandbox.h"
#include "ingest/recover.h"
#include "spool/segment.h"
#include "trust/sign.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INGEST_WINDOW 65536   /* sequence numbers remembered per context */
#define INGEST_KEPT_S 600     /* an NE sends again what was not acknowledged within this time */
#define INGEST_IDLE_US 4000   /* between two looks at signatures */
#define INGEST_IDLE_NS 400000 /* so long each */
#define INGEST_STOP_S 5	      /* longest wait for the disk when ending */

/* ---- deployment key: names CINs and sessions; losing it means new CINs for known communications
 */

static int
ingest_secret_make(const char *state_dir, const char *path, uint8_t secret[SESSION_SECRET_LEN])
{
	char tmp[600];
	int fd, rc;

	random_octets(secret, SESSION_SECRET_LEN);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : 0;
	if (rc == 0)
		rc = segment_write(fd, secret, SESSION_SECRET_LEN, 0);
	if (rc == 0)
		rc = segment_sync(fd);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = -errno;
	if (rc == 0)
		rc = file_dir_sync(state_dir);
	if (rc < 0) {
		log_err("DEPLOYMENT-KEY", "%s: cannot be made: %s", path, strerror(-rc));
		unlink(tmp);
	}
	if (fd >= 0)
		close(fd);
	if (rc < 0)
		return rc;
	log_notice("DEPLOYMENT-KEY", "%s: made", path);
	return 0;
}

static int
ingest_secret(const char *state_dir, uint8_t secret[SESSION_SECRET_LEN])
{
	char path[520];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/deployment.key", state_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ingest_secret_make(state_dir, path, secret);
	if (fd < 0) {
		log_err("DEPLOYMENT-KEY", "%s: %s", path, strerror(errno));
		return -errno;
	}
	do
		n = read(fd, secret, SESSION_SECRET_LEN);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		log_err("DEPLOYMENT-KEY", "%s: %s", path, strerror(errno));
	close(fd);
	if (n == SESSION_SECRET_LEN)
		return 0;
	if (n < 0)
		return -EIO;
	log_err("DEPLOYMENT-KEY", "%s: not %d octets long: put the right file back", path,
	    SESSION_SECRET_LEN);
	return -EINVAL;
}

/* ---- events of the spool and the mediator */

static void
ingest_resume(struct ingest *g)
{
	if (!g->paused || spool_full(g->spool))
		return;
	g->paused = false;
	listener_pause(g->listener, false);
}

static void
ingest_quota(struct ingest *g, uint32_t lea)
{
	unsigned level = spool_lea_level(g->spool, lea);
	char object[32];

	snprintf(object, sizeof(object), "lea %u", lea);
	role_alarm(g->role, level >= 50, "SPOOL-QUOTA-50", object,
	    "the delivery buffer is filling: half of its quota is used");
	role_alarm(g->role, level >= 80, "SPOOL-QUOTA-80", object,
	    "80 %% of the quota of the delivery buffer is used");
	role_alarm(g->role, level >= 95, "SPOOL-QUOTA-95", object,
	    "95 %% of the quota of the delivery buffer is used: shedding is near");
}

static void
ingest_on_spool(enum spool_event ev, uint32_t lea, void *arg)
{
	struct ingest *g = arg;

	if (g->spool == NULL || g->listener == NULL)
		return; /* while opening */
	switch (ev) {
	case SPOOL_EV_DURABLE:
		listener_durable(g->listener, spool_durable(g->spool));
		ingest_heads(g);
		ingest_released(g);
		ingest_told(g);
		ingest_save_durable(g);
		ingest_save_rolled(g);
		ingest_resume(g);
		break;
	case SPOOL_EV_QUOTA:
		ingest_quota(g, lea);
		break;
	case SPOOL_EV_FLOOR:
		role_alarm(g->role, spool_full(g->spool), "SPOOL-FLOOR", "spool",
		    "no disk space: X2 and X3 are not read and not acknowledged until there is");
		ingest_resume(g);
		break;
	}
}

static void
ingest_keyless(struct ingest *g, uint32_t lea)
{
	char object[32];

	for (size_t i = 0; i < g->keyless_n; i++)
		if (g->keyless[i] == lea)
			return;
	if (g->keyless_n < INGEST_KEYLESS_MAX)
		g->keyless[g->keyless_n++] = lea;
	snprintf(object, sizeof(object), "lea %u", lea);
	role_alarm(g->role, true, "HANDOVER-KEY", object,
	    "a key of this agency is missing: warrants whose profile needs it stand still");
}

/* Clear the alarms of OLD that the new task set did not raise again. */
static void
ingest_keyed(struct ingest *g, const uint32_t *old, size_t old_n)
{
	char object[32];

	for (size_t i = 0; i < old_n; i++) {
		size_t k = 0;

		while (k < g->keyless_n && g->keyless[k] != old[i])
			k++;
		snprintf(object, sizeof(object), "lea %u", old[i]);
		if (k == g->keyless_n)
			role_alarm(g->role, false, "HANDOVER-KEY", object, "the key is there");
	}
}

/* Work with SET from now on (NULL: with the one in force, its keys were read again). */
static void
ingest_take(struct ingest *g, struct task_set *set)
{
	uint32_t old[INGEST_KEYLESS_MAX];
	size_t n = g->keyless_n;

	memcpy(old, g->keyless, sizeof(old));
	g->keyless_n = 0;
	if (set != NULL) {
		mediate_tasks(g->mediate, set);
		event_active(g->idle, EV_TIMEOUT, 0);
	} else
		mediate_rekey(g->mediate);
	ingest_keyed(g, old, n);
}

static void
ingest_on_mediate(enum mediate_event ev, uint32_t ne, uint32_t lea, enum ho_class class, void *arg)
{
	struct ingest *g = arg;
	struct ingest_ne *n;
	char object[48];

	snprintf(object, sizeof(object), "lea %u %s", lea, ho_class_name(class));
	switch (ev) {
	case MEDIATE_GAP:
		n = ingest_ne(g, ne, 0, NULL);
		n->gap_ns = clock_wall_ns();
		role_alarm(g->role, true, "X-GAP", n->name,
		    "sequence numbers are missing in what it sends; see the journal");
		break;
	case MEDIATE_SHED:
	case MEDIATE_SHED_END:
		role_alarm(g->role, ev == MEDIATE_SHED, "SPOOL-SHED", object,
		    "quota used up: product is discarded, counted and reported to the LEMF");
		break;
	case MEDIATE_OUTAGE:
	case MEDIATE_OUTAGE_END:
		role_alarm(g->role, ev == MEDIATE_OUTAGE, "OUTAGE-SHED", object,
		    "the link is down for longer than orders let product wait: it is discarded, "
		    "counted and reported to the LEMF");
		break;
	case MEDIATE_METADATA:
	case MEDIATE_METADATA_END:
		snprintf(object, sizeof(object), "lea %u", lea);
		role_alarm(g->role, ev == MEDIATE_METADATA, "METADATA-ONLY", object,
		    "its delivery link is short: content is reduced to metadata");
		break;
	case MEDIATE_KEY:
		ingest_keyless(g, lea);
		break;
	case MEDIATE_QUEUE:
		snprintf(g->queue_alarm, sizeof(g->queue_alarm), "%s", object);
		role_alarm(g->role, true, "SPOOL-QUEUE", object, "cannot open the queue: %s",
		    strerror(errno));
		break;
	}
}

static void
ingest_on_unsigned(void *arg, uint32_t warrant, const char *why)
{
	struct ingest *g = arg;
	char object[32];

	snprintf(object, sizeof(object), "warrant %u", warrant);
	if (warrant == 0)
		role_alarm(g->role, why != NULL, "KEY-LIST", "ingest",
		    why != NULL ? "the key list in the database does not count: %s; the last good "
				  "one does"
				: "the key list in the database counts%s",
		    why != NULL ? why : "");
	else
		role_alarm(g->role, why != NULL, "WARRANT-UNSIGNED", object,
		    why != NULL ? "it is not served: %s" : "it is served%s",
		    why != NULL ? why : "");
}

static void
ingest_on_idle(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval soon = {0, INGEST_IDLE_US};
	struct ingest *g = arg;

	(void)fd;
	(void)what;
	if (mediate_trust_turn(g->mediate, INGEST_IDLE_NS))
		event_add(g->idle, &soon);
}

/* Nothing is refused for want of a queue any more. */
static void
ingest_queue_again(struct ingest *g)
{
	if (g->queue_alarm[0] == '\0' || g->paused)
		return;
	role_alarm(g->role, false, "SPOOL-QUEUE", g->queue_alarm, "open again");
	g->queue_alarm[0] = '\0';
}

static void
ingest_clock(struct ingest *g)
{
	clock_warrant_ns();
	role_alarm(g->role, clock_doubt_ns() != 0, "CLOCK-JUMP", "clock",
	    "the clock jumped forward: PDUs are taken only for warrants that are open before and "
	    "after the jump, until mdfctl clock confirm");
	clock_file_save(&g->clock, false);
}

static void
ingest_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ingest *g = arg;
	int64_t now_ns = clock_wall_ns();

	(void)fd;
	(void)what;
	mediate_tick(g->mediate, now_ns);
	ingest_clock(g);
	ingest_x_tick(g, now_ns);
	if (g->kept_until_ns != 0 && clock_mono_ns() > g->kept_until_ns) {
		g->kept_until_ns = 0;
		mediate_kept(g->mediate, NULL);
	}
	spool_turn(g->spool);
	ingest_queue_again(g);
	ingest_resume(g);
	if (clock_mono_ns() - g->saved_mono_ns >=
	    (int64_t)g->role->conf->snapshot_s * CLOCK_NS_PER_S)
		ingest_save(g);
}

/* ---- start and stop */

static int
ingest_make_folders(struct ingest *g)
{
	const struct conf *c = g->role->conf;
	char state[520];
	int rc;

	snprintf(g->spool_dir, sizeof(g->spool_dir), "%s/spool", c->state_dir);
	snprintf(state, sizeof(state), "%s/state", c->state_dir);
	if ((mkdir(g->spool_dir, 0750) < 0 && errno != EEXIST) ||
	    (mkdir(state, 0700) < 0 && errno != EEXIST)) {
		log_err("STATE-DIR", "%s: cannot make spool and state in it: %s", c->state_dir,
		    strerror(errno));
		return -1;
	}
	rc = file_dir_sync(c->state_dir); /* their names, whoever made them */
	if (rc < 0) {
		log_err("STATE-DIR", "%s: %s", c->state_dir, strerror(-rc));
		return -1;
	}
	return 0;
}

static int
ingest_open_spool(struct ingest *g)
{
	const struct conf *c = g->role->conf;
	struct spool_conf sc = {.dir = g->spool_dir,
	    .segment_len = c->segment_len,
	    .quota_len = c->quota_len,
	    .free_floor_len = c->free_floor_len,
	    .commit_len = c->commit_len,
	    .commit_us = c->commit_us,
	    .pending_max = c->pending_max};

	snprintf(g->state_file, sizeof(g->state_file), "%s/state/sessions", c->state_dir);
	g->spool = spool_open(&sc, g->role->base, ingest_on_spool, g);
	if (g->spool == NULL) {
		log_err("SPOOL-OPEN", "%s: %s", g->spool_dir, strerror(errno));
		return -1;
	}
	return 0;
}

static int
ingest_recover(struct ingest *g)
{
	struct recover r = {.spool = g->spool,
	    .spool_dir = g->spool_dir,
	    .file = g->state_file,
	    .sessions = g->sessions,
	    .accounts = g->accounts,
	    .seqctx = g->seqctx,
	    .names = g->names,
	    .flows = g->flows,
	    .integrity = mediate_integrity(g->mediate),
	    .evidence = evidence_log_new(),
	    .kept = kept_new()};
	int rc = recover_run(&r);
	size_t settled;
	char clock[520];
	bool known;

	snprintf(clock, sizeof(clock), "%s/" CLOCK_FILE_NAME, g->role->conf->state_dir);
	known = clock_file_open(&g->clock, clock, CLOCK_JUMP_NS);
	mediate_kept(g->mediate, r.kept);
	g->kept_until_ns = clock_mono_ns() + INGEST_KEPT_S * CLOCK_NS_PER_S;

	if (rc < 0) {
		log_err("SPOOL-OPEN", "%s: %s", g->spool_dir, strerror(-rc));
	} else {
		/* receive times may be of a clock that nobody believed */
		clock_warrant_seed(known ? r.saved_high_ns : r.high_ns);
		settled = evidence_log_settle(r.evidence, g->spool, clock_wall_ns());
		if (settled > 0)
			log_notice("STATE-HASHES",
			    "%zu hash records of integrity checks were put right", settled);
		g->replayed = r.replayed;
		ingest_needed(g, r.q, r.q_n);
		log_info("STATE-READ",
		    "%zu sessions, %zu warrants, %zu sequence contexts; %llu records replayed",
		    session_n(g->sessions), account_n(g->accounts), seqctx_count(g->seqctx),
		    (unsigned long long)r.replayed);
	}
	recover_fini(&r);
	evidence_log_free(r.evidence);
	return rc;
}

static int
ingest_tables(struct ingest *g, const uint8_t secret[SESSION_SECRET_LEN])
{
	const struct conf *c = g->role->conf;
	struct mediate_conf mc;
	char state[520];

	g->sessions = session_table_new(secret);
	g->names = names_new(secret);
	g->flows = flowsum_new();
	g->keys = keys_new(c->handover_keys);
	g->accounts = account_table_new();
	g->seqctx = seqctx_new(INGEST_WINDOW);
	g->anomalies = anomaly_log_new(g->spool);
	snprintf(state, sizeof(state), "%s/state", c->state_dir);
	mc = (struct mediate_conf){.spool = g->spool,
	    .sessions = g->sessions,
	    .accounts = g->accounts,
	    .seqctx = g->seqctx,
	    .anomalies = g->anomalies,
	    .names = g->names,
	    .flows = g->flows,
	    .keys = g->keys,
	    .grace_ns = (int64_t)c->late_grace_s * CLOCK_NS_PER_S,
	    .idle_ns = (int64_t)c->session_idle_s * CLOCK_NS_PER_S};
	if (!c->trust_unsigned)
		mc.trust = mediate_trust_new(g->root, state, ingest_on_unsigned, g);
	g->root = NULL;
	g->mediate = mediate_new(&mc, ingest_on_mediate, g);
	return 0;
}

/* A certificate or CRL is renewed by renaming a new file over it, which a rule for the old file
 * would not let us read. */
static void
ingest_folder(const char *file, char *buf, size_t n)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		snprintf(buf, n, ".");
	else
		snprintf(buf, n, "%.*s", (int)(slash - file + (slash == file)), file);
}

static void
ingest_close_doors(struct ingest *g)
{
	const struct conf *c = g->role->conf;
	char state[520], folder[CONF_LISTENERS_MAX * 4][512];
	struct sandbox_path path[4 + CONF_LISTENERS_MAX * 4];
	size_t n = 0, f = 0;

	snprintf(state, sizeof(state), "%s/state", c->state_dir);
	path[n++] = (struct sandbox_path){g->spool_dir, true};
	path[n++] = (struct sandbox_path){state, true};
	path[n++] = (struct sandbox_path){CLOCK_FILE_BOOT_ID, false};
	if (c->handover_keys != NULL && c->handover_keys[0] != '\0')
		path[n++] = (struct sandbox_path){c->handover_keys, false};
	for (size_t i = 0; i < c->listener_n; i++) {
		const struct conf_tls *t = &c->listener[i].tls;
		const char *file[] = {t->cert, t->key, t->ca, t->crl};

		for (size_t k = 0; k < 4; k++) {
			if (file[k] == NULL)
				continue;
			ingest_folder(file[k], folder[f], sizeof(folder[f]));
			path[n++] = (struct sandbox_path){folder[f++], false};
		}
	}
	sandbox_enter(&(struct sandbox){
	    .path = path, .path_n = n, .may = SANDBOX_ACCEPT, .mode = c->sandbox});
}

static void
ingest_free(struct ingest *g)
{
	listener_free(g->listener);
	if (g->tick != NULL)
		event_free(g->tick);
	if (g->idle != NULL)
		event_free(g->idle);
	EVP_PKEY_free(g->root);
	mediate_free(g->mediate);
	anomaly_log_free(g->anomalies);
	if (g->spool != NULL)
		spool_close(g->spool);
	seqctx_free(g->seqctx);
	names_free(g->names);
	flowsum_free(g->flows);
	keys_free(g->keys);
	session_table_free(g->sessions);
	account_table_free(g->accounts);
	ingest_queues_free(g);
	ingest_nes_free(g);
	free(g);
}

/* Without it nothing is served, and an alarm says so. */
static void
ingest_root(struct ingest *g)
{
	const struct conf *c = g->role->conf;
	const char *why = "";

	if (c->trust_unsigned || c->trust_root == NULL)
		return;
	g->root = sign_public_load(c->trust_root, &why);
	if (g->root == NULL)
		log_err("TRUST-ROOT", "%s: %s: no warrant will be served", c->trust_root, why);
}

static int
ingest_open(struct ingest *g)
{
	const struct timeval second = {1, 0};
	uint8_t secret[SESSION_SECRET_LEN];
	int r;

	ingest_root(g);
	g->listener = listener_new(g->role->base, g->role->conf, &ingest_listener_cb,
	    g); /* ports and keys, while we may */
	if (g->listener == NULL)
		return -1;
	if (sandbox_user(g->role->conf->user) < 0 || ingest_make_folders(g) < 0 ||
	    ingest_secret(g->role->conf->state_dir, secret) < 0)
		return -1;
	ingest_close_doors(g); /* before the first thread */
	r = ingest_open_spool(g) < 0 ? -1 : ingest_tables(g, secret);
	OPENSSL_cleanse(secret, sizeof(secret));
	if (r < 0 || ingest_recover(g) < 0)
		return -1;
	g->saved_mono_ns = clock_mono_ns();
	g->idle = event_new(g->role->base, -1, 0, ingest_on_idle, g);
	assert(g->idle != NULL);
	g->tick = event_new(g->role->base, -1, EV_PERSIST, ingest_on_tick, g);
	assert(g->tick != NULL);
	event_add(g->tick, &second);
	return 0;
}

static int
ingest_start(struct role *r)
{
	struct ingest *g = calloc(1, sizeof(*g));

	assert(g != NULL);
	g->role = r;
	LIST_INIT(&g->queues);
	LIST_INIT(&g->nes);
	r->state = g;
	if (ingest_open(g) == 0)
		return 0;
	ingest_free(g);
	r->state = NULL;
	return -1;
}

/* Everything received is made durable and what it owes is acknowledged; then the state is saved, so
 * that the next start is short. */
static void
ingest_stop(struct role *r)
{
	struct ingest *g = r->state;
	int64_t until = clock_mono_ns() + INGEST_STOP_S * CLOCK_NS_PER_S;
	uint64_t barrier;

	if (g == NULL)
		return;
	listener_stop(g->listener);
	mediate_settle(g->mediate);
	ingest_save(g);
	clock_file_save(&g->clock, true);
	barrier = spool_barrier(g->spool);
	while (
	    (spool_durable(g->spool) < barrier || g->pending != NULL) && clock_mono_ns() < until) {
		spool_turn(g->spool);
		event_base_loop(r->base, EVLOOP_ONCE);
	}
	listener_durable(g->listener, spool_durable(g->spool));
	ingest_free(g);
	r->state = NULL;
}

static void
ingest_reload(struct role *r)
{
	struct ingest *g = r->state;
	int rc = listener_reload(g->listener);

	keys_reload(g->keys);
	ingest_take(g, NULL);
	role_alarm(r, rc < 0, "TLS-RELOAD", "listeners",
	    "a certificate, key or CRL cannot be read: the old ones stay in use");
}

/* ---- other roles */

static void
ingest_peer_up(struct role *r, enum role_id peer, uint32_t lea)
{
	ingest_heads_again(r->state, peer == ROLE_DELIVER ? lea : 0);
}

static void
ingest_on_tasks(struct ingest *g, int fd)
{
	const char *why = "";
	struct task_set *set;
	uint64_t version;
	int rc = task_load(fd, g->accounts, &set, &why);

	role_alarm(g->role, rc < 0, "TASKS-BAD", "tasks",
	    "a task set was refused (%s: %s): the one before stays in force", strerror(-rc), why);
	if (rc < 0)
		return;
	version = task_version(set);
	ingest_take(g, set);
	if (!g->restarted)
		mediate_restarted(g->mediate);
	g->restarted = true;
	ingest_nes(g);
	listener_start(g->listener);
	role_send(g->role, ROLE_ADMIN, 0, ROLE_MSG_TASKS_DONE, &version, sizeof(version), -1);
	log_info("TASKS", "version %llu: %zu warrants, %zu network elements",
	    (unsigned long long)version, task_warrant_n(set), task_ne_n(set));
}

static void
ingest_message(struct role *r, enum role_id peer, uint32_t lea, const struct msg *m)
{
	struct ingest *g = r->state;
	struct role_msg_release rel;
	struct role_msg_sessions req;
	struct role_msg_backlog back;
	struct role_msg_link link;
	struct role_msg_hash hash;
	struct role_msg_notice notice;

	if (m->type == ROLE_MSG_TASKS && peer == ROLE_ADMIN) {
		ingest_on_tasks(g, m->fd);
		return;
	}
	if (m->fd >= 0)
		close(m->fd);
	if (m->type == ROLE_MSG_SESSIONS_REQ && m->len == sizeof(req) && peer == ROLE_ADMIN) {
		memcpy(&req, m->data, sizeof(req));
		ingest_sessions(g, &req);
	}
	if (m->type == ROLE_MSG_BACKLOG && m->len == sizeof(back) && peer == ROLE_DELIVER) {
		memcpy(&back, m->data, sizeof(back));
		if (back.lea == lea && back.class < ACCOUNT_CLASS_N)
			mediate_backlog(g->mediate, lea, (enum ho_class)back.class, back.octets);
	}
	if (m->type == ROLE_MSG_LINK && m->len == sizeof(link) && peer == ROLE_DELIVER) {
		memcpy(&link, m->data, sizeof(link));
		if (link.lea == lea)
			mediate_link(g->mediate, lea, link.dest, link.down_ns);
	}
	if (m->type == ROLE_MSG_CLOCK && peer == ROLE_ADMIN) {
		clock_confirm();
		clock_file_save(&g->clock, true);
		ingest_clock(g);
	}
	if (m->type == ROLE_MSG_NOTICE && m->len == sizeof(notice) && peer == ROLE_ADMIN) {
		memcpy(&notice, m->data, sizeof(notice));
		ingest_on_notice(g, &notice);
	}
	if (m->type == ROLE_MSG_HASH && m->len == sizeof(hash) && peer == ROLE_DELIVER) {
		memcpy(&hash, m->data, sizeof(hash));
		if (hash.lea == lea)
			ingest_on_hash(g, &hash);
	}
	if (m->type != ROLE_MSG_RELEASE || m->len != sizeof(rel))
		return;
	memcpy(&rel, m->data, sizeof(rel));
	if (peer == ROLE_DELIVER ? rel.lea == lea && lea != 0 : rel.lea == 0)
		ingest_on_release(g, &rel);
}

const struct role_ops ingest_ops = {
    .id = ROLE_INGEST,
    .start = ingest_start,
    .stop = ingest_stop,
    .reload = ingest_reload,
    .peer_up = ingest_peer_up,
    .message = ingest_message,
    .status = ingest_status,
};
