/* SPDX-License-Identifier: Apache-2.0 */
/* Time.  Wall time is nanoseconds since 1970 UTC in int64_t (good to 2262); monotonic time is for
 * timers only. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
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

/* "Now" for everything else that must not run back (log-in, sessions, rows of the audit log):
 * max(wall clock, highest value ever returned or seeded), believed also when it jumps. */
int64_t clock_now_ns(void);
void clock_now_seed(int64_t ns);

/* How good the wall clock is, as the kernel knows it from the program that disciplines it
 * (ntp_adjtime).  */
struct clock_quality {
	bool known;	   /* false: this system does not say; then it counts as not synchronised */
	bool synchronised; /* STA_UNSYNC is not set */
	int64_t error_ns;  /* bound of the error; grows while nobody corrects the clock */
	int64_t offset_ns; /* what is being corrected now */
};
void clock_quality(struct clock_quality *q);
/* True when the clock is synchronised and its error bound is at most LIMIT_NS; 0: no limit, always
 * true. */
bool clock_within(int64_t limit_ns);
/* "synchronised, error 12 ms", "unsynchronised" or "unknown"; returns BUF. */
char *clock_quality_text(const struct clock_quality *q, char *buf, size_t len);

#define CLOCK_JUMP_NS (60 * CLOCK_NS_PER_S) /* a clock that jumps further is not believed */

/* From here on this process does not believe a clock that jumps forward: one that is more than
 * LIMIT_NS ahead of what the monotonic clock says since the last look.  Until clock_confirm(), or
 * until the clock is back, clock_warrant_ns() goes on with the monotonic clock. */
void clock_guard(int64_t limit_ns);
/* What a process that guards its clock knows, for the one after it. */
struct clock_seen {
	int64_t wall_ns, mono_ns; /* both clocks at the last look without doubt */
	int64_t now_ns;		  /* what clock_warrant_ns() goes by: without the jump */
	int64_t high_ns;	  /* the highest that it returned */
	int64_t doubt_ns;
};
void clock_seen(struct clock_seen *s);
/* clock_guard() where another process left off at S, so that neither a restart makes a jump
 * believed nor a jump during it passes unseen.  SAME_BOOT: the monotonic clock has gone on since;
 * else only a doubt is kept, and counts from S->now_ns. */
void clock_guard_resume(int64_t limit_ns, const struct clock_seen *s, bool same_boot);
/* How far the wall clock is ahead of that, looked at by the last clock_warrant_ns(); 0: no doubt.
 */
int64_t clock_doubt_ns(void);
/* A person says that the wall clock is right. */
void clock_confirm(void);

/* RFC 3339 in UTC with SECONDS precision ("2026-11-21T10:00:00Z") to BUF of at least 32 octets;
 * returns BUF. */
char *clock_format(int64_t ns, char *buf);

/* Parse RFC 3339 (any offset, optional fraction).  Returns 0 and *ns, or -EINVAL. */
int clock_parse(const char *text, int64_t *ns);

#endif
