/* SPDX-License-Identifier: Apache-2.0 */
/* What ingest knows of its clock, kept for the ingest and the admin after it: a small text file
 * that ingest writes.  See clock_guard_resume(). */
#ifndef BASE_CLOCK_FILE_H
#define BASE_CLOCK_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_FILE_NAME "state/clock-seen" /* below state_dir */
#define CLOCK_FILE_EVERY_S 60
#define CLOCK_FILE_BOOT_ID "/proc/sys/kernel/random/boot_id"
#define CLOCK_BOOT_LEN 40 /* with its NUL */

struct clock_file {
	char path[512];
	char boot[CLOCK_BOOT_LEN];
	int64_t saved_ns; /* monotonic */
	bool doubt;	  /* as it was saved */
};

/* What names this start of the kernel; "unknown", logged, when it cannot be read. */
void clock_file_boot(char boot[CLOCK_BOOT_LEN]);
/* PATH: of the file.  Guard the clock, from the file where there is one.  True: there is. */
bool clock_file_open(struct clock_file *f, const char *path, int64_t limit_ns);
/* The same for one who does not save.  STATE_DIR: of the configuration. */
bool clock_file_guard(const char *state_dir, int64_t limit_ns);
/* Save when a doubt came or went, when the last time is long ago, or when NOW says so. */
void clock_file_save(struct clock_file *f, bool now);

#endif
