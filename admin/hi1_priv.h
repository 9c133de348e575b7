/* SPDX-License-Identifier: Apache-2.0 */
/* Between hi1.c (objects) and hi1_message.c (messages). */
#ifndef ADMIN_HI1_PRIV_H
#define ADMIN_HI1_PRIV_H

#include "admin/hi1.h"

#include <stdbool.h>

struct hi1 {
	char *why;
	json_t *auths, *tasks, *documents; /* by ObjectIdentifier */
	json_t *notes;			   /* of the object in work */
};

typedef bool (*hi1_fn)(struct hi1 *h, json_t *el, json_t *out, const char *key);

/* An element that may stand in an object.  FN NULL: it changes nothing here. */
struct hi1_element {
	const char *name, *ns;
	hi1_fn fn;
	const char *key;
};

/* False, with the reason unless there is one. */
bool hi1_fail(struct hi1 *h, const char *why, const char *name);
/* Each child of EL is one of TABLE, at most once unless MANY; done in their order. */
bool hi1_children(
    struct hi1 *h, json_t *el, const struct hi1_element *table, json_t *out, bool many);
bool hi1_value(struct hi1 *h, json_t *el, json_t *out, const char *key);
bool hi1_time(struct hi1 *h, json_t *el, json_t *out, const char *key);
bool hi1_endpoint(struct hi1 *h, json_t *el, json_t *out, const char *key);
bool hi1_object(struct hi1 *h, json_t *el, json_t *out, const char *key);

#endif
