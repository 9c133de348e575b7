/* SPDX-License-Identifier: Apache-2.0 */
/* See clock_file.h. */
#include "base/clock_file.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLOCK_FILE_MAX_NS (INT64_MAX - INT64_C(40) * 365 * 86400 * CLOCK_NS_PER_S) /* year 2222 */
#define CLOCK_FILE_FORM                                                                            \
	"openmdf clock 1 %39s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " end"

void
clock_file_boot(char boot[CLOCK_BOOT_LEN])
{
	FILE *f = fopen(CLOCK_FILE_BOOT_ID, "re");

	if (f == NULL || fscanf(f, "%39s", boot) != 1) {
		log_err("CLOCK-FILE", "%s: %s: a jump of the clock before this start is not seen",
		    CLOCK_FILE_BOOT_ID, strerror(errno));
		snprintf(boot, CLOCK_BOOT_LEN, "unknown");
	}
	if (f != NULL)
		fclose(f);
}

/* Not so far ahead that a sum with it could overflow. */
static bool
clock_file_within(int64_t ns, int64_t least)
{
	return ns >= least && ns < CLOCK_FILE_MAX_NS;
}

static bool
clock_file_sane(const struct clock_seen *s)
{
	return clock_file_within(s->wall_ns, 1) && clock_file_within(s->mono_ns, 0) &&
	       clock_file_within(s->now_ns, 1) && clock_file_within(s->high_ns, 1) &&
	       clock_file_within(s->doubt_ns, 0);
}

static bool
clock_file_read(const char *path, char boot[CLOCK_BOOT_LEN], struct clock_seen *s)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (f == NULL && errno == ENOENT)
		return false;
	errno = f == NULL ? errno : 0;
	ok = f != NULL &&
	     fscanf(f, CLOCK_FILE_FORM, boot, &s->wall_ns, &s->mono_ns, &s->now_ns, &s->high_ns,
		 &s->doubt_ns) == 6 &&
	     clock_file_sane(s);
	if (!ok)
		log_err("CLOCK-FILE", "%s: %s: what the clock was is not known", path,
		    errno != 0 ? strerror(errno) : "damaged");
	if (f != NULL)
		fclose(f);
	return ok;
}

bool
clock_file_open(struct clock_file *f, const char *path, int64_t limit_ns)
{
	struct clock_seen s;
	char boot[CLOCK_BOOT_LEN];
	bool there;

	snprintf(f->path, sizeof(f->path), "%s", path);
	clock_file_boot(f->boot);
	there = clock_file_read(path, boot, &s);
	if (there)
		clock_guard_resume(
		    limit_ns, &s, strcmp(boot, f->boot) == 0 && strcmp(boot, "unknown") != 0);
	else
		clock_guard(limit_ns);
	return there;
}

bool
clock_file_guard(const char *state_dir, int64_t limit_ns)
{
	struct clock_file f = {0};
	char path[520];

	snprintf(path, sizeof(path), "%s/" CLOCK_FILE_NAME, state_dir);
	return clock_file_open(&f, path, limit_ns);
}

static bool
clock_file_write(const struct clock_file *f, const char *tmp, bool sync)
{
	FILE *o = fopen(tmp, "we");
	struct clock_seen s;
	bool ok;

	if (o == NULL)
		return false;
	clock_seen(&s);
	fprintf(o,
	    "openmdf clock 1 %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " end\n",
	    f->boot, s.wall_ns, s.mono_ns, s.now_ns, s.high_ns, s.doubt_ns);
	ok = fflush(o) == 0 && (!sync || fdatasync(fileno(o)) == 0);
	return fclose(o) == 0 && ok && rename(tmp, f->path) == 0;
}

void
clock_file_save(struct clock_file *f, bool now)
{
	int64_t mono = clock_mono_ns();
	bool doubt = clock_doubt_ns() != 0, changed = now || doubt != f->doubt;
	char tmp[520];

	if (!changed && f->saved_ns != 0 &&
	    mono - f->saved_ns < CLOCK_FILE_EVERY_S * CLOCK_NS_PER_S)
		return;
	snprintf(tmp, sizeof(tmp), "%s.tmp", f->path);
	if (!clock_file_write(f, tmp, changed))
		log_err("CLOCK-FILE", "%s: %s: a restart does not know what the clock was", f->path,
		    strerror(errno));
	f->saved_ns = mono;
	f->doubt = doubt;
}
