/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: a table of kinds, each with sections that are rows of one statement or of a function.  A
 * report is made in slices from one snapshot of the database, so that nobody waits for it.
 *
 * The master is canonical JSON (RFC 8785):
 *   {"by","from","id","kind","law","lea","made","name","no_data":[...],"program","regime",
 *    "sections":[{"columns":[{"key","title"}],"form":bool,"key","note","rows":[{...}],"title"}],
 *    "signature":{"key","sig"},"title","to","type":"openmdf.report.v1","warrant"}
 * The signature is that of the key of the audit log over the text without the member "signature"
 * (trust/sign.h).  The SHA-256 of the whole is in the audit row of making it, so it is a leaf of
 * the audit tree.  CSV and PDF are made from the master alone and carry the same SHA-256
 * (report_csv.c, report_pdf.c). */
#ifndef ADMIN_REPORT_H
#define ADMIN_REPORT_H

#include "admin/ops.h"

#include <openssl/evp.h>
#include <stdio.h>

#define REPORT_TYPE "openmdf.report.v1"

struct report_job;
struct auditlog;

#define REPORT_FORM 1u	/* of a section: one row, shown as names and values */
#define REPORT_WHOLE 2u /* it is about all: left out of a report of one agency or warrant */

struct report_section {
	const char *key, *title;
	int stmt;			     /* enum store_stmt; < 0: FN makes the rows */
	json_t *(*fn)(struct report_job *j); /* new array; NULL: the source gave no answer */
	void (*map)(struct report_job *j, json_t *row); /* words for numbers; or NULL */
	const struct op_column *columns;		/* ends with a NULL key */
	unsigned form;					/* REPORT_FORM, REPORT_WHOLE */
	const char *note;				/* what the section is, one sentence */
};

#define REPORT_WARRANT 1u /* of one warrant: it must be named */
#define REPORT_REVIEW 2u  /* of one review: it must be named */
#define REPORT_STATUS 4u  /* needs the live counters */
#define REPORT_NAMES 8u	  /* may be narrowed to a warrant or an agency */

struct report_kind {
	const char *kind, *name; /* "R2", "register" */
	const char *title, *law;
	unsigned flags;
	unsigned who;			       /* OPW_...: who may make and read it */
	const struct report_section *sections; /* ends with a NULL key */
	const char *lacks;		       /* what no source of this version has; or NULL */
};
extern const struct report_kind report_kinds[];
extern const size_t report_kinds_n;
const struct report_kind *report_kind_find(const char *word); /* "R2" or "register", any case */

/* What a report is made of.  Everything is borrowed until report_free(). */
struct report_spec {
	const struct report_kind *kind;
	int64_t from_ns, to_ns;
	const char *id, *by; /* UUID; handle of the person */
	const char *lea, *regime;
	json_t *warrant;	    /* as warrant.show gives it; or NULL */
	json_t *args;		    /* further parameters of its statements ("review"); or NULL */
	json_t *status;		    /* REPORT_STATUS; or NULL: no answer */
	const struct auditlog *log; /* its key signs; NULL: nothing is signed */
};

/* Begin a report from a snapshot of the database at PATH (a reader of its own).  New, or NULL and
 * *f. */
struct report_job *report_begin(const char *path, const struct report_spec *s, struct fault *f);
/* Work for about MS milliseconds.  Returns 1 (more), 0 (done) or -EIO and *f. */
int report_step(struct report_job *j, unsigned ms, struct fault *f);
/* Rows that were written so far. */
uint64_t report_rows(const struct report_job *j);
/* The master when done, borrowed, with *n octets; SHA256 in hexadecimal. */
const char *report_text(const struct report_job *j, size_t *n, char sha256[65]);
void report_free(struct report_job *j);

/* For the functions of sections. */
struct store *report_store(struct report_job *j);
json_t *report_args(struct report_job *j);
json_t *report_status(struct report_job *j);
const struct auditlog *report_log(struct report_job *j);
/* The section has no source: said in "no_data". */
void report_no_data(struct report_job *j, const char *what);

/* ---- forms of a master: these need no database (mdfctl makes them too) */

/* RFC 4180, UTF-8, CRLF; a cell that a spreadsheet would take for a formula gets a leading '. */
void report_csv(json_t *master, const char *sha256, FILE *out);
/* Folder of the DejaVu fonts, with its slash. */
extern const char *report_fonts;
/* A4.  Returns 0, or -EIO with *why. */
int report_pdf(json_t *master, const char *sha256, FILE *out, const char **why);
/* A cell as text; BUF of LEN takes what is no text already.  Never NULL. */
const char *report_cell(json_t *v, char *buf, size_t len);
/* SHA-256 of the canonical text of MASTER.  Returns 0, or -EINVAL: no report. */
int report_hash(json_t *master, char sha256[65]);
/* Is MASTER signed by KEY?  0; -ENOENT: it is not signed; -EKEYREJECTED: by another key; -EBADMSG:
 * it was changed. */
int report_signed(json_t *master, EVP_PKEY *key);

#endif
