/* SPDX-License-Identifier: Apache-2.0 */
/* What two persons sign, at the side of the person.  The daemon proposes the text; what is signed
 * is what is shown here, and what was asked for must be in it. */
#include "admin/mdfctl.h"

#include "admin/approval.h"
#include "base/clock.h"
#include "session/task_doc.h"
#include "trust/canon.h"
#include "trust/dest_doc.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- is it what was asked for? */

static bool
sign_same_hash(const char *doc, const char *hash)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];

	SHA256((const uint8_t *)doc, strlen(doc), md);
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	return hash == NULL || strcmp(hex, hash) == 0;
}

static bool
sign_canonical(json_t *j, const char *doc)
{
	char *text = canon_json(j, NULL);
	bool same = text != NULL && strcmp(text, doc) == 0;

	free(text);
	return same;
}

/* One value as a person types it: lists with commas. */
static char *
sign_typed(json_t *v)
{
	char *out, *more;
	json_t *item;
	size_t i;

	if (json_is_string(v))
		return strdup(json_string_value(v));
	if (json_is_boolean(v))
		return strdup(json_is_true(v) ? "yes" : "no");
	if (!json_is_array(v))
		return json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	out = strdup("");
	json_array_foreach(v, i, item)
	{
		char *one = sign_typed(item);

		if (asprintf(&more, "%s%s%s", out, i > 0 ? "," : "", one) < 0)
			abort();
		free(one);
		free(out);
		out = more;
	}
	return out;
}

/* Where the argument NAME of OP stands in DOC, as far as that has a place of its own; NULL: none.
 */
static json_t *
sign_place(json_t *doc, const char *op, const char *name)
{
	json_t *part = json_object_get(doc, "destination");

	if (strncmp(op, "destination.", 12) != 0 || part == NULL)
		return json_object_get(json_object_get(doc, "args"), name);
	return json_object_get(part, strcmp(name, "destination") == 0 ? "name" : name);
}

static bool
sign_types(enum op_type t)
{
	switch ((int)t) {
	case OP_TEXT:
	case OP_NAME:
	case OP_CHOICE:
	case OP_ADDRESSES:
	case OP_PINS:
	case OP_NAMES:
	case OP_SAN:
	case OP_LIID:
		return true;
	}
	return false;
}

/* The name of an argument whose value in DOC is not the one that was given; NULL: none. */
static const char *
sign_differs(const struct op *op, json_t *args, json_t *doc)
{
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		json_t *given = json_object_get(args, a->name),
		       *place = sign_place(doc, op->name, a->name);
		char *text;
		bool same;

		if (given == NULL || place == NULL || !json_is_string(given) ||
		    !sign_types(a->type))
			continue;
		text = sign_typed(place);
		same = text != NULL && strcasecmp(text, json_string_value(given)) == 0;
		free(text);
		if (!same)
			return a->name;
	}
	return NULL;
}

/* Operations whose statement is that of a warrant. */
static bool
sign_of_warrant(const char *op)
{
	static const char *const ops[] = {
	    "warrant.submit", "warrant.set", "warrant.extend", "warrant.confirm", "warrant.resume"};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strcmp(ops[i], op) == 0)
			return true;
	return false;
}

/* A statement of another kind would be another act, whatever it says. */
static bool
sign_type_fits(const char *op, const char *type, const char *name)
{
	if (sign_of_warrant(op))
		return strcmp(type, TASK_DOC_TYPE) == 0;
	if (strcmp(type, APPROVAL_CHANGE_TYPE) == 0)
		return name != NULL;
	return (strncmp(op, "destination.", 12) == 0 && strcmp(type, DEST_DOC_TYPE) == 0) ||
	       (strncmp(op, "key.", 4) == 0 && strcmp(type, KEYLIST_TYPE) == 0);
}

/* NULL, or why TEXT is nothing that OP could mean. */
static const char *
sign_strange(const struct op *op, json_t *plan, const char *text, json_t *doc)
{
	const char *type = json_string_value(json_object_get(doc, "type")),
		   *name = json_string_value(json_object_get(doc, "op"));

	if (type == NULL || !sign_canonical(doc, text))
		return "it is not canonical JSON with a type";
	if (!sign_same_hash(text, json_string_value(json_object_get(plan, "sha256"))))
		return "its hash is another one";
	if (strcmp(op->name, "approval.approve") == 0)
		return NULL;
	if (!sign_type_fits(op->name, type, name))
		return "it is a statement of another kind";
	return name != NULL && strcmp(name, op->name) != 0 ? "it is about another operation" : NULL;
}

/* true: TEXT may be shown and signed; else WHY says why not. */
static bool
sign_allowed(const struct op *op, json_t *args, json_t *plan, const char *text, json_t *doc,
    json_t *open, char why[MDFCTL_WHY_MAX])
{
	const char *bad = sign_strange(op, plan, text, doc), *differs = NULL;
	bool second = strcmp(op->name, "approval.approve") == 0;

	if (bad == NULL &&
	    strcmp(json_string_value(json_object_get(doc, "type")), TASK_DOC_TYPE) == 0)
		return mdfctl_compare(
		    second ? NULL : op, args, json_object_get(plan, "plan"), doc, open, why);
	if (bad == NULL && !second)
		differs = sign_differs(op, args, doc);
	snprintf(why, MDFCTL_WHY_MAX, "%s%s",
	    bad != NULL	      ? bad
	    : differs != NULL ? differs
			      : "",
	    differs != NULL ? " is not what you gave" : "");
	return bad == NULL && differs == NULL;
}

/* ---- what a person sees */

/* Nanoseconds as time, beside the number. */
static void
sign_print_value(FILE *out, const char *path, json_t *v)
{
	const char *text = json_string_value(v);
	size_t n = strlen(path);
	char buf[32], *dump;

	if (text != NULL && n > 3 && strcmp(path + n - 3, "_ns") == 0 && text[0] != '\0') {
		fprintf(out, "  %-32s %s\n", path, clock_format(strtoll(text, NULL, 10), buf));
		return;
	}
	if (text != NULL) {
		fprintf(out, "  %-32s ", path);
		for (; *text != '\0'; text++) /* nothing of it may steer the terminal */
			fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
		fputc('\n', out);
		return;
	}
	dump = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	fprintf(out, "  %-32s %s\n", path, dump == NULL ? "" : dump);
	free(dump);
}

static void
sign_print(FILE *out, const char *path, json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;
	char *deeper;

	if (json_is_object(j)) {
		json_object_foreach(j, key, v)
		{
			if (asprintf(&deeper, "%s%s%s", path, path[0] ? "." : "", key) < 0)
				abort();
			sign_print(out, deeper, v);
			free(deeper);
		}
	} else if (json_is_array(j) && json_is_object(json_array_get(j, 0))) {
		json_array_foreach(j, i, v)
		{
			if (asprintf(&deeper, "%s[%zu]", path, i + 1) < 0)
				abort();
			sign_print(out, deeper, v);
			free(deeper);
		}
	} else {
		sign_print_value(out, path, j);
	}
}

/* The person has seen it and wants it. */
static bool
sign_wanted(
    const struct mdfctl_signer *s, const struct op *op, json_t *plan, json_t *doc, json_t *open)
{
	char answer[16] = "";
	json_t *item;
	size_t i;

	if (s->yes && s->quiet)
		return true;
	if (json_object_get(plan, "plan") != NULL && !json_is_null(json_object_get(plan, "plan"))) {
		fprintf(stderr, "Plan of %s:\n", op->name);
		sign_print(stderr, "", json_object_get(plan, "plan"));
	}
	fprintf(stderr, "What you sign:\n");
	sign_print(stderr, "", doc);
	json_array_foreach(open, i, item)
	    fprintf(stderr, "Not compared with what you gave: %s\n", json_string_value(item));
	if (s->yes)
		return true;
	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "mdfctl: nothing was signed: --yes signs without being asked\n");
		return false;
	}
	fprintf(stderr, "Sign it? [y/N] ");
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	       (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

/* ---- the two calls */

static json_t *
sign_error(const char *code, const char *object, const char *why, const char *todo)
{
	return json_pack("{s:b, s:{s:s, s:s, s:s, s:s, s:s}}", "ok", 0, "error", "code", code,
	    "what", "signature", "object", object, "why", why, "todo", todo);
}

/* The person sees what the daemon tried, and nothing is signed. */
static json_t *
sign_mismatch(const struct mdfctl_signer *s, const struct op *op, json_t *doc, const char *why)
{
	fprintf(stderr, "mdfctl: nothing was signed: what the daemon wants signed is not what was "
			"asked for\n");
	if (doc != NULL && !s->quiet)
		sign_print(stderr, "", doc);
	return sign_error(MDFCTL_MISMATCH, op->name, why,
	    "compare it with mdfctl warrant show, and tell the security officer");
}

/* {"doc", "sha256", "plan"}: of the plan, or of what waits. */
static json_t *
sign_plan(const struct mdfctl_signer *s, const struct op *op, json_t *args)
{
	json_t *ask, *answer;

	if (strcmp(op->name, "approval.approve") == 0) {
		ask = json_pack("{s:O?}", "approval", json_object_get(args, "approval"));
		answer = s->ask(s->arg, "approval.show", ask);
	} else {
		ask = json_copy(args);
		json_object_set_new(ask, "plan", json_true());
		answer = s->ask(s->arg, op->name, ask);
	}
	json_decref(ask);
	return answer;
}

static json_t *
sign_and_send(const struct mdfctl_signer *s, const struct op *op, json_t *args, const char *text)
{
	json_t *sig = mdfctl_sign_text(s->login, text), *ask, *answer;

	if (sig == NULL)
		return sign_error("SIGNATURE", op->name, "nothing was signed", "");
	ask = json_copy(args);
	json_object_set_new(ask, "signature", sig);
	answer = s->ask(s->arg, op->name, ask);
	json_decref(ask);
	return answer;
}

/* PLAN holds what is to be signed. */
static json_t *
sign_planned(const struct mdfctl_signer *s, const struct op *op, json_t *args, json_t *plan)
{
	const char *text = json_string_value(json_object_get(plan, "doc"));
	json_t *doc = text == NULL ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, NULL),
	       *open = json_array(), *out;
	char why[MDFCTL_WHY_MAX];

	if (!sign_allowed(op, args, plan, text, doc, open, why))
		out = sign_mismatch(s, op, doc, why);
	else if (!sign_wanted(s, op, plan, doc, open))
		out = sign_error("SIGNATURE", op->name, "you did not want to sign it", "");
	else
		out = sign_and_send(s, op, args, text);
	json_decref(doc);
	json_decref(open);
	return out;
}

json_t *
mdfctl_sign(const struct mdfctl_signer *s, const struct op *op, json_t *args)
{
	json_t *answer, *plan, *out;

	if (s->login->person == NULL || s->login->key == NULL ||
	    (!(op->flags & OP_TWO) && strcmp(op->name, "approval.approve") != 0) ||
	    json_object_get(args, "signature") != NULL || json_object_get(args, "plan") != NULL)
		return s->ask(s->arg, op->name, args);
	answer = sign_plan(s, op, args);
	plan = json_object_get(answer, "result");
	if (answer == NULL || !json_is_true(json_object_get(answer, "ok")))
		return answer;
	if (json_is_true(json_object_get(plan, "alone"))) {
		json_decref(answer);
		return s->ask(s->arg, op->name, args);
	}
	out = sign_planned(s, op, args, plan);
	json_decref(answer);
	return out;
}
