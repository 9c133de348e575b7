/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-ne: network element simulator (point of interception).  Sends X2/X3 of TS 103 221-2 to a
 * mediation function, from a capture or a generator, with deliberate faults.  Not part of the
 * product's path: for tests, demonstrations and load. */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "tools/ne_run.h"

static const char *const results[] = {
    "all acknowledged", "not all acknowledged", "usage", "could not connect", "refused in TLS"};

static const char *
result_text(const struct ne_conf *c, int rc)
{
	return rc == NE_EXIT_OK && c->wait_ack_s <= 0 ? "all sent" : results[rc];
}

static double
per(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static json_t *
formats_json(const struct ne_totals *t)
{
	json_t *out = json_object(), *type;
	int x, f;

	for (x = 0; x < 2; x++) {
		type = json_object();
		for (f = 0; f <= X23_FMT_N; f++)
			if (t->pdus[x][f])
				json_object_set_new(type, ne_opt_format_name((uint16_t)f),
				    json_integer((json_int_t)t->pdus[x][f]));
		json_object_set_new(out, x ? "x3" : "x2", type);
	}
	return out;
}

static void
print_json(const struct ne_conf *c, const struct ne_totals *t, int rc)
{
	json_t *o = json_pack("{s:s, s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			      "s:I, s:I, s:I, s:f, s:f, s:f, s:f}",
	    "result", result_text(c, rc), "exit", rc, "pdus", formats_json(t), "offered",
	    (json_int_t)t->offered_n, "acked", (json_int_t)t->conns.acked_n, "not_acked",
	    (json_int_t)(t->offered_n - t->conns.acked_n + t->dropped_n), "dropped",
	    (json_int_t)t->dropped_n, "faults", (json_int_t)t->faults_n, "octets",
	    (json_int_t)t->octets, "payload_octets", (json_int_t)t->payload_octets, "sent",
	    (json_int_t)t->conns.sent_n, "resent", (json_int_t)t->conns.resent_n, "connects",
	    (json_int_t)t->conns.connects_n, "reconnects", (json_int_t)t->conns.reconnects_n,
	    "keepalives", (json_int_t)t->conns.keepalives_n, "acks", (json_int_t)t->conns.acks_n,
	    "seconds", t->seconds, "pdu_per_s", per((double)t->offered_n, t->seconds), "cpu_s",
	    t->cpu_s, "cpu_s_per_gb", per(t->cpu_s * 1e9, (double)t->octets));

	if (!o)
		return;
	if (t->last_loss[0])
		json_object_set_new(o, "last_loss", json_string(t->last_loss));
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(o);
}

static void
print_text(const struct ne_conf *c, const struct ne_totals *t, int rc)
{
	int x, f;

	for (x = 0; x < 2; x++)
		for (f = 0; f <= X23_FMT_N; f++)
			if (t->pdus[x][f])
				printf("X%d %-13s %12llu PDUs\n", x + 2,
				    ne_opt_format_name((uint16_t)f),
				    (unsigned long long)t->pdus[x][f]);
	printf("offered %llu PDUs, %llu octets, acknowledged %llu, faults %llu, sent again %llu, "
	       "reconnects %llu, dropped %llu\n",
	    (unsigned long long)t->offered_n, (unsigned long long)t->octets,
	    (unsigned long long)t->conns.acked_n, (unsigned long long)t->faults_n,
	    (unsigned long long)t->conns.resent_n, (unsigned long long)t->conns.reconnects_n,
	    (unsigned long long)t->dropped_n);
	printf("%.3f s, %.0f PDU/s, %.1f Mbit/s, %.3f CPU s (%.2f per GB)\n", t->seconds,
	    per((double)t->offered_n, t->seconds), per((double)t->octets * 8e-6, t->seconds),
	    t->cpu_s, per(t->cpu_s * 1e9, (double)t->octets));
	if (t->last_loss[0])
		printf("last connection lost: %s\n", t->last_loss);
	printf("%s\n", result_text(c, rc));
}

static void
print_xids(const struct ne_conf *c)
{
	size_t i, j;

	for (i = 0; i < c->xids_n; i++) {
		for (j = 0; j < 16; j++)
			printf("%s%02x", j == 4 || j == 6 || j == 8 || j == 10 ? "-" : "",
			    c->xids[i * 16 + j]);
		putchar('\n');
	}
}

int
main(int argc, char **argv)
{
	struct ne_conf conf;
	struct ne_totals totals;
	int rc = ne_opt_parse(&conf, argc, argv);

	if (rc < 0 && conf.print_xids) {
		print_xids(&conf);
		rc = NE_EXIT_OK;
	} else if (rc < 0) {
		rc = ne_run(&conf, &totals);
		if (rc != NE_EXIT_USAGE && conf.json)
			print_json(&conf, &totals, rc);
		else if (rc != NE_EXIT_USAGE)
			print_text(&conf, &totals, rc);
	}
	ne_opt_free(&conf);
	return rc;
}
