/* SPDX-License-Identifier: Apache-2.0 */
/* The deliver role on a real spool against a scripted LEMF.  The frame (mf/role.c) and the sandbox
 * are stood in for by this file: it is admin and ingest to the role. */
#include "base/clock.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "delivery/cursor.h"
#include "delivery/destination.h"
#include "fake_lemf.h"
#include "role.h"
#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define LEA 3u
#define LIMIT_MS 8000
#define REC_LEN 900u

static struct {
	char dir[64], spool_dir[80], cursor_path[96];
	struct event_base *base;
	struct spool *spool;
	struct conf conf;
	struct role role;
	struct fake_lemf *lemf;
	struct fake_script script;
	bool running;
	uint32_t appended;  /* records of the IRI queue */
	uint64_t first_seg; /* of the IRI queue */
	uint64_t released;  /* last release of IRI */
	unsigned releases;
	uint64_t backlog; /* of IRI, as told last */
	unsigned backlogs, links;
	bool down; /* as told last */
	char alarms[512];
	size_t want;
} t;

/* ---- the frame */

static void
on_backlog(const void *data, size_t len)
{
	struct role_msg_backlog m;

	assert_int_equal(len, sizeof(m));
	memcpy(&m, data, sizeof(m));
	assert_int_equal(m.lea, LEA);
	assert_true(m.class < DEST_CLASS_N);
	if (m.class != HO_IRI) {
		assert_int_equal(m.octets, 0);
		return;
	}
	t.backlog = m.octets;
	t.backlogs++;
}

/* Down at first, then up: each is told once. */
static void
on_link(const void *data, size_t len)
{
	struct role_msg_link m;

	assert_int_equal(len, sizeof(m));
	memcpy(&m, data, sizeof(m));
	assert_int_equal(m.lea, LEA);
	assert_true(m.dest != 0);
	t.links++;
	t.down = m.down_ns != 0;
}

void
role_send(struct role *r, enum role_id peer, uint32_t lea, uint32_t type, const void *data,
    size_t len, int fd)
{
	struct role_msg_release m;
	enum cursor_found found;
	struct cursor *c;

	(void)r;
	(void)lea;
	assert_int_equal(peer, ROLE_INGEST);
	assert_int_equal(fd, -1);
	if (type == ROLE_MSG_BACKLOG) {
		on_backlog(data, len);
		return;
	}
	if (type == ROLE_MSG_LINK) {
		on_link(data, len);
		return;
	}
	assert_int_equal(type, ROLE_MSG_RELEASE);
	assert_int_equal(len, sizeof(m));
	memcpy(&m, data, sizeof(m));
	assert_int_equal(m.lea, LEA);
	/* the promise: the cursor on disk is already there */
	c = cursor_open(t.cursor_path, LEA, &found);
	assert_non_null(c);
	assert_true(found == CURSOR_OK || found == CURSOR_OLDER);
	for (size_t i = 0; cursor_each(c, i) != NULL; i++)
		if (cursor_each(c, i)->class == m.class)
			assert_true(cursor_each(c, i)->pos.seg >= m.seg);
	cursor_close(c);
	t.releases++;
	if (m.class == HO_IRI)
		t.released = m.seg;
}

void
role_alarm(struct role *r, bool raised, const char *code, const char *object, const char *fmt, ...)
{
	char word[64], *at;

	(void)r;
	(void)fmt;
	assert_true(object[0] != '\0');
	snprintf(word, sizeof(word), " %s;", code);
	at = strstr(t.alarms, word);
	if (raised && at == NULL)
		strcat(t.alarms, word);
	else if (!raised && at != NULL)
		memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
}

int
sandbox_user(const char *user)
{
	(void)user;
	return 0;
}

void
sandbox_enter(const struct sandbox *s)
{
	assert_true(s->path_n > 0 && s->path[0].write && s->may == SANDBOX_CONNECT);
}

/* ---- admin and ingest */

static void
on_spool(enum spool_event ev, uint32_t lea, void *arg)
{
	(void)ev;
	(void)lea;
	(void)arg;
}

static void
tell_head(void)
{
	struct role_msg_head h = {.lea = LEA, .class = HO_IRI};
	struct msg m = {.type = ROLE_MSG_HEAD, .len = sizeof(h), .data = &h, .fd = -1};

	h.head = spool_head(spool_queue(t.spool, LEA, HO_IRI));
	deliver_ops.message(&t.role, ROLE_INGEST, 0, &m);
}

static void
tell_dests(const char *text)
{
	struct msg m = {
	    .type = ROLE_MSG_DESTS, .data = "", .fd = msg_memfd("dests", text, strlen(text))};

	assert_true(m.fd >= 0);
	deliver_ops.message(&t.role, ROLE_ADMIN, 0, &m);
}

static void
tell_dest(const char *more)
{
	char text[400];

	snprintf(text, sizeof(text),
	    "[{\"id\":7,\"name\":\"d\",\"hi2\":true,\"transport\":\"tcp\",\"level\":\"b\","
	    "\"barrier_ms\":10,\"backoff_min_ms\":5,\"backoff_max_ms\":20,"
	    "\"addresses\":[\"127.0.0.1:%u\"]%s}]",
	    fake_lemf_port(t.lemf), more);
	tell_dests(text);
}

static bool
spool_is_durable(void *arg)
{
	return spool_durable(t.spool) >= *(uint64_t *)arg;
}

static void
make_octets(uint32_t i, uint8_t *p)
{
	memset(p, 0, REC_LEN);
	p[0] = 0x30;
	p[1] = 0x82;
	octets_put16(p + 2, REC_LEN - 4);
	p[4] = 0x04;
	octets_put32(p + 5, i);
	memset(p + 9, (int)i, REC_LEN - 9);
}

static void
append(unsigned n, uint32_t dest)
{
	uint8_t o[REC_LEN];
	uint64_t batch = 0;

	for (; n > 0; n--, t.appended++) {
		struct spool_meta m = {.warrant = 11,
		    .dest = dest,
		    .seq = t.appended,
		    .recv_ns = (uint64_t)clock_wall_ns(),
		    .kind = SPOOL_REC_HO};
		struct ho_record rec = {.head = {o, REC_LEN}};
		struct spool_pos at;

		make_octets(t.appended, o);
		assert_int_equal(
		    spool_append(spool_queue(t.spool, LEA, HO_IRI), &m, &rec, 0, &at), 0);
		if (t.appended == 0)
			t.first_seg = at.seg;
		batch = spool_barrier(t.spool);
	}
	spool_turn(t.spool);
	assert_true(fake_run(t.base, spool_is_durable, &batch, LIMIT_MS));
}

static void
start(void)
{
	t.role = (struct role){.ops = &deliver_ops, .base = t.base, .conf = &t.conf, .lea = LEA};
	snprintf(t.role.lea_name, sizeof(t.role.lea_name), "lea");
	assert_int_equal(deliver_ops.start(&t.role), 0);
	deliver_ops.peer_up(&t.role, ROLE_INGEST, 0);
	t.running = true;
}

static void
stop(void)
{
	if (t.running)
		deliver_ops.stop(&t.role);
	t.running = false;
}

static json_int_t
status(const char *list, const char *key)
{
	json_t *j = deliver_ops.status(&t.role, false), *v;
	json_int_t n;

	assert_non_null(j);
	v = list == NULL ? json_object_get(j, key)
			 : json_object_get(json_array_get(json_object_get(j, list), 0), key);
	assert_true(json_is_integer(v));
	n = json_integer_value(v);
	json_decref(j);
	return n;
}

static bool
delivered(void *arg)
{
	json_t *j = deliver_ops.status(&t.role, false);
	json_t *w = json_array_get(json_object_get(j, "warrants"), 0);
	bool done = json_integer_value(json_object_get(w, "records")) >= (json_int_t)t.want;

	(void)arg;
	json_decref(j);
	return done;
}

static bool
received(void *arg)
{
	(void)arg;
	return fake_lemf_count(t.lemf, 0, 0) >= t.want;
}

static bool
has_released(void *arg)
{
	return t.released >= *(uint64_t *)arg;
}

static void
expect_delivered(size_t n)
{
	t.want = n;
	assert_true(fake_run(t.base, delivered, NULL, LIMIT_MS));
	assert_int_equal(status("warrants", "records"), n);
}

static void
expect_received(size_t n)
{
	t.want = n;
	assert_true(fake_run(t.base, received, NULL, LIMIT_MS));
}

static int
setup(void **state)
{
	struct spool_conf c = {.dir = t.spool_dir, .segment_len = 16384};

	(void)state;
	memset(&t, 0, sizeof(t));
	log_init("test", 0);
	strcpy(t.dir, "/tmp/test_deliver.XXXXXX");
	if (mkdtemp(t.dir) == NULL)
		return -1;
	snprintf(t.spool_dir, sizeof(t.spool_dir), "%s/spool", t.dir);
	snprintf(t.cursor_path, sizeof(t.cursor_path), "%s/%u/cursor", t.spool_dir, LEA);
	t.base = event_base_new();
	t.conf.state_dir = t.dir;
	t.conf.segment_len = c.segment_len;
	t.spool = spool_open(&c, t.base, on_spool, NULL);
	t.lemf = fake_lemf_new(t.base, &t.script);
	return t.spool != NULL ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	return remove(path);
}

static int
teardown(void **state)
{
	(void)state;
	stop();
	spool_close(t.spool);
	fake_lemf_free(t.lemf);
	event_base_free(t.base);
	return nftw(t.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- tests */

static void
delivers_stores_and_releases(void **state)
{
	uint64_t seg;
	uint8_t want[REC_LEN];

	(void)state;
	start();
	append(200, 7);
	tell_head();
	tell_dest("");
	expect_delivered(200);
	for (uint32_t i = 0; i < 200; i++) {
		make_octets(i, want);
		assert_memory_equal(fake_lemf_data(t.lemf, 1, i)->p, want, REC_LEN);
	}
	seg = spool_head(spool_queue(t.spool, LEA, HO_IRI)).seg;
	assert_true(seg > t.first_seg + 5);
	assert_true(fake_run(t.base, has_released, &seg, LIMIT_MS));
	/* ingest was restarted: it hears it again */
	t.released = 0;
	deliver_ops.peer_up(&t.role, ROLE_INGEST, 0);
	assert_int_equal(t.released, seg);
	assert_string_equal(t.alarms, "");
}

static void
goes_on_after_a_restart(void **state)
{
	(void)state;
	start();
	append(50, 7);
	tell_head();
	tell_dest("");
	expect_delivered(50);
	stop();
	start();
	assert_int_equal(status("warrants", "records"), 50);
	append(10, 7);
	tell_head(); /* before the destinations are known */
	tell_dest("");
	expect_delivered(60);
	assert_int_equal(fake_lemf_count(t.lemf, 0, 0), 60);
	assert_int_equal(fake_lemf_count(t.lemf, 0, 2), 10);
	tell_dest(",\"did\":\"other\""); /* not a reason to reconnect */
	append(1, 7);
	tell_head();
	expect_delivered(61);
	assert_int_equal(fake_lemf_conns(t.lemf), 2);
}

static bool
backlog_over(void *arg)
{
	return t.backlogs > 0 && t.backlog > *(uint64_t *)arg;
}

static bool
time_is_up(void *arg)
{
	return clock_mono_ns() > *(int64_t *)arg;
}

static bool
link_up(void *arg)
{
	(void)arg;
	return !t.down;
}

static bool
backlog_gone(void *arg)
{
	(void)arg;
	return t.backlog == 0;
}

/* What is not given to a connection is told to ingest, when it changes, and again to a new one. */
static void
backlog_is_told(void **state)
{
	uint64_t some = 30 * REC_LEN;
	int64_t until;

	(void)state;
	start();
	tell_dest(",\"enabled\":false");
	append(40, 7);
	tell_head();
	assert_true(fake_run(t.base, backlog_over, &some, LIMIT_MS));
	assert_true(t.backlog < 60 * REC_LEN + 2 * 16384);
	assert_int_equal(t.links, 1);
	assert_true(t.down);
	t.backlogs = 0;
	until = clock_mono_ns() + 5 * CLOCK_NS_PER_S / 2;
	assert_true(fake_run(t.base, time_is_up, &until, LIMIT_MS));
	assert_int_equal(t.backlogs, 0);
	assert_int_equal(t.links, 1);
	deliver_ops.peer_up(&t.role, ROLE_INGEST, 0);
	assert_true(fake_run(t.base, backlog_over, &some, LIMIT_MS));
	assert_int_equal(t.backlogs, 1);
	assert_int_equal(t.links, 2);
	tell_dest("");
	expect_delivered(40);
	assert_true(fake_run(t.base, link_up, NULL, LIMIT_MS));
	assert_true(fake_run(t.base, backlog_gone, NULL, LIMIT_MS));
}

/* The last records were sent just before the stop: it waits for their acknowledgement. */
static void
stop_waits_for_the_last_answer(void **state)
{
	(void)state;
	start();
	tell_dest(",\"did\":\"\"");
	append(20, 7);
	tell_head();
	expect_received(20);
	stop();
	start();
	assert_int_equal(status("warrants", "records"), 20);
}

static void
stop_does_not_wait_for_ever(void **state)
{
	int64_t began;

	(void)state;
	t.script.answer = FAKE_SILENT;
	fake_lemf_script(t.lemf, &t.script);
	start();
	tell_dest("");
	append(20, 7);
	tell_head();
	expect_received(20);
	began = clock_mono_ns();
	stop();
	assert_true(clock_mono_ns() - began < 4 * CLOCK_NS_PER_S);
	t.script.answer = FAKE_ANSWER;
	fake_lemf_script(t.lemf, &t.script);
	start();
	tell_head();
	tell_dest("");
	expect_delivered(20);
	assert_int_equal(fake_lemf_count(t.lemf, 0, 2), 20);
}

static void
lost_cursor_sends_all_again(void **state)
{
	int fd;

	(void)state;
	start();
	append(10, 7);
	tell_head();
	tell_dest("");
	expect_delivered(10);
	stop();
	fd = open(t.cursor_path, O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 3), 1);
	assert_int_equal(pwrite(fd, "x", 1, CURSOR_STRIPE + 3), 1);
	close(fd);
	start();
	assert_non_null(strstr(t.alarms, "CURSOR-LOST;"));
	tell_head();
	tell_dest("");
	expect_delivered(10);
	assert_int_equal(fake_lemf_count(t.lemf, 0, 2), 10);
}

static void
removed_destination_is_told(void **state)
{
	(void)state;
	fake_lemf_listen(t.lemf, false);
	start();
	append(10, 7);
	tell_head();
	tell_dest("");
	json_t *j = deliver_ops.status(&t.role, false);
	json_t *iri = json_object_get(
	    json_object_get(json_array_get(json_object_get(j, "destinations"), 0), "classes"),
	    "iri");
	assert_int_equal(json_integer_value(json_object_get(iri, "backlog_records")), 10);
	assert_in_range(json_integer_value(json_object_get(iri, "backlog_octets")), 10 * REC_LEN,
	    10 * (REC_LEN + 200));
	json_decref(j);
	tell_dests("[]");
	assert_non_null(strstr(t.alarms, "DEST-REMOVED;"));
	assert_null(strstr(t.alarms, "LINK-DOWN;"));
	assert_int_equal(status(NULL, "undeliverable"), 10);
	fake_run(t.base, NULL, NULL, 400);
	assert_int_equal(t.releases, 0);
}

/* Its first records were spooled before the destination was made known here, and another one has
 * passed them: they are still there. */
static void
destination_known_late_gets_everything(void **state)
{
	char text[600];

	(void)state;
	start();
	append(3, 9);
	append(200, 7);
	tell_head();
	tell_dest("");
	expect_delivered(200);
	fake_run(t.base, NULL, NULL, 400);
	snprintf(text, sizeof(text),
	    "[{\"id\":7,\"hi2\":true,\"enabled\":false,\"addresses\":[\"127.0.0.1:1\"]},"
	    "{\"id\":9,\"hi2\":true,\"transport\":\"tcp\",\"level\":\"b\",\"barrier_ms\":10,"
	    "\"addresses\":[\"127.0.0.1:%u\"]}]",
	    fake_lemf_port(t.lemf));
	assert_true(spool_head(spool_queue(t.spool, LEA, HO_IRI)).seg > t.first_seg + 5);
	assert_true(t.released <= t.first_seg);
	tell_dests(text);
	expect_delivered(203);
	assert_int_equal(octets_get32(fake_lemf_data(t.lemf, 2, 0)->p + 5), 0);
}

/* What waits for the destinations 7 and 9. */
static bool
backlogs_are(void *arg)
{
	const uint32_t *want = arg;
	json_t *j = deliver_ops.status(&t.role, false), *d;
	bool good = json_array_size(json_object_get(j, "destinations")) == 2;
	size_t i;

	json_array_foreach(json_object_get(j, "destinations"), i, d)
	{
		json_t *iri = json_object_get(json_object_get(d, "classes"), "iri");
		bool seven = json_integer_value(json_object_get(d, "id")) == 7;

		good &= json_integer_value(json_object_get(iri, "backlog_records")) ==
			want[seven ? 0 : 1];
	}
	json_decref(j);
	return good;
}

/* A destination that comes later, and cannot be reached: what is spooled for another one of the
 * agency does not wait for it, and does not stay in the spool for it either. */
static void
destination_added_later_owes_nothing(void **state)
{
	char text[600];

	(void)state;
	start();
	append(5000, 7);
	tell_head();
	tell_dest("");
	expect_delivered(5000);
	snprintf(text, sizeof(text),
	    "[{\"id\":7,\"hi2\":true,\"enabled\":false,\"addresses\":[\"127.0.0.1:1\"]},"
	    "{\"id\":9,\"hi2\":true,\"enabled\":false,\"addresses\":[\"127.0.0.1:2\"]}]");
	tell_dests(text);
	append(4500, 7);
	append(2, 9);
	append(1, 7);
	tell_head();
	assert_true(fake_run(t.base, backlogs_are, (uint32_t[]){4503, 3}, LIMIT_MS));
}

/* Records for a destination nobody knows, between those of a known one: told and counted once. */
static void
records_for_nobody_are_told(void **state)
{
	(void)state;
	start();
	append(3, 7);
	append(4, 99);
	append(3, 7);
	tell_head();
	tell_dest("");
	expect_delivered(6);
	assert_int_equal(status(NULL, "undeliverable"), 4);
	assert_non_null(strstr(t.alarms, "DEST-REMOVED;"));
}

static void
invalid_description_changes_nothing(void **state)
{
	(void)state;
	start();
	append(3, 7);
	tell_head();
	tell_dest("");
	expect_delivered(3);
	tell_dests("[{\"id\":7,\"addresses\":[\"nonsense\"]}]");
	assert_non_null(strstr(t.alarms, "DEST-INVALID;"));
	tell_dests("{\"not\":\"a list\"}");
	append(3, 7);
	tell_head();
	expect_delivered(6);
	tell_dest("");
	assert_null(strstr(t.alarms, "DEST-INVALID;"));
	assert_int_equal(fake_lemf_conns(t.lemf), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(delivers_stores_and_releases, setup, teardown),
	    cmocka_unit_test_setup_teardown(goes_on_after_a_restart, setup, teardown),
	    cmocka_unit_test_setup_teardown(backlog_is_told, setup, teardown),
	    cmocka_unit_test_setup_teardown(stop_waits_for_the_last_answer, setup, teardown),
	    cmocka_unit_test_setup_teardown(stop_does_not_wait_for_ever, setup, teardown),
	    cmocka_unit_test_setup_teardown(lost_cursor_sends_all_again, setup, teardown),
	    cmocka_unit_test_setup_teardown(removed_destination_is_told, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		destination_known_late_gets_everything, setup, teardown),
	    cmocka_unit_test_setup_teardown(destination_added_later_owes_nothing, setup, teardown),
	    cmocka_unit_test_setup_teardown(records_for_nobody_are_told, setup, teardown),
	    cmocka_unit_test_setup_teardown(invalid_description_changes_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
