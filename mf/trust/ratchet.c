/* SPDX-License-Identifier: Apache-2.0 */
/* See ratchet.h.  The file is a run of rows; the last one about a warrant counts.  A row that does
 * not fit its CRC ends it: what a crash cut off. */
#include "trust/ratchet.h"

#include "base/crc32c.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ratchet {
	struct ratchet_row *slot; /* submitted_ns 0: free */
	size_t slot_n, n;	  /* slot_n: a power of two */
	int fd;			  /* -1: only in memory */
	bool dirty, failed;
};

static struct ratchet_row *
ratchet_slot(struct ratchet *t, const uint8_t uuid[16])
{
	uint64_t a, b, h;
	size_t i;

	memcpy(&a, uuid, sizeof(a));
	memcpy(&b, uuid + 8, sizeof(b));
	h = (a ^ b ^ b >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	i = (size_t)(h ^ h >> 32) & (t->slot_n - 1);
	while (t->slot[i].submitted_ns != 0 && memcmp(t->slot[i].uuid, uuid, 16) != 0)
		i = (i + 1) & (t->slot_n - 1);
	return &t->slot[i];
}

static void
ratchet_put(struct ratchet *t, const struct ratchet_row *row)
{
	struct ratchet_row *s;

	if (t->n * 2 >= t->slot_n) {
		struct ratchet_row *old = t->slot;
		size_t old_n = t->slot_n;

		t->slot_n = old_n * 2;
		t->slot = calloc(t->slot_n, sizeof(*t->slot));
		assert(t->slot != NULL);
		for (size_t i = 0; i < old_n; i++)
			if (old[i].submitted_ns != 0)
				*ratchet_slot(t, old[i].uuid) = old[i];
		free(old);
	}
	s = ratchet_slot(t, row->uuid);
	t->n += s->submitted_ns == 0;
	*s = *row;
}

static uint32_t
ratchet_crc(const struct ratchet_row *row)
{
	return crc32c(0, (const uint8_t *)row, offsetof(struct ratchet_row, crc));
}

static void
ratchet_read(struct ratchet *t, const char *file)
{
	FILE *f = fopen(file, "re");
	struct ratchet_row row;

	if (f == NULL)
		return;
	while (fread(&row, sizeof(row), 1, f) == 1 && row.crc == ratchet_crc(&row) &&
	       row.submitted_ns > 0)
		ratchet_put(t, &row);
	fclose(f);
}

/* A fresh file with what counts. */
static void
ratchet_write(struct ratchet *t, const char *file)
{
	char tmp[4200];
	bool ok = snprintf(tmp, sizeof(tmp), "%s.tmp", file) < (int)sizeof(tmp);

	t->fd = ok ? open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	ok = t->fd >= 0;
	for (size_t i = 0; i < t->slot_n && ok; i++)
		if (t->slot[i].submitted_ns != 0)
			ok = write(t->fd, &t->slot[i], sizeof(t->slot[i])) ==
			     (ssize_t)sizeof(t->slot[i]);
	if (ok && fdatasync(t->fd) == 0 && rename(tmp, file) == 0)
		return;
	log_err("TRUST-FILE", "%s: %s: what was stopped is remembered until the next restart only",
	    file, strerror(errno));
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

struct ratchet *
ratchet_open(const char *file)
{
	struct ratchet *t = calloc(1, sizeof(*t));

	assert(t != NULL);
	t->fd = -1;
	t->slot_n = 64;
	t->slot = calloc(t->slot_n, sizeof(*t->slot));
	assert(t->slot != NULL);
	if (file == NULL)
		return t;
	ratchet_read(t, file);
	ratchet_write(t, file);
	return t;
}

void
ratchet_close(struct ratchet *t)
{
	if (t == NULL)
		return;
	ratchet_sync(t);
	if (t->fd >= 0)
		close(t->fd);
	free(t->slot);
	free(t);
}

void
ratchet_sync(struct ratchet *t)
{
	if (!t->dirty || t->fd < 0)
		return;
	t->dirty = false;
	if (fdatasync(t->fd) < 0)
		log_err("TRUST-FILE", "what was stopped cannot be written: %s", strerror(errno));
}

const char *
ratchet_check(struct ratchet *t, const struct ratchet_row *row)
{
	const struct ratchet_row *s = ratchet_slot(t, row->uuid);
	struct ratchet_row now = *row;

	if (s->submitted_ns > row->submitted_ns)
		return "an older statement than one that was in force";
	if (s->submitted_ns == row->submitted_ns) {
		if (row->until_ns > s->until_ns)
			return "it was stopped or shortened, and has no new approval";
		if (s->suspended && !row->suspended)
			return "it was suspended, and has no new approval";
		if (row->until_ns == s->until_ns && row->suspended == s->suspended)
			return NULL;
	}
	now.crc = ratchet_crc(&now);
	ratchet_put(t, &now);
	if (t->fd >= 0 && write(t->fd, &now, sizeof(now)) != (ssize_t)sizeof(now) && !t->failed) {
		t->failed = true;
		log_err("TRUST-FILE", "what was stopped cannot be written: %s", strerror(errno));
	}
	t->dirty = true;
	return NULL;
}

bool
ratchet_uuid(const char *text, uint8_t out[16])
{
	size_t n = 0;

	for (; text != NULL && *text != '\0' && n < 32; text++) {
		const char *hex = "0123456789abcdef", *at = strchr(hex, *text);

		if (*text == '-')
			continue;
		if (at == NULL)
			return false;
		out[n / 2] = (uint8_t)((n % 2 ? out[n / 2] : 0) << 4 | (at - hex));
		n++;
	}
	return text != NULL && *text == '\0' && n == 32;
}
