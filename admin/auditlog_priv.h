/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the audit log: rows (auditlog.c), heads (audit_head.c), start
 * (audit_start.c), syslog (audit_syslog.c). */
#ifndef ADMIN_AUDITLOG_PRIV_H
#define ADMIN_AUDITLOG_PRIV_H

#include "admin/audit_entry.h"
#include "admin/audit_tree.h"
#include "admin/auditlog.h"
#include "trust/note.h"

#define AUDIT_HEAD_ROWS 1000 /* a head is signed after so many rows, */
#define AUDIT_HEAD_S 60	     /* and after so many seconds */
#define AUDIT_TICK_S 1
#define AUDIT_SCRUB_ROWS 2000  /* checked at each tick, */
#define AUDIT_SCRUB_WAIT_S 120 /* from so long after the start on, */
#define AUDIT_SCRUB_S 86400    /* and again a day after all were */
#define AUDIT_RESERVE_LEN (INT64_C(64) << 20)

enum audit_doubt {
	AUDIT_SOUND,
	AUDIT_CHAIN,
	AUDIT_FORK,
	AUDIT_ROLLBACK
};

struct event;
struct audit_syslog;

struct auditlog {
	struct auditlog_env env;
	char boot_id[40];
	/* the tree as it was after the last row of ours; rows of a transaction that was rolled back
	 * are found by comparing with the database */
	struct merkle tree;
	uint8_t last[MERKLE_LEN];
	struct audit_text text, words;
	struct event *tick;
	bool started;
	bool failing, failing_told; /* the last row could not be written */
	bool full, full_told;
	int64_t reserve_len; /* 0: none */
	/* heads */
	EVP_PKEY *key;
	struct note_key id;
	char vkey[NOTE_KEY_MAX];
	char binary[65], config[65]; /* SHA-256, hexadecimal */
	uint64_t headed;	     /* rows under the newest head */
	int64_t headed_ns;	     /* when, CLOCK_MONOTONIC */
	int second;		     /* file descriptor; -1: none */
	bool second_failed;
	enum audit_doubt doubt; /* nothing is signed while there is any */
	char doubt_text[200];
	struct audit_syslog *syslog; /* NULL: none */
	/* all rows, checked in slices */
	uint64_t scrubbed;	 /* rows so far, 0: a round begins */
	int64_t scrub_ns;	 /* CLOCK_MONOTONIC: not before */
	struct store_scrub logs; /* the other logs of the database */
	bool logs_bad, logs_told;
};

/* auditlog.c: the tree as the database has it */
int audit_sync(struct auditlog *l);

/* audit_head.c */
int audit_head_open(struct auditlog *l, struct fault *f);
void audit_head_close(struct auditlog *l);
/* A head when one is due, or NOW. */
void audit_head_due(struct auditlog *l, bool now);
/* Does what the second place holds fit the database?  Sets l->doubt. */
void audit_head_compare(struct auditlog *l);

/* audit_start.c */
void audit_start_facts(struct auditlog *l); /* binary and configuration; before the sandbox */
void audit_start_check(struct auditlog *l); /* the newest rows; sets l->doubt */
void audit_start_rows(struct auditlog *l);
/* The next slice of the check of all rows; sets l->doubt, which is recorded and told. */
void audit_scrub(struct auditlog *l);

/* audit_syslog.c */
struct audit_syslog *audit_syslog_open(struct auditlog *l, struct fault *f);
void audit_syslog_close(struct audit_syslog *s);
/* Send what is new; connect when it is time. */
void audit_syslog_tick(struct audit_syslog *s);
void audit_syslog_head(struct audit_syslog *s, const char *note, size_t n);
uint64_t audit_syslog_done(const struct audit_syslog *s); /* rows that the server's TCP has */

#endif
