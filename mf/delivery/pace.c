/* SPDX-License-Identifier: Apache-2.0 */
/* The rate of a link and what may wait in front of it; see pace.h. */
#include "delivery/pace.h"

#define PACE_GROWTH                                                                                \
	4 /* from one measurement to the next: a burst into an empty buffer is no rate */
#define PACE_RATE_LOW 512 /* the estimate does not fall below: a link that stands comes back */
#define PACE_RTT_MAX_US 2000000
#define PACE_WAIT_MIN_US 1000
#define PACE_WAIT_MAX_US 20000

static void
pace_set(struct pace *p)
{
	uint64_t ms = PACE_AHEAD_MS + 2 * (p->rtt_us / 1000), len;

	if (p->rate >= (uint64_t)PACE_OFF_LEN * 1000 / PACE_AHEAD_MS) {
		p->limit_len = UINT32_MAX;
		return;
	}
	len = p->rate * ms / 1000;
	if (len >= PACE_OFF_LEN)
		p->limit_len = UINT32_MAX;
	else
		p->limit_len = len < PACE_MIN_LEN ? PACE_MIN_LEN : (uint32_t)len;
}

void
pace_init(struct pace *p)
{
	*p = (struct pace){.rate = PACE_RATE_MIN, .idle = true, .slack = true};
	pace_set(p);
}

bool
pace_due(const struct pace *p, int64_t now_us)
{
	int64_t us = PACE_SAMPLE_MS * 1000;

	return p->since_us == 0 || now_us - p->since_us >= (p->rtt_us > us ? p->rtt_us : us);
}

static void
pace_begin(struct pace *p, int64_t now_us, uint64_t acked)
{
	p->since_us = now_us;
	p->from_len = acked;
	p->slack = p->idle;
}

/* What the link did is a rate that it has; what it did not do counts only when it was asked to. */
static void
pace_learn(struct pace *p, uint64_t seen)
{
	if (seen > p->rate * PACE_GROWTH)
		seen = p->rate * PACE_GROWTH;
	if (seen > p->rate)
		p->rate += (seen - p->rate + 1) / 2;
	else if (!p->slack)
		p->rate -= (p->rate - seen) / 2;
	if (p->rate < PACE_RATE_LOW)
		p->rate = PACE_RATE_LOW;
}

void
pace_sample(struct pace *p, int64_t now_us, uint64_t acked, uint32_t rtt_us)
{
	int64_t took_us = now_us - p->since_us;
	uint64_t n = acked - p->from_len, half = pace_limited(p) ? p->limit_len / 2 : 0;

	if (rtt_us > 0)
		p->rtt_us = rtt_us < PACE_RTT_MAX_US ? rtt_us : PACE_RTT_MAX_US;
	if (p->since_us == 0 || acked < p->from_len || took_us <= 0) {
		pace_begin(p, now_us, acked);
		return;
	}
	/* acknowledgements of a short link come in lumps: a few of them make a rate */
	if (n < half && took_us < PACE_SAMPLE_MAX_MS * 1000 && !p->slack)
		return;
	pace_learn(p, n * 1000000 / (uint64_t)took_us);
	pace_set(p);
	pace_begin(p, now_us, acked);
}

void
pace_idle(struct pace *p, bool idle)
{
	p->idle = idle;
	p->slack |= idle;
}

bool
pace_limited(const struct pace *p)
{
	return p->limit_len != UINT32_MAX;
}

/* Until an eighth of the limit has gone, and what is too much. */
int64_t
pace_wait_us(const struct pace *p, uint64_t ahead)
{
	uint64_t more = p->limit_len / 8 + (ahead > p->limit_len ? ahead - p->limit_len : 0);
	uint64_t us = more * 1000000 / p->rate;

	if (us < PACE_WAIT_MIN_US)
		return PACE_WAIT_MIN_US;
	return us > PACE_WAIT_MAX_US ? PACE_WAIT_MAX_US : (int64_t)us;
}
