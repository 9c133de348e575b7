/* SPDX-License-Identifier: Apache-2.0 */
/* Regimes: what the law of a country wants of a warrant, as data.  A JSON object with these
 * members, each of which may be left out (then it is that of the built-in regime "etsi");
 * packaging/regimes/ has some; "certainty" in a
 * file says how sure each is. name, version, about required        record members that must be
 * there before it is submitted legal_types     words that legal_type may be; empty: any iri_outage
 * "retain" | "drop"; what becomes of IRI that cannot be delivered cc_outage       "drop" |
 * "buffer:SECONDS" retention       default class of its records; retention_days: kept so long after
 * the end affirmative     true: a person of the operator activates each warrant provisional_hours
 * an order whose paper is still to come may run so long; 0: not allowed review_percent, review_days
 * sample of the periodic review (R4) clock_max_ms    no activation when the clock may be wrong by
 * more; 0: not looked at sla_minutes, sla_urgent_minutes   from receipt to active certainty
 * {member: "law" | "second-hand" | "memory" | "choice"} */
#ifndef ADMIN_REGIME_H
#define ADMIN_REGIME_H

#include "admin/ops.h"

#define REGIME_BUILTIN "etsi"

/* What is wrong with J, static text or BUF; NULL: it is a regime. */
const char *regime_wrong(json_t *j, char *buf, size_t len);
/* The regime NAME with every member; new, or NULL: there is none. */
json_t *regime_get(struct op_call *c, const char *name);
/* That of warrant row ID (its own, its tenant's, the setting); new, or NULL and the fault. */
json_t *regime_of(struct op_call *c, int64_t id);
bool regime_flag(json_t *regime, const char *key);
int64_t regime_number(json_t *regime, const char *key);
/* Record members that REGIME requires and W (as shown) lacks; new array. */
json_t *regime_missing(json_t *regime, json_t *w);
/* What is wrong with the words of cc_outage and iri_outage (each may be NULL); NULL: nothing. */
const char *regime_outage_wrong(const char *cc, const char *iri);
/* Why the record W does not fit REGIME; static text or NULL. */
const char *regime_refuses(json_t *regime, json_t *w);

#endif
