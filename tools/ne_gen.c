/* SPDX-License-Identifier: Apache-2.0 */
/* Generator: counts, pace, streams and correlation of one --generate; the payloads come from
 * ne_payload. */
#include "config.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/crc32c.h"
#include "spec/ts103221_2.h"
#include "tools/ne_payload.h"
#include "tools/ne_source.h"

struct ne_gen {
	const struct ne_conf *conf;
	const struct ne_gen_spec *spec;
	struct octets file;
	uint8_t *buf;
	size_t size;	  /* payload octets asked for */
	uint32_t streams; /* XIDs x sessions */
	uint64_t made;
	int64_t start_ns;
	char target[64];
	struct ne_template *tmpls; /* streams x steps, or NULL */
	uint32_t steps;
};

static int
read_file(struct ne_gen *g, const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(NE_PAYLOAD_MAX + 1);
	size_t n;

	assert(p);
	n = f ? fread(p, 1, NE_PAYLOAD_MAX + 1, f) : 0;
	if (!f || ferror(f) || n > NE_PAYLOAD_MAX) {
		fprintf(stderr, "mdf-ne: payload file: cannot be read or is over 16 MiB\n");
		if (f)
			fclose(f);
		free(p);
		return -1;
	}
	fclose(f);
	g->file = (struct octets){p, n};
	return 0;
}

/* Payload octets so that the whole PDU gets the length asked for. */
static void
fit_pdu(struct ne_gen *g)
{
	struct ne_pdu p;
	size_t head;

	ne_pdu_init(&p);
	p.ts_ns = 1;
	p.did.n = g->conf->did ? strlen(g->conf->did) : 0;
	p.nfid.n = strlen(g->conf->nes[0].nfid);
	p.ipid.n = strlen(g->conf->ipid);
	p.extra = g->conf->attrs.list;
	p.extra_n = g->conf->attrs.n;
	p.target.n =
	    ne_payload_target(g->spec->format, g->conf->seed, 0, g->target, sizeof(g->target));
	head = ne_pdu_len(&p);
	g->size = g->spec->pdu_len > head ? g->spec->pdu_len - head : 0;
}

struct ne_gen *
ne_gen_new(const struct ne_conf *conf, const struct ne_gen_spec *spec)
{
	struct ne_gen *g = calloc(1, sizeof(*g));
	uint64_t streams = (uint64_t)conf->xids_n * spec->sessions;

	assert(g);
	g->conf = conf;
	g->spec = spec;
	g->size = spec->size;
	if (streams > 10 * 1000 * 1000 || (spec->file && read_file(g, spec->file))) {
		free(g);
		return NULL;
	}
	g->streams = (uint32_t)streams;
	if (spec->pdu_len)
		fit_pdu(g);
	g->buf = malloc(g->size + 4096);
	assert(g->buf);
	g->steps = spec->type == X23_TYPE_X3 && spec->format == X23_FMT_TS33128
		       ? 1
		       : ne_payload_steps(spec->format);
	if (conf->prebuilt)
		g->tmpls = calloc((size_t)g->streams * g->steps, sizeof(*g->tmpls));
	return g;
}

void
ne_gen_free(struct ne_gen *g)
{
	size_t i;

	if (!g)
		return;
	for (i = 0; g->tmpls && i < (size_t)g->streams * g->steps; i++)
		free(g->tmpls[i].octets);
	free(g->tmpls);
	free((void *)(uintptr_t)g->file.p);
	free(g->buf);
	free(g);
}

static uint64_t
correlation(const struct ne_gen *g, uint32_t stream, uint64_t k)
{
	uint64_t call = 0;

	if (g->spec->corr == NE_CORR_ZERO)
		return 0;
	if (g->spec->corr == NE_CORR_CALL && g->steps > 1)
		call = k / g->steps;
	else if (g->spec->corr == NE_CORR_CALL && g->spec->call_pdus)
		call = k / g->spec->call_pdus;
	return ne_payload_call(g->conf->seed, stream, call);
}

static void
build(struct ne_gen *g, uint32_t stream, uint64_t k, struct ne_pdu *p)
{
	struct ne_payload_key key = {g->conf->seed, stream, k, g->spec->type};

	ne_pdu_init(p);
	p->type = g->spec->type;
	p->format = g->spec->format;
	p->corr = correlation(g, stream, k);
	p->target = (struct octets){(uint8_t *)g->target,
	    ne_payload_target(p->format, key.seed, stream, g->target, sizeof(g->target))};
	if (g->spec->file) {
		p->payload = g->file;
		return;
	}
	p->payload.n = ne_payload_build(p->format, key, g->size, g->buf, &p->dir);
	p->payload.p = g->buf;
	if (p->format == X23_FMT_MIME) {
		const char *type = ne_payload_mime_type(key);

		p->mime = (struct octets){(const uint8_t *)type, strlen(type)};
	}
}

/* When the next PDU is due; 0: now. */
static int64_t
due(struct ne_gen *g, int64_t now_ns)
{
	int64_t at;

	if (!(g->spec->rate > 0))
		return 0;
	at = g->start_ns + (int64_t)((double)g->made / g->spec->rate * 1e9);
	return at > now_ns ? at : 0;
}

int
ne_gen_next(struct ne_gen *g, int64_t now_ns, struct ne_item *item, int64_t *wake_ns)
{
	uint32_t stream = (uint32_t)(g->made % g->streams);
	uint64_t k = g->made / g->streams;
	struct ne_template *t = g->tmpls ? &g->tmpls[stream * g->steps + k % g->steps] : NULL;
	int64_t at;

	if (g->start_ns == 0)
		g->start_ns = now_ns;
	if ((g->spec->count && g->made == g->spec->count) ||
	    (g->spec->duration_s > 0 &&
		(double)(now_ns - g->start_ns) >= g->spec->duration_s * 1e9))
		return -1;
	at = due(g, now_ns);
	if (at) {
		*wake_ns = at;
		return 0;
	}
	item->stream = stream;
	item->xid = stream / g->spec->sessions;
	item->tmpl = t;
	if (t && t->octets)
		item->pdu = t->pdu;
	else
		build(g, stream, k, &item->pdu);
	item->pdu.ts_ns = clock_wall_ns();
	g->made++;
	return 1;
}
