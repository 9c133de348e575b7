/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a command line of mdfctl. */
#include "admin/mdfctl.h"

#include <string.h>

const struct op *
mdfctl_op(const char *object, const char *verb)
{
	char name[64];

	if (verb == NULL)
		return ops_find(object);
	snprintf(name, sizeof(name), "%s.%s", object, verb);
	return ops_find(name);
}

/* The operation of an object that has only one ("mdfctl mapping"). */
const struct op *
mdfctl_only_op(char **argv, int at, int argc)
{
	const struct op *only = NULL;
	size_t n = strlen(argv[at]);

	if (at + 1 < argc && strcmp(argv[at + 1], "--help") == 0)
		return NULL;
	for (size_t i = 0; i < ops_n; i++) {
		if (strncmp(ops_table[i].name, argv[at], n) != 0 || ops_table[i].name[n] != '.')
			continue;
		if (only != NULL)
			return NULL;
		only = &ops_table[i];
	}
	return only;
}

bool
mdfctl_is_bool(const char *text)
{
	static const char *const words[] = {"yes", "no", "true", "false", "on", "off", "1", "0"};

	for (size_t i = 0; text != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return false;
}
