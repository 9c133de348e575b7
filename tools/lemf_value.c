/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_value.h. */
#include "lemf_value.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <time.h>

struct check {
	struct lemf_tree *t;
	const struct lemf_type *type;
	const struct lemf_node *n;
	const struct lemf_path *path;
};

static void
error(const struct check *c, const char *code, const char *what)
{
	lemf_fault_add(c->t, c->path, c->n->tlv.at, LEMF_ERROR, code, what);
}

uint32_t
lemf_value_tag(enum lemf_kind kind)
{
	/* 0: a CHOICE has the tags of its arms, ANY has any */
	static const uint8_t tags[] = {[LEMF_BOOL] = 1,
	    [LEMF_INT] = 2,
	    [LEMF_SIGNED] = 2,
	    [LEMF_BITS] = 3,
	    [LEMF_OCTETS] = 4,
	    [LEMF_HOLDS] = 4,
	    [LEMF_NULL] = 5,
	    [LEMF_OID] = 6,
	    [LEMF_ENUM] = 10,
	    [LEMF_UTF8] = 12,
	    [LEMF_RELOID] = 13,
	    [LEMF_SEQ] = 16,
	    [LEMF_SEQ_OF] = 16,
	    [LEMF_SET] = 17,
	    [LEMF_SET_OF] = 17,
	    [LEMF_NUMERIC] = 18,
	    [LEMF_PRINTABLE] = 19,
	    [LEMF_IA5] = 22,
	    [LEMF_UTC] = 23,
	    [LEMF_TIME] = 24};

	return kind < sizeof(tags) && tags[kind] ? tags[kind] : UINT32_MAX;
}

uint64_t
lemf_node_uint(const struct lemf_node *n)
{
	uint64_t v = 0;

	if (!n || n->val.n == 0 || n->val.n > 9 || (n->val.n == 9 && n->val.p[0] != 0))
		return 0;
	for (size_t i = 0; i < n->val.n; i++)
		v = v << 8 | n->val.p[i];
	return v;
}

/* X.690 8.3.2: the first nine bits are not all equal.  False when there is no octet. */
static bool
check_form(const struct check *c)
{
	struct octets v = c->n->val;

	if (v.n == 0) {
		error(c, "INT-EMPTY", "integer without octets");
		return false;
	}
	if (v.n > 1 && ((v.p[0] == 0 && v.p[1] < 0x80) || (v.p[0] == 0xff && v.p[1] >= 0x80)))
		error(c, "INT-LONG", "integer with a superfluous leading octet");
	return true;
}

static bool
check_minimal(const struct check *c)
{
	struct octets v = c->n->val;

	if (!check_form(c))
		return false;
	if (v.p[0] & 0x80) {
		error(c, "INT-NEGATIVE", "negative value");
		return false;
	}
	if (v.n > 9 || (v.n == 9 && v.p[0] != 0)) {
		error(c, "INT-RANGE", "value above 64 bits");
		return false;
	}
	return true;
}

int64_t
lemf_node_int(const struct lemf_node *n)
{
	uint64_t v;

	if (!n || n->val.n == 0 || n->val.n > 8)
		return 0;
	v = n->val.p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < n->val.n; i++)
		v = v << 8 | n->val.p[i];
	return (int64_t)v;
}

static void
check_signed(const struct check *c)
{
	int64_t v = lemf_node_int(c->n);

	if (!check_form(c) || c->n->val.n > 8)
		return; /* only an INTEGER without a range can be that long */
	if (v < (int64_t)c->type->min || v > (int64_t)c->type->max)
		error(c, "INT-RANGE", "value out of range");
}

static void
check_bits(const struct check *c)
{
	struct octets v = c->n->val;
	size_t bits;

	if (v.n == 0 || v.p[0] > 7 || (v.n == 1 && v.p[0] != 0)) {
		error(c, "BITS", "BIT STRING with a wrong count of unused bits");
		return;
	}
	bits = (v.n - 1) * 8 - v.p[0];
	if (c->type->max && (bits < c->type->min || bits > c->type->max))
		error(c, "SIZE", "size out of range");
}

/* yymmddhhmm[ss](Z|+hhmm|-hhmm): X.680 47.3. */
static void
check_utc(const struct check *c)
{
	struct octets v = c->n->val;
	size_t i = 0;

	while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9')
		i++;
	if ((i != 10 && i != 12) || i == v.n ||
	    (v.p[i] == 'Z' ? v.n != i + 1 : (v.p[i] != '+' && v.p[i] != '-') || v.n != i + 5))
		error(c, "TIME", "not a UTCTime");
}

static void
check_int(const struct check *c)
{
	uint64_t v = lemf_node_uint(c->n);

	if (check_minimal(c) && (v < c->type->min || v > c->type->max))
		error(c, "INT-RANGE", "value out of range");
}

static void
check_enum(const struct check *c)
{
	if (!check_minimal(c) || lemf_schema_name(c->type->names, lemf_node_uint(c->n)))
		return;
	lemf_fault_add(c->t, c->path, c->n->tlv.at, c->type->open ? LEMF_REMARK : LEMF_ERROR,
	    "ENUM", "value is not in the enumeration");
}

static bool
printable(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(" '()+,-./:=?", c));
}

/* Length of the UTF-8 sequence at P (1..4), or 0. */
static size_t
utf8_len(const uint8_t *p, size_t n)
{
	size_t len = p[0] < 0x80		   ? 1
		     : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
		     : p[0] >= 0xe0		   ? 3
		     : p[0] >= 0xc2		   ? 2
						   : 0;

	if (p[0] >= 0xf5 || len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static void
check_string(const struct check *c)
{
	struct octets v = c->n->val;
	size_t chars = v.n;

	if (c->type->kind == LEMF_UTF8) {
		size_t len;

		chars = 0;
		for (size_t i = 0; i < v.n; i += len, chars++)
			if ((len = utf8_len(v.p + i, v.n - i)) == 0) {
				error(c, "CHARSET", "not UTF-8");
				return;
			}
	}
	for (size_t i = 0; i < v.n; i++)
		if ((c->type->kind == LEMF_PRINTABLE && !printable(v.p[i])) ||
		    (c->type->kind == LEMF_IA5 && v.p[i] >= 0x80) ||
		    (c->type->kind == LEMF_NUMERIC && v.p[i] != ' ' &&
			(v.p[i] < '0' || v.p[i] > '9'))) {
			error(c, "CHARSET", "character not allowed in this string");
			return;
		}
	if (c->type->max && (chars < c->type->min || chars > c->type->max))
		error(c, "SIZE", "size out of range");
}

/* Arcs in base 128; returns octets written, or 0 when the contents are not arcs. */
static size_t
format_arcs(struct octets v, bool relative, char *buf, size_t len)
{
	size_t out = 0;
	uint64_t arc = 0;
	bool first = !relative;

	for (size_t i = 0; i < v.n; i++) {
		if (arc > UINT64_MAX >> 7 ||
		    (arc == 0 && v.p[i] == 0x80 && (i == 0 || !(v.p[i - 1] & 0x80))))
			return 0;
		arc = arc << 7 | (v.p[i] & 0x7f);
		if (v.p[i] & 0x80)
			continue;
		if (first) {
			unsigned top = arc < 40 ? 0 : arc < 80 ? 1 : 2;

			out += (size_t)snprintf(buf + out, len - out, "%u.", top);
			arc -= 40u * top;
			first = false;
		}
		if (out < len)
			out += (size_t)snprintf(buf + out, len - out, "%s%llu",
			    i && out && buf[out - 1] != '.' ? "." : "", (unsigned long long)arc);
		if (out >= len)
			return 0;
		arc = 0;
	}
	return v.n && !(v.p[v.n - 1] & 0x80) ? out : 0;
}

char *
lemf_node_oid(const struct lemf_node *n, char *buf, size_t len)
{
	bool relative = n && n->type && n->type->kind == LEMF_RELOID;

	if (!n || len < 4 || format_arcs(n->val, relative, buf, len) == 0)
		snprintf(buf, len, "?");
	return buf;
}

static void
check_oid(const struct check *c)
{
	char text[160];

	if (format_arcs(c->n->val, c->type->kind == LEMF_RELOID, text, sizeof(text)) == 0)
		error(c, "OID-FORM", "object identifier cannot be read");
	else if (c->type->oid && fnmatch(c->type->oid, text, 0) != 0)
		error(c, "OID", "object identifier is not the one of this structure");
}

static bool
digits(struct octets text, size_t at, size_t n, int *v)
{
	*v = 0;
	if (at + n > text.n)
		return false;
	for (; n > 0; n--, at++) {
		if (text.p[at] < '0' || text.p[at] > '9')
			return false;
		*v = *v * 10 + (text.p[at] - '0');
	}
	return true;
}

/* Zone at POS: nothing, Z, +hhmm or -hhmm.  Returns false when it is none of these. */
static bool
zone(struct octets text, size_t pos, int *offset_s)
{
	int hh, mm;

	*offset_s = 0;
	if (pos == text.n || (pos + 1 == text.n && text.p[pos] == 'Z'))
		return true;
	if (pos + 5 != text.n || (text.p[pos] != '+' && text.p[pos] != '-') ||
	    !digits(text, pos + 1, 2, &hh) || !digits(text, pos + 3, 2, &mm))
		return false;
	*offset_s = (hh * 3600 + mm * 60) * (text.p[pos] == '-' ? -1 : 1);
	return true;
}

int
lemf_time_us(struct octets text, int64_t *us)
{
	struct tm tm = {0};
	size_t pos = 14;
	int64_t frac = 0, unit = 100000;
	int offset_s;

	if (!digits(text, 0, 4, &tm.tm_year) || !digits(text, 4, 2, &tm.tm_mon) ||
	    !digits(text, 6, 2, &tm.tm_mday) || !digits(text, 8, 2, &tm.tm_hour) ||
	    !digits(text, 10, 2, &tm.tm_min) || !digits(text, 12, 2, &tm.tm_sec))
		return -EINVAL;
	if (tm.tm_year < 1900 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return -EINVAL;
	if (pos < text.n && (text.p[pos] == '.' || text.p[pos] == ','))
		for (pos++; pos < text.n && text.p[pos] >= '0' && text.p[pos] <= '9';
		     pos++, unit /= 10)
			frac += unit * (text.p[pos] - '0');
	if (!zone(text, pos, &offset_s))
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*us = ((int64_t)timegm(&tm) - offset_s) * 1000000 + frac;
	return 0;
}

void
lemf_value_check(struct lemf_tree *t, const struct lemf_type *type, const struct lemf_node *n,
    const struct lemf_path *path)
{
	struct check c = {t, type, n, path};
	int64_t us;

	switch (type->kind) {
	case LEMF_INT:
		check_int(&c);
		return;
	case LEMF_SIGNED:
		check_signed(&c);
		return;
	case LEMF_UTC:
		check_utc(&c);
		return;
	case LEMF_ENUM:
		check_enum(&c);
		return;
	case LEMF_OCTETS:
	case LEMF_PRINTABLE:
	case LEMF_NUMERIC:
	case LEMF_UTF8:
	case LEMF_IA5:
		check_string(&c);
		return;
	case LEMF_OID:
	case LEMF_RELOID:
		check_oid(&c);
		return;
	case LEMF_NULL:
		if (n->val.n != 0)
			error(&c, "NULL", "NULL with contents");
		return;
	case LEMF_BOOL:
		if (n->val.n != 1)
			error(&c, "BOOLEAN", "BOOLEAN is one octet");
		return;
	case LEMF_BITS:
		check_bits(&c);
		return;
	case LEMF_TIME:
		if (lemf_time_us(n->val, &us) < 0)
			error(&c, "TIME", "not a GeneralizedTime");
		else if (n->val.p[n->val.n - 1] != 'Z')
			lemf_fault_add(t, path, n->tlv.at, LEMF_REMARK, "TIME-ZONE",
			    "time is not in UTC (no Z)");
		return;
	default:
		return;
	}
}

const char *
lemf_level_name(enum lemf_level level)
{
	switch (level) {
	case LEMF_REMARK:
		return "remark";
	case LEMF_ERROR:
		return "error";
	case LEMF_BROKEN:
		return "broken";
	}
	return "?";
}
