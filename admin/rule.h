/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a warrant or network element as people write them, and as the data plane has them
 * (struct taskset_rule).  Pure functions.
 *
 *   net:CIDR                 packets with this net at either end (exclude), or the target's own
 *   net:CIDR:PORTS           ... and this port of that end; IPv6 in brackets:
 * net:[2001:db8::/32]:80 net:CIDR<->CIDR          packets between the two nets PROTO[:PORTS],
 * port:PORTS    udp, tcp, sctp, icmp, icmp6, gre, esp or any; either end net:CIDR:PROTO[:PORTS]
 * both conditions ip:ADDRESS               net: of one address mac:xx:xx:xx:xx:xx:xx    either end
 * of the frame id:KIND:VALUE            an identifier that the network element names
 * (spec/target_form.h) service:NAME             of this service; exclude only bound the address is
 * bound to the target's access session; target only PORTS is a number or a range 80-90. */
#ifndef ADMIN_RULE_H
#define ADMIN_RULE_H

#include "admin/vault.h"
#include "session/taskset.h"

#include <jansson.h>
#include <stdbool.h>

#define RULE_TEXT_MAX 700 /* octets of a rule's text */
#define RULE_LIST_MAX 64  /* rules of one warrant or element, and kind */

/* TEXT as a rule of WHAT (enum taskset_rule_what).  SHOW, RULE_TEXT_MAX octets: the text as it is
 * kept and shown, that of an identifier masked.  Returns NULL, or one sentence that says what is
 * wrong and never repeats TEXT. */
const char *rule_parse(int what, const char *text, struct taskset_rule *out, char *show);

/* What is kept back to a rule: TEXT as shown, HASH (16 octets) of an identifier, else NULL.
 * Returns 0 or -EINVAL. */
int rule_load(int what, const char *text, const uint8_t *hash, struct taskset_rule *out);

/* Rules that tell a person are sealed where there is a vault: a salt, then the text as written. The
 * salt goes into a field of the rule that nobody compares, so that a hash over a warrant's rules
 * does not tell them to somebody who tries all addresses. */
#define RULE_SALT 16
#define RULE_SEALED_MAX (RULE_SALT + RULE_TEXT_MAX + VAULT_OVER)
#define RULE_LABEL "warrant rule"
bool rule_personal(const struct taskset_rule *r);
/* TEXT, a rule that rule_parse() takes, to OUT; returns its octets, or 0 when the vault refuses. */
size_t rule_seal(
    struct vault *v, int64_t lea, int64_t warrant, const char *text, uint8_t out[RULE_SEALED_MAX]);
/* The text to TEXT.  0, or < 0 as vault_unseal(). */
int rule_unseal(struct vault *v, int64_t lea, int64_t warrant, const uint8_t *sealed, size_t n,
    char text[RULE_TEXT_MAX], uint8_t salt[RULE_SALT]);
/* A sealed rule; without its key a rule that nothing matches. */
void rule_load_sealed(int what, struct vault *v, int64_t lea, int64_t warrant,
    const uint8_t *sealed, size_t n, struct taskset_rule *out);
/* How a personal rule is shown: its kind and "***". */
void rule_masked(const struct taskset_rule *r, const char *text, char show[RULE_TEXT_MAX]);

/* Bit of enum li_service that NAME means ("voice"); 0: none. */
uint16_t rule_service(const char *name);
/* Bits of a JSON array of names; SERVICE_ANY for NULL. */
uint16_t rule_services(json_t *names);

#endif
