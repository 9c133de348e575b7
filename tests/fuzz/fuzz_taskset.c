/* SPDX-License-Identifier: Apache-2.0 */
/* The image of a task set, as ingest is given it.  What is taken can be looked up everywhere, and
 * every warrant of it has a statement or names what is not there; the statement that admin would
 * write from the image is the one that ingest writes from the set.
 *
 * Input: an octet: 1: as it is; else the counts of the seven tables (one octet each), then the
 * tables one after the other, short where the input ends, and the rest is the strings.  2: the rows
 * get the values that are checked first, so that most sets are taken. */
#include "base/log.h"
#include "fuzz_util.h"
#include "session/task.h"
#include "session/task_doc.h"

#include <errno.h>

#define ROWS_MAX 5
#define STRINGS_MIN 64

static uint8_t *
rows(uint8_t **p, struct fuzz_in *f, size_t n, size_t size)
{
	uint8_t *at = *p;

	for (size_t i = 0; i < n; i++) {
		struct octets row = fuzz_take(f, size);

		memset(*p, 0, size);
		if (row.n > 0)
			memcpy(*p, row.p, row.n);
		*p += size;
	}
	return at;
}

static struct taskset_str
str(struct taskset_str s)
{
	return (struct taskset_str){s.off % 32, 1 + s.len % 16};
}

static void
ne_right(uint8_t *at, uint32_t i, const struct taskset_hdr *h)
{
	struct taskset_ne ne;

	memcpy(&ne, at, sizeof(ne));
	ne.id = i + 1;
	ne.pins_n %= 3;
	ne.name = str(ne.name);
	ne.san = str(ne.san);
	ne.rule_off = h->rule_n == 0 ? 0 : ne.rule_off % h->rule_n;
	ne.rule_n = h->rule_n == 0 ? 0 : ne.rule_n % (h->rule_n - ne.rule_off + 1);
	memcpy(at, &ne, sizeof(ne));
}

static void
warrant_right(uint8_t *at, uint32_t i, const struct taskset_hdr *h)
{
	struct taskset_warrant w;

	memcpy(&w, at, sizeof(w));
	w.id = i + 1;
	w.lea |= 1;
	w.liid_n = 1 + w.liid_n % sizeof(w.liid);
	w.operator_n = 1 + w.operator_n % sizeof(w.operator_id);
	w.neid_n %= sizeof(w.neid) + 1;
	w.delivery &= 3;
	w.content %= 3;
	w.country_n %= TASKSET_COUNTRIES + 1;
	w.profile = h->profile_n == 0 ? 0 : w.profile % h->profile_n;
	w.allow_off = h->allow_n == 0 ? 0 : w.allow_off % h->allow_n;
	w.allow_n = h->allow_n == 0 ? 0 : w.allow_n % (h->allow_n - w.allow_off + 1);
	w.rule_off = h->rule_n == 0 ? 0 : w.rule_off % h->rule_n;
	w.rule_n = h->rule_n == 0 ? 0 : w.rule_n % (h->rule_n - w.rule_off + 1);
	w.dest_hi2 %= h->dest_n + 2;
	w.dest_hi3 %= h->dest_n + 2;
	if (w.order_until_ns < w.until_ns)
		w.order_until_ns = 0;
	w.doc = str(w.doc);
	memcpy(at, &w, sizeof(w));
}

static void
rest_right(
    uint8_t *xid, uint8_t *profile, uint8_t *rule, uint8_t *dest, const struct taskset_hdr *h)
{
	struct taskset_xid x;
	struct taskset_profile p;
	struct taskset_rule r;
	struct taskset_dest d;

	for (uint32_t i = 0; i < h->xid_n; i++, xid += sizeof(x)) {
		memcpy(&x, xid, sizeof(x));
		x.xid[0] = (uint8_t)(i / 2);
		memset(x.xid + 1, 0, sizeof(x.xid) - 1);
		x.warrant = h->warrant_n == 0 ? 0 : i % h->warrant_n;
		memcpy(xid, &x, sizeof(x));
	}
	for (uint32_t i = 0; i < h->profile_n; i++, profile += sizeof(p)) {
		memcpy(&p, profile, sizeof(p));
		p.ps_version |= 1;
		p.gtp &= 3;
		p.ethernet &= 3;
		p.ip &= 1;
		p.copies %= 3;
		p.integrity %= 3;
		p.aggregate_n |= 1;
		p.name = str(p.name);
		p.lea_name = str(p.lea_name);
		memcpy(profile, &p, sizeof(p));
	}
	for (uint32_t i = 0; i < h->rule_n; i++, rule += sizeof(r)) {
		memcpy(&r, rule, sizeof(r));
		r.a_len %= 129;
		r.b_len %= 129;
		r.kind = (uint8_t)(1 + r.kind % 5);
		r.what = (uint8_t)(1 + r.what % 2);
		memcpy(rule, &r, sizeof(r));
	}
	for (uint32_t i = 0; i < h->dest_n; i++, dest += sizeof(d)) {
		memcpy(&d, dest, sizeof(d));
		d.id = i + 1;
		d.pins_n %= 5;
		memcpy(dest, &d, sizeof(d));
	}
}

/* An image from the input, new (free). */
static uint8_t *
image_make(struct fuzz_in *f, uint8_t options, size_t *len)
{
	struct taskset_hdr h = {.magic = TASKSET_MAGIC, .layout = TASKSET_LAYOUT, .version = 1};
	uint32_t *const count[] = {
	    &h.ne_n, &h.warrant_n, &h.xid_n, &h.allow_n, &h.profile_n, &h.rule_n, &h.dest_n};
	uint8_t *image, *p, *ne, *warrant, *xid, *profile, *rule, *dest;

	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++)
		*count[i] = fuzz_u8(f) % (ROWS_MAX + 1);
	h.keys.len = fuzz_u8(f);
	image = malloc(sizeof(h) + ROWS_MAX * 4096 + f->n + STRINGS_MIN);
	assert(image != NULL);
	p = image + sizeof(h);
	ne = rows(&p, f, h.ne_n, sizeof(struct taskset_ne));
	warrant = rows(&p, f, h.warrant_n, sizeof(struct taskset_warrant));
	xid = rows(&p, f, h.xid_n, sizeof(struct taskset_xid));
	rows(&p, f, h.allow_n, sizeof(uint32_t));
	profile = rows(&p, f, h.profile_n, sizeof(struct taskset_profile));
	rule = rows(&p, f, h.rule_n, sizeof(struct taskset_rule));
	dest = rows(&p, f, h.dest_n, sizeof(struct taskset_dest));
	memset(p, 'x', STRINGS_MIN);
	if (f->n > 0)
		memcpy(p, f->p, f->n);
	h.strings_n = (uint32_t)(f->n < STRINGS_MIN ? STRINGS_MIN : f->n);
	for (uint32_t i = 0; i < h.ne_n && (options & 2); i++)
		ne_right(ne + i * sizeof(struct taskset_ne), i, &h);
	for (uint32_t i = 0; i < h.warrant_n && (options & 2); i++)
		warrant_right(warrant + i * sizeof(struct taskset_warrant), i, &h);
	if (options & 2)
		rest_right(xid, profile, rule, dest, &h);
	memcpy(image, &h, sizeof(h));
	*len = (size_t)(p - image) + h.strings_n;
	return image;
}

/* ---- what is taken */

static void
look_ne(const struct task_set *s)
{
	const struct taskset_ne *ne;

	for (size_t i = 0; (ne = task_ne_at(s, i)) != NULL; i++) {
		struct octets san = task_string(s, ne->san), name = task_string(s, ne->name);
		const struct taskset_rule *r = task_ne_rules(s, ne);

		assert(san.n > 0 && name.n > 0 && task_ne_by_id(s, ne->id) == ne);
		task_ne_by_san(s, (const char *)san.p, san.n);
		for (uint32_t k = 0; k < ne->rule_n; k++)
			assert(r[k].a_len <= 128);
	}
	assert(task_ne_by_id(s, 0) == NULL);
}

static void
look_warrant(struct task_set *s, uint32_t i, const uint8_t *image, size_t len)
{
	struct task_warrant *w = task_warrant(s, i);
	char *a, *b, *doc;
	size_t a_n = 0, b_n = 0;
	int doc_n;

	assert(task_warrant_by_id(s, w->row.id) == w && w->account->warrant == w->row.id);
	for (uint16_t type = TASK_TYPE_ANY; type < 3; type++)
		task_judge(s, w, 1 + type, type, w->row.from_ns, w->row.until_ns, 5);
	for (uint32_t k = 0; k < w->row.rule_n; k++)
		assert(w->rules[k].b_len <= 128);
	task_string(s, w->row.doc);
	a = task_statement(s, i, &a_n);
	b = task_doc(image, len, i, &b_n);
	assert((a == NULL) == (b == NULL) && a_n == b_n);
	if (a != NULL) {
		assert(memcmp(a, b, a_n) == 0 && a[0] == '{' && a[a_n - 1] == '}');
		doc = malloc(a_n + 100);
		assert(doc != NULL);
		memcpy(doc, "{\"order\":{},\"task\":", 19);
		memcpy(doc + 19, a, a_n);
		doc_n = snprintf(doc + 19 + a_n, 80, ",\"type\":\"%s\"}", TASK_DOC_TYPE);
		assert(task_doc_matches(doc, 19 + a_n + (size_t)doc_n, a, a_n));
		assert(!task_doc_matches(doc, 18 + a_n + (size_t)doc_n, a, a_n));
		free(doc);
	}
	free(a);
	free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct account_table *accounts;
	struct fuzz_in f = {in, n};
	uint8_t options = fuzz_u8(&f), *image;
	struct task_set *s = NULL;
	const char *why = NULL;
	size_t len = f.n, xids;
	uint8_t xid[16] = {0};
	int checked, built;

	log_init("fuzz", (enum log_level)0);
	if (accounts == NULL)
		accounts = account_table_new();
	image = options & 1 ? (uint8_t *)fuzz_text((struct octets){f.p, f.n})
			    : image_make(&f, options, &len);
	checked = task_check(image, len, &why);
	built = task_build(image, len, accounts, &s, &why);
	assert(checked == built && (built == 0 || (built == -EINVAL && why != NULL)));
	if (built == 0) {
		look_ne(s);
		for (uint32_t i = 0; i < task_warrant_n(s); i++)
			look_warrant(s, i, image, len);
		for (xid[0] = 0; xid[0] < ROWS_MAX; xid[0]++)
			assert((task_lookup(s, xid, &xids) == NULL) == (xids == 0));
		task_keys(s);
		task_version(s);
		task_profile_n(s);
	}
	task_set_free(s);
	free(image);
	return 0;
}
