/* SPDX-License-Identifier: Apache-2.0 */
/* Where the values of a body begin and end, RFC 8259; see clif_json.h. */
#include "ingest/clif_json.h"

#include <errno.h>

static bool
space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip(struct octets *in, size_t n)
{
	in->p += n;
	in->n -= n;
}

static void
skip_space(struct octets *in)
{
	while (in->n > 0 && space(in->p[0]))
		skip(in, 1);
}

static bool
take(struct octets *in, char c)
{
	skip_space(in);
	if (in->n == 0 || in->p[0] != c)
		return false;
	skip(in, 1);
	return true;
}

/* Octets of the string that begins at AT, with both quotes; 0: it does not end. */
static size_t
string_len(struct octets in, size_t at)
{
	for (size_t i = at + 1; i < in.n; i++) {
		if (in.p[i] == '\\')
			i++;
		else if (in.p[i] == '"')
			return i + 1 - at;
	}
	return 0;
}

/* A number or a word goes up to the next mark. */
static size_t
word_len(struct octets in)
{
	size_t n = 0;

	while (n < in.n && !space(in.p[n]) && !strchr(",]}[{\"", in.p[n]))
		n++;
	return n;
}

static int
nested_len(struct octets in, size_t *n)
{
	size_t depth = 0, commas = 0, i = 0, s;

	while (i < in.n) {
		s = 1;
		switch (in.p[i]) {
		case '"':
			s = string_len(in, i);
			if (s == 0)
				return -EBADMSG;
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case ',':
			commas++;
			break;
		}
		i += s;
		if (depth == 0) {
			*n = i;
			return 0;
		}
		if (commas > CLIF_COMMAS_MAX || depth > CLIF_COMMAS_MAX)
			return -EMSGSIZE;
	}
	return -EBADMSG;
}

static int
value_len(struct octets in, size_t *n)
{
	if (in.p[0] == '{' || in.p[0] == '[')
		return nested_len(in, n);
	*n = in.p[0] == '"' ? string_len(in, 0) : word_len(in);
	return *n > 0 ? 0 : -EBADMSG;
}

void
clif_reader_init(struct clif_reader *r, struct octets body, bool many)
{
	*r = (struct clif_reader){.in = body, .many = many, .first = true};
	if (!many)
		r->array = take(&r->in, '[');
}

/* What stands between two values, and at the end.  Returns 1: a value follows, 0 or -EBADMSG. */
static int
between(struct clif_reader *r)
{
	bool first = r->first;

	r->first = false;
	skip_space(&r->in);
	if (r->array) {
		if (take(&r->in, ']')) {
			skip_space(&r->in);
			r->ended = true;
			return r->in.n == 0 ? 0 : -EBADMSG;
		}
		if (!first && !take(&r->in, ','))
			return -EBADMSG;
		skip_space(&r->in);
		return r->in.n > 0 ? 1 : -EBADMSG;
	}
	if (first)
		return r->in.n > 0 ? 1 : -EBADMSG;
	if (r->in.n == 0)
		return 0;
	return r->many ? 1 : -EBADMSG;
}

int
clif_reader_next(struct clif_reader *r, struct octets *value)
{
	size_t n;
	int rc = r->ended ? 0 : between(r);

	if (rc <= 0)
		return rc;
	rc = value_len(r->in, &n);
	if (rc < 0)
		return rc;
	*value = (struct octets){r->in.p, n};
	skip(&r->in, n);
	return 1;
}
