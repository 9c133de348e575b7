/* SPDX-License-Identifier: Apache-2.0 */
/* The table of profile fields, and what is made of it; see profile.h. */
#include "admin/profile.h"

#include "db/check.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define AT(m) offsetof(struct taskset_profile, m), sizeof(((struct taskset_profile *)0)->m)
#define CHOICE(name, words, values, dflt, at, help, clause)                                        \
	{                                                                                          \
		name, PROFILE_CHOICE, words, values, 0, 0, dflt, at, help, clause                  \
	}
#define FLAG(name, dflt, at, help, clause)                                                         \
	{                                                                                          \
		name, PROFILE_BOOL, NULL, NULL, 0, 1, dflt, at, help, clause                       \
	}
#define NUMBER(name, lo, hi, dflt, at, help, clause)                                               \
	{                                                                                          \
		name, PROFILE_NUMBER, NULL, NULL, lo, hi, dflt, at, help, clause                   \
	}
#define LENGTH(name, lo, hi, dflt, at, help, clause)                                               \
	{                                                                                          \
		name, PROFILE_LENGTH, NULL, NULL, lo, hi, dflt, at, help, clause                   \
	}
#define NOWHERE 0, 0

#define HI "TS 102 232-1"
#define OURS "" /* no clause: a matter of the mediator */

static const uint8_t profile_hashes[] = {2, 3, 4}, profile_signatures[] = {2, 3},
		     profile_ciphers[] = {0, 3, 4};

const struct profile_field profile_fields[] = {
    NUMBER("ps_version", 1, 127, 43, AT(ps_version),
	"version of LI-PS-PDU that is announced (last arc of li-psDomainId)", HI ", annex A"),
    CHOICE("time_form", "micro|generalized", NULL, 0, AT(gtime),
	"time stamps as microSecondTimeStamp or as GeneralizedTime", HI ", annex A, PSHeader"),
    CHOICE("sequence_scope", "cin|liid", NULL, 0, AT(scope_liid),
	"sequence numbers count per LIID, CIN and IRI or CC, or per LIID",
	HI ", clause 5.2.5; liid: national"),
    CHOICE("restart", "continue|reset", NULL, 0, AT(restart_reset),
	"after a restart numbers go on, or begin at 0 with cINReset", HI ", annex A, PSHeader"),
    CHOICE("gtp", "unwrap|upf|extended|eps", NULL, 0, AT(gtp),
	"GTP-U as IPCC of the packet inside, uPFCCPDU, extendedUPFCCPDU with QFI, or ePSCC",
	"TS 33.128, CCPayload; TS 33.108, CC-PDU"),
    CHOICE("ethernet", "auto|l2|ip|upf", NULL, 0, AT(ethernet),
	"frames as IPCC when the warrant's only service is data and else L2CC; always L2CC; IPCC; "
	"uPFEthernetCC",
	"TS 102 232-4, L2CC; TS 33.128, CCPayload"),
    CHOICE("ip", "ipcc|upf", NULL, 0, AT(ip), "packets as IPCC or as extendedUPFCCPDU",
	"TS 102 232-3, IPCC; TS 33.128, CCPayload"),
    FLAG("opaque", 0, AT(opaque),
	"takes octets that nobody here reads, as messagingIRI and messagingCC", OURS),
    CHOICE("duplicates", "drop|mark|pass", NULL, 0, AT(copies),
	"the same packet or event from several network elements: deliver one, mark later ones, or "
	"deliver all",
	OURS),
    NUMBER("duplicates_ms", 0, 600000, 5000, AT(copies_ms),
	"milliseconds within which the same octets are a copy", OURS),
    NUMBER("aggregate_n", 1, 256, 1, AT(aggregate_n),
	"at most so many payloads in one PS-PDU; 1: no aggregation",
	HI ", annex A, SEQUENCE OF payloads"),
    NUMBER("aggregate_len", 256, 1048576, 8192, AT(aggregate_len),
	"at most so many octets of payload in one PS-PDU", OURS),
    LENGTH("segment_len", 64, 16777216, 0, AT(segment_len),
	"CC contents longer than this are cut into segments; 0: never",
	HI ", annex A, firstSegmentFlag"),
    CHOICE("integrity", "none|hash|signed", NULL, 0, AT(integrity),
	"integrityCheck PDUs: none, hashes, or hashes and signatures over them",
	HI ", clause 7.2.3"),
    CHOICE("hash_alg", "sha-256|sha-384|sha-512", profile_hashes, 0, AT(hash_alg),
	"hash of integrityCheck", HI ", annex A, HashAlgorithm"),
    NUMBER("hash_n", 1, 1000000, 1000, AT(hash_n), "an integrity hash after so many PDUs",
	HI ", clause 7.2.3"),
    NUMBER("hash_ms", 10, 86400000, 1000, AT(hash_ms),
	"an integrity hash after so many milliseconds", HI ", clause 7.2.3"),
    CHOICE("sign_alg", "ecdsa|eddsa", profile_signatures, 0, AT(sign_alg),
	"signature of integrityCheck", HI ", annex A, SignatureAlgorithm"),
    NUMBER("sign_n", 1, 1000000, 15, AT(sign_n), "a signature after so many hashes",
	HI ", clause 7.2.3"),
    NUMBER("sign_ms", 10, 86400000, 30000, AT(sign_ms), "a signature after so many milliseconds",
	HI ", clause 7.2.3"),
    CHOICE("encryption", "none|aes-192-cbc|aes-256-cbc", profile_ciphers, 0, AT(encryption),
	"payload in the encryption container, under a key of the agency",
	HI ", annex A, EncryptionContainer"),
    NUMBER("summary_s", 1, 86400, 60, AT(summary_s), "seconds between summary reports of a flow",
	"TS 102 232-3, PacketReportSummary"),
    FLAG("fallback", 0, AT(fallback),
	"consents to metadata only while too much CC waits for its link", OURS),
    NUMBER("fallback_kib", 1, 1073741824, 4096, AT(fallback_kib),
	"KiB of waiting CC that start the fall-back to metadata only", OURS),
    CHOICE("hi", "any|separate|shared", NULL, 0, NOWHERE,
	"HI2 and HI3 of a warrant go to two destinations, to one, or as the warrant says", OURS),
    NUMBER("time1_s", 0, 86400, 120, NOWHERE,
	"seconds of silence before a keep-alive, of new destinations (0: none)",
	HI ", clause 6.3.4"),
    NUMBER("time2_s", 1, 86400, 30, NOWHERE, "seconds to wait for its answer, of new destinations",
	HI ", clause 6.3.4"),
    NUMBER("time3_s", 1, 86400, 60, NOWHERE,
	"seconds before a link is given up, of new destinations", HI ", clause 6.3.4"),
    FLAG("notice_tri", 1, NOWHERE, "is told of faults by operatorLeaMessage",
	HI ", clause 6.3.4, annex A, OperatorLeaMessage"),
    FLAG("notice_hi1", 0, NOWHERE, "is told of faults by HI1 notification (alarms-indicator)",
	HI ", annex A, HI1-Operation"),
    {0},
};

static const struct profile_field *
profile_field(const char *name)
{
	for (const struct profile_field *f = profile_fields; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* Word number I of CHOICES; *n octets.  NULL: there are fewer. */
static const char *
profile_word(const char *choices, uint32_t i, size_t *n)
{
	for (; i > 0 && choices != NULL; i--)
		choices = (choices = strchr(choices, '|')) == NULL ? NULL : choices + 1;
	if (choices != NULL)
		*n = strcspn(choices, "|");
	return choices;
}

static json_t *
profile_word_json(const struct profile_field *f, uint32_t i)
{
	size_t n = 0;
	const char *w = profile_word(f->choices, i, &n);

	return w == NULL ? NULL : json_stringn(w, n);
}

/* V as position, 0/1 or number; -1: not valid. */
static int64_t
profile_value(const struct profile_field *f, json_t *v)
{
	const char *text = json_string_value(v), *w;
	size_t n;

	switch (f->type) {
	case PROFILE_CHOICE:
		for (uint32_t i = 0; text != NULL && (w = profile_word(f->choices, i, &n)); i++)
			if (strlen(text) == n && strncmp(text, w, n) == 0)
				return i;
		return -1;
	case PROFILE_BOOL:
		return json_is_boolean(v) ? json_is_true(v) : -1;
	case PROFILE_NUMBER:
	case PROFILE_LENGTH:
		if (!json_is_integer(v))
			return -1;
		if (f->type == PROFILE_LENGTH && json_integer_value(v) == 0)
			return 0;
		return json_integer_value(v) >= f->lo && json_integer_value(v) <= f->hi
			   ? json_integer_value(v)
			   : -1;
	}
	return -1;
}

static int
profile_bad(struct fault *f, const char *name, const char *why)
{
	return fault_set(f, FAULT_USAGE, name, "profile", "mdfctl profile fields lists them",
	    "%.64s: %s", name, why);
}

static int
profile_bad_value(const struct profile_field *pf, struct fault *f)
{
	const char *todo = "mdfctl profile fields lists them";

	switch (pf->type) {
	case PROFILE_CHOICE:
		return fault_set(f, FAULT_USAGE, pf->name, "profile", todo,
		    "%s: one of %s is expected", pf->name, pf->choices);
	case PROFILE_BOOL:
		return fault_set(f, FAULT_USAGE, pf->name, "profile", todo,
		    "%s: true or false is expected", pf->name);
	case PROFILE_NUMBER:
	case PROFILE_LENGTH:
		break;
	}
	return fault_set(f, FAULT_USAGE, pf->name, "profile", todo,
	    "%s: a number %sfrom %u to %u is expected", pf->name,
	    pf->type == PROFILE_LENGTH ? "0 or " : "", (unsigned)pf->lo, (unsigned)pf->hi);
}

static bool
profile_is_about(json_t *v)
{
	json_t *line;
	size_t i;

	if (json_is_string(v))
		return true;
	json_array_foreach(v, i, line) if (!json_is_string(line)) return false;
	return json_is_array(v);
}

static int
profile_check_head(json_t *p, struct fault *f)
{
	const char *name = json_string_value(json_object_get(p, "name")),
		   *version = json_string_value(json_object_get(p, "version")), *why;

	if (name == NULL || version == NULL)
		return profile_bad(f, name == NULL ? "name" : "version",
		    "a profile has the texts 'name' and 'version'");
	if ((why = check_name(name)) != NULL)
		return profile_bad(f, "name", why);
	why = strlen(version) > 64 ? "the version has 1 to 64 octets" : check_text(version);
	return why == NULL ? 0 : profile_bad(f, "version", why);
}

int
profile_check(json_t *p, struct fault *f)
{
	const struct profile_field *pf;
	const char *key;
	json_t *v;
	int r = profile_check_head(p, f);

	if (r < 0)
		return r;
	json_object_foreach(p, key, v)
	{
		if (strcmp(key, "name") == 0 || strcmp(key, "version") == 0 ||
		    strcmp(key, "$schema") == 0)
			continue;
		if (strcmp(key, "about") == 0 && profile_is_about(v))
			continue;
		if ((pf = profile_field(key)) == NULL)
			return profile_bad(f, key, "there is no such field");
		if (profile_value(pf, v) < 0)
			return profile_bad_value(pf, f);
	}
	return 0;
}

/* Number of field F in P: given and valid, else the default; *valid. */
static uint32_t
profile_get(const struct profile_field *f, json_t *p, bool *valid)
{
	json_t *v = json_object_get(p, f->name);
	int64_t n = v == NULL ? f->dflt : profile_value(f, v);

	*valid = n >= 0;
	return n < 0 ? f->dflt : (uint32_t)n;
}

static json_t *
profile_json(const struct profile_field *f, uint32_t n)
{
	switch (f->type) {
	case PROFILE_CHOICE:
		return profile_word_json(f, n);
	case PROFILE_BOOL:
		return json_boolean(n != 0);
	case PROFILE_NUMBER:
	case PROFILE_LENGTH:
		break;
	}
	return json_integer((json_int_t)n);
}

json_t *
profile_full(json_t *p)
{
	json_t *full = json_object();
	bool valid;

	for (const struct profile_field *f = profile_fields; f->name != NULL; f++)
		json_object_set_new(full, f->name, profile_json(f, profile_get(f, p, &valid)));
	return full;
}

uint32_t
profile_number(json_t *p, const char *name)
{
	const struct profile_field *f = profile_field(name);
	bool valid;

	assert(f != NULL);
	return profile_get(f, p, &valid);
}

bool
profile_is(json_t *p, const char *name, const char *word)
{
	const struct profile_field *f = profile_field(name);
	size_t n = 0;
	const char *w;

	assert(f != NULL && f->type == PROFILE_CHOICE);
	w = profile_word(f->choices, profile_number(p, name), &n);
	return strlen(word) == n && strncmp(w, word, n) == 0;
}

static void
profile_put(const struct profile_field *f, uint32_t n, struct taskset_profile *out)
{
	uint8_t n8 = (uint8_t)(f->values != NULL ? f->values[n] : n);
	uint16_t n16 = (uint16_t)n;
	uint8_t *at = (uint8_t *)out + f->off;

	switch (f->size) {
	case 1:
		memcpy(at, &n8, 1);
		break;
	case 2:
		memcpy(at, &n16, 2);
		break;
	case 4:
		memcpy(at, &n, 4);
		break;
	}
}

const char *
profile_compile(json_t *p, struct taskset_profile *out)
{
	const char *wrong = NULL;
	bool valid;

	for (const struct profile_field *f = profile_fields; f->name != NULL; f++) {
		uint32_t n = profile_get(f, p, &valid);

		if (!valid)
			wrong = f->name;
		profile_put(f, n, out);
	}
	return wrong;
}

/* ---- the table for people and programs */

static json_t *
profile_words(const struct profile_field *f)
{
	json_t *words = json_array(), *w;

	for (uint32_t i = 0; (w = profile_word_json(f, i)) != NULL; i++)
		json_array_append_new(words, w);
	return words;
}

static json_t *
profile_range(const struct profile_field *f)
{
	if (f->type == PROFILE_CHOICE)
		return json_string(f->choices);
	if (f->type == PROFILE_BOOL)
		return json_string("true|false");
	return json_sprintf(
	    "%s%u-%u", f->type == PROFILE_LENGTH ? "0, " : "", (unsigned)f->lo, (unsigned)f->hi);
}

json_t *
profile_list_fields(void)
{
	json_t *list = json_array();

	for (const struct profile_field *f = profile_fields; f->name != NULL; f++)
		json_array_append_new(
		    list, json_pack("{s:s, s:o, s:o, s:s, s:s}", "field", f->name, "values",
			      profile_range(f), "default", profile_json(f, f->dflt), "help",
			      f->help, "clause", f->clause));
	return list;
}

static json_t *
profile_schema_field(const struct profile_field *f)
{
	json_t *s = json_object();

	switch (f->type) {
	case PROFILE_CHOICE:
		json_object_set_new(s, "enum", profile_words(f));
		break;
	case PROFILE_BOOL:
		json_object_set_new(s, "type", json_string("boolean"));
		break;
	case PROFILE_LENGTH:
		json_object_set_new(s, "anyOf",
		    json_pack("[{s:i}, {s:I, s:I}]", "const", 0, "minimum", (json_int_t)f->lo,
			"maximum", (json_int_t)f->hi));
		json_object_set_new(s, "type", json_string("integer"));
		break;
	case PROFILE_NUMBER:
		json_object_set_new(s, "type", json_string("integer"));
		json_object_set_new(s, "minimum", json_integer((json_int_t)f->lo));
		json_object_set_new(s, "maximum", json_integer((json_int_t)f->hi));
		break;
	}
	json_object_set_new(s, "default", profile_json(f, f->dflt));
	json_object_set_new(s, "description",
	    json_sprintf("%s%s%s", f->help, f->clause[0] != '\0' ? "; " : "", f->clause));
	return s;
}

json_t *
profile_schema(void)
{
	json_t *props = json_pack("{s:{s:s}, s:{s:s, s:s}, s:{s:s, s:i, s:i}, s:{s:[{s:s}, {s:s, "
				  "s:{s:s}}], s:s}}",
	    "$schema", "type", "string", "name", "type", "string", "pattern",
	    "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$", "version", "type", "string", "minLength", 1,
	    "maxLength", 64, "about", "anyOf", "type", "string", "type", "array", "items", "type",
	    "string", "description",
	    "where the profile comes from; what is known, what is a guess");

	assert(props != NULL);
	for (const struct profile_field *f = profile_fields; f->name != NULL; f++)
		json_object_set_new(props, f->name, profile_schema_field(f));
	return json_pack("{s:s, s:s, s:s, s:[s, s], s:b, s:o}", "$schema",
	    "https://json-schema.org/draft/2020-12/schema", "title",
	    "OpenMDF profile of an agency: what its facilities want", "type", "object", "required",
	    "name", "version", "additionalProperties", 0, "properties", props);
}
