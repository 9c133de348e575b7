/* SPDX-License-Identifier: Apache-2.0 */
/* Electronic warrants as XML or JSON.  What is taken has a window that does not turn round, one
 * target and a destination, and is never started; what is refused says why. */
#include "admin/hi1.h"
#include "base/clock.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

static int64_t
when(json_t *w, const char *key)
{
	int64_t ns = 0;

	assert(clock_parse(json_string_value(json_object_get(w, key)), &ns) == 0);
	return ns;
}

static void
check(json_t *item)
{
	json_t *w = json_object_get(item, "warrant");

	assert(when(w, "from") < when(w, "until"));
	assert(json_array_size(json_object_get(w, "targets")) == 1);
	assert(json_object_get(w, "target") == NULL);
	assert(json_is_string(json_object_get(w, "liid")));
	assert(json_is_string(json_object_get(w, "delivery")));
	assert(json_object_get(w, "start") == NULL);
	assert(json_is_array(json_object_get(item, "hi2")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	char why[HI1_WHY_MAX] = "";
	json_t *json = NULL, *tree, *out, *item;
	size_t i;

	/* what mdfctl looks at first; white space and a mark may come before it */
	assert(n == 0 || (in[0] != '<' && in[0] != '{') || hi1_is((const char *)in, n));
	hi1_is((const char *)in, n);
	if (n > 0 && in[0] == '{') {
		json = json_loadb((const char *)in, n, JSON_REJECT_DUPLICATES, NULL);
		if (json == NULL)
			return 0;
		tree = hi1_json(json, why);
	} else {
		tree = hi1_xml((const char *)in, n, why);
	}
	out = tree == NULL ? NULL : hi1_read(tree, why);
	assert((out == NULL) == (why[0] != '\0'));
	json_array_foreach(json_object_get(out, "items"), i, item) check(item);
	json_decref(out);
	json_decref(tree);
	json_decref(json);
	return 0;
}
