/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-verify: exports of the audit log, heads, proofs, reports, and the witness.  An export that
 * holds does not hold any more when an octet of a row is changed.
 *
 * Input: options, then lines; a line of octets 1, 2 or 3 begins the heads from elsewhere, the
 * report, the witness's state.  Lines that begin so stand for what only who has the keys can make:
 *   K key of the log     Rtext  the next row, "text" inside its detail     rTEXT  a row as it is
 *   Ntext  the next row, which stands in another file
 *   H head of the tree so far (Hn: of n rows more; H-: wrongly signed; H+: with a witness; H!:
 * unsigned) E end                Tn     a subtree of level n    S  member of a report with its
 * signature In a row "@" stands for the hash of the report. options 1: the key is given  2: heads
 * from elsewhere  4: a witness is asked for  8: a report 16: as JSON  32: rows are shown  64:
 * cosign */
#include "fuzz_util.h"
#include "tools/verify_log.h"

#include <openssl/pem.h>
#include <openssl/sha.h>

#define ORIGIN "fuzz.example/log"
#define TEXT_MAX 65536
#define ROW_MAX 1024

struct text {
	char o[TEXT_MAX];
	size_t n;
};

static EVP_PKEY *log_private, *witness_private;
static struct note_key log_key, witness;
static char path[4][128], witness_pem[128];
static struct text file[4]; /* export, heads, report, state */
static struct merkle tree;
static uint8_t prev[MERKLE_LEN];
static uint64_t rows;
static char report_sha256[65];

static EVP_PKEY *
key_make(int i, const char *name, enum note_kind kind, struct note_key *k)
{
	uint8_t raw[32];
	EVP_PKEY *key;

	memset(raw, i, sizeof(raw));
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw, sizeof(raw));
	if (key == NULL || note_key_from(key, name, kind, k) < 0)
		abort();
	return key;
}

static void
begin(void)
{
	static const char *const name[] = {"export", "heads", "report", "state"};
	FILE *f;

	if (log_private != NULL)
		return;
	log_private = key_make(1, ORIGIN, NOTE_LOG, &log_key);
	witness_private = key_make(2, "fuzz.example/w", NOTE_COSIGN, &witness);
	for (int i = 0; i < 4; i++)
		snprintf(path[i], sizeof(path[i]), "%s/%s", fuzz_dir(), name[i]);
	snprintf(witness_pem, sizeof(witness_pem), "%s/witness.pem", fuzz_dir());
	f = fopen(witness_pem, "w");
	if (f == NULL || PEM_write_PrivateKey(f, witness_private, NULL, NULL, 0, NULL, NULL) != 1)
		abort();
	fclose(f);
}

/* ---- writing */

static void
put(struct text *t, const char *p, size_t n)
{
	if (n > TEXT_MAX - t->n)
		n = TEXT_MAX - t->n;
	if (n > 0)
		memcpy(t->o + t->n, p, n);
	t->n += n;
}

static void
put_text(struct text *t, const char *p)
{
	put(t, p, strlen(p));
}

static void
put_hex(struct text *t, const uint8_t *p)
{
	char hex[3];

	for (size_t i = 0; i < MERKLE_LEN; i++) {
		snprintf(hex, sizeof(hex), "%02x", p[i]);
		put(t, hex, 2);
	}
}

static void
put_row(struct text *t, const char *json, size_t n)
{
	uint8_t leaf[MERKLE_LEN];

	merkle_leaf(json, n, leaf);
	put_hex(t, leaf);
	put(t, " ", 1);
	put(t, json, n);
	put(t, "\n", 1);
	merkle_add(&tree, leaf);
	memcpy(prev, leaf, sizeof(prev));
	rows++;
}

/* A row with TEXT inside its detail. */
static void
put_made_row(struct text *t, const char *text, size_t n)
{
	static struct text row;

	row.n = 0;
	put_text(&row, "{\"detail\":{");
	for (size_t i = 0; i < n && i < ROW_MAX; i++)
		if (text[i] == '@')
			put_text(&row, report_sha256);
		else
			put(&row, text + i, 1);
	put_text(&row, "},\"op\":\"report.make\",\"prev\":\"");
	put_hex(&row, prev);
	put_text(&row, "\",\"seq\":");
	row.n += (size_t)snprintf(row.o + row.n, 40, "%llu}", (unsigned long long)rows + 1);
	put_row(t, row.o, row.n);
}

static void
put_head(struct text *t, const char *how, size_t n)
{
	char body[400], root[64], line[NOTE_LINE_MAX];
	uint8_t hash[MERKLE_LEN];
	int len;

	merkle_root(&tree, hash);
	note_base64(hash, sizeof(hash), root);
	len = snprintf(body, sizeof(body), "%s\n%llu\n%s\n", ORIGIN,
	    (unsigned long long)tree.n + (n > 0 && how[0] >= '0' ? (unsigned)how[0] - '0' : 0u),
	    root);
	put(t, body, (size_t)len);
	if (n > 0 && how[0] == '!')
		return;
	put(t, "\n", 1);
	if (n > 0 && how[0] == '-')
		body[0] ^= 1;
	if (note_sign(body, (size_t)len, &log_key, log_private, 0, line) > 0)
		put_text(t, line);
	if (n > 0 && how[0] == '+' &&
	    note_sign(body, (size_t)len, &witness, witness_private, 99, line) > 0)
		put_text(t, line);
}

static void
put_tree(struct text *t, unsigned level)
{
	uint8_t hash[MERKLE_LEN];
	char text[32];

	merkle_leaf(&level, sizeof(level), hash);
	snprintf(text, sizeof(text), "tree %u ", level);
	put_text(t, text);
	put_hex(t, hash);
	put(t, "\n", 1);
	if (merkle_add_tree(&tree, level, hash) == 0)
		rows += UINT64_C(1) << level;
}

/* The text so far, with the member of a signature in it over what stands before and REST. */
static void
put_signature(struct text *t, const char *rest, size_t n)
{
	static struct text whole;
	uint8_t raw[64];
	size_t len = sizeof(raw);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char key[65], sig[100];

	whole.n = 0;
	put_text(t, "]");
	put(&whole, t->o, t->n);
	put_text(&whole, ",\"title\":");
	put(&whole, rest, n);
	if (md == NULL || EVP_DigestSignInit(md, NULL, NULL, NULL, log_private) != 1 ||
	    EVP_DigestSign(md, raw, &len, (const uint8_t *)whole.o, whole.n) != 1)
		abort();
	EVP_MD_CTX_free(md);
	memset(key, 'a', 64);
	key[64] = '\0';
	note_base64(raw, sizeof(raw), sig);
	put_text(t, ",\"signature\":{\"key\":\"");
	put_text(t, key);
	put_text(t, "\",\"sig\":\"");
	put_text(t, sig);
	put_text(t, "\"},\"title\":");
	put(t, rest, n);
}

static void
put_line(struct text *t, const char *line, size_t n)
{
	static struct text nowhere;
	char text[NOTE_KEY_MAX + 40];

	switch (n > 0 ? line[0] : 0) {
	case 'K':
		note_key_text(&log_key, text);
		put_text(t, "key ");
		put_text(t, text);
		put(t, "\n", 1);
		return;
	case 'R':
		put_made_row(t, line + 1, n - 1);
		return;
	case 'N':
		nowhere.n = 0;
		put_made_row(&nowhere, line + 1, n - 1);
		return;
	case 'r':
		put_row(t, line + 1, n - 1);
		return;
	case 'H':
		put_head(t, line + 1, n - 1);
		return;
	case 'T':
		put_tree(t, n > 1 ? (unsigned)(line[1] - '0') & 63 : 0);
		return;
	case 'E':
		snprintf(text, sizeof(text), "end %llu\n", (unsigned long long)rows);
		put_text(t, text);
		return;
	case 'S':
		put_signature(t, line + 1, n - 1);
		return;
	default:
		put(t, line, n);
		put(t, "\n", 1);
	}
}

/* The report first: rows name its hash. */
static void
put_part(int part, const char *in, size_t n)
{
	uint8_t md[SHA256_DIGEST_LENGTH];
	int now = 0;

	memset(&tree, 0, sizeof(tree));
	memset(prev, 0, sizeof(prev));
	rows = 0;
	file[part].n = 0;
	for (const char *end; n > 0; n -= (size_t)(end - in), in = end) {
		const char *nl = memchr(in, '\n', n);
		size_t len = nl == NULL ? n : (size_t)(nl - in);

		end = nl == NULL ? in + n : nl + 1;
		if (len == 1 && in[0] >= 1 && in[0] <= 3)
			now = in[0];
		else if (now == part)
			put_line(&file[part], in, len);
	}
	SHA256((const uint8_t *)file[part].o, file[part].n, md);
	for (size_t i = 0; part == 2 && i < sizeof(md); i++)
		snprintf(report_sha256 + 2 * i, 3, "%02x", md[i]);
	fuzz_write(path[part], file[part].o, file[part].n);
}

/* ---- verifying */

static int
verify(uint8_t options)
{
	static struct verify v;
	struct verify_cosign c = {.state = path[3], .sign = witness_pem, .name = witness.name};
	struct fuzz_quiet q = fuzz_quiet();
	char text[NOTE_KEY_MAX];
	int r;

	memset(&v, 0, sizeof(v));
	v.has_key = options & 1;
	v.json = options & 16;
	v.show = options & 32;
	note_key_text(&log_key, text);
	if (v.has_key && note_key_parse(text, &v.key) < 0)
		abort();
	if (options & 2)
		v.heads_files[v.heads_files_n++] = path[1];
	note_key_text(&witness, text);
	if ((options & 4) && note_key_parse(text, &v.witness[v.witness_n++]) < 0)
		abort();
	v.report = options & 8 ? path[2] : NULL;
	if (v.report != NULL)
		verify_report_read(&v);
	r = options & 64 ? verify_cosign(&v, &c, path[0]) : verify_file(&v, path[0]);
	assert(strpbrk(v.why, "\"\\\n\033") == NULL);
	verify_end(&v);
	fuzz_loud(q);
	return r;
}

static bool
is_row(const char *line, const char *end)
{
	return end - line > 66 && line[64] == ' ' && strspn(line, "0123456789abcdef") == 64;
}

/* Change one octet of one row. */
static void
change_and_verify(uint8_t options, unsigned at)
{
	struct text *t = &file[0];
	const char *end = t->o + t->n;
	size_t n = 0, pick;

	for (char *p = t->o, *nl; (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1)
		n += is_row(p, nl);
	pick = n > 0 ? at / 64 % n : 0;
	for (char *p = t->o, *nl; n > 0 && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL;
	     p = nl + 1)
		if (is_row(p, nl) && pick-- == 0) {
			p[at % 64] = p[at % 64] == '0' ? '1' : '0';
			fuzz_write(path[0], t->o, t->n);
			assert(verify(options) != VERIFY_OK);
			return;
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct fuzz_in f = {in, n};
	uint8_t options = fuzz_u8(&f);
	unsigned at = fuzz_u8(&f) * 64u + fuzz_u8(&f);
	char *text = fuzz_text((struct octets){f.p, f.n});
	int r;

	begin();
	report_sha256[0] = '\0';
	for (int part = 3; part >= 0; part--)
		if (part == 0 || (part == 1 && (options & 2)) || (part == 2 && (options & 8)) ||
		    (part == 3 && (options & 64)))
			put_part(part, text, f.n);
	r = verify(options);
	assert(r == VERIFY_OK || r == VERIFY_BAD || r == VERIFY_USAGE);
	if (r == VERIFY_OK && (options & 65) == 1)
		change_and_verify(options, at);
	free(text);
	return 0;
}
