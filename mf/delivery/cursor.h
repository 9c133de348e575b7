/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* The cursor file of a deliver role, <state_dir>/spool/<lea>/cursor: how far each (destination,
 * class) has been acknowledged, and how much was delivered per warrant.  Both move in one write, so
 * that they cannot disagree.
 *
 * On disk: two slots that are written in turn, interleaved in stripes of CURSOR_STRIPE octets (slot
 * S's stripe I is stripe 2 I + S of the file), so that each can grow in place.  A slot, numbers
 * big-endian:
 *    0 magic "OMDFCUR" 1     8 version u32      12 lea u32        16 generation u64
 *   24 positions u32        28 warrants u32     32 CRC-32C u32    36 zero u32
 *   40 positions: dest u32, class u32, seg u64, rec u64, off u32, zero u32, lost u64
 *      warrants:  warrant u32, zero u32, iri u64, cc u64, notices u64, octets u64
 * The CRC covers the slot with its own field zero.  The valid slot with the highest generation
 * counts.  A slot torn at any octet fails its CRC and the older one counts: records are sent again,
 * never skipped.  No valid slot: everything starts at the oldest record. */
/* clang-format on */
#ifndef DELIVERY_CURSOR_H
#define DELIVERY_CURSOR_H

#include "spool/spool.h"

#include <stdio.h>

#define CURSOR_STRIPE 65536u
#define CURSOR_VERSION 1u

struct cursor;

enum cursor_found {
	CURSOR_NEW = 0, /* no file: a new LEA */
	CURSOR_OK,
	CURSOR_OLDER, /* one slot was damaged: the older state counts */
	CURSOR_LOST   /* no slot is readable */
};
const char *cursor_found_name(enum cursor_found f); /* "new" "ok" "older" "lost" */

struct cursor_pos {
	uint32_t dest, class;
	struct spool_pos pos;
	uint64_t lost; /* records the spool could not give back */
};

struct cursor_warrant {
	uint32_t warrant;
	uint64_t iri, cc, notices, octets; /* octets of all three */
	/* not stored: of UTC day DELAY_DAY (since 1970) the longest time from received to
	 * acknowledged */
	int64_t delay_ns, delay_day;
};

/* Open or make PATH (its directory too, 0700).  Returns new, or NULL with errno: also when the disk
 * cannot be read, which says nothing of what stands there. */
struct cursor *cursor_open(const char *path, uint32_t lea, enum cursor_found *found);
/* Stores nothing. */
void cursor_close(struct cursor *c);

/* The entry of (DEST, CLASS), made (zeroed: the oldest record) when it is not there.  *made may be
 * NULL.  Valid until the next call of cursor_at or cursor_drop. */
struct cursor_pos *cursor_at(struct cursor *c, uint32_t dest, enum ho_class class, bool *made);
void cursor_drop(struct cursor *c, uint32_t dest, enum ho_class class);
/* Entry I, or NULL behind the last. */
const struct cursor_pos *cursor_each(const struct cursor *c, size_t i);

/* Count one delivered record. */
void cursor_count(
    struct cursor *c, uint32_t warrant, enum ho_class class, enum spool_kind kind, size_t len);
/* That record was received at RECV_NS and acknowledged at NOW_NS, both wall clock. */
void cursor_delayed(struct cursor *c, uint32_t warrant, int64_t recv_ns, int64_t now_ns);
const struct cursor_warrant *cursor_warrant_each(const struct cursor *c, size_t i);

/* Say that an entry was changed. */
void cursor_touch(struct cursor *c);
bool cursor_dirty(const struct cursor *c);
/* Write and fdatasync when dirty.  Returns 0; -errno: still dirty, to be tried again; 1: fdatasync
 * failed (errno), give up the process: what the page cache holds is not known. */
int cursor_store(struct cursor *c);

#endif
