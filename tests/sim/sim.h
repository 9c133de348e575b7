/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic simulation: the real ingest and deliver roles of one machine on a virtual clock, a
 * virtual disk and a virtual network, all of whose choices come from one 64-bit seed.  Processes
 * and threads are tasks with stacks of their own that give way only inside calls of the C library,
 * which this program replaces (calls_*.c); nothing runs in parallel. */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SIM_US INT64_C(1000)
#define SIM_MS INT64_C(1000000)
#define SIM_S INT64_C(1000000000)

/* ---- chance */

struct sim_rng {
	uint64_t s[2];
};
void rng_init(struct sim_rng *r, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct sim_rng *r);
/* 0..n-1; 0 when N is 0. */
uint64_t rng_below(struct sim_rng *r, uint64_t n);
/* True once in N (0: never). */
bool rng_once_in(struct sim_rng *r, uint64_t n);
/* FROM..TO, short ones more often. */
int64_t rng_time(struct sim_rng *r, int64_t from, int64_t to);

/* ---- what a seed chooses */

enum sim_break { /* the simulation's own layers, made wrong on purpose: the oracle must see it */
	BREAK_NONE,
	BREAK_FSYNC,  /* the disk says durable and does nothing */
	BREAK_ACK,    /* the NE takes what it sent for accepted */
	BREAK_CURSOR, /* a cursor file of long ago is put back */
	BREAK_LEMF,   /* the LEMF forgets what it acknowledged */
	BREAK_ROT, /* the disk changes octets behind the checksums' back: CRCs are made to agree */
	BREAK_N
};
const char *sim_break_name(enum sim_break b);

#define SIM_LEAS 2
#define SIM_NES 2

struct sim_plan {
	unsigned leas, nes, streams, pdus;
	int64_t feed_ns;      /* faults and new PDUs end then */
	int64_t pause_ns;     /* mean time between bursts of an NE */
	uint32_t payload_max; /* octets */
	uint32_t segment_len, commit_us, snapshot_s;
	uint64_t quota_len, pending_max;
	unsigned ask; /* an NE asks once in so many PDUs */
	bool segment_hash;
	uint32_t barrier_ms, time2_ms, time3_ms, time1_ms;
	char level; /* 'a' 'b' or 'c', '?': auto */
	/* mean time between faults; 0: none */
	int64_t kill_ns, power_ns, stop_ns, link_ns, lemf_ns, disk_ns, full_ns, eio_ns, damage_ns;
	unsigned damages;   /* at most */
	unsigned kill_call; /* a kill comes within so many calls of the role (0: at once) */
	bool loose_names;   /* directory entries become durable only by fsync of their directory */
	bool long_outage;
	unsigned short_write, eintr; /* once in so many calls */
};

/* ---- tasks and time */

struct sim_proc;

struct sim_task {
	struct sim_proc *proc; /* NULL: free */
	uint64_t gen;	       /* a wake-up for an earlier one is void */
	jmp_buf where;
	void *stack;
	void *(*fn)(void *);
	void *arg;
	bool fresh, done, waking;
	const void *wait_on; /* a condition, a mutex or a task */
	int err;	     /* errno while it does not run */
	struct sim_task *next;
};

enum proc_id {
	PROC_INGEST,
	PROC_DELIVER, /* and the following ones, one per LEA */
	PROC_ADMIN = PROC_DELIVER + SIM_LEAS,
	PROC_N
};

struct sim_msg;
struct role;

/* A process: what a kill ends. */
struct sim_proc {
	enum proc_id id;
	bool up, ready, stop, hard; /* HARD: not to be killed */
	uint64_t starts, calls, kill_at;
	struct sim_task *first;
	struct sim_task *poller; /* in epoll_wait */
	struct role *role;
	struct sim_msg *inbox, **inbox_end;
	int inbox_fd;
	int64_t up_ns;
	bool has_clock;
	int64_t clock[6]; /* mf/base/clock.c */
	unsigned fails;
};

typedef void sim_fn(void *arg, uint64_t n);

struct sim {
	uint64_t seed;
	enum sim_break broken;
	struct sim_plan plan;
	struct sim_rng rng;	 /* order of things */
	struct sim_rng fault;	 /* faults */
	struct sim_rng content;	 /* what is offered */
	int64_t now_ns, wall_ns; /* since the start; wall: offset */
	struct sim_task *task;	 /* running; NULL: the scheduler */
	struct sim_proc proc[PROC_N];
	bool calm; /* no faults any more */
	bool failed, over;
	char why[512];
	uint64_t hash, events;
	bool trace;
	unsigned power_cuts, kills, stops, fatals, resets, damages, ios, fulls, refused_starts;
};
extern struct sim *sim;

void sim_at(int64_t t_ns, sim_fn *fn, void *arg, uint64_t n);
void sim_in(int64_t d_ns, sim_fn *fn, void *arg, uint64_t n);
/* Run until sim->over or nothing is left to do. */
void sim_loop(int64_t until_ns);
void sim_core_reset(void);

struct sim_task *task_new(struct sim_proc *p, void *(*fn)(void *), void *arg);
/* Give way; back when woken, or at UNTIL_NS (INT64_MAX: not by time). */
void task_wait(int64_t until_ns);
void task_wake(struct sim_task *t);
void task_wake_on(const void *obj, bool all);
void task_sleep(int64_t ns);

/* In a call of the C library made by a role: a kill may come here. */
void proc_call(const char *what);
void proc_kill(struct sim_proc *p, const char *how);
const char *proc_name(const struct sim_proc *p);

/* One line of the trace, and into its hash. */
void sim_trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The oracle's no; the first counts. */
void sim_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool sim_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- descriptors (calls_net.c, calls_file.c) */

#define SIM_FD_MIN 100
#define SIM_FD_N 400

enum vfd_kind {
	VFD_FREE,
	VFD_FILE,
	VFD_DIR,
	VFD_EPOLL,
	VFD_EVENT,
	VFD_INBOX,
	VFD_DEAD, /* never ready: pipe of libevent */
	VFD_LISTEN,
	VFD_SOCK,
	VFD_MEM
};

struct vinode;
struct vconn;

struct vfd {
	enum vfd_kind kind;
	struct sim_proc *proc;
	struct vinode *ino;
	off_t off;
	bool write, append;
	char path[256];
	uint64_t count; /* eventfd */
	struct vconn *conn;
	uint16_t port;
};
/* NULL: not ours. */
struct vfd *vfd_get(int fd);
int vfd_new(enum vfd_kind kind);
void vfd_close(int fd);
void vfd_close_all(struct sim_proc *p);
/* Something about a descriptor of P may have changed. */
void vfd_changed(struct sim_proc *p);
bool vfd_in_role(void);
void calls_reset(void);

/* ---- the disk (disk.c) */

#define DISK_SECTOR 512

void disk_reset(void);
struct vinode *disk_find(const char *path, bool *dir);
struct vinode *disk_create(const char *path, bool dir);
int disk_mkdir(const char *path);
int disk_rename(const char *from, const char *to);
int disk_unlink(const char *path);
void disk_hold(struct vinode *v);
void disk_put(struct vinode *v);
ssize_t disk_read(struct vinode *v, void *buf, size_t n, off_t off);
/* Octets, or -errno. */
ssize_t disk_write(struct vinode *v, const void *buf, size_t n, off_t off);
int disk_truncate(struct vinode *v, off_t len);
int disk_allocate(struct vinode *v, off_t len);
off_t disk_size(const struct vinode *v);
off_t disk_alloc(const struct vinode *v);
bool disk_is_dir(const struct vinode *v);
off_t disk_seek(const struct vinode *v, off_t off, bool hole);
/* May give way.  0 or -errno. */
int disk_sync(struct vinode *v, const char *path, bool names);
int disk_sync_all(void);
uint64_t disk_free_len(void);
void disk_full(bool full);
/* Entries of a directory: name number I below PATH; NULL: no more. */
const char *disk_entry(const char *path, size_t i, struct vinode **v);
void disk_power_cut(void);
/* Outside the contract: one place.  False: nothing to damage. */
bool disk_damage(void);
void disk_fail_next_sync(void);
/* Octets of PATH now (new), for old copies. */
uint8_t *disk_copy(const char *path, size_t *n);
void disk_put_back(const char *path, const uint8_t *p, size_t n);
void disk_rot_hidden(void);

/* ---- the network (net.c): one end is a role's socket, the other ours */

struct vpeer { /* callbacks of our end; all from the scheduler */
	void (*up)(void *arg);
	void (*data)(void *arg, const uint8_t *p, size_t n);
	void (*gone)(void *arg); /* closed or reset; free the connection's pointer */
	void *arg;
};
void net_reset(void);
/* Our side connects to a port that a role listens on; NULL: refused. */
struct vconn *net_dial(uint16_t port, const struct vpeer *peer);
/* A role connects to PORT: who answers; returns false to refuse. */
typedef bool net_accept_cb(uint16_t port, struct vconn *c, struct vpeer *peer);
extern net_accept_cb *net_accept;
void net_send(struct vconn *c, const void *p, size_t n);
/* Octets that wait in our direction to the role. */
size_t net_waiting(const struct vconn *c);
void net_close(struct vconn *c, bool reset);
/* Our end reads or not. */
void net_deaf(struct vconn *c, bool deaf);
bool net_reset_any(void);
int conn_port_of(const struct vconn *c);

/* ---- the parties */

void role_layer_reset(void);
void role_start(enum proc_id id);
void role_stop_orderly(enum proc_id id);
void role_restart_later(struct sim_proc *p);
void sim_clock_swap(int64_t *slot, bool in);
void alarm_seen(const char *code, bool raised);
unsigned alarm_count(const char *code);
uint64_t role_lost(void);

void ne_reset(void);
void ne_start(void);
bool ne_done(void);

void lemf_reset(void);
void lemf_fault(void);
void lemf_calm(void);

/* ---- the oracle */

void oracle_reset(void);
/* A PDU was made, the next of its stream, for the warrants of the bits.  Returns its number, which
 * has to stand in its payload (ORACLE_MARK) before oracle_payload(). */
#define ORACLE_MARK "SIM!%08x."
#define ORACLE_MARK_LEN 13
uint32_t oracle_offer(unsigned stream, bool iri, unsigned warrants);
void oracle_payload(uint32_t id, const uint8_t *payload, size_t n);
void oracle_accepted(uint32_t id);
/* A PS-PDU arrived at the LEMF of LEA on connection CONN. */
void oracle_arrived(unsigned lea, unsigned dest, uint64_t conn, const uint8_t *p, size_t n);
/* PS-PDUs that arrived on CONN so far. */
uint64_t oracle_mark(uint64_t conn);
/* The LEMF keeps the first MARK of CONN, and says so. */
void oracle_answered(uint64_t conn, uint64_t mark);
/* CONN is over: what was not answered is forgotten. */
void oracle_closed(uint64_t conn);
/* BREAK_LEMF: something that was answered is forgotten. */
void oracle_forget(void);
void oracle_shed(uint64_t n);
bool oracle_complete(void);
void oracle_end(void);
void oracle_figures(uint64_t *offered, uint64_t *accepted, uint64_t *delivered, uint64_t *twice);

#endif
