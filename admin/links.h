/* SPDX-License-Identifier: Apache-2.0 */
/* What the roles say now and said within the last hour: state, backlog and rates of the links, of
 * network elements and of the buffers.  Asked every LINKS_STEP_S while somebody looks (a stream, a
 * session, a question within the last minute), else every LINKS_IDLE_S; an answer is good for
 * LINKS_FRESH_NS.  In memory only.  What changes on a link is told to those who follow /events. */
#ifndef ADMIN_LINKS_H
#define ADMIN_LINKS_H

#include "admin/ops.h"

#define LINKS_STEP_S 5
#define LINKS_IDLE_S 60
#define LINKS_HISTORY_S 3600
#define LINKS_FRESH_NS (INT64_C(2) * 1000000000)

struct event_base;
struct links;

struct links_env {
	struct event_base *base;
	struct ops_ctx *x;
	uint64_t quota_len; /* of the buffer of an agency; 0: none */
	void *arg;
	/* Ask the roles; DONE gets what status_parts_json() says.  ROWS: with warrants. */
	void (*ask)(void *arg, bool rows, void (*done)(json_t *parts, void *token), void *token);
	unsigned (*streams)(void *arg); /* that are open */
	/* Tell those who follow /events now, and keep nothing: LEA those of that agency alone, NULL
	 * those who see all. */
	void (*hint)(void *arg, const char *lea, json_t *data);
};
struct links *links_new(const struct links_env *env); /* *env is copied */
void links_free(struct links *l);
/* Something has happened to a link: ask soon. */
void links_soon(struct links *l);

/* What the roles say, at most LINKS_FRESH_NS old, with ROWS also of each warrant; later or at once.
 */
void links_get(struct links *l, bool rows, void (*done)(json_t *parts, void *token), void *token);

enum links_kind {
	LINKS_DEST, /* PDUs and octets that were confirmed; PDUs that wait */
	LINKS_NE,   /* PDUs that came */
	LINKS_LEA   /* octets in its buffer */
};
/* Number AT of KIND and row ID per second, over the last minute; null: not known.  New. */
json_t *links_rate(const struct links *l, enum links_kind kind, uint32_t id, unsigned at);
/* {"step_s", "from", "pdus", "octets", "waiting"} of a destination, for the last SECONDS.  New. */
json_t *links_history(const struct links *l, uint32_t id, unsigned seconds, int64_t wall_ns);
/* Buffer of agency LEA in percent, with one decimal, and the seconds until it is full as it grows
 * now; null: no quota or no answer, or it does not grow.  New. */
json_t *links_percent(const struct links *l, json_t *parts, uint32_t lea);
json_t *links_full_s(const struct links *l, json_t *parts, uint32_t lea);

#endif
