/* SPDX-License-Identifier: Apache-2.0 */
/* The signed part of a warrant from the image; see task_doc.h.  Written by hand, member by member
 * in their canonical order: it is done for each of 100 000 warrants when the tasks change. */
#include "session/task_doc.h"

#include "flow.h"
#include "session/task_layout.h"
#include "trust/canon.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct td {
	char *p;
	size_t n, max;
};

static char *
td_room(struct td *t, size_t n)
{
	if (t->n + n > t->max) {
		t->max = (t->n + n) * 2 + 1024;
		t->p = realloc(t->p, t->max);
		assert(t->p != NULL);
	}
	return t->p + t->n;
}

static void
td_raw(struct td *t, const char *text)
{
	size_t n = strlen(text);

	memcpy(td_room(t, n), text, n);
	t->n += n;
}

static void
td_string(struct td *t, const void *text, size_t n)
{
	t->n += canon_string(text, n, td_room(t, 6 * n + 2));
}

static void
td_hex(struct td *t, const uint8_t *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	char *o = td_room(t, 2 * n + 2);

	*o++ = '"';
	for (size_t i = 0; i < n; i++) {
		*o++ = hex[p[i] >> 4];
		*o++ = hex[p[i] & 15];
	}
	*o = '"';
	t->n += 2 * n + 2;
}

static void
td_uuid(struct td *t, const uint8_t p[16])
{
	char *o = td_room(t, 40);
	int n = snprintf(o, 40,
	    "\"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\"", p[0], p[1],
	    p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14],
	    p[15]);

	t->n += (size_t)n;
}

static void
td_ns(struct td *t, int64_t ns)
{
	t->n += (size_t)snprintf(td_room(t, 32), 32, "\"%" PRId64 "\"", ns);
}

/* Two letters, or NULs. */
static void
td_country(struct td *t, const char cc[2])
{
	td_string(t, cc, cc[0] != '\0' ? 2 : 0);
}

static void
td_countries(struct td *t, const struct taskset_warrant *w)
{
	if (w->country_n == 0) {
		td_raw(t, "null");
		return;
	}
	for (uint8_t i = 0; i < w->country_n; i++) {
		td_raw(t, i == 0 ? "[" : ",");
		td_country(t, w->country[i]);
	}
	td_raw(t, "]");
}

static void
td_services(struct td *t, uint16_t services)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} all[] = {{SERVICE_DATA, "data"}, {SERVICE_EMAIL, "email"}, {SERVICE_L2, "l2"},
	    {SERVICE_LALS, "lals"}, {SERVICE_MESSAGING, "messaging"}, {SERVICE_PTT, "ptt"},
	    {SERVICE_RCS, "rcs"}, {SERVICE_VIDEO, "video"}, {SERVICE_VOICE, "voice"}};
	uint16_t rest = services;
	const char *sep = "[";

	if (services == SERVICE_ANY) {
		td_raw(t, "null");
		return;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (services & all[i].bit) {
			td_raw(t, sep);
			td_string(t, all[i].name, strlen(all[i].name));
			rest &= (uint16_t)~all[i].bit;
			sep = ",";
		}
	if (rest != 0) { /* bits without a name must not go unsigned */
		td_raw(t, sep);
		t->n += (size_t)snprintf(td_room(t, 16), 16, "%u", rest);
		sep = ",";
	}
	td_raw(t, sep[0] == '[' ? "[]" : "]");
}

static void
td_rules(struct td *t, const struct task_doc_in *in, uint8_t what)
{
	struct taskset_rule *rules = calloc((size_t)in->w->rule_n + 1, sizeof(*rules));
	uint8_t md[SHA256_DIGEST_LENGTH];
	size_t n = 0;

	assert(rules != NULL);
	for (uint32_t i = 0; i < in->w->rule_n; i++)
		if (in->rule[i].what == what)
			rules[n++] = in->rule[i];
	SHA256((const uint8_t *)rules, n * sizeof(*rules), md);
	td_hex(t, md, n > 0 ? sizeof(md) : 0);
	free(rules);
}

static void
td_dest(struct td *t, const struct taskset_dest *d)
{
	if (d == NULL) {
		td_raw(t, "null");
		return;
	}
	td_raw(t, "{\"did\":");
	td_uuid(t, d->did);
	td_raw(t, ",\"pins\":[");
	for (uint32_t i = 0; i < d->pins_n && i < 4; i++) {
		td_raw(t, i == 0 ? "" : ",");
		td_hex(t, d->pin[i], sizeof(d->pin[i]));
	}
	t->n += (size_t)snprintf(td_room(t, 32), 32, "],\"row\":%" PRIu32 "}", d->id);
}

static int
td_text_cmp(const void *a, const void *b)
{
	const struct task_doc_text *x = a, *y = b;
	int r = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return r != 0 ? r : (x->n > y->n) - (x->n < y->n);
}

static void
td_nes(struct td *t, const struct task_doc_in *in)
{
	if (in->w->any_ne) {
		td_raw(t, "null");
		return;
	}
	if (in->ne_n > 1)
		qsort(in->ne, in->ne_n, sizeof(*in->ne), td_text_cmp);
	td_raw(t, "[");
	for (size_t i = 0; i < in->ne_n; i++) {
		td_raw(t, i == 0 ? "" : ",");
		td_string(t, in->ne[i].p, in->ne[i].n);
	}
	td_raw(t, "]");
}

static void
td_xids(struct td *t, const struct task_doc_in *in)
{
	td_raw(t, "[");
	for (size_t i = 0; i < in->xid_n; i++) {
		td_raw(t, i == 0 ? "" : ",");
		td_uuid(t, in->xid[i]);
	}
	td_raw(t, "]");
}

static const char *
td_content(uint8_t content)
{
	return content == TASKSET_FULL	    ? "full"
	       : content == TASKSET_HEADERS ? "headers"
					    : "summary";
}

static const char *
td_delivery(uint8_t delivery)
{
	static const char *const name[] = {"", "iri", "cc", "both"};

	return name[delivery & 3];
}

/* Text of a number of seconds that is neither drop nor keep is "buffer:SECONDS". */
static void
td_outage(struct td *t, uint32_t s, const char *keep)
{
	if (s == TASKSET_OUTAGE_DROP || s == TASKSET_OUTAGE_KEEP)
		td_raw(t, s == TASKSET_OUTAGE_DROP ? "\"drop\"" : keep);
	else
		t->n += (size_t)snprintf(td_room(t, 32), 32, "\"buffer:%" PRIu32 "\"", s);
}

static void
td_first(struct td *t, const struct task_doc_in *in)
{
	const struct taskset_warrant *w = in->w;

	td_raw(t, "{\"auth_cc\":");
	td_country(t, w->auth_cc);
	td_raw(t, ",\"cc_outage\":");
	td_outage(t, w->cc_outage_s, "null");
	td_raw(t, ",\"content\":\"");
	td_raw(t, td_content(w->content));
	td_raw(t, "\",\"countries\":");
	td_countries(t, w);
	td_raw(t, ",\"delivery\":\"");
	td_raw(t, td_delivery(w->delivery));
	td_raw(t, "\",\"delivery_cc\":");
	td_country(t, w->delivery_cc);
	td_raw(t, ",\"exclude\":");
	td_rules(t, in, TASKSET_RULE_EXCLUDE);
	td_raw(t, ",\"from_ns\":");
	td_ns(t, w->from_ns);
	td_raw(t, ",\"hi2\":");
	td_dest(t, in->hi2);
	td_raw(t, ",\"hi3\":");
	td_dest(t, in->hi3);
	td_raw(t, ",\"iri_outage\":");
	td_outage(t, w->iri_outage_s, "\"retain\"");
	td_raw(t, ",\"lea\":");
	td_string(t, in->lea.p, in->lea.n);
	td_raw(t, ",\"liid\":");
	td_hex(t, w->liid, w->liid_n);
}

static void
td_second(struct td *t, const struct task_doc_in *in)
{
	const struct taskset_warrant *w = in->w;

	td_raw(t, ",\"ne_id\":");
	td_string(t, w->neid, w->neid_n);
	td_raw(t, ",\"nes\":");
	td_nes(t, in);
	td_raw(t, ",\"operator_id\":");
	td_string(t, w->operator_id, w->operator_n);
	td_raw(t, ",\"profile\":");
	td_string(t, in->profile.p, in->profile.n);
	td_raw(t, ",\"services\":");
	td_services(t, w->services);
	td_raw(t, ",\"target\":");
	td_rules(t, in, TASKSET_RULE_TARGET);
	td_raw(
	    t, w->trigger ? ",\"trigger\":true,\"until_ns\":" : ",\"trigger\":false,\"until_ns\":");
	td_ns(t, w->order_until_ns != 0 ? w->order_until_ns : w->until_ns);
	td_raw(t, ",\"xids\":");
	td_xids(t, in);
	td_raw(t, "}");
}

char *
task_doc_write(const struct task_doc_in *in, size_t *n)
{
	struct td t = {0};

	if ((in->w->dest_hi2 != 0 && in->hi2 == NULL) || (in->w->dest_hi3 != 0 && in->hi3 == NULL))
		return NULL;
	td_first(&t, in);
	td_second(&t, in);
	*n = t.n;
	*td_room(&t, 1) = '\0';
	return t.p;
}

/* ---- from an image */

static const struct taskset_dest *
td_find_dest(const uint8_t *p, const struct task_layout *l, uint32_t id, struct taskset_dest *out)
{
	for (uint32_t i = 0; i < l->hdr.dest_n && id != 0; i++) {
		memcpy(out, p + l->dest + (uint64_t)i * sizeof(*out), sizeof(*out));
		if (out->id == id)
			return out;
	}
	return NULL;
}

static struct task_doc_text
td_ne_name(const uint8_t *p, const struct task_layout *l, uint32_t id)
{
	struct taskset_ne ne;

	for (uint32_t i = 0; i < l->hdr.ne_n; i++) {
		memcpy(&ne, p + l->ne + (uint64_t)i * sizeof(ne), sizeof(ne));
		if (ne.id == id)
			return (struct task_doc_text){p + l->strings + ne.name.off, ne.name.len};
	}
	return (struct task_doc_text){(const uint8_t *)"", 0};
}

static size_t
td_image_xids(const uint8_t *p, const struct task_layout *l, uint32_t index, uint8_t (*out)[16])
{
	struct taskset_xid x;
	size_t n = 0;

	for (uint32_t i = 0; i < l->hdr.xid_n; i++) {
		memcpy(&x, p + l->xid + (uint64_t)i * sizeof(x), sizeof(x));
		if (x.warrant == index)
			memcpy(out[n++], x.xid, sizeof(x.xid));
	}
	return n;
}

char *
task_doc(const void *image, size_t len, uint32_t index, size_t *n)
{
	const uint8_t *p = image;
	struct taskset_profile profile;
	struct taskset_dest hi2, hi3;
	struct taskset_warrant w;
	struct task_doc_in in = {.w = &w};
	struct taskset_rule *rules;
	struct task_layout l;
	uint8_t(*xid)[16];
	const char *why;
	char *text;

	if (task_layout_read(image, len, &l, &why) < 0 || index >= l.hdr.warrant_n)
		return NULL;
	memcpy(&w, p + l.warrant + (uint64_t)index * sizeof(w), sizeof(w));
	memcpy(&profile, p + l.profile + (uint64_t)w.profile * sizeof(profile), sizeof(profile));
	in.lea = (struct task_doc_text){p + l.strings + profile.lea_name.off, profile.lea_name.len};
	in.profile = (struct task_doc_text){p + l.strings + profile.name.off, profile.name.len};
	in.hi2 = td_find_dest(p, &l, w.dest_hi2, &hi2);
	in.hi3 = td_find_dest(p, &l, w.dest_hi3, &hi3);
	rules = calloc((size_t)w.rule_n + 1, sizeof(*rules));
	xid = calloc((size_t)l.hdr.xid_n + 1, sizeof(*xid));
	in.ne = calloc((size_t)w.allow_n + 1, sizeof(*in.ne));
	assert(rules != NULL && xid != NULL && in.ne != NULL);
	memcpy(
	    rules, p + l.rule + (uint64_t)w.rule_off * sizeof(*rules), w.rule_n * sizeof(*rules));
	in.rule = rules;
	in.xid = (const uint8_t(*)[16])xid;
	in.xid_n = td_image_xids(p, &l, index, xid);
	for (; in.ne_n < w.allow_n; in.ne_n++) {
		uint32_t id;

		memcpy(
		    &id, p + l.allow + ((uint64_t)w.allow_off + in.ne_n) * sizeof(id), sizeof(id));
		in.ne[in.ne_n] = td_ne_name(p, &l, id);
	}
	text = task_doc_write(&in, n);
	free(rules);
	free(xid);
	free(in.ne);
	return text;
}

int
task_doc_matches(const char *doc, size_t n, const char *task, size_t task_n)
{
	static const char begin[] = "{\"order\":{",
			  middle[] = "},\"task\":", end[] = ",\"type\":\"" TASK_DOC_TYPE "\"}";
	const size_t b = sizeof(begin) - 1, m = sizeof(middle) - 1, e = sizeof(end) - 1;

	return n >= b + m + task_n + e && memcmp(doc, begin, b) == 0 &&
	       memcmp(doc + n - e, end, e) == 0 &&
	       memcmp(doc + n - e - task_n, task, task_n) == 0 &&
	       memcmp(doc + n - e - task_n - m, middle, m) == 0;
}
