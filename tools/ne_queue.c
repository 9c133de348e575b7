/* SPDX-License-Identifier: Apache-2.0 */
/* Octets are appended at the end and dropped at the front; what is left moves to the front when the
 * buffer is full. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "tools/ne_queue.h"

void
ne_queue_init(struct ne_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->room = 256 * 1024;
	q->entries_room = 1024;
	q->buf = malloc(q->room);
	q->entries = calloc(q->entries_room, sizeof(*q->entries));
	assert(q->buf && q->entries);
}

void
ne_queue_fini(struct ne_queue *q)
{
	free(q->buf);
	free(q->entries);
}

uint8_t *
ne_queue_reserve(struct ne_queue *q, size_t len)
{
	size_t used = (size_t)(q->end - q->start), front = (size_t)(q->start - q->base);

	if ((size_t)(q->end - q->base) + len > q->room) {
		if (front < used ||
		    used + len > q->room) { /* moving alone would soon be needed again */
			while (used + len > q->room / 2)
				q->room *= 2;
			q->buf = realloc(q->buf, q->room);
			assert(q->buf);
		}
		memmove(q->buf, q->buf + front, used);
		q->base = q->start;
	}
	return q->buf + (q->end - q->base);
}

static void
grow_entries(struct ne_queue *q)
{
	size_t room = q->entries_room * 2;
	struct ne_entry *e = calloc(room, sizeof(*e));
	uint64_t i;

	assert(e);
	for (i = q->head; i < q->tail; i++)
		e[i & (room - 1)] = *ne_queue_entry(q, i);
	free(q->entries);
	q->entries = e;
	q->entries_room = room;
}

void
ne_queue_commit(struct ne_queue *q, size_t len, uint64_t n, uint32_t flags, uint32_t arg)
{
	if (q->tail - q->head == q->entries_room)
		grow_entries(q);
	q->end += len;
	*ne_queue_entry(q, q->tail++) = (struct ne_entry){q->end, n, flags, arg};
	q->flagged_n += flags != 0;
}

void
ne_queue_drop(struct ne_queue *q, uint64_t i)
{
	assert(i <= q->tail);
	if (i <= q->head)
		return;
	q->start = ne_queue_entry(q, i - 1)->end;
	q->head = i;
}

uint64_t
ne_queue_rewind(struct ne_queue *q)
{
	uint64_t again = q->tx > q->head ? q->tx - q->head : 0, i;

	for (i = q->head; i < q->tx; i++)
		ne_queue_entry(q, i)->flags |= NE_Q_SENT;
	q->flagged_n += again;
	q->tx = q->head;
	q->tx_off = q->start;
	return again;
}
