/* SPDX-License-Identifier: Apache-2.0 */
/* The names that sessions have beside their keys (payload.h, struct li_name): which session a
 * Call-ID, a media address or an access address means, within one warrant.  Names are kept as keyed
 * hashes: nobody reads an identity out of memory, spool or state file.  NAME_MEDIA and NAME_ADDRESS
 * mean something only while their session is open: who seeks looks at that. */
#ifndef SESSION_NAMES_H
#define SESSION_NAMES_H

#include "session/session.h"

/* One binding; also what state records and the state file hold. */
struct name_row {
	uint32_t warrant;
	uint8_t kind;  /* enum name_kind */
	uint8_t bound; /* in state records: 0: unbound */
	uint8_t weak;  /* an address that packets came from, not one that an access event gave */
	uint8_t media; /* NAME_MEDIA: struct li_name, media and video_pt */
	uint32_t video_pt;
	uint8_t name[16];    /* names_hash() */
	uint8_t session[16]; /* key of the session */
};

struct names;
struct names *names_new(const uint8_t secret[SESSION_SECRET_LEN]);
void names_free(struct names *n);

/* XID counts only for NAME_CORRELATION, NAME_POINT and NAME_INNER; NULL for all others. */
void names_hash(
    const struct names *n, uint8_t kind, const uint8_t xid[16], struct octets a, uint8_t out[16]);
/* The binding; NULL: none.  Valid until the next change. */
const struct name_row *names_find(
    const struct names *n, uint32_t warrant, uint8_t kind, const uint8_t name[16]);
/* Bind, replacing what was bound. */
void names_bind(struct names *n, const struct name_row *row);
void names_unbind(struct names *n, uint32_t warrant, uint8_t kind, const uint8_t name[16]);
/* Some warrant has a name of KIND. */
bool names_any(const struct names *n, uint8_t kind);
/* Drop every name that KEEP does not want any more: of sessions that are long closed. */
typedef bool (*names_keep_cb)(const struct name_row *row, void *arg);
void names_sweep(struct names *n, names_keep_cb keep, void *arg);
typedef void (*names_cb)(const struct name_row *row, void *arg);
void names_each(const struct names *n, names_cb cb, void *arg);
size_t names_n(const struct names *n);

#endif
