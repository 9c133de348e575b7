/* SPDX-License-Identifier: Apache-2.0 */
/* Conference notifications; see conference.h. */
#include "session/conference.h"

#include "session/mime.h"
#include "session/sip_value.h"

#define CONFERENCE_TYPE "application/conference-info+xml"

/* The inside of the tag that begins with "<conference-info" or "<prefix:conference-info". */
static bool
conference_tag(struct octets xml, struct octets *tag)
{
	const uint8_t *end = xml.p + xml.n;

	for (const uint8_t *p = xml.p; p < end; p++) {
		struct octets name;
		const uint8_t *close, *colon;

		if (*p != '<')
			continue;
		close = memchr(p, '>', (size_t)(end - p));
		*tag = (struct octets){p + 1, (size_t)((close != NULL ? close : end) - p - 1)};
		name = *tag;
		for (size_t i = 0; i < name.n; i++)
			if (strchr(" \t\r\n/", name.p[i]) != NULL)
				name.n = i;
		colon = name.n > 0 ? memchr(name.p, ':', name.n) : NULL;
		if (colon != NULL) {
			name.n -= (size_t)(colon + 1 - name.p);
			name.p = colon + 1;
		}
		if (sip_value_is(name, "conference-info"))
			return true;
	}
	return false;
}

static struct octets
conference_attribute(struct octets tag, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 1; i + n + 2 < tag.n; i++) {
		struct octets v = {tag.p + i, tag.n - i};
		const uint8_t *end;
		uint8_t quote;

		if (strchr(" \t\r\n", tag.p[i - 1]) == NULL || !sip_value_starts(v, name))
			continue;
		v = sip_value_trim((struct octets){v.p + n, v.n - n});
		if (v.n < 3 || v.p[0] != '=')
			continue;
		v = sip_value_trim((struct octets){v.p + 1, v.n - 1});
		if (v.n < 2 || (v.p[0] != '"' && v.p[0] != '\''))
			continue;
		quote = v.p[0];
		v.p++, v.n--;
		end = memchr(v.p, quote, v.n);
		if (end != NULL)
			return (struct octets){v.p, (size_t)(end - v.p)};
	}
	return (struct octets){NULL, 0};
}

void
conference_read(struct sip_msg *m)
{
	struct octets xml, tag;

	if (!m->request || m->method != SIP_NOTIFY)
		return;
	if (sip_value_is(m->event, "conference") && m->no_resource) {
		m->conference = sip_value_uri(m->from);
		m->conference_over = true;
	}
	if (!mime_find(m->body, m->content_type, CONFERENCE_TYPE, &xml) || xml.n == 0 ||
	    !conference_tag(xml, &tag))
		return;
	m->conference = conference_attribute(tag, "entity");
	m->conference_over |= sip_value_is(conference_attribute(tag, "state"), "deleted");
}
