/* SPDX-License-Identifier: Apache-2.0 */
/* Signed heads of the audit log: made, stored, written to the second place, compared with it.  A
 * log must never sign two heads that contradict each other: while there is doubt it signs nothing.
 */
#include "admin/auditlog_priv.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"
#include "trust/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUDIT_TAIL_LEN (256 * 1024) /* of the second place, where its newest head is looked for */

bool
auditlog_can_sign(const struct auditlog *l)
{
	return l != NULL && l->key != NULL && l->doubt == AUDIT_SOUND;
}

const char *
auditlog_origin(const struct auditlog *l)
{
	return l == NULL ? "" : l->id.name;
}

const char *
auditlog_vkey(const struct auditlog *l)
{
	return l == NULL ? "" : l->vkey;
}

/* ---- key and files */

/* A file that only we read, whole and durable, in place of an older one, or none.  0 or -errno. */
static int
audit_file_make(const char *path, const char *text, size_t n)
{
	char tmp[4104];
	int fd, r = 0;

	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	unlink(tmp); /* of a start that was cut short */
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, text, n) != (ssize_t)n || fsync(fd) < 0)
		r = errno == 0 ? -EIO : -errno;
	close(fd);
	if (r == 0 && rename(tmp, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(tmp);
	return r < 0 ? r : file_name_sync(path);
}

static int
audit_key_make(const char *path)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	BIO *b = BIO_new(BIO_s_mem());
	char *text;
	long n;
	int r = -EIO;

	if (key != NULL && b != NULL &&
	    PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1) {
		n = BIO_get_mem_data(b, &text);
		r = audit_file_make(path, text, (size_t)n);
		OPENSSL_cleanse(text, (size_t)n);
	}
	BIO_free(b);
	EVP_PKEY_free(key);
	return r;
}

static int
audit_key_open(struct auditlog *l, struct fault *f)
{
	const struct conf *conf = l->env.conf;
	const char *why = "it cannot be made";
	char path[4096];

	snprintf(path, sizeof(path), "%s%s",
	    conf->log_key != NULL ? conf->log_key : conf->state_dir,
	    conf->log_key != NULL ? "" : "/log.key");
	if (conf->log_key == NULL && access(path, F_OK) < 0 && audit_key_make(path) < 0)
		return fault_set(f, FAULT_INTERNAL, "log.key", path, "see state_dir", "%s", why);
	l->key = sign_key_load(path, NULL, &why);
	if (l->key == NULL || note_key_from(l->key, conf->log_origin, NOTE_LOG, &l->id) < 0)
		return fault_set(f, FAULT_INTERNAL, "log.key", path, "see log.key and log.origin",
		    "%s",
		    l->key == NULL ? why
				   : "an Ed25519 key is needed, and an origin without spaces "
				     "and '+'");
	note_key_text(&l->id, l->vkey);
	snprintf(path, sizeof(path), "%s/log.vkey", conf->state_dir);
	if (audit_file_make(path, l->vkey, strlen(l->vkey)) < 0)
		log_warn("AUDIT-KEY", "%s: %s", path, strerror(errno));
	return 0;
}

static int
audit_second_open(struct auditlog *l, struct fault *f)
{
	const struct conf *conf = l->env.conf;
	char path[4096];
	int n;

	if (conf->log_second == NULL)
		return 0;
	n = snprintf(path, sizeof(path), "%s/", conf->log_second);
	for (const char *p = conf->log_origin; *p != '\0' && n < (int)sizeof(path) - 8; p++)
		path[n++] = *p == '/' || *p == '.' ? '_' : *p;
	snprintf(path + n, sizeof(path) - (size_t)n, ".heads");
	l->second = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return l->second >= 0
		   ? 0
		   : fault_set(f, FAULT_INTERNAL, "log.second", path,
			 "make that folder, writable for the daemon's user", "%s", strerror(errno));
}

int
audit_head_open(struct auditlog *l, struct fault *f)
{
	json_t *row = store_row(l->env.store, STMT_AUDIT_HEAD_LAST, NULL);
	int r = audit_key_open(l, f);

	if (r == 0)
		r = audit_second_open(l, f);
	if (row != NULL)
		l->headed = (uint64_t)json_integer_value(json_object_get(row, "size"));
	json_decref(row);
	return r;
}

void
audit_head_close(struct auditlog *l)
{
	if (l->second >= 0)
		close(l->second);
	note_key_fini(&l->id);
	EVP_PKEY_free(l->key);
}

/* ---- signing */

/* The text of a checkpoint and our signature to NOTE; its octets, or -EINVAL. */
static int
audit_head_note(
    struct auditlog *l, const uint8_t root[MERKLE_LEN], int64_t now, char note[NOTE_MAX])
{
	struct clock_quality q;
	char when[32], clock[80];
	int n = snprintf(note, NOTE_MAX, "%s\n%llu\n", l->id.name, (unsigned long long)l->tree.n),
	    sig;

	clock_quality(&q);
	n += note_base64(root, MERKLE_LEN, note + n);
	n += snprintf(note + n, NOTE_MAX - (size_t)n,
	    "\ntime %s\nclock %s\nbinary %s\nconfiguration %s\nboot %s\n\n",
	    clock_format(now, when), clock_quality_text(&q, clock, sizeof(clock)), l->binary,
	    l->config, l->boot_id);
	sig = note_sign(note, (size_t)n - 1, &l->id, l->key, 0, note + n);
	return sig < 0 ? sig : n + sig;
}

static int
audit_head_store(struct auditlog *l, const uint8_t root[MERKLE_LEN], int64_t now, const char *note,
    int n, struct fault *f)
{
	sqlite3_stmt *st;
	int r = store_begin(l->env.store, f);

	if (r < 0)
		return r;
	st = store_stmt(l->env.store, STMT_AUDIT_HEAD_ADD);
	sqlite3_bind_int64(st, 1, (int64_t)l->tree.n);
	sqlite3_bind_text(st, 2, l->id.name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, now);
	sqlite3_bind_blob(st, 4, root, MERKLE_LEN, SQLITE_STATIC);
	sqlite3_bind_text(st, 5, note, n, SQLITE_STATIC);
	r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
	sqlite3_reset(st);
	if (r == 0 && l->syslog != NULL) {
		st = store_stmt(l->env.store, STMT_AUDIT_SENT_SET);
		sqlite3_bind_int64(st, 1, (int64_t)audit_syslog_done(l->syslog));
		r = sqlite3_step(st) == SQLITE_DONE ? 0 : -EIO;
		sqlite3_reset(st);
	}
	if (r == 0)
		return store_commit(l->env.store, f);
	store_rollback(l->env.store);
	return fault_set(f, FAULT_AUDIT, "audit", "head", "see the free space of state_dir",
	    "the head cannot be stored");
}

static void
audit_head_second(struct auditlog *l, const char *note, int n)
{
	bool failed;

	if (l->second < 0)
		return;
	failed = write(l->second, note, (size_t)n) != n || fdatasync(l->second) < 0;
	if (failed != l->second_failed && l->env.alarm != NULL) {
		l->second_failed = failed; /* first: the alarm makes a row of its own */
		l->env.alarm(l->env.arg, failed, "AUDIT-SECOND", "audit",
		    failed ? "the second place cannot be written" : "the second place is written");
	}
}

/* Sign the tree as it is; stored when it has grown. */
static int
audit_head_sign(struct auditlog *l, struct fault *f)
{
	uint8_t root[MERKLE_LEN];
	char note[NOTE_MAX];
	int64_t now = clock_now_ns();
	int n, r = 0;
	bool grown;

	if (!auditlog_can_sign(l))
		return fault_set(f, FAULT_AUDIT, "audit", "head",
		    "see the alarms; a restored log goes on under another log.origin",
		    "nothing is signed: %s",
		    l == NULL || l->key == NULL ? "there is no key" : l->doubt_text);
	merkle_root(&l->tree, root);
	if ((n = audit_head_note(l, root, now, note)) < 0)
		return fault_set(f, FAULT_INTERNAL, "audit", "head", "", "it cannot be signed");
	if (l->tree.n != l->headed)
		r = audit_head_store(l, root, now, note, n, f);
	l->headed_ns = clock_mono_ns();
	if (r < 0)
		return r;
	grown = l->headed != l->tree.n;
	l->headed = l->tree.n;
	if (grown && l->env.head != NULL)
		l->env.head(l->env.arg, l->headed);
	audit_head_second(l, note, n);
	if (l->syslog != NULL)
		audit_syslog_head(l->syslog, note, (size_t)n);
	return 0;
}

void
audit_head_due(struct auditlog *l, bool now)
{
	struct fault f = {0};

	if (!auditlog_can_sign(l) || audit_sync(l) < 0 || l->tree.n == 0)
		return;
	if (!now && l->tree.n - l->headed < AUDIT_HEAD_ROWS && l->headed_ns != 0 &&
	    clock_mono_ns() - l->headed_ns < AUDIT_HEAD_S * CLOCK_NS_PER_S)
		return;
	if (audit_head_sign(l, &f) < 0)
		log_err("AUDIT-HEAD", "no head was signed: %s", f.why);
}

int
auditlog_sign(struct auditlog *l, struct fault *f)
{
	if (l == NULL || audit_sync(l) < 0)
		return fault_set(f, FAULT_AUDIT, "audit", "head", "", "the tree cannot be read");
	return l->tree.n == l->headed && l->headed > 0 ? 0 : audit_head_sign(l, f);
}

int
auditlog_sign_text(const struct auditlog *l, const char *text, size_t n, char key[65], char sig[89])
{
	uint8_t raw[SIGN_LEN];

	if (l == NULL || l->key == NULL || n == 0 || text[0] != '{' ||
	    sign_make(l->key, text, n, raw) < 0)
		return -EINVAL;
	sign_id(l->key, key);
	sig[note_base64(raw, sizeof(raw), sig)] = '\0';
	return 0;
}

/* ---- comparing */

/* The newest note of ours among N octets that may begin in the middle of one. */
static bool
audit_tail_head(struct auditlog *l, const char *text, size_t n, bool cut, struct note_head *h)
{
	const char *p = text, *end = text + n;
	bool found = false;
	size_t len, body;

	if (cut) {
		p = memmem(text, n, "\n\xe2\x80\x94 ", 5);
		p = p == NULL ? NULL : memchr(p + 1, '\n', (size_t)(end - p - 1));
		if (p == NULL)
			return false;
		p++;
	}
	while ((len = note_parse(p, (size_t)(end - p), &body)) > 0) {
		struct note_head one;

		if (note_head_parse(p, body, &one) == 0 &&
		    note_check(p, len, body, &l->id, NULL) == 0) {
			*h = one;
			found = true;
		}
		p += len;
	}
	return found;
}

static void
audit_compare_head(struct auditlog *l, const struct note_head *h)
{
	uint8_t root[MERKLE_LEN];

	if (h->size > l->tree.n) {
		l->doubt = AUDIT_ROLLBACK;
		snprintf(l->doubt_text, sizeof(l->doubt_text),
		    "the second place holds a signed head of %llu rows, the database has %llu: "
		    "rows "
		    "are missing, as when an older copy was put back",
		    (unsigned long long)h->size, (unsigned long long)l->tree.n);
	} else if (merkle_root_at(audit_tree_read, l->env.store, h->size, root) < 0 ||
		   memcmp(root, h->root, sizeof(root)) != 0) {
		l->doubt = AUDIT_FORK;
		snprintf(l->doubt_text, sizeof(l->doubt_text),
		    "the second place holds a signed head of %llu rows that are not those of the "
		    "database",
		    (unsigned long long)h->size);
	}
}

void
audit_head_compare(struct auditlog *l)
{
	off_t size = l->second < 0 ? 0 : lseek(l->second, 0, SEEK_END);
	off_t from = size > AUDIT_TAIL_LEN ? size - AUDIT_TAIL_LEN : 0;
	struct note_head h;
	char *text;
	ssize_t n;

	if (size <= 0 || l->doubt != AUDIT_SOUND)
		return;
	text = malloc((size_t)(size - from));
	n = text == NULL ? -1 : pread(l->second, text, (size_t)(size - from), from);
	if (n > 0 && audit_tail_head(l, text, (size_t)n, from > 0, &h))
		audit_compare_head(l, &h);
	else
		log_warn("AUDIT-SECOND", "the second place holds no head that this log has signed: "
					 "it cannot be compared");
	free(text);
}
