/* SPDX-License-Identifier: Apache-2.0 */
/* SIP header search, URI comparison and SDP media lines, all on borrowed octets. */
#include "config.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include "tools/ne_sip.h"

#define HEAD_MAX 65536 /* octets; a longer SIP header is taken for something else */

static const char *const methods[] = {"INVITE ", "ACK ", "BYE ", "CANCEL ", "OPTIONS ", "REGISTER ",
    "PRACK ", "SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "INFO ", "REFER ", "MESSAGE ", "UPDATE "};

static bool
starts(struct octets t, const char *s)
{
	size_t n = strlen(s);

	return t.n >= n && memcmp(t.p, s, n) == 0;
}

bool
ne_sip_is(struct octets t)
{
	size_t i;

	if (starts(t, "SIP/2.0 "))
		return true;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (starts(t, methods[i]))
			return memmem(t.p, t.n < 512 ? t.n : 512, " SIP/2.0", 8) != NULL;
	return false;
}

bool
ne_sip_is_request(struct octets msg)
{
	return !starts(msg, "SIP/2.0 ");
}

/* Cut the next line (without its end) off *t; false at the end. */
static bool
next_line(struct octets *t, struct octets *line)
{
	const uint8_t *nl;

	if (t->n == 0)
		return false;
	nl = memchr(t->p, '\n', t->n);
	line->p = t->p;
	line->n = nl ? (size_t)(nl - t->p) : t->n;
	t->n -= nl ? line->n + 1 : line->n;
	t->p += nl ? line->n + 1 : line->n;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static struct octets
trim(struct octets o)
{
	while (o.n && isspace(o.p[0])) {
		o.p++;
		o.n--;
	}
	while (o.n && isspace(o.p[o.n - 1]))
		o.n--;
	return o;
}

/* Is LINE the header NAME?  Then *value. */
static bool
header_is(struct octets line, const char *name, char compact, struct octets *value)
{
	const uint8_t *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	struct octets key;

	if (!colon)
		return false;
	key = trim((struct octets){line.p, (size_t)(colon - line.p)});
	if (!(key.n == strlen(name) && strncasecmp((const char *)key.p, name, key.n) == 0) &&
	    !(compact && key.n == 1 && tolower(key.p[0]) == compact))
		return false;
	*value = trim((struct octets){colon + 1, line.n - (size_t)(colon + 1 - line.p)});
	return true;
}

struct octets
ne_sip_header(struct octets msg, const char *name, char compact)
{
	struct octets line, value;

	if (!next_line(&msg, &line))
		return (struct octets){NULL, 0};
	while (next_line(&msg, &line) && line.n)
		if (header_is(line, name, compact, &value))
			return value;
	return (struct octets){NULL, 0};
}

/* Unsigned decimal at the front of V; -1 when there is none or it is absurd. */
static long
number(struct octets v)
{
	long n = 0;
	size_t i;

	for (i = 0; i < v.n && isdigit(v.p[i]); i++) {
		n = n * 10 + (v.p[i] - '0');
		if (n > 100000000)
			return -1;
	}
	return i ? n : -1;
}

int
ne_sip_frame(struct octets t, size_t *len)
{
	const uint8_t *end;
	size_t head;
	long body;

	if (t.n == 0)
		return -EAGAIN;
	end = memmem(t.p, t.n, "\r\n\r\n", 4);
	if (!end)
		return t.n > HEAD_MAX ? -EBADMSG : -EAGAIN;
	if (!ne_sip_is(t))
		return -EBADMSG;
	head = (size_t)(end - t.p) + 4;
	body = number(ne_sip_header((struct octets){t.p, head}, "Content-Length", 'l'));
	if (body < 0)
		body = 0;
	*len = head + (size_t)body;
	return *len <= t.n ? 0 : -EAGAIN;
}

int
ne_sip_frame_msrp(struct octets t, size_t *len)
{
	char end[7 + 32 + 1] = "-------"; /* and the transaction, RFC 4975: 4 to 32 characters */
	const uint8_t *sp, *at, *nl;

	if (t.n < 10)
		return -EAGAIN;
	sp = memchr(t.p + 5, ' ', t.n - 5);
	if (memcmp(t.p, "MSRP ", 5) || (!sp && t.n > 64) || (sp && sp - t.p - 5 > 32))
		return -EBADMSG;
	if (!sp)
		return -EAGAIN;
	memcpy(end + 7, t.p + 5, (size_t)(sp - t.p - 5));
	at = memmem(t.p, t.n, end, strlen(end));
	nl = at ? memchr(at, '\n', t.n - (size_t)(at - t.p)) : NULL;
	if (!nl)
		return t.n > HEAD_MAX * 4 ? -EBADMSG : -EAGAIN;
	*len = (size_t)(nl - t.p) + 1;
	return 0;
}

/* The "user@host" (or number) part of a URI text: scheme cut, up to port, parameters, headers or
 * '>'. */
static struct octets
uri_core(struct octets u)
{
	size_t i, host = 0;

	for (i = 0; i < u.n && u.p[i] != ':'; i++)
		;
	if (i == u.n)
		return (struct octets){u.p, 0};
	u = (struct octets){u.p + i + 1, u.n - i - 1};
	for (i = 0; i < u.n && !strchr(";>?, \t\"", u.p[i]); i++) {
		if (u.p[i] == '@')
			host = i + 1;
		if (u.p[i] == ':' && host)
			break; /* port; an IPv6 host in brackets is cut short on both sides alike */
	}
	return (struct octets){u.p, i};
}

static bool
core_eq(struct octets a, struct octets b)
{
	const uint8_t *at = a.n ? memchr(a.p, '@', a.n) : NULL;
	size_t user = at ? (size_t)(at - a.p) : a.n;

	return a.n && a.n == b.n && memcmp(a.p, b.p, user) == 0 &&
	       strncasecmp((const char *)a.p + user, (const char *)b.p + user, a.n - user) == 0;
}

/* Does a sip:, sips: or tel: URI in V have that core? */
static bool
value_has(struct octets v, struct octets core)
{
	size_t i;

	for (i = 0; i + 4 < v.n; i++) {
		struct octets u = {v.p + i, v.n - i};

		if (i && isalnum(v.p[i - 1]))
			continue;
		if (strncasecmp((const char *)u.p, "sip:", 4) &&
		    strncasecmp((const char *)u.p, "tel:", 4) &&
		    (u.n < 6 || strncasecmp((const char *)u.p, "sips:", 5)))
			continue;
		if (core_eq(uri_core(u), core))
			return true;
	}
	return false;
}

unsigned
ne_sip_match(struct octets msg, const char *uri)
{
	struct octets core = uri_core((struct octets){(const uint8_t *)uri, strlen(uri)});
	struct octets line, value;
	bool request = ne_sip_is_request(msg);
	unsigned found = 0;

	if (next_line(&msg, &line) && request && value_has(line, core))
		found |= NE_SIP_TO;
	while (next_line(&msg, &line) && line.n) {
		if (header_is(line, "From", 'f', &value) && value_has(value, core))
			found |= NE_SIP_FROM;
		else if (header_is(line, "To", 't', &value) && value_has(value, core))
			found |= NE_SIP_TO;
		else if ((header_is(line, "P-Asserted-Identity", 0, &value) ||
			     header_is(line, "P-Preferred-Identity", 0, &value)) &&
			 value_has(value, core))
			found |= request ? NE_SIP_FROM : NE_SIP_OTHER;
		else if (header_is(line, "Contact", 'm', &value) && value_has(value, core))
			found |= NE_SIP_OTHER;
	}
	return found;
}

/* "c=IN IP4 192.0.2.1[/ttl]" */
static bool
parse_c(struct octets line, struct ne_media *m)
{
	char text[80];
	struct octets v = trim((struct octets){line.p + 2, line.n - 2});

	if (v.n < 8 || v.n >= sizeof(text))
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	text[strcspn(text, "/")] = '\0';
	memset(m->ip, 0, sizeof(m->ip));
	if (strncmp(text, "IN IP4 ", 7) == 0 && inet_pton(AF_INET, text + 7, m->ip) == 1)
		m->ip_version = 4;
	else if (strncmp(text, "IN IP6 ", 7) == 0 && inet_pton(AF_INET6, text + 7, m->ip) == 1)
		m->ip_version = 6;
	else
		return false;
	return true;
}

/* "m=audio 49170 RTP/AVP 0 8" */
static bool
parse_m(struct octets line, struct ne_media *m)
{
	const uint8_t *sp = memchr(line.p, ' ', line.n);
	long port;

	m->msrp = memmem(line.p, line.n, "/MSRP", 5) != NULL;
	if (!sp || (!m->msrp && !memmem(line.p, line.n, "RTP/", 4)))
		return false;
	port = number((struct octets){sp + 1, line.n - (size_t)(sp + 1 - line.p)});
	if (port <= 0 || port > 65535)
		return false;
	m->port = (uint16_t)port;
	return true;
}

size_t
ne_sip_media(struct octets msg, struct ne_media *out, size_t max)
{
	const uint8_t *sdp = memmem(msg.p, msg.n, "\nv=0", 4);
	struct ne_media session = {0};
	struct octets line;
	size_t n = 0;
	bool in_media = false, mine = false;

	if (!sdp)
		return 0;
	msg = (struct octets){sdp + 1, msg.n - (size_t)(sdp + 1 - msg.p)};
	while (next_line(&msg, &line)) {
		if (line.n > 2 && memcmp(line.p, "c=", 2) == 0) {
			if (!in_media)
				parse_c(line, &session);
			else if (mine)
				parse_c(line, &out[n - 1]);
		} else if (line.n > 2 && memcmp(line.p, "m=", 2) == 0) {
			in_media = true;
			mine = n < max;
			if (mine) {
				out[n] = session;
				mine = parse_m(line, &out[n]);
				n += mine;
			}
		}
	}
	return n;
}
