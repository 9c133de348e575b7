/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf: reference law-enforcement monitoring facility.  Receives, stores, shows, checks and
 * exports HI2/HI3 (TS 102 232-1). It is the opposite side of mdfd and its oracle in tests: nothing
 * of the daemon's handover or spool code is used. */
#include "lemf_opts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct lemf_command commands[] = {
    {"receive", "--listen ADDR:PORT[,KIND] --dir DIR (--tcp | --cert F --key F --ca F) [options]",
	"Accept HI2 and HI3 connections, store every PS-PDU, answer.", lemf_receive_run},
    {"show", "DIR|FILE [options]", "Print stored records, decoded.", lemf_show_run},
    {"report", "DIR [options]", "Sessions, counts, gaps, duplicates, order, per LIID and CIN.",
	lemf_report_run},
    {"export", "DIR --out FOLDER [options]",
	"Write pcapng files for Wireshark, one per session; mails and messages as files.",
	lemf_export_run},
    {"verify", "DIR|FILE [options]",
	"Decode everything strictly and list each violation with its octet offset.",
	lemf_verify_run},
    {NULL, NULL, NULL, NULL},
};

static int
read_key(struct lemf_opts *o)
{
	int rc = lemf_crypt_key(&o->crypt, o->decrypt);

	if (rc)
		fprintf(stderr, "mdf-lemf: %s: %s\n", o->decrypt,
		    rc == -EINVAL ? "not a key: 24 or 32 octets in hexadecimal are needed"
				  : strerror(-rc));
	o->has_crypt = rc == 0;
	return rc;
}

int
main(int argc, char **argv)
{
	const struct lemf_command *c;
	struct lemf_opts o;
	bool help;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))) {
		lemf_opts_usage(commands);
		return LEMF_EXIT_OK;
	}
	if (argc == 2 && !strcmp(argv[1], "--man")) {
		lemf_opts_man(commands);
		return LEMF_EXIT_OK;
	}
	for (c = commands; argc > 1 && c->name && strcmp(c->name, argv[1]) != 0; c++)
		;
	if (argc < 2 || !c->name) {
		fprintf(stderr, "mdf-lemf: %s (see mdf-lemf --help)\n",
		    argc < 2 ? "a command is needed" : "no such command");
		return LEMF_EXIT_USAGE;
	}
	if (lemf_opts_parse(&o, c, argc - 2, argv + 2, &help))
		return LEMF_EXIT_USAGE;
	if (help) {
		lemf_opts_help(c);
		return LEMF_EXIT_OK;
	}
	if (!o.dir && !o.sink) {
		fprintf(stderr, "mdf-lemf %s: the folder is missing (see mdf-lemf %s --help)\n",
		    c->name, c->name);
		return LEMF_EXIT_USAGE;
	}
	if (o.decrypt && read_key(&o))
		return LEMF_EXIT_USAGE;
	return c->run(&o);
}
