/* SPDX-License-Identifier: Apache-2.0 */
/* Every type of target: what is taken, in which normal form, what is refused, and what its mask
 * shows. */
#include "admin/rule.h"
#include "admin/target_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* FORM NULL: refused. */
static const struct {
	const char *type, *value, *form, *mask;
} cases[] = {
    {"e164Number", "+49 30 1234567-89", "msisdn:4930123456789", "***89"},
    {"e164Number", "112", "msisdn:112", "***"},
    {"e164Number", "1234567890123456", NULL, NULL},
    {"e164Number", "49x30", NULL, NULL},
    {"e164Number", "", NULL, NULL},
    {"imsi", "262011234567890", "imsi:262011234567890", "***90"},
    {"IMSI", "262011", "imsi:262011", "***"},
    {"imsi", "26201", NULL, NULL},
    {"imsi", "2620112345678901", NULL, NULL},
    {"imei", "35693803564380", "imei:35693803564380", "***80"},
    {"imei", "356938035643809", NULL, NULL},
    {"macAddress", "02-00-5E-10-00-01", "mac:02005e100001", "***"},
    {"macAddress", "02:00:5e:10:77", NULL, NULL},
    {"macAddress", "02:00:5e:10:00:0g", NULL, NULL},
    {"ipv4Address", "192.0.2.7", "ip:192.0.2.7/32", "***"},
    {"ipv4Address", "0.0.0.0", NULL, NULL},
    {"ipv4Address", "192.0.2", NULL, NULL},
    {"ipv4Address", "2001:db8::1", NULL, NULL},
    {"ipv6Address", "2001:0db8:0000:0000:0000:0000:0000:0001", "ip:2001:db8::1/128", "***"},
    {"ipv6Address", "::", NULL, NULL},
    {"ipv6Address", "192.0.2.7", NULL, NULL},
    {"ipv4Cidr", "192.0.2.16/28", "ip:192.0.2.16/28", "***"},
    {"ipv4Cidr", "192.0.2.17/28", NULL, NULL},
    {"ipv4Cidr", "0.0.0.0/0", NULL, NULL},
    {"ipv4Cidr", "198.51.100.0", NULL, NULL},
    {"ipv4Cidr", "192.0.2.0/28:80", NULL, NULL},
    {"ipv6Cidr", "2001:DB8:1::/48", "ip:2001:db8:1::/48", "***"},
    {"ipv6Cidr", "::/0", NULL, NULL},
    {"ipv6Cidr", "192.0.2.0/24", NULL, NULL},
    {"tcpPort", "443", "tcp:443", "***"},
    {"tcpPort", "1", NULL, NULL},
    {"tcpPort", "65536", NULL, NULL},
    {"tcpPort", "44 ", NULL, NULL},
    {"tcpPortRange", "8000-8010", "tcp:8000-8010", "***"},
    {"tcpPortRange", "8010-8000", NULL, NULL},
    {"tcpPortRange", "9011", NULL, NULL},
    {"tcpPortList", "443,80", "tcp:80,443", "***"},
    {"tcpPortList", "80,80", NULL, NULL},
    {"tcpPortList", "80,", NULL, NULL},
    {"udpPort", "0", "udp:0", "***"},
    {"udpPort", "-1", NULL, NULL},
    {"udpPortRange", "0-65535", "udp:0-65535", "***"},
    {"udpPortRange", "0-65536", NULL, NULL},
    {"udpPortList", "53", "udp:53", "***"},
    {"udpPortList", "53;54", NULL, NULL},
    {"emailAddress", "Alice@Example.ORG", "email:alice@example.org", "***"},
    {"emailAddress", "alice", NULL, NULL},
    {"emailAddress", "@example.org", NULL, NULL},
    {"emailAddress", "\xc3\xa4@example.org", NULL, NULL},
    {"internationalizedEmailAddress", "\xc3\xa4@example.org", "email:\xc3\xa4@example.org", "***"},
    {"internationalizedEmailAddress", "a@", NULL, NULL},
    {"sipUri", "sips:Alice@Example.ORG;user=phone", "sip:Alice@example.org", "***"},
    {"sipUri", "alice@example.org", NULL, NULL},
    {"sipUri", "tel:+4930123", NULL, NULL},
    {"sipUri", "sip:", NULL, NULL},
    {"telUri", "tel:+49-30-123456789", "msisdn:4930123456789", "***"},
    {"telUri", "+4930", NULL, NULL},
    {"h323Uri", "h323:alice@example.org", "h323:alice@example.org", "***"},
    {"h323Uri", "sip:alice@example.org", NULL, NULL},
    {"impu", "sip:alice@ims.example", "sip:alice@ims.example", "***"},
    {"impu", "tel:+4930123456789", "msisdn:4930123456789", "***"},
    {"impu", "h323:alice", NULL, NULL},
    {"impi", "alice@IMS.example", "nai:alice@ims.example", "***"},
    {"impi", "alice example", NULL, NULL},
    {"nai", "alice@isp.example", "nai:alice@isp.example", "***"},
    {"nai", "", NULL, NULL},
    {"radiusAttribute", "31=616263", "radius:31=616263", "***"},
    {"radiusAttribute", "256=61", NULL, NULL},
    {"radiusAttribute", "31=6", NULL, NULL},
    {"radiusAttribute", "31", NULL, NULL},
    {"gtpuTunnelId", "4294967295", "gtpu:4294967295", "***"},
    {"gtpuTunnelId", "4294967296", NULL, NULL},
    {"gtpcTunnelId", "0", "gtpc:0", "***"},
    {"gtpcTunnelId", "x", NULL, NULL},
    {"callPartyRole", "originating", "role:Originating", "***"},
    {"callPartyRole", "Forwarded-To", "role:Forwarded-To", "***"},
    {"callPartyRole", "Diverted", NULL, NULL},
    {"nonLocalIdentifier", "NonLocal", "local:NonLocal", "***"},
    {"nonLocalIdentifier", "remote", NULL, NULL},
    {"supiimsi", "262011234567890", "imsi:262011234567890", "***90"},
    {"supiimsi", "imsi-262011234567890", NULL, NULL},
    {"supinai", "x@realm.example", "nai:x@realm.example", "***"},
    {"supinai", "<x@realm>", NULL, NULL},
    {"suci", "0123456789AB", "suci:0123456789ab", "***"},
    {"suci", "012", NULL, NULL},
    {"peiImei", "35693803564380", "imei:35693803564380", "***80"},
    {"peiImei", "3569380356438", NULL, NULL},
    {"peiImeiCheckDigit", "356938035643809", "imei:35693803564380", "***80"},
    {"peiImeiCheckDigit", "35693803564380", NULL, NULL},
    {"peiImeisv", "3569380356438012", "imei:35693803564380", "***80"},
    {"peiImeisv", "356938035643809", NULL, NULL},
    {"gpsiMsisdn", "4930123456789", "msisdn:4930123456789", "***89"},
    {"gpsiMsisdn", "msisdn-4930", NULL, NULL},
    {"gpsiNai", "a@b.example", "nai:a@b.example", "***"},
    {"gpsiNai", "a b", NULL, NULL},
    {"eui64", "02:00:5e:ff:fe:10:00:01", "eui64:02005efffe100001", "***"},
    {"eui64", "02:00:5e:10:00:01", NULL, NULL},
    {"serviceAccessIdentifier", "DSLAM-7/3 port 12", "access:DSLAM-7/3 port 12", "***"},
    {"serviceAccessIdentifier", " x", NULL, NULL},
    {"hashedIdentifier", "ctx1;imsi;SHA-256;" HEX64, "hashed:ctx1;imsi;sha-256;" HEX64, "***"},
    {"hashedIdentifier", "ctx1;imsi;sha-256;abcd", NULL, NULL},
    {"hashedIdentifier", "ctx1;imsi;md5;" HEX64, NULL, NULL},
    {"hashedIdentifier", "ctx1;colour;sha-256;" HEX64, NULL, NULL},
    {"targetIdentifierExtension", "owner/name/value", "extension:owner/name/value", "***"},
    {"targetIdentifierExtension", "a\nb", NULL, NULL},
    {"vrf", "customer-17", "vrf:customer-17", "***"},
    {"vrf", "", NULL, NULL},
    {"account", "K 4711", "account:K 4711", "***"},
    {"account", "\x01", NULL, NULL},
    {"iccid", "8949020000012345678", "iccid:8949020000012345678", "***78"},
    {"iccid", "894902", NULL, NULL},
};
#define CASES_N (sizeof(cases) / sizeof(cases[0]))

static void
test_cases(void **state)
{
	char form[TARGET_FORM_MAX], mask[TARGET_MASK_MAX];

	(void)state;
	for (size_t i = 0; i < CASES_N; i++) {
		const struct target_type *t = target_type_find(cases[i].type);
		const char *why;

		assert_non_null(t);
		why = target_type_form(t, cases[i].value, form);
		if ((why == NULL) != (cases[i].form != NULL))
			fail_msg("%s '%s': %s", cases[i].type, cases[i].value, why);
		if (why != NULL) {
			if (strlen(cases[i].value) > 4 && strstr(why, cases[i].value) != NULL)
				fail_msg("%s: %s", cases[i].value, why);
			continue;
		}
		assert_string_equal(form, cases[i].form);
		target_type_mask(t, form, mask);
		assert_string_equal(mask, cases[i].mask);
	}
	assert_null(target_type_find("colour"));
}

/* Each type of the table has a good and a bad case here; no good value of 40 types is longer than
 * its mask tells. */
static void
test_all_types(void **state)
{
	json_t *list = target_type_list(), *row;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), 42);
	json_array_foreach(list, i, row)
	{
		const char *type = json_string_value(json_object_get(row, "type"));
		int good = 0, bad = 0;

		for (size_t k = 0; k < CASES_N; k++)
			if (strcmp(cases[k].type, type) == 0)
				*(cases[k].form != NULL ? &good : &bad) += 1;
		if (good == 0 || bad == 0)
			fail_msg("%s: %d good and %d bad cases", type, good, bad);
	}
	json_decref(list);
}

/* Whatever the value: three stars and at most two characters of it. */
static void
test_masks(void **state)
{
	char form[TARGET_FORM_MAX], mask[TARGET_MASK_MAX], number[40];

	(void)state;
	srand(7);
	for (int i = 0; i < 20000; i++) {
		const struct target_type *t = target_type_find(cases[(size_t)i % CASES_N].type);
		int n = 1 + rand() % 30;

		for (int k = 0; k < n; k++)
			number[k] = (char)('0' + rand() % 10);
		number[n] = '\0';
		if (target_type_form(t, number, form) != NULL)
			continue;
		target_type_mask(t, form, mask);
		assert_true(strncmp(mask, "***", 3) == 0 && strlen(mask) <= 5);
		assert_true(strlen(mask) == 3 || strlen(strchr(form, ':') + 1) >= 10);
	}
}

static void
check_rule(const char *type, const char *value, const char *want)
{
	const struct target_type *t = target_type_find(type);
	struct taskset_rule r;
	char form[TARGET_FORM_MAX], rule[RULE_TEXT_MAX], show[RULE_TEXT_MAX];
	int e;

	assert_null(target_type_form(t, value, form));
	e = target_type_rule(t, form, rule, sizeof(rule));
	assert_int_equal(e == 0, want != NULL);
	if (want == NULL)
		return;
	assert_string_equal(rule, want);
	assert_null(rule_parse(TASKSET_RULE_TARGET, rule, &r, show));
	assert_true(rule_personal(&r));
	rule_masked(&r, rule, show);
	assert_null(strpbrk(show, "0123456789@"));
}

static void
test_rules(void **state)
{
	(void)state;
	check_rule("imsi", "262011234567890", "id:imsi:262011234567890");
	check_rule("gpsiMsisdn", "4930123456789", "id:msisdn:4930123456789");
	check_rule("ipv4Address", "192.0.2.7", "net:192.0.2.7/32");
	check_rule("ipv6Cidr", "2001:db8::/56", "net:2001:db8::/56");
	check_rule("macAddress", "02:00:5e:10:00:01", "mac:02:00:5e:10:00:01");
	check_rule("sipUri", "sip:alice@example.org", "id:sip:alice@example.org");
	check_rule("nai", "a,b@example.org", NULL);
	check_rule("tcpPort", "80", NULL);
	check_rule("account", "4711", NULL);
}

static int
in_net(const char *type, const char *value, const char *net)
{
	const struct target_type *t = target_type_find(type);
	char form[TARGET_FORM_MAX];

	assert_null(target_type_form(t, value, form));
	return target_type_in_net(t, form, net);
}

static void
test_nets(void **state)
{
	(void)state;
	assert_int_equal(in_net("ipv4Address", "100.64.1.1", "100.64.0.0/10"), 1);
	assert_int_equal(in_net("ipv4Address", "100.128.1.1", "100.64.0.0/10"), 0);
	assert_int_equal(in_net("ipv4Cidr", "100.0.0.0/8", "100.64.0.0/10"), 1); /* holds it */
	assert_int_equal(in_net("ipv4Cidr", "100.64.4.0/24", "100.64.0.0/10"), 1);
	assert_int_equal(in_net("ipv6Address", "2001:db8::1", "100.64.0.0/10"), 0);
	assert_int_equal(in_net("ipv6Address", "2001:db8::1", "2001:db8::/32"), 1);
	assert_int_equal(in_net("imsi", "262011234567890", "100.64.0.0/10"), 0);
	assert_true(in_net("ipv4Address", "192.0.2.1", "100.64.0.0") < 0);
	assert_true(in_net("ipv4Address", "192.0.2.1", "100.64.0.0/10:80") < 0);
	assert_true(in_net("ipv4Address", "192.0.2.1", "x") < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_all_types),
	    cmocka_unit_test(test_masks),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_nets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
