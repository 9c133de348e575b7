/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the mediator in one table: what the control socket, mdfctl, its man page and
 * its completion are made of, and REST later. ops_call() is the only way to change anything: it
 * checks the arguments, runs the operation in one transaction with its audit row, and answers a
 * request id that it knows with its first answer. */
#ifndef ADMIN_OPS_H
#define ADMIN_OPS_H

#include "db/fault.h"

#include "base/clock_file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct op_call;
struct work;
struct works;
struct evp_pkey_st;

enum op_type {
	OP_TEXT, /* one line */
	OP_NAME, /* [A-Za-z0-9._-]{1,64} */
	OP_UUID,
	OP_WARRANT, /* UUID, row number, or LIID[@LEA] */
	OP_LIID,
	OP_COUNTRY,
	OP_OPERATOR, /* 1..16 printable ASCII */
	OP_SAN,
	OP_BOOL,
	OP_UINT,
	OP_TIME,      /* RFC 3339; also left in ns under NAME_ns */
	OP_CHOICE,    /* one of op_arg.choices */
	OP_ADDRESSES, /* lists: text with commas, or a JSON array */
	OP_PINS,
	OP_XIDS,
	OP_NAMES,
	OP_SERVICES,  /* voice,data,...; "all" alone: no narrowing */
	OP_COUNTRIES, /* two letters each; "any" alone: no narrowing */
	OP_RULES,     /* exclusions, see admin/rule.h; "none" alone: no rules.  Never repeated in an
			 error */
	OP_TARGETS,   /* target rules, the same */
	OP_FILE,      /* JSON object; mdfctl: name of a file that holds one */
	OP_DIGEST, /* {"name", "octets", "sha256"} of a file; mdfctl: name of the file, which stays
		      where it is */
	OP_OBJECT, /* JSON object (for mdfctl: its text) */
	OP_ITEMS,  /* JSON array of objects; mdfctl: name of a file that holds one */
	OP_QUERY,  /* one line of 0 to 500 characters.  Never repeated in an error */
	OP_DATA,   /* octets as base64; mdfctl: name of a file */
	OP_SECRET  /* password or one-time code, 1..256 octets; mdfctl: --NAME-file, the first line
		      of that file ("-": standard input), else asked for.  Never repeated */
};
const char *op_type_name(enum op_type t); /* as in the help: "TIME" */
bool op_type_is_list(enum op_type t);	  /* text with commas, or a JSON array */

#define OP_REQUIRED 1u
#define OP_EMPTY 2u /* of a list: it may have no members */
#define OP_WIDE 4u  /* of a text: up to 4 096 octets */
#define OP_CLEAR 8u /* of a PATCH: null (mdfctl: empty text) takes its value away */
struct op_arg {
	const char *name; /* "time_p2_s"; mdfctl takes --time-p2-s too */
	enum op_type type;
	unsigned flags;
	const char *choices; /* "iri|cc|both" */
	const char *help;
};

struct op_column {
	const char *key, *title;
};

#define OP_CHANGE 1u  /* needs a transaction and an audit row */
#define OP_TASKS 2u   /* the data plane has to learn of it */
#define OP_DESTS 4u   /* the deliver roles have to learn of it */
#define OP_CLIENT 8u  /* made by mdfctl itself out of other operations */
#define OP_STATUS 16u /* judges by what the roles say, which is in op_call.status */
#define OP_TWO 32u    /* starts or widens: done when a second person has approved it (approval.h) */
#define OP_STEPUP 64u /* wants a fresh factor of the person */
#define OP_SCOPED                                                                                  \
	128u	     /* answers only what an LEA or a tenant may see: it uses :scope_lea and       \
			:scope_tenant.  Others are refused to persons with a scope */
#define OP_READ 256u /* reading it is worth an audit row (identities, warrants) */
#define OP_ONCE 512u /* the answer holds a secret that is shown once: not kept for a request id */
#define OP_OWN 1024u /* about the caller alone: scopes do not matter */
#define OP_SLICED 2048u /* what it stores is prepared before, in slices (ops_ctx.prepare) */
#define OP_STOP                                                                                    \
	4096u /* ends or narrows an interception: done even when only the reserve of the audit log \
		is left */
#define OP_LONG 8192u /* may take long: REST does it in the background when asked to (work.h) */

/* Who may, OR-ed.  A person has one or more, as far as they do not exclude each other
 * (auth.h). */
enum op_who {
	OPW_ADMIN = 1,	  /* LI admin: drafts warrants, stops them */
	OPW_APPROVER = 2, /* the second person */
	OPW_LIAISON = 4,  /* of one LEA: sees and drafts for it */
	OPW_OPERATOR = 8, /* health, queues, alarms; never an identity */
	OPW_AUDITOR = 16,
	OPW_SECURITY = 32, /* persons, keys, end points (draft) */
	OPW_ANY = 63,
	OPW_NOBODY = 0,	  /* only in a laboratory without persons (ops_ctx.open) */
	OPW_SYSTEM = 128, /* the program itself: no person has it */
	OPW_LOGIN = 64	  /* who is not known yet: log in, enrol with a one-time code */
};

struct op {
	const char *name;	   /* "warrant.add" */
	const char *method, *path; /* REST */
	unsigned who;		   /* OPW_... */
	unsigned flags;
	const char *help; /* one sentence */
	const struct op_arg
	    *args; /* ends with a NULL name; words without a dash fill them in this order */
	const struct op_column *columns; /* of the table for people; NULL: name and value */
	int (*fn)(struct op_call *c);	 /* NULL in mdfctl */
};
extern const struct op ops_table[];
extern const size_t ops_n;
const struct op *ops_find(const char *name); /* NULL: none */
const struct op_arg *op_arg_find(
    const struct op *op, const char *name, size_t len);		 /* '-' and '_' are the same */
bool op_arg_clears(const struct op *op, const struct op_arg *a); /* may OP take it away? */

/* Who calls: made by admin/auth.h from a uid, a certificate or a session. */
struct ops_actor {
	uint32_t uid;	       /* of the control socket; UINT32_MAX elsewhere */
	char name[64];	       /* handle of the person; the user name where there are no persons */
	const char *interface; /* "cli", "rest", "system" */
	int64_t person;	       /* row; 0: none */
	unsigned roles;	       /* OPW_... */
	int64_t lea;	       /* sees only this LEA; 0: all */
	int64_t tenant;	       /* sees only this tenant; 0: all */
	char session[24];      /* short public id of the session, for the audit log; "" */
	char source[64];       /* address and port, "" for the control socket */
	char pin[65];	       /* SHA-256 of the public key of his client certificate; "": none */
	bool stepped;	       /* gave a fresh factor within the last minutes */
	bool read_only;	       /* API token that changes nothing */
	bool no_login;	       /* came by an address where nobody can log in: no fresh factor */
	char only[256];	       /* API token: names of operations with commas; "": all */
};

/* What the operations work on; one per admin role. */
struct ops_ctx {
	struct store *store;
	bool lab;  /* plain TCP and shared addresses are allowed */
	bool open; /* laboratory without persons: whoever reaches the control socket may do all,
		      nothing waits for a second person, nothing is signed (conf trust.unsigned) */
	struct reconcile *reconcile; /* admin/reconcile.h: what the last look saw; or NULL */
	struct auditlog *log;	     /* admin/auditlog.h */
	struct vault *vault;	     /* admin/vault.h; NULL: no key, identities cannot be stored */
	struct evp_pkey_st *root;    /* public key of conf trust.root; NULL with OPEN */
	struct keyring *keyring;     /* admin/keyring.h: the key list as it is now */
	struct login *login; /* admin/login.h: challenges, delays, passwords being worked on; NULL:
				nobody can log in */
	char boot_id[CLOCK_BOOT_LEN];
	struct reports *reports; /* admin/op_report.h */
	struct works *works;	 /* admin/work.h; NULL: nothing runs in the background */
	struct links *links;	 /* admin/links.h; NULL: not in this process */
	struct {
		int64_t time_ns; /* of the last look at the whole log to its end; 0: none since the
				    start */
		uint64_t next;	 /* row at which such a look goes on */
		bool holds;
	} verified;
	/* OP_SLICED: prepare C->work, later; then GO(c, 0), or GO(c, r) with the fault.  NULL: the
	 * operation does it itself. */
	void (*prepare)(struct op_call *c, void (*go)(struct op_call *c, int r));
	void *arg;
	/* Raise or clear an alarm of this role, or NULL.  TEXT and OBJECT without any identity. */
	void (*alarm)(
	    void *arg, bool raised, const char *code, const char *object, const char *text);
	/* After a commit: which of OP_TASKS and OP_DESTS have to be sent. */
	void (*changed)(void *arg, unsigned flags);
	/* Tell those who follow /events; as rest_event() in rest.h.  NULL: nobody can. */
	void (*event)(void *arg, const char *type, const char *lea, int64_t tenant, json_t *data);
	/* Tell one person alone; without persons by NAME.  KEEP: also when they come back later. */
	void (*event_to)(
	    void *arg, int64_t person, const char *name, const char *type, bool keep, json_t *data);
	/* Send a testPDU.  -ENOTCONN when that deliver role is not there. */
	int (*test_pdu)(void *arg, uint32_t lea, uint32_t destination);
	/* The merged status, later or at once; TOKEN names the caller (ops_answer_cb). -EOPNOTSUPP:
	 * not in this process. */
	int (*status)(void *arg, void (*done)(json_t *status, void *token), void *token);
	/* What /readyz says: object of name > bool; new reference.  NULL: not in this process. */
	json_t *(*ready)(void *arg);
	/* A person says that the clock is right; NULL: not in this process. */
	void (*clock)(void *arg);
	/* The sessions of a warrant, as session_tree.h says; LIST is borrowed, NULL: no answer.
	 * -ENOTCONN, -EBUSY: DONE is not called. */
	int (*sessions)(void *arg, uint32_t warrant, uint32_t limit,
	    void (*done)(json_t *list, void *token), void *token);
};

/* The answer: {"ok": true, "result": ...} or {"ok": false, "error": {"code", "what", "object",
 * "why", "todo"}}, borrowed. */
typedef void (*ops_answer_cb)(json_t *answer, void *arg);

/* One call.  Everything is borrowed. */
struct ops_request {
	const char *op;	      /* "warrant.add" */
	json_t *args;	      /* object or NULL */
	const char *id;	      /* request id: repeating it repeats only the answer; or NULL */
	const char *if_match; /* hash of the object (ops_etag) as the caller knows it, or NULL: a
				 change of another version is refused (FAULT_CHANGED) */
	struct ops_actor *become; /* the actor of a connection, which session.open and close change;
				     it lives until CB was called.  NULL: session.open answers a
				     token instead */
	struct work *bg;	  /* it runs in the background (admin/work.h); or NULL */
};
/* Run R for ACTOR.  CB is called once, now or later. */
void ops_call(struct ops_ctx *x, const struct ops_actor *actor, const struct ops_request *r,
    ops_answer_cb cb, void *arg);
/* The same for an operation that is in no table (the program's own). */
void ops_call_op(struct ops_ctx *x, const struct op *op, const struct ops_actor *actor,
    const struct ops_request *r, ops_answer_cb cb, void *arg);
/* Hash of an object as SHOW gives it, 64 hexadecimal digits: the same for the same version. */
void ops_etag(json_t *object, char out[65]);

/* ---- for the op_*.c files */
#define OPS_LATER 1 /* the operation will call ops_finish() */

struct op_call {
	struct ops_ctx *x;
	struct store *store;
	const struct op *op;
	struct ops_actor actor;
	json_t *args;	/* checked and put into shape; also carries now_ns, and what the operation
			   adds for its statements */
	json_t *result; /* set by the operation: new reference */
	json_t *before, *after; /* the object before and after, for the hashes in the audit row; new
				   references */
	json_t *doc;	 /* OP_TWO: statement of its own, see approval.h; new reference or NULL */
	json_t *plan;	 /* OP_TWO: what a person needs to see besides; new reference or NULL */
	json_t *detail;	 /* for the audit row: object without any identity; new reference or NULL */
	char object[96]; /* "warrant 6d1c...", for audit row and error */
	char *request, *if_match;
	struct ops_actor *become; /* ops_request */
	struct fault fault;
	/* OP_TWO, see approval.h */
	json_t *signature; /* of the caller, checked to be an object */
	bool dry;	   /* "plan": it is only to be shown */
	bool second;	   /* both persons have signed: this is the real thing */
	bool alone; /* set by the operation: what was asked neither starts nor widens anything,
		       one person is enough */
	bool held;  /* nothing was changed, it waits */
	const char *creator, *approval; /* SECOND: who asked for it, and the UUID of the approval */
	int64_t submitted_ns;		/* for statements */
	int (*on_held)(struct op_call *c); /* what changes when it begins to wait; or NULL */
	unsigned changed;		   /* flags for ctx.changed */
	void *work;			   /* what was prepared, or is in work in slices */
	void (*work_free)(void *work);
	struct work *bg; /* it runs in the background (admin/work.h); NULL: somebody waits */
	json_t *status;	 /* OP_STATUS: the merged status; NULL: this process has none */
	json_t *hash;	 /* of operation and arguments, when there is a request id */
	ops_answer_cb cb;
	void *cb_arg;
};
/* The asynchronous end of a call that returned OPS_LATER.  R as from fn. */
void ops_finish(struct op_call *c, int r);

const char *op_text(struct op_call *c, const char *arg); /* NULL when missing */
int64_t op_int(struct op_call *c, const char *arg, int64_t dflt);
void op_object(struct op_call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An audit row for object CALL->object, before and after (import writes one per item). */
int ops_audit(struct op_call *c, const char *outcome, struct fault *f);
/* Check ITEM against the arguments of OP, as ops_call does; returns new arguments or NULL and *f.
 */
json_t *ops_check_args(const struct op *op, json_t *item, struct fault *f);

/* Rows that must be there; new reference, or NULL and the fault set. */
json_t *op_need_lea(struct op_call *c, const char *name);
json_t *op_need_destination(struct op_call *c, const char *name);
json_t *op_need_ne(struct op_call *c, const char *name);
json_t *op_need_warrant(struct op_call *c); /* names the warrant in the audit row */
/* Effective values of the profile of LEA (a row of op_need_lea): an object with every field. */
json_t *op_lea_profile(struct op_call *c, json_t *lea);
/* The argument "profile" as :profile_id; LEA: its row, NULL for a new agency. */
int op_lea_set_profile(struct op_call *c, json_t *lea);
/* When the argument "warrant" is there: its row number under "row".  0, or -ENOENT and the fault.
 */
int op_filter_warrant(struct op_call *c);
/* Run STMT once for each member of the list LIST: :id ID, :pos 0.., :item (or $item) the member. */
int op_each(struct op_call *c, int stmt, int64_t id, json_t *list);

int op_ne_add(struct op_call *c);
int op_ne_show(struct op_call *c);
int op_ne_list(struct op_call *c);
int op_ne_set(struct op_call *c);
int op_ne_revoke(struct op_call *c);
int op_ne_enable(struct op_call *c);
int op_lea_add(struct op_call *c);
int op_lea_show(struct op_call *c);
int op_lea_list(struct op_call *c);
int op_lea_set(struct op_call *c);
int op_destination_add(struct op_call *c);
int op_destination_show(struct op_call *c);
int op_destination_list(struct op_call *c);
int op_destination_set(struct op_call *c);
int op_destination_remove(struct op_call *c);
int op_destination_test(struct op_call *c);
int op_warrant_add(struct op_call *c);
int op_warrant_import(struct op_call *c);
int op_warrant_set(struct op_call *c);
int op_warrant_degrade(struct op_call *c);
int op_warrant_events(struct op_call *c);
int op_warrant_show(struct op_call *c);
int op_warrant_list(struct op_call *c);
int op_warrant_start(struct op_call *c);
int op_warrant_suspend(struct op_call *c);
int op_warrant_resume(struct op_call *c);
int op_warrant_stop(struct op_call *c);
int op_xid_list(struct op_call *c);
int op_profile_import(struct op_call *c);
int op_profile_show(struct op_call *c);
int op_profile_list(struct op_call *c);
int op_table(struct op_call *c); /* those of tables.h */
int op_profile_remove(struct op_call *c);
int op_status(struct op_call *c);
int op_session_list(struct op_call *c);
int op_session_tree(struct op_call *c);
int op_journal_list(struct op_call *c);
int op_audit_list(struct op_call *c);
int op_alarm_ack(struct op_call *c);
int op_alarm_list(struct op_call *c);
int op_setting_list(struct op_call *c);
int op_setting_show(struct op_call *c);
int op_setting_set(struct op_call *c);
int op_check(struct op_call *c);

#endif
