/* SPDX-License-Identifier: Apache-2.0 */
/* The sessions of one warrant as a tree: the ingest role is asked (ROLE_MSG_SESSIONS_REQ), its list
 * is put into order here.  Sessions hold hashes of names, never the names themselves.
 *
 * From ingest (ROLE_MSG_SESSIONS), a JSON array of objects: {"cin": number, "open": bool,
 * "first_ns", "last_ns": wall clock, "iri", "cc": records handed over, "state": text (of the
 * dialog), "parent": CIN of the access session or 0, "joined": CIN of the session that this one was
 * merged into or 0, "no_content": a call was answered and no CC of it has come, "names": {"call":
 * n, "media": n, ...}, "nes": [name or "#row", ...], "spool": {"lea": row, "iri", "cc": null or
 * {"class", "rec", "dest", "most"}: where its last record lies, not for the tree}}.  A member that
 * is missing counts as 0 or empty; further members are handed on. */
#ifndef ADMIN_SESSION_TREE_H
#define ADMIN_SESSION_TREE_H

#include <jansson.h>

/* LIST (borrowed) as a tree: an array of the sessions that hang on no other, each with "children"
 * (its media and service sessions) and "merged" (those that were joined with it); "first" and
 * "last" as RFC 3339.  A parent that is not in the list, or a ring, leaves the session at the top.
 * Returns new. */
json_t *session_tree(json_t *list);
/* Member KEY of S, in ns, as RFC 3339; null when it is 0 or not there.  Returns new. */
json_t *session_tree_time(json_t *s, const char *key);

#endif
