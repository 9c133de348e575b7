/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of sessions: order, restarts, gaps, duplicates, segments, byte counters.  Inside
 * lemf_session.c and lemf_series.c only. */
#ifndef LEMF_SERIES_H
#define LEMF_SERIES_H

#include "lemf_session.h"

/* Sort entries, marks and sealed of sessions whose order is final; fill what is counted. */
void lemf_series_sort(struct lemf_sessions *s);

#endif
