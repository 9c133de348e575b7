/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf export: sessions as pcapng files, de-duplicated by (LIID, CIN, class, number), in the
 * order of time; mails and messages as files. */
#include "lemf_files.h"
#include "lemf_packet.h"
#include "lemf_pcapng.h"
#include "lemf_session.h"
#include "lemf_wav.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PORT_RTP 40000 /* of both dummy ends */

/* How content without IP header is put into a packet.  The ports are those that tell an analyser
 * what it is; AAA messages have the server's on one side. */
static const struct wrap {
	enum lemf_body body;
	enum lemf_pcapng_l4 l4;
	uint16_t port;
} wraps[] = {
    {LEMF_BODY_SIP, LEMF_PCAPNG_L4_UDP, 5060},
    {LEMF_BODY_RTP, LEMF_PCAPNG_L4_UDP, PORT_RTP},
    {LEMF_BODY_UDPTL, LEMF_PCAPNG_L4_UDP, PORT_RTP},
    {LEMF_BODY_UDP, LEMF_PCAPNG_L4_HERE_UDP, 0},
    {LEMF_BODY_TCP, LEMF_PCAPNG_L4_HERE_TCP, 0},
    {LEMF_BODY_GTPU, LEMF_PCAPNG_L4_UDP, 2152},
    {LEMF_BODY_L2TP, LEMF_PCAPNG_L4_UDP, 1701},
    {LEMF_BODY_RADIUS, LEMF_PCAPNG_L4_UDP, 1812},
    {LEMF_BODY_DHCP, LEMF_PCAPNG_L4_UDP, 67},
    {LEMF_BODY_DHCP6, LEMF_PCAPNG_L4_UDP, 547},
    {LEMF_BODY_DIAMETER, LEMF_PCAPNG_L4_TCP, 3868},
    {LEMF_BODY_MSRP, LEMF_PCAPNG_L4_TCP, 2855},
};

struct export
{
	const struct lemf_opts *o;
	FILE *f;
	const struct lemf_session *session;
	struct lemf_wav *wav;
	struct lemf_files *files;
	uint32_t tcp_next[2]; /* sequence numbers of made-up TCP headers, by direction */
	struct lemf_media_end
	    media[2]; /* of the session's SDP: the target's, the other party's; port 0: not seen */
	struct lemf_pdu pdu;
	uint8_t *packet; /* synthesised */
	size_t packet_cap;
	uint64_t packet_n, synth_n, skipped_n, file_n, mail_n;
};

static void
dummy_ends(struct lemf_pcapng_ends *e, bool to_target, uint16_t port)
{
	static const uint8_t target[4] = {192, 0, 2, 1}, other[4] = {192, 0, 2, 2};

	memset(e, 0, sizeof(*e));
	memcpy(e->src, to_target ? other : target, 4);
	memcpy(e->dst, to_target ? target : other, 4);
	e->sport = e->dport = port;
}

/* An address of a record: 4 or 16 octets, or text (perhaps with a prefix length).  False when it is
 * not one or says nothing (0.0.0.0). */
static bool
to_binary(struct octets a, uint8_t *out, bool *v6)
{
	static const uint8_t unspecified[16];
	char text[64];

	if (a.n == 4 || a.n == 16) {
		memcpy(out, a.p, a.n);
		*v6 = a.n == 16;
		return memcmp(a.p, unspecified, a.n) != 0;
	}
	if (a.n == 0 || a.n >= sizeof(text))
		return false;
	memcpy(text, a.p, a.n);
	text[a.n] = 0;
	text[strcspn(text, "/")] = 0;
	*v6 = strchr(text, ':') != NULL;
	return inet_pton(*v6 ? AF_INET6 : AF_INET, text, out) == 1;
}

/* AAA messages: which side is the server, and its port. */
static void
aaa_ends(const struct lemf_item *it, struct lemf_pcapng_ends *e)
{
	static const uint8_t requests[] = {1, 4, 12, 40, 43};
	uint8_t code = it->content.n ? it->content.p[0] : 0;
	uint16_t server = e->dport, client = it->body == LEMF_BODY_RADIUS ? 32768
					     : it->body == LEMF_BODY_DHCP ? 68
									  : 546;
	bool up = true;

	if (it->body == LEMF_BODY_RADIUS) {
		server = code == 4 || code == 5 ? 1813 : code >= 40 ? 3799 : server;
		up = memchr(requests, code, sizeof(requests)) != NULL;
	} else if (it->body == LEMF_BODY_DHCP) {
		up = code == 1;
	} else { /* relayed messages go from server to server */
		up = code != 2 && code != 7 && code != 10 && code != 13;
		client = code == 12 || code == 13 ? 547 : client;
	}
	e->sport = up ? client : server;
	e->dport = up ? server : client;
	e->src[3] = up ? 1 : 2;
	e->dst[3] = up ? 2 : 1;
}

static void
item_ends(const struct lemf_item *it, bool to_target, uint16_t port, struct lemf_pcapng_ends *e)
{
	bool v6_src, v6_dst;

	dummy_ends(e, to_target, port);
	if (it->body == LEMF_BODY_RADIUS || it->body == LEMF_BODY_DHCP ||
	    it->body == LEMF_BODY_DHCP6)
		aaa_ends(it, e);
	if (!it->src.n && !it->dst.n)
		return;
	if (to_binary(it->src, e->src, &v6_src) && to_binary(it->dst, e->dst, &v6_dst) &&
	    v6_src == v6_dst)
		e->v6 = v6_src;
	else
		dummy_ends(e, to_target, port);
}

/* RTP goes to and from the addresses of the SDP when both are known. */
static void
media_ends(const struct export *x, bool to_target, struct lemf_pcapng_ends *e)
{
	const struct lemf_media_end *from = &x->media[to_target], *to = &x->media[!to_target];

	if (from->port == 0 || to->port == 0 || from->v6 != to->v6)
		return;
	e->v6 = from->v6;
	memcpy(e->src, from->addr, sizeof(e->src));
	memcpy(e->dst, to->addr, sizeof(e->dst));
	e->sport = from->port;
	e->dport = to->port;
}

static struct octets
wrap_item(struct export *x, const struct lemf_item *it, const struct wrap *w, bool to_target)
{
	struct lemf_pcapng_ends ends;

	if (x->packet_cap < it->content.n + 64) {
		x->packet_cap = it->content.n + 4096;
		x->packet = realloc(x->packet, x->packet_cap);
		assert(x->packet);
	}
	item_ends(it, to_target, w->port, &ends);
	if (it->body == LEMF_BODY_RTP)
		media_ends(x, to_target, &ends);
	ends.seq = x->tcp_next[to_target];
	ends.ack = x->tcp_next[!to_target];
	x->tcp_next[to_target] += (uint32_t)it->content.n;
	return (struct octets){x->packet, lemf_pcapng_wrap(x->packet, &ends, w->l4, it->content)};
}

/* The packet of an item; *synth when headers were made up.  Empty when there is nothing to write.
 */
static struct octets
item_packet(struct export *x, const struct lemf_item *it, bool to_target, bool *synth)
{
	*synth = false;
	if (it->body == LEMF_BODY_IP || it->body == LEMF_BODY_ETHERNET || it->body == LEMF_BODY_PPP)
		return it->content;
	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++)
		if (wraps[i].body == it->body) {
			*synth = true;
			return wrap_item(x, it, &wraps[i], to_target);
		}
	return (struct octets){NULL, 0};
}

/* Segments of one content go to one file, named by the first of them. */
static int
write_file(struct export *x, const struct lemf_entry *e, const struct lemf_item *it)
{
	return lemf_files_item(x->files, e->cls, e->segment ? e->segment - 1 : e->seq, it);
}

static int
write_item(struct export *x, const struct lemf_entry *e, const struct lemf_item *it)
{
	bool to_target = it->direction && !strcmp(it->direction, "toTarget"),
	     from = it->direction && !strcmp(it->direction, "fromTarget"), synth;
	struct octets p = item_packet(x, it, to_target, &synth);
	struct lemf_media_end media;
	char comment[400];

	if (it->body == LEMF_BODY_SIP && (to_target || from) &&
	    lemf_packet_sdp(it->content, &media))
		x->media[to_target] = media;
	if (it->body == LEMF_BODY_MAIL || it->body == LEMF_BODY_MESSAGE)
		return write_file(x, e, it);
	if (p.n == 0) {
		x->skipped_n++;
		return 0;
	}
	snprintf(comment, sizeof(comment), "LIID %s CIN %" PRIu32 " %s %" PRIu32 " %s%s%s%s%s%s%s",
	    x->session->liid, x->session->cin, lemf_class_name(e->cls), e->seq, it->kind,
	    it->direction ? " " : "", it->direction ? it->direction : "", it->iri_type ? " " : "",
	    it->iri_type ? it->iri_type : "", it->has_summary ? "; summary of a flow" : "",
	    synth ? "; synthesised IP headers" : "");
	x->packet_n++;
	x->synth_n += synth;
	if (x->wav)
		lemf_wav_item(x->wav, it);
	return lemf_pcapng_packet(x->f,
	    it->body == LEMF_BODY_ETHERNET ? LEMF_PCAPNG_ETHERNET
	    : it->body == LEMF_BODY_PPP	   ? LEMF_PCAPNG_PPP
					   : LEMF_PCAPNG_RAW,
	    to_target ? LEMF_PCAPNG_INBOUND
	    : from    ? LEMF_PCAPNG_OUTBOUND
		      : LEMF_PCAPNG_UNKNOWN,
	    it->time_us == LEMF_NO_TIME ? e->time_us : it->time_us, p, it->orig_len, comment);
}

static int
write_entry(struct export *x, const struct lemf_entry *e)
{
	struct lemf_item it;
	int rc = 0;

	lemf_pdu_decode(&x->pdu, e->raw);
	for (bool more = lemf_pdu_item(&x->pdu, NULL, &it); more && rc == 0;
	     more = lemf_pdu_item(&x->pdu, it.node, &it))
		rc = write_item(x, e, &it);
	return rc;
}

static int
cmp_time(const void *pa, const void *pb)
{
	const struct lemf_entry *a = pa, *b = pb;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->cls != b->cls)
		return a->cls < b->cls ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* First of each number, in order of time; entries of the session are re-ordered in place. */
static size_t
prepare(struct lemf_sessions *s, const struct lemf_session *one)
{
	struct lemf_entry *e = s->entries + one->first_entry;
	size_t keep = 0;

	for (size_t i = 0; i < one->entry_n; i++)
		if (!e[i].again)
			e[keep++] = e[i];
	qsort(e, keep, sizeof(*e), cmp_time);
	return keep;
}

static void
safe_name(const struct lemf_session *one, char *buf, size_t len)
{
	snprintf(buf, len, "%s_%" PRIu32 "%s", one->liid, one->cin, one->has_cin ? "" : "_nocin");
	for (; *buf; buf++)
		if (!isalnum((unsigned char)*buf) && *buf != '-' && *buf != '_' && *buf != '.')
			*buf = '_';
}

static int
open_file(struct export *x, const char *name, const char *comment)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.pcapng", x->o->out, name);
	x->f = fopen(path, "wbe");
	if (!x->f) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	x->file_n++;
	return lemf_pcapng_begin(x->f, comment);
}

static int
close_file(struct export *x)
{
	int rc = x->f && fclose(x->f) ? -errno : 0;

	x->f = NULL;
	return rc;
}

static int
write_session(struct export *x, struct lemf_sessions *s, const struct lemf_session *one)
{
	char name[128], comment[256];
	size_t n = prepare(s, one);
	int rc = 0;

	x->session = one;
	memset(x->media, 0, sizeof(x->media));
	safe_name(one, name, sizeof(name));
	snprintf(comment, sizeof(comment),
	    "OpenMDF mdf-lemf export: LIID %s CIN %" PRIu32 ", %zu records after de-duplication",
	    one->liid, one->cin, n);
	if (!x->o->single)
		rc = open_file(x, name, comment);
	x->files = lemf_files_new(x->o->out, name);
	memset(x->tcp_next, 0, sizeof(x->tcp_next));
	x->wav = x->o->wav ? lemf_wav_new(x->o->out, name) : NULL;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_entry(x, &s->entries[one->first_entry + i]);
	lemf_wav_free(x->wav);
	x->mail_n += lemf_files_free(x->files);
	if (!x->o->single && close_file(x) && rc == 0)
		rc = -EIO;
	return rc;
}

static int
write_all(struct export *x, struct lemf_sessions *s)
{
	int rc = 0;

	if (mkdir(x->o->out, 0700) < 0 && errno != EEXIST) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", x->o->out, strerror(errno));
		return -errno;
	}
	if (x->o->single)
		rc = open_file(x, "all", "OpenMDF mdf-lemf export: all sessions, de-duplicated");
	for (size_t i = 0; i < s->n && rc == 0; i++)
		rc = write_session(x, s, &s->list[i]);
	if (close_file(x) && rc == 0)
		rc = -EIO;
	if (rc)
		fprintf(stderr, "mdf-lemf: %s: %s\n", x->o->out, strerror(-rc));
	return rc;
}

int
lemf_export_run(const struct lemf_opts *o)
{
	struct export x = {.o = o};
	struct lemf_sessions s = {0};
	struct lemf_reader *r;
	unsigned damaged;
	int rc;

	if (!o->out) {
		fprintf(stderr, "mdf-lemf export: --out is missing (see mdf-lemf export --help)\n");
		return LEMF_EXIT_USAGE;
	}
	if (!(r = lemf_reader_open(o->dir))) {
		fprintf(stderr, "mdf-lemf: %s: %s\n", o->dir, strerror(errno));
		return LEMF_EXIT_NONE;
	}
	lemf_pdu_init(&x.pdu);
	x.pdu.key = o->has_crypt ? &o->crypt : NULL;
	lemf_scan_reader(r, o, lemf_sessions_add, &s, &damaged);
	lemf_sessions_sort(&s);
	rc = s.n ? write_all(&x, &s) : 0;
	printf("%" PRIu64 " files, %" PRIu64 " packets (%" PRIu64
	       " with synthesised IP headers), %" PRIu64 " payloads without a packet, %" PRIu64
	       " mails and messages\n",
	    x.file_n, x.packet_n, x.synth_n, x.skipped_n, x.mail_n);
	rc = rc || damaged ? LEMF_EXIT_FAIL : LEMF_EXIT_OK;
	lemf_pdu_fini(&x.pdu);
	free(x.packet);
	lemf_sessions_fini(&s);
	lemf_reader_close(r);
	return rc;
}
