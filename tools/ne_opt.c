/* SPDX-License-Identifier: Apache-2.0 */
/* The option table of mdf-ne and what is made of it. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spec/ts103221_2.h"
#include "tools/ne_fault.h"
#include "tools/ne_opt.h"
#include "tools/ne_payload.h"

enum opt_kind {
	OPT_STR,
	OPT_U64,
	OPT_SEC,
	OPT_FLAG,
	OPT_LIST,
	OPT_FN
};

struct opt {
	const char *name, *arg;
	enum opt_kind kind;
	size_t at; /* offset in struct ne_conf */
	int (*fn)(struct ne_conf *, const char *);
	const char *help;
};

#define AT(field) offsetof(struct ne_conf, field), NULL
#define FN(f) 0, f

static void *
grow(void *p, size_t n, size_t size)
{
	void *q = realloc(p, (n + 1) * size);

	assert(q);
	memset((char *)q + n * size, 0, size);
	return q;
}

static int
u64(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-')
		return -EINVAL;
	if (*end == 'k' || *end == 'M') {
		*out *= *end == 'k' ? 1000 : 1000000;
		end++;
	}
	return *end ? -EINVAL : 0;
}

static int
seconds(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end == text || *end || !(*out >= 0) || *out > 1e9 ? -EINVAL : 0;
}

/* ---- formats and generators */

static const struct {
	const char *name;
	uint16_t number;
	uint16_t type; /* of the generator when none is given */
} formats[] = {
    {"keepalive", 0, 1},
    {"ts102232-1", 1, 1},
    {"xiri", 2, 1},
    {"ts33108", 3, 1},
    {"proprietary", 4, 2},
    {"ipv4", 5, 2},
    {"ipv6", 6, 2},
    {"ethernet", 7, 2},
    {"rtp", 8, 2},
    {"sip", 9, 1},
    {"dhcp", 10, 1},
    {"radius", 11, 1},
    {"gtpu", 12, 2},
    {"msrp", 13, 2},
    {"eps-iri", 14, 1},
    {"mime", 15, 2},
    {"unstructured", 16, 2},
    {"ps-payload", 17, 1},
};

int
ne_opt_format(const char *text)
{
	uint64_t n;
	size_t i;

	for (i = 0; i < X23_FMT_N; i++)
		if (strcmp(formats[i].name, text) == 0)
			return formats[i].number;
	return u64(text, &n) == 0 && n <= UINT16_MAX ? (int)n : -1;
}

const char *
ne_opt_format_name(uint16_t format)
{
	return format < X23_FMT_N ? formats[format].name : "other";
}

static int
gen_format(struct ne_gen_spec *g, const char *v)
{
	int f = ne_opt_format(v);

	if (f < 0)
		return -EINVAL;
	g->format = (uint16_t)f;
	if (!g->type)
		g->type = f < X23_FMT_N ? formats[f].type : X23_TYPE_X3;
	return 0;
}

static int
gen_type(struct ne_gen_spec *g, const char *v)
{
	if (strcmp(v, "x2") && strcmp(v, "x3"))
		return -EINVAL;
	g->type = v[1] == '2' ? X23_TYPE_X2 : X23_TYPE_X3;
	return 0;
}

static int
gen_corr(struct ne_gen_spec *g, const char *v)
{
	static const char *const names[] = {"session", "zero", "call"};
	int i;

	for (i = 0; i < 3; i++) {
		if (strcmp(names[i], v) == 0) {
			g->corr = (enum ne_corr)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
gen_number(struct ne_gen_spec *g, const char *key, const char *v)
{
	uint64_t n;

	if (u64(v, &n))
		return -EINVAL;
	if (strcmp(key, "size") == 0 && n <= NE_PAYLOAD_MAX)
		g->size = n;
	else if (strcmp(key, "pdu") == 0 && n <= NE_PAYLOAD_MAX)
		g->pdu_len = n;
	else if (strcmp(key, "count") == 0)
		g->count = n;
	else if (strcmp(key, "sessions") == 0 && n > 0 && n <= 10000000)
		g->sessions = (uint32_t)n;
	else if (strcmp(key, "call") == 0)
		g->call_pdus = n;
	else
		return -EINVAL;
	return 0;
}

static int
gen_pair(struct ne_gen_spec *g, const char *key, const char *v)
{
	if (strcmp(key, "format") == 0)
		return gen_format(g, v);
	if (strcmp(key, "type") == 0)
		return gen_type(g, v);
	if (strcmp(key, "corr") == 0)
		return gen_corr(g, v);
	if (strcmp(key, "duration") == 0)
		return seconds(v, &g->duration_s);
	if (strcmp(key, "rate") == 0)
		return seconds(v, &g->rate);
	if (strcmp(key, "payload") == 0) {
		free(g->file);
		g->file = strdup(v);
		return 0;
	}
	return gen_number(g, key, v);
}

int
ne_opt_generate(const char *text, struct ne_gen_spec *out, const char **why)
{
	char *copy = strdup(text), *save = NULL, *part, *eq;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	out->size = 160;
	out->sessions = 1;
	*why = "KEY=VALUE,... with a known key and a fitting value";
	for (part = strtok_r(copy, ", ", &save); part && !rc; part = strtok_r(NULL, ", ", &save)) {
		eq = strchr(part, '=');
		if (eq)
			*eq = '\0';
		rc = eq ? gen_pair(out, part, eq + 1) : gen_format(out, part);
	}
	free(copy);
	if (!rc && !out->type) {
		*why = "format= is missing";
		rc = -EINVAL;
	}
	if (!out->count && !(out->duration_s > 0))
		out->count = 1000;
	if (out->format == X23_FMT_SIP || (out->format == X23_FMT_RTP && out->call_pdus))
		out->corr = out->corr == NE_CORR_ZERO ? NE_CORR_ZERO : NE_CORR_CALL;
	return rc;
}

static int
opt_generate(struct ne_conf *c, const char *v)
{
	const char *why;

	c->gens = grow(c->gens, c->gens_n, sizeof(*c->gens));
	if (ne_opt_generate(v, &c->gens[c->gens_n++], &why) == 0)
		return 0;
	fprintf(stderr, "mdf-ne: --generate wants %s\n", why);
	return -EINVAL;
}

/* ---- faults */

static const struct {
	const char *name;
	enum ne_fault_kind kind;
} fault_names[] = {{"gap", NE_FAULT_GAP}, {"duplicate", NE_FAULT_DUPLICATE},
    {"reuse", NE_FAULT_REUSE}, {"reorder", NE_FAULT_REORDER}, {"malformed", NE_FAULT_MALFORMED},
    {"unknown-xid", NE_FAULT_UNKNOWN_XID}, {"stall", NE_FAULT_STALL}, {"slow", NE_FAULT_SLOW},
    {"no-keepalive", NE_FAULT_NO_KEEPALIVE}, {"wrong-keepalive", NE_FAULT_WRONG_KEEPALIVE}};

static int
fault_word(struct ne_fault *f, const char *word)
{
	static const char *const wrong[] = {"no-number", "payload", "as-ack"};
	int i;

	if (f->kind == NE_FAULT_MALFORMED) {
		f->sub = ne_fault_bad(word);
		return f->sub < 0 ? -EINVAL : 0;
	}
	for (i = 0; i < 3 && f->kind == NE_FAULT_WRONG_KEEPALIVE; i++) {
		if (strcmp(word, wrong[i]) == 0) {
			f->sub = i;
			return 0;
		}
	}
	return -EINVAL;
}

int
ne_opt_fault(const char *text, struct ne_fault *out)
{
	char *copy = strdup(text), *save = NULL, *part = strtok_r(copy, ":", &save);
	uint64_t numbers[2] = {0, 0};
	size_t i, n = 0;
	int rc = -EINVAL;

	memset(out, 0, sizeof(*out));
	for (i = 0; part && rc && i < sizeof(fault_names) / sizeof(fault_names[0]); i++) {
		if (strcmp(part, fault_names[i].name) == 0) {
			out->kind = fault_names[i].kind;
			rc = 0;
		}
	}
	while (!rc && (part = strtok_r(NULL, ":", &save)))
		if (u64(part, &numbers[n < 1 ? 0 : 1]) == 0)
			rc = ++n > 2 ? -EINVAL : 0;
		else
			rc = fault_word(out, part);
	free(copy);
	out->at = numbers[0] ? numbers[0] : 1;
	out->arg = numbers[1];
	return rc;
}

static int
opt_fault(struct ne_conf *c, const char *v)
{
	c->faults = grow(c->faults, c->faults_n, sizeof(*c->faults));
	return ne_opt_fault(v, &c->faults[c->faults_n++]);
}

/* ---- other options with a shape of their own */

static int
opt_xid(struct ne_conf *c, const char *v)
{
	c->xids = grow(c->xids, c->xids_n, 16);
	return ne_attr_uuid(v, c->xids + 16 * c->xids_n++);
}

static int
opt_xids(struct ne_conf *c, const char *v)
{
	uint64_t n, i, j;

	if (u64(v, &n) || n == 0 || n > 1000000)
		return -EINVAL;
	c->xids = realloc(c->xids, (c->xids_n + n) * 16);
	assert(c->xids);
	for (i = 0; i < n; i++) {
		uint8_t *x = c->xids + 16 * c->xids_n++;

		for (j = 0; j < 16; j++)
			x[j] = (uint8_t)(ne_payload_mix(c->seed * 1000003 + i * 2 + j / 8) >>
					 j % 8 * 8);
		x[6] = (uint8_t)((x[6] & 15) | 0x40);
		x[8] = (uint8_t)((x[8] & 63) | 0x80);
	}
	return 0;
}

/* TEXT with N for each '%'; new. */
static char *
number_in(const char *text, unsigned n)
{
	size_t room = strlen(text) * 10 + 1, at = 0;
	char *out = malloc(room);

	assert(out);
	for (; *text; text++)
		at += (size_t)(*text == '%' ? snprintf(out + at, room - at, "%u", n)
					    : snprintf(out + at, room - at, "%c", *text));
	out[at] = '\0';
	return out;
}

static int
opt_ne(struct ne_conf *c, const char *v)
{
	char *copy = strdup(v), *save = NULL;
	struct ne_id *ne;

	c->nes = grow(c->nes, c->nes_n, sizeof(*c->nes));
	ne = &c->nes[c->nes_n++];
	for (char *p = strtok_r(copy, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		char **slot = !ne->cert ? &ne->cert : !ne->key ? &ne->key : &ne->nfid;

		free(*slot);
		*slot = strdup(p);
	}
	free(copy);
	return ne->key ? 0 : -EINVAL;
}

/* "FROM-TO,CERT,KEY[,NFID]": one element per number, which stands for each '%'. */
static int
opt_nes(struct ne_conf *c, const char *v)
{
	unsigned from, to;
	int at = 0;
	char *one;

	if (sscanf(v, "%u-%u,%n", &from, &to, &at) != 2 || !at || to < from || to - from >= 10000)
		return -EINVAL;
	for (; from <= to; from++) {
		one = number_in(v + at, from);
		if (opt_ne(c, one)) {
			free(one);
			return -EINVAL;
		}
		free(one);
	}
	return 0;
}

static int
opt_matched(struct ne_conf *c, const char *v)
{
	return ne_attr_text(&c->attrs, X23_ATTR_MATCHED_TARGET, v);
}

static int
opt_other(struct ne_conf *c, const char *v)
{
	return ne_attr_text(&c->attrs, X23_ATTR_OTHER_TARGET, v);
}

static int
opt_encoding(struct ne_conf *c, const char *v)
{
	return ne_attr_text(&c->attrs, X23_ATTR_MIME_ENCODING, v);
}

static int
opt_sdp(struct ne_conf *c, const char *v)
{
	return ne_attr_text(&c->attrs, X23_ATTR_SDP, v);
}

static int
opt_axri(struct ne_conf *c, const char *v)
{
	return ne_attr_axri(&c->attrs, v);
}

static int
opt_attribute(struct ne_conf *c, const char *v)
{
	return ne_attr_any(&c->attrs, v);
}

static int
opt_version(struct ne_conf *c, const char *v)
{
	uint64_t n;

	if (strncmp(v, "0.", 2) || u64(v + 2, &n) || n > 255)
		return -EINVAL;
	c->minor = (uint8_t)n;
	return 0;
}

static int
opt_shape(struct ne_conf *c, const char *v)
{
	static const char *const names[] = {"record", "packed", "send"};
	int i;

	for (i = 0; i < 3; i++) {
		if (strcmp(names[i], v) == 0) {
			c->shape = (enum ne_shape)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
opt_format(struct ne_conf *c, const char *v)
{
	int f = ne_opt_format(v);

	c->format = (uint64_t)f;
	return f < 0 ? -EINVAL : 0;
}

static const struct opt opts[] = {
    {"host", "ADDR", OPT_STR, AT(host), "Address of the MDF (127.0.0.1)."},
    {"port", "PORT", OPT_STR, AT(port), "Its port for X2 and X3."},
    {"port-x2", "PORT", OPT_STR, AT(port_x2),
	"Port for X2 alone; X3 then needs --port-x3 or --port."},
    {"port-x3", "PORT", OPT_STR, AT(port_x3), "Port for X3 alone."},
    {"cert", "FILE", OPT_STR, AT(cert), "Client certificate, PEM."},
    {"key", "FILE", OPT_STR, AT(key), "Its key, PEM."},
    {"ca", "FILE", OPT_STR, AT(ca),
	"CA that the MDF's certificate must come from; without it the MDF is not checked."},
    {"server-name", "NAME", OPT_STR, AT(server_name),
	"Name that the MDF's certificate must hold; also sent as SNI."},
    {"tls", "1.2|1.3", OPT_STR, AT(tls), "Only this version of TLS."},
    {"ciphers", "LIST", OPT_STR, AT(ciphers),
	"Cipher suites: TLS 1.3 names when all begin with TLS_, else an OpenSSL list for 1.2."},
    {"ne", "CERT,KEY[,NFID]", OPT_FN, FN(opt_ne),
	"One network element; repeatable, streams are spread over them. Instead of --cert and "
	"--key."},
    {"nes", "A-B,CERT,KEY[,NFID]", OPT_FN, FN(opt_nes),
	"One element per number from A to B, which replaces each % in the rest: fifty virtual "
	"elements with certificates of a pattern. With sessions=50, each sends a stream."},
    {"connections", "N", OPT_U64, AT(connections),
	"Connections in all (one per NE). A stream keeps its connection."},
    {"seed", "N", OPT_U64, AT(seed),
	"Makes XIDs, Correlation IDs and payloads; give it before --xids."},
    {"xid", "UUID", OPT_FN, FN(opt_xid),
	"XID of a task; repeatable. In pcap mode everything is sent for each."},
    {"xids", "N", OPT_FN, FN(opt_xids), "N XIDs made from the seed."},
    {"print-xids", NULL, OPT_FLAG, AT(print_xids), "Print the XIDs, one per line, and end."},
    {"pcap", "FILE", OPT_STR, AT(pcap),
	"Capture to read: Ethernet, Linux cooked, raw IP or loopback."},
    {"target", "TARGET", OPT_LIST, AT(targets),
	"ip:ADDR, mac:ADDR, nai:USER, sip:URI or tel:NUMBER; repeatable. See CAPTURE."},
    {"uncorrelated", NULL, OPT_FLAG, AT(uncorrelated),
	"Correlation ID zero in everything captured: a point that does not correlate."},
    {"ethernet", NULL, OPT_FLAG, AT(ethernet),
	"Send the packets of ip:, mac: and nai: targets, DHCP too, as Ethernet frames, when the "
	"capture has them."},
    {"speed", "max|real|N", OPT_STR, AT(speed),
	"Pace of the capture: at once, as captured, or N times that (max)."},
    {"now", NULL, OPT_FLAG, AT(now), "Shift the capture's times so that its last PDU is now."},
    {"loop", "N", OPT_U64, AT(loop), "Send the capture N times (1)."},
    {"generate", "SPEC", OPT_FN, FN(opt_generate), "Generator; repeatable. See GENERATOR."},
    {"payload", "FILE", OPT_STR, AT(payload),
	"Send the octets of FILE once as a payload of --format; short for --generate "
	"format=N,payload=FILE,count=1."},
    {"format", "FORMAT", OPT_FN, FN(opt_format), "Payload format of --payload."},
    {"script", "FILE", OPT_STR, AT(script), "PDUs written down as JSON lines. See SCRIPT."},
    {"prebuilt", NULL, OPT_FLAG, AT(prebuilt),
	"Build the first PDU of each stream, then change only number and time: for load. Bodies "
	"then repeat."},
    {"version", "0.N", OPT_FN, FN(opt_version), "Version field (0.6)."},
    {"did", "TEXT", OPT_STR, AT(did), "Domain ID attribute (none)."},
    {"nfid", "TEXT", OPT_STR, AT(nfid),
	"NFID attribute (mdf-ne, numbered with several NEs); empty for none."},
    {"ipid", "TEXT", OPT_STR, AT(ipid), "IPID attribute (poi); empty for none."},
    {"matched", "XML", OPT_FN, FN(opt_matched),
	"Further Matched Target Identifier attribute, e.g. <imsi>...</imsi>; repeatable, as are "
	"the next six."},
    {"other", "XML", OPT_FN, FN(opt_other), "Other Target Identifier attribute."},
    {"mime-type", "TYPE", OPT_STR, AT(mime_type), "MIME content type attribute, of every PDU."},
    {"mime-encoding", "TEXT", OPT_FN, FN(opt_encoding),
	"MIME content transfer encoding attribute."},
    {"axri", "XID[,CORR[,SEQ]]", OPT_FN, FN(opt_axri),
	"Additional XID Related Information attribute; CORR is 16 hex digits."},
    {"sdp", "TEXT", OPT_FN, FN(opt_sdp), "SDP session description attribute."},
    {"attribute", "TYPE:HEX|TYPE=TEXT", OPT_FN, FN(opt_attribute),
	"Any other attribute, e.g. of types 1 to 4, or unknown ones."},
    {"shape", "record|packed|send", OPT_FN, FN(opt_shape),
	"One PDU per TLS record in 64 KB sends, PDUs back to back in 16 KB records, or one send "
	"per PDU (record)."},
    {"start-seq", "N", OPT_U64, AT(start_seq), "First sequence number of each context (0)."},
    {"keepalive", "SECONDS", OPT_SEC, AT(keepalive_s),
	"TIME_P1: a keepalive at least this often (60); fractions allowed."},
    {"ack-timeout", "SECONDS", OPT_SEC, AT(ack_timeout_s),
	"TIME_P2: no acknowledgement for this long: reconnect and send again (180)."},
    {"wait-ack", "SECONDS", OPT_SEC, AT(wait_ack_s),
	"Longest wait for the acknowledgement of the last keepalive (30); 0: do not ask."},
    {"backoff", "SECONDS", OPT_SEC, AT(backoff_s),
	"Longest pause before a lost or refused connection is tried again; the first is 0.1 (1)."},
    {"retry", "SECONDS", OPT_SEC, AT(retry_s),
	"Give up when nothing was acknowledged for this long after a connection was lost or "
	"refused (30)."},
    {"resend-max", "OCTETS", OPT_U64, AT(resend_max),
	"PDUs kept per connection until acknowledged (16M); full: wait. 0: keep none, send nothing "
	"again."},
    {"one-per-connection", NULL, OPT_FLAG, AT(one_per_connection),
	"Connect, one PDU, keepalive and its acknowledgement (not with --wait-ack 0), close; again "
	"and again."},
    {"ledger", "FILE", OPT_STR, AT(ledger),
	"Append what was offered and acknowledged. See LEDGER."},
    {"ledger-light", NULL, OPT_FLAG, AT(ledger_light), "One ledger line per batch."},
    {"ledger-sync", NULL, OPT_FLAG, AT(ledger_sync), "fdatasync the ledger before each send."},
    {"fault", "FAULT", OPT_FN, FN(opt_fault), "Deliberate fault; repeatable. See FAULTS."},
    {"stall", "SECONDS", OPT_SEC, AT(stall_s), "How long the stall fault is silent (5)."},
    {"json", NULL, OPT_FLAG, AT(json), "Summary as JSON."},
    {"verbose", NULL, OPT_FLAG, AT(verbose),
	"Say on standard error what is done, with target identities."},
    {"help", NULL, OPT_FLAG, 0, NULL, "This list."},
    {"man", NULL, OPT_FLAG, 0, NULL, "The manual page, in roff."},
};
#define OPTS_N (sizeof(opts) / sizeof(opts[0]))

/* ---- help and manual */

static void
print_help(void)
{
	size_t i;

	printf(
	    "Usage: mdf-ne --port PORT --cert FILE --key FILE --xid UUID (--pcap FILE --target "
	    "TARGET | --generate SPEC | --script FILE)\n"
	    "Network element simulator: sends X2/X3 (TS 103 221-2) to a mediation function.\n\n");
	for (i = 0; i < OPTS_N; i++)
		printf("  --%s%s%s\n        %s\n", opts[i].name, opts[i].arg ? " " : "",
		    opts[i].arg ? opts[i].arg : "", opts[i].help);
	for (i = 0; ne_opt_pages[i].title; i++)
		printf("\n%s\n  %s\n", ne_opt_pages[i].title, ne_opt_pages[i].text);
}

/* Text with a hyphen-minus kept as it is typed. */
static void
put_roff(const char *t)
{
	for (; *t; t++) {
		if (*t == '-' || *t == '\\')
			putchar('\\');
		putchar(*t);
	}
}

static void
print_man(void)
{
	size_t i;

	printf(".TH MDF\\-NE 1 \"\" \"openmdf %s\" \"User Commands\"\n.SH NAME\nmdf\\-ne \\- "
	       "network element simulator: sends "
	       "X2/X3 to a mediation function\n.SH SYNOPSIS\n.B mdf\\-ne\n\\-\\-port PORT "
	       "\\-\\-cert FILE \\-\\-key FILE "
	       "\\-\\-xid UUID {\\-\\-pcap FILE \\-\\-target TARGET | \\-\\-generate SPEC | "
	       "\\-\\-script FILE} "
	       "[options]\n.SH DESCRIPTION\n"
	       "Sends X2 and X3 PDUs of TS 103 221\\-2 over mutual TLS, from a capture file or a "
	       "generator, with keepalives, "
	       "reconnection and resending, and with faults on purpose.\n.SH OPTIONS\n",
	    PACKAGE_VERSION);
	for (i = 0; i < OPTS_N; i++) {
		printf(".TP\n.B ");
		put_roff("--");
		put_roff(opts[i].name);
		if (opts[i].arg)
			printf(" \\fI%s\\fR", opts[i].arg);
		putchar('\n');
		put_roff(opts[i].help);
		putchar('\n');
	}
	for (i = 0; ne_opt_pages[i].title; i++) {
		printf(".SH %s\n", ne_opt_pages[i].title);
		put_roff(ne_opt_pages[i].text);
		putchar('\n');
	}
	printf(".SH SEE ALSO\n.BR mdfd (8),\n.BR mdfctl (1),\n.BR mdf\\-lemf (1)\n");
}

/* ---- parsing */

static void
defaults(struct ne_conf *c)
{
	memset(c, 0, sizeof(*c));
	c->minor = X23_MINOR;
	c->keepalive_s = X23_TIME_P1_S;
	c->ack_timeout_s = X23_TIME_P2_S;
	c->wait_ack_s = c->retry_s = 30;
	c->backoff_s = 1;
	c->stall_s = 5;
	c->resend_max = 16 * 1000 * 1000;
	c->seed = c->loop = 1;
	c->format = UINT64_MAX;
}

static int
apply(struct ne_conf *c, const struct opt *o, const char *v)
{
	char *at = (char *)c + o->at;

	switch (o->kind) {
	case OPT_STR:
		free(*(char **)at);
		*(char **)at = strdup(v);
		return 0;
	case OPT_U64:
		return u64(v, (uint64_t *)at);
	case OPT_SEC:
		return seconds(v, (double *)at);
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_LIST:
		c->targets = grow(c->targets, c->targets_n, sizeof(*c->targets));
		c->targets[c->targets_n++] = strdup(v);
		return 0;
	case OPT_FN:
		return o->fn(c, v);
	}
	return -EINVAL;
}

static int
usage(const char *why)
{
	fprintf(stderr, "mdf-ne: %s (--help lists the options)\n", why);
	return NE_EXIT_USAGE;
}

/* --payload is a generator of one. */
static int
finish_payload(struct ne_conf *c)
{
	struct ne_gen_spec *g;

	if (!c->payload)
		return 0;
	if (c->format > UINT16_MAX)
		return -EINVAL;
	c->gens = grow(c->gens, c->gens_n, sizeof(*c->gens));
	g = &c->gens[c->gens_n++];
	g->format = (uint16_t)c->format;
	g->type = g->format < X23_FMT_N ? formats[g->format].type : X23_TYPE_X3;
	g->sessions = 1;
	g->count = c->xids_n;
	g->file = strdup(c->payload);
	return 0;
}

static int
check(struct ne_conf *c)
{
	if (c->xids_n == 0 && (!c->script || c->pcap || c->gens_n || c->payload))
		return usage("no XID: give --xid or --xids");
	if (c->print_xids)
		return -1;
	if (finish_payload(c))
		return usage("--payload needs --format");
	if (!c->pcap && !c->script && c->gens_n == 0)
		return usage("nothing to send: give --pcap, --generate, --script or --payload");
	if (c->pcap && c->targets_n == 0)
		return usage("--pcap needs a --target");
	if (!c->port && !(c->port_x2 && c->port_x3))
		return usage("no port: give --port, or --port-x2 and --port-x3");
	if (c->nes_n == 0 && (!c->cert || !c->key))
		return usage("no client certificate: give --cert and --key, or --ne");
	if (c->nes_n == 0) {
		c->nes = grow(NULL, 0, sizeof(*c->nes));
		c->nes[c->nes_n++] = (struct ne_id){strdup(c->cert), strdup(c->key), NULL};
	}
	if (c->connections == 0)
		c->connections = c->nes_n;
	if (c->connections > 10000)
		return usage("more than 10000 connections");
	return -1;
}

int
ne_opt_parse(struct ne_conf *c, int argc, char **argv)
{
	struct option longs[OPTS_N + 1] = {0};
	int i, which;

	defaults(c);
	for (i = 0; i < (int)OPTS_N; i++)
		longs[i] = (struct option){
		    opts[i].name, opts[i].arg ? required_argument : no_argument, NULL, i + 1};
	while ((which = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		const struct opt *o;

		if (which == '?')
			return NE_EXIT_USAGE;
		o = &opts[which - 1];
		if (strcmp(o->name, "help") == 0 || strcmp(o->name, "man") == 0) {
			(o->name[0] == 'h' ? print_help : print_man)();
			return NE_EXIT_OK;
		}
		if (apply(c, o, optarg)) {
			fprintf(
			    stderr, "mdf-ne: --%s: wrong value; it takes %s\n", o->name, o->arg);
			return NE_EXIT_USAGE;
		}
	}
	if (optind < argc)
		return usage("a word that belongs to no option");
	return check(c);
}

void
ne_opt_free(struct ne_conf *c)
{
	size_t i;

	for (i = 0; i < OPTS_N; i++)
		if (opts[i].kind == OPT_STR)
			free(*(char **)((char *)c + opts[i].at));
	for (i = 0; i < c->nes_n; i++) {
		free(c->nes[i].cert);
		free(c->nes[i].key);
		free(c->nes[i].nfid);
	}
	for (i = 0; i < c->targets_n; i++)
		free(c->targets[i]);
	for (i = 0; i < c->gens_n; i++)
		free(c->gens[i].file);
	ne_attr_free(&c->attrs);
	free(c->nes);
	free(c->targets);
	free(c->gens);
	free(c->faults);
	free(c->xids);
}
