/* SPDX-License-Identifier: Apache-2.0 */
/* JSON object > X2/X3 PDU; see clif_pdu.h.  A table of fields in the order of their attributes. */
#include "ingest/clif_pdu.h"
#include "base/clock.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define ATTR_MAX 65535 /* octets of one attribute */

/* ---- the buffer */

static uint8_t *
more(struct clif_buf *b, size_t n)
{
	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2;
		b->p = realloc(b->p, b->cap);
		assert(b->p != NULL);
	}
	b->n += n;
	return b->p + b->n - n;
}

static void
put_attr(struct clif_buf *b, uint16_t type, const void *v, size_t n)
{
	uint8_t *p = more(b, 4 + n);

	octets_put16(p, type);
	octets_put16(p + 2, (uint16_t)n);
	memcpy(p + 4, v, n);
}

/* ---- values: false when the field cannot be taken */

static bool
uint_of(const json_t *v, uint64_t max, uint64_t *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) > max)
		return false;
	*out = (uint64_t)json_integer_value(v);
	return true;
}

/* A number that JSON carries badly may come as decimal text. */
static bool
u64_of(const json_t *v, uint64_t *out)
{
	const char *s = json_string_value(v);
	uint64_t n = 0;

	if (!s)
		return uint_of(v, INT64_MAX, out);
	if (*s == '\0' || strlen(s) > 20)
		return false;
	for (; *s; s++)
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	*out = n;
	return true;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
uuid_of(const json_t *v, uint8_t out[16])
{
	const char *s = json_string_value(v);
	size_t n = 0;

	if (!s || strlen(s) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return false;
			continue;
		}
		if (hex(s[i]) < 0 || hex(s[i + 1]) < 0)
			return false;
		out[n++] = (uint8_t)(hex(s[i]) << 4 | hex(s[i + 1]));
		i++;
	}
	return true;
}

static bool
type_of(const json_t *v, uint16_t *out)
{
	const char *s = json_string_value(v);

	if (!s || (strcasecmp(s, "x2") != 0 && strcasecmp(s, "x3") != 0))
		return false;
	*out = s[1] == '2' ? X23_TYPE_X2 : X23_TYPE_X3;
	return true;
}

static bool
number_or_name(const json_t *v, const char *(*name)(uint16_t), uint16_t n, uint16_t *out)
{
	const char *s = json_string_value(v);
	uint64_t u;

	if (!s) {
		if (!uint_of(v, UINT16_MAX, &u))
			return false;
		*out = (uint16_t)u;
		return true;
	}
	for (uint16_t i = 1; i < n; i++) {
		if (strcasecmp(s, name(i)) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static const char *
direction_name(uint16_t d)
{
	static const char *const names[] = {
	    "", "unknown", "toTarget", "fromTarget", "combined", "notApplicable"};

	return names[d <= X23_DIR_NOT_APPLICABLE ? d : 0];
}

/* ---- base64, RFC 4648 section 4: padded, nothing else between */

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool
put_base64(struct clif_buf *b, const char *s, size_t n)
{
	size_t pad = n > 0 && s[n - 1] == '=' ? 1 + (n > 1 && s[n - 2] == '=') : 0;
	size_t whole = n / 4 * 3 - pad;
	uint32_t group = 0;
	uint8_t *p;

	if (n % 4 != 0)
		return false;
	p = more(b, whole);
	for (size_t i = 0; i < n; i++) {
		int d = i >= n - pad ? 0 : base64_digit(s[i]);

		if (d < 0)
			return false;
		group = group << 6 | (uint32_t)d;
		if (i % 4 < 3)
			continue;
		for (size_t k = 0; k < 3 && whole > 0; k++, whole--)
			*p++ = (uint8_t)(group >> (16 - 8 * k));
		if (i == n - 1 && pad > 0 && (group & ((1u << (8 * pad)) - 1)) != 0)
			return false; /* bits behind the end */
		group = 0;
	}
	return true;
}

/* ---- attributes */

static bool
put_text(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	size_t n = json_is_string(v) ? json_string_length(v) : 0;

	if (n == 0 || n > ATTR_MAX)
		return false;
	put_attr(b, attr, json_string_value(v), n);
	return true;
}

static bool
put_texts(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	if (!json_is_array(v))
		return put_text(b, attr, v);
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!put_text(b, attr, json_array_get(v, i)))
			return false;
	return json_array_size(v) > 0;
}

static bool
put_u32(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	uint8_t o[4];
	uint64_t u;

	if (!uint_of(v, UINT32_MAX, &u))
		return false;
	octets_put32(o, (uint32_t)u);
	put_attr(b, attr, o, sizeof(o));
	return true;
}

static bool
put_u16(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	uint8_t o[2];
	uint64_t u;

	if (!uint_of(v, UINT16_MAX, &u))
		return false;
	octets_put16(o, (uint16_t)u);
	put_attr(b, attr, o, sizeof(o));
	return true;
}

static bool
put_u8(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	uint64_t u;

	if (!uint_of(v, UINT8_MAX, &u))
		return false;
	put_attr(b, attr, &(uint8_t){(uint8_t)u}, 1);
	return true;
}

static bool
put_time(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	const char *s = json_string_value(v);
	uint8_t o[8];
	int64_t ns;

	if (!s || clock_parse(s, &ns) < 0 || ns < 0 || ns / CLOCK_NS_PER_S > UINT32_MAX)
		return false;
	octets_put32(o, (uint32_t)(ns / CLOCK_NS_PER_S));
	octets_put32(o + 4, (uint32_t)(ns % CLOCK_NS_PER_S));
	put_attr(b, attr, o, sizeof(o));
	return true;
}

/* The attribute of an IPv6 address is two behind that of an IPv4 address. */
static bool
put_address(struct clif_buf *b, uint16_t attr, const json_t *v)
{
	const char *s = json_string_value(v);
	uint8_t a[16];

	if (s && inet_pton(AF_INET, s, a) == 1)
		put_attr(b, attr, a, 4);
	else if (s && inet_pton(AF_INET6, s, a) == 1)
		put_attr(b, attr + 2, a, 16);
	else
		return false;
	return true;
}

/* Members of the object that are no attributes stand in front with put NULL. */
static const struct clif_field {
	const char *name;
	bool (*put)(struct clif_buf *b, uint16_t attr, const json_t *v);
	uint16_t attr;
	const char *want;
} fields[] = {
    {"type", NULL, 0, "\"x2\" or \"x3\""},
    {"format", NULL, 0, "a number or the name of a payload format"},
    {"direction", NULL, 0, "a number or unknown, toTarget, fromTarget, combined, notApplicable"},
    {"xid", NULL, 0, "a UUID"},
    {"correlation", NULL, 0, "a number below 2^64, or its decimal text"},
    {"payload", NULL, 0, "base64 with padding"},
    {"text", NULL, 0, "a string, and not beside payload"},
    {"did", put_text, X23_ATTR_DID, "text of 1 to 65535 octets"},
    {"nfid", put_text, X23_ATTR_NFID, "text of 1 to 65535 octets"},
    {"ipid", put_text, X23_ATTR_IPID, "text of 1 to 65535 octets"},
    {"sequence", put_u32, X23_ATTR_SEQ, "a number below 2^32"},
    {"time", put_time, X23_ATTR_TIMESTAMP, "RFC 3339, 1970 to 2106"},
    {"src", put_address, X23_ATTR_SRC_IPV4, "an IPv4 or IPv6 address"},
    {"dst", put_address, X23_ATTR_DST_IPV4, "an IPv4 or IPv6 address"},
    {"src_port", put_u16, X23_ATTR_SRC_PORT, "a number from 0 to 65535"},
    {"dst_port", put_u16, X23_ATTR_DST_PORT, "a number from 0 to 65535"},
    {"ip_proto", put_u8, X23_ATTR_IP_PROTO, "a number from 0 to 255"},
    {"matched_target", put_texts, X23_ATTR_MATCHED_TARGET, "a string or an array of strings"},
    {"other_target", put_texts, X23_ATTR_OTHER_TARGET, "a string or an array of strings"},
    {"mime_type", put_text, X23_ATTR_MIME_TYPE, "text of 1 to 65535 octets"},
    {"mime_encoding", put_text, X23_ATTR_MIME_ENCODING, "text of 1 to 65535 octets"},
    {"sdp", put_text, X23_ATTR_SDP, "text of 1 to 65535 octets"},
};
#define FIELD_N (sizeof(fields) / sizeof(fields[0]))
enum {
	FIELD_TYPE,
	FIELD_FORMAT,
	FIELD_DIRECTION,
	FIELD_XID,
	FIELD_CORRELATION,
	FIELD_PAYLOAD,
	FIELD_TEXT
};

/* ---- the whole */

static int
wrong(const struct clif_field *f, char *why)
{
	snprintf(why, CLIF_WHY_LEN, "%s: must be %s", f->name, f->want);
	return -EINVAL;
}

/* No field that the table does not have.  Its name may be content: it is not repeated. */
static int
check_names(const json_t *o, char *why)
{
	size_t known = 0;

	if (!json_is_object(o)) {
		snprintf(why, CLIF_WHY_LEN, "a PDU must be a JSON object");
		return -EINVAL;
	}
	for (size_t i = 0; i < FIELD_N; i++)
		known += json_object_get(o, fields[i].name) != NULL;
	if (known == json_object_size(o))
		return 0;
	snprintf(why, CLIF_WHY_LEN, "there is a field that is not known");
	return -EINVAL;
}

static int
put_header(const json_t *o, uint8_t *p, char *why)
{
	const json_t *v[FIELD_N];
	uint16_t type, format, direction;
	uint64_t correlation = 0;

	for (size_t i = 0; i < FIELD_N; i++)
		v[i] = json_object_get(o, fields[i].name);
	p[X23_OFF_VERSION] = X23_MAJOR;
	p[X23_OFF_VERSION + 1] = X23_MINOR;
	octets_put32(p + X23_OFF_HEADER_LEN, X23_HEADER_MIN);
	if (!uuid_of(v[FIELD_XID], p + X23_OFF_XID)) {
		memset(p + X23_OFF_XID, 0, 16);
		return wrong(&fields[FIELD_XID], why);
	}
	if (!type_of(v[FIELD_TYPE], &type))
		return wrong(&fields[FIELD_TYPE], why);
	octets_put16(p + X23_OFF_TYPE, type);
	if (!number_or_name(v[FIELD_FORMAT], x23_format_name, X23_FMT_N, &format))
		return wrong(&fields[FIELD_FORMAT], why);
	octets_put16(p + X23_OFF_FORMAT, format);
	if (!number_or_name(
		v[FIELD_DIRECTION], direction_name, X23_DIR_NOT_APPLICABLE + 1, &direction))
		return wrong(&fields[FIELD_DIRECTION], why);
	octets_put16(p + X23_OFF_DIRECTION, direction);
	if (v[FIELD_CORRELATION] && !u64_of(v[FIELD_CORRELATION], &correlation))
		return wrong(&fields[FIELD_CORRELATION], why);
	octets_put64(p + X23_OFF_CORRELATION, correlation);
	return 0;
}

static int
put_payload(const json_t *o, struct clif_buf *b, char *why)
{
	const json_t *payload = json_object_get(o, "payload"), *text = json_object_get(o, "text");

	if (text && (payload || !json_is_string(text)))
		return wrong(&fields[FIELD_TEXT], why);
	if (text)
		memcpy(more(b, json_string_length(text)), json_string_value(text),
		    json_string_length(text));
	if (payload && (!json_is_string(payload) ||
			   !put_base64(b, json_string_value(payload), json_string_length(payload))))
		return wrong(&fields[FIELD_PAYLOAD], why);
	return 0;
}

int
clif_pdu_encode(const json_t *o, struct clif_buf *b, char why[CLIF_WHY_LEN])
{
	size_t header_n;
	int rc;

	b->n = 0;
	memset(more(b, X23_HEADER_MIN), 0, X23_HEADER_MIN);
	rc = put_header(o, b->p, why);
	if (rc < 0)
		return check_names(o, why) < 0 ? -EINVAL : rc;
	if (check_names(o, why) < 0)
		return -EINVAL;
	for (size_t i = 0; i < FIELD_N; i++) {
		const json_t *v = json_object_get(o, fields[i].name);

		if (v && fields[i].put && !fields[i].put(b, fields[i].attr, v))
			return wrong(&fields[i], why);
	}
	header_n = b->n;
	rc = put_payload(o, b, why);
	if (rc < 0)
		return rc;
	octets_put32(b->p + X23_OFF_HEADER_LEN, (uint32_t)header_n);
	octets_put32(b->p + X23_OFF_PAYLOAD_LEN, (uint32_t)(b->n - header_n));
	return 0;
}
