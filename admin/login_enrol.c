/* SPDX-License-Identifier: Apache-2.0 */
/* The one-time code of a new system; see login.h.  The database remembers that it has been used up
 * (table enrolment): a file that somebody puts there later counts for nothing. */
#include "admin/login.h"

#include "base/log.h"
#include "db/store.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENROL_QUORUM 2 /* security officer and approver */

static char enrol_path[4096];

static bool
enrol_over(struct ops_ctx *x)
{
	return store_int(x->store, STMT_ENROL_OVER, NULL, 1) != 0;
}

/* The code as the file holds it, to BUF; false: there is none. */
static bool
enrol_read(char *buf, size_t len)
{
	int fd = open(enrol_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, len - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	return buf[0] != '\0';
}

static void
enrol_write(void)
{
	char code[32];
	int fd = open(enrol_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	login_code(code);
	if (fd < 0 || dprintf(fd, "%s\n", code) < 0 || fsync(fd) < 0)
		log_err("ENROL", "%s: %s", enrol_path, strerror(errno));
	else
		log_notice("ENROL",
		    "nobody is enrolled yet: the one-time code for mdfctl person enrol is in %s",
		    enrol_path);
	if (fd >= 0)
		close(fd);
	OPENSSL_cleanse(code, sizeof(code));
}

void
login_enrol_start(struct ops_ctx *x, const char *state_dir)
{
	char code[64];

	snprintf(enrol_path, sizeof(enrol_path), "%s/enrol-code", state_dir);
	login_enrol_quorum(x);
	if (!enrol_over(x) && !enrol_read(code, sizeof(code)))
		enrol_write();
	OPENSSL_cleanse(code, sizeof(code));
}

int
login_enrol_check(struct ops_ctx *x, const char *code, struct fault *f)
{
	char have[64];
	bool good = !enrol_over(x) && enrol_read(have, sizeof(have)) &&
		    strlen(have) == strlen(code) && CRYPTO_memcmp(have, code, strlen(have)) == 0;

	OPENSSL_cleanse(have, sizeof(have));
	return good ? 0
		    : fault_set(f, FAULT_LOGIN, "code", "",
			  "persons are added by two others: mdfctl person add",
			  "this is not the one-time code, or it has been used up");
}

void
login_enrol_quorum(struct ops_ctx *x)
{
	struct fault f = {0};

	if (enrol_over(x) || store_int(x->store, STMT_PERSON_QUORUM, NULL, 0) < ENROL_QUORUM)
		return;
	if (store_run(x->store, STMT_ENROL_END, NULL, &f) < 0) {
		log_err("ENROL", "the end of enrolment cannot be stored: %s", f.why);
		return;
	}
	if (unlink(enrol_path) < 0 && errno != ENOENT)
		log_err("ENROL", "%s: %s", enrol_path, strerror(errno));
	log_notice(
	    "ENROL", "security officer and approver are there: the one-time code is destroyed");
}
