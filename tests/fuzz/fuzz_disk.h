/* SPDX-License-Identifier: Apache-2.0 */
/* For fuzz_spool: included in front of the spool's sources that read files, so that they find the
 * files of an input in memory (fuzz_spool.c) and not on a disk.  Ten times as fast. */
#ifndef FUZZ_DISK_H
#define FUZZ_DISK_H

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

int disk_open(const char *path, int flags);
int disk_close(int fd);
ssize_t disk_pread(int fd, void *p, size_t n, off_t off);
ssize_t disk_pwrite(int fd, const void *p, size_t n, off_t off);
off_t disk_lseek(int fd, off_t off, int whence);
int disk_fstat(int fd, struct stat *st);
int disk_fstatat(int dir, const char *name, struct stat *st, int flags);
int disk_mkdir(const char *path, mode_t mode);
int disk_sync(int fd);
DIR *disk_opendir(const char *path);
struct dirent *disk_readdir(DIR *d);
int disk_closedir(DIR *d);

#ifndef FUZZ_DISK_ITSELF /* fuzz_spool.c */
#define open(path, flags) disk_open(path, flags)
#define close(fd) disk_close(fd)
#define pread(fd, p, n, off) disk_pread(fd, p, n, off)
#define pwrite(fd, p, n, off) disk_pwrite(fd, p, n, off)
#define lseek(fd, off, whence) disk_lseek(fd, off, whence)
#define fstat(fd, st) disk_fstat(fd, st)
#define fstatat(dir, name, st, flags) disk_fstatat(dir, name, st, flags)
#define mkdir(path, mode) disk_mkdir(path, mode)
#define fsync(fd) disk_sync(fd)
#define fdatasync(fd) disk_sync(fd)
#define syncfs(fd) disk_sync(fd)
#define opendir(path) disk_opendir(path)
#define readdir(d) disk_readdir(d)
#define closedir(d) disk_closedir(d)
#define dirfd(d) 0
#endif

#endif
