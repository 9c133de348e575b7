/* SPDX-License-Identifier: Apache-2.0 */
/* Decode BER by the tables of lemf_schema.h into a tree of named nodes, and say what is wrong at
 * which octet.  Goes on after a fault where the framing allows it.  Legal but not minimal forms and
 * unknown members are remarks; breaches of the module are errors. */
#ifndef LEMF_DECODE_H
#define LEMF_DECODE_H

#include "lemf_ber.h"
#include "lemf_schema.h"

#define LEMF_FAULTS_MAX 64	  /* kept per PDU; more are only counted */
#define LEMF_NODES_MAX (1u << 20) /* elements of one PDU that are looked into */

struct lemf_node {
	const char *name;
	const struct lemf_type *type; /* NULL: unknown member */
	struct lemf_tlv tlv;	      /* with the member's own tag */
	struct octets val;	      /* contents; of a segmented string: joined */
	uint32_t child, next;	      /* index in nodes, 0 = none (node 0 is the root) */
};

enum lemf_level {
	LEMF_REMARK, /* legal, but not what a strict sender writes */
	LEMF_ERROR,  /* against the module or against BER */
	LEMF_BROKEN  /* a part could not be read at all */
};

struct lemf_fault {
	size_t at; /* octet offset in the PDU */
	enum lemf_level level;
	const char *code;
	char where[224]; /* names of the members on the way, joined by dots */
	char what[96];
};

struct lemf_blob; /* joined value of a segmented string */

struct lemf_tree {
	struct octets raw; /* borrowed: valid as long as the caller keeps it */
	struct lemf_node *nodes;
	uint32_t node_n, node_cap;
	struct lemf_fault faults[LEMF_FAULTS_MAX];
	unsigned fault_n;    /* kept */
	unsigned level_n[3]; /* all, by level */
	struct lemf_blob *blobs;
};

/* The tree may be decoded into again and again; fini frees it. */
void lemf_tree_init(struct lemf_tree *t);
void lemf_tree_fini(struct lemf_tree *t);

/* Decode one element of type ROOT that fills RAW (borrowed).  Returns 0 (perhaps with faults), or
 * -EBADMSG when a part could not be read. */
int lemf_tree_decode(struct lemf_tree *t, const struct lemf_type *root, struct octets raw);

/* Node under FROM by dotted PATH ("pSHeader.sequenceNumber"), or NULL.  In a SEQUENCE OF the first
 * element. */
const struct lemf_node *lemf_tree_find(
    const struct lemf_tree *t, const struct lemf_node *from, const char *path);
const struct lemf_node *lemf_tree_child(
    const struct lemf_tree *t, const struct lemf_node *n); /* or NULL */
const struct lemf_node *lemf_tree_next(
    const struct lemf_tree *t, const struct lemf_node *n); /* or NULL */

/* Value of an INTEGER, ENUMERATED or BOOLEAN node; 0 when it cannot be read. */
uint64_t lemf_node_uint(const struct lemf_node *n);
/* Value of a LEMF_SIGNED node; 0 when it does not fit. */
int64_t lemf_node_int(const struct lemf_node *n);
/* Dotted OID of an OBJECT IDENTIFIER or RELATIVE-OID node into BUF of LEN octets; returns BUF. */
char *lemf_node_oid(const struct lemf_node *n, char *buf, size_t len);
/* GeneralizedTime to microseconds since 1970; without zone it is taken as UTC.  Returns 0 or
 * -EINVAL. */
int lemf_time_us(struct octets text, int64_t *us);
const char *lemf_level_name(enum lemf_level level);

#endif
