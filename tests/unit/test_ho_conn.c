/* SPDX-License-Identifier: Apache-2.0 */
/* One HI connection against a scripted LEMF over loopback: which level comes about, what is
 * acknowledged when, and what ends the connection. */
#include "base/tlsconn.h"
#include "delivery/ho_conn.h"
#include "fake_lemf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LIMIT_MS 5000

struct rig {
	struct event_base *base;
	struct tlsloop *loop;
	struct fake_lemf *lemf;
	struct dest_conf conf;
	struct ho_conn_numbers numbers;
	struct ho_conn *conn;
	unsigned ups, downs, lates, options;
	enum ho_level level;
	uint64_t acked, want;
	char code[32];
	size_t want_n;
	unsigned want_kind;
};

static void
on_options(void *arg)
{
	((struct rig *)arg)->options++;
}

static void
on_up(void *arg, enum ho_level level)
{
	struct rig *r = arg;

	r->ups++;
	r->level = level;
}

static void
on_acked(void *arg, uint64_t end)
{
	struct rig *r = arg;

	assert_true(end > r->acked);
	r->acked = end;
}

static void
on_room(void *arg)
{
	(void)arg;
}

static void
on_late(void *arg, bool late)
{
	((struct rig *)arg)->lates += late;
}

static void
on_down(void *arg, const char *code, const char *text)
{
	struct rig *r = arg;

	assert_true(text[0] != '\0');
	r->downs++;
	snprintf(r->code, sizeof(r->code), "%s", code);
	ho_conn_free(r->conn);
	r->conn = NULL;
}

static const struct ho_conn_cb callbacks = {on_options, on_up, on_acked, on_room, on_late, on_down};

static bool
is_up(void *arg)
{
	return ((struct rig *)arg)->ups > 0;
}

static bool
is_down(void *arg)
{
	return ((struct rig *)arg)->downs > 0;
}

static bool
is_acked(void *arg)
{
	struct rig *r = arg;

	return r->acked >= r->want;
}

static bool
is_there(void *arg)
{
	struct rig *r = arg;

	return fake_lemf_count(r->lemf, r->want_kind, 0) >= r->want_n;
}

static void
rig_start(struct rig *r, const struct fake_script *s, const char *more)
{
	char text[512], why[200];
	json_t *j;

	memset(r, 0, sizeof(*r));
	r->base = event_base_new();
	r->loop = tlsloop_new(r->base, 0);
	r->lemf = fake_lemf_new(r->base, s);
	snprintf(text, sizeof(text),
	    "{\"id\":1,\"hi2\":true,\"transport\":\"tcp\",\"addresses\":[\"127.0.0.1:%u\"]%s}",
	    fake_lemf_port(r->lemf), more);
	j = json_loads(text, 0, NULL);
	assert_non_null(j);
	if (dest_conf_parse(j, &r->conf, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	json_decref(j);
	r->conn =
	    ho_conn_open(r->base, r->loop, NULL, &r->conf, 0, false, &r->numbers, &callbacks, r);
}

static void
rig_stop(struct rig *r)
{
	ho_conn_free(r->conn);
	fake_lemf_free(r->lemf);
	tlsloop_free(r->loop);
	event_base_free(r->base);
}

/* A BER SEQUENCE of N octets in all that is no PS-PDU, filled from SEED. */
static void
make_pdu(uint8_t *p, size_t n, unsigned seed)
{
	p[0] = 0x30;
	p[1] = 0x83;
	p[2] = (uint8_t)((n - 5) >> 16);
	octets_put16(p + 3, (uint16_t)(n - 5));
	for (size_t i = 5; i < n; i++)
		p[i] = (uint8_t)(seed * 7 + i * 13);
	p[5] = 0x04;
}

/* COUNT PDUs of N octets; returns the end of the last. */
static uint64_t
send_pdus(struct rig *r, unsigned count, size_t n)
{
	uint8_t *p = malloc(n);
	uint64_t end = 0;

	for (unsigned i = 0; i < count; i++) {
		make_pdu(p, n, i);
		end = ho_conn_send(r->conn, (struct octets){p, n});
		assert_true(end > 0);
	}
	ho_conn_flush(r->conn);
	free(p);
	return end;
}

static void
expect_up(struct rig *r, enum ho_level level)
{
	assert_true(fake_run(r->base, is_up, r, LIMIT_MS));
	assert_int_equal(r->level, level);
	assert_int_equal(r->acked, 0);
}

static void
expect_down(struct rig *r, const char *code)
{
	assert_true(fake_run(r->base, is_down, r, LIMIT_MS));
	assert_string_equal(r->code, code);
	assert_int_equal(r->downs, 1);
}

static void
expect_acked(struct rig *r, uint64_t end)
{
	r->want = end;
	assert_true(fake_run(r->base, is_acked, r, LIMIT_MS));
}

static void
expect_received(struct rig *r, unsigned kind, size_t n)
{
	r->want_kind = kind;
	r->want_n = n;
	assert_true(fake_run(r->base, is_there, r, LIMIT_MS));
}

static void
accepted_option_gives_level_a(void **state)
{
	struct rig r;
	uint8_t want[400];

	(void)state;
	rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_ACCEPT}, ",\"barrier_ms\":20");
	expect_up(&r, HO_LEVEL_A);
	assert_int_equal(r.options, 1);
	expect_acked(&r, send_pdus(&r, 3, sizeof(want)));
	assert_int_equal(fake_lemf_pdu(r.lemf, 0)->kind, TRI_OPTION_REQUEST);
	assert_int_equal(fake_lemf_pdu(r.lemf, 1)->kind, TRI_OPTION_COMPLETE);
	for (unsigned i = 0; i < 3; i++) {
		make_pdu(want, sizeof(want), i);
		assert_int_equal(fake_lemf_pdu(r.lemf, 2 + i)->n, sizeof(want));
		assert_memory_equal(fake_lemf_pdu(r.lemf, 2 + i)->p, want, sizeof(want));
	}
	assert_int_equal(fake_lemf_pdu(r.lemf, 5)->kind, TRI_PDU_ACK_REQUEST);
	assert_int_equal(fake_lemf_count(r.lemf, TRI_KEEPALIVE, 0), 0);
	assert_true(ho_conn_rtt_us(r.conn) > 0);
	rig_stop(&r);
}

static void
declined_option_gives_level_b(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_DECLINE}, ",\"barrier_ms\":20");
	expect_up(&r, HO_LEVEL_B);
	expect_acked(&r, send_pdus(&r, 3, 400));
	assert_int_equal(fake_lemf_count(r.lemf, TRI_KEEPALIVE, 0), 1);
	assert_int_equal(fake_lemf_count(r.lemf, TRI_PDU_ACK_REQUEST, 0), 0);
	rig_stop(&r);
}

static void
silent_on_options_gives_level_b(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_SILENT},
	    ",\"barrier_ms\":20,\"keepalive\":{\"time2_ms\":40,\"time3_ms\":4000}");
	expect_up(&r, HO_LEVEL_B);
	expect_acked(&r, send_pdus(&r, 1, 400));
	rig_stop(&r);
}

static void
demanded_level_a_is_not_weakened(void **state)
{
	static const enum fake_options no[] = {FAKE_OPTIONS_DECLINE, FAKE_OPTIONS_SILENT};
	struct rig r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		rig_start(&r, &(struct fake_script){.options = no[i]},
		    ",\"level\":\"a\",\"keepalive\":{\"time2_ms\":40,\"time3_ms\":4000}");
		expect_down(&r, "LEVEL-REFUSED");
		assert_int_equal(r.ups, 0);
		assert_int_equal(fake_lemf_count(r.lemf, 0, 0), 0);
		rig_stop(&r);
	}
}

/* Misbehaviour at levels A and B: the connection ends, nothing is taken for delivered. */
static void
wrong_answers_end_the_connection(void **state)
{
	static const struct {
		enum fake_answer answer;
		const char *code;
		bool acked;
	} table[] = {{FAKE_WRONG_NUMBER, "ANSWER-WRONG", false},
	    {FAKE_GARBAGE, "ANSWER-GARBAGE", false}, {FAKE_TWICE, "ANSWER-UNASKED", true}};
	struct rig r;

	(void)state;
	for (int level = 0; level < 2; level++)
		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
			rig_start(&r,
			    &(struct fake_script){
				.options = FAKE_OPTIONS_ACCEPT, .answer = table[i].answer},
			    level ? ",\"level\":\"a\",\"barrier_ms\":10"
				  : ",\"level\":\"b\",\"barrier_ms\":10");
			expect_up(&r, level ? HO_LEVEL_A : HO_LEVEL_B);
			send_pdus(&r, 2, 100);
			expect_down(&r, table[i].code);
			assert_int_equal(r.acked != 0, table[i].acked);
			rig_stop(&r);
		}
}

static void
silence_alarms_then_ends(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){.answer = FAKE_SILENT},
	    ",\"level\":\"b\",\"barrier_ms\":10,\"keepalive\":{\"time2_ms\":50,\"time3_ms\":150}");
	expect_up(&r, HO_LEVEL_B);
	send_pdus(&r, 2, 100);
	expect_down(&r, "ANSWER-TIMEOUT");
	assert_int_equal(r.lates, 1);
	assert_int_equal(r.acked, 0);
	rig_stop(&r);
}

static void
keepalives_in_silence(void **state)
{
	static const char *const levels[] = {"a", "b", "c"};
	char more[128];
	struct rig r;

	(void)state;
	for (int l = 0; l < 3; l++) {
		unsigned n = 0;

		snprintf(more, sizeof(more), ",\"level\":\"%s\",\"keepalive\":{\"time1_ms\":20}",
		    levels[l]);
		rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_ACCEPT}, more);
		expect_received(&r, TRI_KEEPALIVE, 3);
		for (size_t i = 0; fake_lemf_pdu(r.lemf, i) != NULL; i++)
			if (fake_lemf_pdu(r.lemf, i)->kind == TRI_KEEPALIVE)
				assert_int_equal(fake_lemf_pdu(r.lemf, i)->seq, n++);
		assert_int_equal(r.downs, 0);
		rig_stop(&r);
	}
}

static void
barrier_by_length(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){0},
	    ",\"level\":\"b\",\"barrier_ms\":60000,\"barrier_len\":1000");
	expect_up(&r, HO_LEVEL_B);
	expect_acked(&r, send_pdus(&r, 10, 500));
	assert_int_equal(fake_lemf_count(r.lemf, TRI_KEEPALIVE, 0), 5);
	/* one more is short of a barrier: it waits until it is asked for */
	send_pdus(&r, 1, 500);
	expect_received(&r, 0, 11);
	assert_int_equal(fake_lemf_count(r.lemf, TRI_KEEPALIVE, 0), 5);
	ho_conn_barrier(r.conn);
	expect_received(&r, TRI_KEEPALIVE, 6);
	rig_stop(&r);
}

static void
level_c_by_tcp(void **state)
{
	struct rig r;
	uint64_t end;

	(void)state;
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"c\"");
	expect_up(&r, HO_LEVEL_C);
	end = send_pdus(&r, 20, 40000);
	expect_acked(&r, end);
	expect_received(&r, 0, 20);
	assert_int_equal(fake_lemf_count(r.lemf, TRI_KEEPALIVE, 0), 0);
	rig_stop(&r);
}

static void
level_c_reader_that_never_reads(void **state)
{
	struct rig r;
	uint64_t end = 0;

	(void)state;
	rig_start(&r, &(struct fake_script){.deaf = true},
	    ",\"level\":\"c\",\"keepalive\":{\"time2_ms\":100,\"time3_ms\":300}");
	expect_up(&r, HO_LEVEL_C);
	for (int i = 0; i < 64; i++)
		end = send_pdus(&r, 1, 1 << 20);
	assert_false(ho_conn_room(r.conn));
	expect_down(&r, "ANSWER-TIMEOUT");
	assert_true(r.acked < end);
	rig_stop(&r);
}

static void
closed_midway(void **state)
{
	struct rig r;

	(void)state;
	rig_start(
	    &r, &(struct fake_script){.close_after = 2}, ",\"level\":\"b\",\"barrier_ms\":10");
	expect_up(&r, HO_LEVEL_B);
	send_pdus(&r, 5, 300);
	assert_true(fake_run(r.base, is_down, &r, LIMIT_MS));
	assert_int_equal(r.acked, 0);
	assert_int_equal(fake_lemf_count(r.lemf, 0, 0), 2);
	rig_stop(&r);
}

static void
nobody_listens(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){0}, "");
	ho_conn_free(r.conn);
	fake_lemf_listen(r.lemf, false);
	r.conn = ho_conn_open(r.base, r.loop, NULL, &r.conf, 0, false, &r.numbers, &callbacks, &r);
	expect_down(&r, "TCP-REFUSED");
	rig_stop(&r);
}

static void
test_pdu_is_sent(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"b\"");
	assert_true(ho_conn_test_pdu(r.conn) < 0);
	expect_up(&r, HO_LEVEL_B);
	assert_int_equal(ho_conn_test_pdu(r.conn), 0);
	expect_received(&r, TRI_TEST_PDU, 1);
	rig_stop(&r);
}

/* ---- descriptions of destinations */

static int
parse(const char *text, struct dest_conf *c)
{
	json_t *j = json_loads(text, 0, NULL);
	char why[200] = "";
	int r;

	assert_non_null(j);
	r = dest_conf_parse(j, c, why, sizeof(why));
	assert_true(r == 0 || why[0] != '\0');
	json_decref(j);
	return r;
}

static void
descriptions(void **state)
{
	static const char *const bad[] = {"[]", "{}", "{\"id\":0,\"addresses\":[\"127.0.0.1:1\"]}",
	    "{\"id\":1}", "{\"id\":1,\"addresses\":[]}", "{\"id\":1,\"addresses\":[\"lemf:80\"]}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1\"]}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:0\"]}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:65536\"]}",
	    "{\"id\":1,\"addresses\":[\"[::1:80\"]}", "{\"id\":1,\"addresses\":[\"::1:80\"]}",
	    "{\"id\":1,\"addresses\":[\"[]:80\"]}", "{\"id\":1,\"addresses\":[\"[:80\"]}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:80\"],\"transport\":\"udp\"}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:80\"],\"level\":\"d\"}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:80\"],\"pins\":[\"00\"]}",
	    "{\"id\":1,\"addresses\":[\"127.0.0.1:80\"],\"keepalive\":{\"time2_s\":60}}"};
	struct dest_conf c, d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], &c) == 0)
			fail_msg("accepted: %s", bad[i]);
	const char *const good =
	    "{\"id\":4294967295,\"name\":\"n\",\"hi3\":true,\"addresses\":[\"127.0.0.1:65535\","
	    "\"[::1]:5\"],\"level\":\"c\",\"keepalive\":{\"time1_s\":7}}";

	assert_int_equal(parse(good, &c), 0);
	assert_true(c.tls && c.enabled && c.hi3 && !c.hi2 && !c.tls12);
	assert_int_equal(c.level, HO_LEVEL_C);
	assert_int_equal(c.time1_ms, 7000);
	assert_int_equal(c.time2_ms, 30000);
	assert_int_equal(c.time3_ms, 60000);
	assert_int_equal(c.barrier_ms, 1000);
	assert_int_equal(c.barrier_len, 262144);
	assert_string_equal(c.address[1].host, "::1");
	assert_int_equal(c.address[1].port, 5);
	assert_int_equal(parse(good, &d), 0);
	snprintf(d.name, sizeof(d.name), "other");
	assert_true(dest_conf_same_link(&c, &d));
	d.address[0].port--;
	assert_false(dest_conf_same_link(&c, &d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepted_option_gives_level_a),
	    cmocka_unit_test(declined_option_gives_level_b),
	    cmocka_unit_test(silent_on_options_gives_level_b),
	    cmocka_unit_test(demanded_level_a_is_not_weakened),
	    cmocka_unit_test(wrong_answers_end_the_connection),
	    cmocka_unit_test(silence_alarms_then_ends),
	    cmocka_unit_test(keepalives_in_silence),
	    cmocka_unit_test(barrier_by_length),
	    cmocka_unit_test(level_c_by_tcp),
	    cmocka_unit_test(level_c_reader_that_never_reads),
	    cmocka_unit_test(closed_midway),
	    cmocka_unit_test(nobody_listens),
	    cmocka_unit_test(test_pdu_is_sent),
	    cmocka_unit_test(descriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
