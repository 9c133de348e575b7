/* SPDX-License-Identifier: Apache-2.0 */
/* Rules between text and struct taskset_rule; see rule.h. */
#include "admin/rule.h"

#include "flow.h"
#include "spec/target_form.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint16_t bit;
} rule_service_names[] = {
    {"voice", SERVICE_VOICE},
    {"messaging", SERVICE_MESSAGING},
    {"data", SERVICE_DATA},
    {"l2", SERVICE_L2},
    {"ptt", SERVICE_PTT},
    {"lals", SERVICE_LALS},
    {"rcs", SERVICE_RCS},
    {"email", SERVICE_EMAIL},
    {"video", SERVICE_VIDEO},
};

/* IANA protocol numbers. */
static const struct {
	const char *name;
	uint8_t proto;
	bool ports;
} rule_protos[] = {
    {"tcp", 6, true},
    {"udp", 17, true},
    {"sctp", 132, true},
    {"port", 0, true},
    {"icmp", 1, false},
    {"gre", 47, false},
    {"esp", 50, false},
    {"icmp6", 58, false},
};

uint16_t
rule_service(const char *name)
{
	for (size_t i = 0; i < sizeof(rule_service_names) / sizeof(rule_service_names[0]); i++)
		if (strcmp(rule_service_names[i].name, name) == 0)
			return rule_service_names[i].bit;
	return 0;
}

uint16_t
rule_services(json_t *names)
{
	uint16_t bits = 0;
	json_t *v;
	size_t i;

	if (!json_is_array(names))
		return SERVICE_ANY;
	json_array_foreach(names, i, v) bits |=
	    json_is_string(v) ? rule_service(json_string_value(v)) : 0;
	return bits;
}

/* A number of at most 5 digits up to MAX; *P moves behind it.  -1: none. */
static long
rule_number(const char **p, long max)
{
	size_t n = strspn(*p, "0123456789");
	long v;

	if (n < 1 || n > 5)
		return -1;
	v = strtol(*p, NULL, 10);
	*p += n;
	return v <= max ? v : -1;
}

static const char *
rule_ports(const char *p, struct taskset_rule *r)
{
	long lo = rule_number(&p, 65535), hi = lo;

	if (lo > 0 && *p == '-') {
		p++;
		hi = rule_number(&p, 65535);
	}
	if (lo < 1 || hi < lo || *p != '\0')
		return "ports are a number from 1 to 65535, or a range 80-90";
	r->port_lo = (uint16_t)lo;
	r->port_hi = (uint16_t)hi;
	return NULL;
}

/* "udp", "udp:443", "port:80-90", or with BARE "80-90". */
static const char *
rule_proto(const char *p, bool bare, struct taskset_rule *r)
{
	size_t n = strcspn(p, ":");

	for (size_t i = 0; i < sizeof(rule_protos) / sizeof(rule_protos[0]); i++) {
		if (strlen(rule_protos[i].name) != n || strncmp(rule_protos[i].name, p, n) != 0)
			continue;
		r->proto = rule_protos[i].proto;
		if (p[n] == ':' && !rule_protos[i].ports)
			return "only udp, tcp and sctp have ports";
		if (p[n] == '\0')
			return r->proto == 0 ? "port: a port is expected" : NULL;
		return rule_ports(p + n + 1, r);
	}
	return bare ? rule_ports(p, r)
		    : "a rule is net:, ip:, mac:, id:, service:, bound, port:, or a protocol (udp, "
		      "tcp, "
		      "sctp, icmp, icmp6, gre, esp)";
}

/* The octets of a net must be zero behind its prefix: anything else is a slip of the pen. */
static bool
rule_host_bits(const uint8_t *a, unsigned len, unsigned bits)
{
	for (unsigned i = len; i < bits; i++)
		if (a[i / 8] & (0x80u >> i % 8))
			return true;
	return false;
}

/* N characters of P, an address or a net, to A and its prefix length; returns the family or 0. */
static uint8_t
rule_cidr(const char *p, size_t n, uint8_t a[16], uint8_t *len, const char **why)
{
	char text[64], *slash;
	const char *digits;
	unsigned bits;
	long v;

	*why = "a net is written as 192.0.2.0/24 or 2001:db8::/32";
	if (n == 0 || n >= sizeof(text))
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	if ((slash = strchr(text, '/')) != NULL)
		*slash = '\0';
	memset(a, 0, 16);
	bits = strchr(text, ':') == NULL ? 32 : 128;
	if (inet_pton(bits == 32 ? AF_INET : AF_INET6, text, a) != 1)
		return 0;
	v = (long)bits;
	if (slash != NULL) {
		digits = slash + 1;
		v = rule_number(&digits, (long)bits);
		if (v < 0 || *digits != '\0')
			return 0;
	}
	*len = (uint8_t)v;
	*why = "the address has bits behind the prefix of the net";
	return rule_host_bits(a, (unsigned)v, bits) ? 0 : bits == 32 ? 4 : 6;
}

/* The octets of the text of a net at the front of P; *next: what follows. */
static size_t
rule_net_text(const char **p, const char **next)
{
	const char *end;
	size_t n;

	if (**p == '[' && (end = strchr(*p, ']')) != NULL) {
		*next = end + 1;
		return (size_t)(end - ++*p);
	}
	if ((end = strstr(*p, "<->")) != NULL)
		n = (size_t)(end - *p);
	else if (strchr(*p, '.') != NULL) /* a port follows an IPv4 net only */
		n = strcspn(*p, ":");
	else
		n = strlen(*p);
	*next = *p + n;
	return n;
}

static const char *
rule_net(const char *p, struct taskset_rule *r)
{
	const char *next, *why;
	size_t n = rule_net_text(&p, &next);
	uint8_t other;

	r->kind = TASKSET_RULE_NET;
	r->family = rule_cidr(p, n, r->a, &r->a_len, &why);
	r->b_any = 1;
	if (r->family == 0)
		return why;
	if (strncmp(next, "<->", 3) == 0) {
		p = next + 3;
		n = rule_net_text(&p, &next);
		other = rule_cidr(p, n, r->b, &r->b_len, &why);
		r->b_any = 0;
		if (other == 0)
			return why;
		if (other != r->family)
			return "both nets must be IPv4, or both IPv6";
	}
	if (*next == '\0')
		return NULL;
	return *next == ':' ? rule_proto(next + 1, true, r)
			    : "behind a net only a port or a protocol may stand";
}

static const char *
rule_mac(const char *p, struct taskset_rule *r)
{
	unsigned o[6];
	char end;

	r->kind = TASKSET_RULE_MAC;
	if (strlen(p) != 17 || strspn(p, "0123456789abcdefABCDEF:-") != 17 ||
	    sscanf(p, "%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%*1[:-]%2x%c", &o[0], &o[1],
		&o[2], &o[3], &o[4], &o[5], &end) != 6)
		return "a MAC address is written as 02:00:5e:10:00:01";
	for (int i = 0; i < 6; i++)
		r->a[i] = (uint8_t)o[i];
	return NULL;
}

/* "sip:a****************": kind, first character, length. */
static void
rule_mask(const char *form, size_t n, char *show)
{
	const char *colon = memchr(form, ':', n);
	size_t kind_n = (size_t)(colon - form) + 1;

	/* half a character of UTF-8 would not be text */
	snprintf(show, RULE_TEXT_MAX, "id:%.*s%c***(%zu)", (int)kind_n, form,
	    form[kind_n] > 0x20 && form[kind_n] < 0x7f ? form[kind_n] : '*', n - kind_n);
}

static const char *
rule_id(const char *p, struct taskset_rule *r, char *show)
{
	char form[TARGET_FORM_MAX];
	uint8_t md[SHA256_DIGEST_LENGTH];
	size_t n = target_form(p, strlen(p), form);

	r->kind = TASKSET_RULE_ID;
	if (n == 0)
		return "an identifier is written as id:KIND:VALUE (imsi, imei, msisdn, sip, nai, "
		       "email "
		       "or another kind of TS 103 221-1), with a value of that kind";
	SHA256((const uint8_t *)form, n, md);
	memcpy(r->a, md, sizeof(r->a));
	rule_mask(form, n, show);
	return NULL;
}

static const char *
rule_of_service(const char *p, struct taskset_rule *r)
{
	r->kind = TASKSET_RULE_SERVICE;
	r->services = rule_service(p);
	if (r->what != TASKSET_RULE_EXCLUDE)
		return "service: is for exclusions; --services narrows a warrant";
	return r->services != 0
		   ? NULL
		   : "a service is voice, video, messaging, data, l2, ptt, lals, rcs or email";
}

const char *
rule_parse(int what, const char *text, struct taskset_rule *out, char *show)
{
	*out = (struct taskset_rule){.what = (uint8_t)what};
	if (strlen(text) >= RULE_TEXT_MAX)
		return "a rule has at most 699 octets";
	snprintf(show, RULE_TEXT_MAX, "%s", text);
	if (strncmp(text, "net:", 4) == 0)
		return rule_net(text + 4, out);
	if (strncmp(text, "ip:", 3) == 0)
		return rule_net(text + 3, out);
	if (strncmp(text, "mac:", 4) == 0)
		return rule_mac(text + 4, out);
	if (strncmp(text, "id:", 3) == 0)
		return rule_id(text + 3, out, show);
	if (strncmp(text, "service:", 8) == 0)
		return rule_of_service(text + 8, out);
	if (strcmp(text, "bound") == 0) {
		out->kind = TASKSET_RULE_BOUND;
		return what == TASKSET_RULE_TARGET ? NULL : "bound is for target rules only";
	}
	out->kind = TASKSET_RULE_NET;
	out->b_any = 1;
	return rule_proto(text, false, out);
}

int
rule_load(int what, const char *text, const uint8_t *hash, struct taskset_rule *out)
{
	char show[RULE_TEXT_MAX];

	if (hash == NULL)
		return rule_parse(what, text, out, show) == NULL ? 0 : -EINVAL;
	*out = (struct taskset_rule){.what = (uint8_t)what, .kind = TASKSET_RULE_ID};
	memcpy(out->a, hash, sizeof(out->a));
	return 0;
}
