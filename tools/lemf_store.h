/* SPDX-License-Identifier: Apache-2.0 */
/* What a receiver keeps: DIR/pdu.log (octet-exact, append-only) and DIR/ledger.jsonl (one line per
 * PDU, answer, connection). Both are buffered; lemf_store_commit writes pdu.log first, then the
 * ledger.  Nothing may be answered before it returned 0. */
#ifndef LEMF_STORE_H
#define LEMF_STORE_H

#include "lemf_pdu.h"

#define LEMF_STORE_HEAD 40 /* octets of a record header in pdu.log */

struct lemf_store;

/* Open or create DIR; a torn end is cut off.  Returns the store, or NULL with *why (static text)
 * and errno. */
struct lemf_store *lemf_store_open(const char *dir, bool fsync, const char **why);
/* Commits, then closes. */
void lemf_store_close(struct lemf_store *s);
/* First connection number of this run: above all that are stored. */
uint64_t lemf_store_next_conn(const struct lemf_store *s);

/* Buffer one received PDU.  HEAD describes it; RAW is copied. */
void lemf_store_pdu(struct lemf_store *s, uint64_t conn, int64_t now_ns, struct octets raw,
    const struct lemf_head *head);
/* Buffer a ledger line {"ev":EV,"conn":..,"time":..,...}; MORE is JSON members, already escaped,
 * beginning with a comma, or "". */
void lemf_store_note(
    struct lemf_store *s, const char *ev, uint64_t conn, int64_t now_ns, const char *more);
/* Write what is buffered.  Returns 0 or -errno (the run must end). */
int lemf_store_commit(struct lemf_store *s);

/* A stored record. */
struct lemf_record {
	uint64_t n; /* index in the log, from 0 */
	uint64_t conn;
	int64_t time_ns;   /* received */
	struct octets raw; /* valid until the reader is closed */
};

struct lemf_reader;

/* PATH: a DIR, a pdu.log, or a file of bare PS-PDUs.  NULL with errno. */
struct lemf_reader *lemf_reader_open(const char *path);
/* 1: *rec is the next record; 0: end; -EBADMSG: damaged at that place (offset in *at), nothing
 * further. */
int lemf_reader_next(struct lemf_reader *r, struct lemf_record *rec, uint64_t *at);
void lemf_reader_close(struct lemf_reader *r);

#endif
