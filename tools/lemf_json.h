/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded PDUs as JSON values (jansson). */
#ifndef LEMF_JSON_H
#define LEMF_JSON_H

#include "lemf_pdu.h"

#include <jansson.h>

/* The subtree at N.  Octets beyond 64 are given only with HEX, else their count.  Returns new. */
json_t *lemf_json_node(const struct lemf_tree *t, const struct lemf_node *n, bool hex);
json_t *lemf_json_faults(const struct lemf_tree *t);
json_t *lemf_json_item(const struct lemf_item *it, bool hex);
json_t *lemf_json_hex(struct octets o);
json_t *lemf_json_time(int64_t us);

#endif
