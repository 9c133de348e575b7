/* SPDX-License-Identifier: Apache-2.0 */
/* The run of a network element: items of the sources get numbers and faults, go to connections, and
 * are followed to the end. */
#ifndef TOOLS_NE_RUN_H
#define TOOLS_NE_RUN_H

#include "spec/ts103221_2.h"
#include "tools/ne_conn.h"

struct ne_totals {
	uint64_t pdus[2][X23_FMT_N + 1]; /* X2, X3; last: other formats */
	uint64_t offered_n, faults_n, octets, payload_octets, dropped_n;
	double seconds, cpu_s;
	struct ne_stats conns; /* summed */
	char last_loss[96];    /* of the last connection that had one */
};

/* Run to the end.  Returns enum ne_exit and fills *t. */
int ne_run(struct ne_conf *conf, struct ne_totals *t);

#endif
