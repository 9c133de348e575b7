/* SPDX-License-Identifier: Apache-2.0 */
/* The deliver role: the destinations of one LEA, their cursor file, and what is said to ingest
 * (releases) and admin (status, alarms). It reads spool segments, never writes them, and knows no
 * other LEA.  deliver_ops is declared in role.h. */
#ifndef DELIVERY_DELIVER_H
#define DELIVERY_DELIVER_H

#include "role.h"

#define DELIVER_STORE_MS 200	  /* the cursor file is stored at most this often */
#define DELIVER_STORE_MAX_MS 2000 /* nor later than this: until then nothing is given back */
#define DELIVER_STOP_MS 2000	  /* wait for last acknowledgements at most this long */
#define DELIVER_ORPHAN_S 60   /* a record for an unknown destination keeps its segment so long */
#define DELIVER_DESTS_MAX 256 /* destinations of one LEA */

#endif
