/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a list.  A cursor is sealed: a row number inside it tells nobody how many rows others
 * have.  It is good until the process ends. */
#ifndef ADMIN_REST_PAGE_H
#define ADMIN_REST_PAGE_H

#include "admin/rest_call.h"

struct rest_pages {
	uint8_t key[32];
	bool native; /* the operation reads on behind a row number (arguments after, limit) */
	bool back;   /* or in front of one (arguments before, limit): the newest come first */
	const struct page_key *keyed; /* it reads on behind a row that is named */
	size_t index;
	char
	    last[17]; /* name of the last row of the page before, as hexadecimal digits of a hash */
	uint64_t after; /* or before */
};

/* A key for the cursors of this process. */
void rest_pages_init(struct rest_pages *g);
/* Before the operation: what C->cursor says, and the arguments for one page.  SCOPED: the rows will
 * have no row numbers.  Returns 0, or -EINVAL and P. */
int rest_page_begin(struct rest_pages *g, struct rest_call *c, bool scoped, struct rest_problem *p);
/* After it: the rows of this page, new reference, and in NEXT the cursor of the next one ("": this
 * is the last).  NULL and P when the list has changed so much that the cursor names nothing. */
json_t *rest_page_cut(const struct rest_pages *g, const struct rest_call *c, json_t *rows,
    char next[REST_CURSOR_MAX + 1], struct rest_problem *p);

#endif
