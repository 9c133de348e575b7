/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9162; see merkle.h.  The one-shot functions of OpenSSL 3.0 look up the algorithm at each
 * call, which costs more than the hash of a row; these are the ones below them. */
#define OPENSSL_API_COMPAT 0x10101000L
#include "trust/merkle.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <string.h>

void
merkle_leaf(const void *entry, size_t n, uint8_t out[MERKLE_LEN])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, "\x00", 1);
	SHA256_Update(&c, entry, n);
	SHA256_Final(out, &c);
}

void
merkle_node(
    const uint8_t left[MERKLE_LEN], const uint8_t right[MERKLE_LEN], uint8_t out[MERKLE_LEN])
{
	uint8_t both[1 + 2 * MERKLE_LEN] = {1};
	SHA256_CTX c;

	memcpy(both + 1, left, MERKLE_LEN);
	memcpy(both + 1 + MERKLE_LEN, right, MERKLE_LEN);
	SHA256_Init(&c);
	SHA256_Update(&c, both, sizeof(both));
	SHA256_Final(out, &c);
}

int
merkle_add_tree(struct merkle *m, unsigned level, const uint8_t hash[MERKLE_LEN])
{
	uint8_t h[MERKLE_LEN];
	uint64_t len;

	if (level >= MERKLE_LEVELS)
		return -EINVAL;
	len = UINT64_C(1) << level;
	if ((m->n & (len - 1)) != 0 || m->n + len >= UINT64_C(1) << MERKLE_LEVELS)
		return -EINVAL;
	memcpy(h, hash, sizeof(h));
	for (; (m->n >> level & 1) != 0; level++)
		merkle_node(m->top[level], h, h);
	memcpy(m->top[level], h, sizeof(h));
	m->n += len;
	return 0;
}

void
merkle_add(struct merkle *m, const uint8_t leaf[MERKLE_LEN])
{
	int r = merkle_add_tree(m, 0, leaf);

	assert(r == 0);
}

void
merkle_root(const struct merkle *m, uint8_t out[MERKLE_LEN])
{
	bool any = false;

	if (m->n == 0) {
		SHA256((const uint8_t *)"", 0, out);
		return;
	}
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if ((m->n >> level & 1) == 0)
			continue;
		if (any)
			merkle_node(m->top[level], out, out);
		else
			memcpy(out, m->top[level], MERKLE_LEN);
		any = true;
	}
}

/* ---- from stored subtrees */

static unsigned
merkle_log2(uint64_t n) /* n > 0: the highest bit */
{
	return 63 - (unsigned)__builtin_clzll(n);
}

unsigned
merkle_next(uint64_t begin, uint64_t end)
{
	unsigned level = merkle_log2(end - begin),
		 aligned = begin == 0 ? 63 : (unsigned)__builtin_ctzll(begin);

	return level < aligned ? level : aligned;
}

/* Root of the leaves [BEGIN, END), where BEGIN is a multiple of the first power of two >= END -
 * BEGIN, as it is everywhere in the tree. */
static int
merkle_range(merkle_read_cb read, void *arg, uint64_t begin, uint64_t end, uint8_t out[MERKLE_LEN])
{
	uint64_t n = end - begin, k;
	uint8_t right[MERKLE_LEN];
	int r;

	if ((n & (n - 1)) == 0)
		return read(arg, merkle_log2(n), begin >> merkle_log2(n), out);
	k = UINT64_C(1) << merkle_log2(n);
	if ((r = merkle_range(read, arg, begin, begin + k, out)) == 0 &&
	    (r = merkle_range(read, arg, begin + k, end, right)) == 0)
		merkle_node(out, right, out);
	return r;
}

int
merkle_root_at(merkle_read_cb read, void *arg, uint64_t size, uint8_t out[MERKLE_LEN])
{
	if (size > 0)
		return merkle_range(read, arg, 0, size, out);
	SHA256((const uint8_t *)"", 0, out);
	return 0;
}

/* The largest power of two below N (N > 1). */
static uint64_t
merkle_split(uint64_t n)
{
	return UINT64_C(1) << merkle_log2(n - 1);
}

/* The ranges beside the way down to leaf INDEX, turned round, are the path. */
int
merkle_inclusion(merkle_read_cb read, void *arg, uint64_t index, uint64_t size,
    uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], size_t *n)
{
	uint64_t beside[MERKLE_PATH_MAX][2], begin = 0, end = size;
	size_t depth = 0;
	int r = 0;

	if (index >= size)
		return -EINVAL;
	while (end - begin > 1) {
		uint64_t k = begin + merkle_split(end - begin);
		bool left = index < k;

		beside[depth][0] = left ? k : begin;
		beside[depth++][1] = left ? end : k;
		begin = left ? begin : k;
		end = left ? k : end;
	}
	for (*n = 0; r == 0 && *n < depth; (*n)++)
		r = merkle_range(
		    read, arg, beside[depth - 1 - *n][0], beside[depth - 1 - *n][1], path[*n]);
	return r;
}

/* As above, down to the subtree in which the old tree ends; that one comes first, unless it is the
 * whole old tree. */
int
merkle_consistency(merkle_read_cb read, void *arg, uint64_t old, uint64_t new,
    uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], size_t *n)
{
	uint64_t beside[MERKLE_PATH_MAX][2], begin = 0, end = new;
	size_t depth = 0;
	int r = 0;

	if (old == 0 || old > new)
		return -EINVAL;
	while (end != old) {
		uint64_t k = begin + merkle_split(end - begin);
		bool left = old <= k;

		beside[depth][0] = left ? k : begin;
		beside[depth++][1] = left ? end : k;
		begin = left ? begin : k;
		end = left ? k : end;
	}
	if (begin > 0) {
		beside[depth][0] = begin;
		beside[depth++][1] = end;
	}
	for (*n = 0; r == 0 && *n < depth; (*n)++)
		r = merkle_range(
		    read, arg, beside[depth - 1 - *n][0], beside[depth - 1 - *n][1], path[*n]);
	return r;
}

/* ---- checks, as the RFC writes them */

int
merkle_inclusion_check(const uint8_t leaf[MERKLE_LEN], uint64_t index, uint64_t size,
    const uint8_t path[][MERKLE_LEN], size_t n, const uint8_t root[MERKLE_LEN])
{
	uint64_t fn = index, sn = size - 1;
	uint8_t r[MERKLE_LEN];

	if (index >= size)
		return -EBADMSG;
	memcpy(r, leaf, sizeof(r));
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return -EBADMSG;
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(path[i], r, r);
			for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			merkle_node(r, path[i], r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(r, root, sizeof(r)) == 0 ? 0 : -EBADMSG;
}

int
merkle_consistency_check(uint64_t old, const uint8_t old_root[MERKLE_LEN], uint64_t new,
    const uint8_t new_root[MERKLE_LEN], const uint8_t path[][MERKLE_LEN], size_t n)
{
	bool whole = old > 0 && (old & (old - 1)) == 0; /* the old tree is the first subtree */
	uint8_t fr[MERKLE_LEN], sr[MERKLE_LEN];
	uint64_t fn = old - 1, sn = new - 1;
	size_t i = 0;

	if (old == new)
		return n == 0 && memcmp(old_root, new_root, MERKLE_LEN) == 0 ? 0 : -EBADMSG;
	if (old == 0 || old > new || (n == 0 && !whole) || (whole && n == 0))
		return -EBADMSG;
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	memcpy(fr, whole ? old_root : path[i++], sizeof(fr));
	memcpy(sr, fr, sizeof(sr));
	for (; i < n; i++) {
		if (sn == 0)
			return -EBADMSG;
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(path[i], fr, fr);
			merkle_node(path[i], sr, sr);
			for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			merkle_node(sr, path[i], sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(fr, old_root, sizeof(fr)) == 0 &&
		       memcmp(sr, new_root, sizeof(sr)) == 0
		   ? 0
		   : -EBADMSG;
}
