/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the ingest role for the sessions of a warrant, and waiting for its answer (at most
 * SESSIONS_WAIT_MS). */
#ifndef ADMIN_SESSIONS_H
#define ADMIN_SESSIONS_H

#include "role.h"

#define SESSIONS_WAIT_MS 2000
#define SESSIONS_MAX 64 /* requests under way */

struct sessions;

/* LIST is borrowed; NULL: ingest did not answer. */
typedef void (*sessions_cb)(json_t *list, void *token);

/* ASK sends a request to ingest.  Returns new. */
struct sessions *sessions_new(
    struct event_base *base, void (*ask)(void *arg, const struct role_msg_sessions *m), void *arg);
/* Answers those who wait, with NULL. */
void sessions_free(struct sessions *s);
/* 0: DONE is called later, once.  -EBUSY: too many at a time. */
int sessions_get(
    struct sessions *s, uint32_t warrant, uint32_t limit, sessions_cb done, void *token);
/* The answer to request ID; LIST is borrowed. */
void sessions_answer(struct sessions *s, uint64_t id, json_t *list);
/* Ingest went: nobody will answer. */
void sessions_lost(struct sessions *s);

#endif
