/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing of tests/vectors. */
#include "config.h"
#include "tests/unit/vector_file.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const formats[X23_FMT_N] = {"reserved", "ts102232-1", "xiri", "ts33108",
    "proprietary", "ipv4", "ipv6", "ethernet", "rtp", "sip", "dhcp", "radius", "gtpu", "msrp",
    "eps-iri", "mime", "unstructured", "ps-payload"};
static const char *const directions[] = {
    "reserved", "unknown", "to-target", "from-target", "combined", "not-applicable"};

struct reader {
	struct vector_file *f;
	struct vector_pdu *at; /* the PDU that is being read */
	const char *title;
	bool first;
	enum {
		PAYLOAD_NONE,
		PAYLOAD_TEXT,
		PAYLOAD_HEX
	} form;
	uint8_t *payload;
};

/* A name of the list, or a number. */
static int
name_or_number(const char *v, const char *const *names, size_t n, uint16_t *out)
{
	char *end;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(names[i], v) == 0) {
			*out = (uint16_t)i;
			return 0;
		}
	}
	*out = (uint16_t)strtoul(v, &end, 10);
	return *v && !*end ? 0 : -1;
}

/* ---- fields */

static int
field_time(struct vector_pdu *p, const char *v)
{
	unsigned long long s, ns;

	if (sscanf(v, "%llu.%9llu", &s, &ns) != 2 || strlen(strchr(v, '.')) != 10)
		return -1;
	p->pdu.ts_ns = (int64_t)(s * 1000000000u + ns);
	return 0;
}

static int
field_address(struct ne_pdu *p, uint8_t *address, uint16_t *port, const char *v)
{
	char text[64];
	unsigned number;
	int n = sscanf(v, "%63s %u", text, &number),
	    family = strchr(text, ':') ? AF_INET6 : AF_INET;

	p->ip_version = family == AF_INET ? 4 : 6;
	if (n == 2) {
		p->has_ports = true;
		*port = (uint16_t)number;
	}
	return n >= 1 && inet_pton(family, text, address) == 1 ? 0 : -1;
}

static int
field_attribute(struct vector_pdu *p, const char *key, const char *v)
{
	static const struct {
		const char *key;
		uint16_t type;
	} texts[] = {{"did", X23_ATTR_DID}, {"nfid", X23_ATTR_NFID}, {"ipid", X23_ATTR_IPID},
	    {"matched", X23_ATTR_MATCHED_TARGET}, {"other", X23_ATTR_OTHER_TARGET},
	    {"mime-type", X23_ATTR_MIME_TYPE}, {"mime-encoding", X23_ATTR_MIME_ENCODING},
	    {"sdp", X23_ATTR_SDP}};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].key, key) == 0)
			return ne_attr_text(&p->attrs, texts[i].type, v);
	if (strcmp(key, "axri") == 0)
		return ne_attr_axri(&p->attrs, v);
	return strcmp(key, "attribute") == 0 ? ne_attr_any(&p->attrs, v) : -1;
}

static int
field(struct reader *r, const char *key, const char *v)
{
	struct vector_pdu *p = r->at;
	uint8_t octets[8];

	if (strcmp(key, "direction") == 0)
		return name_or_number(v, directions, 6, &p->pdu.dir);
	if (strcmp(key, "xid") == 0)
		return ne_attr_uuid(v, p->xid);
	if (strcmp(key, "correlation") == 0) {
		if (ne_attr_hex(v, octets, 8) != 8)
			return -1;
		p->pdu.corr = octets_get64(octets);
		return 0;
	}
	if (strcmp(key, "seq") == 0) {
		p->pdu.no_seq = false;
		p->pdu.seq = (uint32_t)strtoul(v, NULL, 10);
		return 0;
	}
	if (strcmp(key, "time") == 0)
		return field_time(p, v);
	if (strcmp(key, "source") == 0)
		return field_address(&p->pdu, p->pdu.src, &p->pdu.sport, v);
	if (strcmp(key, "destination") == 0)
		return field_address(&p->pdu, p->pdu.dst, &p->pdu.dport, v);
	if (strcmp(key, "protocol") == 0) {
		p->pdu.proto = (int)strtoul(v, NULL, 10);
		return 0;
	}
	if (strcmp(key, "under") == 0) {
		p->under = v;
		return 0;
	}
	if (strcmp(key, "payload") == 0) {
		r->form = strcmp(v, "text") == 0 ? PAYLOAD_TEXT : PAYLOAD_HEX;
		return r->form == PAYLOAD_TEXT || strcmp(v, "hex") == 0 ? 0 : -1;
	}
	return field_attribute(p, key, v);
}

/* ---- payload */

static int
payload_line(struct reader *r, const char *v)
{
	struct octets *o = &r->at->pdu.payload;
	size_t n = strlen(v);
	long got;

	if (r->form == PAYLOAD_NONE || o->n + n + 2 > VECTOR_PAYLOAD_MAX)
		return -1;
	if (r->form == PAYLOAD_HEX) {
		got = ne_attr_hex(v, r->payload + o->n, VECTOR_PAYLOAD_MAX - o->n);
		o->n += got > 0 ? (size_t)got : 0;
		return got < 0 ? -1 : 0;
	}
	if (n && v[n - 1] == '\\') {
		memcpy(r->payload + o->n, v, n - 1);
		o->n += n - 1;
		return 0;
	}
	memcpy(r->payload + o->n, v, n);
	memcpy(r->payload + o->n + n, "\r\n", 2);
	o->n += n + 2;
	return 0;
}

static void
expected_line(struct vector_pdu *p, const char *v)
{
	size_t had = p->expected ? strlen(p->expected) : 0;

	p->expected = realloc(p->expected, had + strlen(v) + 2);
	assert(p->expected);
	sprintf(p->expected + had, "%s\n", v);
}

/* ---- the file */

static int
begin_pdu(struct reader *r, const char *line, size_t number)
{
	struct vector_pdu *p;

	if (!r->title || r->f->pdus_n == VECTOR_PDUS_MAX)
		return -1;
	p = r->at = &r->f->pdus[r->f->pdus_n++];
	ne_pdu_init(&p->pdu);
	p->pdu.no_seq = true;
	p->pdu.type = line[1] == '2' ? X23_TYPE_X2 : X23_TYPE_X3;
	p->pdu.xid = p->xid;
	p->line = (unsigned)number;
	p->title = r->title;
	p->under = "";
	p->first = r->first;
	r->first = false;
	r->form = PAYLOAD_NONE;
	r->payload = malloc(VECTOR_PAYLOAD_MAX);
	assert(r->payload);
	p->pdu.payload = (struct octets){r->payload, 0};
	return name_or_number(line + 3, formats, X23_FMT_N, &p->pdu.format);
}

static int
take_line(struct reader *r, const char *line, size_t i)
{
	char key[32];
	size_t n = strcspn(line, " ");

	if (line[0] == '#' || line[0] == '\0')
		return 0;
	if (strncmp(line, "== ", 3) == 0) {
		r->title = line + 3;
		r->first = true;
		r->at = NULL;
		return 0;
	}
	if (strncmp(line, "x2 ", 3) == 0 || strncmp(line, "x3 ", 3) == 0) {
		if (begin_pdu(r, line, i + 1))
			return -1;
		r->at->behind = i + 1;
		return 0;
	}
	if (!r->at)
		return -1;
	if (line[0] == '>') {
		expected_line(r->at, line + (line[1] == ' ' ? 2 : 1));
		return 0;
	}
	r->at->behind = i + 1;
	if (line[0] == '|')
		return payload_line(r, line + (line[1] == ' ' ? 2 : 1));
	if (n >= sizeof(key))
		return -1;
	memcpy(key, line, n);
	key[n] = '\0';
	return field(r, key, line[n] ? line + n + 1 : "");
}

static int
read_text(struct vector_file *f, const char *path)
{
	FILE *in = fopen(path, "rb");
	char *at, *end;
	size_t room = 4 << 20, n;

	if (!in)
		return -1;
	f->text = malloc(room + 1);
	assert(f->text);
	n = fread(f->text, 1, room, in);
	fclose(in);
	f->text[n] = '\0';
	f->lines = malloc((n + 1) * sizeof(*f->lines));
	assert(f->lines);
	for (at = f->text; *at; at = end) {
		f->lines[f->lines_n++] = at;
		end = at + strcspn(at, "\n");
		if (*end)
			*end++ = '\0';
	}
	return n < room ? 0 : -1;
}

int
vector_file_read(struct vector_file *f, const char *path)
{
	struct reader r = {.f = f};
	size_t i;

	memset(f, 0, sizeof(*f));
	if (read_text(f, path)) {
		snprintf(f->why, sizeof(f->why), "cannot be read");
		return -1;
	}
	for (i = 0; i < f->lines_n; i++) {
		if (take_line(&r, f->lines[i], i)) {
			snprintf(f->why, sizeof(f->why), "line %zu: %.100s", i + 1, f->lines[i]);
			return -1;
		}
	}
	for (i = 0; i < f->pdus_n; i++) {
		f->pdus[i].pdu.extra = f->pdus[i].attrs.list;
		f->pdus[i].pdu.extra_n = f->pdus[i].attrs.n;
	}
	return 0;
}

void
vector_file_free(struct vector_file *f)
{
	size_t i;

	for (i = 0; i < f->pdus_n; i++) {
		free((void *)(uintptr_t)f->pdus[i].pdu.payload.p);
		ne_attr_free(&f->pdus[i].attrs);
		free(f->pdus[i].expected);
	}
	free(f->lines);
	free(f->text);
}

static void
write_outcome(FILE *out, const char *text)
{
	size_t n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		fprintf(out, "> %.*s\n", (int)n, text);
	}
}

int
vector_file_write(const struct vector_file *f, const char *path, char *const *outcomes)
{
	FILE *out = fopen(path, "wb");
	size_t i, k = 0;

	if (!out)
		return -1;
	for (i = 0; i < f->lines_n; i++) {
		if (f->lines[i][0] != '>')
			fprintf(out, "%s\n", f->lines[i]);
		if (k < f->pdus_n && f->pdus[k].behind == i + 1)
			write_outcome(out, outcomes[k++]);
	}
	return fclose(out);
}
