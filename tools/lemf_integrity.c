/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_integrity.h. */
#include "lemf_integrity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK_HASH 1
#define CHECK_SIGNATURE 2

/* One integrityCheck PDU, decoded. */
struct check {
	const struct lemf_mark *mark;
	struct lemf_session *session;
	enum lemf_class cls;
	uint64_t type, hash_alg;
	uint32_t *seq;
	size_t seq_n;
	struct octets value; /* checkValue; into the stored octets */
	struct octets body;  /* the integrityCheck element: what is signed */
	bool is_signed;
};

struct verifier {
	struct lemf_sessions *s;
	EVP_PKEY *key;
	struct lemf_integrity *out;
	lemf_integrity_cb *cb;
	void *arg;
	struct check *list; /* by session */
	size_t n;
	size_t *first;	   /* by session: index of its first check */
	uint8_t *liid_has; /* by session: bits 1 << type of the checks that its LIID has */
};

EVP_PKEY *
lemf_integrity_key(const char *path)
{
	FILE *f = fopen(path, "rbe");
	EVP_PKEY *key = f ? PEM_read_PUBKEY(f, NULL, NULL, NULL) : NULL;

	if (f)
		fclose(f);
	return key;
}

static void
say(struct verifier *v, const struct check *c, const char *what, uint32_t seq, bool with_seq)
{
	char text[200], number[32] = "";

	if (with_seq)
		snprintf(number, sizeof(number), " %" PRIu32, seq);
	snprintf(text, sizeof(text), "%s %s %" PRIu32 ": %s%s", lemf_class_name(c->cls),
	    c->type == CHECK_SIGNATURE ? "signature" : "hash", c->mark->seq, what, number);
	v->cb(c->session, text, v->arg);
}

/* ---- reading the checks */

static void
read_check(struct check *c, const struct lemf_pdu *pdu)
{
	const struct lemf_tree *t = &pdu->tree;
	const struct lemf_node *i = lemf_tree_find(t, NULL, "payload.tRIPayload.integrityCheck"),
			       *n;
	uint64_t alg = lemf_node_uint(lemf_tree_find(t, i, "hashAlgorithm"));

	c->type = lemf_node_uint(lemf_tree_find(t, i, "checkType"));
	c->cls = lemf_node_uint(lemf_tree_find(t, i, "dataType")) == 2 ? LEMF_CC : LEMF_IRI;
	n = lemf_tree_find(t, i, "checkValue");
	if (n && !n->tlv.constructed)
		c->value = n->val;
	c->hash_alg = alg		 ? alg
		      : c->value.n == 20 ? 1
		      : c->value.n == 48 ? 3
		      : c->value.n == 64 ? 4
					 : 2;
	if (i)
		c->body = (struct octets){t->raw.p + i->tlv.at, i->tlv.total_len};
	n = lemf_tree_find(t, i, "includedSequenceNumbers");
	for (const struct lemf_node *k = lemf_tree_child(t, n); k; k = lemf_tree_next(t, k))
		c->seq_n++;
	c->seq = calloc(c->seq_n + 1, sizeof(*c->seq));
	assert(c->seq);
	c->seq_n = 0;
	for (const struct lemf_node *k = lemf_tree_child(t, n); k; k = lemf_tree_next(t, k))
		c->seq[c->seq_n++] = (uint32_t)lemf_node_uint(k);
}

static void
read_checks(struct verifier *v)
{
	struct lemf_pdu pdu;

	v->list = calloc(v->s->mark_n + 1, sizeof(*v->list));
	assert(v->list);
	lemf_pdu_init(&pdu);
	for (size_t i = 0; i < v->s->mark_n; i++) {
		const struct lemf_mark *m = &v->s->marks[i];
		struct check *c = &v->list[v->n];

		if (m->tag != 0 || m->again)
			continue;
		lemf_pdu_decode(&pdu, m->raw);
		c->mark = m;
		c->session = &v->s->list[m->session];
		read_check(c, &pdu);
		v->n++;
	}
	lemf_pdu_fini(&pdu);
	v->out->any = v->n > 0;
}

/* ---- hashes */

static const EVP_MD *
hash_md(uint64_t alg)
{
	return alg == 1	  ? EVP_sha1()
	       : alg == 2 ? EVP_sha256()
	       : alg == 3 ? EVP_sha384()
	       : alg == 4 ? EVP_sha512()
			  : NULL;
}

/* The hash over the first copies of epoch EPOCH; false when one is missing. */
static bool
hash_of(const struct verifier *v, const struct check *c, uint32_t epoch, uint8_t *out, unsigned *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool all = true;

	assert(ctx);
	EVP_DigestInit_ex(ctx, hash_md(c->hash_alg), NULL);
	for (size_t i = 0; i < c->seq_n && all; i++) {
		const struct lemf_entry *e =
		    lemf_sessions_find(v->s, c->session, c->cls, epoch, c->seq[i]);

		all = e != NULL;
		if (e)
			EVP_DigestUpdate(ctx, e->raw.p, e->raw.n);
	}
	EVP_DigestFinal_ex(ctx, out, n);
	EVP_MD_CTX_free(ctx);
	return all;
}

/* The epoch that C speaks of: the one whose octets it fits, else the newest. */
static bool
find_epoch(const struct verifier *v, const struct check *c, uint32_t *epoch)
{
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	for (uint32_t e = c->session->epoch_n + 1; e-- > 0;)
		if (hash_of(v, c, e, value, &n) && n == c->value.n &&
		    memcmp(value, c->value.p, n) == 0) {
			*epoch = e;
			return true;
		}
	*epoch = c->session->epoch_n;
	return false;
}

static void
cover(struct verifier *v, const struct check *c, uint32_t epoch)
{
	for (size_t i = 0; i < c->seq_n; i++) {
		struct lemf_entry *e =
		    lemf_sessions_find(v->s, c->session, c->cls, epoch, c->seq[i]);

		if (!e) {
			v->out->missing++;
			say(v, c, "includes a number that was not received:", c->seq[i], true);
		} else if (e->covered++ == 1) {
			v->out->twice++;
			say(v, c, "includes a number that is covered already:", c->seq[i], true);
		}
	}
}

static void
check_hash(struct verifier *v, struct check *c)
{
	uint32_t epoch = 0;
	bool ok = hash_md(c->hash_alg) && c->seq_n > 0 && find_epoch(v, c, &epoch);

	*(ok ? &v->out->hashes_ok : &v->out->hashes_bad) += 1;
	if (!ok)
		say(v, c, c->seq_n ? "does not fit the octets received" : "covers nothing", 0,
		    false);
	cover(v, c, epoch);
	for (size_t i = 1; i < c->seq_n; i++)
		if (c->seq[i] <= c->seq[i - 1]) {
			v->out->order++;
			say(v, c, "numbers do not ascend at", c->seq[i], true);
			break;
		}
}

/* ---- signatures */

/* The hash PDU with that number that came last before C. */
static struct check *
signed_check(struct verifier *v, const struct check *c, uint32_t seq)
{
	struct check *best = NULL;

	for (size_t i = v->first[c->session - v->s->list];
	     i < v->n && v->list[i].session == c->session; i++) {
		struct check *h = &v->list[i];

		if (h->type != CHECK_HASH || h->cls != c->cls || h->mark->seq != seq)
			continue;
		if (!best || h->mark->n < c->mark->n)
			best = h;
	}
	return best;
}

/* What is signed: the integrityCheck elements one after another.  NULL with a finding when one is
 * missing. */
static uint8_t *
signed_octets(struct verifier *v, struct check *c, size_t *len)
{
	uint8_t *buf;

	*len = 0;
	for (size_t i = 0; i < c->seq_n; i++) {
		struct check *h = signed_check(v, c, c->seq[i]);

		if (!h) {
			say(v, c, "a hash PDU was not received:", c->seq[i], true);
			return NULL;
		}
		h->is_signed = true;
		*len += h->body.n;
	}
	buf = malloc(*len + 1);
	assert(buf);
	*len = 0;
	for (size_t i = 0; i < c->seq_n; i++) {
		struct check *h = signed_check(v, c, c->seq[i]);

		memcpy(buf + *len, h->body.p, h->body.n);
		*len += h->body.n;
	}
	return buf;
}

static bool
verify(EVP_PKEY *key, struct octets data, struct octets value)
{
	int id = EVP_PKEY_base_id(key), bits = EVP_PKEY_bits(key);
	const EVP_MD *md = id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448 ? NULL
			   : bits <= 256				  ? EVP_sha256()
			   : bits <= 384				  ? EVP_sha384()
									  : EVP_sha512();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	assert(ctx);
	if (id == EVP_PKEY_DSA)
		md = EVP_sha256();
	ok = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, value.p, value.n, data.p, data.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static void
check_signature(struct verifier *v, struct check *c)
{
	size_t n;
	uint8_t *buf = signed_octets(v, c, &n);

	if (!buf || !c->seq_n) {
		v->out->bad++;
	} else if (!v->key) {
		v->out->unchecked++;
	} else if (verify(v->key, (struct octets){buf, n}, c->value)) {
		v->out->signatures_ok++;
	} else {
		v->out->bad++;
		say(v, c, "is not of this key over these hash PDUs", 0, false);
	}
	free(buf);
}

/* ---- what is not covered */

/* Sessions and checks stand in the order of the LIID. */
static void
index_checks(struct verifier *v)
{
	size_t n = v->s->n, from, i;

	v->first = calloc(n + 1, sizeof(*v->first));
	v->liid_has = calloc(n + 1, 1);
	assert(v->first && v->liid_has);
	for (i = v->n; i-- > 0;) {
		v->first[v->list[i].session - v->s->list] = i;
		v->liid_has[v->list[i].session - v->s->list] |=
		    (uint8_t)(1 << (v->list[i].type & 3));
	}
	for (from = 0; from < n; from = i) {
		uint8_t all = 0;

		for (i = from; i < n && !strcmp(v->s->list[i].liid, v->s->list[from].liid); i++)
			all |= v->liid_has[i];
		memset(v->liid_has + from, all, i - from);
	}
}

static bool
liid_has(const struct verifier *v, const struct lemf_session *x, unsigned type)
{
	return v->liid_has[x - v->s->list] & 1 << type;
}

static void
count_covered(struct verifier *v, struct lemf_session *x)
{
	char text[80];

	for (size_t i = 0; i < x->entry_n; i++) {
		const struct lemf_entry *e = &v->s->entries[x->first_entry + i];

		if (e->again)
			continue;
		v->out->covered += e->covered > 0;
		if (e->covered)
			continue;
		v->out->uncovered++;
		snprintf(text, sizeof(text), "%s %" PRIu32 ": covered by no hash",
		    lemf_class_name(e->cls), e->seq);
		v->cb(x, text, v->arg);
	}
}

void
lemf_integrity_check(struct lemf_sessions *s, EVP_PKEY *key, struct lemf_integrity *out,
    lemf_integrity_cb *cb, void *arg)
{
	struct verifier v = {.s = s, .key = key, .out = out, .cb = cb, .arg = arg};

	memset(out, 0, sizeof(*out));
	read_checks(&v);
	index_checks(&v);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].type == CHECK_HASH)
			check_hash(&v, &v.list[i]);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].type == CHECK_SIGNATURE)
			check_signature(&v, &v.list[i]);
	for (size_t i = 0; i < s->n; i++)
		if (liid_has(&v, &s->list[i], CHECK_HASH))
			count_covered(&v, &s->list[i]);
	for (size_t i = 0; i < v.n; i++)
		if (v.list[i].type == CHECK_HASH && !v.list[i].is_signed &&
		    liid_has(&v, v.list[i].session, CHECK_SIGNATURE)) {
			out->unsigned_n++;
			say(&v, &v.list[i], "is under no signature", 0, false);
		}
	for (size_t i = 0; i < v.n; i++)
		free(v.list[i].seq);
	free(v.list);
	free(v.first);
	free(v.liid_has);
}
