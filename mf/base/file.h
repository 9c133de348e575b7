/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files that outlive a loss of power. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/* The names in folder DIR are durable.  0 or -errno. */
int file_dir_sync(const char *dir);
/* The name of the file PATH, which has a folder, is durable.  0 or -errno. */
int file_name_sync(const char *path);

#endif
