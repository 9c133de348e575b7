/* SPDX-License-Identifier: Apache-2.0 */
/* Destinations from JSON; see dest_conf.h and, for the shape, destination.h. */
#include "delivery/dest_conf.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DEST_PS_VERSION 43 /* last arc of li-psDomainId, TS 102 232-1 V3.38.1 */

const char *
ho_level_name(enum ho_level l)
{
	switch (l) {
	case HO_LEVEL_AUTO:
		return "auto";
	case HO_LEVEL_A:
		return "a";
	case HO_LEVEL_B:
		return "b";
	case HO_LEVEL_C:
		return "c";
	}
	return "?";
}

#define FAIL(...) (snprintf(why, why_len, __VA_ARGS__), -EINVAL)

static int
dest_conf_text(const json_t *j, const char *key, char *out, size_t cap, char *why, size_t why_len)
{
	const json_t *v = json_object_get(j, key);

	out[0] = '\0';
	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_string(v) || json_string_length(v) >= cap)
		return FAIL("%s: not a string of fewer than %zu octets", key, cap);
	snprintf(out, cap, "%s", json_string_value(v));
	return 0;
}

/* A number of J in [MIN, MAX]; left as it is when not there. */
static int
dest_conf_number(const json_t *j, const char *key, json_int_t min, json_int_t max, uint32_t unit,
    uint32_t *out, char *why, size_t why_len)
{
	const json_t *v = json_object_get(j, key);

	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return FAIL("%s: not a whole number from %lld to %lld", key, (long long)min,
		    (long long)max);
	*out = (uint32_t)json_integer_value(v) * unit;
	return 0;
}

static bool
dest_conf_bool(const json_t *j, const char *key, bool otherwise)
{
	const json_t *v = json_object_get(j, key);

	if (json_is_integer(v)) /* as databases say it */
		return json_integer_value(v) != 0;
	return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

/* "192.0.2.1:5000" or "[2001:db8::1]:5000". */
static int
dest_conf_address(const char *text, struct dest_address *a)
{
	const char *colon = strrchr(text, ':');
	const char *from = text, *to = colon;
	unsigned char addr[sizeof(struct in6_addr)];
	char *end;
	long port;
	bool v6 = text[0] == '[';

	if (colon == NULL || !isdigit((unsigned char)colon[1]))
		return -EINVAL;
	if (v6) {
		from++;
		if (to == from || *--to != ']')
			return -EINVAL;
	}
	if (to < from || (size_t)(to - from) >= sizeof(a->host))
		return -EINVAL;
	memcpy(a->host, from, (size_t)(to - from));
	a->host[to - from] = '\0';
	port = strtol(colon + 1, &end, 10);
	if (*end != '\0' || port < 1 || port > 65535)
		return -EINVAL;
	a->port = (uint16_t)port;
	return inet_pton(v6 ? AF_INET6 : AF_INET, a->host, addr) == 1 ? 0 : -EINVAL;
}

static int
dest_conf_addresses(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	const json_t *list = json_object_get(j, "addresses");
	size_t n = json_array_size(list);

	if (n < 1 || n > DEST_ADDRESSES_MAX)
		return FAIL("addresses: a list of 1 to %d", DEST_ADDRESSES_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL || dest_conf_address(text, &c->address[i]) < 0)
			return FAIL("addresses: \"%.60s\" is not <numeric address>:<port>",
			    text != NULL ? text : "");
	}
	c->address_n = n;
	return 0;
}

static int
dest_conf_pin(const char *hex, uint8_t out[32])
{
	if (hex == NULL || strlen(hex) != 64)
		return -EINVAL;
	for (int i = 0; i < 64; i++) {
		int h = tolower((unsigned char)hex[i]);
		int v = isdigit(h) ? h - '0' : h >= 'a' && h <= 'f' ? h - 'a' + 10 : -1;

		if (v < 0)
			return -EINVAL;
		out[i / 2] = (uint8_t)((i & 1) ? out[i / 2] | v : v << 4);
	}
	return 0;
}

static int
dest_conf_pins(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	const json_t *list = json_object_get(j, "pins");

	c->pin_n = json_array_size(list);
	if (c->pin_n > DEST_PINS_MAX)
		return FAIL("pins: at most %d", DEST_PINS_MAX);
	for (size_t i = 0; i < c->pin_n; i++)
		if (dest_conf_pin(json_string_value(json_array_get(list, i)), c->pin[i]) < 0)
			return FAIL("pins: 64 hexadecimal digits each");
	return 0;
}

static int
dest_conf_link(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	char transport[8], level[8];

	if (dest_conf_text(j, "transport", transport, sizeof(transport), why, why_len) < 0 ||
	    dest_conf_text(j, "level", level, sizeof(level), why, why_len) < 0 ||
	    dest_conf_text(j, "server_name", c->server_name, sizeof(c->server_name), why, why_len) <
		0)
		return -EINVAL;
	if (transport[0] != '\0' && strcmp(transport, "tls") != 0 && strcmp(transport, "tcp") != 0)
		return FAIL("transport: \"tls\" or \"tcp\"");
	c->tls = strcmp(transport, "tcp") != 0;
	c->tls12 = dest_conf_bool(j, "tls12", false);
	c->level = HO_LEVEL_AUTO;
	for (int l = HO_LEVEL_AUTO; level[0] != '\0'; l++) {
		if (l > HO_LEVEL_C)
			return FAIL("level: auto, a, b or c");
		c->level = (enum ho_level)l;
		if (strcmp(level, ho_level_name(c->level)) == 0)
			break;
	}
	return dest_conf_pins(j, c, why, why_len);
}

static int
dest_conf_timers(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	const json_t *k = json_object_get(j, "keepalive");
	const struct {
		const json_t *in;
		const char *key;
		json_int_t min, max;
		uint32_t unit, *out;
	} table[] = {
	    {k, "time1_s", 0, 86400, 1000, &c->time1_ms},
	    {k, "time2_s", 1, 86400, 1000, &c->time2_ms},
	    {k, "time3_s", 1, 86400, 1000, &c->time3_ms},
	    {k, "time1_ms", 0, 86400000, 1, &c->time1_ms},
	    {k, "time2_ms", 1, 86400000, 1, &c->time2_ms},
	    {k, "time3_ms", 1, 86400000, 1, &c->time3_ms},
	    {j, "barrier_ms", 1, 60000, 1, &c->barrier_ms},
	    {j, "barrier_len", 1, 4 << 20, 1, &c->barrier_len},
	    {j, "backoff_min_ms", 1, 3600000, 1, &c->backoff_min_ms},
	    {j, "backoff_max_ms", 1, 3600000, 1, &c->backoff_max_ms},
	    {j, "connect_ms", 10, 600000, 1, &c->connect_ms},
	};

	c->time1_ms = 120000;
	c->time2_ms = 30000;
	c->time3_ms = 60000;
	c->barrier_ms = 1000;
	c->barrier_len = 256 * 1024;
	c->backoff_min_ms = 500;
	c->backoff_max_ms = 30000;
	c->connect_ms = 10000;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (dest_conf_number(table[i].in, table[i].key, table[i].min, table[i].max,
			table[i].unit, table[i].out, why, why_len) < 0)
			return -EINVAL;
	if (c->time3_ms <= c->time2_ms)
		return FAIL("keepalive: time3 has to be longer than time2");
	if (c->backoff_max_ms < c->backoff_min_ms)
		c->backoff_max_ms = c->backoff_min_ms;
	return 0;
}

static int
dest_conf_filler(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	const json_t *f = json_object_get(j, "filler");
	char liid[26], operator_id[17], neid[17], auth_cc[3], delivery_cc[3];
	uint32_t ps_version = DEST_PS_VERSION;

	if (dest_conf_text(f, "liid", liid, sizeof(liid), why, why_len) < 0 ||
	    dest_conf_text(f, "operator", operator_id, sizeof(operator_id), why, why_len) < 0 ||
	    dest_conf_text(f, "neid", neid, sizeof(neid), why, why_len) < 0 ||
	    dest_conf_text(f, "auth_cc", auth_cc, sizeof(auth_cc), why, why_len) < 0 ||
	    dest_conf_text(f, "delivery_cc", delivery_cc, sizeof(delivery_cc), why, why_len) < 0 ||
	    dest_conf_number(f, "ps_version", 1, 127, 1, &ps_version, why, why_len) < 0)
		return -EINVAL;
	if (liid[0] == '\0')
		snprintf(liid, sizeof(liid), "-");
	if (operator_id[0] == '\0')
		snprintf(operator_id, sizeof(operator_id), "openmdf");
	if (handover_warrant_init(&c->filler, (struct octets){(const uint8_t *)liid, strlen(liid)},
		auth_cc[0] ? auth_cc : NULL, delivery_cc[0] ? delivery_cc : NULL,
		(struct octets){(const uint8_t *)operator_id, strlen(operator_id)},
		(struct octets){(const uint8_t *)neid, strlen(neid)}, ps_version, false) < 0)
		return FAIL("filler: not a valid PSHeader");
	return 0;
}

int
dest_conf_parse(const json_t *j, struct dest_conf *c, char *why, size_t why_len)
{
	memset(c, 0, sizeof(*c));
	if (!json_is_object(j))
		return FAIL("not an object");
	if (dest_conf_number(j, "id", 1, UINT32_MAX, 1, &c->id, why, why_len) < 0)
		return -EINVAL;
	if (c->id == 0)
		return FAIL("id: missing");
	if (dest_conf_text(j, "did", c->did, sizeof(c->did), why, why_len) < 0 ||
	    dest_conf_text(j, "name", c->name, sizeof(c->name), why, why_len) < 0)
		return -EINVAL;
	if (c->name[0] == '\0')
		snprintf(c->name, sizeof(c->name), "destination %u", c->id);
	c->hi2 = dest_conf_bool(j, "hi2", false);
	c->hi3 = dest_conf_bool(j, "hi3", false);
	c->enabled = dest_conf_bool(j, "enabled", true);
	if (dest_conf_addresses(j, c, why, why_len) < 0 || dest_conf_link(j, c, why, why_len) < 0 ||
	    dest_conf_timers(j, c, why, why_len) < 0)
		return -EINVAL;
	return dest_conf_filler(j, c, why, why_len);
}

bool
dest_conf_same_link(const struct dest_conf *a, const struct dest_conf *b)
{
	struct dest_conf x, y;

	memcpy(&x, a, sizeof(x)); /* with the padding, which dest_conf_parse() cleared */
	memcpy(&y, b, sizeof(y));
	memcpy(x.did, y.did, sizeof(x.did));
	memcpy(x.name, y.name, sizeof(x.name));
	x.filler.made = y.filler.made; /* differs each time, says nothing of the connection */
	return memcmp(&x, &y, sizeof(x)) == 0;
}
