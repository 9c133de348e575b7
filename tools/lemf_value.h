/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single values for lemf_decode.c: minimal integers, ranges, sizes, character sets,
 * enumerations, OIDs, times. */
#ifndef LEMF_VALUE_H
#define LEMF_VALUE_H

#include "lemf_decode.h"

struct lemf_path {
	const struct lemf_path *up;
	const char *name;
	unsigned depth;
};

void lemf_fault_add(struct lemf_tree *t, const struct lemf_path *path, size_t at,
    enum lemf_level level, const char *code, const char *what);
void lemf_value_check(struct lemf_tree *t, const struct lemf_type *type, const struct lemf_node *n,
    const struct lemf_path *path);
/* Universal tag of an element of a SEQUENCE OF. */
uint32_t lemf_value_tag(enum lemf_kind kind);

#endif
