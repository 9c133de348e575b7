/* SPDX-License-Identifier: Apache-2.0 */
/* The parties around the roles: network elements, LEMFs, and what they share. */
#ifndef TESTS_SIM_PARTIES_H
#define TESTS_SIM_PARTIES_H

#include "tests/sim/sim.h"

#define NE_PORT 4001   /* and the following ones: one per network element */
#define LEMF_PORT 5001 /* two per LEA: HI2, HI3 */
#define WARRANTS_MAX 3
#define WARRANT_ID 100

/* The task set of the plan; new. */
uint8_t *ne_tasks(size_t *n);
/* Warrants that a stream is for, as bits. */
unsigned ne_warrants(unsigned stream);
/* LEA of warrant W. */
unsigned ne_warrant_lea(unsigned w);

/* An old copy of the LEA's cursor file is put back (BREAK_CURSOR). */
void lemf_cursor_back(unsigned lea);
/* Sum of the lost counts in the cursor file of a LEA, as it is in the page cache. */
uint64_t cursor_lost(unsigned lea);

#endif
