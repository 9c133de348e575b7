/* SPDX-License-Identifier: Apache-2.0 */
/* The parent; see parent.h.  Children are run as `mdfd --role R` with their channel as
 * descriptor 3. */
#include "config.h"

#include "parent.h"

#include "base/clock.h"
#include "base/log.h"
#include "role.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#define parent_notify(state) sd_notify(0, state)
#else
#define parent_notify(state) ((void)(state))
#endif

#define PARENT_STOP_S 20	   /* all roles must have ended by then */
#define PARENT_BACKOFF_MS 50	   /* first restart delay; doubles while the role dies young */
#define PARENT_BACKOFF_MAX_MS 2000 /* when it dies before it was ready */
#define PARENT_BACKOFF_SERVED_MS                                                                   \
	400 /* when it was ready: short enough that it serves again within a second */
#define PARENT_YOUNG_NS (2 * CLOCK_NS_PER_S)

struct parent;

struct child {
	LIST_ENTRY(child) entry;
	struct parent *parent;
	enum role_id role;
	uint32_t lea;
	char name[64]; /* LEA name */
	pid_t pid;     /* 0: not running */
	struct msg_chan *chan;
	bool ready, served, wanted; /* served: it was ready once since it was started */
	unsigned restarts, backoff_ms;
	int64_t started_ns, started_mono_ns;
	struct event *restart;
};

struct parent {
	struct conf *conf;
	const char *exe;
	struct event_base *base;
	struct event *sig[4], *tick;
	LIST_HEAD(, child) children;
	bool stopping, told_ready, untold; /* untold: admin does not know of the last change */
	int64_t stop_by_ns;
};

static void child_start(struct child *c);
static void parent_stop_next(struct parent *p);

static const char *
child_label(const struct child *c, char *buf, size_t cap)
{
	snprintf(buf, cap, "%s%s%s", role_name(c->role), c->lea ? " " : "", c->lea ? c->name : "");
	return buf;
}

static struct child *
parent_find(struct parent *p, enum role_id role, uint32_t lea)
{
	struct child *c;

	LIST_FOREACH(c, &p->children, entry)
	if (c->role == role && c->lea == lea)
		return c;
	return NULL;
}

/* Whether two roles talk to each other at all. */
static bool
child_pair(const struct child *a, const struct child *b)
{
	return a->role != b->role && a->ready && b->ready && a->chan != NULL && b->chan != NULL;
}

/* 0, or -1 when there is no pair of sockets for them: logged. */
static int
child_connect(struct child *a, struct child *b)
{
	struct role_msg_peer to_a = {b->role, b->lea}, to_b = {a->role, a->lea};
	char name_a[96], name_b[96];
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sv) < 0) {
		log_err("PARENT",
		    "%s and %s cannot be connected: socketpair: %s; %s is started again",
		    child_label(a, name_a, sizeof(name_a)), child_label(b, name_b, sizeof(name_b)),
		    strerror(errno), name_a);
		return -1;
	}
	msg_send(a->chan, ROLE_MSG_PEER, &to_a, sizeof(to_a), sv[0]);
	msg_send(b->chan, ROLE_MSG_PEER, &to_b, sizeof(to_b), sv[1]);
	return 0;
}

static void
parent_tell_roles(struct parent *p)
{
	struct child *admin = parent_find(p, ROLE_ADMIN, 0), *c;
	json_t *a = json_array();
	char *text;
	int fd;

	if (admin == NULL || !admin->ready)
		goto out;
	LIST_FOREACH(c, &p->children, entry)
	json_array_append_new(
	    a, json_pack("{s:s, s:i, s:s, s:i, s:b, s:i, s:I}", "role", role_name(c->role), "lea",
		   (int)c->lea, "name", c->name, "pid", (int)c->pid, "ready", c->ready, "restarts",
		   (int)c->restarts, "since_ns", (json_int_t)c->started_ns));
	text = json_dumps(a, JSON_COMPACT);
	fd = msg_memfd("roles", text, strlen(text));
	free(text);
	p->untold = fd < 0; /* the next tick tries again */
	if (fd >= 0)
		msg_send(admin->chan, ROLE_MSG_ROLES, NULL, 0, fd);
	else
		log_err("MEMFD", "cannot make a memfd for admin: %s", strerror(-fd));
out:
	json_decref(a);
}

static void
parent_check_ready(struct parent *p)
{
	struct child *i = parent_find(p, ROLE_INGEST, 0), *a = parent_find(p, ROLE_ADMIN, 0);

	if (p->told_ready || i == NULL || a == NULL || !i->ready || !a->ready)
		return;
	p->told_ready = true;
	log_notice("READY", "all roles run");
	parent_notify("READY=1\nSTATUS=mediating");
}

static void
child_ready(struct child *c)
{
	struct child *o;

	c->ready = c->served = true;
	LIST_FOREACH(o, &c->parent->children, entry)
	if (child_pair(c, o) && child_connect(c, o) < 0) {
		kill(c->pid, SIGKILL); /* of no use alone: it is started again */
		return;
	}
	parent_tell_roles(c->parent);
	parent_check_ready(c->parent);
}

static void
parent_lea(struct parent *p, const struct msg *m)
{
	struct role_msg_lea ml;
	struct child *c;

	if (m->len != sizeof(ml))
		return;
	memcpy(&ml, m->data, sizeof(ml));
	ml.name[sizeof(ml.name) - 1] = '\0';
	c = parent_find(p, ROLE_DELIVER, ml.lea);
	if (c == NULL) {
		c = calloc(1, sizeof(*c));
		assert(c != NULL);
		c->parent = p;
		c->role = ROLE_DELIVER;
		c->lea = ml.lea;
		snprintf(c->name, sizeof(c->name), "%s", ml.name);
		LIST_INSERT_HEAD(&p->children, c, entry);
	}
	c->wanted = true;
	if (c->pid == 0 && c->restart == NULL && !p->stopping)
		child_start(c);
}

static void
child_on_msg(struct msg_chan *chan, const struct msg *m, void *arg)
{
	struct child *c = arg;

	(void)chan;
	if (m == NULL) { /* SIGCHLD does the rest */
		msg_chan_free(c->chan);
		c->chan = NULL;
		c->ready = false;
		return;
	}
	if (m->fd >= 0)
		close(m->fd);
	if (m->type == ROLE_MSG_READY)
		child_ready(c);
	else if (c->role == ROLE_ADMIN && m->type == ROLE_MSG_LEA_START)
		parent_lea(c->parent, m);
}

static void
child_exec(const struct child *c, int fd)
{
	char lea[16];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd == 3)
		fcntl(3, F_SETFD, 0);
	else if (dup2(fd, 3) < 0)
		_exit(127);
	snprintf(lea, sizeof(lea), "%u", c->lea);
	setenv("MDFD_LEA_NAME", c->name, 1);
	unsetenv("NOTIFY_SOCKET");
	execl(c->parent->exe, "mdfd", "--role", role_name(c->role), "--lea", lea, "--config",
	    c->parent->conf->path, (char *)NULL);
	_exit(127);
}

static void
child_on_restart(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;

	(void)fd;
	(void)what;
	event_free(c->restart);
	c->restart = NULL;
	if (!c->parent->stopping && c->wanted)
		child_start(c);
}

static void
child_restart_later(struct child *c)
{
	struct timeval tv;
	bool young = clock_mono_ns() - c->started_mono_ns < PARENT_YOUNG_NS;
	unsigned max_ms = c->served ? PARENT_BACKOFF_SERVED_MS : PARENT_BACKOFF_MAX_MS;

	c->backoff_ms = !young || c->backoff_ms == 0 ? PARENT_BACKOFF_MS : c->backoff_ms * 2;
	if (c->backoff_ms > max_ms)
		c->backoff_ms = max_ms;
	c->restarts++;
	tv.tv_sec = c->backoff_ms / 1000;
	tv.tv_usec = c->backoff_ms % 1000 * 1000;
	c->restart = evtimer_new(c->parent->base, child_on_restart, c);
	event_add(c->restart, &tv);
}

static void
child_start(struct child *c)
{
	char label[128];
	int sv[2];

	c->started_ns = clock_wall_ns();
	c->started_mono_ns = clock_mono_ns();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0) {
		log_err("PARENT", "socketpair: %s", strerror(errno));
		child_restart_later(c);
		return;
	}
	c->pid = fork();
	if (c->pid == 0)
		child_exec(c, sv[1]);
	close(sv[1]);
	if (c->pid < 0) {
		log_err("PARENT", "fork: %s", strerror(errno));
		c->pid = 0;
		close(sv[0]);
		child_restart_later(c);
		return;
	}
	c->ready = c->served = false;
	c->chan = msg_chan_new(c->parent->base, sv[0], child_on_msg, c);
	log_info("ROLE-START", "%s: process %d", child_label(c, label, sizeof(label)), (int)c->pid);
}

static void
child_ended(struct child *c, int status)
{
	char label[128];

	child_label(c, label, sizeof(label));
	msg_chan_free(c->chan);
	c->chan = NULL;
	c->ready = false;
	c->pid = 0;
	if (c->parent->stopping || !c->wanted) {
		log_info("ROLE-END", "%s: ended", label);
		return;
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		log_err("ROLE-SYSCALL",
		    "%s: killed by signal %d: it made a system call that its sandbox does not "
		    "allow; the kernel log has its number (audit type 1326); the role is started "
		    "again and recovers from disk",
		    label, SIGSYS);
	else if (WIFSIGNALED(status))
		log_err("ROLE-DIED",
		    "%s: killed by signal %d; it is started again and recovers from disk", label,
		    WTERMSIG(status));
	else
		log_err("ROLE-DIED", "%s: exit code %d; it is started again and recovers from disk",
		    label, WEXITSTATUS(status));
	child_restart_later(c);
	parent_tell_roles(c->parent);
}

static void
parent_on_child(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;
	struct child *c, *next;
	int status;
	pid_t pid;

	(void)sig;
	(void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (c = LIST_FIRST(&p->children); c != NULL; c = next) {
			next = LIST_NEXT(c, entry);
			if (c->pid == pid)
				child_ended(c, status);
		}
	if (p->stopping)
		parent_stop_next(p);
}

/* Stop in the order of the flow: ingest (spool what was read), deliver (last barrier, cursor),
 * admin (last journal rows). */
static void
parent_stop_next(struct parent *p)
{
	static const enum role_id order[] = {ROLE_INGEST, ROLE_DELIVER, ROLE_ADMIN};
	struct child *c;

	for (size_t i = 0; i < 3; i++) {
		bool any = false;

		LIST_FOREACH(c, &p->children, entry)
		if (c->role == order[i] && c->pid != 0) {
			any = true;
			if (c->wanted)
				msg_send(c->chan, ROLE_MSG_STOP, NULL, 0, -1);
			c->wanted = false;
		}
		if (any)
			return;
	}
	event_base_loopbreak(p->base);
}

static void
parent_on_term(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;

	(void)what;
	if (p->stopping)
		return;
	log_notice("STOP", "signal %d: stopping", (int)sig);
	parent_notify("STOPPING=1");
	p->stopping = true;
	p->stop_by_ns = clock_mono_ns() + PARENT_STOP_S * CLOCK_NS_PER_S;
	parent_stop_next(p);
}

static void
parent_on_hup(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;
	struct child *c;

	(void)sig;
	(void)what;
	log_notice("RELOAD", "certificates and CRLs are read again");
	LIST_FOREACH(c, &p->children, entry)
	msg_send(c->chan, ROLE_MSG_RELOAD, NULL, 0, -1);
}

static void
parent_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;
	struct child *c;

	(void)fd;
	(void)what;
	if (!p->stopping) {
		if (p->told_ready)
			parent_notify("WATCHDOG=1");
		if (p->untold)
			parent_tell_roles(p);
		return;
	}
	if (clock_mono_ns() < p->stop_by_ns)
		return;
	LIST_FOREACH(c, &p->children, entry)
	if (c->pid != 0) {
		log_err("STOP", "%s does not end: killed", role_name(c->role));
		kill(c->pid, SIGKILL);
	}
}

static void
parent_add(struct parent *p, enum role_id role)
{
	struct child *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	c->parent = p;
	c->role = role;
	c->wanted = true;
	LIST_INSERT_HEAD(&p->children, c, entry);
	child_start(c);
}

static void
parent_free(struct parent *p)
{
	struct child *c;

	while ((c = LIST_FIRST(&p->children)) != NULL) {
		LIST_REMOVE(c, entry);
		msg_chan_free(c->chan);
		if (c->restart != NULL)
			event_free(c->restart);
		free(c);
	}
	for (size_t i = 0; i < 4; i++)
		event_free(p->sig[i]);
	event_free(p->tick);
	event_base_free(p->base);
}

int
parent_run(struct conf *conf, const char *exe)
{
	static const struct timeval second = {1, 0};
	struct parent p = {.conf = conf, .exe = exe};

	signal(SIGPIPE, SIG_IGN);
	LIST_INIT(&p.children);
	p.base = event_base_new();
	assert(p.base != NULL);
	p.sig[0] = evsignal_new(p.base, SIGCHLD, parent_on_child, &p);
	p.sig[1] = evsignal_new(p.base, SIGTERM, parent_on_term, &p);
	p.sig[2] = evsignal_new(p.base, SIGINT, parent_on_term, &p);
	p.sig[3] = evsignal_new(p.base, SIGHUP, parent_on_hup, &p);
	for (size_t i = 0; i < 4; i++)
		event_add(p.sig[i], NULL);
	p.tick = event_new(p.base, -1, EV_PERSIST, parent_on_tick, &p);
	event_add(p.tick, &second);
	parent_add(&p, ROLE_ADMIN);
	parent_add(&p, ROLE_INGEST);
	event_base_dispatch(p.base);
	log_notice("STOP", "all roles have ended");
	parent_free(&p);
	return 0;
}
