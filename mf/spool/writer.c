/* SPDX-License-Identifier: Apache-2.0 */
/* The writer thread; see writer.h, and FORMAT "Order of writes". */
#include "spool/writer.h"

#include "base/log.h"
#include "spool/recycle.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 200 /* between attempts when there is no space */
#define IOV_N 64

static void
notify(struct writer *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->event_fd, &one, sizeof(one));

	(void)n; /* EAGAIN: the counter is full, so it is readable */
}

/* ---- chores */

static void
chore_do(const struct writer_chore *c)
{
	switch (c->kind) {
	case WRITER_RELEASE:
		recycle_put(c->pool, c->dir, c->seg);
		break;
	case WRITER_PURGE:
		recycle_purge(c->pool);
		break;
	}
}

/* Called with the lock; releases it meanwhile. */
static void
chores_run(struct writer *w)
{
	while (w->chores_n > 0) {
		struct writer_chore *list = w->chores;
		size_t n = w->chores_n;

		w->chores = NULL;
		w->chores_n = w->chores_cap = 0;
		pthread_mutex_unlock(&w->lock);
		for (size_t i = 0; i < n; i++)
			chore_do(&list[i]);
		free(list);
		pthread_mutex_lock(&w->lock);
	}
}

void
writer_chore(struct writer *w, struct writer_chore c)
{
	pthread_mutex_lock(&w->lock);
	if (w->chores_n == w->chores_cap) {
		w->chores_cap = w->chores_cap * 2 + 8;
		w->chores = realloc(w->chores, w->chores_cap * sizeof(c));
		assert(w->chores);
	}
	w->chores[w->chores_n++] = c;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

/* ---- writing */

/* No space: say so, do chores (they make some), wait.  0: try again, -ENOSPC: give up. */
static int
wait_space(struct writer *w, const struct writer_file *f, int rc)
{
	struct timespec until;
	bool give_up;

	if (!atomic_exchange(&w->no_space, true)) {
		log_warn("SPOOL-FLOOR", "%s/%016" PRIx64 ".seg: %s: it is tried again", f->dir,
		    f->head.seg, strerror(-rc));
		notify(w);
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += RETRY_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&w->lock);
	pthread_cond_broadcast(&w->idle); /* writer_wait looks at no_space */
	if (w->chores_n == 0 && !w->give_up)
		pthread_cond_timedwait(&w->wake, &w->lock, &until);
	chores_run(w);
	give_up = w->give_up;
	pthread_mutex_unlock(&w->lock);
	return give_up ? -ENOSPC : 0;
}

static bool
is_space(int rc)
{
	return rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG;
}

static void __attribute__((noreturn)) die(const struct writer_file *f, const char *what, int rc)
{
	log_fatal("SPOOL-IO",
	    "%s/%016" PRIx64 ".seg: %s: %s; nothing of this batch was acknowledged; check the disk",
	    f->dir, f->head.seg, what, strerror(-rc));
}

static int
begin(struct writer *w, struct writer_file *f)
{
	int rc;

	while ((rc = recycle_begin(f)) < 0) {
		if (!is_space(rc))
			die(f, "cannot begin the segment", rc);
		rc = wait_space(w, f, rc);
		if (rc < 0)
			return rc;
	}
	f->begun = true;
	return 0;
}

static ssize_t
write_iov(struct writer_file *f, struct iovec *iov, int n, uint64_t off)
{
	ssize_t done;

	do
		done = pwritev(f->fd, iov, n, (off_t)off);
	while (done < 0 && errno == EINTR);
	return done < 0 ? -errno : done;
}

static void
iov_advance(struct iovec **iov, int *n, size_t done)
{
	while (*n > 0 && done >= (*iov)->iov_len) {
		done -= (*iov)->iov_len;
		(*iov)++;
		(*n)--;
	}
	if (*n > 0) {
		(*iov)->iov_base = (uint8_t *)(*iov)->iov_base + done;
		(*iov)->iov_len -= done;
	}
}

/* Write N adjoining parts of one file. */
static int
write_run(struct writer *w, const struct writer_part *part, int n)
{
	struct writer_file *f = part->file;
	struct iovec store[IOV_N], *iov = store;
	uint64_t off = part->off;

	for (int i = 0; i < n; i++)
		store[i] = (struct iovec){(void *)(uintptr_t)part[i].p, part[i].n};
	while (n > 0) {
		ssize_t done = write_iov(f, iov, n, off);

		if (done < 0 && !is_space((int)done))
			die(f, "write", (int)done);
		if (done < 0) {
			int rc = wait_space(w, f, (int)done);

			if (rc < 0)
				return rc;
			continue;
		}
		off += (uint64_t)done;
		iov_advance(&iov, &n, (size_t)done);
	}
	return 0;
}

/* After a failed fdatasync the kernel counts the pages as clean: trying again would prove nothing.
 */
static void
sync_file(const struct writer_file *f)
{
	while (fdatasync(f->fd) < 0)
		if (errno != EINTR)
			die(f, "fdatasync", -errno);
}

/* Parts from I on that are one run of one file. */
static int
run_len(const struct writer_batch *b, size_t i)
{
	const struct writer_part *p = &b->parts[i];
	int n = 1;

	while (n < IOV_N && i + (size_t)n < b->parts_n && p[n].file == p->file &&
	       p[n].off == p[n - 1].off + p[n - 1].n)
		n++;
	return n;
}

static int
write_parts(struct writer *w, const struct writer_batch *b, bool several)
{
	for (size_t i = 0; i < b->parts_n;) {
		struct writer_file *f = b->parts[i].file;
		int n = run_len(b, i), rc = f->begun ? 0 : begin(w, f);

		if (rc == 0)
			rc = write_run(w, &b->parts[i], n);
		if (rc < 0)
			return rc;
		i += (size_t)n;
		if (i < b->parts_n && b->parts[i].file == f)
			continue;
		if (f->sealed)
			sync_file(f); /* before the next segment of the queue begins */
		else if (several)
			sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* all disks work */
	}
	return 0;
}

static bool
has_several(const struct writer_batch *b)
{
	for (size_t i = 1; i < b->parts_n; i++)
		if (b->parts[i].file != b->parts[0].file)
			return true;
	return false;
}

static int
batch_write(struct writer *w, const struct writer_batch *b)
{
	int rc = write_parts(w, b, has_several(b));

	for (size_t i = 0; rc == 0 && i < b->parts_n; i++)
		if (!b->parts[i].file->sealed &&
		    (i + 1 == b->parts_n || b->parts[i + 1].file != b->parts[i].file))
			sync_file(b->parts[i].file);
	return rc;
}

static void
batch_run(struct writer *w)
{
	struct writer_batch *b = w->batch;
	int rc;

	pthread_mutex_unlock(&w->lock);
	rc = batch_write(w, b);
	pthread_mutex_lock(&w->lock);
	w->batch = NULL; /* first: a submit may follow at once */
	if (rc == 0)
		atomic_store(&w->no_space, false);
	atomic_store_explicit(&w->done, rc == 0, memory_order_release);
	pthread_cond_broadcast(&w->idle);
	notify(w);
}

static void *
run(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		if (w->batch)
			batch_run(w);
		else if (w->chores_n > 0)
			chores_run(w);
		else if (w->stop)
			break;
		else
			pthread_cond_wait(&w->wake, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- the loop's side */

int
writer_start(struct writer *w)
{
	sigset_t all, old;
	int rc;

	memset(w, 0, sizeof(*w));
	atomic_init(&w->done, true);
	atomic_init(&w->no_space, false);
	w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->event_fd < 0)
		return -errno;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_cond_init(&w->idle, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the loop */
	rc = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0)
		close(w->event_fd);
	return -rc;
}

void
writer_submit(struct writer *w, struct writer_batch *b)
{
	assert(writer_done(w));
	atomic_store(&w->done, false);
	pthread_mutex_lock(&w->lock);
	assert(!w->batch);
	w->batch = b;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

bool
writer_done(const struct writer *w)
{
	return atomic_load_explicit(&w->done, memory_order_acquire);
}

bool
writer_wait(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->batch && !atomic_load(&w->no_space))
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return writer_done(w);
}

bool
writer_stop(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = w->give_up = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	free(w->chores);
	close(w->event_fd);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
	pthread_mutex_destroy(&w->lock);
	return writer_done(w);
}
