/* SPDX-License-Identifier: Apache-2.0 */
/* A file of tests/vectors: X2/X3 PDUs as text, each with the outcome that is expected of it.  The
 * form is in tests/vectors/README. */
#ifndef VECTOR_FILE_H
#define VECTOR_FILE_H

#include "tools/ne_pdu.h"

#include <stddef.h>

#define VECTOR_PDUS_MAX 64
#define VECTOR_PAYLOAD_MAX 70000

struct vector_pdu {
	unsigned line;	   /* of the file, from 1 */
	const char *title; /* of the section */
	bool first;	   /* of its section: a dialog begins */
	struct ne_pdu pdu; /* everything is owned by the file */
	struct ne_attrs attrs;
	uint8_t xid[16];
	const char *under; /* what the warrant has narrowed or its profile wants; "": nothing */
	size_t behind;	   /* index of the line behind its last one: where the outcome stands */
	char *expected;	   /* lines without "> ", each ended by a newline */
};

struct vector_file {
	char *text, **lines; /* lines: views into text, ended by NUL */
	size_t lines_n;
	struct vector_pdu pdus[VECTOR_PDUS_MAX];
	size_t pdus_n;
	char why[160]; /* when reading failed */
};

/* Returns 0 or -1 with why. */
int vector_file_read(struct vector_file *f, const char *path);
void vector_file_free(struct vector_file *f);
/* Write PATH again with OUTCOMES, one per PDU, in place of what was expected.  0 or -1. */
int vector_file_write(const struct vector_file *f, const char *path, char *const *outcomes);

#endif
