/* SPDX-License-Identifier: Apache-2.0 */
/* Task set images and PDUs for tests; see session_fixture.h. */
#include "session_fixture.h"

#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct taskset_str
fixture_str(struct fixture *f, const char *s)
{
	struct taskset_str r = {f->strings_n, (uint32_t)strlen(s)};

	assert(f->strings_n + r.len <= FIXTURE_STRINGS);
	memcpy(f->strings + f->strings_n, s, r.len);
	f->strings_n += r.len;
	return r;
}

void
fixture_init(struct fixture *f, uint32_t max)
{
	memset(f, 0, sizeof(*f));
	f->version = 1;
	f->max = max;
	f->warrant = calloc(max, sizeof(*f->warrant));
	f->xid = calloc(max, sizeof(*f->xid));
	f->allow = calloc(max, sizeof(*f->allow));
	assert(f->warrant && f->xid && f->allow);
	f->profile_n = 1;
	f->profile[0] = (struct taskset_profile){
	    .ps_version = 43, .aggregate_n = 1, .copies_ms = 5000, .summary_s = 60};
	f->profile[0].copies = TASKSET_COPIES_PASS;
	f->profile[0].name = fixture_str(f, "etsi");
	f->profile[0].lea_name = fixture_str(f, "lea");
	for (f->dest_n = 0; f->dest_n < 2; f->dest_n++) {
		f->dest[f->dest_n].id = f->dest_n + 1;
		memset(f->dest[f->dest_n].did, (int)f->dest_n + 0x11, 16);
	}
}

void
fixture_fini(struct fixture *f)
{
	free(f->warrant);
	free(f->xid);
	free(f->allow);
}

struct taskset_ne *
fixture_ne(struct fixture *f, uint32_t id)
{
	struct taskset_ne *ne = &f->ne[f->ne_n++];
	char text[64];

	assert(f->ne_n <= FIXTURE_NE_MAX);
	ne->id = id;
	ne->enabled = 1;
	ne->interfaces = TASKSET_X2 | TASKSET_X3;
	ne->time_p2_s = 180;
	snprintf(text, sizeof(text), "ne-%u", id);
	ne->name = fixture_str(f, text);
	snprintf(text, sizeof(text), "ne%u.example", id);
	ne->san = fixture_str(f, text);
	return ne;
}

void
fixture_xid(uint32_t x, uint8_t xid[16])
{
	memset(xid, 0xa5, 16);
	octets_put32(xid, x * UINT32_C(2654435761));
	octets_put32(xid + 12, x);
}

void
fixture_add_xid(struct fixture *f, uint32_t x, uint32_t w)
{
	assert(f->xid_n < f->max);
	fixture_xid(x, f->xid[f->xid_n].xid);
	f->xid[f->xid_n++].warrant = w;
}

struct taskset_warrant *
fixture_warrant(struct fixture *f, uint32_t id, uint32_t lea, uint32_t x)
{
	struct taskset_warrant *w = &f->warrant[f->warrant_n];
	char liid[26];

	assert(f->warrant_n < f->max);
	w->id = id;
	w->lea = lea;
	w->delivery = TASKSET_IRI | TASKSET_CC;
	w->any_ne = 1;
	w->services = SERVICE_ANY;
	w->liid_n = (uint8_t)snprintf(liid, sizeof(liid), "L-%u", id);
	memcpy(w->liid, liid, w->liid_n);
	memcpy(w->auth_cc, "XX", 2);
	w->operator_n = 4;
	memcpy(w->operator_id, "oper", 4);
	w->from_ns = 0;
	w->until_ns = INT64_MAX;
	w->dest_hi2 = 1;
	w->dest_hi3 = 2;
	fixture_add_xid(f, x, f->warrant_n++);
	return w;
}

static int
fixture_xid_cmp(const void *a, const void *b)
{
	const struct taskset_xid *x = a, *y = b;
	int r = memcmp(x->xid, y->xid, 16);

	return r != 0 ? r : x->warrant < y->warrant ? -1 : x->warrant > y->warrant;
}

static void
fixture_put(uint8_t **p, const void *from, size_t n)
{
	if (n > 0)
		memcpy(*p, from, n);
	*p += n;
}

uint8_t *
fixture_image(struct fixture *f, size_t *len)
{
	struct taskset_hdr h = {TASKSET_MAGIC, TASKSET_LAYOUT, f->version, f->ne_n, f->warrant_n,
	    f->xid_n, f->allow_n, f->profile_n, f->rule_n, f->strings_n, f->dest_n, f->keys};
	uint8_t *image, *p;

	qsort(f->xid, f->xid_n, sizeof(*f->xid), fixture_xid_cmp);
	*len = sizeof(h) + f->ne_n * sizeof(*f->ne) + f->warrant_n * sizeof(*f->warrant) +
	       f->xid_n * sizeof(*f->xid) + f->allow_n * sizeof(*f->allow) +
	       f->profile_n * sizeof(*f->profile) + f->rule_n * sizeof(*f->rule) +
	       f->dest_n * sizeof(*f->dest) + f->strings_n;
	image = p = malloc(*len);
	assert(image != NULL);
	fixture_put(&p, &h, sizeof(h));
	fixture_put(&p, f->ne, f->ne_n * sizeof(*f->ne));
	fixture_put(&p, f->warrant, f->warrant_n * sizeof(*f->warrant));
	fixture_put(&p, f->xid, f->xid_n * sizeof(*f->xid));
	fixture_put(&p, f->allow, f->allow_n * sizeof(*f->allow));
	fixture_put(&p, f->profile, f->profile_n * sizeof(*f->profile));
	fixture_put(&p, f->rule, f->rule_n * sizeof(*f->rule));
	fixture_put(&p, f->dest, f->dest_n * sizeof(*f->dest));
	fixture_put(&p, f->strings, f->strings_n);
	assert((size_t)(p - image) == *len);
	return image;
}

static uint8_t *
fixture_attr(uint8_t *p, uint16_t type, const void *value, size_t n)
{
	octets_put16(p, type);
	octets_put16(p + 2, (uint16_t)n);
	memcpy(p + 4, value, n);
	return p + 4 + n;
}

void
fixture_pdu(const struct fixture_pdu *f, uint8_t *buf, size_t cap, struct x23_pdu *out)
{
	uint8_t *p = buf + X23_HEADER_MIN, v[8];
	enum reject_code why;
	size_t used;
	int r;

	assert(cap >= f->payload.n + f->attributes.n + 1024);
	memset(buf, 0, X23_HEADER_MIN);
	buf[1] = X23_MINOR;
	octets_put16(buf + X23_OFF_TYPE, f->type);
	octets_put16(buf + X23_OFF_FORMAT, f->format);
	octets_put16(buf + X23_OFF_DIRECTION, f->direction ? f->direction : X23_DIR_TO_TARGET);
	fixture_xid(f->x, buf + X23_OFF_XID);
	octets_put64(buf + X23_OFF_CORRELATION, f->correlation);
	if (f->nfid != NULL)
		p = fixture_attr(p, X23_ATTR_NFID, f->nfid, strlen(f->nfid));
	if (f->ipid != NULL)
		p = fixture_attr(p, X23_ATTR_IPID, f->ipid, strlen(f->ipid));
	octets_put32(v, f->seq);
	if (f->numbered)
		p = fixture_attr(p, X23_ATTR_SEQ, v, 4);
	octets_put32(v, f->ts_s);
	octets_put32(v + 4, f->ts_ns);
	if (f->ts_s != 0)
		p = fixture_attr(p, X23_ATTR_TIMESTAMP, v, 8);
	if (f->attributes.n > 0)
		memcpy(p, f->attributes.p, f->attributes.n);
	p += f->attributes.n;
	octets_put32(buf + X23_OFF_HEADER_LEN, (uint32_t)(p - buf));
	octets_put32(buf + X23_OFF_PAYLOAD_LEN, (uint32_t)f->payload.n);
	if (f->payload.n > 0)
		memcpy(p, f->payload.p, f->payload.n);
	p += f->payload.n;
	r = x23_pdu_decode(
	    (struct octets){buf, (size_t)(p - buf)}, 65536, 1 << 24, out, &used, &why);
	assert(r == 0 || r == -EINVAL);
}

size_t
fixture_ipv4(uint8_t *buf, size_t n, uint32_t seed)
{
	assert(n >= 24);
	memset(buf, (int)(seed & 0xff), n);
	buf[0] = 0x45;
	octets_put16(buf + 2, (uint16_t)n);
	octets_put32(buf + 20, seed);
	return n;
}
