/* SPDX-License-Identifier: Apache-2.0 */
/* Is the statement of a warrant (session/task_doc.h) what a person asked for?  What was typed is
 * compared with what will be signed, and so is the plan that the person decides by: its hash stands
 * in the statement.  Nothing here believes the daemon; what only the daemon can know (the rules
 * behind a hash, the row number of a warrant) is named as such. */
#include "admin/mdfctl.h"

#include "base/clock.h"
#include "db/check.h"
#include "trust/canon.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COMPARE_NS_TEXT 24

/* How an argument is compared with its member. */
enum compare_how {
	COMPARE_TEXT,
	COMPARE_TIME,
	COMPARE_SET,
	COMPARE_XIDS,
	COMPARE_BOOL,
	COMPARE_RULES, /* only a hash stands there */
	COMPARE_DEST   /* a name, which only the plan has */
};

static const struct compare_place {
	const char *arg;
	enum compare_how how;
	const char *part, *member; /* of the statement */
	const char *none;	   /* the word for "not narrowed" */
} compare_places[] = {
    {"delivery", COMPARE_TEXT, "task", "delivery", NULL},
    {"content", COMPARE_TEXT, "task", "content", NULL},
    {"auth_cc", COMPARE_TEXT, "task", "auth_cc", NULL},
    {"delivery_cc", COMPARE_TEXT, "task", "delivery_cc", NULL},
    {"operator_id", COMPARE_TEXT, "task", "operator_id", NULL},
    {"ne_id", COMPARE_TEXT, "task", "ne_id", NULL},
    {"from", COMPARE_TIME, "order", "from_written", NULL},
    {"until", COMPARE_TIME, "order", "until_written", NULL},
    {"provisional_until", COMPARE_TIME, "order", "provisional_until", NULL},
    {"xid", COMPARE_XIDS, "task", "xids", NULL},
    {"ne", COMPARE_SET, "task", "nes", NULL},
    {"services", COMPARE_SET, "task", "services", "all"},
    {"countries", COMPARE_SET, "task", "countries", "any"},
    {"trigger", COMPARE_BOOL, "task", "trigger", NULL},
    {"exclude", COMPARE_RULES, "task", "exclude", "none"},
    {"target", COMPARE_RULES, "task", "target", "none"},
    {"hi2", COMPARE_DEST, "task", "hi2", NULL},
    {"hi3", COMPARE_DEST, "task", "hi3", NULL},
    {"reference", COMPARE_TEXT, "order", "reference", NULL},
    {"authority", COMPARE_TEXT, "order", "authority", NULL},
    {"jurisdiction", COMPARE_TEXT, "order", "jurisdiction", NULL},
    {"signer_name", COMPARE_TEXT, "order", "signer_name", NULL},
    {"signer_title", COMPARE_TEXT, "order", "signer_title", NULL},
    {"officer", COMPARE_TEXT, "order", "officer", NULL},
    {"legal_basis", COMPARE_TEXT, "order", "legal_basis", NULL},
    {"legal_type", COMPARE_TEXT, "order", "legal_type", NULL},
    {"case_type", COMPARE_TEXT, "order", "case_type", NULL},
    {"zone", COMPARE_TEXT, "order", "zone", NULL},
    {"review", COMPARE_TEXT, "order", "review", NULL},
    {"reviewer", COMPARE_TEXT, "order", "reviewer", NULL},
    {"priority", COMPARE_TEXT, "order", "priority", NULL},
    {"iri_outage", COMPARE_TEXT, "order", "iri_outage", NULL},
    {"cc_outage", COMPARE_TEXT, "order", "cc_outage", NULL},
    {"retention", COMPARE_TEXT, "order", "retention", NULL},
    {"responsible", COMPARE_TEXT, "order", "responsible", NULL},
    {"regime", COMPARE_TEXT, "order", "regime", NULL},
};

struct compare {
	json_t *order, *task, *change;
	json_t *open; /* text for people: what could not be compared */
	char *why;
};

static bool __attribute__((format(printf, 2, 3)))
compare_fails(struct compare *c, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(c->why, MDFCTL_WHY_MAX, form, ap);
	va_end(ap);
	return false;
}

static bool
compare_open(struct compare *c, const char *name, const char *why)
{
	json_array_append_new(c->open, json_sprintf("%s: %s", name, why));
	return true;
}

/* ---- values */

/* "" when there is none. */
static const char *
compare_text(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text == NULL ? "" : text;
}

/* The same characters, whatever their case, without the colons of a pin. */
static bool
compare_item(const char *a, const char *b)
{
	for (; *a != '\0' || *b != '\0'; a++, b++) {
		a += strspn(a, ":");
		b += strspn(b, ":");
		if (strncasecmp(a, b, 1) != 0)
			return false;
		if (*a == '\0')
			return true;
	}
	return true;
}

/* Every member of A is in B; HEX: UUIDs or pins. */
static bool
compare_within(json_t *a, json_t *b, bool hex)
{
	json_t *x, *y;
	size_t i, k;

	json_array_foreach(a, i, x)
	{
		const char *text = json_string_value(x), *other;
		bool found = false;

		json_array_foreach(b, k, y)
		{
			other = json_string_value(y);
			if (text != NULL && other != NULL)
				found |= hex ? compare_item(text, other) : strcmp(text, other) == 0;
		}
		if (!found)
			return false;
	}
	return true;
}

/* The same members; null is an empty list. */
static bool
compare_sets(json_t *a, json_t *b, bool hex)
{
	return compare_within(a, b, hex) && compare_within(b, a, hex);
}

static json_t *
compare_split(const char *text)
{
	json_t *list = json_array();

	while (*text != '\0') {
		size_t n = strcspn(text, ",");

		json_array_append_new(list, json_stringn(text, n));
		text += n + (text[n] == ',');
	}
	return list;
}

static bool
compare_time(const char *a, const char *b)
{
	int64_t x, y;

	return clock_parse(a, &x) == 0 && clock_parse(b, &y) == 0 && x == y;
}

static bool
compare_yes(const char *text)
{
	return strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0 ||
	       strcmp(text, "1") == 0;
}

/* ---- the plan and the statement belong together */

static bool
compare_hash(struct compare *c)
{
	uint8_t md[32];
	char hex[65];

	if (!json_is_object(c->change) || canon_sha256(c->change, md) < 0 ||
	    strcmp(check_hex_text(md, sizeof(md), hex), compare_text(c->order, "plan")) != 0)
		return compare_fails(c, "the plan is not the one whose hash stands in it");
	return true;
}

static bool
compare_liid(const char *liid, const char *task)
{
	uint8_t octets[CHECK_LIID_MAX];
	char hex[2 * CHECK_LIID_MAX + 1];
	size_t n;

	return check_liid(liid, octets, &n) == NULL &&
	       strcmp(check_hex_text(octets, n, hex), task) == 0;
}

static bool
compare_destination(struct compare *c, const char *kind)
{
	json_t *said = json_object_get(c->change, kind), *task = json_object_get(c->task, kind);

	if (!json_is_object(said) && !json_is_object(task))
		return true;
	if (!json_is_object(said) || !json_is_object(task) ||
	    strcasecmp(compare_text(said, "did"), compare_text(task, "did")) != 0 ||
	    !compare_sets(json_object_get(said, "pins"), json_object_get(task, "pins"), true))
		return compare_fails(c, "%s is another destination than in the plan", kind);
	return true;
}

/* What the data plane obeys is what the order says in words. */
static bool
compare_window(struct compare *c)
{
	const char *until = compare_text(c->order, "until_written"),
		   *provisional = compare_text(c->order, "provisional_until");
	json_t *time = json_object_get(c->change, "time");
	int64_t from_ns, until_ns, other_ns;
	char a[COMPARE_NS_TEXT], b[COMPARE_NS_TEXT];

	if (clock_parse(compare_text(c->order, "from_written"), &from_ns) < 0 ||
	    clock_parse(until, &until_ns) < 0)
		return compare_fails(c, "its window cannot be read");
	if (*provisional != '\0' && clock_parse(provisional, &other_ns) < 0)
		return compare_fails(c, "its provisional end cannot be read");
	if (*provisional != '\0' && other_ns < until_ns)
		until_ns = other_ns;
	snprintf(a, sizeof(a), "%lld", (long long)from_ns);
	snprintf(b, sizeof(b), "%lld", (long long)until_ns);
	if (strcmp(a, compare_text(c->task, "from_ns")) != 0 ||
	    strcmp(b, compare_text(c->task, "until_ns")) != 0)
		return compare_fails(c, "its task has another window than its order");
	if (!compare_time(compare_text(time, "from"), compare_text(c->order, "from_written")) ||
	    !compare_time(compare_text(time, "until"), until))
		return compare_fails(c, "its window is another one than in the plan");
	return true;
}

static bool
compare_outage(struct compare *c, const char *name)
{
	const char *order = compare_text(c->order, name), *task = compare_text(c->task, name);
	bool keep = *order == '\0' || strcmp(order, "retain") == 0;

	if (keep ? *task == '\0' || strcmp(task, "retain") == 0 : strcmp(order, task) == 0)
		return true;
	return compare_fails(c, "%s of its task is another one than in its order", name);
}

static bool
compare_whole(struct compare *c)
{
	json_t *tasks = json_object_get(c->change, "tasks");

	if (!json_is_object(c->order) || !json_is_object(c->task))
		return compare_fails(c, "it has no order or no task");
	if (!compare_hash(c))
		return false;
	if (strcasecmp(compare_text(c->change, "warrant"), compare_text(c->order, "uuid")) != 0)
		return compare_fails(c, "it is about another warrant than the plan");
	if (!compare_liid(compare_text(c->change, "liid"), compare_text(c->task, "liid")))
		return compare_fails(c, "its LIID is another one than in the plan");
	if (strcmp(compare_text(c->change, "lea"), compare_text(c->task, "lea")) != 0)
		return compare_fails(c, "its agency is another one than in the plan");
	if (!compare_sets(json_object_get(tasks, "xids"), json_object_get(c->task, "xids"), true))
		return compare_fails(c, "its XIDs are other ones than in the plan");
	return compare_destination(c, "hi2") && compare_destination(c, "hi3") &&
	       compare_window(c) && compare_outage(c, "iri_outage") &&
	       compare_outage(c, "cc_outage");
}

/* ---- what was typed */

/* UUID, row number, or LIID[@LEA], read as the daemon reads it. */
static bool
compare_warrant(struct compare *c, const char *given)
{
	uint8_t uuid[16];
	char liid[160], *at;

	if (check_uuid(given, uuid) == NULL)
		return strcasecmp(given, compare_text(c->order, "uuid")) == 0 ||
		       compare_fails(c, "it is about another warrant (UUID)");
	if (strlen(given) <= 9 && strspn(given, "0123456789") == strlen(given))
		return compare_open(c, "warrant", "a row number, which does not stand in it");
	if ((size_t)snprintf(liid, sizeof(liid), "%s", given) >= sizeof(liid))
		return compare_fails(c, "the name of the warrant is too long");
	at = strrchr(liid, '@');
	if (at != NULL && check_name(at + 1) == NULL) {
		*at++ = '\0';
		if (strcmp(at, compare_text(c->task, "lea")) != 0)
			return compare_fails(c, "it is about a warrant of another agency");
	}
	return compare_liid(liid, compare_text(c->task, "liid")) ||
	       compare_fails(c, "it is about another warrant (LIID)");
}

static bool
compare_list(const char *given, json_t *list, const char *none, bool hex)
{
	json_t *want;
	bool same;

	if (none != NULL && strcmp(given, none) == 0)
		return json_array_size(list) == 0;
	want = compare_split(given);
	same = json_is_array(list) && compare_sets(want, list, hex);
	json_decref(want);
	return same;
}

static bool
compare_same(struct compare *c, const struct compare_place *p, const char *given)
{
	json_t *part = strcmp(p->part, "task") == 0 ? c->task : c->order,
	       *v = json_object_get(part, p->member);

	switch (p->how) {
	case COMPARE_TEXT:
		return strcmp(given, compare_text(part, p->member)) == 0;
	case COMPARE_TIME:
		return compare_time(given, compare_text(part, p->member));
	case COMPARE_SET:
	case COMPARE_XIDS:
		return compare_list(given, v, p->none, p->how == COMPARE_XIDS);
	case COMPARE_BOOL:
		return json_is_boolean(v) && json_is_true(v) == compare_yes(given);
	case COMPARE_RULES:
		return strcmp(given, p->none) == 0
			   ? *compare_text(part, p->member) == '\0'
			   : *compare_text(part, p->member) != '\0' &&
				 compare_open(c, p->arg, "only its hash stands in it");
	case COMPARE_DEST:
		return strcmp(given, compare_text(json_object_get(c->change, p->arg), "name")) == 0;
	}
	return false;
}

static bool
compare_arg(struct compare *c, const struct op_arg *a, json_t *v)
{
	const char *given = json_string_value(v);

	if (given == NULL)
		return compare_open(c, a->name, "it is no text");
	if (strcmp(a->name, "warrant") == 0)
		return compare_warrant(c, given);
	for (size_t i = 0; i < sizeof(compare_places) / sizeof(compare_places[0]); i++)
		if (strcmp(compare_places[i].arg, a->name) == 0)
			return compare_same(c, &compare_places[i], given) ||
			       compare_fails(c, "%s (%s.%s) is not what you gave", a->name,
				   compare_places[i].part, compare_places[i].member);
	return compare_open(c, a->name, "does not stand in it");
}

static bool
compare_asked(struct compare *c, const struct op *op, json_t *args)
{
	if (strcmp(compare_text(c->order, "op"), op->name) != 0)
		return compare_fails(c, "it is about another operation");
	for (const struct op_arg *a = op->args; a->name != NULL; a++) {
		json_t *v = json_object_get(args, a->name);

		if (v != NULL && !compare_arg(c, a, v))
			return false;
	}
	return true;
}

bool
mdfctl_compare(const struct op *op, json_t *args, json_t *plan, json_t *doc, json_t *open,
    char why[MDFCTL_WHY_MAX])
{
	struct compare c = {json_object_get(doc, "order"), json_object_get(doc, "task"),
	    json_object_get(plan, "change"), open, why};

	return compare_whole(&c) && (op == NULL || compare_asked(&c, op, args));
}
