/* SPDX-License-Identifier: Apache-2.0 */
/* A small SIP parser; see sip.h. */
#include "session/sip.h"

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
		if (strlen(sip_methods[i].name) == name.n &&
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
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || sip_is_digit(c) ||
	       (c != 0 && strchr("-.!%*_+`'~", c) != NULL);
}

static struct octets
sip_trim(struct octets o)
{
	while (o.n > 0 && sip_is_space(o.p[0]))
		o.p++, o.n--;
	while (o.n > 0 && sip_is_space(o.p[o.n - 1]))
		o.n--;
	return o;
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
	return 0;
}

static void
sip_cseq(struct octets value, struct sip_msg *out)
{
	uint64_t n = 0;

	while (value.n > 0 && sip_is_digit(value.p[0]) && n <= UINT32_MAX) {
		n = n * 10 + (uint64_t)(value.p[0] - '0');
		value.p++;
		value.n--;
	}
	out->cseq = n <= UINT32_MAX ? (uint32_t)n : 0;
	if (!out->request)
		out->method = sip_method(sip_trim(value));
}

/* Is there a tag parameter behind the name-addr or addr-spec?  RFC 3261 20.20, 20.39: parameters
 * inside <> belong to the URI. */
static bool
sip_has_tag(struct octets v)
{
	bool quoted = false, angle = false;

	for (size_t i = 0; i < v.n; i++) {
		if (quoted && v.p[i] == '\\')
			i++;
		else if (v.p[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (v.p[i] == '<' || v.p[i] == '>')
			angle = v.p[i] == '<';
		else if (!angle && v.p[i] == ';') {
			struct octets rest = sip_trim((struct octets){v.p + i + 1, v.n - i - 1});

			if (rest.n > 4 && strncasecmp((const char *)rest.p, "tag", 3) == 0 &&
			    (rest.p[3] == '=' || sip_is_space(rest.p[3])))
				return true;
		}
	}
	return false;
}

static bool
sip_name_is(struct octets name, const char *longname, char compact)
{
	if (name.n == 1)
		return (name.p[0] | 0x20) == compact;
	return strlen(longname) == name.n &&
	       strncasecmp((const char *)name.p, longname, name.n) == 0;
}

/* The first header of a kind counts. */
static void
sip_header(struct octets name, struct octets value, struct sip_msg *out)
{
	if (sip_name_is(name, "call-id", 'i') && out->call_id.n == 0)
		out->call_id = value;
	else if (sip_name_is(name, "cseq", '\0') && out->cseq == 0)
		sip_cseq(value, out);
	else if (sip_name_is(name, "from", 'f'))
		out->from_tag |= sip_has_tag(value);
	else if (sip_name_is(name, "to", 't'))
		out->to_tag |= sip_has_tag(value);
}

int
sip_parse(struct octets in, struct sip_msg *out)
{
	struct octets line;
	int r;

	memset(out, 0, sizeof(*out));
	if (in.n > SIP_HEADER_MAX)
		in.n = SIP_HEADER_MAX;
	while (in.n > 0 && (in.p[0] == '\r' || in.p[0] == '\n'))
		in.p++, in.n--;
	line = sip_line(&in, false);
	if (line.n > 8 && strncasecmp((const char *)line.p, "SIP/2.0 ", 8) == 0)
		r = sip_status_line(line, out);
	else
		r = sip_request_line(line, out);
	while (r == 0 && in.n > 0) {
		struct octets name;

		line = sip_line(&in, true);
		if (line.n == 0)
			break; /* end of the headers */
		name = sip_token(&line);
		while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
			line.p++, line.n--;
		if (name.n == 0 || line.n == 0 || line.p[0] != ':')
			continue; /* not a header: leave it */
		sip_header(name, sip_trim((struct octets){line.p + 1, line.n - 1}), out);
	}
	return r;
}
