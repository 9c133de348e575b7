/* SPDX-License-Identifier: Apache-2.0 */
/* The k-th allocation of a piece of the daemon fails: k = 1, 2, ... until the piece is through
 * without being struck.  Each k in a process of its own, which must do its work, refuse it with a
 * reason, or say MEMORY and end with code 1 (mf/memory.h); never by a signal.  Then the next
 * process goes on from what is on disk.
 *
 * kth_malloc: TAP, some k of each piece, drawn with FAULTS_SEED.  kth_malloc all: every k. */
#include "config.h"

#include "kth_malloc.h"

#include "base/log.h"
#include "delivery/cursor.h"
#include "handover/handover.h"
#include "mediate_rig.h"
#include "memory.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHORT_K 8 /* of each piece in the short form, besides the first ones */
#define SHORT_FIRST 4
#define EVERY_MAX 5000 /* a piece with more: so many of them, drawn */
#define SAID_MAX 4096

/* ---- the allocator: below that of the daemon, so that libraries get it too */

static struct {
	atomic_ulong n;
	unsigned long k; /* fails; 0: none */
	bool all;	 /* and all after it */
	atomic_bool on;
	char dir[128];
	struct rig rig; /* as it is in the process that died */
} * shared;

#ifndef WITH_SANITIZERS /* they have their own */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static bool
fails(void)
{
	unsigned long n;

	if (shared == NULL || !atomic_load(&shared->on))
		return false;
	n = atomic_fetch_add(&shared->n, 1) + 1;
	if (shared->k == 0 || n < shared->k || (n > shared->k && !shared->all))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return fails() ? NULL : __libc_memalign(align, n);
}
#endif

const char *
kth_dir(void)
{
	return shared->dir;
}

static void
begin(void)
{
	atomic_store(&shared->on, true);
}

static void
end(void)
{
	atomic_store(&shared->on, false);
}

/* ---- mediation: a session of SIP and packets, a PDU for nobody */

static struct fixture world;
static struct rig rig;

#define MSG(start, cseq, to)                                                                       \
	start "\r\ni: a@b\r\nf: <sip:a@x>;tag=1\r\nt: <sip:b@x>" to "\r\nCSeq: " cseq "\r\n\r\n"

static int
offer(uint32_t x, uint32_t seq, const char *text)
{
	static uint8_t packet[128];
	struct fixture_pdu p = {.type = text != NULL ? X23_TYPE_X2 : X23_TYPE_X3,
	    .format = text != NULL ? X23_FMT_SIP : X23_FMT_IPV4,
	    .direction = X23_DIR_FROM_TARGET,
	    .x = x,
	    .correlation = 77,
	    .numbered = true,
	    .seq = seq};

	p.payload = text != NULL ? (struct octets){(const uint8_t *)text, strlen(text)}
				 : (struct octets){packet, fixture_ipv4(packet, 100, seq)};
	return rig_pdu(&rig, 1, &p);
}

static void
session(uint32_t seq)
{
	if (offer(7, seq, MSG("INVITE sip:b@x SIP/2.0", "1 INVITE", "")) != 0 ||
	    offer(7, seq, NULL) != 0 || offer(9, seq, NULL) != 0 ||
	    offer(7, seq + 1, MSG("BYE sip:b@x SIP/2.0", "2 BYE", ";tag=2")) != 0)
		abort();
}

static const char *
mediate_make(void)
{
	rig_init(&rig);
	fixture_init(&world, 64);
	fixture_ne(&world, 1);
	fixture_warrant(&world, 100, 1, 7);
	fixture_warrant(&world, 101, 2, 7);
	rig_tasks(&rig, &world);
	session(0);
	rig_checkpoint(&rig);
	memcpy(&shared->rig, &rig, sizeof(rig));
	return rig.dir;
}

static int
mediate_run(void (*from)(void), void (*to)(void))
{
	from();
	session(2);
	rig_tasks(&rig, &world);
	session(4);
	rig_commit(&rig);
	to();
	return 0;
}

/* What was taken in is in the books and they balance. */
static void
mediate_again(void)
{
	memcpy(&rig, &shared->rig, sizeof(rig));
	rig.conf.dir = rig.spool_dir;
	rig_open(&rig);
	for (uint32_t w = 100; w < 102; w++)
		if (!account_balanced(rig_account(&rig, w)) || rig_account(&rig, w)->received < 3)
			abort();
	rig_close(&rig);
}

static const struct piece piece_mediate = {
    "decode and mediate a session", false, mediate_make, mediate_run, mediate_again};

/* ---- recovery: from a state file and records behind it */

static const char *
recover_make(void)
{
	mediate_make();
	session(2);
	rig_commit(&rig);
	rig_close(&rig);
	return rig.dir;
}

static int
recover_piece(void (*from)(void), void (*to)(void))
{
	int r;

	from();
	r = rig_try(&rig);
	to();
	return r == 0 ? 0 : 1;
}

static const struct piece piece_recover = {
    "recover the spool and the state of ingest", true, recover_make, recover_piece, mediate_again};

/* ---- cursor */

static char cursor_path[160];

static struct cursor *
cursor_get(enum cursor_found want)
{
	enum cursor_found found = CURSOR_LOST;
	struct cursor *c = cursor_open(cursor_path, 7, &found);

	if (c != NULL && found != want)
		abort();
	return c;
}

static const char *
cursor_make(void)
{
	static char dir[] = "/tmp/kth_cursor.XXXXXX";
	struct cursor *c;

	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(cursor_path, sizeof(cursor_path), "%s/cursor", dir);
	c = cursor_get(CURSOR_NEW);
	for (uint32_t w = 1; w <= 200; w++)
		cursor_count(c, w, HO_CC, SPOOL_REC_HO, 10);
	if (c == NULL || cursor_store(c) != 0)
		abort();
	cursor_close(c);
	return dir;
}

static int
cursor_run(void (*from)(void), void (*to)(void))
{
	struct cursor *c;

	from();
	c = cursor_get(CURSOR_OK);
	for (uint32_t w = 1; c != NULL && w <= 400; w++) {
		cursor_count(c, w, HO_CC, SPOOL_REC_HO, 10);
		cursor_at(c, w % 40, HO_IRI, NULL);
	}
	if (c != NULL && cursor_store(c) != 0)
		abort();
	cursor_close(c);
	to();
	return c != NULL ? 0 : 1;
}

static void
cursor_again(void)
{
	struct cursor *c;

	snprintf(cursor_path, sizeof(cursor_path), "%s/cursor", shared->dir);
	c = cursor_get(CURSOR_OK);
	if (c == NULL || cursor_warrant_each(c, 199) == NULL ||
	    cursor_warrant_each(c, 199)->octets < 10)
		abort();
	cursor_close(c);
}

static const struct piece piece_cursor = {
    "load and store a cursor", false, cursor_make, cursor_run, cursor_again};

/* ---- one k */

static const struct piece *const pieces[] = {
    &piece_mediate, &piece_recover, &piece_cursor, &piece_open_db, &piece_operation};

/* What a child said. */
static char said[SAID_MAX + 1];

static int
child(void (*work)(const struct piece *), const struct piece *p)
{
	int fd = memfd_create("said", MFD_CLOEXEC), status = -1;
	ssize_t n;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (fd < 0 || pid < 0)
		abort();
	if (pid == 0) {
		dup2(fd, STDERR_FILENO);
		work(p);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	n = pread(fd, said, SAID_MAX, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return status;
}

static void
struck(const struct piece *p)
{
	int r;

	snprintf(shared->dir, sizeof(shared->dir), "%s", p->make());
	r = p->run(begin, end);
	_exit(r == 0 ? 0 : 2);
}

static void
after(const struct piece *p)
{
	p->again();
	_exit(0);
}

/* NULL, or what is wrong with that end. */
static const char *
verdict(const struct piece *p, int status, bool hit)
{
	if (WIFSIGNALED(status))
		return "ended by a signal";
	if (!WIFEXITED(status))
		return "did not end";
	if (WEXITSTATUS(status) == 0)
		return NULL;
	if (!hit)
		return "failed without being struck";
	if (WEXITSTATUS(status) == 1)
		return strstr(said, " MEMORY ") != NULL || p->may_refuse ? NULL
									 : "ended without a word";
	return WEXITSTATUS(status) == 2 && p->may_refuse ? NULL : "another exit code";
}

/* Allocation K of P fails; *N: how many there were. */
static bool
try_k(const struct piece *p, unsigned long k, bool all, unsigned long *n)
{
	char rm[160];
	const char *why;
	int status;

	atomic_store(&shared->n, 0);
	atomic_store(&shared->on, false);
	shared->k = k;
	shared->all = all;
	shared->dir[0] = '\0';
	status = child(struck, p);
	atomic_store(&shared->on, false);
	*n = atomic_load(&shared->n);
	why = verdict(p, status, k != 0 && *n >= k);
	if (why == NULL) {
		status = child(after, p);
		why = status == 0 ? NULL : "the next process does not go on";
	}
	if (why != NULL)
		printf("# %s: allocation %lu%s of %lu: %s (status %d)\n# %.800s\n", p->name, k,
		    all ? " and those after it" : "", *n, why, status, said);
	snprintf(rm, sizeof(rm), "rm -rf '%s'", shared->dir);
	if (strncmp(shared->dir, "/tmp/", 5) == 0 && system(rm) != 0)
		abort();
	return why == NULL;
}

static bool
try_piece(const struct piece *p, bool every)
{
	unsigned long total = 0, n, k = 1, runs = 1;
	bool ok = try_k(p, 0, false, &total);

	while (ok && (ok = try_k(p, k, (random() & 1) != 0, &n)) && n >= k) {
		k += (every && total < EVERY_MAX) || k < SHORT_FIRST
			 ? 1
			 : 1 + (unsigned long)random() %
				   (2 * total / (every ? EVERY_MAX : SHORT_K) + 1);
		runs++;
	}
	printf("# %s: %lu allocations, %lu tried\n", p->name, total, runs);
	return ok && total > 0;
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("FAULTS_SEED");
	size_t n = sizeof(pieces) / sizeof(pieces[0]);
	unsigned s = seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)time(NULL);
	bool every = argc > 1 && strcmp(argv[1], "all") == 0, good = true;

#ifdef WITH_SANITIZERS
	printf("1..0 # SKIP sanitizers have their own allocator\n");
	return 0;
#endif
	memory_init();
	srandom(s);
	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	printf("1..%zu\n# FAULTS_SEED=%u\n", n, s);
	for (size_t i = 0; i < n; i++) {
		bool ok = try_piece(pieces[i], every);

		printf("%sok %zu - %s\n", ok ? "" : "not ", i + 1, pieces[i]->name);
		good = good && ok;
	}
	return good ? 0 : 1;
}
