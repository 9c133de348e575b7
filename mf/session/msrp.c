/* SPDX-License-Identifier: Apache-2.0 */
/* MSRP messages; see msrp.h. */
#include "session/msrp.h"

#include "session/mime.h"
#include "session/sip_value.h"

#include <errno.h>

#define MSRP_DASHES 7 /* in front of the transaction ID of an end line */
#define MSRP_TRANSACTION_MIN 4
#define MSRP_TRANSACTION_MAX 32

static bool
msrp_is_ident(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (c != 0 && strchr(".-+%=", c) != NULL);
}

/* The line in front of *IN, without its end, and move behind it.  False: it has no end. */
static bool
msrp_line(struct octets *in, struct octets *line)
{
	const uint8_t *nl = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;

	if (nl == NULL)
		return false;
	*line = (struct octets){in->p, (size_t)(nl - in->p)};
	in->n -= line->n + 1;
	in->p = nl + 1;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static struct octets
msrp_word(struct octets *in)
{
	struct octets w = {in->p, 0};

	while (w.n < in->n && in->p[w.n] != ' ')
		w.n++;
	in->p += w.n;
	in->n -= w.n;
	if (in->n > 0)
		in->p++, in->n--;
	return w;
}

/* "MSRP transaction SEND" or "MSRP transaction 200 OK" */
static bool
msrp_start(struct octets line, struct msrp_msg *out)
{
	struct octets word;

	if (line.n < 5 || memcmp(line.p, "MSRP ", 5) != 0)
		return false;
	line.p += 5;
	line.n -= 5;
	out->transaction = msrp_word(&line);
	if (out->transaction.n < MSRP_TRANSACTION_MIN || out->transaction.n > MSRP_TRANSACTION_MAX)
		return false;
	for (size_t i = 0; i < out->transaction.n; i++)
		if (!msrp_is_ident(out->transaction.p[i]))
			return false;
	word = msrp_word(&line);
	if (word.n == 3 && word.p[0] >= '1' && word.p[0] <= '6') {
		uint64_t status = 0;

		out->status = sip_value_number(word, 699, &status) ? (uint16_t)status : 0;
		return out->status != 0;
	}
	out->request = true;
	out->method = word;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return word.n > 0;
}

/* "1-25/100", with '*' for what is not known */
static bool
msrp_range(struct octets v, struct msrp_msg *out)
{
	const uint8_t *dash = memchr(v.p, '-', v.n), *slash = memchr(v.p, '/', v.n);
	struct octets last, total;

	if (dash == NULL || slash == NULL || slash < dash ||
	    !sip_value_number(v, INT64_MAX, &out->first))
		return false;
	last = (struct octets){dash + 1, (size_t)(slash - dash - 1)};
	total = (struct octets){slash + 1, (size_t)(v.p + v.n - slash - 1)};
	out->last = out->total = UINT64_MAX;
	if (!sip_value_is(last, "*") && !sip_value_number(last, INT64_MAX, &out->last))
		return false;
	if (!sip_value_is(total, "*") && !sip_value_number(total, INT64_MAX, &out->total))
		return false;
	out->ranged = true;
	return out->first > 0 && out->last >= out->first - 1;
}

static bool
msrp_header(struct octets name, struct octets value, struct msrp_msg *out)
{
	if (sip_value_is(name, "to-path"))
		out->to_path = value;
	else if (sip_value_is(name, "from-path"))
		out->from_path = value;
	else if (sip_value_is(name, "message-id"))
		out->message_id = value;
	else if (sip_value_is(name, "content-type"))
		out->content_type = value;
	else if (sip_value_is(name, "byte-range"))
		return value.n > 0 && msrp_range(value, out);
	return true;
}

/* LINE is the end line: sets the flag. */
static bool
msrp_end(struct octets line, struct msrp_msg *out)
{
	const struct octets *t = &out->transaction;

	if (line.n != MSRP_DASHES + t->n + 1 || memcmp(line.p, "-------", MSRP_DASHES) != 0 ||
	    memcmp(line.p + MSRP_DASHES, t->p, t->n) != 0)
		return false;
	out->flag = line.p[line.n - 1];
	return out->flag == '$' || out->flag == '+' || out->flag == '#';
}

/* Body and end line.  The line end in front of the end line is not of the body. */
static bool
msrp_body(struct octets *in, struct msrp_msg *out)
{
	const uint8_t *from = in->p;
	struct octets line;

	for (;;) {
		const uint8_t *at = in->p;

		if (!msrp_line(in, &line))
			return false;
		if (!msrp_end(line, out))
			continue;
		out->body = (struct octets){from, (size_t)(at - from)};
		if (out->body.n > 0 && out->body.p[out->body.n - 1] == '\n')
			out->body.n--;
		if (out->body.n > 0 && out->body.p[out->body.n - 1] == '\r')
			out->body.n--;
		return true;
	}
}

static bool
msrp_range_holds(const struct msrp_msg *m)
{
	if (!m->ranged)
		return true;
	if (m->last != UINT64_MAX && m->total != UINT64_MAX && m->last > m->total)
		return false;
	return m->last == UINT64_MAX || !m->request || m->body.n <= m->last - m->first + 1;
}

long
msrp_parse(struct octets in, struct msrp_msg *out)
{
	const uint8_t *begin = in.p;
	struct octets line, name, value;
	bool ended = false;

	memset(out, 0, sizeof(*out));
	if (!msrp_line(&in, &line) || !msrp_start(line, out))
		return -EBADMSG;
	while (!ended) {
		struct octets rest = in;

		if (mime_header(&in, &name, &value)) {
			if (!msrp_header(name, value, out))
				return -EBADMSG;
			continue;
		}
		if (in.p == rest.p) { /* no header and no empty line: the end, without a body */
			if (!msrp_line(&in, &line) || !msrp_end(line, out))
				return -EBADMSG;
		} else if (!msrp_body(&in, out)) {
			return -EBADMSG;
		}
		ended = true;
	}
	if (out->to_path.n == 0 || out->from_path.n == 0 || !msrp_range_holds(out))
		return -EBADMSG;
	return (long)(in.p - begin);
}
