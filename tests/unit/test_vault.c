/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and sealing: what comes back, what does not, and what is left in the files. */
#include "ops_fixture.h"

#include "admin/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SECRET "262011234567890 stands here"

static char key_file[128], next_file[128];
static struct vault *v;

static void
write_key(const char *path, char digit, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (int i = 0; i < 64; i++)
		fputc(i % 2 ? digit : 'a', f);
	fputc('\n', f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static int
setup(void **state)
{
	struct fault f = {0};

	fixture_setup(state);
	snprintf(key_file, sizeof(key_file), "%s/vault.key", fx.dir);
	snprintf(next_file, sizeof(next_file), "%s/vault.next", fx.dir);
	write_key(key_file, '1', 0600);
	v = vault_open(fx.x.store, key_file, NULL, &f);
	if (v == NULL)
		fail_msg("%s: %s", f.object, f.why);
	vault_next(v, next_file);
	return 0;
}

static int
teardown(void **state)
{
	vault_close(v);
	unlink(key_file);
	unlink(next_file);
	return fixture_teardown(state);
}

/* N octets at P occur in the database or in one of its side files. */
static bool
in_files(const void *p, size_t n)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	bool found = false;

	for (size_t i = 0; i < 3; i++) {
		char path[128];
		struct stat st;
		uint8_t *all;
		int fd;

		snprintf(path, sizeof(path), "%s%s", fx.path, tails[i]);
		if ((fd = open(path, O_RDONLY)) < 0)
			continue;
		assert_int_equal(fstat(fd, &st), 0);
		all = malloc((size_t)st.st_size + 1);
		assert_int_equal(read(fd, all, (size_t)st.st_size), st.st_size);
		found = found || memmem(all, (size_t)st.st_size, p, n) != NULL;
		free(all);
		close(fd);
	}
	return found;
}

/* The wrapped key of a warrant as it stands in its row. */
static void
wrapped_key(int64_t warrant, uint8_t out[60])
{
	json_t *a = json_pack("{s:s, s:I}", "kind", "warrant", "owner", (json_int_t)warrant),
	       *row = store_row(fx.x.store, STMT_VAULT_KEY_GET, a);
	const char *hex = json_string_value(json_object_get(row, "wrapped"));

	assert_int_equal(strlen(hex), 120);
	for (int i = 0; i < 60; i++) {
		unsigned octet;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &octet), 1);
		out[i] = (uint8_t)octet;
	}
	json_decref(row);
	json_decref(a);
}

static void
seal(int64_t lea, int64_t warrant, uint8_t *out)
{
	assert_int_equal(vault_seal(v, lea, warrant, "x", SECRET, sizeof(SECRET), out), 0);
}

static int
unseal(int64_t lea, int64_t warrant, const char *label, const uint8_t *in)
{
	char out[sizeof(SECRET)];
	int r =
	    vault_unseal(v, lea, warrant, label, in, sizeof(SECRET) + VAULT_OVER, (uint8_t *)out);

	if (r == 0)
		assert_string_equal(out, SECRET);
	return r;
}

static void
test_seal(void **state)
{
	uint8_t a[sizeof(SECRET) + VAULT_OVER], b[sizeof(SECRET) + VAULT_OVER];

	(void)state;
	seal(1, 7, a);
	seal(1, 7, b);
	assert_memory_not_equal(a, b, sizeof(a)); /* another nonce each time */
	assert_int_equal(unseal(1, 7, "x", a), 0);
	assert_int_equal(unseal(1, 7, "y", a), -EBADMSG); /* moved to another row */
	assert_int_equal(unseal(2, 7, "x", a), -ENOKEY);
	seal(2, 8, b);
	assert_int_equal(unseal(1, 8, "x", b), -EBADMSG); /* warrant of another agency */
	assert_int_equal(unseal(1, 9, "x", a), -ENOKEY);
	for (size_t i = 0; i < sizeof(a); i++) {
		a[i] ^= 1;
		assert_int_equal(unseal(1, 7, "x", a), -EBADMSG);
		a[i] ^= 1;
	}
	seal(0, 0, a);
	assert_int_equal(unseal(0, 0, "x", a), 0);
}

static void
test_index(void **state)
{
	uint8_t a[32], b[32], again[32];

	(void)state;
	assert_int_equal(vault_index(v, 1, "imsi:262011234567890", a), 0);
	assert_int_equal(vault_index(v, 2, "imsi:262011234567890", b), 0);
	assert_int_equal(vault_index(v, 1, "imsi:262011234567890", again), 0);
	assert_memory_not_equal(a, b, 32);
	assert_memory_equal(a, again, 32);
}

/* 400 warrants so that pages split; each third is shredded, and nothing of its key is left. */
static void
test_shred(void **state)
{
	static uint8_t wrapped[400][60], sealed[400][sizeof(SECRET) + VAULT_OVER];
	struct fault f;

	(void)state;
	assert_int_equal(store_begin(fx.x.store, &f), 0);
	for (int i = 0; i < 400; i++)
		seal(1 + i % 3, 1 + (i * 7) % 400, sealed[(i * 7) % 400]);
	assert_int_equal(store_commit(fx.x.store, &f), 0);
	for (int i = 0; i < 400; i++) {
		wrapped_key(1 + i, wrapped[i]);
		assert_true(in_files(wrapped[i], 60));
	}
	for (int i = 0; i < 400; i += 3) {
		assert_int_equal(store_begin(fx.x.store, &f), 0);
		assert_int_equal(vault_shred(v, 1 + i), 0);
		assert_int_equal(store_commit(fx.x.store, &f), 0);
	}
	for (int i = 0; i < 400; i++) {
		int64_t lea = 1 + (i * 343) % 400 % 3; /* 343 * 7 = 1 modulo 400 */

		assert_int_equal(in_files(wrapped[i] + 12, 16), i % 3 != 0);
		assert_int_equal(unseal(lea, 1 + i, "x", sealed[i]), i % 3 == 0 ? -ENOKEY : 0);
	}
	/* a shredded warrant never gets a key again */
	assert_int_equal(vault_seal(v, 1, 1, "x", SECRET, 4, sealed[0]), -ENOKEY);
	assert_int_equal(vault_shred(v, 5000), -ENOENT);
}

static void
reopen(const char *file, bool good)
{
	struct fault f = {0};

	vault_close(v);
	v = vault_open(fx.x.store, file, NULL, &f);
	assert_int_equal(v != NULL, good);
	assert_int_equal(f.code, good ? FAULT_NONE : FAULT_REFUSED);
	if (v != NULL)
		vault_next(v, next_file);
}

static void
test_key_file(void **state)
{
	uint8_t a[sizeof(SECRET) + VAULT_OVER];
	FILE *f;

	(void)state;
	seal(1, 7, a);
	write_key(next_file, '2', 0600);
	reopen(next_file, false); /* another key */
	reopen("/nonexistent/vault.key", false);
	write_key(key_file, '1', 0640);
	reopen(key_file, false);
	write_key(key_file, '1', 0600);
	reopen(key_file, true);
	assert_int_equal(unseal(1, 7, "x", a), 0);
	f = fopen(next_file, "w");
	fputs("abc\n", f);
	fclose(f);
	reopen(next_file, false);
}

/* How a child that changes the key ends: 0 before, 1 within, 2 behind the commit. */
static void
rekey_and_die(int when)
{
	struct fault f = {0};
	struct store *s = store_open(fx.path, &f);
	struct vault *w = vault_open(s, key_file, NULL, &f);

	vault_next(w, next_file);
	if (store_begin(s, &f) < 0 || vault_rekey(w, &f) < 0)
		_exit(1);
	if (when > 0 && store_run(s, STMT_COMMIT, NULL, &f) < 0)
		_exit(1);
	if (when > 1)
		store_wipe(s);
	raise(SIGKILL);
}

static void
test_rekey(void **state)
{
	uint8_t a[sizeof(SECRET) + VAULT_OVER], b[32], c[32];
	struct fault f = {0};
	char swap[128];
	int status;

	(void)state;
	snprintf(swap, sizeof(swap), "%s/swap", fx.dir);
	seal(1, 7, a);
	vault_index(v, 1, "x:y", b);
	write_key(next_file, '2', 0600);
	for (int when = 0; when < 3; when++) {
		pid_t child = fork();

		if (child == 0)
			rekey_and_die(when);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		reopen(when == 0 ? next_file : key_file, false);
		reopen(when == 0 ? key_file : next_file, true);
		assert_int_equal(unseal(1, 7, "x", a), 0);
		if (when == 1) { /* and back again, here */
			rename(key_file, swap);
			rename(next_file, key_file);
			rename(swap, next_file);
		}
	}
	assert_int_equal(vault_index(v, 1, "x:y", c), 0);
	assert_memory_equal(b, c, 32);
	/* rolled back: the key in use stays; committed: the new one holds without a restart */
	rename(key_file, next_file);
	for (int commit = 0; commit < 2; commit++) {
		assert_int_equal(store_begin(fx.x.store, &f), 0);
		assert_int_equal(vault_rekey(v, &f), 0);
		if (commit)
			assert_int_equal(store_commit(fx.x.store, &f), 0);
		else
			store_rollback(fx.x.store);
		assert_int_equal(unseal(1, 7, "x", a), 0);
	}
	assert_int_equal(vault_rekey(v, &f), -EEXIST); /* the same key */
	reopen(next_file, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_seal, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_index, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_shred, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_key_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rekey, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
