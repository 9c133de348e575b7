/* SPDX-License-Identifier: Apache-2.0 */
/* See dest_doc.h. */
#include "trust/dest_doc.h"

#include "trust/canon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
dd_texts(json_t *list)
{
	json_t *item;
	size_t i;

	if (list == NULL)
		return true;
	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, item) if (!json_is_string(item)) return false;
	return true;
}

static bool
dd_true(json_t *v)
{
	return json_is_integer(v) ? json_integer_value(v) != 0 : json_is_true(v);
}

/* Text member KEY of D, or WITHOUT when it is not there; NULL: it is no text. */
static const char *
dd_text(json_t *d, const char *key, const char *without)
{
	json_t *v = json_object_get(d, key);

	return v == NULL || json_is_null(v) ? without : json_string_value(v);
}

json_t *
dest_doc(json_t *d, const char *lea)
{
	json_t *addresses = json_object_get(d, "addresses"), *pins = json_object_get(d, "pins");
	const char *did = dd_text(d, "did", NULL), *name = dd_text(d, "name", NULL),
		   *transport = dd_text(d, "transport", "tls"),
		   *level = dd_text(d, "level", "auto"), *server = dd_text(d, "server_name", "");
	bool hi2 = dd_true(json_object_get(d, "hi2")), hi3 = dd_true(json_object_get(d, "hi3"));

	if (!json_is_array(addresses) || !dd_texts(addresses) || !dd_texts(pins) ||
	    !json_is_integer(json_object_get(d, "id")) || did == NULL || name == NULL ||
	    transport == NULL || level == NULL || server == NULL || (!hi2 && !hi3))
		return NULL;
	return json_pack("{s:O, s:s, s:s, s:s, s:s, s:s, s:o, s:O, s:s, s:b, s:s}", "addresses",
	    addresses, "did", did, "kind",
	    hi2 && hi3 ? "both"
	    : hi2      ? "hi2"
		       : "hi3",
	    "lea", lea, "level", level, "name", name, "pins",
	    pins != NULL ? json_incref(pins) : json_array(), "row", json_object_get(d, "id"),
	    "server_name", server, "tls12", (int)dd_true(json_object_get(d, "tls12")), "transport",
	    transport);
}

json_t *
dest_doc_statement(json_t *d, const char *lea, json_t *order)
{
	json_t *part = dest_doc(d, lea);

	return part == NULL ? NULL
			    : json_pack("{s:o, s:O, s:s}", "destination", part, "order", order,
				  "type", DEST_DOC_TYPE);
}

/* TEXT is the statement about PART; its time. */
static bool
dd_statement(const char *text, json_t *part, int64_t *submitted_ns)
{
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(j, "type"));
	bool ok = json_object_size(j) == 3 && type != NULL && strcmp(type, DEST_DOC_TYPE) == 0 &&
		  json_equal(json_object_get(j, "destination"), part) &&
		  keylist_ns(json_string_value(
				 json_object_get(json_object_get(j, "order"), "submitted_ns")),
		      submitted_ns);

	json_decref(j);
	return ok;
}

int
dest_doc_check(
    const struct keylist *k, json_t *d, const char *lea, int64_t *submitted_ns, const char **why)
{
	json_t *statement = json_object_get(d, "statement"), *part = dest_doc(d, lea),
	       *sigs = json_object_get(statement, "sigs");
	const char *text = json_string_value(json_object_get(statement, "doc"));
	struct keylist_sig sig[2];
	bool same = text != NULL && part != NULL && dd_statement(text, part, submitted_ns);

	json_decref(part);
	*why = "it has no statement";
	if (text == NULL)
		return -EBADMSG;
	*why = "there is no key list";
	if (k == NULL)
		return -EBADMSG;
	*why = "it is not as it was signed";
	if (!same)
		return -EBADMSG;
	*why = "a signature cannot be read";
	if (json_array_size(sigs) != 2 || keylist_sig_read(json_array_get(sigs, 0), &sig[0]) < 0 ||
	    keylist_sig_read(json_array_get(sigs, 1), &sig[1]) < 0)
		return -EBADMSG;
	return keylist_check(k, text, strlen(text), *submitted_ns, sig, why);
}
