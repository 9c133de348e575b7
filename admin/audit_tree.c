/* SPDX-License-Identifier: Apache-2.0 */
/* See audit_tree.h. */
#include "admin/audit_tree.h"

#include <errno.h>
#include <string.h>

/* The leaves of a subtree below the stored levels, folded. */
static int
audit_tree_fold(struct store *s, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN])
{
	uint64_t n = UINT64_C(1) << level, first = (index << level) + 1, want = first;
	sqlite3_stmt *st = store_stmt(s, STMT_AUDIT_LEAVES);
	struct merkle m = {0};

	sqlite3_bind_int64(st, 1, (int64_t)first);
	sqlite3_bind_int64(st, 2, (int64_t)(first + n - 1));
	while (sqlite3_step(st) == SQLITE_ROW && (uint64_t)sqlite3_column_int64(st, 0) == want &&
	       sqlite3_column_bytes(st, 1) == MERKLE_LEN) {
		merkle_add(&m, sqlite3_column_blob(st, 1));
		want++;
	}
	sqlite3_reset(st);
	if (m.n != n)
		return -EIO;
	merkle_root(&m, out);
	return 0;
}

int
audit_tree_read(void *arg, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN])
{
	struct store *s = arg;
	sqlite3_stmt *st;
	int r = -EIO;

	if (level < AUDIT_TREE_LEVEL)
		return audit_tree_fold(s, level, index, out);
	st = store_stmt(s, STMT_AUDIT_NODE);
	sqlite3_bind_int64(st, 1, level);
	sqlite3_bind_int64(st, 2, (int64_t)index);
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_bytes(st, 0) == MERKLE_LEN) {
		memcpy(out, sqlite3_column_blob(st, 0), MERKLE_LEN);
		r = 0;
	}
	sqlite3_reset(st);
	return r;
}

int
audit_tree_load(struct store *s, uint64_t size, struct merkle *m)
{
	uint8_t h[MERKLE_LEN];
	int r = 0;

	memset(m, 0, sizeof(*m));
	while (r == 0 && m->n < size) {
		unsigned level = merkle_next(m->n, size);

		if ((r = audit_tree_read(s, level, m->n >> level, h)) == 0)
			r = merkle_add_tree(m, level, h);
	}
	return r;
}

int
audit_tree_store(struct store *s, const struct merkle *m, const uint8_t leaf[MERKLE_LEN])
{
	uint8_t h[MERKLE_LEN];
	int r = 0;

	memcpy(h, leaf, sizeof(h));
	for (unsigned level = 0; r == 0 && (m->n >> level & 1) != 0; level++) {
		sqlite3_stmt *st;

		merkle_node(m->top[level], h, h);
		if (level + 1 < AUDIT_TREE_LEVEL)
			continue;
		st = store_stmt(s, STMT_AUDIT_NODE_ADD);
		sqlite3_bind_int64(st, 1, level + 1);
		sqlite3_bind_int64(st, 2, (int64_t)(m->n >> (level + 1)));
		sqlite3_bind_blob(st, 3, h, sizeof(h), SQLITE_STATIC);
		r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
		sqlite3_reset(st);
	}
	return r;
}

int
audit_tree_last(struct store *s, uint64_t *seq, uint8_t leaf[MERKLE_LEN])
{
	sqlite3_stmt *st = store_stmt(s, STMT_AUDIT_LAST);
	int r = sqlite3_step(st), e = -EIO;

	*seq = 0;
	memset(leaf, 0, MERKLE_LEN);
	if (r == SQLITE_ROW && sqlite3_column_bytes(st, 1) == MERKLE_LEN) {
		*seq = (uint64_t)sqlite3_column_int64(st, 0);
		memcpy(leaf, sqlite3_column_blob(st, 1), MERKLE_LEN);
	}
	if (r == SQLITE_DONE || *seq > 0)
		e = 0;
	sqlite3_reset(st);
	return e;
}
