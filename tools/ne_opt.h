/* SPDX-License-Identifier: Apache-2.0 */
/* Options of mdf-ne: one table gives the parser, --help and the man page. */
#ifndef TOOLS_NE_OPT_H
#define TOOLS_NE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/ne_attr.h"

enum ne_exit {
	NE_EXIT_OK,
	NE_EXIT_NOT_ALL,
	NE_EXIT_USAGE,
	NE_EXIT_CONNECT,
	NE_EXIT_REFUSED
};

enum ne_shape {
	NE_SHAPE_RECORD,
	NE_SHAPE_PACKED,
	NE_SHAPE_SEND
};

enum ne_corr {
	NE_CORR_SESSION,
	NE_CORR_ZERO,
	NE_CORR_CALL
};

enum ne_fault_kind {
	NE_FAULT_GAP,
	NE_FAULT_DUPLICATE,
	NE_FAULT_REUSE,
	NE_FAULT_REORDER,
	NE_FAULT_MALFORMED,
	NE_FAULT_UNKNOWN_XID,
	NE_FAULT_STALL,
	NE_FAULT_SLOW,
	NE_FAULT_NO_KEEPALIVE,
	NE_FAULT_WRONG_KEEPALIVE
};

struct ne_fault {
	enum ne_fault_kind kind;
	int sub; /* malformed: enum ne_bad; wrong keepalive: 0 no number, 1 with payload, 2 as an
		    acknowledgement */
	uint64_t at; /* PDU of the run, from 1 */
	uint64_t arg;
	bool done;
};

/* One --generate. */
struct ne_gen_spec {
	uint16_t format, type;
	size_t size;	/* payload octets */
	size_t pdu_len; /* whole PDU, 0: by size */
	uint64_t count; /* 0: no limit */
	double duration_s, rate;
	uint32_t sessions;
	enum ne_corr corr;
	uint64_t call_pdus; /* PDUs of one call; 0: all */
	char *file;	    /* payload */
};

struct ne_id { /* one network element */
	char *cert, *key, *nfid;
};

struct ne_conf {
	char *host, *port, *port_x2, *port_x3;
	char *cert, *key, *ca, *server_name, *tls, *ciphers;
	struct ne_id *nes;
	size_t nes_n;
	uint64_t connections;
	uint8_t *xids; /* 16 octets each */
	size_t xids_n;
	uint64_t seed;
	char *pcap, **targets;
	size_t targets_n;
	char *speed;
	bool now;
	uint64_t loop;
	struct ne_gen_spec *gens;
	size_t gens_n;
	char *payload;
	uint64_t format;
	bool prebuilt;
	uint8_t minor;
	char *did, *nfid, *ipid, *mime_type;
	struct ne_attrs attrs; /* of every PDU */
	char *script;
	bool ethernet, uncorrelated;
	enum ne_shape shape;
	uint64_t start_seq;
	double keepalive_s, ack_timeout_s, wait_ack_s, retry_s, backoff_s, stall_s;
	uint64_t resend_max;
	bool one_per_connection;
	char *ledger;
	bool ledger_light, ledger_sync;
	struct ne_fault *faults;
	size_t faults_n;
	bool json, verbose, print_xids;
};

/* Returns -1 to go on, else an exit code (help was asked for, or a fault was written to standard
 * error). */
int ne_opt_parse(struct ne_conf *c, int argc, char **argv);
void ne_opt_free(struct ne_conf *c);
/* Number of a payload format by name or digits, or -1. */
int ne_opt_format(const char *text);
const char *ne_opt_format_name(uint16_t format);
/* "format=ipv4,size=1400".  Returns 0 or -EINVAL with *WHY. */
int ne_opt_generate(const char *text, struct ne_gen_spec *out, const char **why);
int ne_opt_fault(const char *text, struct ne_fault *out);

/* Sections of --help and the manual behind the options; the last has no title. */
struct ne_opt_page {
	const char *title, *text;
};
extern const struct ne_opt_page ne_opt_pages[];

#endif
