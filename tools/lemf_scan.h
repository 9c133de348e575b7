/* SPDX-License-Identifier: Apache-2.0 */
/* Walk over what is stored, decoded and filtered by --liid, --cin and --seq. */
#ifndef LEMF_SCAN_H
#define LEMF_SCAN_H

#include "lemf_opts.h"
#include "lemf_store.h"

/* RC is what lemf_pdu_decode returned.  A return other than 0 ends the walk. */
typedef int lemf_scan_cb(
    const struct lemf_record *rec, const struct lemf_pdu *pdu, int rc, void *arg);

/* *damaged counts places where the store cannot be read on (message on standard error).  Returns 0,
 * or LEMF_EXIT_NONE after a message. */
int lemf_scan(const struct lemf_opts *o, lemf_scan_cb *cb, void *arg, unsigned *damaged);
/* As lemf_scan on a reader that the caller keeps open: octets stay valid until it is closed. */
void lemf_scan_reader(struct lemf_reader *r, const struct lemf_opts *o, lemf_scan_cb *cb, void *arg,
    unsigned *damaged);

/* Microseconds since 1970 as RFC 3339 with six decimals; "-" for LEMF_NO_TIME.  BUF of at least 40
 * octets; returns BUF. */
char *lemf_scan_time(int64_t us, char *buf);

#endif
