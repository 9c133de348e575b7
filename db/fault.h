/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, for a person and for a program: the same stable code in CLI, REST and log.  No
 * logging here. */
#ifndef DB_FAULT_H
#define DB_FAULT_H

enum fault_code {
	FAULT_NONE = 0,
	FAULT_USAGE,	 /* "USAGE": an argument is missing, unknown or malformed */
	FAULT_NOT_FOUND, /* "NOT-FOUND" */
	FAULT_CONFLICT,	 /* "CONFLICT": a name, LIID or address is taken; state or request id does
			    not fit */
	FAULT_REFUSED,	 /* "REFUSED": a rule forbids it */
	FAULT_DENIED, /* "DENIED": not for this person; the same answer whether the object exists */
	FAULT_LOGIN,  /* "LOGIN": who calls is not known, or the session is over */
	FAULT_STEP_UP,	 /* "STEP-UP": a fresh factor is needed first */
	FAULT_SIGNATURE, /* "SIGNATURE": a signature is missing, wrong, or of what has changed since
			  */
	FAULT_CHANGED,	 /* "CHANGED": the object is no longer the version that the caller knows */
	FAULT_TOO_MANY,	 /* "TOO-MANY": too much at once; later it may be done */
	FAULT_CANCELLED, /* "CANCELLED": who began it ended it; nothing was changed */
	FAULT_INTERRUPTED, /* "INTERRUPTED": the admin role ended while it worked; begin again */
	FAULT_AUDIT,	   /* "AUDIT": the audit log cannot be written, so nothing is changed */
	FAULT_INTERNAL	   /* "INTERNAL": database or program fault; nothing was changed */
};
/* Stable text; never NULL. */
const char *fault_code_name(enum fault_code c);

struct fault {
	enum fault_code code;
	char what[96];	 /* the operation or argument: "liid" */
	char object[96]; /* the object: "warrant 6d1c..." */
	char why[320];
	char todo[192];
};

/* Fill F.  WHAT, OBJECT and what to do may be "".  Returns a negative errno that goes with CODE
 * (-EINVAL, -ENOENT, -EEXIST, -EPERM, -EACCES, -ESTALE, -EBUSY, -ECANCELED, -EINTR, -EIO). */
int fault_set(struct fault *f, enum fault_code code, const char *what, const char *object,
    const char *todo, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#endif
