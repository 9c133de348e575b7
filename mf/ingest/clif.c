/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the cloud interface: requests in, PDUs to the owner, answers behind the
 * durability barrier; see clif.h.  One request at a time: while its answer waits, nothing more is
 * read.  A request that cannot be HTTP closes the connection, as broken framing does on X2/X3. */
#include "ingest/clif.h"
#include "base/clock.h"
#include "ingest/clif_http.h"
#include "ingest/clif_json.h"
#include "ingest/clif_pdu.h"
#include "ingest/x23_pdu.h"
#include "spec/ts103221_2.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CLIF_PATH "/clif/v1/pdus"
#define BATCH_LEN (4 * 1024 * 1024) /* octets of a body beyond the largest PDU */
#define OFFER_TRIES 3		    /* room may come back while the owner still says no */

struct clif {
	bool waiting;	/* an answer waits for batch BARRIER */
	bool closing;	/* it is the last one */
	bool over;	/* and was given */
	bool continued; /* 100 Continue was sent for the request at hand */
	uint64_t barrier;
	char *answer; /* head and body */
	size_t answer_n;
	enum reject_code why; /* of the close */
	struct clif_buf pdu;
};

/* The request at hand. */
struct batch {
	struct xconn *x;
	size_t index, taken;
	json_t *rejected;
	bool busy; /* no room: what begins at INDEX was not taken */
};

static const struct status {
	int status;
	const char *phrase, *code, *sentence;
} statuses[] = {
    {400, "Bad Request", "CLIF-HTTP", "not a request of HTTP/1.1, or one that is ambiguous"},
    {400, "Bad Request", "CLIF-JSON",
	"the body is not one JSON object, an array of them, or NDJSON; what stands before INDEX "
	"next "
	"was taken"},
    {404, "Not Found", "CLIF-PATH", "the path is " CLIF_PATH},
    {405, "Method Not Allowed", "CLIF-METHOD", "the method is POST"},
    {411, "Length Required", "CLIF-LENGTH",
	"Content-Length is needed; transfer codings are not taken"},
    {413, "Content Too Large", "CLIF-SIZE", "the body is too long: post fewer PDUs at once"},
    {415, "Unsupported Media Type", "CLIF-TYPE",
	"Content-Type is application/json or application/x-ndjson"},
    {431, "Request Header Fields Too Large", "CLIF-HEAD", "the head is longer than 16384 octets"},
    {503, "Service Unavailable", "CLIF-BUSY", "no room now: send again what begins at index next"},
    {505, "HTTP Version Not Supported", "CLIF-HTTP", "the version is HTTP/1.1"},
    {200, "OK", NULL, NULL},
    {207, "Multi-Status", NULL, NULL},
    {422, "Unprocessable Content", NULL, NULL},
};
enum {
	CLIF_HTTP,
	CLIF_JSON,
	CLIF_NO_PATH,
	CLIF_METHOD,
	CLIF_LENGTH,
	CLIF_SIZE,
	CLIF_TYPE,
	CLIF_HEAD,
	CLIF_BUSY,
	CLIF_VERSION,
	CLIF_OK,
	CLIF_SOME,
	CLIF_NONE
};

struct clif *
clif_new(void)
{
	struct clif *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	return c;
}

void
clif_free(struct clif *c)
{
	if (!c)
		return;
	free(c->answer);
	free(c->pdu.p);
	free(c);
}

/* The largest PDU in base64, its attributes escaped, and beside it many small ones. */
static size_t
body_max(const struct conf *conf)
{
	return (size_t)conf->payload_max / 3 * 4 + (size_t)conf->header_max * 2 + BATCH_LEN;
}

size_t
clif_left_max(const struct conf *conf)
{
	return CLIF_HEAD_MAX + body_max(conf);
}

bool
clif_over(const struct clif *c)
{
	return c->over;
}

/* ---- answers */

/* Prepare the answer S with BODY (taken) and let it wait for BARRIER. */
static void
answer(struct xconn *x, const struct status *s, json_t *body, uint64_t barrier, bool closing)
{
	struct clif *c = x->clif;
	char *text = json_dumps(body, JSON_COMPACT | JSON_PRESERVE_ORDER);
	int n;

	json_decref(body);
	assert(text != NULL && c->answer == NULL);
	n = asprintf(&c->answer,
	    "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\n%s%s%s\r\n%s",
	    s->status, s->phrase, strlen(text), s->status == 405 ? "Allow: POST\r\n" : "",
	    s->status == 503 ? "Retry-After: 1\r\n" : "", closing ? "Connection: close\r\n" : "",
	    text);
	assert(n > 0);
	free(text);
	c->answer_n = (size_t)n;
	c->barrier = barrier;
	c->waiting = true;
	c->closing = closing;
	c->continued = false;
	x->stalled = true;
	xconn_gate(x);
}

void
clif_durable(struct xconn *x)
{
	struct clif *c = x->clif;

	if (!c->waiting || c->barrier > x->l->durable)
		return;
	c->waiting = false;
	if (tlsconn_write(x->tc, c->answer, c->answer_n) == 0)
		x->pub.acks++;
	free(c->answer);
	c->answer = NULL;
	c->over = c->closing;
	tlsconn_flush(x->tc);
	if (c->over)
		return; /* clif_sent() or the next tick closes */
	x->stalled = false;
	xconn_gate(x);
}

void
clif_sent(struct tlsconn *tc, void *arg)
{
	struct xconn *x = arg;

	(void)tc;
	if (x->clif->over)
		xconn_close(x, x->clif->why, reject_code_hint(x->clif->why));
}

/* A request that is none: told, journalled, the last one of the connection. */
static void
refuse(struct xconn *x, int which, enum reject_code why, struct octets raw)
{
	const struct status *s = &statuses[which];

	x->pub.rejects++;
	x->l->cb.fault(&x->pub, why, raw, NULL, x->l->arg);
	x->clif->why = why;
	answer(x, s, json_pack("{s:s, s:s}", "code", s->code, "error", s->sentence), 0, true);
}

/* ---- PDUs */

static void
reject(struct batch *b, enum reject_code why, const char *sentence)
{
	json_array_append_new(
	    b->rejected, json_pack("{s:I, s:s, s:s}", "index", (json_int_t)b->index, "code",
			     reject_code_name(why), "error", sentence));
}

/* Hand one PDU over.  True: the owner has it. */
static bool
offer(struct batch *b, const struct x23_pdu *p, int error, enum reject_code why)
{
	int r = -EAGAIN;

	for (int i = 0; i < OFFER_TRIES && r == -EAGAIN && !b->x->l->paused; i++)
		r = xconn_offer(b->x, p, error, why);
	b->busy = r == -EAGAIN;
	return !b->busy;
}

/* What cannot be made a PDU is journalled with as much of the header as there was. */
static void
offer_wrong(struct batch *b, struct octets text, const struct clif_buf *buf, enum reject_code why,
    const char *sentence)
{
	struct x23_pdu p = {.raw = text};

	if (buf->n >= X23_HEADER_MIN) {
		p.type = octets_get16(buf->p + X23_OFF_TYPE);
		p.format = octets_get16(buf->p + X23_OFF_FORMAT);
		p.direction = octets_get16(buf->p + X23_OFF_DIRECTION);
		p.correlation = octets_get64(buf->p + X23_OFF_CORRELATION);
		memcpy(p.xid, buf->p + X23_OFF_XID, sizeof(p.xid));
	}
	if (offer(b, &p, -EINVAL, why))
		reject(b, why, sentence);
}

/* The octets of a PDU, as if they had come by X2/X3. */
static void
offer_octets(struct batch *b, const struct clif_buf *buf)
{
	const struct conf *conf = b->x->l->conf;
	const struct octets in = {buf->p, buf->n};
	struct x23_pdu p;
	enum reject_code why;
	size_t used;
	int r = x23_pdu_decode(in, conf->header_max, conf->payload_max, &p, &used, &why);

	if (r == -EMSGSIZE) {
		offer_wrong(b, in, buf, REJECT_TOO_LARGE, reject_code_hint(REJECT_TOO_LARGE));
		return;
	}
	assert(r == 0 || r == -EINVAL); /* we framed it */
	if (r == 0 && !(p.type == X23_TYPE_X2 ? b->x->x2 : b->x->x3)) {
		r = -EINVAL;
		why = REJECT_INTERFACE;
	}
	if (!offer(b, &p, r, why))
		return;
	if (r == 0)
		b->taken++;
	else
		reject(b, why, reject_code_hint(why));
}

static void
one_value(struct batch *b, struct octets text)
{
	struct clif_buf *buf = &b->x->clif->pdu;
	char why[CLIF_WHY_LEN];
	json_t *o = json_loadb((const char *)text.p, text.n,
	    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &(json_error_t){0});

	buf->n = 0;
	if (!o)
		offer_wrong(b, text, buf, REJECT_PAYLOAD, "not JSON");
	else if (clif_pdu_encode(o, buf, why) < 0)
		offer_wrong(b, text, buf, REJECT_ATTRIBUTE, why);
	else
		offer_octets(b, buf);
	json_decref(o);
}

static int
outcome(const struct batch *b, int r)
{
	if (b->busy)
		return CLIF_BUSY;
	if (r < 0)
		return CLIF_JSON;
	if (json_array_size(b->rejected) == 0)
		return CLIF_OK;
	return b->taken > 0 ? CLIF_SOME : CLIF_NONE;
}

/* A whole request: its PDUs, and the answer behind them. */
static void
body(struct xconn *x, const struct clif_head *h, struct octets in)
{
	struct batch b = {.x = x, .rejected = json_array(), .busy = x->l->paused};
	struct clif_reader reader;
	struct octets value;
	const struct status *s;
	json_t *o;
	int r = 1;

	clif_reader_init(&reader, in, clif_is(h->type, "application/x-ndjson"));
	while (!b.busy && (r = clif_reader_next(&reader, &value)) > 0) {
		one_value(&b, value);
		b.index += !b.busy;
	}
	if (r < 0) {
		offer_wrong(
		    &b, reader.in, &(struct clif_buf){0}, REJECT_PAYLOAD, "no JSON from here on");
	}
	s = &statuses[outcome(&b, r)];
	o = json_pack("{s:I, s:o}", "taken", (json_int_t)b.taken, "rejected", b.rejected);
	assert(o != NULL);
	if (s->code) {
		json_object_set_new(o, "code", json_string(s->code));
		json_object_set_new(o, "error", json_string(s->sentence));
		json_object_set_new(o, "next", json_integer((json_int_t)b.index));
	}
	answer(x, s, o, b.index > 0 || r < 0 ? x->l->cb.barrier(x->l->arg) : 0, h->close);
}

/* ---- requests */

/* What of the head cannot be taken: one of statuses, or -1. */
static int
head_fault(const struct clif_head *h, const struct conf *conf)
{
	if (!clif_is(h->target, CLIF_PATH))
		return CLIF_NO_PATH;
	if (h->method.n != 4 || memcmp(h->method.p, "POST", 4) != 0)
		return CLIF_METHOD;
	if (!h->has_length || h->chunked)
		return CLIF_LENGTH;
	if (h->length > body_max(conf))
		return CLIF_SIZE;
	if (!clif_is(h->type, "application/json") && !clif_is(h->type, "application/x-ndjson"))
		return CLIF_TYPE;
	return -1;
}

static int
parse_fault(int error)
{
	switch (error) {
	case -EMSGSIZE:
		return CLIF_HEAD;
	case -EPROTONOSUPPORT:
		return CLIF_VERSION;
	default:
		return CLIF_HTTP;
	}
}

static void
keep_going(struct xconn *x, const struct clif_head *h)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!h->expects || x->clif->continued)
		return;
	x->clif->continued = true;
	if (tlsconn_write(x->tc, go_on, sizeof(go_on) - 1) == 0)
		tlsconn_flush(x->tc);
}

/* One request at the front of IN.  Returns the octets it took, 0: it is not complete. */
static size_t
request(struct xconn *x, struct octets in)
{
	struct clif_head h;
	size_t head_n = 0;
	int rc = clif_head_parse(in, &h, &head_n), which;

	if (rc == -EAGAIN)
		return 0;
	which = rc < 0 ? parse_fault(rc) : head_fault(&h, x->l->conf);
	if (which >= 0) {
		refuse(x, which, which == CLIF_SIZE ? REJECT_TOO_LARGE : REJECT_FRAMING, in);
		return in.n;
	}
	if (in.n - head_n < h.length) {
		keep_going(x, &h);
		return 0;
	}
	body(x, &h, (struct octets){in.p + head_n, (size_t)h.length});
	return head_n + (size_t)h.length;
}

/* All that can be read of DATA now. */
static size_t
requests(struct xconn *x, struct octets data)
{
	size_t used = 0, n;

	x->pub.recv_ns = x->last_ns = clock_wall_ns();
	while (used < data.n && !x->clif->waiting && !x->clif->over) {
		n = request(x, (struct octets){data.p + used, data.n - used});
		if (n == 0)
			break;
		used += n;
	}
	return x->clif->over || x->clif->closing ? data.n : used;
}

ssize_t
clif_data(struct tlsconn *tc, struct octets data, void *arg)
{
	struct xconn *x = arg;
	size_t used = requests(x, data);

	(void)tc;
	if (x->l->cb.turn)
		x->l->cb.turn(x->l->arg);
	clif_durable(x);
	if (used > 0) {
		x->last_s = clock_mono_ns() / CLOCK_NS_PER_S;
		x->rest_s = 0;
	}
	return (ssize_t)used;
}

void
clif_drain(struct xconn *x)
{
	struct octets left = tlsconn_leftover(x->tc);

	if (left.n > 0 && !x->clif->waiting)
		requests(x, left);
}
