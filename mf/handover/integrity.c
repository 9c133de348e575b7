/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of PDUs and of hash PDUs, when they end, and what is computed over them; see integrity.h.
 * The octets of the check PDUs are in integrity_pdu.c. */
#include "handover/integrity.h"
#include "spec/ts102232_1.h"

#include <openssl/evp.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#define STREAMS_MAX 65536
#define BUCKETS 16384	     /* power of two */
#define SPARE_MAX 1024	     /* closed streams whose memory is kept */
#define RUN_MAX 16384	     /* PDUs of a run, whatever the profile says */
#define BODIES_MAX (1 << 20) /* octets of hash PDUs of a run, likewise */
#define EVICT_TRIES 16
#define NS_PER_MS 1000000

/* Numbers of what is covered, and when the first of it came. */
struct run {
	uint32_t *seq;
	size_t n, max;
	int64_t first_ns;
};

struct stream {
	struct integrity_stream id;
	struct integrity_conf conf; /* holds a reference of its key */
	EVP_MD_CTX *hash;	    /* of the PDUs in the run */
	struct run pdus, checks;
	uint8_t *bodies; /* of the hash PDUs in checks; EdDSA wants them in one piece */
	size_t bodies_n, bodies_max;
	bool closing; /* the session has ended */
	LIST_ENTRY(stream) in_bucket;
	TAILQ_ENTRY(stream) in_use;
};
LIST_HEAD(bucket, stream);
TAILQ_HEAD(streams, stream);

struct integrity {
	integrity_emit_cb emit;
	void *arg;
	size_t max, n, spare_n;
	uint64_t uncovered_n;
	struct bucket bucket[BUCKETS];
	struct streams used, spare; /* used: least recently used first */
	EVP_MD_CTX *final;
};

/* ---- algorithms */

static const EVP_MD *
hash_md(uint8_t alg)
{
	switch (alg) {
	case HASH_SHA384:
		return EVP_sha384();
	case HASH_SHA512:
		return EVP_sha512();
	}
	return EVP_sha256();
}

static bool
key_fits(const struct integrity_conf *c)
{
	int id = c->key ? EVP_PKEY_base_id(c->key) : 0;

	return (c->sign_alg == SIGN_ECDSA && id == EVP_PKEY_EC) ||
	       (c->sign_alg == SIGN_EDDSA && (id == EVP_PKEY_ED25519 || id == EVP_PKEY_ED448));
}

int
integrity_conf_check(const struct integrity_conf *c)
{
	if (c->hash_alg < HASH_SHA256 || c->hash_alg > HASH_SHA512)
		return -EINVAL;
	return c->sign_alg == 0 || key_fits(c) ? 0 : -EINVAL;
}

/* The digest inside an ECDSA signature is as long as the curve; EdDSA brings its own. */
static const EVP_MD *
sign_md(const struct integrity_conf *c)
{
	int bits = EVP_PKEY_bits(c->key);

	if (c->sign_alg == SIGN_EDDSA)
		return NULL;
	return bits <= 256 ? EVP_sha256() : bits <= 384 ? EVP_sha384() : EVP_sha512();
}

static bool
sign(const struct stream *s, uint8_t *out, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	assert(ctx != NULL);
	ok = EVP_DigestSignInit(ctx, NULL, sign_md(&s->conf), NULL, s->conf.key) == 1 &&
	     EVP_DigestSign(ctx, out, n, s->bodies, s->bodies_n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* ---- runs */

static void
run_add(struct run *r, uint32_t seq, int64_t now_ns)
{
	if (r->n == r->max) {
		r->max = r->max ? r->max * 2 : 16;
		r->seq = realloc(r->seq, r->max * sizeof(*r->seq));
		assert(r->seq != NULL);
	}
	if (r->n == 0)
		r->first_ns = now_ns;
	r->seq[r->n++] = seq;
}

/* A clock that was set back ends the run, too. */
static bool
run_due(const struct run *r, uint32_t ms, int64_t now_ns)
{
	return r->n > 0 &&
	       (now_ns < r->first_ns || now_ns - r->first_ns >= (int64_t)ms * NS_PER_MS);
}

static void
hash_add(struct stream *s, uint32_t seq, const struct octets *part, size_t part_n, int64_t now_ns)
{
	int ok = 1;

	if (s->pdus.n == 0)
		ok = EVP_DigestInit_ex(s->hash, hash_md(s->conf.hash_alg), NULL);
	for (size_t i = 0; i < part_n; i++)
		if (part[i].n > 0)
			ok &= EVP_DigestUpdate(s->hash, part[i].p, part[i].n);
	assert(ok == 1);
	run_add(&s->pdus, seq, now_ns);
}

/* A hash PDU for the signature to come. */
static void
check_add(struct stream *s, uint32_t seq, struct octets body, int64_t now_ns)
{
	if (s->conf.sign_alg == 0)
		return;
	if (s->bodies_n + body.n > s->bodies_max) {
		s->bodies_max = (s->bodies_n + body.n) * 2;
		s->bodies = realloc(s->bodies, s->bodies_max);
		assert(s->bodies != NULL);
	}
	if (body.n > 0) /* of a damaged spool it may be none */
		memcpy(s->bodies + s->bodies_n, body.p, body.n);
	s->bodies_n += body.n;
	run_add(&s->checks, seq, now_ns);
}

/* ---- streams */

static struct bucket *
bucket_of(struct integrity *i, uint32_t warrant, const uint8_t session[16])
{
	uint32_t h;

	memcpy(&h, session, sizeof(h)); /* a hash already */
	return &i->bucket[(h ^ warrant * UINT32_C(2654435761)) & (BUCKETS - 1)];
}

static bool
stream_is(const struct integrity_stream *a, const struct integrity_stream *b)
{
	return a->warrant == b->warrant && a->cin == b->cin && a->iri == b->iri &&
	       a->class == b->class && a->lea == b->lea &&
	       memcmp(a->session, b->session, sizeof(a->session)) == 0;
}

/* What can be done of what CONF asks for. */
static struct integrity_conf
usable(const struct integrity_conf *conf)
{
	struct integrity_conf c = *conf;

	if (c.hash_alg < HASH_SHA256 || c.hash_alg > HASH_SHA512)
		c.hash_alg = HASH_SHA256;
	if (!key_fits(&c)) {
		c.sign_alg = 0;
		c.key = NULL;
	}
	return c;
}

static void
stream_conf(struct stream *s, const struct integrity_conf *c)
{
	EVP_PKEY *old = s->conf.key;

	s->conf = *c;
	if (s->conf.key)
		EVP_PKEY_up_ref(s->conf.key);
	EVP_PKEY_free(old);
}

static struct stream *
stream_new(struct integrity *i, const struct integrity_stream *id)
{
	struct stream *s = TAILQ_FIRST(&i->spare);

	if (s) {
		TAILQ_REMOVE(&i->spare, s, in_use);
		i->spare_n--;
	} else {
		s = calloc(1, sizeof(*s));
		assert(s != NULL);
		s->hash = EVP_MD_CTX_new();
		assert(s->hash != NULL);
	}
	s->id = *id;
	LIST_INSERT_HEAD(bucket_of(i, id->warrant, id->session), s, in_bucket);
	TAILQ_INSERT_TAIL(&i->used, s, in_use);
	i->n++;
	return s;
}

static void
stream_free(struct stream *s)
{
	EVP_PKEY_free(s->conf.key);
	EVP_MD_CTX_free(s->hash);
	free(s->pdus.seq);
	free(s->checks.seq);
	free(s->bodies);
	free(s);
}

/* Back to the spares, when nothing is open.  Large buffers are not kept. */
static void
stream_rest(struct integrity *i, struct stream *s)
{
	if (s->pdus.n > 0 || s->checks.n > 0)
		return;
	LIST_REMOVE(s, in_bucket);
	TAILQ_REMOVE(&i->used, s, in_use);
	i->n--;
	if (i->spare_n >= SPARE_MAX || s->bodies_max > BODIES_MAX / 64 || s->pdus.max > 1024) {
		stream_free(s);
		return;
	}
	s->closing = false;
	TAILQ_INSERT_HEAD(&i->spare, s, in_use);
	i->spare_n++;
}

/* ---- emitting: 0, or what the callback said */

static void
drop(struct integrity *i, struct stream *s)
{
	i->uncovered_n += s->pdus.n + s->checks.n;
	s->pdus.n = s->checks.n = s->bodies_n = 0;
}

static uint8_t
data_type(const struct stream *s)
{
	return s->id.iri ? DATA_IRI : DATA_CC;
}

static int
emit_signature(struct integrity *i, struct stream *s)
{
	uint8_t value[256];
	struct integrity_emitted out;
	struct integrity_check c = {.signature = true,
	    .data_type = data_type(s),
	    .alg = s->conf.sign_alg,
	    .seq = s->checks.seq,
	    .seq_n = s->checks.n,
	    .value = {value, sizeof(value)}};
	int rc;

	if (s->checks.n == 0)
		return 0;
	if (s->conf.key == NULL)
		return -EAGAIN;
	if (!sign(s, value, &c.value.n))
		return -EIO;
	rc = i->emit(&s->id, &c, i->arg, &out);
	if (rc == 0)
		s->checks.n = s->bodies_n = 0;
	if (rc == -ENOENT)
		drop(i, s);
	return rc;
}

/* The context stays as it is until the callback has taken the hash. */
static int
emit_hash(struct integrity *i, struct stream *s, int64_t now_ns)
{
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned value_n = 0;
	struct integrity_emitted out = {0};
	struct integrity_check c = {.data_type = data_type(s),
	    .alg = s->conf.hash_alg,
	    .seq = s->pdus.seq,
	    .seq_n = s->pdus.n};
	int ok, rc;

	if (s->pdus.n == 0)
		return 0;
	ok = EVP_MD_CTX_copy_ex(i->final, s->hash) && EVP_DigestFinal_ex(i->final, value, &value_n);
	assert(ok);
	c.value = (struct octets){value, value_n};
	rc = i->emit(&s->id, &c, i->arg, &out);
	if (rc == -ENOENT)
		drop(i, s);
	if (rc != 0)
		return rc;
	s->pdus.n = 0;
	check_add(s, out.seq, out.body, now_ns);
	return 0;
}

/* All that is open.  True: nothing is any more. */
static bool
stream_flush(struct integrity *i, struct stream *s)
{
	return emit_hash(i, s, s->pdus.first_ns) == 0 && emit_signature(i, s) == 0;
}

static bool
full(size_t n, uint32_t limit)
{
	return n >= (limit < RUN_MAX ? limit : RUN_MAX);
}

/* Emit what has reached a limit. */
static void
stream_check(struct integrity *i, struct stream *s, int64_t now_ns)
{
	const struct integrity_conf *c = &s->conf;

	if (s->closing) {
		stream_flush(i, s);
		return;
	}
	if (s->pdus.n > 0 &&
	    (full(s->pdus.n, c->hash_n) || run_due(&s->pdus, c->hash_ms, now_ns)) &&
	    emit_hash(i, s, now_ns) != 0)
		return;
	if (s->checks.n > 0 && (full(s->checks.n, c->sign_n) || s->bodies_n >= BODIES_MAX ||
				   run_due(&s->checks, c->sign_ms, now_ns)))
		emit_signature(i, s);
}

/* ---- finding and making room */

static struct stream *
stream_find(struct integrity *i, const struct integrity_stream *id)
{
	struct stream *s;

	LIST_FOREACH(s, bucket_of(i, id->warrant, id->session), in_bucket)
	if (stream_is(&s->id, id))
		break;
	return s;
}

static void
evict(struct integrity *i)
{
	struct stream *s, *next;
	int tries = EVICT_TRIES;

	for (s = TAILQ_FIRST(&i->used); s && i->n >= i->max && tries-- > 0; s = next) {
		next = TAILQ_NEXT(s, in_use);
		stream_flush(i, s);
		stream_rest(i, s);
	}
}

static bool
conf_differs(const struct stream *s, const struct integrity_conf *c)
{
	return s->conf.hash_alg != c->hash_alg || s->conf.sign_alg != c->sign_alg ||
	       s->conf.key != c->key;
}

/* The stream ID.  A new one follows CONF; one that is there keeps its algorithms while a run is
 * open.  MAY_EMIT: not while the spool is replayed. */
static struct stream *
stream_get(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *id, bool may_emit)
{
	struct stream *s = stream_find(i, id);

	if (!s) {
		if (may_emit && i->n >= i->max)
			evict(i);
		s = stream_new(i, id);
		stream_conf(s, conf);
		return s;
	}
	TAILQ_REMOVE(&i->used, s, in_use);
	TAILQ_INSERT_TAIL(&i->used, s, in_use);
	if (!conf_differs(s, conf))
		stream_conf(s, conf);
	return s;
}

/* ---- the owner's calls */

struct integrity *
integrity_new(integrity_emit_cb emit, void *arg, size_t streams_max)
{
	struct integrity *i = calloc(1, sizeof(*i));

	assert(i != NULL);
	i->emit = emit;
	i->arg = arg;
	i->max = streams_max ? streams_max : STREAMS_MAX;
	TAILQ_INIT(&i->used);
	TAILQ_INIT(&i->spare);
	i->final = EVP_MD_CTX_new();
	assert(i->final != NULL);
	return i;
}

static void
streams_free(struct streams *q)
{
	struct stream *s;

	while ((s = TAILQ_FIRST(q)) != NULL) {
		TAILQ_REMOVE(q, s, in_use);
		stream_free(s);
	}
}

void
integrity_free(struct integrity *i)
{
	if (!i)
		return;
	streams_free(&i->used);
	streams_free(&i->spare);
	EVP_MD_CTX_free(i->final);
	free(i);
}

void
integrity_add(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *id, uint32_t seq, const struct ho_record *rec, int64_t now_ns)
{
	const struct octets part[] = {rec->head, rec->body, rec->tail};
	const struct integrity_conf c = usable(conf);
	struct stream *s = stream_get(i, &c, id, true);

	/* first this PDU: a check must cover all that stands in front of it */
	hash_add(s, seq, part, 3, now_ns);
	if (conf_differs(s, &c))
		stream_flush(i, s);
	else
		stream_check(i, s, now_ns);
	stream_rest(i, s);
}

void
integrity_tick(struct integrity *i, int64_t now_ns)
{
	struct stream *s, *next;

	for (s = TAILQ_FIRST(&i->used); s; s = next) {
		next = TAILQ_NEXT(s, in_use);
		stream_check(i, s, now_ns);
		stream_rest(i, s);
	}
}

size_t
integrity_close_all(struct integrity *i)
{
	struct stream *s, *next;

	for (s = TAILQ_FIRST(&i->used); s; s = next) {
		next = TAILQ_NEXT(s, in_use);
		stream_flush(i, s);
		stream_rest(i, s);
	}
	return i->n;
}

void
integrity_close(struct integrity *i, uint32_t warrant, const uint8_t session[16])
{
	struct stream *s, *next;

	for (s = LIST_FIRST(bucket_of(i, warrant, session)); s; s = next) {
		next = LIST_NEXT(s, in_bucket);
		if (s->id.warrant != warrant ||
		    memcmp(s->id.session, session, sizeof(s->id.session)) != 0)
			continue;
		s->closing = true;
		stream_flush(i, s);
		stream_rest(i, s);
	}
}

size_t
integrity_open_n(const struct integrity *i)
{
	return i->n;
}

uint64_t
integrity_uncovered_n(const struct integrity *i)
{
	return i->uncovered_n;
}

void
integrity_reconf(struct integrity *i, integrity_conf_fn conf, void *arg)
{
	struct stream *s, *next;

	for (s = TAILQ_FIRST(&i->used); s; s = next) {
		const struct integrity_conf *want = conf(s->id.warrant, arg);
		struct integrity_conf c = {.hash_alg = HASH_SHA256};

		next = TAILQ_NEXT(s, in_use);
		if (want)
			c = usable(want);
		if (s->pdus.n > 0)
			c.hash_alg = s->conf.hash_alg;
		stream_conf(s, &c);
		if (!want) /* nobody can be told any more */
			drop(i, s);
		if (c.sign_alg == 0)
			s->checks.n = s->bodies_n = 0;
		stream_rest(i, s);
	}
}

/* ---- recovery */

/* The run is what NUMBERS name; it ends here. */
static bool
run_end(struct run *r, struct octets numbers)
{
	uint32_t seq;
	size_t n = 0;
	bool same = true;

	while (integrity_number(&numbers, &seq)) {
		same &= n < r->n && r->seq[n] == seq;
		n++;
	}
	same &= n == r->n;
	r->n = 0;
	return same;
}

int
integrity_replay(struct integrity *i, const struct integrity_conf *conf,
    const struct integrity_stream *id, uint32_t seq, struct octets pdu, int64_t now_ns)
{
	/* of a warrant that is not known yet: hash PDUs wait for the key, see integrity_reconf() */
	struct stream *s = stream_get(i, conf, id, false);
	struct integrity_view v;
	bool same;

	if (integrity_parse(pdu, &v) < 0) {
		hash_add(s, seq, &pdu, 1, now_ns);
		return 0;
	}
	if (v.signature) {
		same = run_end(&s->checks, v.numbers);
		s->bodies_n = 0;
	} else {
		same = run_end(&s->pdus, v.numbers);
		check_add(s, seq, v.body, now_ns);
	}
	stream_rest(i, s);
	return same ? 0 : -EBADMSG;
}
