/* SPDX-License-Identifier: Apache-2.0 */
/* What a LEMF sends on an HI2/HI3 connection, in pieces of any length, while data goes to it.  The
 * connection code is the real one; the transport is played.  Nothing is acknowledged that was not
 * sent, acknowledgements only grow, and the end is told once.
 *
 * Input: an octet (level and options), then steps: an octet and what it needs.
 *   0 data is sent   1 a barrier   2 octets as they are   3 a TRI PDU: kind, number
 *   4 the answer that is due      5 the transport's event  6 a test PDU, a look  7 pieces from now
 * on */
#include "base/clock.h"
#include "base/log.h"
#include "base/tlsconn.h"
#include "delivery/ho_conn.h"
#include "fuzz_util.h"
#include "handover/pspdu.h"

#include <errno.h>
#include <event2/event.h>

#define STEPS_MAX 200
#define DATA_MAX 70000

static const struct tlsconn_cb *tls;
static void *tls_arg;
static uint64_t written, tcp_acked;
static bool freed, broken;
static struct ho_conn *conn;
static struct ho_conn_numbers numbers;
static uint64_t sent_end, acked_end;
static unsigned downs, ups;
static enum ho_level level;

/* ---- the transport */

struct tlsconn *
tlsconn_connect(struct tlsloop *l, SSL_CTX *ctx, const char *address, uint16_t port,
    size_t leftover_max, const struct tlsconn_cb *cb, void *arg)
{
	(void)l;
	(void)ctx;
	(void)port;
	assert(address[0] != '\0' && leftover_max == HO_CONN_ANSWER_MAX);
	tls = cb;
	tls_arg = arg;
	return (struct tlsconn *)(uintptr_t)1;
}

void
tlsconn_free(struct tlsconn *c)
{
	freed |= c != NULL;
}

int
tlsconn_write(struct tlsconn *c, const void *data, size_t n)
{
	(void)c;
	(void)data;
	assert(!freed);
	if (broken)
		return -EPIPE;
	written += n;
	return 0;
}

void
tlsconn_flush(struct tlsconn *c)
{
	(void)c;
	assert(!freed);
}

size_t
tlsconn_pending(const struct tlsconn *c)
{
	(void)c;
	return 0;
}

size_t
tlsconn_unacked(const struct tlsconn *c)
{
	(void)c;
	return (size_t)(written - tcp_acked);
}

uint64_t
tlsconn_written(const struct tlsconn *c)
{
	(void)c;
	return written;
}

uint32_t
tlsconn_rtt_us(const struct tlsconn *c)
{
	(void)c;
	return 1000;
}

uint64_t
tlsconn_acked(const struct tlsconn *c, size_t unacked)
{
	(void)c;
	return written - unacked;
}

uint64_t
tlsconn_tcp_acked(struct tlsconn *c)
{
	(void)c;
	return tcp_acked;
}

void
tlsconn_rest(struct tlsconn *c)
{
	(void)c;
}

SSL *
tlsconn_ssl(struct tlsconn *c)
{
	(void)c;
	return NULL;
}

X509 *
tlsconn_peer(struct tlsconn *c)
{
	(void)c;
	return NULL;
}

const char *
tlsconn_error(const struct tlsconn *c, const char **sentence)
{
	(void)c;
	*sentence = "played";
	return "TCP-RESET";
}

/* ---- the owner */

static void
on_options(void *arg)
{
	(void)arg;
	assert(downs == 0 && ups == 0);
}

static void
on_up(void *arg, enum ho_level l)
{
	(void)arg;
	assert(downs == 0 && ups++ == 0 && l != HO_LEVEL_AUTO);
	level = l;
}

static void
on_acked(void *arg, uint64_t end)
{
	(void)arg;
	assert(end > acked_end && end <= written);
	acked_end = end;
}

static void
on_room(void *arg)
{
	(void)arg;
	assert(ups == 1);
}

static void
on_late(void *arg, bool late)
{
	(void)arg;
	(void)late;
}

static void
on_down(void *arg, const char *code, const char *text)
{
	(void)arg;
	assert(freed && code[0] != '\0' && text[0] != '\0');
	downs++;
}

static const struct ho_conn_cb owner = {on_options, on_up, on_acked, on_room, on_late, on_down};

/* ---- what the LEMF sends */

static uint8_t buf[1 << 17];
static size_t buf_n;
static unsigned piece;

static void
deliver_data(const uint8_t *p, size_t n)
{
	while (n > 0 && !freed) {
		size_t take = piece == 0 || piece > n ? n : piece;
		uint8_t *copy;
		ssize_t used;

		if (take > sizeof(buf) - buf_n)
			take = sizeof(buf) - buf_n;
		memcpy(buf + buf_n, p, take);
		buf_n += take;
		copy = malloc(buf_n);
		assert(copy != NULL);
		memcpy(copy, buf, buf_n);
		used = tls->data(NULL, (struct octets){copy, buf_n}, tls_arg);
		free(copy);
		assert(used >= -1 && used <= (ssize_t)buf_n && (used != -1 || freed));
		if (used > 0) {
			buf_n -= (size_t)used;
			memmove(buf, buf + used, buf_n);
		}
		assert(freed || buf_n <= HO_CONN_ANSWER_MAX);
		p += take;
		n -= take;
	}
}

static void
deliver_tri(const struct dest_conf *conf, uint8_t kind, uint32_t number, bool error)
{
	static const struct octets text = {(const uint8_t *)"text", 4};
	uint8_t pdu[512];
	int n = tri_encode(
	    &conf->filler, 0, number, (enum tri_kind)kind, text, error, 0, pdu, sizeof(pdu));
	struct tri_pdu back;

	if (n < 0)
		return;
	assert(tri_decode((struct octets){pdu, (size_t)n}, sizeof(pdu), &back) == n &&
	       back.kind == kind && back.seq == number);
	deliver_data(pdu, (size_t)n);
}

static void
transport_event(uint8_t which)
{
	static bool up;

	up = ups > 0;
	if (which % 4 == 0 && !up)
		tls->event(NULL, TLSCONN_UP, tls_arg);
	else if (which % 4 == 1)
		tls->event(NULL, TLSCONN_CLOSED, tls_arg);
	else if (which % 4 == 2)
		tls->event(NULL, TLSCONN_FAILED, tls_arg);
	else if (tls->drained != NULL)
		tls->drained(NULL, tls_arg);
}

static void
step_data(struct fuzz_in *f)
{
	static const uint8_t data[DATA_MAX];
	uint16_t n = fuzz_u16(f);
	uint64_t end = ho_conn_room(conn) ? ho_conn_send(conn, (struct octets){data, 1u + n}) : 0;

	ho_conn_flush(conn); /* as the owner does before it returns to the loop */
	assert(end == 0 || end > sent_end);
	sent_end = end > 0 ? end : sent_end;
	assert(end == 0 || ups == 1);
}

static void
step(struct fuzz_in *f, const struct dest_conf *conf)
{
	uint8_t kind;
	struct octets o;

	switch (fuzz_u8(f) & 7) {
	case 0:
		step_data(f);
		return;
	case 1:
		ho_conn_barrier(conn);
		return;
	case 2:
		o = fuzz_run(f);
		deliver_data(o.p, o.n);
		return;
	case 3:
		kind = fuzz_u8(f);
		deliver_tri(conf, kind & 31, fuzz_u8(f), kind & 128);
		return;
	case 4:
		if (level == HO_LEVEL_A)
			deliver_tri(conf, TRI_PDU_ACK_RESPONSE, numbers.ack - 1, false);
		else
			deliver_tri(conf, TRI_KEEPALIVE_RESPONSE, numbers.keepalive - 1, false);
		return;
	case 5:
		transport_event(fuzz_u8(f));
		return;
	case 6:
		tcp_acked = written;
		broken = fuzz_u8(f) == 1;
		ho_conn_measure(conn);
		ho_conn_test_pdu(conn);
		ho_conn_look(conn);
		ho_conn_flush(conn);
		return;
	case 7:
		piece = fuzz_u8(f);
		return;
	}
}

static void
begin(struct dest_conf *conf, uint8_t options)
{
	int rc = handover_warrant_init(&conf->filler, (struct octets){(const uint8_t *)"L", 1},
	    NULL, NULL, (struct octets){(const uint8_t *)"O", 1}, (struct octets){NULL, 0}, 43,
	    false);

	assert(rc == 0);
	conf->address_n = 1;
	snprintf(conf->address[0].host, sizeof(conf->address[0].host), "192.0.2.1");
	conf->address[0].port = 1;
	conf->level = (enum ho_level)(options & 3);
	conf->time2_ms = conf->time3_ms = conf->connect_ms = conf->barrier_ms = 1000000;
	conf->barrier_len = 1u + (uint32_t)(options >> 4) * 4096;
	written = tcp_acked = sent_end = acked_end = 0;
	freed = broken = false;
	downs = ups = piece = 0;
	buf_n = 0;
	level = HO_LEVEL_AUTO;
	numbers = (struct ho_conn_numbers){UINT32_MAX - 1, 0, 7, 0};
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct event_base *base;
	struct fuzz_in f = {in, n};
	struct dest_conf conf = {0};
	uint8_t options = fuzz_u8(&f);

	if (base == NULL)
		base = event_base_new();
	log_init("fuzz", (enum log_level)0);
	begin(&conf, options);
	conn = ho_conn_open(base, NULL, NULL, &conf, 0, options & 4, &numbers, &owner, NULL);
	if (options & 8)
		tls->event(NULL, TLSCONN_UP, tls_arg);
	for (int i = 0; i < STEPS_MAX && f.n > 0 && !freed; i++)
		step(&f, &conf);
	assert(downs == 0); /* told from the loop only */
	if (freed)
		event_base_loop(base, EVLOOP_NONBLOCK);
	assert(downs == (freed ? 1 : 0));
	ho_conn_free(conn);
	return 0;
}
