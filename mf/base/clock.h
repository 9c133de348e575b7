/* SPDX-License-Identifier: Apache-2.0 */
/* Time.  Wall time is nanoseconds since 1970 UTC in int64_t (good to 2262); monotonic time is for
 * timers only. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NS_PER_S INT64_C(1000000000)

/* Wall clock, ns. */
int64_t clock_wall_ns(void);

/* CLOCK_MONOTONIC, ns. */
int64_t clock_mono_ns(void);

/* "Now" for warrant decisions: max(wall clock, highest value ever returned or seeded).  A backwards
 * jump cannot re-open an expired warrant (reliability contract G9).  Seed it at start with the
 * highest time found on disk. */
int64_t clock_warrant_ns(void);
void clock_warrant_seed(int64_t ns);

/* RFC 3339 in UTC with SECONDS precision ("2026-11-21T10:00:00Z") to BUF of at least 32 octets;
 * returns BUF. */
char *clock_format(int64_t ns, char *buf);

/* Parse RFC 3339 (any offset, optional fraction).  Returns 0 and *ns, or -EINVAL. */
int clock_parse(const char *text, int64_t *ns);

#endif
