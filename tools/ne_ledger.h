/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of the sender: what was offered and what was acknowledged, as JSON lines in an
 * append-only file.  Never content. */
#ifndef TOOLS_NE_LEDGER_H
#define TOOLS_NE_LEDGER_H

#include <stdbool.h>
#include "tools/ne_pdu.h"

struct ne_ledger;

/* PATH NULL: a ledger that writes nothing.  Returns new, or NULL with a line on standard error. */
struct ne_ledger *ne_ledger_open(const char *path, bool light, bool sync);
/* Writes what is left. */
void ne_ledger_close(struct ne_ledger *l);
bool ne_ledger_wants_crc(const struct ne_ledger *l);
/* One PDU about to be sent; FAULT NULL for a good one. */
void ne_ledger_pdu(struct ne_ledger *l, uint64_t n, unsigned conn, const struct ne_pdu *p,
    uint32_t crc, const char *fault);
void ne_ledger_ack(struct ne_ledger *l, unsigned conn, uint32_t number, uint64_t acked_n);
void ne_ledger_event(struct ne_ledger *l, unsigned conn, const char *event);
/* Everything said so far is in the file when this returns; call it before octets leave. */
void ne_ledger_flush(struct ne_ledger *l);

#endif
