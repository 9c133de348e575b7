/* SPDX-License-Identifier: Apache-2.0 */
/* XML and JSON of TS 103 120 into one tree; see hi1.h.  No DTD, no entities, no network, limits on
 * size, depth and number. */
#include "admin/hi1.h"

#include <assert.h>
#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HI1_XSI "http://www.w3.org/2001/XMLSchema-instance"

struct hi1_tree {
	char *why;
	unsigned elements;
	json_t *prefixes; /* JSON form: prefix > part of the namespace */
};

static json_t *
tree_fail(struct hi1_tree *t, const char *why, const char *name)
{
	snprintf(t->why, HI1_WHY_MAX, "%s%s%.60s", why, name[0] != '\0' ? ": " : "", name);
	return NULL;
}

/* "http://uri.etsi.org/03120/common/2020/09/Task" as "Task", of TS 103 280 as "280"; the edition in
 * between does not matter.  NULL: another namespace. */
static const char *
tree_part(const char *uri)
{
	static const char *const known[] = {"Core", "Common", "Authorisation", "Task", "Document"};
	static const char common[] = "http://uri.etsi.org/03120/common/",
			  types[] = "http://uri.etsi.org/03280/common/";
	const char *last = uri == NULL ? NULL : strrchr(uri, '/');

	if (last == NULL)
		return NULL;
	if (strncmp(uri, types, sizeof(types) - 1) == 0)
		return "280";
	if (strncmp(uri, common, sizeof(common) - 1) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(last + 1, known[i]) == 0)
			return known[i];
	return NULL;
}

/* Text without white space around it. */
static json_t *
tree_text(const char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	return json_stringn(text, n);
}

static json_t *
tree_new(struct hi1_tree *t, const char *name, const char *part, unsigned depth)
{
	if (++t->elements > HI1_ELEMENTS_MAX)
		return tree_fail(t, "the message has too many elements", "");
	if (depth > HI1_DEPTH_MAX)
		return tree_fail(t, "the message is nested too deeply", "");
	return json_pack("{s:s, s:s, s:s, s:[]}", "n", name, "ns", part, "t", "", "c");
}

/* ---- XML */

/* xsi:type of NODE, resolved, as "type"; other attributes are refused. */
static bool
xml_attributes(struct hi1_tree *t, xmlNodePtr node, json_t *out)
{
	for (xmlAttrPtr a = node->properties; a != NULL; a = a->next) {
		const char *uri = a->ns == NULL ? "" : (const char *)a->ns->href;
		xmlChar *value;
		char *colon;
		xmlNsPtr ns;
		bool good;

		if (strcmp(uri, HI1_XSI) == 0 &&
		    strcmp((const char *)a->name, "schemaLocation") == 0)
			continue;
		if (strcmp(uri, HI1_XSI) != 0 || strcmp((const char *)a->name, "type") != 0) {
			tree_fail(t, "an attribute that is not known", (const char *)a->name);
			return false;
		}
		value = xmlNodeGetContent((xmlNodePtr)a);
		colon = value == NULL ? NULL : strchr((char *)value, ':');
		if (colon != NULL)
			*colon = '\0';
		ns = value == NULL ? NULL
				   : xmlSearchNs(node->doc, node, colon == NULL ? NULL : value);
		good = ns != NULL && tree_part((const char *)ns->href) != NULL;
		if (good) {
			json_object_set_new(
			    out, "type", json_string(colon == NULL ? (char *)value : colon + 1));
			json_object_set_new(
			    out, "type_ns", json_string(tree_part((const char *)ns->href)));
		} else {
			tree_fail(t, "a type of an unknown namespace", (const char *)node->name);
		}
		xmlFree(value);
		if (!good)
			return false;
	}
	return true;
}

static json_t *xml_element(struct hi1_tree *t, xmlNodePtr node, unsigned depth);

static bool
xml_children(struct hi1_tree *t, xmlNodePtr node, json_t *out, unsigned depth)
{
	json_t *list = json_object_get(out, "c"), *c;
	xmlChar *text;

	for (xmlNodePtr n = node->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE) {
			if ((c = xml_element(t, n, depth + 1)) == NULL)
				return false;
			json_array_append_new(list, c);
		} else if (n->type != XML_TEXT_NODE && n->type != XML_CDATA_SECTION_NODE &&
			   n->type != XML_COMMENT_NODE) {
			tree_fail(t, "an entity or an instruction", (const char *)node->name);
			return false;
		} else if (n->type != XML_COMMENT_NODE && !xmlIsBlankNode(n) &&
			   xmlFirstElementChild(node) != NULL) {
			tree_fail(t, "text between elements", (const char *)node->name);
			return false;
		}
	}
	if (json_array_size(list) > 0)
		return true;
	text = xmlNodeGetContent(node); /* no entities are left, comments do not count */
	json_object_set_new(out, "t", tree_text(text == NULL ? "" : (const char *)text));
	xmlFree(text);
	return true;
}

static json_t *
xml_element(struct hi1_tree *t, xmlNodePtr node, unsigned depth)
{
	const char *part = node->ns == NULL ? NULL : tree_part((const char *)node->ns->href);
	json_t *out;

	if (part == NULL)
		return tree_fail(t, "an element of an unknown namespace", (const char *)node->name);
	if ((out = tree_new(t, (const char *)node->name, part, depth)) == NULL)
		return NULL;
	if (xml_attributes(t, node, out) && xml_children(t, node, out, depth))
		return out;
	json_decref(out);
	return NULL;
}

json_t *
hi1_xml(const char *text, size_t n, char why[HI1_WHY_MAX])
{
	struct hi1_tree t = {.why = why};
	json_t *out = NULL;
	xmlNodePtr root;
	xmlDocPtr doc;

	why[0] = '\0';
	if (n > HI1_LEN_MAX)
		return tree_fail(&t, "the message is too large", "");
	/* before the parser sees it: an internal subset alone can cost much */
	if (memmem(text, n, "<!DOCTYPE", 9) != NULL || memmem(text, n, "<!ENTITY", 8) != NULL)
		return tree_fail(&t, "a document type declaration is not taken", "");
	if (n >= 2 && ((unsigned char)text[0] >= 0xfe || memchr(text, '\0', n) != NULL))
		return tree_fail(&t, "only UTF-8 is taken", "");
	doc = xmlReadMemory(text, (int)n, "message", "utf-8",
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (doc == NULL)
		return tree_fail(&t, "this is not well-formed XML", "");
	root = xmlDocGetRootElement(doc);
	/* The two texts were looked for above, and a document without root is not well-formed;
	 * should the parser see that otherwise: */
	if (doc->intSubset != NULL || doc->extSubset != NULL)
		tree_fail(&t, "a document type declaration is not taken", ""); /* GCOVR_EXCL_LINE */
	else if (root == NULL)
		tree_fail(&t, "the document is empty", ""); /* GCOVR_EXCL_LINE */
	else
		out = xml_element(&t, root, 1);
	xmlFreeDoc(doc);
	return out;
}

/* ---- JSON: members are elements, with prefixes; "@xmlns:p" and "@xsi:type" are attributes */

/* "task:Reference" as part and name; NULL: a prefix that nothing declares. */
static const char *
hi1_json_part(struct hi1_tree *t, const char *key, const char **name)
{
	const char *colon = strchr(key, ':');
	char prefix[32] = "";

	*name = colon == NULL ? key : colon + 1;
	if (colon != NULL && (size_t)(colon - key) < sizeof(prefix))
		memcpy(prefix, key, (size_t)(colon - key));
	return json_string_value(json_object_get(t->prefixes, prefix));
}

static bool
hi1_json_prefixes(struct hi1_tree *t, json_t *object)
{
	const char *key, *part;
	json_t *v;

	json_object_foreach(object, key, v)
	{
		if (strncmp(key, "@xmlns", 6) != 0 || strcmp(key, "@xmlns:xsi") == 0)
			continue;
		part = tree_part(json_string_value(v));
		if (part == NULL) {
			tree_fail(t, "an unknown namespace", key + 1);
			return false;
		}
		json_object_set_new(t->prefixes, key[6] == ':' ? key + 7 : "", json_string(part));
	}
	return true;
}

/* "{http://...}LITaskObject" or "task:LITaskObject". */
static bool
hi1_json_type(struct hi1_tree *t, json_t *v, json_t *out)
{
	const char *text = json_string_value(v), *name, *part = NULL;
	char uri[128];

	if (text != NULL && text[0] == '{' && (name = strchr(text, '}')) != NULL &&
	    (size_t)(name - text) < sizeof(uri)) {
		memcpy(uri, text + 1, (size_t)(name - text - 1));
		uri[name - text - 1] = '\0';
		part = tree_part(uri);
		name++;
	} else if (text != NULL) {
		part = hi1_json_part(t, text, &name);
	}
	if (part == NULL) {
		tree_fail(t, "a type of an unknown namespace", "");
		return false;
	}
	json_object_set_new(out, "type", json_string(name));
	json_object_set_new(out, "type_ns", json_string(part));
	return true;
}

static bool hi1_json_member(
    struct hi1_tree *t, const char *key, json_t *v, json_t *list, unsigned depth);

static bool
hi1_json_content(struct hi1_tree *t, json_t *v, json_t *out, unsigned depth)
{
	const char *key;
	json_t *m;

	if (json_is_string(v)) {
		json_object_set_new(out, "t", tree_text(json_string_value(v)));
		return true;
	}
	if (json_is_integer(v) || json_is_boolean(v)) {
		json_object_set_new(out, "t",
		    json_is_integer(v) ? json_sprintf("%lld", (long long)json_integer_value(v))
				       : json_string(json_is_true(v) ? "true" : "false"));
		return true;
	}
	if (!json_is_object(v)) {
		tree_fail(
		    t, "a value of the wrong kind", json_string_value(json_object_get(out, "n")));
		return false;
	}
	json_object_foreach(v, key, m)
	{
		if (strncmp(key, "@xmlns", 6) == 0)
			continue;
		if (strcmp(key, "@xsi:type") == 0
			? !hi1_json_type(t, m, out)
			: !hi1_json_member(t, key, m, json_object_get(out, "c"), depth + 1))
			return false;
	}
	return true;
}

static bool
hi1_json_member(struct hi1_tree *t, const char *key, json_t *v, json_t *list, unsigned depth)
{
	const char *name, *part = hi1_json_part(t, key, &name);
	json_t *out, *item;
	size_t i;

	if (json_is_array(v) && depth <= HI1_DEPTH_MAX) {
		json_array_foreach(v, i, item)
		{
			if (json_is_array(item) || !hi1_json_member(t, key, item, list, depth)) {
				if (t->why[0] == '\0')
					tree_fail(t, "a list in a list", name);
				return false;
			}
		}
		return true;
	}
	if (part == NULL) {
		tree_fail(t, "a member of an unknown namespace", key);
		return false;
	}
	if ((out = tree_new(t, name, part, depth)) == NULL)
		return false;
	json_array_append_new(list, out);
	return hi1_json_content(t, v, out, depth);
}

json_t *
hi1_json(json_t *message, char why[HI1_WHY_MAX])
{
	struct hi1_tree t = {.why = why, .prefixes = json_object()};
	json_t *list = json_array(), *m = json_object_get(message, "HI1Message"), *out = NULL;

	why[0] = '\0';
	m = m == NULL ? message : m;
	if (!json_is_object(m))
		tree_fail(&t, "a message is a JSON object", "");
	else if (hi1_json_prefixes(&t, m) && hi1_json_prefixes(&t, json_object_get(m, "Header"))) {
		if (json_object_get(t.prefixes, "") == NULL)
			json_object_set_new(t.prefixes, "", json_string("Core"));
		if (hi1_json_member(&t, "HI1Message", m, list, 1))
			out = json_incref(json_array_get(list, 0));
	}
	json_decref(list);
	json_decref(t.prefixes);
	return out;
}

int
hi1_is(const char *text, size_t n)
{
	while (n > 0 && isspace((unsigned char)*text)) {
		text++;
		n--;
	}
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	return n > 0 && (*text == '<' || *text == '{');
}
