/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of mdf-verify: exports and heads (verify_log.c), the witness (verify_cosign.c).
 */
#ifndef TOOLS_VERIFY_LOG_H
#define TOOLS_VERIFY_LOG_H

#include "trust/merkle.h"
#include "trust/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VERIFY_FILES_MAX 16
#define VERIFY_OK 0
#define VERIFY_BAD 1
#define VERIFY_USAGE 2

/* A signed head from elsewhere. */
struct verify_head {
	uint64_t size;
	uint8_t root[MERKLE_LEN];
};

struct verify {
	/* what was asked for */
	bool has_key, show, json;
	struct note_key key; /* of the log; without has_key the one that the file names */
	struct note_key witness[VERIFY_FILES_MAX];
	const char *heads_files[VERIFY_FILES_MAX];
	size_t witness_n, heads_files_n;
	const char *report; /* file of a report that a row must have made */
	char report_sha256[65];
	bool report_found;
	/* the file */
	const char *path;
	FILE *in;
	char *line;
	size_t line_max, line_n; /* without its newline */
	uint64_t line_number;
	bool kept; /* the line was looked at and is still to be read */
	bool cut;  /* octets without an end of line stood at the end */
	/* the tree */
	struct merkle tree;
	uint8_t prev[MERKLE_LEN];
	bool has_prev;
	uint64_t first, next; /* rows: number of the first, and of the one that is expected */
	bool closing;	      /* behind the last row */
	uint64_t good;	      /* rows under a head that holds */
	uint64_t heads_n;
	struct verify_head *heads; /* from elsewhere, by size */
	size_t outside_n, outside_at;
	char note[NOTE_MAX]; /* the last head */
	size_t note_n, note_body;
	/* the finding */
	uint64_t bad;
	char why[200];
};

struct verify_cosign {
	const char *state, *sign, *name;
	bool vkey;
};

/* Exit code. */
int verify_file(struct verify *v, const char *path);
int verify_cosign(struct verify *v, const struct verify_cosign *c, const char *path);
int verify_cosign_vkey(const struct verify_cosign *c);
void verify_end(struct verify *v);

/* verify_report.c: read v->report; its SHA-256 to v->report_sha256.  0, or VERIFY_USAGE. */
int verify_report_read(struct verify *v);
/* Is it signed by v->key?  NULL, or what is wrong. */
const char *verify_report_signature(struct verify *v);

/* For verify_cosign.c */
int verify_open(struct verify *v, const char *path); /* 0, or VERIFY_USAGE after saying why */
/* The next line; false at the end. */
bool verify_line(struct verify *v);
/* A note from the next lines to v->note; its head to *H when it is signed by v->key.  NULL, or what
 * is wrong. */
const char *verify_note(struct verify *v, struct note_head *h);
/* A consistency file behind its first line: OLD and NEW.  NULL, or what is wrong. */
const char *verify_consistency(struct verify *v, struct note_head *old, struct note_head *new);

#endif
