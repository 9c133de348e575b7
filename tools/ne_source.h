/* SPDX-License-Identifier: Apache-2.0 */
/* Where PDUs come from: a generator, a capture or a script.  Sources do not know connections or
 * sequence numbers. */
#ifndef TOOLS_NE_SOURCE_H
#define TOOLS_NE_SOURCE_H

#include <stdint.h>
#include "tools/ne_opt.h"
#include "tools/ne_pdu.h"

/* A PDU encoded before; made by the sender the first time, owned by the source. */
struct ne_template {
	uint8_t *octets; /* NULL: not yet */
	size_t len;
	struct ne_marks marks;
	struct ne_pdu pdu; /* header fields; its payload points into octets */
	uint32_t crc;	   /* CRC-32C of the payload */
};

struct ne_item {
	struct ne_pdu pdu;	  /* all but minor, xid; seq, DID, NFID, IPID when not set */
	size_t xid;		  /* index */
	uint32_t stream;	  /* chooses the connection */
	struct ne_template *tmpl; /* or NULL */
	bool seq_given;		  /* the source has set the number */
	uint16_t context; /* not 0: DID, NFID and IPID are the source's; a number for them */
};

struct ne_gen;
struct ne_cap;
struct ne_script;

/* Reads the payload file.  Returns new, or NULL with a line on standard error. */
struct ne_gen *ne_gen_new(const struct ne_conf *conf, const struct ne_gen_spec *spec);
void ne_gen_free(struct ne_gen *g);
/* The next PDU that is due at monotonic time NOW.  Returns 1 with *item (valid until the next
 * call), 0 nothing due before *wake, -1 at the end. */
int ne_gen_next(struct ne_gen *g, int64_t now_ns, struct ne_item *item, int64_t *wake_ns);

/* Reads the whole capture.  Returns new, or NULL with a line on standard error. */
struct ne_cap *ne_cap_new(const struct ne_conf *conf);
void ne_cap_free(struct ne_cap *c);
int ne_cap_next(struct ne_cap *c, int64_t now_ns, struct ne_item *item, int64_t *wake_ns);

/* Reads the whole script; XIDs that it names are added to CONF.  Returns new, or NULL with a line
 * on standard error. */
struct ne_script *ne_script_new(struct ne_conf *conf);
void ne_script_free(struct ne_script *s);
int ne_script_next(struct ne_script *s, int64_t now_ns, struct ne_item *item, int64_t *wake_ns);

#endif
