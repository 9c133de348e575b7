/* SPDX-License-Identifier: Apache-2.0 */
/* What a warrant has narrowed, and what its LEA's profile wants instead of what came: from the
 * events of one PDU to the events that go out for one warrant.  Enforced before the spool: what is
 * not for the warrant is never encoded.  Pure: keeps nothing. */
#ifndef SESSION_SCOPE_H
#define SESSION_SCOPE_H

#include "session/packet.h"
#include "session/payload.h"
#include "session/task.h"

#define SCOPE_EVENTS_MAX 3

struct scope_out {
	struct li_event ev[SCOPE_EVENTS_MAX]; /* in the order in which they are handed over */
	size_t n;
	bool summarise; /* no event for the CC: count PKT into the flow table (flowsum.h) */
	bool excluded;	/* REJECT_EXCLUDED: count PKT as excluded traffic */
	struct packet pkt; /* outermost packet, when one was looked at; version 0: none */
	struct packet inner; /* innermost one */
	struct li_upf upf;   /* details that were made here */
};

/* Judge and shape P (as payload_examine() left it) for W under profile PROF.  METADATA: the warrant
 * has fallen back to metadata only.  Returns REJECT_NONE and out->n >= 1 or out->summarise;
 * REJECT_OUT_OF_SCOPE (IRI only and CC, ...), REJECT_SERVICE, REJECT_EXCLUDED, REJECT_NOT_TARGET,
 * REJECT_FORMAT_UNKNOWN (opaque and the profile does not take it). */
enum reject_code scope_apply(const struct payload *p, const struct task_set *tasks,
    const struct task_warrant *w, const struct taskset_profile *prof, bool metadata,
    struct scope_out *out);

/* True when scope_apply() can only return p->ev unchanged for W: nothing narrowed, nothing to
 * shape.  Cheap; the hot path asks first. */
bool scope_is_plain(const struct task_warrant *w, const struct taskset_profile *prof);

/* Does RULE match?  PKT may have version 0.  MAC: 6 octets or NULL.  SERVICE: bits. */
bool scope_rule_match(const struct taskset_rule *rule, const struct packet *pkt,
    const uint8_t *src_mac, const uint8_t *dst_mac, uint8_t service);

#endif
