/* SPDX-License-Identifier: Apache-2.0 */
/* The status of the whole: ask the roles, wait for their answers (at most STATUS_WAIT_MS in all),
 * merge them with the database. Deliver roles are asked first and ingest after them, so that a
 * record never counts as delivered before it counts as received.
 *
 * From ingest (mf/ingest/ingest_status.c): {"x": {"listeners": [...]}, "network_elements": [{"id",
 * "connections", "pdus", "last"}], "warrants": [{"warrant": row, "received", "spooled",
 * "duplicate", "out_of_scope", "rejected", "shed"}], "sessions": [...]}; a counter may be a number,
 * or an object or array of numbers, which are added.  From deliver: mf/delivery/destination.h.
 * What is missing counts as 0.
 *
 * Merged: {"time", "tasks": {"version", "in_force"}, "roles": [...], "listeners": [...], "nes":
 * [...], "leas": [{"id", "name", "profile", "state", "backlog": {"records", "octets", "age_s"},
 * "destinations": [...]}], "backlog": {...}, "warrants": [{"id", "uuid", "lea", "liid", "state",
 * "received", "delivered", "waiting", "duplicate", "out_of_scope", "rejected", "shed", "lost",
 * "ok"}], "alarms": [...], "journal": {"backlog"}, "ingest": as answered, "deliver": [as
 * answered]}. */
#ifndef ADMIN_STATUS_H
#define ADMIN_STATUS_H

#include "role.h"

#include <jansson.h>

#define STATUS_WAIT_MS 2000 /* for each of the two rounds */
#define STATUS_WARRANTS_ALL                                                                        \
	2000 /* with more warrants, those without any PDU are left out of the answer */

struct store;
struct status;

struct status_env {
	struct event_base *base;
	struct store *store;
	void *arg;
	void (*ask)(
	    void *arg, enum role_id role, uint32_t lea, uint64_t id); /* send ROLE_MSG_STATUS_REQ */
};

struct status *status_new(const struct status_env *env); /* *env is copied */
void status_free(struct status *s);
void status_peer_up(struct status *s, enum role_id role, uint32_t lea);
void status_peer_down(struct status *s, enum role_id role, uint32_t lea);
bool status_has_peer(struct status *s, enum role_id role, uint32_t lea);
/* The answer to request ID; ANSWER is taken. */
void status_answer(struct status *s, enum role_id role, uint32_t lea, uint64_t id, json_t *answer);
/* What the parent says of the processes; taken. */
void status_roles(struct status *s, json_t *roles);
void status_in_force(struct status *s, uint64_t task_version);
void status_journal(struct status *s, uint64_t backlog);

enum status_kind {
	STATUS_WHOLE, /* merged */
	STATUS_ROWS,  /* as the roles answered: status_parts_json() */
	STATUS_BRIEF  /* the same, perhaps without warrants and sessions */
};
/* DONE gets it (borrowed), once; an empty object when admin ends. */
void status_get(struct status *s, enum status_kind kind, void (*done)(json_t *status, void *token),
    void *token);

/* The JSON in the memory file FD of another role (new), or NULL. */
json_t *status_read(int fd);

/* ---- status_merge.c: no I/O but the database */
struct status_parts {
	json_t *ingest;	 /* NULL: no answer */
	json_t *deliver; /* object: LEA row as text > answer; no member: no answer */
	json_t *roles;	 /* array or NULL */
	uint64_t in_force, journal_backlog;
};
json_t *status_merge(struct store *s, const struct status_parts *p);
/* {"ingest": answer or null, "deliver": {LEA row as text: answer}, "roles": as merged}: what the
 * roles say, without the database.  New. */
json_t *status_parts_json(const struct status_parts *p);
/* State of network element NE (a row) of which ingest says LIVE. */
const char *status_ne_state(json_t *ne, json_t *live, bool answered);
/* What ingest says of the network elements, by row as text; those of a group are added up.  New. */
json_t *status_ne_index(json_t *list);
/* Sums over the classes of a destination's answer. */
struct status_backlog {
	int64_t records, octets, age_s;
};
struct status_backlog status_backlog_of(json_t *link);

#endif
