/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_packet.h. */
#include "lemf_packet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

static void
ports(struct lemf_ip *ip)
{
	size_t head = 0;

	if (ip->l4.n < 4 || (ip->proto != 6 && ip->proto != 17 && ip->proto != 132))
		return;
	ip->has_ports = true;
	ip->sport = octets_get16(ip->l4.p);
	ip->dport = octets_get16(ip->l4.p + 2);
	if (ip->proto == 17)
		head = 8;
	else if (ip->proto == 6 && ip->l4.n > 12)
		head = (size_t)(ip->l4.p[12] >> 4) * 4;
	if (head >= 8 && head <= ip->l4.n)
		ip->data = (struct octets){ip->l4.p + head, ip->l4.n - head};
}

static bool
ipv4(struct octets in, struct lemf_ip *ip)
{
	size_t head = (size_t)(in.p[0] & 15) * 4, total;

	if (in.n < 20 || head < 20 || head > in.n)
		return false;
	total = octets_get16(in.p + 2);
	if (total < head || total > in.n)
		total = in.n;
	ip->version = 4;
	ip->proto = in.p[9];
	memcpy(ip->src, in.p + 12, 4);
	memcpy(ip->dst, in.p + 16, 4);
	ip->l4 = (struct octets){in.p + head, total - head};
	if ((octets_get16(in.p + 6) & 0x1fff) == 0) /* the first fragment has the ports */
		ports(ip);
	return true;
}

static bool
ipv6(struct octets in, struct lemf_ip *ip)
{
	size_t at = 40;
	uint8_t next;

	if (in.n < 40)
		return false;
	ip->version = 6;
	memcpy(ip->src, in.p + 8, 16);
	memcpy(ip->dst, in.p + 24, 16);
	next = in.p[6];
	while ((next == 0 || next == 43 || next == 60) && at + 8 <= in.n) {
		size_t skip = ((size_t)in.p[at + 1] + 1) * 8;

		next = in.p[at];
		at += skip;
		if (at > in.n)
			return false;
	}
	ip->proto = next;
	ip->l4 = (struct octets){in.p + at, in.n - at};
	ports(ip);
	return true;
}

bool
lemf_packet_ip(struct octets in, struct lemf_ip *ip)
{
	memset(ip, 0, sizeof(*ip));
	if (in.n == 0)
		return false;
	return in.p[0] >> 4 == 4 ? ipv4(in, ip) : in.p[0] >> 4 == 6 ? ipv6(in, ip) : false;
}

bool
lemf_packet_rtp(struct octets in, struct lemf_rtp *rtp)
{
	size_t head, pad = 0;

	memset(rtp, 0, sizeof(*rtp));
	if (in.n < 12 || in.p[0] >> 6 != 2)
		return false;
	head = 12 + (size_t)(in.p[0] & 15) * 4;
	if (in.p[0] & 0x10) {
		if (head + 4 > in.n)
			return false;
		head += 4 + (size_t)octets_get16(in.p + head + 2) * 4;
	}
	if (in.p[0] & 0x20)
		pad = in.p[in.n - 1];
	if (head > in.n || pad > in.n - head)
		return false;
	rtp->marker = in.p[1] >> 7;
	rtp->payload_type = in.p[1] & 0x7f;
	rtp->seq = octets_get16(in.p + 2);
	rtp->timestamp = octets_get32(in.p + 4);
	rtp->ssrc = octets_get32(in.p + 8);
	rtp->media = (struct octets){in.p + head, in.n - head - pad};
	return true;
}

bool
lemf_packet_gtpu(struct octets in, struct octets *inner)
{
	size_t at = 8, step;

	if (in.n < 8 || in.p[0] >> 5 != 1 || in.p[1] != 0xff)
		return false;
	if (in.p[0] & 7) {
		uint8_t next;

		if (in.n < 12)
			return false;
		next = in.p[0] & 4 ? in.p[11] : 0;
		for (at = 12; next && at < in.n; at += step) {
			step = (size_t)in.p[at] * 4;
			if (step == 0 || at + step > in.n)
				return false;
			next = in.p[at + step - 1];
		}
	}
	*inner = (struct octets){in.p + at, in.n - at};
	return at < in.n;
}

char *
lemf_packet_tuple(const struct lemf_ip *ip, char *buf, size_t len)
{
	char s[INET6_ADDRSTRLEN], d[INET6_ADDRSTRLEN];
	int af = ip->version == 4 ? AF_INET : AF_INET6;
	const char *name = ip->proto == 6    ? "tcp"
			   : ip->proto == 17 ? "udp"
			   : ip->proto == 1  ? "icmp"
			   : ip->proto == 58 ? "icmp6"
					     : NULL;
	char number[16];

	inet_ntop(af, ip->src, s, sizeof(s));
	inet_ntop(af, ip->dst, d, sizeof(d));
	snprintf(number, sizeof(number), "proto %u", ip->proto);
	if (ip->has_ports)
		snprintf(buf, len, ip->version == 4 ? "%s:%u > %s:%u %s" : "[%s]:%u > [%s]:%u %s",
		    s, ip->sport, d, ip->dport, name ? name : number);
	else
		snprintf(buf, len, "%s > %s %s", s, d, name ? name : number);
	return buf;
}

static void
copy_clean(char *to, size_t len, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && i + 1 < len; i++)
		to[i] = p[i] < 0x20 || p[i] >= 0x7f ? '.' : (char)p[i];
	to[i] = 0;
}

bool
lemf_packet_sip(struct octets in, char *line, size_t line_len, char *call_id, size_t call_id_len)
{
	size_t at = 0;
	bool first = true;

	line[0] = call_id[0] = 0;
	while (at < in.n) {
		const uint8_t *p = in.p + at, *nl = memchr(p, '\n', in.n - at);
		size_t n = nl ? (size_t)(nl - p) : in.n - at, skip = 0;

		at += n + 1;
		if (n > 0 && p[n - 1] == '\r')
			n--;
		if (n == 0)
			break;
		if (first)
			copy_clean(line, line_len, p, n);
		else if (n > 8 && strncasecmp((const char *)p, "call-id:", 8) == 0)
			skip = 8;
		else if (n > 2 && strncasecmp((const char *)p, "i:", 2) == 0)
			skip = 2;
		first = false;
		while (skip && skip < n && (p[skip] == ' ' || p[skip] == '\t'))
			skip++;
		if (skip)
			copy_clean(call_id, call_id_len, p + skip, n - skip);
	}
	return !first;
}

static bool
sdp_address(const char *line, struct lemf_media_end *end)
{
	char text[64];

	if (sscanf(line, "c=IN IP4 %63[0-9.]", text) == 1)
		end->v6 = false;
	else if (sscanf(line, "c=IN IP6 %63[0-9a-fA-F:.]", text) == 1)
		end->v6 = true;
	else
		return false;
	return inet_pton(end->v6 ? AF_INET6 : AF_INET, text, end->addr) == 1;
}

bool
lemf_packet_sdp(struct octets in, struct lemf_media_end *end)
{
	bool have_addr = false, audio = false;
	unsigned port;
	char line[200];
	size_t at = 0;

	memset(end, 0, sizeof(*end));
	while (at < in.n) {
		const uint8_t *p = in.p + at, *nl = memchr(p, '\n', in.n - at);
		size_t n = nl ? (size_t)(nl - p) : in.n - at;

		at += n + 1;
		if (n > 0 && p[n - 1] == '\r')
			n--;
		copy_clean(line, sizeof(line), p, n);
		if (line[0] == 'm' && line[1] == '=') {
			if (audio)
				break; /* the next medium */
			if (sscanf(line, "m=audio %u", &port) == 1 && port > 0 && port <= 65535) {
				end->port = (uint16_t)port;
				audio = true;
			}
		} else if (line[0] == 'c' && (audio || !have_addr)) {
			have_addr = sdp_address(line, end) || have_addr;
		}
	}
	return audio && have_addr;
}
