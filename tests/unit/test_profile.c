/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, identifiers, profiles and session trees as text and as the data plane has them: no
 * database. */
#include "admin/profile.h"
#include "admin/rule.h"
#include "admin/session_tree.h"
#include "flow.h"
#include "spec/target_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define EX TASKSET_RULE_EXCLUDE
#define TG TASKSET_RULE_TARGET

static const char *
form(const char *text)
{
	static char out[TARGET_FORM_MAX + 1];
	size_t n = target_form(text, strlen(text), out);

	out[n] = '\0';
	return out;
}

static void
test_form(void **state)
{
	static const char *const same[][2] = {
	    {"<imsi>262011234567890</imsi>", "imsi:262011234567890"},
	    {"<x1:supiImsi a=\"b\"> 262011234567890 </x1:supiImsi>", "imsi:262011234567890"},
	    {"imsi262011234567890", "imsi:262011234567890"},
	    {"<IMEI>35824005111111</IMEI>", "imei:35824005111111"},
	    {"peiImeisv:3582400511111122", "imei:35824005111111"},
	    {"<E164Number>+49 30</E164Number>", ""},
	    {"<e164Number>4930123</e164Number>", "msisdn:4930123"},
	    {"tel:+49-30-123;phone-context=x", "msisdn:4930123"},
	    {"<telUri>tel:+4930123</telUri>", "msisdn:4930123"},
	    {"<sipUri>sip:Alice@Example.ORG;user=phone</sipUri>", "sip:Alice@example.org"},
	    {"sips:Alice@example.org?x=y", "sip:Alice@example.org"},
	    {"<impu>tel:+4930123</impu>", "msisdn:4930123"},
	    {"<impi>User@IMS.example</impi>", "nai:User@ims.example"},
	    {"<emailAddress>A.B@Example</emailAddress>", "email:a.b@example"},
	    {"macAddress:02-00-5E-10-00-01", "mac:02005e100001"},
	    {"<label>Port 7</label>", "label:Port 7"},
	    {"<imsi></imsi>", ""},
	    {"<imsi", ""},
	    {"imsi:12", ""},
	    {"imsi:26201123456789012", ""},
	    {"sip:", ""},
	    {"sip:alice@", ""},
	    {":x", ""},
	    {"no identifier", ""},
	    {"", ""},
	};
	char out[TARGET_FORM_MAX], longer[800];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_string_equal(form(same[i][0]), same[i][1]);
	memset(longer, 'a', sizeof(longer));
	memcpy(longer, "uri:x:", 6);
	assert_int_equal(target_form(longer, sizeof(longer), out), 0);
}

/* TEXT is a good rule; the rule. */
static struct taskset_rule
good(int what, const char *text)
{
	struct taskset_rule r, again;
	char show[RULE_TEXT_MAX];
	const char *why = rule_parse(what, text, &r, show);

	if (why != NULL)
		fail_msg("%s: %s", text, why);
	assert_int_equal(rule_load(what, show, r.kind == TASKSET_RULE_ID ? r.a : NULL, &again), 0);
	assert_memory_equal(&r, &again, sizeof(r));
	return r;
}

static void
test_rules(void **state)
{
	struct taskset_rule r = good(EX, "net:10.0.0.0/8<->10.1.0.0/16");

	(void)state;
	assert_int_equal(r.family, 4);
	assert_int_equal(r.a_len, 8);
	assert_int_equal(r.b_len, 16);
	assert_int_equal(r.b[1], 1);
	assert_int_equal(r.b_any, 0);
	r = good(EX, "net:192.0.2.0/24:80-90");
	assert_true(r.b_any == 1 && r.port_lo == 80 && r.port_hi == 90 && r.proto == 0);
	r = good(EX, "net:[2001:db8::/32]:udp:443");
	assert_true(r.family == 6 && r.a_len == 32 && r.proto == 17 && r.port_lo == 443);
	r = good(EX, "net:2001:db8::/32<->fe80::/10");
	assert_true(r.b_len == 10 && r.b[0] == 0xfe);
	r = good(EX, "udp:443");
	assert_true(r.family == 0 && r.proto == 17 && r.port_hi == 443 && r.b_any == 1);
	r = good(EX, "icmp");
	assert_int_equal(r.proto, 1);
	r = good(EX, "port:5060");
	assert_true(r.proto == 0 && r.port_lo == 5060);
	r = good(TG, "ip:2001:db8::1");
	assert_true(r.what == TG && r.a_len == 128 && r.a[15] == 1);
	r = good(TG, "mac:02:00:5E:10:00:01");
	assert_true(r.kind == TASKSET_RULE_MAC && r.a[2] == 0x5e && r.a[5] == 1);
	r = good(EX, "service:email");
	assert_int_equal(r.services, SERVICE_EMAIL);
	r = good(TG, "bound");
	assert_int_equal(r.kind, TASKSET_RULE_BOUND);
}

static void
test_bad_rules(void **state)
{
	static const char *const bad[] = {"", "net:", "net:10.0.0.1/8", "net:10.0.0.0/33",
	    "net:10.0.0.0/8<->", "net:10.0.0.0/8<->fe80::/10", "net:10.0.0.0/8:0",
	    "net:10.0.0.0/8:90-80", "net:10.0.0.0/8:65536", "net:10.0.0.0/8:x", "net:example.org",
	    "net:[fe80::/10", "net:[fe80::/10]80", "udp", "udp:", "udp:80:90", "icmp:80", "port",
	    "mac:02:00:5e:10:00", "mac:02:00:5e:10:00:0g", "id:", "id:imsi", "id:imsi:12",
	    "service:vision", "service:", "bound ", "192.0.2.1", "mac:02:00:5e:10:00:01:02"};
	struct taskset_rule r;
	char show[RULE_TEXT_MAX], longer[RULE_TEXT_MAX + 10];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = rule_parse(i & 1 ? EX : TG, bad[i], &r, show);

		/* "udp" alone is every UDP packet */
		if (strcmp(bad[i], "udp") == 0)
			assert_null(why);
		else if (why == NULL)
			fail_msg("'%s' was taken", bad[i]);
	}
	assert_non_null(rule_parse(EX, "bound", &r, show));
	assert_non_null(rule_parse(TG, "service:email", &r, show));
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_non_null(rule_parse(EX, longer, &r, show));
}

/* An identifier is kept as a hash of its normal form, and shown masked. */
static void
test_identifier(void **state)
{
	static const char normal[] = "sip:alice@example";
	uint8_t md[SHA256_DIGEST_LENGTH];
	struct taskset_rule r;
	char show[RULE_TEXT_MAX];

	(void)state;
	SHA256((const uint8_t *)normal, strlen(normal), md);
	assert_null(rule_parse(TG, "id:sip:alice@EXAMPLE;x=y", &r, show));
	assert_int_equal(r.kind, TASKSET_RULE_ID);
	assert_memory_equal(r.a, md, sizeof(r.a));
	assert_null(strstr(show, "alice"));
	assert_string_equal(show, "id:sip:a***(13)");
	good(TG, "id:<imsi>262011234567890</imsi>");
}

static json_t *
profile(const char *text)
{
	char copy[512];
	json_t *j;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, 0, NULL);
	assert_non_null(j);
	return j;
}

static void
test_compile(void **state)
{
	struct taskset_profile p;
	json_t *j, *full;

	(void)state;
	memset(&p, 0xff, sizeof(p));
	assert_null(profile_compile(NULL, &p));
	assert_int_equal(p.ps_version, 43);
	assert_int_equal(p.gtime + p.scope_liid + p.restart_reset + p.gtp + p.ethernet + p.ip, 0);
	assert_int_equal(p.opaque + p.copies + p.integrity + p.encryption + p.fallback, 0);
	assert_int_equal(p.hash_alg, 2);
	assert_int_equal(p.sign_alg, 2);
	assert_int_equal(p.aggregate_n, 1);
	assert_int_equal(p.copies_ms, 5000);
	assert_int_equal(p.summary_s, 60);
	j = profile("{'name': 'x', 'version': '1', 'gtp': 'eps', 'ethernet': 'upf', 'ip': 'upf', "
		    "'opaque': true, 'duplicates': 'pass', 'integrity': 'signed', 'hash_alg': "
		    "'sha-384', 'encryption': 'aes-192-cbc', 'segment_len': 1400, 'hi': 'shared'}");
	assert_null(profile_compile(j, &p));
	assert_int_equal(p.gtp, TASKSET_GTP_EPS);
	assert_int_equal(p.ethernet, TASKSET_ETHERNET_UPF);
	assert_int_equal(p.ip, TASKSET_IP_UPF);
	assert_int_equal(p.opaque, 1);
	assert_int_equal(p.copies, TASKSET_COPIES_PASS);
	assert_int_equal(p.integrity, TASKSET_INTEGRITY_SIGNED);
	assert_int_equal(p.hash_alg, 3);
	assert_int_equal(p.encryption, TASKSET_ENCRYPTION_AES192_CBC);
	assert_int_equal(p.segment_len, 1400);
	assert_true(profile_is(j, "hi", "shared") && !profile_is(j, "hi", "share"));
	full = profile_full(j);
	assert_string_equal(json_string_value(json_object_get(full, "hash_alg")), "sha-384");
	assert_int_equal(json_integer_value(json_object_get(full, "time1_s")), 120);
	json_decref(full);
	json_decref(j);
	j = profile("{'hash_alg': 'md5', 'aggregate_n': 5}"); /* of another version */
	assert_string_equal(profile_compile(j, &p), "hash_alg");
	assert_int_equal(p.hash_alg, 2);
	assert_int_equal(p.aggregate_n, 5);
	json_decref(j);
}

static void
test_profile_check(void **state)
{
	static const char *const bad[] = {"{}", "{'name': 'x'}", "{'name': 1, 'version': '1'}",
	    "{'name': '../x', 'version': '1'}", "{'name': 'x', 'version': ''}",
	    "{'name': 'x', 'version': '1', 'colour': 1}",
	    "{'name': 'x', 'version': '1', 'gtp': 'raw'}",
	    "{'name': 'x', 'version': '1', 'gtp': 0}",
	    "{'name': 'x', 'version': '1', 'opaque': 'yes'}",
	    "{'name': 'x', 'version': '1', 'ps_version': 128}",
	    "{'name': 'x', 'version': '1', 'segment_len': 1}",
	    "{'name': 'x', 'version': '1', 'hash_n': 1.5}",
	    "{'name': 'x', 'version': '1', 'about': 7}",
	    "{'name': 'x', 'version': '1', 'about': ['a', 7]}"};
	struct fault f = {0};
	json_t *j;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		j = profile(bad[i]);
		assert_true(profile_check(j, &f) < 0);
		assert_int_equal(f.code, FAULT_USAGE);
		json_decref(j);
	}
	j = profile(
	    "{'name': 'x', 'version': '1', 'about': ['a'], '$schema': 'y', 'segment_len': 0}");
	assert_int_equal(profile_check(j, &f), 0);
	json_decref(j);
}

/* Every field is in the schema and in the list, and its default is valid. */
static void
test_fields(void **state)
{
	json_t *schema = profile_schema(), *props = json_object_get(schema, "properties"),
	       *list = profile_list_fields(), *full = profile_full(NULL);
	struct fault f = {0};
	size_t n = 0;

	(void)state;
	assert_non_null(schema);
	for (; profile_fields[n].name != NULL; n++) {
		const struct profile_field *pf = &profile_fields[n];

		assert_non_null(json_object_get(props, pf->name));
		assert_true(json_equal(json_object_get(json_object_get(props, pf->name), "default"),
		    json_object_get(full, pf->name)));
		assert_true(pf->size <= 4 && pf->off + pf->size <= sizeof(struct taskset_profile));
		assert_true(strlen(pf->help) > 10);
		for (size_t k = 0; k < n; k++)
			assert_string_not_equal(pf->name, profile_fields[k].name);
	}
	assert_int_equal(json_array_size(list), n);
	json_object_set_new(full, "name", json_string("x"));
	json_object_set_new(full, "version", json_string("1"));
	assert_int_equal(profile_check(full, &f), 0);
	json_decref(schema);
	json_decref(list);
	json_decref(full);
}

static int64_t
cin_at(json_t *list, size_t i)
{
	return json_integer_value(json_object_get(json_array_get(list, i), "cin"));
}

static void
test_tree(void **state)
{
	json_t *list = profile("[{'cin': 10, 'parent': 0, 'first_ns': 1000000000, 'open': true}, "
			       "{'cin': 11, 'parent': 10}, {'cin': 12, 'joined': 11}, "
			       "{'cin': 13, 'parent': 99}, {'cin': 14, 'parent': 14}, "
			       "{'cin': 20, 'parent': 21}, {'cin': 21, 'parent': 20}]"),
	       *tree = session_tree(list), *node;

	(void)state;
	assert_int_equal(json_array_size(tree), 4);
	assert_int_equal(cin_at(tree, 0), 10);
	assert_int_equal(cin_at(tree, 1), 13);
	assert_int_equal(cin_at(tree, 2), 14);
	assert_int_equal(cin_at(tree, 3), 20);
	node = json_array_get(tree, 0);
	assert_string_equal(
	    json_string_value(json_object_get(node, "first")), "1970-01-01T00:00:01Z");
	node = json_array_get(json_object_get(node, "children"), 0);
	assert_int_equal(json_integer_value(json_object_get(node, "cin")), 11);
	assert_int_equal(cin_at(json_object_get(node, "merged"), 0), 12);
	assert_int_equal(cin_at(json_object_get(json_array_get(tree, 3), "children"), 0), 21);
	json_decref(tree);
	tree = session_tree(NULL);
	assert_int_equal(json_array_size(tree), 0);
	json_decref(tree);
	json_decref(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_form),
	    cmocka_unit_test(test_rules), cmocka_unit_test(test_bad_rules),
	    cmocka_unit_test(test_identifier), cmocka_unit_test(test_compile),
	    cmocka_unit_test(test_profile_check), cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_tree)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
