/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of one packet or event that came through several NEs: per warrant, within a window of
 * time.  A PDU is a copy when its NE has sent these octets no oftener than they were taken already;
 * so a true repetition through the same NE stays.  Memory only and bounded (COPIES_MAX entries, the
 * oldest go first): after a restart a copy may pass once, nothing is ever lost. */
#ifndef SESSION_COPIES_H
#define SESSION_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COPIES_MAX 262144
#define COPIES_NE_MAX 6 /* NEs told apart per entry; of further ones every PDU is a copy */

struct copies;
struct copies *copies_new(void);
void copies_free(struct copies *c);

/* Would a PDU with HASH (packet_copy_hash() over body and kind) from NE be a copy for WARRANT?
 * *first_ne: the NE whose PDU was taken. */
bool copies_check(struct copies *c, uint32_t warrant, const uint8_t hash[16], uint32_t ne,
    int64_t now_ns, int64_t window_ns, uint32_t *first_ne);
/* It was dealt with (taken, or counted as a copy).  Call after copies_check() and only when the PDU
 * is not offered again.  A PDU that was neither (rejected) is not noted.  Window: counted from the
 * first PDU with HASH; then counting starts anew. */
void copies_note(struct copies *c, uint32_t warrant, const uint8_t hash[16], uint32_t ne,
    int64_t now_ns, int64_t window_ns, bool taken);
size_t copies_n(const struct copies *c); /* entries in use, old ones included */

#endif
