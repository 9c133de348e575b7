/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of tests/vectors: each PDU goes through the real decoder, payload, session step and
 * encoder, and must come out as the file says.  Every row of the mapping table has vectors: usual,
 * minimal and nasty ones.
 *   test_vectors          compare (TAP)
 *   test_vectors --write  write the outcomes into the files: read the difference before a commit
 *   test_vectors --dump   the PS-PDUs as hexadecimal, for the second codec (tests/asn1ct) */
#include "config.h"
#include "handover/handover.h"
#include "ingest/x23_pdu.h"
#include "session/mapping_table.h"
#include "session/scope.h"
#include "spec/ts103221_2.h"
#include "tests/unit/vector_file.h"
#include "tests/unit/vector_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#define RECEIVED_NS INT64_C(1767225601500000000) /* when every PDU is "read" */
#define CIN 7
#define PDU_MAX (1 << 20)

enum mode {
	COMPARE,
	WRITE,
	DUMP
};

static struct {
	enum mode mode;
	unsigned test_n, bad_n;
	struct handover_warrant warrant;
	uint32_t seq[HO_CLASS_N];
	struct dialog dialog;
	unsigned seen[X23_FMT_N + 1][2]; /* sections by format, the last for all others, and type */
	unsigned named[X23_FMT_N + 1][2]; /* bits: usual, minimal, nasty */
	uint8_t pdu[PDU_MAX], record[PDU_MAX];
	struct payload payload;
	struct task_warrant task;
	struct taskset_profile profile;
	struct taskset_ne ne;
	struct scope_out shaped;
} g;

/* What "under" may say. */
static const struct {
	const char *word;
	uint8_t *at; /* NULL: the services of the warrant */
	uint16_t value;
} terms[] = {
    {"gtp=upf", &g.profile.gtp, TASKSET_GTP_UPF},
    {"gtp=extended", &g.profile.gtp, TASKSET_GTP_EXTENDED},
    {"gtp=eps", &g.profile.gtp, TASKSET_GTP_EPS},
    {"ethernet=l2", &g.profile.ethernet, TASKSET_ETHERNET_L2},
    {"ethernet=ip", &g.profile.ethernet, TASKSET_ETHERNET_IP},
    {"ethernet=upf", &g.profile.ethernet, TASKSET_ETHERNET_UPF},
    {"ip=upf", &g.profile.ip, TASKSET_IP_UPF},
    {"opaque=yes", &g.profile.opaque, 1},
    {"opaque=yes", &g.ne.opaque, 1},
    {"content=headers", &g.task.row.content, TASKSET_HEADERS},
    {"content=summary", &g.task.row.content, TASKSET_SUMMARY},
    {"metadata=yes", &g.task.row.metadata, 1},
    {"delivery=iri", &g.task.row.delivery, TASKSET_IRI},
    {"delivery=cc", &g.task.row.delivery, TASKSET_CC},
    {"services=data", NULL, SERVICE_DATA},
    {"services=voice", NULL, SERVICE_VOICE},
    {"services=messaging", NULL, SERVICE_MESSAGING},
    {"services=email", NULL, SERVICE_EMAIL},
    {"services=video", NULL, SERVICE_VIDEO},
};

/* The warrant and profile of a PDU.  False: a word that is not known. */
static bool
set_terms(const char *under)
{
	char *copy = strdup(under), *save = NULL, *word;
	bool known = true;
	size_t i, found;

	memset(&g.task, 0, sizeof(g.task));
	memset(&g.profile, 0, sizeof(g.profile));
	memset(&g.ne, 0, sizeof(g.ne));
	g.task.row.delivery = TASKSET_IRI | TASKSET_CC;
	g.task.row.services = SERVICE_ANY;
	g.task.profile = &g.profile;
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		for (i = found = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
			if (strcmp(terms[i].word, word) == 0) {
				if (terms[i].at != NULL)
					*terms[i].at = (uint8_t)terms[i].value;
				else
					g.task.row.services = terms[i].value;
				found++;
			}
		}
		known = known && found;
	}
	free(copy);
	return known;
}

static void
result(bool good, const char *file, const char *name)
{
	g.bad_n += !good;
	if (g.mode == COMPARE)
		printf("%s %u - %s: %s\n", good ? "ok" : "not ok", ++g.test_n, file, name);
}

/* ---- one PDU */

static void
dump(const char *kind, struct octets pdu)
{
	size_t i;

	printf("%s PS-PDU ", kind);
	for (i = 0; i < pdu.n; i++)
		printf("%02x", pdu.p[i]);
	putchar('\n');
}

static const char *
error_name(int rc)
{
	return rc == -ENOTSUP	 ? "ENOTSUP"
	       : rc == -EBADMSG	 ? "EBADMSG"
	       : rc == -EMSGSIZE ? "EMSGSIZE"
	       : rc == -EAGAIN	 ? "EAGAIN"
				 : "?";
}

static void
put_record(FILE *out, const struct li_event *ev)
{
	static const char *const iri[] = {"", " Begin", " End", " Continue", " Report"};
	struct ho_record r;
	size_t n = 0;
	int rc = handover_encode(&g.warrant, CIN, g.seq[ev->class], ev, &r);

	if (rc) {
		fprintf(out, "not encoded: %s\n", error_name(rc));
		return;
	}
	g.seq[ev->class]++;
	memcpy(g.record, r.head.p, r.head.n);
	n += r.head.n;
	if (r.body.n)
		memcpy(g.record + n, r.body.p, r.body.n);
	n += r.body.n;
	if (r.tail.n)
		memcpy(g.record + n, r.tail.p, r.tail.n);
	n += r.tail.n;
	fprintf(out, "%s%s%s%s\n", ho_class_name(ev->class), iri[ev->iri_type % 5],
	    ev->begins ? ", opens the session" : "", ev->ends ? ", closes the session" : "");
	rc = vector_text(out, (struct octets){g.record, n});
	if (g.mode == DUMP &&
	    rc < 2) /* what was moved is the sender's: errors in it are not ours */
		dump(rc ? "moved" : "vector", (struct octets){g.record, n});
}

/* What the warrant gets of the payload. */
static void
put_shaped(FILE *out)
{
	const struct scope in = {.ne = &g.ne};
	enum reject_code why = scope_apply(&g.payload, &in, &g.task, &g.shaped);
	size_t i;

	if (why != REJECT_NONE) {
		fprintf(out, "reject %s\n", reject_code_name(why));
		return;
	}
	if (g.shaped.summarise)
		fprintf(out, "counted for a summary report\n");
	for (i = 0; i < g.shaped.n; i++) {
		payload_step_event(&g.payload, &g.shaped.ev[i], &g.dialog);
		put_record(out, &g.shaped.ev[i]);
	}
	if (g.shaped.left_out != REJECT_NONE)
		fprintf(out, "left out: %s\n", reject_code_name(g.shaped.left_out));
}

/* The outcome of P as text; new. */
static char *
outcome(const struct vector_pdu *p)
{
	enum reject_code why = REJECT_NONE;
	struct x23_pdu x;
	char *text = NULL;
	size_t room, used, n = ne_pdu_encode(&p->pdu, g.pdu, NULL);
	FILE *out = open_memstream(&text, &room);
	int rc = x23_pdu_decode((struct octets){g.pdu, n}, 65536, PDU_MAX, &x, &used, &why);

	if (!set_terms(p->under))
		fprintf(out, "unknown word: under %s\n", p->under);
	if (rc == 0)
		why = payload_examine(&x, RECEIVED_NS, &g.payload);
	if (rc && rc != -EINVAL)
		fprintf(out, "connection closed: %s\n", error_name(rc));
	else if (why != REJECT_NONE)
		fprintf(out, "reject %s\n", reject_code_name(why));
	else
		put_shaped(out);
	fclose(out);
	return text;
}

/* ---- files */

static void
count(const struct vector_pdu *p)
{
	static const char *const names[] = {"usual", "minimal", "nasty"};
	unsigned format = p->pdu.format < X23_FMT_N ? p->pdu.format : X23_FMT_N;
	unsigned type = p->pdu.type - X23_TYPE_X2, i;

	g.seen[format][type]++;
	for (i = 0; i < 3; i++)
		if (strncmp(p->title, names[i], strlen(names[i])) == 0)
			g.named[format][type] |= 1u << i;
}

static void
compare(const char *file, const struct vector_pdu *p, const char *got)
{
	const char *want = p->expected ? p->expected : "";
	char name[160];
	bool good = strcmp(got, want) == 0;
	unsigned line = 1;

	if (p->first)
		count(p);
	snprintf(name, sizeof(name), "line %u: %.100s", p->line, p->title);
	result(good, file, name);
	if (good || g.mode != COMPARE)
		return;
	while (*got && *got == *want) {
		line += *got == '\n';
		got++;
		want++;
	}
	while (line > 1 && got[-1] != '\n') {
		got--;
		want--;
	}
	printf("# line %u of the outcome\n# expected: %.*s\n# got:      %.*s\n", line,
	    (int)strcspn(want, "\n"), want, (int)strcspn(got, "\n"), got);
}

static void
run_file(const char *folder, const char *name)
{
	static struct vector_file f;
	char path[4400], *outcomes[VECTOR_PDUS_MAX];
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (vector_file_read(&f, path)) {
		result(false, name, f.why);
		fprintf(stderr, "%s: %s\n", path, f.why);
		vector_file_free(&f);
		return;
	}
	for (i = 0; i < f.pdus_n; i++) {
		if (f.pdus[i].first) {
			memset(&g.dialog, 0, sizeof(g.dialog));
			memset(g.seq, 0, sizeof(g.seq));
		}
		outcomes[i] = outcome(&f.pdus[i]);
		compare(name, &f.pdus[i], outcomes[i]);
	}
	if (g.mode == WRITE && vector_file_write(&f, path, outcomes))
		fprintf(stderr, "%s: cannot be written\n", path);
	for (i = 0; i < f.pdus_n; i++)
		free(outcomes[i]);
	vector_file_free(&f);
}

static int
is_vector(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".txt") == 0;
}

#define ROW(type, format, ...) {#type " " #format, X23_TYPE_##type, X23_FMT_##format},

static void
check_rows(void)
{
	static const struct {
		const char *name;
		unsigned type, format;
	} rows[] = {MAPPING_TABLE(ROW){"X2, later formats", X23_TYPE_X2, X23_FMT_N},
	    {"X3, later formats", X23_TYPE_X3, X23_FMT_N}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		result(g.seen[rows[i].format][rows[i].type - X23_TYPE_X2] >= 3 &&
			   g.named[rows[i].format][rows[i].type - X23_TYPE_X2] == 7,
		    "row of the mapping table has usual, minimal and nasty vectors", rows[i].name);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir"), *word = argc > 1 ? argv[1] : "";
	struct dirent **list;
	char folder[4000];
	int n, i;

	g.mode = strcmp(word, "--write") == 0  ? WRITE
		 : strcmp(word, "--dump") == 0 ? DUMP
					       : COMPARE;
	snprintf(folder, sizeof(folder), "%s/tests/vectors", top ? top : ".");
	n = scandir(folder, &list, is_vector, alphasort);
	if (n < 0 || handover_warrant_init(&g.warrant, (struct octets){(const uint8_t *)"V-1", 3},
			 "NL", "NL", (struct octets){(const uint8_t *)"OP", 2},
			 (struct octets){(const uint8_t *)"mdf", 3}, 43, false)) {
		printf("Bail out! %s cannot be read\n", folder);
		return 99;
	}
	for (i = 0; i < n; i++) {
		run_file(folder, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	if (g.mode == COMPARE) {
		check_rows();
		printf("1..%u\n", g.test_n);
	}
	return g.mode == COMPARE && g.bad_n > 0;
}
