/* SPDX-License-Identifier: Apache-2.0 */
/* What one destination still has to hand over: a reader and a cursor per class, and the ring of
 * records that were sent and not yet acknowledged. Cursors move only by feed_acked (and over
 * records of other destinations when nothing is in flight).  No connection, no timer here. */
#ifndef DELIVERY_FEED_H
#define DELIVERY_FEED_H

#include "delivery/destination.h"

struct feed;

/* Classes by HI2/HI3.  Makes the cursor entries that are not there (oldest record), drops those of
 * classes no longer taken.  Returns new. */
struct feed *feed_new(struct dest_env *env, uint32_t dest, const char *name, bool hi2, bool hi3);
void feed_free(struct feed *f);

bool feed_takes(const struct feed *f, enum ho_class class);
/* The durable end of a queue.  One that lies in front of the cursor means that the spool is not the
 * one the cursor was made for: start over. */
void feed_head(struct feed *f, enum ho_class class, const struct spool_pos *head);

/* Next record to send, IRI first.  Returns 1 and *class, *rec (valid until the next call); 0 when
 * there is none or too much is in flight; -EAGAIN after many records of other destinations: come
 * back in the next turn; -EBUSY when the disk does not answer: come back later. */
int feed_next(struct feed *f, enum ho_class *class, struct spool_rec *rec);
/* There is no connection: pass the records of other destinations that lie in front of the first own
 * one, so that they are neither counted as waiting nor held in the spool.  Returns 0, or -EAGAIN as
 * feed_next. */
int feed_skip(struct feed *f);
/* Nothing is kept in memory of a queue that was read to its end. */
void feed_rest(struct feed *f);
/* It could not be sent: it comes again. */
void feed_unread(struct feed *f, enum ho_class class, const struct spool_rec *rec);
/* It was sent; its end on the connection is END.  Returns true when it had been sent before. */
bool feed_sent(struct feed *f, enum ho_class class, const struct spool_rec *rec, uint64_t end);
/* Everything up to END is acknowledged.  Returns the records. */
uint32_t feed_acked(struct feed *f, uint64_t end);
/* The connection is over: all that is not acknowledged will come again from feed_next. */
void feed_rewind(struct feed *f);

/* Octets that may be in flight, at most DEST_IN_FLIGHT_LEN, which is the default. */
void feed_window(struct feed *f, uint32_t len);
/* As much is in flight as may be. */
bool feed_full(const struct feed *f);

struct feed_totals {
	uint64_t records, octets;
};
struct feed_totals feed_in_flight(const struct feed *f);
/* Acknowledged since the process began. */
struct feed_totals feed_done(const struct feed *f);
struct spool_pos feed_cursor(const struct feed *f, enum ho_class class);
uint64_t feed_backlog(const struct feed *f, enum ho_class class);
/* Octets of CLASS that feed_next has not given out. */
uint64_t feed_unsent_len(const struct feed *f, enum ho_class class);
/* Receive time (wall clock, ns) of the oldest record that waits; 0: none. */
int64_t feed_oldest_ns(struct feed *f, enum ho_class class);
/* New reference: the "classes" member of the status. */
json_t *feed_status(struct feed *f);
uint64_t feed_lost(const struct feed *f);

#endif
