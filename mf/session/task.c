/* SPDX-License-Identifier: Apache-2.0 */
/* The task set in force; see task.h. */
#include "session/task.h"

#include "session/task_doc.h"
#include "session/task_layout.h"
#include "spec/ts103221_2.h"

#include "base/log.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The rows are copied: in the image they follow each other without padding, so they need not be
 * aligned. */
struct task_set {
	uint64_t version;
	struct taskset_ne *ne;
	size_t ne_n;
	struct task_warrant *warrant;
	size_t warrant_n;
	struct taskset_xid *xid;
	size_t xid_n;
	uint32_t *allow;
	struct taskset_profile *profile;
	size_t profile_n;
	struct taskset_rule *rule;
	struct taskset_dest *dest;
	size_t dest_n;
	struct taskset_str keys;
	uint32_t *xid_of;     /* rows of xid[], those of one warrant behind each other; NULL: not
				 asked for yet */
	uint32_t *xid_of_end; /* by warrant: where its run ends */
	uint8_t *strings;
	uint32_t *xid_slot; /* first row of the XID + 1; 0: free */
	size_t xid_slot_n;
	uint32_t *san_slot; /* NE + 1 */
	size_t san_slot_n;
	uint32_t *id_slot; /* warrant + 1 */
	size_t id_slot_n;
};

static bool
task_str_ok(struct taskset_str s, uint32_t strings_n)
{
	return s.len > 0 && s.len <= 1024 && s.off <= strings_n && s.len <= strings_n - s.off;
}

static int
task_u32_cmp(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Ids are not zero and each occurs once.  IDS is sorted in place. */
static bool
task_ids_unique(uint32_t *ids, size_t n)
{
	if (n == 0)
		return true;
	qsort(ids, n, sizeof(*ids), task_u32_cmp);
	for (size_t i = 1; i < n; i++)
		if (ids[i] == ids[i - 1])
			return false;
	return ids[0] != 0;
}

static uint32_t *
task_ids_new(size_t n)
{
	uint32_t *ids = malloc((n + 1) * sizeof(*ids));

	assert(ids != NULL);
	return ids;
}

static int
task_check_ne(const uint8_t *image, const struct task_layout *l, const char **why)
{
	uint32_t *ids = task_ids_new(l->hdr.ne_n);
	struct taskset_ne ne;
	int r = 0;

	*why = "network element";
	for (uint32_t i = 0; i < l->hdr.ne_n && r == 0; i++) {
		memcpy(&ne, image + l->ne + (uint64_t)i * sizeof(ne), sizeof(ne));
		ids[i] = ne.id;
		if (!task_str_ok(ne.name, l->hdr.strings_n) ||
		    !task_str_ok(ne.san, l->hdr.strings_n) || ne.pins_n > 2 ||
		    ne.rule_off > l->hdr.rule_n || ne.rule_n > l->hdr.rule_n - ne.rule_off)
			r = -EINVAL;
	}
	if (r == 0 && !task_ids_unique(ids, l->hdr.ne_n))
		r = -EINVAL;
	free(ids);
	return r;
}

/* A statement, or the key lists: longer than names, and may be missing. */
static bool
task_doc_ok(struct taskset_str s, const struct task_layout *l)
{
	return s.off <= l->hdr.strings_n && s.len <= l->hdr.strings_n - s.off;
}

static bool
task_warrant_ok(const struct taskset_warrant *w, const struct task_layout *l)
{
	return w->lea != 0 && w->liid_n >= 1 && w->liid_n <= sizeof(w->liid) &&
	       w->operator_n >= 1 && w->operator_n <= sizeof(w->operator_id) &&
	       w->neid_n <= sizeof(w->neid) && (w->delivery & ~(TASKSET_IRI | TASKSET_CC)) == 0 &&
	       w->allow_off <= l->hdr.allow_n && w->allow_n <= l->hdr.allow_n - w->allow_off &&
	       w->profile < l->hdr.profile_n && w->content <= TASKSET_SUMMARY &&
	       w->country_n <= TASKSET_COUNTRIES && w->rule_off <= l->hdr.rule_n &&
	       w->rule_n <= l->hdr.rule_n - w->rule_off &&
	       (w->order_until_ns == 0 || w->until_ns <= w->order_until_ns) &&
	       task_doc_ok(w->doc, l);
}

static int
task_check_warrant(const uint8_t *image, const struct task_layout *l, const char **why)
{
	uint32_t *ids = task_ids_new(l->hdr.warrant_n);
	struct taskset_warrant w;
	int r = 0;

	*why = "warrant";
	for (uint32_t i = 0; i < l->hdr.warrant_n && r == 0; i++) {
		memcpy(&w, image + l->warrant + (uint64_t)i * sizeof(w), sizeof(w));
		ids[i] = w.id;
		if (!task_warrant_ok(&w, l))
			r = -EINVAL;
	}
	if (r == 0 && !task_ids_unique(ids, l->hdr.warrant_n))
		r = -EINVAL;
	free(ids);
	return r;
}

static int
task_check_xid(const uint8_t *image, const struct task_layout *l, const char **why)
{
	struct taskset_xid x, before = {0};

	*why = "XID";
	for (uint32_t i = 0; i < l->hdr.xid_n; i++) {
		int order;

		memcpy(&x, image + l->xid + (uint64_t)i * sizeof(x), sizeof(x));
		if (x.warrant >= l->hdr.warrant_n)
			return -EINVAL;
		order = i == 0 ? -1 : memcmp(before.xid, x.xid, 16);
		if (order > 0 || (order == 0 && before.warrant >= x.warrant))
			return -EINVAL;
		before = x;
	}
	return 0;
}

static bool
task_profile_ok(const struct taskset_profile *p, const struct task_layout *l)
{
	return p->ps_version >= 1 && p->gtp <= TASKSET_GTP_EPS &&
	       p->ethernet <= TASKSET_ETHERNET_UPF && p->ip <= TASKSET_IP_UPF &&
	       p->copies <= TASKSET_COPIES_PASS && p->integrity <= TASKSET_INTEGRITY_SIGNED &&
	       p->aggregate_n >= 1 && task_str_ok(p->name, l->hdr.strings_n) &&
	       task_str_ok(p->lea_name, l->hdr.strings_n);
}

static int
task_check_profile(const uint8_t *image, const struct task_layout *l, const char **why)
{
	struct taskset_profile p;

	*why = "profile";
	for (uint32_t i = 0; i < l->hdr.profile_n; i++) {
		memcpy(&p, image + l->profile + (uint64_t)i * sizeof(p), sizeof(p));
		if (!task_profile_ok(&p, l))
			return -EINVAL;
	}
	return 0;
}

static int
task_check_rule(const uint8_t *image, const struct task_layout *l, const char **why)
{
	struct taskset_rule r;

	*why = "rule";
	for (uint32_t i = 0; i < l->hdr.rule_n; i++) {
		memcpy(&r, image + l->rule + (uint64_t)i * sizeof(r), sizeof(r));
		if (r.a_len > 128 || r.b_len > 128 || r.kind < TASKSET_RULE_NET ||
		    r.kind > TASKSET_RULE_BOUND || r.what < TASKSET_RULE_EXCLUDE ||
		    r.what > TASKSET_RULE_TARGET)
			return -EINVAL;
	}
	return 0;
}

static int
task_check_dest(const uint8_t *image, const struct task_layout *l, const char **why)
{
	struct taskset_dest d;
	uint32_t before = 0;

	*why = "destination";
	for (uint32_t i = 0; i < l->hdr.dest_n; i++) {
		memcpy(&d, image + l->dest + (uint64_t)i * sizeof(d), sizeof(d));
		if (d.id <= before || d.pins_n > sizeof(d.pin) / sizeof(d.pin[0]))
			return -EINVAL;
		before = d.id;
	}
	*why = "key lists";
	return task_doc_ok(l->hdr.keys, l) ? 0 : -EINVAL;
}

int
task_check(const void *image, size_t len, const char **why)
{
	struct task_layout l;
	int r = task_layout_read(image, len, &l, why);

	if (r == 0)
		r = task_check_ne(image, &l, why);
	if (r == 0)
		r = task_check_warrant(image, &l, why);
	if (r == 0)
		r = task_check_xid(image, &l, why);
	if (r == 0)
		r = task_check_profile(image, &l, why);
	if (r == 0)
		r = task_check_rule(image, &l, why);
	if (r == 0)
		r = task_check_dest(image, &l, why);
	return r;
}

/* Returns new memory with N octets from P; never NULL. */
static void *
task_copy(const uint8_t *p, size_t n)
{
	void *out = malloc(n + 1);

	assert(out != NULL);
	if (n > 0)
		memcpy(out, p, n);
	return out;
}

static size_t
task_slots(size_t n)
{
	size_t slots = 16;

	while (slots < n * 2)
		slots *= 2;
	return slots;
}

static size_t
task_xid_hash(const uint8_t xid[16])
{
	uint64_t h = (octets_get64(xid) ^ octets_get64(xid + 8) * UINT64_C(0x9e3779b97f4a7c15)) *
		     UINT64_C(0xbf58476d1ce4e5b9);

	return (size_t)(h ^ h >> 32);
}

static void
task_index_xid(struct task_set *s)
{
	s->xid_slot_n = task_slots(s->xid_n);
	s->xid_slot = calloc(s->xid_slot_n, sizeof(*s->xid_slot));
	assert(s->xid_slot != NULL);
	for (size_t i = 0; i < s->xid_n; i++) {
		size_t k = task_xid_hash(s->xid[i].xid) & (s->xid_slot_n - 1);

		if (i > 0 && memcmp(s->xid[i].xid, s->xid[i - 1].xid, 16) == 0)
			continue; /* found through the first row of its run */
		while (s->xid_slot[k] != 0)
			k = (k + 1) & (s->xid_slot_n - 1);
		s->xid_slot[k] = (uint32_t)i + 1;
	}
}

static size_t
task_id_hash(uint32_t id)
{
	return (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20);
}

static size_t
task_san_hash(const uint8_t *p, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)tolower(p[i])) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static void
task_index_san(struct task_set *s)
{
	s->san_slot_n = task_slots(s->ne_n);
	s->san_slot = calloc(s->san_slot_n, sizeof(*s->san_slot));
	assert(s->san_slot != NULL);
	for (size_t i = 0; i < s->ne_n; i++) {
		struct octets san = task_string(s, s->ne[i].san);
		size_t k = task_san_hash(san.p, san.n) & (s->san_slot_n - 1);

		while (s->san_slot[k] != 0)
			k = (k + 1) & (s->san_slot_n - 1);
		s->san_slot[k] = (uint32_t)i + 1;
	}
}

static void
task_index_id(struct task_set *s)
{
	s->id_slot_n = task_slots(s->warrant_n);
	s->id_slot = calloc(s->id_slot_n, sizeof(*s->id_slot));
	assert(s->id_slot != NULL);
	for (size_t i = 0; i < s->warrant_n; i++) {
		size_t k = task_id_hash(s->warrant[i].row.id) & (s->id_slot_n - 1);

		while (s->id_slot[k] != 0)
			k = (k + 1) & (s->id_slot_n - 1);
		s->id_slot[k] = (uint32_t)i + 1;
	}
}

static const char *
task_country(const char cc[2])
{
	return cc[0] != '\0' ? cc : NULL;
}

/* A warrant that cannot be encoded is served to nobody, and does not stop the others. */
static void
task_build_warrants(struct task_set *s, const uint8_t *rows, struct account_table *accounts)
{
	s->warrant = calloc(s->warrant_n + 1, sizeof(*s->warrant));
	assert(s->warrant != NULL);
	for (size_t i = 0; i < s->warrant_n; i++) {
		struct task_warrant *w = &s->warrant[i];
		struct taskset_warrant *r = &w->row;
		const struct taskset_profile *profile;

		memcpy(r, rows + i * sizeof(*r), sizeof(*r));
		profile = w->profile = &s->profile[r->profile];
		w->rules = s->rule + r->rule_off;
		if (handover_warrant_init(&w->ho, (struct octets){r->liid, r->liid_n},
			task_country(r->auth_cc), task_country(r->delivery_cc),
			(struct octets){r->operator_id, r->operator_n},
			(struct octets){r->neid, r->neid_n}, profile->ps_version,
			profile->gtime) < 0) {
			log_err("TASK-BAD",
			    "warrant %u: LIID, operator or country code cannot be encoded: it is "
			    "treated as suspended; correct it with mdfctl warrant",
			    r->id);
			r->suspended = 1;
		}
		w->account = account_get(accounts, r->id);
	}
}

int
task_build(const void *image, size_t len, struct account_table *accounts, struct task_set **out,
    const char **why)
{
	const uint8_t *p = image;
	struct task_layout l;
	struct task_set *s;

	if (task_check(image, len, why) < 0 || task_layout_read(image, len, &l, why) < 0)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	assert(s != NULL);
	s->version = l.hdr.version;
	s->ne_n = l.hdr.ne_n;
	s->warrant_n = l.hdr.warrant_n;
	s->xid_n = l.hdr.xid_n;
	s->ne = task_copy(p + l.ne, s->ne_n * sizeof(*s->ne));
	s->xid = task_copy(p + l.xid, s->xid_n * sizeof(*s->xid));
	s->allow = task_copy(p + l.allow, l.hdr.allow_n * sizeof(*s->allow));
	s->profile_n = l.hdr.profile_n;
	s->profile = task_copy(p + l.profile, l.hdr.profile_n * sizeof(*s->profile));
	s->rule = task_copy(p + l.rule, l.hdr.rule_n * sizeof(*s->rule));
	s->dest_n = l.hdr.dest_n;
	s->dest = task_copy(p + l.dest, s->dest_n * sizeof(*s->dest));
	s->keys = l.hdr.keys;
	s->strings = task_copy(p + l.strings, l.hdr.strings_n);
	task_index_xid(s);
	task_index_san(s);
	task_build_warrants(s, p + l.warrant, accounts);
	task_index_id(s);
	*out = s;
	return 0;
}

int
task_load(int fd, struct account_table *accounts, struct task_set **out, const char **why)
{
	const int need = F_SEAL_SHRINK | F_SEAL_WRITE;
	struct stat st;
	void *image;
	int seals, r;

	*why = "descriptor";
	if (fd < 0)
		return -EBADF;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & need) != need || fstat(fd, &st) < 0) {
		close(fd);
		return -EPERM;
	}
	if (st.st_size <= 0 || (uint64_t)st.st_size > TASK_IMAGE_MAX) {
		close(fd);
		return -EMSGSIZE;
	}
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	r = image == MAP_FAILED ? -errno : 0;
	close(fd);
	if (r < 0)
		return r;
	r = task_build(image, (size_t)st.st_size, accounts, out, why);
	munmap(image, (size_t)st.st_size);
	return r;
}

void
task_set_free(struct task_set *s)
{
	if (s == NULL)
		return;
	free(s->ne);
	free(s->warrant);
	free(s->xid);
	free(s->allow);
	free(s->id_slot);
	free(s->profile);
	free(s->rule);
	free(s->dest);
	free(s->xid_of);
	free(s->xid_of_end);
	free(s->strings);
	free(s->xid_slot);
	free(s->san_slot);
	free(s);
}

uint64_t
task_version(const struct task_set *s)
{
	return s->version;
}

size_t
task_warrant_n(const struct task_set *s)
{
	return s->warrant_n;
}

size_t
task_profile_n(const struct task_set *s)
{
	return s->profile_n;
}

size_t
task_ne_n(const struct task_set *s)
{
	return s->ne_n;
}

const struct taskset_ne *
task_ne_at(const struct task_set *s, size_t i)
{
	return i < s->ne_n ? &s->ne[i] : NULL;
}

struct task_warrant *
task_warrant_by_id(struct task_set *s, uint32_t id)
{
	size_t k = task_id_hash(id) & (s->id_slot_n - 1);

	for (; s->id_slot[k] != 0; k = (k + 1) & (s->id_slot_n - 1))
		if (s->warrant[s->id_slot[k] - 1].row.id == id)
			return &s->warrant[s->id_slot[k] - 1];
	return NULL;
}

const struct taskset_rule *
task_ne_rules(const struct task_set *s, const struct taskset_ne *ne)
{
	return s->rule + ne->rule_off;
}

struct octets
task_string(const struct task_set *s, struct taskset_str str)
{
	return (struct octets){s->strings + str.off, str.len};
}

struct octets
task_keys(const struct task_set *s)
{
	return task_string(s, s->keys);
}

/* ---- what is signed */

/* The XIDs of each warrant, in their order. */
static void
task_index_xid_of(struct task_set *s)
{
	uint32_t sum = 0;

	s->xid_of = calloc(s->xid_n + 1, sizeof(*s->xid_of));
	s->xid_of_end = calloc(s->warrant_n + 1, sizeof(*s->xid_of_end));
	assert(s->xid_of != NULL && s->xid_of_end != NULL);
	for (size_t i = 0; i < s->xid_n; i++)
		s->xid_of_end[s->xid[i].warrant]++;
	for (size_t i = 0; i < s->warrant_n; i++) { /* now: where its run begins */
		uint32_t n = s->xid_of_end[i];

		s->xid_of_end[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < s->xid_n; i++)
		s->xid_of[s->xid_of_end[s->xid[i].warrant]++] = (uint32_t)i;
}

static const struct taskset_dest *
task_dest(const struct task_set *s, uint32_t id)
{
	size_t lo = 0, hi = s->dest_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->dest[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->dest_n && s->dest[lo].id == id ? &s->dest[lo] : NULL;
}

static struct task_doc_text
task_doc_string(const struct task_set *s, struct taskset_str str)
{
	return (struct task_doc_text){s->strings + str.off, str.len};
}

char *
task_statement(struct task_set *s, uint32_t index, size_t *n)
{
	const struct task_warrant *w = &s->warrant[index];
	struct task_doc_in in = {.w = &w->row,
	    .lea = task_doc_string(s, w->profile->lea_name),
	    .profile = task_doc_string(s, w->profile->name),
	    .rule = w->rules,
	    .hi2 = task_dest(s, w->row.dest_hi2),
	    .hi3 = task_dest(s, w->row.dest_hi3)};
	uint8_t(*xid)[16];
	uint32_t first;
	char *text;

	if (s->xid_of == NULL)
		task_index_xid_of(s);
	first = index == 0 ? 0 : s->xid_of_end[index - 1];
	in.xid_n = s->xid_of_end[index] - first;
	xid = calloc(in.xid_n + 1, sizeof(*xid));
	in.ne = calloc((size_t)w->row.allow_n + 1, sizeof(*in.ne));
	assert(xid != NULL && in.ne != NULL);
	for (size_t i = 0; i < in.xid_n; i++)
		memcpy(xid[i], s->xid[s->xid_of[first + i]].xid, sizeof(xid[i]));
	in.xid = (const uint8_t(*)[16])xid;
	for (; in.ne_n < w->row.allow_n; in.ne_n++) {
		const struct taskset_ne *ne =
		    task_ne_by_id(s, s->allow[w->row.allow_off + in.ne_n]);

		in.ne[in.ne_n] = ne != NULL ? task_doc_string(s, ne->name)
					    : (struct task_doc_text){(const uint8_t *)"", 0};
	}
	text = task_doc_write(&in, n);
	free(xid);
	free(in.ne);
	return text;
}

/* URIs are compared octet for octet, DNS names in any case (RFC 6125). */
static bool
task_san_eq(struct octets a, const char *b, size_t n)
{
	if (a.n != n)
		return false;
	if (memchr(a.p, ':', a.n) != NULL)
		return memcmp(a.p, b, n) == 0;
	return strncasecmp((const char *)a.p, b, n) == 0;
}

const struct taskset_ne *
task_ne_by_san(const struct task_set *s, const char *san, size_t n)
{
	size_t k = task_san_hash((const uint8_t *)san, n) & (s->san_slot_n - 1);

	for (; s->san_slot[k] != 0; k = (k + 1) & (s->san_slot_n - 1)) {
		const struct taskset_ne *ne = &s->ne[s->san_slot[k] - 1];

		if (task_san_eq(task_string(s, ne->san), san, n))
			return ne;
	}
	return NULL;
}

const struct taskset_ne *
task_ne_by_id(const struct task_set *s, uint32_t id)
{
	for (size_t i = 0; i < s->ne_n; i++)
		if (s->ne[i].id == id)
			return &s->ne[i];
	return NULL;
}

const struct taskset_xid *
task_lookup(const struct task_set *s, const uint8_t xid[16], size_t *n)
{
	size_t k = task_xid_hash(xid) & (s->xid_slot_n - 1);

	*n = 0;
	for (; s->xid_slot[k] != 0; k = (k + 1) & (s->xid_slot_n - 1)) {
		size_t first = s->xid_slot[k] - 1;

		if (memcmp(s->xid[first].xid, xid, 16) != 0)
			continue;
		while (first + *n < s->xid_n && memcmp(s->xid[first + *n].xid, xid, 16) == 0)
			(*n)++;
		return &s->xid[first];
	}
	return NULL;
}

struct task_warrant *
task_warrant(struct task_set *s, uint32_t index)
{
	assert(index < s->warrant_n);
	return &s->warrant[index];
}

static bool
task_ne_allowed(const struct task_set *s, const struct taskset_warrant *w, uint32_t ne)
{
	if (w->any_ne)
		return true;
	for (uint32_t i = 0; i < w->allow_n; i++)
		if (s->allow[w->allow_off + i] == ne)
			return true;
	return false;
}

static bool
task_country_allowed(const struct task_set *s, const struct taskset_warrant *w, uint32_t id)
{
	const struct taskset_ne *ne = task_ne_by_id(s, id);

	for (uint8_t i = 0; ne != NULL && i < w->country_n; i++)
		if (memcmp(w->country[i], ne->country, 2) == 0)
			return true;
	return false;
}

enum reject_code
task_judge(const struct task_set *s, const struct task_warrant *w, uint32_t ne, uint16_t type,
    int64_t pdu_ns, int64_t now_ns, int64_t grace_ns)
{
	if (!task_ne_allowed(s, &w->row, ne))
		return REJECT_NE_NOT_ALLOWED;
	if (w->row.country_n > 0 && !task_country_allowed(s, &w->row, ne))
		return REJECT_COUNTRY;
	return task_judge_window(w, type, pdu_ns, now_ns, grace_ns);
}

enum reject_code
task_judge_window(
    const struct task_warrant *w, uint16_t type, int64_t pdu_ns, int64_t now_ns, int64_t grace_ns)
{
	const struct taskset_warrant *r = &w->row;
	uint8_t scope = TASKSET_CC | TASKSET_IRI;

	if (type == X23_TYPE_X2)
		scope = TASKSET_IRI;
	else if (type == X23_TYPE_X3 && r->content == TASKSET_FULL)
		scope = TASKSET_CC; /* else: headers and summaries of content are IRI */
	if (r->suspended || w->keyless)
		return REJECT_SUSPENDED;
	if (pdu_ns < r->from_ns || now_ns < r->from_ns)
		return REJECT_NOT_YET_VALID;
	if (pdu_ns >= r->until_ns || (now_ns > grace_ns && now_ns - grace_ns >= r->until_ns))
		return REJECT_EXPIRED;
	return r->delivery & scope ? REJECT_NONE : REJECT_OUT_OF_SCOPE;
}
