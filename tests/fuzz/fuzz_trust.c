/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON, key lists, statements about destinations, signed notes, proofs of the tree.
 *
 * Input: an octet (what; 128: see there), then text.
 *   0 canon      JSON; its canonical form says the same and is its own
 *   1 keylist    a JSON array of {"doc": list or text, "by": "r" root, "0" "1" "2" persons, "-"
 *                wrong}: put in envelopes and signed.  In lists the texts "id0", "spki0" (to 2) and
 *                "prev" stand for what they must be.  128: the array is taken as the chain itself
 *   2 dest       {"d": destination, "doc": text or null for the right one, "by": "01"}
 *   3 note       a note; a line "sign" or "cosign" behind it is replaced by a right signature
 *   4 key        text of a verifier key
 *   5 merkle     sizes of a tree, and what is changed in its proofs */
#include "fuzz_util.h"
#include "trust/canon.h"
#include "trust/dest_doc.h"
#include "trust/keychain.h"
#include "trust/note.h"

#include <errno.h>

#define PERSONS 3
#define LEAVES_MAX 64

static EVP_PKEY *root, *person[PERSONS];
static char id[PERSONS + 1][SIGN_ID_TEXT], spki[PERSONS + 1][SIGN_SPKI_MAX * 2];
static struct note_key log_key, witness;

static void
begin(void)
{
	uint8_t raw[32], o[SIGN_SPKI_MAX];

	if (root != NULL)
		return;
	for (int i = 0; i <= PERSONS; i++) {
		EVP_PKEY **k = i < PERSONS ? &person[i] : &root;

		memset(raw, i + 1, sizeof(raw));
		*k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw, sizeof(raw));
		assert(*k != NULL);
		sign_id(*k, id[i]);
		EVP_EncodeBlock((uint8_t *)spki[i], o, (int)sign_spki(*k, o));
	}
	if (note_key_from(root, "fuzz.example/log", NOTE_LOG, &log_key) < 0 ||
	    note_key_from(person[0], "fuzz.example/w", NOTE_COSIGN, &witness) < 0)
		abort();
}

/* ---- canon */

static void
canon_run(const char *text, size_t n)
{
	json_t *j = json_loadb(text, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL), *again;
	size_t len = 0, len2 = 0;
	char *c = j == NULL ? NULL : canon_json(j, &len), *c2;
	uint8_t md[32];

	assert(j == NULL || (canon_sha256(j, md) == 0) == (c != NULL));
	if (c != NULL) {
		again = json_loadb(c, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
		assert(again != NULL && json_equal(j, again) && strlen(c) == len);
		c2 = canon_json(again, &len2);
		assert(c2 != NULL && len2 == len && strcmp(c, c2) == 0);
		free(c2);
		json_decref(again);
	}
	free(c);
	json_decref(j);
}

/* ---- key lists */

/* The signatures that BY names, over TEXT; new. */
static json_t *
signatures(const char *by, const char *text)
{
	json_t *sigs = json_array();
	struct keylist_sig sig;

	for (; by != NULL && *by != '\0' && json_array_size(sigs) < 4; by++) {
		int i = *by >= '0' && *by < '0' + PERSONS ? *by - '0' : PERSONS;

		memcpy(sig.key, id[i], sizeof(sig.key));
		if (sign_make(i < PERSONS ? person[i] : root, text, strlen(text), sig.sig) < 0)
			abort();
		sig.sig[5] ^= *by == '-';
		json_array_append_new(sigs, keylist_sig_write(&sig));
	}
	return sigs;
}

static const char *
stands_for(const char *text, const char *prev)
{
	size_t n = strlen(text);
	int i = n > 0 ? text[n - 1] - '0' : 9;

	if (strcmp(text, "prev") == 0)
		return prev;
	if (i < 0 || i > PERSONS)
		return text;
	if (n == 3 && strncmp(text, "id", 2) == 0)
		return id[i];
	return n == 5 && strncmp(text, "spki", 4) == 0 ? spki[i] : text;
}

static void
put_values(json_t *o, const char *prev)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(o, next, key, v)
	{
		if (json_is_string(v))
			json_object_set_new(
			    o, key, json_string(stands_for(json_string_value(v), prev)));
	}
}

/* The list of DOC as canonical text, new; PREV becomes its hash. */
static char *
list_text(json_t *doc, char prev[SIGN_ID_TEXT])
{
	json_t *entry;
	uint8_t md[32];
	char *text;
	size_t i;

	if (json_is_string(doc))
		return strdup(json_string_value(doc));
	put_values(doc, prev);
	json_array_foreach(json_object_get(doc, "keys"), i, entry) put_values(entry, prev);
	text = canon_json(doc, NULL);
	for (i = 0; text != NULL && canon_sha256(doc, md) == 0 && i < sizeof(md); i++)
		snprintf(prev + 2 * i, 3, "%02x", md[i]);
	return text;
}

static json_t *
chain_make(json_t *in)
{
	char prev[SIGN_ID_TEXT] = "", *text;
	json_t *chain = json_array(), *item;
	size_t i;

	json_array_foreach(in, i, item)
	{
		text = list_text(json_object_get(item, "doc"), prev);
		if (text == NULL || i > 8)
			text = text == NULL ? strdup("") : text;
		json_array_append_new(
		    chain, json_pack("{s:s, s:o}", "doc", text, "sigs",
			       signatures(json_string_value(json_object_get(item, "by")), text)));
		free(text);
	}
	return chain;
}

static void
look_list(const struct keylist *k, const char *text)
{
	const char *why;

	assert(keylist_version(k) >= 1 && strlen(keylist_hash(k)) == 64);
	assert(keylist_draft_check(NULL, keylist_text(k), &why) == 0 || keylist_version(k) > 1 ||
	       strstr(keylist_text(k), "\"prev\":\"\"") == NULL);
	keylist_draft_check(k, text, &why);
	for (int i = 0; i <= PERSONS; i++)
		keylist_find(k, id[i]);
}

/* The chain without its last list does not come back; nor does another list of that version. */
static void
take_older(struct keychain *c, json_t *chain)
{
	json_t *older = json_copy(chain);
	unsigned version = keylist_version(keychain_list(c));
	const char *why = NULL;
	char *text;

	assert(older != NULL && json_array_remove(older, json_array_size(older) - 1) == 0);
	text = json_dumps(older, JSON_COMPACT);
	assert(text != NULL && keychain_take(c, text, strlen(text), &why) < 0 && why != NULL);
	assert(keylist_version(keychain_list(c)) == version);
	free(text);
	json_decref(older);
}

static void
keylist_run(json_t *in, bool as_it_is)
{
	json_t *chain = as_it_is ? json_incref(in) : chain_make(in);
	char *text = json_dumps(chain, JSON_COMPACT | JSON_ENCODE_ANY);
	const char *why = NULL;
	struct keychain *c;
	struct keylist *k;
	size_t at = 0;
	int r;

	assert(text != NULL);
	EVP_PKEY_up_ref(root);
	c = keychain_new(root, NULL);
	k = keylist_load(root, chain, &at, &why);
	r = keychain_take(c, text, strlen(text), &why);
	assert((k != NULL) == (r == 1) && (r == 1 || why != NULL));
	if (k != NULL) {
		look_list(k, text);
		assert(keychain_take(c, text, strlen(text), &why) == 0);
		assert(keylist_version(keychain_list(c)) == keylist_version(k));
		keylist_next(k, root, json_array_get(chain, 0), &why);
		take_older(c, chain);
	}
	keylist_free(k);
	keychain_free(c);
	free(text);
	json_decref(chain);
}

/* ---- destinations */

/* A list in which person 0 creates, 1 approves and 2 was retired. */
static const struct keylist *
list_of_persons(void)
{
	static struct keylist *k;
	static const char text[] =
	    "[{\"doc\":{\"type\":\"openmdf.keys.v1\",\"version\":1,\"prev\":\"\",\"keys\":["
	    "{\"id\":\"id0\",\"spki\":\"spki0\",\"person\":\"a\",\"rights\":[\"create\"],"
	    "\"state\":\"active\",\"retired_ns\":\"\"},"
	    "{\"id\":\"id1\",\"spki\":\"spki1\",\"person\":\"b\",\"rights\":[\"approve\"],"
	    "\"state\":\"active\",\"retired_ns\":\"\"},"
	    "{\"id\":\"id2\",\"spki\":\"spki2\",\"person\":\"b\",\"rights\":[\"approve\","
	    "\"create\"],\"state\":\"retired\",\"retired_ns\":\"500\"}]},\"by\":\"3\"}]";
	json_t *in, *chain;
	const char *why;
	size_t at;

	if (k == NULL) {
		in = json_loads(text, 0, NULL);
		chain = chain_make(in);
		k = keylist_load(root, chain, &at, &why);
		assert(k != NULL);
		json_decref(chain);
		json_decref(in);
	}
	return k;
}

static void
dest_run(json_t *in)
{
	json_t *d = json_object_get(in, "d"), *given = json_object_get(in, "doc"), *j, *order;
	const char *why = NULL, *by = json_string_value(json_object_get(in, "by"));
	char *text = NULL;
	int64_t ns = 0;
	int r;

	order = json_object_get(in, "order");
	if (json_is_string(given)) {
		text = strdup(json_string_value(given));
	} else if (order != NULL && (j = dest_doc_statement(d, "lea-a", order)) != NULL) {
		text = canon_json(j, NULL);
		json_decref(j);
	}
	if (text != NULL && json_is_object(d))
		json_object_set_new(d, "statement",
		    json_pack("{s:s, s:o}", "doc", text, "sigs", signatures(by, text)));
	r = dest_doc_check(list_of_persons(), d, "lea-a", &ns, &why);
	assert(r == 0 || why != NULL);
	if (r == 0) /* signed by two persons with the rights for it, and for this agency only */
		assert(strlen(by) == 2 && (by[0] == '0' || by[0] == '2') && by[1] != by[0] &&
		       dest_doc_check(list_of_persons(), d, "lea-b", &ns, &why) < 0 &&
		       dest_doc_check(NULL, d, "lea-a", &ns, &why) < 0);
	free(text);
}

/* ---- notes */

static void
note_run(const char *in, size_t n)
{
	static char note[NOTE_MAX + 2 * NOTE_LINE_MAX];
	char line[NOTE_LINE_MAX];
	const char *mark = memmem(in, n, "\n\nsign", 6), *co = memmem(in, n, "\n\ncosign", 8);
	size_t body = 0, len = n < NOTE_MAX ? n : NOTE_MAX, whole, ours = 0;
	struct note_head h;
	uint64_t time_s = 0;
	int r;

	if (n > 0)
		memcpy(note, in, len);
	if (mark == NULL)
		mark = co;
	if (mark != NULL && (size_t)(mark - in) + 8 < len) {
		ours = (size_t)(mark - in) + 1;
		r = note_sign(note, ours, mark == co ? &witness : &log_key,
		    mark == co ? person[0] : root, 1234, line);
		assert(r > 0 && r < NOTE_LINE_MAX);
		memcpy(note + ours + 1, line, (size_t)r);
		len = ours + 1 + (size_t)r;
	}
	whole = note_parse(note, len, &body);
	if (whole == 0)
		return;
	assert(whole <= len && body + 1 < whole && note[body - 1] == '\n');
	r = note_check(note, whole, body, &log_key, NULL);
	if (note_head_parse(note, body, &h) == 0)
		assert(h.origin[0] != '\0');
	assert(body != ours || mark == co || r == 0);
	r = note_check(note, whole, body, &witness, &time_s);
	assert(body != ours || mark != co || (r == 0 && time_s == 1234));
}

static void
key_run(const char *text)
{
	struct note_key k;
	char back[NOTE_KEY_MAX];

	if (note_key_parse(text, &k) < 0)
		return;
	note_key_text(&k, back);
	assert(strncmp(text, back, strlen(back)) == 0 && note_name_ok(k.name));
	note_key_fini(&k);
}

/* ---- the tree */

struct leaves {
	uint8_t leaf[LEAVES_MAX][MERKLE_LEN];
	uint64_t n;
};

static int
on_read(void *arg, unsigned level, uint64_t index, uint8_t out[MERKLE_LEN])
{
	const struct leaves *l = arg;
	struct merkle m = {0};

	for (uint64_t i = index << level; i < (index + 1) << level; i++) {
		if (i >= l->n)
			return -EINVAL;
		merkle_add(&m, l->leaf[i]);
	}
	merkle_root(&m, out);
	return 0;
}

static void
merkle_run(struct fuzz_in *f)
{
	static struct leaves l;
	struct merkle m = {0}, by_trees = {0};
	uint64_t size = 1 + fuzz_u8(f) % LEAVES_MAX, old = fuzz_u8(f) % (size + 1),
		 index = fuzz_u8(f) % size, wrong = fuzz_number(f, 8);
	uint8_t path[MERKLE_PATH_MAX][MERKLE_LEN], old_root[MERKLE_LEN], new_root[MERKLE_LEN],
	    hash[MERKLE_LEN];
	unsigned at = fuzz_u8(f), bit = 1u << (fuzz_u8(f) & 7), level;
	size_t n = 0;

	for (l.n = 0; l.n < size; l.n++) {
		merkle_leaf(&l.n, sizeof(l.n), l.leaf[l.n]);
		merkle_add(&m, l.leaf[l.n]);
	}
	merkle_root(&m, new_root);
	if (merkle_root_at(on_read, &l, old, old_root) < 0 ||
	    merkle_inclusion(on_read, &l, index, size, path, &n) < 0)
		abort();
	assert(merkle_inclusion_check(l.leaf[index], index, size, path, n, new_root) == 0);
	if (n > 0) {
		path[at % n][at / 8 % MERKLE_LEN] ^= (uint8_t)bit;
		assert(merkle_inclusion_check(l.leaf[index], index, size, path, n, new_root) < 0);
	}
	merkle_inclusion_check(l.leaf[index], wrong, wrong ^ at, path, n, new_root);
	if (merkle_consistency(on_read, &l, old, size, path, &n) == 0) {
		assert(merkle_consistency_check(old, old_root, size, new_root, path, n) == 0);
		old_root[at % MERKLE_LEN] ^= (uint8_t)bit;
		assert(merkle_consistency_check(old, old_root, size, new_root, path, n) < 0);
	}
	merkle_consistency_check(wrong, old_root, wrong + at, new_root, path, n);
	for (uint64_t done = 0; done < size; done += UINT64_C(1) << level) {
		level = merkle_next(done, size);
		if (on_read(&l, level, done >> level, hash) < 0 ||
		    merkle_add_tree(&by_trees, level, hash) < 0)
			abort();
	}
	merkle_root(&by_trees, hash);
	assert(memcmp(hash, new_root, sizeof(hash)) == 0);
	merkle_add_tree(&by_trees, at, hash);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	struct fuzz_in f = {in, n};
	uint8_t what = fuzz_u8(&f);
	char *text = fuzz_text((struct octets){f.p, f.n});
	json_t *j = NULL;

	begin();
	switch (what & 7) {
	case 0:
		canon_run(text, f.n);
		break;
	case 1:
	case 2:
		j = json_loadb(text, f.n, JSON_REJECT_DUPLICATES, NULL);
		if (j != NULL && (what & 7) == 1 && json_array_size(j) < 6)
			keylist_run(j, what & 128);
		else if (j != NULL && (what & 7) == 2)
			dest_run(j);
		break;
	case 3:
		note_run(text, f.n);
		break;
	case 4:
		key_run(text);
		break;
	case 5:
		merkle_run(&f);
		break;
	}
	json_decref(j);
	free(text);
	return 0;
}
