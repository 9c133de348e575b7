/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of admin for kth_malloc.c: the database is opened; an operation that changes and one
 * that reads.  What answered OK is there afterwards, what answered with an error is not. */
#include "kth_malloc.h"

#include "ops_fixture.h"

static char answered[8]; /* of the operation, in the folder */

static const char *
db_make(void)
{
	if (fixture_setup(NULL) != 0)
		abort();
	fixture_fill();
	return fx.dir;
}

static const char *
db_make_closed(void)
{
	db_make();
	fixture_close();
	return fx.dir;
}

static int
db_run(void (*from)(void), void (*to)(void))
{
	struct fault f = {0};
	bool ok;

	from();
	fx.x.store = store_open(fx.path, &f);
	fx.x.log =
	    fx.x.store == NULL
		? NULL
		: auditlog_open(
		      &(struct auditlog_env){.store = fx.x.store, .boot_id = fx.x.boot_id}, &f);
	to();
	ok = fx.x.log != NULL;
	if (!ok && f.why[0] == '\0')
		abort();
	return ok ? 0 : 1;
}

static void
db_again(void)
{
	memset(&fx, 0, sizeof(fx));
	snprintf(fx.dir, sizeof(fx.dir), "%.60s", kth_dir());
	snprintf(fx.path, sizeof(fx.path), "%s/openmdf.db", fx.dir);
	fx.x = (struct ops_ctx){.open = true, .boot_id = "boot", .changed = fixture_changed};
	fixture_open();
	assert_string_equal(call("ne.show", "{'ne': 'ne1'}"), "OK");
	assert_string_equal(call("audit.verify", NULL), "OK");
}

const struct piece piece_open_db = {"open the database", true, db_make_closed, db_run, db_again};

static void
mark(const char *what)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/answer", fx.dir);
	f = fopen(path, "w");
	if (f == NULL || fprintf(f, "%s", what) < 0 || fclose(f) != 0)
		abort();
}

static int
operation_run(void (*from)(void), void (*to)(void))
{
	const char *code, *listed;
	bool ok;

	from();
	code = call("warrant.add", WARRANT("LIID1"));
	ok = code != NULL && strcmp(code, "OK") == 0;
	listed = call("warrant.list", NULL);
	to();
	if (code == NULL || listed == NULL)
		abort(); /* an answer without a code */
	mark(ok ? "OK" : "no");
	return ok && strcmp(listed, "OK") == 0 ? 0 : 1;
}

static void
operation_again(void)
{
	char path[128];
	bool there;
	FILE *f;

	db_again();
	there = strcmp(call("warrant.show", "{'warrant': 'LIID1'}"), "OK") == 0;
	snprintf(path, sizeof(path), "%s/answer", fx.dir);
	f = fopen(path, "r");
	if (f == NULL)
		return; /* it ended before it answered: either */
	if (fgets(answered, sizeof(answered), f) == NULL || (strcmp(answered, "OK") == 0) != there)
		abort();
	fclose(f);
}

const struct piece piece_operation = {
    "an operation of admin", true, db_make, operation_run, operation_again};
