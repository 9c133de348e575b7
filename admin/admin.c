/* SPDX-License-Identifier: Apache-2.0 */
/* The admin role; see admin.h. */
#include "admin/admin.h"

#include "admin/alarm_in.h"
#include "admin/auditlog.h"
#include "admin/ctl.h"
#include "admin/dests.h"
#include "admin/journal_in.h"
#include "admin/keyring.h"
#include "admin/life.h"
#include "admin/links.h"
#include "admin/login.h"
#include "admin/op_key.h"
#include "admin/op_report.h"
#include "admin/op_vault.h"
#include "admin/ops.h"
#include "admin/ready.h"
#include "admin/rest.h"
#include "admin/sessions.h"
#include "admin/status.h"
#include "admin/taskset_build.h"
#include "admin/watch.h"
#include "admin/vault.h"
#include "admin/work.h"
#include "base/clock.h"
#include "base/clock_file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "db/store.h"
#include "trust/sign.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADMIN_DELAY_MS 20      /* changes that come together make one task set */
#define ADMIN_DELAY_MAX_MS 400 /* a change is in force within 1 s */
#define ADMIN_KEEP_S 3600      /* what is due to be destroyed is reported so often */
#define ADMIN_RETRY_S 1	       /* after a failure of the database */
#define ADMIN_FORCE_S 10       /* a task set that is not in force by then is sent again */

struct admin {
	struct role *role;
	struct store *store;
	struct ctl *ctl;
	struct rest *rest;
	struct status *status;
	struct sessions *sessions;
	struct links *links;
	struct journal_in *journal;
	struct watch *watch;
	struct life *life;
	struct reports *reports;
	struct ops_ctx ops;
	bool clock_known; /* ingest left what the clock was */
	struct event *push, *read, *keep, *force;
	unsigned pending;	 /* OP_TASKS, OP_DESTS that are to be sent */
	int64_t build_ns;	 /* what the last task set took */
	uint64_t sent, in_force; /* versions of task sets */
	bool ingest_up;
};

/* ---- what the others are told */

/* A change must not wait for the next one. */
static void
admin_tasks_later(struct admin *a)
{
	a->pending |= OP_TASKS;
	if (a->push != NULL && !evtimer_pending(a->push, NULL))
		event_add(a->push, &(struct timeval){ADMIN_RETRY_S, 0});
}

static void
admin_send_tasks(struct admin *a)
{
	int64_t begin = clock_mono_ns();
	uint64_t version;
	void *image;
	size_t len;
	int fd;

	if (taskset_build(a->store, clock_warrant_ns(), &image, &len, &version) < 0) {
		role_alarm(a->role, true, "TASKS-BUILD", "tasks",
		    "the task set cannot be read from the database; the former one stays in force");
		admin_tasks_later(a);
		return;
	}
	fd = msg_memfd("tasks", image, len);
	free(image);
	if (fd < 0) {
		role_alarm(a->role, true, "TASKS-BUILD", "tasks",
		    "no memory file for the task set: %s", strerror(-fd));
		admin_tasks_later(a);
		return;
	}
	role_alarm(a->role, false, "TASKS-BUILD", "tasks", "the task set was sent");
	role_send(a->role, ROLE_INGEST, 0, ROLE_MSG_TASKS, NULL, 0, fd);
	a->build_ns = clock_mono_ns() - begin;
	a->sent = version;
	event_add(a->force, &(struct timeval){ADMIN_FORCE_S, 0});
	log_info("TASKS-SENT", "version %llu, %zu octets", (unsigned long long)version, len);
}

/* The message may have been lost on its way, when ingest had no descriptor for it. */
static void
admin_on_force(evutil_socket_t fd, short what, void *arg)
{
	struct admin *a = arg;

	(void)fd;
	(void)what;
	if (!a->ingest_up || a->in_force == a->sent)
		return;
	log_warn(
	    "TASKS-AGAIN", "version %llu is not in force: sent again", (unsigned long long)a->sent);
	admin_send_tasks(a);
}

static void
admin_send_dests(struct admin *a, uint32_t lea)
{
	json_t *list = dests_message(a->store, lea);

	role_send_json(a->role, ROLE_DELIVER, lea, ROLE_MSG_DESTS, NULL, 0, list);
	json_decref(list);
}

/* Tell the parent of every agency (it ignores those it knows), and with DESTS each deliver role its
 * destinations. */
static void
admin_each_lea(struct admin *a, bool dests)
{
	json_t *rows = store_rows(a->store, STMT_LEA_LIST, NULL), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		struct role_msg_lea m = {
		    .lea = (uint32_t)json_integer_value(json_object_get(row, "id"))};

		snprintf(
		    m.name, sizeof(m.name), "%s", json_string_value(json_object_get(row, "name")));
		role_send_parent(a->role, ROLE_MSG_LEA_START, &m, sizeof(m));
		if (dests)
			admin_send_dests(a, m.lea);
	}
	json_decref(rows);
}

static void
admin_on_push(evutil_socket_t fd, short what, void *arg)
{
	struct admin *a = arg;
	unsigned pending = a->pending;

	(void)fd;
	(void)what;
	a->pending = 0;
	if (pending & OP_DESTS)
		admin_each_lea(a, true);
	if (pending & OP_TASKS)
		admin_send_tasks(a);
}

static void
admin_changed(void *arg, unsigned flags)
{
	struct admin *a = arg;
	int64_t ms = a->build_ns / 1000000;
	struct timeval delay;

	ms = ms < ADMIN_DELAY_MS       ? ADMIN_DELAY_MS
	     : ms > ADMIN_DELAY_MAX_MS ? ADMIN_DELAY_MAX_MS
				       : ms;
	delay = (struct timeval){ms / 1000, (ms % 1000) * 1000};
	a->pending |= flags;
	if (!evtimer_pending(a->push, NULL))
		evtimer_add(a->push, &delay);
}

static int
admin_test_pdu(void *arg, uint32_t lea, uint32_t destination)
{
	struct admin *a = arg;

	if (!status_has_peer(a->status, ROLE_DELIVER, lea))
		return -ENOTCONN;
	role_send(
	    a->role, ROLE_DELIVER, lea, ROLE_MSG_TESTPDU, &destination, sizeof(destination), -1);
	return 0;
}

static void
admin_ask(void *arg, enum role_id role, uint32_t lea, uint64_t id)
{
	struct admin *a = arg;

	role_send(a->role, role, lea, ROLE_MSG_STATUS_REQ, &id, sizeof(id), -1);
}

static int
admin_status(void *arg, void (*done)(json_t *status, void *token), void *token)
{
	struct admin *a = arg;

	status_journal(a->status, journal_in_backlog(a->journal));
	status_get(a->status, STATUS_WHOLE, done, token);
	return 0;
}

static void
admin_parts(void *arg, bool rows, void (*done)(json_t *parts, void *token), void *token)
{
	struct admin *a = arg;

	status_get(a->status, rows ? STATUS_ROWS : STATUS_BRIEF, done, token);
}

static unsigned
admin_streams(void *arg)
{
	struct admin *a = arg;

	return rest_streams(a->rest);
}

static void
admin_hint(void *arg, const char *lea, json_t *data)
{
	struct admin *a = arg;

	rest_hint(a->rest, "status", lea, data);
}

static void
admin_ask_sessions(void *arg, const struct role_msg_sessions *m)
{
	struct admin *a = arg;

	role_send(a->role, ROLE_INGEST, 0, ROLE_MSG_SESSIONS_REQ, m, sizeof(*m), -1);
}

static int
admin_sessions(void *arg, uint32_t warrant, uint32_t limit, void (*done)(json_t *list, void *token),
    void *token)
{
	struct admin *a = arg;

	if (!status_has_peer(a->status, ROLE_INGEST, 0))
		return -ENOTCONN;
	return sessions_get(a->sessions, warrant, limit, done, token);
}

/* ---- journal */

static void
admin_release(void *arg, uint64_t seg)
{
	struct admin *a = arg;
	struct role_msg_release m = {.lea = 0, .class = HO_JOURNAL, .seg = seg};

	role_send(a->role, ROLE_INGEST, 0, ROLE_MSG_RELEASE, &m, sizeof(m), -1);
}

/* One batch of journal entries; more follow in the next turn of the loop, so that clients are
 * served in between. */
static void
admin_on_read(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once = {0, 0}, later = {ADMIN_RETRY_S, 0};
	struct admin *a = arg;
	int r = journal_in_step(a->journal);

	(void)fd;
	(void)what;
	if (r != 0)
		evtimer_add(a->read, r > 0 ? &at_once : &later);
	role_alarm(a->role, r < 0, "JOURNAL-STORE", "journal",
	    "journal entries cannot be stored in the database; they wait in the spool");
}

static void
admin_on_head(struct admin *a, const struct msg *m)
{
	static const struct timeval at_once = {0, 0};
	struct role_msg_head h;

	if (m->len != sizeof(h))
		return;
	memcpy(&h, m->data, sizeof(h));
	if (h.lea != 0 || h.class != HO_JOURNAL)
		return;
	journal_in_head(a->journal, &h.head);
	if (!evtimer_pending(a->read, NULL))
		evtimer_add(a->read, &at_once);
}

/* ---- what the others tell */

static void
admin_role_event(struct admin *a, enum role_id peer, bool up)
{
	json_t *e = json_pack("{s:s, s:b}", "role", role_name(peer), "up", up);

	rest_event(a->rest, "status", NULL, 0, e);
	json_decref(e);
	links_soon(a->links);
}

static void
admin_on_alarm(struct admin *a, enum role_id peer, uint32_t lea, json_t *j)
{
	alarm_in(&a->ops, peer, lea, j);
	if (peer == ROLE_DELIVER)
		links_soon(a->links);
}

static void
admin_on_status(struct admin *a, enum role_id peer, uint32_t lea, const struct msg *m, json_t *j)
{
	uint64_t id;

	if (j == NULL || m->len != sizeof(id))
		return;
	memcpy(&id, m->data, sizeof(id));
	status_answer(a->status, peer, lea, id, json_incref(j));
}

static void
admin_on_sessions(struct admin *a, const struct msg *m, json_t *j)
{
	uint64_t id;

	if (m->len != sizeof(id))
		return;
	memcpy(&id, m->data, sizeof(id));
	sessions_answer(a->sessions, id, json_is_array(j) ? j : NULL);
}

static void
admin_on_tasks_done(struct admin *a, const struct msg *m)
{
	uint64_t version;

	if (m->len != sizeof(version))
		return;
	memcpy(&version, m->data, sizeof(version));
	a->in_force = version;
	status_in_force(a->status, version);
	log_info("TASKS-IN-FORCE", "version %llu", (unsigned long long)version);
}

static void
admin_message(struct role *r, enum role_id peer, uint32_t lea, const struct msg *m)
{
	struct admin *a = r->state;
	json_t *j = m->fd >= 0 ? status_read(m->fd) : NULL;

	if (a != NULL && m->type == ROLE_MSG_STATUS)
		admin_on_status(a, peer, lea, m, j);
	else if (a != NULL && m->type == ROLE_MSG_ALARM && j != NULL)
		admin_on_alarm(a, peer, lea, j);
	else if (a != NULL && m->type == ROLE_MSG_SESSIONS && peer == ROLE_INGEST)
		admin_on_sessions(a, m, j);
	else if (a != NULL && m->type == ROLE_MSG_TASKS_DONE)
		admin_on_tasks_done(a, m);
	else if (a != NULL && m->type == ROLE_MSG_NOTICE_DONE && peer == ROLE_INGEST)
		watch_notice_done(a->watch, m);
	else if (a != NULL && m->type == ROLE_MSG_HEAD)
		admin_on_head(a, m);
	else if (a != NULL && m->type == ROLE_MSG_ROLES && json_is_array(j))
		status_roles(a->status, json_incref(j));
	json_decref(j);
}

static void
admin_peer_up(struct role *r, enum role_id peer, uint32_t lea)
{
	struct admin *a = r->state;

	status_peer_up(a->status, peer, lea);
	admin_role_event(a, peer, true);
	alarm_in_clear(&a->ops, peer, lea);
	if (peer == ROLE_INGEST) {
		a->ingest_up = true;
		a->in_force = 0;
		status_in_force(a->status, 0);
		admin_send_tasks(a);
		journal_in_release_again(a->journal);
		watch_ingest(a->watch, true);
	} else if (peer == ROLE_DELIVER) {
		admin_send_dests(a, lea);
	}
}

static void
admin_peer_down(struct role *r, enum role_id peer, uint32_t lea)
{
	struct admin *a = r->state;

	status_peer_down(a->status, peer, lea);
	admin_role_event(a, peer, false);
	if (peer != ROLE_INGEST)
		return;
	a->ingest_up = false;
	sessions_lost(a->sessions);
	watch_ingest(a->watch, false);
}

/* ---- start and stop */

static int
admin_open_store(struct admin *a)
{
	char path[4096];
	struct fault f = {0};
	int64_t highest;

	snprintf(path, sizeof(path), "%s/openmdf.db", a->role->conf->state_dir);
	a->store = store_open(path, &f);
	if (a->store == NULL) {
		log_err("DB-OPEN", "%s: %s: %s (%s)", path, f.object, f.why, f.todo);
		return -1;
	}
	highest = store_int(a->store, STMT_HIGHEST_NS, NULL, 0);
	clock_now_seed(highest);
	if (!a->clock_known) /* those rows were written by a clock that may have been wrong */
		clock_warrant_seed(highest);
	alarm_in_clear_all(a->store); /* every role sends again what still holds */
	return 0;
}

/* What seals identities and documents.  A key that was changed and is not installed yet lies in
 * state_dir. */
static void
admin_open_vault(struct admin *a)
{
	const struct conf *conf = a->role->conf;
	char next[4096 + 16];
	struct fault f = {0}, g = {0};
	bool moved = false;

	if (conf->vault_key == NULL)
		return;
	snprintf(next, sizeof(next), "%s/vault.next", conf->state_dir);
	a->ops.vault = vault_open(a->store, conf->vault_key, conf->vault_pin_file, &f);
	if (a->ops.vault == NULL) {
		a->ops.vault = vault_open(a->store, next, NULL, &g);
		moved = a->ops.vault != NULL;
	}
	role_alarm(
	    a->role, a->ops.vault == NULL, "VAULT-CLOSED", "vault", "%s: %s", f.object, f.why);
	role_alarm(a->role, moved, "VAULT-KEY", "vault",
	    "the key in state_dir/vault.next is in use, not that of the configuration");
	if (a->ops.vault != NULL)
		vault_next(a->ops.vault, next);
}

/* ---- REST */

static void
admin_alarm(void *arg, bool raised, const char *code, const char *object, const char *text)
{
	struct admin *a = arg;

	role_alarm(a->role, raised, code, object, "%s", text);
}

static void
admin_event(void *arg, const char *type, const char *lea, int64_t tenant, json_t *data)
{
	rest_event(((struct admin *)arg)->rest, type, lea, tenant, data);
}

static void
admin_event_to(
    void *arg, int64_t person, const char *name, const char *type, bool keep, json_t *data)
{
	rest_event_to(((struct admin *)arg)->rest, person, name, type, keep, data);
}

static json_t *
admin_ready(void *arg)
{
	struct admin *a = arg;

	return ready_checks(&a->ops, a->role->conf, status_has_peer(a->status, ROLE_INGEST, 0));
}

static int
admin_open_rest(struct admin *a)
{
	const struct rest_env env = {.base = a->role->base,
	    .conf = a->role->conf,
	    .ops = &a->ops,
	    .arg = a,
	    .alarm = admin_alarm,
	    .ready = admin_ready};

	a->rest = rest_open(&env);
	return a->rest == NULL ? -1 : 0;
}

/* Persons: whose keys count, who logs in.  The sessions of connections ended with them. */
static int
admin_open_persons(struct admin *a)
{
	const struct conf *conf = a->role->conf;
	struct fault f = {0};
	const char *why;

	if (a->ops.open)
		return 0;
	a->ops.root = sign_public_load(conf->trust_root, &why);
	if (a->ops.root == NULL) {
		log_err("TRUST-ROOT", "%s: %s", conf->trust_root, why);
		return -1;
	}
	store_run(a->store, STMT_SESSION_CLEAR_CLI, NULL, &f);
	a->ops.login = login_new(a->role->base);
	login_enrol_start(&a->ops, conf->state_dir);
	return 0;
}

static void
admin_audit_head(void *arg, uint64_t rows)
{
	struct admin *a = arg;
	json_t *e = json_pack("{s:I}", "rows", (json_int_t)rows);

	rest_event(a->rest, "audit", NULL, 0, e);
	json_decref(e);
}

static int
admin_open_log(struct admin *a)
{
	const struct auditlog_env env = {.store = a->store,
	    .conf = a->role->conf,
	    .base = a->role->base,
	    .boot_id = a->ops.boot_id,
	    .alarm = admin_alarm,
	    .head = admin_audit_head,
	    .arg = a};
	struct fault f = {0};

	a->ops.log = auditlog_open(&env, &f);
	if (a->ops.log == NULL)
		log_err("AUDIT-OPEN", "%s %s: %s (%s)", f.what, f.object, f.why, f.todo);
	return a->ops.log == NULL ? -1 : 0;
}

static void
admin_on_keep(evutil_socket_t fd, short what, void *arg)
{
	struct admin *a = arg;

	(void)fd;
	(void)what;
	op_vault_due(&a->ops);
	op_key_requests_due(&a->ops);
}

static void
admin_clock(void *arg)
{
	struct admin *a = arg;

	clock_confirm();
	role_send(a->role, ROLE_INGEST, 0, ROLE_MSG_CLOCK, NULL, 0, -1);
}

static int
admin_open_ops(struct admin *a)
{
	char dir[4096];
	struct status_env env = {
	    .base = a->role->base, .store = a->store, .arg = a, .ask = admin_ask};

	a->ops = (struct ops_ctx){.store = a->store,
	    .lab = a->role->conf->lab,
	    .open = a->role->conf->trust_unsigned,
	    .arg = a,
	    .alarm = admin_alarm,
	    .changed = admin_changed,
	    .event = admin_event,
	    .event_to = admin_event_to,
	    .test_pdu = admin_test_pdu,
	    .status = admin_status,
	    .clock = admin_clock,
	    .sessions = admin_sessions,
	    .ready = admin_ready};
	clock_file_boot(a->ops.boot_id);
	if (admin_open_log(a) < 0)
		return -1;
	admin_open_vault(a);
	a->status = status_new(&env);
	a->links = a->ops.links = links_new(&(struct links_env){.base = a->role->base,
	    .x = &a->ops,
	    .quota_len = a->role->conf->quota_len,
	    .arg = a,
	    .ask = admin_parts,
	    .streams = admin_streams,
	    .hint = admin_hint});
	a->sessions = sessions_new(a->role->base, admin_ask_sessions, a);
	snprintf(dir, sizeof(dir), "%s/spool", a->role->conf->state_dir);
	a->journal = journal_in_open(a->store, dir, admin_release, a);
	works_open(a->role->base, &a->ops);
	a->reports = reports_open(a->role->base, &a->ops);
	journal_in_audit_to(a->journal, a->ops.log);
	a->life = life_open(a->role->base, &a->ops);
	a->keep = event_new(a->role->base, -1, EV_PERSIST, admin_on_keep, a);
	a->watch = watch_new(a->role, &a->ops);
	journal_in_watch(a->journal, watch_journal, a->watch);
	a->push = evtimer_new(a->role->base, admin_on_push, a);
	a->read = evtimer_new(a->role->base, admin_on_read, a);
	a->force = evtimer_new(a->role->base, admin_on_force, a);
	assert(a->push != NULL && a->read != NULL && a->keep != NULL && a->force != NULL);
	event_add(a->keep, &(struct timeval){ADMIN_KEEP_S, 0});
	op_vault_due(&a->ops);
	return 0;
}

static void
admin_stop(struct role *r)
{
	struct admin *a = r->state;
	struct event *events[4];

	if (a == NULL)
		return;
	memcpy(events, (struct event *[]){a->force, a->push, a->read, a->keep}, sizeof(events));
	r->state = NULL;
	works_stop(a->ops.works);
	status_free(a->status); /* answers those who wait, so their clients must still be there */
	links_free(a->links);
	life_close(a->life);
	watch_free(a->watch);
	sessions_free(a->sessions);
	login_free(a->ops.login); /* the same */
	reports_close(a->reports);
	works_close(a->ops.works);
	rest_close(a->rest);
	a->rest = NULL;
	ctl_close(a->ctl);
	keyring_free(&a->ops);
	EVP_PKEY_free(a->ops.root);
	journal_in_close(a->journal);
	for (size_t i = 0; i < 4; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	vault_close(a->ops.vault);
	auditlog_close(a->ops.log);
	store_close(a->store);
	free(a);
}

/* The database, the socket, and what the names of users are read from; no new sockets but those to
 * a syslog server. */
static void
admin_close_doors(const struct conf *conf)
{
	char dir[4096], tls[8][512];
	const struct conf_tls none = {0},
			      *rest = conf->rest_address == NULL ? &none : &conf->rest_tls,
			      *agency = conf->agency_address == NULL ? &none : &conf->agency_tls;
	const char *const file[] = {rest->cert, rest->key, rest->ca, rest->crl, agency->cert,
	    agency->key, agency->ca, agency->crl};
	struct sandbox_path paths[] = {{NULL, false}, {NULL, false}, {NULL, false}, {NULL, false},
	    {NULL, false}, {NULL, false}, {NULL, false}, {NULL, false}, {conf->state_dir, true},
	    {dir, true}, {"/etc/passwd", false}, {"/etc/group", false},
	    {"/etc/nsswitch.conf", false}, {"/usr/share/zoneinfo", false}, {"/usr/lib", false},
	    {"/lib", false}};
	char *slash;

	for (size_t i = 0; i < 8; i++) /* the folders: a new file has a new inode */
		if (file[i] != NULL) {
			snprintf(tls[i], sizeof(tls[i]), "%s", file[i]);
			if ((slash = strrchr(tls[i], '/')) != NULL)
				*slash = '\0';
			paths[i].path = slash == NULL ? "." : tls[i];
		}

	snprintf(dir, sizeof(dir), "%s", conf->control_socket);
	slash = strrchr(dir, '/');
	if (slash != NULL)
		*slash = '\0';
	(void)getpwuid(
	    (uid_t)-2); /* whom nobody knows: all that is asked for names is loaded now */
	sandbox_enter(&(struct sandbox){.path = paths,
	    .path_n = sizeof(paths) / sizeof(paths[0]),
	    .may =
		SANDBOX_ACCEPT | SANDBOX_NAMES | (conf->log_syslog != NULL ? SANDBOX_CONNECT : 0),
	    .mode = conf->sandbox});
}

static int
admin_start(struct role *r)
{
	const struct conf *conf = r->conf;
	struct admin *a = calloc(1, sizeof(*a));

	assert(a != NULL);
	a->role = r;
	a->clock_known =
	    clock_file_guard(conf->state_dir, CLOCK_JUMP_NS); /* no warrant ends by a wrong clock */
	if (admin_open_store(a) < 0) {
		free(a);
		return -1;
	}
	r->state = a;
	if (admin_open_ops(a) < 0 || admin_open_persons(a) < 0) {
		admin_stop(r);
		return -1;
	}
	a->ctl = ctl_open(
	    r->base, conf->control_socket, conf->control_uids, conf->control_uids_n, &a->ops);
	if (a->ctl == NULL) {
		log_err("CTL-OPEN", "%s: %s", conf->control_socket, strerror(errno));
		admin_stop(r);
		return -1;
	}
	auditlog_start(a->ops.log);
	if (admin_open_rest(a) < 0) {
		admin_stop(r);
		return -1;
	}
	admin_each_lea(a, false);
	admin_close_doors(conf);
	login_start(a->ops.login);
	return 0;
}

static void
admin_reload(struct role *r)
{
	struct admin *a = r->state;

	if (a == NULL)
		return;
	auditlog_system(a->ops.log, "system.reload", "mdfd", "ok",
	    "certificates and CRLs are read again", NULL);
	rest_reload(a->rest);
}

const struct role_ops admin_ops = {
    .id = ROLE_ADMIN,
    .start = admin_start,
    .stop = admin_stop,
    .reload = admin_reload,
    .peer_up = admin_peer_up,
    .peer_down = admin_peer_down,
    .message = admin_message,
};
