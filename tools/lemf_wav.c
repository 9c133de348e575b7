/* SPDX-License-Identifier: Apache-2.0 */
/* See lemf_wav.h.  WAV with format 7 (mu-law) or 6 (A-law), 8 kHz, 8 bits: the octets as they came.
 */
#include "lemf_wav.h"
#include "lemf_packet.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define STREAMS_MAX 16
#define SILENCE_MAX 80000 /* samples filled in at most: 10 s */
#define HEAD 58

struct stream {
	FILE *f;
	uint32_t ssrc, next_ts, data_n;
	uint8_t payload_type;
	const char *direction;
};

struct lemf_wav {
	char folder[2048], name[160];
	struct stream streams[STREAMS_MAX];
	unsigned n;
};

struct lemf_wav *
lemf_wav_new(const char *folder, const char *name)
{
	struct lemf_wav *w = calloc(1, sizeof(*w));

	assert(w);
	snprintf(w->folder, sizeof(w->folder), "%s", folder);
	snprintf(w->name, sizeof(w->name), "%s", name);
	return w;
}

static void
le(uint8_t *p, uint32_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = (uint8_t)v;
}

static void
put_head(const struct stream *s)
{
	uint8_t h[HEAD] = {0};

	memcpy(h, "RIFF", 4);
	le(h + 4, HEAD - 8 + s->data_n, 4);
	memcpy(h + 8, "WAVEfmt ", 8);
	le(h + 16, 18, 4);
	le(h + 20, s->payload_type == 0 ? 7 : 6, 2);
	le(h + 22, 1, 2);
	le(h + 24, 8000, 4);
	le(h + 28, 8000, 4);
	le(h + 32, 1, 2);
	le(h + 34, 8, 2);
	memcpy(h + 38, "fact", 4);
	le(h + 42, 4, 4);
	le(h + 46, s->data_n, 4);
	memcpy(h + 50, "data", 4);
	le(h + 54, s->data_n, 4);
	fwrite(h, 1, sizeof(h), s->f);
}

static struct stream *
stream_of(struct lemf_wav *w, const struct lemf_rtp *rtp, const char *direction)
{
	struct stream *s;
	char path[2600];

	for (unsigned i = 0; i < w->n; i++)
		if (w->streams[i].ssrc == rtp->ssrc &&
		    w->streams[i].payload_type == rtp->payload_type &&
		    !strcmp(w->streams[i].direction, direction))
			return &w->streams[i];
	if (w->n == STREAMS_MAX)
		return NULL;
	s = &w->streams[w->n];
	*s = (struct stream){.ssrc = rtp->ssrc,
	    .next_ts = rtp->timestamp,
	    .payload_type = rtp->payload_type,
	    .direction = direction};
	snprintf(path, sizeof(path), "%s/%s_%08" PRIx32 "_%s.wav", w->folder, w->name, rtp->ssrc,
	    direction);
	s->f = fopen(path, "wbe");
	if (!s->f)
		return NULL;
	put_head(s);
	w->n++;
	return s;
}

void
lemf_wav_item(struct lemf_wav *w, const struct lemf_item *it)
{
	struct octets in = it->content;
	struct lemf_rtp rtp;
	struct lemf_ip ip;
	struct stream *s;
	int32_t ahead;

	if (it->body == LEMF_BODY_UDP && in.n > 8)
		in = (struct octets){in.p + 8, in.n - 8};
	else if (it->body == LEMF_BODY_IP && lemf_packet_ip(in, &ip) && ip.proto == 17)
		in = ip.data;
	else if (it->body != LEMF_BODY_RTP)
		return;
	if (!lemf_packet_rtp(in, &rtp) || (rtp.payload_type != 0 && rtp.payload_type != 8) ||
	    rtp.media.n == 0)
		return;
	if (!(s = stream_of(w, &rtp, it->direction ? it->direction : "unknown")))
		return;
	ahead = (int32_t)(rtp.timestamp - s->next_ts);
	if (ahead < 0)
		return; /* late: its place is written already */
	for (; ahead > 0 && ahead <= SILENCE_MAX; ahead--, s->data_n++)
		putc(s->payload_type == 0 ? 0xff : 0xd5, s->f);
	fwrite(rtp.media.p, 1, rtp.media.n, s->f);
	s->data_n += (uint32_t)rtp.media.n;
	s->next_ts = rtp.timestamp + (uint32_t)rtp.media.n;
}

void
lemf_wav_free(struct lemf_wav *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < w->n; i++) {
		if (w->streams[i].data_n & 1)
			putc(0, w->streams[i].f);
		rewind(w->streams[i].f);
		put_head(&w->streams[i]);
		fclose(w->streams[i].f);
	}
	free(w);
}
