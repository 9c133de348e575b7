/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger lines are gathered in a buffer and written with one O_APPEND write before the octets that
 * they describe leave. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "tools/ne_ledger.h"

#define ROOM (256 * 1024)
#define LINE_MAX_LEN 512

struct ne_ledger {
	int fd;
	bool light, sync;
	char *buf;
	size_t n;
	struct { /* light: PDUs not yet told of */
		uint64_t from, to, pdus, octets;
	} batch;
};

struct ne_ledger *
ne_ledger_open(const char *path, bool light, bool sync)
{
	struct ne_ledger *l = calloc(1, sizeof(*l));

	assert(l);
	l->fd = -1;
	l->light = light;
	l->sync = sync;
	l->buf = malloc(ROOM);
	assert(l->buf);
	if (path)
		l->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (path && l->fd < 0) {
		fprintf(stderr, "mdf-ne: ledger: %s\n", strerror(errno));
		ne_ledger_close(l);
		return NULL;
	}
	return l;
}

bool
ne_ledger_wants_crc(const struct ne_ledger *l)
{
	return l->fd >= 0 && !l->light;
}

static void
write_out(struct ne_ledger *l)
{
	size_t off = 0;
	ssize_t w;

	while (off < l->n) {
		w = write(l->fd, l->buf + off, l->n - off);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			fprintf(stderr, "mdf-ne: ledger: %s\n", strerror(errno));
			exit(1);
		}
		off += (size_t)w;
	}
	l->n = 0;
}

static void
end_line(struct ne_ledger *l, int len)
{
	assert(len > 0 && len < LINE_MAX_LEN);
	l->n += (size_t)len;
	if (l->n + 2 * LINE_MAX_LEN > ROOM)
		write_out(l);
}

static void
end_batch(struct ne_ledger *l)
{
	if (!l->batch.pdus)
		return;
	end_line(l, snprintf(l->buf + l->n, LINE_MAX_LEN,
			"{\"from_n\":%llu,\"to_n\":%llu,\"pdus\":%llu,\"octets\":%llu}\n",
			(unsigned long long)l->batch.from, (unsigned long long)l->batch.to,
			(unsigned long long)l->batch.pdus, (unsigned long long)l->batch.octets));
	l->batch.pdus = l->batch.octets = 0;
}

void
ne_ledger_flush(struct ne_ledger *l)
{
	if (l->fd < 0)
		return;
	end_batch(l);
	if (l->n == 0)
		return;
	write_out(l);
	if (l->sync && fdatasync(l->fd)) {
		fprintf(stderr, "mdf-ne: ledger: %s\n", strerror(errno));
		exit(1);
	}
}

void
ne_ledger_close(struct ne_ledger *l)
{
	if (!l)
		return;
	ne_ledger_flush(l);
	if (l->fd >= 0)
		close(l->fd);
	free(l->buf);
	free(l);
}

static char *
hex(const uint8_t *p, char out[37])
{
	static const char digits[] = "0123456789abcdef";
	char *o = out;
	int i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*o++ = '-';
		*o++ = digits[p[i] >> 4];
		*o++ = digits[p[i] & 15];
	}
	*o = '\0';
	return out;
}

static void
add_to_batch(struct ne_ledger *l, uint64_t n, size_t len)
{
	if (!l->batch.pdus)
		l->batch.from = n;
	l->batch.to = n;
	l->batch.pdus++;
	l->batch.octets += len;
}

void
ne_ledger_pdu(struct ne_ledger *l, uint64_t n, unsigned conn, const struct ne_pdu *p, uint32_t crc,
    const char *fault)
{
	char xid[37];

	if (l->fd < 0)
		return;
	if (l->light && !fault) {
		add_to_batch(l, n, p->payload.n);
		return;
	}
	end_batch(l);
	end_line(l,
	    snprintf(l->buf + l->n, LINE_MAX_LEN,
		"{\"n\":%llu,\"conn\":%u,\"type\":%u,\"xid\":\"%s\",\"corr\":\"%016llx\",\"seq\":%"
		"u,\"format\":%u,\"len\":%zu,"
		"\"crc32c\":\"%08x\",\"ts\":%lld%s%s%s}\n",
		(unsigned long long)n, conn, p->type, hex(p->xid, xid), (unsigned long long)p->corr,
		p->seq, p->format, p->payload.n, crc, (long long)p->ts_ns,
		fault ? ",\"fault\":\"" : "", fault ? fault : "", fault ? "\"" : ""));
}

void
ne_ledger_ack(struct ne_ledger *l, unsigned conn, uint32_t number, uint64_t acked_n)
{
	if (l->fd < 0)
		return;
	end_batch(l);
	end_line(
	    l, snprintf(l->buf + l->n, LINE_MAX_LEN, "{\"ack\":%u,\"conn\":%u,\"acked_n\":%llu}\n",
		   number, conn, (unsigned long long)acked_n));
}

void
ne_ledger_event(struct ne_ledger *l, unsigned conn, const char *event)
{
	if (l->fd < 0)
		return;
	end_batch(l);
	end_line(l,
	    snprintf(l->buf + l->n, LINE_MAX_LEN, "{\"event\":\"%s\",\"conn\":%u}\n", event, conn));
}
