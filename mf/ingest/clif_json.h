/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a body of the cloud interface, one after another, so that memory is bounded by one
 * of them: a single value, the elements of an array, or values one after another (NDJSON).  Finds
 * where a value ends; whether it is JSON is said by the parser that gets it. */
#ifndef INGEST_CLIF_JSON_H
#define INGEST_CLIF_JSON_H

#include "base/octets.h"

#include <stdbool.h>

struct clif_reader {
	struct octets in; /* what was not read yet */
	bool many;	  /* NDJSON */
	bool array, ended, first;
};
#define CLIF_COMMAS_MAX 4096 /* within one value; a PDU has far fewer */

void clif_reader_init(struct clif_reader *r, struct octets body, bool many);
/* The next value: 1 and a view into the body, 0 at the end, -EBADMSG (structure; r->in is what
 * could not be read), -EMSGSIZE (more than CLIF_COMMAS_MAX commas in a value). */
int clif_reader_next(struct clif_reader *r, struct octets *value);

#endif
