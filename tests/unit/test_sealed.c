/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, bindings, documents, holds and destruction as operations; and that nothing of what was
 * entered stands readable in a file of the database. */
#include "ops_fixture.h"

#include "admin/taskset_build.h"
#include "admin/vault.h"
#include "base/clock.h"
#include "session/taskset.h"

#include <fcntl.h>
#include <sys/stat.h>

#define IMSI "262011234509876"
#define ADDRESS "203.0.113.77"
#define MAIL "nobody.canary@mail.example"
#define ACCOUNT "K-Canary-4711"
#define TEXT64 "Y2FuYXJ5IGRvY3VtZW50IGNhbmFyeSBkb2N1bWVudA=="
#define TEXT "canary document canary document"

static char key_file[128];
static struct vault *v;
static int alarms;

static void
on_alarm(void *arg, bool raised, const char *code, const char *object, const char *text)
{
	(void)arg;
	(void)object;
	assert_null(strstr(text, IMSI));
	alarms += raised && strcmp(code, "CANARY-READ") == 0;
}

static int
setup(void **state)
{
	struct fault f = {0};
	FILE *file;

	fixture_setup(state);
	snprintf(key_file, sizeof(key_file), "%s/vault.key", fx.dir);
	file = fopen(key_file, "w");
	for (int i = 0; i < 64; i++)
		fputc('a' + i % 6, file);
	fclose(file);
	chmod(key_file, 0600);
	v = vault_open(fx.x.store, key_file, NULL, &f);
	assert_non_null(v);
	fx.x.vault = v;
	fx.x.alarm = on_alarm;
	alarms = 0;
	fixture_fill();
	assert_string_equal(call("warrant.add", WARRANT("L1")), "OK");
	return 0;
}

static int
teardown(void **state)
{
	vault_close(v);
	unlink(key_file);
	return fixture_teardown(state);
}

static size_t
count_in_files(const char *text)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	size_t found = 0;

	for (size_t i = 0; i < 3; i++) {
		char path[128];
		struct stat st;
		char *all, *p;
		int fd;

		snprintf(path, sizeof(path), "%s%s", fx.path, tails[i]);
		if ((fd = open(path, O_RDONLY)) < 0)
			continue;
		assert_int_equal(fstat(fd, &st), 0);
		all = malloc((size_t)st.st_size + 1);
		assert_int_equal(read(fd, all, (size_t)st.st_size), st.st_size);
		for (p = all;
		     (p = memmem(p, (size_t)(all + st.st_size - p), text, strlen(text))) != NULL;
		     p++)
			found++;
		free(all);
		close(fd);
	}
	return found;
}

static void
add_target(const char *type, const char *value, const char *more, const char *want)
{
	char text[400];

	snprintf(text, sizeof(text), "{'warrant': 'L1', 'type': '%s', 'value': '%s'%s}", type,
	    value, more);
	assert_string_equal(call("target.add", text), want);
}

static void
test_targets(void **state)
{
	char id[40], text[200];

	(void)state;
	add_target("imsi", IMSI, "", "OK");
	assert_string_equal(result_text("masked"), "***76");
	snprintf(id, sizeof(id), "%s", result_text("target"));
	add_target("supiimsi", IMSI, "", "CONFLICT"); /* the same identity */
	add_target("imsi", "26201", "", "USAGE");
	add_target("colour", "red", "", "USAGE");
	add_target("emailAddress", MAIL, ", 'check': true", "OK");
	add_target("tcpPort", "443", ", 'check': true", "REFUSED"); /* no rule can */
	add_target("ipv4Address", "100.64.3.3", "", "REFUSED");
	add_target("ipv4Address", "100.64.3.3", ", 'shared': true", "REFUSED");
	add_target("ipv4Address", "100.64.3.3", ", 'ports': '1024-2047'", "OK");
	add_target("ipv4Cidr", "100.64.8.0/24", ", 'shared': true, 'reason': 'one building'", "OK");
	assert_string_equal(call("target.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(json_array_size(result()), 4);
	assert_null(json_object_get(json_array_get(result(), 0), "value"));
	assert_string_equal(call("target.reveal", "{'warrant': 'L1'}"), "USAGE"); /* no reason */
	assert_string_equal(call("target.reveal", "{'warrant': 'L1', 'reason': 'test'}"), "OK");
	assert_int_equal(json_array_size(result()), 4);
	assert_string_equal(
	    call("target.find",
		"{'lea': 'lea-a', 'type': 'supiimsi', 'value': '" IMSI "', 'reason': 'x'}"),
	    "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "liid")), "L1");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(result(), 0), "lea")), "lea-a");
	assert_string_equal(call("target.find", "{'lea': 'lea-b', 'type': 'imsi', 'value': '" IMSI
						"', 'reason': 'x'}"),
	    "OK");
	assert_int_equal(json_array_size(result()), 0);
	snprintf(text, sizeof(text), "{'warrant': 'L1', 'target': '%s'}", id);
	assert_string_equal(call("target.remove", text), "OK");
	assert_string_equal(call("target.remove", text), "NOT-FOUND");
	assert_string_equal(call("warrant.start", "{'warrant': 'L1'}"), "OK");
	add_target("imsi", IMSI, "", "CONFLICT"); /* no draft any more */
	assert_int_equal(
	    count_in_files(IMSI) + count_in_files(MAIL) + count_in_files("100.64.3"), 0);
}

/* The rules that the data plane gets, and what the database shows of them. */
static void
test_rules(void **state)
{
	uint64_t version;
	void *image;
	size_t len;
	struct taskset_hdr h;
	bool found = false;

	(void)state;
	add_target("ipv4Address", ADDRESS, ", 'check': true", "OK");
	add_target("emailAddress", MAIL, ", 'check': true", "OK");
	assert_string_equal(
	    call(
		"warrant.set", "{'warrant': 'L1', 'exclude': 'net:192.0.2.0/24,id:imsi:" IMSI "'}"),
	    "OK");
	assert_string_equal(call("warrant.start", "{'warrant': 'L1'}"), "OK");
	for (int closed = 0; closed < 2; closed++) {
		const uint8_t want[4] = {203, 0, 113, 77};

		if (closed)
			store_set_vault(fx.x.store, NULL);
		assert_int_equal(
		    taskset_build(fx.x.store, clock_warrant_ns(), &image, &len, &version), 0);
		memcpy(&h, image, sizeof(h));
		assert_int_equal(h.rule_n, 4);
		found = memmem(image, len, want, 4) != NULL;
		assert_int_equal(found, !closed);
		free(image);
	}
	store_set_vault(fx.x.store, v);
	assert_string_equal(call("warrant.show", "{'warrant': 'L1'}"), "OK");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "target"), 0)), "net:***");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "target"), 1)),
	    "id:email:***");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(result(), "exclude"), 0)),
	    "net:192.0.2.0/24");
	assert_int_equal(count_in_files(ADDRESS) + count_in_files(MAIL) + count_in_files(IMSI), 0);
}

static void
test_bindings(void **state)
{
	char target[40], binding[40], text[400];

	(void)state;
	add_target("account", ACCOUNT, "", "OK");
	snprintf(target, sizeof(target), "%s", result_text("target"));
	snprintf(text, sizeof(text),
	    "{'warrant': 'L1', 'target': '%s', 'type': 'ipv4Address', 'value': '" ADDRESS
	    "', 'source': 'radius', 'reference': 'session 77', 'from': '2026-01-01T00:00:00Z'}",
	    target);
	assert_string_equal(call("binding.add", text), "OK");
	snprintf(binding, sizeof(binding), "%s", result_text("binding"));
	assert_int_equal(strlen(result_text("hash")), 64);
	snprintf(text, sizeof(text),
	    "{'warrant': 'L1', 'binding': '%s', 'at': '2025-01-01T00:00:00Z'}", binding);
	assert_string_equal(call("binding.end", text), "CONFLICT"); /* before it began */
	snprintf(text, sizeof(text),
	    "{'warrant': 'L1', 'binding': '%s', 'at': '2026-02-01T00:00:00Z'}", binding);
	assert_string_equal(call("binding.end", text), "OK");
	assert_string_equal(call("binding.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(json_array_size(result()), 1);
	assert_string_equal(
	    call("binding.list", "{'warrant': 'L1', 'since': '2026-03-01T00:00:00Z'}"), "OK");
	assert_int_equal(json_array_size(result()), 0);
	assert_string_equal(call("binding.confirm", "{'warrant': 'L1', 'reason': 'court'}"), "OK");
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(result(), "bindings"), 0), "value")),
	    ADDRESS);
	assert_int_equal(strlen(result_text("sha256")), 64);
	snprintf(text, sizeof(text), "{'warrant': 'L1', 'target': '%s'}", target);
	assert_string_equal(call("target.remove", text), "CONFLICT"); /* evidence */
	assert_int_equal(count_in_files(ADDRESS) + count_in_files(ACCOUNT), 0);
}

static void
test_documents(void **state)
{
	char text[700], document[40];

	(void)state;
	assert_string_equal(
	    call("document.add", "{'warrant': 'L1', 'role': 'order', 'media': 'application/pdf', "
				 "'file': '" TEXT64 "', 'title': 'Canary title'}"),
	    "OK");
	assert_true(json_is_true(json_object_get(result(), "complete")));
	snprintf(document, sizeof(document), "%s", result_text("id"));
	assert_string_equal(
	    call("document.add", "{'warrant': 'L1', 'role': 'order', 'file': 'a b='}"), "USAGE");
	assert_string_equal(call("document.add",
				"{'warrant': 'L1', 'role': 'order', 'media': 'x', 'file': 'YQ=='}"),
	    "USAGE");
	snprintf(
	    text, sizeof(text), "{'warrant': 'L1', 'document': '%s', 'reason': 'court'}", document);
	assert_string_equal(call("document.export", text), "OK");
	assert_string_equal(result_text("file"), TEXT64);
	assert_string_equal(result_text("title"), "Canary title");
	/* in parts: "ab", "c" */
	assert_string_equal(
	    call("document.add",
		"{'warrant': 'L1', 'role': 'correspondence', 'file': 'YWI=', 'octets': 3, "
		"'sha256': ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']}"),
	    "OK");
	assert_true(json_is_false(json_object_get(result(), "complete")));
	snprintf(document, sizeof(document), "%s", result_text("id"));
	snprintf(
	    text, sizeof(text), "{'warrant': 'L1', 'document': '%s', 'reason': 'court'}", document);
	assert_string_equal(call("document.export", text), "CONFLICT");
	snprintf(
	    text, sizeof(text), "{'warrant': 'L1', 'document': '%s', 'file': 'ZA=='}", document);
	assert_string_equal(call("document.part", text), "REFUSED"); /* "d": another hash */
	snprintf(
	    text, sizeof(text), "{'warrant': 'L1', 'document': '%s', 'file': 'Yw=='}", document);
	assert_string_equal(call("document.part", text), "OK");
	assert_true(json_is_true(json_object_get(result(), "complete")));
	assert_string_equal(call("document.part", text), "CONFLICT");
	assert_string_equal(call("document.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	assert_int_equal(count_in_files(TEXT) + count_in_files("Canary title"), 0);
}

/* The state of warrant L1, past what its life allows. */
static void
set_state(const char *state)
{
	json_t *a = json_pack("{s:i, s:s, s:i}", "id", 1, "state", state, "now_ns", 1);
	struct fault f;

	assert_int_equal(store_run(fx.x.store, STMT_LIFE_MOVE, a, &f), 0);
	json_decref(a);
}

static void
test_shred(void **state)
{
	char text[200];

	(void)state;
	add_target("imsi", IMSI, ", 'check': true", "OK");
	assert_string_equal(
	    call("document.add", "{'warrant': 'L1', 'role': 'order', 'file': '" TEXT64 "'}"), "OK");
	assert_string_equal(call("warrant.shred", "{'warrant': 'L1', 'reason': 'x'}"), "CONFLICT");
	set_state("closed");
	assert_string_equal(call("warrant.shred", "{'warrant': 'L1', 'reason': 'x'}"), "REFUSED");
	assert_string_equal(
	    call("hold.add", "{'warrant': 'L1', 'authority': 'court', 'reason': 'appeal'}"), "OK");
	snprintf(text, sizeof(text), "{'warrant': 'L1', 'hold': '%s', 'reason': 'over'}",
	    result_text("hold"));
	assert_string_equal(
	    call("warrant.shred", "{'warrant': 'L1', 'reason': 'x', 'order': 'court 7'}"),
	    "REFUSED");
	assert_string_equal(call("hold.release", text), "OK");
	assert_string_equal(call("hold.release", text), "NOT-FOUND");
	assert_string_equal(
	    call("warrant.shred", "{'warrant': 'L1', 'reason': 'x', 'order': 'court 7'}"), "OK");
	assert_int_equal(json_integer_value(json_object_get(result(), "evidence_hashes")), 1);
	assert_string_equal(call("retention.certificate", "{'warrant': 'L1'}"), "OK");
	assert_string_equal(call("target.reveal", "{'warrant': 'L1', 'reason': 'x'}"), "REFUSED");
	assert_string_equal(call("warrant.show", "{'warrant': 'L1'}"), "OK");
	assert_string_equal(result_text("state"), "shredded");
	assert_string_equal(call("warrant.shred", "{'warrant': 'L1', 'reason': 'x'}"), "CONFLICT");
	assert_string_equal(call("document.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(json_array_size(result()), 1); /* its hash stays */
	assert_string_equal(
	    call("hold.add", "{'warrant': 'L1', 'authority': 'c', 'reason': 'r'}"), "CONFLICT");
}

static void
test_retention(void **state)
{
	(void)state;
	set_state("closed");
	assert_string_equal(call("retention.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(result(), 0), "days")), 1826);
	assert_string_equal(call("retention.set", "{'warrant': 'L1', 'days': 30}"), "OK");
	assert_string_equal(call("retention.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(result(), 0), "days")), 30);
	assert_string_equal(call("retention.set", "{'warrant': 'L1', 'days': 40000}"), "USAGE");
	assert_string_equal(call("retention.list", "{'due': true}"), "OK");
	assert_int_equal(json_array_size(result()), 0); /* its window ends in 2199 */
}

static void
test_canary(void **state)
{
	(void)state;
	assert_string_equal(call("warrant.show", "{'warrant': 'L1'}"), "OK");
	assert_string_equal(call("warrant.canary", "{'warrant': 'L1', 'decoy': true}"), "OK");
	assert_int_equal(alarms, 0);
	assert_string_equal(call("warrant.show", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(alarms, 1);
	assert_string_equal(call("target.list", "{'warrant': '1'}"), "OK");
	assert_int_equal(alarms, 2);
	assert_string_equal(call("target.reveal", "{'warrant': 'L1', 'reason': 'curious'}"),
	    "NOT-FOUND"); /* nothing there */
	assert_int_equal(alarms, 3);
	assert_string_equal(call("warrant.canary", "{'warrant': 'L1', 'decoy': false}"), "OK");
	assert_string_equal(call("warrant.show", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(alarms, 3);
}

#define IMPORT                                                                                     \
	"'items': [{'liid': 'I1', 'lea': 'lea-a', 'delivery': 'iri', 'from': "                     \
	"'2026-01-01T00:00:00Z', 'until': '2199-01-01T00:00:00Z', 'targets': ["

/* Targets of an import are sealed, with no own check unless it is asked for, in the item or for
 * all; a plan leaves nothing; one bad target and nothing is entered. */
static void
test_import(void **state)
{
	json_t *shown;

	(void)state;
	assert_string_equal(call("warrant.import", "{" IMPORT "{'type': 'imsi', 'value': '" IMSI
						   "'}]}], 'plan': true}"),
	    "OK");
	shown = json_object_get(json_array_get(result(), 0), "targets");
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(shown, 0), "masked")), "***76");
	assert_string_equal(call("warrant.show", "{'warrant': 'I1'}"), "NOT-FOUND");
	assert_string_equal(call("warrant.import", "{" IMPORT "{'type': 'imsi', 'value': '" IMSI
						   "'}, {'type': 'imsi', 'value': '26201'}]}]}"),
	    "USAGE");
	assert_string_equal(call("warrant.import", "{" IMPORT "{'type': 'imsi', 'value': '" IMSI
						   "', 'colour': 'red'}]}]}"),
	    "USAGE");
	assert_string_equal(call("warrant.import", "{" IMPORT "'imsi']}]}"), "USAGE");
	assert_string_equal(call("warrant.show", "{'warrant': 'I1'}"), "NOT-FOUND");
	assert_string_equal(
	    call("warrant.import", "{" IMPORT "{'warrant': 'L1', 'type': 'imsi', 'value': '" IMSI
				   "', 'check': false}, {'type': 'emailAddress', 'value': '" MAIL
				   "'}]}], 'check': true}"),
	    "OK");
	assert_string_equal(call("target.list", "{'warrant': 'L1'}"), "OK");
	assert_int_equal(json_array_size(result()), 0); /* it is a target of I1 */
	assert_string_equal(call("target.list", "{'warrant': 'I1'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *t = json_array_get(result(), i);

		assert_int_equal(json_is_true(json_object_get(t, "own_check")),
		    strcmp(json_string_value(json_object_get(t, "type")), "imsi") != 0);
	}
	assert_string_equal(call("warrant.show", "{'warrant': 'I1'}"), "OK");
	assert_int_equal(json_array_size(json_object_get(result(), "target")), 1);
	assert_string_equal(call("target.reveal", "{'warrant': 'I1', 'reason': 'test'}"), "OK");
	assert_int_equal(json_array_size(result()), 2);
	assert_int_equal(count_in_files(IMSI) + count_in_files(MAIL), 0);
}

static void
test_no_vault(void **state)
{
	(void)state;
	store_set_vault(fx.x.store, NULL);
	assert_string_equal(
	    call("warrant.import", "{" IMPORT "{'type': 'imsi', 'value': '" IMSI "'}]}]}"),
	    "REFUSED");
	assert_string_equal(call("warrant.show", "{'warrant': 'I1'}"), "NOT-FOUND");
	assert_int_equal(count_in_files(IMSI), 0);
	add_target("imsi", IMSI, "", "REFUSED");
	assert_string_equal(call("target.find", "{'lea': 'lea-a', 'type': 'imsi', 'value': '" IMSI
						"', 'reason': 'x'}"),
	    "REFUSED");
	assert_string_equal(call("vault.show", NULL), "OK");
	assert_true(json_is_false(json_object_get(result(), "open")));
	store_set_vault(fx.x.store, v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_targets, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bindings, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_documents, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_shred, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_retention, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_canary, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_import, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_vault, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
