/* SPDX-License-Identifier: Apache-2.0 */
/* Electronic warrants of ETSI TS 103 120, as XML or in its JSON form, read into the items of
 * warrant.import.  Only CREATE of authorisations, LI tasks and documents is taken.  An element that
 * is not known is refused, never ignored: it may narrow what may be intercepted.  How sure each
 * reading is: docs/standards.md. */
#ifndef ADMIN_HI1_H
#define ADMIN_HI1_H

#include <jansson.h>
#include <stddef.h>

#define HI1_LEN_MAX (8u * 1024 * 1024) /* octets of a message */
#define HI1_DEPTH_MAX 24
#define HI1_ELEMENTS_MAX 20000
#define HI1_WHY_MAX 256

/* The message in TEXT of N octets as a tree: {"n": local name, "ns": "Core", "Task", ... (last part
 * of the namespace), "t": text, "type": xsi:type without its prefix, "c": [children]}.  New, or
 * NULL and WHY, which repeats no value of the message. */
json_t *hi1_xml(const char *text, size_t n, char why[HI1_WHY_MAX]);
json_t *hi1_json(json_t *message, char why[HI1_WHY_MAX]);

/* What the message asks for: {"sender": {"country", "id"}, "receiver": {...}, "transaction",
 * "items": [{"warrant": {arguments of warrant.add without lea, hi2, hi3, and "targets": [{"type",
 * "value"}]: those of target.add}, "hi2": [addresses], "hi3": [addresses], "notes": [text]}]}. New,
 * or NULL and WHY. */
json_t *hi1_read(json_t *tree, char why[HI1_WHY_MAX]);

/* Is TEXT such a message, and not the JSON array of warrant.import?  XML, or an object. */
int hi1_is(const char *text, size_t n);

#endif
