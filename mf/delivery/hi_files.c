/* SPDX-License-Identifier: Apache-2.0 */
/* See hi_files.h. */
#include "delivery/hi_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
hi_files_own(const struct role *r, char *cert, char *key, size_t cap)
{
	if (r->conf->hi_dir == NULL || strchr(r->lea_name, '/') != NULL || r->lea_name[0] == '.' ||
	    r->lea_name[0] == '\0')
		return false;
	if (snprintf(cert, cap, "%s/%s.crt", r->conf->hi_dir, r->lea_name) >= (int)cap ||
	    snprintf(key, cap, "%s/%s.key", r->conf->hi_dir, r->lea_name) >= (int)cap)
		return false;
	return access(cert, R_OK) == 0 && access(key, R_OK) == 0;
}

struct sandbox_path
hi_files_folder(const char *file, char *buf, size_t cap)
{
	char *slash;

	snprintf(buf, cap, "%s", file != NULL ? file : "");
	slash = strrchr(buf, '/');
	if (slash != NULL)
		*slash = '\0';
	return (struct sandbox_path){file != NULL && slash != NULL ? buf : NULL, false};
}
