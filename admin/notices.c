/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that agencies are told of; see notices.h. */
#include "admin/notices.h"

#include "admin/hash_in.h"
#include "admin/profile.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/check.h"
#include "db/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICES_SETTLE_NS (3 * CLOCK_NS_PER_S)	/* an alarm that returns within this never ended */
#define NOTICES_ALL_TICKS 30			/* seconds between two looks at every alarm */
#define NOTICES_GAP_TICKS 5			/* and for further warrants that miss numbers */
#define NOTICES_GAP_NS (60 * CLOCK_NS_PER_S)	/* without one for so long they are over */
#define NOTICES_RESEND_NS (30 * CLOCK_NS_PER_S) /* ingest has not confirmed */

struct notices {
	struct ops_ctx *x;
	notices_send_cb send;
	void *arg;
	uint64_t sent;	 /* messages up to this id went to ingest */
	int64_t sent_ns; /* monotonic: when the first of them did */
	int64_t alarm;	 /* alarms up to this row were looked at */
	unsigned ticks;
};

/* What an alarm means to an agency. */
struct notices_cause {
	const char *code, *cause, *effect;
	bool at_once;
};
static const struct notices_cause notices_causes[] = {
    {"LINK-DOWN", "link", "no connection to your facility: product waits in the buffer and follows",
	false},
    {"NE-LOST", "ne",
	"a network element has no connection: its product is missing until it is back", false},
    {"X-GAP", "gap", "a network element left out numbers: product may be missing", true},
    {"SPOOL-SHED", "overflow", "your buffer is full: product is discarded and counted", true},
    {"OUTAGE-SHED", "outage",
	"no connection to your facility for longer than orders let product wait: product of these "
	"orders is discarded and counted",
	true},
    {"INGEST-DOWN", "ingest", "no product is taken from network elements", false},
    {"CLOCK-JUMP", "clock",
	"the clock of the mediator jumped: only warrants open before and after the jump are served",
	true},
};
#define NOTICES_CAUSES (sizeof(notices_causes) / sizeof(notices_causes[0]))

static const struct notices_cause *
notices_cause(const char *word)
{
	for (size_t i = 0; i < NOTICES_CAUSES; i++)
		if (strcmp(notices_causes[i].code, word) == 0 ||
		    strcmp(notices_causes[i].cause, word) == 0)
			return &notices_causes[i];
	return NULL;
}

struct notices *
notices_new(struct ops_ctx *x, notices_send_cb send, void *arg)
{
	struct notices *n = calloc(1, sizeof(*n));

	assert(n != NULL);
	*n = (struct notices){.x = x, .send = send, .arg = arg};
	return n;
}

void
notices_free(struct notices *n)
{
	free(n);
}

static const char *
notices_text(json_t *row, const char *key)
{
	const char *t = json_string_value(json_object_get(row, key));

	return t == NULL ? "" : t;
}

static int64_t
notices_int(json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* ---- whom it concerns */

/* "lea-a/lemf-a" of a link alarm. */
static const char *
notices_dest(const char *object)
{
	const char *slash = strchr(object, '/');

	return slash == NULL ? object : slash + 1;
}

/* The object of its alarm is "lea ROW CLASS". */
static bool
notices_of_class(const struct notices_cause *c)
{
	return strcmp(c->cause, "overflow") == 0 || strcmp(c->cause, "outage") == 0;
}

/* Agency row of an alarm: of the deliver role that raised it, or named in it; 0: several. */
static int64_t
notices_lea(const struct notices_cause *c, const char *object, const char *role)
{
	unsigned lea = 0;

	if (strcmp(c->cause, "link") == 0)
		return sscanf(role, "deliver:%u", &lea) == 1 ? lea : 0;
	if (notices_of_class(c))
		return sscanf(object, "lea %u", &lea) == 1 ? lea : 0;
	return 0;
}

/* The warrants concerned: rows of id and lea, by lea. New. */
static json_t *
notices_concerned(struct notices *n, const struct notices_cause *c, const char *object, int64_t lea,
    int64_t since_ns, int64_t now_ns)
{
	json_t *a = json_pack("{s:s, s:I, s:I}", "name",
	    strcmp(c->cause, "link") == 0 ? notices_dest(object) : object, "now_ns",
	    (json_int_t)now_ns, "since_ns", (json_int_t)(since_ns - CLOCK_NS_PER_S));
	enum store_stmt stmt = STMT_NOTICE_BY_LEA;
	json_t *rows;

	if (lea != 0)
		json_object_set_new(a, "lea", json_integer(lea));
	if (strcmp(c->cause, "link") == 0)
		stmt = STMT_NOTICE_BY_DEST;
	else if (strcmp(c->cause, "ne") == 0)
		stmt = STMT_NOTICE_BY_NE;
	else if (strcmp(c->cause, "gap") == 0)
		stmt = STMT_NOTICE_BY_GAP;
	rows = store_rows(n->x->store, stmt, a);
	json_decref(a);
	return rows;
}

/* ---- begin */

/* An agency sees what it concerns, not what our network is like. */
static const char *
notices_object(const struct notices_cause *c, const char *object)
{
	if (strcmp(c->cause, "link") == 0)
		return notices_dest(object);
	if (notices_of_class(c))
		return strrchr(object, ' ') != NULL ? strrchr(object, ' ') + 1 : object;
	return object;
}

static void
notices_open(struct notices *n, const struct notices_cause *c, const char *object, int64_t lea,
    int64_t begin_ns)
{
	char uuid[37];
	struct fault f = {0};
	json_t *a = json_pack("{s:I, s:s, s:s, s:s, s:I}", "lea", (json_int_t)lea, "cause",
	    c->cause, "object", notices_object(c, object), "effect", c->effect, "begin_ns",
	    (json_int_t)begin_ns);
	json_t *old = store_row(n->x->store, STMT_NOTICE_OPEN, a);

	check_uuid_new(uuid);
	json_object_set_new(a, "uuid", json_string(uuid));
	if (old == NULL && store_run(n->x->store, STMT_NOTICE_ADD, a, &f) < 0)
		log_err("NOTICE-STORE", "a fault notice cannot be stored: %s", f.why);
	json_decref(old);
	json_decref(a);
}

/* One notice for each agency that ALARM concerns.  The alarm of gaps counts for all agencies:
 * theirs begin with the first gap of their own. */
static void
notices_alarm(struct notices *n, json_t *alarm, int64_t now_ns)
{
	const char *object = notices_text(alarm, "object");
	const struct notices_cause *c = notices_cause(notices_text(alarm, "code"));
	bool gap = strcmp(c->cause, "gap") == 0;
	int64_t raised = notices_int(alarm, "raised_ns"), done = 0;
	int64_t begin = gap && raised < now_ns - NOTICES_GAP_NS ? now_ns - NOTICES_GAP_NS : raised;
	int64_t lea = notices_lea(c, object, notices_text(alarm, "role"));
	json_t *rows = notices_concerned(n, c, object, lea, begin, now_ns), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		lea = notices_int(row, "lea");
		if (lea != done)
			notices_open(n, c, object, lea, gap ? notices_int(row, "begin_ns") : begin);
		done = lea;
	}
	json_decref(rows);
}

/* ---- messages */

static int
notices_out(struct ops_ctx *x, json_t *notice, int64_t warrant, const char *what, const char *text)
{
	struct fault f = {0};
	json_t *a = json_pack("{s:O, s:I, s:s, s:s}", "id", json_object_get(notice, "id"),
	    "warrant", (json_int_t)warrant, "what", what, "text", text);
	int r = store_run(x->store, STMT_NOTICE_OUT_ADD, a, &f);

	json_decref(a);
	return r;
}

/* At most 255 octets, what an operatorLeaMessage takes. */
static void
notices_say(json_t *notice, const char *word, int64_t end_ns, char out[256])
{
	char begin[32], end[64] = "", when[32];

	if (end_ns != 0)
		snprintf(end, sizeof(end), " %s %s",
		    strcmp(word, "RESTORED") == 0 ? "restored" : "expected end",
		    clock_format(end_ns, when));
	snprintf(out, 256, "%s %lld begin %s%s cause %s: %s", word,
	    (long long)(notices_int(notice, "begin_ns") / CLOCK_NS_PER_S),
	    clock_format(notices_int(notice, "begin_ns"), begin), end,
	    notices_text(notice, "cause"), notices_text(notice, "effect"));
}

static int
notices_leaf(struct ops_ctx *x, json_t *notice, const char *what, size_t warrants)
{
	char object[64];
	uint64_t seq;

	snprintf(object, sizeof(object), "notice row %lld", (long long)notices_int(notice, "id"));
	return hash_leaf(x, "notice", object, "ok", what,
	    json_pack("{s:s, s:O, s:O, s:I}", "what", what, "lea", json_object_get(notice, "lea"),
		"cause", json_object_get(notice, "cause"), "warrants", (json_int_t)warrants),
	    &seq);
}

/* Warrants of ROWS that belong to the agency of NOTICE and were not told yet: they are now. Returns
 * how many, or -EIO. */
static int
notices_add_warrants(struct notices *n, json_t *notice, json_t *rows, const char *text)
{
	json_t *a = json_pack("{s:O}", "id", json_object_get(notice, "id")),
	       *old = store_rows(n->x->store, STMT_NOTICE_WARRANTS, a), *row, *known;
	struct fault f = {0};
	size_t i, k;
	int r = 0, count = 0;

	json_array_foreach(rows, i, row)
	{
		bool there = false;

		if (notices_int(row, "lea") != notices_int(notice, "lea"))
			continue;
		json_array_foreach(old, k, known) there |=
		    notices_int(known, "warrant") == notices_int(row, "id");
		if (there)
			continue;
		json_object_set(a, "warrant", json_object_get(row, "id"));
		r = store_run(n->x->store, STMT_NOTICE_WARRANT_ADD, a, &f);
		if (r == 0)
			r = notices_out(n->x, notice, notices_int(row, "id"), "begin", text);
		if (r < 0)
			break;
		count++;
	}
	json_decref(old);
	json_decref(a);
	return r < 0 ? -EIO : count;
}

/* It lasted long enough, or concerns further warrants. */
static int
notices_tell(struct notices *n, json_t *notice, int64_t now_ns)
{
	const struct notices_cause *c = notices_cause(notices_text(notice, "cause"));
	json_t *rows = notices_concerned(n, c, notices_text(notice, "object"),
	    notices_int(notice, "lea"), notices_int(notice, "begin_ns"), now_ns);
	json_t *a = json_pack(
	    "{s:O, s:I}", "id", json_object_get(notice, "id"), "now_ns", (json_int_t)now_ns);
	struct fault f = {0};
	char text[256];
	int r;

	notices_say(notice, "FAULT", 0, text);
	r = notices_add_warrants(n, notice, rows, text);
	if (r > 0 && json_is_null(json_object_get(notice, "told_ns")) &&
	    store_run(n->x->store, STMT_NOTICE_TELL, a, &f) < 0)
		r = -EIO;
	if (r > 0 && notices_leaf(n->x, notice, "begin", (size_t)r) < 0)
		r = -EIO;
	json_decref(rows);
	json_decref(a);
	return r < 0 ? r : 0;
}

/* ---- end */

static int
notices_end(struct notices *n, json_t *notice, int64_t end_ns)
{
	json_t *a = json_pack("{s:O, s:I}", "id", json_object_get(notice, "id"), "restored_ns",
		   (json_int_t)end_ns),
	       *rows, *row;
	struct fault f = {0};
	char text[256];
	size_t i;
	int r;

	if (json_is_null(json_object_get(notice, "told_ns"))) {
		r = store_run(n->x->store, STMT_NOTICE_DROP, a, &f);
		json_decref(a);
		return r;
	}
	notices_say(notice, "RESTORED", end_ns, text);
	rows = store_rows(n->x->store, STMT_NOTICE_WARRANTS, a);
	r = store_run(n->x->store, STMT_NOTICE_RESTORE, a, &f);
	json_array_foreach(rows, i, row) if (r == 0) r =
	    notices_out(n->x, notice, notices_int(row, "warrant"), "restored", text);
	if (r == 0)
		r = notices_leaf(n->x, notice, "restored", json_array_size(rows));
	json_decref(rows);
	json_decref(a);
	return r;
}

/* The same of gaps, which end for each agency when it had none for a while. */
static int64_t
notices_gap_end(struct notices *n, json_t *notice, int64_t now_ns)
{
	json_t *a = json_pack("{s:O, s:O, s:O}", "lea", json_object_get(notice, "lea"), "name",
	    json_object_get(notice, "object"), "begin_ns", json_object_get(notice, "begin_ns"));
	int64_t last = store_int(n->x->store, STMT_NOTICE_GAP_LAST, a, 0);

	json_decref(a);
	return last == 0 ? 0 : last + NOTICES_GAP_NS > now_ns ? INT64_MAX : last + NOTICES_GAP_NS;
}

/* When the alarm behind NOTICE ended; INT64_MAX: it stands; 0: there is none. */
static int64_t
notices_alarm_end(struct notices *n, json_t *notice)
{
	const struct notices_cause *c = notices_cause(notices_text(notice, "cause"));
	json_t *a = json_pack("{s:s, s:O}", "code", c->code, "lea", json_object_get(notice, "lea")),
	       *lea;
	char object[96];
	int64_t end;

	if (strcmp(c->cause, "link") == 0) {
		lea = store_row(n->x->store, STMT_NOTICE_LEA_NAME, a);
		snprintf(object, sizeof(object), "%.30s/%.60s", notices_text(lea, "name"),
		    notices_text(notice, "object"));
		json_decref(lea);
	} else if (notices_of_class(c)) {
		snprintf(object, sizeof(object), "lea %lld %s",
		    (long long)notices_int(notice, "lea"), notices_text(notice, "object"));
	} else {
		snprintf(object, sizeof(object), "%s", notices_text(notice, "object"));
	}
	json_object_set_new(a, "alarm", json_string(object));
	end = store_int(n->x->store, STMT_NOTICE_ALARM_END, a, 0);
	json_decref(a);
	return end;
}

static int
notices_look(struct notices *n, json_t *notice, int64_t after_ns, int64_t now_ns, bool ready)
{
	const struct notices_cause *c = notices_cause(notices_text(notice, "cause"));
	int64_t end = strcmp(c->cause, "gap") == 0 ? notices_gap_end(n, notice, now_ns)
						   : notices_alarm_end(n, notice),
		begin = notices_int(notice, "begin_ns");
	bool told = !json_is_null(json_object_get(notice, "told_ns"));

	if (end != INT64_MAX && (end == 0 ? ready : end + NOTICES_SETTLE_NS < now_ns && ready))
		return notices_end(n, notice, end > begin ? end : now_ns);
	if (!told && (c->at_once || begin + after_ns <= now_ns))
		return notices_tell(n, notice, now_ns);
	return told && strcmp(c->cause, "gap") == 0 && n->ticks % NOTICES_GAP_TICKS == 0
		   ? notices_tell(n, notice, now_ns)
		   : 0;
}

/* ---- to ingest */

static void
notices_flush(struct notices *n)
{
	json_t *a, *rows, *row;
	size_t i;

	if (n->sent != 0 && clock_mono_ns() - n->sent_ns > NOTICES_RESEND_NS)
		n->sent = 0;
	a = json_pack("{s:I}", "after", (json_int_t)n->sent);
	rows = store_rows(n->x->store, STMT_NOTICE_OUT, a);
	json_array_foreach(rows, i, row)
	{
		struct role_msg_notice m = {.id = (uint64_t)notices_int(row, "id"),
		    .lea = (uint32_t)notices_int(row, "lea"),
		    .warrant = (uint32_t)notices_int(row, "warrant"),
		    .error = strcmp(notices_text(row, "what"), "restored") != 0};

		json_t *profile = json_object_get(row, "profile");

		m.tri = profile_number(profile, "notice_tri") != 0;
		m.hi1 = profile_number(profile, "notice_hi1") != 0;
		snprintf(m.text, sizeof(m.text), "%s", notices_text(row, "text"));
		m.text_n = (uint8_t)strlen(m.text);
		if (n->sent == 0)
			n->sent_ns = clock_mono_ns();
		n->sent = m.id;
		if (m.tri || m.hi1)
			n->send(n->arg, &m);
		else /* its profile wants none: the record is all */
			notices_done(n, &(struct role_msg_notice_done){m.id, -ENOENT, 0}, 0);
	}
	json_decref(rows);
	json_decref(a);
}

void
notices_again(struct notices *n)
{
	n->sent = 0;
}

void
notices_done(struct notices *n, const struct role_msg_notice_done *m, int64_t now_ns)
{
	json_t *a = json_pack("{s:I, s:I}", "id", (json_int_t)m->id, "now_ns",
	    (json_int_t)(m->result == 0 ? now_ns : 0));
	struct fault f = {0};

	if (store_run(n->x->store, STMT_NOTICE_OUT_DONE, a, &f) < 0)
		log_err("NOTICE-STORE", "a fault notice cannot be stored: %s", f.why);
	json_decref(a);
}

/* ---- once per second */

static void
notices_alarms(struct notices *n, int64_t now_ns)
{
	json_t *a, *rows, *row;
	size_t i;

	if (n->ticks++ % NOTICES_ALL_TICKS == 0)
		n->alarm = 0;
	a = json_pack("{s:I}", "after", (json_int_t)n->alarm);
	rows = store_rows(n->x->store, STMT_NOTICE_ALARMS, a);
	json_array_foreach(rows, i, row)
	{
		notices_alarm(n, row, now_ns);
		n->alarm = notices_int(row, "id");
	}
	json_decref(rows);
	json_decref(a);
}

void
notices_tick(struct notices *n, int64_t now_ns, bool ready)
{
	json_t *name = json_pack("{s:s}", "name", "notice_after_s"), *rows, *row;
	int64_t after_ns = store_int(n->x->store, STMT_SETTING_GET, name, 30) * CLOCK_NS_PER_S;
	struct fault f = {0};
	size_t i;
	int r;

	json_decref(name);
	notices_alarms(n, now_ns);
	rows = store_rows(n->x->store, STMT_NOTICE_ALL_OPEN, NULL);
	r = json_array_size(rows) == 0 ? -ENOENT : store_begin(n->x->store, &f);
	if (r == 0) {
		json_array_foreach(rows, i,
		    row) if ((r = notices_look(n, row, after_ns, now_ns, ready)) < 0) break;
		if (r < 0)
			store_rollback(n->x->store);
		else
			r = store_commit(n->x->store, &f);
		if (r < 0)
			log_err("NOTICE-STORE", "fault notices cannot be stored: %s", f.why);
	}
	json_decref(rows);
	notices_flush(n);
}

int
notices_update(struct op_call *c, json_t *row)
{
	json_t *a = json_pack("{s:O}", "id", json_object_get(row, "id")),
	       *rows = store_rows(c->store, STMT_NOTICE_WARRANTS, a), *w, *notice = json_copy(row);
	char text[256];
	size_t i;
	int r = 0;

	json_object_set(notice, "lea", json_object_get(row, "lea_id"));
	notices_say(notice, "FAULT", op_int(c, "expected_ns", 0), text);
	json_array_foreach(rows, i, w) if (r == 0) r =
	    notices_out(c->x, notice, notices_int(w, "warrant"), "update", text);
	json_decref(notice);
	json_decref(rows);
	json_decref(a);
	return r;
}
