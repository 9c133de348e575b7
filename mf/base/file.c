/* SPDX-License-Identifier: Apache-2.0 */
/* Durable names; see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
file_dir_sync(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -errno;
	while ((rc = fsync(fd) < 0 ? -errno : 0) == -EINTR)
		;
	close(fd);
	return rc;
}

int
file_name_sync(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash - path >= (int)sizeof(dir))
		return slash == NULL ? -EINVAL : -ENAMETOOLONG;
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	return file_dir_sync(slash == path ? "/" : dir);
}
