/* SPDX-License-Identifier: Apache-2.0 */
/* From an HTTP request to an operation and its arguments, and what is wrong when there is none.
 * Pure: no sockets, no database; a fuzz target goes through here.  The paths are those of the table
 * of operations below REST_BASE. */
#ifndef ADMIN_REST_CALL_H
#define ADMIN_REST_CALL_H

#include "admin/ops.h"

#define REST_BASE "/api/v1"
#define REST_BODY_MAX 65536u	   /* octets of a body */
#define REST_IMPORT_MAX (1u << 20) /* octets of a body that holds a file or a list of objects */
#define REST_DEPTH_MAX 32	   /* objects and arrays within one another */
#define REST_SEGMENTS_MAX 8	   /* of a path below REST_BASE */
#define REST_PAGE_MAX 500	   /* rows of one page */
#define REST_PAGE_DEFAULT 100
#define REST_CURSOR_MAX 256 /* characters of a cursor */

enum rest_method {
	REST_GET = 1,
	REST_POST = 2,
	REST_PUT = 4,
	REST_PATCH = 8,
	REST_DELETE = 16,
	REST_HEAD = 32,
	REST_OPTIONS = 64,
	REST_OTHER = 128
};
const char *rest_method_name(enum rest_method m);

/* What goes into an answer of application/problem+json (RFC 9457).  ERRORS: array of {pointer or
 * parameter, code, detail}, owned; or NULL. */
struct rest_problem {
	int status;
	char code[24];
	char detail[512];
	char todo[192];
	char object[96];
	json_t *errors;
};
/* Fill P; returns -EINVAL.  POINTER: "/member" of the body, "name" of a parameter, or NULL. */
int rest_problem_set(struct rest_problem *p, int status, const char *code, const char *pointer,
    const char *todo, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
void rest_problem_fini(struct rest_problem *p);
/* The answer {"ok": false, "error"} of an operation as a problem: the one place where a fault code
 * becomes a status. */
void rest_problem_error(struct rest_problem *p, json_t *error, bool body);
/* The body of P.  ID: request id.  New reference. */
json_t *rest_problem_json(const struct rest_problem *p, const char *id);
/* Codes that only REST gives, and every status of a fault code; for the OpenAPI document. */
int rest_fault_status(const char *code);
const char *rest_status_text(int status);

struct rest_call {
	const struct op *op;
	json_t *args;			  /* owned */
	unsigned allow;			  /* methods of this path, OR-ed */
	bool body;			  /* arguments came in a body: errors point into it */
	bool list;			  /* answers a list, in pages */
	unsigned limit;			  /* of a list */
	char cursor[REST_CURSOR_MAX + 1]; /* "" : from the begin */
};
void rest_call_fini(struct rest_call *c);

/* The operation behind M and PATH (still percent-encoded).  Fills op, allow and the arguments of
 * the path.  HEAD stands for GET.  Returns 0, or -EINVAL and P (404, 405, 400). */
int rest_call_route(
    struct rest_call *c, enum rest_method m, const char *path, struct rest_problem *p);
/* The arguments of the query (NULL: none) and of the body; TYPE: Content-Type or NULL.  What has
 * the wrong JSON type, is unknown or comes twice is refused.  Values are checked by ops_call().
 * Returns 0, or -EINVAL and P (400, 413, 415). */
int rest_call_args(struct rest_call *c, const char *query, const char *type, const char *body,
    size_t len, struct rest_problem *p);

/* Facts about operations, for the document too. */
unsigned rest_op_method(const struct op *op); /* 0: not served */
bool rest_op_has_body(const struct op *op);   /* POST, PUT, PATCH */
bool rest_op_is_list(const struct op *op);    /* GET with columns */
bool rest_op_pages(const struct op *op);      /* has the argument "after" */
bool rest_op_large(const struct op *op);      /* body up to REST_IMPORT_MAX */
/* ARG comes in the path; or is not offered by REST at all (paging does it, or it is for mdfctl). */
bool rest_arg_in_path(const struct op *op, const struct op_arg *arg);
bool rest_arg_hidden(const struct op *op, const struct op_arg *arg);
/* A null of a merge patch means something for ARG: not narrowed, or emptied. */
bool rest_arg_nulls(const struct op *op, const struct op_arg *arg);
/* OP has NAME besides its own arguments: plan and signature, when two persons are needed. */
bool rest_arg_shared(const struct op *op, const char *name);
/* The GET with which one object of the collection OP posts to is read ("/nes" > "/nes/{ne}");
 * NULL: OP makes nothing that has an address. */
const struct op *rest_op_created(const struct op *op);
/* The GET on the same path; NULL: none. */
const struct op *rest_op_show(const struct op *op);

#endif
