/* SPDX-License-Identifier: Apache-2.0 */
/* mdf-verify: a report (docs/reports.md), taken as octets: its signature stands in a member of
 * fixed length, which is cut out of the text to check it. */
#include "verify_log.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_FRONT "],\"signature\":{\"key\":\""
#define REPORT_MIDDLE "\",\"sig\":\""
#define REPORT_BACK "\"},\"title\":"
#define REPORT_KEY_LEN 64
#define REPORT_SIG_LEN 88

static char *report;
static size_t report_n;

int
verify_report_read(struct verify *v)
{
	FILE *f = fopen(v->report, "re"), *out;
	uint8_t md[SHA256_DIGEST_LENGTH];
	char buf[65536];
	size_t n;

	if (f == NULL) {
		fprintf(stderr, "mdf-verify: %s: %s\n", v->report, strerror(errno));
		return VERIFY_USAGE;
	}
	free(report);
	out = open_memstream(&report, &report_n);
	if (out == NULL)
		abort(); /* no memory: GCOVR_EXCL_LINE */
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, out);
	fclose(f);
	fclose(out);
	SHA256((const uint8_t *)report, report_n, md);
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(v->report_sha256 + 2 * i, 3, "%02x", md[i]);
	return 0;
}

/* Where the member of the signature begins (at its comma), or NULL.  Quotes inside a string are
 * escaped, so no cell can look like it. */
static const char *
report_member(void)
{
	const size_t sig = strlen(REPORT_FRONT) + REPORT_KEY_LEN + strlen(REPORT_MIDDLE),
		     back = sig + REPORT_SIG_LEN;
	const char *p = memmem(report, report_n, REPORT_FRONT, strlen(REPORT_FRONT));

	if (p == NULL || report_n - (size_t)(p - report) < back + strlen(REPORT_BACK) ||
	    memcmp(p + sig - strlen(REPORT_MIDDLE), REPORT_MIDDLE, strlen(REPORT_MIDDLE)) != 0 ||
	    memcmp(p + back, REPORT_BACK, strlen(REPORT_BACK)) != 0)
		return NULL;
	return p + 1;
}

const char *
verify_report_signature(struct verify *v)
{
	const char *at = report_member(), *sig;
	size_t len =
	    strlen(REPORT_FRONT) - 1 + REPORT_KEY_LEN + strlen(REPORT_MIDDLE) + REPORT_SIG_LEN + 2;
	EVP_MD_CTX *md;
	uint8_t raw[64];
	char *text;
	bool good;

	if (at == NULL)
		return "the report is not signed";
	sig = at + strlen(REPORT_FRONT) - 1 + REPORT_KEY_LEN + strlen(REPORT_MIDDLE);
	if (note_unbase64(sig, REPORT_SIG_LEN, raw, sizeof(raw)) != sizeof(raw))
		return "the signature of the report is no base 64";
	text = malloc(report_n);
	md = EVP_MD_CTX_new();
	if (text == NULL || md == NULL)
		abort(); /* no memory: GCOVR_EXCL_LINE */
	memcpy(text, report, (size_t)(at - report));
	memcpy(text + (at - report), at + len, report_n - (size_t)(at - report) - len);
	good = EVP_DigestVerifyInit(md, NULL, NULL, NULL, v->key.key) == 1 &&
	       EVP_DigestVerify(md, raw, sizeof(raw), (const uint8_t *)text, report_n - len) == 1;
	EVP_MD_CTX_free(md);
	free(text);
	return good ? NULL : "the report was changed, or is signed by another key";
}
