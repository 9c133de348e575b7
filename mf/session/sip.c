/* SPDX-License-Identifier: Apache-2.0 */
/* A small SIP parser; see sip.h. */
#include "session/sip.h"

#include "session/sip_value.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static const struct {
	enum sip_method method;
	const char *name;
} sip_methods[] = {
    {SIP_INVITE, "INVITE"},
    {SIP_ACK, "ACK"},
    {SIP_BYE, "BYE"},
    {SIP_CANCEL, "CANCEL"},
    {SIP_PRACK, "PRACK"},
    {SIP_UPDATE, "UPDATE"},
    {SIP_INFO, "INFO"},
    {SIP_REGISTER, "REGISTER"},
    {SIP_MESSAGE, "MESSAGE"},
    {SIP_OPTIONS, "OPTIONS"},
    {SIP_SUBSCRIBE, "SUBSCRIBE"},
    {SIP_NOTIFY, "NOTIFY"},
    {SIP_PUBLISH, "PUBLISH"},
    {SIP_REFER, "REFER"},
};
#define SIP_METHODS_N (sizeof(sip_methods) / sizeof(sip_methods[0]))

const char *
sip_method_name(enum sip_method m)
{
	for (size_t i = 0; i < SIP_METHODS_N; i++)
		if (sip_methods[i].method == m)
			return sip_methods[i].name;
	return "other";
}

static enum sip_method
sip_method(struct octets name)
{
	for (size_t i = 0; i < SIP_METHODS_N; i++)
		if (name.n > 0 && sip_methods[i].name[0] == name.p[0] &&
		    strlen(sip_methods[i].name) == name.n &&
		    memcmp(sip_methods[i].name, name.p, name.n) == 0)
			return sip_methods[i].method;
	return SIP_OTHER;
}

static bool
sip_is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
sip_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Method names and header names: RFC 3261 token. */
static bool
sip_is_token(uint8_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || sip_is_digit(c) || c == '-')
		return true;
	return c != 0 && strchr(".!%*_+`'~", c) != NULL;
}

/* The next header line with its continuation lines (RFC 3261 7.3.1), without the line end; *in
 * moves behind it. */
static struct octets
sip_line(struct octets *in, bool fold)
{
	struct octets line = {in->p, 0};
	size_t i = 0;

	while (i < in->n) {
		const uint8_t *nl = memchr(in->p + i, '\n', in->n - i);
		bool empty;

		i = nl != NULL ? (size_t)(nl - in->p) + 1 : in->n;
		line.n = i;
		empty = line.n <= 2 && sip_is_space(line.p[0]);
		if (!fold || empty || i >= in->n || (in->p[i] != ' ' && in->p[i] != '\t'))
			break;
	}
	in->p += i;
	in->n -= i;
	while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return line;
}

/* Cut the token in front of *in off. */
static struct octets
sip_token(struct octets *in)
{
	struct octets t = {in->p, 0};

	while (t.n < in->n && sip_is_token(in->p[t.n]))
		t.n++;
	in->p += t.n;
	in->n -= t.n;
	return t;
}

static int
sip_status_line(struct octets line, struct sip_msg *out)
{
	const uint8_t *p = line.p + 8;

	if (line.n < 11 || !sip_is_digit(p[0]) || !sip_is_digit(p[1]) || !sip_is_digit(p[2]) ||
	    (line.n > 11 && p[3] != ' '))
		return -EBADMSG;
	out->status = (uint16_t)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
	return out->status >= 100 && out->status <= 699 ? 0 : -EBADMSG;
}

/* Method SP Request-URI SP SIP/2.0 */
static int
sip_request_line(struct octets line, struct sip_msg *out)
{
	static const char version[] = " SIP/2.0";
	const size_t version_n = sizeof(version) - 1;
	struct octets method = sip_token(&line);

	if (method.n == 0 || line.n < 2 + version_n || line.p[0] != ' ' || line.p[1] == ' ')
		return -EBADMSG;
	if (strncasecmp((const char *)line.p + line.n - version_n, version, version_n) != 0)
		return -EBADMSG;
	out->request = true;
	out->method = sip_method(method);
	out->uri = (struct octets){line.p + 1, line.n - 1 - version_n};
	return 0;
}

static void
sip_cseq(struct sip_msg *m, struct octets value)
{
	uint64_t n = 0;

	if (sip_value_number(value, UINT32_MAX, &n))
		m->cseq = (uint32_t)n;
	while (value.n > 0 && sip_is_digit(value.p[0]))
		value.p++, value.n--;
	if (!m->request)
		m->method = sip_method(sip_value_trim(value));
}

static void
sip_call_id(struct sip_msg *m, struct octets value)
{
	m->call_id = value;
}

static void
sip_from(struct sip_msg *m, struct octets value)
{
	m->from = value;
	sip_value_param(value, "tag", &m->from_tag);
}

static void
sip_to(struct sip_msg *m, struct octets value)
{
	m->to = value;
	sip_value_param(value, "tag", &m->to_tag);
}

/* "SIP/2.0/UDP host:port;branch=...": what a response brings back unchanged. */
static void
sip_via(struct sip_msg *m, struct octets list)
{
	struct octets value, branch;

	while (sip_value_next(&list, &value)) {
		m->via_last = value;
		if (m->via_n == SIP_VIA_MAX)
			continue;
		if (!sip_value_param(value, "branch", &branch)) {
			const uint8_t *end = memchr(value.p, ';', value.n);

			branch = value;
			if (end != NULL)
				branch.n = (size_t)(end - value.p);
		}
		m->via[m->via_n++] = (uint16_t)sip_value_hash(SIP_VALUE_HASH, branch);
	}
}

/* Features that name a service: OMA CPM and SIMPLE IM, GSMA RCS; IMS multimedia telephony. */
static void
sip_features(struct sip_msg *m, struct octets value)
{
	if (memchr(value.p, '+', value.n) == NULL && !sip_value_starts(value, "urn:"))
		return; /* neither "+g.oma...", "+g.3gpp.icsi-ref" nor a service URN */
	m->messaging |= sip_value_has(value, "oma.cpm") || sip_value_has(value, "oma.sip-im");
	m->speech |= sip_value_has(value, "ims.icsi.mmtel");
	m->ptt |= sip_value_has(value, "ims.icsi.mcptt") || sip_value_has(value, "+g.poc.");
}

static void
sip_contact(struct sip_msg *m, struct octets list)
{
	struct octets value;

	sip_features(m, list);
	while (sip_value_next(&list, &value)) {
		if (m->contact.n == 0)
			m->contact = value;
		m->focus |= sip_value_param(value, "isfocus", NULL);
	}
}

static void
sip_charging(struct sip_msg *m, struct octets value)
{
	/* its first parameter is not behind a ';', so one is found only as the value itself */
	if (sip_value_starts(value, "icid-value")) {
		const uint8_t *eq = memchr(value.p, '=', value.n), *end;

		if (eq == NULL)
			return;
		value.n -= (size_t)(eq + 1 - value.p);
		value.p = eq + 1;
		value = sip_value_trim(value);
		if (value.n >= 2 && value.p[0] == '"' &&
		    (end = memchr(value.p + 1, '"', value.n - 1)) != NULL) {
			m->icid = (struct octets){value.p + 1, (size_t)(end - value.p) - 1};
			return;
		}
		end = value.n > 0 ? memchr(value.p, ';', value.n) : NULL;
		if (end != NULL)
			value.n = (size_t)(end - value.p);
		m->icid = sip_value_trim(value);
	} else {
		sip_value_param(value, "icid-value", &m->icid);
	}
}

/* Up to the first parameter. */
static struct octets
sip_front(struct octets value)
{
	const uint8_t *end = value.n > 0 ? memchr(value.p, ';', value.n) : NULL;

	if (end != NULL)
		value.n = (size_t)(end - value.p);
	return sip_value_trim(value);
}

static void
sip_replaces(struct sip_msg *m, struct octets value)
{
	m->replaces = sip_front(value);
}

static void
sip_join(struct sip_msg *m, struct octets value)
{
	m->join = sip_front(value);
}

static void
sip_refer_to(struct sip_msg *m, struct octets value)
{
	m->refer_to = sip_value_uri(value);
}

static void
sip_event(struct sip_msg *m, struct octets value)
{
	m->event = sip_front(value);
}

static void
sip_subscription(struct sip_msg *m, struct octets value)
{
	struct octets reason;

	m->no_resource = sip_value_is(sip_front(value), "terminated") &&
			 sip_value_param(value, "reason", &reason) &&
			 sip_value_is(reason, "noresource");
}

static void
sip_content_type(struct sip_msg *m, struct octets value)
{
	m->content_type = value;
}

static void
sip_content_length(struct sip_msg *m, struct octets value)
{
	m->has_length = sip_value_number(value, UINT32_MAX, &m->length);
}

/* Of headers that are no list the first counts. */
#define HEADER(name) name, sizeof(name) - 1
static const struct {
	const char *name;
	size_t name_n;
	char compact;
	bool list;
	void (*take)(struct sip_msg *m, struct octets value);
} sip_headers[] = {
    {HEADER("via"), 'v', true, sip_via},
    {HEADER("from"), 'f', false, sip_from},
    {HEADER("to"), 't', false, sip_to},
    {HEADER("call-id"), 'i', false, sip_call_id},
    {HEADER("cseq"), '\0', false, sip_cseq},
    {HEADER("contact"), 'm', true, sip_contact},
    {HEADER("content-type"), 'c', false, sip_content_type},
    {HEADER("content-length"), 'l', false, sip_content_length},
    {HEADER("p-charging-vector"), '\0', false, sip_charging},
    {HEADER("replaces"), '\0', false, sip_replaces},
    {HEADER("join"), '\0', false, sip_join},
    {HEADER("refer-to"), 'r', false, sip_refer_to},
    {HEADER("event"), 'o', false, sip_event},
    {HEADER("subscription-state"), '\0', false, sip_subscription},
    {HEADER("accept-contact"), 'a', true, sip_features},
    {HEADER("p-asserted-service"), '\0', true, sip_features},
    {HEADER("p-preferred-service"), '\0', true, sip_features},
};
#define SIP_HEADERS_N (sizeof(sip_headers) / sizeof(sip_headers[0]))

static bool
sip_name_is(struct octets name, const char *want, size_t n)
{
	return name.n == n && (name.p[0] | 0x20) == want[0] &&
	       strncasecmp((const char *)name.p, want, n) == 0;
}

static void
sip_header(struct octets name, struct octets value, uint32_t *seen, struct sip_msg *out)
{
	for (size_t i = 0; i < SIP_HEADERS_N; i++) {
		if (name.n == 1 ? (char)(name.p[0] | 0x20) != sip_headers[i].compact
				: !sip_name_is(name, sip_headers[i].name, sip_headers[i].name_n))
			continue;
		if (value.n > 0 && (sip_headers[i].list || (*seen >> i & 1) == 0)) {
			*seen |= UINT32_C(1) << i;
			sip_headers[i].take(out, value);
		}
		return;
	}
}

/* "Name: value", with spaces around. */
static void
sip_header_line(struct octets line, uint32_t *seen, struct sip_msg *out)
{
	struct octets name = sip_token(&line);

	while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		line.p++, line.n--;
	if (name.n == 0 || line.n == 0 || line.p[0] != ':')
		return; /* not a header: leave it */
	sip_header(name, sip_value_trim((struct octets){line.p + 1, line.n - 1}), seen, out);
}

int
sip_parse(struct octets in, struct sip_msg *out)
{
	struct octets line, head;
	uint32_t seen = 0;
	int r;

	memset(out, 0, sizeof(*out));
	while (in.n > 0 && (in.p[0] == '\r' || in.p[0] == '\n'))
		in.p++, in.n--;
	if (in.n == 0)
		return -EBADMSG;
	head = in;
	if (head.n > SIP_HEADER_MAX)
		head.n = SIP_HEADER_MAX;
	line = sip_line(&head, false);
	if (line.n > 8 && strncasecmp((const char *)line.p, "SIP/2.0 ", 8) == 0)
		r = sip_status_line(line, out);
	else
		r = sip_request_line(line, out);
	while (r == 0 && head.n > 0) {
		line = sip_line(&head, true);
		if (line.n == 0) { /* end of the headers */
			out->body = head;
			out->body.n = in.n - (size_t)(head.p - in.p);
			break;
		}
		sip_header_line(line, &seen, out);
	}
	if (out->has_length && out->length < out->body.n)
		out->body.n = (size_t)out->length;
	return r;
}
