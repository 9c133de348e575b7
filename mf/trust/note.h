/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes and the checkpoints (signed tree heads) written as such.  C2SP signed-note v1.0.0,
 * tlog-checkpoint v1.0.0, tlog-cosignature v1.0.0, with Ed25519 only:
 *
 *   <origin>\n<size>\n<root, base64>\n<extension lines>\n\n— <name> <base64(id | signature)>\n
 *
 * Nothing here allocates but keys. */
#ifndef TRUST_NOTE_H
#define TRUST_NOTE_H

#include "trust/merkle.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_MAX 16384 /* octets of a note with all its signatures */
#define NOTE_NAME_MAX 128
#define NOTE_LINE_MAX 320 /* octets of one signature line with its end */
#define NOTE_KEY_MAX 256  /* octets of a verifier key as text */

enum note_kind {
	NOTE_LOG = 1,	/* Ed25519 over the text */
	NOTE_COSIGN = 4 /* cosignature/v1: time and text, by a witness */
};

/* A public key with its name: "<name>+<id>+<base64(kind | key)>". */
struct note_key {
	char name[NOTE_NAME_MAX];
	enum note_kind kind;
	uint8_t id[4], raw[32];
	EVP_PKEY *key;
};
/* Is TEXT a key name or an origin: 1..127 octets without spaces, control characters and '+'? */
bool note_name_ok(const char *text);
/* From its text (a newline at the end is taken).  0, or -EINVAL. */
int note_key_parse(const char *text, struct note_key *k);
/* From a key (public or private half) and NAME.  0, or -EINVAL: not Ed25519, or not a name. */
int note_key_from(EVP_PKEY *key, const char *name, enum note_kind kind, struct note_key *k);
void note_key_text(const struct note_key *k, char out[NOTE_KEY_MAX]);
void note_key_fini(struct note_key *k);

/* Octets of the note at the front of TEXT; *BODY: those of its text, without the empty line.  0:
 * there is no whole note.  MORE: text may follow that has not been read. */
size_t note_parse(const char *text, size_t n, size_t *body);
/* A checkpoint: what its first three lines say.  0, or -EINVAL. */
struct note_head {
	char origin[NOTE_NAME_MAX];
	uint64_t size;
	uint8_t root[MERKLE_LEN];
};
int note_head_parse(const char *body, size_t n, struct note_head *h);
/* Does the note (N octets, text of BODY octets) carry a right signature of K?  0; -ENOENT: none of
 * that name and id; -EBADMSG: wrong.  *TIME_S (may be NULL): when a witness signed. */
int note_check(const char *note, size_t n, size_t body, const struct note_key *k, uint64_t *time_s);
/* The signature line of K over the text, to OUT; PRIVATE: its private half; TIME_S: for
 * NOTE_COSIGN.  Returns its octets, or -EINVAL. */
int note_sign(const char *body, size_t n, const struct note_key *k, EVP_PKEY *private,
    uint64_t time_s, char out[NOTE_LINE_MAX]);

/* Base 64 (RFC 4648 clause 4): octets written, without a NUL; -1: not exact base 64, or no room. */
int note_base64(const uint8_t *in, size_t n, char *out);
int note_unbase64(const char *in, size_t n, uint8_t *out, size_t max);

#endif
