/* SPDX-License-Identifier: Apache-2.0 */
/* Files that mdf-ne reads: captures (pcap, pcapng) and scripts.
 *
 * Input: an octet (1: script; else bits: 2 Ethernet frames whole, 4 a SIP target, 8 an address, 64
 * a target of its own: a line), then the file.  A script names no other file. */
#include "base/clock.h"
#include "fuzz_util.h"
#include "tools/ne_pdu.h"
#include "tools/ne_source.h"

#include <jansson.h>

#define PDUS_MAX 256

static char path[128];

static void
look(const struct ne_item *item, const struct ne_conf *conf)
{
	uint64_t sum = 0;

	assert(item->xid < conf->xids_n || conf->xids_n == 0);
	for (size_t i = 0; i < item->pdu.payload.n; i++)
		sum += item->pdu.payload.p[i];
	assert(sum <= item->pdu.payload.n * 255);
}

/* A script that names a file would read it. */
static bool
names_file(const char *text)
{
	bool named = false;

	while (*text != '\0' && !named) {
		size_t n = strcspn(text, "\n");
		json_t *j = json_loadb(text, n, JSON_ALLOW_NUL, NULL);

		named = json_object_get(j, "file") != NULL;
		json_decref(j);
		text += n + (text[n] == '\n');
	}
	return named;
}

static void
run_script(struct ne_conf *conf, const char *text)
{
	struct ne_script *s;
	struct ne_item item;
	int64_t wake = 0;

	if (names_file(text))
		return;
	conf->script = path;
	s = ne_script_new(conf);
	for (int i = 0; s != NULL && i < PDUS_MAX; i++) {
		if (ne_script_next(s, INT64_MAX / 2, &item, &wake) != 1)
			break;
		look(&item, conf);
	}
	ne_script_free(s);
}

static void
run_capture(struct ne_conf *conf, uint8_t options, char *own)
{
	static char sip[] = "sip:alice@example.com", ip[] = "ip:192.0.2.1";
	char *targets[3] = {options & 4 ? sip : ip, ip};
	struct ne_item item;
	struct ne_cap *c;
	int64_t wake = 0;

	conf->pcap = path;
	conf->ethernet = options & 2;
	conf->loop = 1;
	conf->verbose = options & 2;
	conf->targets = targets;
	conf->targets_n = (options & 12) == 12 ? 2 : (options & 12) != 0;
	if (own != NULL)
		targets[conf->targets_n++] = own;
	c = ne_cap_new(conf);
	for (int i = 0; c != NULL && i < PDUS_MAX; i++) {
		if (ne_cap_next(c, INT64_MAX / 2, &item, &wake) != 1)
			break;
		look(&item, conf);
	}
	ne_cap_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static struct ne_conf conf;
	struct fuzz_in f = {in, n};
	uint8_t options = fuzz_u8(&f);
	char *text, *own = NULL;
	const uint8_t *nl;
	struct fuzz_quiet q;

	if ((options & 65) == 64 && f.n > 0 && (nl = memchr(f.p, '\n', f.n)) != NULL) {
		own = fuzz_text((struct octets){f.p, (size_t)(nl - f.p)});
		f.n -= (size_t)(nl + 1 - f.p);
		f.p = nl + 1;
	}
	text = fuzz_text((struct octets){f.p, f.n});

	if (path[0] == '\0')
		snprintf(path, sizeof(path), "%s/file", fuzz_dir());
	fuzz_write(path, text, f.n);
	memset(&conf, 0, sizeof(conf));
	conf.xids = calloc(1, 16);
	assert(conf.xids != NULL);
	conf.xids_n = 1;
	q = fuzz_quiet();
	if (options & 1)
		run_script(&conf, text);
	else
		run_capture(&conf, options, own);
	fuzz_loud(q);
	free(conf.xids);
	free(text);
	free(own);
	return 0;
}
