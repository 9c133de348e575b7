/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones of orders; see zone.h. */
#include "admin/zone.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONE_DIR "/usr/share/zoneinfo"

bool
zone_known(const char *zone)
{
	char path[160];

	if (zone[0] == '/' || zone[0] == '.' || strstr(zone, "..") != NULL || strlen(zone) > 64 ||
	    strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
		strlen(zone))
		return false;
	snprintf(path, sizeof(path), "%s/%s", ZONE_DIR, zone);
	return access(path, R_OK) == 0;
}

int
zone_offset(const char *zone, int64_t ns)
{
	time_t t = (time_t)(ns / CLOCK_NS_PER_S);
	const char *now = getenv("TZ");
	char *kept = now == NULL ? NULL : strdup(now);
	struct tm tm = {0};

	/* the C library knows one zone at a time; this process has one thread that asks */
	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&t, &tm);
	if (kept != NULL)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	free(kept);
	return (int)tm.tm_gmtoff;
}

/* Seconds from UTC at the end of RFC 3339 text. */
static int
zone_written(const char *text)
{
	size_t n = strlen(text);
	const char *p = text + n - 6;
	int s;

	if (n < 20 || (*p != '+' && *p != '-'))
		return 0;
	s = ((p[1] - '0') * 10 + p[2] - '0') * 3600 + ((p[4] - '0') * 10 + p[5] - '0') * 60;
	return *p == '-' ? -s : s;
}

static void
zone_say(json_t *warnings, const char *name, const char *zone, int is, int written)
{
	json_array_append_new(warnings,
	    json_sprintf("%s: written with the offset %+03d:%02d, but %s has %+03d:%02d then", name,
		written / 3600, abs(written) / 60 % 60, zone, is / 3600, abs(is) / 60 % 60));
}

void
zone_check(const char *zone, const char *name, const char *written, int64_t ns, json_t *warnings)
{
	int is;

	if (zone == NULL)
		return;
	if (!zone_known(zone)) {
		json_array_append_new(
		    warnings, json_sprintf("%s: the time zone is not known here", name));
		return;
	}
	is = zone_offset(zone, ns);
	if (is != zone_written(written))
		zone_say(warnings, name, zone, is, zone_written(written));
}

void
zone_check_change(const char *zone, int64_t from_ns, int64_t until_ns, json_t *warnings)
{
	if (zone != NULL && zone_known(zone) &&
	    zone_offset(zone, from_ns) != zone_offset(zone, until_ns))
		json_array_append_new(warnings,
		    json_string("the clock of the order's zone changes between begin and end"));
}
