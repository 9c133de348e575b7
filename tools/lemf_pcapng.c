/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_pcapng.h.  Blocks are in network byte order. */
#include "lemf_pcapng.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define OPT_COMMENT 1
#define OPT_IF_NAME 2
#define OPT_EPB_FLAGS 2
#define OPT_SHB_USERAPPL 4
#define OPT_IF_TSRESOL 9
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_PPP 9
#define LINKTYPE_RAW 101

static size_t
padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static size_t
opt_size(size_t n)
{
	return 4 + padded(n);
}

static void
put(FILE *f, const void *p, size_t n)
{
	static const uint8_t zero[4];

	fwrite(p, 1, n, f);
	fwrite(zero, 1, padded(n) - n, f);
}

static void
put32(FILE *f, uint32_t v)
{
	uint8_t b[4];

	octets_put32(b, v);
	fwrite(b, 1, 4, f);
}

static void
put_opt(FILE *f, uint16_t code, const void *p, size_t n)
{
	put32(f, (uint32_t)code << 16 | (uint32_t)n);
	put(f, p, n);
}

static void
put_interface(FILE *f, uint16_t link, const char *name)
{
	uint8_t resol = 6;
	size_t len = 20 + opt_size(strlen(name)) + opt_size(1) + 4;

	put32(f, BLOCK_INTERFACE);
	put32(f, (uint32_t)len);
	put32(f, (uint32_t)link << 16);
	put32(f, 0); /* no snap length */
	put_opt(f, OPT_IF_NAME, name, strlen(name));
	put_opt(f, OPT_IF_TSRESOL, &resol, 1);
	put32(f, 0);
	put32(f, (uint32_t)len);
}

int
lemf_pcapng_begin(FILE *f, const char *comment)
{
	static const char appl[] = "mdf-lemf (OpenMDF)";
	size_t cn = strlen(comment) > 32000 ? 32000 : strlen(comment);
	size_t len = 28 + opt_size(cn) + opt_size(sizeof(appl) - 1) + 4;

	put32(f, BLOCK_SECTION);
	put32(f, (uint32_t)len);
	put32(f, 0x1a2b3c4d);
	put32(f, 1u << 16);   /* version 1.0 */
	put32(f, UINT32_MAX); /* section length not given */
	put32(f, UINT32_MAX);
	put_opt(f, OPT_COMMENT, comment, cn);
	put_opt(f, OPT_SHB_USERAPPL, appl, sizeof(appl) - 1);
	put32(f, 0);
	put32(f, (uint32_t)len);
	put_interface(f, LINKTYPE_RAW, "ip");
	put_interface(f, LINKTYPE_ETHERNET, "ethernet");
	put_interface(f, LINKTYPE_PPP, "ppp");
	return ferror(f) ? -EIO : 0;
}

int
lemf_pcapng_packet(FILE *f, enum lemf_pcapng_link link, enum lemf_pcapng_dir dir, int64_t time_us,
    struct octets p, uint64_t orig_len, const char *comment)
{
	size_t cn = strlen(comment), len = 32 + padded(p.n) + opt_size(cn) + opt_size(4) + 4;
	uint64_t t = time_us < 0 ? 0 : (uint64_t)time_us;
	uint8_t flags[4] = {0, 0, 0, (uint8_t)dir};

	put32(f, BLOCK_PACKET);
	put32(f, (uint32_t)len);
	put32(f, (uint32_t)link);
	put32(f, (uint32_t)(t >> 32));
	put32(f, (uint32_t)t);
	put32(f, (uint32_t)p.n);
	put32(f, (uint32_t)(orig_len > p.n && orig_len <= UINT32_MAX ? orig_len : p.n));
	put(f, p.p, p.n);
	put_opt(f, OPT_COMMENT, comment, cn);
	put_opt(f, OPT_EPB_FLAGS, flags, sizeof(flags));
	put32(f, 0);
	put32(f, (uint32_t)len);
	return ferror(f) ? -EIO : 0;
}

static uint32_t
sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	for (; n > 1; p += 2, n -= 2)
		sum += octets_get16(p);
	if (n)
		sum += (uint32_t)p[0] << 8;
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t
ip_head(uint8_t *out, const struct lemf_pcapng_ends *e, uint8_t proto, size_t l4)
{
	size_t head = e->v6 ? 40 : 20;

	memset(out, 0, head);
	if (e->v6) {
		out[0] = 0x60;
		octets_put16(out + 4, (uint16_t)l4);
		out[6] = proto;
		out[7] = 64;
		memcpy(out + 8, e->src, 16);
		memcpy(out + 24, e->dst, 16);
	} else {
		out[0] = 0x45;
		octets_put16(out + 2, (uint16_t)(head + l4));
		out[8] = 64;
		out[9] = proto;
		memcpy(out + 12, e->src, 4);
		memcpy(out + 16, e->dst, 4);
		octets_put16(out + 10, fold(sum16(0, out, 20)));
	}
	return head;
}

/* UDP or TCP header (8 or 20 octets) without its checksum. */
static size_t
l4_head(uint8_t *u, const struct lemf_pcapng_ends *e, bool tcp, size_t l4)
{
	memset(u, 0, tcp ? 20 : 8);
	octets_put16(u, e->sport);
	octets_put16(u + 2, e->dport);
	if (!tcp) {
		octets_put16(u + 4, (uint16_t)l4);
		return 6;
	}
	octets_put32(u + 4, e->seq);
	octets_put32(u + 8, e->ack);
	u[12] = 0x50; /* five words */
	u[13] = 0x18; /* PSH, ACK */
	octets_put16(u + 14, 0xffff);
	return 16;
}

size_t
lemf_pcapng_wrap(
    uint8_t *out, const struct lemf_pcapng_ends *e, enum lemf_pcapng_l4 how, struct octets data)
{
	bool tcp = how == LEMF_PCAPNG_L4_TCP || how == LEMF_PCAPNG_L4_HERE_TCP,
	     make = how == LEMF_PCAPNG_L4_TCP || how == LEMF_PCAPNG_L4_UDP;
	size_t l4_n = make ? (tcp ? 20 : 8) : 0, l4 = data.n + l4_n, head, addr = e->v6 ? 16 : 4,
	       at;
	uint8_t proto = tcp ? 6 : 17, *u;
	uint16_t check;

	if (l4 + 40 > 65535)
		return 0;
	head = ip_head(out, e, proto, l4);
	u = out + head;
	memcpy(u + l4_n, data.p, data.n);
	if (make) {
		at = l4_head(u, e, tcp, l4);
		check = fold(sum16(
		    sum16(sum16(0, e->src, addr), e->dst, addr) + proto + (uint32_t)l4, u, l4));
		octets_put16(u + at, check ? check : 0xffff);
	}
	return head + l4;
}
