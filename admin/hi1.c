/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of a TS 103 120 message; see hi1.h.  Clauses 7.2 (authorisation), 7.3 (document), 8.2
 * (LI task); names of elements second-hand. */
#include "admin/hi1_priv.h"

#include "base/clock.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool
hi1_fail(struct hi1 *h, const char *why, const char *name)
{
	if (h->why[0] == '\0')
		snprintf(h->why, HI1_WHY_MAX, "%s: %.60s", name, why);
	return false;
}

static const char *
hi1_name(json_t *el)
{
	return json_string_value(json_object_get(el, "n"));
}

static const char *
hi1_text(json_t *el)
{
	const char *t = json_string_value(json_object_get(el, "t"));

	return t == NULL ? "" : t;
}

static json_t *
hi1_child(json_t *el, const char *name)
{
	json_t *c;
	size_t i;

	json_array_foreach(json_object_get(el, "c"), i, c)
	{
		if (strcmp(hi1_name(c), name) == 0)
			return c;
	}
	return NULL;
}

bool
hi1_children(struct hi1 *h, json_t *el, const struct hi1_element *table, json_t *out, bool many)
{
	json_t *c, *seen = json_object();
	size_t i;
	bool good = true;

	json_array_foreach(json_object_get(el, "c"), i, c)
	{
		const struct hi1_element *e = table;
		const char *ns = json_string_value(json_object_get(c, "ns"));

		while (e->name != NULL &&
		       (strcmp(e->name, hi1_name(c)) != 0 || strcmp(e->ns, ns) != 0))
			e++;
		if (e->name == NULL)
			good = hi1_fail(h,
			    "an element that is not taken; it may narrow what is asked for",
			    hi1_name(c));
		else if (!many && json_object_get(seen, e->name) != NULL)
			good = hi1_fail(h, "stands there twice", e->name);
		else if (json_object_get(c, "type") != NULL && strcmp(e->name, "HI1Object") != 0)
			good = hi1_fail(h, "a type that is not taken", e->name);
		else if (e->fn != NULL)
			good = e->fn(h, c, out, e->key);
		if (!good)
			break;
		json_object_set_new(seen, e->name, json_true());
	}
	json_decref(seen);
	return good;
}

static void
hi1_note(struct hi1 *h, json_t *text)
{
	json_array_append_new(h->notes, text);
}

/* ---- values */

bool
hi1_value(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	const char *text = hi1_text(el);

	if (json_array_size(json_object_get(el, "c")) > 0 || text[0] == '\0')
		return hi1_fail(h, "text is expected", hi1_name(el));
	json_object_set_new(out, key, json_string(text));
	return true;
}

/* xs:dateTime with a zone: without one nobody knows what is meant. */
bool
hi1_time(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	int64_t ns;

	if (clock_parse(hi1_text(el), &ns) < 0)
		return hi1_fail(h, "a time with its zone is expected", hi1_name(el));
	return hi1_value(h, el, out, key);
}

/* DictionaryEntry: Owner, Name, Value. */
static bool
hi1_entry(struct hi1 *h, json_t *el, json_t *out)
{
	static const struct hi1_element in[] = {{"Owner", "Common", hi1_value, "owner"},
	    {"Name", "Common", hi1_value, "name"}, {"Value", "Common", hi1_value, "value"}, {0}};

	if (!hi1_children(h, el, in, out, false))
		return false;
	return json_object_size(out) == 3
		   ? true
		   : hi1_fail(h, "Owner, Name and Value are needed", hi1_name(el));
}

/* The value of an entry of ETSI's own dictionary DICTIONARY; new, or NULL. */
static json_t *
hi1_word(struct hi1 *h, json_t *el, const char *dictionary)
{
	json_t *e = json_object(), *value = NULL;

	if (hi1_entry(h, el, e)) {
		if (strcmp(json_string_value(json_object_get(e, "owner")), "ETSI") != 0 ||
		    strcmp(json_string_value(json_object_get(e, "name")), dictionary) != 0)
			hi1_fail(h, "of a dictionary that is not known", hi1_name(el));
		else
			value = json_incref(json_object_get(e, "value"));
	}
	json_decref(e);
	return value;
}

/* An entry of any dictionary, as text. */
static bool
hi1_words(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	json_t *e = json_object();
	bool good = hi1_entry(h, el, e);

	if (good)
		json_object_set_new(out, key,
		    json_sprintf("%s %s: %s", json_string_value(json_object_get(e, "owner")),
			json_string_value(json_object_get(e, "name")),
			json_string_value(json_object_get(e, "value"))));
	json_decref(e);
	return good;
}

/* Only AwaitingProvisioning, AwaitingApproval and Active may be wished of a new object: either way
 * it becomes a draft. */
static bool
hi1_desired(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const char *const may[] = {
	    "Active", "Approved", "AwaitingProvisioning", "AwaitingApproval", "Submitted"};
	json_t *word = hi1_word(h, el, key);
	const char *text = json_string_value(word);
	bool good = false;

	(void)out;
	for (size_t i = 0; text != NULL && i < sizeof(may) / sizeof(may[0]); i++)
		good = good || strcmp(text, may[i]) == 0;
	json_decref(word);
	return good ? true : hi1_fail(h, "a state that a new object cannot have", hi1_name(el));
}

static bool
hi1_span(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[][3] = {
	    {{"StartTime", "Authorisation", hi1_time, "from"},
		{"EndTime", "Authorisation", hi1_time, "until"}, {0}},
	    {{"StartTime", "Task", hi1_time, "from"}, {"EndTime", "Task", hi1_time, "until"}, {0}}};

	return hi1_children(h, el, in[key[0] == 't'], out, false);
}

static bool
hi1_flag(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	json_t *word = hi1_word(h, el, key);
	const char *text = json_string_value(word);
	bool good = true;

	if (text == NULL)
		good = false;
	else if (strcmp(text, "IsEmergency") == 0)
		json_object_set_new(out, "priority", json_string("urgent"));
	else if (strcmp(text, "IsTest") == 0)
		json_object_set_new(out, "case_type", json_string("test"));
	else
		good = hi1_fail(h, "a flag that is not known", hi1_name(el));
	json_decref(word);
	return good;
}

static bool
hi1_flags(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[][2] = {
	    {{"AuthorisationFlag", "Authorisation", hi1_flag, "AuthorisationFlag"}, {0}},
	    {{"Flag", "Task", hi1_flag, "TaskFlag"}, {0}}};

	return hi1_children(h, el, in[key[0] == 't'], out, true);
}

bool
hi1_endpoint(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"CountryCode", "Core", hi1_value, "country"},
	    {"UniqueIdentifier", "Core", hi1_value, "id"},
	    {"CountryCode", "Common", hi1_value, "country"},
	    {"UniqueIdentifier", "Common", hi1_value, "id"}, {0}};
	json_t *e = json_object();
	bool good = hi1_children(h, el, in, e, false) &&
		    (json_object_size(e) == 2 ||
			hi1_fail(h, "country and identifier are needed", hi1_name(el)));

	if (good)
		json_object_set(out, key, e);
	json_decref(e);
	return good;
}

/* Which operator it is meant for: for a person to compare. */
static bool
hi1_csp(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	json_t *e = json_object(), *csp;
	bool good = hi1_endpoint(h, el, e, "csp");

	(void)out;
	(void)key;
	csp = json_object_get(e, "csp");
	if (good)
		hi1_note(h, json_sprintf("for the operator %s %s",
				json_string_value(json_object_get(csp, "country")),
				json_string_value(json_object_get(csp, "id"))));
	json_decref(e);
	return good;
}

static bool
hi1_approver(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"ApproverName", "Common", hi1_value, "signer_name"},
	    {"ApproverRole", "Common", hi1_value, "signer_title"},
	    {"ApproverIdentity", "Common", NULL, NULL},
	    {"ApproverContactDetails", "Common", NULL, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_unsigned(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	(void)el;
	(void)out;
	(void)key;
	hi1_note(h, json_string("it carries a digital signature, which is not checked here"));
	return true;
}

static bool
hi1_approval(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"ApprovalType", "Common", NULL, NULL},
	    {"ApprovalDescription", "Common", NULL, NULL},
	    {"ApprovalReference", "Common", NULL, NULL},
	    {"ApproverDetails", "Common", hi1_approver, NULL},
	    {"ApprovalTimestamp", "Common", hi1_time, "signed"},
	    {"ApprovalIsEmergency", "Common", NULL, NULL},
	    {"ApprovalDigitalSignature", "Common", hi1_unsigned, NULL}, {0}};
	bool good = hi1_children(h, el, in, out, false);

	(void)key;
	json_object_del(out, "signed");
	return good;
}

/* ---- targets */

/* FormatName > type of target (admin/target_type.h). */
static const struct {
	const char *format, *type;
} hi1_formats[] = {{"InternationalE164", "e164Number"}, {"E164Number", "e164Number"},
    {"IMSI", "imsi"}, {"SUPIIMSI", "supiimsi"}, {"IMEI", "imei"},
    {"IMEICheckDigit", "peiImeiCheckDigit"}, {"PEIIMEI", "peiImei"}, {"GPSIMSISDN", "gpsiMsisdn"},
    {"SIPURI", "sipUri"}, {"TELURI", "telUri"}, {"NAI", "nai"}, {"SUPINAI", "supinai"},
    {"GPSINAI", "gpsiNai"}, {"EmailAddress", "emailAddress"},
    {"InternationalizedEmailAddress", "internationalizedEmailAddress"},
    {"MACAddress", "macAddress"}, {"IPv4Address", "ipv4Address"}, {"IPv6Address", "ipv6Address"},
    {"IPv4CIDR", "ipv4Cidr"}, {"IPv6CIDR", "ipv6Cidr"}};

static bool
hi1_format(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"FormatOwner", "Task", hi1_value, "owner"},
	    {"FormatName", "Task", hi1_value, "name"}, {0}};
	json_t *f = json_object();
	const char *owner, *name;
	bool good = hi1_children(h, el, in, f, false), found = false;

	(void)key;
	owner = json_string_value(json_object_get(f, "owner"));
	name = json_string_value(json_object_get(f, "name"));
	if (good && (owner == NULL || name == NULL || strcmp(owner, "ETSI") != 0))
		good = hi1_fail(h, "a format of ETSI is expected", "FormatOwner");
	for (size_t i = 0; good && i < sizeof(hi1_formats) / sizeof(hi1_formats[0]); i++)
		if (strcasecmp(hi1_formats[i].format, name) == 0) {
			json_object_set_new(out, "type", json_string(hi1_formats[i].type));
			found = true;
		}
	if (good && !found)
		good = hi1_fail(h, "a format of target identifier that is not taken", "FormatName");
	json_decref(f);
	return good;
}

static bool
hi1_target_value(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"FormatType", "Task", hi1_format, NULL}, {"Value", "Task", hi1_value, "value"}, {0}};
	json_t *v = json_object();
	bool good = hi1_children(h, el, in, v, false);

	(void)key;
	if (good && (json_object_get(v, "value") == NULL || json_object_get(v, "type") == NULL))
		good = hi1_fail(h, "format and value are needed", hi1_name(el));
	else if (good && json_object_get(out, "targets") != NULL) /* together they mean both */
		good = hi1_fail(h, "only one value is taken: several narrow one another",
		    "TargetIdentifierValues");
	else if (good)
		json_object_set_new(out, "targets", json_pack("[O]", v));
	json_decref(v);
	return good;
}

static bool
hi1_target_values(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"TargetIdentifierValue", "Task", hi1_target_value, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, true);
}

static bool
hi1_target(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"TargetIdentifierValues", "Task", hi1_target_values, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

/* ---- delivery */

static bool
hi1_delivery_word(struct hi1 *h, json_t *el, json_t *out, const char *key, const char *dictionary)
{
	json_t *word = hi1_word(h, el, dictionary);
	const char *text = json_string_value(word), *is = NULL;

	if (text != NULL && (strcasecmp(text, "IRIOnly") == 0 || strcasecmp(text, "IRI") == 0))
		is = "iri";
	else if (text != NULL && (strcasecmp(text, "CCOnly") == 0 || strcasecmp(text, "CC") == 0))
		is = "cc";
	else if (text != NULL && strcasecmp(text, "IRIandCC") == 0)
		is = "both";
	json_decref(word);
	if (is == NULL)
		return hi1_fail(h, "a kind of delivery that is not known", hi1_name(el));
	json_object_set_new(out, key, json_string(is));
	return true;
}

static bool
hi1_delivery_type(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	return hi1_delivery_word(h, el, out, key, "TaskDeliveryType");
}

static bool
hi1_iri_or_cc(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	return hi1_delivery_word(h, el, out, key, "IRIorCC");
}

static bool
hi1_ip(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"IPv4Address", "280", hi1_value, "ip"}, {"IPv6Address", "280", hi1_value, "ip"}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_port(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"TCPPort", "280", hi1_value, "port"}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_ip_port(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"address", "280", hi1_ip, NULL}, {"port", "280", hi1_port, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_address(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"IPv4Address", "Task", hi1_value, "ip"},
	    {"IPv6Address", "Task", hi1_value, "ip"}, {"IPAddressPort", "Task", hi1_ip_port, NULL},
	    {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

/* "192.0.2.1:5000", "[2001:db8::1]:5000", or the address alone. */
static json_t *
hi1_address_text(json_t *d)
{
	const char *ip = json_string_value(json_object_get(d, "ip")),
		   *port = json_string_value(json_object_get(d, "port"));

	if (port == NULL)
		return json_string(ip);
	return json_sprintf(strchr(ip, ':') != NULL ? "[%s]:%s" : "%s:%s", ip, port);
}

static bool
hi1_destination(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"DeliveryAddress", "Task", hi1_address, NULL},
	    {"IRIorCC", "Task", hi1_iri_or_cc, "what"}, {0}};
	json_t *d = json_object(), *text;
	const char *what;
	bool good = hi1_children(h, el, in, d, false);

	(void)key;
	what = json_string_value(json_object_get(d, "what"));
	if (good && !json_is_string(json_object_get(d, "ip")))
		good = hi1_fail(h, "an IP address is needed", hi1_name(el));
	if (good) {
		text = hi1_address_text(d);
		if (what == NULL || strcmp(what, "cc") != 0)
			json_array_append(json_object_get(out, "hi2"), text);
		if (what == NULL || strcmp(what, "iri") != 0)
			json_array_append(json_object_get(out, "hi3"), text);
		json_decref(text);
	}
	json_decref(d);
	return good;
}

static bool
hi1_delivery(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"DeliveryDestination", "Task", hi1_destination, NULL}, {0}};

	(void)key;
	json_object_set_new(out, "hi2", json_array());
	json_object_set_new(out, "hi3", json_array());
	return hi1_children(h, el, in, out, true);
}

/* ---- objects */

static bool
hi1_associated(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	json_array_append_new(json_object_get(out, key), json_string(hi1_text(el)));
	return hi1_text(el)[0] != '\0' ? true : hi1_fail(h, "text is expected", hi1_name(el));
}

static bool
hi1_associations(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"AssociatedObject", "Core", hi1_associated, "of"}, {0}};

	json_object_set_new(out, key, json_array());
	return hi1_children(h, el, in, out, true);
}

static bool
hi1_external(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	(void)out;
	(void)key;
	hi1_note(h, json_sprintf("external identifier %s", hi1_text(el)));
	return true;
}

static bool
hi1_manual(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	(void)out;
	(void)key;
	hi1_note(h, json_sprintf("manual information, to be read by a person: %s", hi1_text(el)));
	return true;
}

/* A document that came with it: named, with the digest of what it holds. */
static bool
hi1_body(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	const char *text = hi1_text(hi1_child(el, "Contents"));
	size_t n = 0;
	char *packed = malloc(strlen(text) + 1), hex[65];
	unsigned char *data = malloc(strlen(text) + 4), md[32];
	int len = -1;

	(void)key;
	for (const char *c = text; packed != NULL && *c != '\0'; c++)
		if (strchr(" \t\r\n", *c) == NULL)
			packed[n++] = *c;
	if (packed != NULL && data != NULL && n > 0 && n % 4 == 0)
		len = EVP_DecodeBlock(data, (const unsigned char *)packed, (int)n);
	for (size_t i = n; len >= 0 && i > 0 && packed[i - 1] == '='; i--)
		len--;
	free(packed);
	if (len < 0) {
		free(data);
		return hi1_fail(h, "contents in base64 are expected", hi1_name(el));
	}
	EVP_Digest(data, (size_t)len, md, NULL, EVP_sha256(), NULL);
	free(data);
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	json_object_set_new(out, "sha256", json_string(hex));
	return true;
}

#define HI1_BASE                                                                                   \
	{"ObjectIdentifier", "Core", hi1_value, "id"}, {"CountryCode", "Core", NULL, NULL},        \
	    {"OwnerIdentifier", "Core", NULL, NULL}, {"Generation", "Core", NULL, NULL},           \
	    {"ExternalIdentifier", "Core", hi1_external, NULL},                                    \
	    {"AssociatedObjects", "Core", hi1_associations, "of"},                                 \
	{                                                                                          \
		"LastChanged", "Core", NULL, NULL                                                  \
	}
#define HI1_AUTH "Authorisation"

static const struct hi1_element hi1_authorisation[] = {HI1_BASE,
    {"AuthorisationReference", HI1_AUTH, hi1_value, "reference"},
    {"AuthorisationLegalType", HI1_AUTH, hi1_words, "legal_basis"},
    {"AuthorisationPriority", HI1_AUTH, hi1_words, "priority_word"},
    {"AuthorisationDesiredStatus", HI1_AUTH, hi1_desired, "AuthorisationDesiredStatus"},
    {"AuthorisationTimespan", HI1_AUTH, hi1_span, "authorisation"},
    {"AuthorisationCSPID", HI1_AUTH, hi1_csp, NULL},
    {"AuthorisationCreationTimestamp", HI1_AUTH, NULL, NULL},
    {"AuthorisationServedTimestamp", HI1_AUTH, hi1_time, "served"},
    {"AuthorisationApprovalDetails", HI1_AUTH, hi1_approval, NULL},
    {"AuthorisationFlags", HI1_AUTH, hi1_flags, "authorisation"},
    {"AuthorisationManualInformation", HI1_AUTH, hi1_manual, NULL},
    {"AuthorisationJurisdiction", HI1_AUTH, hi1_words, "jurisdiction"},
    {"AuthorisationTypeOfCase", HI1_AUTH, hi1_words, "case_type"},
    {"AuthorisationLegalEntity", HI1_AUTH, hi1_words, "authority"}, {0}};

static const struct hi1_element hi1_task[] = {HI1_BASE, {"Reference", "Task", hi1_value, "liid"},
    {"DesiredStatus", "Task", hi1_desired, "TaskDesiredStatus"},
    {"Timespan", "Task", hi1_span, "task"}, {"TargetIdentifier", "Task", hi1_target, NULL},
    {"DeliveryType", "Task", hi1_delivery_type, "delivery"},
    {"DeliveryDetails", "Task", hi1_delivery, NULL},
    {"ApprovalDetails", "Task", hi1_approval, NULL}, {"CSPID", "Task", hi1_csp, NULL},
    {"Flags", "Task", hi1_flags, "task"}, {0}};

static const struct hi1_element hi1_document[] = {HI1_BASE,
    {"DocumentReference", "Document", hi1_value, "reference"},
    {"DocumentName", "Document", hi1_value, "name"},
    {"DocumentDesiredStatus", "Document", NULL, NULL}, {"DocumentTimespan", "Document", NULL, NULL},
    {"DocumentType", "Document", hi1_words, "type"}, {"DocumentProperties", "Document", NULL, NULL},
    {"DocumentBody", "Document", hi1_body, NULL},
    {"DocumentSignature", "Document", hi1_unsigned, NULL}, {0}};

bool
hi1_object(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	const char *type = json_string_value(json_object_get(el, "type")),
		   *ns = json_string_value(json_object_get(el, "type_ns")), *id;
	const struct {
		const char *type, *ns;
		const struct hi1_element *table;
		json_t *into;
	} kinds[] = {{"AuthorisationObject", HI1_AUTH, hi1_authorisation, h->auths},
	    {"LITaskObject", "Task", hi1_task, h->tasks},
	    {"DocumentObject", "Document", hi1_document, h->documents}};
	json_t *o = json_object();
	bool good = false;

	(void)out;
	(void)key;
	h->notes = json_array();
	for (size_t i = 0; i < 3; i++) {
		if (type == NULL || strcmp(type, kinds[i].type) != 0 ||
		    strcmp(ns, kinds[i].ns) != 0)
			continue;
		good = hi1_children(h, el, kinds[i].table, o, false);
		id = json_string_value(json_object_get(o, "id"));
		if (good && id == NULL)
			good = hi1_fail(h, "ObjectIdentifier is missing", type);
		else if (good && json_object_get(kinds[i].into, id) != NULL)
			good = hi1_fail(h, "an ObjectIdentifier stands there twice", type);
		json_object_set(o, "notes", h->notes);
		if (good)
			json_object_set(kinds[i].into, id, o);
	}
	json_decref(h->notes);
	h->notes = NULL;
	json_decref(o);
	return good ? true
		    : hi1_fail(
			  h, "only authorisations, LI tasks and documents are taken", "HI1Object");
}
