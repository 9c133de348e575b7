/* SPDX-License-Identifier: Apache-2.0 */
/* Control socket of mdf-lemf receive: lines "NAME VALUE" set one of the manners, "close" drops all
 * connections, "status" prints counters. Each line is answered with one line: "ok", "error ..." or
 * a JSON object. */
#ifndef LEMF_CONTROL_H
#define LEMF_CONTROL_H

#include "lemf_conn.h"

struct lemf_control;

/* Listen on the Unix socket PATH (an old one is replaced).  NULL with errno. */
struct lemf_control *lemf_control_new(struct lemf_rx *rx, const char *path);
void lemf_control_free(struct lemf_control *c);

#endif
