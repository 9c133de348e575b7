/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes; see note.h. */
#include "trust/note.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_DASH "\xe2\x80\x94 " /* em dash and space before each signature */
#define NOTE_DASH_LEN 4
#define NOTE_SIG_LEN 64
#define NOTE_TIME_LEN 8
#define NOTE_COSIGN_HEAD "cosignature/v1\ntime "

int
note_base64(const uint8_t *in, size_t n, char *out)
{
	return EVP_EncodeBlock((unsigned char *)out, in, (int)n); /* writes a NUL too */
}

static int
note_digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c == '\0' ? NULL : strchr(digits, c);

	return p == NULL ? -1 : (int)(p - digits);
}

int
note_unbase64(const char *in, size_t n, uint8_t *out, size_t max)
{
	size_t pad = n > 0 && in[n - 1] == '=' ? 1 + (n > 1 && in[n - 2] == '=') : 0, len;
	uint32_t v = 0;

	if (n % 4 != 0)
		return -1;
	len = n / 4 * 3 - pad;
	if (len > max)
		return -1;
	for (size_t i = 0, o = 0; i < n; i++) {
		int d = i >= n - pad ? 0 : note_digit(in[i]);

		if (d < 0)
			return -1;
		v = v << 6 | (uint32_t)d;
		for (int s = 16; i % 4 == 3 && s >= 0; s -= 8) {
			uint8_t octet = (uint8_t)(v >> s);

			if (o < len)
				out[o++] = octet;
			else if (octet != 0)
				return -1; /* one text only for the same octets */
		}
		v = i % 4 == 3 ? 0 : v;
	}
	return (int)len;
}

/* ---- keys */

bool
note_name_ok(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == '+' || text[i] == 0x7f)
			return false;
	return n > 0 && n < NOTE_NAME_MAX;
}

static void
note_key_id(struct note_key *k)
{
	uint8_t text[NOTE_NAME_MAX + 2 + sizeof(k->raw)], md[SHA256_DIGEST_LENGTH];
	size_t n = strlen(k->name);

	memcpy(text, k->name, n);
	text[n++] = '\n';
	text[n++] = (uint8_t)k->kind;
	memcpy(text + n, k->raw, sizeof(k->raw));
	SHA256(text, n + sizeof(k->raw), md);
	memcpy(k->id, md, sizeof(k->id));
}

int
note_key_from(EVP_PKEY *key, const char *name, enum note_kind kind, struct note_key *k)
{
	size_t n = sizeof(k->raw);

	*k = (struct note_key){.kind = kind};
	if (!note_name_ok(name) || !EVP_PKEY_is_a(key, "ED25519") ||
	    EVP_PKEY_get_raw_public_key(key, k->raw, &n) != 1)
		return -EINVAL;
	snprintf(k->name, sizeof(k->name), "%s", name);
	k->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->raw, sizeof(k->raw));
	note_key_id(k);
	return k->key == NULL ? -EINVAL : 0;
}

void
note_key_text(const struct note_key *k, char out[NOTE_KEY_MAX])
{
	uint8_t raw[1 + sizeof(k->raw)] = {(uint8_t)k->kind};
	int n = snprintf(out, NOTE_KEY_MAX, "%s+%02x%02x%02x%02x+", k->name, k->id[0], k->id[1],
	    k->id[2], k->id[3]);

	memcpy(raw + 1, k->raw, sizeof(k->raw));
	note_base64(raw, sizeof(raw), out + n);
}

int
note_key_parse(const char *text, struct note_key *k)
{
	char copy[NOTE_KEY_MAX], want[NOTE_KEY_MAX];
	const char *end, *name = strchr(text, '+');
	size_t n = strcspn(text, "\r\n");
	uint8_t raw[33];

	*k = (struct note_key){.kind = NOTE_LOG};
	if (n >= sizeof(copy) || name == NULL || (size_t)(name - text) >= sizeof(k->name))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	/* base 64 may hold a '+' too: the name and the id end at the first two */
	end = strchr(name + 1, '+');
	if (end == NULL || end - name != 9 || end >= text + n ||
	    note_unbase64(end + 1, (size_t)(text + n - end - 1), raw, sizeof(raw)) != sizeof(raw))
		return -EINVAL;
	memcpy(k->name, text, (size_t)(name - text));
	k->kind = (enum note_kind)raw[0];
	memcpy(k->raw, raw + 1, sizeof(k->raw));
	note_key_id(k);
	note_key_text(k, want);
	if ((raw[0] != NOTE_LOG && raw[0] != NOTE_COSIGN) || !note_name_ok(k->name) ||
	    strcmp(copy, want) != 0)
		return -EINVAL;
	k->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->raw, sizeof(k->raw));
	return k->key == NULL ? -EINVAL : 0;
}

void
note_key_fini(struct note_key *k)
{
	EVP_PKEY_free(k->key);
	k->key = NULL;
}

/* ---- text */

size_t
note_parse(const char *text, size_t n, size_t *body)
{
	const char *blank = memmem(text, n, "\n\n" NOTE_DASH, 2 + NOTE_DASH_LEN), *p, *end;

	if (blank == NULL)
		return 0;
	*body = (size_t)(blank + 1 - text);
	for (p = blank + 2;
	     (size_t)(text + n - p) >= NOTE_DASH_LEN && memcmp(p, NOTE_DASH, NOTE_DASH_LEN) == 0;
	     p = end + 1)
		if ((end = memchr(p, '\n', (size_t)(text + n - p))) == NULL)
			return 0;
	return (size_t)(p - text) <= NOTE_MAX ? (size_t)(p - text) : 0;
}

/* The line at *P up to END, without its newline; *P moves behind it.  0: no whole line. */
static size_t
note_line(const char **p, const char *end, const char **line)
{
	const char *e = *p < end ? memchr(*p, '\n', (size_t)(end - *p)) : NULL;

	if (e == NULL)
		return 0;
	*line = *p;
	*p = e + 1;
	return (size_t)(e - *line);
}

int
note_head_parse(const char *body, size_t n, struct note_head *h)
{
	const char *p = body, *end = body + n, *line;
	size_t len = note_line(&p, end, &line);

	memset(h, 0, sizeof(*h));
	if (len == 0 || len >= sizeof(h->origin) || memchr(line, '\0', len) != NULL)
		return -EINVAL;
	memcpy(h->origin, line, len);
	len = note_line(&p, end, &line);
	if (len == 0 || len > 18 || (line[0] == '0' && len > 1))
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (line[i] < '0' || line[i] > '9')
			return -EINVAL;
		h->size = h->size * 10 + (uint64_t)(line[i] - '0');
	}
	len = note_line(&p, end, &line);
	if (note_unbase64(line, len, h->root, sizeof(h->root)) != sizeof(h->root))
		return -EINVAL;
	while (p < end)
		if (note_line(&p, end, &line) == 0)
			return -EINVAL; /* extension lines are not empty */
	return 0;
}

/* ---- signatures */

/* What a witness signs: two lines of its own, then the text.  Returns the octets. */
static size_t
note_cosigned(const char *body, size_t n, uint64_t time_s, char *out, size_t max)
{
	int head = snprintf(out, max, NOTE_COSIGN_HEAD "%llu\n", (unsigned long long)time_s);

	if (n > NOTE_MAX)
		return 0;
	memcpy(out + head, body, n);
	return (size_t)head + n;
}

static int
note_verify(const struct note_key *k, const char *data, size_t n, const uint8_t *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->key) == 1 &&
			EVP_DigestVerify(ctx, sig, NOTE_SIG_LEN, (const uint8_t *)data, n) == 1
		    ? 0
		    : -EBADMSG;

	EVP_MD_CTX_free(ctx);
	return r;
}

/* One signature of the right name and id: RAW behind the id, LEN octets. */
static int
note_check_one(const char *note, size_t body, const struct note_key *k, const uint8_t *raw,
    size_t len, uint64_t *time_s)
{
	char text[NOTE_MAX + 64];
	uint64_t t = 0;

	if (k->kind == NOTE_LOG)
		return len == NOTE_SIG_LEN ? note_verify(k, note, body, raw) : -EBADMSG;
	if (len != NOTE_TIME_LEN + NOTE_SIG_LEN)
		return -EBADMSG;
	for (size_t i = 0; i < NOTE_TIME_LEN; i++)
		t = t << 8 | raw[i];
	if (time_s != NULL)
		*time_s = t;
	return note_verify(
	    k, text, note_cosigned(note, body, t, text, sizeof(text)), raw + NOTE_TIME_LEN);
}

int
note_check(const char *note, size_t n, size_t body, const struct note_key *k, uint64_t *time_s)
{
	const char *p = note + body + 1, *end = note + n, *line;
	size_t name = strlen(k->name), len;
	uint8_t raw[256];

	while ((len = note_line(&p, end, &line)) > NOTE_DASH_LEN + name + 1) {
		const char *sig = line + NOTE_DASH_LEN + name + 1;
		int got;

		if (memcmp(line + NOTE_DASH_LEN, k->name, name) != 0 || sig[-1] != ' ')
			continue;
		got = note_unbase64(sig, (size_t)(line + len - sig), raw, sizeof(raw));
		if (got >= 4 && memcmp(raw, k->id, 4) == 0)
			return note_check_one(note, body, k, raw + 4, (size_t)got - 4, time_s);
	}
	return -ENOENT;
}

int
note_sign(const char *body, size_t n, const struct note_key *k, EVP_PKEY *private, uint64_t time_s,
    char out[NOTE_LINE_MAX])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char text[NOTE_MAX + 64];
	uint8_t raw[4 + NOTE_TIME_LEN + NOTE_SIG_LEN];
	size_t at = 4, sig = NOTE_SIG_LEN;
	const char *what = body;
	int r = -EINVAL;

	memcpy(raw, k->id, 4);
	for (int s = 56; k->kind == NOTE_COSIGN && s >= 0; s -= 8)
		raw[at++] = (uint8_t)(time_s >> s);
	if (k->kind == NOTE_COSIGN) {
		n = note_cosigned(body, n, time_s, text, sizeof(text));
		what = text;
	}
	if (ctx != NULL && n > 0 && EVP_DigestSignInit(ctx, NULL, NULL, NULL, private) == 1 &&
	    EVP_DigestSign(ctx, raw + at, &sig, (const uint8_t *)what, n) == 1 &&
	    sig == NOTE_SIG_LEN) {
		r = snprintf(out, NOTE_LINE_MAX, NOTE_DASH "%s ", k->name);
		r += note_base64(raw, at + sig, out + r);
		out[r++] = '\n';
		out[r] = '\0';
	}
	EVP_MD_CTX_free(ctx);
	return r;
}
