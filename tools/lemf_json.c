/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_json.h. */
#include "lemf_json.h"
#include "lemf_packet.h"
#include "lemf_scan.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN_MAX 64 /* octets of a value that are shown without --hex */

json_t *
lemf_json_hex(struct octets o)
{
	char *text = malloc(o.n * 2 + 1);
	json_t *v;

	assert(text);
	text[0] = 0;
	for (size_t i = 0; i < o.n; i++)
		sprintf(text + 2 * i, "%02x", o.p[i]);
	v = json_string(text);
	free(text);
	return v;
}

json_t *
lemf_json_time(int64_t us)
{
	char text[40];

	return us == LEMF_NO_TIME ? json_null() : json_string(lemf_scan_time(us, text));
}

/* Text when it is all printable ASCII, else {"hex":...}. */
static json_t *
octet_value(struct octets o, bool hex)
{
	bool plain = o.n > 0;
	json_t *v;

	if (o.n > SHOWN_MAX && !hex)
		return json_pack("{s:I}", "octets", (json_int_t)o.n);
	for (size_t i = 0; plain && i < o.n; i++)
		plain = o.p[i] >= 0x20 && o.p[i] < 0x7f;
	if (plain)
		return json_stringn((const char *)o.p, o.n);
	v = json_object();
	json_object_set_new(v, "hex", lemf_json_hex(o));
	return v;
}

static json_t *
number(const struct lemf_node *n)
{
	uint64_t v = lemf_node_uint(n);
	char text[32];

	if (v <= INT64_MAX)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	return json_string(text);
}

/* The named bits that are set. */
static json_t *
bit_names(const struct lemf_node *n)
{
	json_t *v = json_array();

	for (size_t i = 0; n->val.n && i < (n->val.n - 1) * 8; i++) {
		const char *name = lemf_schema_name(n->type->names, i);

		if (n->val.p[1 + i / 8] & 0x80 >> i % 8)
			json_array_append_new(
			    v, name ? json_string(name) : json_integer((json_int_t)i));
	}
	return v;
}

static json_t *
children(const struct lemf_tree *t, const struct lemf_node *n, bool hex, bool list)
{
	json_t *v = list ? json_array() : json_object();
	char key[48];

	for (const struct lemf_node *k = lemf_tree_child(t, n); k; k = lemf_tree_next(t, k)) {
		json_t *one = lemf_json_node(t, k, hex);

		if (list && n->type->elem->kind == LEMF_CHOICE)
			one = json_pack("{s:o}", k->name, one);
		snprintf(key, sizeof(key), "?%u", k->tlv.tag);
		if (list)
			json_array_append_new(v, one);
		else
			json_object_set_new(v, k->name[0] == '?' ? key : k->name, one);
	}
	return v;
}

json_t *
lemf_json_node(const struct lemf_tree *t, const struct lemf_node *n, bool hex)
{
	const char *name;
	char oid[160];

	if (!n->type)
		return octet_value(n->tlv.val, hex);
	switch (n->type->kind) {
	case LEMF_SEQ:
	case LEMF_SET:
	case LEMF_CHOICE:
		return children(t, n, hex, false);
	case LEMF_HOLDS:
		return n->child ? lemf_json_node(t, lemf_tree_child(t, n), hex)
				: octet_value(n->val, hex);
	case LEMF_SEQ_OF:
	case LEMF_SET_OF:
		return children(t, n, hex, true);
	case LEMF_INT:
		return number(n);
	case LEMF_SIGNED:
		return n->val.n > 8 ? octet_value(n->val, hex) : json_integer(lemf_node_int(n));
	case LEMF_ENUM:
		name = lemf_schema_name(n->type->names, lemf_node_uint(n));
		return name ? json_string(name) : number(n);
	case LEMF_OID:
	case LEMF_RELOID:
		return json_string(lemf_node_oid(n, oid, sizeof(oid)));
	case LEMF_BITS:
		return n->type->names ? bit_names(n) : octet_value(n->val, hex);
	case LEMF_NULL:
		return json_true();
	case LEMF_BOOL:
		return json_boolean(lemf_node_uint(n) != 0);
	case LEMF_OCTETS:
	case LEMF_PRINTABLE:
	case LEMF_NUMERIC:
	case LEMF_UTF8:
	case LEMF_IA5:
	case LEMF_TIME:
	case LEMF_UTC:
	case LEMF_ANY:
		return octet_value(n->val, hex);
	}
	return json_null();
}

json_t *
lemf_json_faults(const struct lemf_tree *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < t->fault_n; i++)
		json_array_append_new(list,
		    json_pack("{s:s,s:I,s:s,s:s,s:s}", "level", lemf_level_name(t->faults[i].level),
			"at", (json_int_t)t->faults[i].at, "code", t->faults[i].code, "where",
			t->faults[i].where, "what", t->faults[i].what));
	return list;
}

static json_t *
address_value(struct octets a)
{
	char text[INET6_ADDRSTRLEN];

	if (a.n == 4 || a.n == 16)
		return json_string(
		    inet_ntop(a.n == 4 ? AF_INET : AF_INET6, a.p, text, sizeof(text)));
	return octet_value(a, false);
}

static void
add_look(json_t *v, const struct lemf_item *it)
{
	struct octets in = it->content;
	struct lemf_ip ip;
	struct lemf_rtp rtp;
	char a[256], b[256];

	if (it->body == LEMF_BODY_GTPU && !lemf_packet_gtpu(it->content, &in))
		return;
	if ((it->body == LEMF_BODY_IP || it->body == LEMF_BODY_GTPU) && lemf_packet_ip(in, &ip)) {
		json_object_set_new(v, "ip", json_string(lemf_packet_tuple(&ip, a, sizeof(a))));
	} else if (it->body == LEMF_BODY_SIP && lemf_packet_sip(in, a, sizeof(a), b, sizeof(b))) {
		json_object_set_new(v, "sip", json_pack("{s:s,s:s}", "start", a, "call_id", b));
	} else if (it->body == LEMF_BODY_RTP && lemf_packet_rtp(in, &rtp)) {
		snprintf(a, sizeof(a), "%08x", rtp.ssrc);
		json_object_set_new(v, "rtp",
		    json_pack("{s:i,s:i,s:I,s:s,s:b,s:I}", "payload_type", rtp.payload_type, "seq",
			rtp.seq, "timestamp", (json_int_t)rtp.timestamp, "ssrc", a, "marker",
			rtp.marker, "media", (json_int_t)rtp.media.n));
	}
}

static void
add_message(json_t *v, const struct lemf_message *m)
{
	json_t *o = json_object();

	if (m->type.n)
		json_object_set_new(o, "type", octet_value(m->type, false));
	if (m->has_event)
		json_object_set_new(o, "event", json_integer(m->event));
	if (m->has_content)
		json_object_set_new(o, "content", json_integer(m->content));
	if (m->has_seq) {
		json_object_set_new(o, "part", json_integer(m->seq));
		json_object_set_new(o, "last", json_boolean(m->last));
	}
	if (json_object_size(o))
		json_object_set(v, "message", o);
	json_decref(o);
}

json_t *
lemf_json_item(const struct lemf_item *it, bool hex)
{
	json_t *v = json_pack("{s:s,s:s,s:s?,s:s?,s:s,s:I}", "kind", it->kind, "oid", it->oid,
	    "direction", it->direction, "iri_type", it->iri_type, "body", lemf_body_name(it->body),
	    "octets", (json_int_t)it->content.n);

	json_object_set_new(v, "time", lemf_json_time(it->time_us));
	if (it->event)
		json_object_set_new(v, "event",
		    json_pack("{s:s,s:I}", "name", it->event, "tag", (json_int_t)it->event_tag));
	if (it->src.n)
		json_object_set_new(v, "src", address_value(it->src));
	if (it->dst.n)
		json_object_set_new(v, "dst", address_value(it->dst));
	if (it->stream.n)
		json_object_set_new(v, "stream", octet_value(it->stream, false));
	if (it->orig_len)
		json_object_set_new(v, "original", json_integer((json_int_t)it->orig_len));
	if (it->has_summary)
		json_object_set_new(v, "summary",
		    json_pack("{s:I,s:I,s:s?}", "packets", (json_int_t)it->packet_n, "octets",
			(json_int_t)it->octet_n, "trigger", it->trigger));
	add_message(v, &it->message);
	add_look(v, it);
	if (hex)
		json_object_set_new(v, "content", lemf_json_hex(it->content));
	return v;
}
