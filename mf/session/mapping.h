/* SPDX-License-Identifier: Apache-2.0 */
/* The mapping table (mapping_table.h) as rows for people: mdfctl mapping, docs/mapping.md. */
#ifndef SESSION_MAPPING_H
#define SESSION_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping_row {
	uint16_t type, format;	 /* enum x23_type, enum x23_format */
	bool permitted;		 /* false: refused with FORMAT-TYPE */
	const char *type_name;	 /* "X2", "X3" */
	const char *format_name; /* "IPv4 packet" ... */
	const char *handler;	 /* "ipv4": function payload_ipv4 */
	const char *container;	 /* "-" when not permitted */
	const char *clause;
	const char *condition; /* "" when there is none */
	const char *note;
};

/* All rows, by format, X2 before X3; *n of them.  Valid for ever.  Needs no other object file. */
const struct mapping_row *mapping_rows(size_t *n);

#endif
