/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket: one JSON object per line from mdfctl, one per line back, in order.
 *   {"op": "warrant.add", "args": {...}, "request": "id"}  ->  {"ok": true, "result": ...} or
 * {"ok": false, "error": {...}} Who may: root, the daemon's own user and conf.control_uids, by
 * SO_PEERCRED.  Who it is: the person of that uid, or whoever logs in with session.open; that
 * counts until the connection ends.  warrant.import with "more": true keeps the part until the last
 * one comes on the same connection; of an import that is too large every further part is refused,
 * the last one included. */
#ifndef ADMIN_CTL_H
#define ADMIN_CTL_H

#include "admin/ops.h"

struct event_base;
struct ctl;

#define CTL_LINE_MAX (1u << 20)	    /* octets of one line from a client */
#ifndef CTL_STAGED_MAX		    /* tests know less */
#define CTL_STAGED_MAX (512u << 20) /* octets of an import that waits for its last part */
#endif
#define CTL_CLIENTS_MAX 32

/* Listen on PATH (mode 0660; a stale socket is replaced).  UIDS is borrowed for the call.  Returns
 * new, or NULL with errno. */
struct ctl *ctl_open(struct event_base *base, const char *path, const unsigned *uids,
    unsigned uids_n, struct ops_ctx *ops);
void ctl_close(struct ctl *c);

#endif
