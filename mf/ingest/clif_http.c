/* SPDX-License-Identifier: Apache-2.0 */
/* Head of an HTTP/1.1 request; see clif_http.h. */
#include "ingest/clif_http.h"

#include <errno.h>
#include <strings.h>

bool
clif_is(struct octets v, const char *z)
{
	return v.n == strlen(z) && strncasecmp((const char *)v.p, z, v.n) == 0;
}

/* RFC 9110 5.6.2 */
static bool
token_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
all(struct octets v, bool (*ok)(uint8_t))
{
	for (size_t i = 0; i < v.n; i++)
		if (!ok(v.p[i]))
			return false;
	return v.n > 0;
}

static bool
target_char(uint8_t c)
{
	return c > ' ' && c < 0x7F;
}

static bool
digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Take a line without its CRLF from the front of IN.  Returns 0, -EAGAIN or -EBADMSG. */
static int
take_line(struct octets *in, struct octets *line)
{
	const uint8_t *lf = in->n ? memchr(in->p, '\n', in->n) : NULL;
	size_t n;

	if (!lf)
		return -EAGAIN;
	n = (size_t)(lf - in->p);
	if (n == 0 || lf[-1] != '\r')
		return -EBADMSG;
	*line = (struct octets){in->p, n - 1};
	for (size_t i = 0; i < line->n; i++)
		if ((line->p[i] < ' ' && line->p[i] != '\t') || line->p[i] == 0x7F)
			return -EBADMSG;
	in->p += n + 1;
	in->n -= n + 1;
	return 0;
}

/* Take what stands in front of the first C of IN, and C. */
static bool
take_until(struct octets *in, char c, struct octets *out)
{
	const uint8_t *at = in->n ? memchr(in->p, c, in->n) : NULL;

	if (!at)
		return false;
	*out = (struct octets){in->p, (size_t)(at - in->p)};
	in->n -= out->n + 1;
	in->p = at + 1;
	return true;
}

static struct octets
trim(struct octets v)
{
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t')) {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	return v;
}

static int
request_line(struct octets line, struct clif_head *out)
{
	if (!take_until(&line, ' ', &out->method) || !all(out->method, token_char) ||
	    !take_until(&line, ' ', &out->target) || !all(out->target, target_char))
		return -EBADMSG;
	if (line.n != 8 || memcmp(line.p, "HTTP/", 5) != 0 || !digit(line.p[5]) ||
	    line.p[6] != '.' || !digit(line.p[7]))
		return -EBADMSG;
	return line.p[5] == '1' && line.p[7] == '1' ? 0 : -EPROTONOSUPPORT;
}

static bool
length(struct octets v, struct clif_head *out)
{
	if (!all(v, digit) || v.n > 15 || out->has_length)
		return false;
	out->has_length = true;
	for (size_t i = 0; i < v.n; i++)
		out->length = out->length * 10 + (v.p[i] - '0');
	return true;
}

/* One of the elements of a list is "close". */
static bool
says_close(struct octets v)
{
	struct octets one;

	while (take_until(&v, ',', &one))
		if (clif_is(trim(one), "close"))
			return true;
	return clif_is(trim(v), "close");
}

static bool
field(struct octets line, struct clif_head *out, unsigned *hosts)
{
	struct octets name, type;

	if (!take_until(&line, ':', &name) || !all(name, token_char))
		return false;
	line = trim(line);
	if (clif_is(name, "Host")) {
		++*hosts;
	} else if (clif_is(name, "Content-Length")) {
		return length(line, out);
	} else if (clif_is(name, "Transfer-Encoding")) {
		out->chunked = true;
	} else if (clif_is(name, "Expect")) {
		out->expects = clif_is(line, "100-continue");
	} else if (clif_is(name, "Connection")) {
		out->close |= says_close(line);
	} else if (clif_is(name, "Content-Type")) {
		if (out->type.n > 0)
			return false;
		out->type = take_until(&line, ';', &type) ? trim(type) : line;
	}
	return true;
}

int
clif_head_parse(struct octets in, struct clif_head *out, size_t *used)
{
	struct octets rest = {in.p, in.n < CLIF_HEAD_MAX ? in.n : CLIF_HEAD_MAX}, line;
	unsigned hosts = 0;
	int rc = take_line(&rest, &line);

	memset(out, 0, sizeof(*out));
	if (rc == 0)
		rc = request_line(line, out);
	while (rc == 0 && (rc = take_line(&rest, &line)) == 0 && line.n > 0)
		if (!field(line, out, &hosts))
			rc = -EBADMSG;
	if (rc == -EAGAIN && in.n >= CLIF_HEAD_MAX)
		return -EMSGSIZE;
	if (rc < 0)
		return rc;
	*used = (size_t)(rest.p - in.p);
	return hosts == 1 ? 0 : -EBADMSG;
}
