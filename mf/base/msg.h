/* SPDX-License-Identifier: Apache-2.0 */
/* Typed messages between roles over a SOCK_SEQPACKET socketpair, with an optional descriptor.
 * Small messages only (MSG_MAX octets); bulk goes as a memfd.  Knows nothing of what the types mean
 * (role.h does). */
#ifndef BASE_MSG_H
#define BASE_MSG_H

#include <stddef.h>
#include <stdint.h>

#define MSG_MAX 16384 /* octets of body */

struct event_base;
struct msg_chan;

struct msg {
	uint32_t type;
	size_t len;
	const void *data; /* valid during the callback */
	int fd;		  /* -1, or a descriptor that the callback takes (and must close) */
};

/* M is NULL when the peer is gone; the channel may be freed inside the callback. */
typedef void (*msg_cb)(struct msg_chan *c, const struct msg *m, void *arg);

/* Wrap FD (taken).  Returns new, or NULL with errno. */
struct msg_chan *msg_chan_new(struct event_base *base, int fd, msg_cb cb, void *arg);
void msg_chan_free(struct msg_chan *c);

/* Send, or queue when the socket is full.  FD (-1 or taken) travels along.  C may be NULL (peer not
 * there): the message is dropped. Returns 0, -EMSGSIZE, -EPIPE, or -ENOBUFS when 4096 messages wait
 * already (the peer hangs: treat it as gone). */
int msg_send(struct msg_chan *c, uint32_t type, const void *data, size_t len, int fd);

/* A sealed memfd that holds DATA; returns the descriptor (caller owns) or -errno. */
int msg_memfd(const char *name, const void *data, size_t len);

/* Read a whole memfd (at most MAX octets) into new memory with a NUL behind it.  Closes FD. Returns
 * 0 or -errno. */
int msg_memfd_read(int fd, size_t max, void **data, size_t *len);

#endif
