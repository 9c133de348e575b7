/* SPDX-License-Identifier: Apache-2.0 */
/* The option table of mdf-lemf: master copy of parsing, --help and the man page. */
#ifndef LEMF_OPTS_H
#define LEMF_OPTS_H

#include "lemf_crypt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEMF_LISTEN_MAX 32
#define LEMF_ALL (-1L) /* no limit */

/* Deliberate misbehaviour and limits; the control socket may change them while running. */
struct lemf_manners {
	long keepalive_response; /* 1: answer keep-alives */
	long wrong_number;	 /* 1: answer with the sequence number plus one */
	long accept_ack;	 /* 1: accept the option pDUAcknowledgement */
	long option_response;	 /* 1: answer optionRequest */
	long garbage_after; /* send garbage once after N PDUs of a connection; LEMF_ALL: never */
	long slow;	    /* octets read per second and connection; 0: no limit */
	long stop_reading_after; /* stop reading a connection after N PDUs */
	long close_after;     /* close a connection in the middle of the PDU that follows N PDUs */
	long refuse;	      /* 1: accept and close */
	long stall_handshake; /* 1: accept and never answer */
};

struct lemf_opts {
	const char *listen[LEMF_LISTEN_MAX];
	unsigned listen_n;
	const char *dir; /* DIR or FILE argument */
	const char *cert, *key, *ca, *port_file, *control, *liid, *out, *seq, *decrypt, *public_key,
	    *scope;
	struct lemf_key crypt; /* read from DECRYPT by main */
	bool tls12, tcp, fsync, sink, json, hex, digest, strict, ber, single, wav, quiet, has_cin,
	    has_crypt;
	long exit_after, exit_idle_s, cin;
	struct lemf_manners manners;
};

/* One command: its function returns the exit code. */
struct lemf_command {
	const char *name;
	const char *args;
	const char *what;
	int (*run)(const struct lemf_opts *o);
};

#define LEMF_EXIT_OK 0
#define LEMF_EXIT_FAIL                                                                             \
	1 /* a check found something (report --strict, verify), or a run-time failure */
#define LEMF_EXIT_USAGE 2 /* wrong command line */
#define LEMF_EXIT_NONE 3  /* no such folder or file */

/* Parse argv after the command name.  Returns 0, or -1 after a message on standard error; *help is
 * set for --help. */
int lemf_opts_parse(
    struct lemf_opts *o, const struct lemf_command *cmd, int argc, char **argv, bool *help);
/* Set one of the manners by its option name ("slow", "1000"; "keepalive-response", "0").  Returns 0
 * or -EINVAL. */
int lemf_opts_manner(struct lemf_manners *m, const char *name, const char *value);
void lemf_opts_help(const struct lemf_command *cmd);
void lemf_opts_usage(const struct lemf_command *cmds);
void lemf_opts_man(const struct lemf_command *cmds);

int lemf_receive_run(const struct lemf_opts *o);
int lemf_show_run(const struct lemf_opts *o);
int lemf_report_run(const struct lemf_opts *o);
int lemf_export_run(const struct lemf_opts *o);
int lemf_verify_run(const struct lemf_opts *o);

#endif
