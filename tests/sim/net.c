/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual network: connections between a role's socket and an end of ours.  What is sent goes
 * in pieces of any size, each with a delay, in order; the receiver's buffer is limited; a
 * connection can be reset at any octet. */
#include "tests/sim/net.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define PORTS_N 8
#define BUFFER_LEN (96u * 1024) /* in one direction: on the way and not read */

struct pipe {
	uint8_t *p;
	size_t n, cap;
	size_t here;	 /* of these have arrived */
	int64_t last_ns; /* arrival of the last piece */
	bool fin;	 /* the sender closed; when all has arrived: end */
	bool fin_here;
};

struct vconn {
	bool used, up, refused, reset;
	bool role_open, peer_open;
	uint64_t gen;
	struct sim_proc *proc;
	uint16_t port;
	struct pipe to_role, to_peer;
	struct vpeer peer;
	bool deaf;
	struct vconn *next; /* waits for accept */
};

struct port {
	uint16_t port;
	struct sim_proc *proc;
	struct vconn *first;
};

net_accept_cb *net_accept;
static struct vconn conns[64];
static struct port ports[PORTS_N];
static uint64_t gens;

void
net_reset(void)
{
	for (size_t i = 0; i < sizeof(conns) / sizeof(conns[0]); i++) {
		free(conns[i].to_role.p);
		free(conns[i].to_peer.p);
	}
	memset(conns, 0, sizeof(conns));
	memset(ports, 0, sizeof(ports));
	gens = 0;
}

static struct vconn *
conn_new(struct sim_proc *p, uint16_t port)
{
	struct vconn *c = conns;

	while (c->used) {
		c++;
		assert(c < conns + sizeof(conns) / sizeof(conns[0]));
	}
	free(c->to_role.p);
	free(c->to_peer.p);
	memset(c, 0, sizeof(*c));
	c->used = true;
	c->gen = ++gens;
	c->proc = p;
	c->port = port;
	return c;
}

static void
conn_put(struct vconn *c)
{
	if (!c->role_open && !c->peer_open)
		c->used = false;
}

static void
conn_peer_gone(struct vconn *c)
{
	if (!c->peer_open)
		return;
	c->peer_open = false;
	if (c->peer.gone != NULL)
		c->peer.gone(c->peer.arg);
	conn_put(c);
}

/* ---- pieces */

static int64_t
delay(void)
{
	if (rng_once_in(&sim->rng, 300) && !sim->calm)
		return rng_time(&sim->rng, SIM_MS, 3 * SIM_S);
	return rng_time(&sim->rng, 20 * SIM_US, 2 * SIM_MS);
}

static void on_piece_role(void *arg, uint64_t n);
static void on_piece_peer(void *arg, uint64_t n);

/* The generation and the length travel in one number. */
static void
pipe_send(struct vconn *c, struct pipe *p, const void *buf, size_t n, sim_fn *fn)
{
	const uint8_t *from = buf;

	if (p->n + n > p->cap) {
		p->cap = (p->n + n) * 2;
		p->p = realloc(p->p, p->cap);
		assert(p->p != NULL);
	}
	memcpy(p->p + p->n, from, n);
	p->n += n;
	while (n > 0) {
		size_t piece = rng_once_in(&sim->rng, 4) ? 1 + rng_below(&sim->rng, n) : n;
		int64_t at = sim->now_ns + delay();

		p->last_ns = at > p->last_ns ? at : p->last_ns;
		sim_at(p->last_ns, fn, c, c->gen << 32 | piece);
		n -= piece;
	}
}

static void
pipe_fin(struct vconn *c, struct pipe *p, sim_fn *fn)
{
	int64_t at = sim->now_ns + delay();

	p->fin = true;
	p->last_ns = at > p->last_ns ? at : p->last_ns;
	sim_at(p->last_ns, fn, c, c->gen << 32);
}

static bool
piece_for(const struct vconn *c, uint64_t n)
{
	return c->used && (uint32_t)c->gen == n >> 32 && !c->reset;
}

static void
on_piece_role(void *arg, uint64_t n)
{
	struct vconn *c = arg;

	if (!piece_for(c, n))
		return;
	c->to_role.here += (uint32_t)n;
	c->to_role.fin_here |= (uint32_t)n == 0;
	vfd_changed(c->proc);
}

static void
peer_take(struct vconn *c)
{
	struct pipe *p = &c->to_peer;
	size_t n = p->here;
	uint64_t gen = c->gen;

	if (!c->peer_open || c->deaf)
		return;
	if (n > 0) {
		uint8_t *copy = malloc(n);

		assert(copy != NULL);
		memcpy(copy, p->p, n);
		memmove(p->p, p->p + n, p->n - n);
		p->n -= n;
		p->here = 0;
		c->peer.data(c->peer.arg, copy, n);
		free(copy);
		if (c->gen != gen || !c->used)
			return;
		vfd_changed(c->proc);
	}
	if (p->fin_here && p->n == 0)
		conn_peer_gone(c);
}

static void
on_piece_peer(void *arg, uint64_t n)
{
	struct vconn *c = arg;

	if (!piece_for(c, n))
		return;
	c->to_peer.here += (uint32_t)n;
	c->to_peer.fin_here |= (uint32_t)n == 0;
	peer_take(c);
}

/* ---- our ends */

static struct port *
port_find(uint16_t port)
{
	for (int i = 0; i < PORTS_N; i++)
		if (ports[i].port == port && ports[i].proc != NULL)
			return &ports[i];
	return NULL;
}

static void
on_dialled(void *arg, uint64_t gen)
{
	struct vconn *c = arg;
	struct port *p;
	struct vconn **end;

	if (!c->used || c->gen != gen || !c->peer_open)
		return;
	p = port_find(c->port);
	if (p == NULL || c->proc != NULL) {
		conn_peer_gone(c);
		return;
	}
	c->up = c->role_open = true;
	c->proc = p->proc;
	for (end = &p->first; *end != NULL; end = &(*end)->next)
		;
	*end = c;
	vfd_changed(p->proc);
	c->peer.up(c->peer.arg);
}

struct vconn *
net_dial(uint16_t port, const struct vpeer *peer)
{
	struct vconn *c = conn_new(NULL, port);

	c->peer_open = true;
	c->peer = *peer;
	sim_in(delay(), on_dialled, c, c->gen);
	return c;
}

void
net_send(struct vconn *c, const void *p, size_t n)
{
	if (c->peer_open && !c->reset && n > 0)
		pipe_send(c, &c->to_role, p, n, on_piece_role);
}

size_t
net_waiting(const struct vconn *c)
{
	return c->to_role.n;
}

void
net_close(struct vconn *c, bool reset)
{
	if (!c->peer_open)
		return;
	if (reset) {
		c->reset = true;
		vfd_changed(c->proc);
	} else if (!c->reset) {
		pipe_fin(c, &c->to_role, on_piece_role);
	}
	conn_peer_gone(c);
}

void
net_deaf(struct vconn *c, bool deaf)
{
	c->deaf = deaf;
	if (!deaf)
		peer_take(c);
}

int
conn_port_of(const struct vconn *c)
{
	return c->port;
}

bool
net_reset_any(void)
{
	struct vconn *pick = NULL;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(conns) / sizeof(conns[0]); i++)
		if (conns[i].used && conns[i].up && conns[i].peer_open && !conns[i].reset &&
		    rng_once_in(&sim->fault, ++n))
			pick = &conns[i];
	if (pick == NULL)
		return false;
	sim_trace("reset of a connection to port %u", pick->port);
	/* part of what is under way still arrives */
	if (rng_below(&sim->fault, 2) != 0)
		pick->to_role.here +=
		    rng_below(&sim->fault, pick->to_role.n - pick->to_role.here + 1);
	net_close(pick, true);
	return true;
}

/* ---- the roles' sockets */

void
net_listen(uint16_t port, struct sim_proc *p)
{
	int i = 0;

	while (ports[i].proc != NULL && ports[i].port != port)
		assert(++i < PORTS_N);
	ports[i] = (struct port){port, p, NULL};
}

void
net_listen_closed(uint16_t port)
{
	struct port *p = port_find(port);
	struct vconn *c;

	if (p == NULL)
		return;
	while ((c = p->first) != NULL) {
		p->first = c->next;
		net_role_closed(c);
	}
	p->proc = NULL;
}

bool
net_acceptable(uint16_t port)
{
	struct port *p = port_find(port);

	return p != NULL && p->first != NULL;
}

struct vconn *
net_take(uint16_t port)
{
	struct port *p = port_find(port);
	struct vconn *c = p != NULL ? p->first : NULL;

	if (c != NULL)
		p->first = c->next;
	return c;
}

static void
on_connected(void *arg, uint64_t gen)
{
	struct vconn *c = arg;

	if (!c->used || c->gen != gen)
		return;
	if (!c->role_open) {
		c->used = false;
		return;
	}
	c->up = true;
	c->peer_open = true;
	if (!net_accept(c->port, c, &c->peer)) {
		c->refused = true;
		c->peer_open = false;
	} else {
		c->peer.up(c->peer.arg);
	}
	vfd_changed(c->proc);
}

struct vconn *
net_connect(struct sim_proc *p, uint16_t port)
{
	struct vconn *c = conn_new(p, port);

	c->role_open = true;
	sim_in(delay(), on_connected, c, c->gen);
	return c;
}

uint32_t
net_ready(const struct vconn *c)
{
	uint32_t is = 0;

	if (!c->up)
		return 0;
	if (c->reset || c->refused)
		return EPOLLIN | EPOLLOUT | EPOLLHUP;
	if (c->to_role.here > 0 || c->to_role.fin_here)
		is |= EPOLLIN;
	if (c->to_peer.n < BUFFER_LEN)
		is |= EPOLLOUT;
	return is;
}

int
net_error(const struct vconn *c)
{
	return c->refused ? ECONNREFUSED : 0;
}

ssize_t
net_recv(struct vconn *c, void *buf, size_t n)
{
	struct pipe *p = &c->to_role;

	if (p->here == 0 && (c->reset || c->refused))
		return -ECONNRESET;
	if (p->here == 0)
		return p->fin_here ? 0 : -EAGAIN;
	if (n > p->here)
		n = p->here;
	if (buf != NULL)
		memcpy(buf, p->p, n);
	memmove(p->p, p->p + n, p->n - n);
	p->n -= n;
	p->here -= n;
	return (ssize_t)n;
}

ssize_t
net_role_send(struct vconn *c, const void *buf, size_t n)
{
	size_t room = c->to_peer.n < BUFFER_LEN ? BUFFER_LEN - c->to_peer.n : 0;

	if (c->reset || c->refused || !c->peer_open)
		return -EPIPE;
	if (room == 0)
		return -EAGAIN;
	if (n > room)
		n = room;
	pipe_send(c, &c->to_peer, buf, n, on_piece_peer);
	return (ssize_t)n;
}

size_t
net_unacked(const struct vconn *c)
{
	return c->to_peer.n;
}

/* The process closed it, or is gone: what it sent still arrives, unless there was something unread
 * (the kernel resets then). */
void
net_role_closed(struct vconn *c)
{
	if (!c->role_open)
		return;
	c->role_open = false;
	if (c->peer_open && c->to_role.n > 0 && !c->reset) {
		c->reset = true;
		conn_peer_gone(c);
	} else if (c->peer_open && !c->reset) {
		pipe_fin(c, &c->to_peer, on_piece_peer);
	}
	conn_put(c);
}
