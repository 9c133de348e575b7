/* SPDX-License-Identifier: Apache-2.0 */
/* mdfctl warrant import of electronic warrants (TS 103 120): which agency and which destinations
 * are meant is asked of the daemon; what is not registered there is refused. */
#include "admin/hi1.h"
#include "admin/mdfctl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *
hi1_text_of(json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t == NULL ? "" : t;
}

/* The result of an operation of the daemon: new, or NULL. */
static json_t *
hi1_ask(const struct mdfctl_asker *a, const char *op, json_t *args)
{
	json_t *answer = a->ask(a->arg, op, args),
	       *result = json_incref(json_object_get(answer, "result"));

	json_decref(answer);
	return result;
}

/* ADDRESS ("ip:port") is one of LIST, or (without a port) the host of one. */
static bool
hi1_has_address(json_t *list, const char *address)
{
	size_t i, n = strlen(address);
	const char *text;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		text = json_string_value(v);
		if (strcmp(text, address) == 0 ||
		    (strncmp(text, address, n) == 0 && text[n] == ':' &&
			strchr(text + n + 1, ':') == NULL) ||
		    (text[0] == '[' && strncmp(text + 1, address, n) == 0 && text[n + 1] == ']'))
			return true;
	}
	return false;
}

/* Name of the one destination in ROWS that has an address of WANT and takes KIND, borrowed; NULL:
 * none, or several. */
static const char *
hi1_match(json_t *rows, json_t *want, const char *kind)
{
	const char *found = NULL;
	json_t *d, *address;
	size_t i, k;

	json_array_foreach(rows, i, d)
	{
		bool fits = false;

		json_array_foreach(want, k, address) fits =
		    fits ||
		    hi1_has_address(json_object_get(d, "addresses"), json_string_value(address));
		if (!fits || (strcmp(hi1_text_of(d, "kind"), "both") != 0 &&
				 strcmp(hi1_text_of(d, "kind"), kind) != 0))
			continue;
		if (found != NULL)
			return NULL;
		found = hi1_text_of(d, "name");
	}
	return found;
}

static bool
hi1_fill_destination(json_t *item, json_t *w, json_t *rows, const char *kind, const char *not_for)
{
	const char *name;

	if (strcmp(hi1_text_of(w, "delivery"), not_for) == 0)
		return true;
	name = hi1_match(rows, json_object_get(item, kind), kind);
	if (name == NULL) {
		fprintf(stderr,
		    "mdfctl: %s: no destination of the agency, or several, have the address of %s "
		    "(mdfctl destination list)\n",
		    hi1_text_of(w, "liid"), kind);
		return false;
	}
	json_object_set_new(w, kind, json_string(name));
	return true;
}

static void
hi1_show(json_t *item, bool quiet)
{
	json_t *w = json_object_get(item, "warrant"), *note;
	size_t i;

	if (quiet)
		return;
	fprintf(stderr, "%s: %s, %s to %s\n", hi1_text_of(w, "liid"), hi1_text_of(w, "delivery"),
	    hi1_text_of(w, "from"), hi1_text_of(w, "until"));
	json_array_foreach(json_object_get(item, "notes"), i, note)
	    fprintf(stderr, "%s: note: %s\n", hi1_text_of(w, "liid"), json_string_value(note));
}

/* The agency that sent it: --lea, or the one whose name is that of the sender. */
static json_t *
hi1_lea(const struct mdfctl_asker *a, json_t *args, json_t *message)
{
	json_t *named = json_object_get(args, "lea"), *none, *rows, *row, *found = NULL;
	const char *sender = hi1_text_of(json_object_get(message, "sender"), "id");
	size_t i;

	if (named != NULL)
		return json_incref(named);
	none = json_object();
	rows = hi1_ask(a, "lea.list", none);
	json_decref(none);
	json_array_foreach(rows, i, row)
	{
		if (strcasecmp(hi1_text_of(row, "name"), sender) == 0)
			found = json_incref(json_object_get(row, "name"));
	}
	json_decref(rows);
	if (found == NULL)
		fprintf(stderr,
		    "mdfctl: no agency has the name of the sender '%.64s'; name it with --lea\n",
		    sender);
	return found;
}

json_t *
mdfctl_hi1_items(const struct mdfctl_asker *a, json_t *args, json_t *message)
{
	json_t *lea = hi1_lea(a, args, message), *ask, *rows, *items, *item;
	bool good = true;
	size_t i;

	if (lea == NULL)
		return NULL;
	ask = json_pack("{s:O}", "lea", lea);
	rows = hi1_ask(a, "destination.list", ask);
	items = json_array();
	json_array_foreach(json_object_get(message, "items"), i, item)
	{
		json_t *w = json_object_get(item, "warrant");

		json_object_set(w, "lea", lea);
		good = good && hi1_fill_destination(item, w, rows, "hi2", "cc") &&
		       hi1_fill_destination(item, w, rows, "hi3", "iri");
		json_array_append(items, w);
		hi1_show(item, a->quiet);
	}
	json_decref(ask);
	json_decref(rows);
	json_decref(lea);
	if (good)
		return items;
	json_decref(items);
	return NULL;
}

json_t *
mdfctl_hi1_message(const char *file, const char *text, size_t n)
{
	char why[HI1_WHY_MAX];
	json_t *json = NULL, *tree, *message;
	const char *at = text;

	while (strchr(" \t\r\n", *at) != NULL && *at != '\0')
		at++;
	if (*at == '{')
		json = n > HI1_LEN_MAX ? NULL : json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	tree = *at != '{' ? hi1_xml(text, n, why) : hi1_json(json, why);
	message = tree == NULL ? NULL : hi1_read(tree, why);
	if (message == NULL)
		fprintf(stderr, "mdfctl: %s: %s\n", file, why);
	json_decref(json);
	json_decref(tree);
	return message;
}
