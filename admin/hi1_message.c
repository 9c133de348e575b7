/* SPDX-License-Identifier: Apache-2.0 */
/* A TS 103 120 message (clause 6), and the warrants that its objects make together; see hi1.h. */
#include "admin/hi1_priv.h"

#include "base/clock.h"

#include <stdint.h>
#include <string.h>

static bool
hi1_create(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"HI1Object", "Core", hi1_object, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_action(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"ActionIdentifier", "Core", NULL, NULL}, {"CREATE", "Core", hi1_create, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_actions(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"ActionRequest", "Core", hi1_action, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, true);
}

static bool
hi1_request(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"ActionRequests", "Core", hi1_actions, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_payload(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {{"RequestPayload", "Core", hi1_request, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

static bool
hi1_header(struct hi1 *h, json_t *el, json_t *out, const char *key)
{
	static const struct hi1_element in[] = {
	    {"SenderIdentifier", "Core", hi1_endpoint, "sender"},
	    {"ReceiverIdentifier", "Core", hi1_endpoint, "receiver"},
	    {"TransactionIdentifier", "Core", hi1_value, "transaction"},
	    {"Timestamp", "Core", hi1_time, "sent"}, {"Version", "Core", NULL, NULL}, {0}};

	(void)key;
	return hi1_children(h, el, in, out, false);
}

/* The authorisation that TASK is associated with: exactly one of this message. */
static json_t *
hi1_auth_of(struct hi1 *h, json_t *task)
{
	json_t *id, *found = NULL, *a;
	size_t i;

	json_array_foreach(json_object_get(task, "of"), i, id)
	{
		a = json_object_get(h->auths, json_string_value(id));
		if (a != NULL && found != NULL) {
			hi1_fail(h, "more than one authorisation", "AssociatedObjects");
			return NULL;
		}
		found = a != NULL ? a : found;
	}
	if (found == NULL)
		hi1_fail(
		    h, "a task without its authorisation in this message", "AssociatedObjects");
	return found;
}

/* The window of the task, which must lie in that of the authorisation. */
static bool
hi1_window(struct hi1 *h, json_t *auth, json_t *w)
{
	static const char *const ends[] = {"from", "until"};
	int64_t task[2], order[2];

	for (int i = 0; i < 2; i++) {
		const char *o = json_string_value(json_object_get(auth, ends[i])),
			   *t = json_string_value(json_object_get(w, ends[i]));

		if (t == NULL && o == NULL)
			return hi1_fail(h, "begin and end are needed", "Timespan");
		if (t == NULL)
			json_object_set(w, ends[i], json_object_get(auth, ends[i]));
		t = t == NULL ? o : t;
		if (clock_parse(t, &task[i]) < 0 || (o != NULL && clock_parse(o, &order[i]) < 0))
			return hi1_fail(h, "a time with its zone is expected", "Timespan");
		if (o != NULL && (i == 0 ? task[i] < order[i] : task[i] > order[i]))
			return hi1_fail(h, "the task goes beyond its authorisation", "Timespan");
	}
	return task[0] < task[1] ? true : hi1_fail(h, "it ends before it begins", "Timespan");
}

static void
hi1_add_notes(json_t *notes, json_t *from)
{
	json_array_extend(notes, json_object_get(from, "notes"));
}

/* Documents that belong to the task or its authorisation, as notes. */
static void
hi1_documents_of(struct hi1 *h, const char *task_id, const char *auth_id, json_t *notes)
{
	const char *id, *sha;
	json_t *d, *of;
	size_t i;

	json_object_foreach(h->documents, id, d)
	{
		bool mine = false;

		json_array_foreach(json_object_get(d, "of"), i, of) mine =
		    mine || strcmp(json_string_value(of), task_id) == 0 ||
		    strcmp(json_string_value(of), auth_id) == 0;
		sha = json_string_value(json_object_get(d, "sha256"));
		if (mine)
			json_array_append_new(
			    notes, json_sprintf("document %s, SHA-256 %s: attach it to the warrant",
				       id, sha == NULL ? "not in the message" : sha));
		if (mine)
			hi1_add_notes(notes, d);
	}
}

static bool
hi1_item(struct hi1 *h, const char *id, json_t *task, json_t *items)
{
	static const char *const own[] = {"of", "notes", "hi2", "hi3", "priority_word"};
	json_t *auth = hi1_auth_of(h, task), *w, *notes, *item;

	if (auth == NULL)
		return false;
	w = json_copy(task);
	notes = json_array();
	if (!hi1_window(h, auth, w) || json_object_get(w, "liid") == NULL ||
	    json_object_get(w, "delivery") == NULL || json_object_get(w, "targets") == NULL ||
	    json_object_get(task, "hi2") == NULL) {
		hi1_fail(h,
		    "Reference, TargetIdentifier, DeliveryType and DeliveryDetails are needed",
		    "LITaskObject");
		json_decref(w);
		json_decref(notes);
		return false;
	}
	json_object_update_missing(w, auth);
	json_object_set_new(w, "id", json_string(id));
	json_object_set_new(w, "received_via", json_string("electronic"));
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		json_object_del(w, own[i]);
	hi1_add_notes(notes, auth);
	hi1_add_notes(notes, task);
	if (json_object_get(auth, "priority_word") != NULL)
		json_array_append_new(
		    notes, json_sprintf("priority %s",
			       json_string_value(json_object_get(auth, "priority_word"))));
	hi1_documents_of(h, id, json_string_value(json_object_get(auth, "id")), notes);
	item = json_pack("{s:o, s:O, s:O, s:o}", "warrant", w, "hi2", json_object_get(task, "hi2"),
	    "hi3", json_object_get(task, "hi3"), "notes", notes);
	json_array_append_new(items, item);
	return true;
}

static bool
hi1_items(struct hi1 *h, json_t *out)
{
	json_t *items = json_array(), *task;
	const char *id;

	json_object_set_new(out, "items", items);
	json_object_foreach(h->tasks, id, task)
	{
		if (!hi1_item(h, id, task, items))
			return false;
	}
	return json_array_size(items) > 0 ? true : hi1_fail(h, "no LI task in it", "HI1Message");
}

json_t *
hi1_read(json_t *tree, char why[HI1_WHY_MAX])
{
	static const struct hi1_element in[] = {
	    {"Header", "Core", hi1_header, NULL}, {"Payload", "Core", hi1_payload, NULL}, {0}};
	struct hi1 h = {
	    .why = why, .auths = json_object(), .tasks = json_object(), .documents = json_object()};
	json_t *out = json_object();
	bool good;

	why[0] = '\0';
	good = strcmp(json_string_value(json_object_get(tree, "n")), "HI1Message") == 0
		   ? hi1_children(&h, tree, in, out, false)
		   : hi1_fail(&h, "an HI1Message is expected",
			 json_string_value(json_object_get(tree, "n")));
	if (good && json_object_get(out, "sender") == NULL)
		good = hi1_fail(&h, "SenderIdentifier is needed", "Header");
	if (good)
		good = hi1_items(&h, out);
	json_decref(h.auths);
	json_decref(h.tasks);
	json_decref(h.documents);
	if (good)
		return out;
	json_decref(out);
	return NULL;
}
