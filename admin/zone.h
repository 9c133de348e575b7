/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones of orders: is the offset that was written that of the zone on that day, and does its
 * clock change in between?  Uses the zone files of the C library; a zone that is not there gives a
 * warning. */
#ifndef ADMIN_ZONE_H
#define ADMIN_ZONE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* IANA name, and its file is there. */
bool zone_known(const char *zone);
/* Offset from UTC in seconds at NS.  Only for a known zone. */
int zone_offset(const char *zone, int64_t ns);
/* Append to WARNINGS (text each) what is odd about WRITTEN (RFC 3339, the same time as NS), which
 * is argument NAME.  ZONE NULL: nothing can be said. */
void zone_check(
    const char *zone, const char *name, const char *written, int64_t ns, json_t *warnings);
void zone_check_change(const char *zone, int64_t from_ns, int64_t until_ns, json_t *warnings);

#endif
