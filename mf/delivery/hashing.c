/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of the queues of a deliver role; see hashing.h. */
#include "delivery/hashing.h"

#include "delivery/seghash.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

struct hashing {
	struct hashing_env env;
	struct seghash *class[DEST_CLASS_N];
	uint64_t wanted[DEST_CLASS_N], below[DEST_CLASS_N];
	struct event *next;
};

static void
hashing_later(struct hashing *h)
{
	static const struct timeval at_once = {0, 0};

	if (!event_pending(h->next, EV_TIMEOUT, NULL))
		event_add(h->next, &at_once);
}

static void
hashing_tell(struct hashing *h, int class, const struct seghash_done *done)
{
	struct role_msg_hash m;

	memset(&m, 0, sizeof(m));
	m.lea = h->env.lea;
	m.class = (uint32_t) class;
	m.seg = done->seg;
	m.first_rec = done->first_rec;
	m.end_rec = done->end_rec;
	m.len = done->len;
	memcpy(m.value, done->value, sizeof(m.value));
	h->env.hash(h->env.arg, &m);
}

/* One slice of the first class that has something to hash; the others in later turns. */
static void
hashing_on_next(evutil_socket_t fd, short what, void *arg)
{
	struct hashing *h = arg;
	struct seghash_done done;

	(void)fd;
	(void)what;
	for (int c = 0; c < DEST_CLASS_N; c++) {
		int r;

		if (h->below[c] >= h->wanted[c])
			continue;
		r = seghash_step(h->class[c], h -> wanted[c], &done);
		if (r > 0)
			hashing_tell(h, c, &done);
		if (r >= 0) {
			h->below[c] = r > 0 ? done.seg + 1 : h->wanted[c];
			h->env.moved(h->env.arg, (enum ho_class)c);
		}
		hashing_later(h);
		return;
	}
}

struct hashing *
hashing_new(const struct hashing_env *env)
{
	struct hashing *h = calloc(1, sizeof(*h));

	assert(h != NULL);
	h->env = *env;
	for (int c = 0; c < DEST_CLASS_N; c++)
		h->class[c] = seghash_new(env->dir, env->lea, (enum ho_class)c);
	h->next = event_new(env->base, -1, 0, hashing_on_next, h);
	assert(h->next != NULL);
	return h;
}

void
hashing_free(struct hashing *h)
{
	if (h == NULL)
		return;
	event_free(h->next);
	for (int c = 0; c < DEST_CLASS_N; c++)
		seghash_free(h->class[c]);
	free(h);
}

void
hashing_want(struct hashing *h, enum ho_class class, uint64_t seg)
{
	h->wanted[class] = seg;
	hashing_later(h);
}

uint64_t
hashing_below(const struct hashing *h, enum ho_class class)
{
	return h->below[class];
}

void
hashing_again(struct hashing *h)
{
	for (int c = 0; c < DEST_CLASS_N; c++) {
		seghash_restart(h->class[c]);
		h->below[c] = 0;
	}
	hashing_later(h);
}
