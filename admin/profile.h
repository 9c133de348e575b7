/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles: what the facilities of an agency want, as data.  One table of fields: checking, help,
 * JSON schema and the struct of the data plane come from it.  Knows no database.
 *
 * A profile is a JSON object: "name" and "version" (required), "about" (text or array of texts:
 * where it comes from, what is known and what is a guess), and fields of the table; what it does
 * not name has its default. */
#ifndef ADMIN_PROFILE_H
#define ADMIN_PROFILE_H

#include "db/fault.h"
#include "session/taskset.h"

#include <jansson.h>
#include <stdbool.h>

#define PROFILE_BUILTIN "etsi" /* every field has its default */

enum profile_type {
	PROFILE_CHOICE, /* text, one of CHOICES */
	PROFILE_BOOL,
	PROFILE_NUMBER, /* LO..HI */
	PROFILE_LENGTH	/* 0 (off), or LO..HI */
};

struct profile_field {
	const char *name;
	enum profile_type type;
	const char *choices; /* "micro|generalized", in the order of VALUES */
	const uint8_t
	    *values; /* numbers of the choices in struct taskset_profile; NULL: 0, 1, ... */
	uint32_t lo, hi;
	uint32_t dflt;		   /* number, 0/1, or position in choices */
	size_t off;		   /* in struct taskset_profile */
	uint8_t size;		   /* octets there; 0: not for the data plane */
	const char *help, *clause; /* one sentence; where the standard says so */
};
extern const struct profile_field profile_fields[]; /* ends with a NULL name */

/* Check P completely.  Returns 0, or -EINVAL and *f (FAULT_USAGE, what: the field). */
int profile_check(json_t *p, struct fault *f);
/* P with every field of the table: those given and the defaults.  P may be NULL.  Returns new. */
json_t *profile_full(json_t *p);
/* The value of field NAME in P (NULL: the built-in profile): a number, 0/1, or the position of a
 * choice; and whether choice NAME is WORD. */
uint32_t profile_number(json_t *p, const char *name);
bool profile_is(json_t *p, const char *name, const char *word);
/* Fields to OUT (the members lea, id and name are the caller's).  A field that is not valid (a
 * database of another version) has its default, and its name is returned; NULL: all are valid. */
const char *profile_compile(json_t *p, struct taskset_profile *out);
/* The table as array of objects, and as JSON schema; new references. */
json_t *profile_list_fields(void);
json_t *profile_schema(void);

#endif
