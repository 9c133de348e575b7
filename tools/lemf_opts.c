/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_opts.h. */
#include "lemf_opts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum opt_kind {
	FLAG,	/* bool becomes true */
	TEXT,	/* const char * */
	NUMBER, /* long, 0 and more */
	LISTEN, /* repeatable */
	SET0,	/* long becomes 0 */
	SET1	/* long becomes 1 */
};

struct opt {
	const char *cmds; /* commands that take it, between blanks */
	const char *name;
	enum opt_kind kind;
	size_t off;
	const char *arg;
	const char *what;
};

#define AT(m) offsetof(struct lemf_opts, m)
#define MANNER(m) offsetof(struct lemf_opts, manners.m)

static const struct opt table[] = {
    {"receive", "listen", LISTEN, 0, "ADDR:PORT[,hi2|hi3|both]",
	"Accept connections there; may be repeated. Port 0 lets the kernel choose."},
    {"receive", "dir", TEXT, AT(dir), "DIR",
	"Folder of pdu.log and ledger.jsonl; created when absent, continued when there."},
    {"receive", "port-file", TEXT, AT(port_file), "FILE",
	"Write one line \"ADDR:PORT KIND\" per listener once all listen."},
    {"receive", "tcp", FLAG, AT(tcp), NULL, "Plain TCP instead of TLS."},
    {"receive", "cert", TEXT, AT(cert), "FILE", "Certificate chain (PEM)."},
    {"receive", "key", TEXT, AT(key), "FILE", "Private key (PEM)."},
    {"receive", "ca", TEXT, AT(ca), "FILE",
	"CA that signs the senders' certificates; a certificate is demanded."},
    {"receive", "tls12", FLAG, AT(tls12), NULL, "Speak TLS 1.2 only (default: 1.2 and 1.3)."},
    {"receive", "fsync", FLAG, AT(fsync), NULL,
	"Bring what was received to disk before any answer goes out."},
    {"receive", "sink", FLAG, AT(sink), NULL,
	"Read and count octets only: nothing is split, stored or answered (benches)."},
    {"receive", "exit-after", NUMBER, AT(exit_after), "N", "End after N PDUs."},
    {"receive", "exit-idle", NUMBER, AT(exit_idle_s), "S",
	"End when no octet came for S seconds, after the first one."},
    {"receive", "control", TEXT, AT(control), "SOCKET",
	"Unix socket that takes lines \"NAME VALUE\" to change the misbehaviour, \"close\", "
	"\"status\"."},
    {"receive", "quiet", FLAG, AT(quiet), NULL, "No line per connection."},
    {"receive", "no-keepalive-response", SET0, MANNER(keepalive_response), NULL,
	"Misbehave: leave keep-alives unanswered."},
    {"receive", "wrong-number", SET1, MANNER(wrong_number), NULL,
	"Misbehave: answer keep-alives with a wrong sequence number."},
    {"receive", "decline-ack", SET0, MANNER(accept_ack), NULL,
	"Decline the option pDUAcknowledgement."},
    {"receive", "no-option-response", SET0, MANNER(option_response), NULL,
	"Misbehave: leave optionRequest unanswered."},
    {"receive", "garbage", NUMBER, MANNER(garbage_after), "N",
	"Misbehave: send garbage after N PDUs of a connection."},
    {"receive", "slow", NUMBER, MANNER(slow), "OCTETS",
	"Read at most so many octets per second and connection."},
    {"receive", "stop-reading-after", NUMBER, MANNER(stop_reading_after), "N",
	"Misbehave: read no more after N PDUs of a connection."},
    {"receive", "close-after", NUMBER, MANNER(close_after), "N",
	"Misbehave: close in the middle of the PDU that follows N PDUs."},
    {"receive", "refuse", SET1, MANNER(refuse), NULL, "Misbehave: accept and close at once."},
    {"receive", "stall-handshake", SET1, MANNER(stall_handshake), NULL,
	"Misbehave: accept and never answer the handshake."},
    {"show report verify", "json", FLAG, AT(json), NULL,
	"JSON: one line per record (show, verify), one document (report)."},
    {"show report export verify", "liid", TEXT, AT(liid), "L", "Only this LIID."},
    {"show report export verify", "cin", NUMBER, AT(cin), "N",
	"Only this communication identity number."},
    {"show report export verify", "decrypt-key", TEXT, AT(decrypt), "FILE",
	"Open encrypted PDUs with this key: 24 or 32 octets in hexadecimal."},
    {"show", "seq", TEXT, AT(seq), "A-B", "Only these sequence numbers."},
    {"show", "digest", FLAG, AT(digest), NULL,
	"JSON: one line per IRI and CC with digests instead of octets, for programs that compare."},
    {"show", "hex", FLAG, AT(hex), NULL, "Also the octets (content of communication)."},
    {"report", "strict", FLAG, AT(strict), NULL,
	"Exit code 1 when numbers are missing, in conflict or out of order, segments incomplete, "
	"PDUs cannot be decoded, or an integrity check finds something."},
    {"report", "public-key", TEXT, AT(public_key), "FILE",
	"Verify the signatures of integrity checks with this public key (PEM) of the operator."},
    {"report", "scope", TEXT, AT(scope), "cin|liid",
	"What is numbered: each LIID, CIN and class (default), or each LIID as a whole."},
    {"export", "out", TEXT, AT(out), "FOLDER", "Where the files go; created when absent."},
    {"export", "single", FLAG, AT(single), NULL,
	"One pcapng file for everything instead of one per session."},
    {"export", "wav", FLAG, AT(wav), NULL, "Also G.711 audio of RTP as WAV, one file per stream."},
    {"verify", "ber", FLAG, AT(ber), NULL,
	"Accept legal BER that is not minimal, and unknown extension members."},
};

static bool
takes(const struct opt *t, const char *cmd)
{
	const char *at = strstr(t->cmds, cmd);

	return at && (at == t->cmds || at[-1] == ' ');
}

static int
to_number(const char *text, long *v)
{
	char *end;

	errno = 0;
	*v = strtol(text, &end, 10);
	return errno || end == text || *end || *v < 0 ? -EINVAL : 0;
}

static int
store(struct lemf_opts *o, const struct opt *t, const char *value)
{
	char *at = (char *)o + t->off;
	long n;

	switch (t->kind) {
	case FLAG:
		memcpy(at, &(bool){true}, sizeof(bool));
		return 0;
	case SET0:
		memcpy(at, &(long){0}, sizeof(long));
		return 0;
	case SET1:
		memcpy(at, &(long){1}, sizeof(long));
		return 0;
	case TEXT:
		memcpy(at, &value, sizeof(value));
		return 0;
	case NUMBER:
		if (to_number(value, &n))
			return -EINVAL;
		memcpy(at, &n, sizeof(n));
		return 0;
	case LISTEN:
		if (o->listen_n == LEMF_LISTEN_MAX)
			return -EINVAL;
		o->listen[o->listen_n++] = value;
		return 0;
	}
	return -EINVAL;
}

static const struct opt *
find(const char *name, size_t len, const char *cmd)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strlen(table[i].name) == len && !memcmp(table[i].name, name, len) &&
		    takes(&table[i], cmd))
			return &table[i];
	return NULL;
}

static void
defaults(struct lemf_opts *o)
{
	memset(o, 0, sizeof(*o));
	o->exit_after = o->exit_idle_s = o->cin = LEMF_ALL;
	o->manners = (struct lemf_manners){.keepalive_response = 1,
	    .accept_ack = 1,
	    .option_response = 1,
	    .garbage_after = LEMF_ALL,
	    .stop_reading_after = LEMF_ALL,
	    .close_after = LEMF_ALL};
}

static int
bad(const struct lemf_command *cmd, const char *arg, const char *why)
{
	fprintf(stderr, "mdf-lemf %s: %s: %s (see mdf-lemf %s --help)\n", cmd->name, arg, why,
	    cmd->name);
	return -1;
}

int
lemf_opts_parse(
    struct lemf_opts *o, const struct lemf_command *cmd, int argc, char **argv, bool *help)
{
	defaults(o);
	*help = false;
	for (int i = 0; i < argc; i++) {
		const char *name = argv[i] + 2, *eq, *value = NULL;
		const struct opt *t;
		size_t len;

		if (strncmp(argv[i], "--", 2) != 0) {
			if (o->dir || !strcmp(cmd->name, "receive"))
				return bad(cmd, argv[i], "unexpected argument");
			o->dir = argv[i];
			continue;
		}
		if (!strcmp(name, "help")) {
			*help = true;
			return 0;
		}
		eq = strchr(name, '=');
		len = eq ? (size_t)(eq - name) : strlen(name);
		if (!(t = find(name, len, cmd->name)))
			return bad(cmd, argv[i], "no such option");
		if (eq)
			value = eq + 1;
		else if (t->arg && i + 1 < argc)
			value = argv[++i];
		if (!t->arg != !value)
			return bad(cmd, argv[i], t->arg ? "needs a value" : "takes no value");
		if (store(o, t, value))
			return bad(cmd, argv[i], "not a usable value");
	}
	o->has_cin = o->cin != LEMF_ALL;
	return 0;
}

int
lemf_opts_manner(struct lemf_manners *m, const char *name, const char *value)
{
	static const struct {
		const char *name;
		size_t off;
	} manners[] = {{"keepalive-response", offsetof(struct lemf_manners, keepalive_response)},
	    {"wrong-number", offsetof(struct lemf_manners, wrong_number)},
	    {"accept-ack", offsetof(struct lemf_manners, accept_ack)},
	    {"option-response", offsetof(struct lemf_manners, option_response)},
	    {"garbage", offsetof(struct lemf_manners, garbage_after)},
	    {"slow", offsetof(struct lemf_manners, slow)},
	    {"stop-reading-after", offsetof(struct lemf_manners, stop_reading_after)},
	    {"close-after", offsetof(struct lemf_manners, close_after)},
	    {"refuse", offsetof(struct lemf_manners, refuse)},
	    {"stall-handshake", offsetof(struct lemf_manners, stall_handshake)}};
	long n = LEMF_ALL;

	if (strcmp(value, "never") != 0 && to_number(value, &n))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++)
		if (!strcmp(manners[i].name, name)) {
			memcpy((char *)m + manners[i].off, &n, sizeof(n));
			return 0;
		}
	return -EINVAL;
}

void
lemf_opts_help(const struct lemf_command *cmd)
{
	printf("usage: mdf-lemf %s %s\n%s\n\n", cmd->name, cmd->args, cmd->what);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char left[64];

		if (!takes(&table[i], cmd->name))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", table[i].name, table[i].arg ? " " : "",
		    table[i].arg ? table[i].arg : "");
		printf("  %-34s %s\n", left, table[i].what);
	}
	printf("\nexit code: 0 ok, 1 a check found something or a failure, 2 usage, 3 not found or "
	       "nothing stored\n");
}

void
lemf_opts_usage(const struct lemf_command *cmds)
{
	printf("usage: mdf-lemf COMMAND [options]\nReference receiver of a law-enforcement "
	       "monitoring facility: HI2 and HI3 of TS 102 232-1.\n\n");
	for (; cmds->name; cmds++)
		printf("  %-9s %s\n", cmds->name, cmds->what);
	printf("\nmdf-lemf COMMAND --help explains a command; mdf-lemf --man prints the manual "
	       "page.\n");
}

/* Text with roff's special characters made harmless. */
static void
roff(const char *s)
{
	for (; *s; s++)
		if (*s == '-')
			fputs("\\-", stdout);
		else if (*s == '\\')
			fputs("\\e", stdout);
		else
			putchar(*s);
}

static void
man_command(const struct lemf_command *c)
{
	printf(".SS ");
	roff(c->name);
	printf("\n.B mdf\\-lemf %s\n", c->name);
	roff(c->args);
	printf("\n.PP\n");
	roff(c->what);
	printf("\n");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!takes(&table[i], c->name))
			continue;
		printf(".TP\n\\fB\\-\\-");
		roff(table[i].name);
		printf("\\fR");
		if (table[i].arg) {
			printf(" \\fI");
			roff(table[i].arg);
			printf("\\fR");
		}
		printf("\n");
		roff(table[i].what);
		printf("\n");
	}
}

void
lemf_opts_man(const struct lemf_command *cmds)
{
	printf(".TH MDF\\-LEMF 1 \"\" \"OpenMDF\" \"User Commands\"\n.SH NAME\nmdf\\-lemf \\- "
	       "reference receiver of HI2 and HI3 (TS 102 232\\-1)\n"
	       ".SH SYNOPSIS\n.B mdf\\-lemf\n.I command\n[options]\n.SH DESCRIPTION\n"
	       "Receives PS\\-PDUs over TLS or TCP, stores them octet for octet with a ledger, "
	       "answers keep\\-alives, option requests and\n"
	       "acknowledgement requests, and shows, checks and exports what came. Its decoder "
	       "shares no code with mdfd.\n.SH COMMANDS\n");
	for (; cmds->name; cmds++)
		man_command(cmds);
	printf(".SH FILES\n.TP\nDIR/pdu.log\nEvery PS\\-PDU in the order received: a 40\\-octet "
	       "header (\"LPDU\", version 1, flags, connection,\n"
	       "time in ns, length, 4 octets 0, CRC32C of the PDU, CRC32C of the header; "
	       "big\\-endian), then the octets.\n"
	       ".TP\nDIR/ledger.jsonl\nOne JSON object per line: \"pdu\" (n, conn, time, liid, "
	       "cin, class, kind, seq, len, crc32c), \"answer\"\n"
	       "(what was answered), \"conn\" (up, down). A PDU's line is written before any "
	       "answer to it goes out.\n"
	       ".SH REPORT\nPer LIID and CIN: PDUs and payloads, IRI types, gaps, copies, "
	       "order; restarts (cINReset), runs of segments (firstSegmentFlag,\n"
	       "lastSegmentFlag), packet reports with the counts that their summaries say, the "
	       "session that a session belongs to (cINExtension). Integrity\n"
	       "checks: each hash is computed again over the octets received, copies from "
	       "resends count once; each IRI and CC PDU of a LIID with checks must be covered\n"
	       "exactly once; a signature is over the integrityCheck elements (tag, length, "
	       "contents) of its hash PDUs, one after another. JSON member \"integrity\":\n"
	       "hashes_ok, hashes_bad, covered, uncovered, twice, missing, order, signatures_ok, "
	       "bad (signatures), signatures_unchecked, unsigned, findings.\n"
	       "Encrypted PDUs are opened with \\-\\-decrypt\\-key; the byte counter must grow "
	       "by at least the size that each PDU has in clear.\n"
	       ".SH EXPORT\nIP packets, Ethernet frames and PPP frames are written as they came, "
	       "on interfaces of their own; packets that were cut, and header reports,\n"
	       "with their original length when it is known. Content without IP header gets "
	       "synthesised headers: SIP in UDP 5060 with the addresses of the record; RTP with\n"
	       "the addresses of the SDP, or 192.0.2.1:40000 (target) and 192.0.2.2:40000; "
	       "GTP\\-U in UDP 2152, RADIUS in UDP 1812, 1813 or 3799, DHCP in 67 and 68 or\n"
	       "546 and 547, L2TP in 1701; MSRP in TCP 2855, Diameter in TCP 3868. Each packet "
	       "has a comment with LIID, CIN, number, class and direction; \"synthesised\" is "
	       "said.\n"
	       "Mails become LIID_CIN_mail_*.eml, messages LIID_CIN_message_* with the ending of "
	       "their content type; parts and segments of one content are joined.\n"
	       ".SH EXIT STATUS\n0 ok; 1 a check found something, or a failure; 2 usage; 3 not "
	       "found or nothing stored.\n.SH SEE ALSO\n"
	       "mdf\\-ne(1), mdfctl(1), mdfd(8)\n");
}
