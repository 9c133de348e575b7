/* SPDX-License-Identifier: Apache-2.0 */
/* How much may wait between the choice of the next record and the wire.  What was handed to the
 * connection cannot be overtaken any more: IRI and voice that come later wait behind it.  So it is
 * held to what the link carries in half a second, by the rate at which the peer's TCP acknowledges.
 * Arithmetic only: no socket, no clock of its own. */
#ifndef DELIVERY_PACE_H
#define DELIVERY_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_AHEAD_MS 500	 /* what may wait, in time on the link; two round trips are added */
#define PACE_MIN_LEN (16u << 10) /* a link of any rate may have so much in front of it */
#define PACE_OFF_LEN (8u << 20)	 /* a link that may have more than this is not limited at all */
#define PACE_SAMPLE_MS 100	 /* shortest time over which the rate is measured */
#define PACE_SAMPLE_MAX_MS 500	 /* after so long a time it counts, however little went */
#define PACE_RATE_MIN (32u * 1024) /* octets per second of a link that is not known yet */

struct pace {
	int64_t since_us;   /* begin of the measurement; 0: none yet */
	uint64_t from_len;  /* acknowledged then */
	bool idle;	    /* there is nothing to send */
	bool slack;	    /* nor was there at some moment since SINCE */
	uint64_t rate;	    /* octets per second that the link takes, at least PACE_RATE_MIN / 64 */
	uint32_t rtt_us;    /* shortest round trip that the peer's TCP had */
	uint32_t limit_len; /* octets that may wait; UINT32_MAX: no limit */
};

/* A new connection: the rate is not known, and is learned from little to much. */
void pace_init(struct pace *p);
/* True when it is time for pace_sample(). */
bool pace_due(const struct pace *p, int64_t now_us);
/* ACKED octets have been acknowledged since the connection began; RTT_US: its shortest round trip,
 * 0: not known. */
void pace_sample(struct pace *p, int64_t now_us, uint64_t acked, uint32_t rtt_us);
/* IDLE: the link could take more than there is; a low rate of this measurement says nothing. */
void pace_idle(struct pace *p, bool idle);
bool pace_limited(const struct pace *p);
/* AHEAD octets wait, as many as may: look again after so many microseconds. */
int64_t pace_wait_us(const struct pace *p, uint64_t ahead);

#endif
