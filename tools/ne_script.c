/* SPDX-License-Identifier: Apache-2.0 */
/* Script to PDUs: JSON lines, read whole before the first is sent.  Strings stay in the JSON
 * values, which live as long as the script. */
#include "config.h"
#include "base/clock.h"
#include "spec/ts103221_2.h"
#include "tools/ne_attr.h"
#include "tools/ne_payload.h"
#include "tools/ne_source.h"
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define TIME_MAX_S 8e9			   /* in 64 bits of ns */
#define AFTER_MAX_MS INT64_C(100000000000) /* three years */

struct step {
	json_t *json;
	struct ne_pdu pdu;
	struct ne_attrs attrs;
	uint8_t *octets; /* payload, when it is not text */
	size_t xid;
	uint32_t stream;
	bool seq_given, time_given;
	uint16_t context;
	int64_t at_ns; /* since the start of the script */
	uint64_t repeat;
};

struct ne_script {
	struct ne_conf *conf;
	struct step *steps;
	size_t steps_n, at;
	uint64_t round; /* of the step */
	int64_t start_ns;
};

static struct octets
text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	/* not NULL even when empty: the PDU then goes without the attribute */
	return v && json_is_string(v)
		   ? (struct octets){(const uint8_t *)json_string_value(v), json_string_length(v)}
		   : (struct octets){NULL, 0};
}

static json_int_t
number_of(const json_t *o, const char *key, json_int_t otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

/* ---- members */

static const char *
take_kind(struct step *s)
{
	const json_t *f = json_object_get(s->json, "format");
	struct octets type = text_of(s->json, "type");
	struct ne_gen_spec spec;
	const char *why;
	char name[64];

	if (json_is_integer(f))
		snprintf(name, sizeof(name), "%lld", (long long)json_integer_value(f));
	else
		snprintf(name, sizeof(name), "%s", json_is_string(f) ? json_string_value(f) : "");
	if (ne_opt_generate(name, &spec, &why))
		return "format";
	s->pdu.format = spec.format;
	s->pdu.type = spec.type;
	if (type.n == 2 && (type.p[1] == '2' || type.p[1] == '3'))
		s->pdu.type = type.p[1] == '2' ? X23_TYPE_X2 : X23_TYPE_X3;
	else if (type.p)
		return "type";
	return NULL;
}

static const char *
take_direction(struct step *s)
{
	static const char *const names[] = {
	    "reserved", "unknown", "to-target", "from-target", "combined", "not-applicable"};
	struct octets v = text_of(s->json, "direction");
	uint16_t i;

	s->pdu.dir = (uint16_t)number_of(s->json, "direction", X23_DIR_UNKNOWN);
	for (i = 0; v.p && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], (const char *)v.p) == 0) {
			s->pdu.dir = i;
			return NULL;
		}
	}
	return v.p ? "direction" : NULL;
}

static const char *
take_xid(struct ne_conf *c, struct step *s)
{
	struct octets v = text_of(s->json, "xid");
	uint8_t xid[16];
	size_t i;

	if (!v.p) {
		s->xid = (size_t)number_of(s->json, "xid", 0);
		return s->xid < c->xids_n ? NULL : "xid";
	}
	if (ne_attr_uuid((const char *)v.p, xid))
		return "xid";
	for (i = 0; i < c->xids_n && memcmp(c->xids + 16 * i, xid, 16); i++)
		;
	s->xid = i;
	if (i < c->xids_n)
		return NULL;
	c->xids = realloc(c->xids, 16 * (c->xids_n + 1));
	assert(c->xids);
	memcpy(c->xids + 16 * c->xids_n++, xid, 16);
	return NULL;
}

static const char *
take_identity(struct step *s)
{
	struct octets corr = text_of(s->json, "correlation");
	uint8_t v[8];
	uint32_t hash = 0;
	size_t i, j;

	if (corr.p && ne_attr_hex((const char *)corr.p, v, 8) != 8)
		return "correlation";
	if (corr.p)
		s->pdu.corr = octets_get64(v);
	s->pdu.did = text_of(s->json, "did");
	s->pdu.nfid = text_of(s->json, "nfid");
	s->pdu.ipid = text_of(s->json, "ipid");
	const struct octets ids[] = {s->pdu.did, s->pdu.nfid, s->pdu.ipid};

	for (i = 0; i < 3; i++)
		for (j = 0; j <= ids[i].n && ids[i].p; j++)
			hash = (hash ^ (j < ids[i].n ? ids[i].p[j] : 0xff)) * 16777619u + 1;
	s->context = hash ? (uint16_t)(0x8000 | hash >> 16 | 1) : 0;
	return NULL;
}

static const char *
take_numbers(struct step *s)
{
	const json_t *seq = json_object_get(s->json, "seq"), *t = json_object_get(s->json, "time");

	if (json_is_integer(seq)) {
		s->pdu.seq = (uint32_t)json_integer_value(seq);
		s->seq_given = true;
	} else if (seq) {
		s->pdu.no_seq = s->seq_given = true;
	}
	s->time_given = t != NULL;
	if (json_number_value(t) < 0 || json_number_value(t) > TIME_MAX_S)
		return "time";
	if (json_is_integer(t))
		s->pdu.ts_ns = json_integer_value(t) * CLOCK_NS_PER_S;
	else if (json_is_real(t))
		s->pdu.ts_ns = (int64_t)(json_real_value(t) * 1e6) * 1000;
	return NULL;
}

static const char *
take_flow(struct step *s)
{
	struct octets src = text_of(s->json, "source"), dst = text_of(s->json, "destination");
	struct ne_pdu *p = &s->pdu;
	json_int_t sport = number_of(s->json, "source_port", -1),
		   dport = number_of(s->json, "destination_port", -1);

	if (src.p || dst.p) {
		int family = src.p && strchr((const char *)src.p, ':') ? AF_INET6 : AF_INET;

		if (!src.p || !dst.p || inet_pton(family, (const char *)src.p, p->src) != 1 ||
		    inet_pton(family, (const char *)dst.p, p->dst) != 1)
			return "source and destination";
		p->ip_version = family == AF_INET ? 4 : 6;
	}
	if ((sport < 0) != (dport < 0) || sport > UINT16_MAX || dport > UINT16_MAX)
		return "source_port and destination_port";
	p->has_ports = sport >= 0;
	p->sport = (uint16_t)sport;
	p->dport = (uint16_t)dport;
	p->proto = (int)number_of(s->json, "protocol", -1);
	return p->proto > 255 ? "protocol" : NULL;
}

/* A text or an array of them. */
static const char *
take_list(struct step *s, const char *key, int (*add)(struct ne_attrs *, const char *))
{
	const json_t *v = json_object_get(s->json, key);
	size_t i, n = json_is_array(v) ? json_array_size(v) : v ? 1 : 0;

	for (i = 0; i < n; i++) {
		const char *t = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);

		if (!t || add(&s->attrs, t))
			return key;
	}
	return NULL;
}

static int
add_matched(struct ne_attrs *a, const char *t)
{
	return ne_attr_text(a, X23_ATTR_MATCHED_TARGET, t);
}

static int
add_other(struct ne_attrs *a, const char *t)
{
	return ne_attr_text(a, X23_ATTR_OTHER_TARGET, t);
}

static int
add_encoding(struct ne_attrs *a, const char *t)
{
	return ne_attr_text(a, X23_ATTR_MIME_ENCODING, t);
}

static int
add_sdp(struct ne_attrs *a, const char *t)
{
	return ne_attr_text(a, X23_ATTR_SDP, t);
}

static const char *
take_attributes(struct step *s)
{
	static const struct {
		const char *key;
		int (*add)(struct ne_attrs *, const char *);
	} lists[] = {{"matched", add_matched}, {"other", add_other},
	    {"mime_encoding", add_encoding}, {"sdp", add_sdp}, {"axri", ne_attr_axri},
	    {"attributes", ne_attr_any}};
	const char *wrong = NULL;
	size_t i;

	s->pdu.mime = text_of(s->json, "mime_type");
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !wrong; i++)
		wrong = take_list(s, lists[i].key, lists[i].add);
	s->pdu.extra = s->attrs.list;
	s->pdu.extra_n = s->attrs.n;
	return wrong;
}

/* ---- payload */

static const char *
take_file(struct step *s, const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	s->octets = malloc(NE_PAYLOAD_MAX + 1);
	assert(s->octets);
	n = f ? fread(s->octets, 1, NE_PAYLOAD_MAX + 1, f) : SIZE_MAX;
	if (f)
		fclose(f);
	if (n > NE_PAYLOAD_MAX)
		return "file";
	s->octets = realloc(s->octets, n + 1);
	s->pdu.payload = (struct octets){s->octets, n};
	return NULL;
}

static const char *
take_coded(struct step *s, struct octets v, bool hex)
{
	long n;

	s->octets = malloc(v.n + 4);
	assert(s->octets);
	if (hex) {
		n = ne_attr_hex((const char *)v.p, s->octets, v.n);
	} else {
		n = EVP_DecodeBlock(s->octets, v.p, (int)v.n);
		while (n > 0 && v.n && v.p[v.n - 1] == '=' && n--)
			v.n--;
	}
	if (n < 0)
		return hex ? "hex" : "base64";
	s->pdu.payload = (struct octets){s->octets, (size_t)n};
	return NULL;
}

static const char *
take_payload(struct step *s)
{
	struct octets v;

	v = text_of(s->json, "text");
	if (v.p)
		s->pdu.payload = v;
	v = text_of(s->json, "hex");
	if (v.p)
		return take_coded(s, v, true);
	v = text_of(s->json, "base64");
	if (v.p)
		return v.n < NE_PAYLOAD_MAX ? take_coded(s, v, false) : "base64";
	v = text_of(s->json, "file");
	return v.p ? take_file(s, (const char *)v.p) : NULL;
}

/* ---- the script */

static const char *
take_step(struct ne_script *c, struct step *s)
{
	json_int_t after = number_of(s->json, "after_ms", 0);
	const char *wrong = take_kind(s);

	if (!wrong)
		wrong = take_direction(s);
	if (!wrong)
		wrong = take_xid(c->conf, s);
	if (!wrong)
		wrong = take_identity(s);
	if (!wrong)
		wrong = take_numbers(s);
	if (!wrong)
		wrong = take_flow(s);
	if (!wrong)
		wrong = take_attributes(s);
	if (!wrong)
		wrong = take_payload(s);
	s->stream = (uint32_t)number_of(s->json, "ne", 0);
	s->repeat = (uint64_t)number_of(s->json, "repeat", 1);
	if (wrong)
		return wrong;
	if (after < 0 || after > AFTER_MAX_MS)
		return "after_ms";
	s->at_ns = (c->steps_n ? c->steps[c->steps_n - 1].at_ns : 0) + after * 1000000;
	return s->at_ns > AFTER_MAX_MS * 1000000 ? "after_ms" : NULL;
}

static int
take_line(struct ne_script *c, const char *line, unsigned number)
{
	struct step *s;
	const char *wrong = "JSON";

	if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
		return 0;
	c->steps = realloc(c->steps, (c->steps_n + 1) * sizeof(*s));
	assert(c->steps);
	s = &c->steps[c->steps_n];
	memset(s, 0, sizeof(*s));
	ne_pdu_init(&s->pdu);
	s->json = json_loads(line, JSON_ALLOW_NUL, NULL);
	if (json_is_object(s->json))
		wrong = take_step(c, s);
	c->steps_n++;
	if (wrong)
		fprintf(stderr, "mdf-ne: script: line %u: wrong or missing: %s\n", number, wrong);
	return wrong ? -1 : 0;
}

struct ne_script *
ne_script_new(struct ne_conf *conf)
{
	struct ne_script *c = calloc(1, sizeof(*c));
	FILE *f = strcmp(conf->script, "-") ? fopen(conf->script, "r") : stdin;
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int rc = 0;

	assert(c);
	c->conf = conf;
	if (!f) {
		fprintf(stderr, "mdf-ne: script: %s\n", strerror(errno));
		free(c);
		return NULL;
	}
	while (!rc && getline(&line, &room, f) >= 0)
		rc = take_line(c, line, ++number);
	free(line);
	if (f != stdin)
		fclose(f);
	if (!rc)
		return c;
	ne_script_free(c);
	return NULL;
}

void
ne_script_free(struct ne_script *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->steps_n; i++) {
		json_decref(c->steps[i].json);
		ne_attr_free(&c->steps[i].attrs);
		free(c->steps[i].octets);
	}
	free(c->steps);
	free(c);
}

int
ne_script_next(struct ne_script *c, int64_t now_ns, struct ne_item *item, int64_t *wake_ns)
{
	const struct step *s;

	if (c->start_ns == 0)
		c->start_ns = now_ns;
	while (c->at < c->steps_n && c->round >= c->steps[c->at].repeat) {
		c->at++;
		c->round = 0;
	}
	if (c->at == c->steps_n)
		return -1;
	s = &c->steps[c->at];
	if (c->start_ns + s->at_ns > now_ns) {
		*wake_ns = c->start_ns + s->at_ns;
		return 0;
	}
	item->pdu = s->pdu;
	if (!s->time_given)
		item->pdu.ts_ns = clock_wall_ns();
	item->xid = s->xid;
	item->stream = s->stream;
	item->tmpl = NULL;
	item->seq_given = s->seq_given;
	item->context = s->context;
	c->round++;
	return 1;
}
