/* SPDX-License-Identifier: Apache-2.0 */
/* Small files that roles keep for the role after them, with any content: cursors of deliver, the
 * clock of ingest, the newest key list seen, what was stopped (ratchet).
 *
 * Input: an octet (which file), then its octets; a cursor is two slots, each: options (1: header
 * made right, 2: counts made to fit, 4: checksum made right), a run. */
#include "base/clock.h"
#include "base/crc32c.h"
#include "base/log.h"
#include "delivery/cursor.h"
#include "fuzz_util.h"
#include "base/clock_file.h"
#include "trust/keychain.h"
#include "trust/ratchet.h"

#include <stddef.h>

#define LEA 7
#define CURSOR_HEAD 40
#define CURSOR_ENTRY 40
#define FILE_MAX 8192

static char path[128];

/* ---- the cursor */

static void
cursor_make_right(uint8_t *o, size_t n, unsigned slot, uint8_t options)
{
	static const uint8_t zero[4];
	size_t entries = (n - CURSOR_HEAD) / CURSOR_ENTRY, pos = o[27] % (entries + 1);
	uint32_t crc;

	if (options & 1) {
		memcpy(o, "OMDFCUR\1", 8);
		octets_put32(o + 8, CURSOR_VERSION);
		octets_put32(o + 12, LEA);
		o[23] = (uint8_t)((o[23] & ~1u) | slot);
	}
	if (options & 2) {
		octets_put32(o + 24, (uint32_t)pos);
		octets_put32(o + 28, (uint32_t)(entries - pos));
		n = CURSOR_HEAD + entries * CURSOR_ENTRY;
	}
	if (options & 4) {
		crc = crc32c(crc32c(0, o, 32), zero, 4);
		octets_put32(o + 32, crc32c(crc, o + 36, n - 36));
	}
}

static void
cursor_put(struct fuzz_in *f, int fd, unsigned slot)
{
	uint8_t options = fuzz_u8(f), o[FILE_MAX] = {0};
	struct octets run = fuzz_run(f);
	size_t n = run.n < FILE_MAX ? run.n : FILE_MAX;

	if (n > 0)
		memcpy(o, run.p, n);
	if (n >= CURSOR_HEAD)
		cursor_make_right(o, n, slot, options);
	if (pwrite(fd, o, n, slot * (off_t)CURSOR_STRIPE) != (ssize_t)n)
		abort();
}

static size_t
cursor_count_all(const struct cursor *c, uint64_t *sum)
{
	const struct cursor_pos *p;
	const struct cursor_warrant *w;
	size_t n = 0;

	*sum = 0;
	for (size_t i = 0; (p = cursor_each(c, i)) != NULL; i++, n++)
		*sum =
		    *sum * 31 + p->dest + p->class + p->pos.seg + p->pos.rec + p->pos.off + p->lost;
	for (size_t i = 0; (w = cursor_warrant_each(c, i)) != NULL; i++, n++)
		*sum = *sum * 31 + w->warrant + w->iri + w->cc + w->notices + w->octets;
	return n;
}

/* What was read can be stored and is read again. */
static void
cursor_run(struct fuzz_in *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum cursor_found found;
	uint64_t sum, again;
	struct cursor *c;
	size_t n;

	if (fd < 0)
		abort();
	cursor_put(f, fd, 0);
	cursor_put(f, fd, 1);
	close(fd);
	c = cursor_open(path, LEA, &found);
	assert(c != NULL && cursor_found_name(found)[0] != '?' && !cursor_dirty(c));
	n = cursor_count_all(c, &sum);
	assert(n == 0 || found == CURSOR_OK || found == CURSOR_OLDER);
	cursor_touch(c);
	if (cursor_store(c) != 0)
		abort();
	cursor_close(c);
	c = cursor_open(path, LEA, &found);
	assert(c != NULL && found != CURSOR_NEW && found != CURSOR_LOST);
	assert(cursor_count_all(c, &again) == n && again == sum);
	cursor_at(c, 9, HO_CC, NULL);
	cursor_drop(c, 9, HO_CC);
	cursor_close(c);
}

/* ---- the others */

static void
clock_run(struct fuzz_in *f)
{
	static struct clock_file c;

	fuzz_write(path, f->p, f->n);
	clock_file_open(&c, path, 60 * CLOCK_NS_PER_S);
	clock_doubt_ns();
	clock_warrant_ns();
	c.saved_ns = 0;
	clock_file_save(&c, true);
	assert(clock_file_open(&c, path, 60 * CLOCK_NS_PER_S));
}

static void
mark_run(struct fuzz_in *f)
{
	struct keychain *k;

	fuzz_write(path, f->p, f->n);
	k = keychain_new(NULL, path);
	assert(keychain_list(k) == NULL);
	keychain_free(k);
}

/* Input: options (1: checksums made right), a statement, then rows. */
static void
ratchet_run(struct fuzz_in *f)
{
	uint8_t o[FILE_MAX], options = fuzz_u8(f);
	struct ratchet_row row, last = {0};
	const char *first;
	size_t n = 0;
	struct ratchet *t;

	for (; f->n > 0 && n + sizeof(row) < sizeof(o); n += sizeof(row)) {
		struct octets v;

		memset(&row, 0, sizeof(row));
		memset(row.uuid, fuzz_u8(f), 4);
		row.submitted_ns = (int8_t)fuzz_u8(f);
		row.until_ns = fuzz_u8(f);
		row.suspended = fuzz_u8(f);
		row.crc = crc32c(0, &row, offsetof(struct ratchet_row, crc));
		v = fuzz_take(f, options & 1 ? 0 : sizeof(row));
		if (v.n > 0)
			memcpy(&row, v.p, v.n);
		memcpy(o + n, &row, sizeof(row));
		last = row;
	}
	n = n > 0 && (options & 2) ? n - 1 - options / 16 : n;
	fuzz_write(path, o, n);
	t = ratchet_open(path);
	first = ratchet_check(t, &last);
	ratchet_sync(t);
	ratchet_close(t);
	t = ratchet_open(path);
	if (first == NULL && last.submitted_ns > 0)
		assert(ratchet_check(t, &last) == NULL); /* remembered, and no step back */
	ratchet_close(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct fuzz_in f = {in, n};

	if (path[0] == '\0') {
		log_init("fuzz", (enum log_level)0);
		snprintf(path, sizeof(path), "%s/file", fuzz_dir());
	}
	switch (fuzz_u8(&f) & 7) {
	case 0:
		clock_run(&f);
		return 0;
	case 1:
		mark_run(&f);
		return 0;
	case 2:
	case 3:
		ratchet_run(&f);
		return 0;
	default:
		cursor_run(&f);
		return 0;
	}
}
