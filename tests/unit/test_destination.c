/* SPDX-License-Identifier: Apache-2.0 */
/* A destination against a scripted LEMF, with a spool made of arrays in this file (it stands in for
 * mf/spool/spool_reader.c): what is resent and how, when cursors move, which class goes first, what
 * damage and failover do. */
#include "base/clock.h"
#include "base/tlsconn.h"
#include "delivery/destination.h"
#include "delivery/ho_conn.h"
#include "fake_lemf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_MS 8000
#define RECORDS_MAX 4096
#define DEST 7u

/* ---- the spool: one queue per class; record I lies at off I of segment 0 */

struct record {
	uint32_t dest, len;
	bool damaged;
};
static struct record queue[DEST_CLASS_N][RECORDS_MAX];
static uint64_t queue_n[DEST_CLASS_N];

struct spool_reader {
	enum ho_class class;
	struct spool_pos pos;
	uint8_t buf[70000];
};

const char *
ho_class_name(enum ho_class c)
{
	static const char *const names[] = {"iri", "voice", "cc", "journal"};

	return names[c];
}

/* Octets of record I of CLASS: a SEQUENCE that is no PS-PDU. */
static void
record_octets(enum ho_class class, uint64_t i, uint8_t *p, uint32_t n)
{
	p[0] = 0x30;
	p[1] = 0x83;
	p[2] = (uint8_t)((n - 5) >> 16);
	octets_put16(p + 3, (uint16_t)(n - 5));
	p[5] = 0x04;
	p[6] = (uint8_t) class;
	octets_put32(p + 7, (uint32_t)i);
	for (uint32_t k = 11; k < n; k++)
		p[k] = (uint8_t)(i * 31 + k);
}

struct spool_reader *
spool_reader_open(const char *dir, uint32_t lea, enum ho_class class, const struct spool_pos *from)
{
	struct spool_reader *r = calloc(1, sizeof(*r));

	(void)dir;
	assert_int_equal(lea, 3);
	r->class = class;
	r->pos = *from;
	return r;
}

void
spool_reader_close(struct spool_reader *r)
{
	free(r);
}

void
spool_reader_rest(struct spool_reader *r)
{
	(void)r;
}

int
spool_reader_next(struct spool_reader *r, const struct spool_pos *head, struct spool_rec *out)
{
	uint64_t i = r->pos.rec;
	const struct record *x = &queue[r->class][i];

	if (r->pos.off >= head->off)
		return 0;
	assert_true(i < queue_n[r->class]);
	memset(out, 0, sizeof(*out));
	out->pos = r->pos;
	r->pos.rec++;
	r->pos.off++;
	out->next = r->pos;
	if (x->damaged)
		return -EBADMSG;
	record_octets(r->class, i, r->buf, x->len);
	out->octets = (struct octets){r->buf, x->len};
	out->meta.dest = x->dest;
	out->meta.warrant = 100 + (uint32_t)r->class;
	out->meta.kind = SPOOL_REC_HO;
	out->meta.recv_ns = 1000 + i;
	return 1;
}

void
spool_reader_seek(struct spool_reader *r, const struct spool_pos *pos)
{
	r->pos = *pos;
}

struct spool_pos
spool_reader_pos(const struct spool_reader *r)
{
	return r->pos;
}

/* ---- rig */

struct rig {
	struct event_base *base;
	struct dest_env env;
	struct fake_lemf *lemf[2];
	struct destination *dest;
	char path[64];
	char alarms[512]; /* " CODE" of each that is raised now */
	char alarms_ever[1024];
	unsigned moves, others;
	uint64_t want;
	size_t want_n;
	enum ho_class want_class;
	unsigned want_conn;
	struct fake_lemf *want_lemf;
	enum dest_state want_state;
	const char *want_alarm;
};

static void
on_alarm(void *arg, bool raised, const char *code, const char *name, const char *text)
{
	struct rig *r = arg;
	char word[64], *at;

	assert_true(name[0] != '\0' && text[0] != '\0');
	snprintf(word, sizeof(word), " %s;", code);
	at = strstr(r->alarms, word);
	if (raised && at == NULL) {
		strcat(r->alarms, word);
		if (strstr(r->alarms_ever, word) == NULL)
			strcat(r->alarms_ever, word);
	} else if (!raised && at != NULL) {
		memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
	}
}

static void
on_moved(void *arg)
{
	((struct rig *)arg)->moves++;
}

static void
on_other(void *arg, uint32_t id, enum ho_class class, const struct spool_pos *at)
{
	(void)id;
	(void)class;
	(void)at;
	((struct rig *)arg)->others++;
}

static void
rig_open(struct rig *r)
{
	enum cursor_found found;

	memset(r, 0, sizeof(*r));
	memset(queue, 0, sizeof(queue));
	memset(queue_n, 0, sizeof(queue_n));
	strcpy(r->path, "/tmp/test_destination.XXXXXX");
	assert_non_null(mkdtemp(r->path));
	strcat(r->path, "/cursor");
	r->base = event_base_new();
	r->env = (struct dest_env){.base = r->base,
	    .spool_dir = "/nowhere",
	    .lea = 3,
	    .segment_len = 1 << 20,
	    .alarm = on_alarm,
	    .moved = on_moved,
	    .other = on_other,
	    .arg = r};
	r->env.loop = tlsloop_new(r->base, 0);
	r->env.cursor = cursor_open(r->path, 3, &found);
	assert_non_null(r->env.cursor);
}

static void
rig_conf(struct rig *r, struct dest_conf *c, const char *more)
{
	char text[700], why[200], second[40] = "";
	json_t *j;

	if (r->lemf[1] != NULL)
		snprintf(second, sizeof(second), ",\"127.0.0.1:%u\"", fake_lemf_port(r->lemf[1]));
	snprintf(text, sizeof(text),
	    "{\"id\":7,\"name\":\"d\",\"hi2\":true,\"hi3\":true,\"transport\":\"tcp\",\"barrier_"
	    "ms\":10,"
	    "\"backoff_min_ms\":5,\"backoff_max_ms\":40,\"addresses\":[\"127.0.0.1:%u\"%s]%s}",
	    fake_lemf_port(r->lemf[0]), second, more);
	j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	if (dest_conf_parse(j, c, why, sizeof(why)) < 0)
		fail_msg("%s", why);
	json_decref(j);
}

static void
rig_start(struct rig *r, const struct fake_script *s, const char *more)
{
	struct dest_conf c;

	if (r->lemf[0] == NULL)
		r->lemf[0] = fake_lemf_new(r->base, s);
	rig_conf(r, &c, more);
	r->dest = destination_new(&r->env, &c);
}

static void
rig_close(struct rig *r)
{
	destination_free(r->dest);
	r->dest = NULL;
	for (int i = 0; i < 2; i++)
		if (r->lemf[i] != NULL)
			fake_lemf_free(r->lemf[i]);
	tlsloop_free(r->env.loop);
	cursor_close(r->env.cursor);
	event_base_free(r->base);
	unlink(r->path);
	*strrchr(r->path, '/') = '\0';
	rmdir(r->path);
}

static void
add(enum ho_class class, unsigned n, uint32_t dest, uint32_t len)
{
	while (n-- > 0)
		queue[class][queue_n[class]++] = (struct record){dest, len, false};
}

static void
tell(struct rig *r, enum ho_class class)
{
	struct spool_pos head = {.rec = queue_n[class], .off = (uint32_t)queue_n[class]};

	destination_head(r->dest, class, &head);
}

static bool
cursor_there(void *arg)
{
	struct rig *r = arg;

	return destination_cursor(r->dest, r->want_class).rec >= r->want;
}

static bool
received(void *arg)
{
	struct rig *r = arg;

	return fake_lemf_count(r->want_lemf, 0, r->want_conn) >= r->want_n;
}

static bool
in_state(void *arg)
{
	struct rig *r = arg;

	return destination_state(r->dest) == r->want_state;
}

static bool
alarmed(void *arg)
{
	struct rig *r = arg;

	return strstr(r->alarms_ever, r->want_alarm) != NULL;
}

static void
expect_cursor(struct rig *r, enum ho_class class, uint64_t rec)
{
	r->want_class = class;
	r->want = rec;
	if (!fake_run(r->base, cursor_there, r, LIMIT_MS))
		fail_msg("cursor %llu", (unsigned long long)destination_cursor(r->dest, class).rec);
	assert_int_equal(destination_cursor(r->dest, class).rec, rec);
}

static void
expect_received(struct rig *r, struct fake_lemf *lemf, unsigned conn, size_t n)
{
	r->want_lemf = lemf;
	r->want_conn = conn;
	r->want_n = n;
	assert_true(fake_run(r->base, received, r, LIMIT_MS));
}

static void
expect_alarm(struct rig *r, const char *word)
{
	r->want_alarm = word;
	assert_true(fake_run(r->base, alarmed, r, LIMIT_MS));
}

static void
expect_state(struct rig *r, enum dest_state s)
{
	r->want_state = s;
	assert_true(fake_run(r->base, in_state, r, LIMIT_MS));
}

/* The I-th data PDU on CONN is record REC of CLASS, octet for octet. */
static void
expect_record(struct fake_lemf *lemf, unsigned conn, size_t i, enum ho_class class, uint64_t rec)
{
	static uint8_t want[70000];
	const struct fake_pdu *p = fake_lemf_data(lemf, conn, i);

	assert_non_null(p);
	assert_int_equal(p->n, queue[class][rec].len);
	record_octets(class, rec, want, queue[class][rec].len);
	assert_memory_equal(p->p, want, p->n);
}

static json_int_t
status_int(struct rig *r, const char *key, const char *sub)
{
	json_t *j = destination_status(r->dest), *v;
	json_int_t n;

	assert_non_null(j);
	v = json_object_get(j, key);
	if (sub != NULL)
		v = json_object_get(v, sub);
	assert_true(json_is_integer(v));
	n = json_integer_value(v);
	json_decref(j);
	return n;
}

/* ---- tests */

static void
delivers_and_counts(void **state)
{
	static const char *const levels[] = {"a", "b", "c"};
	struct rig r;
	char more[64];

	(void)state;
	for (int l = 0; l < 3; l++) {
		rig_open(&r);
		snprintf(more, sizeof(more), ",\"level\":\"%s\"", levels[l]);
		add(HO_IRI, 20, DEST, 300);
		add(HO_CC, 30, DEST, 1400);
		rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_ACCEPT}, more);
		tell(&r, HO_IRI);
		tell(&r, HO_CC);
		expect_cursor(&r, HO_IRI, 20);
		expect_cursor(&r, HO_CC, 30);
		assert_int_equal(fake_lemf_count(r.lemf[0], 0, 0), 50);
		assert_int_equal(cursor_warrant_each(r.env.cursor, 0)->iri, 20);
		assert_int_equal(cursor_warrant_each(r.env.cursor, 0)->octets, 20 * 300);
		assert_int_equal(cursor_warrant_each(r.env.cursor, 1)->cc, 30);
		assert_int_equal(status_int(&r, "resent", NULL), 0);
		assert_int_equal(status_int(&r, "in_flight", "records"), 0);
		assert_int_equal(status_int(&r, "acked", "octets"), 20 * 300 + 30 * 1400);
		assert_true(r.moves > 0);
		assert_string_equal(r.alarms, "");
		rig_close(&r);
	}
}

/* LEMF answers ANSWERS barriers and then misbehaves: the next connection gets everything not
 * acknowledged again, octet for octet, oldest first. */
static void
resend_after(const struct fake_script *bad, const char *more, const char *alarm)
{
	struct rig r;
	uint64_t from;

	rig_open(&r);
	rig_start(&r, bad, more);
	expect_state(&r, DEST_UP);
	add(HO_CC, 10, DEST, 500);
	tell(&r, HO_CC);
	if (bad->answers_max > 0)
		expect_cursor(&r, HO_CC, 10);
	add(HO_CC, 40, DEST, 500);
	tell(&r, HO_CC);
	expect_alarm(&r, alarm);
	from = destination_cursor(r.dest, HO_CC).rec;
	assert_int_equal(from, bad->answers_max > 0 ? 10 : 0);
	fake_lemf_script(r.lemf[0], &(struct fake_script){.options = bad->options});
	expect_cursor(&r, HO_CC, 50);
	for (unsigned c = 2; c <= fake_lemf_conns(r.lemf[0]); c++)
		for (size_t i = 0; fake_lemf_data(r.lemf[0], c, i) != NULL; i++)
			expect_record(r.lemf[0], c, i, HO_CC, from + i);
	assert_int_equal(fake_lemf_count(r.lemf[0], 0, fake_lemf_conns(r.lemf[0])), 50 - from);
	assert_true(status_int(&r, "resent", NULL) > 0);
	assert_int_equal(cursor_warrant_each(r.env.cursor, 0)->cc, 50);
	assert_string_equal(r.alarms, "");
	rig_close(&r);
}

static void
resend_after_wrong_number(void **state)
{
	(void)state;
	resend_after(
	    &(struct fake_script){.answer = FAKE_WRONG_NUMBER}, ",\"level\":\"b\"", "LEMF-ANSWER;");
	resend_after(&(struct fake_script){.answer = FAKE_WRONG_NUMBER, .answers_max = 1},
	    ",\"level\":\"b\"", "LEMF-ANSWER;");
	resend_after(
	    &(struct fake_script){
		.options = FAKE_OPTIONS_ACCEPT, .answer = FAKE_WRONG_NUMBER, .answers_max = 1},
	    ",\"level\":\"a\"", "LEMF-ANSWER;");
}

static void
resend_after_garbage(void **state)
{
	(void)state;
	resend_after(&(struct fake_script){.answer = FAKE_GARBAGE, .answers_max = 1},
	    ",\"level\":\"b\"", "LEMF-ANSWER;");
}

static void
resend_after_silence(void **state)
{
	(void)state;
	resend_after(&(struct fake_script){.answer = FAKE_SILENT, .answers_max = 1},
	    ",\"level\":\"b\",\"keepalive\":{\"time2_ms\":30,\"time3_ms\":90}", "LEMF-ANSWER;");
}

static void
resend_after_close(void **state)
{
	(void)state;
	resend_after(&(struct fake_script){.close_after = 25, .answers_max = 1}, ",\"level\":\"b\"",
	    "LINK-DOWN;");
}

/* A LEMF that was away: everything waits and comes in order when it is back. */
static void
lemf_away_and_back(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	r.lemf[0] = fake_lemf_new(r.base, &(struct fake_script){0});
	fake_lemf_listen(r.lemf[0], false);
	rig_start(&r, NULL, ",\"level\":\"b\"");
	add(HO_IRI, 100, DEST, 200);
	tell(&r, HO_IRI);
	expect_alarm(&r, "LINK-DOWN;");
	expect_state(&r, DEST_BACKOFF);
	assert_int_equal(destination_backlog(r.dest, HO_IRI), 100);
	destination_watch(r.dest);
	assert_non_null(strstr(r.alarms, "LINK-SLOW;"));
	fake_lemf_listen(r.lemf[0], true);
	expect_cursor(&r, HO_IRI, 100);
	for (size_t i = 0; i < 100; i++)
		expect_record(r.lemf[0], 1, i, HO_IRI, i);
	destination_watch(r.dest);
	assert_string_equal(r.alarms, "");
	rig_close(&r);
}

static void
iri_before_voice_before_cc(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"b\",\"enabled\":false");
	add(HO_CC, 10, DEST, 500);
	add(HO_VOICE, 10, DEST, 500);
	add(HO_IRI, 10, DEST, 500);
	tell(&r, HO_CC);
	tell(&r, HO_VOICE);
	tell(&r, HO_IRI);
	assert_int_equal(destination_state(r.dest), DEST_DISABLED);
	struct dest_conf c;
	rig_conf(&r, &c, ",\"level\":\"b\"");
	destination_update(r.dest, &c);
	tell(&r, HO_CC);
	tell(&r, HO_VOICE);
	tell(&r, HO_IRI);
	expect_received(&r, r.lemf[0], 1, 30);
	for (size_t i = 0; i < 10; i++) {
		expect_record(r.lemf[0], 1, i, HO_IRI, i);
		expect_record(r.lemf[0], 1, 10 + i, HO_VOICE, i);
		expect_record(r.lemf[0], 1, 20 + i, HO_CC, i);
	}
	rig_close(&r);
}

static void
in_flight_is_bounded(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_CC, 400, DEST, 60000); /* 24 MB */
	rig_start(&r, &(struct fake_script){.answer = FAKE_SILENT}, ",\"level\":\"b\"");
	tell(&r, HO_CC);
	fake_run(r.base, NULL, NULL, 500);
	assert_true(
	    status_int(&r, "in_flight", "octets") <= (json_int_t)DEST_IN_FLIGHT_LEN + 60000);
	assert_true(status_int(&r, "in_flight", "octets") >= (json_int_t)DEST_IN_FLIGHT_LEN);
	assert_int_equal(destination_cursor(r.dest, HO_CC).rec, 0);
	fake_lemf_drop(r.lemf[0]);
	fake_lemf_script(r.lemf[0], &(struct fake_script){0});
	expect_cursor(&r, HO_CC, 400);
	for (size_t i = 0; i < 400; i++)
		expect_record(r.lemf[0], 2, i, HO_CC, i);
	rig_close(&r);
}

/* It reads and answers, but what fits into its buffers takes longer than TIME3: less is sent ahead
 * until answers come in time. */
static void
slow_reader_gets_a_smaller_window(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_CC, 60, DEST, 10000);
	rig_start(&r, &(struct fake_script){.slow_len = 2048},
	    ",\"level\":\"b\",\"keepalive\":{\"time2_ms\":70,\"time3_ms\":140}");
	tell(&r, HO_CC);
	expect_cursor(&r, HO_CC, 60);
	assert_int_equal(cursor_warrant_each(r.env.cursor, 0)->cc, 60);
	assert_true(fake_lemf_conns(r.lemf[0]) > 1);
	assert_true(fake_lemf_conns(r.lemf[0]) < 10);
	rig_close(&r);
}

static void
records_of_others_are_skipped(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_IRI, 5, 99, 100);
	add(HO_IRI, 2, DEST, 100);
	add(HO_IRI, 5, 99, 100);
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"b\"");
	tell(&r, HO_IRI);
	expect_cursor(&r, HO_IRI, 12);
	assert_int_equal(fake_lemf_count(r.lemf[0], 0, 0), 2);
	expect_record(r.lemf[0], 1, 0, HO_IRI, 5);
	assert_int_equal(r.others, 10);
	rig_close(&r);
}

static void
damage_is_counted_once_and_passed(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_CC, 10, DEST, 400);
	queue[HO_CC][3].damaged = queue[HO_CC][4].damaged = true;
	rig_start(&r, &(struct fake_script){.answer = FAKE_WRONG_NUMBER}, ",\"level\":\"b\"");
	tell(&r, HO_CC);
	expect_alarm(&r, "LEMF-ANSWER;");
	fake_lemf_script(r.lemf[0], &(struct fake_script){0});
	expect_cursor(&r, HO_CC, 10);
	assert_int_equal(status_int(&r, "lost", NULL), 2);
	assert_non_null(strstr(r.alarms, "SPOOL-DAMAGED;"));
	assert_int_equal(cursor_warrant_each(r.env.cursor, 0)->cc, 8);
	rig_close(&r);
}

static void
second_address_takes_over(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	r.lemf[0] = fake_lemf_new(r.base, &(struct fake_script){0});
	r.lemf[1] = fake_lemf_new(r.base, &(struct fake_script){0});
	fake_lemf_listen(r.lemf[0], false);
	add(HO_IRI, 3, DEST, 100);
	rig_start(&r, NULL, ",\"level\":\"b\"");
	tell(&r, HO_IRI);
	expect_cursor(&r, HO_IRI, 3);
	assert_int_equal(fake_lemf_count(r.lemf[1], 0, 0), 3);
	/* back to the first when the second goes */
	fake_lemf_listen(r.lemf[0], true);
	fake_lemf_drop(r.lemf[1]);
	add(HO_IRI, 2, DEST, 100);
	tell(&r, HO_IRI);
	expect_cursor(&r, HO_IRI, 5);
	expect_record(r.lemf[0], 1, 0, HO_IRI, 3);
	rig_close(&r);
}

static void
hanging_up_on_options_still_gets_level_b(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_IRI, 3, DEST, 100);
	rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_HANG_UP}, "");
	tell(&r, HO_IRI);
	expect_cursor(&r, HO_IRI, 3);
	assert_int_equal(fake_lemf_conns(r.lemf[0]), 2);
	rig_close(&r);
}

static void
refused_level_delivers_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	add(HO_IRI, 3, DEST, 100);
	rig_start(&r, &(struct fake_script){.options = FAKE_OPTIONS_DECLINE}, ",\"level\":\"a\"");
	tell(&r, HO_IRI);
	expect_alarm(&r, "LEVEL-REFUSED;");
	fake_run(r.base, NULL, NULL, 100);
	assert_int_equal(fake_lemf_count(r.lemf[0], 0, 0), 0);
	fake_lemf_script(r.lemf[0], &(struct fake_script){.options = FAKE_OPTIONS_ACCEPT});
	expect_cursor(&r, HO_IRI, 3);
	assert_string_equal(r.alarms, "");
	rig_close(&r);
}

static void
tls_without_credentials_never_goes_plain(void **state)
{
	struct rig r;
	struct dest_conf c;

	(void)state;
	rig_open(&r);
	r.lemf[0] = fake_lemf_new(r.base, &(struct fake_script){0});
	rig_conf(&r, &c, "");
	c.tls = true;
	r.dest = destination_new(&r.env, &c);
	expect_alarm(&r, "LINK-DOWN;");
	fake_run(r.base, NULL, NULL, 100);
	assert_int_equal(fake_lemf_conns(r.lemf[0]), 0);
	rig_close(&r);
}

/* The spool ends in front of the cursor: another spool; nothing of it is skipped. */
static void
cursor_ahead_of_the_spool_starts_over(void **state)
{
	struct rig r;
	struct cursor_pos *e;

	(void)state;
	rig_open(&r);
	e = cursor_at(r.env.cursor, DEST, HO_IRI, NULL);
	e->pos = (struct spool_pos){.seg = 4, .rec = 1000, .off = 77};
	add(HO_IRI, 3, DEST, 100);
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"b\"");
	tell(&r, HO_IRI);
	assert_non_null(strstr(r.alarms, "CURSOR-LOST;"));
	expect_received(&r, r.lemf[0], 1, 3);
	expect_cursor(&r, HO_IRI, 3);
	rig_close(&r);
}

static void
quiesce_asks_at_once(void **state)
{
	struct rig r;
	struct dest_conf c;

	(void)state;
	rig_open(&r);
	rig_start(&r, &(struct fake_script){0}, ",\"level\":\"b\"");
	rig_conf(&r, &c, ",\"level\":\"b\"");
	c.barrier_ms = 60000;
	destination_update(r.dest, &c);
	expect_state(&r, DEST_UP);
	add(HO_IRI, 3, DEST, 100);
	tell(&r, HO_IRI);
	expect_received(&r, r.lemf[0], 0, 3);
	assert_false(destination_quiesce(r.dest));
	add(HO_IRI, 3, DEST, 100);
	tell(&r, HO_IRI);
	expect_cursor(&r, HO_IRI, 3);
	assert_true(destination_quiet(r.dest));
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delivers_and_counts),
	    cmocka_unit_test(resend_after_wrong_number),
	    cmocka_unit_test(resend_after_garbage),
	    cmocka_unit_test(resend_after_silence),
	    cmocka_unit_test(resend_after_close),
	    cmocka_unit_test(lemf_away_and_back),
	    cmocka_unit_test(iri_before_voice_before_cc),
	    cmocka_unit_test(in_flight_is_bounded),
	    cmocka_unit_test(slow_reader_gets_a_smaller_window),
	    cmocka_unit_test(records_of_others_are_skipped),
	    cmocka_unit_test(damage_is_counted_once_and_passed),
	    cmocka_unit_test(second_address_takes_over),
	    cmocka_unit_test(hanging_up_on_options_still_gets_level_b),
	    cmocka_unit_test(refused_level_delivers_nothing),
	    cmocka_unit_test(tls_without_credentials_never_goes_plain),
	    cmocka_unit_test(cursor_ahead_of_the_spool_starts_over),
	    cmocka_unit_test(quiesce_asks_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
