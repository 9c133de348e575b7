/* SPDX-License-Identifier: Apache-2.0 */
/* Invented messages: MSRP chats (RFC 4975) and MIME entities (RFC 2045, 5322; CPIM, RFC 3862; SMS
 * of TS 24.341). */
#include "spec/ts103221_2.h"
#include "tools/ne_payload.h"
#include <stdio.h>

#define ROOM 2048

/* ---- MSRP */

static const struct {
	const char *body; /* NULL: a 200 */
	bool from;
	char flag; /* '+': more chunks follow */
	unsigned first, total;
} msrp_steps[NE_MSRP_STEPS] = {
    {"Hello, are you there?", true, '$', 1, 21},
    {NULL, false, '$', 0, 0},
    {"Yes, this is the first part", false, '+', 1, 47},
    {" and this the second", false, '$', 28, 47},
    {NULL, true, '$', 0, 0},
};

size_t
ne_payload_msrp(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	unsigned step = (unsigned)(key.k % NE_MSRP_STEPS);
	bool from = msrp_steps[step].from;
	const char *body = msrp_steps[step].body;
	/* a 200 has the transaction of what it answers, the chunks of one message its number */
	unsigned id = (unsigned)(body ? key.k : key.k - 1), message = step < 2 ? 0 : 1;
	char near[48], far_end[48], *o = (char *)out;
	size_t n;

	*dir = from ? X23_DIR_FROM_TARGET : X23_DIR_TO_TARGET;
	snprintf(near, sizeof(near), "msrp://192.0.2.1:2855/s%u;tcp", key.stream);
	snprintf(far_end, sizeof(far_end), "msrp://192.0.2.2:2855/t%u;tcp", key.stream);
	n = (size_t)snprintf(o, ROOM, "MSRP ne%08x %s\r\nTo-Path: %s\r\nFrom-Path: %s\r\n", id,
	    body ? "SEND" : "200 OK", from ? far_end : near, from ? near : far_end);
	if (body)
		n += (size_t)snprintf(o + n, ROOM - n,
		    "Message-ID: %u.%llu.%u\r\nByte-Range: %u-%zu/%u\r\n"
		    "Content-Type: text/plain\r\n\r\n%s\r\n",
		    key.stream, (unsigned long long)(key.k / NE_MSRP_STEPS), message,
		    msrp_steps[step].first, msrp_steps[step].first + strlen(body) - 1,
		    msrp_steps[step].total, body);
	n += (size_t)snprintf(o + n, ROOM - n, "-------ne%08x%c\r\n", id, msrp_steps[step].flag);
	return n;
}

/* ---- MIME */

static size_t
put_mail(
    char *o, struct ne_payload_key key, const char *subject, const char *type, const char *body)
{
	return (size_t)snprintf(o, ROOM,
	    "Received: from mta.b.invalid by mx.a.invalid; Thu, 1 Jan 2026 00:00:00 +0000\r\n"
	    "From: \"A\" <ne%u@a.invalid>\r\nTo: <b%u@b.invalid>, c@c.invalid\r\nCc: "
	    "d@d.invalid\r\n"
	    "Subject: %s\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
	    "Message-ID: <%u.%llu@a.invalid>\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s",
	    key.stream, key.stream, subject, key.stream, (unsigned long long)key.k, type, body);
}

static size_t
put_cpim(char *o, struct ne_payload_key key)
{
	return (size_t)snprintf(o, ROOM,
	    "From: <sip:ne%u@a.invalid>\r\nTo: <sip:b%u@b.invalid>\r\n"
	    "DateTime: 2026-01-01T00:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
	    "imdn.Message-ID: m%u.%llu\r\nimdn.Disposition-Notification: positive-delivery\r\n\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\nSee you at eight.",
	    key.stream, key.stream, key.stream, (unsigned long long)key.k);
}

/* RP-DATA from the mobile to +9990: reference, addresses, SMS-SUBMIT "hello". */
static size_t
put_sms(uint8_t *o, struct ne_payload_key key)
{
	static const uint8_t rest[] = {0x00, 0x03, 0x91, 0x99, 0x09, 0x11, 0x01, 0x07, 0x09, 0x91,
	    0x99, 0x09, 0x00, 0x00, 0xf0, 0x00, 0x00, 0x05, 0xe8, 0x32, 0x9b, 0xfd, 0x06};

	o[0] = 0;
	o[1] = (uint8_t)key.k;
	memcpy(o + 2, rest, sizeof(rest));
	return sizeof(rest) + 2;
}

const char *
ne_payload_mime_type(struct ne_payload_key key)
{
	static const char *const types[NE_MIME_STEPS] = {
	    "message/rfc822", "application/vnd.3gpp.sms", "message/cpim", "message/rfc822"};

	return types[key.k % NE_MIME_STEPS];
}

size_t
ne_payload_mime(struct ne_payload_key key, uint8_t *out, uint16_t *dir)
{
	*dir = key.k / NE_MIME_STEPS % 2 ? X23_DIR_TO_TARGET : X23_DIR_FROM_TARGET;
	switch (key.k % NE_MIME_STEPS) {
	case 0:
		return put_mail(
		    (char *)out, key, "A plain mail", "text/plain; charset=utf-8", "Good day.\r\n");
	case 1:
		return put_sms(out, key);
	case 2:
		return put_cpim((char *)out, key);
	default:
		return put_mail((char *)out, key,
		    "=?utf-8?Q?Caf=C3=A9?=", "multipart/mixed; boundary=\"b1\"",
		    "--b1\r\nContent-Type: text/plain\r\n\r\nSee the table.\r\n--b1\r\n"
		    "Content-Type: application/octet-stream; name=\"t.bin\"\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgc=\r\n--b1--\r\n");
	}
}
