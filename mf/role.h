/* SPDX-License-Identifier: Apache-2.0 */
/* What every role shares: the loop, the channel to the parent, the channels to other roles, status
 * and alarms; and the message types between roles.  A role is a struct role_ops; mf/role.c runs it.
 * Content of communication never travels in a message. */
#ifndef ROLE_H
#define ROLE_H

#include "base/conf.h"
#include "base/msg.h"
#include "spool/spool.h"

#include <jansson.h>

enum role_id {
	ROLE_PARENT = 0,
	ROLE_INGEST = 1,
	ROLE_ADMIN = 2,
	ROLE_DELIVER = 3 /* one per LEA */
};
const char *role_name(enum role_id r); /* "parent" "ingest" "admin" "deliver" */

enum role_msg {
	/* parent <-> role */
	ROLE_MSG_PEER = 1, /* parent > role: struct role_msg_peer + descriptor of the new channel to
			      that role */
	ROLE_MSG_STOP = 2, /* parent > role: finish and exit 0 */
	ROLE_MSG_RELOAD = 3,	/* parent > role: SIGHUP: read certificates and CRLs again */
	ROLE_MSG_READY = 4,	/* role > parent */
	ROLE_MSG_LEA_START = 5, /* admin > parent: struct role_msg_lea: run a deliver role for this
				   LEA (idempotent) */
	ROLE_MSG_ROLES = 6, /* parent > admin: memfd JSON array of {role, lea, pid, restarts, since}
			       after each change */
	/* between roles */
	ROLE_MSG_TASKS = 16,	  /* admin > ingest: memfd with a taskset image */
	ROLE_MSG_TASKS_DONE = 17, /* ingest > admin: uint64_t version in force */
	ROLE_MSG_DESTS = 18,	  /* admin > deliver: memfd JSON, see delivery/destination.h */
	ROLE_MSG_HEAD =
	    19, /* ingest > deliver, admin: struct role_msg_head: durable end of a queue */
	ROLE_MSG_RELEASE = 20,	  /* deliver, admin > ingest: struct role_msg_release */
	ROLE_MSG_STATUS_REQ = 21, /* admin > role: uint64_t id, see ROLE_STATUS_BRIEF */
	ROLE_MSG_STATUS = 22,	  /* role > admin: uint64_t id + memfd JSON object */
	ROLE_MSG_ALARM =
	    23, /* role > admin: memfd JSON {code, severity, object, text, raised: bool} */
	ROLE_MSG_TESTPDU = 24,	    /* admin > deliver: uint32_t destination: send a TRI testPDU */
	ROLE_MSG_SESSIONS_REQ = 25, /* admin > ingest: struct role_msg_sessions */
	ROLE_MSG_SESSIONS = 26, /* ingest > admin: uint64_t id of the request + memfd JSON array of
				  the sessions of that warrant, see admin/session_tree.h */
	ROLE_MSG_BACKLOG = 27,	/* deliver > ingest: struct role_msg_backlog, when it has changed */
	ROLE_MSG_HASH = 28,   /* deliver > ingest: struct role_msg_hash, before the ROLE_MSG_RELEASE
				 of that segment */
	ROLE_MSG_NOTICE = 29, /* admin > ingest: struct role_msg_notice */
	ROLE_MSG_CLOCK = 31,  /* admin > ingest: no body: a person says that the clock is right */
	ROLE_MSG_LINK = 32,   /* deliver > ingest: struct role_msg_link, when it has changed */
	ROLE_MSG_NOTICE_DONE = 30 /* ingest > admin: struct role_msg_notice_done */
};

struct role_msg_peer {
	uint32_t role;
	uint32_t lea; /* for ROLE_DELIVER */
};
struct role_msg_lea {
	uint32_t lea;
	char name[64];
};
struct role_msg_head {
	uint32_t lea;
	uint32_t class; /* enum ho_class */
	struct spool_pos head;
};
struct role_msg_sessions {
	uint64_t id; /* of the request, for the answer */
	uint32_t warrant;
	uint32_t limit; /* at most so many sessions, the newest; 0: all */
};
struct role_msg_backlog {
	uint32_t lea;
	uint32_t class;	 /* enum ho_class */
	uint64_t octets; /* of that class that wait to be delivered */
};
struct role_msg_link {
	uint32_t lea;
	uint32_t dest; /* destination row */
	int64_t
	    down_ns; /* clock_mono_ns() since when nothing can be delivered to it; 0: it is up */
};
struct role_msg_release {
	uint32_t lea;
	uint32_t class;
	uint64_t seg;
};

struct role_msg_hash {
	uint32_t lea;
	uint32_t class; /* enum ho_class */
	uint64_t seg;
	uint64_t first_rec, end_rec; /* records in it */
	uint64_t len;		     /* octets of the file */
	uint8_t value[32];	     /* SHA-256 of the file */
};

/* A message to an agency about one of its warrants. */
struct role_msg_notice {
	uint64_t id; /* for the answer */
	uint32_t lea, warrant;
	uint8_t error; /* priority: error, else informational */
	uint8_t tri;   /* as operatorLeaMessage */
	uint8_t hi1;   /* as HI1 notification */
	uint8_t text_n;
	char text[256];
};
struct role_msg_notice_done {
	uint64_t id;
	int32_t
	    result; /* 0: durable in the agency's IRI queue; -ENOENT: no such warrant in force */
	uint32_t pad;
};

struct role;

/* In the id of ROLE_MSG_STATUS_REQ: without what there is one of per warrant and session. */
#define ROLE_STATUS_BRIEF (UINT64_C(1) << 63)

struct role_ops {
	enum role_id id;
	/* Everything is open to the role here; after it returns 0 the sandbox closes.  -1: exit,
	 * the parent restarts with back-off. */
	int (*start)(struct role *r);
	void (*stop)(struct role *r);
	void (*reload)(struct role *r);
	/* A channel to another role came up (again) or went. */
	void (*peer_up)(struct role *r, enum role_id peer, uint32_t lea);
	void (*peer_down)(struct role *r, enum role_id peer, uint32_t lea);
	void (*message)(struct role *r, enum role_id peer, uint32_t lea, const struct msg *m);
	/* Status of this role, BRIEF: without what there is one of per warrant and session;
	 * returns a new reference. */
	json_t *(*status)(struct role *r, bool brief);
};

struct role {
	const struct role_ops *ops;
	struct event_base *base;
	struct conf *conf;
	uint32_t lea; /* ROLE_DELIVER: which */
	char lea_name[64];
	void *state;	    /* of the role */
	struct role_rt *rt; /* of role.c */
};

/* Send to a peer role (LEA for deliver, else 0).  FD is taken.  A peer that is not there is no
 * error (it gets the state when it comes up). */
void role_send(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, int fd);
void role_send_json(struct role *r, enum role_id peer, uint32_t lea, uint32_t type,
    const void *data, size_t len, json_t *j);
void role_send_parent(struct role *r, uint32_t type, const void *data, size_t len);

/* Raise or clear an alarm: logged once per change, sent to the admin role.  (CODE, OBJECT)
 * identifies it. */
void role_alarm(struct role *r, bool raised, const char *code, const char *object, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));

/* Leave the loop with CODE (0: wanted). */
void role_exit(struct role *r, int code);

/* Runs one role in this process until it ends: FD is the channel to the parent.  Returns the exit
 * code. */
int role_run(
    const struct role_ops *ops, struct conf *conf, int fd, uint32_t lea, const char *lea_name);

extern const struct role_ops ingest_ops, deliver_ops, admin_ops;

#endif
