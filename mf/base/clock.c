/* SPDX-License-Identifier: Apache-2.0 */
/* Time; see clock.h. */
#include "base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/timex.h>
#include <time.h>

static int64_t warrant_high;
static int64_t now_high;
static int64_t guard_ns;	       /* 0: every clock is believed */
static int64_t guard_wall, guard_mono; /* both clocks at the last look without doubt */
static int64_t doubt_ns;

static int64_t
clock_read(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

int64_t
clock_wall_ns(void)
{
	return clock_read(CLOCK_REALTIME);
}

int64_t
clock_mono_ns(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

void
clock_guard(int64_t limit_ns)
{
	guard_ns = limit_ns;
	clock_confirm();
}

int64_t
clock_doubt_ns(void)
{
	return doubt_ns;
}

void
clock_confirm(void)
{
	guard_wall = clock_wall_ns();
	guard_mono = clock_mono_ns();
	doubt_ns = 0;
}

void
clock_seen(struct clock_seen *s)
{
	*s = (struct clock_seen){.wall_ns = guard_wall,
	    .mono_ns = guard_mono,
	    .now_ns = guard_wall + (clock_mono_ns() - guard_mono),
	    .high_ns = warrant_high,
	    .doubt_ns = doubt_ns};
}

void
clock_guard_resume(int64_t limit_ns, const struct clock_seen *s, bool same_boot)
{
	clock_guard(limit_ns);
	clock_warrant_seed(s->high_ns);
	if (same_boot && s->mono_ns <= guard_mono) {
		guard_wall = s->wall_ns;
		guard_mono = s->mono_ns;
		clock_warrant_seed(guard_wall + (clock_mono_ns() - guard_mono));
	} else if (s->doubt_ns != 0) {
		guard_wall = s->now_ns;
	}
}

/* The wall clock, or what it would be without its jump. */
static int64_t
clock_guarded_ns(void)
{
	int64_t wall = clock_wall_ns(), mono = clock_mono_ns(),
		expected = guard_wall + (mono - guard_mono);

	doubt_ns = wall - expected > guard_ns ? wall - expected : 0;
	if (doubt_ns != 0)
		return expected;
	guard_wall = wall;
	guard_mono = mono;
	return wall;
}

int64_t
clock_now_ns(void)
{
	int64_t now = clock_wall_ns();

	if (now > now_high)
		now_high = now;
	return now_high;
}

int64_t
clock_warrant_ns(void)
{
	clock_warrant_seed(guard_ns != 0 ? clock_guarded_ns() : clock_wall_ns());
	return warrant_high;
}

void
clock_now_seed(int64_t ns)
{
	if (ns > now_high)
		now_high = ns;
}

void
clock_warrant_seed(int64_t ns)
{
	if (ns > warrant_high)
		warrant_high = ns;
}

void
clock_quality(struct clock_quality *q)
{
	struct timex t = {.modes = 0};
	int64_t unit = CLOCK_NS_PER_S / 1000000;

	*q = (struct clock_quality){0};
	if (ntp_adjtime(&t) < 0)
		return;
	q->known = true;
	q->synchronised = (t.status & STA_UNSYNC) == 0;
	q->error_ns = t.maxerror * unit;
	q->offset_ns = t.status & STA_NANO ? t.offset : t.offset * unit;
}

bool
clock_within(int64_t limit_ns)
{
	struct clock_quality q;

	clock_quality(&q);
	return limit_ns == 0 || (q.synchronised && q.error_ns <= limit_ns);
}

char *
clock_quality_text(const struct clock_quality *q, char *buf, size_t len)
{
	if (!q->known)
		snprintf(buf, len, "unknown");
	else if (!q->synchronised)
		snprintf(buf, len, "unsynchronised");
	else
		snprintf(
		    buf, len, "synchronised, error %lld ms", (long long)(q->error_ns / 1000000));
	return buf;
}

char *
clock_format(int64_t ns, char *buf)
{
	time_t s = (time_t)(ns / CLOCK_NS_PER_S);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}

/* The fraction after the dot, as nanoseconds; *p is moved behind it. */
static int64_t
clock_fraction(const char **p)
{
	int64_t ns = 0, unit = CLOCK_NS_PER_S / 10;

	for (; isdigit((unsigned char)**p); (*p)++, unit /= 10)
		ns += (**p - '0') * unit;
	return ns;
}

static int
clock_offset(const char *p, int *offset_s)
{
	int h, m, n = 0;

	*offset_s = 0;
	if ((*p == 'Z' || *p == 'z') && p[1] == '\0')
		return 0;
	if (*p != '+' && *p != '-')
		return -EINVAL;
	if (sscanf(p + 1, "%2d:%2d%n", &h, &m, &n) != 2 || n != 5 || p[6] != '\0' || h > 23 ||
	    m > 59 || h < 0 || m < 0)
		return -EINVAL;
	*offset_s = (h * 60 + m) * 60 * (*p == '-' ? -1 : 1);
	return 0;
}

int
clock_parse(const char *text, int64_t *ns)
{
	struct tm tm = {0};
	int64_t frac = 0;
	int n = 0, offset_s;
	const char *p;
	char sep;

	if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &sep,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 7 ||
	    n != 19 || (sep != 'T' && sep != 't' && sep != ' '))
		return -EINVAL;
	if (tm.tm_year < 1970 || tm.tm_year > 2261 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
	    tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 ||
	    tm.tm_sec > 60 || tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
		return -EINVAL;
	p = text + n;
	if (*p == '.') {
		p++;
		if (!isdigit((unsigned char)*p))
			return -EINVAL;
		frac = clock_fraction(&p);
	}
	if (clock_offset(p, &offset_s) < 0)
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	n = tm.tm_mday;
	*ns = ((int64_t)timegm(&tm) - offset_s) * CLOCK_NS_PER_S + frac;
	return tm.tm_mday == n ? 0 : -EINVAL; /* 31 February would have been moved */
}
