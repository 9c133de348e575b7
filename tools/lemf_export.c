/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf export: sessions as pcapng files, de-duplicated by (LIID, CIN, class, number), in the
 * order of time. */
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

#define PORT_SIP 5060
#define PORT_RTP 40000 /* of both dummy ends */

struct export
{
	const struct lemf_opts *o;
	FILE *f;
	const struct lemf_session *session;
	struct lemf_wav *wav;
	struct lemf_media_end
	    media[2]; /* of the session's SDP: the target's, the other party's; port 0: not seen */
	struct lemf_pdu pdu;
	uint8_t *packet; /* synthesised */
	size_t packet_cap;
	uint64_t packet_n, synth_n, skipped_n, file_n;
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

static void
item_ends(const struct lemf_item *it, bool to_target, struct lemf_pcapng_ends *e)
{
	bool v6_src, v6_dst;

	dummy_ends(e, to_target, it->body == LEMF_BODY_SIP ? PORT_SIP : PORT_RTP);
	if (!it->src.n && !it->dst.n)
		return;
	if (to_binary(it->src, e->src, &v6_src) && to_binary(it->dst, e->dst, &v6_dst) &&
	    v6_src == v6_dst)
		e->v6 = v6_src;
	else
		dummy_ends(e, to_target, it->body == LEMF_BODY_SIP ? PORT_SIP : PORT_RTP);
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

/* The packet of an item; *synth when headers were made up.  Empty when there is nothing to write.
 */
static struct octets
item_packet(struct export *x, const struct lemf_item *it, bool to_target, bool *synth)
{
	struct octets none = {NULL, 0}, inner;
	struct lemf_pcapng_ends ends;
	size_t n;

	*synth = false;
	switch (it->body) {
	case LEMF_BODY_IP:
	case LEMF_BODY_ETHERNET:
		return it->content;
	case LEMF_BODY_GTPU:
		return lemf_packet_gtpu(it->content, &inner) ? inner : none;
	case LEMF_BODY_NONE:
	case LEMF_BODY_AUDIO:
	case LEMF_BODY_OTHER:
		return none;
	case LEMF_BODY_SIP:
	case LEMF_BODY_RTP:
	case LEMF_BODY_UDP:
	case LEMF_BODY_TCP:
		break;
	}
	if (x->packet_cap < it->content.n + 64) {
		x->packet_cap = it->content.n + 4096;
		x->packet = realloc(x->packet, x->packet_cap);
		assert(x->packet);
	}
	item_ends(it, to_target, &ends);
	if (it->body == LEMF_BODY_RTP)
		media_ends(x, to_target, &ends);
	n = lemf_pcapng_wrap(x->packet, &ends, it->body == LEMF_BODY_TCP ? 6 : 17,
	    it->body == LEMF_BODY_SIP || it->body == LEMF_BODY_RTP, it->content);
	*synth = true;
	return (struct octets){x->packet, n};
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
	if (p.n == 0) {
		x->skipped_n++;
		return 0;
	}
	snprintf(comment, sizeof(comment), "LIID %s CIN %" PRIu32 " %s %" PRIu32 " %s%s%s%s%s%s",
	    x->session->liid, x->session->cin, lemf_class_name(e->cls), e->seq, it->kind,
	    it->direction ? " " : "", it->direction ? it->direction : "", it->iri_type ? " " : "",
	    it->iri_type ? it->iri_type : "", synth ? "; synthesised IP headers" : "");
	x->packet_n++;
	x->synth_n += synth;
	if (x->wav)
		lemf_wav_item(x->wav, it);
	return lemf_pcapng_packet(x->f,
	    it->body == LEMF_BODY_ETHERNET ? LEMF_PCAPNG_ETHERNET : LEMF_PCAPNG_RAW,
	    to_target ? LEMF_PCAPNG_INBOUND
	    : from    ? LEMF_PCAPNG_OUTBOUND
		      : LEMF_PCAPNG_UNKNOWN,
	    it->time_us == LEMF_NO_TIME ? e->time_us : it->time_us, p, comment);
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
		if (i == 0 || e[i].cls != e[keep - 1].cls || e[i].seq != e[keep - 1].seq)
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
	x->wav = x->o->wav ? lemf_wav_new(x->o->out, name) : NULL;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_entry(x, &s->entries[one->first_entry + i]);
	lemf_wav_free(x->wav);
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
	lemf_scan_reader(r, o, lemf_sessions_add, &s, &damaged);
	lemf_sessions_sort(&s);
	rc = s.n ? write_all(&x, &s) : 0;
	printf("%" PRIu64 " files, %" PRIu64 " packets (%" PRIu64
	       " with synthesised IP headers), %" PRIu64 " payloads without a packet\n",
	    x.file_n, x.packet_n, x.synth_n, x.skipped_n);
	rc = rc || damaged ? LEMF_EXIT_FAIL : LEMF_EXIT_OK;
	lemf_pdu_fini(&x.pdu);
	free(x.packet);
	lemf_sessions_fini(&s);
	lemf_reader_close(r);
	return rc;
}
