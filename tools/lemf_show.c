/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-lemf show: stored records as text for people or JSON lines for programs. */
#include "base/crc32c.h"
#include "lemf_json.h"
#include "lemf_packet.h"
#include "lemf_scan.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct show {
	const struct lemf_opts *o;
};

static void
print_json(const struct lemf_record *rec, const struct lemf_pdu *pdu, bool hex)
{
	const struct lemf_head *h = &pdu->head;
	json_t *v = json_pack("{s:I,s:I,s:s,s:s,s:s,s:I}", "n", (json_int_t)rec->n, "conn",
	    (json_int_t)rec->conn, "class", lemf_class_name(h->cls), "kind", h->kind, "liid",
	    h->liid_text, "len", (json_int_t)rec->raw.n);
	json_t *items = json_array();
	struct lemf_item it;

	json_object_set_new(v, "cin", h->has_cin ? json_integer(h->cin) : json_null());
	json_object_set_new(v, "seq", h->has_seq ? json_integer(h->seq) : json_null());
	json_object_set_new(v, "time", lemf_json_time(h->time_us));
	json_object_set_new(
	    v, "received", lemf_json_time(rec->time_ns ? rec->time_ns / 1000 : LEMF_NO_TIME));
	for (bool more = lemf_pdu_item(pdu, NULL, &it); more;
	     more = lemf_pdu_item(pdu, it.node, &it))
		json_array_append_new(items, lemf_json_item(&it, hex));
	json_object_set_new(v, "items", items);
	if (h->encrypted)
		json_object_set_new(v, "byte_counter", json_sprintf("%" PRIu64, h->counter));
	json_object_set_new(v, "faults", lemf_json_faults(&pdu->tree));
	if (pdu->tree.node_n)
		json_object_set_new(v, "pdu", lemf_json_node(&pdu->tree, pdu->tree.nodes, hex));
	if (hex)
		json_object_set_new(v, "octets", lemf_json_hex(rec->raw));
	json_dumpf(v, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(v);
}

/* IRI and CC for programs that compare: what it is, and digests instead of octets. */
static void
print_digest(const struct lemf_record *rec, const struct lemf_pdu *pdu)
{
	const struct lemf_head *h = &pdu->head;
	unsigned n = 32;
	uint8_t sha[32];
	struct lemf_item it;
	json_t *v;

	if (h->cls != LEMF_IRI && h->cls != LEMF_CC)
		return;
	if (EVP_Digest(rec->raw.p, rec->raw.n, sha, &n, EVP_sha256(), NULL) != 1)
		memset(sha, 0, sizeof(sha));
	v = json_pack("{s:I,s:I,s:s,s:s,s:I,s:I,s:I,s:I,s:o}", "n", (json_int_t)rec->n, "conn",
	    (json_int_t)rec->conn, "class", lemf_class_name(h->cls), "liid", h->liid_text, "cin",
	    h->has_cin ? (json_int_t)h->cin : -1, "seq", h->has_seq ? (json_int_t)h->seq : -1,
	    "time_us", (json_int_t)h->time_us, "received_ns", (json_int_t)rec->time_ns, "sha256",
	    lemf_json_hex((struct octets){sha, sizeof(sha)}));
	if (lemf_pdu_item(pdu, NULL, &it)) {
		json_object_set_new(v, "kind", json_string(it.kind));
		json_object_set_new(v, "octets", json_integer((json_int_t)it.content.n));
		json_object_set_new(
		    v, "crc32c", json_sprintf("%08" PRIx32, crc32c(0, it.content.p, it.content.n)));
	}
	json_dumpf(v, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(v);
}

static void
print_hex(struct octets o)
{
	for (size_t i = 0; i < o.n; i += 16) {
		printf("      %06zx ", i);
		for (size_t k = i; k < i + 16 && k < o.n; k++)
			printf(" %02x", o.p[k]);
		putchar('\n');
	}
}

static void
print_address(const char *lead, struct octets a)
{
	char text[INET6_ADDRSTRLEN];

	if (a.n == 4 || a.n == 16)
		printf("%s%s", lead,
		    inet_ntop(a.n == 4 ? AF_INET : AF_INET6, a.p, text, sizeof(text)));
	else if (a.n)
		printf("%s%s", lead, lemf_liid_format(a, text, sizeof(text)));
}

static void
print_look(const struct lemf_item *it)
{
	struct octets in = it->content;
	struct lemf_ip ip;
	struct lemf_rtp rtp;
	char a[200], b[200];

	if (it->body == LEMF_BODY_GTPU && !lemf_packet_gtpu(it->content, &in))
		return;
	if ((it->body == LEMF_BODY_IP || it->body == LEMF_BODY_GTPU) && lemf_packet_ip(in, &ip))
		printf("  %s", lemf_packet_tuple(&ip, a, sizeof(a)));
	else if (it->body == LEMF_BODY_RTP && lemf_packet_rtp(in, &rtp))
		printf("  pt %u seq %u ts %" PRIu32 " ssrc %08" PRIx32 "%s", rtp.payload_type,
		    rtp.seq, rtp.timestamp, rtp.ssrc, rtp.marker ? " M" : "");
	else if (it->body == LEMF_BODY_SIP && lemf_packet_sip(in, a, sizeof(a), b, sizeof(b)))
		printf("  \"%s\" Call-ID %s", a, b);
}

static void
print_message(const struct lemf_message *m)
{
	char type[64];

	if (m->has_event)
		printf("  event %" PRIu32, m->event);
	if (m->has_content)
		printf(" content %" PRIu32, m->content);
	if (m->has_seq)
		printf(" part %" PRIu32 "%s", m->seq, m->last ? " (last)" : "");
	if (m->type.n)
		printf(" %s", lemf_liid_format(m->type, type, sizeof(type)));
}

static void
print_item(const struct lemf_item *it, bool hex)
{
	printf("    %s", it->kind);
	if (it->oid[0])
		printf(" {%s}", it->oid);
	if (it->iri_type)
		printf(" %s", it->iri_type);
	if (it->direction)
		printf(" %s", it->direction);
	if (it->event)
		printf(" %s [%" PRIu32 "]", it->event, it->event_tag);
	print_address("  ", it->src);
	print_address(" > ", it->dst);
	if (it->body != LEMF_BODY_NONE)
		printf("  %s %zu octets", lemf_body_name(it->body), it->content.n);
	if (it->orig_len)
		printf(" of %" PRIu64, it->orig_len);
	if (it->has_summary)
		printf("  %s: %" PRIu64 " packets, %" PRIu64 " octets",
		    it->trigger ? it->trigger : "?", it->packet_n, it->octet_n);
	print_message(&it->message);
	print_look(it);
	putchar('\n');
	if (hex)
		print_hex(it->content);
}

/* What is neither IRI nor CC: as JSON, by name. */
static void
print_payload(const struct lemf_tree *t)
{
	const struct lemf_node *n = lemf_tree_find(t, NULL, "payload");
	json_t *v = n ? lemf_json_node(t, n, false) : NULL;
	char *text = v ? json_dumps(v, JSON_PRESERVE_ORDER) : NULL;

	if (text)
		printf("    payload %s\n", text);
	free(text);
	json_decref(v);
}

static void
print_header(const struct lemf_tree *t)
{
	const struct lemf_node *ps = lemf_tree_find(t, NULL, "pSHeader");
	json_t *v = ps ? lemf_json_node(t, ps, false) : NULL;
	char *text = v ? json_dumps(v, JSON_PRESERVE_ORDER) : NULL;

	if (text)
		printf("    header %s\n", text);
	free(text);
	json_decref(v);
}

static void
print_text(const struct lemf_record *rec, const struct lemf_pdu *pdu, bool hex)
{
	const struct lemf_head *h = &pdu->head;
	struct lemf_item it;
	char time[40], cin[16] = "-", seq[16] = "-";

	if (h->has_cin)
		snprintf(cin, sizeof(cin), "%" PRIu32, h->cin);
	if (h->has_seq)
		snprintf(seq, sizeof(seq), "%" PRIu32, h->seq);
	printf("#%" PRIu64 " conn %" PRIu64 " %s %s %s LIID %s CIN %s seq %s %zu octets\n", rec->n,
	    rec->conn, lemf_scan_time(h->time_us, time), lemf_class_name(h->cls), h->kind,
	    h->liid_text, cin, seq, rec->raw.n);
	if (h->encrypted)
		printf("    came encrypted, byte counter %" PRIu64 "\n", h->counter);
	print_header(&pdu->tree);
	if (h->cls != LEMF_IRI && h->cls != LEMF_CC)
		print_payload(&pdu->tree);
	for (bool more = lemf_pdu_item(pdu, NULL, &it); more;
	     more = lemf_pdu_item(pdu, it.node, &it))
		print_item(&it, hex);
	if (h->cls != LEMF_IRI && h->cls != LEMF_CC && hex)
		print_hex(rec->raw);
	for (unsigned i = 0; i < pdu->tree.fault_n; i++) {
		const struct lemf_fault *f = &pdu->tree.faults[i];

		printf("    %s at octet %zu: %s: %s (%s)\n", lemf_level_name(f->level), f->at,
		    f->code, f->what, f->where);
	}
}

static int
on_record(const struct lemf_record *rec, const struct lemf_pdu *pdu, int rc, void *arg)
{
	struct show *s = arg;

	(void)rc;
	if (s->o->digest)
		print_digest(rec, pdu);
	else if (s->o->json)
		print_json(rec, pdu, s->o->hex);
	else
		print_text(rec, pdu, s->o->hex);
	return ferror(stdout);
}

int
lemf_show_run(const struct lemf_opts *o)
{
	struct show s = {.o = o};
	unsigned damaged = 0;
	int rc = lemf_scan(o, on_record, &s, &damaged);

	if (rc)
		return rc;
	return damaged ? LEMF_EXIT_FAIL : LEMF_EXIT_OK;
}
